//! Engine and gears, everywhere on the course: no stall, no coasting in neutral, no rolling back when starting.
//!
//! Whoever goes back in reverse gear does not roll; where nobody knows the gear, a person says which it was. So does one where
//! it is driven backwards as well and went farther back than anybody rolls: the gear's wire may have failed.
//! Stall and coasting are switches; the general roll-back is measured wherever no item judges its own.
use crate::manoeuvre::while_moving::{Spans, WhileMoving};
use crate::manoeuvre::{Distance, Fact, Manoeuvre, Role, Sheet, Way, What};
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
        /// 启动发动机时，挡位未置于空挡（驻车挡）
        StartedInGear = "started_in_gear",
        /// 发动机启动后，不及时松开启动开关
        StarterHeld = "starter_held",
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
    /// Off for so long is a stall, shorter a dip of the line.
    pub stall_hold: Micros,
    /// Moving in neutral.
    pub coasting: Spans,
    /// Uncertainty of a duration.
    pub time_u: Micros,
}

/// What the switches say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Engine {
    running: bool,
    /// `None` as long as nobody has said.
    neutral: Option<bool>,
    reverse: Option<bool>,
    /// It was in reverse since it last went forwards, or moved off.
    reversed: bool,
    /// It stands.
    stands: bool,
    off_since: Option<EventTime>,
    /// It runs since then, as far as it was heard.
    on_since: Option<EventTime>,
    /// The starter is held since then; its first word is no start: it may have been held before.
    starter: Option<EventTime>,
    starter_heard: bool,
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
        neutral: None,
        reverse: None,
        reversed: false,
        stands: false,
        off_since: None,
        on_since: None,
        starter: None,
        starter_heard: false,
        coasting: WhileMoving::BEGIN,
    };

    fn limits(reader: &mut LimitReader<'_>) -> Limits {
        Limits {
            stall_hold: reader.micros("stall_hold"),
            coasting: Spans {
                grace: Micros(0),
                hold: reader.micros("coasting_hold"),
                stop_told: reader.stop_told(),
            },
            time_u: reader.micros("time_u"),
        }
    }

    fn begins(_: What<()>) -> bool {
        true
    }

    fn step(mut self, fact: Fact<()>, limits: Limits, sheet: &mut Sheet) -> Self {
        let at = fact.at;
        match fact.what {
            What::MovedOff(_) => {
                self.coasting.moves(at);
                // What it did before it stood is none of the roll-backs that are told from now on.
                if std::mem::take(&mut self.stands) {
                    self.reversed = self.reverse == Some(true);
                }
            }
            What::Stopped | What::Slowed => {
                self.coasting.rests(at, limits.coasting);
                self.stands |= fact.what == What::Stopped;
            }
            // Whoever turns it off out of sight or hearing has not stalled it.
            What::Unseen => {
                self.coasting.rests(at, limits.coasting);
                self.running = false;
                self.off_since = None;
            }
            What::Unheard(since) => {
                self.coasting.unheard(since, limits.coasting);
                let (coasting, stands) = (self.coasting, self.stands);
                self = Engine {
                    coasting,
                    stands,
                    ..Engine::BEGIN
                };
            }
            What::SignalUnsaid(signal, since) => self.unsaid(signal, since, limits),
            What::Signal(signal, on) => self.heard(at, signal, on, limits, sheet),
            // It is told when it is forward again, and perhaps out of reverse.
            What::Goes(Way::Forwards) => self.reversed = self.reverse == Some(true),
            What::RolledBack(by) => self.rolled_back(at, by, sheet),
            // The wire of the reverse gear may have failed since it was heard to be in.
            What::WentBack(by) if !self.reversed && self.running => sheet.ask_distance(at, Wrong::RolledBackFar, by),
            What::Deadline => {
                self.note_stall(at, limits, sheet);
                if let Some(since) = self.coasting.decided(at, limits.coasting) {
                    sheet.fault_by_switch(since, Wrong::Coasting);
                }
            }
            _ => {}
        }
        self
    }

    fn deadline(self, limits: Limits) -> Option<EventTime> {
        let due = [self.stalled(limits), self.coasting.due(limits.coasting)];
        due.into_iter().flatten().min()
    }
}

