//! Waiting until a local server answers.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::process;

const ANSWER_PATIENCE: Duration = Duration::from_secs(5);

/// Waits until `GET /` gives 200. `still_hoping` is asked between tries and ends the wait by failing.
pub(crate) fn wait_for_page(
    address: SocketAddr,
    patience: Duration,
    mut still_hoping: impl FnMut() -> Result<()>,
) -> Result<()> {
    let deadline = Instant::now() + patience;
    loop {
        if answers_ok(address).unwrap_or(false) {
            return Ok(());
        }
        still_hoping()?;
        if Instant::now() > deadline {
            bail!("http://{address}/ did not answer with 200 within {patience:?}");
        }
        thread::sleep(process::POLL);
    }
}

fn answers_ok(address: SocketAddr) -> io::Result<bool> {
    let mut stream = TcpStream::connect_timeout(&address, ANSWER_PATIENCE)?;
    stream.set_read_timeout(Some(ANSWER_PATIENCE))?;
    write!(stream, "GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut status = [0; "HTTP/1.1 200".len()];
    stream.read_exact(&mut status)?;
    Ok(status.ends_with(b" 200"))
}
