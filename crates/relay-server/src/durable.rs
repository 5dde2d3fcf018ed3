//! What is needed for a new file to be there after a power cut, besides its own `fsync`.

use std::io;
use std::path::Path;

/// Makes new names in a directory last.
///
/// # Errors
/// The system's.
pub(crate) fn sync_directory(directory: &Path) -> io::Result<()> {
    // Elsewhere directories cannot be opened, and names last by themselves.
    if cfg!(unix) { std::fs::File::open(directory)?.sync_all() } else { Ok(()) }
}
