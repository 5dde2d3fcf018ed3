//! The link rule on links that are almost good: whatever passes leads where browsers and HTTP clients say it leads.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot set itself up must fail")]

mod target_oracle;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use relay_policy::origin::Origin;
use relay_policy::target::{HostPattern, TargetRule};

const PATTERNS: [&str; 3] = [
    "dashscope-result-*.oss-*.aliyuncs.com",
    "dashscope-*.oss-accelerate.aliyuncs.com",
    "*-pictures.*.example.com",
];
const TRUSTED: [&str; 3] = ["http://127.0.0.1:8788", "https://pictures.example", "http://[::1]:81"];

fn rule(patterns: &[&str]) -> TargetRule {
    TargetRule::new(
        patterns.iter().map(|text| HostPattern::parse(text).unwrap()).collect(),
        TRUSTED.map(|text| Origin::parse(text).unwrap()).into(),
    )
}

fn check(link: &str) -> bool {
    target_oracle::check_log(link);
    let target = rule(&PATTERNS).check(link);
    if let Ok(target) = &target {
        target_oracle::check(link, target, &PATTERNS, &TRUSTED);
    }
    target.is_ok()
}

/// What makes two parsers disagree, and what hides one host behind another.
fn trick() -> impl Strategy<Value = String> {
    let known = select(vec![
        "@",
        ":",
        "/",
        "\\",
        "?",
        "#",
        "%",
        "..",
        "//",
        ":443",
        ":80",
        "%2e",
        "%2f",
        "%00",
        "%0d%0a",
        "\t",
        "\n",
        "\r",
        " ",
        "\0",
        "。",
        "．",
        "\u{200b}",
        "\u{ad}",
        "ⓒ",
        "ı",
        "ß",
        "xn--",
        "-internal",
        ".evil.example",
        "evil.example/",
        "user:pw@",
        "[",
        "]",
        "[::1]",
        "127.0.0.1",
        "0x7f.1",
        "http://",
        "https:",
        "*",
        "-",
        "_",
        "A",
        "|",
        "^",
        "\"",
        "<",
    ]);
    prop_oneof![known.prop_map(str::to_owned), any::<char>().prop_map(String::from)]
}

fn good_link() -> impl Strategy<Value = String> {
    let host = prop_oneof![
        "dashscope-result-[a-z0-9]{1,4}\\.oss-[a-z]{1,3}(-[a-z0-9]{1,9}){0,2}(-internal)?\\.aliyuncs\\.com",
        "(xn--|)[a-z0-9]{1,4}-pictures\\.(xn--|)[a-z]{1,3}\\.example\\.com",
        "dashscope-[a-z0-9]{1,4}\\.oss-accelerate\\.aliyuncs\\.com",
    ];
    let named = select(TRUSTED.to_vec()).prop_map(str::to_owned);
    let origin =
        prop_oneof![(select(vec!["https://", "http://"]), host).prop_map(|(s, h)| format!("{s}{h}")), named];
    (origin, "(/[a-zA-Z0-9._~%!$&'()*+,;=:@-]{0,9}){1,3}(\\?[a-zA-Z0-9=&%/?:@_.+-]{0,30})?(#[a-z]{0,3})?")
        .prop_map(|(origin, rest)| origin + &rest)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn good_links_pass_and_lead_where_they_say(link in good_link()) {
        let host = link.split('/').nth(2).unwrap_or_default();
        prop_assert_eq!(check(&link), !host.contains("-internal.") && !host.contains("xn--"), "{}", link);
    }

    #[test]
    fn tricks_never_lead_a_passing_link_elsewhere(
        link in good_link(),
        tricks in vec((any::<prop::sample::Index>(), 0_usize..3, trick()), 1..4),
    ) {
        let mut characters: Vec<char> = link.chars().collect();
        for (place, out, trick) in tricks {
            // Most tricks are played in the host.
            let start = place.index(characters.len().min(70) + 1);
            let end = (start + out).min(characters.len());
            characters.splice(start..end, trick.chars());
        }
        check(&characters.into_iter().collect::<String>());
    }

    #[test]
    fn a_star_never_reaches_over_a_dot_or_stands_for_nothing(
        pattern in "[ab*]{1,3}\\.[ab*-]{1,4}\\.(example|[ab]{1,2})\\.com",
        host in "[ab]{0,3}\\.[ab.-]{1,5}\\.(example|[ab]{1,2})\\.com",
    ) {
        let Ok(parsed) = HostPattern::parse(&pattern) else { return Ok(()) };
        let link = format!("https://{host}/a.png");
        let passes = TargetRule::new(vec![parsed], vec![]).check(&link).is_ok();
        prop_assert!(!passes || target_oracle::matches(pattern.as_bytes(), host.as_bytes()), "{pattern} {host}");
        let is_plain = !host.split('.').any(|label| label.is_empty() || label.starts_with('-') || label.ends_with('-'));
        if is_plain && target_oracle::matches(pattern.as_bytes(), host.as_bytes()) {
            prop_assert!(passes, "{pattern} {host}");
        }
    }
}
