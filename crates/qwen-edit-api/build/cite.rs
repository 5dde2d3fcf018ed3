//! The rule of the data files: no number without evidence.
//!
//! A number counts as cited when its own table, or a table around it in the same entry, has both `evidence`
//! (how sure we are) and `source` (where it was read, a code of `sources.toml`).

use std::collections::BTreeSet;

use toml::{Table, Value};

/// Documented, observed Live, measured on the Wire, claimed by a Third party, Inferred by us.
const EVIDENCE: [&str; 5] = ["D", "L", "W", "T", "I"];

/// The codes of `sources.toml`.
pub(crate) struct Sources(BTreeSet<String>);

impl Sources {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let table: Table =
            toml::from_str(text).map_err(|error| format!("sources.toml: {}", error.message()))?;
        match table.get("sources") {
            Some(Value::Table(sources)) => Ok(Self(sources.keys().cloned().collect())),
            _ => Err("sources.toml: the table `[sources]` is missing".to_owned()),
        }
    }

    /// Checks every number below `table` and takes the citations and notes out, so that what is left is plain data.
    ///
    /// # Errors
    /// Names `entry`, the key, and what is missing.
    pub(crate) fn check(&self, entry: &str, table: &mut Table) -> Result<(), String> {
        self.walk(entry, "", table, false)
    }

    fn walk(&self, entry: &str, path: &str, table: &mut Table, inherited: bool) -> Result<(), String> {
        let place = if path.is_empty() { "the entry" } else { path };
        let cited = self.take_citation(table).map_err(|what| format!("{entry}: {place}: {what}"))?;
        table.remove("note");
        for (key, value) in table.iter_mut() {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            self.walk_value(entry, &path, value, cited || inherited)?;
        }
        Ok(())
    }

    fn walk_value(&self, entry: &str, path: &str, value: &mut Value, cited: bool) -> Result<(), String> {
        match value {
            Value::Table(table) => self.walk(entry, path, table, cited),
            Value::Array(items) => {
                items.iter_mut().try_for_each(|item| self.walk_value(entry, path, item, cited))
            }
            Value::Integer(_) | Value::Float(_) | Value::Datetime(_) if !cited => {
                Err(format!("{entry}: `{path}` is a number without `evidence` and `source`"))
            }
            _ => Ok(()),
        }
    }

    /// Whether this table cites a source itself.
    fn take_citation(&self, table: &mut Table) -> Result<bool, String> {
        match (table.remove("evidence"), table.remove("source")) {
            (None, None) => Ok(false),
            (Some(_), None) => Err("`evidence` is there, `source` is missing".to_owned()),
            (None, Some(_)) => Err("`source` is there, `evidence` is missing".to_owned()),
            (Some(evidence), Some(source)) => {
                if !evidence.as_str().is_some_and(|mark| EVIDENCE.contains(&mark)) {
                    return Err(format!("`evidence` is {evidence}, must be one of {}", EVIDENCE.join(", ")));
                }
                if !source.as_str().is_some_and(|code| self.0.contains(code)) {
                    return Err(format!("`source` {source} is not in sources.toml"));
                }
                Ok(true)
            }
        }
    }
}

/// The entries of `[[name]]` in a data file, each with the text that messages use to name it.
///
/// # Errors
/// When the file is no TOML, has no such entries, or an entry lacks `key`.
pub(crate) fn entries(file: &str, text: &str, name: &str, key: &str) -> Result<Vec<(String, Table)>, String> {
    let mut table: Table = toml::from_str(text).map_err(|error| format!("{file}: {}", error.message()))?;
    let Some(Value::Array(items)) = table.remove(name) else {
        return Err(format!("{file}: there is no `[[{name}]]`"));
    };
    let named = |(index, item)| match item {
        Value::Table(entry) => match entry.get(key).and_then(Value::as_str) {
            Some(id) => Ok((format!("{file}: {name} `{id}`"), entry)),
            None => Err(format!("{file}: {name} number {}: `{key}` is missing", index + 1)),
        },
        _ => Err(format!("{file}: {name} number {} is not a table", index + 1)),
    };
    items.into_iter().enumerate().map(named).collect()
}

/// Reads one checked entry into its type.
///
/// # Errors
/// Names the entry and the key that is missing, unknown or of the wrong type.
pub(crate) fn typed<T: serde::de::DeserializeOwned>(entry: &str, table: Table) -> Result<T, String> {
    table.try_into().map_err(|error: toml::de::Error| format!("{entry}: {}", error.message()))
}
