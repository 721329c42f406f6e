//! What a standard uncertainty is made of, so that everybody sees where better equipment would help.
//!
//! Each part is a standard uncertainty by itself, in tenths of the unit of the value it belongs to: a distance in
//! millimetres has its parts in tenths of a millimetre, a time in milliseconds in tenths of a millisecond. The parts are
//! independent: the root of the sum of their squares is the *u* of the value, up to their rounding.
//!
//! Deliberately not here: *u* itself (it is judged by, the parts are only shown), and where the parts come from (`ground/`).

/// The parts of a standard uncertainty, tenths of the value's unit; zero where a source has no part in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Budget {
    /// Position by satellites.
    pub receiver: i32,
    /// Heading times the distance from the antenna.
    pub heading: i32,
    /// Lean times the antenna's height.
    pub lean: i32,
    /// Slope of the ground times the antenna's height.
    pub slope: i32,
    /// Survey of course and vehicle.
    pub survey: i32,
    /// Instants.
    pub timing: i32,
}

impl Budget {
    /// Names of the parts with the parts, in the order in which they arise.
    pub fn parts(&self) -> [(&'static str, i32); 6] {
        [
            ("receiver", self.receiver),
            ("heading", self.heading),
            ("lean", self.lean),
            ("slope", self.slope),
            ("survey", self.survey),
            ("timing", self.timing),
        ]
    }

    /// The same with more doubt about when it was, the square of tenths.
    pub(crate) fn with_timing(self, square: i64) -> Budget {
        let timing = (i64::from(self.timing).pow(2) + square).isqrt();
        Budget {
            timing: i32::try_from(timing).unwrap_or(i32::MAX),
            ..self
        }
    }

    /// Of a value whose only doubt is when it was.
    pub fn of_timing(tenths: i64) -> Budget {
        Budget {
            timing: i32::try_from(tenths).unwrap_or(i32::MAX),
            ..Budget::default()
        }
    }
}
