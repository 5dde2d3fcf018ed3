//! Takes in the body of a request that was refused, so that the refusal can be read: a browser that is still
//! sending when the connection closes reports a network failure instead of the answer.

use std::time::Duration;

use http::header::{EXPECT, HeaderMap};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use tokio::time::timeout;

/// A client that waits for the answer sends nothing meanwhile.
const PAUSE: Duration = Duration::from_millis(500);
/// All together; after that the connection closes, whatever is still on its way.
const TOTAL: Duration = Duration::from_secs(10);

/// Reads and drops at most `max_bytes`. Does nothing for a client that asked before sending (`Expect`).
pub(crate) async fn take_in(mut body: Incoming, headers: &HeaderMap, max_bytes: u64) {
    if body.is_end_stream() || headers.contains_key(EXPECT) {
        return;
    }
    let read = async {
        let mut left = max_bytes;
        while let Ok(Some(Ok(frame))) = timeout(PAUSE, body.frame()).await {
            let size = frame.data_ref().map_or(0, |data| data.len() as u64);
            let Some(rest) = left.checked_sub(size) else { return };
            left = rest;
        }
    };
    // Whether it got to the end does not matter: the refusal is answered now.
    let _ = timeout(TOTAL, read).await;
}
