//! Links as they may be shown: the query of a signed link is a secret, and a data URL is a whole picture.

use std::fmt;

/// Shows a link without what must not reach a log.
pub(crate) struct Redacted<'a>(pub(crate) &'a str);

impl fmt::Debug for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let link = self.0;
        if link.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("data:")) {
            return write!(f, "\"data:… ({} bytes)\"", link.len());
        }
        match link.split_once(['?', '#']) {
            Some((start, _)) => write!(f, "\"{start}?…\""),
            None => write!(f, "{link:?}"),
        }
    }
}
