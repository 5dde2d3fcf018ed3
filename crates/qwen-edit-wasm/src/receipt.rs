//! What was done to a picture to make it fit, for JavaScript.

use qwen_edit_api::fit::{Facts, Reason, Receipt};
use qwen_edit_api::json::{ObjectWriter, list, string};

/// `{ unchanged, before, after, reasons, quality? }`.
pub(crate) fn written(receipt: &Receipt) -> String {
    let mut object = ObjectWriter::new();
    object.flag("unchanged", receipt.is_untouched());
    object.json("before", &facts(receipt.before));
    object.json("after", &facts(receipt.after));
    object.json("reasons", &list(receipt.reasons.iter().map(|it| string(reason(*it)))));
    object.number_if_any("quality", receipt.quality.map(Into::into));
    object.end()
}

fn facts(facts: Facts) -> String {
    let mut object = ObjectWriter::new();
    object.text("format", facts.format.name());
    object.number("bytes", facts.bytes);
    object.number("width", facts.width.into());
    object.number("height", facts.height.into());
    object.end()
}

fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Format => "format",
        Reason::FileTooLarge { .. } => "file-too-large",
        Reason::BodyTooLarge { .. } => "body-too-large",
        Reason::SideTooLong { .. } => "side-too-long",
        Reason::Sideways => "sideways",
        Reason::Location => "location",
    }
}
