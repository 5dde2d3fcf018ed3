//! The object store's way to fail: XML, as standard for the vendor's store (inferred, not captured).

use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, SERVER};
use axum::response::{IntoResponse, Response};

/// An error of the object store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StoreFailure {
    status: StatusCode,
    code: &'static str,
    message: &'static str,
}

impl StoreFailure {
    pub(crate) const fn expired() -> Self {
        Self::forbidden("AccessDenied", "Request has expired.")
    }

    pub(crate) const fn no_right() -> Self {
        Self::forbidden("AccessDenied", "You have no right to access this object because of bucket acl.")
    }

    pub(crate) const fn wrong_signature() -> Self {
        Self::forbidden(
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. \
             Check your key and signing method.",
        )
    }

    pub(crate) const fn unknown_access_key() -> Self {
        Self::forbidden(
            "InvalidAccessKeyId",
            "The OSS Access Key Id you provided does not exist in our records.",
        )
    }

    pub(crate) const fn no_such_key() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NoSuchKey", "The specified key does not exist.")
    }

    /// The text is documented for uploads with a credential older than about five minutes.
    pub(crate) const fn policy_expired() -> Self {
        Self::forbidden("AccessDenied", "Invalid according to Policy: Policy expired.")
    }

    pub(crate) const fn key_outside_policy() -> Self {
        Self::forbidden("AccessDenied", "Invalid according to Policy: Policy Condition failed.")
    }

    pub(crate) const fn invalid_policy() -> Self {
        Self::bad_request("InvalidPolicyDocument", "Invalid Policy: Invalid JSON or base64.")
    }

    pub(crate) const fn malformed_form() -> Self {
        Self::bad_request(
            "MalformedPOSTRequest",
            "The body of your POST request is not well-formed multipart/form-data.",
        )
    }

    pub(crate) const fn no_file() -> Self {
        Self::bad_request(
            "IncorrectNumberOfFilesInPOSTRequest",
            "POST requires exactly one file upload per request, as its last field.",
        )
    }

    pub(crate) const fn already_exists() -> Self {
        Self::new(StatusCode::CONFLICT, "FileAlreadyExists", "The object you specified already exists.")
    }

    const fn forbidden(code: &'static str, message: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, message)
    }

    const fn bad_request(code: &'static str, message: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    const fn new(status: StatusCode, code: &'static str, message: &'static str) -> Self {
        Self { status, code, message }
    }
}

impl IntoResponse for StoreFailure {
    fn into_response(self) -> Response {
        let xml = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>\n  <Code>{}</Code>\n  \
             <Message>{}</Message>\n  <RequestId>{:X}</RequestId>\n</Error>\n",
            self.code,
            self.message,
            uuid::Uuid::new_v4().simple(),
        );
        (self.status, [(CONTENT_TYPE, "application/xml"), (SERVER, "AliyunOSS")], xml).into_response()
    }
}
