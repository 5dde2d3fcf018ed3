//! Faults of what the settings say.

use super::Change::{Added, Many, One};
use super::faults;

const HTTPS: &str = "\"https://relay.example\"";
const CERT: &str = "\"{CERT}\"";
const TLS_KEY: &str = "\"{KEY}\"";
const NO_BUDGET: &str = "[{ name = \"first\", token_sha256 = \"{HASH}\" }]";

/// The list of invitations.
macro_rules! invites {
    ($($invite:literal),+) => { One("access.invites", concat!("[", $("{ ", $invite, " }, "),+, "]")) };
}

faults! {
    // Who may use the relay, and how much.
    Many(&[("access.invites", ""), ("access.images_per_day", "")]) => ["access"]:
        ["server key", "without access control"] ["server key", "without access"] ["no access control"];
    Many(&[("access.images_per_day", ""), ("access.invites", NO_BUDGET)]) => ["images_per_day"]:
        ["without", "budget"] ["no budget"] ["no budget per caller", "none in total"] ["budget missing"];
    One("state_dir", "") => ["state_dir"]:
        ["without", "state dir"] ["without state dir", "public address"] ["no state_dir"]
        ["without", "state_dir", "public address"]
        ["no state_dir", "public address"] ["public listen", "no state_dir"] ["state_dir missing"];
    One("access.images_per_day", "0") => ["access.images_per_day"]:
        ["budget zero"] ["images_per_day zero"] ["images_per_day", "zero", "!invite"] ["budget of zero"]
        ["zero budget"] ["total budget zero"] ["global budget zero"];
    One("access.images_per_day", "-1") => ["images_per_day"]:
        ["budget negative"] ["images_per_day", "negative"] ["negative budget"] ["budget below zero"];
    invites!("name = 'first', token_sha256 = '{HASH}', images_per_day = 0")
        => ["first.images_per_day"]:
        ["invite", "budget zero"] ["invite", "budget of zero"] ["invite", "images_per_day", "zero"]
        ["caller", "budget", "zero"];
    invites!("name = 'first', token_sha256 = '{HASH}', images_per_day = 1, requests_per_minute = 0")
        => ["requests_per_minute"]:
        ["rate limit zero"] ["rate limit of zero"] ["rate", "zero"] ["requests per minute", "zero"]
        ["requests_per_minute", "zero"];
    invites!("name = 'first', token_sha256 = '{HASH}', images_per_day = 1, calls_at_once = 0")
        => ["calls_at_once"]:
        ["calls at once", "zero"] ["calls_at_once", "zero"] ["concurrency zero"] ["concurrency", "zero"];
    invites!("name = 'first', token_sha256 = 'a-token-in-clear', images_per_day = 1")
        => ["token_sha256"]:
        ["token", "plain"] ["token", "plain text"] ["invite", "token", "plain text"] ["token", "clear"]
        ["token", "not hashed"];
    invites!("name = 'first', token_sha256 = 'aaaaaaaaaaaaaaaa', images_per_day = 1")
        => ["token_sha256"]:
        ["hash too short"] ["token hash too short"] ["token hash", "short"] ["token", "too short"] ["short token"];
    invites!("name = 'first', token_sha256 = '{HASH}', images_per_day = 1",
             "name = 'other', token_sha256 = '{HASH_UPPER}', images_per_day = 1")
        => ["access.invites"]:
        ["duplicate token"] ["token", "twice"] ["same token"] ["two invites", "one token"]
        ["two invites", "same token"];
    invites!("name = 'first', token_sha256 = '{HASH}', images_per_day = 1",
             "name = 'first', token_sha256 = '{HASH2}', images_per_day = 1")
        => ["access.invites"]:
        ["duplicate invite"] ["duplicate invite name"] ["invite", "twice"] ["invite listed twice"]
        ["duplicate name"];
    invites!("token_sha256 = '{HASH}', images_per_day = 1")
        => ["access.invites", "name"]: ["invite without name"] ["invite", "without", "name"] ["invite", "no name"];
    invites!("name = '', token_sha256 = '{HASH}', images_per_day = 1")
        => ["access.invites", "name"]: ["invite", "empty name"] ["invite name empty"];
    One("access.invites", "[]") => ["access.invites"]: ["invites empty"] ["no invites"] ["empty list of invites"];

    // Names nobody knows.
    One("listn", "\"127.0.0.1:1\"") => ["listn"]:
        ["unknown config key"] ["unknown config key", "typo"] ["unknown setting"] ["unknown key"];
    Added("\n[pictures2]\nx = 1\n") => ["pictures2"]: ["unknown table"] ["unknown section"];
    One("limits.body_byts", "1") => ["limits.body_byts"]: ["unknown", "limits"] ["unknown", "limit"];
    One("regions.test.upstrem", "\"x\"") => ["regions.test.upstrem"]: ["unknown", "region"];
    One("access.images_a_day", "1") => ["access.images_a_day"]: ["unknown", "access"];
    One("images.host", "[]") => ["images.host"]: ["unknown", "images"] ["unknown", "image"];
    Many(&[("public_url", HTTPS), ("tls.cert_file", CERT), ("tls.key_file", TLS_KEY), ("tls.cert", "\"x\"")])
        => ["tls.cert"]: ["unknown", "tls"];
    invites!("name = 'first', token_sha256 = '{HASH}', images_per_day = 1, budget = 1")
        => ["access.invites"]: ["unknown", "invite"];

    // Origins and addresses.
    One("allowed_origins", "[\"*\"]") => ["allowed_origins"]:
        ["origin *"] ["allowed origin *"] ["server key", "allowed origin *"];
    One("allowed_origins", "[\"https://app.example/\"]") => ["allowed_origins"]:
        ["trailing slash"] ["origin", "trailing slash"];
    One("allowed_origins", "[\"https://app.example/page\"]") => ["allowed_origins"]:
        ["origin with path"] ["allowed origin with path"] ["origin with a path"];
    One("allowed_origins", "[\"app.example\"]") => ["allowed_origins"]:
        ["origin", "not a url"] ["allowed origin", "not a url"] ["origin without scheme"]
        ["origin", "without", "scheme"];
    One("allowed_origins", "[\"null\"]") => ["allowed_origins"]: ["origin null"] ["allowed origin null"];
    One("allowed_origins", "[\"https://APP.example\"]") => ["allowed_origins"]:
        ["origin", "upper-case"] ["allowed origin", "upper-case"] ["origin", "upper case"];
    One("listen", "\"nonsense\"") => ["listen"]:
        ["listen address invalid"] ["listen", "host name"] ["listen", "invalid"] ["bad listen address"]
        ["listen", "not an address"] ["invalid listen address"];
    One("listen", "\"0.0.0.0\"") => ["listen"]: ["listen", "without a port"] ["listen", "without port"];
    One("allowed_origins", "[\"https://*.example\"]") => ["allowed_origins"]:
        ["origin", "wildcard"] ["origin", "pattern"];
    One("allowed_origins", "[\"https://user@app.example\"]") => ["allowed_origins"]:
        ["origin", "userinfo"] ["origin", "credentials"];
    One("allowed_origins", "[\"https://app.example:443\"]") => ["allowed_origins"]:
        ["origin", "default port"] ["origin", ":443"];
    One("allowed_origins", "\"https://app.example\"") => ["allowed_origins"]:
        ["allowed_origins", "not a list"] ["origins", "not a list"];
    One("public_url", "") => ["public_url"]:
        ["without public_url"] ["public_url missing", "public address"] ["listen", "0.0.0.0", "without public_url"]
        ["public_url missing"] ["missing public_url"] ["no public_url"];
    One("public_url", "\"http://relay.example/x\"") => ["public_url"]:
        ["public_url", "path"] ["public_url with path"];
    One("public_url", "\"http://relay.example/\"") => ["public_url"]:
        ["public_url", "trailing slash"] ["public_url", "slash"];
    One("public_url", "\"http://relay.example\"") => ["public_url"]:
        ["public_url", "http", "public host"] ["public_url", "plain http"];
    One("public_url", "\"relay.example\"") => ["public_url"]:
        ["public_url", "not a url"] ["public_url", "without scheme"] ["public_url invalid"];
    One("admin_listen", "\"0.0.0.0:17998\"") => ["admin_listen"]:
        ["admin and public", "one port"] ["admin and public listener", "one port"] ["admin_listen", "same as listen"]
        ["admin_listen", "listen", "same"] ["admin and public port", "same"] ["admin", "same port"]
        ["admin", "one port"];
    One("trusted_proxies", "[\"0.0.0.0/0\"]") => ["trusted_proxies"]:
        ["trusted prox", "everybody"] ["trusted prox", "0.0.0.0/0"] ["trusted prox", "all"] ["trust all proxies"];
    One("trusted_proxies", "[\"::/0\"]") => ["trusted_proxies"]: ["trusted prox", "::/0"];
    One("trusted_proxies", "[\"my-proxy\"]") => ["trusted_proxies"]:
        ["trusted prox", "not an address"] ["trusted prox", "name"] ["trusted prox", "invalid"];
    One("trusted_proxies", "[\"10.0.0.0/33\"]") => ["trusted_proxies"]:
        ["trusted prox", "/33"] ["trusted prox", "prefix"];

    // Where calls and pictures go.
    One("regions.test.upstream", "\"http://api.example\"") => ["regions.test.upstream"]:
        ["upstream", "plain http"] ["upstream", "plain http://", "elsewhere than loopback"] ["upstream", "http:"]
        ["upstream http"] ["plain http", "upstream"];
    One("regions.test.upstream", "\"https://user:word@api.example\"") => ["regions.test.upstream"]:
        ["upstream", "userinfo"] ["upstream", "credentials"] ["upstream", "password"];
    One("regions.test.upstream", "\"https://api.example/v1\"") => ["regions.test.upstream"]:
        ["upstream", "path"];
    One("regions.test.upstream", "\"https://api.example?a=b\"") => ["regions.test.upstream"]:
        ["upstream", "query"];
    One("regions.test.upstream", "\"https://10.0.0.5\"") => ["regions.test.upstream"]:
        ["upstream", "private ip"] ["upstream", "ip address", "private range"] ["upstream", "private address"]
        ["upstream", "private"];
    One("regions.test.upstream", "\"ftp://api.example\"") => ["regions.test.upstream"]:
        ["upstream", "ftp"] ["upstream", "other scheme"];
    One("regions.test.upstream", "") => ["regions.test", "upstream"]:
        ["upstream missing"] ["missing upstream"] ["without upstream"] ["no upstream"];
    One("regions.test.upstream", "\"nonsense\"") => ["regions.test.upstream"]:
        ["upstream", "not a url"] ["upstream invalid"] ["invalid upstream"] ["upstream without scheme"];
    One("regions.\"a/b\".upstream", "\"https://x.example\"") => ["regions"]:
        ["region id", "slash"] ["bad region id"] ["region id", "invalid"] ["invalid region id"];
    One("regions.\"A\".upstream", "\"https://x.example\"") => ["regions"]:
        ["region id", "upper"] ["region id", "upper case"] ["region id", "upper-case"]
        ["region id", "upper case letters"];
    One("regions.jobs.upstream", "\"https://x.example\"") => ["regions"]:
        ["region id", "reserved"] ["region id", "jobs"] ["region named jobs"];
    One("regions.test.models", "[]") => ["regions.test.models"]:
        ["models empty"] ["models", "empty"] ["empty models"];
    One("regions.test.max_images", "0") => ["regions.test.max_images"]:
        ["max n zero"] ["max_images zero"] ["max images zero"] ["max_images", "0"] ["max n", "0"];
    One("images.hosts", "[\"*\"]") => ["images.hosts"]:
        ["image host", "\"*\""] ["image host *"] ["image hosts *"];
    One("images.hosts", "[\"*.aliyuncs.com\"]") => ["images.hosts"]:
        ["image host", "*.aliyuncs.com"] ["image host", "too wide"];
    One("images.hosts", "[\"https://x.example\"]") => ["images.hosts"]:
        ["image host", "scheme"] ["image host", "url"];
    One("images.hosts", "[\"10.0.0.1\"]") => ["images.hosts"]:
        ["image host", "ip address"] ["image host", "address"];
    One("images.hosts", "[\"pictures.example.com:443\"]") => ["images.hosts"]:
        ["image host", "port"];
    One("images.hosts", "[\"pictures.example.com/a\"]") => ["images.hosts"]:
        ["image host", "path"];
    One("images.hosts", "[\"Pictures.example.com\"]") => ["images.hosts"]:
        ["image host", "upper case"] ["image host", "upper-case"];
    One("images.hosts", "[\"*.co.uk\"]") => ["images.hosts"]:
        ["image host", "*.co.uk"] ["image host", "public suffix"];
    One("images.hosts", "[\"localhost\"]") => ["images.hosts"]: ["image host", "localhost"];
    One("images.hosts", "[\"a b.example.com\"]") => ["images.hosts"]:
        ["image host", "space"] ["image host", "spaces"];
    One("images.hosts", "[\"\"]") => ["images.hosts"]: ["image host", "empty string"] ["empty image host"];

    // Limits.
    Many(&[("limits.body_bytes", "2147483648"), ("limits.in_flight_bytes", "1073741824")]) => ["limits.body_bytes"]:
        ["body cap above memory cap"] ["body limit", "in-flight limit"] ["body limit larger than in-flight limit"]
        ["body", "above", "in-flight"];
    One("limits.body_bytes", "0") => ["limits.body_bytes"]:
        ["body cap zero"] ["body limit zero"] ["limit zero"] ["limit", "zero bytes"] ["zero limit"]
        ["body_bytes", "zero"] ["body", "zero bytes"];
    One("limits.body_bytes", "-1") => ["limits.body_bytes"]:
        ["negative limit"] ["limit negative"] ["body cap negative"] ["body limit negative"]
        ["body_bytes", "negative"];
    One("limits.body_bytes", "\"many\"") => ["limits.body_bytes"]:
        ["limit not a number"] ["limit", "not a number"] ["limit", "text"];
    One("limits.connections", "0") => ["limits.connections"]:
        ["connections zero"] ["zero connections"] ["connection limit zero"];
    One("limits.connections_per_ip", "0") => ["limits.connections_per_ip"]:
        ["connections per ip zero"] ["connections_per_ip zero"];
    One("limits.calls", "0") => ["limits.calls"]: ["calls zero"] ["zero calls"] ["call limit zero"];
    One("limits.state_bytes", "0") => ["limits.state_bytes"]:
        ["state bytes zero"] ["state_bytes zero"] ["state limit zero"];
    One("limits.image_bytes", "0") => ["limits.image_bytes"]:
        ["image bytes zero"] ["image cap zero"] ["image limit zero"] ["picture limit zero"];
    One("limits.answer_bytes", "0") => ["limits.answer_bytes"]:
        ["answer bytes zero"] ["answer cap zero"] ["answer limit zero"];
    One("limits.total_timeout", "\"0s\"") => ["limits.total_timeout"]:
        ["timeout zero"] ["timeout of zero"] ["zero timeout"] ["total timeout zero"] ["total_timeout", "zero"];
    One("limits.total_timeout", "\"-1s\"") => ["limits.total_timeout"]:
        ["timeout negative"] ["negative timeout"] ["total timeout negative"] ["total_timeout", "negative"];
    One("limits.total_timeout", "300") => ["limits.total_timeout"]:
        ["timeout without unit"] ["timeout", "without", "unit"];
    One("limits.idle_timeout", "\"never\"") => ["limits.idle_timeout"]:
        ["timeout", "not a duration"] ["timeout", "not a time"] ["idle timeout", "never"];
    One("limits.header_timeout", "\"0s\"") => ["limits.header_timeout"]:
        ["header timeout zero"] ["header_timeout", "zero"];
    One("limits.header_timeout", "\"-1s\"") => ["limits.header_timeout"]:
        ["header timeout negative"] ["header_timeout", "negative"];
    One("limits.body_timeout", "\"0s\"") => ["limits.body_timeout"]: ["body timeout zero"] ["body_timeout", "zero"];
    One("limits.body_timeout", "\"-1s\"") => ["limits.body_timeout"]:
        ["body timeout negative"] ["body_timeout", "negative"];
    One("limits.write_timeout", "\"0s\"") => ["limits.write_timeout"]:
        ["write timeout zero"] ["write_timeout", "zero"];
    One("limits.write_timeout", "\"-1s\"") => ["limits.write_timeout"]:
        ["write timeout negative"] ["write_timeout", "negative"];
    One("limits.dns_timeout", "\"0s\"") => ["limits.dns_timeout"]: ["dns timeout zero"] ["dns_timeout", "zero"];
    One("limits.dns_timeout", "\"-1s\"") => ["limits.dns_timeout"]:
        ["dns timeout negative"] ["dns_timeout", "negative"];
    One("limits.connect_timeout", "\"0s\"") => ["limits.connect_timeout"]:
        ["connect timeout zero"] ["connect_timeout", "zero"];
    One("limits.connect_timeout", "\"-1s\"") => ["limits.connect_timeout"]:
        ["connect timeout negative"] ["connect_timeout", "negative"];
    One("limits.first_byte_timeout", "\"0s\"") => ["limits.first_byte_timeout"]:
        ["first byte timeout zero"] ["first_byte_timeout", "zero"];
    One("limits.first_byte_timeout", "\"-1s\"") => ["limits.first_byte_timeout"]:
        ["first byte timeout negative"] ["first_byte_timeout", "negative"];
    One("limits.image_timeout", "\"0s\"") => ["limits.image_timeout"]:
        ["image timeout zero"] ["image_timeout", "zero"];
    One("limits.image_timeout", "\"-1s\"") => ["limits.image_timeout"]:
        ["image timeout negative"] ["image_timeout", "negative"];
    One("limits.drain_timeout", "\"0s\"") => ["limits.drain_timeout"]:
        ["drain timeout zero"] ["drain_timeout", "zero"];
    One("limits.drain_timeout", "\"-1s\"") => ["limits.drain_timeout"]:
        ["drain timeout negative"] ["drain_timeout", "negative"];
    One("limits.job_life", "\"0s\"") => ["limits.job_life"]: ["job life zero"] ["job_life zero"] ["ttl zero"];
    Many(&[("limits.first_byte_timeout", "\"300s\""), ("limits.total_timeout", "\"100s\"")]) => ["limits.total_timeout"]:
        ["total timeout below first byte timeout"] ["total", "below", "first byte"] ["first byte", "above", "total"];
    Many(&[("limits.drain_timeout", "\"10s\""), ("limits.total_timeout", "\"300s\"")]) => ["limits.drain_timeout"]:
        ["drain timeout below total timeout"] ["drain", "below", "total"];
    One("log_format", "\"xml\"") => ["log_format"]:
        ["log format"] ["log_format"] ["unknown log format"] ["log format unknown"] ["log_format unknown"];
}
