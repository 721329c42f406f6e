//! HDT: a heading and nothing else; empty is invalid. Source: sensors.md section 2.8.
use super::Reject;
use super::claim::{Direction, Says, Stated};
use super::fields::Fields;
use kaoguan_telemetry::units::Centidegrees;

/// What an HDT says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hdt {
    /// Clockwise from true north; `None` where the receiver has none.
    pub heading: Option<Centidegrees>,
}

impl Says for Hdt {
    fn time(&self) -> Stated {
        Stated::Never
    }
    fn direction(&self) -> Option<Direction> {
        Some(Direction {
            heading: self.heading,
            pitch: None,
            quality: None,
            baseline: None,
            sigma: None,
        })
    }
}

/// Reads the fields.
///
/// # Errors
/// `Malformed` where the heading is no bearing, or is not said to be a true one.
pub fn read(f: &Fields<'_>) -> Result<Hdt, Reject> {
    let heading = f.bearing(1)?;
    if heading.is_some() && f.text(2) != b"T" {
        return Err(Reject::Malformed);
    }
    Ok(Hdt { heading })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{line, sentence};
    use super::super::{Reject, Sentence};
    use super::*;

    #[test]
    fn headings_round_to_hundredths_and_wrap() {
        let heading = |text: &[u8]| match sentence(text) {
            Ok(Sentence::Hdt(hdt)) => hdt.heading,
            other => panic!("{other:?}"),
        };
        assert_eq!(heading(b"$GNHDT,087.4521,T*16"), Some(Centidegrees(8_745)));
        assert_eq!(heading(b"$GPHDT,,T*1B"), None);
        assert_eq!(heading(line("GPHDT,359.996,T").as_bytes()), Some(Centidegrees(0)));
        for body in [
            "GPHDT,360.01,T",
            "GPHDT,-1.0,T",
            "GPHDT,12.0,M",
            "GPHDT,12.0",
            "GPHDT,x,T",
        ] {
            assert_eq!(sentence(line(body)), Err(Reject::Malformed), "{body}");
        }
    }
}
