//! Answers for paths and verbs that the API does not have.

use axum::http::Method;

use crate::failure::ApiFailure;

pub(crate) async fn not_found() -> ApiFailure {
    ApiFailure::not_found()
}

pub(crate) async fn wrong_method(method: Method) -> ApiFailure {
    ApiFailure::method_not_supported(method.as_str())
}

#[cfg(test)]
mod tests {
    use crate::testing::{GENERATION, TestSimulator};

    #[test]
    fn a_wrong_verb_gets_the_documented_text() {
        let simulator = TestSimulator::start();
        for (method, path) in [("GET", GENERATION), ("DELETE", GENERATION), ("POST", "/api/v1/uploads")] {
            let answer = simulator.request(method, path).send();
            assert_eq!(answer.status, 400, "{method} {path}");
            assert_eq!(answer.json()["code"], "InvalidParameter");
            assert_eq!(answer.json()["message"], format!("Request method '{method}' is not supported."));
        }
    }

    #[test]
    fn an_unknown_path_is_not_found() {
        let simulator = TestSimulator::start();
        for path in [
            "/api/v1/nothing",
            "/api/v1/services/aigc/text2image/image-synthesis",
            "/a/b/c",
            "/_sim/requests",
        ] {
            let answer = simulator.request("GET", path).send();
            assert_eq!((answer.status, answer.json()["code"].as_str()), (404, Some("NotFound")), "{path}");
        }
    }

    #[test]
    fn a_preflight_gets_no_cors_headers() {
        let simulator = TestSimulator::start();
        let answer = simulator
            .request("OPTIONS", GENERATION)
            .header("origin", "http://localhost:8080")
            .header("access-control-request-method", "POST")
            .send();
        assert!(answer.status >= 400);
        assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control")));
    }
}
