//! Java, compiled and run against classes that have the public methods of the vendor's SDK and print the request.

use std::fs;
use std::path::Path;

use contract_tests::stack::Stack;
use qwen_edit_api::CodeLanguage;
use serde_json::Value;

use crate::cases;
use crate::program::{are_there, run};

#[test]
fn the_program_compiles_and_asks_for_what_the_page_sends() {
    if !are_there(&[("javac", "-version"), ("java", "-version")]) {
        return;
    }
    let stack = Stack::start();
    let folder = cases::folder();
    let sdk = Path::new(env!("CARGO_MANIFEST_DIR")).join("java");
    for case in cases::few() {
        fs::write(folder.path().join("QwenImageEdit.java"), case.code(CodeLanguage::Java, &stack.relay))
            .unwrap();
        let compile = [
            "-encoding",
            "UTF-8",
            "-Xlint:all",
            "-Werror",
            "-sourcepath",
            sdk.to_str().unwrap(),
            "-d",
            "classes",
        ];
        run("javac", &[&compile[..], &["QwenImageEdit.java"]].concat(), folder.path());
        let utf8 = ["-Dfile.encoding=UTF-8", "-Dsun.jnu.encoding=UTF-8"];
        let printed = run("java", &[&utf8[..], &["-cp", "classes", "QwenImageEdit"]].concat(), folder.path());
        let (asked, printed) = printed.split_once('\n').unwrap();
        let mut asked: Value = serde_json::from_str(asked).unwrap();
        assert_eq!(asked["base"].take(), stack.relay.sdk_base());
        asked.as_object_mut().unwrap().remove("base");
        assert_eq!(asked, case.expected(), "{}", case.name);
        assert_eq!(printed.trim(), "https://example.com/result.png");
    }
}
