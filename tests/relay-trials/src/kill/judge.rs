//! What is wrong with a story. Pure: it can be tested with stories that must not happen.

use super::story::{Said, Story};

/// How the relay went down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// SIGKILL.
    Killed,
    /// SIGTERM.
    Orderly,
}

/// A broken promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// An answer that was there once is not there any more, or is another one.
    Lost(String),
    /// One job reached the API twice.
    Twice(String),
    /// Anything else that contradicts itself.
    Inconsistent(String),
}

/// Everything that is wrong with a story.
pub(crate) fn faults(story: &Story, stop: Stop) -> Vec<Fault> {
    let mut found: Vec<Fault> = story.before.oddities.iter().cloned().map(Fault::Inconsistent).collect();
    found.extend(dispatch_faults(story));
    found.extend(memory_faults(story));
    found.extend(content_fault(story));
    found.extend(end_faults(story));
    let inconsistent = |text: &str| Fault::Inconsistent(text.to_owned());
    if story.before.accepted && story.after == Said::NotFound {
        found.push(inconsistent("it was accepted, and the relay knows nothing of it"));
    }
    if story.after == Said::NotFound && story.dispatched_before > 0 {
        found.push(inconsistent("it was at the API, and the relay knows nothing of it"));
    }
    if stop == Stop::Orderly && story.after == Said::Unknown {
        found.push(inconsistent("an orderly stop left its outcome unknown"));
    }
    found
}

fn dispatch_faults(story: &Story) -> Option<Fault> {
    let times = story.dispatched.len();
    if times > 1 {
        return Some(Fault::Twice(format!("the API got it {times} times")));
    }
    let may_go_out = story.after == Said::NotFound;
    (times > story.dispatched_before && !may_go_out)
        .then(|| Fault::Twice("a repeated request of a known job went out".to_owned()))
}

/// An answer, once there, stays the same for good; so does not knowing it.
fn memory_faults(story: &Story) -> Vec<Fault> {
    let delivered = story.before.done.clone().map(Said::Done);
    let said = delivered.iter().chain([&story.after, &story.repeated, &story.at_end]);
    let mut found = Vec::new();
    let mut kept: Option<&Said> = None;
    for said in said {
        match kept {
            Some(kept) if kept != said => {
                let text = format!("{kept:?} became {said:?}");
                found.push(match kept {
                    Said::Done(_) => Fault::Lost(text),
                    _ => Fault::Inconsistent(text),
                });
            }
            Some(_) => {}
            None if matches!(said, Said::Done(_) | Said::Unknown) => kept = Some(said),
            None => {}
        }
    }
    found
}

/// The answer is the API's own, byte by byte.
fn content_fault(story: &Story) -> Option<Fault> {
    let Said::Done(sha256) = &story.at_end else { return None };
    let made = story.dispatched.first().and_then(|seen| seen.answer_sha256.as_ref());
    (made != Some(sha256)).then(|| Fault::Inconsistent(format!("the API answered {made:?}, not {sha256}")))
}

