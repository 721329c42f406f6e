//! Where the base station of the corrections stands, as it was when the course was surveyed.
//!
//! The problem: a base that is set up again elsewhere moves every vehicle with it, and no receiver notices. The answer: its
//! antenna's place is surveyed with the course, and an exam believes fixes only while the base says that it still stands there.
//! Deliberately not here: what a base says (RTCM, the unit) and what follows from it (the exam's ground).
use crate::Issue;
use crate::TenthMm;
use crate::draft::Draft;
use crate::read::{Reader, say};
use std::ops::RangeInclusive;

/// The base's antenna reference point, and how it is held against what the base says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Base {
    /// Earth-fixed x, y, z in the base's own datum, tenths of a millimetre.
    pub at_tenth_mm: [i64; 3],
    /// Farther from there it has been moved.
    pub within: TenthMm,
    /// It must have said so within this time, seconds.
    pub heard_within_s: u16,
}

/// The same as written; what was absent or of the wrong type has been complained about.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Written {
    metres: [Option<f64>; 3],
    within_mm: Option<f64>,
    heard_within_s: Option<u16>,
}

const AXES: [&str; 3] = ["x_m", "y_m", "z_m"];
/// From the Dead Sea's shore to the roof of the world, seen from the middle of the earth, metres.
const ON_EARTH: RangeInclusive<f64> = 6_350_000.0..=6_395_000.0;
/// Nobody sets a tripod up again to a tenth of a millimetre; a base that is off by a hand moves the course off its lines.
const WITHIN_MM: RangeInclusive<f64> = 1.0..=100.0;
/// A base says where it stands every 5 to 30 seconds; one that has not for ten minutes is silent.
const HEARD_WITHIN_S: RangeInclusive<u16> = 10..=600;
const PLACE: &str = "kaoguan.survey.base";

impl Written {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Written {
        Written {
            metres: AXES.map(|axis| reader.number(axis)),
            within_mm: reader.number("within_mm"),
            heard_within_s: reader.count("heard_within_s"),
        }
    }

    /// `None` where it cannot be one; [`check`] says why.
    pub(crate) fn base(self) -> Option<Base> {
        let metres = self.metres()?;
        Some(Base {
            at_tenth_mm: metres.map(|metres| libm::round(metres * 1e4) as i64),
            within: TenthMm(libm::round(self.within_mm.filter(|mm| WITHIN_MM.contains(mm))? * 10.0) as i32),
            heard_within_s: self.heard_within_s.filter(|s| HEARD_WITHIN_S.contains(s))?,
        })
    }

    fn metres(self) -> Option<[f64; 3]> {
        let [x, y, z] = self.metres;
        let at = [x?, y?, z?];
        let radius = libm::sqrt(at.iter().map(|metres| metres * metres).sum());
        ON_EARTH.contains(&radius).then_some(at)
    }
}

pub(crate) fn check(draft: &Draft, issues: &mut Vec<Issue>) {
    let Some(written) = draft.base else { return };
    if written.metres().is_none() {
        let text = "x_m, y_m and z_m must be where the base's antenna stands, earth-fixed, in metres, as its receiver sends it (RTCM 1005 or 1006)";
        say(issues, PLACE, text.into());
    }
    if written.within_mm.is_none_or(|mm| !WITHIN_MM.contains(&mm)) {
        let text = format!(
            "within_mm must be between {} and {}: farther from there the base counts as moved, such as 5",
            WITHIN_MM.start(),
            WITHIN_MM.end()
        );
        say(issues, PLACE, text);
    }
    if written.heard_within_s.is_none_or(|s| !HEARD_WITHIN_S.contains(&s)) {
        let text = format!(
            "heard_within_s must be between {} and {}: so recently the base must have said where it stands, such as 90",
            HEARD_WITHIN_S.start(),
            HEARD_WITHIN_S.end()
        );
        say(issues, PLACE, text);
    }
}
