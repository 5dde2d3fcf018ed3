//! Asks a running relay whether it is ready, for supervisors of containers that have no shell and no curl.

use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// Supervisors have limits of their own; this one only ends what would hang for ever.
const PATIENCE: Duration = Duration::from_secs(5);
/// The answer is one word.
const MAX_ANSWER: u64 = 4096;

/// Asks `GET /readyz` at the admin listener of a relay on this machine.
///
/// # Errors
/// What the relay said, or why it said nothing.
pub fn healthcheck(admin: SocketAddr) -> Result<(), String> {
    let answer = ask(reachable(admin)).map_err(|error| format!("{admin}: {error}"))?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    if head.split(' ').nth(1) == Some("200") { Ok(()) } else { Err(body.trim().to_owned()) }
}

/// A listener on every address of the machine is asked over loopback.
fn reachable(admin: SocketAddr) -> SocketAddr {
    let ip = match admin.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, admin.port())
}

fn ask(address: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /readyz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(MAX_ANSWER).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    fn listener(answer: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
        });
        address
    }

    #[test]
    fn only_status_200_is_ready() {
        assert_eq!(healthcheck(listener("HTTP/1.1 200 OK\r\n\r\nready\n")), Ok(()));
        let stopping = healthcheck(listener("HTTP/1.1 503 Service Unavailable\r\n\r\nstopping\n"));
        assert_eq!(stopping, Err("stopping".to_owned()));
        assert!(healthcheck(listener("")).is_err());
    }

    #[test]
    fn a_relay_on_all_addresses_is_asked_on_this_machine() {
        let port = listener("HTTP/1.1 200 OK\r\n\r\nready\n").port();
        assert_eq!(healthcheck(SocketAddr::from(([0, 0, 0, 0], port))), Ok(()));
        let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        assert!(healthcheck(gone).unwrap_err().contains("refused"));
    }
}
