//! THS: a heading with the mode it came from. Source: sensors.md section 2.8.
use super::Reject;
use super::claim::{Direction, Says, Stated};
use super::fields::Fields;
use crate::quality;
use kaoguan_telemetry::Quality;
use kaoguan_telemetry::units::Centidegrees;

/// What a THS says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ths {
    /// Clockwise from true north; `None` where the receiver has none.
    pub heading: Option<Centidegrees>,
    /// `None`: that of the position.
    pub quality: Option<Quality>,
}

impl Says for Ths {
    fn time(&self) -> Stated {
        Stated::Never
    }
    fn direction(&self) -> Option<Direction> {
        Some(Direction {
            heading: self.heading,
            pitch: None,
            quality: self.quality,
            baseline: None,
            sigma: None,
        })
    }
}

/// Reads the fields.
///
/// # Errors
/// `Malformed` where the heading is no bearing or the mode none of A, E, M, S, V.
pub fn read(f: &Fields<'_>) -> Result<Ths, Reject> {
    Ok(Ths {
        heading: f.bearing(1)?,
        quality: quality::of_ths_mode(f.text(2)).ok_or(Reject::Malformed)?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{line, sentence};
    use super::super::{Reject, Sentence};
    use super::*;

    #[test]
    fn the_mode_is_the_quality() {
        for (text, heading, quality) in [
            ("$GNTHS,087.4521,A*14", Some(Centidegrees(8_745)), None),
            ("$GNTHS,179.0284,A*18", Some(Centidegrees(17_903)), None),
            ("$GPTHS,,V*0E", None, Some(Quality::None)),
            (
                &line("GPTHS,12.0,E"),
                Some(Centidegrees(1_200)),
                Some(Quality::DeadReckoning),
            ),
            (&line("GPTHS,12.0,S"), Some(Centidegrees(1_200)), Some(Quality::Invalid)),
        ] {
            let Ok(Sentence::Ths(ths)) = sentence(text) else {
                panic!("{text}")
            };
            assert_eq!((ths.heading, ths.quality), (heading, quality), "{text}");
        }
        assert_eq!(sentence(line("GPTHS,12.0,T")), Err(Reject::Malformed));
        assert_eq!(sentence(line("GPTHS,12.0")), Err(Reject::Malformed));
    }
}
