//! Everything but the answer: who was reached, what went upstream, how much memory it took.

use super::pattern::Pattern;
use super::{Findings, Observation};
use crate::case_file::{Amount, Expect};
use crate::fill::Expander;

pub(super) fn check(
    expect: &Expect,
    seen: &Observation,
    expander: &Expander,
    findings: &mut Findings,
) -> Result<(), String> {
    let counts = seen.counts;
    let places = [
        ("the API was called", &expect.api_hits, counts.api),
        ("the image host was asked", &expect.img_hits, counts.images),
        ("the evil host was reached", &expect.evil_hits, counts.evil),
        ("private addresses were reached", &expect.private_listener_hits, counts.private),
    ];
    for (what, expected, times) in places {
        let Some(expected) = expected else { continue };
        let expected = expander.amount(expected)?;
        if expected != times as f64 {
            findings.problem(format!("{what} {times} times, expected {expected}"));
        }
    }
    // No case allows a connection to somewhere else; most do not say so.
    for (what, expected, times) in &places[2..] {
        if expected.is_none() && *times > 0 {
            findings.problem(format!("{what} {times} times"));
        }
    }
    check_upstream(expect, seen, expander, findings)?;
    check_memory(expect, seen, expander, findings)
}

fn check_upstream(
    expect: &Expect,
    seen: &Observation,
    expander: &Expander,
    findings: &mut Findings,
) -> Result<(), String> {
    let wanted = !expect.upstream_headers.is_empty() || expect.upstream_path_query.is_some();
    let Some(upstream) = &seen.upstream else {
        if wanted {
            findings.problem("no request came upstream");
        }
        return Ok(());
    };
    for name in &expect.upstream_absent {
        if upstream.header(&name.to_ascii_lowercase()).is_some() {
            findings.problem(format!("{name} went upstream"));
        }
    }
    for (name, wanted) in &expect.upstream_headers {
        let wanted = Pattern::read(wanted, expander)?;
        let value = upstream.header(&name.to_ascii_lowercase()).unwrap_or_default();
        if !wanted.fits(value) {
            findings.problem(format!("{name}: \"{value}\" went upstream, expected {}", wanted.shown()));
        }
    }
    if let Some(wanted) = &expect.upstream_path_query {
        let wanted = Pattern::read(wanted, expander)?;
        if !wanted.fits(&upstream.target) {
            findings.problem(format!("\"{}\" went upstream, expected {}", upstream.target, wanted.shown()));
        }
    }
    Ok(())
}

fn check_memory(
    expect: &Expect,
    seen: &Observation,
    expander: &Expander,
    findings: &mut Findings,
) -> Result<(), String> {
    if expect.rss_delta_mb.is_none() && expect.rss_max_mb.is_none() {
        return Ok(());
    }
    let Some(memory) = seen.memory else {
        findings.problem("the relay's memory could not be read");
        return Ok(());
    };
    let limits: [(&Option<Amount>, f64, &str); 2] = [
        (&expect.rss_delta_mb, memory.peak - memory.before, "grew by"),
        (&expect.rss_max_mb, memory.peak, "reached"),
    ];
    for (limit, megabytes, verb) in limits {
        let Some(limit) = limit else { continue };
        let limit = expander.amount(limit)?;
        if megabytes > limit {
            findings.problem(format!("memory {verb} {megabytes:.0} MB, at most {limit} MB expected"));
        } else {
            findings.notes.push(format!("memory {verb} {megabytes:.0} MB"));
        }
    }
    Ok(())
}
