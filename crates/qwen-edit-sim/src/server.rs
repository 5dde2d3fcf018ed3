//! Starts and stops a simulator: two listeners, two routers, one shared world.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, get, post};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::settings::Settings;
use crate::world::World;
use crate::{api_headers, connection, control, handlers, recorder};

/// A running simulator. Dropping it closes both ports and every connection.
#[derive(Debug)]
pub struct Simulator {
    api_address: SocketAddr,
    control_address: SocketAddr,
    tasks: [JoinHandle<()>; 2],
}

/// Why the simulator did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("{flag} {address}: {source}")]
    Listen {
        /// The flag that holds the address.
        flag: &'static str,
        /// The address as asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The address could be reached from other machines.
    #[error("{flag} {address}: only loopback addresses are accepted")]
    NotLoopback {
        /// The flag that holds the address.
        flag: &'static str,
        /// The address as asked for.
        address: SocketAddr,
    },
    /// The system has no random numbers, so links cannot be signed.
    #[error("no random numbers: {0}")]
    Random(#[from] getrandom::Error),
}

impl Simulator {
    /// Listens on both ports and serves on the current tokio runtime.
    ///
    /// # Errors
    /// When an address is not a loopback address or is taken.
    pub async fn start(settings: Settings) -> Result<Self, StartError> {
        let (api, api_address) = listen("--listen", settings.listen).await?;
        let (control, control_address) = listen("--control", settings.control_address()).await?;
        let base_url = match &settings.public_url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None => format!("http://{api_address}"),
        };
        let world = Arc::new(World::new(settings, base_url)?);
        let tasks = [
            tokio::spawn(connection::serve(api, api_router(Arc::clone(&world)))),
            tokio::spawn(connection::serve(control, control::router(world))),
        ];
        Ok(Self { api_address, control_address, tasks })
    }

    /// Base URL of the API, e.g. `http://127.0.0.1:8788`.
    pub fn url(&self) -> String {
        format!("http://{}", self.api_address)
    }

    /// Base URL of the control API.
    pub fn control_url(&self) -> String {
        format!("http://{}", self.control_address)
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

async fn listen(flag: &'static str, address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    if !address.ip().is_loopback() {
        return Err(StartError::NotLoopback { flag, address });
    }
    let failed = |source| StartError::Listen { flag, address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

fn api_router(world: Arc<World>) -> Router {
    Router::new()
        .route(
            qwen_edit_api::GENERATION_PATH,
            post(handlers::generation::generate).fallback(handlers::unknown::wrong_method),
        )
        .route("/api/v1/services/aigc/image-generation/generation", any(handlers::tasks::submit))
        .route("/api/v1/tasks/{id}", any(handlers::tasks::query))
        .route(
            "/api/v1/uploads",
            get(handlers::upload_policy::policy).fallback(handlers::unknown::wrong_method),
        )
        // The object store's part: one bucket at the root.
        .route("/", post(handlers::upload_file::upload).fallback(handlers::unknown::not_found))
        .route("/{folder}/{file}", get(handlers::picture::picture).fallback(handlers::unknown::not_found))
        .fallback(handlers::unknown::not_found)
        // The recorder has its own, higher limit.
        .layer(axum::extract::DefaultBodyLimit::disable())
        .layer(from_fn_with_state(Arc::clone(&world), recorder::record))
        .layer(from_fn(api_headers::stamp))
        .with_state(world)
}
