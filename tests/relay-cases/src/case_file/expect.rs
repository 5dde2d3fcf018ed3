//! What must come of a case. Every key that is not listed here makes the case fail as not understood.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// The `expect` object.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Expect {
    /// Allowed answer codes; words like "h2" where there is no one answer.
    pub(crate) status: Vec<StatusSpec>,
    pub(crate) not_status: Vec<u16>,
    /// A recommendation of the file's author.
    pub(crate) error_code: Option<String>,
    /// Closing without an answer is also a pass.
    pub(crate) close_ok: bool,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) absent: Vec<String>,
    pub(crate) header_not: BTreeMap<String, String>,
    pub(crate) header_not_any: OneOrMany,
    pub(crate) body_empty: bool,
    pub(crate) body_contains: OneOrMany,
    pub(crate) body_not_contains: OneOrMany,
    /// The content type, when the answer is a success.
    pub(crate) ok_content_type: Option<String>,
    /// "error": the client must see a broken transfer.
    pub(crate) transfer: Option<String>,
    /// Answers on one connection.
    pub(crate) max_responses: Option<usize>,
    /// The relay closes the connection afterwards.
    pub(crate) conn_closed: bool,
    /// Seconds.
    pub(crate) max_s: Option<f64>,

    pub(crate) api_hits: Option<Amount>,
    pub(crate) img_hits: Option<Amount>,
    pub(crate) evil_hits: Option<Amount>,
    pub(crate) private_listener_hits: Option<Amount>,
    pub(crate) upstream_absent: Vec<String>,
    pub(crate) upstream_headers: BTreeMap<String, String>,
    pub(crate) upstream_path_query: Option<String>,

    pub(crate) rss_delta_mb: Option<Amount>,
    pub(crate) rss_max_mb: Option<Amount>,

    /// English; the procedure of the case knows what is meant.
    #[serde(rename = "cli_expect")]
    pub(crate) _cli: Option<String>,
    #[serde(rename = "h2_expect")]
    pub(crate) _h2: Option<String>,
    #[serde(rename = "load_expect")]
    pub(crate) _load: Option<String>,

    #[serde(flatten)]
    unknown: BTreeMap<String, Value>,
}

/// A status, or a word for cases with more than one answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum StatusSpec {
    Code(u16),
    Word(String),
}

/// A number, or a placeholder that becomes one.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Amount {
    Number(f64),
    Placeholder(String),
}

/// One text or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl Default for OneOrMany {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl OneOrMany {
    pub(crate) fn all(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Many(texts) => texts,
        }
    }
}

impl Expect {
    /// Names a key that nobody here knows.
    pub(crate) fn not_understood(&self) -> Option<String> {
        self.unknown.keys().next().map(|key| format!("expect.{key}"))
    }

    /// The allowed codes; empty when the case has no one answer.
    pub(crate) fn codes(&self) -> Vec<u16> {
        let code = |status: &StatusSpec| match status {
            StatusSpec::Code(code) => Some(*code),
            StatusSpec::Word(_) => None,
        };
        self.status.iter().filter_map(code).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_named() {
        let expect: Expect = serde_json::from_str(r#"{"status":[200],"moon_phase":"full"}"#).unwrap();
        assert_eq!(expect.not_understood().as_deref(), Some("expect.moon_phase"));
    }

    #[test]
    fn a_number_of_hits_may_be_missing_null_a_number_or_a_placeholder() {
        let read = |json: &str| serde_json::from_str::<Expect>(json).unwrap().api_hits;
        assert_eq!(read("{}"), None);
        assert_eq!(read(r#"{"api_hits":null}"#), None);
        assert_eq!(read(r#"{"api_hits":1}"#), Some(Amount::Number(1.0)));
        assert_eq!(read(r#"{"api_hits":"{LIMIT}"}"#), Some(Amount::Placeholder("{LIMIT}".to_owned())));
    }
}
