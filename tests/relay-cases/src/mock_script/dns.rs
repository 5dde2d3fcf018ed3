//! What the name server answers.

use std::net::IpAddr;
use std::time::Duration;

use super::{Side, items};

/// Answers to the questions for one name, one step after the other; the last one stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DnsPlan {
    pub(crate) steps: Vec<DnsStep>,
    pub(crate) ttl: u32,
    pub(crate) delay: Duration,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DnsStep {
    Records(Records),
    ServerFailure,
    NoSuchName,
    Refused,
    Silence,
    /// This many public addresses.
    Many(usize),
}

/// Addresses, perhaps behind another name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Records {
    pub(crate) alias: Option<String>,
    pub(crate) addresses: Vec<IpAddr>,
}

/// Reads a script; it is about the name of `side` unless it says otherwise at its end.
pub(super) fn read(text: &str, side: Side) -> Result<(Side, DnsPlan), String> {
    let bad = || format!("mock \"dns:{text}\"");
    let mut rest = text.trim();
    let mut side = side;
    for (word, named) in [("api", Side::Api), ("img", Side::Images)] {
        if let Some(before) = rest.strip_suffix(word).filter(|before| before.ends_with(' ')) {
            (rest, side) = (before.trim(), named);
        }
    }
    let (rest, ttl) = without_ttl(rest).ok_or_else(bad)?;
    let (rest, delay) = without_delay(rest).ok_or_else(bad)?;
    let steps = rest.split(" then ").map(step).collect::<Option<Vec<_>>>().ok_or_else(bad)?;
    Ok((side, DnsPlan { steps, ttl, delay }))
}

fn without_ttl(text: &str) -> Option<(&str, u32)> {
    let Some((before, after)) = text.split_once("(TTL ") else { return Some((text, 0)) };
    let ttl = after.trim().strip_suffix(')')?.trim().parse().ok()?;
    Some((before.trim(), ttl))
}

fn without_delay(text: &str) -> Option<(&str, Duration)> {
    let Some((before, seconds)) = text.split_once(";delay=") else { return Some((text, Duration::ZERO)) };
    let seconds = items::number(seconds.trim().trim_end_matches('s'))?;
    Some((before.trim(), Duration::from_secs(seconds)))
}

fn step(text: &str) -> Option<DnsStep> {
    let text = text.trim();
    match text.to_ascii_lowercase().as_str() {
        "servfail" => return Some(DnsStep::ServerFailure),
        "nxdomain" => return Some(DnsStep::NoSuchName),
        "refused" => return Some(DnsStep::Refused),
        "silence" | "timeout" | "drop" | "no answer" | "hang" => return Some(DnsStep::Silence),
        "empty" | "nodata" | "no records" => return Some(DnsStep::Records(Records::default())),
        _ => {}
    }
    if let Some(count) = text.strip_suffix(" records") {
        return count.trim().parse().ok().map(DnsStep::Many);
    }
    if let Some(rest) = text.strip_prefix("CNAME ") {
        let (alias, addresses) = rest.split_once("->").unwrap_or((rest, ""));
        let addresses = if addresses.trim().is_empty() { Vec::new() } else { all_addresses(addresses)? };
        return Some(DnsStep::Records(Records { alias: Some(alias.trim().to_owned()), addresses }));
    }
    Some(DnsStep::Records(Records { alias: None, addresses: all_addresses(text)? }))
}

/// `A 1.2.3.4, AAAA ::1`.
fn all_addresses(text: &str) -> Option<Vec<IpAddr>> {
    let one = |text: &str| {
        let (kind, address) = text.trim().split_once(' ')?;
        let address: IpAddr = address.trim().parse().ok()?;
        (matches!((kind, address), ("A", IpAddr::V4(_)) | ("AAAA", IpAddr::V6(_)))).then_some(address)
    };
    text.split(',').map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(text: &str) -> Vec<DnsStep> {
        read(text, Side::Images).unwrap().1.steps
    }

    fn records(addresses: &[&str]) -> DnsStep {
        let addresses = addresses.iter().map(|address| address.parse().unwrap()).collect();
        DnsStep::Records(Records { alias: None, addresses })
    }

    #[test]
    fn addresses_aliases_and_failures_are_read() {
        assert_eq!(steps("A 47.88.1.2, A 127.0.0.1"), [records(&["47.88.1.2", "127.0.0.1"])]);
        assert_eq!(steps("AAAA 64:ff9b::a00:1"), [records(&["64:ff9b::a00:1"])]);
        assert_eq!(steps("4000 records"), [DnsStep::Many(4000)]);
        let alias =
            Records { alias: Some("internal.test".into()), addresses: vec!["10.0.0.5".parse().unwrap()] };
        assert_eq!(steps("CNAME internal.test -> A 10.0.0.5"), [DnsStep::Records(alias)]);
    }

    #[test]
    fn answers_may_change_from_one_question_to_the_next() {
        let (_, plan) = read("A 47.88.1.2 then A 127.0.0.1 (TTL 0)", Side::Images).unwrap();
        assert_eq!(plan.steps, [records(&["47.88.1.2"]), records(&["127.0.0.1"])]);
        assert_eq!(plan.ttl, 0);
    }

    #[test]
    fn a_script_may_be_about_the_api() {
        assert_eq!(read("NXDOMAIN api", Side::Images).unwrap().0, Side::Api);
        assert_eq!(read("SERVFAIL", Side::Images).unwrap().0, Side::Images);
    }
}
