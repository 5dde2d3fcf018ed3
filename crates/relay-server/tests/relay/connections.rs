//! Protocols and the operator's listener.

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;

use crate::support::{BODY, GENERATION, JSON, KEY, Relay, Upstream, client};

#[tokio::test]
async fn http2_is_served_on_the_same_port() {
    let upstream = Upstream::json(200, "{\"output\":{}}").await;
    let relay = Relay::start(&upstream, &[]).await;
    let stream = TokioIo::new(TcpStream::connect(relay.address).await.unwrap());
    let (sender, connection) =
        hyper::client::conn::http2::handshake::<_, _, Full<Bytes>>(TokioExecutor::new(), stream)
            .await
            .unwrap();
    tokio::spawn(connection);
    let calls = (0..10).map(|_| {
        let mut sender = sender.clone();
        let request = Request::post(format!("http://{}{GENERATION}", relay.address))
            .header(KEY.0, KEY.1)
            .header(JSON.0, JSON.1)
            .body(Full::from(BODY))
            .unwrap();
        tokio::spawn(async move {
            let response = sender.send_request(request).await.unwrap();
            (response.status(), response.collect().await.unwrap().to_bytes())
        })
    });
    for call in calls.collect::<Vec<_>>() {
        let (status, body) = call.await.unwrap();
        assert_eq!((status.as_u16(), &body[..]), (200, &b"{\"output\":{}}"[..]));
    }
    assert_eq!(upstream.requests().len(), 10);
    let elsewhere = Request::get("http://evil.example/relay/healthz").body(Full::default()).unwrap();
    assert_eq!(sender.clone().send_request(elsewhere).await.unwrap().status(), 421);
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let upstream = Upstream::json(200, "{}").await;
    let relay = Relay::start(&upstream, &[]).await;
    let one = format!("GET /relay/healthz HTTP/1.1\r\nhost: {}\r\n\r\n", relay.address);
    let last = format!("GET /relay/nope HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", relay.address);
    let answers = client::raw(relay.address, (one.repeat(99) + &last).as_bytes()).await;
    let statuses: Vec<&str> = answers.split("HTTP/1.1 ").skip(1).collect();
    assert_eq!(statuses.len(), 100);
    assert!(statuses[..99].iter().all(|status| status.starts_with("200")) && statuses[99].starts_with("404"));
}

#[tokio::test]
async fn an_upgrade_is_not_followed() {
    let upstream = Upstream::json(200, "{}").await;
    let relay = Relay::start(&upstream, &[]).await;
    let upgrade =
        "connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n";
    let request = format!("GET /relay/healthz HTTP/1.1\r\nhost: {}\r\n{upgrade}\r\n", relay.address);
    let close =
        format!("GET /relay/healthz HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", relay.address);
    let answers = client::raw(relay.address, (request + &close).as_bytes()).await;
    assert!(answers.starts_with("HTTP/1.1 200 "), "{answers}");
}
