//! Many slow callers at one time, while others are to notice nothing.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::bench::Bench;
use super::crash::generation;
use super::verdict::Stop;
use super::visitor::Visitor;
use crate::case_file::{Amount, BodySpec};
use crate::client::{Caller, Request, Timeouts};
use crate::fill::{HEALTH, MAX_BODY};
use crate::mock_script::Plan;

/// Connections of one address, below the relay's limit.
const PER_ADDRESS: u32 = 50;
/// Large bodies on their way from one address, below the room that the relay gives to one.
const BODIES_PER_ADDRESS: u32 = 4;

pub(super) async fn connect_many(
    to: SocketAddr,
    many: u32,
    per_address: u32,
) -> Result<Vec<TcpStream>, Stop> {
    let mut streams = Vec::new();
    for number in 0..many {
        streams.push(Caller::number(16_000_000 + number / per_address).connect(to).await?);
    }
    Ok(streams)
}

/// A thousand heads, one byte every five seconds.
pub(super) async fn slow_heads(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const MANY: u32 = 1000;
    bench.open_alone(bench.usual_profile()).await?;
    let (to, host) = bench.destination()?;
    let visitor = Visitor::start(to, host.clone()).await;
    let mut dripping = JoinSet::new();
    for mut stream in connect_many(to, MANY, PER_ADDRESS).await? {
        let head = format!("GET {HEALTH} HTTP/1.1\r\nHost: {host}\r\nX-A: b");
        dripping.spawn(async move {
            let started = Instant::now();
            if stream.write_all(head.as_bytes()).await.is_err() {
                return started.elapsed();
            }
            until_ended(&mut stream, Duration::from_secs(5), Duration::from_secs(30)).await;
            started.elapsed()
        });
    }
    let lives = dripping.join_all().await;
    let longest = lives.iter().max().copied().unwrap_or_default();
    bench.require(longest <= Duration::from_secs(15), || format!("a connection lived {longest:?}"));
    bench.note(format!("{MANY} connections, the longest lived {:.1} s", longest.as_secs_f64()));
    visitor.finish(bench, Duration::from_millis(200));
    Ok(())
}

/// Writes a byte now and then, until the other side ends the connection.
async fn until_ended(stream: &mut TcpStream, pause: Duration, altogether: Duration) {
    let started = Instant::now();
    let mut buffer = [0; 4096];
    while started.elapsed() < altogether {
        tokio::select! {
            read = stream.read(&mut buffer) => if !read.is_ok_and(|bytes| bytes > 0) { return },
            () = tokio::time::sleep(pause) => if stream.write_all(b"x").await.is_err() { return },
        }
    }
}

/// Bodies of 45 MB, one byte a second.
pub(super) async fn slow_bodies(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const LIMIT: Duration = Duration::from_secs(5);
    bench.open_alone(bench.usual_profile().with("limits.body_timeout", "\"5s\"")).await?;
    let (to, host) = bench.destination()?;
    let request = generation(bench).with_header("Content-Length", &(MAX_BODY - 1).to_string());
    let mut calls = JoinSet::new();
    for mut stream in connect_many(to, 20, BODIES_PER_ADDRESS).await? {
        let request = request.clone().with_header("Idempotency-Key", &uuid::Uuid::new_v4().to_string());
        let head = request.head(&host);
        calls.spawn(async move {
            let started = Instant::now();
            let written =
                stream.write_all(&[&head[..], b"{\"model\":\"qwen-image-edit\",\"a\":\""].concat()).await;
            let answer =
                if written.is_ok() { drip_until_answered(&mut stream, b"x").await } else { String::new() };
            (started.elapsed(), answer)
        });
    }
    judge_slow_bodies(bench, calls, LIMIT).await;
    Ok(())
}

