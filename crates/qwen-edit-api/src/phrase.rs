//! Sentences put together from texts and numbers.
//!
//! Without `core::fmt`: its machinery for padding, signs and errors is a fortieth of what the npm package weighs.

use crate::size::Size;

/// What can stand in a `phrase!`.
pub trait Say {
    /// Appends it.
    fn say(&self, out: &mut String);
}

impl Say for str {
    fn say(&self, out: &mut String) {
        out.push_str(self);
    }
}

impl Say for String {
    fn say(&self, out: &mut String) {
        out.push_str(self);
    }
}

impl Say for u64 {
    fn say(&self, out: &mut String) {
        if *self >= 10 {
            (*self / 10).say(out);
        }
        out.push(char::from(b'0' + (*self % 10) as u8));
    }
}

impl Say for u32 {
    fn say(&self, out: &mut String) {
        u64::from(*self).say(out);
    }
}

impl Say for usize {
    fn say(&self, out: &mut String) {
        (*self as u64).say(out);
    }
}

impl Say for u16 {
    fn say(&self, out: &mut String) {
        u64::from(*self).say(out);
    }
}

impl Say for i64 {
    fn say(&self, out: &mut String) {
        if *self < 0 {
            out.push('-');
        }
        self.unsigned_abs().say(out);
    }
}

impl Say for Size {
    /// As the wire has it: `1024*768`.
    fn say(&self, out: &mut String) {
        self.width.say(out);
        out.push('*');
        self.height.say(out);
    }
}

impl<T: Say + ?Sized> Say for &T {
    fn say(&self, out: &mut String) {
        T::say(self, out);
    }
}

/// A `String` of texts and numbers in a row.
///
/// ```
/// use qwen_edit_api::phrase;
///
/// assert_eq!(phrase!("is ", 7_u32, ", must be ", -1_i64, " to ", 6_u64), "is 7, must be -1 to 6");
/// ```
#[macro_export]
macro_rules! phrase {
    ($($part:expr),* $(,)?) => {{
        let mut phrase = ::std::string::String::new();
        $($crate::phrase::Say::say(&$part, &mut phrase);)*
        phrase
    }};
}
