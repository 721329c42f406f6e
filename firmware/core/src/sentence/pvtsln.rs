//! Unicore's `#PVTSLNA`: position with sigmas, velocity and heading in one line.
//!
//! Its body is not in sensors.md: the order of its fields is what three programs that are not each other's copies read
//! (two ROS drivers and a receiver library, one of them with the maker's binary layout), and no recording of ours has one.
//! The height is taken to be above the geoid, as in the maker's other logs; were it not, each fix would miss the surveyed
//! height by the undulation and be refused, never believed.
//!
//! Deliberately not here: the second position (code only), dilutions, the satellites' numbers.
use super::Reject;
use super::claim::{Direction, Height, Place, Says, Sigmas, Stated, Velocity};
use super::{log, position};
use crate::calendar::Date;
use crate::quality;
use kaoguan_telemetry::Quality;
use kaoguan_telemetry::units::MillimetresPerSecond;

/// What a PVTSLNA says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pvtsln {
    header: log::Header,
    place: Place,
    velocity: Option<Velocity>,
    direction: Direction,
}

impl Says for Pvtsln {
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
    fn direction(&self) -> Option<Direction> {
        Some(self.direction)
    }
}

/// Up to the baseline's pitch; what follows are counts, dilutions and satellites.
const FIELDS_MIN: usize = 24;

/// Reads a proven log.
///
/// # Errors
/// `Malformed` where header or a field is not of its kind, there are fewer than 24, or a type of solution has no name that
/// we know.
pub fn read(body: &[u8]) -> Result<Pvtsln, Reject> {
    let (header, f) = log::split(body)?;
    let kind = |n: usize| quality::of_solution_type(f.text(n)).ok_or(Reject::Malformed);
    if f.commas() < FIELDS_MIN {
        return Err(Reject::Malformed);
    }
    let place = Place {
        position: position::of_degrees(f.text(3), f.text(4)).ok_or(Reject::Malformed)?,
        height: match f.metres(2)?.zip(f.metres(13)?) {
            Some((altitude, undulation)) => Height::Ellipsoidal(altitude + undulation),
            None => Height::Unknown,
        },
        quality: Some(kind(1)?),
        satellites: f.count(15)?,
        age: f.seconds(8)?,
        sigmas: Some(Sigmas {
            north: f.sigma(6)?,
            east: f.sigma(7)?,
            up: f.sigma(5)?,
        }),
    };
    let velocity = f.scaled(18, 1_000, 1)?.zip(f.scaled(19, 1_000, 1)?);
    let moves = kind(9)? != Quality::None;
    let direction = Direction {
        heading: f.bearing(23)?,
        pitch: f.pitch(24)?,
        quality: Some(kind(21)?),
        baseline: f.metres(22)?,
        sigma: None,
    };
    Ok(Pvtsln {
        header,
        place,
        velocity: velocity
            .filter(|_| moves)
            .map(|(north, east)| (MillimetresPerSecond(north), MillimetresPerSecond(east))),
        direction,
    })
}

#[cfg(test)]
mod tests {
    use super::super::log::testing::log;
    use super::super::testing::sentence;
    use super::super::{Reject, Sentence};
    use super::*;
    use crate::calendar::TimeOfDay;
    use kaoguan_telemetry::units::{Centidegrees, Micros, TenthMillimetres};

    const BODY: &str = "PVTSLNA,97,GPS,FINE,2433,239990400,0,0,18,13;NARROW_INT,40.8220,32.73539094500,117.06275720167,0.0210,0.0110,\
                        0.0120,1.400,SINGLE,41.5060,32.73539130522,117.06275134427,-2.3100,46,38,46,28,0.0490,1.0970,0.0032,\
                        NARROW_INT,1.3868,41.3574,-0.9784,37,35,35,28,2.1753,1.3480,0.6840,1.8392,1.7072,5.0";

    fn pvtsln(body: &str) -> Pvtsln {
        match sentence(log(body)) {
            Ok(Sentence::Pvtsln(said)) => said,
            other => panic!("{body}: {other:?}"),
        }
    }

    #[test]
    fn one_line_says_it_all() {
        // The line of a receiver with all its satellites behind it.
        let satellites: std::string::String = (1..=41).map(|n| std::format!(",{n}")).collect();
        let said = pvtsln(&std::format!("{BODY},41{satellites}"));
        assert_eq!(said, pvtsln(&std::format!("{BODY},0")));
        // As in log.rs: 2026-08-25 18:39:32.4 UTC.
        assert_eq!(said.time(), Stated::At(TimeOfDay(67_172_400_000)));
        let position = said.place.position.unwrap();
        assert_eq!(
            (position.latitude.0, position.longitude.0),
            (32_735_390_945, 117_062_757_202)
        );
        // 40.822 m - 2.31 m.
        assert_eq!(said.place.height, Height::Ellipsoidal(TenthMillimetres(385_120)));
        assert_eq!(
            (said.place.quality, said.place.satellites, said.place.age),
            (Some(Quality::Fixed), Some(38), Some(Micros(1_400_000)))
        );
        let sigmas = said.place.sigmas.unwrap();
        assert_eq!(
            [sigmas.north, sigmas.east, sigmas.up],
            [110, 120, 210].map(|tenths| Some(TenthMillimetres(tenths)))
        );
        assert_eq!(
            said.velocity,
            Some((MillimetresPerSecond(49), MillimetresPerSecond(1_097)))
        );
        let expected = Direction {
            heading: Some(Centidegrees(4_136)),
            pitch: Some(Centidegrees(-98)),
            quality: Some(Quality::Fixed),
            baseline: Some(TenthMillimetres(13_868)),
            sigma: None,
        };
        assert_eq!(said.direction, expected);
    }

    #[test]
    fn without_a_solution_and_nonsense() {
        let none = pvtsln(&BODY.replace("NARROW_INT", "NONE").replace("SINGLE", "NONE"));
        assert_eq!(
            (none.place.quality, none.direction.quality, none.velocity),
            (Some(Quality::None), Some(Quality::None), None)
        );
        for (from, to) in [
            ("NARROW_INT,40", "SOL_COMPUTED,40"),
            ("NARROW_INT,1.3", "SOL_COMPUTED,1.3"),
            ("SINGLE", "37"),
            ("0.0210", "-0.0210"),
            ("41.3574", "361.0"),
            (",-0.9784,37,35,35,28,2.1753,1.3480,0.6840,1.8392,1.7072,5.0", ""),
        ] {
            assert_eq!(sentence(log(&BODY.replace(from, to))), Err(Reject::Malformed), "{to}");
        }
    }
}
