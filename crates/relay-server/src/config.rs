//! The relay's configuration: read, merged, checked. What leaves this module can be run; what cannot is
//! refused with the setting's name and what to write instead.

mod access;
mod cli;
mod error;
mod limits;
mod region;
mod settings;
mod start;
mod tls;
mod warnings;

use std::fmt::Display;
use std::net::SocketAddr;
use std::path::PathBuf;

use relay_policy::access::Access;
use relay_policy::caller_address::TrustedProxies;
use relay_policy::cors::OriginGate;
use relay_policy::decide::Policy;
use relay_policy::host::HostList;
use relay_policy::origin::Origin;
use relay_policy::target::{HostPattern, TargetRule};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

pub(crate) use access::is_name;
pub use cli::{Cli, Command};
pub use error::ConfigError;
pub use limits::Limits;
pub use region::Region;
pub use settings::LogFormat;
use settings::Settings;
pub use start::NotStarted;
pub use tls::TlsFiles;

/// Result buckets of the vendor, as far as they are known.
const DEFAULT_IMAGE_HOSTS: [&str; 2] =
    ["dashscope-result-*.oss-*.aliyuncs.com", "dashscope-*.oss-accelerate.aliyuncs.com"];

/// A checked configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where to listen for the operator; not for callers.
    pub admin_listen: Option<SocketAddr>,
    /// The origin the relay is reached by; absent only on loopback, where it follows from the port.
    pub public_url: Option<Origin>,
    /// The pages that may call.
    pub allowed_origins: Vec<AllowedOrigin>,
    /// The studio's files.
    pub static_dir: Option<PathBuf>,
    /// The relay's own certificate; absent behind a proxy that speaks TLS.
    pub tls: Option<TlsFiles>,
    /// The proxies whose X-Forwarded-For names the caller.
    pub trusted_proxies: TrustedProxies,
    /// Certificate authorities trusted besides the public ones.
    pub extra_authorities: Vec<CertificateDer<'static>>,
    /// The vendor's regions, in the operator's order.
    pub regions: Vec<Region>,
    /// Hosts whose pictures may be fetched.
    pub image_hosts: Vec<HostPattern>,
    /// Who may spend held keys; absent only where nobody but this machine can reach the relay.
    pub access: Option<Access>,
    /// Where jobs, budgets and pictures survive a restart; absent keeps jobs in memory.
    pub state_dir: Option<PathBuf>,
    /// Fetch and keep result pictures at once.
    pub keep_pictures: bool,
    /// Refuse paid calls that could not be picked up later.
    pub require_idempotency_key: bool,
    /// Sizes and times.
    pub limits: Limits,
    /// How log lines look.
    pub log_format: LogFormat,
}

/// One entry of `allowed_origins`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowedOrigin {
    /// The relay's own origin, wherever it listens.
    OwnOrigin,
    /// A page elsewhere.
    Exact(Origin),
}

impl Config {
    /// Reads the file, lets flags and environment override it, and checks the whole. `environment` looks up
    /// the variables that hold API keys.
    ///
    /// # Errors
    /// [`ConfigError`] names the setting.
    pub fn load(cli: &Cli, environment: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        Self::check(cli.settings()?, environment)
    }

