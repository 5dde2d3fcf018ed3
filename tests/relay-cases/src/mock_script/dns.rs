//! What the name server answers.

use std::net::IpAddr;
use std::time::Duration;

use super::{Side, items};

/// Answers to the questions for one name, one step after the other; the last one stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DnsPlan {
    pub(crate) steps: Vec<DnsStep>,
    pub(crate) delay: Duration,
}

/// One answer, and how long it may be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DnsStep {
    pub(crate) answer: DnsAnswer,
    /// Seconds.
    pub(crate) ttl: u32,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DnsAnswer {
    /// What a healthy name server says.
    Usual,
    Records(Records),
    /// Two names, each of which is the other's.
    AliasLoop,
    ServerFailure,
    NoSuchName,
    Refused,
    Silence,
    /// Bytes that are no answer.
    Garbage,
    /// "There is more", over TCP too.
    Truncated,
    /// This many public addresses, and some more.
    Many(usize, Vec<IpAddr>),
}

/// Addresses, perhaps behind other names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Records {
    /// In lower case, each of them the one before's. Without an address nothing is known about the last.
    pub(crate) aliases: Vec<String>,
    pub(crate) addresses: Vec<IpAddr>,
}

impl DnsPlan {
    /// What is known about the target of an alias that some step gives out.
    pub(crate) fn behind_alias(&self, name: &str) -> Option<(Records, u32)> {
        self.steps.iter().find_map(|step| {
            let DnsAnswer::Records(records) = &step.answer else { return None };
            let at = records.aliases.iter().position(|alias| alias == name)?;
            let (aliases, addresses) = (records.aliases[at + 1..].to_vec(), records.addresses.clone());
            Some((Records { aliases, addresses }, step.ttl))
        })
    }

    /// True when some step leads in a circle.
    pub(crate) fn has_loop(&self) -> bool {
        self.steps.iter().any(|step| step.answer == DnsAnswer::AliasLoop)
    }
}

/// Reads a script; it is about the name of `side` unless it says otherwise at its end.
pub(super) fn read(text: &str, side: Side) -> Result<(Side, DnsPlan), String> {
    let (rest, named) = Side::at_end_of(text);
    let plan = plan(rest).ok_or_else(|| format!("mock \"dns:{text}\""))?;
    Ok((named.unwrap_or(side), plan))
}

fn plan(text: &str) -> Option<DnsPlan> {
    let (text, delay) = without_delay(text)?;
    let steps = text.split(" then ").map(step_and_ttl).collect::<Option<Vec<_>>>()?;
    // A time at the end of the script is that of all steps without one of their own.
    let usual = steps.last().and_then(|(_, ttl)| *ttl).unwrap_or(0);
    let steps = steps.into_iter().map(|(answer, ttl)| DnsStep { answer, ttl: ttl.unwrap_or(usual) });
    Some(DnsPlan { steps: steps.collect(), delay })
}

/// `A x;delay=3`, or a delay alone.
fn without_delay(text: &str) -> Option<(&str, Duration)> {
    let Some((before, seconds)) = text.split_once("delay=") else { return Some((text, Duration::ZERO)) };
    let before = before.trim();
    let before = if before.is_empty() { before } else { before.strip_suffix(';')? };
    let seconds = items::number(seconds.trim().trim_end_matches('s'))?;
    Some((before, Duration::from_secs(seconds)))
}

fn step_and_ttl(text: &str) -> Option<(DnsAnswer, Option<u32>)> {
    let text = text.trim().trim_end_matches(';');
    let Some((before, after)) = text.split_once("(TTL ") else { return Some((answer(text)?, None)) };
    let ttl = after.trim().strip_suffix(')')?.trim().parse().ok()?;
    Some((answer(before)?, Some(ttl)))
}

fn answer(text: &str) -> Option<DnsAnswer> {
    let text = text.trim().to_ascii_lowercase();
    Some(match text.as_str() {
        "" => DnsAnswer::Usual,
        "servfail" => DnsAnswer::ServerFailure,
        "nxdomain" => DnsAnswer::NoSuchName,
        "refused" => DnsAnswer::Refused,
        "silence" | "silent" | "never" | "timeout" | "drop" | "no answer" | "hang" => DnsAnswer::Silence,
        "garbage" => DnsAnswer::Garbage,
        "truncated" => DnsAnswer::Truncated,
        "cname loop" => DnsAnswer::AliasLoop,
        "empty" | "nodata" | "no records" | "noerror" | "noerror empty" => {
            DnsAnswer::Records(Records::default())
        }
        text => many(text).or_else(|| records(text).map(DnsAnswer::Records))?,
    })
}

/// `4000 records`, `31 records, A 127.0.0.1`.
fn many(text: &str) -> Option<DnsAnswer> {
    let (count, more) = text.split_once(" records")?;
    let more = match more.trim() {
        "" => Vec::new(),
        more => addresses(more.strip_prefix(',')?)?,
    };
    Some(DnsAnswer::Many(count.trim().parse().ok()?, more))
}

/// `CNAME a -> CNAME b -> A x`; the addresses may be missing.
fn records(text: &str) -> Option<Records> {
    let mut found = Records::default();
    for part in text.split("->").map(str::trim) {
        // What follows addresses belongs to nobody.
        if !found.addresses.is_empty() {
            return None;
        }
        match part.strip_prefix("cname ") {
            Some(alias) => found.aliases.push(alias.trim().trim_end_matches('.').to_owned()),
            None => found.addresses = addresses(part)?,
        }
    }
    Some(found)
}

