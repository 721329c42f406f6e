//! `$PTNL,AVR` (Trimble): yaw, tilt **or** roll by the antennas' layout, range. Source: sensors.md section 3.6.
use super::Reject;
use super::claim::{Direction, Says, Stated};
use super::fields::Fields;
use crate::calendar::TimeOfDay;
use crate::quality;

/// What an AVR says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Avr {
    time: Option<TimeOfDay>,
    direction: Direction,
}

impl Says for Avr {
    fn time(&self) -> Stated {
        self.time.into()
    }
    fn direction(&self) -> Option<Direction> {
        Some(self.direction)
    }
}

/// Reads the fields; the address `PTNL` is field 0, `AVR` field 1.
///
/// # Errors
/// `Malformed` where a field is neither empty nor of its kind, or a value does not say which angle it is.
pub fn read(f: &Fields<'_>) -> Result<Avr, Reject> {
    f.unit(4, b"Yaw")?;
    f.unit(6, b"Tilt")?;
    f.unit(8, b"Roll")?;
    Ok(Avr {
        time: f.time(2)?,
        direction: Direction {
            heading: f.bearing(3)?,
            pitch: f.pitch(5)?,
            quality: Some(quality::of_avr(f.text(10)).ok_or(Reject::Malformed)?),
            baseline: f.metres(9)?,
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
    use kaoguan_telemetry::units::{Centidegrees, TenthMillimetres};

    fn said(text: &str) -> Direction {
        match sentence(text) {
            Ok(Sentence::Avr(avr)) => avr.direction,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn real_lines_of_both_layouts() {
        let tilted = said("$PTNL,AVR,212405.20,+52.1531,Yaw,-0.0806,Tilt,,,12.575,3,1.4,16*39");
        let expected = Direction {
            heading: Some(Centidegrees(5_215)),
            pitch: Some(Centidegrees(-8)),
            quality: Some(Quality::Fixed),
            baseline: Some(TenthMillimetres(125_750)),
            sigma: None,
        };
        assert_eq!(tilted, expected);
        let rolled = said(&line("PTNL,AVR,212604.30,+52.1800,Yaw,,,-0.0807,Roll,12.579,2,1.4,16"));
        assert_eq!((rolled.pitch, rolled.quality), (None, Some(Quality::Float)));
        assert_eq!(
            said("$PTNL,AVR,181059.6,+149.4688,Yaw,+0.0134,Tilt,,,60.191,3,2.5,6*00").heading,
            Some(Centidegrees(14_947))
        );
    }

    #[test]
    fn an_angle_says_which_it_is() {
        for body in [
            "PTNL,AVR,212405.20,+52.1531,Pitch,-0.0806,Tilt,,,12.575,3,1.4,16",
            "PTNL,AVR,212405.20,+52.1531,Yaw,-0.0806,Roll,,,12.575,3,1.4,16",
            "PTNL,AVR,212405.20,+52.1531,Yaw,-0.0806,Tilt,,,12.575,7,1.4,16",
        ] {
            assert_eq!(sentence(line(body)), Err(Reject::Malformed), "{body}");
        }
    }
}
