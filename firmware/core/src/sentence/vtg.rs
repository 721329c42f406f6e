//! VTG: course and speed, without a time. Source: sensors.md section 2.5.
use super::Reject;
use super::claim::{Says, Stated, Velocity};
use super::fields::Fields;
use crate::{quality, trig};
use kaoguan_telemetry::Quality;
use kaoguan_telemetry::units::{Centidegrees, MillimetresPerSecond};

/// What a VTG says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vtg {
    course: Option<Centidegrees>,
    speed: Option<MillimetresPerSecond>,
    mode: Option<Quality>,
}

impl Says for Vtg {
    fn time(&self) -> Stated {
        Stated::Never
    }
    fn velocity(&self) -> Option<Velocity> {
        let speed = self.speed.filter(|_| self.mode != Some(Quality::None))?;
        match self.course {
            Some(course) => Some(trig::velocity(speed, course)),
            None => (speed.0 == 0).then_some((speed, speed)),
        }
    }
}

/// Reads the fields, of the form with letters and of the older one without.
///
/// # Errors
/// `Malformed` where a field is neither empty nor of its kind, or a speed is negative.
pub fn read(f: &Fields<'_>) -> Result<Vtg, Reject> {
    // The old form: course true, course magnetic, knots, km/h.
    let old = f.commas() == 4 && f.text(2) != b"T";
    let (knots, kilometres) = if old { (3, 4) } else { (5, 7) };
    if !old {
        [(2, b"T"), (4, b"M"), (6, b"N"), (8, b"K")]
            .into_iter()
            .try_for_each(|(n, letter)| f.unit(n, letter))?;
    }
    // A kilometre an hour is 2,500/9 mm/s and has more decimals; a knot is 4,630/9.
    let speed = match f.scaled(kilometres, 2_500, 9)? {
        Some(speed) => Some(speed),
        None => f.scaled(knots, 4_630, 9)?,
    };
    if speed.is_some_and(|speed| speed < 0) {
        return Err(Reject::Malformed);
    }
    Ok(Vtg {
        course: f.bearing(1)?,
        speed: speed.map(MillimetresPerSecond),
        mode: if old {
            None
        } else {
            f.optional(9, quality::of_rmc_mode)?
        },
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{line, sentence};
    use super::super::{Reject, Sentence};
    use super::*;

    fn velocity(text: &str) -> Option<(i32, i32)> {
        match sentence(text) {
            Ok(Sentence::Vtg(vtg)) => vtg.velocity().map(|(north, east)| (north.0, east.0)),
            other => panic!("{text}: {other:?}"),
        }
    }

    /// 3.952 km/h are 1.0978 m/s; cos 87.45 degrees = 0.04449, sin = 0.99901.
    #[test]
    fn both_forms() {
        assert_eq!(velocity("$GNVTG,87.45,T,,M,2.134,N,3.952,K,D*11"), Some((49, 1_097)));
        assert_eq!(velocity(&line("GNVTG,87.45,,2.134,3.952")), Some((49, 1_097)));
        assert_eq!(velocity(&line("GNVTG,87.45,T,,M,2.134,N,,K,D")), Some((49, 1_097)));
    }

    #[test]
    fn who_stands_needs_no_course_and_who_moves_does() {
        assert_eq!(velocity(&line("GNVTG,,T,,M,0.000,N,0.000,K,A")), Some((0, 0)));
        assert_eq!(velocity("$GNVTG,,T,,M,0.025,N,0.045,K,A*3B"), None);
        assert_eq!(velocity(&line("GNVTG,,,,,,,,,N")), None);
        assert_eq!(velocity(&line("GNVTG,87.45,T,,M,2.134,N,3.952,K,N")), None);
        for body in [
            "GNVTG,87.45,X,,M,2.134,N,3.952,K,D",
            "GNVTG,87.45,T,,M,-2.134,N,-3.952,K,D",
            "GNVTG,400,T,,M,2,N,3,K,D",
        ] {
            assert_eq!(sentence(line(body)), Err(Reject::Malformed), "{body}");
        }
    }
}
