//! Which procedure carries out which case. The first row that fits by its words is the one, so the more exact rows come
//! first.

use super::table::{ALONE, SLOW, TOGETHER, table};
use super::{
    budget, crash, flood, http2, idempotency, invitations, jobs, keys, leaks, limits, load, pictures, plain,
    pressure, spending, tls, trickle, upstream,
};

table! {
    TOGETHER idempotency::replay: ["id-10"] ["identical bytes"];
    TOGETHER idempotency::running: ["own-job-06"] ["while", "running", "409"] ["same key", "running", "!other body"]
        ["in-flight duplicate"] ["post twice", "409"];
    TOGETHER keys::running_other_body: [] ["other body", "running"] ["other body", "while"];
    TOGETHER keys::receiving_other_digest: [] ["content-digest", "receiving"] ["content-digest", "while"]
        ["digest", "still", "receiv"];
    TOGETHER keys::other_region: [] ["same key", "region"];
    TOGETHER keys::stays_free: [] ["use up the key"] ["uses up the key"] ["mended body"] ["not use up", "key"];
    TOGETHER idempotency::result_while_running: ["own-job-29"] ["result while"] ["result", "still running"];
    TOGETHER idempotency::other_body: ["id-13", "own-job-08"] ["same key, other body"]
        ["same key, other", "!other region"];
    TOGETHER idempotency::other_whitespace: ["id-14"];
    TOGETHER idempotency::race: ["own-job-07"] ["same key", "parallel"] ["one key", "parallel"] ["100 parallel"]
        ["100-way"];
    TOGETHER idempotency::foreign_result: ["id-16"];
    TOGETHER idempotency::half_body: ["id-23"] ["before the last byte"] ["all but the last byte"]
        ["before dispatch", "!budget", "!disk", "!read-only"]
        ["aborts at"] ["client aborts", "body", "!budget"];
    TOGETHER idempotency::final_refusal: ["id-29", "own-job-11"] ["500", "replayed"] ["503", "replay"]
        ["503", "stored"]
        ["replay gives the same"] ["stored as it is"];
    TOGETHER idempotency::released: ["own-job-10"] ["429", "not stored"] ["released", "!budget"];
    TOGETHER idempotency::unknown_outcome: ["own-job-09", "own-up-09"] ["timeout", "outcome_unknown"]
        ["outcome_unknown", "mock:reset"]
        ["outcome_unknown", "mock:close"] ["outcome_unknown", "mock:send"] ["outcome_unknown", "mock:truncated"]
        ["outcome_unknown", "mock:rst"] ["never re-sent", "!kill -9"] ["never sent again", "!kill -9"]
        ["kept as unknown"];

    TOGETHER pictures::parallel: ["own-img-11"] ["parallel", "image get"] ["parallel", "picture"]
        ["parallel", "sha256"];
    TOGETHER pictures::caller_cancels: ["own-img-12"] ["cancels", "mock:img"] ["cancels", "image"]
        ["cancels", "picture"];

    TOGETHER crash::caller_resets: ["own-job-12"] ["client", "rst"] ["client drops after", "reset"];
    TOGETHER crash::caller_closes: ["own-job-13"] ["client", "closes after"] ["client drops right after"];
    TOGETHER crash::caller_half_closes: ["own-job-14"] ["client", "fin"] ["half-close"];
    // After the more exact ones: any other way of leaving.
    TOGETHER crash::caller_vanishes: [] ["client drops"] ["client disconnects"] ["client gone"] ["client cancels"]
        ["closes the tab"] ["closes the browser"];
    SLOW crash::caller_leaves_for_long: ["id-20"];
    TOGETHER crash::kill_after_answer: ["id-24"];
    TOGETHER crash::kill_during_call: ["own-job-15"] ["kill -9", "during", "!budget"] ["kill -9", "before", "!budget"]
        ["kill -9", "mid", "!budget"]
        ["kill -9", "outcome_unknown", "!budget"] ["sigkill", "!budget"];
    TOGETHER crash::restart: ["own-job-16"] ["restart", "stays"];
    TOGETHER crash::expires: ["own-job-28"] ["ttl"];
    TOGETHER crash::clock_goes_back: [] ["clock", "back", "replay"] ["clock", "-1h", "replay"];
    TOGETHER crash::stop_with_running_calls: ["ds-10"] ["sigterm", "running", "!upload"];

    TOGETHER jobs::accepted: ["own-job-01"];
    TOGETHER jobs::long_poll: ["own-job-02"];
    TOGETHER jobs::nobody_waits: ["own-job-03"];
    TOGETHER jobs::refused_by_the_api: ["own-job-04"];
    TOGETHER jobs::refused_at_once: ["own-job-05"];
    TOGETHER jobs::same_key_two_people: ["own-job-17"] ["same key", "two users"] ["same key", "two people"]
        ["other user", "same key"];
    TOGETHER jobs::quoted_key: ["own-job-18"] ["quoted", "key"];
    TOGETHER jobs::plain_calls: ["own-job-19"];

    TOGETHER budget::pictures_count: ["bg-03"];
    TOGETHER budget::refusal_releases: ["bg-04"];
    TOGETHER spending::gives_back: [] ["releases", "!keeps"]
        ["budget", "costs nothing", "!replay", "!reading", "!pictures"]
        ["budget", "cost", "nothing", "!replay", "!reading", "!pictures"];
    TOGETHER spending::keeps: [] ["counts as spent"] ["keeps or releases"] ["keeps the reservation"]
        ["budget", "outcome unknown"] ["budget", "not given back", "!kill -9", "!sigkill"];
    TOGETHER spending::remainder: [] ["larger than what is left"] ["smaller n still"] ["more than what is left"];
    TOGETHER spending::fewer_made: [] ["fewer", "than reserved"] ["fewer images made"] ["fewer pictures"];
    TOGETHER spending::total_below_own: [] ["global budget smaller"] ["total budget smaller"]
        ["global", "per caller", "whoever asks"];
    TOGETHER spending::pictures_are_free: [] ["pictures", "cost no budget"] ["image", "costs no budget"]
        ["pictures", "budget", "costs nothing"];
    TOGETHER spending::second_person: [] ["second token", "own budget"] ["first spent", "second"];
    TOGETHER spending::clock_back: [] ["clock", "back", "budget", "!forward"] ["clock", "back", "refill", "!forward"];
    TOGETHER spending::clock_forward_and_back: [] ["clock", "forward", "back"];
    TOGETHER spending::killed: [] ["kill -9", "reservation"] ["kill -9", "mid-call", "budget"]
        ["sigkill", "reservation"];
    TOGETHER budget::unknown_keeps: ["bg-05"];
    TOGETHER budget::replay_is_free: ["bg-08"] ["replay", "spent"] ["replay", "costs nothing"]
        ["reading results", "nothing"] ["get result", "budget"];
    TOGETHER budget::next_day: ["bg-10"] ["faketime"];
    TOGETHER budget::all_together: ["bg-11"] ["global cap", "parallel"] ["global budget", "parallel", "tokens"];
    TOGETHER budget::claims_change_nothing: ["bg-12"];
    TOGETHER budget::says_when: ["bg-14"] ["budget", "before the body"] ["budget", "refusal", "strangers"];
    TOGETHER budget::race: ["own-inv-05"] ["budget", "race"] ["budget", "parallel"] ["overspend"];
    TOGETHER budget::survives_kill: ["own-inv-06"] ["kill -9", "budget"] ["restart", "budget"];

    TOGETHER limits::claimed_addresses: ["ds-13"] ["x-forwarded-for", "rotating"]
        ["x-forwarded-for", "without a trusted proxy"] ["spend the rate"];
    TOGETHER limits::trusted_proxy: ["ds-14"];
    TOGETHER limits::one_network: ["ds-15"];
    TOGETHER limits::two_networks: [] ["two networks", "/64"] ["networks", "separate buckets"];
    ALONE limits::many_tokens: ["ds-16"];
    ALONE limits::limiter_table: [] ["limiter table"] ["rate table", "bounded"] ["limiter", "bounded"];
    TOGETHER limits::guessing: ["own-inv-02"] ["wrong token", "429"] ["guess"];
    TOGETHER limits::calls_at_once: ["own-inv-03"] ["calls at once"] ["concurrency per token"]
        ["concurrency", "parallel calls of one token"];
    TOGETHER limits::requests_per_minute: ["own-inv-04"] ["requests per minute"];
    TOGETHER invitations::two_tokens: [] ["both tokens"] ["token", "old and new both"] ["second token", "reload"];
    TOGETHER invitations::change: ["own-inv-07"] ["sighup"] ["revoked token"];

    TOGETHER leaks::nowhere: ["own-leak-01"] ["canaries"] ["grep"];
    TOGETHER leaks::one_line_each: ["own-leak-02"] ["log", "injection"] ["log", "forged"];
    TOGETHER leaks::refused_link: [] ["refused", "link", "logged without"] ["log", "no signature"];
    TOGETHER leaks::request_id: ["lk-06"];
    TOGETHER leaks::command_line: ["lk-08"] ["process list"] ["config dump"] ["print-config"] ["proc/pid"];
    TOGETHER leaks::no_shared_pictures: ["lk-12"];
    TOGETHER leaks::no_oracle: ["own-img-10"] ["oracle"] ["indistinguishable"] ["look alike"] ["same body", "time"]
        ["refus", "identical"];
    TOGETHER leaks::metric_labels: ["lk-17"];
    ALONE leaks::token_timing: ["au-22"];

    TOGETHER pressure::full_disk: ["id-32", "bg-13"] ["disk", "full", "!between", "!while"];
    TOGETHER pressure::full_disk_during_call: [] ["disk", "full", "between", "dispatch"]
        ["disk", "full", "while", "call"];
    TOGETHER pressure::bounded_state: ["id-35"];
    ALONE pressure::many_uploads: ["bd-35"];
    TOGETHER pressure::no_files: ["own-load-03"] ["fd", "pressure"] ["fd", "exhaust"] ["file descriptor"] ["nofile"];

    ALONE load::slow_heads: ["ds-01"] ["slowloris"];
    TOGETHER load::slow_bodies: ["ds-04"] ["r.u.d.y."];
    TOGETHER trickle::chunks: [] ["chunk", "trickle"] ["chunked", "trickle"] ["1-byte chunks"];
    TOGETHER trickle::stop_during_uploads: [] ["sigterm", "uploads"] ["sigterm", "upload"];
    ALONE load::slow_readers: ["own-load-01"] ["slow read"];
    SLOW load::soak: ["ds-11"] ["soak"];
    ALONE load::held_calls: ["own-load-02"] ["1000", "calls"] ["1000", "held"];
    TOGETHER load::idle_connections: ["own-load-04"] ["idle", "keep-alive"] ["idle connection"];
    TOGETHER load::many_connections: ["own-load-05"] ["connections", "per ip"] ["connections", "one address"];

    TOGETHER tls::served: ["own-tls-01"];
    TOGETHER tls::stalled_handshakes: ["own-tls-02"] ["tls", "stall"] ["tls", "handshake"];

    TOGETHER plain::request: ["own-up-03"] ["proxy", "environment"] ["https_proxy"] ["http_proxy"];
    TOGETHER upstream::early_answer: ["own-up-01", "own-up-02"] ["mock:early"] ["mock:before_body"] ["early", "400"]
        ["before", "body", "mock:api"] ["upstream", "before", "body", "!strace"] ["api", "before", "body", "!strace"];
    TOGETHER upstream::same_bytes: ["own-body-01", "own-body-02"] ["byte-exact"] ["byte exact"] ["sha256", "body"]
        ["byte for byte", "sha256"];
    TOGETHER upstream::stale_connections: ["up-26"] ["mock:close_idle_race"];
    TOGETHER upstream::not_retried: ["own-up-12"] ["no retry"] ["not retried"] ["never retried"];
    TOGETHER upstream::taken_back: ["up-28"] ["mock:h2_goaway"];

    ALONE flood::rapid_reset: ["sm-50"] ["rapid reset"];
    ALONE flood::made_you_reset: ["own-h2-07"] ["madeyoureset"];
    ALONE flood::empty_data: ["sm-53"] ["empty data"];
    ALONE flood::header_bomb: ["sm-59"] ["hpack"];
    ALONE flood::endless_head: ["own-h2-01"] ["continuation"] ["header list"];
    ALONE flood::settings_flood: ["own-h2-02"] ["settings", "flood"];
    ALONE flood::ping_flood: ["own-h2-03"] ["ping", "flood"];
    ALONE flood::priority_flood: ["own-h2-09"] ["priority", "flood"];
    ALONE flood::window_overflow: ["own-h2-04"] ["window", "overflow"];
    TOGETHER http2::shut_window: ["sm-55"] ["zero-window"];
    TOGETHER http2::wrong_length: ["sm-57"] ["h2", "content-length"];
    TOGETHER http2::many_streams: ["sm-58"] ["concurrent streams"] ["streams on one connection"];
    TOGETHER http2::malformed_heads: ["own-h2-05"] ["h2", "upper"] ["h2", "connection-specific"] ["h2", "pseudo"]
        ["h2", "transfer-encoding"]
        ["h2", "crlf"] ["h2", ":path"] ["h2", "zero-length"];
    TOGETHER http2::wrong_order: ["own-h2-08"] ["h2", "before headers"] ["h2", "stream id"] ["h2", "even ids"];
    TOGETHER http2::two_hosts: ["own-h2-06"] ["h2", "authority"];
    TOGETHER http2::public_suite: ["sm-60"] ["h2spec"];
}