/// One piece a second; gives what came back before the end.
pub(super) async fn drip_until_answered(stream: &mut TcpStream, piece: &[u8]) -> String {
    let mut answer = Vec::new();
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(30) {
        tokio::select! {
            read = stream.read_buf(&mut answer) => if !read.is_ok_and(|bytes| bytes > 0) || !answer.is_empty() { break },
            () = tokio::time::sleep(Duration::from_secs(1)) => if stream.write_all(piece).await.is_err() { break },
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// Pictures that nobody reads.
pub(super) async fn slow_readers(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const READERS: u32 = 50;
    const LIMIT: Duration = Duration::from_secs(3);
    bench.open_alone(bench.usual_profile().with("limits.write_timeout", "\"3s\"")).await?;
    bench.scene.images.set_plan(Plan::read("type=image/png;bytes=20MB")?);
    let (to, host) = bench.destination()?;
    let picture = Request::get(&format!("/relay/image?url={}", bench.expander.get("IMG_OK_ENC")))
        .with_header("Origin", bench.expander.get("ORIGIN"))
        .with_header("Authorization", bench.expander.get("AUTH"));
    let warm_up = bench.send(&picture).await?;
    bench.require_status("the first picture", &warm_up, &[200]);
    bench.begin_measuring();
    let idle = bench.relay()?.open_files().unwrap_or(0);
    let visitor = Visitor::start(to, host.clone()).await;
    let mut readers = JoinSet::new();
    for mut stream in connect_many(to, READERS, PER_ADDRESS).await? {
        // A small window, so that the relay and not the system holds what is not read.
        socket2::SockRef::from(&stream).set_recv_buffer_size(4096)?;
        let head = picture.head(&host);
        readers.spawn(async move {
            stream.write_all(&head).await?;
            std::io::Result::Ok(stream)
        });
    }
    // Kept open and unread: it is for the relay to end them.
    let readers = readers.join_all().await.into_iter().collect::<Result<Vec<_>, _>>()?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let held = bench.relay()?.open_files().unwrap_or(0).saturating_sub(idle);
    bench.require(held >= READERS as usize, || {
        format!("the relay held only {held} more files with {READERS} readers")
    });
    let deadline = Instant::now() + 3 * LIMIT + Duration::from_secs(5);
    let mut left = held;
    while left > 10 && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(200)).await;
        left = bench.relay()?.open_files().unwrap_or(0).saturating_sub(idle);
    }
    bench.require(left <= 10, || {
        format!("{left} files of {held} were still open after three times the limit")
    });
    drop(readers);
    let peak = bench.relay()?.peak_mb().unwrap_or(f64::MAX);
    bench.note(format!("{READERS} readers, memory up to {peak:.0} MB"));
    visitor.finish(bench, Duration::from_millis(500));
    Ok(())
}

/// A thousand calls that the API takes its time for.
pub(super) async fn held_calls(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const MANY: u32 = 1000;
    let profile = bench.usual_profile().with("limits.calls", "2000");
    bench.open_alone(profile).await?;
    bench.scene.api.set_plan(Plan::read("delay=8")?);
    let (to, host) = bench.destination()?;
    let warm_up = bench.send(&Request::get(HEALTH)).await?;
    bench.require_status("health", &warm_up, &[200]);
    bench.begin_measuring();
    let before = bench.relay()?.resident_mb().unwrap_or(0.0);
    let visitor = Visitor::start(to, host.clone()).await;
    let mut calls = JoinSet::new();
    for number in 0..MANY {
        let request = generation(bench).with_header("Idempotency-Key", &uuid::Uuid::new_v4().to_string());
        let (caller, host) = (Caller::number(17_000_000 + number), host.clone());
        calls.spawn(async move {
            request.send(caller, to, &host, Timeouts { answer: Duration::from_secs(90) }).await
        });
        // As they come from the street, not as one wall: a thousand TLS handshakes at once measure the machine.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for reply in calls.join_all().await {
        bench.require_status("one of many calls", &reply, &[200]);
    }
    bench.require_hits("at the end", MANY as usize).await;
    let grew = bench.relay()?.peak_mb().unwrap_or(f64::MAX) - before;
    bench.note(format!("memory grew by {grew:.0} MB"));
    visitor.finish(bench, Duration::from_millis(500));
    Ok(())
}

/// Connections that have asked once and then say nothing.
pub(super) async fn idle_connections(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const LIMIT: Duration = Duration::from_secs(3);
    let profile = bench.usual_profile().with("limits.idle_timeout", "\"3s\"");
    bench.open_alone(profile.with("limits.header_timeout", "\"3s\"")).await?;
    let (to, host) = bench.destination()?;
    let head = Request::get(HEALTH).head(&host);
    let mut idle = JoinSet::new();
    for mut stream in connect_many(to, 50, PER_ADDRESS).await? {
        let head = head.clone();
        idle.spawn(async move {
            let mut answer = Vec::new();
            if stream.write_all(&head).await.is_err()
                || !stream.read_buf(&mut answer).await.is_ok_and(|bytes| bytes > 0)
            {
                return None;
            }
            let started = Instant::now();
            let ended = tokio::time::timeout(Duration::from_secs(30), stream.read_to_end(&mut answer)).await;
            ended.is_ok().then(|| started.elapsed())
        });
    }
    for life in idle.join_all().await {
        let in_time = life.is_some_and(|life| life < LIMIT + Duration::from_secs(3));
        bench.require(in_time, || format!("an idle connection lived {life:?}"));
    }
    Ok(())
}

/// One address may have so many connections; another one does not notice.
pub(super) async fn many_connections(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const ALLOWED: usize = 10;
    let profile = bench.usual_profile().with("limits.connections_per_ip", &ALLOWED.to_string());
    bench.open_alone(profile).await?;
    let (to, host) = bench.destination()?;
    let head = Request::get(HEALTH).head(&host);
    let mut served = Vec::new();
    for _ in 0..3 * ALLOWED {
        let mut stream = bench.caller.connect(to).await?;
        let mut answer = Vec::new();
        let asked = stream.write_all(&head).await.is_ok();
        let read = tokio::time::timeout(Duration::from_millis(500), stream.read_buf(&mut answer)).await;
        if asked && matches!(read, Ok(Ok(1..))) {
            served.push(stream);
        }
    }
    let count = served.len();
    bench.require(count == ALLOWED, || {
        format!("{count} connections of one address were served, expected {ALLOWED}")
    });
    let other = bench.send_as(Caller::number(22_000_000), &Request::get(HEALTH)).await?;
    bench.require_status("another address", &other, &[200, 204]);
    Ok(())
}

/// Uploads and pictures, one after the other, for as long as is asked for (two hours).
pub(super) async fn soak(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const WARM_UP: Duration = Duration::from_secs(600);
    bench.open_alone(bench.usual_profile()).await?;
    let upload = BodySpec::Generated { bytes: Amount::Number(40e6), chunked: false };
    let upload = generation(bench).with_body(crate::fill::build_body(&upload, &bench.expander)?);
    let picture = Request::get(&format!("/relay/image?url={}", bench.expander.get("IMG_OK_ENC")))
        .with_header("Origin", bench.expander.get("ORIGIN"))
        .with_header("Authorization", bench.expander.get("AUTH"));
    let files_before = bench.relay()?.open_files();
    let started = Instant::now();
    let mut samples = Vec::new();
    while started.elapsed() < bench.soak {
        let key = uuid::Uuid::new_v4().to_string();
        let uploaded = bench.send(&upload.clone().with_only("Idempotency-Key", Some(&key))).await?;
        bench.require_status("an upload", &uploaded, &[200]);
        let fetched = bench.send(&picture).await?;
        bench.require_status("a picture", &fetched, &[200]);
        bench.scene.api.received().clear();
        bench.scene.images.received().clear();
        if started.elapsed() > WARM_UP {
            let hours = started.elapsed().as_secs_f64() / 3600.0;
            samples.push((hours, bench.relay()?.resident_mb().unwrap_or(0.0)));
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let slope = slope(&samples);
    bench.require(slope < 1.0, || format!("memory grows by {slope:.2} MB an hour"));
    let [first, last] = [samples.first(), samples.last()].map(|sample| sample.map_or(0.0, |(_, mb)| *mb));
    bench.note(format!("{} rounds, {slope:.2} MB an hour, {first:.1} to {last:.1} MB", samples.len()));
    tokio::time::sleep(Duration::from_secs(70)).await;
    let files = bench.relay()?.open_files();
    bench.require(files <= files_before, || format!("{files:?} open files, {files_before:?} before"));
    Ok(())
}

/// Of the straight line that fits the points best.
fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.len() as f64;
    let mean = |pick: fn(&(f64, f64)) -> f64| points.iter().map(pick).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let covariance: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    covariance / points.iter().map(|point| (point.0 - x).powi(2)).sum::<f64>()
}

/// Slow bodies end within `limit`, with a 408 or without a word, and nothing of them reaches the API.
pub(super) async fn judge_slow_bodies(
    bench: &mut Bench<'_>,
    calls: JoinSet<(Duration, String)>,
    limit: Duration,
) {
    for (life, answer) in calls.join_all().await {
        bench.require(life < limit + Duration::from_secs(5), || format!("a slow body lived {life:?}"));
        let fits = answer.is_empty() || answer.starts_with("HTTP/1.1 408");
        bench.require(fits, || {
            format!("a slow body was answered {}", answer.lines().next().unwrap_or_default())
        });
    }
    bench.require_hits("at the end", 0).await;
}

#[cfg(test)]
mod tests {
    use super::slope;

    #[test]
    fn the_slope_of_a_line_is_its_slope() {
        assert!((slope(&[(0.0, 1.0), (1.0, 3.0), (2.0, 5.0)]) - 2.0).abs() < 1e-9);
    }
}
