//! Stopping: nothing new, but what is paid for is finished.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::support::{BODY, GENERATION, JSON, KEY, Relay, Upstream, client, eventually};

/// Answers when told.
async fn held() -> (Upstream, watch::Sender<bool>) {
    let (go, gate) = watch::channel(false);
    let upstream = Upstream::connections(move |mut stream| {
        let mut gate = gate.clone();
        async move {
            let mut buffer = [0; 4096];
            let _ = stream.read(&mut buffer).await;
            let _ = gate.wait_for(|open| *open).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
        }
    })
    .await;
    (upstream, go)
}

#[tokio::test]
async fn a_running_call_is_finished_and_nothing_new_is_taken() {
    let (upstream, go) = held().await;
    let relay = Relay::start(&upstream, &["limits.header_timeout = \"60s\""]).await;
    let (address, admin) = (relay.address, relay.admin);
    let silent = TcpStream::connect(address).await.unwrap();
    let mut idle = TcpStream::connect(address).await.unwrap();
    idle.write_all(format!("GET /relay/healthz HTTP/1.1\r\nhost: {address}\r\n\r\n").as_bytes())
        .await
        .unwrap();
    assert_ne!(idle.read(&mut [0; 4096]).await.unwrap(), 0);
    let call =
        tokio::spawn(client::open(address, client::request(address, "POST", GENERATION, &[KEY, JSON], BODY)));
    eventually("the call to reach the API", || upstream.hits() == 1).await;
    let stopping = relay.stop();
    eventually("new connections to be refused", || std::net::TcpStream::connect(address).is_err()).await;
    let ready = client::open(admin, client::request(admin, "GET", "/readyz", &[], "")).await.unwrap();
    assert_eq!(ready.status(), 503, "a balancer must see that it stops");
    assert!(!stopping.is_finished());
    go.send(true).unwrap();
    let answer = client::complete(call.await.unwrap().unwrap()).await.unwrap();
    assert_eq!((answer.status.as_u16(), &answer.body[..]), (200, &b"{}"[..]));
    tokio::time::timeout(Duration::from_secs(10), stopping)
        .await
        .expect("idle connections must not hold it")
        .unwrap();
    drop((silent, idle));
}

#[tokio::test]
async fn the_drain_limit_ends_what_does_not_end() {
    let (upstream, _go) = held().await;
    let relay = Relay::start(&upstream, &["limits.drain_timeout = \"200ms\""]).await;
    let address = relay.address;
    let call =
        tokio::spawn(client::open(address, client::request(address, "POST", GENERATION, &[KEY, JSON], BODY)));
    eventually("the call to reach the API", || upstream.hits() == 1).await;
    let started = Instant::now();
    relay.stop().await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(5));
    assert!(call.await.unwrap().is_err());
}

/// A call whose body was half sent when the relay was asked to stop; what its caller gets, and how many calls went out.
async fn caught_while_uploading(limits: &[&str]) -> (String, usize) {
    let upstream = Upstream::json(200, "{}").await;
    let relay = Relay::start(&upstream, limits).await;
    let address = relay.address;
    let mut caller = TcpStream::connect(address).await.unwrap();
    let (first, rest) = BODY.split_at(10);
    let head = format!(
        "POST {GENERATION} HTTP/1.1\r\nhost: {address}\r\nauthorization: {}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{first}",
        KEY.1,
        BODY.len()
    );
    caller.write_all(head.as_bytes()).await.unwrap();
    eventually("the relay to connect", || upstream.hits() == 1).await;
    let stopping = relay.stop();
    eventually("new connections to be refused", || std::net::TcpStream::connect(address).is_err()).await;
    caller.write_all(rest.as_bytes()).await.unwrap();
    let mut answer = String::new();
    caller.read_to_string(&mut answer).await.unwrap();
    stopping.await.unwrap();
    (answer, upstream.requests().len())
}

#[tokio::test]
async fn a_call_that_would_be_cut_off_does_not_go_out() {
    let (answer, sent) = caught_while_uploading(&["limits.total_timeout = \"310s\""]).await;
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("overloaded"), "{answer}");
    assert!(answer.contains("The relay is restarting. Nothing was executed."), "{answer}");
    assert!(answer.contains("\"charged\":\"no\"") && answer.contains("retry-after"), "{answer}");
    assert_eq!(sent, 0);
    let (answer, sent) = caught_while_uploading(&[]).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "there is time enough: {answer}");
    assert_eq!(sent, 1);
}
