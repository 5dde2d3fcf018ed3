//! What must not be told: keys, tokens, other people's pictures, and how close a guess was.

use std::time::{Duration, Instant};

use super::bench::Bench;
use super::crash::generation;
use super::verdict::Stop;
use crate::client::{Caller, Request, Timeouts};
use crate::mock_script::Plan;
use crate::relay::try_start;

/// After a call, a result, a picture and refusals, the secrets are neither in the metrics nor in the state.
pub(super) async fn nowhere(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open_alone(bench.usual_profile()).await?;
    let request = bench.request()?;
    bench.send_and_judge(&request).await?;
    let auth = bench.expander.get("AUTH").to_owned();
    let picture = format!("/relay/image?url={}", bench.expander.get("IMG_OK_ENC"));
    let picture = Request::get(&picture).with_header("Authorization", &auth);
    let wrong = request.clone().with_only("Authorization", Some("Bearer canary-wrong-0123456789"));
    let broken = request.clone().with_body(crate::fill::Body::of(format!("{{\"{auth}\"")));
    for request in [bench.job(&bench.key()), picture, wrong, broken] {
        bench.send(&request).await?;
    }
    let address = bench.relay()?.address.admin;
    let caller = Caller { ip: address.ip() };
    let metrics =
        Request::get("/metrics").send(caller, address, &address.to_string(), Timeouts::default()).await;
    bench.require_status("the metrics", &metrics, &[200]);
    let metrics = metrics.answer().map(crate::client::Answer::text).unwrap_or_default();
    let mut state = String::new();
    for file in std::fs::read_dir(bench.relay()?.state_dir())?.flatten() {
        state.push_str(&String::from_utf8_lossy(&std::fs::read(file.path()).unwrap_or_default()));
    }
    bench.require(!state.is_empty(), || "the state cannot be read".to_owned());
    let secrets = bench.pool.secrets.clone();
    for (name, secret) in secrets.canaries() {
        bench.require(!metrics.contains(secret), || format!("the metrics hold {name}"));
        bench.require(!state.contains(secret), || format!("the state holds {name}"));
    }
    Ok(())
}

/// Whatever callers write, a log line is one line of the relay's own.
pub(super) async fn one_line_each(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open_alone(bench.usual_profile()).await?;
    let request = bench.request()?;
    bench.send_and_judge(&request).await?;
    let paths = ["/relay/%0D%0AFORGED%20line", "/relay/%1B%5B31mFORGED", "/relay/a?b=%0AFORGED"];
    for path in paths {
        let odd = Request { target: path.to_owned(), ..Request::get("/") };
        bench.send(&odd.with_header("User-Agent", "a\u{1b}[2J\tFORGED")).await?;
    }
    let log = bench.relay()?.log_text();
    let forged = log.lines().find(|line| line.trim_start().starts_with("FORGED"));
    bench.require(forged.is_none(), || "a caller wrote a line of the log".to_owned());
    let control = log.chars().find(|letter| letter.is_control() && !matches!(letter, '\n' | '\t'));
    bench.require(control.is_none(), || format!("the log holds {control:?}"));
    Ok(())
}

/// Of a link that is not allowed the log tells the host, and not what makes it valid.
pub(super) async fn refused_link(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open_alone(bench.usual_profile()).await?;
    bench.send_and_judge(&bench.request()?).await?;
    let log = bench.relay()?.log_text();
    bench.require(!log.is_empty(), || "nothing was logged".to_owned());
    bench.require(!log.contains("Signature"), || "the log holds the link's signature".to_owned());
    Ok(())
}

/// The relay's own id stands in the answer, not four kilobytes of the caller's.
pub(super) async fn request_id(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    let reply = bench.send_and_judge(&bench.request()?).await?;
    let headers = reply.answer().map(|answer| answer.headers.clone()).unwrap_or_default();
    let long = headers.iter().find(|(_, value)| value.len() > 256);
    bench.require(long.is_none(), || {
        format!("the answer's {} repeats what the caller sent", long.map_or("", |(name, _)| name))
    });
    let sent = bench.scene.api.last().and_then(|request| request.header("x-request-id").map(str::len));
    bench.require(sent.unwrap_or(0) <= 256, || "the caller's X-Request-Id went upstream".to_owned());
    Ok(())
}