impl Engine {
    fn heard(&mut self, at: EventTime, signal: Signal, on: bool, limits: Limits, sheet: &mut Sheet) {
        match (signal, on) {
            (Signal::EngineRunning, running) => {
                // A deadline waits until the vehicle is seen; an engine that was off for so long has stalled all the same.
                self.note_stall(at, limits, sheet);
                // In neutral it is turned off, not stalled.
                self.off_since = (self.running && !running && self.neutral != Some(true)).then_some(at);
                self.running = running;
                self.on_since = running.then_some(at);
                // A motorcycle that is pushed does not coast.
                self.coasting
                    .state(at, running && self.neutral == Some(true), limits.coasting);
            }
            (Signal::Neutral, on) => {
                self.neutral = Some(on);
                self.coasting.state(at, on && self.running, limits.coasting);
            }
            (Signal::Starter, true) => {
                if self.starter_heard && self.neutral == Some(false) && !self.running {
                    sheet.fault_by_switch(at, Wrong::StartedInGear);
                }
                (self.starter, self.starter_heard) = (Some(at).filter(|_| self.starter_heard), true);
            }
            (Signal::Starter, false) => {
                self.starter_heard = true;
                // How long it was held while the engine already ran.
                if let (Some(held), Some(runs)) = (self.starter.take(), self.on_since) {
                    sheet.time(at, Wrong::StarterHeld, at - held.max(runs), limits.time_u);
                }
            }
            (Signal::Reverse, on) => {
                self.reverse = Some(on);
                self.reversed |= on;
            }
            _ => {}
        }
    }

    /// Nobody rolls back in reverse; where nobody knows whether it was in, a person says.
    fn rolled_back(&self, at: EventTime, by: Distance, sheet: &mut Sheet) {
        if self.reversed || !self.running {
            return;
        }
        for fault in [Wrong::RolledBackFar, Wrong::RolledBack] {
            match self.reverse {
                Some(_) => sheet.distance(at, fault, by),
                None => sheet.ask_distance(at, fault, by),
            }
        }
    }

    /// Nobody hears this switch any more.
    fn unsaid(&mut self, signal: Signal, since: EventTime, limits: Limits) {
        match signal {
            Signal::EngineRunning => {
                self.coasting.unheard(since, limits.coasting);
                (self.running, self.off_since, self.on_since) = (false, None, None);
            }
            Signal::Neutral => {
                self.coasting.unheard(since, limits.coasting);
                self.neutral = None;
            }
            Signal::Reverse => self.reverse = None,
            Signal::Starter => (self.starter, self.starter_heard) = (None, false),
            _ => {}
        }
    }

    /// Writes down, once, that it has been off for so long by now.
    fn note_stall(&mut self, at: EventTime, limits: Limits, sheet: &mut Sheet) {
        if self.stalled(limits).is_some_and(|due| due <= at)
            && let Some(since) = self.off_since.take()
        {
            sheet.fault_by_switch(since, Wrong::Stalled);
        }
    }

