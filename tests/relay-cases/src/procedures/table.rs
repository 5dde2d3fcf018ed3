//! Which case is carried out how.

use std::pin::Pin;

use super::bench::Bench;
use super::verdict::Stop;
use super::words::has_all;
use super::{
    budget, crash, flood, http2, idempotency, jobs, leaks, limits, load, plain, pressure, start_up, tls,
    upstream,
};
use crate::case_file::Case;

type Running<'b> = Pin<Box<dyn Future<Output = Result<(), Stop>> + 'b>>;
type Run = for<'b, 'a> fn(&'b mut Bench<'a>) -> Running<'b>;

/// How to carry out a case.
#[derive(Clone, Copy)]
pub(crate) struct Procedure {
    ids: &'static [&'static str],
    /// For cases whose ids are not known: all words of one of these lists are in their title or steps.
    words: &'static [&'static [&'static str]],
    run: Run,
    traits: Traits,
    is_guess: bool,
}

/// What the queue has to know.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Traits {
    /// Runs while nothing else does: it measures times, or takes the whole machine.
    pub(crate) alone: bool,
    /// Takes minutes; runs only when asked for.
    pub(crate) slow: bool,
}

const TOGETHER: Traits = Traits { alone: false, slow: false };
const ALONE: Traits = Traits { alone: true, slow: false };
const SLOW: Traits = Traits { alone: false, slow: true };

impl Procedure {
    pub(crate) fn run<'b>(&self, bench: &'b mut Bench<'_>) -> Running<'b> {
        (self.run)(bench)
    }

    /// The case's id is not known; this is what its words seem to ask for.
    pub(crate) fn is_guess(&self) -> bool {
        self.is_guess
    }

    pub(crate) fn traits(&self) -> Traits {
        self.traits
    }
}

macro_rules! table {
    ($($traits:ident $module:ident::$function:ident: [$($id:literal),*] $([$($word:literal),+])*;)*) => {
        const TABLE: &[Procedure] = &[$(Procedure {
            ids: &[$($id),*],
            words: &[$(&[$($word),+]),*],
            run: |bench| Box::pin($module::$function(bench)),
            traits: $traits,
            is_guess: false,
        }),*];
    };
}

