//! Where a field lies in a frame, and what its number is worth, as a DBC file describes it: in integers.
//!
//! Bits count from 0, the lowest bit of the first byte. An Intel field (`@1`) starts at its lowest bit and grows upwards through
//! the bytes; a Motorola field (`@0`) starts at its *highest* bit and runs down to bit 0 of that byte, then on from bit 7 of the
//! next one. Source: sensors.md section 10; proven on the real wheel speeds of `tests/can.rs`.
use super::DATA_BYTES_MAX;

/// Which way a field runs through the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// `@1`, little-endian.
    Intel,
    /// `@0`, big-endian.
    Motorola,
}

/// A field of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Its first bit as a DBC file counts it.
    pub start: u8,
    /// Bits, 1 to 64; of another length it is absent.
    pub length: u8,
    /// Byte order.
    pub order: Order,
    /// Two's complement.
    pub signed: bool,
}

/// What a field's number is worth: (number * `factor` + `offset`) / `per`, all whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// Of one count, in parts of a unit.
    pub factor: i64,
    /// Of zero, in parts of a unit.
    pub offset: i64,
    /// Parts of a unit; at least 1.
    pub per: i64,
}

impl Layout {
    /// The field's number; `None` where the frame is too short for it. Unsigned numbers of 64 bits saturate.
    pub fn raw(&self, data: &[u8]) -> Option<i64> {
        if !(1..=64).contains(&self.length) {
            return None;
        }
        let mut value = 0u64;
        for n in 0..self.length {
            let place = match self.order {
                Order::Intel => u32::from(self.start) + u32::from(self.length - 1 - n),
                Order::Motorola => sawtooth(self.start, n),
            };
            let byte = data.get(usize::try_from(place / 8).ok()?)?;
            value = value << 1 | u64::from(byte >> (place % 8) & 1);
        }
        let unused = 64 - u32::from(self.length);
        Some(if self.signed {
            ((value << unused) as i64) >> unused
        } else {
            i64::try_from(value).unwrap_or(i64::MAX)
        })
    }

    /// Whether a frame of eight bytes holds it.
    pub fn fits(&self) -> bool {
        self.raw(&[0; DATA_BYTES_MAX]).is_some()
    }
}

/// The bit that lies `n` below the start of a Motorola field.
fn sawtooth(start: u8, n: u8) -> u32 {
    let from_top = u32::from(start / 8) * 8 + u32::from(7 - start % 8) + u32::from(n);
    from_top / 8 * 8 + 7 - from_top % 8
}

impl Scale {
    /// A number's worth in parts of a unit ([`Scale::per`] of them are one).
    pub fn parts(&self, raw: i64) -> i64 {
        raw.saturating_mul(self.factor).saturating_add(self.offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(start: u8, length: u8, order: Order, signed: bool, data: &[u8]) -> Option<i64> {
        let layout = Layout {
            start,
            length,
            order,
            signed,
        };
        layout.raw(data)
    }

    const DATA: [u8; 8] = [0x12, 0x34, 0x56, 0x78, 0x9A, 0xBC, 0xDE, 0xF0];

    #[test]
    fn whole_bytes_are_what_the_language_reads() {
        for at in 0..7u8 {
            let pair = [DATA[usize::from(at)], DATA[usize::from(at) + 1]];
            let intel = raw(at * 8, 16, Order::Intel, false, &DATA);
            assert_eq!(intel, Some(i64::from(u16::from_le_bytes(pair))));
            let motorola = raw(at * 8 + 7, 16, Order::Motorola, true, &DATA);
            assert_eq!(motorola, Some(i64::from(i16::from_be_bytes(pair))));
        }
        assert_eq!(raw(7, 64, Order::Motorola, true, &DATA), Some(i64::from_be_bytes(DATA)));
        assert_eq!(raw(0, 64, Order::Intel, true, &DATA), Some(i64::from_le_bytes(DATA)));
        assert_eq!(raw(0, 64, Order::Intel, false, &DATA), Some(i64::MAX), "saturated");
    }

    #[test]
    fn parts_of_bytes() {
        // 0x12 0x34 = 0001 0010 0011 0100: 15 bits under the top one; 3 bits at the seam.
        assert_eq!(raw(6, 15, Order::Motorola, false, &DATA), Some(0x1234));
        assert_eq!(raw(1, 3, Order::Motorola, false, &DATA), Some(0b100));
        assert_eq!(raw(4, 6, Order::Intel, false, &DATA), Some(0b00_0001));
        assert_eq!(raw(13, 2, Order::Intel, true, &DATA), Some(0b01));
        assert_eq!(raw(12, 2, Order::Intel, true, &DATA), Some(-1));
    }

    #[test]
    fn a_short_frame_has_no_such_field() {
        assert_eq!(raw(8, 8, Order::Intel, false, &DATA[..1]), None);
        assert_eq!(raw(1, 3, Order::Motorola, false, &DATA[..1]), None);
        assert_eq!(raw(60, 5, Order::Intel, false, &DATA), None);
        assert_eq!(raw(255, 64, Order::Motorola, false, &DATA), None);
        assert_eq!(raw(0, 0, Order::Intel, false, &DATA), None);
        assert_eq!(raw(0, 65, Order::Intel, false, &DATA), None);
    }
}
