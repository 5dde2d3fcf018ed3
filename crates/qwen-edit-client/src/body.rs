//! The request body as a Blob: JSON text pieces, and between them the pictures as base64 Blobs.

use js_sys::Array;
use qwen_edit_api::{BodyPart, EditRequest};
use wasm_bindgen::JsValue;
use web_sys::Blob;

use crate::picture::File;
use crate::{Picture, PictureError, Progress, blob};

/// Joins the body. Only what was not [prepared](Picture::prepare) before is encoded now.
///
/// # Errors
/// When a picture cannot be read any more, or `pictures` are not the ones of the request.
pub(crate) async fn build(
    request: &EditRequest,
    pictures: &[Picture],
    progress: impl Fn(Progress),
) -> Result<Blob, PictureError> {
    check_same(request, pictures)?;
    let total_bytes = pictures.iter().filter_map(Picture::file).map(File::bytes).sum();
    let mut done_bytes = 0;
    if total_bytes > 0 {
        progress(Progress::Encoding { done_bytes, total_bytes });
    }
    let parts = Array::new();
    for part in request.body_parts() {
        match part {
            BodyPart::Json(text) => parts.push(&JsValue::from_str(&text)),
            BodyPart::Base64 { picture: index } => {
                let mismatch = PictureError::Mismatch { number: index + 1 };
                let file = pictures.get(index).and_then(Picture::file).ok_or(mismatch)?;
                let encoded = file.base64().await?;
                done_bytes += file.bytes();
                progress(Progress::Encoding { done_bytes, total_bytes });
                parts.push(&encoded)
            }
        };
    }
    // The browser only fails to join when it is out of space; then no picture can be kept.
    blob::join(&parts, "application/json").map_err(|thrown| PictureError::Unreadable {
        name: pictures.last().map(Picture::name).unwrap_or_default().to_owned(),
        detail: crate::thrown::name(&thrown),
    })
}

/// A request tells media types apart from bytes; bytes of another picture under it would be a wrong, paid edit.
fn check_same(request: &EditRequest, pictures: &[Picture]) -> Result<(), PictureError> {
    let wanted = request.pictures();
    let differs = |index: &usize| wanted.get(*index) != pictures.get(*index).map(Picture::source).as_ref();
    match (0..wanted.len().max(pictures.len())).find(differs) {
        Some(index) => Err(PictureError::Mismatch { number: index + 1 }),
        None => Ok(()),
    }
}
