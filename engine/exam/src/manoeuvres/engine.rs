//! Engine and gears, everywhere on the course: no stall, no coasting in neutral, no rolling back when starting.
//!
//! Stall and coasting are switches; the general roll-back is measured wherever no item judges its own.
use crate::manoeuvre::while_moving::{Spans, WhileMoving};
use crate::manoeuvre::{Fact, Manoeuvre, Role, Sheet, What};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::Signal;
use kaoguan_telemetry::units::{EventTime, Micros};

crate::faults! {
    /// Faults of engine and gears.
    EngineFault {
        /// 因操作不当造成发动机熄火一次
        Stalled = "stalled",
        /// 行驶中空挡滑行
        Coasting = "coasting",
        /// 起步时车辆后溜距离大于 30 cm
        RolledBackFar = "rolled_back_far",
        /// 起步时车辆后溜，但后溜距离小于 30 cm
        RolledBack = "rolled_back",
    }
}
use EngineFault as Wrong;

/// Limits of engine and gears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Moving in neutral.
    pub coasting: Spans,
}

/// What the switches say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Engine {
    running: bool,
    coasting: WhileMoving,
}

impl Manoeuvre for Engine {
    const NAME: &'static str = "engine";
    type Part = ();
    type Fault = Wrong;
    type Limits = Limits;
    const ROLES: &'static [Role<()>] = &[];
    const BEGIN: Self = Engine {
        running: false,
        coasting: WhileMoving::BEGIN,
    };

    fn limits(reader: &mut LimitReader<'_>) -> Limits {
        Limits {
            coasting: Spans {
                grace: Micros(0),
                hold: reader.micros("coasting_hold"),
                stop_told: reader.stop_told(),
            },
        }
    }

    fn begins(_: What<()>) -> bool {
        true
    }

    fn step(mut self, fact: Fact<()>, limits: Limits, sheet: &mut Sheet) -> Self {
        let at = fact.at;
        match fact.what {
            What::MovedOff(_) => self.coasting.moves(at),
            What::Stopped => self.coasting.rests(at, limits.coasting),
            What::Unseen => {
                self.coasting.rests(at, limits.coasting);
                // Whoever turns it off out of sight has not stalled it.
                self.running = false;
            }
            What::Signal(Signal::EngineRunning, running) => {
                if self.running && !running {
                    sheet.fault_by_switch(at, Wrong::Stalled);
                }
                self.running = running;
            }
            What::Signal(Signal::Neutral, on) => self.coasting.state(at, on, limits.coasting),
            What::RolledBack(by) => {
                sheet.distance(at, Wrong::RolledBackFar, by);
                sheet.distance(at, Wrong::RolledBack, by);
            }
            What::Deadline => {
                if let Some(since) = self.coasting.decided(at, limits.coasting) {
                    sheet.fault_by_switch(since, Wrong::Coasting);
                }
            }
            _ => {}
        }
        self
    }

    fn deadline(self, limits: Limits) -> Option<EventTime> {
        self.coasting.due(limits.coasting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::check;

    const LIMITS: Limits = Limits {
        coasting: Spans {
            grace: Micros(0),
            hold: Micros(5_000_000),
            stop_told: Micros(500_000),
        },
    };

    #[test]
    fn each_stall_counts_and_a_late_first_word_is_none() {
        check::<Engine>(
            LIMITS,
            "0.0 signal engine_running off
             1.0 signal engine_running on
             2.0 signal engine_running off -> stalled
             3.0 signal engine_running on
             4.0 signal engine_running off -> stalled
             5.0 signal engine_running on
             6.0 unseen
             7.0 signal engine_running off
             8.0 signal engine_running on
             9.0 signal engine_running off -> stalled",
        );
    }

    #[test]
    fn coasting_needs_both_motion_and_neutral_for_its_time() {
        check::<Engine>(
            LIMITS,
            "0.0 signal neutral on
            20.0 moved_off 20000
            25.4 tick
            25.6 tick                      -> coasting
            40.0 signal neutral off
            41.0 signal neutral on
            45.0 stopped
            60.0 tick",
        );
    }

    #[test]
    fn a_roll_back_is_weighed() {
        check::<Engine>(
            LIMITS,
            "0.0 rolled_back 320 u 10 -> rolled_back_far 320 u 10, rolled_back 320 u 10",
        );
    }
}
