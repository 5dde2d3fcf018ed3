//! What to tell a person about a failure. Behind the feature `sentences`, because it is 16 kB of text: a page loads
//! `data/advice-zh.json` or `data/advice-en.json` instead and looks up [`Advice::words`] there.

use crate::failure::Advice;
use crate::text::Text;

include!(concat!(env!("OUT_DIR"), "/sentences.rs"));

/// A failure in plain words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sentences {
    /// What happened, in a few words.
    pub title: Text,
    /// What it means, what to do next, and, where it is not certain, what to do about the cost.
    pub what_to_do: Text,
}

impl Advice {
    /// What to tell a person.
    #[must_use]
    pub fn sentences(&self) -> &'static Sentences {
        SENTENCES.iter().find(|(id, _)| *id == self.words()).map_or(CATCH_ALL, |(_, said)| said)
    }
}
