//! Running other people's programs, where they are installed.

use std::env;
use std::path::Path;
use std::process::{Command, Output};

use contract_tests::relay::KEY;

/// Whether these programs are there. That they are not is said, and with `CI=true` it is a failure.
pub(crate) fn are_there(programs: &[(&str, &str)]) -> bool {
    for (program, version) in programs {
        if Command::new(program).arg(version).output().is_err() {
            let why =
                format!("{program} is not installed; `cargo xtask test --only code` says how to get it");
            assert!(!env::var("CI").is_ok_and(|value| value == "true"), "{why}");
            println!("skipped: {why}");
            return false;
        }
    }
    true
}

/// Runs a program in `folder`, with the key in its environment, to an end that must be good; gives what it printed.
#[track_caller]
pub(crate) fn run(program: &str, arguments: &[&str], folder: &Path) -> String {
    let output = end_of(program, arguments, folder);
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{program} {arguments:?}: {complaint}");
    String::from_utf8(output.stdout).unwrap()
}

/// The same, to any end.
pub(crate) fn end_of(program: &str, arguments: &[&str], folder: &Path) -> Output {
    Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env("DASHSCOPE_API_KEY", KEY)
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .unwrap()
}
