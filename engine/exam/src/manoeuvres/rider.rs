//! The rider, everywhere on the course: helmet on, feet on the pegs while moving.
//!
//! Switches prove these rules, no fix is needed. Facts of signals come debounced. A foot may stand on the ground while the
//! vehicle stands, and for a moment when it moves off: both spans are knobs of the syllabus.
use crate::manoeuvre::{Fact, Manoeuvre, Role, Sheet, What};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::Signal;
use kaoguan_telemetry::units::{EventTime, Micros};

crate::faults! {
    /// Faults of the rider.
    RiderFault {
        /// 不按规定戴安全头盔
        NoHelmet = "no_helmet",
        /// 二轮摩托车在行驶中脚触地
        FootDown = "foot_down",
    }
}
use RiderFault as Wrong;

/// Limits of the rider's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// A foot may leave its peg this long after moving off or before standing.
    pub foot_grace: Micros,
    /// A foot off its peg while moving is charged after this long.
    pub foot_hold: Micros,
}

/// What the switches say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rider {
    moving_since: Option<EventTime>,
    left_off: Option<EventTime>,
    right_off: Option<EventTime>,
    helmet_off: bool,
    foot_noted: bool,
    helmet_noted: bool,
}

impl Rider {
    /// Since when a foot has been off its peg while moving, after the grace.
    fn foot_since(self, limits: Limits) -> Option<EventTime> {
        let moving = self.moving_since? + limits.foot_grace;
        let off = match (self.left_off, self.right_off) {
            (Some(left), Some(right)) => left.min(right),
            (one, other) => one.or(other)?,
        };
        Some(off.max(moving))
    }

    fn helmet(mut self, at: EventTime, sheet: &mut Sheet) -> Self {
        if self.helmet_off && self.moving_since.is_some() && !self.helmet_noted {
            sheet.fault_by_switch(at, Wrong::NoHelmet);
            self.helmet_noted = true;
        }
        self.helmet_noted &= self.helmet_off;
        self
    }

    fn foot(mut self, signal: Signal, off: Option<EventTime>) -> Self {
        match signal {
            Signal::PegLeft => self.left_off = off,
            _ => self.right_off = off,
        }
        self.foot_noted &= self.left_off.is_some() || self.right_off.is_some();
        self
    }
}

impl Manoeuvre for Rider {
    const NAME: &'static str = "rider";
    type Part = ();
    type Fault = Wrong;
    type Limits = Limits;
    const ROLES: &'static [Role<()>] = &[];
    const BEGIN: Self = Rider {
        moving_since: None,
        left_off: None,
        right_off: None,
        helmet_off: false,
        foot_noted: false,
        helmet_noted: false,
    };

    fn limits(reader: &mut LimitReader<'_>) -> Limits {
        Limits {
            foot_grace: reader.micros("foot_grace"),
            foot_hold: reader.micros("foot_hold"),
        }
    }

    fn begins(_: What<()>) -> bool {
        true
    }

    fn step(mut self, fact: Fact<()>, limits: Limits, sheet: &mut Sheet) -> Self {
        let at = fact.at;
        match fact.what {
            What::MovedOff(_) => {
                self.moving_since = Some(at);
                self.helmet(at, sheet)
            }
            What::Stopped => Rider {
                moving_since: None,
                foot_noted: false,
                ..self
            },
            What::Signal(Signal::Helmet, on) => {
                self.helmet_off = !on;
                self.helmet(at, sheet)
            }
            What::Signal(signal @ (Signal::PegLeft | Signal::PegRight), on) => self.foot(signal, (!on).then_some(at)),
            What::Deadline if self.deadline(limits).is_some_and(|due| due <= at) => {
                sheet.fault_by_switch(at, Wrong::FootDown);
                Rider {
                    foot_noted: true,
                    ..self
                }
            }
            _ => self,
        }
    }

    fn deadline(self, limits: Limits) -> Option<EventTime> {
        if self.foot_noted {
            return None;
        }
        self.foot_since(limits).map(|since| since + limits.foot_hold)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::check;

    const LIMITS: Limits = Limits {
        foot_grace: Micros(1_000_000),
        foot_hold: Micros(300_000),
    };

    #[test]
    fn feet_may_be_down_while_standing_and_just_after() {
        check::<Rider>(
            LIMITS,
            "0.0 signal peg_left off
             5.0 moved_off 5000
             6.2 signal peg_left on
             9.0 stopped
             9.1 signal peg_left off
            20.0 tick",
        );
    }

    #[test]
    fn a_foot_off_its_peg_while_moving_is_charged_once() {
        check::<Rider>(
            LIMITS,
            "0.0 moved_off 5000
             4.0 signal peg_right off
             4.2 tick
             4.4 tick                  -> foot_down
             4.6 signal peg_left off
             5.0 signal peg_right on
             6.0 tick
             6.1 signal peg_left on
             7.0 signal peg_left off
             7.4 tick                  -> foot_down",
        );
    }

    #[test]
    fn a_foot_that_is_back_in_time_is_no_fault() {
        check::<Rider>(
            LIMITS,
            "0.0 moved_off 5000
             4.0 signal peg_right off
             4.2 signal peg_right on
             5.0 tick",
        );
    }

    #[test]
    fn helmet() {
        check::<Rider>(
            LIMITS,
            "0.0 signal helmet off
             1.0 moved_off 5000        -> no_helmet
             2.0 stopped
             3.0 moved_off 1000
             4.0 signal helmet on
             5.0 signal helmet off     -> no_helmet",
        );
    }
}
