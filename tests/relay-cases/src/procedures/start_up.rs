//! Configurations that must not start, found by what the case's title says is wrong.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::bench::Bench;
use super::faults::{self, Change};
use super::verdict::Stop;
use crate::case_file::KeyMode;
use crate::relay::{Profile, StartUp, config_text, try_start};
use crate::world::namespace;

/// A key, as it may stand in a configuration or among the arguments. Nothing that is printed may hold it.
const KEY: &str = "sk-canary-argument-0123456789";
/// How every key of these cases begins.
const KEYS_BEGIN: &str = "sk-canary-argument";

/// Starts the relay with the fault the title names.
pub(super) async fn refused(bench: &mut Bench<'_>) -> Result<(), Stop> {
    let words = bench.case.title.to_lowercase();
    match words.as_str() {
        text if text.contains("key") && (text.contains("argv") || text.contains("command line")) => {
            return key_on_command_line(bench).await;
        }
        text if text.contains("two instances") => return two_instances(bench).await,
        text if text.contains("state dir") && text.contains("writ") => return read_only_state(bench).await,
        text if text.contains("port") && text.contains("use") => return port_in_use(bench).await,
        _ => {}
    }
    let found = faults::find(&words);
    if found.faults.is_empty() {
        return Err(Stop::Skipped(format!("nobody here knows how to make this fault: {}", bench.case.title)));
    }
    write_files(bench)?;
    for fault in &found.faults {
        good_start(bench, &fault.change).await?;
        let start = start(bench, &fault.change).await?;
        require_refusal(bench, &start, fault.names);
    }
    if !found.unexplained.is_empty() {
        bench.note(format!(
            "the fault was guessed from the title, without \"{}\"",
            found.unexplained.join(" ")
        ));
    }
    Ok(())
}

/// Without the fault the relay starts: otherwise a refusal would mean nothing.
async fn good_start(bench: &mut Bench<'_>, change: &Change) -> Result<(), Stop> {
    const TLS: Change = Change::Many(&[
        ("public_url", "\"https://relay.example\""),
        ("tls.cert_file", "\"{CERT}\""),
        ("tls.key_file", "\"{KEY}\""),
    ]);
    const KEY_FILE: Change =
        Change::Many(&[("regions.test.key_env", ""), ("regions.test.key_file", "\"{FOLDER}/key-0600\"")]);
    const USUAL: Change = Change::Many(&[]);
    const WITH_KEY: Change = Change::One("regions.test.key", "\"server\"");
    let touches = |start: &str| change.settings().iter().any(|(name, _)| name.starts_with(start));
    let good = match () {
        () if touches("tls.") => TLS,
        () if touches("regions.test.key_file") => KEY_FILE,
        () if change.needs_own_key() => WITH_KEY,
        () => USUAL,
    };
    let good = start(bench, &good).await?;
    bench.require(good.exit_code.is_none(), || format!("without the fault: {}", last_line(&good.output)));
    Ok(())
}

/// The relay of the case's mode, or of the only mode in which it can be wrong like this.
fn profile(bench: &Bench<'_>, change: &Change) -> Profile {
    Profile::of(if change.needs_own_key() { KeyMode::ServerKey } else { bench.mode })
}

/// Starts the relay with something changed.
async fn start(bench: &mut Bench<'_>, change: &Change) -> Result<StartUp, Stop> {
    let folder = folder(bench)?;
    let change_one =
        |profile: Profile, (name, value): (&str, &str)| profile.with(name, &filled(value, bench, &folder));
    let changed = change.settings().into_iter().fold(profile(bench, change), change_one);
    start_as(bench, &changed, change).await
}

/// Starts the relay of the case's mode with one setting that is known only now.
async fn start_with(bench: &mut Bench<'_>, name: &str, value: &str) -> Result<StartUp, Stop> {
    let changed = Profile::of(bench.mode).with(name, value);
    start_as(bench, &changed, &Change::Many(&[])).await
}

/// Starts the relay with these settings, and with whatever else than settings is changed.
async fn start_as(bench: &mut Bench<'_>, settings: &Profile, change: &Change) -> Result<StartUp, Stop> {
    let (site, mut secrets) = (bench.pool.site.clone(), bench.pool.secrets.clone());
    let folder = folder(bench)?;
    let config = folder.join("relay.toml");
    let mut text = config_text(&site, &secrets, settings, &folder.join("state")).into_bytes();
    let mut arguments = vec!["--config".to_owned(), config.display().to_string()];
    match change {
        Change::File(whole) => text = whole.to_vec(),
        Change::Added(lines) => text.extend_from_slice(lines.as_bytes()),
        Change::KeyVariable(value) => secrets.server_key = (*value).to_owned(),
        Change::NoFile => arguments[1] = folder.join("nowhere.toml").display().to_string(),
        Change::Arguments(more) => arguments.extend(more.iter().map(|argument| (*argument).to_owned())),
        Change::One(..) | Change::Many(_) => {}
    }
    fs::write(&config, text)?;
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let start = try_start(&site, &secrets, &arguments).await?;
    let known = bench.pool.secrets.clone();
    for (name, secret) in known.canaries().into_iter().chain([("the key it was given", KEYS_BEGIN)]) {
        bench.require(!start.output.contains(secret), || format!("the refusal tells {name}"));
    }
    Ok(start)
}

