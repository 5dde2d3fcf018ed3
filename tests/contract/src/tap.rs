//! A wire that remembers: a port that passes every byte on and keeps a copy, for tests of what must not cross it.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// A listening port in front of another one.
#[derive(Debug)]
pub struct Tap {
    listener: TcpListener,
    /// Where to connect instead, for example `http://127.0.0.1:40125`.
    pub url: String,
    seen: Arc<Mutex<Vec<u8>>>,
}

impl Tap {
    /// Takes a port. Nothing passes before [`Tap::lead_to`].
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        Self { listener, url, seen: Arc::default() }
    }

    /// Passes on to an origin like `http://127.0.0.1:40123`, as long as the process lives.
    pub fn lead_to(&self, origin: &str) {
        let target = origin.strip_prefix("http://").unwrap().to_owned();
        let listener = self.listener.try_clone().unwrap();
        let seen = Arc::clone(&self.seen);
        thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                // A server that is gone is a broken connection, as it would be without the tap.
                let Ok(far) = TcpStream::connect(&target) else { continue };
                pump(near.try_clone().unwrap(), far.try_clone().unwrap(), Arc::clone(&seen));
                pump(far, near, Arc::clone(&seen));
            }
        });
    }

    /// Whether these bytes have crossed, in either direction. Looks at whole transfers, so it finds what was cut by
    /// the pieces of one connection as long as no other connection was busy meanwhile.
    pub fn has_seen(&self, text: &str) -> bool {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.windows(text.len()).any(|window| window == text.as_bytes())
    }
}

impl Default for Tap {
    fn default() -> Self {
        Self::new()
    }
}

fn pump(mut from: TcpStream, mut to: TcpStream, seen: Arc<Mutex<Vec<u8>>>) {
    thread::spawn(move || {
        let mut piece = vec![0; 64 * 1024];
        while let Ok(count @ 1..) = from.read(&mut piece) {
            seen.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&piece[..count]);
            if to.write_all(&piece[..count]).is_err() {
                break;
            }
        }
        // The other direction may still have something to say; an error means that it is closed already.
        let _ = to.shutdown(Shutdown::Write);
    });
}
