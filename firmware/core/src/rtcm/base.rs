//! Where the base stands: RTCM 1005, and 1006 with the height of its antenna over the mark.
//!
//! The problem: corrections of a base that was moved, or set up on yesterday's coordinates, move every vehicle on the square by the
//! same amount, and no quality number shows it. The answer: what the base says of itself is read to the bit, in the tenths of a
//! millimetre that it is sent in. Deliberately not here: where it should stand (the engine compares), and other systems' messages
//! of the same content (1032's physical station, the makers' own).
use super::{Frame, bits};
use kaoguan_telemetry::Base;
use kaoguan_telemetry::units::TenthMillimetres;

/// The base of a 1005 or 1006; `None` for every other message, and for one too short to be what its number says. Later versions
/// of the standard may append fields, so a longer one is read.
///
/// | bits | field |
/// |---|---|
/// | 12 | message number (DF002) |
/// | 12 | station (DF003) |
/// | 10 | year of the frame, systems, kind of station (DF021 to DF024, DF141) |
/// | 38, 1 + 1, 38, 2, 38 | x, y, z, 0.1 mm (DF025 to DF027), with flags between |
/// | 16 | 1006 only: antenna height, 0.1 mm (DF028) |
pub fn base(frame: Frame<'_>) -> Option<Base> {
    let with_height = match frame.message()? {
        1_005 => false,
        1_006 => true,
        _ => return None,
    };
    let payload = frame.payload();
    let height = || Some(TenthMillimetres(i32::try_from(bits(payload, 152, 16)?).ok()?));
    Some(Base {
        station: u16::try_from(bits(payload, 12, 12)?).ok()?,
        x_tenth_mm: coordinate(payload, 34)?,
        y_tenth_mm: coordinate(payload, 74)?,
        z_tenth_mm: coordinate(payload, 114)?,
        antenna_height: if with_height { Some(height()?) } else { None },
    })
}

/// 38 bits in two's complement.
fn coordinate(payload: &[u8], from: usize) -> Option<i64> {
    let raw = bits(payload, from, 38)?;
    Some((raw << 26).cast_signed() >> 26)
}

#[cfg(test)]
mod tests {
    use super::super::testing::frame;
    use super::*;

    /// The example of the standard's own text, as receivers' makers quote it: station 2003, x 1114104.5999, y -4850729.7108,
    /// z 3975521.4643 m.
    #[test]
    fn the_standards_example_is_read() {
        let bytes =
            b"\xd3\x00\x13\x3e\xd7\xd3\x02\x02\x98\x0e\xde\xef\x34\xb4\xbd\x62\xac\x09\x41\x98\x6f\x33\x36\x0b\x98";
        let read = Frame::proven(bytes).and_then(base);
        let expected = Base {
            station: 2_003,
            x_tenth_mm: 11_141_045_999,
            y_tenth_mm: -48_507_297_108,
            z_tenth_mm: 39_755_214_643,
            antenna_height: None,
        };
        assert_eq!(read, Some(expected));
    }

    /// Lays out the fields one after another, as text of ones and zeros: another way to the same bits.
    fn laid_out(message: u64, station: u64, xyz: [i64; 3], height: Option<u64>) -> std::vec::Vec<u8> {
        let [x, y, z] = xyz.map(|v| std::format!("{:038b}", v.cast_unsigned() & 0x3F_FFFF_FFFF));
        let height = height.map_or(std::string::String::new(), |h| std::format!("{h:016b}"));
        let text = std::format!("{message:012b}{station:012b}1111111111{x}11{y}11{z}{height}");
        text.as_bytes()
            .chunks(8)
            .map(|byte| byte.iter().fold(0, |all, bit| all << 1 | (bit - b'0')))
            .collect()
    }

    /// Every coordinate at its ends, the flags all set.
    #[test]
    fn the_ends_of_every_field_are_read() {
        let ends = [-(1 << 37), -1, 0, 1, (1 << 37) - 1];
        for (x, y, z) in ends.iter().flat_map(|x| ends.map(|y| (*x, y, -1 - *x ^ y))) {
            for (station, height) in [(0, None), (4_095, None), (0, Some(0)), (4_095, Some(65_535))] {
                let message = if height.is_some() { 1_006 } else { 1_005 };
                let bytes = frame(&laid_out(message, station, [x, y, z], height));
                let expected = Base {
                    station: station as u16,
                    x_tenth_mm: x,
                    y_tenth_mm: y,
                    z_tenth_mm: z,
                    antenna_height: height.map(|h| TenthMillimetres(h as i32)),
                };
                assert_eq!(Frame::proven(&bytes).and_then(base), Some(expected));
            }
        }
    }

    #[test]
    fn what_is_short_or_another_message_says_nothing() {
        let whole = laid_out(1_006, 7, [1, 2, 3], Some(4));
        let read = |payload: &[u8]| Frame::proven(&frame(payload)).and_then(base);
        assert_eq!(
            read(&[&whole[..], &[0xFF; 4]].concat()),
            read(&whole),
            "a later version's more"
        );
        assert!(read(&whole).is_some());
        for length in 0..whole.len() {
            assert_eq!(read(&whole[..length]), None, "{length}");
        }
        for message in [1_004, 1_007, 1_033, 1_077, 0, 4_095] {
            assert_eq!(read(&laid_out(message, 7, [1, 2, 3], Some(4))), None, "{message}");
        }
    }
}
