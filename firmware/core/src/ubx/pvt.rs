//! NAV-PVT: time with its day, quality, satellites, velocity; its position is rounded to 1e-7 degrees (11 mm), so
//! NAV-HPPOSLLH is believed before it. Source: sensors.md section 4; the classes of lastCorrectionAge are those of
//! u-blox's interface description (F9 HPG 1.30), of which the worst age of each is taken.
use super::Bytes;
use crate::calendar::{DAY_US, Date, TimeOfDay};
use crate::quality;
use crate::sentence::{Height, Place, Position, Reject, Says, Sigmas, Stated, Velocity};
use kaoguan_telemetry::Quality;
use kaoguan_telemetry::units::{Micros, MillimetresPerSecond, TenthMillimetres};

/// What a NAV-PVT says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pvt {
    time: Option<(Date, TimeOfDay)>,
    place: Place,
    velocity: Option<Velocity>,
}

impl Says for Pvt {
    fn time(&self) -> Stated {
        self.time.map(|(_, time)| time).into()
    }
    fn date(&self) -> Option<Date> {
        self.time.map(|(date, _)| date)
    }
    fn place(&self) -> Option<Place> {
        Some(self.place)
    }
    fn velocity(&self) -> Option<Velocity> {
        self.velocity
    }
}

/// validDate, validTime and fullyResolved (no second is in doubt).
const TIME_IS_SURE: u8 = 0b111;
/// Half of 1e-7 degrees, rounded up.
const RESOLUTION: TenthMillimetres = TenthMillimetres(56);
/// Seconds; 12 and more are "over 120".
const AGES_S: [i64; 12] = [0, 1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120];

/// Reads the payload of 92 bytes, or of 84 of older receivers.
///
/// # Errors
/// `Malformed` where a number is out of its range.
pub(super) fn read(b: &Bytes<'_>) -> Result<Pvt, Reject> {
    // Older receivers have nothing of use in flags3.
    let is_long = b.0.len() >= 92;
    let flags3 = if is_long { b.u16(78)? } else { 0 };
    let quality = if flags3 & 1 == 0 {
        self::quality(b)?
    } else {
        Quality::None
    };
    let has_solution = quality != Quality::None;
    let position = Position {
        latitude: b.degrees(28, 0, 90)?,
        longitude: b.degrees(24, 0, 180)?,
        resolution: RESOLUTION,
    };
    let height = b.millimetres(32, 0)?;
    let (horizontal, up) = (b.sigma(40, 10)?, b.sigma(44, 10)?);
    let velocity = (MillimetresPerSecond(b.i32(48)?), MillimetresPerSecond(b.i32(52)?));
    Ok(Pvt {
        time: time(b)?,
        place: Place {
            position: has_solution.then_some(position),
            height: if has_solution {
                Height::Ellipsoidal(height)
            } else {
                Height::Unknown
            },
            quality: Some(quality),
            satellites: Some(b.u8(23)?),
            age: age(flags3 >> 1 & 0xF),
            sigmas: Some(Sigmas {
                north: Some(horizontal),
                east: Some(horizontal),
                up: Some(up),
            }),
        },
        velocity: has_solution.then_some(velocity),
    })
}

fn quality(b: &Bytes<'_>) -> Result<Quality, Reject> {
    let (kind, flags) = (b.u8(20)?, b.u8(21)?);
    quality::of_ubx_fix(kind, flags & 1 == 1, u32::from(flags >> 6)).ok_or(Reject::Malformed)
}

fn age(code: u16) -> Option<Micros> {
    let longest = AGES_S.len() - 1;
    let seconds = AGES_S.get(usize::from(code).min(longest))?;
    (code != 0).then_some(Micros::from_secs(*seconds))
}

