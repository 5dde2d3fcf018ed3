//! Reading the objects JavaScript callers hand over, field by field: TypeScript promises nothing at run time.
//!
//! By hand with `Reflect`: a derived reader (`serde-wasm-bindgen`) of the plain options alone made the download 16.5 kB
//! larger, measured with brotli, and cannot say "images[1]: expected a File".

use js_sys::{Function, Number, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::AbortSignal;

use crate::error::Failure;

/// 2^53 - 1: above it a JavaScript number does not say which whole number it is.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// An object of options. `null` counts as left out everywhere, as `undefined` does.
pub(crate) struct Options {
    object: JsValue,
    /// Where it stands in the caller's words: `fit.` before the fields of `fit`.
    prefix: &'static str,
}

impl Options {
    /// Takes an object in which nothing but `known` may be: a misspelt option would silently be missing from an edit
    /// that is paid for.
    pub(crate) fn read(value: &JsValue, name: &str, known: &[&str]) -> Result<Options, Failure> {
        let Some(object) = value.dyn_ref::<Object>().filter(|_| value.is_object()) else {
            return Err(wrong_type(name, "an object", value));
        };
        for key in Object::keys(object) {
            let key = key.as_string().unwrap_or_default();
            if !known.contains(&key.as_str()) {
                let known = joined(known, ", ");
                return Err(Failure::misuse(format!("{key}: there is no such option; there are {known}")));
            }
        }
        Ok(Options { object: value.clone(), prefix: "" })
    }

    /// The same, where no object at all is an object without options.
    pub(crate) fn read_if_any(value: &JsValue, name: &str, known: &[&str]) -> Result<Options, Failure> {
        if value.is_undefined() || value.is_null() {
            return Ok(Options { object: Object::new().into(), prefix: "" });
        }
        Options::read(value, name, known)
    }

    /// The same, for an object inside another one.
    pub(crate) fn within(self, prefix: &'static str) -> Options {
        Options { prefix, ..self }
    }

    /// The value of a field, when it is there.
    pub(crate) fn get(&self, name: &str) -> Result<Option<JsValue>, Failure> {
        let value = Reflect::get(&self.object, &JsValue::from_str(name)).map_err(Failure::Thrown)?;
        Ok((!value.is_undefined() && !value.is_null()).then_some(value))
    }

    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, Failure> {
        self.read_as(name, "a string", JsValue::as_string)
    }

    /// A text that must be there.
    pub(crate) fn required_text(&self, name: &str) -> Result<String, Failure> {
        self.text(name)?.ok_or_else(|| wrong_type(name, "a string", &JsValue::UNDEFINED))
    }

    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Failure> {
        self.read_as(name, "true or false", JsValue::as_bool)
    }

    pub(crate) fn whole_number(&self, name: &str) -> Result<Option<i64>, Failure> {
        self.read_as(name, "a whole number", |value| {
            let number = value.as_f64()?;
            (number.trunc() == number && number.abs() <= MAX_SAFE_INTEGER).then_some(number as i64)
        })
    }

    /// A number of milliseconds or bytes: whole and not below 1.
    pub(crate) fn positive(&self, name: &str) -> Result<Option<u64>, Failure> {
        let number = self.whole_number(name)?;
        match number.map(u64::try_from) {
            None => Ok(None),
            Some(Ok(number)) if number > 0 => Ok(Some(number)),
            Some(_) => Err(self.wrong(name, "a number from 1", &number.map(|it| it as f64).into())),
        }
    }

    pub(crate) fn function(&self, name: &str) -> Result<Option<Function>, Failure> {
        self.read_as(name, "a function", |value| value.dyn_ref().cloned())
    }

    pub(crate) fn signal(&self, name: &str) -> Result<Option<AbortSignal>, Failure> {
        self.read_as(name, "an AbortSignal", |value| value.dyn_ref().cloned())
    }

    fn read_as<T>(
        &self,
        name: &str,
        expected: &str,
        read: impl FnOnce(&JsValue) -> Option<T>,
    ) -> Result<Option<T>, Failure> {
        match self.get(name)? {
            None => Ok(None),
            Some(value) => match read(&value) {
                None => Err(self.wrong(name, expected, &value)),
                found => Ok(found),
            },
        }
    }

    fn wrong(&self, name: &str, expected: &str, value: &JsValue) -> Failure {
        wrong_type(&format!("{}{name}", self.prefix), expected, value)
    }
}

/// As `join` of the standard library, which is made for long lists and weighs more.
pub(crate) fn joined(texts: &[impl AsRef<str>], separator: &str) -> String {
    let mut all = String::new();
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            all.push_str(separator);
        }
        all.push_str(text.as_ref());
    }
    all
}

/// `seed: expected a whole number, got 1.5`. Of texts only the type is told: it could be a key or a signed link.
pub(crate) fn wrong_type(name: &str, expected: &str, value: &JsValue) -> Failure {
    let got = match value.as_f64() {
        Some(_) if expected.ends_with("number") || expected.ends_with('1') => {
            // JavaScript's own way of writing it, which is here already.
            value
                .unchecked_ref::<Number>()
                .to_string_with_radix(10)
                .map_or_else(|_| String::new(), String::from)
        }
        _ if value.is_null() => "null".to_owned(),
        _ if value.is_array() => "array".to_owned(),
        _ => value.js_typeof().as_string().unwrap_or_default(),
    };
    Failure::misuse(format!("{name}: expected {expected}, got {got}"))
}
