//! Pictures inside the request: `data:{mime};base64,{data}`.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;

use crate::failure::ApiFailure;
use crate::pictures::decode::corrupted;
use crate::pictures::fetch::malformed_url;

/// # Errors
/// The text for a malformed URL when it is not of the documented form, the one for a corrupt file when the base64 is
/// broken. Which of its texts the vendor uses here is not documented.
pub(super) fn decode(reference: &str) -> Result<Bytes, ApiFailure> {
    let (mime, base64) = reference
        .strip_prefix("data:")
        .and_then(|rest| rest.split_once(";base64,"))
        .ok_or_else(malformed_url)?;
    if !mime.starts_with("image/") {
        return Err(malformed_url());
    }
    BASE64_STANDARD.decode(base64).map(Bytes::from).map_err(|_| corrupted())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_form_is_decoded() {
        assert_eq!(decode("data:image/png;base64,aGVsbG8=").unwrap(), "hello");
    }

    #[test]
    fn other_forms_are_refused() {
        for wrong in
            ["data:image/png,hello", "data:;base64,aGVsbG8=", "data:text/plain;base64,aGVsbG8=", "data:"]
        {
            assert_eq!(decode(wrong), Err(malformed_url()), "{wrong}");
        }
        for broken in
            ["data:image/png;base64,aGVsbG8", "data:image/png;base64,%%%%", "data:image/png;base64,aGV sbG8="]
        {
            assert_eq!(decode(broken), Err(corrupted()), "{broken}");
        }
    }
}
