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
    call_life: Duration::from_secs(600),
};

fn in_directory(directory: &TempDir) -> Store {
    Store::open(&StoreSettings { directory: Some(directory.path().join("state")), ..SETTINGS }).unwrap()
}

fn call(number: u8) -> Begin {
    Begin { job: Some((JobId([number; 32]), Fingerprint([number; 32]))), charge: None, free: false }
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
        assert!(!place.exists() && !store.is_ready().await);
    }
    assert!(store.job(JobId([1; 32])).await.is_err(), "not a job that never was");
    std::fs::rename(&elsewhere, &place).unwrap();
    assert_eq!(store.finish(paid(1)).await, Ok(()));
    assert_eq!(store.job(JobId([1; 32])).await.unwrap().unwrap().state, JobState::Done);
    assert!(store.is_ready().await);
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
    assert!(!store.is_ready().await);
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
        let begin = Begin { job: None, charge: Some(charge(days_ago)), free: false };
        assert_eq!(store.begin(begin).await, Ok(Begun::Go));
    }
    store.sweep();
    let begin = |days_ago| store.begin(Begin { job: None, charge: Some(charge(days_ago)), free: false });
    assert_eq!(begin(300).await, Ok(Begun::Exhausted(Exhausted::Invite)));
    assert_eq!(begin(400).await, Ok(Begun::Go), "books do not pile up for ever");
}

fn family(day: Day, pictures: u32) -> Charge {
    Charge { invite: "family".to_owned(), invite_limit: Some(5), total_limit: None, pictures, day }
}

#[tokio::test]
async fn what_was_unknown_is_settled_once_when_its_end_is_known_after_all() {
    let store = Store::open(&SETTINGS).unwrap();
    let day = store.budget_day();
    let charge = Some(family(day, 4));
    let begin = Begin { charge: charge.clone(), ..call(1) };
    assert_eq!(store.begin(begin).await, Ok(Begun::Go));
    let unknown = Finish { charge: None, outcome: Outcome::UNKNOWN, answer: None, ..paid(1) };
    assert_eq!(store.finish(unknown.clone()).await, Ok(()));
    assert_eq!(store.used("family".to_owned(), day).await, Ok((4, 4)), "kept");
    let jobs = store.vitals().jobs();
    for _ in 0..2 {
        assert_eq!(store.finish(Finish { charge: charge.clone(), ..paid(1) }).await, Ok(()));
        assert_eq!(store.used("family".to_owned(), day).await, Ok((1, 1)));
    }
    assert_eq!(store.finish(unknown).await, Ok(()), "too late");
    assert_eq!(store.job(JobId([1; 32])).await.unwrap().unwrap().state, JobState::Done);
    assert_eq!(store.vitals().jobs(), jobs, "one job, whatever became of it");
}

#[tokio::test]
async fn a_clock_that_is_set_back_gives_no_budget_back() {
    let directory = TempDir::new().unwrap();
    let today = Day::of(unix_seconds());
    let tomorrow = Day(today.0 + 1);
    let store = in_directory(&directory);
    assert_eq!(
        store.begin(Begin { job: None, charge: Some(family(tomorrow, 3)), free: false }).await,
        Ok(Begun::Go)
    );
    assert_eq!(store.budget_day(), tomorrow, "today by this machine's clock, which was set back");
    store.close().await;
    drop(store);
    let store = in_directory(&directory);
    assert_eq!(store.budget_day(), tomorrow);
    assert_eq!(store.vitals().pictures(today), 3);
    let begin = Begin { job: None, charge: Some(family(store.budget_day(), 3)), free: false };
    assert_eq!(store.begin(begin).await, Ok(Begun::Exhausted(Exhausted::Invite)));
}

