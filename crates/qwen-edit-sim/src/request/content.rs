//! Checks of `input`: one message of one user, with pictures and one text.

use axum::http::StatusCode;
use qwen_edit_api::Model;
use qwen_edit_api::wire::{ContentItem, Input};

use crate::failure::ApiFailure;

/// What a right `input` holds.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) images: Vec<String>,
    pub(super) prompt: String,
}

pub(super) fn check(input: Option<Input>, model: &Model) -> Result<Content, ApiFailure> {
    let input = input.ok_or_else(no_input)?;
    let Some(mut messages) = input.messages else {
        return Err(if input.other.is_empty() { empty_input() } else { no_messages() });
    };
    if messages.len() > 1 {
        return Err(ApiFailure::invalid_parameter("messages length only supports 1"));
    }
    let message = messages.pop().ok_or_else(no_messages)?;
    if message.role.as_deref() != Some("user") {
        return Err(ApiFailure::specification("the role of the message must be user"));
    }
    let (images, texts) = split(message.content.unwrap_or_default())?;
    pick(images, texts, model)
}

fn split(items: Vec<ContentItem>) -> Result<(Vec<String>, Vec<String>), ApiFailure> {
    let (mut images, mut texts) = (Vec::new(), Vec::new());
    for item in items {
        let has_other_modal = ["audio", "video"].iter().any(|modal| item.other.contains_key(*modal));
        match (item.image, item.text) {
            _ if has_other_modal => return Err(not_of_one_modal()),
            (Some(image), None) => images.push(image),
            (None, Some(text)) => texts.push(text),
            _ => return Err(not_of_one_modal()),
        }
    }
    Ok((images, texts))
}

/// Some models can also work from text alone; this is the editing API, so a picture is required here.
fn pick(images: Vec<String>, mut texts: Vec<String>, model: &Model) -> Result<Content, ApiFailure> {
    if texts.len() > 1 {
        return Err(ApiFailure::specification("content must have exactly one text"));
    }
    let prompt = texts.pop().filter(|text| !text.trim().is_empty());
    let (Some(prompt), false) = (prompt, images.is_empty()) else {
        return Err(ApiFailure::invalid_parameter("lack of image or text"));
    };
    let most = model.input_pictures.max;
    if images.len() > most as usize {
        return Err(ApiFailure::specification(format!("content must have 1 to {most} images")));
    }
    Ok(Content { images, prompt })
}

pub(super) fn no_messages() -> ApiFailure {
    ApiFailure::invalid_parameter("No messages found in input")
}

pub(super) fn not_of_one_modal() -> ApiFailure {
    ApiFailure::invalid_parameter("The item of content should be a message of a certain modal.")
}

/// The start of the text is documented, its end is invented.
fn empty_input() -> ApiFailure {
    ApiFailure::invalid_parameter("Either \"prompt\" or \"messages\" must exist and cannot both be none")
}

/// The code is documented, the text is invented.
fn no_input() -> ApiFailure {
    ApiFailure::new(
        StatusCode::BAD_REQUEST,
        "BadRequest.EmptyInput",
        "Required input parameter missing from request.",
    )
}
