//! The rider or driver, everywhere on the course: helmet or belt on, feet on the pegs while moving.
//!
//! Switches prove these rules, positions only that the vehicle moved. Facts of signals come debounced. A foot may stand on
//! the ground while the vehicle stands, and for a moment before that and after: the spans are knobs of the syllabus.
use crate::manoeuvre::while_moving::{Spans, WhileMoving};
use crate::manoeuvre::{Fact, Manoeuvre, Role, Sheet, What};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::Signal;
use kaoguan_telemetry::units::{EventTime, Micros};

crate::faults! {
    /// Faults of the rider.
    RiderFault {
        /// 不按规定戴安全头盔
        NoHelmet = "no_helmet",
        /// 不按规定使用安全带
        NoBelt = "no_belt",
        /// 二轮摩托车在行驶中脚触地
        FootDown = "foot_down",
    }
}
use RiderFault as Wrong;

/// Limits of the rider's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// A foot off its peg.
    pub foot: Spans,
    /// The helmet off.
    pub helmet: Spans,
    /// The belt off.
    pub belt: Spans,
}

/// What the switches say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rider {
    feet_off: [bool; 2],
    foot: WhileMoving,
    helmet: WhileMoving,
    belt: WhileMoving,
}

impl Rider {
    fn foot_off(&mut self, at: EventTime, foot: usize, off: bool, limits: Limits) {
        self.feet_off[foot] = off;
        self.foot.state(at, self.feet_off.contains(&true), limits.foot);
    }
}

impl Rider {
    /// Nobody hears this foot any more: how long after `since` it was off its peg nobody knows.
    fn foot_unsaid(&mut self, foot: usize, since: EventTime, limits: Limits) {
        self.feet_off[foot] = false;
        if !self.feet_off.contains(&true) {
            self.foot.unheard(since, limits.foot);
        }
    }
}

impl Manoeuvre for Rider {
    const NAME: &'static str = "rider";
    type Part = ();
    type Fault = Wrong;
    type Limits = Limits;
    const ROLES: &'static [Role<()>] = &[];
    const BEGIN: Self = Rider {
        feet_off: [false; 2],
        foot: WhileMoving::BEGIN,
        helmet: WhileMoving::BEGIN,
        belt: WhileMoving::BEGIN,
    };

    fn limits(reader: &mut LimitReader<'_>) -> Limits {
        let stop_told = reader.stop_told();
        Limits {
            foot: Spans {
                grace: reader.micros("foot_grace"),
                hold: reader.micros("foot_hold"),
                stop_told,
            },
            helmet: Spans {
                grace: Micros(0),
                hold: reader.micros("helmet_hold"),
                stop_told,
            },
            belt: Spans {
                grace: Micros(0),
                hold: reader.micros("belt_hold"),
                stop_told,
            },
        }
    }

    fn begins(_: What<()>) -> bool {
        true
    }

    fn step(mut self, fact: Fact<()>, limits: Limits, sheet: &mut Sheet) -> Self {
        let at = fact.at;
        match fact.what {
            What::MovedOff(_) => {
                self.foot.moves(at);
                self.helmet.moves(at);
                self.belt.moves(at);
            }
            What::Stopped | What::Slowed | What::Unseen => {
                self.foot.rests(at, limits.foot);
                self.helmet.rests(at, limits.helmet);
                self.belt.rests(at, limits.belt);
            }
            What::Unheard(since) => {
                self.feet_off = [false; 2];
                self.foot.unheard(since, limits.foot);
                self.helmet.unheard(since, limits.helmet);
                self.belt.unheard(since, limits.belt);
            }
            What::SignalUnsaid(Signal::Helmet, since) => self.helmet.unheard(since, limits.helmet),
            What::SignalUnsaid(Signal::Belt, since) => self.belt.unheard(since, limits.belt),
            What::SignalUnsaid(Signal::PegLeft, since) => self.foot_unsaid(0, since, limits),
            What::SignalUnsaid(Signal::PegRight, since) => self.foot_unsaid(1, since, limits),
            What::Signal(Signal::Helmet, on) => self.helmet.state(at, !on, limits.helmet),
            What::Signal(Signal::Belt, on) => self.belt.state(at, !on, limits.belt),
            What::Signal(Signal::PegLeft, on) => self.foot_off(at, 0, !on, limits),
            What::Signal(Signal::PegRight, on) => self.foot_off(at, 1, !on, limits),
            What::Deadline => {
                if let Some(since) = self.helmet.decided(at, limits.helmet) {
                    sheet.fault_by_switch(since, Wrong::NoHelmet);
                }
                if let Some(since) = self.belt.decided(at, limits.belt) {
                    sheet.fault_by_switch(since, Wrong::NoBelt);
                }
                if let Some(since) = self.foot.decided(at, limits.foot) {
                    sheet.fault_by_switch(since, Wrong::FootDown);
                }
            }
            _ => {}
        }
        self
    }

