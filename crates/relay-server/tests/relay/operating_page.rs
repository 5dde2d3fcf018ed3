//! What operators read and copy says what the program does: example settings, the page, the recipes.

use std::fs;
use std::path::Path;
use std::time::Duration;

use relay_server::config::Limits;

use crate::program::{command, run_with};
use crate::support::client;
use crate::support::{Relay, Upstream};

fn read(place: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(place)).unwrap()
}

/// The example with every setting in use that it mentions.
fn everything_on(example: &str) -> String {
    let is_setting =
        |rest: &str| rest.starts_with("   ") || !rest.starts_with([' ', '#']) && !rest.is_empty();
    let line = |line: &str| match line.strip_prefix('#') {
        Some(rest) if is_setting(rest) => format!("{rest}\n"),
        _ => format!("{line}\n"),
    };
    example.lines().map(line).collect()
}

/// The settings the program knows below `table`, which it lists when it meets one that it does not know.
fn known_settings(table: &str) -> Vec<String> {
    let minimal = "regions.a.upstream = \"https://a.example\"";
    let unknown = match table {
        "access.invites" => "access.invites = [{ nonsense = 1 }]".to_owned(),
        "" => "nonsense = 1".to_owned(),
        table => format!("{table}.nonsense = 1"),
    };
    let output = run_with("", &["--set", minimal, "--set", &unknown, "check"], &[]);
    let message = String::from_utf8(output.stderr).unwrap();
    let (_, expected) = message.split_once("expected").unwrap();
    let names: Vec<String> = expected.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    assert!(!names.is_empty(), "{message}");
    names
}

#[test]
fn every_setting_is_in_the_example() {
    let example = everything_on(&read("relay.toml")).parse::<toml::Table>().unwrap();
    let at = |path: &str| {
        let steps = path.split('.').filter(|step| !step.is_empty());
        steps.fold(toml::Value::Table(example.clone()), |value, step| match &value {
            toml::Value::Array(all) => all[0].get(step).unwrap().clone(),
            value => value.get(step).unwrap_or_else(|| panic!("{path} is not in relay.toml")).clone(),
        })
    };
    for (table, place) in
        [("", ""), ("tls", "tls"), ("access", "access"), ("images", "images"), ("limits", "limits")]
    {
        for name in known_settings(table) {
            assert!(at(place).get(&name).is_some(), "{table}.{name} is not in relay.toml");
        }
    }
    let regions = at("regions").to_string();
    let invites = at("access.invites").to_string();
    for (table, text) in [("regions.a", regions), ("access.invites", invites)] {
        for name in known_settings(table).iter().filter(|name| *name != "key_env") {
            assert!(text.contains(&format!("{name} =")), "{table}.{name} is not in relay.toml: {text}");
        }
    }
}

#[cfg(unix)]
#[test]
fn the_example_with_everything_on_is_valid() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let made = rcgen::generate_simple_self_signed(vec!["edit.example".to_owned()]).unwrap();
    fs::create_dir(file("dist")).unwrap();
    for (name, text) in [
        ("cert.pem", made.cert.pem()),
        ("authorities.pem", made.cert.pem()),
        ("key.pem", made.signing_key.serialize_pem()),
        ("dashscope-key", "sk-own".to_owned()),
        ("relay.toml", everything_on(&read("relay.toml"))),
    ] {
        fs::write(file(name), text).unwrap();
        fs::set_permissions(file(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
    let output =
        command().current_dir(folder.path()).args(["--config", "relay.toml", "check"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_example_and_the_page_have_the_default_limits() {
    let example = everything_on(&read("relay.toml")).parse::<toml::Table>().unwrap();
    let written = example["limits"].as_table().unwrap();
    assert_eq!(Limits::default(), written.clone().try_into::<Limits>().unwrap());
    let page = read("docs/operating.md");
    for name in known_settings("limits") {
        let row = format!("| `{name}` | `{}` |", written[&name]);
        assert!(page.contains(&row), "docs/operating.md has no row {row}");
    }
}

#[tokio::test]
async fn every_figure_is_on_the_page() {
    let upstream = Upstream::gone().await;
    let relay = Relay::start(&upstream, &[]).await;
    let request = client::request(relay.admin, "GET", "/metrics", &[], "");
    let answer = client::complete(client::open(relay.admin, request).await.unwrap()).await.unwrap();
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    let page = read("docs/operating.md");
    let names = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
    let missing: Vec<_> = names.filter(|name| !page.contains(&format!("`{name}"))).collect();
    assert!(missing.is_empty(), "docs/operating.md does not explain {missing:?}");
}

#[test]
fn whoever_stands_around_the_relay_is_more_patient_than_it() {
    let limits = Limits::default();
    for (place, before, patience) in [
        ("deploy/nginx.conf", "proxy_read_timeout", limits.total_timeout),
        ("deploy/Caddyfile", "response_header_timeout", limits.total_timeout),
        ("deploy/qwen-edit-relay.service", "TimeoutStopSec=", limits.drain_timeout),
        ("deploy/compose.yaml", "stop_grace_period:", limits.drain_timeout),
    ] {
        let text = read(place);
        let values: Vec<_> = text.split(before).skip(1).map(first_number).collect();
        assert!(!values.is_empty(), "{place} has no {before}");
        for value in values {
            assert!(value > patience, "{place}: {before} {value:?} against {patience:?}");
        }
    }
    assert!(limits.drain_timeout > limits.total_timeout);
}

/// Seconds.
fn first_number(text: &str) -> Duration {
    let digits: String = text.trim_start().chars().take_while(char::is_ascii_digit).collect();
    Duration::from_secs(digits.parse().unwrap())
}
