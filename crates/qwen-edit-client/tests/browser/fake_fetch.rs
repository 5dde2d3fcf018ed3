//! A `fetch` that answers as told and remembers what it was asked.

use std::time::Duration;

use gloo_timers::future::sleep;
use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

const FAKE: &str = r#"
    log.calls = [];
    log.original = globalThis.fetch;
    globalThis.fetch = (request) => {
        const call = {
            method: request.method,
            url: request.url,
            headers: [...request.headers].map((pair) => pair.join(": ")),
            redirect: request.redirect,
            body: request.method === "POST" ? request.blob() : null,
            aborted: false,
        };
        request.signal.addEventListener("abort", () => { call.aborted = true; });
        log.calls.push(call);
        return answer(request);
    };
"#;

/// Stands in for the page's `fetch` until dropped.
pub(crate) struct FakeFetch(JsValue);

impl FakeFetch {
    /// `answer` is the body of a JavaScript function of `request`.
    pub(crate) fn answering(answer: &str) -> FakeFetch {
        let log: JsValue = js_sys::Object::new().into();
        let answer = Function::new_with_args("request", answer);
        Function::new_with_args("log, answer", FAKE).call2(&JsValue::NULL, &log, &answer).unwrap();
        FakeFetch(log)
    }

    /// Answers every request with this status, type and body.
    pub(crate) fn with(status: u16, content_type: &str, body: &str) -> FakeFetch {
        let body = serde_json::Value::from(body);
        FakeFetch::answering(&format!(
            "return Promise.resolve(new Response({body}, {{status: {status}, headers: {{'content-type': '{content_type}'}}}}));"
        ))
    }

    /// Never answers; only an abort ends it, as with a real fetch.
    pub(crate) fn silent() -> FakeFetch {
        FakeFetch::answering(
            "return new Promise((_, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason)));",
        )
    }

    pub(crate) fn calls(&self) -> u32 {
        self.log().length()
    }

    /// How every call was made, in order.
    pub(crate) fn methods(&self) -> Vec<String> {
        self.all("method")
    }

    /// Where every call went, in order.
    pub(crate) fn urls(&self) -> Vec<String> {
        self.all("url")
    }

    fn all(&self, field: &str) -> Vec<String> {
        let text = |call: JsValue| Reflect::get(&call, &field.into()).unwrap().as_string().unwrap();
        self.log().iter().map(text).collect()
    }

    /// What the only call looked like.
    pub(crate) fn text(&self, field: &str) -> String {
        self.only(field).as_string().unwrap()
    }

    pub(crate) fn headers(&self) -> Vec<String> {
        Array::from(&self.only("headers")).iter().map(|header| header.as_string().unwrap()).collect()
    }

    pub(crate) fn aborted(&self) -> bool {
        self.only("aborted").as_bool().unwrap()
    }

    pub(crate) async fn body(&self) -> Blob {
        self.only("body").unchecked_into::<Promise>().await.unwrap().unchecked_into()
    }

    /// Waits until a request has arrived.
    pub(crate) async fn called(&self) {
        for _ in 0..5000 {
            if self.calls() > 0 {
                return;
            }
            sleep(Duration::from_millis(1)).await;
        }
        panic!("no request arrived");
    }

    fn log(&self) -> Array {
        get(&self.0, "calls").unchecked_into()
    }

    fn only(&self, field: &str) -> JsValue {
        assert_eq!(self.calls(), 1, "one request and no other");
        get(&self.log().get(0), field)
    }
}

impl Drop for FakeFetch {
    fn drop(&mut self) {
        Reflect::set(&js_sys::global(), &"fetch".into(), &get(&self.0, "original")).unwrap();
    }
}

fn get(object: &JsValue, field: &str) -> JsValue {
    Reflect::get(object, &field.into()).unwrap()
}
