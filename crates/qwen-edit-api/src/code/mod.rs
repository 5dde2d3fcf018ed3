//! A request as a program: the same call by curl, Python, Java, JavaScript and Rust, for people who want to go on in
//! code. Sent, each makes the JSON of [`EditRequest::to_json`].
//!
//! The key comes from the environment, and a file stands there by its name, not as base64. What a program looks like is
//! data, in `data/code/`.

mod literal;
mod template;

use crate::body::Value;
use crate::draft::PictureSource;
use crate::region::{GENERATION_PATH, find_region};
use crate::request::EditRequest;
use template::{Line, Program, Row};

/// The path below which the SDKs of the vendor work.
const API_PATH: &str = "/api/v1";

/// What a program is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CodeLanguage {
    /// A command for the shells of Linux and macOS.
    Curl,
    /// With the vendor's SDK.
    Python,
    /// With the vendor's SDK.
    Java,
    /// With the npm package of this project, in Node.js.
    JavaScript,
    /// With `ureq` and `serde_json`.
    Rust,
}

impl CodeLanguage {
    /// Every language, in the order to show them.
    pub const ALL: [Self; 5] = [Self::Curl, Self::Python, Self::Java, Self::JavaScript, Self::Rust];

    /// Stable name for programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Curl => "curl",
            Self::Python => "python",
            Self::Java => "java",
            Self::JavaScript => "javascript",
            Self::Rust => "rust",
        }
    }

    /// As people write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Curl => "curl",
            Self::Python => "Python",
            Self::Java => "Java",
            Self::JavaScript => "JavaScript",
            Self::Rust => "Rust",
        }
    }

    /// The language with this stable name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.as_str() == name)
    }

    const fn template(self) -> &'static str {
        match self {
            Self::Curl => include_str!("../../data/code/curl.txt"),
            Self::Python => include_str!("../../data/code/python.txt"),
            Self::Java => include_str!("../../data/code/java.txt"),
            Self::JavaScript => include_str!("../../data/code/javascript.txt"),
            Self::Rust => include_str!("../../data/code/rust.txt"),
        }
    }

    /// A text of the request. curl's stands in JSON, which stands between the shell's quotes.
    fn text(self, text: &str) -> String {
        match self {
            Self::Curl => literal::inside_shell_quotes(&literal::json(text)),
            Self::Rust => literal::rust(text),
            Self::Python | Self::Java | Self::JavaScript => literal::json(text),
        }
    }

    /// A file name or an address.
    fn argument(self, text: &str) -> String {
        match self {
            Self::Curl => literal::shell(text),
            _ => self.text(text),
        }
    }

    fn parameter(self, (name, value): &(&'static str, Value<'_>)) -> Row {
        let name = if self == Self::JavaScript { camel_case(name) } else { (*name).to_owned() };
        vec![("NAME", name), ("VALUE", self.value(value))]
    }

    fn value(self, value: &Value<'_>) -> String {
        match value {
            Value::Number(number) => number.to_string(),
            Value::Text(text) => self.text(text),
            Value::Flag(true) if self == Self::Python => "True".to_owned(),
            Value::Flag(false) if self == Self::Python => "False".to_owned(),
            Value::Flag(flag) => flag.to_string(),
        }
    }
}

/// Where a program sends its request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeTarget {
    /// What stands before `/api/v1`: `https://dashscope.aliyuncs.com`.
    pub base_url: String,
    /// The relay that the npm package goes through: `https://edit.example/relay`.
    pub relay: String,
    /// The region's id.
    pub region: String,
}

impl CodeTarget {
    /// The vendor's own address of a region; for one that needs no key or is not in the table, its route on the relay.
    /// `relay` is absolute, because programs have no page around them.
    #[must_use]
    pub fn new(relay: &str, region: &str) -> Self {
        let relay = relay.trim_end_matches('/');
        let base_url = match find_region(region) {
            Some(known) if known.needs_key => known.upstream.to_owned(),
            _ => format!("{relay}/{region}"),
        };
        Self { base_url, relay: relay.to_owned(), region: region.to_owned() }
    }
}

impl EditRequest {
    /// The request as a program. `file_name` gives the path of the file at this place among the pictures; a nameless one
    /// is called `picture-1.png`.
    #[must_use]
    pub fn to_code(
        &self,
        language: CodeLanguage,
        target: &CodeTarget,
        file_name: &dyn Fn(usize) -> String,
    ) -> String {
        let pictures: Vec<Picture<'_>> =
            self.pictures().iter().enumerate().map(|picture| Picture::new(picture, file_name)).collect();
        let has_files = pictures.iter().any(|picture| matches!(picture, Picture::File { .. }));
        // Temporary uploads: the API finds them only when asked to.
        let has_uploads =
            pictures.iter().any(|picture| matches!(picture, Picture::Link(link) if link.starts_with("oss:")));
        template::fill(
            language.template(),
            &Program {
                kept: [(Line::Files, has_files), (Line::NoFiles, !has_files), (Line::Upload, has_uploads)],
                values: self.values(language, target, &pictures),
                pictures: pictures.iter().map(|picture| picture.row(language)).collect(),
                parameters: self
                    .parameters()
                    .list()
                    .iter()
                    .map(|parameter| language.parameter(parameter))
                    .collect(),
            },
        )
    }

    fn values(&self, language: CodeLanguage, target: &CodeTarget, pictures: &[Picture<'_>]) -> Row {
        let files = pictures.iter().filter_map(|picture| match picture {
            Picture::File { name, .. } => Some(language.argument(name)),
            Picture::Link(_) => None,
        });
        let json = self
            .parameters()
            .list()
            .into_iter()
            .map(|(name, value)| format!("\"{name}\": {}", language.value(&value)));
        vec![
            ("MODEL", language.text(self.model())),
            ("PROMPT", language.text(self.prompt())),
            ("URL", language.argument(&format!("{}{GENERATION_PATH}", target.base_url))),
            ("BASE_URL", language.argument(&format!("{}{API_PATH}", target.base_url))),
            ("RELAY", language.argument(&target.relay)),
            ("REGION", language.argument(&target.region)),
            ("FILES", files.collect::<Vec<_>>().join(" ")),
            ("PARAMETERS", json.collect::<Vec<_>>().join(", ")),
        ]
    }
}

/// A picture as a program names it.
enum Picture<'a> {
    File { name: String, media_type: &'static str },
    Link(&'a str),
}

impl<'a> Picture<'a> {
    fn new((index, source): (usize, &'a PictureSource), file_name: &dyn Fn(usize) -> String) -> Self {
        match source {
            PictureSource::Url(url) => Self::Link(url),
            PictureSource::File(facts) => {
                let given = file_name(index);
                let name = if given.is_empty() {
                    format!("picture-{}.{}", index + 1, facts.media_type.extension())
                } else {
                    given
                };
                Self::File { name, media_type: facts.media_type.as_mime() }
            }
        }
    }

    fn row(&self, language: CodeLanguage) -> (Line, Row) {
        match self {
            Self::File { name, media_type } => (
                Line::File,
                vec![("FILE", language.argument(name)), ("MEDIA_TYPE", (*media_type).to_owned())],
            ),
            Self::Link(url) => (Line::Link, vec![("LINK", language.text(url))]),
        }
    }
}

/// `negative_prompt` gives `negativePrompt`.
fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let (first, rest) = word.split_at(word.len().min(1));
        camel.extend([&first.to_ascii_uppercase(), rest]);
    }
    camel
}
