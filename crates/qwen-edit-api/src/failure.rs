//! Failures: what the server said, and what to make of it. The advice is data, in `data/failures.toml`; the sentences
//! for people are apart from it, in `data/advice-*.json`.

use crate::text::find;

include!(concat!(env!("OUT_DIR"), "/failures.rs"));

/// Messages are kept up to this many bytes: a load balancer's page can be long.
const MESSAGE_BYTES: usize = 2000;

/// Advice for a relay code that is not in the table.
const RELAY_CATCH_ALL: &str = "relay:internal";

/// A failed call, in the server's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamFailure {
    /// HTTP status.
    pub status: u16,
    /// Verbatim, known or not.
    pub code: Option<String>,
    /// Verbatim, cut after 2000 bytes. Text: never to be shown as HTML.
    pub message: Option<String>,
    /// The vendor's name for this call.
    pub request_id: Option<String>,
    /// What kind of body it was.
    pub shape: Shape,
}

/// What kind of body a failure had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// An object.
    Json,
    /// A web page, from something between us and the API.
    Html,
    /// Nothing.
    Empty,
    /// JSON that stops in the middle.
    Truncated,
    /// Anything else.
    Other,
}

/// What a failure means and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advice {
    /// Stable name for programs: `invalid-api-key`.
    pub id: &'static str,
    /// The kind of next step, for a button.
    pub next: NextStep,
    /// Whether the very same request may be sent again.
    pub retry: Retry,
    /// Whether the call cost money.
    pub charged: Charged,
}

impl Advice {
    /// Under which name its sentences are in `data/advice-*.json`. Several entries may say the same.
    ///
    /// Beside the table, so that only programs that show sentences carry it.
    #[must_use]
    pub fn words(&self) -> &'static str {
        SAME_WORDS.iter().find(|(id, _)| *id == self.id).map_or(self.id, |(_, words)| words)
    }
}

/// What a person should do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NextStep {
    /// Change a setting of the request.
    FixInput,
    /// Use another picture.
    FixPicture,
    /// Use other words.
    FixPrompt,
    /// Check the key and its region.
    FixKey,
    /// Look after the account: pay, activate, ask for rights.
    Account,
    /// Wait a little.
    Wait,
    /// Press again.
    TryAgain,
    /// See whether it was paid before doing anything else.
    CheckBill,
    /// Ask whoever runs this.
    Contact,
}

/// Whether the very same request may be sent again. Nothing is ever sent again without a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Retry {
    /// Yes: it was surely not carried out.
    Safe,
    /// Only when a person says so, knowing what it may cost.
    Ask,
    /// No use until something is changed, or the work is done already.
    Never,
}

/// Whether a call cost money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Charged {
    /// No.
    No,
    /// Yes.
    Yes,
    /// Nobody on this side can know.
    Unknown,
}

impl Retry {
    /// Stable name for programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Ask => "ask",
            Self::Never => "never",
        }
    }
}

impl Charged {
    /// Stable name for programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Yes => "yes",
            Self::Unknown => "unknown",
        }
    }
}

impl UpstreamFailure {
    /// What to make of it. The code counts first, since one code comes under several statuses; then the status; then
    /// the form of the body. There is advice for everything.
    #[must_use]
    pub fn advice(&self) -> &'static Advice {
        RULES.iter().find(|rule| rule.fits(self)).map_or(CATCH_ALL, |rule| rule.advice)
    }
}

/// When an entry is the right one. Everything that is given must hold.
#[derive(Debug)]
struct Rule {
    /// One of these lines, exact, or a beginning when it ends with `*`. One text, because a table of texts is larger by
    /// an address for each.
    codes: &'static str,
    /// One of these lines is a piece of the message.
    messages: &'static str,
    /// First and last status.
    status: Option<(u16, u16)>,
    shape: Option<Shape>,
    advice: &'static Advice,
}

impl Rule {
    fn fits(&self, failure: &UpstreamFailure) -> bool {
        let code = failure.code.as_deref().unwrap_or_default();
        let message = failure.message.as_deref().unwrap_or_default();
        (self.codes.is_empty() || self.codes.split('\n').any(|wanted| code_fits(code, wanted)))
            && (self.messages.is_empty()
                || self.messages.split('\n').any(|piece| find(message, piece).is_some()))
            && self.status.is_none_or(|(first, last)| (first..=last).contains(&failure.status))
            && self.shape.is_none_or(|shape| shape == failure.shape)
    }
}

fn code_fits(code: &str, wanted: &str) -> bool {
    wanted.strip_suffix('*').map_or(code == wanted, |start| code.starts_with(start))
}

/// Every entry of the table.
#[must_use]
pub fn all_advice() -> &'static [Advice] {
    ADVICE
}

/// The entry with this id.
#[must_use]
pub fn advice_by_id(id: &str) -> Option<&'static Advice> {
    ADVICE.iter().find(|advice| advice.id == id)
}

/// The entry for failures that no rule knows. It assumes the worst about money.
#[must_use]
pub fn catch_all_advice() -> &'static Advice {
    CATCH_ALL
}

/// Advice for an error code of the relay itself; an unknown one counts as an error inside the relay.
#[must_use]
pub fn advice_for_relay(code: &str) -> &'static Advice {
    let of = |code: &str| {
        ADVICE.iter().find(|advice| advice.id.strip_prefix("relay:").is_some_and(|known| known == code))
    };
    of(code).or_else(|| advice_by_id(RELAY_CATCH_ALL)).unwrap_or(CATCH_ALL)
}

/// The message up to its limit, cut between characters.
pub(crate) fn capped(message: &str) -> String {
    message.get(..message.floor_char_boundary(MESSAGE_BYTES)).unwrap_or(message).to_owned()
}
