//! The studio: one page on which people edit pictures by saying what to change.
//!
//! What can be decided without a browser ([`state`], [`i18n`], [`templates`]) compiles and tests natively; the
//! views and everything that touches the page exist only on `wasm32`.

#![cfg_attr(
    target_arch = "wasm32",
    expect(
        unreachable_pub,
        reason = "#[component] turns every view into a `pub` item of its private module"
    )
)]

pub mod i18n;
pub mod state;
pub mod templates;

#[cfg(target_arch = "wasm32")]
mod app;
#[cfg(target_arch = "wasm32")]
mod components;
#[cfg(target_arch = "wasm32")]
mod context;
#[cfg(target_arch = "wasm32")]
mod features;
#[cfg(target_arch = "wasm32")]
mod intake;
#[cfg(target_arch = "wasm32")]
mod js;
#[cfg(target_arch = "wasm32")]
mod notice;
#[cfg(target_arch = "wasm32")]
mod run;

#[cfg(target_arch = "wasm32")]
pub use app::mount;
