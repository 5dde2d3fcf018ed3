//! A request without a whole answer, and what that means for money.

use crate::decode::Head;
use crate::{Error, ErrorKind};

/// Why there is no whole answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The browser did not take the request: nothing went out.
    NotSent,
    /// The connection broke.
    Network,
    /// The answer began and broke off.
    MidAnswer(Head),
    /// No answer within the time limit.
    Timeout,
    /// The browser ended it, not we: whoever gives up gets no answer at all.
    Aborted,
}

impl Lost {
    /// What it means for an edit, which may be paid for.
    #[must_use]
    pub fn of_edit(self) -> Error {
        match self {
            Lost::NotSent => ErrorKind::Unreachable.into(),
            Lost::Network => ErrorKind::Network.into(),
            Lost::MidAnswer(head) => head.error(ErrorKind::Network),
            Lost::Timeout => ErrorKind::Timeout.into(),
            Lost::Aborted => ErrorKind::Aborted.into(),
        }
    }

    /// Nothing about a free request is in doubt: it did not work and may be repeated.
    #[must_use]
    pub fn of_free_request(self) -> Error {
        match self {
            Lost::MidAnswer(head) => head.error(ErrorKind::Unreachable),
            Lost::NotSent | Lost::Network | Lost::Timeout | Lost::Aborted => ErrorKind::Unreachable.into(),
        }
    }
}
