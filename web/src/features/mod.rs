//! The parts of the page, one folder per task of the person. They know the contexts; none imports another.

pub(crate) mod bar;
pub(crate) mod composer;
pub(crate) mod results;
pub(crate) mod settings;
