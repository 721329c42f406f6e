//! `[voice]`: the program that speaks prompts.
use crate::settings::quantity::TIME;
use crate::settings::{Faults, Section};
use std::path::PathBuf;
use std::time::Duration;

/// A prompt of two sentences takes six seconds.
const LONGEST_DEFAULT: &str = "15 s";

/// How prompts are spoken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoiceSettings {
    /// The program: a path, or a name of the search path.
    pub program: PathBuf,
    /// What it is called with. The text is not among it: that goes to its standard input.
    pub arguments: Vec<String>,
    /// After this long it is killed.
    pub longest: Duration,
}

/// Reads the section.
pub fn voice(mut section: Section, faults: &mut Faults) -> Option<VoiceSettings> {
    let words = section.texts("program", faults);
    let longest = section.quantity_or("longest", LONGEST_DEFAULT, TIME, faults);
    if longest.is_some_and(|us| !(100_000..=60_000_000).contains(&us)) {
        section.fault("longest", "must be 100 ms to 60 s", faults);
    }
    section.finish(faults);
    let mut words = words?.into_iter();
    Some(VoiceSettings {
        program: PathBuf::from(words.next()?),
        arguments: words.collect(),
        longest: Duration::from_micros(u64::try_from(longest?).ok()?),
    })
}
