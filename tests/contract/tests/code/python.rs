//! Python, with both lines of the vendor's SDK.

use std::fs;

use contract_tests::sdk::Sdk;
use contract_tests::stack::Stack;
use contract_tests::with_each_sdk;
use qwen_edit_api::CodeLanguage;

use crate::cases;

with_each_sdk![the_program_sends_what_the_page_sends];

/// As many bodies as the simulator surely remembers.
const AT_ONCE: usize = 4;

fn the_program_sends_what_the_page_sends(sdk: &Sdk) {
    let stack = Stack::start();
    let folder = cases::folder();
    for cases in cases::all().chunks(AT_ONCE) {
        let mut programs = Vec::new();
        for (index, case) in cases.iter().enumerate() {
            let name = format!("edit{index}.py");
            fs::write(folder.path().join(&name), case.code(CodeLanguage::Python, &stack.relay)).unwrap();
            programs.push(name);
        }
        let printed = sdk.programs(folder.path(), &programs);
        let made: usize = cases.iter().map(|case| case.request.n() as usize).sum();
        assert_eq!(printed.lines().filter(|line| line.starts_with("http://")).count(), made, "{printed}");
        for (case, sent) in cases.iter().zip(cases::sent(&stack.sim)) {
            assert!(sent == case.expected(), "{}: another request was sent", case.name);
        }
        assert_eq!(stack.sim.generations().len(), cases.len());
        stack.sim.reset();
    }
}
