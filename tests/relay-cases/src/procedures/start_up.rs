//! Configurations that must not start, found by what the case's title says is wrong.

use std::path::{Path, PathBuf};

use super::bench::Bench;
use super::verdict::Stop;
use super::words::has_all;
use crate::relay::{Profile, StartUp, config_text, try_start};
use crate::world::{namespace, write_private};

/// What is wrong, and what the refusal must say.
struct Fault {
    /// All of these words are in the title.
    words: &'static [&'static str],
    /// Settings, as TOML; an empty value takes the setting away.
    changes: &'static [(&'static str, &'static str)],
    /// A part of the refusal: the setting's name, or what to write.
    says: &'static str,
}

const FAULTS: &[Fault] = &[
    Fault {
        words: &["server key", "without access"],
        changes: &[("access.invites", ""), ("access.images_per_day", "")],
        says: "access",
    },
    Fault {
        words: &["without", "budget"],
        changes: &[("access.images_per_day", ""), ("access.invites", NO_BUDGET)],
        says: "images_per_day",
    },
    Fault { words: &["origin *"], changes: &[("allowed_origins", "[\"*\"]")], says: "allowed_origins" },
    Fault { words: &["unknown config key"], changes: &[("listn", "\"127.0.0.1:1\"")], says: "listn" },
    Fault { words: &["unknown", "limits"], changes: &[("limits.body_byts", "1")], says: "body_byts" },
    Fault {
        words: &["trailing slash"],
        changes: &[("allowed_origins", "[\"https://app.example/\"]")],
        says: "https://app.example",
    },
    Fault {
        words: &["origin with path"],
        changes: &[("allowed_origins", "[\"https://app.example/page\"]")],
        says: "https://app.example",
    },
    Fault {
        words: &["body cap above memory cap"],
        changes: &[("limits.body_bytes", "2147483648"), ("limits.in_flight_bytes", "1073741824")],
        says: "body_bytes",
    },
    Fault { words: &["image host", "\"*\""], changes: &[("images.hosts", "[\"*\"]")], says: "hosts" },
    Fault {
        words: &["image host", "*.aliyuncs.com"],
        changes: &[("images.hosts", "[\"*.aliyuncs.com\"]")],
        says: "hosts",
    },
    Fault {
        words: &["upstream", "http:"],
        changes: &[("regions.test.upstream", "\"http://api.example\"")],
        says: "upstream",
    },
    Fault {
        words: &["plain http", "upstream"],
        changes: &[("regions.test.upstream", "\"http://api.example\"")],
        says: "upstream",
    },
    Fault {
        words: &["upstream", "userinfo"],
        changes: &[("regions.test.upstream", "\"https://user:word@api.example\"")],
        says: "upstream",
    },
    Fault {
        words: &["upstream", "path"],
        changes: &[("regions.test.upstream", "\"https://api.example/v1\"")],
        says: "upstream",
    },
    Fault {
        words: &["key", "not set"],
        changes: &[("regions.test.key_env", "\"NOBODY_SET_THIS\"")],
        says: "key_env",
    },
    Fault {
        words: &["key", "empty"],
        changes: &[("regions.test.key_env", "\"NOBODY_SET_THIS\"")],
        says: "key_env",
    },
    Fault { words: &["token", "plain"], changes: &[("access.invites", PLAIN_TOKEN)], says: "token_sha256" },
    Fault { words: &["invite", "twice"], changes: &[("access.invites", TWICE)], says: "invites" },
    Fault { words: &["limit", "zero"], changes: &[("limits.body_bytes", "0")], says: "body_bytes" },
    Fault {
        words: &["timeout", "zero"],
        changes: &[("limits.total_timeout", "\"0s\"")],
        says: "total_timeout",
    },
    Fault {
        words: &["timeout", "negative"],
        changes: &[("limits.total_timeout", "\"-1s\"")],
        says: "total_timeout",
    },
    Fault {
        words: &["prox", "everybody"],
        changes: &[("trusted_proxies", "[\"0.0.0.0/0\"]")],
        says: "trusted_proxies",
    },
    Fault {
        words: &["prox", "0.0.0.0/0"],
        changes: &[("trusted_proxies", "[\"0.0.0.0/0\"]")],
        says: "trusted_proxies",
    },
    Fault {
        words: &["prox", "not an address"],
        changes: &[("trusted_proxies", "[\"my-proxy\"]")],
        says: "trusted_proxies",
    },
    Fault { words: &["public_url"], changes: &[("public_url", "\"relay.example\"")], says: "public_url" },
    Fault {
        words: &["keep_pictures", "without"],
        changes: &[("keep_pictures", "true"), ("state_dir", "")],
        says: "state_dir",
    },
    Fault {
        words: &["pictures", "without", "state"],
        changes: &[("keep_pictures", "true"), ("state_dir", "")],
        says: "state_dir",
    },
    Fault {
        words: &["tls", "key"],
        changes: &[("tls.cert_file", "\"nowhere.pem\""), ("tls.key_file", "\"nowhere.pem\"")],
        says: "tls",
    },
    Fault { words: &["certificate"], changes: &[("ca_file", "\"nowhere.pem\"")], says: "ca_file" },
    Fault { words: &["models", "empty"], changes: &[("regions.test.models", "[]")], says: "models" },
    // Less exact ones, for titles that say less.
    Fault {
        words: &["upstream", "http"],
        changes: &[("regions.test.upstream", "\"http://api.example\"")],
        says: "upstream",
    },
    Fault {
        words: &["upstream", "query"],
        changes: &[("regions.test.upstream", "\"https://api.example/?a=b\"")],
        says: "upstream",
    },
    Fault {
        words: &["trusted", "all"],
        changes: &[("trusted_proxies", "[\"0.0.0.0/0\"]")],
        says: "trusted_proxies",
    },
    Fault {
        words: &["trusted prox"],
        changes: &[("trusted_proxies", "[\"0.0.0.0/0\"]")],
        says: "trusted_proxies",
    },
    Fault { words: &["timeout"], changes: &[("limits.total_timeout", "\"0s\"")], says: "total_timeout" },
    Fault { words: &["negative"], changes: &[("limits.body_bytes", "-1")], says: "body_bytes" },
    Fault { words: &["zero"], changes: &[("limits.body_bytes", "0")], says: "body_bytes" },
    Fault { words: &["upstream"], changes: &[("regions.test.upstream", "\"nonsense\"")], says: "upstream" },
];

