//! Warnings: what may go wrong or cost quality, but must not stop a person.

use crate::body::{Body, Parameters};
use crate::catalogue::{Model, Status, find_model};
use crate::draft::{EditDraft, PictureFacts, PictureSource};
use crate::mention::{self, mentions};
use crate::picture::SAFE_BODY_BYTES;
use crate::violation::{Field, Warning, WarningKind};

impl EditDraft {
    /// Everything that may be unwise about the draft, whether or not it is valid.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let mut found = Vec::new();
        let mut warn = |field, kind| found.push(Warning { field, kind });
        let id = self.model.trim();
        let model = find_model(id);
        match model.map(|model| model.status) {
            None if id.is_empty() => {}
            None => warn(Field::Model, WarningKind::UnknownModel),
            Some(Status::Experimental) => warn(Field::Model, WarningKind::ExperimentalModel),
            Some(Status::Legacy) => warn(Field::Model, WarningKind::LegacyModel),
            Some(Status::Current) => {}
        }
        if let Some(model) = model {
            for (index, source) in self.pictures.iter().enumerate() {
                if let PictureSource::File(facts) = source
                    && let Some(kind) = unusual_side(model, *facts)
                {
                    warn(Field::Picture(index), kind);
                }
            }
        }
        // Without the parameters: a few hundred bytes at most, in a number that is a rule of thumb.
        let parameters = Parameters::default();
        let bytes = Body { model: id, pictures: &self.pictures, prompt: &self.prompt, parameters }.len();
        if bytes > SAFE_BODY_BYTES {
            warn(Field::Pictures, WarningKind::BodyLarge { bytes, safe: SAFE_BODY_BYTES });
        }
        if let Some(model) = model {
            let (limit_tokens, estimated_tokens) =
                (model.prompt_limit.tokens, estimated_tokens(&self.prompt));
            if estimated_tokens > limit_tokens {
                warn(Field::Prompt, WarningKind::PromptLong { limit_tokens, estimated_tokens });
            }
        }
        let mentions = mentions(&self.prompt);
        for number in (1..=mention::MOST).filter(|number| *number as usize > self.pictures.len()) {
            if mentions.iter().any(|mention| mention.number == number) {
                warn(Field::Prompt, WarningKind::MentionsMissingPicture { number });
            }
        }
        found
    }
}

/// A side outside the recommended range. Too small matters more: a blurry result is paid for, a slow one is not lost.
fn unusual_side(model: &Model, facts: PictureFacts) -> Option<WarningKind> {
    let (short, long) = (facts.width.min(facts.height), facts.width.max(facts.height));
    let span = model.recommended_side;
    if short == 0 {
        None
    } else if short < span.min {
        Some(WarningKind::PictureSmall { side: short, min: span.min })
    } else if long > span.max {
        Some(WarningKind::PictureLarge { side: long, max: span.max })
    } else {
        None
    }
}

/// About how many tokens a text has: one per Chinese, Japanese or Korean character, one per four others.
///
/// A guess, good enough for a soft counter: the vendor's tokenizer is not public for these models.
#[must_use]
pub fn estimated_tokens(text: &str) -> u32 {
    let (mut wide, mut narrow) = (0_u32, 0_u32);
    for character in text.chars() {
        match character {
            '\u{2e80}'..='\u{9fff}'
            | '\u{ac00}'..='\u{d7af}'
            | '\u{f900}'..='\u{faff}'
            | '\u{ff00}'..='\u{ffef}'
            | '\u{20000}'..='\u{3ffff}' => wide = wide.saturating_add(1),
            _ => narrow = narrow.saturating_add(1),
        }
    }
    wide.saturating_add(narrow.div_ceil(4))
}
