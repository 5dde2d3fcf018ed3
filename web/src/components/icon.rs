//! Line icons, drawn in the colour of the text around them. Decorative: the control's name says what it does.

use leptos::prelude::*;

/// A drawing of 24 × 24, as markup: one string in the page costs far less code than an element for each part.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Icon(&'static str);

/// Draws one path.
macro_rules! icon {
    ($path:literal) => {
        Icon(concat!(
            r#"<svg class="icon" viewBox="0 0 24 24" focusable="false"><path d=""#,
            $path,
            r#""/></svg>"#
        ))
    };
}

pub(crate) const PLUS: Icon = icon!("M12 5v14M5 12h14");
pub(crate) const MINUS: Icon = icon!("M5 12h14");
pub(crate) const CLOSE: Icon = icon!("M6 6l12 12M18 6L6 18");
pub(crate) const LEFT: Icon = icon!("M14 6l-6 6 6 6");
pub(crate) const RIGHT: Icon = icon!("M10 6l6 6-6 6");
pub(crate) const DOWN: Icon = icon!("M6 10l6 6 6-6");
pub(crate) const LINK: Icon =
    icon!("M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1");
pub(crate) const CODE: Icon = icon!("M8.5 7l-5 5 5 5M15.5 7l5 5-5 5");
pub(crate) const SLIDERS: Icon =
    icon!("M4 7h9M19 7h1M4 17h1M11 17h9M16 9a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM8 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4z");
pub(crate) const MOON: Icon = icon!("M12 3.5a7 7 0 0 0 8.5 8.5A8.5 8.5 0 1 1 12 3.5z");
pub(crate) const SUN: Icon = icon!(
    "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4"
);
pub(crate) const HALF: Icon =
    icon!("M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 3.5v17M12 8h7.3M12 12h8.5M12 16h7.3");
pub(crate) const DICE: Icon = icon!("M5 5h14v14H5zM9 9h.01M15 9h.01M12 12h.01M9 15h.01M15 15h.01");
pub(crate) const DOWNLOAD: Icon = icon!("M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 19.5h14");
pub(crate) const PICTURE: Icon = icon!("M4 5h16v14H4zM4 16l4.5-4.5L13 16l3-3 4 4M15.5 9.5h.01");
pub(crate) const ALERT: Icon = icon!("M12 8v5M12 16.5h.01M12 3.5L2.8 19.5h18.4z");

/// Draws an icon.
#[component]
pub(crate) fn IconView(icon: Icon) -> impl IntoView {
    view! { <span class="icon-box" aria-hidden="true" inner_html=icon.0></span> }
}
