//! One HTTP exchange. The only file that knows `fetch`.
//!
//! `gloo-net` builds the request but does not send it: its `send` panics when a fetch rejects with anything but an
//! `Error` (a wrapped `fetch` or a service worker may do that), and a panic takes the page's pictures with it.

use std::pin::pin;

use futures_util::future::{Either, select};
use gloo_net::http::{Method, RequestBuilder};
use gloo_timers::future::TimeoutFuture;
use js_sys::Promise;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, RequestRedirect, Response, ResponseType};

use crate::abort::AbortGuard;
use crate::decode::Head;
use crate::{ApiKey, Lost, thrown};

/// The relay's mark on its own errors.
const RELAY_HEADER: &str = "x-qwen-edit-relay";
/// A longer timer overflows in every browser and fires at once.
const LONGEST_TIMER_MS: u32 = i32::MAX.unsigned_abs();

#[wasm_bindgen]
extern "C" {
    // The global, not a method of `Window`: it is the same in a worker.
    #[wasm_bindgen(js_name = "fetch", catch)]
    fn fetch(request: &web_sys::Request) -> Result<Promise, JsValue>;
}

/// What to send.
pub(crate) struct Call<'a> {
    pub(crate) url: &'a str,
    pub(crate) query: Option<(&'a str, &'a str)>,
    pub(crate) key: Option<&'a ApiKey>,
    /// More headers, all of which the relay grants to pages.
    pub(crate) headers: &'a [(&'a str, &'a str)],
    /// With a body it is a POST, without a GET.
    pub(crate) json: Option<&'a Blob>,
    pub(crate) timeout_ms: u32,
}

/// Sends once and reads the answer with `read`. `sent` is called when the browser has taken the request.
///
/// Dropping the future, or running out of time, aborts the request.
pub(crate) async fn exchange<T>(
    call: Call<'_>,
    sent: impl FnOnce(),
    read: impl AsyncFnOnce(&Head, &Response) -> Result<T, JsValue>,
) -> Result<(Head, T), Lost> {
    let guard = AbortGuard::new().map_err(|_| Lost::NotSent)?;
    let request = build(&call, &guard)?;
    let conversation = async {
        // A real fetch never throws here; what a wrapper did before it threw, nobody knows.
        let promise = fetch(&request).map_err(|thrown| lost(&thrown))?;
        sent();
        let answer = promise.await.map_err(|thrown| lost(&thrown))?;
        let response: Response = answer.dyn_into().map_err(|_| Lost::Network)?;
        let head = head(&response);
        match read(&head, &response).await {
            Ok(body) => Ok((head, body)),
            Err(_) => Err(Lost::MidAnswer(head)),
        }
    };
    match select(pin!(conversation), TimeoutFuture::new(call.timeout_ms.min(LONGEST_TIMER_MS))).await {
        Either::Left((outcome, _)) => outcome,
        Either::Right(_) => Err(Lost::Timeout),
    }
}

fn build(call: &Call<'_>, guard: &AbortGuard) -> Result<web_sys::Request, Lost> {
    let mut builder = RequestBuilder::new(call.url)
        .abort_signal(Some(&guard.signal()))
        // A redirect followed could send a paid request on to somewhere else; the relay never redirects.
        .redirect(RequestRedirect::Manual)
        .query(call.query);
    if let Some(key) = call.key {
        builder = builder.header("authorization", &key.authorization());
    }
    for (name, value) in call.headers {
        builder = builder.header(name, value);
    }
    let request = match call.json {
        Some(body) => builder.method(Method::POST).header("content-type", "application/json").body(body),
        None => builder.build(),
    };
    request.map(web_sys::Request::from).map_err(|_| Lost::NotSent)
}

fn head(response: &Response) -> Head {
    let headers = response.headers();
    let header = |name: &str| headers.get(name).ok().flatten();
    Head {
        // 0 for a redirect, which is hidden from us.
        status: if response.type_() == ResponseType::Opaqueredirect { 0 } else { response.status() },
        from_relay: header(RELAY_HEADER).is_some(),
        content_type: header("content-type"),
        request_id: header("x-request-id"),
    }
}

fn lost(thrown: &JsValue) -> Lost {
    match thrown::name(thrown).as_str() {
        "AbortError" => Lost::Aborted,
        _ => Lost::Network,
    }
}
