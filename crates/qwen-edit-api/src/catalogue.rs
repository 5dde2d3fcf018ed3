//! The models: what each takes, makes and costs. The facts and their sources are in `data/`.

use crate::region::find_region;
use crate::size::{Size, SizeRule};
use crate::text::Text;

include!(concat!(env!("OUT_DIR"), "/models.rs"));

/// The model to start with.
pub const DEFAULT_MODEL: &str = "qwen-image-2.0-pro";

/// A model of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Model {
    /// The name on the wire.
    pub id: &'static str,
    /// Short name for people.
    pub name: Text,
    /// One line on what it is best at.
    pub summary: Text,
    /// The snapshot that this name stands for today. The vendor moves such names.
    pub alias_of: Option<&'static str>,
    /// How far it is to be trusted.
    pub status: Status,
    /// ISO date.
    pub released: &'static str,
    /// How many pictures go in.
    pub input_pictures: Span,
    /// How many pictures may be asked for (`n`).
    pub output_pictures: Span,
    /// What sizes it makes.
    pub size_rule: SizeRule,
    /// Which parameters it takes.
    pub parameters: ParameterSet,
    /// Most characters of a negative prompt; `None` when no limit is stated.
    pub negative_prompt_limit: Option<u32>,
    /// How much of a prompt it reads.
    pub prompt_limit: PromptLimit,
    /// Prices where they are known.
    pub prices: &'static [Price],
    /// How often it may be called, per account; `None` when not known.
    pub rate_limit: Option<RateLimit>,
    /// Ids of the regions that offer it.
    pub regions: &'static [&'static str],
    /// Sides of input pictures, in pixels, that give good results. Advice, not a limit.
    pub recommended_side: Span,
}

/// How far a model is to be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Described by the document this project implements.
    Current,
    /// The vendor lists it among its old models.
    Legacy,
    /// Newer than that document: its rules are less sure.
    Experimental,
}

/// A range of whole numbers, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Smallest.
    pub min: u32,
    /// Largest.
    pub max: u32,
}

impl Span {
    /// Whether the number is in the range.
    #[must_use]
    pub const fn contains(self, number: u32) -> bool {
        self.min <= number && number <= self.max
    }
}

/// An optional parameter of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Parameter {
    /// `size`
    Size,
    /// `negative_prompt`
    NegativePrompt,
    /// `prompt_extend`
    PromptExtend,
    /// `watermark`
    Watermark,
    /// `seed`
    Seed,
    /// `n`
    N,
}

/// Which parameters a model takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParameterSet {
    /// `size`
    pub size: bool,
    /// `negative_prompt`
    pub negative_prompt: bool,
    /// `prompt_extend`
    pub prompt_extend: bool,
    /// `watermark`
    pub watermark: bool,
    /// `seed`
    pub seed: bool,
    /// `n`. True also where only 1 is allowed; [`Model::output_pictures`] has the range.
    pub n: bool,
}

impl ParameterSet {
    /// Whether the parameter is in the set.
    #[must_use]
    pub const fn has(self, parameter: Parameter) -> bool {
        match parameter {
            Parameter::Size => self.size,
            Parameter::NegativePrompt => self.negative_prompt,
            Parameter::PromptExtend => self.prompt_extend,
            Parameter::Watermark => self.watermark,
            Parameter::Seed => self.seed,
            Parameter::N => self.n,
        }
    }
}

/// How much of a prompt a model reads. The vendor cuts the rest silently, and its pages disagree on the unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PromptLimit {
    /// Tokens of the vendor's tokenizer.
    pub tokens: u32,
}

/// What a model costs in one region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// Id of the region.
    pub region: &'static str,
    /// Per successful output picture, by size; the last tier is open.
    pub output: &'static [OutputTier],
    /// Per input picture, in millionths of a CNY.
    pub input_micro_cny: u32,
}

/// The price of one output picture up to a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutputTier {
    /// Largest area of this tier; `None` for the last one.
    pub max_pixels: Option<u64>,
    /// Millionths of a CNY per picture.
    pub micro_cny: u32,
}

/// How often an account may call a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// So many requests
    pub requests: u32,
    /// in so many seconds.
    pub per_seconds: u32,
}

/// All known models, in the order to show them.
#[must_use]
pub fn models() -> &'static [Model] {
    MODELS
}

/// The model with this id. Any other id is allowed in requests, but its limits are not known.
#[must_use]
pub fn find_model(id: &str) -> Option<&'static Model> {
    MODELS.iter().find(|model| model.id == id)
}

impl Model {
    /// The price in a region, where it is known.
    #[must_use]
    pub fn price_in(&self, region: &str) -> Option<&Price> {
        self.prices.iter().find(|price| price.region == region)
    }
}

impl Price {
    /// Millionths of a CNY for one output picture. Without a size the dearest tier is meant, so that an estimate is
    /// never too low.
    #[must_use]
    pub fn per_output(&self, size: Option<Size>) -> u32 {
        let fits = |tier: &&OutputTier| match (size, tier.max_pixels) {
            (Some(size), Some(max)) => size.pixels() <= max,
            (None, Some(_)) => false,
            (_, None) => true,
        };
        self.output.iter().find(fits).map_or(0, |tier| tier.micro_cny)
    }
}

/// Price of a run in millionths of a CNY: `n` pictures out, `pictures_in` pictures in.
///
/// `None` when the model is unknown or has no known price in the region. Regions without keys cost nothing.
#[must_use]
pub fn estimate_micro_cny(
    model: &str,
    region: &str,
    n: u32,
    pictures_in: u32,
    size: Option<Size>,
) -> Option<u64> {
    if find_region(region).is_some_and(|region| !region.needs_key) {
        return Some(0);
    }
    let price = find_model(model)?.price_in(region)?;
    let output = u64::from(price.per_output(size)) * u64::from(n);
    let input = u64::from(price.input_micro_cny) * u64::from(pictures_in);
    Some(output + input)
}
