//! A file as base64, from Blob to Blob.
//!
//! Strings are what makes this slow elsewhere, so there are none: the file passes in slices through a small window of
//! wasm memory and comes out as ASCII bytes that the browser keeps. One window serves the whole file, so the memory of
//! the module grows by its size and not by the size of the photo.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use web_sys::Blob;

use crate::blob;

/// Bytes read from the file at a time. Few enough to stay out of the way, enough to make the reads cheap (measured:
/// 3 MiB). Divisible by 3, so that only the end of the file is padded.
const SLICE: u64 = 3 * 1024 * 1024;
/// Bytes in wasm memory at a time. With its text it fits the second-level cache: whole slices at once were slower and
/// took 7 MiB. Divisible by 3 as well.
const WINDOW: usize = 96 * 1024;

/// Padding in the middle would be no base64 any more.
const _: () = assert!(SLICE.is_multiple_of(3) && WINDOW.is_multiple_of(3));

/// Why a file could not be encoded.
#[derive(Debug)]
pub(crate) enum EncodeError {
    /// The browser refused to read or keep it.
    Browser(JsValue),
    /// Another length than when it was chosen: somebody wrote to it.
    Changed,
}

impl From<JsValue> for EncodeError {
    fn from(thrown: JsValue) -> EncodeError {
        EncodeError::Browser(thrown)
    }
}

/// Encodes the whole of `file`, with padding, without line breaks.
pub(crate) async fn base64(file: &Blob) -> Result<Blob, EncodeError> {
    let len = blob::len(file);
    let mut window = Window::new();
    let pieces = Array::new();
    let mut start = 0;
    while start < len {
        let end = len.min(start + SLICE);
        let bytes = blob::read(file, start..end).await?;
        if u64::from(bytes.length()) != end - start {
            return Err(EncodeError::Changed);
        }
        // Not a Blob each, which would let go of the array sooner: measured, that costs a third more time.
        pieces.push(&window.encode(&bytes));
        start = end;
    }
    Ok(blob::join(&pieces, "")?)
}

/// A piece of a file as base64, for callers who cut the file themselves: all pieces but the last of a multiple of 3 bytes.
#[must_use]
pub fn to_base64(piece: &[u8]) -> Vec<u8> {
    STANDARD.encode(piece).into_bytes()
}

/// The part of wasm memory that the file passes through.
struct Window {
    bytes: Vec<u8>,
    text: Vec<u8>,
}

impl Window {
    fn new() -> Window {
        Window { bytes: vec![0; WINDOW], text: vec![0; WINDOW / 3 * 4] }
    }

    /// One slice as base64. The pieces of a slice, and the slices of a file, may be joined.
    fn encode(&mut self, slice: &Uint8Array) -> Uint8Array {
        let len = slice.length();
        let encoded = Uint8Array::new_with_length(len.div_ceil(3) * 4);
        let mut written = 0;
        for start in (0..len).step_by(WINDOW) {
            let part = slice.subarray(start, len.min(start + WINDOW as u32));
            let bytes = &mut self.bytes[..part.length() as usize];
            part.copy_to(bytes);
            // The window of text holds every window of bytes, so this cannot fail.
            let count = STANDARD.encode_slice(bytes, &mut self.text).unwrap_or_default();
            let end = written + count as u32;
            encoded.subarray(written, end).copy_from(&self.text[..count]);
            written = end;
        }
        encoded
    }
}
