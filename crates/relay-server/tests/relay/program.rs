//! The program as a whole, started like a user starts it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

pub(crate) struct Program {
    child: Child,
    pub(crate) host: String,
}

/// The program without the environment of whoever runs the tests.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_relay-server"));
    command.env_clear();
    command
}

/// Runs it with a file of settings; it must end by itself.
pub(crate) fn run_with(settings: &str, extra: &[&str], environment: &[(&str, &str)]) -> Output {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), settings).unwrap();
    let mut command = command();
    command.arg("--config").arg(file.path()).args(extra).envs(environment.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(10);
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > deadline {
            child.kill().unwrap();
            panic!("it started with {settings} {extra:?}");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().unwrap()
}

impl Program {
    /// Starts it and waits for the line tools wait for.
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening ").and_then(|address| address.split_once("://"));
        let (_, host) = address.unwrap_or_else(|| panic!("{line:?}"));
        let host = host.to_owned();
        Self { child, host }
    }

    /// Sends a request and reads the answer to its end.
    pub(crate) fn send(&self, head: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        let length = body.len();
        let request = format!(
            "{head}\r\nhost: {}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}",
            self.host
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Sends SIGHUP.
    #[cfg(unix)]
    pub(crate) fn hang_up(&self) {
        let sent = Command::new("kill").arg("-HUP").arg(self.child.id().to_string()).status().unwrap();
        assert!(sent.success());
    }

    /// Sends SIGTERM and returns the exit code and everything logged.
    #[cfg(unix)]
    pub(crate) fn terminate(mut self) -> (Option<i32>, String) {
        let sent = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(sent.success());
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (self.child.wait().unwrap().code(), log)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Ended already unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(unix)]
#[test]
fn it_says_where_it_listens_serves_and_ends_well_on_sigterm() {
    let mut command = command();
    command.args(["--listen", "127.0.0.1:0", "--log-format", "json"]);
    command.args(["--set", "regions.beijing.upstream = \"https://dashscope.aliyuncs.com\""]);
    let program = Program::start(command);
    assert!(!program.host.ends_with(":0"), "the real port");
    assert!(program.send("GET /relay/healthz HTTP/1.1", "").starts_with("HTTP/1.1 200 "));
    let (code, log) = program.terminate();
    assert_eq!(code, Some(0), "{log}");
    let first: serde_json::Value = serde_json::from_str(log.lines().next().unwrap()).unwrap();
    assert_eq!(first["fields"]["route"], "health");
}

#[cfg(unix)]
#[test]
fn environment_overrides_the_file_and_flags_override_both() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let settings = "listen = \"127.0.0.1:1\"\n[regions.a]\nupstream = \"https://a.example\"\n[regions.b]\nupstream = \"https://b.example\"\n";
    std::fs::write(file.path(), settings).unwrap();
    let mut command = command();
    command.arg("--config").arg(file.path()).args([
        "--listen",
        "127.0.0.1:0",
        "--set",
        "limits.body_bytes = 77",
    ]);
    command
        .env("QWEN_EDIT_RELAY_LISTEN", "127.0.0.1:2")
        .env("QWEN_EDIT_RELAY_PUBLIC_URL", "http://relay.test");
    let program = Program::start(command);
    let answer = program.send("GET /relay/relay.json HTTP/1.1", "");
    assert!(
        answer.contains("\"body_bytes\":77")
            && answer.contains("{\"id\":\"a\",\"key\":\"client\"},{\"id\":\"b\""),
        "{answer}"
    );
    program.terminate();
}

#[test]
fn the_example_file_of_the_repository_is_valid() {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../../relay.toml");
    let program = Program::start({
        let mut command = command();
        command.args(["--config", example, "--listen", "127.0.0.1:0"]);
        command
    });
    let answer = program.send("GET /relay/relay.json HTTP/1.1", "");
    for region in ["beijing", "singapore", "demo"] {
        assert!(answer.contains(region), "{answer}");
    }
}

#[test]
fn check_reads_a_configuration_and_starts_nothing() {
    let valid = "listen = \"127.0.0.1:1\"\n[regions.a]\nupstream = \"https://a.example\"\n";
    let output = run_with(valid, &["check"], &[]);
    assert!(output.status.success() && output.stdout.starts_with(b"the configuration is valid"));
    assert!(output.stderr.is_empty(), "nothing to warn of");
    let short = format!("{valid}[limits]\ndrain_timeout = \"300s\"\n");
    let output = run_with(&short, &["check"], &[]);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && output.stdout.starts_with(b"the configuration is valid"));
    assert!(message.contains("limits.drain_timeout: 5m is not above limits.total_timeout (5m)"), "{message}");
    let short = format!("{valid}[limits]\njob_life = \"23h\"\n");
    let output = run_with(&short, &["check"], &[]);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success() && message.contains("limits.job_life: 23h is less than a day"),
        "{message}"
    );
    let output = run_with(&valid.replace("https", "http"), &["check"], &[]);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2));
    assert!(message.contains("regions.a.upstream"), "{message}");
}

