//! From a picture reference of a request to pixels.

mod data_url;
mod decode;
pub(crate) mod fetch;
mod samples;

use std::sync::Arc;

use bytes::Bytes;
use qwen_edit_api::MAX_PICTURE_BYTES;

use crate::failure::ApiFailure;
use crate::world::World;

pub(crate) use decode::decode;

/// Reads the bytes of a picture, wherever the reference points to.
///
/// # Errors
/// The documented code and text for an unreadable, unreachable or too large picture.
pub(crate) async fn load(
    world: &Arc<World>,
    reference: &str,
    model: &str,
    resolves_uploads: bool,
) -> Result<Bytes, ApiFailure> {
    let bytes = if reference.starts_with("data:") {
        data_url::decode(reference)?
    } else if let Some(key) = reference.strip_prefix("oss://") {
        uploaded(world, key, model, resolves_uploads)?
    } else if let Some(sample) = samples::find(reference) {
        sample
    } else {
        world.fetcher.fetch(reference).await?
    };
    if bytes.len() as u64 > MAX_PICTURE_BYTES { Err(too_large()) } else { Ok(bytes) }
}

/// An uploaded file resolves only with the header, for the model it was uploaded for, within its 48 hours.
/// The vendor also ties it to the account; keys here have no accounts. Which text the vendor answers is inferred.
fn uploaded(world: &World, key: &str, model: &str, resolves_uploads: bool) -> Result<Bytes, ApiFailure> {
    let file = if resolves_uploads { world.uploads.lock().get(key, model) } else { None };
    file.ok_or_else(fetch::not_downloadable)
}

/// One of the documented reasons for this text is a picture over 10 MB.
fn too_large() -> ApiFailure {
    ApiFailure::invalid_parameter("The image size is not supported for the data inspection.")
}
