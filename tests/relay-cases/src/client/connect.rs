//! Who calls, from which address, and how long a caller waits.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::net::{TcpSocket, TcpStream};

/// One caller. Each case has another address, so that what one case does cannot count against the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) ip: IpAddr,
}

impl Caller {
    /// The caller with this number; neighbours are in different networks.
    pub(crate) fn number(number: u32) -> Self {
        // A public range; 65 536 networks of 256 addresses.
        let [_, high, middle, low] = (number % (1 << 24)).to_be_bytes();
        Self { ip: Ipv4Addr::new(60 + high % 8, low, middle, 77).into() }
    }

    /// Address `number` of the one /64 network that belongs to somebody with IPv6.
    pub(crate) fn in_network_v6(network: u16, number: u16) -> Self {
        Self { ip: Ipv6Addr::new(0x2400, 0x3200, 0, network, 0, 0, 1, number).into() }
    }

    pub(crate) async fn connect(&self, to: SocketAddr) -> io::Result<TcpStream> {
        let socket = if to.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        // Ports of one address are few when thousands of connections have just ended.
        socket.set_reuseaddr(true)?;
        socket.bind(SocketAddr::new(self.ip, 0))?;
        let stream = socket.connect(to).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

/// How long a caller waits for a whole answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timeouts {
    pub(crate) answer: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { answer: Duration::from_secs(30) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_are_in_different_networks() {
        assert_ne!(Caller::number(1).ip, Caller::number(2).ip);
        assert_ne!(Caller::number(1).ip, Caller::number(257).ip);
        assert_ne!(Caller::number(1).ip, Caller::number(65_537).ip);
    }
}
