//! Lines as `candump -L` writes them: `(1672772638.048893) can0 2C1#0800DE01FAC60072`.
//!
//! Three digits of identifier are a standard one, eight an extended one; `#R` is a remote frame and `##` one of CAN FD. Eight digits
//! with bit 29 set are no frame of the bus but the kernel's report of an error on it. The time
//! is the logger's own and dates nothing here but a replay. A line has no check: whoever hears it over a wire that loses bytes
//! may believe no single one. Source: sensors.md section 10, can-utils' `candump`, `linux/can/error.h`.
use super::{CanFrame, DATA_BYTES_MAX, Id};
use crate::sentence::Reject;
use kaoguan_telemetry::units::Micros;

/// The longest line, bytes: a time of ten digits, a bus of 16 characters, an extended identifier, `##`, a flag and the 64 bytes of
/// CAN FD, and which way it went.
pub const LINE_BYTES_MAX: usize = 184;
/// Bit of an identifier that says: an error report (`CAN_ERR_FLAG`).
const ERROR_FLAG: u32 = 1 << 29;
/// Its bit for a controller that has left the bus (`CAN_ERR_BUSOFF`).
const BUS_OFF: u32 = 0x40;

/// One line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Logged<'a> {
    /// The logger's time.
    pub at: Micros,
    /// The bus, such as `can0`.
    pub bus: &'a [u8],
    /// What it carried.
    pub carried: Carried,
}

/// What a line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carried {
    /// A data frame.
    Data(CanFrame),
    /// A frame that asks for another: it has no data.
    Remote,
    /// A frame of CAN FD: not read.
    Fd,
    /// The kernel reports an error on the bus.
    Error {
        /// The controller has left the bus: nothing is heard until it comes back.
        is_bus_off: bool,
    },
}

/// Reads a line without its end.
///
/// # Errors
/// `Malformed`.
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
    let (Some(id), Some(data)) = (id, data) else {
        return Err(Reject::Malformed);
    };
    let carried = self::carried(id, data).ok_or(Reject::Malformed)?;
    let at = self::time(time).ok_or(Reject::Malformed)?;
    Ok(Logged { at, bus, carried })
}

fn carried(digits: &[u8], data: &[u8]) -> Option<Carried> {
    let word = hex(digits)?;
    if digits.len() == 8 && word >> 29 == ERROR_FLAG >> 29 {
        // It has the form of a frame, of eight bytes.
        self::data(Id::Extended(0), data)?;
        let is_bus_off = word & BUS_OFF != 0;
        return Some(Carried::Error { is_bus_off });
    }
    // What is no identifier carries nothing, of whatever kind it says to be.
    let id = self::id(digits)?;
    CanFrame::new(id, &[])?;
    match data {
        [b'R', length @ ..] => matches!(length, [] | [b'0'..=b'8']).then_some(Carried::Remote),
        [b'#', fd @ ..] => is_fd(fd).then_some(Carried::Fd),
        data => self::data(id, data).map(Carried::Data),
    }
}

/// A digit of flags, and up to 64 bytes.
fn is_fd(digits: &[u8]) -> bool {
    let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
    is_hex && digits.len() % 2 == 1 && digits.len() <= 1 + 2 * 64
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
        let frame = |logged: Logged<'_>| match logged.carried {
            Carried::Data(frame) => frame,
            other => panic!("{other:?}"),
        };
        assert_eq!(frame(logged).id, Id::Standard(0x2C1));
        assert_eq!(frame(logged).data(), [8, 0, 0xDE, 1, 0xFA, 0xC6, 0, 0x72]);
        let logged = read(b"(1.000000) vcan12 18FEF100#00ff R").expect("a line");
        assert_eq!(frame(logged).id, Id::Extended(0x18FE_F100));
        assert_eq!(frame(logged).data(), [0, 0xFF]);
        assert_eq!(read(b"(1.000000) can0 123#").map(|l| frame(l).data().len()), Ok(0));
    }

    #[test]
    fn what_is_no_data_frame_is_told_by_kind_or_refused() {
        let error = |is_bus_off| Carried::Error { is_bus_off };
        let full = std::format!("(1234567890.000000) 0123456789abcdef 1FFFFFFF##F{} R", "a5".repeat(64));
        assert!(full.len() <= LINE_BYTES_MAX, "{}", full.len());
        for (line, carried) in [
            ("(1.000000) can0 123#R", Carried::Remote),
            ("(1.000000) can0 123#R8", Carried::Remote),
            ("(1.000000) can0 123##311", Carried::Fd),
            (&full, Carried::Fd),
            ("(1.000000) can0 20000004#0004000000000000", error(false)),
            ("(1.000000) can0 20000040#0000000000000000", error(true)),
            ("(1.000000) can0 200000C8#000000190000008F", error(true)),
        ] {
            assert_eq!(read(line.as_bytes()).map(|l| l.carried), Ok(carried), "{line}");
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
            "(1.000000) can0 123#R9",
            "(1.000000) can0 123#R00",
            "(1.000000) can0 123##11",
            "(1.000000) can0 FFF#R",
            "(1.000000) can0 20000040#00000000000000000",
            "(1.000000) can0 123#00 X",
            "(1.000000) can0 123#00 R R",
            "(99999999999999.000000) can0 123#00",
        ] {
            assert_eq!(read(line.as_bytes()), Err(Reject::Malformed), "{line}");
        }
    }
}
