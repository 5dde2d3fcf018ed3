//! The link rule against the links attackers write. The list follows known differences between URL parsers.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up must fail")]

use proptest::prelude::*;
use relay_policy::origin::Origin;
use relay_policy::target::{HostPattern, PatternError, TargetRule, host_for_log};

const GOOD_HOST: &str = "dashscope-result-bj.oss-cn-beijing.aliyuncs.com";

fn rule() -> TargetRule {
    let hosts = ["dashscope-result-*.oss-*.aliyuncs.com", "dashscope-*.oss-accelerate.aliyuncs.com"];
    TargetRule::new(
        hosts.map(|text| HostPattern::parse(text).unwrap()).into(),
        vec![Origin::parse("http://127.0.0.1:8788").unwrap()],
    )
}

#[test]
fn the_vendors_result_links_pass_byte_for_byte() {
    for host in [
        GOOD_HOST,
        "dashscope-result-sz.oss-cn-shenzhen.aliyuncs.com",
        "dashscope-result-sgp.oss-ap-southeast-1.aliyuncs.com",
        "dashscope-result-wlcb-acdr-1.oss-cn-wulanchabu-acdr-1.aliyuncs.com",
        "dashscope-result-sh.oss-accelerate.aliyuncs.com",
        "dashscope-7c2c.oss-accelerate.aliyuncs.com",
    ] {
        let path = "/1d/33/a.png?Expires=1&OSSAccessKeyId=x&Signature=a%2Fb%3D";
        for scheme in ["https", "http"] {
            let target = rule().check(&format!("{scheme}://{host}{path}")).unwrap();
            assert_eq!(target.origin().as_str(), format!("https://{host}"), "http is upgraded");
            assert_eq!(target.path_and_query().as_str(), path);
            assert!(!target.is_trusted());
        }
    }
}

#[test]
fn a_fragment_is_dropped() {
    let target = rule().check(&format!("https://{GOOD_HOST}/a.png?x=1#frag")).unwrap();
    assert_eq!(target.path_and_query().as_str(), "/a.png?x=1");
}

#[test]
fn an_origin_the_operator_named_is_trusted_exactly() {
    let target = rule().check("http://127.0.0.1:8788/a.png?Signature=a%2Fb").unwrap();
    assert_eq!(target.origin().as_str(), "http://127.0.0.1:8788");
    assert!(target.is_trusted());
    for link in [
        "http://127.0.0.1:87880/a.png",
        "http://127.0.0.1:8788@evil.example/a.png",
        "https://127.0.0.1:8788/a.png",
        "http://127.0.0.1/a.png",
        "http://localhost:8788/a.png",
        "http://127.0.0.1:8788",
        "http://127.0.0.1:8788.evil.example/",
        "http://127.0.0.1:8788\\@evil.example/",
        "http://127.0.0.1:8788?x",
        "HTTP://127.0.0.1:8788/a.png",
    ] {
        assert!(rule().check(link).is_err(), "{link}");
    }
}

#[test]
fn hostile_links_are_refused() {
    let h = GOOD_HOST;
    let links = [
        // Not a web address, or one that a parser repairs into one.
        "",
        " ",
        "/a.png",
        "//dashscope-result-bj.oss-cn-beijing.aliyuncs.com/a.png",
        "file:///etc/passwd",
        "data:image/png;base64,AA==",
        "javascript:alert(1)",
        "https://",
        "https:///a.png",
        "https:",
        &format!("https:/{h}/a.png"),
        &format!("https:{h}/a.png"),
        &format!("gopher://{h}:443/_x"),
        &format!("ftp://{h}/"),
        &format!("HTTPS://{h}/a.png"),
        &format!("https:\\\\{h}\\a.png"),
        &format!(" https://{h}/a.png"),
        &format!("https://{h}/a.png\r\nX-Injected: 1"),
        &format!("https://{h}/a b.png"),
        &format!("https://{h}/\u{e9}.png"),
        // Addresses in every spelling.
        "https://localhost/a.png",
        "https://localhost./a.png",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://0/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[fe80::1%25lo]/",
        "https://169.254.169.254/",
        "https://100.100.100.200/",
        "https://47.88.1.2/a.png",
        // Somebody else's host made to look right.
        &format!("https://{h}@evil.example/a.png"),
        &format!("https://user:pw@{h}/a.png"),
        &format!("https://evil.example\\@{h}/a.png"),
        &format!("https://{h}\\.evil.example/a.png"),
        &format!("https://evil.example/{h}/a.png"),
        &format!("https://evil.example?{h}"),
        &format!("https://evil.example#{h}"),
        &format!("https://{h}.evil.example/a.png"),
        &format!("https://{h}./a.png"),
        "https://evil.example/.aliyuncs.com/a.png",
        "https://evilaliyuncs.com/a.png",
        "https://aliyuncs.com/a.png",
        &format!("https://{h}:22/a.png"),
        &format!("https://{h}:443/a.png"),
        &format!("https://{h}:0/"),
        &format!("https://{h}:/"),
        &format!("https://{}/a.png", h.to_uppercase()),
        "https://dashscope-result-bj。oss-cn-beijing。aliyuncs。com/a.png",
        "https://dashscope-result-bj.oss-cn-beijing.ⓐliyuncs.com/",
        "https://dashscope-result-bj.oss-cn-beijing.al\u{131}yuncs.com/",
        "https://dashscope-result-bj.oss-cn-beijing.aliyuncs\u{200b}.com/",
        "https://dashscope-result-bj.oss-cn-beijing.aliyuncs\u{ad}.com/",
        "https://dashscope-result-bj.oss-cn-beijing.xn--aliyuncs-.com/",
        "https://dashscope-result-bj%2eoss-cn-beijing%2ealiyuncs.com/",
        "https://dashscope-result-bj.oss-cn-beijing.aliyuncs.com%00.evil.example/",
        "https://dashscope-result-bj..oss-cn-beijing.aliyuncs.com/",
        "https://dashscope-result-.oss-cn-beijing.aliyuncs.com/",
        "https://dashscope-result-a.b.oss-cn-beijing.aliyuncs.com/",
        // The same provider, but not a result bucket.
        "https://bucket.oss-cn-beijing.aliyuncs.com/a.png",
        "https://dashscope-result-bj.oss-cn-beijing-internal.aliyuncs.com/a.png",
        "https://dashscope-result-bj.vpc100-oss-cn-beijing.aliyuncs.com/a.png",
        "https://sts.aliyuncs.com/",
        "https://dashscope.aliyuncs.com/",
        "https://oss-cn-beijing.aliyuncs.com/bucket/a.png",
        "https://x.fc.aliyuncs.com/",
        "https://oss-accelerate.aliyuncs.com/",
    ];
    for link in links {
        assert!(rule().check(link).is_err(), "{link:?}");
    }
}

