//! What is needed for a new file to be there after a power cut, besides its own `fsync`.

use std::io;
use std::path::Path;

/// Makes the name of a directory that was just made last, as far as this user may: the one above can belong to others.
pub(crate) fn sync_name(directory: &Path) {
    if let Some(above) = directory.parent() {
        let _ = sync_directory(above);
    }
}

/// Makes new names in a directory last.
///
/// # Errors
/// The system's.
pub(crate) fn sync_directory(directory: &Path) -> io::Result<()> {
    // Elsewhere directories cannot be opened, and names last by themselves.
    if cfg!(unix) { std::fs::File::open(directory)?.sync_all() } else { Ok(()) }
}