const PLAIN_TOKEN: &str = "[{ name = \"first\", token_sha256 = \"a-token-in-clear\", images_per_day = 1 }]";
const NO_BUDGET: &str = "[{ name = \"first\", token_sha256 = \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\" }]";
const TWICE: &str = "[\
    { name = \"first\", token_sha256 = \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", images_per_day = 1 }, \
    { name = \"first\", token_sha256 = \"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\", images_per_day = 1 }]";

/// Starts the relay with the fault the title names.
pub(super) async fn refused(bench: &mut Bench<'_>) -> Result<(), Stop> {
    let words = bench.case.title.to_lowercase();
    match words.as_str() {
        text if text.contains("argv") => return key_on_command_line(bench).await,
        text if text.contains("0644") || text.contains("readable by others") => {
            return open_key_file(bench).await;
        }
        text if text.contains("two instances") => return two_instances(bench).await,
        text if text.contains("state dir") && text.contains("writ") => return read_only_state(bench).await,
        text if text.contains("port") && text.contains("use") => return port_in_use(bench).await,
        _ => {}
    }
    let fits = |fault: &&Fault| has_all(&words, fault.words);
    let faults: Vec<&Fault> = FAULTS.iter().filter(fits).collect();
    if faults.is_empty() {
        return Err(Stop::Skipped(format!("nobody here knows how to make this fault: {}", bench.case.title)));
    }
    bench_is_good(bench).await?;
    // "With path or trailing slash" are two faults; each must be refused.
    let either = words.contains(" or ");
    for fault in faults.iter().take(if either { 3 } else { 1 }) {
        let changed =
            fault.changes.iter().fold(profile(bench), |profile, (key, value)| profile.with(key, value));
        let start = start(bench, &changed, &[]).await?;
        require_refusal(bench, &start, fault.says);
    }
    Ok(())
}

fn profile(bench: &Bench<'_>) -> Profile {
    Profile::of(bench.mode)
}

/// Without the fault the relay starts: otherwise a refusal would mean nothing.
async fn bench_is_good(bench: &mut Bench<'_>) -> Result<(), Stop> {
    let good = start(bench, &profile(bench), &[]).await?;
    bench.require(good.exit_code.is_none(), || format!("without the fault: {}", last_line(&good.output)));
    Ok(())
}

async fn start(bench: &mut Bench<'_>, profile: &Profile, arguments: &[&str]) -> Result<StartUp, Stop> {
    let (site, secrets) = (bench.pool.site.clone(), bench.pool.secrets.clone());
    let folder = folder(bench)?;
    let config = folder.join("relay.toml");
    write_private(&config, &config_text(&site, &secrets, profile, &folder.join("state")))?;
    let config = config.display().to_string();
    let start = try_start(&site, &secrets, &[&["--config", &config], arguments].concat()).await?;
    for (name, secret) in secrets.canaries() {
        bench.require(!start.output.contains(secret), || format!("the refusal tells {name}"));
    }
    Ok(start)
}

fn folder(bench: &Bench<'_>) -> Result<PathBuf, Stop> {
    let folder = bench.pool.site.scratch.join(format!("start-up-{}", bench.case.id));
    std::fs::create_dir_all(folder.join("state"))?;
    Ok(folder)
}

fn require_refusal(bench: &mut Bench<'_>, start: &StartUp, says: &str) {
    let said = last_line(&start.output);
    let code = start.exit_code;
    bench.require(start.was_refused(), || format!("not refused (exit code {code:?}): {said}"));
    bench.require(start.output.contains(says), || format!("the refusal does not name {says}: {said}"));
    bench.note(said);
}

fn last_line(output: &str) -> String {
    output.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("without a word").trim().to_owned()
}

/// A key among the arguments would be seen by every user of the machine.
async fn key_on_command_line(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const KEY: &str = "sk-canary-argument-0123456789";
    let tables = format!("regions.test.key = \"{KEY}\"");
    for arguments in [vec!["--key", KEY], vec!["--api-key", KEY], vec!["--set", tables.as_str()]] {
        let start = start(bench, &profile(bench), &arguments).await?;
        let code = start.exit_code;
        bench.require(start.was_refused(), || format!("{} was taken (exit code {code:?})", arguments[0]));
    }
    Ok(())
}

async fn open_key_file(bench: &mut Bench<'_>) -> Result<(), Stop> {
    use std::os::unix::fs::PermissionsExt as _;
    let file = folder(bench)?.join("key");
    std::fs::write(&file, "sk-canary-in-a-file-0123456789\n")?;
    let profile = Profile::of(crate::case_file::KeyMode::ServerKey);
    let profile = profile.with("regions.test.key_env", "");
    let profile = profile.with("regions.test.key_file", &format!("\"{}\"", file.display()));
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600))?;
    let good = start(bench, &profile, &[]).await?;
    bench.require(good.exit_code.is_none(), || format!("with mode 0600: {}", last_line(&good.output)));
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644))?;
    let open = start(bench, &profile, &[]).await?;
    require_refusal(bench, &open, "key_file");
    Ok(())
}

async fn two_instances(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open_alone(Profile::of(bench.mode)).await?;
    let state = bench.relay()?.state_dir().to_owned();
    let second = profile(bench).with("state_dir", &toml_path(&state));
    let second = start(bench, &second, &[]).await?;
    require_refusal(bench, &second, "state_dir");
    let running = bench.relay()?.is_running();
    bench.require(running, || "the first one ended".to_owned());
    Ok(())
}

async fn read_only_state(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench_is_good(bench).await?;
    let state = folder(bench)?.join("read-only");
    std::fs::create_dir_all(&state)?;
    namespace::make_read_only(&state)?;
    let start = start(bench, &profile(bench).with("state_dir", &toml_path(&state)), &[]).await;
    namespace::unmount(&state)?;
    require_refusal(bench, &start?, "state_dir");
    Ok(())
}

async fn port_in_use(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open_alone(Profile::of(bench.mode)).await?;
    let port = bench.relay()?.address.port;
    let second = start(bench, &profile(bench).with("listen", &format!("\"0.0.0.0:{port}\"")), &[]).await?;
    require_refusal(bench, &second, "listen");
    Ok(())
}

fn toml_path(path: &Path) -> String {
    format!("\"{}\"", path.display())
}
