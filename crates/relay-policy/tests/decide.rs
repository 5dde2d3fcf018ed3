//! The order of the checks: what is refused, what is answered, what may go on.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up must fail")]

use std::sync::Arc;

use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, Request};
use proptest::prelude::*;
use relay_policy::access::{Access, Invite, Quota};
use relay_policy::answer::KeyHolder;
use relay_policy::cors::{Caller, OriginGate};
use relay_policy::credential::Credential;
use relay_policy::decide::{Decision, Policy, Ruling};
use relay_policy::headers;
use relay_policy::host::HostList;
use relay_policy::identity::Identity;
use relay_policy::origin::Origin;
use relay_policy::reject::Code;
use relay_policy::target::{HostPattern, TargetRule};

const GENERATION: &str = "/relay/beijing/api/v1/services/aigc/multimodal-generation/generation";
const PICTURE: &str =
    "/relay/image?url=https%3A%2F%2Fdashscope-result-bj.oss-cn-beijing.aliyuncs.com%2Fa.png";
const PAGE: (&str, &str) = ("origin", "https://app.example");
const KEY: (&str, &str) = ("authorization", "Bearer sk-canary-1");
const JSON: (&str, &str) = ("content-type", "application/json");

fn policy() -> Policy {
    Policy {
        access: None,
        require_idempotency_key: false,
        hosts: HostList::new(vec!["relay.example".into()]),
        origins: OriginGate::new(vec![Origin::parse("https://app.example").unwrap()]),
        regions: vec![("beijing".into(), KeyHolder::Client), ("own".into(), KeyHolder::Server)],
        targets: TargetRule::new(
            vec![HostPattern::parse("dashscope-result-*.oss-*.aliyuncs.com").unwrap()],
            vec![],
        ),
        body_bytes: 1000,
        image_bytes: 1000,
    }
}

