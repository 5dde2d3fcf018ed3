//! What the studio knows, as plain data and named changes; no browser needed, tested natively.

pub mod display;
pub mod form;
pub mod keyring;
pub mod mention;
pub mod problem;
pub mod tray;
