//! Secure connections to the API: checked certificates, and no byte of HTTP without one.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::{ServerConfig, crypto};

use crate::support::Upstream;
use crate::support::relay::{Relay, config};

/// An authority of our own and a server whose certificate it signed for `name`.
struct Secure {
    upstream: Upstream,
    authority: NamedTempFile,
}

async fn secure(name: &str) -> Secure {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), authority.pem()).unwrap();
    let upstream = serve(certificate.der().clone(), &key).await;
    Secure { upstream, authority: file }
}

async fn serve(certificate: CertificateDer<'static>, key: &KeyPair) -> Upstream {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let server = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(server));
    Upstream::connections(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            if let Ok(mut stream) = acceptor.accept(stream).await {
                let mut buffer = [0; 4096];
                let _ = stream.read(&mut buffer).await;
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
                let _ = stream.shutdown().await;
            }
        }
    })
    .await
}

async fn relay(secure: &Secure, with_authority: bool) -> Relay {
    let upstream =
        format!("regions.demo.upstream = \"https://localhost:{}\"", secure.upstream.address.port());
    let authority = format!("ca_file = \"{}\"", secure.authority.path().display());
    let lines = ["allowed_origins = [\"https://app.example\"]", upstream.as_str(), authority.as_str()];
    Relay::run(config(if with_authority { &lines } else { &lines[..2] })).await
}

#[tokio::test]
async fn a_certificate_of_a_configured_authority_is_accepted() {
    let secure = secure("localhost").await;
    assert_eq!(relay(&secure, true).await.generate().await.status, 200);
}

#[tokio::test]
async fn an_unknown_authority_and_a_wrong_name_are_refused() {
    let tls = (502, "upstream_tls".to_owned(), "no".to_owned());
    let unknown = secure("localhost").await;
    assert_eq!(relay(&unknown, false).await.generate().await.error(), tls);
    let wrong_name = secure("other.example").await;
    assert_eq!(relay(&wrong_name, true).await.generate().await.error(), tls);
}

#[tokio::test]
async fn a_server_without_tls_is_refused() {
    let plain = Upstream::raw(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
    let line = format!("regions.demo.upstream = \"https://127.0.0.1:{}\"", plain.address.port());
    let relay = Relay::run(config(&["allowed_origins = [\"https://app.example\"]", &line])).await;
    assert_eq!(relay.generate().await.error(), (502, "upstream_tls".into(), "no".into()));
}
