//! HTTP/2 as a weapon: floods that cost the sender little and the relay, it is hoped, not much more.

use std::time::Duration;

use super::bench::Bench;
use super::http2::require_alive;
use super::verdict::Stop;
use super::visitor::Visitor;
use crate::client::{Caller, Reply, Request};
use crate::fill::HEALTH;
use crate::http2::{Http2, frames, hpack};

const PATIENCE: Duration = Duration::from_secs(10);
/// Others may notice this much of a flood.
const OTHERS: Duration = Duration::from_millis(100);

/// How many frames are written at one time.
const BATCH: usize = 250;

/// Prepares a relay of its own, a visitor, and the measuring of memory.
async fn begin(bench: &mut Bench<'_>) -> Result<Visitor, Stop> {
    bench.open_alone(bench.usual_profile()).await?;
    let (to, host) = bench.destination()?;
    let health = Request::get(HEALTH);
    for _ in 0..20 {
        bench.send(&health).await?;
    }
    bench.begin_measuring();
    Ok(Visitor::start(to, host).await)
}

/// Ends the visits, and requires that memory stayed within bounds and the API was left alone.
async fn finish(bench: &mut Bench<'_>, visitor: Visitor, megabytes: f64) -> Result<(), Stop> {
    // Enough visits to speak of one in a hundred.
    tokio::time::sleep(Duration::from_millis(700)).await;
    visitor.finish(bench, OTHERS);
    let seen = bench.observe(Reply::None("no one answer".to_owned()), std::time::Instant::now()).await;
    let grew = seen.memory.map_or(f64::MAX, |memory| memory.peak - memory.before);
    bench.require(grew < megabytes, || {
        format!("memory grew by {grew:.0} MB, less than {megabytes} MB expected")
    });
    bench.note(format!("memory grew by {grew:.0} MB"));
    bench.require_hits("at the end", 0).await;
    require_alive(bench).await
}

/// Writes until the relay closes; true when it did or said that it is enough.
async fn flood(connection: &Http2, batches: impl Iterator<Item = Vec<u8>>) -> bool {
    for batch in batches {
        // A relay that no longer reads has to be given up some time, too.
        let sent = tokio::time::timeout(PATIENCE, connection.send(&batch)).await;
        if !matches!(sent, Ok(Ok(()))) || connection.is_closed() {
            break;
        }
    }
    connection.wait_for(Duration::from_secs(3), |seen| seen.goaway().is_some() || seen.is_closed).await
}

/// What ends a request on this stream.
type End = fn(u32) -> Vec<u8>;

/// Requests that are taken back at once.
pub(super) async fn rapid_reset(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const TAKEN_BACK: End = |stream| frames::rst_stream(stream, 8);
    // One connection after the other, as somebody who means it would.
    reset_flood(bench, &[TAKEN_BACK; 10], &[frames::ENHANCE_YOUR_CALM]).await
}

/// Requests that the relay itself must end, because a window is opened by nothing or too far: the same flood, turned
/// round.
pub(super) async fn made_you_reset(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const BY_NOTHING: End = |stream| frames::window_update(stream, 0);
    const TOO_FAR: End = |stream| frames::window_update(stream, 0x7fff_ffff);
    // Whoever sends such a thing may also be told at once that it is against the protocol.
    reset_flood(bench, &[BY_NOTHING, TOO_FAR], &[frames::ENHANCE_YOUR_CALM, frames::PROTOCOL_ERROR]).await
}

async fn reset_flood(bench: &mut Bench<'_>, ends: &[End], codes: &[u32]) -> Result<(), Stop> {
    const REQUESTS: u32 = 5000;
    let visitor = begin(bench).await?;
    let head = bench.paid_head(&[])?;
    let numbers: Vec<u32> = (0..REQUESTS).collect();
    for end in ends {
        let both = |number: &u32| {
            let stream = 2 * number + 1;
            [frames::headers(stream, &head, false), end(stream)].concat()
        };
        let connection = bench.http2(&[]).await?;
        let batches = numbers.chunks(BATCH).map(|batch| batch.iter().flat_map(both).collect());
        let ended = flood(&connection, batches).await;
        let said = connection.seen().goaway();
        bench.require(ended, || "the flood was taken to its end".to_owned());
        let fits = said.is_none_or(|code| codes.contains(&code));
        bench.require(fits, || format!("GOAWAY with code {said:?}"));
    }
    finish(bench, visitor, 32.0).await
}

