//! GST: the receiver's own one-sigmas. Optimistic by two to five times in practice. Source: sensors.md section 2.7.
use super::Reject;
use super::claim::{Says, Sigmas, Stated};
use super::fields::Fields;
use crate::calendar::TimeOfDay;
use kaoguan_telemetry::units::TenthMillimetres;

/// What a GST says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gst {
    /// Time of validity.
    pub time: Option<TimeOfDay>,
    /// One sigma north, rounded up.
    pub north: Option<TenthMillimetres>,
    /// One sigma east, rounded up.
    pub east: Option<TenthMillimetres>,
    /// One sigma up, rounded up.
    pub up: Option<TenthMillimetres>,
}

impl Says for Gst {
    fn time(&self) -> Stated {
        self.time.into()
    }
    fn sigmas(&self) -> Option<Sigmas> {
        Some(Sigmas {
            north: self.north,
            east: self.east,
            up: self.up,
        })
    }
}

/// Reads the fields.
///
/// # Errors
/// `Malformed` where a field is neither empty nor of its kind.
pub fn read(f: &Fields<'_>) -> Result<Gst, Reject> {
    Ok(Gst {
        time: f.time(1)?,
        north: f.sigma(6)?,
        east: f.sigma(7)?,
        up: f.sigma(8)?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{line, sentence};
    use super::super::{Reject, Sentence};
    use super::*;

    #[test]
    fn sigmas_are_tenths_of_a_millimetre() {
        let expected = Gst {
            time: Some(TimeOfDay(83_648_000_000)),
            north: Some(TenthMillimetres(490)),
            east: Some(TenthMillimetres(780)),
            up: Some(TenthMillimetres(880)),
        };
        let real = b"$GNGST,231408.00,32,0.19,0.12,97,0.049,0.078,0.088*43";
        assert_eq!(sentence(real), Ok(Sentence::Gst(expected)));
    }

    #[test]
    fn a_sigma_never_shrinks_and_is_never_negative() {
        let Ok(Sentence::Gst(gst)) = sentence(line("GNGST,060412.00,,,,,0.00491,,")) else {
            panic!("not a GST")
        };
        assert_eq!((gst.north, gst.east, gst.up), (Some(TenthMillimetres(50)), None, None));
        assert_eq!(sentence(line("GNGST,060412.00,,,,,-0.1,,")), Err(Reject::Malformed));
    }
}
