//! KSXT: time with date, position, heading and velocity in one line, of ComNav, Unicore, Bynav and CHC receivers.
//!
//! Longitude stands first, speeds are km/h, 3 is fixed and 2 is float, and the checksum is either of two. The height's
//! datum depends on the receiver's setting: it is used only where no GGA of the epoch gives one, and a receiver that
//! sends KSXT alone must be set to ellipsoidal height. Source: sensors.md section 3.2.
use super::Reject;
use super::claim::{Direction, Height, Place, Says, Stated, Velocity};
use super::fields::Fields;
use super::position::{self, Position};
use crate::calendar::{Date, TimeOfDay};
use crate::quality;
use kaoguan_telemetry::Quality;
use kaoguan_telemetry::units::{Centidegrees, Micros, MillimetresPerSecond, TenthMillimetres};

/// What a KSXT says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ksxt {
    /// Time of validity.
    pub time: Option<(Date, TimeOfDay)>,
    /// Empty without a fix.
    pub position: Option<Position>,
    /// Ellipsoidal or above the geoid, as the receiver is set.
    pub height: Option<TenthMillimetres>,
    /// From antenna 1 to antenna 2, clockwise from true north.
    pub heading: Option<Centidegrees>,
    /// Baseline pitch.
    pub pitch: Option<Centidegrees>,
    /// Field 10 on our scale.
    pub quality: Quality,
    /// Field 11 on our scale.
    pub heading_quality: Quality,
    /// Satellites of the position.
    pub satellites: Option<u8>,
    /// Velocity (north, east).
    pub velocity: Option<(MillimetresPerSecond, MillimetresPerSecond)>,
    /// Age of the corrections; Unicore only.
    pub age: Option<Micros>,
}

impl Says for Ksxt {
    fn time(&self) -> Stated {
        self.time.map(|(_, time)| time).into()
    }
    fn date(&self) -> Option<Date> {
        self.time.map(|(date, _)| date)
    }
    fn place(&self) -> Option<Place> {
        Some(Place {
            position: self.position,
            height: self.height.map_or(Height::Unknown, Height::Ellipsoidal),
            quality: Some(self.quality),
            satellites: self.satellites,
            age: self.age,
            sigmas: None,
        })
    }
    fn velocity(&self) -> Option<Velocity> {
        self.velocity
    }
    fn direction(&self) -> Option<Direction> {
        Some(Direction {
            heading: self.heading,
            pitch: self.pitch,
            quality: Some(self.heading_quality),
            baseline: None,
            sigma: None,
        })
    }
}

/// Reads the fields.
///
/// # Errors
/// `Malformed` where there are fewer than 20 or more than 22 commas, or a field is neither empty nor of its kind.
pub fn read(f: &Fields<'_>) -> Result<Ksxt, Reject> {
    if !(20..=22).contains(&f.commas()) {
        return Err(Reject::Malformed);
    }
    let east = kilometres_per_hour(f, 17)?;
    let north = kilometres_per_hour(f, 18)?;
    Ok(Ksxt {
        time: f.optional(1, date_and_time)?,
        position: position::of_degrees(f.text(3), f.text(2)).ok_or(Reject::Malformed)?,
        height: f.metres(4)?,
        heading: f.bearing(5)?,
        pitch: f.pitch(6)?,
        quality: quality::of_ksxt(f.text(10)).ok_or(Reject::Malformed)?,
        heading_quality: quality::of_ksxt(f.text(11)).ok_or(Reject::Malformed)?,
        satellites: f.count(13)?,
        velocity: north.zip(east),
        age: f.seconds(20)?,
    })
}

fn date_and_time(text: &[u8]) -> Option<(Date, TimeOfDay)> {
    let (date, time) = text.split_at_checked(8)?;
    Some((Date::from_yyyymmdd(date)?, TimeOfDay::parse(time)?))
}

