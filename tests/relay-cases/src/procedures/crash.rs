//! Callers that vanish and relays that die: the call goes on, or is known to be unknown, and is never made twice.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::bench::Bench;
use super::idempotency::require_unknown;
use super::verdict::Stop;
use crate::client::{Reply, Request};
use crate::mock_script::Plan;

const PATIENCE: Duration = Duration::from_secs(20);

/// How a caller leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leaving {
    /// A reset.
    Reset,
    /// An orderly end of both halves.
    Close,
    /// Only the sending half ends; the caller still listens.
    HalfClose,
}

/// The caller resets the connection as soon as the body is out.
pub(super) async fn caller_resets(bench: &mut Bench<'_>) -> Result<(), Stop> {
    caller_leaves(bench, Leaving::Reset, "delay=2").await
}

/// The caller closes the connection as soon as the body is out.
pub(super) async fn caller_closes(bench: &mut Bench<'_>) -> Result<(), Stop> {
    caller_leaves(bench, Leaving::Close, "delay=2").await
}

pub(super) async fn caller_half_closes(bench: &mut Bench<'_>) -> Result<(), Stop> {
    caller_leaves(bench, Leaving::HalfClose, "delay=2").await
}

/// The caller leaves in a way that the case does not tell more about.
pub(super) async fn caller_vanishes(bench: &mut Bench<'_>) -> Result<(), Stop> {
    caller_leaves(bench, Leaving::Reset, "delay=2").await
}

/// The caller leaves, and the API needs longer than any platform lets forgotten work live.
pub(super) async fn caller_leaves_for_long(bench: &mut Bench<'_>) -> Result<(), Stop> {
    caller_leaves(bench, Leaving::Reset, "delay=100").await
}

async fn caller_leaves(bench: &mut Bench<'_>, leaving: Leaving, plan: &str) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    let has_own_mock = bench.case.mock.is_some();
    if !has_own_mock {
        bench.scene.api.set_plan(Plan::read(plan)?);
    }
    let request = bench.request()?;
    let stream = send_only(bench, &request).await?;
    let stream = leave(stream, leaving).await?;
    let needed = bench.scene.api.plan().longest_delay() + PATIENCE;
    let answered = bench.scene.api.has_answered(1, needed).await;
    bench.require(answered, || "the API was not called to the end".to_owned());
    let since = Instant::now();
    let stored = stored_result(bench).await?;
    let seen = bench.observe(stored.clone(), since).await;
    bench.judge(&seen);
    if !has_own_mock {
        bench.require_status("the result afterwards", &stored, &[200]);
    }
    bench.require_replay(&request, &stored).await?;
    bench.require_hits("at the end", 1).await;
    drop(stream);
    Ok(())
}

/// Writes a request and reads nothing.
pub(super) async fn send_only(bench: &mut Bench<'_>, request: &Request) -> Result<TcpStream, Stop> {
    let (to, host): (SocketAddr, String) = bench.destination()?;
    let mut stream = bench.caller.connect(to).await?;
    let bytes = [request.head(&host), request.body.parts.concat()].concat();
    stream.write_all(&bytes).await?;
    bench.scene.api.has_hits(1, PATIENCE).await;
    Ok(stream)
}

/// A tenth of a second after the last byte, as a closed browser tab does it. A half-closed stream is given back.
async fn leave(mut stream: TcpStream, leaving: Leaving) -> Result<Option<TcpStream>, Stop> {
    tokio::time::sleep(Duration::from_millis(100)).await;
    match leaving {
        Leaving::Reset => socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO))?,
        Leaving::Close => {}
        Leaving::HalfClose => {
            stream.shutdown().await?;
            return Ok(Some(stream));
        }
    }
    Ok(None)
}