#[tokio::test]
async fn handing_out_an_answer_costs_no_commit_and_is_noted_with_the_next() {
    let store = Store::open(&SETTINGS).unwrap();
    assert_eq!(store.begin(call(1)).await, Ok(Begun::Go));
    assert_eq!(store.finish(paid(1)).await, Ok(()));
    for _ in 0..1000 {
        store.mark_read(JobId([1; 32]));
    }
    let is_read = |store: &Store| {
        let transaction = store.databank.open().unwrap().begin_read().unwrap();
        let jobs = transaction.open_table(tables::JOBS).unwrap();
        record::Record::decode(jobs.get(&[1; 32]).unwrap().unwrap().value()).unwrap().handed_out.is_some()
    };
    assert!(!is_read(&store));
    assert_eq!(store.begin(call(2)).await, Ok(Begun::Go));
    assert!(is_read(&store));
}

#[tokio::test]
async fn a_store_that_nobody_writes_any_more_is_not_ready() {
    let store = Store::open(&SETTINGS).unwrap();
    assert!(store.is_ready().await);
    store.close().await;
    let ended = async { while store.is_ready().await {} };
    tokio::time::timeout(Duration::from_secs(10), ended).await.unwrap();
    let failures = store.vitals().failures();
    assert_eq!(store.begin(call(1)).await, Err(Unavailable));
    assert!(store.vitals().failures() > failures, "the operator sees it");
}

#[test]
fn a_damaged_database_is_an_error_that_says_what_to_do() {
    let directory = TempDir::new().unwrap();
    drop(in_directory(&directory));
    let path = directory.path().join("state/jobs.redb");
    let whole = std::fs::read(&path).unwrap();
    let mut refused = 0;
    for place in [0, 4096, whole.len() / 2, whole.len() - 4096] {
        let mut damaged = whole.clone();
        damaged[place..place + 64].fill(0xa5);
        std::fs::write(&path, &damaged).unwrap();
        let settings = StoreSettings { directory: Some(directory.path().join("state")), ..SETTINGS };
        refused += usize::from(Store::open(&settings).is_err());
    }
    assert!(refused > 0, "none of them was noticed");
}

#[tokio::test]
async fn jobs_that_cost_nothing_take_no_room_from_those_that_do() {
    // Room for a few records and one running call.
    let store = Store::open(&StoreSettings { bytes: 5 << 10, ..SETTINGS }).unwrap();
    for number in 0..100 {
        assert_eq!(store.begin(Begin { free: true, ..call(number) }).await, Ok(Begun::Go), "{number}");
        let outcome = if number % 2 == 0 { paid(number).outcome } else { Outcome::UNKNOWN };
        assert_eq!(store.finish(Finish { outcome, ..paid(number) }).await, Ok(()));
    }
    let mut kept = 0;
    while store.begin(call(100 + kept)).await == Ok(Begun::Go) {
        store.finish(paid(100 + kept)).await.unwrap();
        kept += 1;
    }
    assert!((4..20).contains(&kept), "all the room is for what was paid: {kept}");
    for number in 0..kept {
        assert!(store.job(JobId([100 + number; 32])).await.unwrap().is_some(), "{number}");
    }
}

#[tokio::test]
async fn a_book_from_far_ahead_hides_no_other_and_is_never_opened() {
    let store = Store::open(&SETTINGS).unwrap();
    let today = Day::of(unix_seconds());
    let (tomorrow, far) = (Day(today.0 + 1), Day(today.0 + 40));
    for day in [far, tomorrow] {
        let begin = Begin { job: None, charge: Some(family(day, 3)), free: false };
        assert_eq!(store.begin(begin).await, Ok(Begun::Go));
    }
    assert_eq!(store.budget_day(), tomorrow);
}

#[tokio::test]
async fn a_call_that_is_taken_back_gives_its_pictures_and_its_key_back() {
    let store = Store::open(&SETTINGS).unwrap();
    let day = store.budget_day();
    let charge = Some(family(day, 4));
    for _ in 0..3 {
        let begin = Begin { charge: charge.clone(), ..call(1) };
        assert_eq!(store.begin(begin).await, Ok(Begun::Go));
        let (job, charge) = (Some(JobId([1; 32])), charge.clone());
        let back = Finish { job, charge, outcome: Outcome::NOT_EXECUTED, answer: None };
        assert_eq!(store.finish(back).await, Ok(()));
        assert_eq!(store.used("family".to_owned(), day).await, Ok((0, 0)));
    }
}
