//! Bad configuration: the program ends at once, with code 2 and the setting's name.

use crate::program::run_with;

const REGION: &str = "[regions.demo]\nupstream = \"http://127.0.0.1:1\"\n";
const HELD_KEY: &str =
    "[regions.own]\nupstream = \"https://dashscope.aliyuncs.com\"\nkey = \"server\"\nkey_env = \"OWN_KEY\"\n";

/// Ends with code 2, names the setting, and repeats no key.
#[track_caller]
fn refuses(settings: &str, setting: &str, advice: &str) {
    let output = run_with(settings, &[], &[("OWN_KEY", "sk-canary-0815")]);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{settings}\n{message}");
    assert!(message.contains(setting), "{setting} is not named: {message}");
    assert!(message.contains(advice), "{advice} is not said: {message}");
    assert!(!message.contains("canary"), "{message}");
    assert!(output.stdout.is_empty());
}

#[test]
fn unknown_and_misspelt_keys_are_named() {
    refuses(&format!("listne = \"x\"\n{REGION}"), "listne", "unknown field");
    refuses(&format!("{REGION}upsteam = \"x\"\n"), "upsteam", "regions.demo");
    refuses(&format!("{REGION}[limits]\nbody_byte = 1\n"), "body_byte", "limits");
    refuses(&format!("{REGION}[images]\nhost = []\n"), "host", "images");
    refuses(&format!("api_key = \"sk-canary-0815\"\n{REGION}"), "api_key", "unknown field");
}

