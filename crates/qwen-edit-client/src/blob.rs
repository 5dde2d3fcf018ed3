//! Reading and joining Blobs, piece by piece: the browser keeps the bytes, on disk if it likes.

use std::ops::Range;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use web_sys::{Blob, BlobPropertyBag};

/// The size in bytes. JavaScript numbers are exact up to 2^53.
pub(crate) fn len(blob: &Blob) -> u64 {
    blob.size() as u64
}

/// Reads one range into JavaScript memory. Reads less where the file has become shorter.
pub(crate) async fn read(blob: &Blob, range: Range<u64>) -> Result<Uint8Array, JsValue> {
    let slice = blob.slice_with_f64_and_f64(range.start as f64, range.end as f64)?;
    Ok(Uint8Array::new(&slice.array_buffer().await?))
}

/// Joins strings, byte arrays and Blobs without reading them.
pub(crate) fn join(parts: &Array, media_type: &str) -> Result<Blob, JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    Blob::new_with_blob_sequence_and_options(parts, &options)
}