/// A job ends done or unknown; before that it may be not found once.
fn end_faults(story: &Story) -> Vec<Fault> {
    let may_be = |said: &Said, not_found: bool| match said {
        Said::Done(_) | Said::Unknown => true,
        Said::NotFound => not_found,
        Said::Running | Said::Other(_) => false,
    };
    [
        ("after", &story.after, true),
        ("repeated", &story.repeated, false),
        ("at the end", &story.at_end, false),
    ]
    .into_iter()
    .filter(|(_, said, not_found)| !may_be(said, *not_found))
    .map(|(when, said, _)| Fault::Inconsistent(format!("{when}: {said:?}")))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kill::story::{Account, Phase};
    use crate::sim::Seen;

    fn seen() -> Seen {
        serde_json::from_str(r#"{"id":1,"complete":true,"status":200,"answered_ms":5,"answer_sha256":"a"}"#)
            .unwrap()
    }

    fn done() -> Said {
        Said::Done("a".to_owned())
    }

    fn story(after: Said, repeated: Said, at_end: Said, dispatched: usize) -> Story {
        let before = if after == Said::NotFound { 0 } else { dispatched };
        Story {
            key: "key".to_owned(),
            body_sha256: "body".to_owned(),
            phase: Phase::Running,
            before: Account::default(),
            after,
            dispatched_before: before,
            repeated,
            at_end,
            dispatched: vec![seen(); dispatched],
            down_ms: 7,
        }
    }

    fn stored() -> Story {
        let mut story = story(done(), done(), done(), 1);
        story.before = Account { accepted: true, done: Some("a".to_owned()), oddities: Vec::new() };
        story
    }

    fn kinds(story: &Story) -> Vec<char> {
        let mut kinds: Vec<char> = faults(story, Stop::Killed)
            .iter()
            .map(|fault| match fault {
                Fault::Lost(_) => 'L',
                Fault::Twice(_) => '2',
                Fault::Inconsistent(_) => 'I',
            })
            .collect();
        kinds.dedup();
        kinds
    }

    #[test]
    fn the_four_ways_a_killed_relay_may_leave_a_job_are_in_order() {
        let unknown = |dispatched| story(Said::Unknown, Said::Unknown, Said::Unknown, dispatched);
        let run_later = story(Said::NotFound, done(), done(), 1);
        for good in [stored(), unknown(1), unknown(0), run_later] {
            assert_eq!(faults(&good, Stop::Killed), [], "{good:?}");
        }
    }

    #[test]
    fn an_answer_that_goes_away_or_changes_is_lost() {
        let mut forgotten = stored();
        forgotten.after = Said::Unknown;
        assert!(kinds(&forgotten).contains(&'L'));
        let mut changed = stored();
        changed.after = Said::Done("b".to_owned());
        assert!(kinds(&changed).contains(&'L'));
        let mut later = stored();
        later.at_end = Said::NotFound;
        assert!(kinds(&later).contains(&'L'));
    }

    #[test]
    fn two_requests_for_one_job_are_found() {
        assert_eq!(kinds(&story(Said::NotFound, done(), done(), 2)), ['2']);
        let mut repeated = story(Said::Unknown, Said::Unknown, Said::Unknown, 1);
        repeated.dispatched_before = 0;
        assert_eq!(kinds(&repeated), ['2']);
    }

    #[test]
    fn an_unknown_outcome_stays_unknown() {
        assert_eq!(kinds(&story(Said::Unknown, done(), done(), 1)), ['I']);
        assert_eq!(kinds(&story(Said::Unknown, Said::Unknown, Said::NotFound, 1)), ['I']);
    }

    #[test]
    fn an_accepted_or_dispatched_job_is_known() {
        let mut accepted = story(Said::NotFound, done(), done(), 1);
        accepted.before.accepted = true;
        assert_eq!(kinds(&accepted), ['I']);
        let mut dispatched = story(Said::NotFound, done(), done(), 1);
        dispatched.dispatched_before = 1;
        assert_eq!(kinds(&dispatched), ['I']);
    }

    #[test]
    fn an_answer_the_api_did_not_give_is_found() {
        let invented = Said::Done("b".to_owned());
        assert_eq!(kinds(&story(invented.clone(), invented.clone(), invented, 1)), ['I']);
        assert_eq!(kinds(&story(done(), done(), done(), 0)), ['I']);
    }

    #[test]
    fn a_job_must_not_stay_open_or_fail() {
        assert_eq!(kinds(&story(Said::Running, done(), done(), 1)), ['I']);
        assert_eq!(kinds(&story(Said::NotFound, Said::Other("503".to_owned()), done(), 1)), ['I']);
    }

    #[test]
    fn an_orderly_stop_leaves_nothing_unknown() {
        let unknown = story(Said::Unknown, Said::Unknown, Said::Unknown, 1);
        assert_eq!(faults(&unknown, Stop::Orderly).len(), 1);
        assert_eq!(faults(&stored(), Stop::Orderly), []);
    }
}
