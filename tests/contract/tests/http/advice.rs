//! Every error of the relay has advice for the person in front of the page, and both say the same about money.

use std::collections::BTreeSet;

use qwen_edit_api::{Charged, Retry, advice_for_relay, all_advice};
use relay_policy::reject::{self, Code, Reject};

/// An expired link costs nothing to ask for, but the picture behind it was paid when it was made.
const PAID_BEFORE: &str = "link_expired";

#[test]
fn every_code_of_the_relay_has_its_own_advice_and_no_advice_is_left_over() {
    let known: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    let explained: BTreeSet<&str> =
        all_advice().iter().filter_map(|advice| advice.id.strip_prefix("relay:")).collect();
    assert_eq!(known, explained);
}

#[test]
fn relay_and_advice_agree_about_money() {
    for &code in Code::ALL {
        let advice = advice_for_relay(code.as_str());
        let charged = Reject::from(code).charged();
        if code.as_str() == PAID_BEFORE {
            assert_eq!(advice.charged, Charged::Yes);
            continue;
        }
        assert_eq!(advice.charged.as_str(), charged.as_str(), "{code:?}");
        if charged != reject::Charged::No {
            assert_ne!(advice.retry, Retry::Safe, "{code:?}");
        }
    }
}
