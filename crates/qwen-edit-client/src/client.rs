//! The conversation with a relay.

use qwen_edit_api::region::{DEMO_KEY, GENERATION_PATH};
use qwen_edit_api::{EditRequest, find_region};
use wasm_bindgen::JsValue;
use web_sys::{Blob, Response};

use crate::decode::{self, Head};
use crate::fetch::{self, Call};
use crate::manners::{
    ASK_PREFERENCE, ASK_TIMEOUT_MS, EDIT_TIMEOUT_MS, IMAGE_TIMEOUT_MS, INFO_TIMEOUT_MS, MAX_ANSWER_BYTES,
    UPLOAD_BYTES_PER_MS,
};
use crate::{ApiKey, EditResult, Error, JobId, Lost, Picture, RelayInfo, blob, body};

/// How far an edit has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Pictures are being encoded. Not reported when there are only links.
    Encoding {
        /// Bytes of files already encoded.
        done_bytes: u64,
        /// Bytes of all files together.
        total_bytes: u64,
    },
    /// The browser has the request: from here on it may cost something.
    Sent {
        /// Length of the request body.
        body_bytes: u64,
    },
    /// The relay has it and will keep the answer. Only reported for a job.
    Accepted,
}

/// Speaks to one region of one relay.
#[derive(Clone, Debug)]
pub struct Client {
    relay: String,
    region: String,
    key: Option<ApiKey>,
    timeout_ms: u32,
}

impl Client {
    /// `relay_base` is where the relay's routes begin: `/relay`, or `https://host/relay`.
    ///
    /// A region that needs no key (the demo) gets the public placeholder key.
    pub fn new(relay_base: &str, region: &str) -> Client {
        let keyless = find_region(region).is_some_and(|known| !known.needs_key);
        Client {
            relay: relay_base.trim_end_matches('/').to_owned(),
            region: region.to_owned(),
            key: keyless.then(|| ApiKey::parse(DEMO_KEY).ok()).flatten(),
            timeout_ms: EDIT_TIMEOUT_MS,
        }
    }

    /// With the user's key, or the invitation token of a relay that keeps the key.
    #[must_use]
    pub fn with_key(self, key: ApiKey) -> Client {
        Client { key: Some(key), ..self }
    }

    /// With another limit than 300 s for an edit, counted from sending to the last byte of the answer; the upload of a
    /// large body gets its own time on top, 1 s for each 64 KiB.
    #[must_use]
    pub fn with_timeout_ms(self, timeout_ms: u32) -> Client {
        Client { timeout_ms, ..self }
    }

    /// Edits: one POST, never sent again. Dropping the future aborts it, which does not undo the edit.
    ///
    /// `pictures` are those the request was made from, in the same order.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind); [`Error::charged`] says whether it may have cost something.
    pub async fn edit(
        &self,
        request: &EditRequest,
        pictures: &[Picture],
        progress: impl Fn(Progress),
    ) -> Result<EditResult, Error> {
        let body = body::build(request, pictures, &progress).await?;
        let (head, answer) = self.post(&body, &[], &progress).await.map_err(Lost::of_edit)?;
        decode::edit_answer(&head, &answer, request.model(), request.n())
    }

    /// The one paid request.
    pub(crate) async fn post(
        &self,
        body: &Blob,
        headers: &[(&str, &str)],
        progress: &impl Fn(Progress),
    ) -> Result<(Head, Vec<u8>), Lost> {
        let body_bytes = blob::len(body);
        let upload_ms = u32::try_from(body_bytes / UPLOAD_BYTES_PER_MS).unwrap_or(u32::MAX);
        let call = Call {
            url: &format!("{}/{}{GENERATION_PATH}", self.relay, self.region),
            query: None,
            key: self.key.as_ref(),
            headers,
            json: Some(body),
            timeout_ms: self.timeout_ms.saturating_add(upload_ms),
        };
        let sent = || progress(Progress::Sent { body_bytes });
        fetch::exchange(call, sent, async |_, response| read_bytes(response).await).await
    }

    /// Asks once for the result of a job.
    pub(crate) async fn ask(&self, job: &JobId) -> Result<(Head, Vec<u8>), Lost> {
        let call = Call {
            url: &format!("{}/jobs/{}", self.relay, job.as_str()),
            query: None,
            key: self.key.as_ref(),
            headers: &[("prefer", ASK_PREFERENCE)],
            json: None,
            timeout_ms: ASK_TIMEOUT_MS,
        };
        fetch::exchange(call, || (), async |_, response| read_bytes(response).await).await
    }

    pub(crate) fn timeout_ms(&self) -> u32 {
        self.timeout_ms
    }

    /// What the relay offers. `None` when it does not say: then it only passes edits on.
    ///
    /// # Errors
    /// When nothing answers, or the relay refuses this page.
    pub async fn relay_info(relay_base: &str) -> Result<Option<RelayInfo>, Error> {
        Client::new(relay_base, "").info().await
    }

    /// What this client's relay offers; see [`Client::relay_info`].
    ///
    /// # Errors
    /// When nothing answers, or the relay refuses this page.
    pub async fn info(&self) -> Result<Option<RelayInfo>, Error> {
        let call = Call {
            url: &format!("{}/relay.json", self.relay),
            query: None,
            key: None,
            headers: &[],
            json: None,
            timeout_ms: INFO_TIMEOUT_MS,
        };
        let (head, body) = fetch::exchange(call, || (), async |_, response| read_bytes(response).await)
            .await
            .map_err(Lost::of_free_request)?;
        match head.status {
            200 => Ok(RelayInfo::parse(&body)),
            _ if head.from_relay => Err(decode::free_refusal(&head, &body)),
            _ => Ok(None),
        }
    }

    /// The bytes of a result picture, through the relay's image route. Costs nothing, however often.
    ///
    /// # Errors
    /// As [`ErrorKind::Relay`](crate::ErrorKind::Relay) with the relay's code (`link_expired` after 24 hours), or as the route is missing.
    pub async fn fetch_image(&self, link: &str) -> Result<Blob, Error> {
        let call = Call {
            url: &format!("{}/image", self.relay),
            query: Some(("url", link)),
            key: self.key.as_ref(),
            headers: &[],
            json: None,
            timeout_ms: IMAGE_TIMEOUT_MS,
        };
        let (head, picture) =
            fetch::exchange(call, || (), read_picture).await.map_err(Lost::of_free_request)?;
        match picture {
            Ok(picture) => decode::image_answer(&head, &[]).map(|()| picture),
            Err(refusal) => Err(decode::free_refusal(&head, &refusal)),
        }
    }
}

/// An answer in wasm memory, cut at [`MAX_ANSWER_BYTES`].
async fn read_bytes(response: &Response) -> Result<Vec<u8>, JsValue> {
    let bytes = js_sys::Uint8Array::new(&response.array_buffer()?.await?);
    Ok(bytes.subarray(0, bytes.length().min(MAX_ANSWER_BYTES)).to_vec())
}

/// A picture stays outside wasm memory; what came instead of one is read.
async fn read_picture(head: &Head, response: &Response) -> Result<Result<Blob, Vec<u8>>, JsValue> {
    match head.status {
        200 => Ok(Ok(response.blob()?.await?.into())),
        _ => read_bytes(response).await.map(Err),
    }
}
