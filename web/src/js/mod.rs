//! Every direct touch of the browser, one file per concern. Views call these, never `web_sys` for side effects.

pub(crate) mod clipboard;
pub(crate) mod clock;
pub(crate) mod code;
pub(crate) mod codec;
pub(crate) mod download;
pub(crate) mod files;
pub(crate) mod page;
pub(crate) mod storage;