/// Asks until the job is no longer running.
async fn stored_result(bench: &mut Bench<'_>) -> Result<Reply, Stop> {
    let job = bench.job(&bench.key());
    let deadline = Instant::now() + PATIENCE;
    loop {
        let reply = bench.send(&job).await?;
        if reply.status() != Some(202) || Instant::now() > deadline {
            return Ok(reply);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The relay is killed when it has the answer and the caller has not.
pub(super) async fn kill_after_answer(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open_alone(bench.usual_profile()).await?;
    let request = bench.request()?;
    let stream = send_only(bench, &request).await?;
    bench.scene.api.has_answered(1, PATIENCE).await;
    // "Before the first byte to the caller, the answer is on disk": so once a byte is here, it must be there.
    let mut first = [0; 1];
    tokio::time::timeout(PATIENCE, stream.peek(&mut first)).await.map_err(anyhow::Error::from)??;
    bench.relay()?.kill()?;
    drop(stream);
    bench.relay()?.start_again(None).await?;

    let since = Instant::now();
    let stored = stored_result(bench).await?;
    let seen = bench.observe(stored.clone(), since).await;
    bench.judge(&seen);
    bench.require_status("the result after the restart", &stored, &[200]);
    bench.require_replay(&request, &stored).await?;
    bench.require_hits("at the end", 1).await;
    Ok(())
}

/// Kills the relay while the API works on the case's call, and starts it again.
pub(super) async fn kill_while_the_api_works(bench: &mut Bench<'_>) -> Result<Request, Stop> {
    bench.scene.api.set_plan(Plan::read("delay=60")?);
    let request = bench.request()?;
    let stream = send_only(bench, &request).await?;
    bench.relay()?.kill()?;
    drop(stream);
    bench.relay()?.start_again(None).await?;
    bench.scene.api.set_plan(Plan::default());
    Ok(request)
}

/// The relay is killed while the API is working.
pub(super) async fn kill_during_call(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open_alone(bench.usual_profile()).await?;
    let request = kill_while_the_api_works(bench).await?;

    let since = Instant::now();
    let reply = bench.send(&request).await?;
    let seen = bench.observe(reply, since).await;
    bench.judge(&seen);
    require_unknown(bench, &request).await?;
    let other = request.clone().with_only("Idempotency-Key", Some(bench.expander.get("IK2")));
    let other = bench.send(&other).await?;
    bench.require_status("a new key", &other, &[200]);
    bench.require_hits("at the end", 2).await;
    Ok(())
}

/// An orderly stop and a start: results stay.
pub(super) async fn restart(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open_alone(bench.usual_profile()).await?;
    let request = bench.request()?;
    let first = bench.send_and_judge(&request).await?;
    stop_in_good_order(bench).await?;
    bench.relay()?.start_again(None).await?;
    let stored = stored_result(bench).await?;
    bench.require_same("the result after the restart", &first, &stored);
    bench.require_replay(&request, &first).await?;
    bench.require_hits("at the end", 1).await;
    Ok(())
}

/// Two days later nobody remembers: the key is free, and there is no result.
pub(super) async fn expires(bench: &mut Bench<'_>) -> Result<(), Stop> {
    require_clock(bench)?;
    bench.open_alone(bench.usual_profile()).await?;
    let request = bench.request()?;
    let first = bench.send_and_judge(&request).await?;
    bench.relay()?.start_again(Some(Duration::from_secs(47 * 3600))).await?;
    let kept = stored_result(bench).await?;
    bench.require_same("the result after 47 hours", &first, &kept);
    bench.relay()?.start_again(Some(Duration::from_secs(49 * 3600))).await?;
    let gone = stored_result(bench).await?;
    bench.require_status("the result after 49 hours", &gone, &[404]);
    Ok(())
}

/// The clock goes back by an hour: what was stored is still there, and nothing is sent again.
pub(super) async fn clock_goes_back(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const HOUR: Duration = Duration::from_secs(3600);
    require_clock(bench)?;
    bench.open_alone(bench.usual_profile()).await?;
    bench.relay()?.start_again(Some(2 * HOUR)).await?;
    let request = bench.request()?;
    let first = bench.send_and_judge(&request).await?;
    bench.relay()?.start_again(Some(HOUR)).await?;
    bench.require_replay(&request, &first).await?;
    bench.require_hits("at the end", 1).await;
    Ok(())
}

pub(super) fn require_clock(bench: &Bench<'_>) -> Result<(), Stop> {
    match bench.pool.site.clock {
        Some(_) => Ok(()),
        None => Err(Stop::Skipped("needs the library for another clock (--clock)".to_owned())),
    }
}

async fn stop_in_good_order(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.relay()?.signal(Signal::TERM)?;
    let status = bench.relay()?.end(PATIENCE).await;
    bench
        .require(status.is_some_and(|status| status.success()), || format!("SIGTERM: ended with {status:?}"));
    Ok(())
}

/// SIGTERM while twenty calls are running: they are finished first.
pub(super) async fn stop_with_running_calls(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const CALLS: usize = 20;
    bench.open_alone(bench.usual_profile()).await?;
    bench.scene.api.set_plan(Plan::read("delay=3")?);
    let (to, host) = bench.destination()?;
    let (caller, timeouts) = (bench.caller, bench.timeouts());
    let request = generation(bench);
    let call = |number: usize| {
        let request =
            request.clone().with_header("Idempotency-Key", &format!("{}-{number}", uuid::Uuid::new_v4()));
        let host = host.clone();
        tokio::spawn(async move { request.send(caller, to, &host, timeouts).await })
    };
    let calls: Vec<_> = (0..CALLS).map(call).collect();
    let all_there = bench.scene.api.has_hits(CALLS, PATIENCE).await;
    bench.require(all_there, || "not all calls reached the API".to_owned());
    bench.relay()?.signal(Signal::TERM)?;
    let mut refused = false;
    for _ in 0..100 {
        refused |= caller.connect(to).await.is_err();
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    bench.require(refused, || "new connections are still accepted after SIGTERM".to_owned());
    for call in calls {
        let reply = call.await.map_err(anyhow::Error::from)?;
        bench.require_status("a call that ran when SIGTERM came", &reply, &[200]);
    }
    let status = bench.relay()?.end(PATIENCE).await;
    bench.require(status.is_some_and(|status| status.success()), || format!("ended with {status:?}"));
    bench.require_hits("at the end", CALLS).await;
    Ok(())
}

/// A call of the usual kind, without a key for the job.
pub(super) fn generation(bench: &Bench<'_>) -> Request {
    Request {
        method: "POST".into(),
        target: crate::fill::GENERATION.into(),
        headers: Vec::new(),
        body: crate::fill::Body::of(crate::fill::JSON_OK),
    }
    .with_header("Origin", bench.expander.get("ORIGIN"))
    .with_header("Authorization", bench.expander.get("AUTH"))
    .with_header("Content-Type", "application/json")
}
