use qwen_edit_api::Charged;

use super::*;

const DONE: &[u8] =
    br#"{"output":{"choices":[{"message":{"content":[{"image":"https://h.example/1.png"}]}}]}}"#;
const UNKNOWN_JOB: &[u8] = br#"{"error":{"code":"not_found","message":"m","charged":"no"}}"#;
const TIMEOUT_MS: u32 = 300_000;

fn vendor(status: u16) -> Head {
    Head { status, content_type: Some("application/json".into()), ..Head::default() }
}

fn relay(status: u16) -> Head {
    Head { from_relay: true, ..vendor(status) }
}

fn plain() -> Conversation {
    Conversation::sent("qwen-image-2.0-pro", 1, TIMEOUT_MS, false)
}

fn job() -> Conversation {
    Conversation::sent("qwen-image-2.0-pro", 1, TIMEOUT_MS, true)
}

fn outcome(step: Step) -> Result<EditResult, Error> {
    match step {
        Step::Done(outcome) => *outcome,
        other => panic!("expected an outcome, got {other:?}"),
    }
}

#[test]
fn a_plain_edit_is_over_with_what_was_heard_first() {
    assert!(outcome(plain().hear(Heard::Answer(&vendor(200), DONE), 0.0)).is_ok());
    for lost in [Lost::Network, Lost::Timeout, Lost::Aborted, Lost::MidAnswer(vendor(200))] {
        let error = outcome(plain().hear(Heard::Lost(lost.clone()), 0.0)).unwrap_err();
        assert_eq!(error.charged(), Charged::Unknown, "{lost:?}");
    }
    let error = outcome(plain().hear(Heard::Lost(Lost::NotSent), 0.0)).unwrap_err();
    assert_eq!(error.charged(), Charged::No);
}

#[test]
fn a_job_that_was_accepted_is_asked_for_until_it_is_done() {
    let mut job = job();
    assert_eq!(job.hear(Heard::Answer(&relay(202), b"{}"), 0.0), Step::Ask);
    assert!(job.is_accepted());
    assert_eq!(job.hear(Heard::Answer(&relay(202), b"{}"), 25_000.0), Step::Ask);
    assert!(outcome(job.hear(Heard::Answer(&vendor(200), DONE), 30_000.0)).is_ok());
}

#[test]
fn a_relay_that_answers_at_once_is_not_asked_at_once() {
    let mut job = job();
    job.hear(Heard::Answer(&relay(202), b"{}"), 0.0);
    assert_eq!(job.hear(Heard::Answer(&relay(202), b"{}"), 10.0), Step::Pause(PAUSE_MS));
    assert_eq!(job.hear(Heard::Paused, 1_510.0), Step::Ask);
    assert_eq!(job.hear(Heard::Lost(Lost::Network), 1_520.0), Step::Pause(PAUSE_MS));
}

#[test]
fn a_job_that_was_surely_not_sent_is_not_asked_for() {
    let error = outcome(job().hear(Heard::Lost(Lost::NotSent), 0.0)).unwrap_err();
    assert_eq!((error.kind.clone(), error.charged()), (ErrorKind::Unreachable, Charged::No));
}

#[test]
fn a_relay_that_never_had_the_job_is_asked_four_times_and_then_the_loss_is_told() {
    let mut job = job();
    let mut step = job.hear(Heard::Lost(Lost::Network), 0.0);
    for asked in 1..=LATE_ARRIVALS {
        assert_eq!(step, Step::Ask, "question {asked}");
        step = job.hear(Heard::Answer(&relay(404), UNKNOWN_JOB), 10.0);
        if asked < LATE_ARRIVALS {
            assert_eq!(step, Step::Pause(PAUSE_MS));
            step = job.hear(Heard::Paused, 2000.0);
        }
    }
    assert_eq!(outcome(step).unwrap_err().kind, ErrorKind::Network);
}

#[test]
fn picking_up_a_job_that_the_relay_does_not_know_says_so_at_once() {
    let mut conversation = Conversation::picking_up("m", 1, TIMEOUT_MS, 0.0);
    let error = outcome(conversation.hear(Heard::Answer(&relay(404), UNKNOWN_JOB), 10.0)).unwrap_err();
    assert_eq!(error.code(), "relay:not_found");
}

