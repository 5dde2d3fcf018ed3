//! The little language in which a case says how the other side behaves, for example
//! `api:status=429;headers=Retry-After:7` or `dns:A {PUB} then A 127.0.0.1 (TTL 0)`.

mod alias;
mod answer;
mod certificate;
mod dns;
mod items;

pub(crate) use answer::{AnswerScript, BodyText, Conduct, Plan};
pub(crate) use certificate::{Certificate, CertificateKind};
pub(crate) use dns::{DnsAnswer, DnsPlan, DnsStep, Records};

use std::sync::LazyLock;

use regex::Regex;

use crate::fill::Expander;

/// Where each script begins: at the start, or after a separator.
#[expect(clippy::unwrap_used, reason = "the pattern is a constant")]
static STARTS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:^|[;+]\s*|\s\|\s)(api|img|dns|tls):").unwrap());

/// Which of the two servers a script is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Api,
    Images,
}

impl Side {
    /// Takes ` api` or ` img` off the end of a script that says whom it is about.
    fn at_end_of(text: &str) -> (&str, Option<Self>) {
        let text = text.trim();
        for (word, side) in [("api", Self::Api), ("img", Self::Images)] {
            if let Some(before) = text.strip_suffix(word).filter(|before| before.ends_with(' ')) {
                return (before.trim(), Some(side));
            }
        }
        (text, None)
    }
}

/// What a case says about the other side.
#[derive(Debug, Clone, Default)]
pub(crate) struct MockScript {
    pub(crate) api: Option<Plan>,
    pub(crate) images: Option<Plan>,
    pub(crate) dns: Option<(Side, DnsPlan)>,
    pub(crate) certificate: Certificate,
}

impl MockScript {
    /// Reads the script of a case that is about `side`.
    ///
    /// # Errors
    /// Whatever is not understood, quoted.
    pub(crate) fn read(text: &str, side: Side, expander: &Expander) -> Result<Self, String> {
        let text = expander.text(text)?;
        let starts: Vec<(usize, usize, &str)> = STARTS
            .captures_iter(&text)
            .filter_map(|found| Some((found.get(0)?.start(), found.get(0)?.end(), found.get(1)?.as_str())))
            .collect();
        if starts.first().is_none_or(|(at, _, _)| *at > 0) {
            return Err(format!("mock \"{text}\""));
        }
        let mut script = Self::default();
        for (number, (_, from, kind)) in starts.iter().enumerate() {
            let to = starts.get(number + 1).map_or(text.len(), |(at, _, _)| *at);
            let part = text[*from..to].trim();
            match *kind {
                "api" => script.api = Some(Plan::read(part)?),
                "img" => script.images = Some(Plan::read(part)?),
                "dns" => script.dns = Some(dns::read(part, side)?),
                _ => script.certificate = Certificate::read(part)?,
            }
        }
        Ok(script)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<MockScript, String> {
        MockScript::read(text, Side::Images, &Expander::new(std::collections::BTreeMap::new()))
    }

    #[test]
    fn several_scripts_may_stand_in_one_text() {
        let script = read("dns:SERVFAIL | img:status=301;location=http://169.254.169.254/").unwrap();
        assert!(script.dns.is_some() && script.images.is_some() && script.api.is_none());
    }

    #[test]
    fn what_is_not_understood_is_an_error() {
        for text in ["cat:purr", "api:dance=7", "status=200", "tls:rot13", "dns:MX a.example"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
