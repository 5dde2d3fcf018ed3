//! The link rule: whatever passes leads where browsers and HTTP clients say it leads. Input: a link; or a host pattern, a
//! line feed, and a link.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use relay_policy::origin::Origin;
use relay_policy::target::{HostPattern, TargetRule};

#[path = "../../crates/relay-policy/tests/target_oracle/mod.rs"]
mod target_oracle;

const PATTERNS: [&str; 3] =
    ["dashscope-result-*.oss-*.aliyuncs.com", "dashscope-*.oss-accelerate.aliyuncs.com", "*-p.*.example.com"];
const TRUSTED: [&str; 3] = ["http://127.0.0.1:8788", "https://pictures.example", "http://[::1]:81"];

/// Matching takes time exponential in the stars; patterns are the operator's.
const MAX_STARS: usize = 6;

static RULE: LazyLock<TargetRule> = LazyLock::new(|| {
    let hosts = PATTERNS.map(|text| HostPattern::parse(text).expect("a pattern"));
    TargetRule::new(hosts.into(), TRUSTED.map(|text| Origin::parse(text).expect("an origin")).into())
});

fuzz_target!(|text: &str| {
    let Some((pattern, link)) = text.split_once('\n') else {
        target_oracle::check_log(text);
        if let Ok(target) = RULE.check(text) {
            target_oracle::check(text, &target, &PATTERNS, &TRUSTED);
        }
        return;
    };
    let Ok(parsed) = HostPattern::parse(pattern) else { return };
    if pattern.bytes().filter(|byte| *byte == b'*').count() > MAX_STARS {
        return;
    }
    let fixed = pattern.rsplit('.').take(2).collect::<String>();
    assert!(!fixed.contains('*') && pattern.is_ascii(), "{pattern}");
    if let Ok(target) = TargetRule::new(vec![parsed], vec![]).check(link) {
        assert!(!target.is_trusted());
        target_oracle::check(link, &target, &[pattern], &[]);
    }
});
