//! A position as the GGA that a service of corrections asks its vehicle for.
//!
//! The problem: a service with virtual stations sends nothing before it knows where the vehicle is, and drops whoever stops telling;
//! a GGA of a receiver without a fix says 0, 0, and some receivers say no GGA at all. The answer: the sentence is written from the
//! unit's own sample, whichever sentence that came from. Deliberately not here: when it is sent, and to whom.
use crate::calendar::DAY_US;
use core::fmt::Write;
use heapless::String;
use kaoguan_telemetry::units::{EventTime, Nanodegrees};
use kaoguan_telemetry::{Gnss, Quality};

/// Longer than the longest that comes out.
pub const GGA_BYTES_MAX: usize = 112;
const NDEG: u64 = 1_000_000_000;

/// The sentence with its check and line end; `None` where the position is none to be served for: without a solution, reckoned,
/// simulated, or in the sea off Ghana. Its height is ellipsoidal with a separation of zero, its dilution 1.0, because readers want
/// a number there.
pub fn gga(fix: &Gnss, at: EventTime) -> Option<String<GGA_BYTES_MAX>> {
    let quality = match fix.quality {
        Quality::Single => 1,
        Quality::Fixed => 4,
        Quality::Float => 5,
        Quality::None | Quality::DeadReckoning | Quality::Invalid => return None,
    };
    if fix.latitude == Nanodegrees(0) && fix.longitude == Nanodegrees(0) {
        return None;
    }
    let mut text = String::new();
    text.push_str("$GPGGA,").ok()?;
    time(&mut text, at)?;
    angle(&mut text, fix.latitude, 2, ["N", "S"])?;
    angle(&mut text, fix.longitude, 3, ["E", "W"])?;
    let height = fix.height.0;
    let sign = if height < 0 { "-" } else { "" };
    let (metres, rest) = (height.unsigned_abs() / 10_000, height.unsigned_abs() % 10_000 / 10);
    write!(
        text,
        "{quality},{:02},1.0,{sign}{metres}.{rest:03},M,0.0,M,,",
        fix.satellites
    )
    .ok()?;
    let sum = text.bytes().skip(1).fold(0, |sum, byte| sum ^ byte);
    write!(text, "*{sum:02X}\r\n").ok()?;
    Some(text)
}

/// `hhmmss.ss,`
fn time(text: &mut String<GGA_BYTES_MAX>, at: EventTime) -> Option<()> {
    let hundredths = at.0.rem_euclid(DAY_US) / 10_000;
    let seconds = hundredths / 100;
    let (h, m, s) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    write!(text, "{h:02}{m:02}{s:02}.{:02},", hundredths % 100).ok()
}

/// `ddmm.mmmmmmm,N,`: 1e-7 of a minute is 0.2 mm.
fn angle(text: &mut String<GGA_BYTES_MAX>, angle: Nanodegrees, digits: usize, sides: [&str; 2]) -> Option<()> {
    let [positive, negative] = sides;
    let side = if angle.0 < 0 { negative } else { positive };
    let (degrees, rest) = (angle.0.unsigned_abs() / NDEG, angle.0.unsigned_abs() % NDEG);
    let minutes = rest * 60 / 100;
    let (whole, parts) = (minutes / 10_000_000, minutes % 10_000_000);
    write!(text, "{degrees:0digits$}{whole:02}.{parts:07},{side},").ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaoguan_telemetry::units::TenthMillimetres;

    fn fix() -> Gnss {
        Gnss {
            latitude: Nanodegrees(26_647_000_000),
            longitude: Nanodegrees(-106_630_000_001),
            height: TenthMillimetres(10_850_123),
            quality: Quality::Fixed,
            satellites: 7,
            age: None,
            sigma_north: None,
            sigma_east: None,
            sigma_up: None,
            velocity_north: None,
            velocity_east: None,
            resolution: TenthMillimetres(1),
        }
    }

    /// Degrees and minutes worked out by hand: 0.647 * 60 = 38.82, 0.63 * 60 = 37.8.
    #[test]
    fn a_fix_is_a_sentence() {
        let at = EventTime(1_795_161_600_000_000 + 45_296_780_000);
        let text = gga(&fix(), at).expect("a sentence");
        let body = "GPGGA,203456.78,2638.8200000,N,10637.8000000,W,4,07,1.0,1085.012,M,0.0,M,,";
        let sum = body.bytes().fold(0, |sum, byte| sum ^ byte);
        assert_eq!(text.as_str(), std::format!("${body}*{sum:02X}\r\n"));
    }

    /// What comes out is read as the same position by this crate's own reader, to a digit of a minute.
    #[test]
    fn it_is_read_back() {
        for (latitude, longitude) in [
            (1, -1),
            (-89_999_999_999, 179_999_999_999),
            (26_647_000_017, 106_630_123_456),
        ] {
            let (latitude, longitude) = (Nanodegrees(latitude), Nanodegrees(longitude));
            let text = gga(
                &Gnss {
                    latitude,
                    longitude,
                    ..fix()
                },
                EventTime(-1),
            )
            .expect("a sentence");
            let read = crate::sentence::read(text.trim_end().as_bytes());
            let Ok(crate::sentence::Line::Epoch(sentence)) = read else {
                panic!("{text}: {read:?}")
            };
            let place = sentence.says().place().expect("a place");
            let position = place.position.expect("a position");
            assert!(
                (position.latitude - latitude).0.abs() <= 2 && (position.longitude - longitude).0.abs() <= 2,
                "{text}"
            );
        }
    }

    #[test]
    fn no_place_is_no_sentence() {
        let at = EventTime(0);
        let nowhere = Gnss {
            latitude: Nanodegrees(0),
            longitude: Nanodegrees(0),
            ..fix()
        };
        assert_eq!(gga(&nowhere, at), None);
        for quality in [Quality::None, Quality::DeadReckoning, Quality::Invalid] {
            assert_eq!(gga(&Gnss { quality, ..fix() }, at), None);
        }
    }
}
