//! Reading a file of cases.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::case::Case;

/// All cases of one file, in its order.
#[derive(Debug)]
pub(crate) struct CaseFile {
    pub(crate) entries: Vec<Entry>,
}

/// A case, or why it could not be read: one bad case must not hide the others.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) group: String,
    pub(crate) title: String,
    pub(crate) case: Result<Case, String>,
}

impl CaseFile {
    /// Fails when the file is missing or is no JSON object with `cases`.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let shown = path.display();
        let text = fs::read_to_string(path).with_context(|| format!("--cases {shown}"))?;
        let mut file: Value = serde_json::from_str(&text).with_context(|| format!("--cases {shown}"))?;
        let cases = match file.get_mut("cases").map(Value::take) {
            Some(Value::Array(cases)) => cases,
            _ => anyhow::bail!("--cases {shown}: has no list \"cases\""),
        };
        Ok(Self { entries: cases.into_iter().map(Entry::read).collect() })
    }
}

impl Entry {
    fn read(value: Value) -> Self {
        let text = |field: &str| value.get(field).and_then(Value::as_str).unwrap_or("?").to_owned();
        let (id, group, title) = (text("id"), text("group"), text("title"));
        let case = serde_json::from_value::<Case>(value).map_err(|error| error.to_string());
        let case = case.and_then(|case| match case.not_understood() {
            Some(what) => Err(what),
            None => Ok(case),
        });
        Self { id, group, title, case }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_with_an_unknown_expectation_is_kept_as_not_understood() {
        let text = r#"{"id":"a-1","group":"A","title":"t","mode":"any","where":["native"],"method":"GET",
            "path":"{RELAY}/healthz","body":{"type":"none"},"expect":{"status":[200],"colour":"red"}}"#;
        let entry = Entry::read(serde_json::from_str(text).unwrap());
        assert_eq!(entry.id, "a-1");
        assert_eq!(entry.case.unwrap_err(), "expect.colour");
    }

    #[test]
    fn the_projects_own_cases_are_all_understood() {
        let file = CaseFile::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/own.json")).unwrap();
        assert!(file.entries.len() >= 25);
        for entry in file.entries {
            assert_eq!(entry.case.err(), None, "{}", entry.id);
        }
    }
}