/// `A 1.2.3.4, AAAA ::1`; a kind holds until the next one.
fn addresses(text: &str) -> Option<Vec<IpAddr>> {
    let mut kind = "";
    let mut one = |text: &'_ str| -> Option<IpAddr> {
        let (named, address) = match text.trim().rsplit_once(' ') {
            Some((named, address)) => (Some(named.trim().to_owned()), address),
            None => (None, text.trim()),
        };
        kind = match named.as_deref() {
            Some("a") => "a",
            Some("aaaa") => "aaaa",
            Some(_) => return None,
            None => kind,
        };
        let address: IpAddr = address.parse().ok()?;
        matches!((kind, address), ("a", IpAddr::V4(_)) | ("aaaa", IpAddr::V6(_))).then_some(address)
    };
    text.split(',').map(&mut one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(text: &str) -> Vec<DnsAnswer> {
        let (_, plan) = read(text, Side::Images).unwrap();
        plan.steps.into_iter().map(|step| step.answer).collect()
    }

    fn ttls(text: &str) -> Vec<u32> {
        read(text, Side::Images).unwrap().1.steps.iter().map(|step| step.ttl).collect()
    }

    fn records(aliases: &[&str], addresses: &[&str]) -> DnsAnswer {
        let addresses = addresses.iter().map(|address| address.parse().unwrap()).collect();
        let aliases = aliases.iter().map(|alias| (*alias).to_owned()).collect();
        DnsAnswer::Records(Records { aliases, addresses })
    }

    #[test]
    fn addresses_are_read_with_their_kinds() {
        assert_eq!(answers("A 47.88.1.2, A 127.0.0.1"), [records(&[], &["47.88.1.2", "127.0.0.1"])]);
        assert_eq!(answers("A 127.0.0.1, 10.0.0.1"), [records(&[], &["127.0.0.1", "10.0.0.1"])]);
        assert_eq!(answers("a 127.0.0.1, AAAA ::1"), [records(&[], &["127.0.0.1", "::1"])]);
        assert_eq!(answers("AAAA 64:ff9b::a00:1"), [records(&[], &["64:ff9b::a00:1"])]);
        assert!(read("AAAA 127.0.0.1", Side::Images).is_err());
        assert!(read("127.0.0.1", Side::Images).is_err());
    }

    #[test]
    fn aliases_may_form_a_chain_a_circle_or_lead_nowhere() {
        assert_eq!(
            answers("CNAME a.test -> CNAME b.test -> A 10.0.0.5"),
            [records(&["a.test", "b.test"], &["10.0.0.5"])]
        );
        assert_eq!(answers("CNAME loop"), [DnsAnswer::AliasLoop]);
        let (_, plan) = read("CNAME A.test -> CNAME b.test", Side::Images).unwrap();
        let behind = plan.behind_alias("a.test").unwrap().0;
        assert_eq!(DnsAnswer::Records(behind), records(&["b.test"], &[]));
        assert_eq!(plan.behind_alias("b.test").unwrap().0, Records::default());
        assert_eq!(plan.behind_alias("c.test"), None);
        assert!(read("CNAME a.test -> A 10.0.0.5 -> CNAME b.test", Side::Images).is_err());
    }

    #[test]
    fn there_may_be_too_many_records_none_or_something_else() {
        assert_eq!(answers("4000 records"), [DnsAnswer::Many(4000, Vec::new())]);
        let private = vec!["127.0.0.1".parse().unwrap()];
        assert_eq!(answers("31 records, A 127.0.0.1"), [DnsAnswer::Many(31, private)]);
        assert_eq!(answers("NOERROR empty"), [records(&[], &[])]);
        for text in ["silent", "never"] {
            assert_eq!(answers(text), [DnsAnswer::Silence], "{text}");
        }
        assert_eq!(answers("garbage then truncated"), [DnsAnswer::Garbage, DnsAnswer::Truncated]);
    }

    #[test]
    fn answers_may_change_from_one_question_to_the_next() {
        let changing = [records(&[], &["47.88.1.2"]), records(&[], &["127.0.0.1"])];
        assert_eq!(answers("A 47.88.1.2 then A 127.0.0.1 (TTL 0)"), changing);
        assert_eq!(answers("A 47.88.1.2; then A 127.0.0.1"), changing);
        assert_eq!(ttls("A 47.88.1.2 then A 127.0.0.1 (TTL 60)"), [60, 60]);
        assert_eq!(ttls("A 47.88.1.2 (TTL 86400) then A 127.0.0.1"), [86_400, 0]);
    }

    #[test]
    fn answers_may_take_their_time() {
        let (_, plan) = read("delay=3", Side::Images).unwrap();
        assert_eq!((plan.steps[0].answer.clone(), plan.delay.as_secs()), (DnsAnswer::Usual, 3));
        let (side, plan) = read("A 47.88.1.2;delay=2s api", Side::Images).unwrap();
        assert_eq!((side, plan.delay.as_secs()), (Side::Api, 2));
        assert_eq!(plan.steps.len(), 1);
    }

    #[test]
    fn a_script_may_be_about_the_api() {
        assert_eq!(read("NXDOMAIN api", Side::Images).unwrap().0, Side::Api);
        assert_eq!(read("SERVFAIL", Side::Images).unwrap().0, Side::Images);
    }
}
