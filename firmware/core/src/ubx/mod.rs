//! One proven UBX frame, read by the file of its kind: u-blox receivers' binary, little-endian integers.
//!
//! The problem: NAV-PVT has the quality and the day but a position rounded to 11 mm, NAV-HPPOSLLH has a position of tenths
//! of a millimetre and nothing else, and the heading stands in a third message. The answer: each says what it has, as the
//! sentences do, and the epoch joins them by the time that all of them carry. Source: sensors.md section 4, and
//! u-blox's interface description where a file says so.
//!
//! The `ublox` crate (0.8, kept) was read beside this for the layouts, and is not used: it turns positions into floats and
//! panics where the two bits of the carrier solution have their reserved value.
//!
//! A kind is a file, a line of [`READ`] and a line of [`crate::sentence::Sentence`].
//!
//! Deliberately not here: framing and sums ([`crate::binary`]); NAV-EOE (an epoch closes by its receiver's habits, as with
//! sentences); sensor fusion's own heading and attitude (headVeh, NAV-ATT, HNR), which is no baseline's; raw measurements.
mod hpposllh;
mod pvt;
mod relposned;

pub use hpposllh::HpPosLlh;
pub use pvt::Pvt;
pub use relposned::RelPosNed;

use crate::calendar::{DAY_US, LEAP_S, TimeOfDay};
use crate::sentence::{Reject, Sentence};
use kaoguan_telemetry::units::{Nanodegrees, TenthMillimetres};

/// The longest frame that is read, with what stands around its payload.
pub const FRAME_BYTES_MAX: usize = 100;
/// The payloads' lengths that are read, each once.
pub const LENGTHS: [u16; 4] = [36, 64, 84, 92];
/// Class, id and length of what is read. A NAV-RELPOSNED of 40 bytes (version 0) has no heading.
const READ: [(u8, u8, u16); 4] = [(0x01, 0x07, 84), (0x01, 0x07, 92), (0x01, 0x14, 36), (0x01, 0x3C, 64)];

/// True where such a frame is read.
pub fn is_read(class: u8, id: u8, length: u16) -> bool {
    READ.contains(&(class, id, length))
}

/// Reads a proven frame, with its sync and its sums.
///
/// # Errors
/// `Unknown` where it is of no kind or version that is read, `Malformed` where a number is not what its kind says.
pub fn read(frame: &[u8]) -> Result<Sentence, Reject> {
    let [0xB5, 0x62, class, id, _, _, rest @ ..] = frame else {
        return Err(Reject::Unknown);
    };
    let payload = rest.get(..rest.len().saturating_sub(2)).unwrap_or(&[]);
    let bytes = Bytes(payload);
    match (class, id, payload.len()) {
        (0x01, 0x07, 84 | 92) => pvt::read(&bytes).map(Sentence::Pvt),
        (0x01, 0x14, 36) => hpposllh::read(&bytes).map(Sentence::HpPosLlh),
        (0x01, 0x3C, 64) => relposned::read(&bytes).map(Sentence::RelPosNed),
        _ => Err(Reject::Unknown),
    }
}

/// A payload, by its offsets; whatever is beyond its end is malformed.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn array<const N: usize>(&self, at: usize) -> Result<[u8; N], Reject> {
        let bytes = self.0.get(at..).and_then(|rest| rest.first_chunk::<N>());
        bytes.copied().ok_or(Reject::Malformed)
    }
    fn u8(&self, at: usize) -> Result<u8, Reject> {
        self.array::<1>(at).map(|[byte]| byte)
    }
    fn i8(&self, at: usize) -> Result<i8, Reject> {
        self.array(at).map(i8::from_le_bytes)
    }
    fn u16(&self, at: usize) -> Result<u16, Reject> {
        self.array(at).map(u16::from_le_bytes)
    }
    fn u32(&self, at: usize) -> Result<u32, Reject> {
        self.array(at).map(u32::from_le_bytes)
    }
    fn i32(&self, at: usize) -> Result<i32, Reject> {
        self.array(at).map(i32::from_le_bytes)
    }

    /// Milliseconds of the GPS week as time of day, UTC: no week is needed for that.
    fn time_of_week(&self, at: usize) -> Result<TimeOfDay, Reject> {
        let in_week = i64::from(self.u32(at)?) * 1_000;
        if in_week >= 7 * DAY_US {
            return Err(Reject::Malformed);
        }
        Ok(TimeOfDay((in_week - LEAP_S * 1_000_000).rem_euclid(DAY_US)))
    }

    /// 1e-7 degrees with `fine` 1e-9 degrees, within `degrees`.
    fn degrees(&self, at: usize, fine: i64, degrees: i64) -> Result<Nanodegrees, Reject> {
        let nano = i64::from(self.i32(at)?) * 100 + fine;
        let is_on_earth = nano.abs() <= degrees * 1_000_000_000;
        is_on_earth.then_some(Nanodegrees(nano)).ok_or(Reject::Malformed)
    }

    /// Millimetres with `fine` tenths of them.
    fn millimetres(&self, at: usize, fine: i32) -> Result<TenthMillimetres, Reject> {
        let tenths = self.i32(at)?.checked_mul(10).and_then(|mm| mm.checked_add(fine));
        tenths.map(TenthMillimetres).ok_or(Reject::Malformed)
    }

    /// An uncertainty in units of `each` tenths of a millimetre; what is too large for the type is the largest.
    fn sigma(&self, at: usize, each: u32) -> Result<TenthMillimetres, Reject> {
        let tenths = self.u32(at)?.saturating_mul(each);
        Ok(TenthMillimetres(i32::try_from(tenths).unwrap_or(i32::MAX)))
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use std::vec::Vec;

    /// A frame with the right sums.
    pub fn frame(class: u8, id: u8, payload: &[u8]) -> Vec<u8> {
        let mut frame = std::vec![0xB5, 0x62, class, id];
        frame.extend((payload.len() as u16).to_le_bytes());
        frame.extend(payload);
        let (a, b) = frame[2..].iter().fold((0u8, 0u8), |(a, b), byte| {
            let a = a.wrapping_add(*byte);
            (a, b.wrapping_add(a))
        });
        frame.extend([a, b]);
        frame
    }

    /// A payload of zeros with these numbers in it.
    pub fn payload(length: usize, numbers: &[(usize, &[u8])]) -> Vec<u8> {
        let mut payload = std::vec![0; length];
        for (at, bytes) in numbers {
            payload[*at..at + bytes.len()].copy_from_slice(bytes);
        }
        payload
    }
}

#[cfg(test)]
mod tests {
    use super::testing::frame;
    use super::*;

    #[test]
    fn the_tables_agree() {
        for (class, id, length) in READ {
            assert!(LENGTHS.contains(&length) && usize::from(length) + 8 <= FRAME_BYTES_MAX);
            let zeros = std::vec![0; usize::from(length)];
            assert_ne!(
                read(&frame(class, id, &zeros)).err(),
                Some(Reject::Malformed),
                "{id:#x} {length}"
            );
        }
        assert_eq!(
            read(&frame(0x01, 0x3C, &[0; 40])),
            Err(Reject::Unknown),
            "RELPOSNED version 0"
        );
        assert_eq!(read(&frame(0x01, 0x35, &[0; 92])), Err(Reject::Unknown));
        for short in [&b""[..], b"\xB5\x62", b"\xB5\x62\x01\x07\x5c\x00", b"$GNGGA"] {
            assert_eq!(read(short), Err(Reject::Unknown));
        }
    }
}