fn parts(method: &str, uri: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::builder().method(method).uri(uri);
    if !headers.iter().any(|(name, _)| *name == "host") {
        request = request.header("host", "relay.example");
    }
    for (name, value) in headers {
        request = request.header(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    request.body(()).unwrap().into_parts().0
}

fn rule(method: &str, uri: &str, headers: &[(&str, &str)]) -> Ruling {
    policy().decide(&parts(method, uri, headers))
}

fn code(method: &str, uri: &str, headers: &[(&str, &str)]) -> Code {
    rule(method, uri, headers).decision.unwrap_err().code()
}

#[test]
fn a_complete_call_goes_on_with_the_callers_key() {
    let Ok(Decision::Generation(call, body, None)) =
        rule("POST", GENERATION, &[PAGE, KEY, JSON, ("content-length", "2")]).decision
    else {
        panic!("the call must go on");
    };
    assert_eq!(call.region, 0);
    assert!(matches!(call.identity, Identity::Key(key) if key.token() == b"sk-canary-1"));
    assert_eq!(body.length, Some(2));
}

#[test]
fn a_region_with_the_relays_key_never_takes_the_callers() {
    let path = GENERATION.replace("beijing", "own");
    let Ok(Decision::Generation(call, ..)) = rule("POST", &path, &[KEY, JSON]).decision else { panic!() };
    assert!(call.region == 1 && matches!(call.identity, Identity::Anyone(_)));
}

#[test]
fn a_held_key_without_invites_is_not_spent_through_a_proxy() {
    let path = GENERATION.replace("beijing", "own");
    let job = "/relay/jobs/8e03978e-40d5-43e8-bc93-6894a57f9324";
    for header in ["forwarded", "x-forwarded-for", "x-real-ip", "via"] {
        for value in ["127.0.0.1", ""] {
            for (method, uri) in [("POST", path.as_str()), ("GET", PICTURE), ("GET", job)] {
                let sent = [PAGE, KEY, JSON, (header, value)];
                assert_eq!(code(method, uri, &sent), Code::OriginNotAllowed, "{header} {uri}");
            }
            let own_key = [PAGE, KEY, JSON, (header, value)];
            assert!(
                rule("POST", GENERATION, &own_key).decision.is_ok(),
                "{header}: who pays is free to come"
            );
        }
    }
    let through_trunk =
        [PAGE, KEY, JSON, ("x-forwarded-host", "127.0.0.1:8080"), ("x-forwarded-proto", "http")];
    assert!(rule("POST", &path, &through_trunk).decision.is_ok(), "`trunk serve` is on this machine");
}

#[test]
fn with_invites_a_held_key_and_the_pictures_need_a_token() {
    let invite = Invite::new("family".into(), &Invite::digest("qe-canary"), Quota::default()).unwrap();
    let access = Access { invites: vec![Arc::new(invite)], total: Quota::default() };
    let regions = vec![("own".into(), KeyHolder::Server)];
    let policy = Policy { access: Some(access), regions, ..policy() };
    let path = GENERATION.replace("beijing", "own");
    let job = "/relay/jobs/8e03978e-40d5-43e8-bc93-6894a57f9324";
    for (method, uri) in [("POST", path.as_str()), ("GET", PICTURE), ("GET", job)] {
        let decide = |sent: &[(&str, &str)]| policy.decide(&parts(method, uri, sent)).decision;
        assert!(decide(&[("authorization", "Bearer qe-canary"), JSON]).is_ok(), "{uri}");
        assert_eq!(decide(&[JSON]).unwrap_err().code(), Code::KeyMissing, "{uri}");
        assert_eq!(decide(&[KEY, JSON]).unwrap_err().code(), Code::TokenInvalid, "{uri}");
    }
}

#[test]
fn a_call_with_a_key_is_a_job_of_its_caller() {
    let key = ("idempotency-key", "8e03978e-40d5-43e8-bc93-6894a57f9324");
    let result = "/relay/jobs/8e03978e-40d5-43e8-bc93-6894a57f9324";
    let wait = ("prefer", "respond-async, wait=25");
    let Ok(Decision::Generation(_, _, Some(job))) =
        rule("POST", GENERATION, &[KEY, JSON, key, wait]).decision
    else {
        panic!("the call must go on");
    };
    assert!(job.prefer.respond_async);
    let id = |headers: &[(&str, &str)]| match rule("GET", result, headers).decision {
        Ok(Decision::Result(job)) => job.id,
        other => panic!("{other:?}"),
    };
    assert_eq!(id(&[KEY]), job.id);
    assert_ne!(id(&[("authorization", "Bearer sk-other")]), job.id);
    assert_eq!(code("GET", "/relay/jobs/short", &[KEY]), Code::NotFound);
}

#[test]
fn a_call_that_could_not_be_picked_up_is_refused_where_that_was_asked_for() {
    assert_eq!(
        code("POST", GENERATION, &[KEY, JSON, ("prefer", "respond-async")]),
        Code::IdempotencyKeyMissing
    );
    let strict = Policy { require_idempotency_key: true, ..policy() };
    let refused = strict.decide(&parts("POST", GENERATION, &[KEY, JSON])).decision.unwrap_err();
    assert_eq!(refused.code(), Code::IdempotencyKeyMissing);
    assert_eq!(
        code("POST", GENERATION, &[KEY, JSON, ("idempotency-key", "a b")]),
        Code::IdempotencyKeyInvalid
    );
}

#[test]
fn each_fault_of_a_call_has_its_own_answer() {
    let stranger = ("origin", "https://evil.example");
    for (expected, method, uri, headers) in [
        (Code::HostNotAllowed, "POST", GENERATION, &[KEY, JSON, ("host", "evil.example")][..]),
        (Code::OriginNotAllowed, "POST", GENERATION, &[stranger, KEY, JSON]),
        (
            Code::OriginNotAllowed,
            "OPTIONS",
            GENERATION,
            &[stranger, ("access-control-request-method", "POST")],
        ),
        (Code::OriginNotAllowed, "GET", PICTURE, &[stranger]),
        (Code::OriginNotAllowed, "GET", PICTURE, &[("sec-fetch-site", "cross-site")]),
        (Code::OriginNotAllowed, "GET", "/relay/healthz", &[stranger]),
        (Code::LoopDetected, "POST", GENERATION, &[KEY, JSON, ("via", "1.1 qwen-edit-relay")]),
        (Code::NotFound, "POST", "/relay/nope", &[KEY, JSON]),
        (Code::RegionUnknown, "POST", &GENERATION.replace("beijing", "mars"), &[KEY, JSON]),
        (Code::MethodNotAllowed, "GET", GENERATION, &[KEY, JSON]),
        (Code::MethodNotAllowed, "TRACE", GENERATION, &[KEY]),
        (Code::MethodNotAllowed, "POST", PICTURE, &[KEY]),
        (Code::MethodNotAllowed, "HEAD", PICTURE, &[KEY]),
        (Code::MethodNotAllowed, "POST", "/relay/beijing/api/v1/uploads", &[KEY]),
        (Code::NotFound, "POST", "/relay/healthz", &[]),
        (Code::KeyMissing, "POST", GENERATION, &[JSON]),
        (Code::KeyMissing, "POST", &format!("{GENERATION}?api_key=sk-1&x=/relay/healthz"), &[JSON]),
        (Code::KeyMissing, "GET", "/relay/beijing/api/v1/uploads?action=getPolicy", &[]),
        (Code::ContentType, "POST", GENERATION, &[KEY, ("content-type", "text/plain")]),
        (Code::ContentEncoding, "POST", GENERATION, &[KEY, JSON, ("content-encoding", "gzip")]),
        (Code::BodyTooLarge, "POST", GENERATION, &[KEY, JSON, ("content-length", "1001")]),
        (Code::GrantInvalid, "GET", &format!("{PICTURE}&sig=abc"), &[]),
        (Code::UriTooLong, "GET", &format!("/relay/image?url={}", "a".repeat(9000)), &[]),
        (Code::UrlInvalid, "GET", "/relay/image", &[]),
        (Code::TargetNotAllowed, "GET", "/relay/image?url=https%3A%2F%2Fevil.example%2Fa.png", &[]),
        (Code::NotFound, "POST", "/index.html", &[]),
    ] {
        assert_eq!(code(method, uri, headers), expected, "{method} {uri} {headers:?}");
    }
}

#[test]
fn no_header_changes_route_destination_or_identity() {
    for header in [
        "x-target-url",
        "x-fal-target-url",
        "x-portkey-custom-host",
        "x-forwarded-host",
        "x-original-url",
        "x-rewrite-url",
        "x-forwarded-uri",
        "x-http-method-override",
        "x-api-key",
        "forwarded",
        "x-dashscope-apikey",
    ] {
        assert_eq!(
            code("POST", GENERATION, &[JSON, (header, "/relay/healthz")]),
            Code::KeyMissing,
            "{header}"
        );
    }
}

#[test]
fn an_allowed_page_can_read_refusals() {
    let ruling = rule("GET", GENERATION, &[PAGE]);
    assert!(matches!(ruling.caller, Some(Caller::Page(_))));
    assert_eq!(ruling.decision.unwrap_err().into_response("x").headers()["allow"], "POST");
    let refused_early = rule("GET", GENERATION, &[PAGE, ("host", "evil.example")]);
    assert!(matches!(refused_early.caller, Some(Caller::Page(_))));
}

#[test]
fn studio_files_are_open_to_links_from_anywhere() {
    let linked = [("sec-fetch-site", "cross-site"), ("origin", "null")];
    assert!(matches!(rule("GET", "/", &linked).decision, Ok(Decision::Static)));
    assert!(rule("GET", "/", &linked).caller.is_none(), "and get no CORS headers");
}

#[test]
fn a_preflight_grants_only_the_methods_of_its_route() {
    for (uri, methods) in [(GENERATION, "POST"), (PICTURE, "GET")] {
        let asks = [PAGE, ("access-control-request-method", "DELETE")];
        let Ok(Decision::Answer(response)) = rule("OPTIONS", uri, &asks).decision else { panic!("{uri}") };
        assert_eq!(response.headers()["access-control-allow-methods"], methods);
    }
}

#[test]
fn refusals_of_links_cannot_be_told_apart() {
    let answer = |link: &str| {
        let uri = format!("/relay/image?url={}", link.replace(':', "%3A").replace('/', "%2F"));
        let response = rule("GET", &uri, &[]).decision.unwrap_err().into_response("same");
        format!("{:?}", response)
    };
    let first = answer("https://evil.example/a.png");
    for link in ["https://127.0.0.1/", "file:///etc/passwd", "https://sts.aliyuncs.com/", "nonsense"] {
        assert_eq!(answer(link), first, "{link}");
    }
}

fn header_name() -> impl Strategy<Value = HeaderName> {
    let known = proptest::sample::select(vec![
        "authorization",
        "cookie",
        "origin",
        "referer",
        "x-forwarded-for",
        "forwarded",
        "user-agent",
        "accept",
        "host",
        "content-type",
        "content-length",
        "transfer-encoding",
        "te",
        "connection",
        "x-dashscope-async",
        "x-dashscope-sse",
        "idempotency-key",
        "prefer",
        "via",
        "expect",
        "upgrade",
        "proxy-authorization",
        "x_dashscope_workspace",
        "range",
    ]);
    prop_oneof![
        known.prop_map(HeaderName::from_static),
        "[a-z][a-z0-9_-]{0,20}".prop_map(|name| HeaderName::try_from(name).unwrap())
    ]
}

proptest! {
    #[test]
    fn no_header_off_the_list_ever_goes_to_the_api(
        sent in proptest::collection::vec((header_name(), "[ -~]{0,40}"), 0..30)
    ) {
        let key = Credential::from_token("sk-canary-1").unwrap();
        let mut caller = http::HeaderMap::new();
        for (name, value) in &sent {
            caller.append(name, HeaderValue::from_str(value).unwrap());
        }
        let upstream = headers::for_api(&caller, &key, KeyHolder::Client);
        for (name, value) in &upstream {
            match name.as_str() {
                "authorization" => prop_assert_eq!(value, "Bearer sk-canary-1"),
                "user-agent" => prop_assert_eq!(value, relay_policy::AGENT),
                "accept-encoding" => prop_assert_eq!(value, "identity"),
                "accept" => {}
                listed => {
                    prop_assert!(headers::REQUEST_HEADERS.iter().any(|name| name == listed), "{listed}");
                    prop_assert_eq!(Some(value), caller.get(listed));
                }
            }
            prop_assert_eq!(upstream.get_all(name).iter().count(), 1);
        }
    }

    #[test]
    fn no_request_makes_the_policy_panic_or_skip_the_key(
        method in "(GET|POST|PUT|OPTIONS|HEAD|TRACE|PATCH|X)",
        path in "(/relay)?(/beijing|/own|/image|/)?[ -~&&[^ \"<>\\\\^`{|}#]]{0,60}",
        sent in proptest::collection::vec((header_name(), "[ -~]{0,40}"), 0..10),
    ) {
        let Ok(request) = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(format!("/{path}")).body(()) else {
            return Ok(());
        };
        let mut parts = request.into_parts().0;
        parts.headers.insert("host", HeaderValue::from_static("relay.example"));
        for (name, value) in &sent {
            if name != "host" {
                parts.headers.append(name, HeaderValue::from_str(value).unwrap());
            }
        }
        if let Ok(Decision::Generation(call, ..) | Decision::Uploads(call)) = policy().decide(&parts).decision {
            prop_assert_eq!(matches!(call.identity, Identity::Key(_)), call.region == 0);
        }
    }
}
