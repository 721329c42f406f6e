//! Why something that was asked of the engine is not done, as a sentence in two languages.
use crate::texts::{Said, say};

/// What kind of refusal, as scripts see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What was asked for is malformed or not allowed: 400.
    Bad,
    /// There is no such thing: 404.
    Missing,
    /// It does not fit the present state: 409.
    Conflict,
    /// Not now: 503.
    Busy,
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What kind.
    pub kind: Kind,
    /// The text's key, for programs.
    pub key: &'static str,
    /// The sentence.
    pub said: Said,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.said.fmt(f)
    }
}

impl std::error::Error for Refusal {}

/// A refusal from the catalogue.
pub fn refuse(key: &'static str, kind: Kind, values: &[(&str, &str)]) -> Refusal {
    Refusal {
        kind,
        key,
        said: say(key, values),
    }
}
