//! What the relay offers to pay for: which models, and how many pictures in one call.

use crate::reject::{Code, Reject};
use crate::scan::{Count, Facts, Field, MAX_MODEL_BYTES};

/// A model's name with `*` for any characters, also none, for example `qwen-image-edit*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelPattern(String);

/// The text is no pattern for model names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a model is 1 to {MAX_MODEL_BYTES} visible ASCII characters, with * for any others, for example \"qwen-image-edit*\""
)]
pub struct PatternError;

impl ModelPattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// [`PatternError`] when nothing that is sent could match, or only by accident.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let plain = (1..=MAX_MODEL_BYTES).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        if plain { Ok(Self(text.to_owned())) } else { Err(PatternError) }
    }

    /// Whether the name fits, letter by letter. Time grows with the product of both lengths, not faster.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        let mut parts = self.0.split('*');
        let Some(mut rest) = parts.next().and_then(|head| name.strip_prefix(head)) else { return false };
        let Some(tail) = parts.next_back() else { return rest.is_empty() };
        // The first place where a middle part fits leaves the most for the others.
        for part in parts {
            let Some((_, behind)) = rest.split_once(part) else { return false };
            rest = behind;
        }
        rest.ends_with(tail)
    }
}

/// What one region offers.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// The models that may be named; `None` allows all.
    pub models: Option<Vec<ModelPattern>>,
    /// The most pictures in one call; `None` for any number.
    pub max_images: Option<u32>,
    /// Whether the two above are held to: in regions whose key the relay holds. Callers with a key of their own pay for
    /// what they ask.
    pub strict: bool,
}

/// Judges what the body asks for, and returns for how many pictures to reserve money: at least one.
///
/// # Errors
/// `policy`, with a message that names the field.
pub fn check_model_and_count(facts: &Facts, rules: &Rules) -> Result<u32, Reject> {
    let model = match &facts.model {
        Field::Value(model) if !model.is_empty() => model,
        Field::Absent => return Err(policy("\"model\" is missing: name the model to use.")),
        _ => {
            let message = format!("\"model\" must be a text of 1 to {MAX_MODEL_BYTES} bytes.");
            return Err(Reject::from(Code::Policy).with_message(message));
        }
    };
    if !rules.strict {
        return Ok(match facts.images {
            Field::Value(Count::Whole(images)) => images.max(1),
            _ => 1,
        });
    }
    // A star in a pattern stands for what can be a name: no control character, nothing that looks like another letter.
    let is_name = model.bytes().all(|byte| byte.is_ascii_graphic());
    let offered = |models: &Vec<ModelPattern>| models.iter().any(|pattern| pattern.matches(model));
    if !rules.models.as_ref().is_none_or(|models| is_name && offered(models)) {
        return Err(Code::ModelNotOffered.into());
    }
    if facts.parameters == Field::WrongType {
        return Err(policy("\"parameters\" must be an object."));
    }
    let max = rules.max_images.unwrap_or(u32::MAX);
    match facts.images {
        Field::Absent => Ok(1),
        Field::Value(Count::Whole(images)) if (1..=max).contains(&images) => Ok(images),
        _ => Err(Reject::from(Code::Policy).with_message(format!(
            "\"parameters.n\" must be a whole number from 1 to {max}, in digits without sign, fraction or exponent."
        ))),
    }
}

