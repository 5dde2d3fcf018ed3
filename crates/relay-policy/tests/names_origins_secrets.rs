//! Properties of what goes into answers: download names, the origin of the page that may read, and never the key.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up must fail")]

use http::header::{HeaderMap, HeaderValue, ORIGIN};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use relay_policy::cors::{Caller, OriginGate};
use relay_policy::filename::content_disposition;
use relay_policy::origin::Origin;
use relay_policy::redact::redact;
use relay_policy::sniff::Picture;

const ALLOWED: [&str; 3] = ["https://app.example", "http://127.0.0.1:8787", "https://studio.example:8443"];

/// The name a browser would save under (RFC 6266: the encoded form wins).
fn saved_name(header: &str) -> String {
    let plain = header.strip_prefix("attachment; filename=\"").unwrap();
    let (plain, rest) = plain.split_once('"').unwrap();
    match rest.strip_prefix("; filename*=UTF-8''") {
        Some(encoded) => {
            assert!(encoded.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.%".contains(&byte)));
            percent_decoded(encoded)
        }
        None => {
            assert!(rest.is_empty(), "{header}");
            plain.to_owned()
        }
    }
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        if byte == b'%' {
            let digits = std::str::from_utf8(&tail[..2]).unwrap();
            bytes.push(u8::from_str_radix(digits, 16).unwrap());
            rest = &tail[2..];
        } else {
            bytes.push(byte);
            rest = tail;
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// What Windows opens as a device, whatever follows the first dot.
fn is_device(name: &str) -> bool {
    let first = name.split('.').next().unwrap().trim_end().to_uppercase();
    let port = first.strip_prefix("COM").or_else(|| first.strip_prefix("LPT"));
    ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"].contains(&first.as_str())
        || port.is_some_and(|digit| {
            digit.chars().count() == 1 && digit.contains(|c| "0123456789¹²³".contains(c))
        })
}

fn wanted_name() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zA-Z0-9 ._()-]{0,12}",
        any::<String>(),
        "[a图😀]{50,300}",
        select(vec![
            "CON", "nul.", "com1", "LPT³", "conin$", "../", "..\\", "\"", ";", "\r\n", "\u{202e}", "%2f",
            "图", ".png", ".exe", " ."
        ])
        .prop_map(str::to_owned),
    ];
    vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

fn picture() -> impl Strategy<Value = Picture> {
    select(vec![Picture::Png, Picture::Jpeg, Picture::WebP])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn every_download_name_is_safe_on_every_system(wanted in wanted_name(), picture in picture()) {
        let header = content_disposition(Some(&wanted), picture);
        let header = header.to_str().unwrap();
        let name = saved_name(header);
        prop_assert!(!name.chars().any(|c| c.is_control() || "\"*/:<>?\\|;%".contains(c)), "{name:?}");
        prop_assert!(!name.starts_with(['.', ' ']) && name.len() <= 255, "{name:?}");
        let (stem, extension) = name.rsplit_once('.').unwrap();
        prop_assert!(picture.extensions().iter().any(|known| known.eq_ignore_ascii_case(extension)), "{name:?}");
        prop_assert!(!stem.is_empty() && !stem.ends_with(['.', ' ']), "{name:?}");
        prop_assert!(!is_device(&name), "{name:?}");
        for turning in ['\u{202a}', '\u{202b}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{061c}'] {
            prop_assert!(!name.contains(turning), "{name:?}");
        }
    }

    #[test]
    fn only_an_origin_on_the_list_may_read_and_only_when_it_comes_once(
        base in select(ALLOWED.to_vec()),
        place in any::<prop::sample::Index>(),
        out in 0_usize..2,
        insert in prop_oneof![
            Just(Vec::new()),
            vec(any::<u8>(), 1..3),
            select(vec![&b","[..], b" ", b".", b":443", b"/", b"@", b"null", b".evil", b"A", b"%", b"\t", b"https://"])
                .prop_map(<[u8]>::to_vec),
        ],
        again in any::<bool>(),
    ) {
        let mut origin = base.as_bytes().to_vec();
        let start = place.index(origin.len() + 1);
        let end = (start + out).min(origin.len());
        origin.splice(start..end, insert);
        let Ok(value) = HeaderValue::from_bytes(&origin) else { return Ok(()) };
        let mut headers = HeaderMap::new();
        headers.append(ORIGIN, value.clone());
        if again {
            headers.append(ORIGIN, HeaderValue::from_static(base));
        }
        let gate = OriginGate::new(ALLOWED.map(|text| Origin::parse(text).unwrap()).into());
        let caller = gate.identify(&headers);
        let is_listed = ALLOWED.iter().any(|allowed| allowed.as_bytes() == origin);
        let expected = if is_listed && !again { Caller::Page(value.clone()) } else { Caller::Stranger };
        prop_assert_eq!(&caller, &expected);

        let mut answer = HeaderMap::new();
        caller.apply(&mut answer);
        let readers: Vec<_> = answer.get_all("access-control-allow-origin").iter().collect();
        prop_assert_eq!(readers, if is_listed && !again { vec![&value] } else { vec![] });
        let preflight = caller.preflight("POST");
        for headers in [&answer, preflight.headers()] {
            prop_assert!(!headers.contains_key("access-control-allow-credentials"));
            prop_assert!(headers["vary"].to_str().unwrap().eq_ignore_ascii_case("origin"));
        }
    }

    #[test]
    fn the_key_is_nowhere_in_a_redacted_answer_and_the_rest_is_all_there(
        secret in "(sk-)?[a-cA-C0-1._~+/=-]{8,20}",
        pieces in vec(prop_oneof!["[a-cA-C0-1._~+/={}:\" -]{0,12}", Just(String::from("\u{0}"))], 0..8),
    ) {
        // A zero stands for the key, so that keys stand next to anything, also to parts of themselves.
        let body = pieces.concat().replace('\u{0}', &secret);
        let contained = body.contains(&secret);
        let clean = redact(body.as_bytes(), secret.as_bytes());
        prop_assert_eq!(clean.is_some(), contained);
        if let Some(clean) = clean {
            let clean = String::from_utf8(clean).unwrap();
            prop_assert!(!clean.contains(&secret));
            prop_assert_eq!(clean, body.replace(&secret, "[redacted]"));
        }
    }
}
