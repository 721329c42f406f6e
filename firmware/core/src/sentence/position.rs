//! Latitude and longitude text into nanodegrees, with the resolution that the text can have had.
//!
//! Minutes are read as integers: 1e-7 min is 0.19 mm and an `f32` has lost that before it begins. Source: sensors.md
//! section 2.2.
use crate::decimal::Decimal;
use kaoguan_telemetry::units::{Nanodegrees, TenthMillimetres};

/// A text whose half last digit is over a centimetre is of no use for judging.
pub const COARSE_OVER: TenthMillimetres = TenthMillimetres(100);
/// A minute of arc is at most this long on the ellipsoid (a minute of latitude at the poles: 1,861.6 m), in tenths of a
/// millimetre; so the resolution is never claimed better than it is.
const MINUTE_TENTH_MM: i64 = 18_620_000;
const DEGREE_NANO: i64 = 1_000_000_000;

/// Where the antenna is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// North positive.
    pub latitude: Nanodegrees,
    /// East positive.
    pub longitude: Nanodegrees,
    /// Half of the last digit of the coarser of the two texts, rounded up.
    pub resolution: TenthMillimetres,
}

/// Four fields of NMEA: `ddmm.m`, `N` or `S`, `dddmm.m`, `E` or `W`. All empty is `Some(None)`; `None` is malformed.
pub fn of_minutes(lat: &[u8], ns: &[u8], lon: &[u8], ew: &[u8]) -> Option<Option<Position>> {
    if lat.is_empty() && lon.is_empty() {
        return Some(None);
    }
    let (latitude, lat_decimals) = minutes(lat, 2, 90)?;
    let (longitude, lon_decimals) = minutes(lon, 3, 180)?;
    Some(Some(Position {
        latitude: Nanodegrees(latitude * sign(ns, b"N", b"S")?),
        longitude: Nanodegrees(longitude * sign(ew, b"E", b"W")?),
        resolution: half_last_digit(MINUTE_TENTH_MM, lat_decimals.min(lon_decimals)),
    }))
}

/// Two fields of KSXT: signed decimal degrees. Both empty is `Some(None)`; `None` is malformed.
pub fn of_degrees(lat: &[u8], lon: &[u8]) -> Option<Option<Position>> {
    if lat.is_empty() && lon.is_empty() {
        return Some(None);
    }
    let (lat, lon) = (Decimal::parse(lat)?, Decimal::parse(lon)?);
    let position = Position {
        latitude: Nanodegrees(lat.times(DEGREE_NANO, 1)?),
        longitude: Nanodegrees(lon.times(DEGREE_NANO, 1)?),
        resolution: half_last_digit(MINUTE_TENTH_MM * 60, lat.decimals().min(lon.decimals())),
    };
    let on_earth = position.latitude.0.abs() <= 90 * DEGREE_NANO && position.longitude.0.abs() <= 180 * DEGREE_NANO;
    on_earth.then_some(Some(position))
}

/// `d..dmm.m` without a sign, to nanodegrees, with its decimals.
fn minutes(text: &[u8], degree_digits: usize, degrees_max: i64) -> Option<(i64, u8)> {
    let point = text.iter().position(|b| *b == b'.').unwrap_or(text.len());
    if point != degree_digits + 2 || !text.first()?.is_ascii_digit() {
        return None;
    }
    let (degrees, minutes) = text.split_at_checked(degree_digits)?;
    let degrees = crate::decimal::digits(degrees)?;
    // Without this a sign between degrees and minutes would pass.
    let minutes = minutes
        .first()?
        .is_ascii_digit()
        .then(|| Decimal::parse(minutes))
        .flatten()?;
    let part = minutes.times(DEGREE_NANO, 60)?;
    let nano = degrees * DEGREE_NANO + part;
    let true_minutes = minutes.units() < 60 * 10i64.pow(u32::from(minutes.decimals()));
    (true_minutes && nano <= degrees_max * DEGREE_NANO).then_some((nano, minutes.decimals()))
}

fn sign(text: &[u8], plus: &[u8], minus: &[u8]) -> Option<i64> {
    if text == plus {
        Some(1)
    } else {
        (text == minus).then_some(-1)
    }
}

/// Half of `unit / 10^decimals`, rounded up, at least a tenth of a millimetre.
fn half_last_digit(unit_tenth_mm: i64, decimals: u8) -> TenthMillimetres {
    let digits = 2 * 10i64.pow(u32::from(decimals));
    TenthMillimetres(
        unit_tenth_mm
            .div_euclid(digits)
            .saturating_add(1)
            .min(i64::from(i32::MAX)) as i32,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nmea(lat: &str, ns: &str, lon: &str, ew: &str) -> Option<Option<Position>> {
        of_minutes(lat.as_bytes(), ns.as_bytes(), lon.as_bytes(), ew.as_bytes())
    }

    #[test]
    fn minutes_become_nanodegrees_by_hand() {
        // 32 deg 44.1234567 min = 32 + 0.735390945 deg; 117 deg 3.7654321 min = 117 + 0.062757201666... deg.
        let p = nmea("3244.1234567", "N", "11703.7654321", "E").unwrap().unwrap();
        assert_eq!((p.latitude.0, p.longitude.0), (32_735_390_945, 117_062_757_202));
        let p = nmea("0000.0000001", "S", "00030.0", "W").unwrap().unwrap();
        assert_eq!((p.latitude.0, p.longitude.0), (-2, -500_000_000));
    }

    #[test]
    fn the_text_says_how_fine_it_is() {
        // 1e-5 min is 18.6 mm, half is 9.3 mm: still under a centimetre. 1e-4 min is coarse.
        let resolution = |lat: &str, lon: &str| nmea(lat, "N", lon, "E").unwrap().unwrap().resolution;
        assert_eq!(resolution("3244.12345", "11703.76543"), TenthMillimetres(94));
        assert_eq!(resolution("3244.1234567", "11703.7654321"), TenthMillimetres(1));
        assert!(resolution("3244.1234567", "11703.7654") > COARSE_OVER);
        // 1e-8 deg is 1.1 mm, 1e-6 deg is 112 mm.
        let ksxt = |lat: &str, lon: &str| of_degrees(lat.as_bytes(), lon.as_bytes()).unwrap().unwrap().resolution;
        assert_eq!(ksxt("32.07387900", "119.17084152"), TenthMillimetres(6));
        assert!(ksxt("32.073879", "119.17084152") > COARSE_OVER);
    }

    #[test]
    fn nonsense_is_malformed_and_empty_is_unknown() {
        assert_eq!(nmea("", "", "", ""), Some(None));
        for (lat, ns, lon, ew) in [
            ("3260.0", "N", "11703.7", "E"),
            ("324.1", "N", "11703.7", "E"),
            ("3244.1", "X", "11703.7", "E"),
            ("3244.1", "N", "1703.7", "E"),
            ("9000.1", "N", "11703.7", "E"),
            ("-244.1", "N", "11703.7", "E"),
            ("32-4.1", "N", "11703.7", "E"),
            ("3244.1", "N", "", ""),
            ("3244.1", "", "11703.7", "E"),
        ] {
            assert_eq!(nmea(lat, ns, lon, ew), None, "{lat} {ns} {lon} {ew}");
        }
        assert_eq!(of_degrees(b"90.1", b"0.0"), None);
    }
}
