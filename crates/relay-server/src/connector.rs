//! Connections to the other side: name look-up, address check, TCP and TLS. Proxy variables of the
//! environment are not read: a key goes where the configuration says and nowhere else.

mod resolver;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use relay_policy::address;
use relay_policy::origin::Origin;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};
use url::{Host, Url};

use crate::config::{ConfigError, Limits};

/// More records than any honest answer has; the rest is not looked at.
const MAX_ADDRESSES: usize = 32;

/// Which addresses may be connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The operator named the origin.
    Anywhere,
    /// A caller named it: every address must be on the public internet.
    PublicOnly,
}

/// Why there is no connection. In each case no byte of HTTP was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ConnectError {
    #[error("no connection")]
    Unreachable,
    #[error("no secure connection")]
    Tls,
    #[error("not a public address")]
    NotPublic,
}

/// A connected stream.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Makes connections.
pub(crate) struct Connector {
    /// `None` where the system has no usable settings: addresses and `localhost` still work then.
    resolver: Option<TokioResolver>,
    tls: TlsConnector,
    dns_timeout: Duration,
    connect_timeout: Duration,
}

impl Connector {
    /// Reads the system's resolver settings and the certificate authorities.
    pub(crate) fn new(
        extra_authorities: &[CertificateDer<'static>],
        limits: &Limits,
    ) -> Result<Self, ConfigError> {
        let resolver = resolver::of_system(limits)
            .inspect_err(|error| tracing::warn!(%error, "no name can be looked up: the system's resolver settings are unusable"))
            .ok();
        Ok(Self {
            resolver,
            tls: tls(extra_authorities).map_err(|error| ConfigError::invalid("ca_file", error))?,
            dns_timeout: limits.dns_timeout,
            connect_timeout: limits.connect_timeout,
        })
    }

    /// Connects to an origin.
    pub(crate) async fn connect(
        &self,
        origin: &Origin,
        reach: Reach,
    ) -> Result<Box<dyn Stream>, ConnectError> {
        let url = Url::parse(origin.as_str()).map_err(|_| ConnectError::Unreachable)?;
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return Err(ConnectError::Unreachable);
        };
        let addresses = timeout(self.dns_timeout, self.addresses(&host))
            .await
            .map_err(|_| ConnectError::Unreachable)??;
        // All of them, not only the one used: a name that also points inside is no result host.
        if reach == Reach::PublicOnly && !addresses.iter().copied().all(address::is_global) {
            return Err(ConnectError::NotPublic);
        }
        let mut reached_tcp = false;
        let attempt = async {
            let tcp = connect_first(&addresses, port).await.map_err(|_| ConnectError::Unreachable)?;
            reached_tcp = true;
            // Large bodies are written in large pieces; the last small one should not wait.
            let _ = tcp.set_nodelay(true);
            if !origin.is_https() {
                return Ok(Box::new(tcp) as Box<dyn Stream>);
            }
            let name = server_name(&host).ok_or(ConnectError::Tls)?;
            let tls = self.tls.connect(name, tcp).await.map_err(|_| ConnectError::Tls)?;
            Ok(Box::new(tls) as Box<dyn Stream>)
        };
        match timeout(self.connect_timeout, attempt).await {
            Ok(result) => result,
            Err(_) if reached_tcp => Err(ConnectError::Tls),
            Err(_) => Err(ConnectError::Unreachable),
        }
    }

    async fn addresses(&self, host: &Host<&str>) -> Result<Vec<IpAddr>, ConnectError> {
        let name = match host {
            Host::Ipv4(ip) => return Ok(vec![IpAddr::V4(*ip)]),
            Host::Ipv6(ip) => return Ok(vec![IpAddr::V6(*ip)]),
            Host::Domain("localhost") => {
                return Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]);
            }
            Host::Domain(name) => name,
        };
        let resolver = self.resolver.as_ref().ok_or(ConnectError::Unreachable)?;
        // The dot makes the name complete: search domains of this machine must not change its meaning.
        let found = resolver.lookup_ip(format!("{name}.")).await.map_err(|_| ConnectError::Unreachable)?;
        let addresses: Vec<IpAddr> = found.iter().take(MAX_ADDRESSES).collect();
        if addresses.is_empty() { Err(ConnectError::Unreachable) } else { Ok(addresses) }
    }
}

async fn connect_first(addresses: &[IpAddr], port: u16) -> io::Result<TcpStream> {
    let addresses: Vec<SocketAddr> = addresses.iter().map(|ip| SocketAddr::new(*ip, port)).collect();
    TcpStream::connect(&addresses[..]).await
}

fn server_name(host: &Host<&str>) -> Option<ServerName<'static>> {
    match host {
        Host::Domain(name) => ServerName::try_from((*name).to_owned()).ok(),
        Host::Ipv4(ip) => Some(ServerName::IpAddress(IpAddr::V4(*ip).into())),
        Host::Ipv6(ip) => Some(ServerName::IpAddress(IpAddr::V6(*ip).into())),
    }
}

fn tls(extra_authorities: &[CertificateDer<'static>]) -> Result<TlsConnector, rustls::Error> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for authority in extra_authorities {
        roots.add(authority.clone())?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsConnector::from(Arc::new(config)))
}
