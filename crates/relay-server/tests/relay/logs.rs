//! Secrets in logs: none, at any level, whatever happens to the call.

use http::Response;
use http_body_util::Full;
use tokio::task::spawn_blocking;

use crate::program::{Program, command};
use crate::support::{BODY, GENERATION, Upstream, encoded};

/// Each stands for a secret of its own.
const CANARIES: [&str; 5] =
    ["canary-client-key", "canary-own-key", "canary-signature", "canary-body", "canary-header"];

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_logged_even_at_trace() {
    let upstream = Upstream::start(|received| match received.head.uri.path() {
        "/missing.png" => {
            Response::builder().status(403).body(Full::from("<Error>canary-signature")).unwrap()
        }
        "/a.png" => Response::new(Full::from(&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR canary-body"[..])),
        _ => {
            let key = received.head.headers["authorization"].to_str().unwrap();
            let body = format!("{{\"message\":\"canary-body {key}\"}}");
            Response::builder().status(401).body(Full::from(body)).unwrap()
        }
    })
    .await;
    let mut program = command();
    program.env("RUST_LOG", "trace").env("OWN_KEY", "sk-canary-own-key").args(["--listen", "127.0.0.1:0"]);
    for line in [
        format!("regions.demo.upstream = \"{}\"", upstream.origin()),
        format!("regions.demo.result_origins = [\"{}\"]", upstream.origin()),
        format!("regions.own.upstream = \"{}\"", upstream.origin()),
        "regions.own.key = \"server\"".to_owned(),
        "regions.own.key_env = \"OWN_KEY\"".to_owned(),
        "regions.gone.upstream = \"http://127.0.0.1:1\"".to_owned(),
    ] {
        program.args(["--set", &line]);
    }
    let origin = upstream.origin();
    let (answers, log) = spawn_blocking(move || {
        let program = Program::start(program);
        let secrets = "authorization: Bearer sk-canary-client-key\r\nx-secret: canary-header\r\ncookie: canary-header";
        let call = |region: &str, kind: &str| {
            let path = GENERATION.replace("demo", region);
            let head = format!("POST {path}?key=canary-signature HTTP/1.1\r\ncontent-type: {kind}\r\n{secrets}");
            program.send(&head, &BODY.replace("qwen-image-edit", "qwen-image-canary-body"))
        };
        let picture = |link: &str| {
            program.send(&format!("GET /relay/image?url={} HTTP/1.1\r\n{secrets}", encoded(link)), "")
        };
        let answers = [
            call("demo", "application/json"),
            call("own", "application/json"),
            call("gone", "application/json"),
            call("mars", "application/json"),
            call("demo", "text/plain"),
            picture(&format!("{origin}/a.png?Signature=canary-signature")),
            picture(&format!("{origin}/missing.png?Signature=canary-signature")),
            picture("https://user:canary-signature@evil.example/canary-signature?canary-signature#canary-signature"),
            program.send(&format!("GET /canary-signature HTTP/1.1\r\n{secrets}"), ""),
        ];
        (answers, program.terminate().1)
    })
    .await
    .unwrap();

    let statuses: Vec<&str> = answers.iter().filter_map(|answer| answer.get(9..12)).collect();
    assert_eq!(statuses, ["401", "502", "502", "404", "415", "200", "410", "403", "404"]);
    assert!(answers[1].contains("server_key_rejected"), "{}", answers[1]);
    for key in ["sk-canary-client-key", "sk-canary-own-key"] {
        assert!(!answers.iter().any(|answer| answer.contains(key)), "{key} came back");
    }
    let own = upstream
        .requests()
        .iter()
        .filter(|request| {
            request.head.headers.get("authorization").is_some_and(|key| key == "Bearer sk-canary-own-key")
        })
        .count();
    assert_eq!(own, 1, "the relay's key went out on its own region only");

    assert!(
        log.contains("relay_server") && log.contains("evil.example"),
        "the log has lines, and the refused host: {log}"
    );
    let loud = log.lines().find(|line| line.contains(" TRACE ") || line.contains(" DEBUG "));
    assert!(loud.is_none(), "libraries are not heard below info: {loud:?}");
    for canary in CANARIES {
        assert!(!log.contains(canary), "{canary} is in the log: {log}");
    }
}
