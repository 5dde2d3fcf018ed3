//! One case as it is written.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::body::BodySpec;
use super::expect::Expect;

/// Who brings the API key in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeyMode {
    Passthrough,
    ServerKey,
}

impl KeyMode {
    pub(crate) const BOTH: [Self; 2] = [Self::Passthrough, Self::ServerKey];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Passthrough => "passthrough",
            Self::ServerKey => "server_key",
        }
    }
}

/// The modes a case asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ModeWanted {
    Any,
    Passthrough,
    ServerKey,
}

impl ModeWanted {
    pub(crate) fn modes(self) -> Vec<KeyMode> {
        match self {
            Self::Any => KeyMode::BOTH.to_vec(),
            Self::Passthrough => vec![KeyMode::Passthrough],
            Self::ServerKey => vec![KeyMode::ServerKey],
        }
    }
}

/// A case. A field that is not listed here ends up in its notes and makes it one that is not understood.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Case {
    pub(crate) id: String,
    #[serde(rename = "group")]
    pub(crate) _group: String,
    pub(crate) title: String,
    pub(crate) mode: ModeWanted,
    /// `native`, `edge`.
    #[serde(rename = "where")]
    pub(crate) places: Vec<String>,
    /// An HTTP method, or RAW, H2, LOAD, CLI.
    pub(crate) method: String,
    #[serde(default)]
    pub(crate) path: Option<String>,
    /// In order, duplicates kept.
    #[serde(default)]
    pub(crate) headers: Vec<(String, String)>,
    #[serde(default)]
    pub(crate) body: BodySpec,
    #[serde(default)]
    pub(crate) raw: Option<String>,
    #[serde(default)]
    pub(crate) mock: Option<String>,
    /// What to do beyond the one request, in English.
    #[serde(default)]
    pub(crate) steps: Vec<String>,
    pub(crate) expect: Expect,
    /// For the reader of the file.
    #[serde(flatten)]
    pub(crate) _notes: Notes,
}

/// What says where a case comes from.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Notes {
    #[serde(default, rename = "threat")]
    _threat: Option<String>,
    #[serde(default, rename = "anchor")]
    _anchor: Option<String>,
    #[serde(default, rename = "core")]
    _core: bool,
    #[serde(flatten)]
    pub(crate) unknown: BTreeMap<String, Value>,
}

impl Case {
    /// Names what cannot be run as it is written.
    pub(crate) fn not_understood(&self) -> Option<String> {
        if let Some(field) = self._notes.unknown.keys().next() {
            return Some(format!("field \"{field}\""));
        }
        self.expect.not_understood()
    }

    /// Title and steps in lower case, for finding the procedure of a case whose id is not known.
    pub(crate) fn words(&self) -> String {
        format!("{} {}", self.title, self.steps.join(" ")).to_lowercase()
    }

    /// True when the case is about the picture route.
    pub(crate) fn is_about_pictures(&self) -> bool {
        self.path.as_deref().is_some_and(|path| path.contains("/v1/image") || path.contains("/relay/image"))
    }
}
