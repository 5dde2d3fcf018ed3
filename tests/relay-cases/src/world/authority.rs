//! A certificate authority for one run, and the good and bad certificates of the mocks.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{self, ServerConfig, crypto};

use crate::mock_script::CertificateKind;

/// Signs for every name it is asked for.
pub(crate) struct Authority {
    known: CertifiedIssuer<'static, KeyPair>,
    unknown: CertifiedIssuer<'static, KeyPair>,
    file: PathBuf,
    made: Mutex<HashMap<(String, CertificateKind, bool), Arc<ServerConfig>>>,
}

impl Authority {
    /// Writes the certificate the relay is to trust into `folder`.
    pub(crate) fn new(folder: &Path) -> Result<Self> {
        let known = issuer()?;
        let file = folder.join("authority.pem");
        std::fs::write(&file, known.pem())?;
        Ok(Self { known, unknown: issuer()?, file, made: Mutex::default() })
    }

    /// For the relay's `ca_file`.
    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    /// What a server needs to show a certificate for `name`.
    pub(crate) fn server(&self, name: &str, kind: CertificateKind, http2: bool) -> Result<Arc<ServerConfig>> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (name.to_owned(), kind, http2);
        if let Some(config) = made.get(&key) {
            return Ok(Arc::clone(config));
        }
        let config = Arc::new(self.make(name, kind, http2)?);
        made.insert(key, Arc::clone(&config));
        Ok(config)
    }

    /// Certificate and key for `name` as PEM files, for a relay that speaks TLS itself.
    pub(crate) fn write_pair(&self, name: &str, folder: &Path) -> Result<(PathBuf, PathBuf)> {
        let key = KeyPair::generate()?;
        let certificate = CertificateParams::new(vec![name.to_owned()])?.signed_by(&key, &self.known)?;
        let (certificate_file, key_file) =
            (folder.join("relay-certificate.pem"), folder.join("relay-key.pem"));
        std::fs::write(&certificate_file, certificate.pem())?;
        write_private(&key_file, &key.serialize_pem())?;
        Ok((certificate_file, key_file))
    }

    fn make(&self, name: &str, kind: CertificateKind, http2: bool) -> Result<ServerConfig> {
        let named = if kind == CertificateKind::WrongName { "somebody-else.example" } else { name };
        let mut params = CertificateParams::new(vec![named.to_owned()])?;
        match kind {
            CertificateKind::Expired => params.not_after = date_time_ymd(2021, 1, 1),
            CertificateKind::NotYetValid => params.not_before = date_time_ymd(2090, 1, 1),
            _ => {}
        }
        let key = KeyPair::generate()?;
        let certificate = match kind {
            CertificateKind::SelfSigned => params.self_signed(&key)?,
            CertificateKind::UnknownAuthority => params.signed_by(&key, &self.unknown)?,
            _ => params.signed_by(&key, &self.known)?,
        };
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)?;
        config.alpn_protocols =
            if http2 { vec![b"h2".to_vec(), b"http/1.1".to_vec()] } else { vec![b"http/1.1".to_vec()] };
        Ok(config)
    }
}

fn issuer() -> Result<CertifiedIssuer<'static, KeyPair>> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    Ok(CertifiedIssuer::self_signed(params, KeyPair::generate()?)?)
}

/// A file that only its owner may read.
pub(crate) fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600).open(path)?.write_all(text.as_bytes())
}