#[test]
fn a_wildcard_does_not_reach_punycode_or_the_clouds_inside() {
    let hosts = vec![
        HostPattern::parse("*-pictures.example.com").unwrap(),
        HostPattern::parse("p.oss-*.example.com").unwrap(),
    ];
    let rule = TargetRule::new(hosts, vec![]);
    assert!(rule.check("https://my-pictures.example.com/a.png").is_ok());
    assert!(rule.check("https://p.oss-cn.example.com/a.png").is_ok());
    assert!(rule.check("https://xn--my-pictures.example.com/a.png").is_err());
    assert!(rule.check("https://p.oss-cn-internal.example.com/a.png").is_err());
}

#[test]
fn the_signature_is_in_no_debug_output() {
    let target = rule().check(&format!("https://{GOOD_HOST}/a.png?Signature=canary")).unwrap();
    assert!(!format!("{target:?}").contains("canary"));
}

#[test]
fn a_refused_host_is_logged_without_its_secrets() {
    for (link, expected) in [
        (
            "https://new-bucket.oss-cn-x.aliyuncs.com/a.png?Signature=canary",
            "new-bucket.oss-cn-x.aliyuncs.com",
        ),
        ("https://user:canary@host.example:1/x", "host.example"),
        ("https://host.example\r\nfake line", "host.example"),
        ("canary", ""),
        ("https://canary/a.png", ""),
        ("", ""),
    ] {
        assert_eq!(host_for_log(link), expected, "{link:?}");
    }
    assert_eq!(host_for_log(&format!("https://a.{}", "a".repeat(5000))).len(), 100);
}

#[test]
fn patterns_that_would_match_strangers_are_refused() {
    for text in ["*", "*.com", "*.aliyuncs.com", "a.*.com", "a.b.*", "*.*.*", "oss-*.com"] {
        assert!(HostPattern::parse(text).is_err(), "{text}");
    }
    assert!(matches!(HostPattern::parse("*"), Err(PatternError::TooWide)));
    for text in [
        "",
        "https://pictures.example.com",
        "pictures.example.com:443",
        "Pictures.example.com",
        "10.0.0.1",
        "localhost",
        "a..example.com",
    ] {
        assert!(matches!(HostPattern::parse(text), Err(PatternError::NotAName)), "{text}");
    }
    for text in ["pictures.example.com", "p-*.example.com", "a-*-b.oss-*.example.com"] {
        assert!(HostPattern::parse(text).is_ok(), "{text}");
    }
}

/// A second, independent reading of what a passed link must look like.
fn is_inside_the_rule(link: &str) -> bool {
    let Some(rest) = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://")) else {
        return false;
    };
    let host: String = rest
        .chars()
        .take_while(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(*c))
        .collect();
    let after = rest.get(host.len()..).unwrap_or_default();
    let ends_cleanly = after.is_empty() || after.starts_with(['/', '?', '#']);
    let bucket = host.split('.').next().unwrap_or_default();
    ends_cleanly
        && host.ends_with(".aliyuncs.com")
        && bucket.starts_with("dashscope-")
        && host.split('.').count() == 4
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn no_link_outside_the_rule_passes(
        scheme in "(https|http|HTTPS|ftp|)(:|)(//|/|\\\\\\\\|)",
        user in "([a-z]{0,3}(:[a-z]{0,3})?@)?",
        host in "(dashscope-result-[a-z0-9.%@\\[\\]:\\-]{0,6}|[a-z0-9.]{0,8})(\\.|。|%2e|)(oss-[a-z\\-]{0,8}(-internal)?)?(\\.|)(aliyuncs|aliyuncs\u{200b}|evil)(\\.com|)(\\.|:443|:22|)",
        rest in "(/|\\?|#|\\\\|@|)[ -~]{0,12}",
    ) {
        let link = format!("{scheme}{user}{host}{rest}");
        if let Ok(target) = rule().check(&link) {
            prop_assert!(is_inside_the_rule(&link), "{link}");
            let parsed = url::Url::parse(&link).unwrap();
            let expected = format!("https://{}", parsed.host_str().unwrap());
            prop_assert_eq!(target.origin().as_str(), expected);
        }
    }

    #[test]
    fn no_text_makes_the_rule_panic_or_trust(link in any::<String>()) {
        if let Ok(target) = rule().check(&link) {
            prop_assert!(link.starts_with("http://127.0.0.1:8788/") || is_inside_the_rule(&link));
            prop_assert_eq!(target.is_trusted(), link.starts_with("http://127.0.0.1:8788/"));
        }
    }
}
