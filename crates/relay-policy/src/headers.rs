//! What crosses the relay in headers. Requests and answers are rebuilt from allow lists, never filtered.

use http::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER,
    USER_AGENT, VIA,
};

use crate::answer::KeyHolder;
use crate::credential::Credential;
use crate::reject::{Code, Reject};
use crate::{AGENT, security};

/// The id of a request: the vendor's where it has answered, else the relay's.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The caller's headers that go to the API as they are. `authorization` has its own way, see [`for_api`].
pub const REQUEST_HEADERS: [HeaderName; 6] = [
    CONTENT_TYPE,
    ACCEPT,
    HeaderName::from_static("x-dashscope-ossresourceresolve"),
    HeaderName::from_static("x-dashscope-async"),
    HeaderName::from_static("x-dashscope-workspace"),
    HeaderName::from_static("x-dashscope-datainspection"),
];

/// Those of them that only somebody with a key of their own may send.
pub const KEY_OWNERS_HEADERS: [HeaderName; 3] = [
    HeaderName::from_static("x-dashscope-async"),
    HeaderName::from_static("x-dashscope-workspace"),
    HeaderName::from_static("x-dashscope-datainspection"),
];

/// Longest answer header passed on, in bytes.
const MAX_ANSWER_HEADER: usize = 256;

/// Refuses a request that gives one of the passed headers twice: sending one of them would be a guess.
///
/// # Errors
/// `bad_request`, naming the header.
pub fn check_repeated(headers: &HeaderMap) -> Result<(), Reject> {
    match REQUEST_HEADERS.iter().find(|name| headers.get_all(*name).iter().count() > 1) {
        Some(name) => {
            Err(Reject::from(Code::BadRequest).with_message(format!("Send the header {name} once.")))
        }
        None => Ok(()),
    }
}

/// Cuts a chain of relays, which could be a circle: they all carry the same agent name.
///
/// # Errors
/// `loop_detected`.
pub fn check_loop(headers: &HeaderMap) -> Result<(), Reject> {
    let names_a_relay = |value: &HeaderValue| {
        value.to_str().is_ok_and(|text| text.to_ascii_lowercase().contains("qwen-edit-relay"))
    };
    let agents = headers.get_all(USER_AGENT).iter();
    if agents.chain(headers.get_all(VIA)).any(names_a_relay) {
        Err(Code::LoopDetected.into())
    } else {
        Ok(())
    }
}

/// A copy that stands alone. A value of a request is a slice of all that was read with it, and keeping one keeps the
/// whole buffer: kilobytes for each call, for as long as it waits.
pub(crate) fn detached(value: &HeaderValue) -> HeaderValue {
    // It was a header value already.
    HeaderValue::from_bytes(value.as_bytes()).unwrap_or_else(|_| value.clone())
}

/// The headers of a request to the API; `host` and framing are the shell's.
#[must_use]
pub fn for_api(caller: &HeaderMap, credential: &Credential, holder: KeyHolder) -> HeaderMap {
    let mut headers = for_image_host();
    for name in &REQUEST_HEADERS {
        if let Some(value) = caller.get(name).filter(|_| may_decide(name, holder)) {
            headers.insert(name, value.clone());
        }
    }
    // The models behind this path offer no event stream; asking for one could lose a paid answer.
    let streams = headers.get(ACCEPT).is_some_and(|value| {
        value.to_str().map_or(true, |text| text.to_ascii_lowercase().contains("event-stream"))
    });
    if streams {
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    }
    headers.insert(AUTHORIZATION, credential.header().clone());
    headers
}

/// Which workspace pays, whether contents are inspected and whether the answer comes at once is for whom the key belongs
/// to: with the operator's key, a caller does not choose.
fn may_decide(name: &HeaderName, holder: KeyHolder) -> bool {
    holder == KeyHolder::Client || !KEY_OWNERS_HEADERS.contains(name)
}

/// The headers of a request to an image host: nothing of the caller's.
#[must_use]
pub fn for_image_host() -> HeaderMap {
    HeaderMap::from_iter([
        (ACCEPT, HeaderValue::from_static("*/*")),
        (ACCEPT_ENCODING, HeaderValue::from_static("identity")),
        (USER_AGENT, HeaderValue::from_static(AGENT)),
    ])
}

/// The headers of the API's answer that go back to the caller, with the relay's security headers. The body
/// was found to be JSON, so that is what the type says. `secret` is the key used: no header may repeat it.
#[must_use]
pub fn for_caller(api: &HeaderMap, secret: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for name in [X_REQUEST_ID, RETRY_AFTER] {
        if let Some(value) = api.get(&name).filter(|value| is_harmless(value.as_bytes(), secret)) {
            headers.insert(name, value.clone());
        }
    }
    security::for_data(&mut headers);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers
}

