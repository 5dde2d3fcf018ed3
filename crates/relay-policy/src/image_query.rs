//! The parameters of the picture route.

use crate::reject::{Code, Reject};

/// What a caller asks the picture route for.
#[derive(Clone, PartialEq, Eq)]
pub struct ImageQuery {
    /// The link as given, decoded once. A signed link is a secret: whoever has it can fetch the picture.
    pub url: String,
    /// The wanted download name, not yet made safe.
    pub name: Option<String>,
}

impl std::fmt::Debug for ImageQuery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ImageQuery").field("name", &self.name).finish_non_exhaustive()
    }
}

impl ImageQuery {
    /// Reads `url` (once, not empty, text) and `name` (optional).
    ///
    /// # Errors
    /// `url_invalid`, `grant_invalid`.
    pub fn parse(query: Option<&str>) -> Result<Self, Reject> {
        let (mut url, mut name) = (None, None);
        for (key, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let slot = match key.as_ref() {
                "url" => &mut url,
                "name" => &mut name,
                // Looks like a permission that would be checked; it is none here.
                "sig" => return Err(Code::GrantInvalid.into()),
                _ => continue,
            };
            if slot.replace(value.into_owned()).is_some() {
                return Err(Reject::from(Code::UrlInvalid).with_message(format!("Give {key} once.")));
            }
        }
        // The decoder puts U+FFFD where the bytes are no UTF-8; no link has one.
        match url {
            Some(url) if !url.is_empty() && !url.contains('\u{fffd}') => Ok(Self { url, name }),
            _ => Err(Code::UrlInvalid.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_is_decoded_once() {
        let query = "url=https%3A%2F%2Fh%2Fa.png%3FSignature%3Da%252Fb%253D&name=%E5%9B%BE.png&other=1";
        let parsed = ImageQuery::parse(Some(query)).unwrap();
        assert_eq!(parsed.url, "https://h/a.png?Signature=a%2Fb%3D");
        assert_eq!(parsed.name.as_deref(), Some("图.png"));
    }

    #[test]
    fn a_missing_empty_doubled_or_undecodable_link_is_refused() {
        for query in [
            None,
            Some(""),
            Some("url"),
            Some("url="),
            Some("url=%ff%fe"),
            Some("url=a&url=b"),
            Some("URL=a"),
        ] {
            assert_eq!(ImageQuery::parse(query).unwrap_err().code(), Code::UrlInvalid, "{query:?}");
        }
    }

    #[test]
    fn the_link_is_in_no_debug_output() {
        let parsed = ImageQuery::parse(Some("url=https://h/a.png?Signature=canary")).unwrap();
        assert!(!format!("{parsed:?}").contains("canary"));
    }
}
