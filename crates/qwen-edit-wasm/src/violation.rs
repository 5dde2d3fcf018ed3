//! What is wrong with a request, or unwise about it, field by field, in the words of JavaScript callers.

use std::borrow::Cow;
use std::fmt::Display;

use js_sys::Object;
use qwen_edit_api::{Field, Violation, ViolationKind, Warning, WarningKind};
use qwen_edit_client::PictureError;
use wasm_bindgen::JsValue;

use crate::object::{object, set};

/// `{ field, code, message }`, and the numbers of the rule that was broken.
pub(crate) fn violation(violation: &Violation) -> Object {
    let object = described(violation.field, violation.kind.code(), &violation.kind);
    match violation.kind {
        ViolationKind::TooFewPictures { min } => numbers(&object, [("min", min.into())]),
        ViolationKind::TooManyPictures { max, got } | ViolationKind::TooLong { max, got } => {
            numbers(&object, [("max", max.into()), ("got", got.into())]);
        }
        ViolationKind::PictureTooLarge { bytes, max } => too_large(&object, bytes, max),
        ViolationKind::OutOfRange { min, max, got } => {
            numbers(&object, [("min", min as f64), ("max", max as f64), ("got", got as f64)]);
        }
        ViolationKind::SizeArea { min, max, got } => {
            numbers(&object, [("min", min as f64), ("max", max as f64), ("got", got as f64)]);
        }
        ViolationKind::SizeSide { min, max, .. } => {
            numbers(&object, [("min", min.into()), ("max", max.into())])
        }
        ViolationKind::SizeRatio { max } => numbers(&object, [("max", max.into())]),
        ViolationKind::PictureUrlInvalid
        | ViolationKind::EmptyPrompt
        | ViolationKind::SizeFormat { .. }
        | ViolationKind::NotSupported
        | ViolationKind::EmptyModel => {}
    }
    object
}

/// A picture that was refused, as a violation of its place in `images`.
pub(crate) fn refused_picture(index: usize, error: &PictureError) -> Object {
    let object = described(Field::Picture(index), error.code(), error);
    if let PictureError::TooLarge { bytes, max, .. } = error {
        too_large(&object, *bytes, *max);
    }
    object
}

pub(crate) fn warning(warning: &Warning) -> Object {
    let object = described(warning.field, warning.kind.code(), &warning.kind);
    match warning.kind {
        WarningKind::PromptLong { limit_tokens, estimated_tokens } => {
            numbers(&object, [("max", limit_tokens.into()), ("got", estimated_tokens.into())]);
        }
        WarningKind::PictureSmall { side, min } => {
            numbers(&object, [("min", min.into()), ("got", side.into())])
        }
        WarningKind::PictureLarge { side, max } => {
            numbers(&object, [("max", max.into()), ("got", side.into())])
        }
        WarningKind::BodyLarge { bytes, safe } => too_large(&object, bytes, safe),
        WarningKind::MentionsMissingPicture { number } => numbers(&object, [("got", number.into())]),
        WarningKind::UnknownModel | WarningKind::ExperimentalModel | WarningKind::LegacyModel => {}
    }
    object
}

/// The name of a field as the request has it.
pub(crate) fn field_name(field: Field) -> Cow<'static, str> {
    match field {
        Field::NegativePrompt => "negativePrompt".into(),
        Field::PromptExtend => "promptExtend".into(),
        field => field.as_str(),
    }
}

fn described(field: Field, code: &str, message: &impl Display) -> Object {
    object([
        ("field", JsValue::from_str(&field_name(field))),
        ("code", JsValue::from_str(code)),
        ("message", JsValue::from_str(&message.to_string())),
    ])
}

fn too_large(object: &Object, bytes: u64, max: u64) {
    numbers(object, [("max", max as f64), ("got", bytes as f64)]);
}

fn numbers<const N: usize>(object: &Object, numbers: [(&str, f64); N]) {
    for (name, number) in numbers {
        set(object, name, &JsValue::from_f64(number));
    }
}
