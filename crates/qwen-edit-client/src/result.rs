//! What a successful edit gives.

use std::fmt;

use qwen_edit_api::Usage;

/// The pictures of one edit, and what the vendor counted.
#[derive(Clone, Debug, PartialEq)]
pub struct EditResult {
    /// At least one. May be fewer than [`requested`](Self::requested); only these are billed.
    pub images: Vec<ResultImage>,
    /// What the vendor counted.
    pub usage: Option<Usage>,
    /// What to quote to the vendor's support.
    pub request_id: Option<String>,
    /// The model id that was asked.
    pub model: String,
    /// How many pictures were asked for.
    pub requested: u32,
}

impl EditResult {
    /// Whether fewer pictures came than were asked for.
    pub fn is_partial(&self) -> bool {
        self.images.len() < self.requested as usize
    }
}

/// One picture, still on the vendor's storage.
#[derive(Clone, PartialEq, Eq)]
pub struct ResultImage {
    /// A signed link: who has it has the picture. `http` links were changed to `https`.
    pub url: String,
    /// When the link dies, in seconds since 1970, as the link itself says (24 hours after the edit).
    pub expires_at: Option<u64>,
}

impl fmt::Debug for ResultImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResultImage")
            .field("url", &crate::links::presentable(&self.url))
            .field("expires_at", &self.expires_at)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_signature() {
        let image =
            ResultImage { url: "https://h.example/a.png?Signature=secret".into(), expires_at: Some(1) };
        assert_eq!(
            format!("{image:?}"),
            "ResultImage { url: \"https://h.example/a.png\", expires_at: Some(1) }"
        );
    }
}
