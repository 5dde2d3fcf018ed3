//! From draft to request: every rule is looked at, every violation is reported.

use crate::catalogue::{Model, Parameter, find_model};
use crate::draft::{EditDraft, PictureSource};
use crate::picture::{MAX_PICTURE_BYTES, MediaType};
use crate::request::{Checks, EditRequest};
use crate::size::Size;
use crate::text::split_once;
use crate::violation::{Field, Violation, ViolationKind, Violations, Warning};

/// Largest seed (D, S1).
const MAX_SEED: i64 = 2_147_483_647;

/// A draft that may be sent, with what may still be unwise about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The request.
    pub request: EditRequest,
    /// What does not stop it.
    pub warnings: Vec<Warning>,
}

impl EditDraft {
    /// Checks everything.
    ///
    /// A model that is not in the catalogue is held to the rules of all models only: a picture, a prompt, `n` from 1,
    /// the form of `size`, the range of `seed`.
    ///
    /// # Errors
    /// All violations, in the order of the fields.
    pub fn validate(&self) -> Result<EditRequest, Violations> {
        let mut checker = Checker { draft: self, model: find_model(self.model.trim()), found: Vec::new() };
        checker.model_id();
        checker.pictures();
        checker.prompt();
        let checks = Checks { n: checker.n(), size: checker.size(), seed: checker.seed() };
        checker.negative_prompt();
        checker.switches();
        match Violations::collected(checker.found) {
            Some(violations) => Err(violations),
            None => Ok(EditRequest::from_checked(self, checks)),
        }
    }

    /// [`validate`](Self::validate) and [`warnings`](Self::warnings) in one.
    ///
    /// # Errors
    /// As `validate`.
    pub fn check(&self) -> Result<Checked, Violations> {
        let request = self.validate()?;
        Ok(Checked { request, warnings: self.warnings() })
    }
}

struct Checker<'a> {
    draft: &'a EditDraft,
    model: Option<&'static Model>,
    found: Vec<Violation>,
}

impl Checker<'_> {
    fn report(&mut self, field: Field, kind: ViolationKind) {
        self.found.push(Violation { field, kind });
    }

    /// Whether the model takes a parameter that is set; if not, that is the only thing to say about it.
    fn takes(&mut self, field: Field, parameter: Parameter) -> bool {
        let takes = self.model.is_none_or(|model| model.parameters.has(parameter));
        if !takes {
            self.report(field, ViolationKind::NotSupported);
        }
        takes
    }

    /// The number as the wire has it, when it is in the range.
    fn in_range(&mut self, field: Field, got: i64, min: i64, max: i64) -> Option<u32> {
        if got < min || got > max {
            self.report(field, ViolationKind::OutOfRange { min, max, got });
            return None;
        }
        u32::try_from(got).ok()
    }

    fn model_id(&mut self) {
        if self.draft.model.trim().is_empty() {
            self.report(Field::Model, ViolationKind::EmptyModel);
        }
    }

    fn pictures(&mut self) {
        let got = u32::try_from(self.draft.pictures.len()).unwrap_or(u32::MAX);
        let (min, max) = self.model.map_or((1, u32::MAX), |model| {
            let span = model.input_pictures;
            (span.min, span.max)
        });
        if got < min {
            self.report(Field::Pictures, ViolationKind::TooFewPictures { min });
        }
        if got > max {
            self.report(Field::Pictures, ViolationKind::TooManyPictures { max, got });
        }
        for (index, source) in self.draft.pictures.iter().enumerate() {
            let bytes = match source {
                PictureSource::File(facts) => Some(facts.bytes),
                PictureSource::Url(url) => link_bytes(url),
            };
            match bytes {
                None => self.report(Field::Picture(index), ViolationKind::PictureUrlInvalid),
                Some(bytes) if bytes > MAX_PICTURE_BYTES => {
                    let max = MAX_PICTURE_BYTES;
                    self.report(Field::Picture(index), ViolationKind::PictureTooLarge { bytes, max });
                }
                Some(_) => {}
            }
        }
    }

    fn prompt(&mut self) {
        if self.draft.prompt.trim().is_empty() {
            self.report(Field::Prompt, ViolationKind::EmptyPrompt);
        }
    }

    fn n(&mut self) -> Option<u32> {
        let n = self.draft.n?;
        if !self.takes(Field::N, Parameter::N) {
            return None;
        }
        let (min, max) = self.model.map_or((1, u32::MAX), |model| {
            let span = model.output_pictures;
            (span.min, span.max)
        });
        self.in_range(Field::N, n, min.into(), max.into())
    }

    fn size(&mut self) -> Option<Size> {
        let text = self.draft.size.as_deref()?;
        if !self.takes(Field::Size, Parameter::Size) {
            return None;
        }
        let Ok(size) = text.parse::<Size>() else {
            self.report(Field::Size, ViolationKind::SizeFormat { got: text.to_owned() });
            return None;
        };
        if let Some(Err(problem)) = self.model.map(|model| model.size_rule.check(size)) {
            self.report(Field::Size, problem.into());
            return None;
        }
        Some(size)
    }

    fn seed(&mut self) -> Option<u32> {
        let seed = self.draft.seed?;
        if !self.takes(Field::Seed, Parameter::Seed) {
            return None;
        }
        self.in_range(Field::Seed, seed, 0, MAX_SEED)
    }

    fn negative_prompt(&mut self) {
        let Some(text) = self.draft.negative_prompt.as_deref() else { return };
        if !self.takes(Field::NegativePrompt, Parameter::NegativePrompt) {
            return;
        }
        let Some(max) = self.model.and_then(|model| model.negative_prompt_limit) else { return };
        let got = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        if got > max {
            self.report(Field::NegativePrompt, ViolationKind::TooLong { max, got });
        }
    }

    fn switches(&mut self) {
        if self.draft.prompt_extend.is_some() {
            self.takes(Field::PromptExtend, Parameter::PromptExtend);
        }
        if self.draft.watermark.is_some() {
            self.takes(Field::Watermark, Parameter::Watermark);
        }
    }
}

/// How many bytes of picture a link itself carries: 0 for one that is fetched later, `None` for one of no use.
fn link_bytes(link: &str) -> Option<u64> {
    if link.contains(|character: char| character.is_whitespace() || character.is_control()) {
        return None;
    }
    if let Some(rest) = after_scheme(link, "data:") {
        let (mime, data) = split_once(rest, ";base64,")?;
        MediaType::from_mime(mime)?;
        let digits = data.trim_end_matches('=');
        let padding = data.len() - digits.len();
        let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
        let well_formed = !digits.is_empty() && padding <= 2 && digits.bytes().all(is_base64);
        return well_formed.then_some(digits.len() as u64 * 3 / 4);
    }
    let rest = ["https://", "http://", "oss://"].iter().find_map(|scheme| after_scheme(link, scheme))?;
    (!rest.starts_with(['/', '?', '#']) && !rest.is_empty()).then_some(0)
}

/// What follows the scheme, which may be in any case.
fn after_scheme<'a>(link: &'a str, scheme: &str) -> Option<&'a str> {
    let (start, rest) = link.split_at_checked(scheme.len())?;
    start.eq_ignore_ascii_case(scheme).then_some(rest)
}
