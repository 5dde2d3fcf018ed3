//! Requests to write as programs: every template of the studio in both languages, and one with everything that a
//! program could take for its own syntax.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use contract_tests::edit::{MODEL, photo_bytes};
use contract_tests::relay::Relay;
use contract_tests::sim::Sim;
use qwen_edit_api::{
    CodeLanguage, CodeTarget, EditDraft, EditRequest, MediaType, PictureFacts, PictureSource,
};
use qwen_edit_web::templates::TEMPLATES;
use serde_json::Value;
use tempfile::TempDir;

/// Pictures of the help page, which the simulator has.
const LINK: &str =
    "https://help-static-aliyun-doc.aliyuncs.com/file-manage-files/zh-CN/20260310/rdsgaa/image+%2815%29.png";
const HOSTILE_NAMES: [&str; 2] = ["-it's \"$HOME\" `id`\\n $(id)\n图 1 100% {0} @x.png", "再见.png"];
const HOSTILE_TEXT: &str = "He's \"in\" `id` $(id) ${HOME} $HOME !! %s %n \\ \\n \\u0041 C:\\users {x} {{y}} #{z} ''' \"\"\" \
    */ // -- @file\n第二行\r\n\t\u{1}\u{7f}\u{2028}\u{202e}\u{feff}👩‍🎨 '\\'' __MODEL__ EOF";

/// One request, and the files its program reads.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) request: EditRequest,
    files: Vec<&'static str>,
}

/// Everything there is to try.
pub(crate) fn all() -> Vec<Case> {
    let mut cases = vec![hostile()];
    for (place, template) in TEMPLATES.iter().enumerate() {
        for (language, prompt) in [("zh", template.prompt.zh), ("en", template.prompt.en)] {
            // One picture is a file; with more, files and links take turns, the one or the other first.
            let wanted = (template.pictures + place % 2).min(3);
            let is_file = |index: usize| wanted == 1 || (index + place).is_multiple_of(2);
            let pictures = (0..wanted).map(|index| if is_file(index) { file() } else { link() }).collect();
            let draft = EditDraft {
                n: Some(1 + (place % 3) as i64),
                watermark: Some(place % 2 == 0),
                seed: (place % 4 == 1).then_some(2_147_483_647),
                size: (place % 3 == 1).then(|| "1024*768".to_owned()),
                ..draft(pictures, prompt)
            };
            let name = format!("{}, {language}", template.id);
            cases.push(Case {
                name,
                request: draft.validate().unwrap(),
                files: vec!["one.png", "two.png", "three.png"],
            });
        }
    }
    cases
}

/// The hostile request, one with links alone, and one with a file alone: for languages that are slow to start.
pub(crate) fn few() -> Vec<Case> {
    let one = |name: &str, picture| Case {
        name: name.to_owned(),
        request: draft(vec![picture], "让天空下雪").validate().unwrap(),
        files: vec!["照片.png"],
    };
    vec![hostile(), one("a link", link()), one("a file", file())]
}

fn hostile() -> Case {
    let draft = EditDraft {
        n: Some(2),
        size: Some("1024*768".to_owned()),
        seed: Some(0),
        negative_prompt: Some(HOSTILE_TEXT.to_owned()),
        prompt_extend: Some(true),
        watermark: Some(false),
        ..draft(vec![file(), link(), file()], HOSTILE_TEXT)
    };
    let [first, last] = HOSTILE_NAMES;
    Case { name: "hostile".to_owned(), request: draft.validate().unwrap(), files: vec![first, "", last] }
}

fn draft(pictures: Vec<PictureSource>, prompt: &str) -> EditDraft {
    EditDraft { model: MODEL.to_owned(), pictures, prompt: prompt.to_owned(), ..EditDraft::default() }
}

fn file() -> PictureSource {
    PictureSource::File(PictureFacts { media_type: MediaType::Png, bytes: 0, width: 0, height: 0 })
}

fn link() -> PictureSource {
    PictureSource::Url(LINK.to_owned())
}

impl Case {
    /// The program that sends it through the relay.
    pub(crate) fn code(&self, language: CodeLanguage, relay: &Relay) -> String {
        let relay = relay.sdk_base().strip_suffix("/demo/api/v1").unwrap().to_owned();
        self.request
            .to_code(language, &CodeTarget::new(&relay, "demo"), &|index| self.files[index].to_owned())
    }

    /// The JSON that the page would send.
    pub(crate) fn expected(&self) -> Value {
        let base64 = BASE64_STANDARD.encode(photo_bytes("coffee.png"));
        serde_json::from_str(&self.request.to_json(|_| base64.clone())).unwrap()
    }
}

/// A folder with all the files that programs of these cases read.
pub(crate) fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in HOSTILE_NAMES.into_iter().chain(["one.png", "two.png", "three.png", "照片.png"]) {
        fs::write(folder.path().join(Path::new(name)), photo_bytes("coffee.png")).unwrap();
    }
    folder
}

/// Everything that reached the API, oldest first.
pub(crate) fn sent(sim: &Sim) -> Vec<Value> {
    sim.generations().iter().map(|seen| serde_json::from_slice(&sim.body_of(seen)).unwrap()).collect()
}
