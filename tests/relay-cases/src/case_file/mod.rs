//! The case file: what is asked, and what must come of it.

mod body;
mod case;
mod expect;
mod file;
mod select;

pub(crate) use body::{BodySpec, from_hex};
pub(crate) use case::{Case, KeyMode};
pub(crate) use expect::{Amount, Expect};
pub(crate) use file::{CaseFile, Entry};
pub(crate) use select::Selection;