#[test]
fn a_broken_file_gives_its_line_but_not_its_text() {
    refuses("listen = \"127.0.0.1:0\"\nkey = sk-canary-0815\n", "line 2", "");
    let output = run_with("", &["--config", "/nonexistent/relay.toml"], &[]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn origins_are_exact() {
    for (origin, advice) in [
        ("*", "name each origin exactly"),
        ("https://*.app.example", "name each origin exactly"),
        ("https://app.example/", "write \"https://app.example\""),
        ("https://app.example/studio", "write \"https://app.example\""),
        ("app.example", "scheme, host and port only"),
    ] {
        refuses(&format!("allowed_origins = [\"{origin}\"]\n{REGION}"), "allowed_origins", advice);
    }
    refuses(
        &format!("public_url = \"https://edit.example/\"\n{REGION}"),
        "public_url",
        "write \"https://edit.example\"",
    );
    refuses(&format!("listen = \"0.0.0.0:0\"\n{REGION}"), "public_url", "is needed");
}

#[test]
fn keys_and_pictures_do_not_travel_in_clear() {
    refuses(
        "[regions.a]\nupstream = \"http://dashscope.aliyuncs.com\"\n",
        "regions.a.upstream",
        "must be https",
    );
    refuses(
        "[regions.a]\nupstream = \"https://a.example/api/v1\"\n",
        "regions.a.upstream",
        "write \"https://a.example\"",
    );
    refuses(
        &format!("{REGION}result_origins = [\"http://pictures.example\"]\n"),
        "regions.demo.result_origins",
        "must be https",
    );
}

#[test]
fn regions_are_needed_and_named_well() {
    refuses("listen = \"127.0.0.1:0\"\n", "regions", "name at least one");
    refuses("[regions.Bei_Jing]\nupstream = \"https://a.example\"\n", "regions.Bei_Jing", "a-z");
    refuses("[regions.image]\nupstream = \"https://a.example\"\n", "regions.image", "not \"image\"");
    refuses("[regions.a]\nkey = \"passthrough\"\n", "regions.a", "upstream");
}

#[test]
fn image_hosts_are_not_everybodys() {
    for host in ["*", "*.aliyuncs.com", "oss-*.com"] {
        refuses(&format!("{REGION}[images]\nhosts = [\"{host}\"]\n"), "images.hosts", "strangers");
    }
    refuses(
        &format!("{REGION}[images]\nhosts = [\"https://a.example.com\"]\n"),
        "images.hosts",
        "is not a host name",
    );
}

#[test]
fn limits_must_make_sense() {
    refuses(
        &format!("{REGION}[limits]\nbody_bytes = 2000000000\n"),
        "limits.body_bytes",
        "above limits.in_flight_bytes",
    );
    refuses(
        &format!("{REGION}[limits]\nin_flight_bytes_per_ip = 1000\n"),
        "limits.body_bytes",
        "above limits.in_flight_bytes_per_ip",
    );
    refuses(&format!("{REGION}[limits]\nimage_bytes = 0\n"), "limits.image_bytes", "at least 1");
    refuses(&format!("{REGION}[limits]\ntotal_timeout = 300\n"), "limits.total_timeout", "");
    refuses(&format!("{REGION}[limits]\ntotal_timeout = \"soon\"\n"), "limits.total_timeout", "\"10s\"");
    refuses(
        &format!("{REGION}[limits]\ntotal_timeout = \"0s\"\n"),
        "limits.total_timeout",
        "longer than zero",
    );
}

#[test]
fn times_are_ones_a_clock_can_count() {
    let limit = |name: &str, value: &str| format!("{REGION}[limits]\n{name} = \"{value}\"\n");
    let timeouts =
        ["header", "idle", "body", "write", "dns", "connect", "first_byte", "total", "image", "drain"];
    for name in timeouts.map(|name| format!("{name}_timeout")) {
        for value in ["10000000000000000000s", "86401s"] {
            refuses(&limit(&name, value), &format!("limits.{name}"), "at most \"1day\"");
        }
    }
    for value in ["10000000000000000000s", "32days"] {
        refuses(&limit("job_life", value), "limits.job_life", "at most \"31days\"");
    }
    refuses(&limit("job_life", "299s"), "limits.job_life", "at least limits.total_timeout (5m)");
    let slow = format!("{REGION}[limits]\nbody_bytes_per_second = 1\n");
    refuses(&slow, "limits.body_bytes_per_second", "could take days");
    let many = format!("{REGION}[limits]\nconnections = 9000000000000000000\n");
    refuses(&many, "limits.connections", "at most 1000000");

    let most =
        "connections = 1000000\ntotal_timeout = \"1day\"\ndrain_timeout = \"1day\"\njob_life = \"31days\"\n";
    let output = run_with(&format!("{REGION}[limits]\n{most}"), &["check"], &[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_held_key_without_access_control_stays_on_this_machine() {
    let public = "public_url = \"https://edit.example\"\n";
    refuses(&format!("listen = \"0.0.0.0:0\"\n{public}{HELD_KEY}"), "access", "listen must be on loopback");
    refuses(&format!("{public}{HELD_KEY}"), "access", "public_url must be on loopback");
    let foreign = "allowed_origins = [\"self\", \"https://app.example\"]\n";
    refuses(&format!("{foreign}{HELD_KEY}"), "access", "allowed_origins must be");
    refuses(&format!("allowed_origins = [\"*\"]\n{HELD_KEY}"), "allowed_origins", "name each origin exactly");
    let proxy = "trusted_proxies = [\"127.0.0.1\"]\n";
    refuses(&format!("{proxy}{HELD_KEY}"), "access", "trusted_proxies must be empty");
}

#[test]
fn an_invite_is_complete_bounded_and_told_apart() {
    let digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
    let with = |invites: &str, more: &str| format!("{HELD_KEY}[access]\ninvites = [{invites}]\n{more}\n");
    let family = format!("{{ name = \"family\", token_sha256 = \"{digest}\" }}");
    let daily = "images_per_day = 5";
    refuses(&with("", daily), "access.invites", "relay-server invite");
    refuses(&with(&family, ""), "access.invites.family.images_per_day", "bound what can be spent");
    refuses(&with(&format!("{family}, {family}"), daily), "access.invites", "share a name or a token");
    refuses(&with(&family, "images_per_day = 0"), "access.images_per_day", "at least 1");
    refuses(
        &with(&family.replace("2d71", "xx71"), daily),
        "access.invites.family.token_sha256",
        "64 hexadecimal",
    );
    refuses(&with(&family.replace("family", "a b"), daily), "access.invites.name", "1 to 64");
    refuses(&with(&family.replace("token_sha256", "token"), daily), "token", "unknown field");
}

#[test]
fn what_survives_a_restart_needs_a_place() {
    let digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
    let access = format!(
        "[access]\nimages_per_day = 5\ninvites = [{{ name = \"a\", token_sha256 = \"{digest}\" }}]\n"
    );
    let public = "public_url = \"https://edit.example\"\n";
    refuses(&format!("{public}{HELD_KEY}{access}"), "state_dir", "every restart gives the day's budget back");
    refuses(&format!("keep_pictures = true\n{REGION}"), "keep_pictures", "needs state_dir");
}

#[test]
fn what_a_held_key_may_be_spent_on_must_allow_something() {
    refuses(&format!("{HELD_KEY}models = []\n"), "regions.own.models", "refuse every call");
    refuses(&format!("{HELD_KEY}models = [\"a b\"]\n"), "regions.own.models", "visible ASCII");
    refuses(&format!("{HELD_KEY}max_images = 0\n"), "regions.own.max_images", "refuse every call");
    refuses(&format!("{REGION}max_images = 4\n"), "regions.demo.max_images", "only counts with");
}

#[test]
fn keys_come_from_the_environment_or_a_private_file() {
    let own = "[regions.own]\nupstream = \"https://a.example\"\n";
    refuses(&format!("{own}key = \"server\"\n"), "regions.own.key", "key_env or key_file");
    refuses(
        &format!("{own}key = \"server\"\nkey_env = \"NOT_SET\"\n"),
        "regions.own.key_env",
        "NOT_SET is not set",
    );
    refuses(&format!("{own}key_env = \"OWN_KEY\"\n"), "regions.own.key", "must be \"server\"");
    for value in ["sk-canary-0815", "0canary", "", "canary key"] {
        let written = format!("{own}key = \"server\"\nkey_env = \"{value}\"\n");
        refuses(&written, "regions.own.key_env", "not the name of a variable");
    }
    refuses(
        &format!("{own}key = \"server\"\nkey_file = \"sk-canary-0815\"\n"),
        "regions.own.key_file",
        "is a key, not a file",
    );
    refuses(&format!("{own}key = \"sk-canary-0815\"\n"), "regions.own.key", "\"passthrough\" or \"server\"");
    refuses(
        &format!("{own}key = \"server\"\nkey_file = \"/nonexistent/key\"\n"),
        "regions.own.key_file",
        "cannot be read",
    );
}

#[cfg(unix)]
#[test]
fn a_key_file_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "sk-canary-0815\n").unwrap();
    std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(0o644)).unwrap();
    let own = format!(
        "[regions.own]\nupstream = \"https://a.example\"\nkey = \"server\"\nkey_file = \"{}\"\n",
        file.path().display()
    );
    refuses(&own, "regions.own.key_file", "chmod 600");
}

#[test]
fn files_that_are_not_there_are_named() {
    refuses(&format!("static_dir = \"/nonexistent/dist\"\n{REGION}"), "static_dir", "is not a directory");
    refuses(&format!("ca_file = \"/nonexistent/ca.pem\"\n{REGION}"), "ca_file", "cannot be read");
    refuses(&format!("listen = \"localhost\"\n{REGION}"), "listen", "");
}

#[test]
fn there_is_no_flag_for_a_key() {
    for flag in ["--key", "--api-key"] {
        let output = run_with(REGION, &[flag, "sk-canary-0815"], &[]);
        assert_eq!(output.status.code(), Some(2), "{flag}");
    }
    let output = run_with(REGION, &["--set", "regions.demo.key = \"sk-canary-0815\""], &[]);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2));
    assert!(message.contains("regions.demo.key") && !message.contains("canary"), "{message}");
}
