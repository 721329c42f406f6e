//! GGA: position, quality, satellites, height, age. Source: sensors.md section 2.3.
use super::Reject;
use super::claim::{Height, Place, Says, Stated};
use super::fields::Fields;
use super::position::{self, Position};
use crate::calendar::TimeOfDay;
use crate::quality;
use kaoguan_telemetry::Quality;
use kaoguan_telemetry::units::{Micros, TenthMillimetres};

/// What a GGA says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gga {
    /// Time of validity; a cold receiver has none.
    pub time: Option<TimeOfDay>,
    /// Empty without a fix.
    pub position: Option<Position>,
    /// Field 6 on our scale.
    pub quality: Quality,
    /// Satellites used.
    pub satellites: Option<u8>,
    /// Antenna above the geoid.
    pub altitude: Option<TenthMillimetres>,
    /// Geoid above the ellipsoid. The ellipsoidal height is the sum of both.
    pub separation: Option<TenthMillimetres>,
    /// Age of the corrections.
    pub age: Option<Micros>,
}

impl Gga {
    /// Height above the ellipsoid; `None` where one of its parts is unknown.
    pub fn height(&self) -> Option<TenthMillimetres> {
        Some(self.altitude? + self.separation?)
    }
}

impl Says for Gga {
    fn time(&self) -> Stated {
        self.time.into()
    }
    fn place(&self) -> Option<Place> {
        Some(Place {
            position: self.position,
            height: self.height().map_or(Height::AboveGeoid, Height::Ellipsoidal),
            quality: Some(self.quality),
            satellites: self.satellites,
            age: self.age,
            sigmas: None,
        })
    }
}

/// Reads the fields.
///
/// # Errors
/// `Malformed` where a field is neither empty nor of its kind.
pub fn read(f: &Fields<'_>) -> Result<Gga, Reject> {
    f.unit(10, b"M")?;
    f.unit(12, b"M")?;
    Ok(Gga {
        time: f.time(1)?,
        position: position::of_minutes(f.text(2), f.text(3), f.text(4), f.text(5)).ok_or(Reject::Malformed)?,
        quality: quality::of_gga(f.text(6)).ok_or(Reject::Malformed)?,
        satellites: f.count(7)?,
        altitude: f.metres(9)?,
        separation: f.metres(11)?,
        age: f.seconds(13)?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{line, sentence};
    use super::super::{Reject, Sentence};
    use super::*;

    fn gga(text: &str) -> Gga {
        match sentence(text) {
            Ok(Sentence::Gga(gga)) => gga,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn a_fixed_position() {
        let g = gga("$GNGGA,023042.40,3244.1234567,N,11703.7654321,E,4,24,0.6,38.512,M,-2.310,M,1.0,0001*7F");
        assert_eq!(g.time, Some(TimeOfDay(9_042_400_000)));
        assert_eq!(
            (g.quality, g.satellites, g.age),
            (Quality::Fixed, Some(24), Some(Micros(1_000_000)))
        );
        // 38.512 m - 2.310 m
        assert_eq!(g.height(), Some(TenthMillimetres(362_020)));
    }

    #[test]
    fn real_lines_of_the_field() {
        let g = gga("$GPGGA,112525.50,4020.17357194,N,11637.64500807,E,4,17,0.9,57.4034,M,-8.4438,M,00,0149*47");
        assert_eq!((g.height(), g.age), (Some(TenthMillimetres(489_596)), Some(Micros(0))));
        // 40 + 20.17357194/60 = 40.336226199; 116 + 37.64500807/60 = 116.6274168012
        let p = g.position.unwrap();
        assert_eq!((p.latitude.0, p.longitude.0), (40_336_226_199, 116_627_416_801));
        let no_separation = gga("$GPGGA,082257.40,2310.8854958,N,11325.0011289,E,4,21,0.7,42.659,M,,,02,0468*06");
        assert_eq!(
            (no_separation.altitude, no_separation.height()),
            (Some(TenthMillimetres(426_590)), None)
        );
    }

    #[test]
    fn no_fix_comes_in_many_shapes() {
        let g = gga("$GNGGA,023043.40,,,,,0,00,99.99,,,,,,*7A");
        assert_eq!((g.quality, g.position, g.height()), (Quality::None, None, None));
        let trimble = gga("$GPGGA,,,,,,,,,,M,,M,,*56");
        assert_eq!(
            (trimble.time, trimble.quality, trimble.satellites),
            (None, Quality::None, None)
        );
        assert_eq!(gga(&line("GPGGA,010203.00")).quality, Quality::None);
    }

    #[test]
    fn wrong_fields_refuse_the_whole_sentence() {
        for body in [
            "GPGGA,250000.00,,,,,0,00,,,,,,,",
            "GPGGA,010203.00,3244.1,N,11703.7,E,Z,24,0.6,38.512,M,-2.310,M,1.0,",
            "GPGGA,010203.00,3244.1,N,11703.7,E,4,2x,0.6,38.512,M,-2.310,M,1.0,",
            "GPGGA,010203.00,3244.1,N,11703.7,E,4,24,0.6,38.512,F,-2.310,M,1.0,",
            "GPGGA,010203.00,3244.1,N,11703.7,E,4,24,0.6,38.5.2,M,-2.310,M,1.0,",
            "GPGGA,010203.00,3244.1,N,11703.7,E,4,24,0.6,38.512,M,-2.310,M,-1.0,",
        ] {
            assert_eq!(sentence(line(body)), Err(Reject::Malformed), "{body}");
        }
    }
}
