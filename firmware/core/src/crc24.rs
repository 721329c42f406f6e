//! CRC-24Q, which proves RTCM 3's frames: polynomial 0x1864CFB, start 0, highest bit first. Source: sensors.md section 8.

/// The CRC after one more byte. Over a frame with its own three bytes at the end it is 0.
pub fn crc24(crc: u32, byte: u8) -> u32 {
    (0..8).fold(crc ^ (u32::from(byte) << 16), |crc, _| {
        let shifted = crc << 1;
        if shifted & 0x100_0000 == 0 {
            shifted
        } else {
            shifted ^ 0x186_4CFB
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The catalogue's check value of the same polynomial and start, there called CRC-24/LTE-A.
    #[test]
    fn the_check_value_holds() {
        assert_eq!(b"123456789".iter().fold(0, |crc, byte| crc24(crc, *byte)), 0x00CD_E703);
    }
}