#[test]
fn check_warns_of_what_works_and_is_likely_a_mistake() {
    let studio = tempfile::TempDir::new().unwrap();
    let static_dir = format!("static_dir = \"{}\"", studio.path().display());
    let public = "public_url = \"https://edit.example\"";
    for (settings, warning) in [
        (public.to_owned(), Some("trusted_proxies: names nobody")),
        (format!("listen = \"0.0.0.0:0\"\n{public}"), Some("trusted_proxies: names nobody")),
        (format!("{public}\ntrusted_proxies = [\"127.0.0.1\"]"), None),
        ("listen = \"0.0.0.0:0\"\npublic_url = \"http://relay.lan\"".to_owned(), None),
        ("public_url = \"http://localhost:8787\"".to_owned(), None),
        ("admin_listen = \"0.0.0.0:8789\"".to_owned(), Some("admin_listen: is on an address")),
        ("admin_listen = \"[::]:8789\"".to_owned(), Some("admin_listen: is on an address")),
        ("admin_listen = \"47.88.1.2:8789\"".to_owned(), Some("admin_listen: is on an address")),
        ("admin_listen = \"10.0.0.1:8789\"".to_owned(), None),
        (format!("{static_dir}\nallowed_origins = []"), Some("allowed_origins: lacks \"self\"")),
        (
            format!("{static_dir}\nallowed_origins = [\"https://app.example\"]"),
            Some("allowed_origins: lacks"),
        ),
        (format!("{static_dir}\nallowed_origins = [\"self\"]"), None),
        ("allowed_origins = []".to_owned(), None),
    ] {
        let output = run_with(
            &format!("{settings}\n[regions.a]\nupstream = \"https://a.example\"\n"),
            &["check"],
            &[],
        );
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{settings}: {message}");
        match warning {
            Some(warning) => assert!(message.contains(warning), "{settings}: {message}"),
            None => assert_eq!(message, "", "{settings}"),
        }
    }
}

#[cfg(unix)]
#[test]
fn healthcheck_tells_a_relay_that_is_ready_from_one_that_is_not() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let settings = format!(
        "listen = \"127.0.0.1:0\"\nadmin_listen = \"{free}\"\n\
         [regions.a]\nupstream = \"http://127.0.0.1:1\"\nkey = \"server\"\nkey_env = \"OWN_KEY\"\n"
    );
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &settings).unwrap();
    let mut program = command();
    program.arg("--config").arg(file.path()).env("OWN_KEY", "sk-own");
    let program = Program::start(program);
    let asked = run_with(&settings, &["healthcheck"], &[]);
    assert!(asked.status.success(), "without the key: {}", String::from_utf8_lossy(&asked.stderr));
    program.terminate();
    let asked = run_with(&settings, &["healthcheck"], &[]);
    let message = String::from_utf8_lossy(&asked.stderr).into_owned();
    assert!(asked.status.code() == Some(1) && message.contains("not ready"), "{message}");
    let nowhere = run_with(&settings.replace("admin_listen", "#"), &["healthcheck"], &[]);
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("admin_listen"));
}

