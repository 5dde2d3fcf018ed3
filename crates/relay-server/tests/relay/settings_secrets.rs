//! Keys and tokens at the wrong place in a configuration: the error names the place, and not what stands there.

use clap::Parser as _;
use relay_server::config::{Cli, Config};

use crate::program::{Program, command};

const REGION: &str = "regions.demo.upstream = \"http://127.0.0.1:1\"\n";
/// Values as people put them at the wrong place. The last has no mark of a secret.
const SECRETS: [&str; 6] = [
    "sk-canary0815",
    "qei_canary0815",
    "https://user:sk-canary@a.example",
    "https://canary:canary@a.example/canary",
    "https://a.example/?canary#canary",
    "canary 4711, expected `canary`",
];
/// `@` is the value, as a text.
const AS_VALUE: [&str; 35] = [
    "listen = @",
    "admin_listen = @",
    "public_url = @",
    "allowed_origins = @",
    "allowed_origins = [\"self\", @]",
    "tls = @",
    "tls.cert_file = [@]",
    "trusted_proxies = @",
    "trusted_proxies = [@]",
    "log_format = @",
    "keep_pictures = @",
    "regions = @",
    "regions.own = @",
    "regions.own = [@]",
    "regions.own.upstream = @\nregions.own.key = 1",
    "regions.own.upstream = [@]",
    "regions.own = { upstream = \"https://a.example\", key = @ }",
    "regions.own = { upstream = \"https://a.example\", key = \"server\", key_env = @ }",
    "regions.own = { upstream = \"https://a.example\", result_origins = [\"https://a.example\", @, \"x\"] }",
    "regions.own = { upstream = \"https://a.example\", max_images = @ }",
    "regions.own = { upstream = \"https://a.example\", models = [@] }",
    "images = @",
    "images.hosts = @",
    "images.hosts = [@]",
    "limits = @",
    "limits.calls = @",
    "limits.total_timeout = @",
    "limits.total_timeout = { a = @ }",
    "access = @",
    "access = [@]",
    "access.images_per_day = @",
    "access.invites = @",
    "access.invites = [@]",
    "access = { images_per_day = 5, invites = [{ name = @, token_sha256 = \"swapped\" }] }",
    "access = { images_per_day = 5, invites = [{ name = \"a\", token_sha256 = @ }] }",
];
const AS_NAME: [&str; 8] = [
    "@ = 1",
    "tls.@ = 1",
    "regions.@ = 1",
    "regions.@.upstream = \"ftp\"",
    "regions.own.@ = 1",
    "images.@ = 1",
    "limits.@ = 1",
    "access.invites = [{ @ = 1 }]",
];
const AS_SYNTAX: [&str; 5] = ["key = %", "key = \"%", "key = \"\"\"\n%", "[%", "key = \"a\" %"];

fn error(settings: &str) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), settings).unwrap();
    let cli = Cli::parse_from(["relay-server".as_ref(), "--config".as_ref(), file.path().as_os_str()]);
    let Err(error) = Config::load(&cli, |_| None) else { panic!("{settings} was taken") };
    assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    error.to_string()
}

#[test]
fn a_secret_at_the_wrong_place_is_not_repeated() {
    for secret in SECRETS {
        let texts = AS_VALUE.map(|line| (line, format!("'{secret}'")));
        // Nothing tells a name of plain words from a misspelt setting, which is named.
        let names = AS_NAME.map(|line| (line, format!("'{secret}'")));
        for (line, text) in texts.into_iter().chain(names) {
            let more = if line.starts_with("regions = ") { "" } else { REGION };
            let message = error(&format!("{more}{}\n", line.replace('@', &text)));
            assert!(!message.contains("canary"), "{line} {secret}: {message}");
            let place = line.split([' ', '.']).next().unwrap();
            assert!(place == "@" || message.contains(place), "{place} is not named: {message}");
        }
        for line in AS_SYNTAX {
            let message = error(&format!("{}\n{REGION}", line.replace('%', secret)));
            assert!(message.contains("line ") && !message.contains("canary"), "{line}: {message}");
        }
    }
}

#[test]
fn a_secret_in_place_of_a_path_is_not_repeated() {
    let own = "regions.own.upstream = \"https://a.example\"\nregions.own.key = \"server\"\n";
    let tls = "public_url = \"https://a.example\"\ntls.key_file = \"/nonexistent\"\n";
    let pem = "-----BEGIN PRIVATE KEY-----\\ncanary\\n-----END PRIVATE KEY-----\\n";
    for secret in ["sk-canary0815", "qei_canary0815", "https://user:canary@a.example/x", pem] {
        for (setting, more) in
            [("static_dir", ""), ("ca_file", ""), ("regions.own.key_file", own), ("tls.cert_file", tls)]
        {
            let message = error(&format!("{REGION}{more}{setting} = \"{secret}\"\n"));
            assert!(message.contains(setting) && !message.contains("canary"), "{message}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_secret_in_a_file_that_is_reloaded_is_not_logged() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("listen = \"127.0.0.1:0\"\n{REGION}")).unwrap();
    let mut program = command();
    program.arg("--config").arg(file.path());
    let program = Program::start(program);
    std::fs::write(file.path(), format!("{REGION}access.invites = [\"qei_canary0815\"]\n")).unwrap();
    program.hang_up();
    std::thread::sleep(std::time::Duration::from_millis(300));
    let (_, log) = program.terminate();
    assert!(log.contains("access.invites[0]: invalid type: string, expected a table"), "{log}");
    assert!(!log.contains("canary"), "{log}");
}
