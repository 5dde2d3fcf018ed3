//! The catalogue of models, for JavaScript.

use qwen_edit_api::{Model, Parameter, SizeRule, Span, Status, Text, models};
use wasm_bindgen::JsValue;

use crate::object::{array, number, object, text};

/// The parameters by the names the request has them under.
const PARAMETERS: [(Parameter, &str); 6] = [
    (Parameter::N, "n"),
    (Parameter::Size, "size"),
    (Parameter::Seed, "seed"),
    (Parameter::NegativePrompt, "negativePrompt"),
    (Parameter::PromptExtend, "promptExtend"),
    (Parameter::Watermark, "watermark"),
];

/// Every known model, in the order to show them.
pub(crate) fn to_js() -> JsValue {
    array(&mut models().iter().map(model)).into()
}

fn model(model: &Model) -> JsValue {
    let takes = PARAMETERS.iter().filter(|(parameter, _)| model.parameters.has(*parameter));
    object([
        ("id", JsValue::from_str(model.id)),
        ("name", words(model.name)),
        ("summary", words(model.summary)),
        ("aliasOf", text(model.alias_of)),
        ("status", JsValue::from_str(status(model.status))),
        ("released", JsValue::from_str(model.released)),
        ("images", span(model.input_pictures)),
        ("n", span(model.output_pictures)),
        ("parameters", array(&mut takes.map(|(_, name)| JsValue::from_str(name))).into()),
        ("size", size_rule(model.size_rule)),
        ("negativePromptLimit", number(model.negative_prompt_limit)),
        ("promptTokens", model.prompt_limit.tokens.into()),
        ("regions", array(&mut model.regions.iter().map(|region| JsValue::from_str(region))).into()),
    ])
    .into()
}

fn words(words: Text) -> JsValue {
    object([("zh", JsValue::from_str(words.zh)), ("en", JsValue::from_str(words.en))]).into()
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Current => "current",
        Status::Legacy => "legacy",
        Status::Experimental => "experimental",
    }
}

fn span(span: Span) -> JsValue {
    object([("min", span.min.into()), ("max", span.max.into())]).into()
}

fn size_rule(rule: SizeRule) -> JsValue {
    match rule {
        SizeRule::NotAccepted => JsValue::UNDEFINED,
        SizeRule::Area { min, max, max_ratio } => object([
            ("minPixels", JsValue::from_f64(min as f64)),
            ("maxPixels", JsValue::from_f64(max as f64)),
            ("maxRatio", number(max_ratio)),
        ])
        .into(),
        SizeRule::Side { min, max } => object([("minSide", min.into()), ("maxSide", max.into())]).into(),
    }
}
