use super::*;

fn parse_one(json: &str) -> Fault {
    let mut faults = parse_faults(json.as_bytes()).unwrap();
    assert_eq!(faults.len(), 1, "{json}");
    faults.remove(0)
}

fn error(json: &str) -> String {
    parse_faults(json.as_bytes()).unwrap_err()
}

#[test]
fn each_documented_form_is_understood() {
    let failure = |status, code, message| {
        Outcome::Failure(ApiFailure::new(StatusCode::from_u16(status).unwrap(), code, message))
    };
    let rows = [
        (
            r#"{"status":429,"code":"Throttling.RateQuota","message":"slow down"}"#,
            failure(429, "Throttling.RateQuota", "slow down"),
        ),
        (r#"{"status":500}"#, failure(500, "InternalError", "A fault that was asked for.")),
        (r#"{"code_in_200":"InternalError"}"#, failure(200, "InternalError", "A fault that was asked for.")),
        (r#"{"html":502}"#, Outcome::Html(StatusCode::BAD_GATEWAY)),
        (r#"{"empty":200}"#, Outcome::Empty(StatusCode::OK)),
        (r#"{"drop":"before"}"#, Outcome::HangUp),
        (r#"{}"#, Outcome::Pictures(PictureFault::default())),
        (
            r#"{"partial":1,"http_links":true,"unknown_host_links":true,"link_life_ms":50}"#,
            Outcome::Pictures(PictureFault {
                partial: Some(1),
                http_links: true,
                unknown_host_links: true,
                link_life: Some(Duration::from_millis(50)),
            }),
        ),
    ];
    for (json, outcome) in rows {
        assert_eq!(parse_one(json).outcome, outcome, "{json}");
    }
    assert_eq!(parse_one(r#"{"drop":"mid"}"#).delivery, Delivery::BrokenMidway);
    assert_eq!(parse_one(r#"{"slow_body":900}"#).delivery, Delivery::Slow(Duration::from_millis(900)));
    assert_eq!(parse_one(r#"{"delay_ms":7,"status":500}"#).delay, Duration::from_millis(7));
}

#[test]
fn an_array_queues_in_order_and_times_repeats() {
    let faults = parse_faults(br#"[{"html":502,"times":2},{},{"empty":204}]"#).unwrap();
    let mut queue = FaultQueue::default();
    queue.extend(faults);
    assert_eq!(queue.len(), 4);
    assert_eq!(queue.next().outcome, Outcome::Html(StatusCode::BAD_GATEWAY));
    assert_eq!(queue.next().outcome, Outcome::Html(StatusCode::BAD_GATEWAY));
    assert_eq!(queue.next(), Fault::default());
    assert_eq!(queue.next().outcome, Outcome::Empty(StatusCode::NO_CONTENT));
    assert_eq!(queue.next(), Fault::default());
}

#[test]
fn a_mistake_is_named_by_its_field() {
    for (json, named) in [
        (r#"{"stauts":500}"#, "stauts"),
        (r#"[{}, {"status":"500"}]"#, "faults[1].status"),
        (r#"{"status":99}"#, "faults[0].status"),
        (r#"{"html":1000}"#, "faults[0].html"),
        (r#"{"drop":"after"}"#, "faults[0].drop"),
        (r#"{"times":0}"#, "faults[0].times"),
        (r#"{"code":"X"}"#, "faults[0].code"),
        (r#"{"message":"X","html":502}"#, "faults[0].message"),
        (r#"{"status":500,"html":502}"#, "`html`"),
        (r#"{"partial":1,"empty":200}"#, "partial"),
        (r#"{"drop":"mid","slow_body":5}"#, "faults[0].slow_body"),
        ("7", "faults[0]"),
        ("{", "JSON"),
    ] {
        let message = error(json);
        assert!(message.contains(named), "{json}: {message}");
    }
}
