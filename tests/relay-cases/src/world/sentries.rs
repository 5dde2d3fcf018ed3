//! Listeners where the relay has nothing to look for. They count who connects, and say nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::Result;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::origin_server::listen;
use super::places;
use super::scene::Stage;

/// Where metadata services, caches, mail, web servers and proxies usually are.
const PORTS: [u16; 11] = [22, 25, 80, 443, 1080, 3128, 3306, 5432, 6379, 8080, 8443];

/// All sentries.
#[derive(Debug)]
pub(crate) struct Sentries {
    stage: Stage,
    posts: Vec<JoinHandle<()>>,
}

impl Sentries {
    pub(crate) fn start(stage: Stage) -> Result<Self> {
        let mut sentries = Self { stage, posts: Vec::new() };
        sentries.open()?;
        Ok(sentries)
    }

    /// Takes all posts, if they are empty.
    pub(crate) fn open(&mut self) -> Result<()> {
        if !self.posts.is_empty() {
            return Ok(());
        }
        for port in PORTS {
            for ip in [IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V6(Ipv6Addr::UNSPECIFIED)] {
                let listener = listen(SocketAddr::new(ip, port))?;
                self.posts.push(tokio::spawn(watch(listener, self.stage.clone())));
            }
        }
        Ok(())
    }

    /// Leaves all posts, so that a mock's closed port is really closed.
    pub(crate) async fn close(&mut self) {
        for post in self.posts.drain(..) {
            post.abort();
            // The port is closed when the task is gone.
            let _ = post.await;
        }
    }
}

async fn watch(listener: TcpListener, stage: Stage) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let scene = stage.now();
        let Ok(reached) = stream.local_addr() else { continue };
        let counter = if places::is_private(reached.ip()) { &scene.private } else { &scene.evil };
        counter.fetch_add(1, Ordering::SeqCst);
        // A silent host, not a closed door: that is what a port scan meets.
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(2)).await;
            drop(stream);
        });
    }
}