fn policy(message: &'static str) -> Reject {
    Reject::from(Code::Policy).with_message(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(model: &str, images: Field<Count>) -> Facts {
        Facts { model: Field::Value(model.into()), parameters: Field::Value(()), images }
    }

    fn strict() -> Rules {
        let models = ["qwen-image-edit*", "qwen-image-2.0"].map(|text| ModelPattern::parse(text).unwrap());
        Rules { models: Some(models.into()), max_images: Some(6), strict: true }
    }

    #[test]
    fn a_star_stands_for_any_characters_also_none() {
        for (pattern, name, fits) in [
            ("qwen-image-edit*", "qwen-image-edit", true),
            ("qwen-image-edit*", "qwen-image-edit-plus-2025-12-15", true),
            ("qwen-image-edit*", "qwen-image-edi", false),
            ("qwen-image-edit*", "Qwen-image-edit", false),
            ("qwen-image-edit", "qwen-image-edit-max", false),
            ("qwen-image-edit", "qwen-image-edit", true),
            ("*", "anything", true),
            ("*-max", "qwen-image-edit-max", true),
            ("*-max", "qwen-image-edit-max-2", false),
            ("a*b*c", "abc", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "acb", false),
            ("a*a", "a", false),
            ("a**a", "aa", true),
            ("ab*ba", "aba", false),
        ] {
            assert_eq!(ModelPattern::parse(pattern).unwrap().matches(name), fits, "{pattern} {name}");
        }
    }

    #[test]
    fn a_pattern_that_no_model_has_is_refused() {
        for text in ["", "qwen image", "qwen\n", "模型", &"x".repeat(257)] {
            assert_eq!(ModelPattern::parse(text), Err(PatternError), "{text:?}");
        }
    }

    #[test]
    fn a_model_is_needed_in_every_mode() {
        for rules in [strict(), Rules::default()] {
            for model in [Field::Absent, Field::WrongType, Field::Value(String::new())] {
                let facts = Facts { model, ..Facts::default() };
                let reject = check_model_and_count(&facts, &rules).unwrap_err();
                assert_eq!(reject.code(), Code::Policy);
                let answer = reject.into_response("x");
                assert_eq!(answer.status(), 400);
                assert!(answer.body().contains("model"), "{}", answer.body());
            }
        }
    }

    #[test]
    fn the_relays_own_key_pays_only_for_models_on_its_list() {
        assert_eq!(check_model_and_count(&facts("qwen-image-edit-max", Field::Absent), &strict()), Ok(1));
        let reject = check_model_and_count(&facts("wan-video-pro", Field::Absent), &strict()).unwrap_err();
        let answer = reject.into_response("x");
        assert_eq!(answer.status(), 403);
        assert!(answer.body().contains("\"policy\"") && answer.body().contains("model"));
        assert!(!answer.body().contains("wan-video"), "what was sent is not repeated");
        assert_eq!(check_model_and_count(&facts("wan-video-pro", Field::Absent), &Rules::default()), Ok(1));
    }

    #[test]
    fn a_star_stands_for_no_control_character_and_no_look_alike() {
        for name in
            ["qwen-image-edit\0", "qwen-image-edit\n", "qwen-image-edit\u{3000}", "qwen-image-edit-\u{435}"]
        {
            let reject = check_model_and_count(&facts(name, Field::Absent), &strict()).unwrap_err();
            assert_eq!(reject.code(), Code::ModelNotOffered, "{name:?}");
        }
    }

    #[test]
    fn the_relays_own_key_pays_only_for_a_plain_number_of_pictures_in_range() {
        for images in 1..=6 {
            let facts = facts("qwen-image-2.0", Field::Value(Count::Whole(images)));
            assert_eq!(check_model_and_count(&facts, &strict()), Ok(images));
        }
        for images in [
            Field::WrongType,
            Field::Value(Count::Other),
            Field::Value(Count::Whole(0)),
            Field::Value(Count::Whole(7)),
            Field::Value(Count::Whole(u32::MAX)),
        ] {
            let reject = check_model_and_count(&facts("qwen-image-2.0", images), &strict()).unwrap_err();
            assert_eq!(reject.code(), Code::Policy);
            let body = reject.into_response("x").into_body();
            assert!(body.contains("parameters.n") && body.contains('6'), "{body}");
        }
        let facts = Facts { parameters: Field::WrongType, ..facts("qwen-image-2.0", Field::Absent) };
        let body = check_model_and_count(&facts, &strict()).unwrap_err().into_response("x").into_body();
        assert!(body.contains("parameters"), "{body}");
    }

    #[test]
    fn callers_with_their_own_key_are_counted_and_not_judged() {
        for (images, reserved) in [
            (Field::Absent, 1),
            (Field::WrongType, 1),
            (Field::Value(Count::Other), 1),
            (Field::Value(Count::Whole(0)), 1),
            (Field::Value(Count::Whole(40)), 40),
        ] {
            assert_eq!(check_model_and_count(&facts("any", images), &Rules::default()), Ok(reserved));
        }
    }
}
