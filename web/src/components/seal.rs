//! The little red seal.

use leptos::prelude::*;

/// The studio's mark: 修, "to mend".
#[component]
pub(crate) fn Seal() -> impl IntoView {
    view! { <span class="seal" aria-hidden="true" lang="zh">"修"</span> }
}
