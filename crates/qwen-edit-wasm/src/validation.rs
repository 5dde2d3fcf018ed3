//! What can be said of a request without reading a file or sending anything.

use qwen_edit_api::json::{ObjectWriter, list};
use qwen_edit_api::{Violations, estimate_micro_cny};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::draft;
use crate::violation::{violation, warning};

/// `{ violations, warnings }` as JSON. For both texts see `draft.rs`.
#[wasm_bindgen]
#[must_use]
pub fn check(request: &str, pictures: &str) -> String {
    let mut request = draft::read(request);
    request.pictures = draft::read_pictures(pictures);
    let violations = request.validate().err();
    let violations = violations.iter().flat_map(Violations::iter);
    let mut object = ObjectWriter::new();
    object.json("violations", &list(violations.map(violation)));
    object.json("warnings", &list(request.warnings().iter().map(warning)));
    object.end()
}

/// The price in millionths of a CNY; `undefined` where it is not known.
#[wasm_bindgen]
#[must_use]
pub fn estimate(request: &str, pictures: u32, region: &str) -> Option<f64> {
    let request = draft::read(request);
    let n = request.n.map_or(1, |n| u32::try_from(n).unwrap_or(0));
    let size = request.size.and_then(|size| size.parse().ok());
    estimate_micro_cny(request.model.trim(), region, n, pictures, size).map(|micro| micro as f64)
}
