//! What can be said of a request without reading a file or sending anything.

use qwen_edit_api::json::{ObjectWriter, list};
use qwen_edit_api::{Violations, estimate_micro_cny};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::draft::{self, parsed};
use crate::violation::{refused_picture, violation, warning};

/// `{ violations, warnings }` as JSON. Pictures are an array of what [`Preparation::add`](crate::Preparation::add) takes,
/// with nothing found yet; `as_it_is` says that no file may be changed.
#[wasm_bindgen]
#[must_use]
pub fn check(request: &str, pictures: &str, as_it_is: bool) -> String {
    let mut request = draft::read(request);
    let mut refused = Vec::new();
    for (index, picture) in parsed(pictures).items().iter().enumerate() {
        request.pictures.push(draft::unjudged(picture, as_it_is).unwrap_or_else(|error| {
            refused.push(refused_picture(index, &error));
            draft::unread(0)
        }));
    }
    let violations = request.validate().err();
    let violations = violations.iter().flat_map(Violations::iter).map(violation);
    let mut object = ObjectWriter::new();
    object.json("violations", &list(violations.chain(refused)));
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
