//! The two proofs a line may carry: two hex digits of XOR, or eight of the receivers' CRC-32.
//!
//! Both exist under `$KSXT` in the field, so the number of digits decides. Source: sensors.md sections 2.1 and 3.1.

/// Which proof held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// NMEA's XOR, two digits.
    Xor,
    /// CRC-32, eight digits.
    Crc32,
}

/// The body (without `*` and digits) of a line without its start, if its checksum holds. There must be exactly one `*`.
pub fn prove(rest: &[u8]) -> Option<(&[u8], Proof)> {
    let star = rest.iter().position(|b| *b == b'*')?;
    let (body, digits) = (rest.get(..star)?, rest.get(star + 1..)?);
    let claimed = hex(digits)?;
    match digits.len() {
        2 => (claimed == u32::from(xor(body))).then_some((body, Proof::Xor)),
        8 => (claimed == crc32(body)).then_some((body, Proof::Crc32)),
        _ => None,
    }
}

/// Exclusive-or of all bytes.
pub fn xor(body: &[u8]) -> u8 {
    body.iter().fold(0, |sum, b| sum ^ b)
}

/// Reflected CRC-32, polynomial 0xEDB88320, start 0, no final inversion (not zlib's).
pub fn crc32(body: &[u8]) -> u32 {
    body.iter().fold(0, |crc, b| {
        (0..8).fold(crc ^ u32::from(*b), |c, _| {
            if c & 1 == 1 { (c >> 1) ^ 0xEDB8_8320 } else { c >> 1 }
        })
    })
}

fn hex(digits: &[u8]) -> Option<u32> {
    if digits.len() > 8 {
        return None;
    }
    digits
        .iter()
        .try_fold(0, |value, b| char::from(*b).to_digit(16).map(|d| value << 4 | d))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_checksums_hold() {
        assert_eq!(
            prove(b"GNTHS,087.4521,A*14"),
            Some((&b"GNTHS,087.4521,A"[..], Proof::Xor))
        );
        assert_eq!(prove(b"GPHDT,,T*1b").map(|p| p.1), Some(Proof::Xor));
        let ksxt =
            b"KSXT,20201222075720.00,119.17084152,32.07387900,83.5770,269.94,1.19,207.28,0.001,,3,3,25,25,-3.617,\
                     -4.468,-7.860,-0.000,-0.001,-0.022,1.0,56,*33736701";
        assert_eq!(prove(ksxt).map(|p| p.1), Some(Proof::Crc32));
    }

    #[test]
    fn anything_else_is_no_proof() {
        for text in [
            "GPHDT,,T*1C",
            "GPHDT,,T*1",
            "GPHDT,,T*01B",
            "GPHDT,,T",
            "GPHDT,,T**1B",
            "GPHDT,,T*1B*1B",
            "*",
        ] {
            assert_eq!(prove(text.as_bytes()), None, "{text}");
        }
    }
}
