use http::StatusCode;
use relay_policy::idempotency::JobKey;
use relay_policy::prefer::Prefer;

use super::*;
use crate::store::{Begin, Begun, StoreSettings};

const PRINT: Fingerprint = Fingerprint([1; 32]);

fn jobs() -> Arc<Jobs> {
    let settings = StoreSettings {
        directory: None,
        bytes: 1 << 20,
        answer_bytes: 1 << 10,
        job_life: Duration::from_secs(3600),
        call_life: Duration::from_secs(600),
    };
    Jobs::new(Store::open(&settings).unwrap())
}

fn job() -> Job {
    let key = JobKey::parse("0123456789abcdef").unwrap();
    Job { key, id: JobId([7; 32]), prefer: Prefer::default() }
}

/// Claims the key and writes down that its call goes out.
async fn begun(jobs: &Arc<Jobs>) -> Ticket {
    let Ok(Entered::Fresh(ticket)) = jobs.enter(job().id, None).await else { panic!("the key is known") };
    let begin = Begin { job: Some((ticket.id(), PRINT)), charge: None, free: false };
    assert_eq!(jobs.store.begin(begin).await, Ok(Begun::Go));
    ticket
}

async fn status(jobs: &Jobs) -> u16 {
    jobs.result(&job()).await.map_or_else(|reject| reject.code().status(), |found| found.status()).as_u16()
}

#[tokio::test]
async fn a_call_that_has_just_begun_is_running() {
    let jobs = jobs();
    let ticket = begun(&jobs).await;
    assert_eq!(status(&jobs).await, 202, "written down, and not yet sent");
    ticket.run(PRINT);
    assert_eq!(status(&jobs).await, 202);
    drop(ticket);
    assert_eq!(
        jobs.result(&job()).await.unwrap_err().code(),
        Code::JobUnknown,
        "nobody carries it out any more"
    );
}

#[tokio::test]
async fn an_answer_that_is_only_in_memory_is_written_when_the_relay_stops() {
    let jobs = jobs();
    let ticket = begun(&jobs).await;
    ticket.run(PRINT);
    let answer = StoredAnswer { status: StatusCode::OK, request_id: None, body: "{}".into() };
    ticket.end(JobState::Done, Some(answer.clone()));
    jobs.abandon().await;
    let stored = jobs.store.job(ticket.id()).await.unwrap().unwrap();
    assert_eq!((stored.state, stored.answer), (JobState::Done, Some(answer)));
}

#[tokio::test]
async fn a_call_without_an_end_is_unknown_when_the_relay_stops() {
    let jobs = jobs();
    let ticket = begun(&jobs).await;
    ticket.run(PRINT);
    jobs.abandon().await;
    assert_eq!(jobs.store.job(ticket.id()).await.unwrap().unwrap().state, JobState::Unknown);
}

#[tokio::test]
async fn an_answer_that_comes_after_the_last_word_is_kept_all_the_same() {
    let jobs = jobs();
    let ticket = begun(&jobs).await;
    ticket.run(PRINT);
    jobs.abandon().await;
    let answer = StoredAnswer { status: StatusCode::OK, request_id: None, body: "{}".into() };
    let outcome = Outcome { state: JobState::Done, made: Some(1) };
    let finish = Finish { job: Some(ticket.id()), charge: None, outcome, answer: Some(answer.clone()) };
    assert_eq!(jobs.store.finish(finish).await, Ok(()));
    let stored = jobs.store.job(ticket.id()).await.unwrap().unwrap();
    assert_eq!((stored.state, stored.answer), (JobState::Done, Some(answer)));
}
