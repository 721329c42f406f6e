//! `#HEADINGA`, `#HEADING2A`, `#HEADING3A`, `#UNIHEADINGA`: a heading with its sigma and the baseline's length. Source:
//! sensors.md section 3.3.
use super::Reject;
use super::claim::{Direction, Says, Stated};
use super::log;
use crate::calendar::Date;
use crate::quality;
use kaoguan_telemetry::Quality;

/// What such a log says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeadingLog {
    header: log::Header,
    direction: Direction,
}

impl Says for HeadingLog {
    fn time(&self) -> Stated {
        self.header.time()
    }
    fn date(&self) -> Option<Date> {
        self.header.date()
    }
    fn direction(&self) -> Option<Direction> {
        Some(self.direction)
    }
}

/// Reads a proven log.
///
/// # Errors
/// `Malformed` where header or a field is not of its kind, or the type of solution has no name that we know.
pub fn read(body: &[u8]) -> Result<HeadingLog, Reject> {
    let (header, f) = log::split(body)?;
    let kind = quality::of_solution_type(f.text(2)).ok_or(Reject::Malformed)?;
    let quality = if f.text(1) == b"SOL_COMPUTED" {
        kind
    } else {
        Quality::None
    };
    let direction = Direction {
        heading: f.bearing(4)?,
        pitch: f.pitch(5)?,
        quality: Some(quality),
        baseline: f.metres(3)?,
        sigma: f.sigma_degrees(7)?,
    };
    Ok(HeadingLog { header, direction })
}

#[cfg(test)]
mod tests {
    use super::super::log::testing::log;
    use super::super::testing::sentence;
    use super::super::{Reject, Sentence};
    use super::*;
    use kaoguan_telemetry::units::{Centidegrees, TenthMillimetres};

    fn heading(text: &str) -> HeadingLog {
        match sentence(text) {
            Ok(Sentence::HeadingLog(heading)) => heading,
            other => panic!("{text}: {other:?}"),
        }
    }

    /// Real lines of three makers.
    #[test]
    fn real_logs() {
        let unicore = heading(
            "#UNIHEADINGA,68,GPS,FINE,2433,239990400,0,0,18,13;SOL_COMPUTED,NARROW_INT,1.3868,41.3574,-0.9784,0.0000,0.1966,\
             0.5238,\"999\",37,35,35,28,3,01,3,f3*18fb1b74",
        );
        let expected = Direction {
            heading: Some(Centidegrees(4_136)),
            pitch: Some(Centidegrees(-98)),
            quality: Some(Quality::Fixed),
            baseline: Some(TenthMillimetres(13_868)),
            // 0.1966 degrees, up.
            sigma: Some(Centidegrees(20)),
        };
        assert_eq!(unicore.direction, expected);
        let comnav = heading(
            "#HEADING3A,COM1,0,62.0,FINESTEERING,2084,288973.200,02008000,d3de,15227;SOL_COMPUTED,NARROW_INT,1.331216693,\
             0.440198153,0.014018374,0.200,0.157729775,0.241520703,\"Z88G\",27,24,24,21,04,01,30,33*cfdca387",
        );
        assert_eq!(comnav.direction.baseline, Some(TenthMillimetres(13_312)));
        assert_eq!(comnav.direction.heading, Some(Centidegrees(44)));
    }

    #[test]
    fn what_is_not_computed_has_no_quality() {
        let head = "UNIHEADINGA,68,GPS,FINE,2433,239990400,0,0,18,13";
        let body = |status: &str, kind: &str| {
            log(&std::format!(
                "{head};{status},{kind},1.4,10.0,0.0,0.0,0.2,0.5,\"\",9,9"
            ))
        };
        let quality = |text: &str| heading(text).direction.quality;
        assert_eq!(quality(&body("INSUFFICIENT_OBS", "NONE")), Some(Quality::None));
        assert_eq!(quality(&body("INSUFFICIENT_OBS", "NARROW_INT")), Some(Quality::None));
        assert_eq!(quality(&body("SOL_COMPUTED", "L1_FLOAT")), Some(Quality::Float));
        assert_eq!(sentence(body("SOL_COMPUTED", "L1_FLOAT ")), Err(Reject::Malformed));
        assert_eq!(
            sentence(log("UNIHEADINGA,1,2;SOL_COMPUTED,NONE")),
            Err(Reject::Malformed)
        );
        assert_eq!(sentence(log(head)), Err(Reject::Malformed));
    }
}
