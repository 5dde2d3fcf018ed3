//! Writes an edit as a program. A module of its own beside studio and npm package, loaded when somebody asks for code: few
//! do, and every first visit would load 5 KiB more.

mod body;

use qwen_edit_api::{CodeLanguage, CodeTarget};

/// Between the file names: no file is called so.
const SEPARATOR: char = '\0';

/// The program for a request whose files are left out: `body` is its JSON with empty data URLs, `names` says what the
/// pictures' files are called. Nothing when the request could not be sent.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen::prelude::wasm_bindgen(js_name = writeCode))]
pub fn write_code(body: &str, language: &str, relay: &str, region: &str, names: &str) -> Option<String> {
    let request = body::read(body)?.validate().ok()?;
    let names: Vec<&str> = names.split(SEPARATOR).collect();
    let name = |index: usize| names.get(index).copied().unwrap_or_default().to_owned();
    Some(request.to_code(CodeLanguage::from_name(language)?, &CodeTarget::new(relay, region), &name))
}

fn main() {
    // The page calls; nothing happens by itself.
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{"model":"qwen-image-2.0-pro","input":{"messages":[{"role":"user","content":[
        {"image":"https://a.example/1.png"},{"image":"data:image/jpeg;base64,"},{"text":"Swap them"}]}]},
        "parameters":{"n":2}}"#;

    #[test]
    fn a_request_without_its_files_becomes_a_program_with_their_names() {
        let code = write_code(BODY, "python", "https://edit.example/relay", "beijing", "\0two.jpg").unwrap();
        for wanted in
            ["\"https://a.example/1.png\"", "data_url(\"two.jpg\", \"image/jpeg\")", "n=2", "Swap them"]
        {
            assert!(code.contains(wanted), "{wanted}: {code}");
        }
    }

    #[test]
    fn what_cannot_be_sent_is_no_program() {
        assert_eq!(write_code("{}", "python", "", "beijing", ""), None);
        assert_eq!(write_code(BODY, "cobol", "", "beijing", ""), None);
        assert_eq!(write_code("no JSON", "curl", "", "beijing", ""), None);
    }
}
