//! A file as it was given, before anything is done to it.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use qwen_edit_api::fit::{self, Plan};
use wasm_bindgen::JsValue;
use web_sys::Blob;

use crate::picture::unreadable;
use crate::{Fitted, PictureError};

/// A file of any kind that browsers and this crate's decoders read, its header checked. Cheap to clone.
#[derive(Clone)]
pub struct Original(Rc<Content>);

struct Content {
    name: String,
    blob: Blob,
    header: fit::Original,
    /// Of a JPEG: where its parts stand, for the codec.
    layout: JsValue,
    last: RefCell<Option<(Plan, Fitted)>>,
}

impl Original {
    pub(crate) fn new(blob: Blob, name: &str, header: fit::Original, layout: JsValue) -> Original {
        let last = RefCell::default();
        Original(Rc::new(Content { name: name.to_owned(), blob, header, layout, last }))
    }

    /// For messages.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// What its header says.
    pub fn header(&self) -> fit::Original {
        self.0.header
    }

    /// The file, to show it.
    pub fn blob(&self) -> &Blob {
        &self.0.blob
    }

    pub(crate) fn layout(&self) -> &JsValue {
        &self.0.layout
    }

    /// What the same plan came to before.
    pub(crate) fn last_result(&self, plan: &Plan) -> Option<Fitted> {
        let last = self.0.last.borrow();
        last.as_ref().filter(|(known, _)| known == plan).map(|(_, fitted)| fitted.clone())
    }

    pub(crate) fn remember(&self, plan: Plan, fitted: Fitted) {
        self.0.last.replace(Some((plan, fitted)));
    }

    pub(crate) fn unreadable(&self, thrown: &JsValue) -> PictureError {
        unreadable(self.name(), thrown)
    }
}

impl fmt::Debug for Original {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Original").field("name", &self.name()).field("header", &self.header()).finish()
    }
}
