//! What people do all day: edit, wait for a job, fetch the picture, and be refused in words a page can read.

use contract_tests::edit::{call, png_size};
use contract_tests::http;
use contract_tests::http::Answer;
use contract_tests::relay::ALLOWED_PAGE;
use serde_json::json;
use url::form_urlencoded;

use crate::proxy::{HOST, Kind, Site, with_each_proxy};

const JOB: &str = "1b671a64-40d5-4d5a-a2b8-1f4c0f3f7f10";

with_each_proxy![
    an_edit_a_job_and_a_picture_come_through,
    http_1_works_as_well,
    a_foreign_page_is_refused_and_an_allowed_one_can_read_errors,
    other_host_names_lead_nowhere,
    no_header_is_there_twice,
    a_lost_answer_reaches_the_api_once,
    plain_http_leads_to_https_only,
    no_secret_link_is_in_any_log_of_the_proxy,
];

fn picture_path(link: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("url", link).finish();
    format!("/relay/image?{query}")
}

fn an_edit_a_job_and_a_picture_come_through(kind: Kind) {
    let site = Site::start(kind);
    site.sim.queue(&json!({"delay_ms": 3000}));
    let body = call(&json!({"size": "512*512"}));
    let accepted = site
        .generation()
        .header(&format!("idempotency-key: {JOB}"))
        .header("prefer: respond-async")
        .json(&body)
        .send();
    assert_eq!(accepted.status, 202, "{}", accepted.text());
    assert_eq!(accepted.header("location"), format!("/relay/jobs/{JOB}"), "not rewritten");
    let done = site.ask(accepted.header("location")).header("prefer: wait=25").send();
    let links = done.links();
    let picture = site.ask(&picture_path(&links[0])).send();
    assert_eq!(picture.status, 200, "{}", picture.text());
    assert_eq!(png_size(&picture.body), (512, 512));
    assert!(picture.body == http::get(&links[0]).body, "byte for byte");
    assert_eq!(picture.header("cache-control"), "private, no-store");
    site.sim.only_generation();
}

fn http_1_works_as_well(kind: Kind) {
    let site = Site::start(kind);
    let request = site.generation().option(&["--http1.1"]).json(&call(&json!({"size": "512*512"})));
    let (answer, version) = request.begin().end();
    assert_eq!((answer.links().len(), version.as_str()), (1, "1.1"));
}

fn a_foreign_page_is_refused_and_an_allowed_one_can_read_errors(kind: Kind) {
    let site = Site::start(kind);
    let ask = |origin: &str| {
        let request = site.generation().header(&format!("origin: {origin}"));
        request.json(&call(&json!({"size": "3*3"}))).send()
    };
    let foreign = ask("https://evil.example");
    assert_eq!((foreign.status, foreign.relay_error().0.as_str()), (403, "origin_not_allowed"));
    assert_eq!(foreign.header("access-control-allow-origin"), "");
    assert!(site.sim.generations().is_empty());
    for origin in [ALLOWED_PAGE, "https://edit.example"] {
        let refused = ask(origin);
        assert_eq!(refused.status, 400, "the API's own words: {}", refused.text());
        assert_eq!(refused.header("access-control-allow-origin"), origin);
    }
}

fn other_host_names_lead_nowhere(kind: Kind) {
    let site = Site::start(kind);
    let answer = site.ask("/relay/relay.json").host("evil.example").send();
    match kind {
        Kind::Nginx => {
            assert_eq!((answer.status, answer.relay_error().0.as_str()), (421, "host_not_allowed"))
        }
        Kind::Caddy => assert_eq!(answer.text(), "", "Caddy knows one site only"),
    }
}

fn no_header_is_there_twice(kind: Kind) {
    let site = Site::start(kind);
    let origin = format!("origin: https://{HOST}");
    let answers: [Answer; 2] = [
        site.ask("/relay/relay.json").header(&origin).send(),
        site.ask("/relay/nothing").header(&origin).send(),
    ];
    for answer in answers {
        for name in answer.headers.keys() {
            let count = answer.headers.get_all(name).iter().count();
            assert_eq!(count, 1, "{name}: {:?}", answer.headers);
        }
        assert_eq!(answer.header("strict-transport-security"), "max-age=31536000");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

fn a_lost_answer_reaches_the_api_once(kind: Kind) {
    let site = Site::start(kind);
    site.sim.queue(&json!([{"drop": "before"}, {"drop": "before"}]));
    let answer = site.generation().json(&call(&json!({"size": "512*512"}))).send();
    assert_eq!(answer.relay_error(), ("outcome_unknown".to_owned(), "unknown".to_owned()));
    site.sim.only_generation();
}

fn plain_http_leads_to_https_only(kind: Kind) {
    let site = Site::start(kind);
    let answer = http::send(
        ureq::http::Request::get(format!("http://127.0.0.1:{}/relay/relay.json?a=b", site.plain_port))
            .header("host", HOST),
    );
    assert!((300..400).contains(&answer.status), "{}", answer.status);
    let location = answer.header("location");
    assert!(location.starts_with("https://edit.example") && location.ends_with("/relay/relay.json?a=b"));
}

fn no_secret_link_is_in_any_log_of_the_proxy(kind: Kind) {
    let mut site = Site::start(kind);
    let links = site.generation().json(&call(&json!({"size": "512*512"}))).send().links();
    let path = picture_path(&links[0]);
    assert_eq!(site.ask(&path).send().status, 200);
    assert_eq!(site.ask(&path).header(&format!("referer: https://{HOST}{path}")).send().status, 200);
    site.relay = None;
    assert!(site.ask_as_nobody(&path).send().status >= 500, "the relay is gone");
    let log = site.logs();
    assert!(log.contains("/relay/image"), "the log is on: {log}");
    let signature = links[0].split("Signature=").nth(1).unwrap();
    for secret in [signature, "Signature", "OSSAccessKeyId", contract_tests::relay::KEY] {
        assert!(!log.contains(secret), "{secret:?} in {log}");
    }
}
