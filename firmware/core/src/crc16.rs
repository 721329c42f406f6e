//! Two sums of sixteen bits: Modbus's (reflected, polynomial 0xA001, start 0xFFFF) and XMODEM's (polynomial 0x1021, start 0).
//! Sources: the Modbus serial line specification 1.02, section 6.2.2; sensors.md section 11.2; [`crate::hipnuc`].

/// Modbus's, of these bytes.
pub fn crc16(bytes: impl IntoIterator<Item = u8>) -> u16 {
    bytes.into_iter().fold(0xFFFF, |crc, byte| {
        (0..8).fold(crc ^ u16::from(byte), |c, _| {
            if c & 1 == 1 { (c >> 1) ^ 0xA001 } else { c >> 1 }
        })
    })
}

/// XMODEM's, of these bytes.
pub fn xmodem(bytes: impl IntoIterator<Item = u8>) -> u16 {
    bytes.into_iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(byte) << 8), |c, _| {
            if c & 0x8000 == 0 { c << 1 } else { (c << 1) ^ 0x1021 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The catalogue's check values of CRC-16/MODBUS and CRC-16/XMODEM.
    #[test]
    fn of_the_nine_digits() {
        assert_eq!(crc16(*b"123456789"), 0x4B37);
        assert_eq!(xmodem(*b"123456789"), 0x31C3);
    }
}
