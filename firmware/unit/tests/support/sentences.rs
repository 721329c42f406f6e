//! Bytes as real receivers, attitude sensors and signal boxes send them.

/// 2026-11-20 08:00:00 UTC, microseconds since 1970.
pub const START_US: i64 = 1_795_161_600_000_000;

/// `$body*hh` CRLF, after NMEA 0183: the exclusive-or of all between.
pub fn sentence(body: &str) -> Vec<u8> {
    let sum = body.bytes().fold(0, |sum, byte| sum ^ byte);
    format!("${body}*{sum:02X}\r\n").into_bytes()
}

/// One epoch, `ms` after [`START_US`]: RMC with the date, HDT, GGA.
pub fn epoch(ms: i64) -> Vec<u8> {
    let (s, cs) = (ms / 1_000, ms % 1_000 / 10);
    let time = format!("{:02}{:02}{:02}.{cs:02}", 8 + s / 3_600, s / 60 % 60, s % 60);
    let place = "2638.8200000,N,10637.8000000,E";
    let mut bytes = sentence(&format!("GNRMC,{time},A,{place},0.00,0.0,201126,,,A"));
    bytes.extend(sentence("GNHDT,90.00,T"));
    bytes.extend(sentence(&format!(
        "GNGGA,{time},{place},4,28,0.6,1085.0000,M,0.0000,M,1.0,0001"
    )));
    bytes
}

/// One WitMotion frame: `55`, type, eight bytes, low byte of the sum (sensors.md section 9.1).
fn wit(kind: u8, data: [i16; 4]) -> Vec<u8> {
    let mut bytes = vec![0x55, kind];
    data.iter().for_each(|word| bytes.extend(word.to_le_bytes()));
    bytes.push(bytes.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte)));
    bytes
}

/// Acceleration 1 g up, and a rate that tells the frames apart.
pub fn attitude(n: i64) -> Vec<u8> {
    let mut bytes = wit(0x51, [0, 0, 2_048, 2_500]);
    bytes.extend(wit(0x52, [0, 0, (n % 1_000) as i16, 2_500]));
    bytes
}

/// One frame of the signal box, body of 60 bytes, helmet on, exclusive-or at its end (sensors.md section 11.3).
pub fn signals(counter: u8) -> Vec<u8> {
    let mut body = [0u8; 60];
    body[31] = 0b100;
    body[58] = counter;
    body[59] = body[..59].iter().fold(0, |sum, byte| sum ^ byte);
    let mut bytes = vec![0x55, 0xAA, 0xFE, 0x7C];
    bytes.extend(body);
    bytes
}
