//! `GET /{folder}/{file}.png?Expires=…&OSSAccessKeyId=…&Signature=…`: a result picture, as the object store serves it.

use std::sync::Arc;
use std::time::SystemTime;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::Uri;
use axum::http::header::{CONTENT_TYPE, SERVER};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::failure::ApiFailure;
use crate::handlers::object_store::StoreFailure;
use crate::links::{ACCESS_KEY_ID, ResultPicture, text_to_sign};
use crate::world::{World, unix_millis};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct LinkQuery {
    #[serde(rename = "Expires")]
    expires: Option<u64>,
    #[serde(rename = "OSSAccessKeyId")]
    access_key_id: Option<String>,
    #[serde(rename = "Signature")]
    signature: Option<String>,
}

pub(crate) async fn picture(
    State(world): State<Arc<World>>,
    uri: Uri,
    query: Result<Query<LinkQuery>, QueryRejection>,
) -> Result<Response, StoreFailure> {
    if !uri.path().ends_with(".png") {
        // Not a link of ours: the API shares this port with the object store, and answers for the rest.
        return Ok(ApiFailure::not_found().into_response());
    }
    let Query(query) = query.map_err(|_| StoreFailure::no_right())?;
    let picture = find(&world, uri.path(), &query)?;
    Ok(([(CONTENT_TYPE, "image/png"), (SERVER, "AliyunOSS")], picture.png).into_response())
}

fn find(world: &World, path: &str, query: &LinkQuery) -> Result<ResultPicture, StoreFailure> {
    let (Some(expires), Some(signature)) = (query.expires, &query.signature) else {
        return Err(StoreFailure::no_right());
    };
    if query.access_key_id.as_deref() != Some(ACCESS_KEY_ID) {
        return Err(StoreFailure::unknown_access_key());
    }
    let now = SystemTime::now();
    if unix_millis(now) / 1000 > expires {
        return Err(StoreFailure::expired());
    }
    if world.signer.sign(&text_to_sign(expires, path)) != *signature {
        return Err(StoreFailure::wrong_signature());
    }
    let picture = world.results.lock().get(path).ok_or_else(StoreFailure::no_such_key)?;
    if now >= picture.expires_at { Err(StoreFailure::expired()) } else { Ok(picture) }
}

#[cfg(test)]
mod tests;
