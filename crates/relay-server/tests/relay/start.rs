//! Flags and variables: each setting has one, a misspelt one is an error, and none is repeated.

use crate::program::{Program, command, run_with};
use crate::support::GENERATION;

const REGION: &str = "[regions.demo]\nupstream = \"http://127.0.0.1:1\"\n";

/// Ends with code 2 and repeats no canary; what it says.
#[track_caller]
fn refused(arguments: &[&str], environment: &[(&str, &str)]) -> String {
    let output = run_with(REGION, arguments, environment);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{arguments:?} {environment:?}\n{message}");
    assert!(
        !message.contains("canary") && output.stdout.is_empty(),
        "{arguments:?} {environment:?}\n{message}"
    );
    message
}

fn help() -> String {
    let output = command().arg("--help").output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_setting_outside_the_tables_has_a_flag_and_a_variable() {
    let message = refused(&["--set", "nonsense = 1"], &[]);
    let (_, expected) = message.split_once("expected").unwrap();
    let tables = ["tls", "regions", "images", "limits", "access"];
    let settings = expected.split('`').skip(1).step_by(2).filter(|name| !tables.contains(name));
    let help = help();
    for name in settings {
        assert!(help.contains(&format!("--{}", name.replace('_', "-"))), "{name} has no flag");
        let variable = format!("QWEN_EDIT_RELAY_{}=", name.to_uppercase());
        assert!(help.contains(&variable), "{name} has no variable");
    }
    assert!(help.contains("--require-idempotency-key"));
}

#[test]
fn what_a_flag_or_a_variable_says_counts() {
    let keep = "keep_pictures: needs state_dir";
    assert!(refused(&["--keep-pictures", "check"], &[]).contains(keep));
    assert!(refused(&["--keep-pictures=true"], &[]).contains(keep));
    assert!(refused(&[], &[("QWEN_EDIT_RELAY_KEEP_PICTURES", "true")]).contains(keep));
    let off =
        run_with(REGION, &["--keep-pictures=false", "check"], &[("QWEN_EDIT_RELAY_KEEP_PICTURES", "true")]);
    assert!(off.status.success(), "the flag wins");
    assert!(refused(&["--trusted-proxies", "127.0.0.1,x"], &[]).contains("trusted_proxies[1]"));
    assert!(refused(&[], &[("QWEN_EDIT_RELAY_TRUSTED_PROXIES", "::1,x")]).contains("trusted_proxies[1]"));

    let mut strict = command();
    strict.args(["--listen", "127.0.0.1:0", "--set", "regions.demo.upstream = \"http://127.0.0.1:1\""]);
    strict.env("QWEN_EDIT_RELAY_REQUIRE_IDEMPOTENCY_KEY", "true");
    let strict = Program::start(strict);
    let head =
        format!("POST {GENERATION} HTTP/1.1\r\nauthorization: Bearer sk-1\r\ncontent-type: application/json");
    let answer = strict.send(&head, "{}");
    assert!(answer.contains("idempotency_key_missing"), "{answer}");
}

#[test]
fn a_variable_that_is_no_setting_is_named() {
    for name in ["LISTN", "listen", "LIMITS_BODY_BYTES", "", "KEY", "PORTS", "SERVICE_HOSTS"] {
        let variable = format!("QWEN_EDIT_RELAY_{name}");
        for arguments in [&[][..], &["check"], &["healthcheck"]] {
            let message = refused(arguments, &[(&variable, "canary")]);
            assert!(message.contains(&format!("{variable}: is no setting")), "{message}");
            assert!(message.contains("QWEN_EDIT_RELAY_SET"), "{message}");
        }
    }
    for secret in ["sk-canary", "qei_canary"] {
        refused(&["check"], &[(&format!("QWEN_EDIT_RELAY_{secret}"), "x")]);
    }
    // What Kubernetes sets for a service of the relay's name, and what is not ours.
    let others = [
        "SERVICE_HOST",
        "SERVICE_PORT",
        "SERVICE_PORT_HTTP",
        "PORT",
        "PORT_8787_TCP_ADDR",
        "METRICS_SERVICE_HOST",
        "METRICS_PORT_8789_TCP_PROTO",
    ];
    let others = others.map(|name| (format!("QWEN_EDIT_RELAY_{name}"), "x"));
    let mut others: Vec<_> = others.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    others.push(("QWEN_EDIT_RELAYS", "x"));
    let output = run_with(REGION, &["check"], &others);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_secret_among_the_arguments_is_not_repeated() {
    for secret in ["sk-canary0815", "qei_canary0815", "https://user:canary@a.example", "sk-x\nsk-canary"] {
        for arguments in [
            &[secret][..],
            &["check", secret],
            &["--log-format", secret],
            &["--listen", secret],
            &["--public-url", secret],
            &["--allowed-origins", secret],
            &["--trusted-proxies", secret],
            &["--static-dir", secret],
            &["--config", secret],
            &["--set", secret],
            &["--set", &format!("regions.demo.key = \"{secret}\"")],
            &["--key", secret],
            &[&format!("--keep-pictures={secret}")],
            &[&format!("--api-key={secret}")],
            &[&format!("--{secret}")],
        ] {
            refused(arguments, &[]);
        }
        for name in ["LISTEN", "LOG_FORMAT", "PUBLIC_URL", "ALLOWED_ORIGINS", "KEEP_PICTURES", "SET"] {
            refused(&[], &[(&format!("QWEN_EDIT_RELAY_{name}"), secret)]);
        }
    }
}

#[test]
fn a_wrong_argument_is_told_what_is_right() {
    for (arguments, setting, advice) in [
        (&["--listn", "x"][..], "command line", "did you mean --listen?"),
        (&["chek"], "command line", "did you mean check?"),
        (&["--keep-pictures=maybe"], "--keep-pictures", "true or false"),
        (&["--listen"], "--listen", "--help"),
    ] {
        let message = refused(arguments, &[]);
        assert!(message.contains(setting) && message.contains(advice), "{message}");
    }
}
