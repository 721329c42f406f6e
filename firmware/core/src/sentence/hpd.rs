//! `$GPHPD` of older boards: the heading is read, and nothing else.
//!
//! Its track and fields 9 to 18 contradict the motion of real logs, its position has a centimetre's resolution, and its
//! time tag is an epoch behind that of the GGA with the same position (`heading_skew` of the configuration says how far).
//! Source: sensors.md section 3.4.
use super::Reject;
use super::claim::{Direction, Says, Stated};
use super::fields::Fields;
use crate::calendar::{Constellation, Date, WeekTime};
use crate::decimal::{Decimal, digits};
use crate::quality;
use kaoguan_telemetry::Quality;

/// What an HPD says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hpd {
    time: Option<WeekTime>,
    direction: Direction,
}

impl Says for Hpd {
    fn time(&self) -> Stated {
        self.time.map(|time| time.utc().1).into()
    }
    fn date(&self) -> Option<Date> {
        self.time.map(|time| time.utc().0)
    }
    fn direction(&self) -> Option<Direction> {
        Some(self.direction)
    }
}

/// Reads the fields.
///
/// # Errors
/// `Malformed` where there are neither 15 (with or without a status) nor 21 of them, or one is not of its kind.
pub fn read(f: &Fields<'_>) -> Result<Hpd, Reject> {
    let quality = match f.commas() {
        14 => None,
        15 => Some(f.text(15)),
        21 => Some(f.text(21)),
        _ => return Err(Reject::Malformed),
    };
    Ok(Hpd {
        time: week_time(f)?,
        direction: Direction {
            heading: f.bearing(3)?,
            pitch: f.pitch(4)?,
            quality: quality
                .map(|code| quality::of_gga(code).ok_or(Reject::Malformed))
                .transpose()?
                // Without a status there is no claim, and nothing to believe.
                .or(Some(Quality::None)),
            baseline: None,
            sigma: None,
        },
    })
}

/// Empty before the receiver knows the time.
fn week_time(f: &Fields<'_>) -> Result<Option<WeekTime>, Reject> {
    let week = f.optional(1, digits)?;
    let in_week = f.optional(2, |text| Decimal::parse(text)?.times(1_000_000, 1))?;
    let Some((week, in_week)) = week.zip(in_week) else {
        return Ok(None);
    };
    let week = u16::try_from(week).map_err(|_| Reject::Malformed)?;
    let time = WeekTime::new(Constellation::Gps, week, in_week);
    time.map(Some).ok_or(Reject::Malformed)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{line, sentence};
    use super::super::{Reject, Sentence};
    use super::*;
    use crate::calendar::TimeOfDay;
    use kaoguan_telemetry::units::Centidegrees;

    /// A real line of 2017-07-09, 09:38:21.6 UTC.
    #[test]
    fn a_real_line() {
        let text = "$GPHPD,1957,34719.600,61.98,1.77,17.12,31.5919733,120.7725163,2.637,13630389.939,24921434.505,2.637,-2.102,\
                    -1.920,1.289,0.646,1.565,0.840,0.000,16,15,4*76";
        let Ok(Sentence::Hpd(hpd)) = sentence(text) else {
            panic!("{text}")
        };
        assert_eq!(hpd.time(), Stated::At(TimeOfDay(34_701_600_000)));
        assert_eq!(
            hpd.date(),
            Some(Date {
                year: 2017,
                month: 7,
                day: 9
            })
        );
        assert_eq!(hpd.direction.heading, Some(Centidegrees(6_198)));
        assert_eq!(hpd.direction.quality, Some(Quality::Fixed));
        assert_eq!(hpd.place(), None);
    }

    #[test]
    fn other_lengths() {
        let short = "GPHPD,1957,34719.600,61.98,1.77,17.12,31.5919733,120.7725163,2.637,0.1,0.2,0.0,1.3,16,15";
        let quality = |body: &str| match sentence(line(body)) {
            Ok(Sentence::Hpd(hpd)) => hpd.direction.quality,
            other => panic!("{body}: {other:?}"),
        };
        assert_eq!(quality(short), Some(Quality::None));
        assert_eq!(quality(&std::format!("{short},5")), Some(Quality::Float));
        for body in [
            "GPHPD,1957,34719.600,61.98",
            &std::format!("{short},x"),
            &short.replace("1957", "99999"),
        ] {
            assert_eq!(sentence(line(body)), Err(Reject::Malformed), "{body}");
        }
        let cold = short.replace("1957,34719.600,61.98,1.77", ",,,");
        assert!(matches!(sentence(line(&cold)), Ok(Sentence::Hpd(hpd)) if hpd.time() == Stated::Unknown));
    }
}
