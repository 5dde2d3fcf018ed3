//! Invitations that change while the relay runs.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::bench::Bench;
use super::crash::generation;
use super::verdict::Stop;
use crate::client::{Caller, Request};

/// SIGHUP: an invitation taken back no longer opens the door, a new one does, and nobody else notices.
pub(super) async fn change(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open_alone(bench.usual_profile()).await?;
    let request: Request = bench.request()?.with_only("Idempotency-Key", Some(&bench.key()));
    let before = bench.send(&request).await?;
    bench.require_status("before", &before, &[200]);

    let (old, new) = (bench.pool.secrets.token.clone(), "canary-token-new-0123456789abcdef");
    change_config(bench, &crate::relay::token_hash(&old), &crate::relay::token_hash(new))?;

    // The same key each time: as long as the old token opens the door, it gets the stored answer.
    let since = Instant::now();
    let mut refused = bench.send(&request).await?;
    while refused.status() == Some(200) && since.elapsed() < Duration::from_secs(5) {
        tokio::time::sleep(Duration::from_millis(100)).await;
        refused = bench.send(&request).await?;
    }
    let seen = bench.observe(refused, since).await;
    bench.judge(&seen);
    let with_new = request.clone().with_only("Authorization", Some(&format!("Bearer {new}")));
    let opened = bench.send(&with_new).await?;
    bench.require_status("the new token", &opened, &[200]);
    let second = bench.expander.get("AUTH2").to_owned();
    let other = bench.send(&generation(bench).with_only("Authorization", Some(&second))).await?;
    bench.require_status("the other person", &other, &[200]);
    let running = bench.relay()?.is_running();
    bench.require(running, || "SIGHUP ended the relay".to_owned());
    Ok(())
}

/// A second token for the same person: until the first is taken back, both open the door.
pub(super) async fn two_tokens(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const NEW: &str = "canary-token-new-0123456789abcdef";
    bench.open_alone(bench.usual_profile()).await?;
    let hash = crate::relay::token_hash(NEW);
    let added = format!(
        "access.invites = [{{ name = \"first-2\", token_sha256 = \"{hash}\", images_per_day = 1000 }}, "
    );
    change_config(bench, "access.invites = [", &added)?;
    let request = bench.request()?;
    let with_new = request.clone().with_only("Authorization", Some(&format!("Bearer {NEW}")));
    let since = Instant::now();
    let mut opened = bench.send(&with_new).await?;
    while opened.status() != Some(200) && since.elapsed() < Duration::from_secs(5) {
        tokio::time::sleep(Duration::from_millis(100)).await;
        opened = bench.send_as(Caller::number(14_000_000), &with_new).await?;
    }
    bench.require_status("the new token", &opened, &[200]);
    bench.send_and_judge(&request).await?;
    Ok(())
}

/// Changes the running relay's configuration and tells it so.
fn change_config(bench: &mut Bench<'_>, from: &str, to: &str) -> Result<(), Stop> {
    let file = bench.relay()?.config_file();
    let text = std::fs::read_to_string(&file)?;
    let changed = text.replacen(from, to, 1);
    bench.require(changed != text, || format!("the configuration does not hold {from}"));
    std::fs::write(&file, changed)?;
    Ok(bench.relay()?.signal(Signal::HUP)?)
}
