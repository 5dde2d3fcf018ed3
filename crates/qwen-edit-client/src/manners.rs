//! How one speaks with a relay: limits of time and size, and the words of its headers.

/// The vendor gives up after 300 s, so no answer comes later than that after the upload.
pub const EDIT_TIMEOUT_MS: u32 = 300_000;
/// Bytes per millisecond that a slow line is granted for the upload, as the relay does (64 KiB/s). A browser does not
/// say when an upload has ended, and an edit must not be given up while it is being made and paid for.
pub const UPLOAD_BYTES_PER_MS: u64 = 64;
/// A relay describes itself from memory.
pub const INFO_TIMEOUT_MS: u32 = 10_000;
/// The relay's own limit for a picture.
pub const IMAGE_TIMEOUT_MS: u32 = 120_000;
/// When a question after a job counts as lost.
pub const ASK_TIMEOUT_MS: u32 = 40_000;
/// Answers are a few kB; of a runaway one, this much is looked at.
pub const MAX_ANSWER_BYTES: u32 = 1024 * 1024;

/// `Prefer`: how long the relay is to wait with an answer about a job. Below the shortest cut of common proxies.
pub const ASK_PREFERENCE: &str = "wait=25";
/// `Prefer`: the relay is to answer as soon as it has the job.
pub const JOB_PREFERENCE: &str = "respond-async";
