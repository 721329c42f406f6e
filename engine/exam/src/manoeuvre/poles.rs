//! Poles with sensors of their own: a touch that was felt is weighed by where the vehicle was seen.
//!
//! Wind and rain shake poles too. One that spoke while nobody was near, before the item began or in it, has shown that they are no
//! witnesses, and a person says who touched the next. Deliberately not here: which fault it is.
use super::{Distance, Fault, Sheet};
use kaoguan_telemetry::units::{EventTime, TenthMillimetres};

/// What is known of the sensors of a site's poles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Poles {
    shaken: bool,
}

impl Poles {
    /// None has spoken yet.
    pub const QUIET: Poles = Poles { shaken: false };

    /// One spoke, and the outline was so far from it: farther than `reach` it shook by itself.
    pub fn shake(&mut self, near: Distance, reach: TenthMillimetres) {
        self.shaken |= near.value > reach;
    }

    /// One spoke in the item: how near the outline was at best when that may have been, and how far away at worst.
    pub fn hit(
        &mut self,
        at: EventTime,
        (near, far): (Distance, Distance),
        reach: TenthMillimetres,
        fault: impl Fault,
        sheet: &mut Sheet,
    ) {
        if near.value > reach {
            self.shake(near, reach);
        } else if self.shaken {
            sheet.ask(at, fault);
        } else {
            sheet.touch(at, fault, far);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manoeuvre::Weighed;
    use crate::manoeuvres::pole_course::PoleCourseFault;

    /// Within the reach, which belongs to it, a sensor that spoke is a witness; beyond it it is none, nor for the next.
    #[test]
    fn a_pole_that_shook_by_itself_is_no_witness() {
        let near = |value: i32| Distance::of(TenthMillimetres(value), TenthMillimetres(100));
        for (shook, asked) in [(2_000, false), (2_001, true)] {
            let (mut poles, mut sheet) = (Poles::QUIET, Sheet::default());
            let reach = TenthMillimetres(2_000);
            poles.shake(near(shook), reach);
            poles.hit(
                EventTime(0),
                (near(2_000), near(2_000)),
                reach,
                PoleCourseFault::PoleTouched,
                &mut sheet,
            );
            assert_eq!(sheet.0[0].asked, asked, "{shook}");
            assert_eq!(matches!(sheet.0[0].measure, Some(Weighed::Touch(_))), !asked);
        }
    }
}
