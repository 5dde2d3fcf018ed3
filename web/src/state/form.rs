//! What the person typed and chose, loose as forms are; [`Form::read`] turns it into a draft the API crate checks.

use qwen_edit_api::catalogue::{DEFAULT_MODEL, Model, ParameterSet, Span, estimate_micro_cny, find_model};
use qwen_edit_api::size::{Size, SizePreset, size_presets};
use qwen_edit_api::{EditDraft, Field, PictureSource};

use super::problem::Problem;

/// The chosen shape of the result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The model follows the last picture.
    Auto,
    /// One of the vendor's recommended sizes, by its ratio ("3:4").
    Preset(&'static str),
    /// Width and height as typed.
    Custom,
}

/// The whole form except the pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// The instruction.
    pub prompt: String,
    /// The model id; any text, since unknown models are allowed.
    pub model: String,
    /// Whether the model id is typed by hand.
    pub model_typed: bool,
    /// How many pictures to make, as typed.
    pub n: String,
    /// The shape of the result.
    pub shape: Shape,
    /// For presets: the large size of the two.
    pub large: bool,
    /// Custom width in pixels, as typed.
    pub width: String,
    /// Custom height in pixels, as typed.
    pub height: String,
    /// The seed as typed; empty means random.
    pub seed: String,
    /// What to avoid; empty means nothing.
    pub negative_prompt: String,
    /// Let the model rewrite the instruction first.
    pub prompt_extend: bool,
    /// Put the model's mark on the result.
    pub watermark: bool,
    /// The person's own words, kept when a template replaced them.
    pub replaced_prompt: Option<String>,
}

impl Default for Form {
    fn default() -> Self {
        Self {
            prompt: String::new(),
            model: DEFAULT_MODEL.to_owned(),
            model_typed: false,
            n: "1".to_owned(),
            shape: Shape::Auto,
            large: false,
            width: "1024".to_owned(),
            height: "1024".to_owned(),
            seed: String::new(),
            negative_prompt: String::new(),
            prompt_extend: true,
            watermark: false,
            replaced_prompt: None,
        }
    }
}

impl Form {
    /// The catalogue's entry, or nothing for a model typed by hand that it does not know.
    #[must_use]
    pub fn known_model(&self) -> Option<&'static Model> {
        find_model(self.model.trim())
    }

    /// Which parameters to show. A model we do not know gets all of them.
    #[must_use]
    pub fn parameters(&self) -> ParameterSet {
        self.known_model().map_or(
            ParameterSet {
                n: true,
                size: true,
                negative_prompt: true,
                prompt_extend: true,
                watermark: true,
                seed: true,
            },
            |model| model.parameters,
        )
    }

    /// How many pictures the model makes in one run.
    #[must_use]
    pub fn outputs(&self) -> Span {
        self.known_model().map_or(Span { min: 1, max: 6 }, |model| model.output_pictures)
    }

    /// How many pictures the model takes.
    #[must_use]
    pub fn max_pictures(&self) -> usize {
        self.known_model().map_or(3, |model| model.input_pictures.max as usize)
    }

    /// How many pictures the run would make, as far as the text can be read; 1 otherwise.
    #[must_use]
    pub fn count(&self) -> u32 {
        let span = self.outputs();
        self.n.trim().parse::<u32>().map_or(span.min, |n| n.clamp(span.min, span.max))
    }

    /// Changes the count by one step, within what the model makes.
    pub fn step_count(&mut self, by: i64) {
        let span = self.outputs();
        let n = (i64::from(self.count()) + by).clamp(i64::from(span.min), i64::from(span.max));
        self.n = n.to_string();
    }

    /// Chooses a model of the catalogue.
    pub fn choose_model(&mut self, id: &str) {
        id.clone_into(&mut self.model);
        self.model_typed = false;
    }

    /// Starts typing a model id by hand, beginning with the present one.
    pub fn type_model(&mut self) {
        self.model_typed = true;
    }

    /// Puts a template in the instruction. Words of the person's own are kept for [`Form::undo_template`].
    pub fn use_template(&mut self, prompt: &str, is_template: impl Fn(&str) -> bool) {
        let own = std::mem::replace(&mut self.prompt, prompt.to_owned());
        if !own.trim().is_empty() && !is_template(&own) {
            self.replaced_prompt = Some(own);
        }
    }

    /// Brings back the words that a template replaced.
    pub fn undo_template(&mut self) {
        if let Some(own) = self.replaced_prompt.take() {
            self.prompt = own;
        }
    }

    /// The instruction as the person types it; typing makes the kept words obsolete.
    pub fn write(&mut self, prompt: String) {
        self.prompt = prompt;
        self.replaced_prompt = None;
    }

    /// The size to ask for; nothing when the model chooses.
    #[must_use]
    pub fn size(&self) -> Option<String> {
        match self.shape {
            Shape::Auto => None,
            Shape::Preset(ratio) => preset(ratio).map(|preset| self.scale(preset).to_string()),
            Shape::Custom => Some(format!("{}*{}", self.width.trim(), self.height.trim())),
        }
    }

    /// The size of a preset at the chosen scale.
    #[must_use]
    pub fn scale(&self, preset: &SizePreset) -> Size {
        if self.large { preset.large } else { preset.small }
    }

    /// What `n` pictures cost in a region, in micro CNY; nothing when it is not known.
    #[must_use]
    pub fn price(&self, region: &str, n: u32, pictures: u32) -> Option<u64> {
        let size = self.size().filter(|_| self.parameters().size).and_then(|size| size.parse().ok());
        estimate_micro_cny(self.model.trim(), region, n, pictures, size)
    }

    /// The draft to check and send, with the problems that only a form has (text where a number should be).
    ///
    /// Everything the person sees a control for is sent explicitly, so that a changed default of the vendor cannot
    /// change what they get; what the model does not have is left out.
    #[must_use]
    pub fn read(&self, pictures: Vec<PictureSource>) -> (EditDraft, Vec<Problem>) {
        let has = self.parameters();
        let mut problems = Vec::new();
        let n = self.asked_count(&mut problems);
        let seed = if has.seed { number(&self.seed, Field::Seed, &mut problems) } else { None };
        let negative = self.negative_prompt.trim();
        let draft = EditDraft {
            model: self.model.trim().to_owned(),
            pictures,
            prompt: self.prompt.trim().to_owned(),
            n,
            size: if has.size { self.size() } else { None },
            seed,
            negative_prompt: (has.negative_prompt && !negative.is_empty()).then(|| negative.to_owned()),
            prompt_extend: has.prompt_extend.then_some(self.prompt_extend),
            watermark: has.watermark.then_some(self.watermark),
        };
        (draft, problems)
    }

    /// How many to ask for. A model without a choice has no control for it, so what an earlier model's control says
    /// does not count.
    fn asked_count(&self, problems: &mut Vec<Problem>) -> Option<i64> {
        if !self.parameters().n {
            return None;
        }
        let span = self.outputs();
        let fixed = Some(i64::from(span.min));
        if span.min == span.max { fixed } else { number(&self.n, Field::N, problems).or(fixed) }
    }
}

