//! Checks of `parameters`: ranges, the model's size rule, and what the model does not have.

use std::ops::RangeInclusive;

use qwen_edit_api::wire::Parameters;
use qwen_edit_api::{Model, Parameter, Size, SizeProblem, snapped};
use serde_json::Value;

use crate::failure::ApiFailure;

const SEEDS: RangeInclusive<i64> = 0..=2_147_483_647;

/// The parameters that matter for painting.
#[derive(Debug)]
pub(super) struct PaintSettings {
    pub(super) n: usize,
    pub(super) size: Option<Size>,
    pub(super) seed: Option<u32>,
}

/// Unknown keys are let through: old SDKs send some (`stream`, `is_async`), and those work in public.
/// Known keys that the model does not have are refused unless `lenient`; what the vendor does is not documented.
pub(super) fn check(
    parameters: Parameters,
    model: &Model,
    lenient: bool,
) -> Result<PaintSettings, ApiFailure> {
    if !lenient {
        refuse_unsupported(&parameters, model)?;
    }
    refuse_agent(&parameters)?;
    let n = check_n(parameters.n.unwrap_or(1), model)?;
    let seed = parameters.seed.map(check_seed).transpose()?;
    let size = parameters.size.filter(|_| model.parameters.has(Parameter::Size));
    let size = size.map(|text| check_size(&text, model)).transpose()?;
    Ok(PaintSettings { n, size, seed })
}

/// The text is invented.
fn refuse_unsupported(parameters: &Parameters, model: &Model) -> Result<(), ApiFailure> {
    let sent = [
        (Parameter::Size, "size", parameters.size.is_some()),
        (Parameter::NegativePrompt, "negative_prompt", parameters.negative_prompt.is_some()),
        (Parameter::PromptExtend, "prompt_extend", parameters.prompt_extend.is_some()),
        (Parameter::Watermark, "watermark", parameters.watermark.is_some()),
        (Parameter::Seed, "seed", parameters.seed.is_some()),
    ];
    match sent.into_iter().find(|(parameter, _, is_sent)| *is_sent && !model.parameters.has(*parameter)) {
        Some((_, name, _)) => {
            Err(ApiFailure::specification(format!("{name} is not supported by {}", model.id)))
        }
        None => Ok(()),
    }
}

/// A 400 is documented for the agent mode with input pictures; the text is invented.
fn refuse_agent(parameters: &Parameters) -> Result<(), ApiFailure> {
    match parameters.other.get("prompt_extend_mode").and_then(Value::as_str) {
        Some("agent") => {
            Err(ApiFailure::specification("prompt_extend_mode agent does not support image input"))
        }
        _ => Ok(()),
    }
}

/// Both texts are documented; the bounds in the second one are the model's.
fn check_n(n: i64, model: &Model) -> Result<usize, ApiFailure> {
    let range = model.output_pictures;
    match u32::try_from(n).ok().filter(|n| range.contains(*n)) {
        Some(n) => Ok(n as usize),
        None if range.max == 1 => Err(ApiFailure::invalid_parameter("num_images_per_prompt must be 1.")),
        None => {
            Err(ApiFailure::invalid_parameter(format!("Range of n should be [{}, {}]", range.min, range.max)))
        }
    }
}

/// The wording is documented with other bounds.
fn check_seed(seed: i64) -> Result<u32, ApiFailure> {
    let fitting = Some(seed).filter(|seed| SEEDS.contains(seed)).and_then(|seed| u32::try_from(seed).ok());
    fitting.ok_or_else(|| {
        let (first, last) = (SEEDS.start(), SEEDS.end());
        ApiFailure::invalid_parameter(format!("Range of seed should be [{first}, {last}]"))
    })
}

fn check_size(text: &str, model: &Model) -> Result<Size, ApiFailure> {
    let size: Size = text
        .parse()
        .map_err(|_| ApiFailure::specification("size must be width*height in pixels, such as 1024*1024"))?;
    model.size_rule.check(size).map_err(|problem| broken_rule(size, problem))?;
    // The area rule alone lets 1*4194304 through, which snapping to multiples of 16 would make 16 times larger.
    // What the vendor does with such a size is unknown.
    let painted = Size { width: snapped(size.width), height: snapped(size.height) };
    if painted.pixels() > size.pixels() * 2 {
        return Err(ApiFailure::specification("the sides of size are too uneven"));
    }
    Ok(size)
}

/// The texts for area and sides were seen (the second one for a sibling model); those for the rest are invented.
fn broken_rule(size: Size, problem: SizeProblem) -> ApiFailure {
    match problem {
        SizeProblem::Area { min, max, got } => ApiFailure::invalid_parameter(format!(
            "Image area must be between {min} and {max} pixels. Got area={got} (width={}, height={}).",
            size.width, size.height
        )),
        SizeProblem::Side { min, max, .. } => {
            ApiFailure::invalid_parameter(format!("Size {size} is out of range [{min}*{min}, {max}*{max}]"))
        }
        SizeProblem::Ratio { max } => {
            ApiFailure::specification(format!("the ratio of size must be between 1:{max} and {max}:1"))
        }
        SizeProblem::NotAccepted => ApiFailure::specification("size is not supported by this model"),
    }
}