/// The key is neither on the command line nor in anything the program prints about itself.
pub(super) async fn command_line(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    bench.send_and_judge(&bench.request()?).await?;
    let key = bench.expander.get("SERVER_KEY").to_owned();
    let line = bench.relay()?.command_line()?;
    bench.require(!line.contains(&key), || "the key is on the command line".to_owned());
    let config = bench.relay()?.config_file().display().to_string();
    let (site, secrets) = (bench.pool.site.clone(), bench.pool.secrets.clone());
    for flag in ["--print-config", "--help", "--version"] {
        let printed = try_start(&site, &secrets, &["--config", &config, flag]).await?;
        bench.require(!printed.output.contains(&key), || format!("{flag} prints the key"));
    }
    Ok(())
}

/// What one person fetched is not kept for the next.
pub(super) async fn no_shared_pictures(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    let request = bench.request()?;
    let first = bench.send(&request).await?;
    bench.require_status("the first person", &first, &[200]);
    bench.scene.images.set_plan(Plan::read("status=403")?);
    let auth2 = bench.expander.get("AUTH2").to_owned();
    let second = bench.send_and_judge(&request.with_only("Authorization", Some(&auth2))).await?;
    bench.require(second.status() != Some(200), || {
        "the second person got the picture from a cache".to_owned()
    });
    Ok(())
}

/// One answer for all links that are not allowed: nothing can be found out by asking.
pub(super) async fn no_oracle(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open(bench.usual_profile()).await?;
    let request = bench.request()?;
    bench.send_and_judge(&request).await?;
    let mut answers = Vec::new();
    for link in [
        "https%3A%2F%2Fnobody-has-this-name.example%2Fa.png",
        "https%3A%2F%2F{EVIL}%2Fa.png",
        "https%3A%2F%2F10.0.0.5%2Fa.png",
        "https%3A%2F%2F127.0.0.1%2Fa.png",
        "https%3A%2F%2Fbucket.oss-cn-beijing-internal.aliyuncs.com%2Fa.png",
        "https%3A%2F%2Fsts.aliyuncs.com%2F",
    ] {
        let link = bench.expander.text(link)?;
        let request = Request { target: format!("/relay/image?url={link}"), ..request.clone() };
        let reply = bench.send(&request).await?;
        let mut body = reply.answer().and_then(crate::client::Answer::json).unwrap_or_default();
        body["error"]["request_id"] = serde_json::Value::Null;
        answers.push((reply.status(), body));
    }
    let same = answers.windows(2).all(|pair| pair[0] == pair[1]);
    bench.require(same, || format!("refusals differ: {answers:?}"));
    Ok(())
}

/// Many callers and links do not make many series.
pub(super) async fn metric_labels(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const CALLERS: u32 = 2_000;
    // One address may fail with few tokens only; here nobody is to be stopped.
    let profile = bench.usual_profile().with("limits.wrong_tokens_per_minute_per_ip", "1000000");
    bench.open(profile.with("limits.requests_per_minute_per_ip", "1000000")).await?;
    let metrics = bench.request()?;
    let address = bench.relay()?.address;
    let host = address.authority();
    call_with_many_tokens(bench, 50).await?;
    let count = |text: String| text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).count();
    let before = bench.send(&metrics).await?.answer().map(crate::client::Answer::text).map(count);
    call_with_many_tokens(bench, CALLERS).await?;
    let picture = Request::get("/relay/image?url=https%3A%2F%2Fsomewhere.example%2Fa.png");
    let refused = picture.send(bench.caller, address.socket(), &host, Timeouts::default()).await;
    bench.require(refused.status().is_some(), || format!("the picture: {}", refused.in_short()));
    let reply = bench.send_and_judge(&metrics).await?;
    let after = reply.answer().map(crate::client::Answer::text).map(count);
    // One refusal of a new kind may add a few series; thousands of callers must not.
    let grew = after.unwrap_or(usize::MAX).saturating_sub(before.unwrap_or(0));
    bench.require(grew < 20, || format!("{before:?} series became {after:?}"));
    bench.note(format!("{CALLERS} tokens"));
    Ok(())
}