fn preset(ratio: &str) -> Option<&'static SizePreset> {
    size_presets().iter().find(|preset| preset.ratio == ratio)
}

fn number(text: &str, field: Field, problems: &mut Vec<Problem>) -> Option<i64> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    text.parse().map_err(|_| problems.push(Problem::NotANumber(field))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture() -> Vec<PictureSource> {
        vec![PictureSource::Url("https://example.com/a.png".to_owned())]
    }

    #[test]
    fn a_fresh_form_says_explicitly_what_its_controls_show() {
        let (draft, problems) = Form { prompt: " Hi ".into(), ..Form::default() }.read(picture());
        assert!(problems.is_empty());
        assert_eq!(draft.prompt, "Hi");
        assert_eq!((draft.n, draft.prompt_extend, draft.watermark), (Some(1), Some(true), Some(false)));
        assert_eq!((draft.size, draft.seed, draft.negative_prompt), (None, None, None));
    }

    #[test]
    fn what_the_model_does_not_have_is_left_out() {
        let mut form = Form { prompt: "Hi".into(), shape: Shape::Custom, n: "3".into(), ..Form::default() };
        form.choose_model("qwen-image-edit");
        let (draft, _) = form.read(picture());
        assert_eq!((draft.size, draft.prompt_extend, draft.n), (None, None, Some(1)));
        assert_eq!(form.count(), 1, "the plain model makes one picture");
    }

    #[test]
    fn letters_in_a_number_are_named_by_field() {
        let (_, problems) = Form { seed: "abc".into(), n: "two".into(), ..Form::default() }.read(picture());
        assert_eq!(problems, [Problem::NotANumber(Field::N), Problem::NotANumber(Field::Seed)]);
    }

    #[test]
    fn seed_zero_is_a_seed() {
        assert_eq!(Form { seed: "0".into(), ..Form::default() }.read(picture()).0.seed, Some(0));
    }

    #[test]
    fn counting_stays_within_the_model() {
        let mut form = Form { n: "6".into(), ..Form::default() };
        form.step_count(1);
        assert_eq!(form.n, "6");
        form.step_count(-1);
        assert_eq!(form.n, "5");
        form.n = "junk".into();
        form.step_count(1);
        assert_eq!(form.n, "2");
    }

    #[test]
    fn presets_have_a_standard_and_a_large_size() {
        let mut form = Form { shape: Shape::Preset("3:4"), ..Form::default() };
        assert_eq!(form.size().as_deref(), Some("960*1280"));
        form.large = true;
        assert_eq!(form.size().as_deref(), Some("1080*1440"));
    }

    #[test]
    fn a_template_never_loses_the_persons_own_words() {
        let is_template = |text: &str| text.starts_with('T');
        let mut form = Form::default();
        form.write("mine".into());
        form.use_template("T1", is_template);
        form.use_template("T2", is_template);
        assert_eq!(form.prompt, "T2");
        form.undo_template();
        assert_eq!(form.prompt, "mine");
        assert_eq!(form.replaced_prompt, None);
    }
}
