//! `$..HPR` and `$..TRA` (CHC, Unicore, ComNav): heading and pitch with GGA's qualities. Their roll is 0.00 where it was not
//! observed, so it is never read. Source: sensors.md section 3.5.
use super::Reject;
use super::claim::{Direction, Says, Stated};
use super::fields::Fields;
use crate::calendar::TimeOfDay;
use crate::quality;

/// What an HPR or a TRA says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hpr {
    time: Option<TimeOfDay>,
    direction: Direction,
}

impl Says for Hpr {
    fn time(&self) -> Stated {
        self.time.into()
    }
    fn direction(&self) -> Option<Direction> {
        Some(self.direction)
    }
}

/// Reads the fields.
///
/// # Errors
/// `Malformed` where a field is neither empty nor of its kind.
pub fn read(f: &Fields<'_>) -> Result<Hpr, Reject> {
    Ok(Hpr {
        time: f.time_in_the_wild(1)?,
        direction: Direction {
            heading: f.bearing(2)?,
            pitch: f.pitch(3)?,
            quality: Some(quality::of_gga(f.text(5)).ok_or(Reject::Malformed)?),
            baseline: None,
            sigma: None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{line, sentence};
    use super::super::{Reject, Sentence};
    use super::*;
    use kaoguan_telemetry::Quality;
    use kaoguan_telemetry::units::Centidegrees;

    fn said(text: &str) -> (Stated, Direction) {
        match sentence(text) {
            Ok(Sentence::Hpr(hpr)) => (hpr.time(), hpr.direction),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn real_lines() {
        for (text, heading, pitch, quality) in [
            (
                "$GPHPR,070901.00,090.10,000.20,000.00,4,14,1.00,0004*42",
                9_010,
                20,
                Quality::Fixed,
            ),
            (
                "$GPTRA,025331.20,187.16,008.77,000.00,5,16,0.00,0000*49",
                18_716,
                877,
                Quality::Float,
            ),
        ] {
            let (_, direction) = said(text);
            assert_eq!(direction.heading, Some(Centidegrees(heading)), "{text}");
            assert_eq!(direction.pitch, Some(Centidegrees(pitch)), "{text}");
            assert_eq!(direction.quality, Some(quality), "{text}");
        }
    }

    #[test]
    fn times_and_signs_of_the_wild() {
        for (time, micros) in [("025330.8", 800_000), ("025331.", 1_000_000), ("025331", 1_000_000)] {
            let (stated, direction) = said(&line(&std::format!("GNHPR,{time},001.00,-01.23,000.00,4,14,1.00,0004")));
            assert_eq!(stated, Stated::At(TimeOfDay(10_410_000_000 + micros)), "{time}");
            assert_eq!(direction.pitch, Some(Centidegrees(-123)));
        }
        assert_eq!(said(&line("GPHPR,,,,,0,00,,")).1.quality, Some(Quality::None));
        for body in [
            "GPHPR,025331..,001.00,0,0,4",
            "GPHPR,025331.0,361.00,0,0,4",
            "GPHPR,025331.0,1.00,0,0,4x",
        ] {
            assert_eq!(sentence(line(body)), Err(Reject::Malformed), "{body}");
        }
    }
}
