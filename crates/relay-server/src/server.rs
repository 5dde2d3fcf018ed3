//! The whole relay: bound, then run.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use http::Request;
use hyper::body::Incoming;
use relay_policy::caller_address::TrustedProxies;
use tokio::net::TcpListener;

use crate::app::App;
use crate::config::{Config, ConfigError};
use crate::connection::Door;
use crate::connector::Connector;
use crate::shutdown::Shutdown;
use crate::tls::{self, Tls};
use crate::{admin, listener};

/// Why a checked configuration could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be had.
    #[error("{setting}: cannot listen on {address}: {error}")]
    Bind {
        /// The setting with the address.
        setting: &'static str,
        /// The address.
        address: SocketAddr,
        /// The system's answer.
        error: std::io::Error,
    },
    /// A setting that only shows its fault now.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

/// A relay that is bound to its port and waits to be run.
pub struct Server {
    listener: TcpListener,
    admin: Option<TcpListener>,
    address: SocketAddr,
    admin_address: Option<SocketAddr>,
    limits: Arc<crate::config::Limits>,
    tls: Option<Arc<Tls>>,
    proxies: TrustedProxies,
    app: Arc<App>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Server {
    /// Takes the port; connections wait in the system's queue until [`Server::run`].
    ///
    /// # Errors
    /// [`StartError`] when a port or a certificate authority cannot be used.
    pub async fn bind(config: Config) -> Result<Self, StartError> {
        let (listener, address) = bind("listen", config.listen).await?;
        let (admin, admin_address) = match config.admin_listen {
            Some(wanted) => {
                let (listener, address) = bind("admin_listen", wanted).await?;
                (Some(listener), Some(address))
            }
            None => (None, None),
        };
        let tls = config.tls.clone().map(Tls::load).transpose()?;
        let connector = Connector::new(&config.extra_authorities, &config.limits)?;
        let policy = config.policy(address);
        let limits = Arc::new(config.limits.clone());
        let proxies = config.trusted_proxies.clone();
        let app = Arc::new(App::new(config, policy, connector));
        Ok(Self { listener, admin, address, admin_address, limits, tls, proxies, app })
    }

    /// Where callers connect, with the real port.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What callers speak there.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }

    /// Where the operator connects.
    #[must_use]
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.admin_address
    }

    /// Serves until `stop` is ready, then finishes the running calls.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let (switch, shutdown) = Shutdown::new();
        let app = Arc::clone(&self.app);
        let handler = move |request| Arc::clone(&app).answer(request);
        let hangups = self.tls.clone().map(|tls| tokio::spawn(tls::reload_on_hangup(tls)));
        let door = Door { limits: Arc::clone(&self.limits), tls: self.tls, proxies: self.proxies };
        let public = listener::run(self.listener, door, handler, shutdown.clone());
        let (admin_switch, admin_shutdown) = Shutdown::new();
        let admin = self.admin.map(|listener| {
            let (app, state) = (self.app, shutdown);
            let handler = move |request: Request<Incoming>| {
                let answer = admin::answer(request.method(), request.uri().path(), &app.metrics, &state);
                async move { answer }
            };
            let door = Door { limits: self.limits, tls: None, proxies: TrustedProxies::default() };
            tokio::spawn(listener::run(listener, door, handler, admin_shutdown))
        });
        let stopped = async move {
            stop.await;
            tracing::info!("stopping: no new connections, running calls go on");
            switch.send_replace(true);
        };
        tokio::join!(public, stopped);
        // The operator can watch the drain; after it there is nothing to see.
        admin_switch.send_replace(true);
        for task in admin.into_iter().chain(hangups) {
            task.abort();
        }
    }
}

async fn bind(setting: &'static str, address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let fail = |error| StartError::Bind { setting, address, error };
    let listener = TcpListener::bind(address).await.map_err(fail)?;
    let bound = listener.local_addr().map_err(fail)?;
    Ok((listener, bound))
}