table! {
    TOGETHER idempotency::replay: ["id-10"] ["identical bytes"];
    TOGETHER idempotency::running: ["own-job-06"] ["while", "running", "409"] ["same key", "running"];
    TOGETHER idempotency::result_while_running: ["own-job-29"] ["result while"] ["result", "still running"];
    TOGETHER idempotency::other_body: ["id-13", "own-job-08"] ["same key, other body"] ["same key, other"];
    TOGETHER idempotency::other_whitespace: ["id-14"];
    TOGETHER idempotency::race: ["own-job-07"] ["same key", "parallel"] ["one key", "parallel"] ["100 parallel"] ["100-way"];
    TOGETHER idempotency::foreign_result: ["id-16"];
    TOGETHER idempotency::half_body: ["id-23"];
    TOGETHER idempotency::final_refusal: ["id-29", "own-job-11"] ["500", "replayed"];
    TOGETHER idempotency::released: ["own-job-10"] ["429", "not stored"] ["released"];
    TOGETHER idempotency::unknown_outcome: ["own-job-09"] ["timeout", "outcome_unknown"];

    TOGETHER crash::caller_resets: ["own-job-12"] ["client", "rst"] ["client drops after", "reset"];
    TOGETHER crash::caller_closes: ["own-job-13"] ["client", "closes after"] ["client drops right after"];
    TOGETHER crash::caller_half_closes: ["own-job-14"] ["client", "fin"] ["half-close"];
    // After the more exact ones: any other way of leaving.
    TOGETHER crash::caller_vanishes: [] ["client drops"] ["client disconnects"] ["client gone"];
    SLOW crash::caller_leaves_for_long: ["id-20"];
    TOGETHER crash::kill_after_answer: ["id-24"];
    TOGETHER crash::kill_during_call: ["own-job-15"] ["kill -9", "during"] ["kill -9", "before"] ["kill -9", "mid"] ["kill -9", "outcome_unknown"];
    TOGETHER crash::restart: ["own-job-16"] ["restart", "stays"];
    TOGETHER crash::expires: ["own-job-28"] ["ttl"];
    TOGETHER crash::stop_with_running_calls: ["ds-10"] ["sigterm", "running"];

    TOGETHER jobs::accepted: ["own-job-01"];
    TOGETHER jobs::long_poll: ["own-job-02"];
    TOGETHER jobs::nobody_waits: ["own-job-03"];
    TOGETHER jobs::refused_by_the_api: ["own-job-04"];
    TOGETHER jobs::refused_at_once: ["own-job-05"];
    TOGETHER jobs::same_key_two_people: ["own-job-17"] ["same key", "two users"] ["other user", "same key"];
    TOGETHER jobs::quoted_key: ["own-job-18"] ["quoted", "key"];
    TOGETHER jobs::plain_calls: ["own-job-19"];

    TOGETHER budget::pictures_count: ["bg-03"];
    TOGETHER budget::refusal_releases: ["bg-04"];
    TOGETHER budget::unknown_keeps: ["bg-05"];
    TOGETHER budget::replay_is_free: ["bg-08"];
    TOGETHER budget::next_day: ["bg-10"] ["faketime"];
    TOGETHER budget::all_together: ["bg-11"];
    TOGETHER budget::claims_change_nothing: ["bg-12"];
    TOGETHER budget::says_when: ["bg-14"];
    TOGETHER budget::race: ["own-inv-05"] ["budget", "race"] ["budget", "parallel"];
    TOGETHER budget::survives_kill: ["own-inv-06"] ["kill -9", "budget"] ["restart", "budget"];

    TOGETHER limits::claimed_addresses: ["ds-13"];
    TOGETHER limits::trusted_proxy: ["ds-14"];
    TOGETHER limits::one_network: ["ds-15"];
    ALONE limits::many_tokens: ["ds-16"];
    TOGETHER limits::guessing: ["own-inv-02"] ["wrong token", "429"] ["guess"];
    TOGETHER limits::calls_at_once: ["own-inv-03"] ["calls at once"];
    TOGETHER limits::requests_per_minute: ["own-inv-04"] ["requests per minute"];
    TOGETHER limits::invitations_change: ["own-inv-07"] ["sighup"];

    TOGETHER leaks::nowhere: ["own-leak-01"] ["canaries"] ["grep"];
    TOGETHER leaks::one_line_each: ["own-leak-02"] ["log", "injection"] ["log", "forged"];
    TOGETHER leaks::request_id: ["lk-06"];
    TOGETHER leaks::command_line: ["lk-08"];
    TOGETHER leaks::no_shared_pictures: ["lk-12"];
    TOGETHER leaks::no_oracle: ["own-img-10"] ["oracle"] ["indistinguishable"];
    TOGETHER leaks::metric_labels: ["lk-17"];
    ALONE leaks::token_timing: ["au-22"];

    TOGETHER pressure::full_disk: ["id-32", "bg-13"] ["disk", "full"];
    TOGETHER pressure::bounded_state: ["id-35"];
    ALONE pressure::many_uploads: ["bd-35"];
    TOGETHER pressure::no_files: ["own-load-03"] ["fd", "pressure"] ["fd", "exhaust"] ["file descriptor"] ["nofile"];

    ALONE load::slow_heads: ["ds-01"] ["slowloris"];
    TOGETHER load::slow_bodies: ["ds-04"] ["r.u.d.y."];
    ALONE load::slow_readers: ["own-load-01"] ["slow read"];
    SLOW load::soak: ["ds-11"] ["soak"];
    ALONE load::held_calls: ["own-load-02"] ["1000", "calls"] ["1000", "held"];
    TOGETHER load::idle_connections: ["own-load-04"] ["idle", "keep-alive"] ["idle connection"];
    TOGETHER load::many_connections: ["own-load-05"] ["connections", "per ip"] ["connections", "one address"];

    TOGETHER tls::served: ["own-tls-01"];
    TOGETHER tls::stalled_handshakes: ["own-tls-02"] ["tls", "stall"] ["tls", "handshake"];

    TOGETHER upstream::same_bytes: ["own-body-01", "own-body-02"] ["byte-exact"] ["byte exact"] ["sha256", "body"];
    TOGETHER upstream::stale_connections: ["up-26"];
    TOGETHER upstream::taken_back: ["up-28"];

    ALONE flood::rapid_reset: ["sm-50"] ["rapid reset"];
    ALONE flood::empty_data: ["sm-53"] ["empty data"];
    ALONE flood::header_bomb: ["sm-59"] ["hpack"];
    ALONE flood::endless_head: ["own-h2-01"] ["continuation"];
    ALONE flood::settings_flood: ["own-h2-02"] ["settings", "flood"];
    ALONE flood::ping_flood: ["own-h2-03"] ["ping", "flood"];
    ALONE flood::window_overflow: ["own-h2-04"] ["window", "overflow"];
    TOGETHER http2::shut_window: ["sm-55"] ["zero-window"];
    TOGETHER http2::wrong_length: ["sm-57"];
    TOGETHER http2::many_streams: ["sm-58"] ["concurrent streams"];
    TOGETHER http2::malformed_heads: ["own-h2-05"] ["h2", "upper"] ["h2", "connection-specific"];
    TOGETHER http2::two_hosts: ["own-h2-06"] ["h2", "authority"];
    TOGETHER http2::public_suite: ["sm-60"] ["h2spec"];
}

