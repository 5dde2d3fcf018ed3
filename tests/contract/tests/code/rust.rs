//! Rust, as a package of its own with the crates it names.

use std::fs;
use std::path::Path;

use contract_tests::http::links;
use contract_tests::stack::Stack;
use qwen_edit_api::CodeLanguage;
use serde_json::Value;

use crate::cases;
use crate::program::run;

const MANIFEST: &str = r#"
[package]
name = "edit"
edition = "2024"

[dependencies]
base64 = "0.23"
serde_json = "1"
ureq = "3.5"

[workspace]
"#;

#[test]
fn the_program_compiles_and_sends_what_the_page_sends() {
    let stack = Stack::start();
    let folder = cases::folder();
    let cases = cases::few();
    fs::write(folder.path().join("Cargo.toml"), MANIFEST).unwrap();
    // Versions that are on this machine already.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::copy(root.join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
    fs::create_dir_all(folder.path().join("src/bin")).unwrap();
    for (index, case) in cases.iter().enumerate() {
        let program = folder.path().join(format!("src/bin/edit{index}.rs"));
        fs::write(program, case.code(CodeLanguage::Rust, &stack.relay)).unwrap();
    }
    for (index, case) in cases.iter().enumerate() {
        let target = concat!(env!("CARGO_TARGET_TMPDIR"), "/code");
        let arguments = ["run", "--quiet", "--offline", "--target-dir", target, "--bin"];
        let printed =
            run(env!("CARGO"), &[&arguments[..], &[&format!("edit{index}")]].concat(), folder.path());
        let answer: Value = serde_json::from_str(&printed).unwrap();
        assert_eq!(links(&answer).len(), case.request.n() as usize, "{}: {answer}", case.name);
        assert!(cases::sent(&stack.sim) == [case.expected()], "{}: another request was sent", case.name);
        stack.sim.reset();
    }
}
