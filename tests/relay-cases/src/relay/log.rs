//! What a relay writes. Looked through for canaries after every case.

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::fill::Secrets;

/// The file that standard output and error of all processes of one relay go to.
#[derive(Debug)]
pub(super) struct Log {
    path: PathBuf,
    read_to: u64,
}

impl Log {
    pub(super) fn create(path: PathBuf) -> Result<Self> {
        File::create(&path).with_context(|| format!("create {}", path.display()))?;
        Ok(Self { path, read_to: 0 })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// For a process to write to.
    pub(super) fn writer(&self) -> Result<File> {
        Ok(fs::OpenOptions::new().append(true).open(&self.path)?)
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.path).unwrap_or_default()).into_owned()
    }

    /// The canaries in what was written since the last time.
    pub(super) fn new_leaks(&mut self, secrets: &Secrets) -> Result<Vec<&'static str>> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.read_to))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        self.read_to += bytes.len() as u64;
        let written = String::from_utf8_lossy(&bytes);
        let found = secrets.canaries().into_iter().filter(|(_, secret)| written.contains(secret));
        Ok(found.map(|(name, _)| name).collect())
    }
}
