//! A caller's side of TLS, for relays that speak it themselves.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};
use tokio_rustls::{TlsConnector, rustls};

use crate::world::places;

/// Trusts the authority of the run and nobody else.
pub(crate) struct Secure(TlsConnector);

impl Secure {
    /// `protocol` is what is offered, for example `http/1.1`.
    pub(crate) fn new(ca_file: &Path, protocol: &str) -> Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(ca_file)?)?;
        let mut config = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        Ok(Self(TlsConnector::from(Arc::new(config))))
    }

    pub(crate) async fn connect(&self, stream: TcpStream) -> Result<TlsStream<TcpStream>> {
        let name = ServerName::try_from(places::RELAY_NAME)?;
        Ok(self.0.connect(name, stream).await?)
    }
}