    /// When an engine that went off counts as stalled.
    fn stalled(self, limits: Limits) -> Option<EventTime> {
        self.off_since.map(|since| since + limits.stall_hold)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::check;

    const LIMITS: Limits = Limits {
        stall_hold: Micros(500_000),
        coasting: Spans {
            grace: Micros(0),
            hold: Micros(5_000_000),
            stop_told: Micros(500_000),
        },
        time_u: Micros(100_000),
    };

    #[test]
    fn the_starter_in_gear_and_held_too_long() {
        check::<Engine>(
            LIMITS,
            "0.0 signal neutral on
             0.0 signal starter off
             1.0 signal starter on
             1.5 signal engine_running on
             2.0 signal starter off               -> starter_held 500 ms
             9.0 signal engine_running off
             9.5 signal starter on                -> !started_in_gear
             9.6 signal starter off               -> !starter_held
            10.0 signal neutral off
            11.0 signal starter on                -> started_in_gear
            12.0 signal engine_running on
            15.0 signal starter off               -> starter_held 3000 ms
            15.5 signal neutral on
            16.0 signal engine_running off
            17.0 signal starter on                -> !started_in_gear
            18.0 signal engine_running on
            20.0 signal starter off               -> starter_held 2000 ms",
        );
    }

    /// Where it is driven backwards as well a metre is no proof of rolling, unless reverse was heard to be in: then it is none at all.
    #[test]
    fn who_went_back_far_where_one_reverses_is_asked() {
        for (heard, said) in [
            ("signal reverse off", "rolled_back_far 1200 u 12 ?"),
            ("signal reverse on", ""),
            ("unsaid engine_running", ""),
        ] {
            check::<Engine>(
                LIMITS,
                &format!(
                    "0.0 signal engine_running on
                     0.1 {heard}
                     2.0 stopped
                     4.0 moved_off 2000
                     6.0 went_back 1200 u 12 -> {said}"
                ),
            );
        }
    }

    /// Nobody asked in time, since the vehicle was only reckoned then: what the switches said stands. Off for 0.4 s, then 1.5 s.
    #[test]
    fn a_stall_counts_though_its_deadline_was_not_told() {
        let (mut engine, mut sheet) = (Engine::BEGIN, Sheet::default());
        for (at, running) in [(0, true), (2_000, false), (2_400, true), (3_000, false), (4_500, true)] {
            let what = What::Signal(Signal::EngineRunning, running);
            engine = engine.step(Fact::new(EventTime(at * 1_000), what), LIMITS, &mut sheet);
        }
        let written: Vec<_> = sheet.0.iter().map(|note| (note.at.0, note.fault)).collect();
        assert_eq!(written, [(3_000_000, "stalled")]);
    }

    #[test]
    fn each_stall_counts_and_a_late_first_word_is_none() {
        check::<Engine>(
            LIMITS,
            "0.0 signal engine_running off
             1.0 signal engine_running on
             2.0 signal engine_running off
             2.4 tick                     -> !stalled
             2.6 tick                     -> stalled
             3.0 signal engine_running on
             4.0 signal engine_running off
             4.2 signal engine_running on
             5.0 signal engine_running off
             6.0 tick                     -> stalled",
        );
    }

    #[test]
    fn whoever_turns_it_off_unseen_or_unheard_has_not_stalled_it() {
        for away in ["unseen", "unheard"] {
            check::<Engine>(
                LIMITS,
                &format!(
                    "1.0 signal engine_running on
                     2.0 {away}
                     3.0 signal engine_running off
                     9.0 tick"
                ),
            );
        }
    }

    #[test]
    fn coasting_needs_motion_neutral_and_a_running_engine_for_its_time() {
        check::<Engine>(
            LIMITS,
            "0.0 signal neutral on
             0.1 signal engine_running on
            20.0 moved_off 20000
            25.4 tick                      -> !coasting
            25.6 tick                      -> coasting
            40.0 signal neutral off
            41.0 signal neutral on
            45.0 stopped
            60.0 tick",
        );
        check::<Engine>(
            LIMITS,
            "0.0 signal neutral on
             0.1 signal engine_running off
            20.0 moved_off 20000
            60.0 tick",
        );
    }

    /// The box says nothing of the lever from 22 s to 26 s: it may have been in gear all the while.
    #[test]
    fn who_is_not_heard_to_be_in_neutral_does_not_coast() {
        check::<Engine>(
            LIMITS,
            "0.0 signal neutral on
             0.1 signal engine_running on
            20.0 moved_off 20000
            22.0 unsaid neutral
            26.0 signal neutral off
            30.0 tick                      -> !coasting",
        );
    }

    #[test]
    fn a_roll_back_is_weighed_when_the_engine_runs() {
        check::<Engine>(
            LIMITS,
            "0.0 rolled_back 320 u 10
             0.5 signal reverse off
             1.0 signal engine_running on
             2.0 rolled_back 349 u 10 -> rolled_back_far 349 u 10, rolled_back 349 u 10
             3.0 rolled_back 300 u 10 -> rolled_back_far 300 u 10, rolled_back 300 u 10
             4.0 rolled_back 100 u 10 -> rolled_back_far 100 u 10, rolled_back 100 u 10",
        );
    }

    /// Backwards in reverse, out of it before the vehicle is forward again; then it truly rolls; then nobody knows.
    #[test]
    fn reversing_is_no_rolling_back() {
        check::<Engine>(
            LIMITS,
            "0.0 signal reverse off
             1.0 signal engine_running on
             2.0 signal reverse on
             5.0 signal reverse off
             6.0 rolled_back 600 u 10
             6.1 goes forwards
             9.0 rolled_back 320 u 10 -> rolled_back_far 320 u 10, rolled_back 320 u 10
            10.0 unheard
            11.0 signal engine_running on
            12.0 rolled_back 320 u 10 -> rolled_back_far 320 u 10 ?, rolled_back 320 u 10 ?",
        );
    }

    /// Backwards in reverse until it stands, and out of the gear before it moves off again: what it does then is no reversing. In the
    /// gear as it moves off it is.
    #[test]
    fn a_roll_back_after_reversing_is_one() {
        let reversing = "0.0 signal reverse off
             1.0 signal engine_running on
             2.0 signal reverse on
             3.0 stopped
             4.0 moved_off 900
             9.0 stopped";
        check::<Engine>(
            LIMITS,
            &format!(
                "{reversing}
                 10.0 signal reverse off
                 11.0 moved_off 1900
                 12.0 rolled_back 320 u 10 -> rolled_back_far 320 u 10, rolled_back 320 u 10"
            ),
        );
        check::<Engine>(
            LIMITS,
            &format!(
                "{reversing}
                 11.0 moved_off 1900
                 11.5 signal reverse off
                 12.0 rolled_back 320 u 10"
            ),
        );
    }

    /// All switches are told anew after a silence, the starter before the gear.
    #[test]
    fn a_starter_that_is_held_when_it_is_heard_again_is_no_start() {
        check::<Engine>(
            LIMITS,
            "0.0 signal neutral on
             1.0 signal starter on
             1.1 unheard
             1.5 signal engine_running off
             1.5 signal starter on
             1.5 signal neutral off
             2.0 signal engine_running on
             5.0 signal starter off",
        );
    }

    /// Rolling in neutral with the engine running, for longer than five seconds in one go.
    #[test]
    fn coasting_ends_with_a_rest_a_silence_or_out_of_sight() {
        let roll = |engine: &str, after: &str| {
            let begin = format!("0.0 signal engine_running {engine}\n 0.0 signal neutral off\n 1.0 moved_off 5000");
            check::<Engine>(LIMITS, &format!("{begin}\n 10.0 signal neutral on\n {after}"));
        };
        roll("on", "15.4 tick -> !coasting\n 15.6 tick -> coasting");
        roll("off", "20.0 tick");
        for rest in ["stopped", "unseen", "unheard"] {
            roll("on", &format!("12.0 {rest}\n 20.0 tick"));
        }
        roll(
            "on",
            "12.0 slowed\n 12.5 moved_off 0\n 16.0 tick\n 17.9 tick\n 18.1 tick -> coasting",
        );
    }

    #[test]
    fn an_engine_that_goes_off_as_it_goes_out_of_sight_has_not_stalled() {
        check::<Engine>(
            LIMITS,
            "0.0 signal neutral off
             0.0 signal engine_running on
            10.0 signal engine_running off
            10.2 unseen
            12.0 tick",
        );
    }

    /// What was said of a switch before the box fell silent about it holds nobody.
    #[test]
    fn a_switch_of_which_nothing_is_said_any_more_charges_nobody() {
        for (before, signal, after, said) in [
            ("2.0 signal engine_running off", "engine_running", "9.0 tick", "stalled"),
            (
                "1.5 moved_off 1000\n 2.0 signal neutral on",
                "engine_running",
                "9.0 tick",
                "coasting",
            ),
            (
                "1.5 signal reverse off",
                "reverse",
                "9.0 rolled_back 320 u 10",
                "rolled_back_far 320 u 10, rolled_back 320 u 10",
            ),
            (
                "1.1 signal starter off\n 1.5 signal engine_running off\n 1.6 tick -> \n 1.7 signal neutral off",
                "starter",
                "1.9 signal starter on",
                "started_in_gear",
            ),
        ] {
            let spared = if signal == "reverse" {
                "rolled_back_far 320 u 10 ?, rolled_back 320 u 10 ?"
            } else {
                ""
            };
            for (silent, said) in [(String::new(), said), (format!("unsaid {signal}"), spared)] {
                let silent = if silent.is_empty() { "tick" } else { &silent };
                let at = if signal == "starter" { 1.8 } else { 2.1 };
                check::<Engine>(
                    LIMITS,
                    &format!("1.0 signal engine_running on\n {before}\n {at} {silent}\n {after} -> {said}"),
                );
            }
        }
        // Silent about neutral while it is in: an engine that goes off then may have stalled.
        check::<Engine>(
            LIMITS,
            "1.0 signal engine_running on
             1.5 signal neutral on
             2.0 unsaid neutral
             3.0 signal engine_running off
             9.0 tick -> stalled",
        );
    }
}
