//! `relay.json`: what this relay offers, for pages that adapt to it. No secrets, no paths, no upstreams.

use http::Response;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde_json::json;

use crate::answer::KeyHolder;
use crate::security;

/// The public facts.
#[derive(Debug, Clone)]
pub struct Description<'a> {
    /// Region ids with who brings the key, in the operator's order.
    pub regions: &'a [(String, KeyHolder)],
    /// Whether held keys are spent by invite only.
    pub invites: bool,
    /// Largest request body in bytes.
    pub body_bytes: u64,
    /// Largest picture in bytes.
    pub image_bytes: u64,
}

impl Description<'_> {
    /// The answer to `GET /relay/relay.json`.
    #[must_use]
    pub fn response(&self) -> Response<String> {
        let regions: Vec<_> = self
            .regions
            .iter()
            .map(|(id, holder)| match holder {
                KeyHolder::Client => json!({"id": id, "key": "client"}),
                KeyHolder::Server if self.invites => json!({"id": id, "key": "server", "invite": true}),
                KeyHolder::Server => json!({"id": id, "key": "server"}),
            })
            .collect();
        let body = json!({
            "name": "qwen-edit-relay",
            "version": env!("CARGO_PKG_VERSION"),
            "regions": regions,
            "image_route": true,
            "jobs": true,
            "limits": {"body_bytes": self.body_bytes, "image_bytes": self.image_bytes},
        });
        let mut response = Response::new(body.to_string());
        security::for_data(response.headers_mut());
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_is_the_published_one() {
        let regions = [("beijing".to_owned(), KeyHolder::Client), ("own".to_owned(), KeyHolder::Server)];
        let response =
            Description { regions: &regions, invites: true, body_bytes: 50_331_648, image_bytes: 33_554_432 }
                .response();
        let body: serde_json::Value = serde_json::from_str(response.body()).unwrap();
        assert_eq!(
            body,
            json!({
                "name": "qwen-edit-relay", "version": env!("CARGO_PKG_VERSION"),
                "regions": [{"id": "beijing", "key": "client"},
                    {"id": "own", "key": "server", "invite": true}],
                "image_route": true, "jobs": true,
                "limits": {"body_bytes": 50_331_648, "image_bytes": 33_554_432}
            })
        );
    }
}
