//! The whole relay: bound, then run.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use arc_swap::ArcSwap;
use http::Request;
use hyper::body::Incoming;
use relay_policy::caller_address::TrustedProxies;
use relay_policy::decide::Policy;
use tokio::net::TcpListener;
use tokio::time::{Duration, Instant, sleep, timeout_at};

use crate::api::{Api, State};
use crate::app::App;
use crate::config::{Config, ConfigError};
use crate::connection::Door;
use crate::connector::Connector;
use crate::kept_pictures::KeptPictures;
use crate::shutdown::Shutdown;
use crate::store::{Store, StoreSettings};
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

/// How often the store is looked through.
const SWEEP_PAUSE: Duration = Duration::from_secs(600);

/// What a call may take beyond its time at the API, to be written down.
const WRITING: Duration = Duration::from_secs(600);

/// Takes over what may change while the relay runs: `[access]`. The rest of a configuration needs a restart.
#[derive(Debug, Clone)]
pub struct Reloader {
    running: Arc<Config>,
    policy: Arc<ArcSwap<Policy>>,
}

impl Reloader {
    /// Who may call from now on. Running calls go on.
    ///
    /// # Errors
    /// [`ConfigError`] when the regions and addresses the relay runs with need an `[access]` that `config` can do
    /// without: it may be right for a relay that holds no key any more, but that one is not running. Nothing changes
    /// then.
    pub fn apply(&self, config: &Config) -> Result<(), ConfigError> {
        self.running.check_access(config.access.as_ref())?;
        let mut policy = Policy::clone(&self.policy.load());
        policy.access = config.access.clone();
        self.policy.store(Arc::new(policy));
        Ok(())
    }
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
        let state = open_state(&config)?;
        let app = Arc::new(App::new(config, policy, connector, state));
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

    /// Lets the operator change who may call while the relay runs.
    #[must_use]
    pub fn reloader(&self) -> Reloader {
        Reloader { running: Arc::clone(&self.app.config), policy: Arc::clone(&self.app.policy) }
    }

    /// Serves until `stop` is ready, then finishes the running calls.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let (switch, shutdown) = Shutdown::new();
        let app = Arc::clone(&self.app);
        let api = Arc::clone(&self.app.api);
        let drain_timeout = self.limits.drain_timeout;
        let sweeper = tokio::spawn(sweep(Arc::clone(&api)));
        let handler = move |request| Arc::clone(&app).answer(request);
        let hangups = self.tls.clone().map(|tls| tokio::spawn(tls::reload_on_hangup(tls)));
        let door = Door { limits: Arc::clone(&self.limits), tls: self.tls, proxies: self.proxies };
        let public = listener::run(self.listener, door, handler, shutdown.clone());
        let (admin_switch, admin_shutdown) = Shutdown::new();
        let admin = self.admin.map(|listener| {
            let (app, state) = (self.app, shutdown);
            let handler = move |request: Request<Incoming>| {
                let (app, state) = (Arc::clone(&app), state.clone());
                let (method, path) = (request.method().clone(), request.uri().path().to_owned());
                async move { admin::answer(method, path, &app, &state).await }
            };
            let door = Door { limits: self.limits, tls: None, proxies: TrustedProxies::default() };
            tokio::spawn(listener::run(listener, door, handler, admin_shutdown))
        });
        let draining = Arc::clone(&api);
        let stopped = async move {
            stop.await;
            tracing::info!("stopping: no new connections, running calls go on");
            let deadline = *draining.cut_off.get_or_init(|| Instant::now() + drain_timeout);
            switch.send_replace(true);
            deadline
        };
        let ((), deadline) = tokio::join!(public, stopped);
        sweeper.abort();
        finish_calls(&api, deadline).await;
        api.store.close().await;
        // The operator can watch the drain; after it there is nothing to see.
        admin_switch.send_replace(true);
        for task in admin.into_iter().chain(hangups) {
            task.abort();
        }
    }
}

/// Waits for calls whose callers are gone: they are paid for, and their answers are to be found later.
async fn finish_calls(api: &Api, deadline: Instant) {
    api.tasks.close();
    if timeout_at(deadline, api.tasks.wait()).await.is_err() {
        tracing::warn!(
            calls = api.tasks.len(),
            "the drain limit is over; the outcome of running calls is unknown"
        );
        api.jobs.abandon().await;
    }
}

/// Removes what is past its life, now and then.
async fn sweep(api: Arc<Api>) {
    loop {
        sleep(SWEEP_PAUSE).await;
        api.store.sweep();
        if let Some(kept) = api.kept.clone() {
            // Reads a directory; a failure is tried again next time.
            let _ = tokio::task::spawn_blocking(move || kept.sweep()).await;
        }
    }
}

fn open_state(config: &Config) -> Result<State, StartError> {
    let limits = &config.limits;
    let settings = StoreSettings {
        directory: config.state_dir.clone(),
        bytes: limits.state_bytes,
        answer_bytes: limits.answer_bytes,
        job_life: limits.job_life,
        call_life: limits.total_timeout.saturating_add(WRITING),
    };
    let store = Store::open(&settings).map_err(|error| ConfigError::invalid("state_dir", error))?;
    if config.access.is_some() && config.state_dir.is_none() {
        tracing::warn!("without state_dir, the day's budgets start anew with every restart");
    }
    let kept = match &config.state_dir {
        Some(directory) if config.keep_pictures => {
            let opened = KeptPictures::open(directory, limits);
            Some(opened.map_err(|error| ConfigError::invalid("state_dir", error))?)
        }
        _ => None,
    };
    Ok(State { store, kept })
}

async fn bind(setting: &'static str, address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let fail = |error| StartError::Bind { setting, address, error };
    let listener = TcpListener::bind(address).await.map_err(fail)?;
    let bound = listener.local_addr().map_err(fail)?;
    Ok((listener, bound))
}
