//! Advice on refusals that happen in this crate; advice on everything servers say is data of `qwen-edit-api`.

use qwen_edit_api::{Advice, Charged, NextStep, Retry, Text, advice_by_id};

/// The request breaks a rule; each violation says more.
pub(crate) static INVALID_REQUEST: Advice = Advice {
    id: "invalid-request",
    title: Text { zh: "有些设置需要修改", en: "Some settings need a change" },
    what_to_do: Text {
        zh: "请按提示修改标出的项目，然后再试。什么都还没有发送。",
        en: "Change what is marked, then try again. Nothing was sent.",
    },
    next: NextStep::FixInput,
    retry: Retry::Safe,
    charged: Charged::No,
};

/// A picture was refused; the picture error says more.
pub(crate) static PICTURE_REFUSED: Advice = Advice {
    id: "picture-refused",
    title: Text { zh: "这张图片不能用", en: "This picture cannot be used" },
    what_to_do: Text {
        zh: "请换一张图片，或另存为 JPEG 或 PNG 后再选。什么都还没有发送。",
        en: "Choose another picture, or save it as JPEG or PNG and choose that. Nothing was sent.",
    },
    next: NextStep::FixPicture,
    retry: Retry::Safe,
    charged: Charged::No,
};

/// A result picture was fetched and is not one. Fetching costs nothing, so trying again is safe.
pub(crate) static UNREADABLE_ANSWER: Advice = Advice {
    id: "unreadable-answer",
    title: Text { zh: "取回的内容不是图片", en: "What came back is not a picture" },
    what_to_do: Text {
        zh: "请再试一次下载。再次下载不会产生费用。",
        en: "Try the download again. Downloading again costs nothing.",
    },
    next: NextStep::TryAgain,
    retry: Retry::Safe,
    charged: Charged::No,
};

/// Stands in for an id that left the data of `qwen-edit-api`; a test keeps it unused. Assumes the worst.
static UNEXPLAINED: Advice = Advice {
    id: "unexplained",
    title: Text { zh: "出了点问题", en: "Something went wrong" },
    what_to_do: Text {
        zh: "结果未知，可能已经计费。请先查看账单，再决定是否重试。",
        en: "The outcome is unknown and may have been charged. Look at the bill before trying again.",
    },
    next: NextStep::CheckBill,
    retry: Retry::Ask,
    charged: Charged::Unknown,
};

pub(crate) const INVALID_API_KEY: &str = "invalid-api-key";
pub(crate) const NETWORK_LOST: &str = "network-lost";
pub(crate) const TIMEOUT: &str = "timeout";
pub(crate) const CANCELLED: &str = "cancelled";
pub(crate) const RELAY_UNREACHABLE: &str = "relay-unreachable";
pub(crate) const RELAY_NOT_FOUND: &str = "relay-not-found";

pub(crate) fn by_id(id: &str) -> &'static Advice {
    advice_by_id(id).unwrap_or(&UNEXPLAINED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_of_a_conversation_is_explained_in_the_data() {
        for id in [INVALID_API_KEY, NETWORK_LOST, TIMEOUT, CANCELLED, RELAY_UNREACHABLE, RELAY_NOT_FOUND] {
            assert_eq!(by_id(id).id, id);
        }
    }

    #[test]
    fn a_lost_conversation_is_never_called_free_of_charge() {
        for id in [NETWORK_LOST, TIMEOUT, CANCELLED] {
            assert_eq!(by_id(id).charged, Charged::Unknown, "{id}");
            assert_ne!(by_id(id).retry, Retry::Safe, "{id}");
        }
        assert_eq!(by_id(RELAY_UNREACHABLE).charged, Charged::No);
    }
}