/// The day and the time of day. The receiver's own UTC says which second of the epoch's time of week it is, so a leap
/// second that it knows of and we do not is right all the same; the fraction is the epoch's, which all its messages share.
fn time(b: &Bytes<'_>) -> Result<Option<(Date, TimeOfDay)>, Reject> {
    let TimeOfDay(by_week) = b.time_of_week(0)?;
    if b.u8(11)? & TIME_IS_SURE != TIME_IS_SURE {
        return Ok(None);
    }
    let (hour, minute, second) = (i64::from(b.u8(8)?), i64::from(b.u8(9)?), i64::from(b.u8(10)?));
    let nano = i64::from(b.i32(16)?);
    if hour > 23 || minute > 59 || second > 60 || nano.abs() > 1_000_000_000 {
        return Err(Reject::Malformed);
    }
    let by_clock = (hour * 3_600 + minute * 60 + second) * 1_000_000 + nano.div_euclid(1_000);
    let apart = (by_week - by_clock + DAY_US / 2).rem_euclid(DAY_US) - DAY_US / 2;
    let whole_seconds = (apart + 500_000).div_euclid(1_000_000) * 1_000_000;
    let date = Date {
        year: b.u16(4)?,
        month: b.u8(6)?,
        day: b.u8(7)?,
    };
    // The date is that of hour, minute and second; the epoch may lie on the other side of midnight.
    let to_epoch = (by_week - whole_seconds - by_clock + DAY_US / 2).rem_euclid(DAY_US) - DAY_US / 2;
    let epoch = by_clock + to_epoch;
    let date = date.moved_by(epoch.div_euclid(DAY_US));
    Ok(Some((date, TimeOfDay(epoch.rem_euclid(DAY_US)))))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{frame, payload};
    use super::*;
    use crate::sentence::Sentence;
    use kaoguan_telemetry::units::Nanodegrees;
    use std::vec::Vec;

    fn read(payload: &[u8]) -> Result<Pvt, Reject> {
        match super::super::read(&frame(0x01, 0x07, payload))? {
            Sentence::Pvt(said) => Ok(said),
            other => panic!("{other:?}"),
        }
    }

    /// 2020-10-20 14:04:49 UTC by a clock that is 77 us behind the epoch, which is 223,507 s of the GPS week.
    fn numbers(changes: &[(usize, &[u8])]) -> Vec<u8> {
        let mut numbers: Vec<(usize, &[u8])> = std::vec![
            (0, &[0x38, 0x72, 0x52, 0x0d]),
            (4, &[0xe4, 0x07, 10, 20, 14, 4, 49, 0x37]),
            (16, &[0x32, 0xd2, 0xfe, 0xff]),
            (20, &[3, 0x83, 0, 24]),
            (24, &[0xb4, 0x5c, 0xc6, 0x45]),
            (28, &[0x95, 0x07, 0x83, 0x13]),
            (32, &[0x6a, 0x8d, 0, 0]),
            (40, &[14, 0, 0, 0, 21, 0, 0, 0]),
            (48, &[49, 0, 0, 0, 0xb7, 0xfb, 0xff, 0xff]),
            (78, &[0b0110, 0]),
        ];
        numbers.extend(changes);
        payload(92, &numbers)
    }

    #[test]
    fn a_fixed_position() {
        let said = read(&numbers(&[])).unwrap();
        let date = Date {
            year: 2020,
            month: 10,
            day: 20,
        };
        assert_eq!(
            said.time,
            Some((date, TimeOfDay(50_689_000_000))),
            "the epoch's, not the clock's"
        );
        let position = said.place.position.unwrap();
        // 0x13830795 is 327,354,261; 0x45c65cb4 is 1,170,627,764.
        assert_eq!(
            (position.latitude, position.longitude),
            (Nanodegrees(32_735_426_100), Nanodegrees(117_062_776_400))
        );
        // 0x8d6a is 36,202 mm.
        assert_eq!(said.place.height, Height::Ellipsoidal(TenthMillimetres(362_020)));
        assert_eq!(
            (said.place.quality, said.place.satellites),
            (Some(Quality::Fixed), Some(24))
        );
        assert_eq!(said.place.age, Some(Micros(5_000_000)), "class 3 is 2 to 5 s");
        assert_eq!(
            said.velocity,
            Some((MillimetresPerSecond(49), MillimetresPerSecond(-1_097)))
        );
        let sigmas = said.place.sigmas.unwrap();
        assert_eq!(
            (sigmas.north, sigmas.up),
            (Some(TenthMillimetres(140)), Some(TenthMillimetres(210)))
        );
    }

    #[test]
    fn fix_type_and_carrier_are_one_quality() {
        let cases = [
            (3, 0x83, Quality::Fixed),
            (3, 0x43, Quality::Float),
            (3, 0x01, Quality::Single),
            (3, 0xC1, Quality::Single),
            (3, 0x80, Quality::None),
            (2, 0x83, Quality::Single),
            (1, 0x01, Quality::DeadReckoning),
            (4, 0x83, Quality::DeadReckoning),
            (0, 0x01, Quality::None),
            (5, 0x01, Quality::None),
        ];
        for (kind, flags, quality) in cases {
            let said = read(&numbers(&[(20, &[kind, flags])])).unwrap();
            assert_eq!(said.place.quality, Some(quality), "{kind} {flags:#x}");
            assert_eq!(said.place.position.is_some(), quality != Quality::None);
        }
        let invalid = read(&numbers(&[(78, &[1])])).unwrap();
        assert_eq!((invalid.place.quality, invalid.velocity), (Some(Quality::None), None));
        assert_eq!(read(&numbers(&[(20, &[6, 1])])), Err(Reject::Malformed));
    }

    #[test]
    fn the_age_is_the_worst_of_its_class() {
        for (code, seconds) in [
            (0, None),
            (1, Some(1)),
            (2, Some(2)),
            (4, Some(10)),
            (11, Some(120)),
            (15, Some(120)),
        ] {
            let said = read(&numbers(&[(78, &[code << 1])])).unwrap();
            assert_eq!(said.place.age, seconds.map(Micros::from_secs), "{code}");
        }
        let short = read(&numbers(&[(78, &[1])])[..84]).unwrap();
        assert_eq!(
            (short.place.age, short.place.quality),
            (None, Some(Quality::Fixed)),
            "reserved there"
        );
    }

    /// Milliseconds of the week at 2026-11-22 00:00:00 UTC (a Sunday) are 18,000; and one millisecond before.
    #[test]
    fn midnight_belongs_to_the_epoch() {
        let at = |itow: u32, clock: [u8; 8], nano: i32| {
            let numbers = numbers(&[(0, &itow.to_le_bytes()), (4, &clock), (16, &nano.to_le_bytes())]);
            let (date, TimeOfDay(us)) = read(&numbers).unwrap().time.unwrap();
            (date.month, date.day, us)
        };
        let before = [0xea, 0x07, 11, 21, 23, 59, 59, 0x37];
        let after = [0xea, 0x07, 11, 22, 0, 0, 0, 0x37];
        let last = DAY_US - 1_000;
        assert_eq!(at(18_000, after, -77_000), (11, 22, 0));
        assert_eq!(at(18_000, before, 999_800_000), (11, 22, 0));
        assert_eq!(at(17_999, after, -600_000), (11, 21, last));
        assert_eq!(at(17_999, before, 999_400_000), (11, 21, last));
        // A leap second that the receiver knows of: the week is 19 s ahead, the clock shows 23:59:60 and then midnight.
        let leap = [0xea, 0x07, 11, 21, 23, 59, 60, 0x37];
        assert_eq!(at(18_000, leap, 0), (11, 22, 0));
        assert_eq!(at(19_000, after, 0), (11, 22, 0));
    }

    #[test]
    fn a_time_in_doubt_is_none_and_nonsense_is_malformed() {
        for valid in [0b011, 0b101, 0b110, 0] {
            assert_eq!(read(&numbers(&[(11, &[valid])])).unwrap().time, None, "{valid:#b}");
        }
        for (at, bytes) in [
            (0, &[0xff; 4][..]),
            (8, &[24]),
            (9, &[60]),
            (10, &[61]),
            (16, &[0xff, 0xff, 0xff, 0x7f]),
            (24, &[0xff, 0xff, 0xff, 0x7f]),
            (28, &[0xff, 0xff, 0xff, 0x7f]),
            (32, &[0xff, 0xff, 0xff, 0x7f]),
        ] {
            assert_eq!(read(&numbers(&[(at, bytes)])), Err(Reject::Malformed), "{at}");
        }
    }
}
