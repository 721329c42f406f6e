//! GNS: as GGA, with a letter of quality for each constellation. Source: NMEA 0183 4.1; sensors.md section 2.
use super::Reject;
use super::claim::{Height, Place, Says, Stated};
use super::fields::Fields;
use super::position;
use crate::calendar::TimeOfDay;
use crate::quality;

/// What a GNS says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gns {
    time: Option<TimeOfDay>,
    place: Place,
}

impl Says for Gns {
    fn time(&self) -> Stated {
        self.time.into()
    }
    fn place(&self) -> Option<Place> {
        Some(self.place)
    }
}

/// Reads the fields: time, position, modes, satellites, HDOP, altitude, separation, age, station.
///
/// # Errors
/// `Malformed` where a field is neither empty nor of its kind.
pub fn read(f: &Fields<'_>) -> Result<Gns, Reject> {
    Ok(Gns {
        time: f.time(1)?,
        place: Place {
            position: position::of_minutes(f.text(2), f.text(3), f.text(4), f.text(5)).ok_or(Reject::Malformed)?,
            height: match (f.metres(9)?, f.metres(10)?) {
                (Some(altitude), Some(separation)) => Height::Ellipsoidal(altitude + separation),
                (Some(_), None) => Height::AboveGeoid,
                (None, _) => Height::Unknown,
            },
            quality: Some(quality::of_gns_modes(f.text(6)).ok_or(Reject::Malformed)?),
            satellites: f.count(7)?,
            age: f.seconds(11)?,
            sigmas: None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{line, sentence};
    use super::super::{Reject, Sentence};
    use super::*;
    use kaoguan_telemetry::Quality;
    use kaoguan_telemetry::units::{Micros, TenthMillimetres};

    #[test]
    fn the_best_constellation_is_the_position() {
        let body = "GNGNS,023042.40,3244.1234567,N,11703.7654321,E,RRAN,24,0.6,38.512,-2.310,1.0,0001,V";
        let Ok(Sentence::Gns(gns)) = sentence(line(body)) else {
            panic!("{body}")
        };
        assert_eq!(gns.time(), Stated::At(TimeOfDay(9_042_400_000)));
        // 38.512 m - 2.310 m
        assert_eq!(gns.place.height, Height::Ellipsoidal(TenthMillimetres(362_020)));
        assert_eq!(
            (gns.place.quality, gns.place.age),
            (Some(Quality::Fixed), Some(Micros(1_000_000)))
        );
        assert_eq!(gns.place.satellites, Some(24));
    }

    #[test]
    fn no_fix_and_nonsense() {
        let Ok(Sentence::Gns(none)) = sentence(line("GNGNS,023042.40,,,,,NNNN,00,99.9,,,,,V")) else {
            panic!("no fix")
        };
        assert_eq!(
            (none.place.position, none.place.quality, none.place.height),
            (None, Some(Quality::None), Height::Unknown)
        );
        for body in [
            "GNGNS,023042.40,,,,,Q,00,99.9,,,,,V",
            "GNGNS,023042.40,3244.1,N,11703.7,E,R,24,0.6,x,-2.310,1.0,0001,V",
        ] {
            assert_eq!(sentence(line(body)), Err(Reject::Malformed), "{body}");
        }
    }
}