fn is_harmless(value: &[u8], secret: &[u8]) -> bool {
    let repeats_secret = !secret.is_empty() && value.windows(secret.len()).any(|window| window == secret);
    value.len() <= MAX_ANSWER_HEADER
        && value.iter().all(|byte| (0x20..0x7f).contains(byte))
        && !repeats_secret
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(headers: &[(&'static str, &'static str)]) -> HeaderMap {
        headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    fn key() -> Credential {
        Credential::from_token("sk-canary-1").unwrap()
    }

    #[test]
    fn the_api_sees_the_allow_list_the_key_and_the_relays_name() {
        let caller = map(&[
            ("content-type", "application/json"),
            ("accept", "application/json"),
            ("x-dashscope-ossresourceresolve", "enable"),
            ("authorization", "Bearer someone-else"),
            ("cookie", "a=b"),
            ("user-agent", "Mozilla/5.0 secret"),
            ("idempotency-key", "1"),
            ("x_dashscope_workspace", "twin"),
        ]);
        let sent = for_api(&caller, &key(), KeyHolder::Client);
        assert_eq!(sent["authorization"], "Bearer sk-canary-1");
        assert_eq!(sent["user-agent"], AGENT);
        assert_eq!(sent["accept-encoding"], "identity");
        assert_eq!(sent["x-dashscope-ossresourceresolve"], "enable");
        assert_eq!(sent.len(), 6, "{sent:?}");
    }

    #[test]
    fn with_the_operators_key_a_caller_chooses_no_workspace_and_no_inspection() {
        let caller = map(&[
            ("content-type", "application/json"),
            ("x-dashscope-ossresourceresolve", "enable"),
            ("x-dashscope-async", "enable"),
            ("x-dashscope-workspace", "ws"),
            ("x-dashscope-datainspection", "{}"),
        ]);
        let own = for_api(&caller, &key(), KeyHolder::Client);
        let operators = for_api(&caller, &key(), KeyHolder::Server);
        for name in &KEY_OWNERS_HEADERS {
            assert!(own.contains_key(name) && !operators.contains_key(name), "{name}");
        }
        assert_eq!(operators["x-dashscope-ossresourceresolve"], "enable");
    }

    #[test]
    fn an_event_stream_is_never_asked_for() {
        for accept in ["text/event-stream", "application/json, TEXT/EVENT-STREAM"] {
            let sent = for_api(&map(&[("accept", accept)]), &key(), KeyHolder::Client);
            assert_eq!(sent["accept"], "application/json", "{accept}");
        }
    }

    #[test]
    fn the_caller_sees_only_the_request_id_and_the_waiting_time() {
        let api = map(&[
            ("x-request-id", "abc"),
            ("retry-after", "7"),
            ("set-cookie", "sid=1"),
            ("server", "istio"),
            ("content-type", "text/html"),
            ("content-security-policy", "default-src *"),
            ("access-control-allow-origin", "*"),
            ("location", "https://x"),
        ]);
        let answer = for_caller(&api, b"sk-canary-1");
        assert_eq!(answer["x-request-id"], "abc");
        assert_eq!(answer["retry-after"], "7");
        assert_eq!(answer["content-type"], "application/json");
        assert_eq!(answer["cache-control"], "no-store");
        assert_eq!(answer["content-security-policy"], "default-src 'none'; frame-ancestors 'none'");
        for absent in ["set-cookie", "server", "access-control-allow-origin", "location"] {
            assert!(!answer.contains_key(absent), "{absent}");
        }
    }

    #[test]
    fn an_answer_header_that_repeats_the_key_is_dropped() {
        let answer = for_caller(&map(&[("x-request-id", "id sk-canary-1 x")]), b"sk-canary-1");
        assert!(!answer.contains_key("x-request-id"));
    }

    #[test]
    fn a_passed_header_given_twice_is_refused() {
        let mut caller = map(&[("x-dashscope-workspace", "a")]);
        assert!(check_repeated(&caller).is_ok());
        caller.append("x-dashscope-workspace", HeaderValue::from_static("b"));
        assert_eq!(check_repeated(&caller).unwrap_err().code(), Code::BadRequest);
    }

    #[test]
    fn a_request_that_passed_a_relay_is_cut() {
        for (name, value) in [("via", "1.1 qwen-edit-relay"), ("user-agent", AGENT)] {
            assert_eq!(check_loop(&map(&[(name, value)])).unwrap_err().code(), Code::LoopDetected);
        }
        assert!(check_loop(&map(&[("via", "1.1 nginx"), ("user-agent", "curl/8")])).is_ok());
    }
}
