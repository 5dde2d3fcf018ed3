//! HTTP/2 spoken wrongly: what is not a proper request costs nothing and is ended.

use std::time::Duration;

use super::bench::Bench;
use super::verdict::Stop;
use crate::client::Caller;
use crate::fill::{GENERATION, HEALTH, JSON_OK};
use crate::http2::{Http2, frames, hpack};
use crate::mock_script::Plan;

const PATIENCE: Duration = Duration::from_secs(10);

impl Bench<'_> {
    /// A connection that takes what the relay sends.
    pub(super) async fn http2(&mut self, settings: &[(u16, u32)]) -> Result<Http2, Stop> {
        self.http2_as(self.caller, settings).await
    }

    pub(super) async fn http2_as(&mut self, caller: Caller, settings: &[(u16, u32)]) -> Result<Http2, Stop> {
        let to = self.relay()?.address.socket();
        Ok(Http2::connect(caller, to, settings).await?)
    }

    /// The head of a paid call.
    pub(super) fn paid_head(&mut self, more: &[(&str, &str)]) -> Result<Vec<u8>, Stop> {
        let authority = self.relay()?.address.authority();
        let (origin, auth) = (self.expander.get("ORIGIN"), self.expander.get("AUTH"));
        let mut fields =
            vec![("origin", origin), ("authorization", auth), ("content-type", "application/json")];
        fields.extend_from_slice(more);
        Ok(hpack::request("POST", &authority, GENERATION, &fields))
    }
}

/// A length that is not the sum of the pieces: too long, too short.
pub(super) async fn wrong_length(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    for length in [JSON_OK.len() + 5, JSON_OK.len() - 5].map(|length| length.to_string()) {
        let head = bench.paid_head(&[("content-length", &length)])?;
        require_refused(bench, &format!("content-length: {length}"), &head).await?;
    }
    bench.require_hits("at the end", 0).await;
    Ok(())
}

/// Sends a call with this head on a connection of its own; it must be refused or ended.
async fn require_refused(bench: &mut Bench<'_>, what: &str, head: &[u8]) -> Result<(), Stop> {
    let connection = bench.http2(&[]).await?;
    // The relay may close at the head already.
    let _ = connection
        .send(&[frames::headers(1, head, false), frames::data(1, JSON_OK.as_bytes(), true)].concat())
        .await;
    let refused = connection.wait_for(PATIENCE, |seen| {
        seen.reset(1).is_some()
            || seen.is_closed
            || seen.goaway().is_some()
            || seen.status(1).is_some_and(|status| (400..500).contains(&status))
    });
    let refused = refused.await;
    bench.require(refused, || format!("{what} was accepted"));
    Ok(())
}

/// More streams at one time than anybody needs.
pub(super) async fn many_streams(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    let connection = bench.http2(&[]).await?;
    let announced = connection.seen().setting(frames::MAX_CONCURRENT_STREAMS);
    bench.require(announced.is_some_and(|streams| streams <= 100), || {
        format!("the relay allows {announced:?} streams")
    });
    let head = bench.paid_head(&[])?;
    for number in 0..1000_u32 {
        if connection.send(&frames::headers(2 * number + 1, &head, false)).await.is_err() {
            break;
        }
    }
    let refused = connection
        .wait_for(PATIENCE, |seen| {
            let refusals = seen.frames.iter().filter(|frame| {
                frame.kind == frames::Kind::RstStream && frame.error() == Some(frames::REFUSED_STREAM)
            });
            refusals.count() >= 900 || seen.goaway().is_some() || seen.is_closed
        })
        .await;
    bench.require(refused, || "streams above the limit were not refused".to_owned());
    bench.require_hits("at the end", 0).await;
    Ok(())
}

/// A picture for a reader whose window stays shut.
pub(super) async fn shut_window(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const LIMIT: u64 = 3;
    let limit = format!("\"{LIMIT}s\"");
    bench.open_alone(bench.usual_profile().with("limits.write_timeout", &limit)).await?;
    bench.scene.images.set_plan(Plan::read("type=image/png;bytes=5242880")?);
    let connection = bench.http2(&[(frames::INITIAL_WINDOW_SIZE, 0)]).await?;
    let authority = bench.relay()?.address.authority();
    let path = format!("/relay/image?url={}", bench.expander.get("IMG_OK_ENC"));
    let fields = [("origin", bench.expander.get("ORIGIN")), ("authorization", bench.expander.get("AUTH"))];
    let head = hpack::request("GET", &authority, &path, &fields);
    connection.send(&frames::headers(1, &head, true)).await?;
    let answered = connection.wait_for(PATIENCE, |seen| seen.status(1).is_some()).await;
    bench.require(answered, || "the picture was not answered".to_owned());
    // Pings show that the connection lives; only the stream is stuck.
    let started = std::time::Instant::now();
    let mut ended = false;
    while !ended && started.elapsed() < Duration::from_secs(3 * LIMIT + 5) {
        // A closed connection is one of the ends looked for.
        let _ = connection.send(&frames::ping()).await;
        ended = connection
            .wait_for(Duration::from_millis(500), |seen| seen.reset(1).is_some() || seen.is_closed)
            .await;
    }
    let took = started.elapsed();
    bench.require(ended, || format!("the stuck stream was still open after {took:?}"));
    bench.note(format!("ended after {:.1} s, limit {LIMIT} s", took.as_secs_f64()));
    bench.require_hits("at the end", 0).await;
    Ok(())
}

