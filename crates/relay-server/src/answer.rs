//! A complete answer of the API, judged and ready to be passed on and stored.

use bytes::Bytes;
use http::header::HeaderMap;
use http::{Response, StatusCode};
use relay_policy::headers::X_REQUEST_ID;
use relay_policy::outcome::Outcome;
use relay_policy::reject::Reject;

use crate::body::{Body, full};
use crate::store::StoredAnswer;

/// Status, headers of the allow list, and the API's bytes. It cannot be shown: links in it are secrets while they live.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// The answer that an error of the relay becomes, to be found again later.
    pub(crate) fn of_reject(reject: Reject, request_id: &str) -> Self {
        let (parts, body) = reject.into_response(request_id).into_parts();
        Self { status: parts.status, headers: HeaderMap::new(), body: body.into() }
    }

    /// What it means for a repeated request and for the budget.
    pub(crate) fn outcome(&self) -> Outcome {
        Outcome::of_answer(self.status, &self.headers, &self.body)
    }

    pub(crate) fn into_stored(self) -> StoredAnswer {
        let id = self.headers.get(X_REQUEST_ID).and_then(|id| id.to_str().ok());
        StoredAnswer { status: self.status, request_id: id.map(str::to_owned), body: self.body }
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        let mut response = Response::new(full(self.body));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}