#[test]
fn a_gateway_that_fails_between_is_no_answer_of_the_relay() {
    for status in [429, 502, 503, 504] {
        let mut conversation = Conversation::picking_up("m", 1, TIMEOUT_MS, 0.0);
        assert_eq!(
            conversation.hear(Heard::Answer(&vendor(status), b"<html>"), 2000.0),
            Step::Ask,
            "{status}"
        );
    }
    let mut conversation = Conversation::picking_up("m", 1, TIMEOUT_MS, 0.0);
    outcome(conversation.hear(Heard::Answer(&relay(503), b"{}"), 2000.0)).unwrap_err();
}

#[test]
fn asking_ends_when_its_time_is_over_and_leaves_the_outcome_open() {
    let mut conversation = Conversation::picking_up("m", 1, TIMEOUT_MS, 0.0);
    let late = f64::from(TIMEOUT_MS) + 1.0;
    let error = outcome(conversation.hear(Heard::Answer(&relay(202), b"{}"), late)).unwrap_err();
    assert_eq!((error.kind.clone(), error.charged()), (ErrorKind::Timeout, Charged::Unknown));
}

#[test]
fn after_a_long_sleep_the_relay_is_asked_once_more() {
    let mut job = job();
    job.hear(Heard::Answer(&relay(202), b"{}"), 0.0);
    let awake = f64::from(TIMEOUT_MS) * 10.0;
    assert_eq!(job.hear(Heard::Lost(Lost::Network), awake), Step::Pause(PAUSE_MS));
    assert_eq!(job.hear(Heard::Paused, awake + 1500.0), Step::Ask);
    assert!(outcome(job.clone().hear(Heard::Answer(&vendor(200), DONE), awake + 1600.0)).is_ok());
    let error = outcome(job.hear(Heard::Lost(Lost::Network), awake + 1600.0)).unwrap_err();
    assert_eq!(error.charged(), Charged::Unknown);
}

/// Proptest is not for browsers.
#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use proptest::prelude::*;

    use super::*;

    /// Everything that can be heard, but for a result.
    fn anything() -> impl Strategy<Value = (Option<Head>, Vec<u8>, Lost)> {
        let head = (prop::sample::select(vec![0, 200, 202, 400, 404, 429, 500, 502, 504]), any::<bool>())
            .prop_map(|(status, from_relay)| Head { from_relay, ..vendor(status) });
        let body =
            prop::sample::select(vec![b"{}".to_vec(), UNKNOWN_JOB.to_vec(), b"<html>".to_vec(), Vec::new()]);
        let lost = prop::sample::select(vec![Lost::Network, Lost::Timeout, Lost::Aborted, Lost::NotSent]);
        (prop::option::of(head), body, lost)
    }

    proptest! {
        /// Whatever is heard, in whatever order: it ends, and an edit whose sending was not refused is only called free of
        /// charge when an answer said so.
        #[test]
        fn every_conversation_ends(heard in prop::collection::vec(anything(), 1..60), is_job in any::<bool>()) {
            let mut conversation = Conversation::sent("m", 1, 10_000, is_job);
            let mut now = 0.0;
            let mut heard = heard.iter().cycle();
            let mut answers = 0;
            for turn in 0..200 {
                now += 400.0;
                let (head, body, lost) = heard.next().unwrap();
                answers += usize::from(head.is_some());
                let step = conversation.hear(head.as_ref().map_or_else(|| Heard::Lost(lost.clone()), |head| Heard::Answer(head, body)), now);
                match step {
                    Step::Ask => {}
                    Step::Pause(_) => prop_assert_ne!(conversation.hear(Heard::Paused, now), Step::Pause(PAUSE_MS)),
                    Step::Done(outcome) => {
                        let was_refused = turn == 0 && *lost == Lost::NotSent;
                        if answers == 0 && !was_refused {
                            prop_assert_eq!(outcome.unwrap_err().charged(), Charged::Unknown);
                        }
                        return Ok(());
                    }
                }
            }
            prop_assert!(false, "it did not end");
        }
    }
}