/// Pieces of a body without content.
pub(super) async fn empty_data(bench: &mut Bench<'_>) -> Result<(), Stop> {
    let visitor = begin(bench).await?;
    let head = bench.paid_head(&[])?;
    let connection = bench.http2(&[]).await?;
    connection.send(&frames::headers(1, &head, false)).await?;
    let batch = frames::data(1, b"", false).repeat(BATCH);
    let ended = flood(&connection, std::iter::repeat_n(batch, 400)).await;
    bench.note(if ended { "connection ended" } else { "taken to its end" });
    finish(bench, visitor, 16.0).await
}

/// A head that never ends.
pub(super) async fn endless_head(bench: &mut Bench<'_>) -> Result<(), Stop> {
    let visitor = begin(bench).await?;
    let head = bench.paid_head(&[])?;
    let connection = bench.http2(&[]).await?;
    connection.send(&frames::frame(frames::Kind::Headers, 0, 1, &head)).await?;
    let filling = hpack::literal("x-filling", &"f".repeat(1000));
    let batch = frames::frame(frames::Kind::Continuation, 0, 1, &filling).repeat(10);
    let ended = flood(&connection, std::iter::repeat_n(batch, 1000)).await;
    bench.require(ended, || "ten megabytes of head were taken".to_owned());
    finish(bench, visitor, 16.0).await
}

/// Settings, again and again, each to be confirmed.
pub(super) async fn settings_flood(bench: &mut Bench<'_>) -> Result<(), Stop> {
    frame_flood(bench, frames::settings(&[(frames::HEADER_TABLE_SIZE, 4096)])).await
}

/// Pings, each to be answered.
pub(super) async fn ping_flood(bench: &mut Bench<'_>) -> Result<(), Stop> {
    frame_flood(bench, frames::ping()).await
}

/// Wishes for another order, which nobody need follow.
pub(super) async fn priority_flood(bench: &mut Bench<'_>) -> Result<(), Stop> {
    frame_flood(bench, frames::priority(1)).await
}

async fn frame_flood(bench: &mut Bench<'_>, frame: Vec<u8>) -> Result<(), Stop> {
    let visitor = begin(bench).await?;
    let connection = bench.http2(&[]).await?;
    let ended = flood(&connection, std::iter::repeat_n(frame.repeat(BATCH), 100)).await;
    bench.note(if ended { "connection ended" } else { "taken to its end" });
    finish(bench, visitor, 16.0).await
}

/// Thousands of references to one field, one byte each, over windows that stay shut.
pub(super) async fn header_bomb(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const CONNECTIONS: u32 = 50;
    let visitor = begin(bench).await?;
    let mut block = bench.paid_head(&[])?;
    block.extend(hpack::indexed_later("x", ""));
    let first = [&block[..], &[hpack::NEWEST_ENTRY; 12_000]].concat();
    let authority = bench.relay()?.address.authority();
    let health = hpack::request("GET", &authority, HEALTH, &[]);
    let next = [&health[..], &[hpack::NEWEST_ENTRY; 12_000]].concat();
    let mut connections = Vec::new();
    for number in 0..CONNECTIONS {
        let caller = Caller::number(20_000_000 + number);
        let connection = bench.http2_as(caller, &[(frames::INITIAL_WINDOW_SIZE, 0)]).await?;
        // The relay may close at the first one.
        let _ = connection.send(&frames::headers(1, &first, true)).await;
        for stream in 1..20 {
            let _ = connection.send(&frames::headers(2 * stream + 1, &next, true)).await;
        }
        connections.push(connection);
    }
    let mut ended = 0;
    for connection in &connections {
        let is_ended = connection.wait_for(PATIENCE, |seen| {
            seen.is_closed
                || seen.goaway().is_some()
                || seen.reset(1).is_some()
                || seen.status(1) == Some(431)
        });
        ended += u32::from(is_ended.await);
    }
    bench.require(ended == CONNECTIONS, || format!("{ended} of {CONNECTIONS} bombs were refused"));
    finish(bench, visitor, 32.0).await
}

/// A window that is opened beyond its limit.
pub(super) async fn window_overflow(bench: &mut Bench<'_>) -> Result<(), Stop> {
    let visitor = begin(bench).await?;
    let connection = bench.http2(&[]).await?;
    let update = frames::window_update(0, 0x7fff_ffff).repeat(2);
    let ended = flood(&connection, std::iter::once(update)).await;
    bench.require(ended, || "a window beyond its limit was accepted".to_owned());
    finish(bench, visitor, 16.0).await
}