const PLAIN: Procedure = Procedure {
    ids: &[],
    words: &[],
    run: |bench| Box::pin(plain::request(bench)),
    traits: TOGETHER,
    is_guess: false,
};
const RAW: Procedure = Procedure { run: |bench| Box::pin(plain::raw(bench)), ..PLAIN };
const START_UP: Procedure = Procedure { run: |bench| Box::pin(start_up::refused(bench)), ..PLAIN };
const UNKNOWN_STEPS: Procedure = Procedure { run: |bench| Box::pin(plain::unknown_steps(bench)), ..PLAIN };
const NOBODY_KNOWS: Procedure =
    Procedure { run: |bench| Box::pin(std::future::ready(no_procedure(bench))), ..PLAIN };

/// The procedure of a case.
pub(crate) fn procedure_for(case: &Case) -> Procedure {
    let by_id = TABLE.iter().find(|procedure| procedure.ids.contains(&case.id.as_str()));
    if let Some(procedure) = by_id {
        return *procedure;
    }
    let special = matches!(case.method.as_str(), "H2" | "LOAD");
    match case.method.as_str() {
        "CLI" => START_UP,
        "RAW" => RAW,
        _ if special || !case.steps.is_empty() => {
            by_words(case).unwrap_or(if special { NOBODY_KNOWS } else { UNKNOWN_STEPS })
        }
        _ => PLAIN,
    }
}

fn by_words(case: &Case) -> Option<Procedure> {
    let text = case.words();
    let fits = |words: &&[&str]| has_all(&text, words);
    TABLE
        .iter()
        .find(|procedure| procedure.words.iter().any(fits))
        .map(|procedure| Procedure { is_guess: true, ..*procedure })
}

fn no_procedure(bench: &Bench<'_>) -> Result<(), Stop> {
    Err(Stop::Skipped(format!("no procedure for this {} case", bench.case.method)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_id_stands_in_the_table_twice() {
        let mut ids: Vec<_> = TABLE.iter().flat_map(|procedure| procedure.ids).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all);
    }

    #[test]
    fn every_own_case_that_has_steps_has_a_procedure() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/own.json");
        let file = crate::case_file::CaseFile::read(&path).unwrap();
        let cases: Vec<Case> = file.entries.into_iter().filter_map(|entry| entry.case.ok()).collect();
        for case in &cases {
            let known = TABLE.iter().any(|procedure| procedure.ids.contains(&case.id.as_str()));
            assert!(
                known || case.steps.is_empty() && !matches!(case.method.as_str(), "H2" | "LOAD"),
                "{}",
                case.id
            );
        }
        for id in TABLE.iter().flat_map(|procedure| procedure.ids).filter(|id| id.starts_with("own-")) {
            assert!(cases.iter().any(|case| case.id == *id), "{id} is not in the file");
        }
    }
}
