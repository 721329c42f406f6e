//! `#BESTPOSA` and Unicore's `#BESTNAVA`: position with sigmas, age and, in the latter, velocity. Source: sensors.md
//! section 3.3.
use super::Reject;
use super::claim::{Height, Place, Says, Sigmas, Stated, Velocity};
use super::{log, position};
use crate::calendar::Date;
use crate::{quality, trig};
use kaoguan_telemetry::Quality;
use kaoguan_telemetry::units::MillimetresPerSecond;

/// What such a log says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Best {
    header: log::Header,
    place: Place,
    velocity: Option<Velocity>,
}

impl Says for Best {
    fn time(&self) -> Stated {
        self.header.time()
    }
    fn date(&self) -> Option<Date> {
        self.header.date()
    }
    fn place(&self) -> Option<Place> {
        Some(self.place)
    }
    fn velocity(&self) -> Option<Velocity> {
        self.velocity
    }
}

/// Reads a proven log.
///
/// # Errors
/// `Malformed` where header or a field is not of its kind, or the type of solution has no name that we know.
pub fn read(body: &[u8]) -> Result<Best, Reject> {
    let (header, f) = log::split(body)?;
    let solved = |status: usize, kind: usize| {
        let kind = quality::of_solution_type(f.text(kind)).ok_or(Reject::Malformed)?;
        Ok(if f.text(status) == b"SOL_COMPUTED" {
            kind
        } else {
            Quality::None
        })
    };
    let height = f.metres(5)?.zip(f.metres(6)?);
    let place = Place {
        position: position::of_degrees(f.text(3), f.text(4)).ok_or(Reject::Malformed)?,
        height: match height {
            Some((altitude, undulation)) => Height::Ellipsoidal(altitude + undulation),
            None => Height::Unknown,
        },
        quality: Some(solved(1, 2)?),
        satellites: f.count(15)?,
        age: f.seconds(12)?,
        sigmas: Some(Sigmas {
            north: f.sigma(8)?,
            east: f.sigma(9)?,
            up: f.sigma(10)?,
        }),
    };
    // BESTPOSA ends with field 21.
    let moves = !f.text(22).is_empty() && solved(22, 23)? != Quality::None;
    let velocity = match (moves, f.scaled(26, 1_000, 1)?, f.bearing(27)?) {
        (true, Some(speed), Some(track)) => Some(trig::velocity(MillimetresPerSecond(speed), track)),
        _ => None,
    };
    Ok(Best {
        header,
        place,
        velocity,
    })
}

#[cfg(test)]
mod tests {
    use super::super::log::testing::log;
    use super::super::testing::sentence;
    use super::super::{Reject, Sentence};
    use super::*;
    use kaoguan_telemetry::units::{Micros, TenthMillimetres};

    const REAL: &str = "BESTNAVA,68,GPS,FINE,2433,239990400,0,0,18,9;SOL_COMPUTED,NARROW_INT,-7.89377025183,-78.13098235479,\
                        3363.0132,22.3499,WGS84,0.0153,0.0171,0.0694,\"665\",1.400,46.000,38,36,36,34,0,01,03,f3,SOL_COMPUTED,\
                        DOPPLER_VELOCITY,0.000,0.000,0.0006,251.626423,-0.0012,0.0157,0.0096";

    fn best(text: &str) -> Best {
        match sentence(text) {
            Ok(Sentence::Best(best)) => best,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn a_real_log() {
        assert!(log(REAL).ends_with("*dd35f124"), "as its receiver wrote it");
        let place = best(&log(REAL)).place;
        let position = place.position.unwrap();
        assert_eq!(
            (position.latitude.0, position.longitude.0),
            (-7_893_770_252, -78_130_982_355)
        );
        // 3,363.0132 m and 22.3499 m.
        assert_eq!(place.height, Height::Ellipsoidal(TenthMillimetres(33_853_631)));
        assert_eq!((place.quality, place.satellites), (Some(Quality::Fixed), Some(36)));
        assert_eq!(place.age, Some(Micros(1_400_000)));
        let sigmas = place.sigmas.unwrap();
        assert_eq!(
            (sigmas.north, sigmas.east, sigmas.up),
            (
                Some(TenthMillimetres(153)),
                Some(TenthMillimetres(171)),
                Some(TenthMillimetres(694))
            )
        );
    }

    /// 2 m/s to the east.
    #[test]
    fn speed_and_track_become_a_velocity() {
        let moving = REAL.replace("0.0006,251.626423", "2.0000,90.0");
        assert_eq!(
            best(&log(&moving)).velocity,
            Some((MillimetresPerSecond(0), MillimetresPerSecond(2_000)))
        );
        let unknown = moving.replace("SOL_COMPUTED,DOPPLER_VELOCITY", "INSUFFICIENT_OBS,NONE");
        assert_eq!(best(&log(&unknown)).velocity, None);
        let (position_only, _) = REAL.split_once(",SOL_COMPUTED,DOPPLER").unwrap();
        let position_only = position_only.replace(
            "BESTNAVA,68,GPS,FINE,2433,239990400,0,0,18,9",
            "BESTPOSA,COM1,0,59.0,FINE,2238,386743.400,32039546,32039560,18",
        );
        assert_eq!(best(&log(&position_only)).velocity, None);
    }

    #[test]
    fn nonsense_is_malformed() {
        for (from, to) in [
            ("NARROW_INT", "BROAD_INT"),
            ("3363.0132", "x"),
            ("0.0153", "-0.0153"),
            ("251.626423", "400"),
        ] {
            assert_eq!(sentence(log(&REAL.replace(from, to))), Err(Reject::Malformed), "{to}");
        }
    }
}
