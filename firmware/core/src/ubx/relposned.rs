//! NAV-RELPOSNED, version 1: the vector from the moving base's antenna to this receiver's, as a heading with its sigma and
//! the baseline's length. Source: sensors.md section 4.
//!
//! A receiver with a *fixed* base fills in the same fields: then the "heading" is the direction from the base station to the
//! vehicle. Only where the receiver says that its base moves is there one. With such a pair the position comes from the
//! antenna that the baseline points to: the vehicle's file has its place, and the calibration the heading's offset. And that
//! position's "fixed" is against the moving base, however wrong that one is: what tells is its sigma, which the engine gates.
//!
//! Deliberately not here: the baseline's pitch (the engine has the surveyed slope), the vector itself.
use super::Bytes;
use crate::calendar::TimeOfDay;
use crate::quality;
use crate::sentence::{Direction, Reject, Says, Stated};
use kaoguan_telemetry::Quality;
use kaoguan_telemetry::units::{Centidegrees, TenthMillimetres};

/// What a NAV-RELPOSNED says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelPosNed {
    time: TimeOfDay,
    direction: Direction,
}

impl Says for RelPosNed {
    fn time(&self) -> Stated {
        Stated::At(self.time)
    }
    fn direction(&self) -> Option<Direction> {
        Some(self.direction)
    }
}

/// gnssFixOK, relPosValid, isMoving, relPosHeadingValid.
const HAS_HEADING: u32 = 1 | 1 << 2 | 1 << 5 | 1 << 8;
/// refPosMiss, refObsMiss: the base's position or measurements were carried on from before.
const EXTRAPOLATED: u32 = 1 << 6 | 1 << 7;

/// Reads the payload of 64 bytes.
///
/// # Errors
/// `Unknown` where the version is not 1, `Malformed` where a number is out of its range.
pub(super) fn read(b: &Bytes<'_>) -> Result<RelPosNed, Reject> {
    if b.u8(0)? != 1 {
        return Err(Reject::Unknown);
    }
    let flags = b.u32(60)?;
    let has_heading = flags & HAS_HEADING == HAS_HEADING;
    let quality = match quality::of_ubx_carrier(flags >> 3 & 0b11) {
        _ if !has_heading => Quality::None,
        // Fixed by measurements that were not made is not fixed.
        Quality::Fixed if flags & EXTRAPOLATED != 0 => Quality::Float,
        quality => quality,
    };
    Ok(RelPosNed {
        time: b.time_of_week(4)?,
        direction: Direction {
            heading: has_heading.then_some(heading(b)?),
            pitch: None,
            quality: Some(quality),
            baseline: Some(baseline(b)?),
            sigma: Some(sigma(b)?),
        },
    })
}

/// 1e-5 degrees, 0 to 360.
fn heading(b: &Bytes<'_>) -> Result<Centidegrees, Reject> {
    let heading = b.i32(24)?;
    let is_bearing = (0..=36_000_000).contains(&heading);
    let hundredths = (heading.saturating_add(500) / 1_000) % 36_000;
    is_bearing.then_some(Centidegrees(hundredths)).ok_or(Reject::Malformed)
}

/// Centimetres and tenths of a millimetre.
fn baseline(b: &Bytes<'_>) -> Result<TenthMillimetres, Reject> {
    let tenths = b.i32(20)?.checked_mul(100);
    let fine = i32::from(b.i8(35)?);
    tenths
        .and_then(|coarse| coarse.checked_add(fine))
        .map(TenthMillimetres)
        .ok_or(Reject::Malformed)
}

/// 1e-5 degrees, rounded up; half a turn is the most that anybody can be wrong.
fn sigma(b: &Bytes<'_>) -> Result<Centidegrees, Reject> {
    let hundredths = b.u32(52)?.div_ceil(1_000).min(18_000);
    Ok(Centidegrees(hundredths as i32))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{frame, payload};
    use super::*;
    use crate::sentence::Sentence;
    use std::vec::Vec;

    fn read(payload: &[u8]) -> Result<RelPosNed, Reject> {
        match super::super::read(&frame(0x01, 0x3C, payload))? {
            Sentence::RelPosNed(said) => Ok(said),
            other => panic!("{other:?}"),
        }
    }

    /// A moving base, fixed: everything but refPosMiss, refObsMiss and the carrier's lower bit.
    const FIXED: u32 = 0b1_0011_0111;

    fn numbers(changes: &[(usize, &[u8])]) -> Vec<u8> {
        let flags = FIXED.to_le_bytes();
        let mut numbers: Vec<(usize, &[u8])> = std::vec![
            (0, &[1]),
            (4, &[0x38, 0x72, 0x52, 0x0d]),
            (20, &[138, 0, 0, 0]),
            // 41.35742 degrees is 4,135,742.
            (24, &[0x3e, 0x1b, 0x3f, 0]),
            (35, &[0xfc]),
            // 0.19661 degrees is 19,661.
            (52, &[0xcd, 0x4c, 0, 0]),
            (60, &flags),
        ];
        numbers.extend(changes);
        payload(64, &numbers)
    }

    #[test]
    fn a_moving_base_gives_a_heading() {
        let said = read(&numbers(&[])).unwrap();
        assert_eq!(said.time, TimeOfDay(50_689_000_000));
        let expected = Direction {
            heading: Some(Centidegrees(4_136)),
            pitch: None,
            quality: Some(Quality::Fixed),
            // 1.38 m - 0.4 mm.
            baseline: Some(TenthMillimetres(13_796)),
            sigma: Some(Centidegrees(20)),
        };
        assert_eq!(said.direction, expected);
        let north = read(&numbers(&[(24, &35_999_999i32.to_le_bytes())])).unwrap();
        assert_eq!(north.direction.heading, Some(Centidegrees(0)), "359.99999 is north");
    }

    #[test]
    fn each_flag_that_lacks_takes_the_heading() {
        for bit in [0, 2, 5, 8] {
            let flags = FIXED & !(1 << bit);
            let said = read(&numbers(&[(60, &flags.to_le_bytes())])).unwrap();
            assert_eq!(
                (said.direction.heading, said.direction.quality),
                (None, Some(Quality::None)),
                "bit {bit}"
            );
        }
    }

    #[test]
    fn the_carrier_and_what_is_carried_on_are_the_quality() {
        let quality = |flags: u32| read(&numbers(&[(60, &flags.to_le_bytes())])).unwrap().direction.quality;
        let without = FIXED & !(0b11 << 3);
        assert_eq!(quality(without), Some(Quality::Single));
        assert_eq!(quality(without | 1 << 3), Some(Quality::Float));
        for missed in [1 << 6, 1 << 7] {
            assert_eq!(quality(FIXED | missed), Some(Quality::Float));
        }
    }

    #[test]
    fn nonsense_is_malformed() {
        assert_eq!(read(&numbers(&[(0, &[2])])), Err(Reject::Unknown), "another version");
        for (at, bytes) in [(4, 604_800_000i32), (20, i32::MAX), (24, 36_000_001), (24, -1)] {
            assert_eq!(
                read(&numbers(&[(at, &bytes.to_le_bytes())])),
                Err(Reject::Malformed),
                "{at}"
            );
        }
    }
}
