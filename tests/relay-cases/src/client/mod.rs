//! Callers of the relay: exact about every byte they send, patient about what comes back.

mod answer;
mod connect;
mod raw;
mod request;
mod secure;

pub(crate) use answer::{Answer, Reply};
pub(crate) use connect::{Caller, Timeouts};
pub(crate) use raw::send_raw;
pub(crate) use request::Request;
pub(crate) use secure::Secure;
