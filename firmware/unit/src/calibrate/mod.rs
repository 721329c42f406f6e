//! What is measured once, by a person, and holds for every exam after it: how sensors sit on their vehicle.
//!
//! The problem: an antenna 3 cm beside where the file has it, a sensor screwed on 2 degrees askew or a heading that is an epoch
//! old is in no single sample to be seen, and shifts every judgement of the day. One reading taken at the press of a button is no
//! calibration either: it is taken on a side stand, on a slope, while somebody gets on. The answer: each quantity is estimated from many
//! samples with its own uncertainty, by a pure function of what was measured ([`zero`], [`heading`], [`skew`], [`antenna`]); each refuses, in
//! words, what cannot be it; and what is stored ([`store`]) goes where it is used, with the day, the uncertainty and the name of who
//! measured, the old value beside it.
//!
//! In this order: marks (antenna), skew, heading, zero; each takes what comes before it as known. From circles alone a skew and an antenna that
//! sits farther forward cannot be told apart: both turn the path the same way.
//!
//! Floats: no sample is made here and nothing is judged; what is stored is a whole number of millimetres, microseconds or
//! thousandths of a degree, which the engine reads as such. Sums are integers where samples are (`zero`).
//!
//! Deliberately not here: reading lines ([`crate::ports`]), asking a person and printing ([`crate::command::calibrate`]).
pub mod antenna;
pub mod heading;
pub mod kinematics;
pub mod skew;
pub mod store;
pub mod track;
pub mod zero;

use crate::texts::Text;

/// Why nothing can be said: a text and its values.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// What is wrong, and what to do.
    pub text: Text,
    /// Its values by name.
    pub values: Vec<(&'static str, String)>,
}

impl Refusal {
    /// With values.
    pub fn new(text: Text, values: &[(&'static str, String)]) -> Refusal {
        let values = values.to_vec();
        Refusal { text, values }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let values: Vec<(&str, &dyn std::fmt::Display)> =
            self.values.iter().map(|(name, value)| (*name, value as _)).collect();
        f.write_str(&self.text.with(&values))
    }
}
