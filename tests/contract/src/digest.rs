//! SHA-256, written as the simulator's log writes it.

use sha2::{Digest as _, Sha256};

/// Lower-case hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
