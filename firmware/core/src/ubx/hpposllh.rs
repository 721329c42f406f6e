//! NAV-HPPOSLLH: the position to a nanodegree and a tenth of a millimetre, without a quality (NAV-PVT has it). Source:
//! sensors.md section 4.
use super::Bytes;
use crate::calendar::TimeOfDay;
use crate::sentence::{Height, Place, Position, Reject, Says, Sigmas, Stated};
use kaoguan_telemetry::Quality;
use kaoguan_telemetry::units::TenthMillimetres;

/// What a NAV-HPPOSLLH says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HpPosLlh {
    time: TimeOfDay,
    place: Place,
}

impl Says for HpPosLlh {
    fn time(&self) -> Stated {
        Stated::At(self.time)
    }
    fn place(&self) -> Option<Place> {
        Some(self.place)
    }
}

/// Half of the last digit, 1e-9 degrees, rounded up.
const RESOLUTION: TenthMillimetres = TenthMillimetres(1);

/// Reads the payload of 36 bytes.
///
/// # Errors
/// `Unknown` where the version is not 0, `Malformed` where a number is out of its range.
pub(super) fn read(b: &Bytes<'_>) -> Result<HpPosLlh, Reject> {
    if b.u8(0)? != 0 {
        return Err(Reject::Unknown);
    }
    let is_valid = b.u8(3)? & 1 == 0;
    let longitude = b.degrees(8, i64::from(b.i8(24)?), 180)?;
    let latitude = b.degrees(12, i64::from(b.i8(25)?), 90)?;
    let height = b.millimetres(16, i32::from(b.i8(26)?))?;
    // One figure for both directions of the plane: each is taken to be as bad as both.
    let (horizontal, up) = (b.sigma(28, 1)?, b.sigma(32, 1)?);
    let position = Position {
        latitude,
        longitude,
        resolution: RESOLUTION,
    };
    Ok(HpPosLlh {
        time: b.time_of_week(4)?,
        place: Place {
            position: is_valid.then_some(position),
            height: if is_valid {
                Height::Ellipsoidal(height)
            } else {
                Height::Unknown
            },
            quality: (!is_valid).then_some(Quality::None),
            satellites: None,
            age: None,
            sigmas: Some(Sigmas {
                north: Some(horizontal),
                east: Some(horizontal),
                up: Some(up),
            }),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{frame, payload};
    use super::*;
    use crate::sentence::Sentence;
    use kaoguan_telemetry::units::Nanodegrees;

    fn read(payload: &[u8]) -> Result<HpPosLlh, Reject> {
        match super::super::read(&frame(0x01, 0x14, payload))? {
            Sentence::HpPosLlh(said) => Ok(said),
            other => panic!("{other:?}"),
        }
    }

    fn numbers() -> std::vec::Vec<u8> {
        payload(
            36,
            &[
                (4, &223_507_000u32.to_le_bytes()),
                (8, &1_170_627_572i32.to_le_bytes()),
                (12, &(-327_353_909i32).to_le_bytes()),
                (16, &36_202i32.to_le_bytes()),
                (24, &2i8.to_le_bytes()),
                (25, &(-45i8).to_le_bytes()),
                (26, &(-3i8).to_le_bytes()),
                (28, &141u32.to_le_bytes()),
                (32, &210u32.to_le_bytes()),
            ],
        )
    }

    /// 117.0627572 + 2e-9 degrees, -(32.7353909 + 45e-9), 36.202 m - 0.3 mm; 223,507 s are 2 days 14:05:07, less 18 s.
    #[test]
    fn coarse_and_fine_are_added() {
        let said = read(&numbers()).unwrap();
        let position = said.place.position.unwrap();
        assert_eq!(
            (position.latitude, position.longitude),
            (Nanodegrees(-32_735_390_945), Nanodegrees(117_062_757_202))
        );
        assert_eq!(said.place.height, Height::Ellipsoidal(TenthMillimetres(362_017)));
        assert_eq!(said.time, TimeOfDay(50_689_000_000));
        let sigmas = said.place.sigmas.unwrap();
        assert_eq!(
            (sigmas.north, sigmas.east, sigmas.up),
            (
                Some(TenthMillimetres(141)),
                Some(TenthMillimetres(141)),
                Some(TenthMillimetres(210))
            )
        );
        assert_eq!(said.place.quality, None, "NAV-PVT's");
    }

    #[test]
    fn invalid_and_nonsense() {
        let with = |at: usize, bytes: &[u8]| {
            let mut payload = numbers();
            payload[at..at + bytes.len()].copy_from_slice(bytes);
            payload
        };
        let invalid = read(&with(3, &[1])).unwrap().place;
        assert_eq!((invalid.position, invalid.quality), (None, Some(Quality::None)));
        assert_eq!(read(&with(0, &[1])), Err(Reject::Unknown), "another version");
        for (at, bytes) in [
            (4, 604_800_000u32.to_le_bytes()),
            (8, 1_800_000_001i32.to_le_bytes()),
            (12, 900_000_001i32.to_le_bytes()),
            (16, i32::MAX.to_le_bytes()),
        ] {
            assert_eq!(read(&with(at, &bytes)), Err(Reject::Malformed), "{at}");
        }
    }
}
