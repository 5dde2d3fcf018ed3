//! Building blocks that know nothing of the studio: texts and signals in, callbacks out.

pub(crate) mod dialog;
pub(crate) mod icon;
pub(crate) mod lazy;
pub(crate) mod number_field;
pub(crate) mod problem_text;
pub(crate) mod seal;
pub(crate) mod switch;
