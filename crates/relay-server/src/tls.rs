//! Secure connections from callers.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::server::TlsStream;

use crate::config::{ConfigError, TlsFiles};

/// The relay's certificate, as it is now.
pub(crate) struct Tls {
    files: TlsFiles,
    current: Mutex<Arc<ServerConfig>>,
}

impl Tls {
    pub(crate) fn load(files: TlsFiles) -> Result<Arc<Self>, ConfigError> {
        let current = Mutex::new(Arc::new(files.load()?));
        Ok(Arc::new(Self { files, current }))
    }

    /// Shakes hands.
    pub(crate) fn accept(
        &self,
        stream: TcpStream,
        limit: Duration,
    ) -> Pin<Box<dyn Future<Output = io::Result<TlsStream<TcpStream>>> + Send>> {
        let config = Arc::clone(&self.current.lock().unwrap_or_else(PoisonError::into_inner));
        let handshake = TlsAcceptor::from(config).accept(stream);
        // Boxed: connections without TLS pass by here too.
        Box::pin(async move { timeout(limit, handshake).await? })
    }

    /// Reads the files again; connections that are open keep what they have. When the files cannot be used, all
    /// goes on as before.
    pub(crate) fn reload(&self) -> Result<(), ConfigError> {
        let config = Arc::new(self.files.load()?);
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = config;
        Ok(())
    }
}

/// Reads the certificate again on each SIGHUP: certificates are renewed more often than relays are restarted.
pub(crate) async fn reload_on_hangup(tls: Arc<Tls>) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut hangup) = signal(SignalKind::hangup()) else { return };
        while hangup.recv().await.is_some() {
            match tls.reload() {
                Ok(()) => tracing::info!("read the certificate again"),
                Err(error) => tracing::error!(%error, "the certificate stays as it was"),
            }
        }
    }
    #[cfg(not(unix))]
    drop(tls);
}
