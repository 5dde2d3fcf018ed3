//! What keeps the form from being sent, by field, and how each is said.

use qwen_edit_api::{EditRequest, Field, PictureSource, Violation, ViolationKind, Warning};

use super::form::Form;
use crate::i18n::Messages;

/// One thing to put right before sending.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// Text where a whole number should be.
    NotANumber(Field),
    /// A rule of the API.
    Violation(Violation),
}

impl Problem {
    /// The field it belongs to.
    #[must_use]
    pub fn field(&self) -> Field {
        match self {
            Self::NotANumber(field) => *field,
            Self::Violation(violation) => violation.field,
        }
    }

    /// The sentence beside the field.
    #[must_use]
    pub fn describe(&self, messages: &Messages) -> String {
        let say = &messages.violation;
        let Self::Violation(Violation { kind, .. }) = self else {
            return say.not_a_number.to_owned();
        };
        match kind {
            ViolationKind::TooFewPictures { .. } => say.too_few_pictures.to_owned(),
            ViolationKind::TooManyPictures { max, .. } => (say.too_many_pictures)(*max),
            ViolationKind::PictureTooLarge { .. } => say.picture_too_large.to_owned(),
            ViolationKind::PictureUrlInvalid => messages.pictures.link_invalid.to_owned(),
            ViolationKind::EmptyPrompt => say.empty_prompt.to_owned(),
            ViolationKind::OutOfRange { min, max, .. } => (say.out_of_range)(*min, *max),
            ViolationKind::SizeFormat { .. } => say.size_format.to_owned(),
            ViolationKind::SizeArea { .. } => say.size_area.to_owned(),
            ViolationKind::SizeSide { min, max, .. } => (say.size_side)(*min, *max),
            ViolationKind::SizeRatio { max } => (say.size_ratio)(*max),
            ViolationKind::TooLong { max, .. } => (say.too_long)(*max),
            ViolationKind::NotSupported => say.not_supported.to_owned(),
            ViolationKind::EmptyModel => say.empty_model.to_owned(),
        }
    }
}

/// The id of the control that a field's problem belongs to; the first problem's control gets the focus.
#[must_use]
pub fn control_id(field: Field) -> &'static str {
    match field {
        Field::Model => "model-id",
        Field::Pictures | Field::Picture(_) => "add-pictures",
        Field::Prompt => "prompt",
        Field::N => "count",
        Field::Size => "size-width",
        Field::Seed => "seed",
        Field::NegativePrompt => "negative-prompt",
        Field::PromptExtend => "prompt-extend",
        Field::Watermark => "watermark",
    }
}

/// The checked request and its warnings, or everything there is to put right.
///
/// # Errors
/// All problems at once, in the order of the form.
pub fn check(form: &Form, pictures: Vec<PictureSource>) -> Result<(EditRequest, Vec<Warning>), Vec<Problem>> {
    let (draft, mut problems) = form.read(pictures);
    match draft.check() {
        Ok(checked) if problems.is_empty() => Ok((checked.request, checked.warnings)),
        Ok(_) => Err(problems),
        Err(violations) => {
            for violation in violations.iter() {
                insert(&mut problems, Problem::Violation(violation.clone()));
            }
            Err(problems)
        }
    }
}

/// Puts a problem in its place. A handful at most, so no sorting machinery is needed.
fn insert(problems: &mut Vec<Problem>, problem: Problem) {
    let place = problems.iter().position(|other| order(other.field()) > order(problem.field()));
    problems.insert(place.unwrap_or(problems.len()), problem);
}

/// The place of a field on the page, from top to bottom.
fn order(field: Field) -> usize {
    match field {
        Field::Pictures => 0,
        Field::Picture(index) => 1 + index,
        Field::Prompt => 20,
        Field::Model => 21,
        Field::Size => 22,
        Field::N => 23,
        Field::Seed => 24,
        Field::NegativePrompt => 25,
        Field::PromptExtend => 26,
        Field::Watermark => 27,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::{Language, messages};

    #[test]
    fn everything_wrong_is_told_at_once_from_top_to_bottom() {
        let form = Form { n: "9".into(), seed: "x".into(), ..Form::default() };
        let problems = check(&form, Vec::new()).unwrap_err();
        let fields: Vec<_> = problems.iter().map(Problem::field).collect();
        assert_eq!(fields, [Field::Pictures, Field::Prompt, Field::N, Field::Seed]);
    }

    #[test]
    fn problems_speak_both_languages() {
        let problems = check(&Form::default(), Vec::new()).unwrap_err();
        for problem in problems {
            let (zh, en) =
                (problem.describe(messages(Language::Zh)), problem.describe(messages(Language::En)));
            assert!(!zh.is_ascii() && en.is_ascii() && !en.is_empty());
        }
    }

    #[test]
    fn a_good_form_becomes_a_request() {
        let form = Form { prompt: "Hi".into(), n: "3".into(), ..Form::default() };
        let (request, warnings) =
            check(&form, vec![PictureSource::Url("https://a.example/b.png".into())]).unwrap();
        assert_eq!(request.n(), 3);
        assert!(warnings.is_empty());
    }
}