async fn call_with_many_tokens(bench: &mut Bench<'_>, callers: u32) -> Result<(), Stop> {
    let address = bench.relay()?.address;
    let job = generation(bench);
    let mut running = tokio::task::JoinSet::new();
    for number in 0..callers {
        let request = job.clone().with_only("Authorization", Some(&format!("Bearer sk-nobody-{number}")));
        // A body that is refused before it is sent anywhere.
        let request = request.with_only("Content-Type", Some("text/plain"));
        let host = address.authority();
        running.spawn(async move {
            request
                .send(Caller::number(10_000_000 + number), address.socket(), &host, Timeouts::default())
                .await
        });
        if running.len() >= 32 {
            running.join_next().await;
        }
    }
    while running.join_next().await.is_some() {}
    Ok(())
}

/// A token that begins like a right one is not refused more slowly than any other.
pub(super) async fn token_timing(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const ROUNDS: usize = 3;
    let samples = if bench.slow { 10_000 } else { 1_500 };
    let profile = bench.usual_profile().with("limits.wrong_tokens_per_minute_per_ip", "100000000");
    bench.open(profile.with("limits.requests_per_minute_per_ip", "100000000")).await?;
    let like_right = bench.request()?;
    bench.send_and_judge(&like_right).await?;
    let length = like_right.header("authorization").map_or(0, str::len);
    let unlike = format!("Bearer {}", "z".repeat(length.saturating_sub(7)));
    let unlike = like_right.clone().with_only("Authorization", Some(&unlike));
    let mut all = Vec::new();
    // Chance alone fails one round in a hundred, three in a row one run in a million.
    for _ in 0..ROUNDS {
        let likelihood = compare(bench, &like_right, &unlike, samples).await?;
        all.push(format!("{likelihood:.3}"));
        if likelihood > 0.01 {
            bench.note(format!("p = {}, {samples} samples", all.join(", ")));
            return Ok(());
        }
    }
    bench.problem(format!("the time tells how close a guess is: p = {}", all.join(", ")));
    Ok(())
}

/// How likely the two kinds of request take the same time: a rank test, in which no outlier weighs more than one.
async fn compare(bench: &mut Bench<'_>, one: &Request, other: &Request, samples: usize) -> Result<f64, Stop> {
    let mut times: Vec<(Duration, bool)> = Vec::with_capacity(2 * samples);
    for number in 0..2 * samples {
        // Neighbours are compared, in changing order: what slows the machine down slows both.
        let first = (number % 2 == 0) != (number / 2 % 2 == 0);
        let started = Instant::now();
        bench.send(if first { one } else { other }).await?;
        times.push((started.elapsed(), first));
    }
    times.sort();
    let ranks = times.iter().enumerate().filter(|(_, (_, first))| *first).map(|(rank, _)| rank as f64 + 1.0);
    let (sum, count) = (ranks.sum::<f64>(), samples as f64);
    let mean = count * (2.0 * count + 1.0) / 2.0;
    let deviation = (count * count * (2.0 * count + 1.0) / 12.0).sqrt();
    Ok(two_sided(((sum - mean) / deviation).abs()))
}

/// The chance of a normal variable further out than `z` on either side; good to four digits.
fn two_sided(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z);
    let powers = [0.319_381_530, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
    let series = powers.iter().rev().fold(0.0, |sum, factor| (sum + factor) * t);
    2.0 * (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt() * series
}

#[cfg(test)]
mod tests {
    use super::two_sided;

    #[test]
    fn the_normal_distribution_is_the_one_in_the_books() {
        for (z, expected) in [(0.0, 1.0), (1.96, 0.05), (2.576, 0.01), (3.291, 0.001)] {
            assert!((two_sided(z) - expected).abs() < 1e-4, "{z}: {}", two_sided(z));
        }
    }
}
