//! Closures of views behind one type each.
//!
//! Leptos compiles the machinery of a dynamic attribute, child or handler anew for every closure type. Boxing the
//! closures first shares that machinery: measured on this page, it is a third of the download.

use leptos::ev::MouseEvent;
use web_sys::{Event, HtmlInputElement};

/// A dynamic value: an attribute, a property, a child.
pub(crate) type Lazy<T> = Box<dyn Fn() -> T + Send>;

/// Boxes a closure for a dynamic attribute, property or child.
pub(crate) fn lazy<T>(value: impl Fn() -> T + Send + 'static) -> Lazy<T> {
    Box::new(value)
}

/// Boxes what a press does.
pub(crate) fn press(mut act: impl FnMut() + 'static) -> Box<dyn FnMut(MouseEvent)> {
    Box::new(move |_| act())
}

/// Boxes what typing in a field does; gives the field's text.
pub(crate) fn typed(mut act: impl FnMut(String) + 'static) -> Box<dyn FnMut(Event)> {
    Box::new(move |event| act(leptos::prelude::event_target_value(&event)))
}

/// Boxes what turning a checkbox on or off does.
pub(crate) fn toggled(mut act: impl FnMut(bool) + 'static) -> Box<dyn FnMut(Event)> {
    Box::new(move |event| act(leptos::prelude::event_target::<HtmlInputElement>(&event).checked()))
}
