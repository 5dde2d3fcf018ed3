//! What people are told about failures, in both languages: files of their own, because a page loads them apart.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::emit::{self, Words};
use crate::failures::{Advice, CATCH_ALL};

/// One entry of `advice-*.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InOneLanguage {
    title: String,
    what_to_do: String,
}

type File = BTreeMap<String, InOneLanguage>;

/// The sentences of one entry.
pub(crate) struct Sentences {
    id: String,
    title: Words,
    what_to_do: Words,
}

/// Both files, which must hold exactly the entries of `failures.toml` that have words of their own.
///
/// # Errors
/// Names the file, the entry, and what is missing or left over.
pub(crate) fn read(all: &[Advice], zh: &str, en: &str) -> Result<Vec<Sentences>, String> {
    let wanted: BTreeSet<&str> = all.iter().map(Advice::words).collect();
    let mut zh = file("advice-zh.json", zh, &wanted)?;
    let mut en = file("advice-en.json", en, &wanted)?;
    let mut sentences = Vec::new();
    for id in wanted {
        let (Some(zh), Some(en)) = (zh.remove(id), en.remove(id)) else { continue };
        let title = Words { zh: zh.title, en: en.title };
        let what_to_do = Words { zh: zh.what_to_do, en: en.what_to_do };
        let entry = format!("advice `{id}`");
        title.check(&entry, "title")?;
        what_to_do.check(&entry, "what_to_do")?;
        sentences.push(Sentences { id: id.to_owned(), title, what_to_do });
    }
    Ok(sentences)
}

fn file(name: &str, text: &str, wanted: &BTreeSet<&str>) -> Result<File, String> {
    let file: File = serde_json::from_str(text).map_err(|error| format!("{name}: {error}"))?;
    if let Some(id) = wanted.iter().find(|id| !file.contains_key(**id)) {
        return Err(format!("{name}: `{id}` of failures.toml has no sentences here"));
    }
    if let Some(id) = file.keys().find(|id| !wanted.contains(id.as_str())) {
        return Err(format!("{name}: `{id}` belongs to no entry of failures.toml"));
    }
    Ok(file)
}

pub(crate) fn emit(all: &[Sentences]) -> String {
    let rows = all.iter().map(|said| format!("({:?}, {})", said.id, said.emit())).collect::<Vec<_>>();
    let catch_all = all.iter().position(|said| said.id == CATCH_ALL).unwrap_or_default();
    format!(
        "{}static CATCH_ALL: &Sentences = &SENTENCES[{catch_all}].1;\n",
        emit::table("SENTENCES", "(&str, Sentences)", &rows)
    )
}

impl Sentences {
    fn emit(&self) -> String {
        format!("Sentences {{ title: {}, what_to_do: {} }}", self.title.emit(), self.what_to_do.emit())
    }
}
