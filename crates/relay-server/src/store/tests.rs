use bytes::Bytes;
use http::StatusCode;
use tempfile::TempDir;

use super::*;
use crate::clock::unix_seconds;

const SETTINGS: StoreSettings = StoreSettings {
    directory: None,
    bytes: 1 << 20,
    answer_bytes: 1 << 10,
    job_life: Duration::from_secs(3600),
};

fn in_directory(directory: &TempDir) -> Store {
    Store::open(&StoreSettings { directory: Some(directory.path().join("state")), ..SETTINGS }).unwrap()
}

fn call(number: u8) -> Begin {
    Begin { job: Some((JobId([number; 32]), Fingerprint([number; 32]))), charge: None }
}

fn paid(number: u8) -> Finish {
    let answer = StoredAnswer { status: StatusCode::OK, request_id: None, body: Bytes::from_static(b"{}") };
    Finish {
        job: Some(JobId([number; 32])),
        charge: None,
        outcome: Outcome { state: JobState::Done, made: Some(1) },
        answer: Some(answer),
    }
}

#[tokio::test]
async fn a_store_that_was_removed_is_not_made_anew() {
    let directory = TempDir::new().unwrap();
    let (place, elsewhere) = (directory.path().join("state"), directory.path().join("elsewhere"));
    let store = in_directory(&directory);
    assert_eq!(store.begin(call(1)).await, Ok(Begun::Go));
    std::fs::rename(&place, &elsewhere).unwrap();
    for number in 2..5 {
        assert_eq!(store.begin(call(number)).await, Err(Unavailable), "{number}");
        assert_eq!(store.finish(paid(1)).await, Err(Unavailable), "the end of a call is not lost");
        assert!(!place.exists() && !store.is_ready());
    }
    assert!(store.job(JobId([1; 32])).await.is_err(), "not a job that never was");
    std::fs::rename(&elsewhere, &place).unwrap();
    assert_eq!(store.finish(paid(1)).await, Ok(()));
    assert_eq!(store.job(JobId([1; 32])).await.unwrap().unwrap().state, JobState::Done);
    assert!(store.is_ready());
}

#[cfg(unix)]
#[tokio::test]
async fn another_store_in_its_place_is_not_written() {
    let directory = TempDir::new().unwrap();
    let place = directory.path().join("state");
    let store = in_directory(&directory);
    assert_eq!(store.begin(call(1)).await, Ok(Begun::Go));
    std::fs::rename(&place, directory.path().join("elsewhere")).unwrap();
    let other = in_directory(&directory);
    for number in 2..4 {
        assert_eq!(store.begin(call(number)).await, Err(Unavailable), "{number}");
    }
    assert!(!store.is_ready());
    other.close().await;
    std::fs::remove_dir_all(&place).unwrap();
    std::fs::rename(directory.path().join("elsewhere"), &place).unwrap();
    std::fs::write(place.join("jobs.redb"), "").unwrap();
    assert_eq!(store.finish(paid(1)).await, Err(Unavailable));
}

#[tokio::test]
async fn the_end_of_a_call_the_store_does_not_have_is_reported_and_stops_no_other() {
    let store = Store::open(&SETTINGS).unwrap();
    let (lost, begun) = tokio::join!(store.finish(paid(1)), store.begin(call(2)));
    assert_eq!((lost, begun), (Err(Unavailable), Ok(Begun::Go)));
    assert_eq!(store.finish(paid(2)).await, Ok(()));
    assert_eq!(store.finish(paid(2)).await, Ok(()), "written down before");
}

#[tokio::test]
async fn a_clock_that_runs_ahead_gives_no_budget_back() {
    let store = Store::open(&SETTINGS).unwrap();
    let today = Day::of(unix_seconds()).0;
    let charge = |days_ago| Charge {
        invite: "family".to_owned(),
        invite_limit: Some(5),
        total_limit: None,
        pictures: 4,
        day: Day(today - days_ago),
    };
    for days_ago in [400, 300] {
        let begin = Begin { job: None, charge: Some(charge(days_ago)) };
        assert_eq!(store.begin(begin).await, Ok(Begun::Go));
    }
    store.sweep();
    let begin = |days_ago| store.begin(Begin { job: None, charge: Some(charge(days_ago)) });
    assert_eq!(begin(300).await, Ok(Begun::Exhausted(Exhausted::Invite)));
    assert_eq!(begin(400).await, Ok(Begun::Go), "books do not pile up for ever");
}
