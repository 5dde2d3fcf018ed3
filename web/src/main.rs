//! Starts the studio in the page.

#[cfg(target_arch = "wasm32")]
fn main() {
    qwen_edit_web::mount();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    // The studio runs in a browser: `cargo xtask start`, or `trunk serve`.
}
