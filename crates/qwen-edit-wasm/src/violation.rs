//! What is wrong with a request, or unwise about it, field by field, in the words of JavaScript callers.

use std::borrow::Cow;

use qwen_edit_api::json::ObjectWriter;
use qwen_edit_api::{Field, Violation, ViolationKind, Warning, WarningKind};
use qwen_edit_client::PictureError;

/// `{ field, code, message }`, and the numbers of the rule that was broken.
pub(crate) fn violation(violation: &Violation) -> String {
    let mut object = described(violation.field, violation.kind.code(), &violation.kind.text());
    let numbers: [Option<i64>; 3] = match violation.kind {
        ViolationKind::TooFewPictures { min } => [Some(min.into()), None, None],
        ViolationKind::TooManyPictures { max, got } | ViolationKind::TooLong { max, got } => {
            [None, Some(max.into()), Some(got.into())]
        }
        ViolationKind::PictureTooLarge { bytes, max } => [None, Some(max as i64), Some(bytes as i64)],
        ViolationKind::OutOfRange { min, max, got } => [Some(min), Some(max), Some(got)],
        ViolationKind::SizeArea { min, max, got } => [Some(min as i64), Some(max as i64), Some(got as i64)],
        ViolationKind::SizeSide { min, max, .. } => [Some(min.into()), Some(max.into()), None],
        ViolationKind::SizeRatio { max } => [None, Some(max.into()), None],
        ViolationKind::PictureUrlInvalid
        | ViolationKind::EmptyPrompt
        | ViolationKind::SizeFormat { .. }
        | ViolationKind::NotSupported
        | ViolationKind::EmptyModel => [None; 3],
    };
    write_numbers(&mut object, numbers);
    object.end()
}

/// A picture that was refused, as a violation of its place in `images`.
pub(crate) fn refused_picture(index: usize, error: &PictureError) -> String {
    let mut object = described(Field::Picture(index), error.code(), &error.text());
    let numbers: [Option<i64>; 3] = match error {
        PictureError::TooLarge { bytes, max, .. } => [None, Some(*max as i64), Some(*bytes as i64)],
        PictureError::TooSmall { width, height, min, .. } => {
            [Some((*min).into()), None, Some((*width.min(height)).into())]
        }
        _ => [None; 3],
    };
    write_numbers(&mut object, numbers);
    object.end()
}

pub(crate) fn warning(warning: &Warning) -> String {
    let mut object = described(warning.field, warning.kind.code(), &warning.kind.text());
    let numbers: [Option<i64>; 3] = match warning.kind {
        WarningKind::PromptLong { limit_tokens, estimated_tokens } => {
            [None, Some(limit_tokens.into()), Some(estimated_tokens.into())]
        }
        WarningKind::PictureSmall { side, min } => [Some(min.into()), None, Some(side.into())],
        WarningKind::PictureLarge { side, max } => [None, Some(max.into()), Some(side.into())],
        WarningKind::BodyLarge { bytes, safe } => [None, Some(safe as i64), Some(bytes as i64)],
        WarningKind::MentionsMissingPicture { number } => [None, None, Some(number.into())],
        WarningKind::UnknownModel | WarningKind::ExperimentalModel | WarningKind::LegacyModel => [None; 3],
    };
    write_numbers(&mut object, numbers);
    object.end()
}

/// The name of a field as the request has it.
pub(crate) fn field_name(field: Field) -> Cow<'static, str> {
    match field {
        Field::NegativePrompt => "negativePrompt".into(),
        Field::PromptExtend => "promptExtend".into(),
        field => field.as_str(),
    }
}

fn described(field: Field, code: &str, message: &str) -> ObjectWriter {
    let mut object = ObjectWriter::new();
    object.text("field", &field_name(field));
    object.text("code", code);
    object.text("message", message);
    object
}

fn write_numbers(object: &mut ObjectWriter, numbers: [Option<i64>; 3]) {
    for (name, number) in ["min", "max", "got"].into_iter().zip(numbers) {
        if let Some(number) = number {
            object.integer(name, number);
        }
    }
}
