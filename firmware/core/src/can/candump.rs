//! Lines as `candump -L` writes them: `(1672772638.048893) can0 2C1#0800DE01FAC60072`.
//!
//! Three digits of identifier are a standard one, eight an extended one; `#R` is a remote frame and `##` one of CAN FD. The time
//! is the logger's own and dates nothing here but a replay. A line has no check: whoever hears it over a wire that loses bytes
//! may believe no single one. Source: sensors.md section 10, can-utils' `candump`.
use super::{CanFrame, DATA_BYTES_MAX, Id};
use crate::sentence::Reject;
use kaoguan_telemetry::units::Micros;

/// The longest line, bytes: a time of ten digits, a bus of 16 characters, eight bytes of data.
pub const LINE_BYTES_MAX: usize = 96;

/// One line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Logged<'a> {
    /// The logger's time.
    pub at: Micros,
    /// The bus, such as `can0`.
    pub bus: &'a [u8],
    /// What it carried.
    pub frame: CanFrame,
}

/// Reads a line without its end.
///
/// # Errors
/// `Unknown` for a remote frame or one of CAN FD, `Malformed` for anything else.
pub fn read(line: &[u8]) -> Result<Logged<'_>, Reject> {
    let mut words = line.split(|b| *b == b' ').filter(|word| !word.is_empty());
    let (Some(time), Some(bus), Some(frame)) = (words.next(), words.next(), words.next()) else {
        return Err(Reject::Malformed);
    };
    // Newer loggers say which way it went.
    let is_end = match words.next() {
        None | Some(b"T" | b"R") => words.next().is_none(),
        Some(_) => false,
    };
    let hash = frame
        .iter()
        .position(|b| *b == b'#')
        .filter(|_| is_end)
        .ok_or(Reject::Malformed)?;
    let (id, data) = (frame.get(..hash), frame.get(hash + 1..));
    let (Some(id), Some(data)) = (id.and_then(self::id), data) else {
        return Err(Reject::Malformed);
    };
    if matches!(data.first(), Some(b'R' | b'#')) {
        return Err(Reject::Unknown);
    }
    let frame = self::data(id, data).ok_or(Reject::Malformed)?;
    let at = self::time(time).ok_or(Reject::Malformed)?;
    Ok(Logged { at, bus, frame })
}

fn id(digits: &[u8]) -> Option<Id> {
    let value = hex(digits)?;
    match digits.len() {
        3 => Some(Id::Standard(u16::try_from(value).ok()?)),
        8 => Some(Id::Extended(value)),
        _ => None,
    }
}

fn data(id: Id, digits: &[u8]) -> Option<CanFrame> {
    let mut bytes = [0; DATA_BYTES_MAX];
    let (pairs, odd) = digits.as_chunks::<2>();
    let used = bytes.get_mut(..pairs.len()).filter(|_| odd.is_empty())?;
    for (byte, pair) in used.iter_mut().zip(pairs) {
        *byte = u8::try_from(hex(pair)?).ok()?;
    }
    CanFrame::new(id, used)
}

/// Seconds and six digits of their parts.
fn time(word: &[u8]) -> Option<Micros> {
    let inside = word.strip_prefix(b"(")?.strip_suffix(b")")?;
    let point = inside.iter().position(|b| *b == b'.')?;
    let (whole, parts) = (inside.get(..point)?, inside.get(point + 1..)?);
    let number = |digits: &[u8]| {
        let is_number = (1..=12).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
        core::str::from_utf8(digits)
            .ok()
            .filter(|_| is_number)?
            .parse::<i64>()
            .ok()
    };
    let parts = number(parts).filter(|_| parts.len() == 6)?;
    Some(Micros(number(whole)?.checked_mul(1_000_000)?.checked_add(parts)?))
}

fn hex(digits: &[u8]) -> Option<u32> {
    if !(1..=8).contains(&digits.len()) {
        return None;
    }
    digits
        .iter()
        .try_fold(0, |value, b| Some(value << 4 | char::from(*b).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_both_kinds() {
        let logged = read(b"(1672772638.048893) can0 2C1#0800DE01FAC60072").expect("a line");
        assert_eq!((logged.at, logged.bus), (Micros(1_672_772_638_048_893), &b"can0"[..]));
        assert_eq!(logged.frame.id, Id::Standard(0x2C1));
        assert_eq!(logged.frame.data(), [8, 0, 0xDE, 1, 0xFA, 0xC6, 0, 0x72]);
        let logged = read(b"(1.000000) vcan12 18FEF100#00ff R").expect("a line");
        assert_eq!(logged.frame.id, Id::Extended(0x18FE_F100));
        assert_eq!(logged.frame.data(), [0, 0xFF]);
        assert_eq!(read(b"(1.000000) can0 123#").map(|l| l.frame.data().len()), Ok(0));
    }

    #[test]
    fn what_is_no_data_frame_is_refused_by_kind() {
        for line in ["(1.000000) can0 123#R8", "(1.000000) can0 123##311"] {
            assert_eq!(read(line.as_bytes()), Err(Reject::Unknown), "{line}");
        }
        for line in [
            "",
            "(1.000000) can0",
            "(1.00000) can0 123#00",
            "1.000000 can0 123#00",
            "(1.000000) can0 123 00",
            "(1.000000) can0 1234#00",
            "(1.000000) can0 12#00",
            "(1.000000) can0 FFF#00",
            "(1.000000) can0 FFFFFFFF#00",
            "(1.000000) can0 123#000",
            "(1.000000) can0 123#001122334455667788",
            "(1.000000) can0 123#0G",
            "(1.000000) can0 123#00 X",
            "(1.000000) can0 123#00 R R",
            "(99999999999999.000000) can0 123#00",
        ] {
            assert_eq!(read(line.as_bytes()), Err(Reject::Malformed), "{line}");
        }
    }
}
