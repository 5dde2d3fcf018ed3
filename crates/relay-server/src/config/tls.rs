//! The `[tls]` table: the relay's own certificate, for a relay without a proxy in front.

use std::path::PathBuf;
use std::sync::Arc;

use relay_policy::origin::Origin;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use serde::Deserialize;
use tokio_rustls::rustls::{self, ServerConfig};

use super::error::{self, ConfigError};
use super::region::key_file;

/// Where the certificate and its key are, as PEM.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsFiles {
    /// The certificate, followed by those that lead to an authority.
    pub cert_file: PathBuf,
    /// Its private key; readable by the relay's user alone.
    pub key_file: PathBuf,
}

impl TlsFiles {
    /// Reads both files.
    ///
    /// # Errors
    /// [`ConfigError`] names the file that cannot be used.
    pub fn load(&self) -> Result<ServerConfig, ConfigError> {
        let certificates = self.certificates()?;
        let shown = error::path(&self.key_file);
        let invalid = |problem: String| ConfigError::invalid("tls.key_file", problem);
        let pem = key_file(&self.key_file).map_err(invalid)?;
        // The parser's error is not shown: it could quote the file.
        let key = PrivateKeyDer::from_pem_slice(pem.as_bytes())
            .map_err(|_| invalid(format!("{shown} holds no private key in PEM form")))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| invalid(error.to_string()))?
            .with_no_client_auth()
            .with_single_cert(certificates, key)
            .map_err(|error| match error {
                rustls::Error::InvalidCertificate(_) => self.invalid_certificate(&error.to_string()),
                error => invalid(format!("{shown} does not go with tls.cert_file: {error}")),
            })?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }

    fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
        let read =
            CertificateDer::pem_file_iter(&self.cert_file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        match read {
            Ok(certificates) if certificates.is_empty() => {
                Err(self.invalid_certificate("holds no certificate in PEM form"))
            }
            Ok(certificates) => Ok(certificates),
            Err(error) => Err(self.invalid_certificate(&format!("cannot be read as PEM: {error}"))),
        }
    }

    fn invalid_certificate(&self, why: &str) -> ConfigError {
        ConfigError::invalid("tls.cert_file", format!("{}: {why}", error::path(&self.cert_file)))
    }
}

/// Refuses files that cannot be used, and an address that does not fit.
pub(super) fn check(tls: Option<&TlsFiles>, public_url: Option<&Origin>) -> Result<(), ConfigError> {
    let Some(files) = tls else { return Ok(()) };
    if !public_url.is_some_and(Origin::is_https) {
        return Err(ConfigError::invalid(
            "public_url",
            "must be https when [tls] is given, for example \"https://edit.example\"",
        ));
    }
    files.load().map(drop)
}
