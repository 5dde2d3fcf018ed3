//! A relay that speaks TLS itself.

use std::time::{Duration, Instant};

use tokio::io::AsyncReadExt as _;
use tokio::task::JoinSet;

use super::bench::Bench;
use super::verdict::Stop;
use crate::client::{Caller, Reply, Request, Secure, send_raw};
use crate::fill::HEALTH;

/// How long a handshake may take in these cases.
const LIMIT: Duration = Duration::from_secs(3);

async fn open(bench: &mut Bench<'_>) -> Result<(), Stop> {
    let profile = bench.usual_profile().over_tls();
    bench.open_alone(profile.with("limits.header_timeout", "\"3s\"")).await
}

async fn health(bench: &mut Bench<'_>, protocol: &str) -> Result<Reply, Stop> {
    let secure = Secure::new(&bench.pool.site.ca_file.clone(), protocol)?;
    let (to, host) = bench.destination()?;
    let stream = secure.connect(bench.caller.connect(to).await?).await?;
    Ok(Request::get(HEALTH).send_over(stream, &host).await?)
}

/// The certificate fits, and who speaks no TLS gets nothing.
pub(super) async fn served(bench: &mut Bench<'_>) -> Result<(), Stop> {
    open(bench).await?;
    let reply = health(bench, "http/1.1").await?;
    bench.require_status("health over TLS", &reply, &[200, 204]);
    let (to, host) = bench.destination()?;
    let clear = format!("GET {HEALTH} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let outcome = send_raw(bench.caller, to, clear.as_bytes()).await?;
    let answered = outcome.answers.first().map(|answer| answer.status);
    bench.require(answered.is_none_or(|status| status >= 400), || format!("in clear: {answered:?}"));
    bench.require(outcome.is_closed, || "in clear: the connection stayed open".to_owned());
    Ok(())
}

/// A hundred callers that never shake hands.
pub(super) async fn stalled_handshakes(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const MANY: u32 = 100;
    open(bench).await?;
    let (to, _) = bench.destination()?;
    let mut silent = JoinSet::new();
    for number in 0..MANY {
        let mut stream = Caller::number(21_000_000 + number).connect(to).await?;
        silent.spawn(async move {
            let started = Instant::now();
            let mut rest = Vec::new();
            let ended = tokio::time::timeout(Duration::from_secs(30), stream.read_to_end(&mut rest)).await;
            (started.elapsed(), ended.is_ok())
        });
    }
    let reply = health(bench, "http/1.1").await?;
    bench.require_status("health meanwhile", &reply, &[200, 204]);
    for (life, ended) in silent.join_all().await {
        bench.require(ended && life < 2 * LIMIT, || format!("a silent connection lived {life:?}"));
    }
    Ok(())
}