/// 1 km/h is 2,500/9 mm/s.
fn kilometres_per_hour(f: &Fields<'_>, n: usize) -> Result<Option<MillimetresPerSecond>, Reject> {
    f.scaled(n, 2_500, 9).map(|v| v.map(MillimetresPerSecond))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{line, sentence};
    use super::super::{Reject, Sentence};
    use super::*;

    fn ksxt(text: &str) -> Ksxt {
        match sentence(text) {
            Ok(Sentence::Ksxt(ksxt)) => ksxt,
            other => panic!("{text}: {other:?}"),
        }
    }

    const OURS: &str = "KSXT,20261123023042.40,117.06275720,32.73539095,38.5120,87.45,-1.23,86.90,3.952,,3,3,22,24,,,,\
                        3.946,0.214,0.011,,";

    #[test]
    fn a_real_line_with_crc() {
        let k = ksxt(
            "$KSXT,20201222075720.00,119.17084152,32.07387900,83.5770,269.94,1.19,207.28,0.001,,3,3,25,25,-3.617,\
             -4.468,-7.860,-0.000,-0.001,-0.022,1.0,56,*33736701",
        );
        assert_eq!(
            k.time,
            Some((
                Date {
                    year: 2020,
                    month: 12,
                    day: 22
                },
                TimeOfDay(28_640_000_000)
            ))
        );
        let p = k.position.unwrap();
        assert_eq!((p.latitude.0, p.longitude.0), (32_073_879_000, 119_170_841_520));
        assert_eq!(
            (k.height, k.heading, k.pitch),
            (
                Some(TenthMillimetres(835_770)),
                Some(Centidegrees(26_994)),
                Some(Centidegrees(119))
            )
        );
        assert_eq!(
            (k.quality, k.heading_quality, k.satellites),
            (Quality::Fixed, Quality::Fixed, Some(25))
        );
        assert_eq!(k.velocity, Some((MillimetresPerSecond(0), MillimetresPerSecond(0))));
        assert_eq!(k.age, Some(Micros(1_000_000)));
    }

    #[test]
    fn a_real_line_with_xor() {
        let k = ksxt(
            "$KSXT,20211016083433.00,116.31296102,39.95817066,49.4911,223.57,-11.32,330.19,0.024,,1,3,28,27,,,,-0.012,\
             0.021,0.020,,*2D",
        );
        assert_eq!(
            (k.quality, k.heading_quality, k.satellites),
            (Quality::Single, Quality::Fixed, Some(27))
        );
        // 0.021 km/h north is 5.8 mm/s, -0.012 km/h east is -3.3 mm/s.
        assert_eq!(k.velocity, Some((MillimetresPerSecond(6), MillimetresPerSecond(-3))));
        assert_eq!(k.age, None);
    }

    #[test]
    fn both_checksums_prove_the_same_line() {
        let a = ksxt(&std::format!("${OURS}*3D"));
        let b = ksxt(&std::format!("${OURS}*098cfbd5"));
        assert_eq!(a, b);
        // 3.946 km/h east is 1.0961 m/s.
        assert_eq!(
            a.velocity,
            Some((MillimetresPerSecond(59), MillimetresPerSecond(1_096)))
        );
    }

    #[test]
    fn the_number_of_commas_is_checked() {
        for (tail, wanted) in [("", true), (",", true), (",,", false)] {
            let text = line(&std::format!("{OURS}{tail}"));
            assert_eq!(sentence(text).is_ok(), wanted, "{tail:?}");
        }
        assert!(sentence(line(&OURS[..OURS.len() - 1])).is_ok(), "20 commas");
        assert_eq!(
            sentence(line(&OURS[..OURS.len() - 2])),
            Err(Reject::Malformed),
            "19 commas"
        );
    }

    #[test]
    fn no_fix_is_unknown_and_nonsense_is_malformed() {
        let k = ksxt(&line("KSXT,,,,,,,,,,0,0,0,0,,,,,,,,"));
        assert_eq!((k.time, k.position, k.heading, k.velocity), (None, None, None, None));
        for (from, to) in [
            (",3,3,", ",4,3,"),
            ("87.45", "361.0"),
            ("-1.23", "-91.0"),
            ("32.73539095", "95.0"),
        ] {
            assert_eq!(sentence(line(&OURS.replace(from, to))), Err(Reject::Malformed), "{to}");
        }
    }
}