/// A value with the places and hashes of this run.
fn filled(value: &str, bench: &Bench<'_>, folder: &Path) -> String {
    let site = &bench.pool.site;
    let texts = [
        ("{FOLDER}", folder.display().to_string()),
        ("{CERT}", site.certificate_file.display().to_string()),
        ("{KEY}", site.key_file.display().to_string()),
        // Hashes need only look like some.
        ("{HASH}", "a".repeat(64)),
        ("{HASH_UPPER}", "A".repeat(64)),
        ("{HASH2}", "b".repeat(64)),
    ];
    texts.iter().fold(value.to_owned(), |value, (name, text)| value.replace(name, text))
}

fn folder(bench: &Bench<'_>) -> Result<PathBuf, Stop> {
    let folder = bench.pool.site.scratch.join(format!("start-up-{}", bench.case.id));
    fs::create_dir_all(folder.join("state"))?;
    Ok(folder)
}

/// Good and bad files, which the faults name.
fn write_files(bench: &Bench<'_>) -> Result<(), Stop> {
    let folder = folder(bench)?;
    let write = |name: &str, mode: u32, text: &str| {
        let file = folder.join(name);
        fs::write(&file, text)?;
        fs::set_permissions(&file, fs::Permissions::from_mode(mode))
    };
    let key = format!("{KEY}\n");
    for mode in [0o600, 0o604, 0o640, 0o644, 0o660] {
        write(&format!("key-{mode:04o}"), mode, &key)?;
    }
    write("key-empty", 0o600, "")?;
    write("key-two-lines", 0o600, &key.repeat(2))?;
    write("plain-file", 0o600, "x")?;
    write("junk.pem", 0o600, "no certificate\n")?;
    write("empty.pem", 0o600, "")?;
    write("open-key.pem", 0o644, &fs::read_to_string(&bench.pool.site.key_file)?)?;
    let other = rcgen::KeyPair::generate().map_err(anyhow::Error::from)?;
    write("other-key.pem", 0o600, &other.serialize_pem())?;
    fs::create_dir_all(folder.join("key-folder"))?;
    Ok(fs::set_permissions(folder.join("key-folder"), fs::Permissions::from_mode(0o700))?)
}

fn require_refusal(bench: &mut Bench<'_>, start: &StartUp, names: &[&str]) {
    let said = last_line(&start.output);
    let code = start.exit_code;
    if !start.was_refused() {
        bench.problem(format!("not refused (exit code {code:?}): {said}"));
        return;
    }
    for name in names {
        bench.require(start.output.contains(name), || format!("the refusal does not name {name}: {said}"));
    }
    bench.note(said);
}

fn last_line(output: &str) -> String {
    output.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("without a word").trim().to_owned()
}

/// A key among the arguments would be seen by every user of the machine.
async fn key_on_command_line(bench: &mut Bench<'_>) -> Result<(), Stop> {
    const WAYS: [&[&str]; 4] = [
        &["--key", KEY],
        &["--api-key", KEY],
        &["--set", "regions.test.key = \"sk-canary-argument-0123456789\""],
        &[KEY],
    ];
    good_start(bench, &Change::Many(&[])).await?;
    for way in WAYS {
        let start = start(bench, &Change::Arguments(way)).await?;
        let code = start.exit_code;
        bench.require(start.was_refused(), || format!("{} was taken (exit code {code:?})", way[0]));
    }
    Ok(())
}

async fn two_instances(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open_alone(Profile::of(bench.mode)).await?;
    let state = bench.relay()?.state_dir().to_owned();
    let second = start_with(bench, "state_dir", &toml_path(&state)).await?;
    require_refusal(bench, &second, &["state_dir"]);
    let running = bench.relay()?.is_running();
    bench.require(running, || "the first one ended".to_owned());
    Ok(())
}

async fn read_only_state(bench: &mut Bench<'_>) -> Result<(), Stop> {
    good_start(bench, &Change::Many(&[])).await?;
    let state = folder(bench)?.join("read-only");
    std::fs::create_dir_all(&state)?;
    namespace::make_read_only(&state)?;
    let start = start_with(bench, "state_dir", &toml_path(&state)).await;
    namespace::unmount(&state)?;
    require_refusal(bench, &start?, &["state_dir"]);
    Ok(())
}

async fn port_in_use(bench: &mut Bench<'_>) -> Result<(), Stop> {
    bench.open_alone(Profile::of(bench.mode)).await?;
    let port = bench.relay()?.address.port;
    let second = start_with(bench, "listen", &format!("\"0.0.0.0:{port}\"")).await?;
    require_refusal(bench, &second, &["listen"]);
    Ok(())
}

fn toml_path(path: &Path) -> String {
    format!("\"{}\"", path.display())
}
