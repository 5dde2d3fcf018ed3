//! Too much of everything: bodies, files, state.

use std::fs;
use std::io::Write as _;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, prlimit};

use super::bench::Bench;
use super::crash::generation;
use super::verdict::Stop;
use crate::client::{Caller, Reply, Request};
use crate::fill::HEALTH;
use crate::mock_script::Plan;
use crate::relay::StatePlace;

/// 32 bodies of 45 MB at one time.
pub(super) async fn many_uploads(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const UPLOADS: usize = 32;
    bench.open_alone(bench.usual_profile()).await?;
    let first = bench.send(&generation(bench)).await?;
    bench.require_status("a small call", &first, &[200]);
    bench.begin_measuring();
    let request = bench.request()?;
    let upload = |_| {
        (bench.caller, request.clone().with_only("Idempotency-Key", Some(&uuid::Uuid::new_v4().to_string())))
    };
    let since = Instant::now();
    let uploads = (0..UPLOADS).map(upload).collect();
    let replies = bench.send_all(uploads).await?;
    let mut turned_away = 0;
    for reply in &replies {
        bench.require_status("one of many uploads", reply, &[200, 429, 503]);
        if matches!(reply.status(), Some(429 | 503)) {
            turned_away += 1;
            bench.require_retry_after("an upload turned away", reply);
        }
    }
    bench.note(format!("{turned_away} of {UPLOADS} turned away"));
    let executed = UPLOADS - turned_away;
    bench.require_hits("after the uploads", executed + 1).await;
    let next =
        bench.send(&request.with_only("Idempotency-Key", Some(&uuid::Uuid::new_v4().to_string()))).await?;
    bench.require_status("a single upload afterwards", &next, &[200]);
    let seen = bench.observe(next, since).await;
    bench.judge(&seen);
    Ok(())
}

/// No file handles left: the relay stays, and serves again when there are some.
pub(super) async fn no_files(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open_alone(bench.usual_profile()).await?;
    let warm_up = bench.send(&Request::get(HEALTH)).await?;
    bench.require_status("health", &warm_up, &[200]);
    let open = bench.relay()?.open_files().unwrap_or(0) as u64;
    let pid = i32::try_from(bench.relay()?.pid()).ok().and_then(Pid::from_raw);
    let few = Rlimit { current: Some(open + 20), maximum: Some(open + 20) };
    prlimit(pid, Resource::Nofile, few).map_err(anyhow::Error::from)?;
    let (to, _) = bench.destination()?;
    let mut held = Vec::new();
    for number in 0..100 {
        held.push(Caller::number(18_000_000 + number).connect(to).await?);
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let running = bench.relay()?.is_running();
    bench.require(running, || "the relay ended when it had no file handles left".to_owned());
    drop(held);
    let deadline = Instant::now() + Duration::from_secs(15);
    let mut reply = bench.send(&Request::get(HEALTH)).await?;
    while reply.status() != Some(200) && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(100)).await;
        reply = bench.send(&Request::get(HEALTH)).await?;
    }
    bench.require_status("health, when there are handles again", &reply, &[200]);
    Ok(())
}

/// The disk of the state is full: nothing is paid for that could not be written down.
pub(super) async fn full_disk(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open_alone(bench.usual_profile().with_state(StatePlace::SmallDisk(16 << 20))).await?;
    let request = bench.request()?;
    let anew = |request: &Request| {
        request.clone().with_only("Idempotency-Key", Some(&uuid::Uuid::new_v4().to_string()))
    };
    let before = bench.send(&anew(&request)).await?;
    bench.require_status("with room on the disk", &before, &[200]);
    bench.require_hits("with room on the disk", 1).await;
    fill(&bench.relay()?.state_dir().join("filling"))?;

    // What is written into places that the file already has may still succeed; growing cannot.
    for _ in 0..500 {
        bench.scene.api.received().clear();
        let since = Instant::now();
        let reply = bench.send(&anew(&request)).await?;
        if reply.status() != Some(200) {
            let seen = bench.observe(reply, since).await;
            bench.judge(&seen);
            return still_serves(bench).await;
        }
    }
    bench.problem("500 calls were stored on a full disk");
    Ok(())
}

