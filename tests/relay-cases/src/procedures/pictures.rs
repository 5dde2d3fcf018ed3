//! Pictures that many fetch at one time, or that nobody fetches to the end.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::bench::Bench;
use super::verdict::Stop;
use crate::client::Reply;
use crate::judge;

/// Many at one time: each gets the whole picture.
pub(super) async fn parallel(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const MANY: usize = 20;
    bench.open(bench.usual_profile()).await?;
    let request = bench.request()?;
    let since = Instant::now();
    let replies = bench.send_all(vec![(bench.caller, request); MANY]).await?;
    for reply in &replies {
        bench.require_same("one of many", &replies[0], reply);
        let whole = reply.answer().is_some_and(|answer| answer.is_complete);
        bench.require(whole, || format!("a transfer broke: {}", reply.in_short()));
    }
    let seen = bench.observe(replies[0].clone(), since).await;
    bench.judge(&seen);
    Ok(())
}

/// The caller leaves within the picture: the image host is left too, soon.
pub(super) async fn caller_cancels(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const READ_BYTES: usize = 64 << 10;
    const SOON: Duration = Duration::from_secs(2);
    bench.open(bench.usual_profile()).await?;
    let request = bench.request()?;
    let (to, host) = bench.destination()?;
    let since = Instant::now();
    let mut stream = bench.caller.connect(to).await?;
    stream.write_all(&request.head(&host)).await?;
    let mut beginning = vec![0; READ_BYTES];
    let read = tokio::time::timeout(bench.timeouts().answer, stream.read_exact(&mut beginning)).await;
    bench.require(matches!(read, Ok(Ok(_))), || "the picture did not come".to_owned());
    drop(stream);
    let left = bench.scene.images.has_broken(SOON).await;
    bench.require(left, || format!("the image host was still being read after {SOON:?}"));

    let status = String::from_utf8_lossy(&beginning).split(' ').nth(1).and_then(|code| code.parse().ok());
    let codes = bench.case.expect.codes();
    let fits = status.is_some_and(|status| codes.is_empty() || codes.contains(&status));
    bench.require(fits, || format!("answered {status:?}, expected {codes:?}"));
    let seen = bench.observe(Reply::None("the caller left".to_owned()), since).await;
    let findings = judge::judge_damage(&bench.case.expect, &seen, &bench.expander);
    bench.add(findings);
    Ok(())
}
