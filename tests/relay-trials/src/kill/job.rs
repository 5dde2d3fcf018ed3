//! The jobs of a round: real calls, each with a body of its own.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use serde_json::json;

use crate::client::sha256;
use crate::relay;

/// A picture the simulator has built in: its call is below 1 KB.
const SAMPLE: &str =
    "https://help-static-aliyun-doc.aliyuncs.com/file-manage-files/zh-CN/20260310/rdsgaa/image+%2815%29.png";
/// Width and height of a bitmap whose call has 2 MB.
const SIDE: u32 = 720;
/// The longest time a large body takes to leave.
const LONGEST_UPLOAD_MS: u64 = 2000;

/// One call.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) key: String,
    pub(crate) body: Bytes,
    /// Of the body; no two jobs have the same.
    pub(crate) sha256: String,
    /// How long the body takes to leave.
    pub(crate) upload_time: Duration,
}

impl Job {
    /// Half of the jobs are small, half have 2 MB and leave slowly, so that relays die in the middle of them.
    pub(crate) fn random(random: &mut fastrand::Rng) -> Self {
        let is_large = random.bool();
        let image = if is_large { noise(random) } else { SAMPLE.to_owned() };
        let upload_ms = if is_large { random.u64(0..=LONGEST_UPLOAD_MS) } else { 0 };
        let key = relay::new_key(random);
        let body = json!({
            "model": "qwen-image-2.0-pro",
            "input": { "messages": [{ "role": "user", "content": [{ "image": image }, { "text": key }] }] },
            "parameters": { "n": 1, "size": "512*512" },
        });
        let body = Bytes::from(body.to_string());
        let sha256 = sha256(&body);
        Self { key, body, sha256, upload_time: Duration::from_millis(upload_ms) }
    }
}

/// A bitmap full of noise, as a data URL.
fn noise(random: &mut fastrand::Rng) -> String {
    const HEADERS: u32 = 54;
    let size = HEADERS + SIDE * SIDE * 3;
    let mut bitmap = Vec::with_capacity(size as usize);
    bitmap.extend_from_slice(b"BM");
    for number in [size, 0, HEADERS, 40, SIDE, SIDE] {
        bitmap.extend_from_slice(&number.to_le_bytes());
    }
    // One plane, 24 bits for each pixel, then six fields that may be zero.
    bitmap.extend_from_slice(&[1, 0, 24, 0]);
    bitmap.resize(HEADERS as usize, 0);
    bitmap.resize(size as usize, 0);
    random.fill(bitmap.get_mut(HEADERS as usize..).unwrap_or_default());
    format!("data:image/bmp;base64,{}", BASE64_STANDARD.encode(bitmap))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_large_jobs_have_their_sizes_and_no_two_are_the_same() {
        let mut random = fastrand::Rng::with_seed(1);
        let jobs: Vec<Job> = (0..20).map(|_| Job::random(&mut random)).collect();
        let (large, small): (Vec<&Job>, Vec<&Job>) = jobs.iter().partition(|job| job.body.len() > 1000);
        assert!(!small.is_empty() && small.iter().all(|job| job.upload_time.is_zero()));
        assert!(
            !large.is_empty() && large.iter().all(|job| (2_000_000..2_200_000).contains(&job.body.len()))
        );
        let mut digests: Vec<&String> = jobs.iter().map(|job| &job.sha256).collect();
        digests.sort();
        digests.dedup();
        assert_eq!(digests.len(), jobs.len());
    }
}
