//! Takes connections, as many as the limits allow, and waits for them when the relay stops.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::body::Body;
use crate::caps::IpCaps;
use crate::connection::{self, Door};
use crate::shutdown::Shutdown;

/// The pause after a failed accept, mostly for want of file descriptors: trying at once would only burn time.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves connections until told to stop, then waits for the running ones up to the drain limit.
pub(crate) async fn run<H, F>(listener: TcpListener, door: Door, handler: H, mut shutdown: Shutdown)
where
    H: Fn(Request<Incoming>) -> F + Clone + Send + 'static,
    F: Future<Output = Response<Body>> + Send + 'static,
{
    let door = Arc::new(door);
    let places = Arc::new(Semaphore::new(door.limits.connections));
    let caps = IpCaps::new(door.limits.connections_per_ip, door.proxies.clone());
    let mut running = JoinSet::new();
    loop {
        let next = async {
            // A full relay leaves new connections in the system's queue.
            let place = Arc::clone(&places).acquire_owned().await;
            (accept(&listener).await, place)
        };
        let (accepted, place) = tokio::select! {
            next = next => next,
            // Finished ones are taken out at once, or the set would grow.
            Some(_) = running.join_next() => continue,
            () = shutdown.told() => break,
        };
        let Some((stream, peer)) = accepted else { continue };
        let Some(ip_place) = caps.take(peer) else { continue };
        let (door, handler, shutdown) = (Arc::clone(&door), handler.clone(), shutdown.clone());
        // Called inside: a future that is moved into another one takes its room twice.
        running.spawn(async move {
            connection::serve(stream, peer, door, handler, shutdown).await;
            drop((place, ip_place));
        });
    }
    drop(listener);
    drain(running, door.limits.drain_timeout).await;
}

async fn accept(listener: &TcpListener) -> Option<(TcpStream, std::net::IpAddr)> {
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer.ip())),
        Err(error) => {
            if error.kind() != io::ErrorKind::ConnectionAborted {
                tracing::warn!(%error, "cannot accept a connection");
                sleep(ACCEPT_PAUSE).await;
            }
            None
        }
    }
}

async fn drain(mut running: JoinSet<()>, limit: Duration) {
    let finished = async { while running.join_next().await.is_some() {} };
    if timeout(limit, finished).await.is_err() {
        tracing::warn!(connections = running.len(), "the drain limit is over; running calls are cut off");
        running.shutdown().await;
    }
}
