//! `$PSTI,036` (SkyTraq): heading and pitch with a mode letter as in RMC; its day stands in it. Source: sensors.md section 3.7.
use super::Reject;
use super::claim::{Direction, Says, Stated};
use super::fields::Fields;
use crate::calendar::{Date, TimeOfDay};
use crate::quality;
use kaoguan_telemetry::Quality;

/// What a PSTI,036 says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Psti {
    time: Option<TimeOfDay>,
    date: Option<Date>,
    direction: Direction,
}

impl Says for Psti {
    fn time(&self) -> Stated {
        self.time.into()
    }
    fn date(&self) -> Option<Date> {
        self.date
    }
    fn direction(&self) -> Option<Direction> {
        Some(self.direction)
    }
}

/// Reads the fields; the address `PSTI` is field 0, `036` field 1.
///
/// # Errors
/// `Malformed` where a field is neither empty nor of its kind.
pub fn read(f: &Fields<'_>) -> Result<Psti, Reject> {
    Ok(Psti {
        time: f.time(2)?,
        date: f.optional(3, Date::from_ddmmyy)?,
        direction: Direction {
            heading: f.bearing(4)?,
            pitch: f.pitch(5)?,
            quality: f.optional(7, quality::of_rmc_mode)?.or(Some(Quality::None)),
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
    use kaoguan_telemetry::units::Centidegrees;

    #[test]
    fn a_real_line() {
        let text = "$PSTI,036,003832.000,290322,244.28,2.77,0.00,R*5D";
        let Ok(Sentence::Psti(psti)) = sentence(text) else {
            panic!("{text}")
        };
        assert_eq!(psti.time(), Stated::At(TimeOfDay(2_312_000_000)));
        assert_eq!(
            psti.date(),
            Some(Date {
                year: 2022,
                month: 3,
                day: 29
            })
        );
        assert_eq!(
            (psti.direction.heading, psti.direction.quality),
            (Some(Centidegrees(24_428)), Some(Quality::Fixed))
        );
        let none = sentence(line("PSTI,036,003832.000,290322,,,,"));
        assert!(matches!(none, Ok(Sentence::Psti(psti)) if psti.direction.quality == Some(Quality::None)));
        assert_eq!(
            sentence(line("PSTI,036,003832.000,290322,244.28,2.77,0.00,Q")),
            Err(Reject::Malformed)
        );
        assert_eq!(sentence(line("PSTI,030,003832.000")), Err(Reject::Unknown));
    }
}
