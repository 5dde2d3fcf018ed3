//! `POST /` on the upload host: a form with the credential's fields, and the file as its last field.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::http::StatusCode;
use axum::http::header::SERVER;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use crate::handlers::object_store::StoreFailure;
use crate::links::ACCESS_KEY_ID;
use crate::uploads::{PolicyProblem, UploadPolicy};
use crate::world::World;

pub(crate) async fn upload(
    State(world): State<Arc<World>>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, StoreFailure> {
    let form = UploadForm::read(form.map_err(|_| StoreFailure::malformed_form())?).await?;
    let policy = form.policy(&world)?;
    let key = form.key(&policy)?;
    {
        let mut uploads = world.uploads.lock();
        if form.field("x-oss-forbid-overwrite") == "true" && uploads.contains(&key) {
            return Err(StoreFailure::already_exists());
        }
        uploads.put(key, form.file.clone(), policy.model);
    }
    // 204 is the store's own default.
    let status =
        if form.field("success_action_status") == "200" { StatusCode::OK } else { StatusCode::NO_CONTENT };
    Ok((status, [(SERVER, "AliyunOSS")]).into_response())
}

struct UploadForm {
    fields: HashMap<String, String>,
    file_name: String,
    file: Bytes,
}

impl UploadForm {
    /// Whatever comes after the file is not read, as in the real store.
    async fn read(mut form: Multipart) -> Result<Self, StoreFailure> {
        let malformed = |_| StoreFailure::malformed_form();
        let mut fields = HashMap::new();
        while let Some(field) = form.next_field().await.map_err(malformed)? {
            let name = field.name().unwrap_or_default().to_owned();
            if name == "file" {
                let file_name = field.file_name().unwrap_or_default().to_owned();
                let file = field.bytes().await.map_err(malformed)?;
                return Ok(Self { fields, file_name, file });
            }
            fields.insert(name.to_ascii_lowercase(), field.text().await.map_err(malformed)?);
        }
        Err(StoreFailure::no_file())
    }

    /// Field names are compared without regard to case; a missing field is empty.
    fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    fn policy(&self, world: &World) -> Result<UploadPolicy, StoreFailure> {
        if self.field("ossaccesskeyid") != ACCESS_KEY_ID {
            return Err(StoreFailure::unknown_access_key());
        }
        let verified = UploadPolicy::verify(self.field("policy"), self.field("signature"), &world.signer);
        verified.map_err(|problem| match problem {
            PolicyProblem::WrongSignature => StoreFailure::wrong_signature(),
            PolicyProblem::Unreadable => StoreFailure::invalid_policy(),
            PolicyProblem::Expired => StoreFailure::policy_expired(),
        })
    }

    /// The object's key, which must lie in the folder that the credential is for.
    fn key(&self, policy: &UploadPolicy) -> Result<String, StoreFailure> {
        let key = self.field("key").replace("${filename}", &self.file_name);
        let inside = key.strip_prefix(&policy.upload_dir).and_then(|rest| rest.strip_prefix('/'));
        match inside {
            Some(name) if !name.is_empty() => Ok(key),
            _ => Err(StoreFailure::key_outside_policy()),
        }
    }
}

#[cfg(test)]
mod tests;