#[cfg(unix)]
#[test]
fn a_key_that_systemd_hands_over_may_show_a_right_of_the_group() {
    use std::os::unix::fs::PermissionsExt as _;
    let credentials = tempfile::TempDir::new().unwrap();
    let key = credentials.path().join("key");
    std::fs::write(&key, "sk-own").unwrap();
    let settings = format!(
        "[regions.a]\nupstream = \"http://127.0.0.1:1\"\nkey = \"server\"\nkey_file = \"{}\"\n",
        key.display()
    );
    let directory = credentials.path().to_str().unwrap();
    for (mode, environment, is_fine) in [
        (0o440, &[("CREDENTIALS_DIRECTORY", directory)][..], true),
        (0o444, &[("CREDENTIALS_DIRECTORY", directory)], false),
        (0o440, &[("CREDENTIALS_DIRECTORY", "/elsewhere")], false),
        (0o440, &[], false),
        (0o400, &[], true),
    ] {
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).unwrap();
        let output = run_with(&settings, &["check"], environment);
        assert_eq!(output.status.success(), is_fine, "{mode:o} {environment:?}");
    }
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = format!(
        "listen = \"{}\"\n[regions.a]\nupstream = \"https://a.example\"\n",
        taken.local_addr().unwrap()
    );
    let output = run_with(&listen, &[], &[]);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && message.contains("listen: cannot listen on"), "{message}");
}

#[test]
fn a_state_directory_belongs_to_one_relay() {
    let state = tempfile::TempDir::new().unwrap();
    let settings = format!(
        "listen = \"127.0.0.1:0\"\nstate_dir = \"{}\"\n[regions.demo]\nupstream = \"http://127.0.0.1:1\"\n",
        state.path().join("made/by/the/relay").display()
    );
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &settings).unwrap();
    let mut first = command();
    first.arg("--config").arg(file.path());
    let first = Program::start(first);
    let second = run_with(&settings, &[], &[]);
    let message = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(!second.status.success());
    assert!(message.contains("state_dir") && message.contains("another relay is using it"), "{message}");
    first.terminate();
}

#[cfg(unix)]
#[test]
fn an_invite_made_by_the_program_is_taken_after_sighup() {
    let made = command().args(["invite", "family"]).output().unwrap();
    let made = String::from_utf8(made.stdout).unwrap();
    let line = |start: &str| made.lines().map(str::trim).find(|line| line.starts_with(start)).unwrap();
    let (token, invite) = (line("qei_"), line("{ name"));
    let settings = |invites: &str| {
        format!(
            "listen = \"127.0.0.1:0\"\n[regions.own]\nupstream = \"http://127.0.0.1:1\"\nkey = \"server\"\n\
             key_env = \"OWN_KEY\"\n[access]\nimages_per_day = 5\ninvites = [{invites}]\n"
        )
    };
    let file = tempfile::NamedTempFile::new().unwrap();
    let digest = relay_policy::access::Invite::digest("somebody else");
    let other = format!("{{ name = \"other\", token_sha256 = \"{digest}\" }}");
    std::fs::write(file.path(), settings(&other)).unwrap();
    let mut program = command();
    program.arg("--config").arg(file.path()).env("OWN_KEY", "sk-own");
    let program = Program::start(program);
    let call = || {
        let path = "POST /relay/own/api/v1/services/aigc/multimodal-generation/generation HTTP/1.1";
        let head = format!("{path}\r\nauthorization: Bearer {token}\r\ncontent-type: application/json");
        program.send(&head, "{\"model\":\"qwen-image-edit\"}")
    };
    assert!(call().contains("token_invalid"));
    std::fs::write(file.path(), settings(&format!("{other}, {invite}"))).unwrap();
    program.hang_up();
    let deadline = Instant::now() + Duration::from_secs(10);
    while !call().contains("upstream_unreachable") {
        assert!(Instant::now() < deadline, "the invite was not taken over: {}", call());
        std::thread::sleep(Duration::from_millis(20));
    }
    std::fs::write(file.path(), "nonsense").unwrap();
    program.hang_up();
    std::thread::sleep(Duration::from_millis(200));
    assert!(call().contains("upstream_unreachable"), "a faulty file changes nothing");
    let (_, log) = program.terminate();
    assert!(!log.contains(token));
}
