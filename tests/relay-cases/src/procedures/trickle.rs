//! Bodies that arrive piece by piece, and a relay that must not wait for them.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use tokio::io::AsyncWriteExt as _;

use super::bench::Bench;
use super::crash::generation;
use super::load::{connect_many, drip_until_answered, judge_slow_bodies};
use super::verdict::Stop;
use crate::fill::MAX_BODY;

/// A few, so that they are below what one address may have on its way.
const FROM_ONE_ADDRESS: u32 = 4;

/// Bodies in chunks of one byte, one a second.
pub(super) async fn chunks(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const LIMIT: Duration = Duration::from_secs(5);
    bench.open_alone(bench.usual_profile().with("limits.body_timeout", "\"5s\"")).await?;
    let (to, host) = bench.destination()?;
    let request = generation(bench).with_header("Transfer-Encoding", "chunked");
    let mut calls = tokio::task::JoinSet::new();
    for mut stream in connect_many(to, 20, FROM_ONE_ADDRESS).await? {
        let head =
            request.clone().with_header("Idempotency-Key", &uuid::Uuid::new_v4().to_string()).head(&host);
        calls.spawn(async move {
            let started = Instant::now();
            let written = stream.write_all(&[&head[..], b"1\r\n{\r\n"].concat()).await;
            let answer = match written {
                Ok(()) => drip_until_answered(&mut stream, b"1\r\n \r\n").await,
                Err(_) => String::new(),
            };
            (started.elapsed(), answer)
        });
    }
    judge_slow_bodies(bench, calls, LIMIT).await;
    Ok(())
}

/// SIGTERM while bodies are on their way: the relay ends all the same, within the time it has for that.
pub(super) async fn stop_during_uploads(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const LIMIT: Duration = Duration::from_secs(5);
    bench.open_alone(bench.usual_profile().with("limits.drain_timeout", "\"5s\"")).await?;
    let (to, host) = bench.destination()?;
    let request = generation(bench).with_header("Content-Length", &(MAX_BODY - 1).to_string());
    let mut uploads = tokio::task::JoinSet::new();
    for mut stream in connect_many(to, 10, FROM_ONE_ADDRESS).await? {
        let head =
            request.clone().with_header("Idempotency-Key", &uuid::Uuid::new_v4().to_string()).head(&host);
        uploads.spawn(async move {
            if stream
                .write_all(&[&head[..], b"{\"model\":\"qwen-image-edit\",\"a\":\""].concat())
                .await
                .is_ok()
            {
                drip_until_answered(&mut stream, b"x").await;
            }
        });
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let started = Instant::now();
    bench.relay()?.signal(Signal::TERM)?;
    let status = bench.relay()?.end(LIMIT + Duration::from_secs(5)).await;
    let took = started.elapsed();
    bench.require(status.is_some(), || format!("the relay was still there after {took:?}"));
    bench.note(format!("ended after {:.1} s", took.as_secs_f64()));
    bench.require_hits("at the end", 0).await;
    Ok(())
}
