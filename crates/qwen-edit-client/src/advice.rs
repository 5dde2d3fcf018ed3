//! The names under which `qwen-edit-api` has advice on what only this side sees.

use qwen_edit_api::{Advice, advice_by_id, catch_all_advice};

/// The request breaks a rule; each violation says more.
pub(crate) const INVALID_REQUEST: &str = "invalid-request";
/// A picture was refused; the picture error says more.
pub(crate) const PICTURE_REFUSED: &str = "picture-refused";
/// A result picture was fetched and is not one.
pub(crate) const UNREADABLE_ANSWER: &str = "unreadable-answer";
pub(crate) const INVALID_API_KEY: &str = "invalid-api-key";
pub(crate) const NETWORK_LOST: &str = "network-lost";
pub(crate) const TIMEOUT: &str = "timeout";
pub(crate) const CANCELLED: &str = "cancelled";
pub(crate) const RELAY_UNREACHABLE: &str = "relay-unreachable";
pub(crate) const RELAY_NOT_FOUND: &str = "relay-not-found";

/// A name that left the data would be a failure nobody knows, which assumes the worst; a test keeps it so that none did.
pub(crate) fn by_id(id: &str) -> &'static Advice {
    advice_by_id(id).unwrap_or_else(catch_all_advice)
}

#[cfg(test)]
mod tests {
    use qwen_edit_api::{Charged, Retry};

    use super::*;

    #[test]
    fn every_outcome_of_a_conversation_is_explained_in_the_data() {
        for id in [
            INVALID_REQUEST,
            PICTURE_REFUSED,
            UNREADABLE_ANSWER,
            INVALID_API_KEY,
            NETWORK_LOST,
            TIMEOUT,
            CANCELLED,
            RELAY_UNREACHABLE,
            RELAY_NOT_FOUND,
        ] {
            assert_eq!(by_id(id).id, id);
        }
    }

    #[test]
    fn a_lost_conversation_is_never_called_free_of_charge() {
        for id in [NETWORK_LOST, TIMEOUT, CANCELLED, "a-name-nobody-knows"] {
            assert_eq!(by_id(id).charged, Charged::Unknown, "{id}");
            assert_ne!(by_id(id).retry, Retry::Safe, "{id}");
        }
        assert_eq!(by_id(RELAY_UNREACHABLE).charged, Charged::No);
    }

    #[test]
    fn what_happens_before_anything_is_sent_is_free_and_safe_to_repeat() {
        for id in [INVALID_REQUEST, PICTURE_REFUSED, UNREADABLE_ANSWER] {
            assert_eq!((by_id(id).charged, by_id(id).retry), (Charged::No, Retry::Safe), "{id}");
        }
    }
}