    fn check(settings: Settings, environment: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let listen = settings.listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8787)));
        let public_url = public_url(settings.public_url.as_deref(), listen)?;
        let serves_others = public_url.as_ref().is_some_and(|origin| !origin.is_loopback());
        let config = Self {
            listen,
            admin_listen: settings.admin_listen,
            public_url,
            allowed_origins: allowed_origins(settings.allowed_origins)?,
            static_dir: static_dir(settings.static_dir)?,
            tls: settings.tls,
            trusted_proxies: trusted_proxies(&settings.trusted_proxies)?.serving_others(serves_others),
            extra_authorities: extra_authorities(settings.ca_file)?,
            regions: region::read_all(&settings.regions, environment)?,
            image_hosts: image_hosts(settings.images.hosts)?,
            access: settings.access.map(access::read).transpose()?,
            state_dir: settings.state_dir,
            keep_pictures: settings.keep_pictures,
            require_idempotency_key: settings.require_idempotency_key,
            limits: settings.limits.checked()?,
            log_format: settings.log_format,
        };
        if config.keep_pictures && config.state_dir.is_none() {
            return Err(ConfigError::invalid("keep_pictures", "needs state_dir, the place to keep them"));
        }
        config.check_access(config.access.as_ref())?;
        tls::check(config.tls.as_ref(), config.public_url.as_ref())?;
        Ok(config)
    }

    /// Whether a relay that runs with this configuration may go on with another `[access]`.
    ///
    /// # Errors
    /// [`ConfigError`] names the setting that would leave a held key open to others.
    pub fn check_access(&self, access: Option<&Access>) -> Result<(), ConfigError> {
        access::check_held_keys(self, access)
    }

    /// What the operator should know about settings that can be run all the same. Each names its setting.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        warnings::of(self)
    }

    /// The origin the relay is reached by, now that its port is known.
    #[must_use]
    pub fn own_origin(&self, bound: SocketAddr) -> Origin {
        let fallback = || Origin::of_address(bound);
        self.public_url.clone().unwrap_or_else(fallback)
    }

    /// The rules for a relay that listens at `bound`.
    #[must_use]
    pub fn policy(&self, bound: SocketAddr) -> Policy {
        let own = self.own_origin(bound);
        // Whoever runs a relay on loopback types either name into the browser; both are the same machine.
        let mut own_origins = vec![own];
        if bound.ip().is_loopback() {
            let port = bound.port();
            let names = ["127.0.0.1", "localhost", "[::1]"].map(|host| format!("http://{host}:{port}"));
            own_origins.extend(names.iter().filter_map(|name| Origin::parse(name).ok()));
        }
        let allowed = self.allowed_origins.iter().flat_map(|entry| match entry {
            AllowedOrigin::OwnOrigin => own_origins.clone(),
            AllowedOrigin::Exact(origin) => vec![origin.clone()],
        });
        Policy {
            access: self.access.clone(),
            require_idempotency_key: self.require_idempotency_key,
            hosts: HostList::new(own_origins.iter().flat_map(Origin::host_spellings).collect()),
            origins: OriginGate::new(allowed.collect()),
            regions: self.regions.iter().map(|region| (region.id.clone(), region.holder())).collect(),
            targets: TargetRule::new(self.image_hosts.clone(), self.result_origins()),
            body_bytes: self.limits.body_bytes,
            image_bytes: self.limits.image_bytes,
        }
    }

    /// The picture origins the operator trusts, of all regions.
    #[must_use]
    pub fn result_origins(&self) -> Vec<Origin> {
        self.regions.iter().flat_map(|region| region.result_origins.iter().cloned()).collect()
    }
}

fn public_url(written: Option<&str>, listen: SocketAddr) -> Result<Option<Origin>, ConfigError> {
    match written {
        Some(text) => {
            Origin::parse(text).map(Some).map_err(|error| ConfigError::invalid("public_url", error))
        }
        None if listen.ip().is_loopback() => Ok(None),
        None => Err(ConfigError::invalid(
            "public_url",
            "is needed when listen is not on loopback; write the address people use, for example \"https://edit.example\"",
        )),
    }
}

fn allowed_origins(written: Option<Vec<String>>) -> Result<Vec<AllowedOrigin>, ConfigError> {
    let Some(written) = written else { return Ok(vec![AllowedOrigin::OwnOrigin]) };
    each("allowed_origins", &written, |text| match text {
        "self" => Ok(AllowedOrigin::OwnOrigin),
        text => Origin::parse(text).map(AllowedOrigin::Exact),
    })
}

fn trusted_proxies(written: &[String]) -> Result<TrustedProxies, ConfigError> {
    each("trusted_proxies", written, |text| TrustedProxies::parse(&[text]))?;
    TrustedProxies::parse(written).map_err(|error| ConfigError::invalid("trusted_proxies", error))
}

fn static_dir(written: Option<PathBuf>) -> Result<Option<PathBuf>, ConfigError> {
    match written {
        Some(path) if !path.is_dir() => {
            Err(ConfigError::invalid("static_dir", format!("{} is not a directory", error::path(&path))))
        }
        other => Ok(other),
    }
}

fn extra_authorities(written: Option<PathBuf>) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
    let Some(path) = written else { return Ok(Vec::new()) };
    let read = || CertificateDer::pem_file_iter(&path)?.collect::<Result<Vec<_>, _>>();
    let invalid = |why: &str| ConfigError::invalid("ca_file", format!("{} {why}", error::path(&path)));
    match read() {
        Ok(certificates) if certificates.is_empty() => Err(invalid("holds no certificate in PEM form")),
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(invalid(&format!("cannot be read as PEM: {error}"))),
    }
}

fn image_hosts(written: Option<Vec<String>>) -> Result<Vec<HostPattern>, ConfigError> {
    let written = written.unwrap_or_else(|| DEFAULT_IMAGE_HOSTS.map(str::to_owned).into());
    each("images.hosts", &written, HostPattern::parse)
}

/// Reads a list; an error gives the number of the entry, since it does not repeat it.
fn each<T, E: Display>(
    setting: &str,
    texts: &[String],
    read: impl Fn(&str) -> Result<T, E>,
) -> Result<Vec<T>, ConfigError> {
    let fault = |index: usize, error| ConfigError::invalid(format!("{setting}[{index}]"), error);
    texts.iter().enumerate().map(|(index, text)| read(text).map_err(|error| fault(index, error))).collect()
}
