//! Just enough HTTP/2 to misuse it: no library sends what these cases need.

mod connection;
pub(crate) mod frames;
pub(crate) mod hpack;

pub(crate) use connection::Http2;
