//! The relay's own certificate.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};
use rustls_pki_types::{CertificateDer, ServerName};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

use crate::program::{Program, command, run_with};
use crate::support::relay::config;
use crate::support::{Relay, Upstream};

/// A certificate for `relay.test` and its key, as files.
struct Files {
    directory: TempDir,
}

impl Files {
    fn new() -> Self {
        let files = Self { directory: tempfile::tempdir().unwrap() };
        files.renew();
        files
    }

    /// Writes a new certificate and key; returns the certificate.
    fn renew(&self) -> CertificateDer<'static> {
        let key = KeyPair::generate().unwrap();
        let pem = key.serialize_pem();
        let certificate = CertificateParams::new(vec!["relay.test".to_owned()]).unwrap();
        let certificate = CertifiedIssuer::self_signed(certificate, key).unwrap();
        std::fs::write(self.path("cert.pem"), certificate.pem()).unwrap();
        std::fs::write(self.path("key.pem"), pem).unwrap();
        self.mode(0o600);
        certificate.der().clone()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn mode(&self, mode: u32) {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(self.path("key.pem"), std::fs::Permissions::from_mode(mode)).unwrap();
    }

    fn settings(&self) -> [String; 3] {
        [
            "public_url = \"https://relay.test\"".to_owned(),
            format!("tls.cert_file = \"{}\"", self.path("cert.pem").display()),
            format!("tls.key_file = \"{}\"", self.path("key.pem").display()),
        ]
    }
}

async fn start(files: &Files, more: &[&str]) -> Relay {
    let upstream = Upstream::gone().await;
    let region = format!("regions.demo.upstream = \"{}\"", upstream.origin());
    let settings = files.settings();
    let lines: Vec<&str> = settings.iter().map(String::as_str).chain([region.as_str()]).collect();
    Relay::run(config(&[&lines[..], more].concat())).await
}

/// Connects, trusting one certificate.
async fn connect(
    address: SocketAddr,
    trusted: &CertificateDer<'static>,
    protocols: &[&str],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    let name = ServerName::try_from("relay.test").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, TcpStream::connect(address).await?).await
}

#[tokio::test]
async fn both_protocols_are_offered() {
    let files = Files::new();
    let trusted = files.renew();
    let relay = start(&files, &[]).await;

    let mut stream = connect(relay.address, &trusted, &["http/1.1"]).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    stream
        .write_all(b"GET /relay/healthz HTTP/1.1\r\nhost: relay.test\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");

    let stream = connect(relay.address, &trusted, &["h2", "http/1.1"]).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (mut sender, connection) = hyper::client::conn::http2::handshake::<_, _, Full<Bytes>>(
        TokioExecutor::new(),
        TokioIo::new(stream),
    )
    .await
    .unwrap();
    tokio::spawn(connection);
    let request = Request::get("https://relay.test/relay/healthz").body(Full::default()).unwrap();
    let answer = sender.send_request(request).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.collect().await.unwrap().to_bytes(), "{\"status\":\"ok\"}");
}

#[tokio::test]
async fn a_stalled_or_clear_handshake_is_closed() {
    let files = Files::new();
    let relay = start(&files, &["limits.header_timeout = \"200ms\""]).await;
    for greeting in
        [&b""[..], b"\x16\x03\x01\x02\x00", b"GET /relay/healthz HTTP/1.1\r\nhost: relay.test\r\n\r\n"]
    {
        let mut stream = TcpStream::connect(relay.address).await.unwrap();
        stream.write_all(greeting).await.unwrap();
        let mut answer = Vec::new();
        let end = timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await;
        assert!(end.is_ok(), "{}", greeting.escape_ascii());
        assert!(!answer.starts_with(b"HTTP"), "nothing is served in clear");
    }
}