    fn deadline(self, limits: Limits) -> Option<EventTime> {
        let due = [
            self.foot.due(limits.foot),
            self.helmet.due(limits.helmet),
            self.belt.due(limits.belt),
        ];
        due.into_iter().flatten().min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::check;

    const STOP_TOLD: Micros = Micros(500_000);
    const LIMITS: Limits = Limits {
        foot: Spans {
            grace: Micros(1_000_000),
            hold: Micros(300_000),
            stop_told: STOP_TOLD,
        },
        helmet: Spans {
            grace: Micros(0),
            hold: Micros(0),
            stop_told: STOP_TOLD,
        },
        belt: Spans {
            grace: Micros(0),
            hold: Micros(2_000_000),
            stop_told: STOP_TOLD,
        },
    };

    /// The same with a helmet that must be off for a moment.
    const HOLDS: Limits = Limits {
        helmet: Spans {
            hold: Micros(300_000),
            ..LIMITS.helmet
        },
        ..LIMITS
    };

    #[test]
    fn a_belt_off_while_moving_is_charged_once_it_lasts() {
        check::<Rider>(
            LIMITS,
            "0.0 signal belt off
             5.0 signal belt on
            10.0 moved_off 10000
            20.0 signal belt off
            22.0 tick
            22.4 tick -> !no_belt
            22.6 tick -> no_belt
            30.0 stopped",
        );
    }

    #[test]
    fn feet_may_be_down_while_standing_just_after_and_just_before() {
        check::<Rider>(
            LIMITS,
            "0.0 signal peg_left off
             5.0 moved_off 5000
             6.2 signal peg_left on
             8.4 signal peg_left off
             9.0 stopped
            20.0 tick",
        );
    }

    #[test]
    fn a_foot_off_its_peg_while_moving_is_charged_once() {
        check::<Rider>(
            LIMITS,
            "0.0 moved_off 5000
             4.0 signal peg_right off
             4.6 signal peg_left off
             5.0 signal peg_right on
             5.7 tick                  -> !foot_down
             5.9 tick                  -> foot_down
             6.1 signal peg_left on
             7.0 signal peg_left off
             7.4 signal peg_left on
             8.7 tick
             8.9 tick                  -> foot_down",
        );
    }

    #[test]
    fn a_foot_that_is_back_in_time_is_no_fault() {
        check::<Rider>(
            LIMITS,
            "0.0 moved_off 5000
             4.0 signal peg_right off
             4.2 signal peg_right on
             9.0 tick",
        );
    }

    #[test]
    fn a_foot_down_is_no_fault_when_nobody_saw_whether_it_moved() {
        check::<Rider>(
            LIMITS,
            "0.0 moved_off 5000
             4.0 signal peg_right off
             4.9 unseen
             9.0 tick
             9.5 moved_off 0
            10.0 signal peg_right on
            20.0 tick",
        );
    }

    #[test]
    fn whoever_slows_down_may_put_a_foot_down_and_a_silent_box_says_nothing() {
        check::<Rider>(
            LIMITS,
            "0.0 moved_off 5000
             8.0 slowed
             8.1 signal peg_left off
             8.3 moved_off 0
             8.4 signal peg_left on
            12.0 signal peg_left off
            12.2 unheard
            20.0 tick",
        );
    }

    #[test]
    fn helmet() {
        check::<Rider>(
            LIMITS,
            "0.0 signal helmet off
             1.0 moved_off 5000
             1.6 tick                  -> no_helmet
             2.0 stopped
             2.2 signal helmet on
             3.0 moved_off 1000
             5.0 signal helmet off
             5.4 tick                  -> !no_helmet
             5.6 tick                  -> no_helmet
             9.0 stopped
             9.5 tick",
        );
    }

    #[test]
    fn whoever_takes_the_helmet_off_at_rest_may() {
        check::<Rider>(
            LIMITS,
            "0.0 moved_off 5000
             9.1 signal helmet off
             9.0 stopped
            20.0 tick",
        );
    }

    /// The belt off for a second, then at rest, or with nobody to hear it.
    #[test]
    fn a_belt_that_was_off_too_short_before_a_rest_is_no_fault() {
        for after in ["stopped", "unheard", "unseen"] {
            check::<Rider>(
                LIMITS,
                &format!("0.0 moved_off 5000\n 4.0 signal belt off\n 5.0 {after}\n 20.0 tick"),
            );
        }
    }

    #[test]
    fn a_helmet_that_is_off_is_charged_anew_after_a_rest_and_not_after_a_silence_alone() {
        check::<Rider>(
            LIMITS,
            "0.0 signal helmet off
             1.0 moved_off 5000
             1.6 tick            -> no_helmet
             2.0 stopped
             3.0 moved_off 1000
             3.6 tick            -> no_helmet
             4.0 unheard
             9.0 tick
             9.5 signal helmet off
            10.1 tick
            11.0 signal helmet on
            12.0 signal helmet off
            12.6 tick            -> no_helmet",
        );
    }

    /// A foot, the helmet, the belt: what had lasted before the box fell silent is charged when no rest can be told any more, once.
    #[test]
    fn what_lasted_before_a_silence_is_charged_once() {
        for (signal, fault, last, due) in [
            ("peg_left", "foot_down", 0.3, 1.8),
            ("peg_right", "foot_down", 0.3, 1.8),
            ("helmet", "no_helmet", 0.3, 0.8),
            ("belt", "no_belt", 2.0, 2.5),
        ] {
            for silence in ["unheard".to_owned(), format!("unsaid {signal}")] {
                let off = |lasted: f64, then: &str| {
                    let (end, due) = (10.0 + lasted, 10.0 + due);
                    check::<Rider>(
                        HOLDS,
                        &format!(
                            "1.0 moved_off 1000
                             10.0 signal {signal} off
                             {end:.2} {silence}
                             {then}",
                            then = then.replace("DUE", &format!("{due:.2}"))
                        ),
                    );
                };
                off(last - 0.01, "20.0 tick");
                off(last, &format!("DUE tick -> {fault}\n 20.0 tick"));
                let heard = format!("{:.2} signal {signal} off", 10.0 + last + 0.3);
                off(last, &format!("{heard}\n 20.0 tick -> {fault}\n 30.0 tick"));
                off(
                    last,
                    &format!(
                        "{heard}\n 20.0 signal {signal} on -> {fault}\n 21.0 signal {signal} off\n 30.0 tick -> {fault}"
                    ),
                );
            }
        }
    }

    /// He may have put it down because he came to rest: a foot's grace reaches over a silence.
    #[test]
    fn what_lasted_before_a_silence_and_shortly_before_a_rest_is_forgiven() {
        let rest = |at: &str| {
            check::<Rider>(
                HOLDS,
                &format!("1.0 moved_off 1000\n 10.0 signal peg_left off\n 10.5 unheard\n {at}"),
            );
        };
        rest("11.3 stopped\n 20.0 tick");
        rest("11.31 stopped\n 20.0 tick -> foot_down");
    }

    /// One foot or the other is down for longer than either of them; what a foot did too briefly before a silence is forgotten.
    #[test]
    fn one_foot_after_the_other_is_one_fault() {
        for (first, other) in [("peg_left", "peg_right"), ("peg_right", "peg_left")] {
            check::<Rider>(
                LIMITS,
                &format!(
                    "0.0 moved_off 5000
                     4.0 signal {first} off
                     4.1 signal {other} off
                     4.2 signal {first} on
                     4.4 signal {other} on
                     9.0 tick -> foot_down"
                ),
            );
            check::<Rider>(
                LIMITS,
                &format!(
                    "0.0 moved_off 5000
                     4.0 signal {first} off
                     4.2 unheard
                     5.0 signal {other} off
                     5.2 signal {other} on
                     9.0 tick"
                ),
            );
        }
    }

    /// What was said of a switch for a moment before the box fell silent about it holds nobody; one foot of which it still speaks does.
    #[test]
    fn a_switch_of_which_nothing_is_said_any_more_charges_nobody() {
        for (signal, fault) in [
            ("helmet", "no_helmet"),
            ("belt", "no_belt"),
            ("peg_left", "foot_down"),
            ("peg_right", "foot_down"),
        ] {
            for (silent, said) in [("tick".to_owned(), fault), (format!("unsaid {signal}"), "")] {
                check::<Rider>(
                    HOLDS,
                    &format!("1.0 moved_off 1000\n 10.0 signal {signal} off\n 10.1 {silent}\n 20.0 tick -> {said}"),
                );
            }
        }
        check::<Rider>(
            LIMITS,
            "1.0 moved_off 1000
            10.0 signal peg_left off
            10.1 signal peg_right off
            10.2 unsaid peg_left
            20.0 tick -> foot_down",
        );
        check::<Rider>(
            LIMITS,
            "1.0 moved_off 1000
            10.0 signal peg_left off
            10.1 unsaid peg_left
            15.0 signal peg_right on
            20.0 tick",
        );
    }
}