/// The disk fills up while the API works: the caller gets the answer, and so does who asks for it later.
pub(super) async fn full_disk_during_call(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open_alone(bench.usual_profile().with_state(StatePlace::SmallDisk(16 << 20))).await?;
    if bench.case.mock.is_none() {
        bench.scene.api.set_plan(Plan::read("delay=3")?);
    }
    let request = bench.request()?;
    let (to, host) = bench.destination()?;
    let (call, caller, timeouts) = (request.clone(), bench.caller, bench.timeouts());
    let since = Instant::now();
    let call = tokio::spawn(async move { call.send(caller, to, &host, timeouts).await });
    bench.scene.api.has_hits(1, Duration::from_secs(10)).await;
    let filling = bench.relay()?.state_dir().join("filling");
    fill(&filling)?;
    let answer = call.await.map_err(anyhow::Error::from)?;
    let seen = bench.observe(answer.clone(), since).await;
    bench.judge(&seen);
    fs::remove_file(filling)?;
    let again = bench.send(&request).await?;
    bench.require_status("the same key, with room again", &again, &[200, 409, 502]);
    bench.require_hits("at the end", 1).await;
    still_serves(bench).await
}

async fn still_serves(bench: &mut Bench<'_>) -> Result<(), Stop> {
    let health = bench.send(&Request::get(HEALTH)).await?;
    bench.require_status("health on a full disk", &health, &[200]);
    let running = bench.relay()?.is_running();
    bench.require(running, || "the relay ended on a full disk".to_owned());
    Ok(())
}

fn fill(path: &std::path::Path) -> std::io::Result<()> {
    let mut file = fs::File::create(path)?;
    for size in [1 << 16, 1 << 12, 1] {
        // The end of the disk is an error, and what we want.
        while file.write_all(&vec![b'f'; size]).is_ok() {}
    }
    Ok(())
}

/// More answers than the state may hold: it stays within its bounds, and every call is answered.
pub(super) async fn bounded_state(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const BOUND: u64 = 4 << 20;
    let profile = bench.usual_profile().with("limits.state_bytes", &BOUND.to_string());
    bench.open_alone(profile).await?;
    // A quarter of a megabyte each: the bound is reached after some sixteen.
    bench.scene.api.set_plan(Plan::read("body_bytes=250000")?);
    let request = bench.request()?;
    let mut stored = Vec::new();
    let since = Instant::now();
    let mut last = Reply::None("nothing was sent".to_owned());
    for _ in 0..60 {
        let key = uuid::Uuid::new_v4().to_string();
        let reply = bench.send(&request.clone().with_only("Idempotency-Key", Some(&key))).await?;
        bench.require_status("a call above the bound", &reply, &[200, 503, 507]);
        stored.push((key, reply.clone()));
        if reply.status() == Some(200) {
            last = reply;
        }
    }
    let seen = bench.observe(last, since).await;
    bench.judge(&seen);
    let size = folder_bytes(bench.relay()?.state_dir());
    // A store needs room to work in; twenty times the bound would be none.
    bench.require(size < 5 * BOUND, || {
        format!("the state takes {} MB with a bound of {} MB", size >> 20, BOUND >> 20)
    });
    bench.note(format!("state {} MB, bound {} MB", size >> 20, BOUND >> 20));
    let executed: Vec<_> = stored.iter().filter(|(_, reply)| reply.status() == Some(200)).collect();
    bench.note(format!("{} of 60 executed", executed.len()));
    if let Some((key, first)) = executed.last() {
        let kept = bench.send(&bench.job(key)).await?;
        bench.require_same("the newest result", first, &kept);
    }
    Ok(())
}

fn folder_bytes(folder: &std::path::Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.metadata().ok()).map(|file| file.len()).sum()
}