#[tokio::test]
async fn a_renewed_certificate_is_read_on_sighup_and_a_broken_one_is_not_taken() {
    let files = Files::new();
    let first = files.renew();
    let mut command = command();
    command.args(["--listen", "127.0.0.1:0", "--set", "regions.a.upstream = \"https://a.example\""]);
    for line in files.settings() {
        command.args(["--set", &line]);
    }
    let program = Program::start(command);
    let address: SocketAddr = program.host.parse().unwrap();
    connect(address, &first, &[]).await.unwrap();

    let second = files.renew();
    connect(address, &first, &[]).await.unwrap();
    program.hang_up();
    let deadline = Instant::now() + Duration::from_secs(10);
    while connect(address, &second, &[]).await.is_err() {
        assert!(Instant::now() < deadline, "the new certificate is not used");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }

    std::fs::write(files.path("cert.pem"), "rubbish").unwrap();
    program.hang_up();
    std::thread::sleep(Duration::from_millis(200));
    connect(address, &second, &[]).await.unwrap();
    let (code, log) = program.terminate();
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("tls.cert_file"), "{log}");
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let refuses = |files: &Files, setting: &str, advice: &str| {
        let settings = files.settings().join("\n") + "\n[regions.a]\nupstream = \"https://a.example\"\n";
        let output = run_with(&settings, &[], &[]);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(message.contains(setting) && message.contains(advice), "{setting}, {advice}: {message}");
        assert!(!message.contains("PRIVATE KEY"), "{message}");
    };
    let files = Files::new();
    files.mode(0o640);
    refuses(&files, "tls.key_file", "chmod 600");
    files.mode(0o600);

    let key = std::fs::read_to_string(files.path("key.pem")).unwrap();
    files.renew();
    std::fs::write(files.path("key.pem"), key).unwrap();
    refuses(&files, "tls.key_file", "does not go with tls.cert_file");
    std::fs::write(files.path("key.pem"), "rubbish").unwrap();
    refuses(&files, "tls.key_file", "holds no private key");
    std::fs::write(files.path("cert.pem"), "rubbish").unwrap();
    refuses(&files, "tls.cert_file", "holds no certificate");
    std::fs::remove_file(files.path("cert.pem")).unwrap();
    refuses(&files, "tls.cert_file", "cannot be read");
}

#[test]
fn the_public_address_must_be_https_and_both_files_are_needed() {
    let files = Files::new();
    let [_, cert, key] = files.settings();
    let region = "[regions.a]\nupstream = \"https://a.example\"\n";
    for (settings, setting) in [
        (format!("{cert}\n{key}\n"), "public_url"),
        (format!("public_url = \"http://relay.test\"\n{cert}\n{key}\n"), "public_url"),
        (format!("public_url = \"https://relay.test\"\n{cert}\n"), "key_file"),
    ] {
        let output = run_with(&(settings + region), &[], &[]);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(message.contains(setting), "{message}");
    }
}

/// The files are pipes: whoever writes into them knows how far the program got. It reads them when it checks its
/// settings, and again when it takes its port.
#[test]
fn a_hangup_while_it_starts_does_not_end_it() {
    use std::io::{BufRead as _, BufReader, Write as _};
    let files = Files::new();
    let texts = ["cert.pem", "key.pem"].map(|name| (name, std::fs::read(files.path(name)).unwrap()));
    for (name, _) in &texts {
        std::fs::remove_file(files.path(name)).unwrap();
        let made = std::process::Command::new("mkfifo").args(["-m", "600"]).arg(files.path(name)).status();
        assert!(made.unwrap().success());
    }
    // Returns when the program reads that file.
    let open = |name: &str| std::fs::OpenOptions::new().write(true).open(files.path(name)).unwrap();
    let mut program = command();
    program.args(["--listen", "127.0.0.1:0", "--set", "regions.a.upstream = \"https://a.example\""]);
    program.args(files.settings().iter().flat_map(|line| ["--set", line]));
    let mut program = program.stdout(std::process::Stdio::piped()).spawn().unwrap();
    for (name, text) in &texts {
        open(name).write_all(text).unwrap();
    }
    let mut certificate = open("cert.pem");
    let sent = std::process::Command::new("kill").arg("-HUP").arg(program.id().to_string()).status();
    assert!(sent.unwrap().success());
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(program.try_wait().unwrap(), None, "it ended");
    certificate.write_all(&texts[0].1).unwrap();
    drop(certificate);
    open("key.pem").write_all(&texts[1].1).unwrap();
    let mut line = String::new();
    BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
    program.kill().unwrap();
    program.wait().unwrap();
    assert!(line.starts_with("listening https://"), "{line:?}");
}
