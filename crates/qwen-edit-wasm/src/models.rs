//! The catalogue of models, for JavaScript.

use qwen_edit_api::json::{ObjectWriter, list, string};
use qwen_edit_api::{Model, Parameter, SizeRule, Span, Status, Text};
use wasm_bindgen::prelude::wasm_bindgen;

/// The parameters by the names the request has them under.
const PARAMETERS: [(Parameter, &str); 6] = [
    (Parameter::N, "n"),
    (Parameter::Size, "size"),
    (Parameter::Seed, "seed"),
    (Parameter::NegativePrompt, "negativePrompt"),
    (Parameter::PromptExtend, "promptExtend"),
    (Parameter::Watermark, "watermark"),
];

/// Every known model, in the order to show them, as JSON; `npm/models.d.ts` says what is in it.
#[wasm_bindgen]
#[must_use]
pub fn models() -> String {
    list(qwen_edit_api::models().iter().map(model))
}

fn model(model: &Model) -> String {
    let takes = PARAMETERS.iter().filter(|(parameter, _)| model.parameters.has(*parameter));
    let mut object = ObjectWriter::new();
    object.text("id", model.id);
    object.json("name", &words(model.name));
    object.json("summary", &words(model.summary));
    object.text_if_any("aliasOf", model.alias_of);
    object.text("status", status(model.status));
    object.text("released", model.released);
    object.json("images", &span(model.input_pictures));
    object.json("n", &span(model.output_pictures));
    object.json("parameters", &list(takes.map(|(_, name)| string(name))));
    match model.size_rule {
        SizeRule::NotAccepted => {}
        SizeRule::Area { min, max, max_ratio } => {
            object.json("size", &range("minPixels", min, "maxPixels", max, max_ratio));
        }
        SizeRule::Side { min, max } => {
            object.json("size", &range("minSide", min.into(), "maxSide", max.into(), None));
        }
    }
    object.number_if_any("negativePromptLimit", model.negative_prompt_limit.map(Into::into));
    object.number("promptTokens", model.prompt_limit.tokens.into());
    object.json("regions", &list(model.regions.iter().map(|region| string(region))));
    object.end()
}

fn words(words: Text) -> String {
    let mut object = ObjectWriter::new();
    object.text("zh", words.zh);
    object.text("en", words.en);
    object.end()
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Current => "current",
        Status::Legacy => "legacy",
        Status::Experimental => "experimental",
    }
}

fn span(span: Span) -> String {
    range("min", span.min.into(), "max", span.max.into(), None)
}

fn range(min_name: &str, min: u64, max_name: &str, max: u64, max_ratio: Option<u32>) -> String {
    let mut object = ObjectWriter::new();
    object.number(min_name, min);
    object.number(max_name, max);
    object.number_if_any("maxRatio", max_ratio.map(Into::into));
    object.end()
}
