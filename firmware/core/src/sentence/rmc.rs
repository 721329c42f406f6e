//! RMC: the date, speed and course; its position is not used, because GGA and KSXT carry more. Source: sensors.md
//! section 2.4.
use super::Reject;
use super::claim::{Says, Stated, Velocity};
use super::fields::Fields;
use crate::calendar::{Date, TimeOfDay};
use crate::quality;
use crate::trig;
use kaoguan_telemetry::Quality;
use kaoguan_telemetry::units::{Centidegrees, MillimetresPerSecond};

/// What an RMC says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rmc {
    /// Time of validity.
    pub time: Option<TimeOfDay>,
    /// A claim; week roll-over shows here.
    pub date: Option<Date>,
    /// Field 2 is A.
    pub valid: bool,
    /// Speed over ground.
    pub speed: Option<MillimetresPerSecond>,
    /// Course over ground; empty or noisy below 0.5 m/s.
    pub course: Option<Centidegrees>,
    /// Field 12 on our scale; receivers older than NMEA 4.1 say D where they are fixed.
    pub mode: Option<Quality>,
}

impl Says for Rmc {
    fn time(&self) -> Stated {
        self.time.into()
    }
    fn date(&self) -> Option<Date> {
        self.date
    }
    /// `None` where it moves and the course is unknown.
    fn velocity(&self) -> Option<Velocity> {
        let speed = self.speed.filter(|_| self.valid)?;
        if speed.0 == 0 {
            return Some((speed, speed));
        }
        Some(trig::velocity(speed, self.course?))
    }
}

/// Reads the fields.
///
/// # Errors
/// `Malformed` where a field is neither empty nor of its kind.
pub fn read(f: &Fields<'_>) -> Result<Rmc, Reject> {
    let valid = match f.text(2) {
        b"A" => true,
        b"V" | b"" => false,
        _ => return Err(Reject::Malformed),
    };
    // A knot is 1,852 m/h: 4,630/9 mm/s.
    let speed = f.scaled(7, 4_630, 9)?;
    if speed.is_some_and(|v| v < 0) {
        return Err(Reject::Malformed);
    }
    Ok(Rmc {
        time: f.time(1)?,
        date: f.optional(9, Date::from_ddmmyy)?,
        valid,
        speed: speed.map(MillimetresPerSecond),
        course: f.bearing(8)?,
        mode: f.optional(12, quality::of_rmc_mode)?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{line, sentence};
    use super::super::{Reject, Sentence};
    use super::*;

    fn rmc(text: &str) -> Rmc {
        match sentence(text) {
            Ok(Sentence::Rmc(rmc)) => rmc,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn knots_and_course_become_north_and_east() {
        let r = rmc("$GNRMC,023042.40,A,3244.1234567,N,11703.7654321,E,2.134,087.45,231126,,,R,V*10");
        assert_eq!(
            r.date,
            Some(Date {
                year: 2026,
                month: 11,
                day: 23
            })
        );
        assert_eq!((r.valid, r.mode), (true, Some(Quality::Fixed)));
        // 2.134 kn = 1.097824 m/s; cos 87.45 deg = 0.0444916, sin = 0.9990098.
        assert_eq!(r.speed, Some(MillimetresPerSecond(1_098)));
        assert_eq!(
            r.velocity(),
            Some((MillimetresPerSecond(49), MillimetresPerSecond(1_097)))
        );
    }

    #[test]
    fn old_and_short_forms() {
        let r = rmc("$GPRMC,030940.00,A,3053.2782871,N,12153.5443069,E,000.037,218.4,270718,0.0,W,D*25");
        assert_eq!(
            (r.mode, r.speed),
            (Some(Quality::Single), Some(MillimetresPerSecond(19)))
        );
        let no_mode = rmc("$GPRMC,201230.00,A,6026.86949,N,02217.14087,E,0.689,,150722,,,A*72");
        assert_eq!((no_mode.course, no_mode.velocity()), (None, None));
        let standing = rmc(&line("GNRMC,060412.00,A,3509.9,N,13652.8,E,0.000,,110723,,,R,V"));
        assert_eq!(
            standing.velocity(),
            Some((MillimetresPerSecond(0), MillimetresPerSecond(0)))
        );
    }

    #[test]
    fn a_void_line_has_no_velocity() {
        let r = rmc(&line("GNRMC,,V,,,,,1.0,10.0,,,,N,V"));
        assert_eq!(
            (r.valid, r.date, r.velocity(), r.mode),
            (false, None, None, Some(Quality::None))
        );
        for body in [
            "GNRMC,010203.00,X,,,,,,,,,,N",
            "GNRMC,010203.00,A,,,,,-1.0,,,,,N",
            "GNRMC,010203.00,A,,,,,,,1x0203,,,A",
        ] {
            assert_eq!(sentence(line(body)), Err(Reject::Malformed), "{body}");
        }
    }
}
