//! Error codes. The file only recommends them; where this relay has the code, it must be used.

/// The relay's documented codes, as far as cases ask for them.
const DOCUMENTED: &[&str] = &[
    "bad_json",
    "bad_request",
    "body_incomplete",
    "body_timeout",
    "body_too_large",
    "budget_exhausted",
    "content_encoding",
    "content_type",
    "grant_invalid",
    "host_not_allowed",
    "idempotency_conflict",
    "idempotency_key_invalid",
    "idempotency_key_missing",
    "idempotency_running",
    "image_too_large",
    "key_missing",
    "method_not_allowed",
    "not_an_image",
    "not_found",
    "origin_not_allowed",
    "outcome_unknown",
    "overloaded",
    "policy",
    "rate_limited",
    "redirect_refused",
    "server_key_rejected",
    "state_unavailable",
    "target_not_allowed",
    "token_invalid",
    "upstream_invalid",
    "upstream_not_json",
    "upstream_timeout",
    "upstream_tls",
    "upstream_too_large",
    "upstream_unreachable",
    "url_invalid",
];

/// Pairs of a recommended and a documented code that say the same in this relay.
const AS_GOOD: &[(&str, &str)] = &[
    // What is no link at all is told so; only links are measured against the rule.
    ("target_not_allowed", "url_invalid"),
    // A timeout may be told as what it means for the caller's money.
    ("upstream_timeout", "outcome_unknown"),
    ("outcome_unknown", "upstream_timeout"),
];

/// How a code compares with the recommended one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Same,
    /// Worth a note.
    Differs,
    /// The relay has the recommended code, and used another.
    Wrong,
}

pub(super) fn compare(recommended: &str, used: Option<&str>) -> Comparison {
    match used {
        Some(used) if used == recommended => Comparison::Same,
        Some(used) if AS_GOOD.contains(&(recommended, used)) => Comparison::Differs,
        _ if DOCUMENTED.contains(&recommended) => Comparison::Wrong,
        _ => Comparison::Differs,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_documented_code_must_be_used_and_another_is_a_matter_of_taste() {
        assert_eq!(compare("policy", Some("policy")), Comparison::Same);
        assert_eq!(compare("policy", Some("bad_request")), Comparison::Wrong);
        assert_eq!(compare("policy", None), Comparison::Wrong);
        assert_eq!(compare("target_not_allowed", Some("url_invalid")), Comparison::Differs);
        assert_eq!(compare("somebody_elses_code", Some("policy")), Comparison::Differs);
    }
}
