//! Where a client's requests go, with whose credential, and what the answers to its free ones mean.

use qwen_edit_api::json::ObjectWriter;
use qwen_edit_api::region::{DEMO_KEY, GENERATION_PATH};
use qwen_edit_api::{DEFAULT_MODEL, find_region};
use qwen_edit_client::manners::{
    ASK_PREFERENCE, ASK_TIMEOUT_MS, EDIT_TIMEOUT_MS, IMAGE_TIMEOUT_MS, INFO_TIMEOUT_MS, JOB_PREFERENCE,
    MAX_ANSWER_BYTES, UPLOAD_BYTES_PER_MS,
};
use qwen_edit_client::{ApiKey, ErrorKind, Head, JobId, Lost};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::draft::parsed;
use crate::error::{edit_error, instead, refusal};

/// The addresses and manners of one region of one relay, as JSON for `npm/exchange.js`; or `{ error }` about the key.
///
/// A region that needs no key (the demo) gets the public placeholder key.
#[wasm_bindgen]
#[must_use]
#[expect(clippy::needless_pass_by_value, reason = "wasm-bindgen has no optional borrowed texts")]
pub fn connect(relay: &str, region: &str, key: Option<String>, allow_browser_key: bool) -> String {
    let key = match key.as_deref().map(ApiKey::parse) {
        Some(Err(error)) => return instead(&edit_error(&ErrorKind::Key(error).into())),
        Some(Ok(key)) if key.is_vendor_key() && !allow_browser_key => return instead(&browser_key()),
        Some(Ok(key)) => Some(key),
        None if find_region(region).is_some_and(|known| !known.needs_key) => ApiKey::parse(DEMO_KEY).ok(),
        None => None,
    };
    let relay = relay.trim_end_matches('/');
    let mut object = ObjectWriter::new();
    object.text("edits", &[relay, "/", region, GENERATION_PATH].concat());
    object.text("jobs", &[relay, "/jobs/"].concat());
    object.text("image", &[relay, "/image"].concat());
    object.text("info", &[relay, "/relay.json"].concat());
    object.text_if_any("authorization", key.map(|key| key.authorization()).as_deref());
    object.number("editMs", EDIT_TIMEOUT_MS.into());
    object.number("uploadBytesPerMs", UPLOAD_BYTES_PER_MS);
    object.number("infoMs", INFO_TIMEOUT_MS.into());
    object.number("imageMs", IMAGE_TIMEOUT_MS.into());
    object.number("askMs", ASK_TIMEOUT_MS.into());
    object.number("answerBytes", MAX_ANSWER_BYTES.into());
    object.text("askPreference", ASK_PREFERENCE);
    object.text("jobPreference", JOB_PREFERENCE);
    object.text("model", DEFAULT_MODEL);
    object.end()
}

fn browser_key() -> String {
    refusal(
        "browser-key",
        "key: this is a key of the vendor's, and everybody who opens the page can read it: let a relay hold it, or set \
         allowBrowserKey: true where only its owner opens the page",
    )
}

/// What is wrong with the name of a job, as the JSON of an error; `undefined` when it may be used.
#[wasm_bindgen(js_name = checkJob)]
#[must_use]
pub fn check_job(id: &str) -> Option<String> {
    let problem =
        "jobId: must be 16 to 128 of A-Z, a-z, 0-9, \"_\" and \"-\", for example crypto.randomUUID()";
    JobId::parse(id).err().map(|_| refusal("invalid-job-id", problem))
}

/// What is wrong with the answer of the relay's image route, as the JSON of an error; `undefined` when it is a picture.
/// `lost` says why there is no whole answer; `refusal` is the body where the status is not 200.
#[wasm_bindgen(js_name = imageAnswer)]
#[must_use]
pub fn image_answer(lost: Option<String>, head: &str, refusal: &[u8]) -> Option<String> {
    let head = read_head(head);
    let outcome = match lost {
        Some(kind) => Err(read_lost(&kind, head).of_free_request()),
        None => qwen_edit_client::image_answer(&head, refusal),
    };
    outcome.err().map(|error| edit_error(&error))
}

/// Reads `{status, fromRelay, contentType?, requestId?}`.
pub(crate) fn read_head(head: &str) -> Head {
    let head = parsed(head);
    let text = |name: &str| head.field(name).text().map(str::to_owned);
    Head {
        status: head
            .field("status")
            .count()
            .and_then(|status| u16::try_from(status).ok())
            .unwrap_or_default(),
        from_relay: head.field("fromRelay").is_true(),
        content_type: text("contentType"),
        request_id: text("requestId"),
    }
}

/// Reads `not-sent`, `mid-answer` (with a head), `timeout`, `aborted`, or `network`, which any other word means too.
pub(crate) fn read_lost(kind: &str, head: Head) -> Lost {
    match kind {
        "not-sent" => Lost::NotSent,
        "mid-answer" => Lost::MidAnswer(head),
        "timeout" => Lost::Timeout,
        "aborted" => Lost::Aborted,
        _ => Lost::Network,
    }
}