/// Names in capitals, fields that belong to a connection, lines within values, and pseudo-headers where none may be
/// make a request malformed.
pub(super) async fn malformed_heads(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    for field in [
        ("X-Capitals", "a"),
        ("connection", "close"),
        ("transfer-encoding", "chunked"),
        ("upgrade", "websocket"),
        ("x-a", "b\r\nx-injected: c"),
        ("x-a", "b\0c"),
        ("x-a\r\nx-injected", "c"),
        ("", "a"),
        (":path", "/relay/healthz"),
        (":method", "GET"),
        (":status", "200"),
    ] {
        let head = bench.paid_head(&[field])?;
        require_refused(bench, &format!("{field:?}"), &head).await?;
    }
    let whole = bench.paid_head(&[])?;
    let late = [hpack::literal("x-a", "b"), whole].concat();
    require_refused(bench, "a pseudo-header after a field", &late).await?;
    let authority = bench.relay()?.address.authority();
    for target in ["/relay/healthz HTTP/1.1\r\nx-injected: a", "/relay/a b", ""] {
        let head = hpack::request("POST", &authority, target, &[]);
        require_refused(bench, &format!(":path {target:?}"), &head).await?;
    }
    bench.require_hits("at the end", 0).await;
    Ok(())
}

/// Frames where none may be: before the head of their stream, on a stream of the relay's, on one that was passed over.
pub(super) async fn wrong_order(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    let head = bench.paid_head(&[])?;
    let call = |stream| {
        [frames::headers(stream, &head, false), frames::data(stream, JSON_OK.as_bytes(), true)].concat()
    };
    let opened = frames::headers(5, &head, false);
    for (what, bytes) in [
        ("a body without a head", frames::data(1, JSON_OK.as_bytes(), true)),
        ("a call on stream 0", call(0)),
        ("a call on stream 2", call(2)),
        ("a call on stream 3 after stream 5", [opened, call(3)].concat()),
    ] {
        let connection = bench.http2(&[]).await?;
        // The relay may close at the first frame.
        let _ = connection.send(&bytes).await;
        let ended = connection.wait_for(PATIENCE, |seen| seen.goaway().is_some() || seen.is_closed).await;
        bench.require(ended, || format!("{what} was taken"));
    }
    bench.require_hits("at the end", 0).await;
    require_alive(bench).await
}

/// A host that differs from the authority is nobody's.
pub(super) async fn two_hosts(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    let connection = bench.http2(&[]).await?;
    let head = bench.paid_head(&[("host", "evil.example")])?;
    connection
        .send(&[frames::headers(1, &head, false), frames::data(1, JSON_OK.as_bytes(), true)].concat())
        .await?;
    let refused = connection.wait_for(PATIENCE, |seen| {
        seen.reset(1).is_some() || matches!(seen.status(1), Some(400 | 403 | 421))
    });
    let refused = refused.await;
    bench.require(refused, || format!("two hosts were answered {:?}", connection.seen().status(1)));
    bench.require_hits("at the end", 0).await;
    Ok(())
}

/// The relay still answers on a new connection.
pub(super) async fn require_alive(bench: &mut Bench<'_>) -> Result<(), Stop> {
    let health = crate::client::Request::get(HEALTH);
    let reply = bench.send_as(Caller::number(19_000_000), &health).await?;
    bench.require_status("health afterwards", &reply, &[200]);
    Ok(())
}

/// The public test suite for HTTP/2, where somebody has installed it.
pub(super) async fn public_suite(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    let address = bench.relay()?.address;
    let arguments =
        ["-h", &address.ip.to_string(), "-p", &address.port.to_string(), "-P", HEALTH].map(str::to_owned);
    let run = tokio::process::Command::new("h2spec").args(arguments).output().await;
    let Ok(output) = run else {
        return Err(Stop::Skipped("the program h2spec is not installed".to_owned()));
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let last = text.lines().rev().find(|line| line.contains("tests")).unwrap_or("no summary").to_owned();
    bench.require(output.status.success(), || format!("h2spec: {last}"));
    bench.note(last);
    Ok(())
}
