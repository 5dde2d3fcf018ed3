//! The database file: made when the relay starts, and never again. A call may be written down in one that was removed
//! since; with an empty one in its place nobody would know of that call, and its key could be paid for twice.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use redb::Database;
use redb::backends::{FileBackend, InMemoryBackend};

use crate::durable;

const FILE: &str = "jobs.redb";
/// Records are small and read once or twice, and the system keeps the file's pages too. A larger cache only looks like a
/// leak while it fills: with 16 MiB memory grew for two hours.
const CACHE_BYTES: usize = 1 << 20;

/// The database, opened anew after it failed: a full disk may be emptied while the relay runs.
pub(super) struct Databank {
    directory: Option<PathBuf>,
    open: Mutex<Opened>,
    /// The file that was made or found at the start. Beside the lock: a repair holds that for as long as it takes, and
    /// whoever asks for the state of things must not wait for it.
    id: OnceLock<FileId>,
}

enum Opened {
    /// The relay starts: a database that is not there is made.
    Never,
    Yes(Arc<Database>),
    /// It failed; only the same file is opened again.
    Before,
    /// The relay has stopped.
    NeverAgain,
}

impl Databank {
    pub(super) fn new(directory: Option<PathBuf>) -> Self {
        Self { directory, open: Mutex::new(Opened::Never), id: OnceLock::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Opened> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The open database.
    pub(super) fn open(&self) -> Result<Arc<Database>, String> {
        let mut open = self.lock();
        let database = match (&*open, &self.directory) {
            (Opened::Yes(database), _) => return Ok(Arc::clone(database)),
            (Opened::NeverAgain, _) => return Err("it is closed".to_owned()),
            (Opened::Never | Opened::Before, None) => in_memory()?,
            (Opened::Never, Some(directory)) => {
                let (database, id) = create(directory)?;
                // Made once, under the lock.
                let _ = self.id.set(id);
                database
            }
            (Opened::Before, Some(directory)) => reopen(directory, self.id.get().copied())?,
        };
        let database = Arc::new(database);
        *open = Opened::Yes(Arc::clone(&database));
        Ok(database)
    }

    /// Forgets a database that failed.
    pub(super) fn close(&self) {
        let mut open = self.lock();
        // What is in memory has no second chance, and does not fail for want of a disk.
        if let (Opened::Yes(_), Some(_)) = (&*open, &self.directory) {
            *open = Opened::Before;
        }
    }

    /// Closes for good.
    pub(super) fn shut(&self) {
        *self.lock() = Opened::NeverAgain;
    }

    /// Whether what is written now would be found again after a restart: the directory may have been removed or
    /// replaced, or made read-only, under an open file. Never waits for the database.
    pub(super) fn check_place(&self) -> Result<(), String> {
        let Some(directory) = &self.directory else { return Ok(()) };
        check_writable(directory, &metadata(directory)?)?;
        let path = directory.join(FILE);
        let file = metadata(&path)?;
        check_writable(&path, &file)?;
        self.id.get().map_or(Ok(()), |id| id.check(&path, &file))
    }
}

fn metadata(path: &Path) -> Result<Metadata, String> {
    fs::metadata(path).map_err(|error| problem(path, &error))
}

/// By its permissions, which do not stop a superuser, and by its file system: that is made read-only when a disk fails.
fn check_writable(path: &Path, metadata: &Metadata) -> Result<(), String> {
    if metadata.permissions().readonly() {
        return Err(problem(path, &"it is read-only"));
    }
    #[cfg(unix)]
    rustix::fs::access(path, rustix::fs::Access::WRITE_OK).map_err(|error| problem(path, &error))?;
    Ok(())
}

fn problem(path: &Path, error: &dyn std::fmt::Display) -> String {
    format!("\"{}\": {error}", path.display())
}

/// Tells a file from another that took its name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct FileId {
    #[cfg(unix)]
    device_and_inode: (u64, u64),
}

impl FileId {
    #[cfg(unix)]
    fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self { device_and_inode: (metadata.dev(), metadata.ino()) }
    }

    /// Elsewhere the system does not let an open file be removed.
    #[cfg(not(unix))]
    fn of(_: &Metadata) -> Self {
        Self::default()
    }

    fn check(self, path: &Path, found: &Metadata) -> Result<(), String> {
        let other = "it is not the file the relay has opened; put that one back, or restart the relay";
        if Self::of(found) == self { Ok(()) } else { Err(problem(path, &other)) }
    }
}

fn builder() -> redb::Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_BYTES);
    builder
}

fn in_memory() -> Result<Database, String> {
    builder().create_with_backend(InMemoryBackend::new()).map_err(|error| error.to_string())
}

/// Links in answers are secrets while they live: directory and file are for the relay's user alone.
fn create(directory: &Path) -> Result<(Database, FileId), String> {
    let mut directories = DirBuilder::new();
    directories.recursive(true);
    let mut file = OpenOptions::new();
    file.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        directories.mode(0o700);
        file.mode(0o600);
    }
    directories.create(directory).map_err(|error| problem(directory, &error))?;
    let file = file.open(directory.join(FILE)).map_err(|error| problem(directory, &error))?;
    let id = FileId::of(&file.metadata().map_err(|error| problem(directory, &error))?);
    let database = read(file, directory)?;
    durable::sync_directory(directory).map_err(|error| problem(directory, &error))?;
    durable::sync_name(directory);
    Ok((database, id))
}

fn reopen(directory: &Path, id: Option<FileId>) -> Result<Database, String> {
    let path = directory.join(FILE);
    let id = id.ok_or_else(|| problem(&path, &"it was never open"))?;
    let file =
        OpenOptions::new().read(true).write(true).open(&path).map_err(|error| problem(&path, &error))?;
    let found = file.metadata().map_err(|error| problem(&path, &error))?;
    id.check(&path, &found)?;
    if found.len() == 0 {
        return Err(problem(&path, &"it was emptied; restart the relay to begin anew"));
    }
    read(file, directory)
}

fn read(file: File, directory: &Path) -> Result<Database, String> {
    let in_use = |error| match error {
        redb::DatabaseError::DatabaseAlreadyOpen => problem(directory, &"another relay is using it"),
        error => problem(directory, &error),
    };
    let backend = FileBackend::new(file).map_err(in_use)?;
    builder().create_with_backend(backend).map_err(in_use)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::time::Duration;

    #[test]
    fn whoever_asks_for_the_place_does_not_wait_for_a_repair() {
        let directory = tempfile::TempDir::new().unwrap();
        let databank = Arc::new(Databank::new(Some(directory.path().to_owned())));
        drop(databank.open().unwrap());
        let _repair = databank.lock();
        let check = || {
            let (databank, (answer, answered)) = (Arc::clone(&databank), mpsc::channel());
            std::thread::spawn(move || answer.send(databank.check_place()));
            answered.recv_timeout(Duration::from_secs(10)).unwrap()
        };
        assert_eq!(check(), Ok(()));
        std::fs::rename(directory.path().join(FILE), directory.path().join("elsewhere")).unwrap();
        std::fs::write(directory.path().join(FILE), "another").unwrap();
        assert!(check().unwrap_err().contains("not the file"), "and still knows its file");
    }
}
