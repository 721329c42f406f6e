//! CRC-16 of Modbus: reflected, polynomial 0xA001, start 0xFFFF. Sources: the Modbus serial line specification 1.02, section
//! 6.2.2; sensors.md section 11.2.

/// Of these bytes.
pub fn crc16(bytes: impl IntoIterator<Item = u8>) -> u16 {
    bytes.into_iter().fold(0xFFFF, |crc, byte| {
        (0..8).fold(crc ^ u16::from(byte), |c, _| {
            if c & 1 == 1 { (c >> 1) ^ 0xA001 } else { c >> 1 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The catalogue's check value of CRC-16/MODBUS.
    #[test]
    fn of_the_nine_digits() {
        assert_eq!(crc16(*b"123456789"), 0x4B37);
    }
}
