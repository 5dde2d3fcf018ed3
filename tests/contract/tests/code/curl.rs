//! curl, in the shells that are there.

use std::fs;

use contract_tests::http::links;
use contract_tests::stack::Stack;
use qwen_edit_api::CodeLanguage;
use serde_json::Value;

use crate::cases;
use crate::program::{are_there, end_of, run};

const CURL: &[(&str, &str)] = &[("curl", "--version")];

#[test]
fn the_command_sends_what_the_page_sends() {
    if !are_there(CURL) {
        return;
    }
    let stack = Stack::start();
    let folder = cases::folder();
    for case in cases::all() {
        let answer = run("sh", &["-c", &case.code(CodeLanguage::Curl, &stack.relay)], folder.path());
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(links(&answer).len(), case.request.n() as usize, "{}: {answer}", case.name);
        assert!(cases::sent(&stack.sim) == [case.expected()], "{}: another request was sent", case.name);
        stack.sim.reset();
    }
}

#[test]
fn other_shells_read_it_the_same_way() {
    if !are_there(CURL) {
        return;
    }
    let stack = Stack::start();
    let folder = cases::folder();
    let case = cases::few().remove(0);
    for shell in ["bash", "zsh", "ksh"].into_iter().filter(|shell| are_there(&[(shell, "--version")])) {
        run(shell, &["-c", &case.code(CodeLanguage::Curl, &stack.relay)], folder.path());
        assert!(cases::sent(&stack.sim) == [case.expected()], "{shell}: another request was sent");
        stack.sim.reset();
    }
}

#[test]
fn without_its_file_nothing_is_sent_and_the_file_is_named() {
    if !are_there(CURL) {
        return;
    }
    let stack = Stack::start();
    let folder = cases::folder();
    fs::remove_file(folder.path().join("照片.png")).unwrap();
    let case = cases::few().remove(2);
    let end = end_of("sh", &["-c", &case.code(CodeLanguage::Curl, &stack.relay)], folder.path());
    assert!(!end.status.success());
    assert!(!end.stderr.is_empty());
    assert!(stack.sim.requests().is_empty());
}
