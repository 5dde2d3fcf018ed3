//! Giving up a request: whoever drops the future drops the guard, and that ends the fetch.

use std::pin::pin;

use futures_util::future::{Either, select};
use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use web_sys::{AbortController, AbortSignal};

/// Aborts its request when dropped. After the answer was read whole this has no effect.
#[derive(Debug)]
pub(crate) struct AbortGuard(AbortController);

impl AbortGuard {
    pub(crate) fn new() -> Result<AbortGuard, JsValue> {
        AbortController::new().map(AbortGuard)
    }

    pub(crate) fn signal(&self) -> AbortSignal {
        self.0.signal()
    }
}

impl Drop for AbortGuard {
    fn drop(&mut self) {
        // Without a reason: a reason becomes what the fetch rejects with, and readers expect an Error there.
        self.0.abort();
    }
}

/// Works until the caller's own `signal` says stop; then drops the work, which aborts its request. Without a signal,
/// or with one that never speaks, only works. An abort that came before does not let the work begin.
///
/// A foreign signal is only listened to and never handed to a fetch: its reason may be anything, and who listens
/// knows which abort was whose.
///
/// # Errors
/// The reason of the signal, as `fetch` rejects with it.
pub async fn until_aborted<T>(
    signal: Option<&AbortSignal>,
    work: impl Future<Output = T>,
) -> Result<T, JsValue> {
    let Some(signal) = signal else { return Ok(work.await) };
    if signal.aborted() {
        return Err(signal.reason());
    }
    let mut listener = None;
    let aborted = Promise::new(&mut |resolve, _| listener = Listener::add(signal, resolve));
    match select(pin!(work), pin!(async { aborted.await })).await {
        Either::Left((outcome, _)) => Ok(outcome),
        Either::Right(_) => Err(signal.reason()),
    }
}

/// Listens until dropped: a signal may live as long as the page, and must not collect what every call leaves behind.
struct Listener<'a> {
    signal: &'a AbortSignal,
    heard: Function,
}

impl<'a> Listener<'a> {
    fn add(signal: &'a AbortSignal, heard: Function) -> Option<Listener<'a>> {
        signal.add_event_listener_with_callback("abort", &heard).ok()?;
        Some(Listener { signal, heard })
    }
}

impl Drop for Listener<'_> {
    fn drop(&mut self) {
        // An error would mean that there is no such listener: what we want.
        self.signal.remove_event_listener_with_callback("abort", &self.heard).ok();
    }
}
