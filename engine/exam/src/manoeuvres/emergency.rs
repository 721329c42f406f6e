//! 紧急情况处置: an obstacle appears; brake and stop in time, then switch the hazard lamps on.
//!
//! The obstacle lights up when the front wheels cross the prompt line, and a moment after that, which nobody measures: that
//! moment belongs to the candidate. Whoever passes the exit line without having stopped has not stopped in time; how soon the
//! foot brake is due a province may say, nationally an examiner does. The hazard lamps count as soon as they were on while it
//! stood: who creeps on a little and stops again has not driven off. Deliberately not here: what is done outside the vehicle after a tyre has
//! burst.
use crate::manoeuvre::held::Held;
use crate::manoeuvre::stretch::{Drive, Stretch};
use crate::manoeuvre::{Fact, Role, Sheet, Took, Watch, What, Wheel};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::Signal;
use kaoguan_telemetry::units::{EventTime, Micros};

crate::faults! {
    /// 紧急情况处置 faults.
    EmergencyFault {
        /// 前方突然出现障碍物时未停车
        NotStopped = "not_stopped",
        /// 前方突然出现障碍物时未及时制动
        BrakedLate = "braked_late",
        /// 停车后未开启危险报警闪光灯
        NoHazardLamps = "no_hazard_lamps",
        /// 不按规定路线、顺序行驶
        WrongRoute = "wrong_route",
    }
}
use EmergencyFault as Wrong;

/// Parts of the stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmergencyPart {
    /// Entry line.
    Entry,
    /// Where the front wheels make the obstacle appear.
    Prompt,
    /// Exit line, at the obstacle.
    Exit,
    /// Either edge line; it leads, and is not judged.
    Edge,
}
use EmergencyPart as Part;

/// Limits of the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Uncertainty of a duration.
    pub time_u: Micros,
    /// From the line to the obstacle's lighting up it takes no longer.
    pub prompt_delay: Micros,
    /// Hazard lamps count as lit for so long after they were.
    pub blink: Micros,
    /// An authority has set how soon the brake is due.
    pub judges_time: bool,
}

/// A drive up to the obstacle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Surprise {
    brake: Held,
    hazard: Held,
    prompt: Option<EventTime>,
    /// When the brake was first on after the prompt.
    braked: Option<EventTime>,
    rest: Rest,
    /// Since when that is so, and when it moved off again.
    since: EventTime,
    left: Option<EventTime>,
    /// The hazard lamps were on while it stood after the prompt.
    warned: bool,
    /// They were on after it, at some time.
    flashed: bool,
}

/// No end is known.
const FOREVER: EventTime = EventTime(i64::MAX);

/// What is known of the last stop; behind the prompt, of one for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    None,
    /// It has been slow: that may have been a stop.
    Slow,
    Stands,
    /// It has stood, and goes on.
    Stood,
}

/// The manoeuvre.
pub type Emergency = Stretch<Surprise>;

impl Drive for Surprise {
    const NAME: &'static str = "emergency";
    type Part = EmergencyPart;
    type Fault = Wrong;
    type Limits = Limits;
    const ROLES: &'static [Role<Part>] = &[
        Role::one("entry_line", Part::Entry, &[Watch::Crossing]),
        Role::one("prompt_line", Part::Prompt, &[Watch::Crossing]),
        Role::one("exit_line", Part::Exit, &[Watch::Crossing]),
        Role::one("edge_left", Part::Edge, &[Watch::Nothing]),
        Role::one("edge_right", Part::Edge, &[Watch::Nothing]),
    ];
    const ENTRY: Part = Part::Entry;
    const EXIT: Part = Part::Exit;
    const WRONG_ROUTE: Wrong = Wrong::WrongRoute;

    fn limits(reader: &mut LimitReader<'_>) -> Limits {
        Limits {
            time_u: reader.micros("time_u"),
            prompt_delay: reader.micros("prompt_delay"),
            blink: reader.micros("blink"),
            judges_time: reader.rule_has_limit(Wrong::BrakedLate),
        }
    }

    fn begin(at: EventTime) -> Surprise {
        Surprise {
            brake: Held::NEVER,
            hazard: Held::NEVER,
            prompt: None,
            braked: None,
            rest: Rest::None,
            since: at,
            left: None,
            warned: false,
            flashed: false,
        }
    }

    fn step(&mut self, fact: Fact<Part>, limits: Limits, sheet: &mut Sheet) {
        let at = fact.at;
        match fact.what {
            What::Signal(Signal::BrakeFoot, on) => {
                self.brake.hear(at, on);
                self.see_brake(at, limits, sheet);
            }
            What::Signal(Signal::HazardLamps, on) => {
                self.hazard.hear(at, on);
                self.see_lamps(at, limits);
            }
            What::SignalUnsaid(Signal::BrakeFoot, _) => self.brake = Held::NEVER,
            What::SignalUnsaid(Signal::HazardLamps, _) => self.hazard = Held::NEVER,
            What::Unheard(_) => [self.brake, self.hazard] = [Held::NEVER; 2],
            What::Crossed(Part::Prompt, Wheel::Front) if self.prompt.is_none() => {
                self.prompt = Some(at);
                // The foot is on the brake already, or came to it before the crossing was told.
                if self.brake.was_on(at, at + limits.prompt_delay) {
                    self.braked = Some(at);
                }
                self.see_earlier_rest(at, limits);
                // Lamps that came on behind the line, before the crossing was told, were on after it too.
                self.flashed |= self.hazard.was_on(at - limits.blink, FOREVER);
            }
            What::Slowed if self.prompt.is_none() || self.rest == Rest::None => self.rests(Rest::Slow, at),
            What::Stopped => {
                self.rests(Rest::Stands, at);
                self.see_lamps(at, limits);
            }
            What::MovedOff(_) => {
                self.left.get_or_insert(at);
                if self.rest == Rest::Stands {
                    self.see_lamps(at, limits);
                    self.rest = Rest::Stood;
                }
            }
            What::Crossed(Part::Exit, Wheel::Rear) if self.prompt.is_some() => self.leave(at, sheet),
            _ => {}
        }
    }

    fn has_met_all(&self) -> bool {
        self.prompt.is_some()
    }

    fn deadline(&self, _: Limits) -> Option<EventTime> {
        None
    }
}

impl Surprise {
    /// The first braking after the prompt is held against the time, less what the prompt may have needed to appear.
    fn see_brake(&mut self, at: EventTime, limits: Limits, sheet: &mut Sheet) {
        let (Some(prompt), None, true) = (self.prompt, self.braked, self.brake.is_on()) else {
            return;
        };
        self.braked = Some(at);
        if limits.judges_time {
            let at_most = at - prompt;
            let surely = (at_most - limits.prompt_delay).max(Micros(0));
            sheet.time(at, Wrong::BrakedLate, Took { surely, at_most }, limits.time_u);
        }
    }

    fn rests(&mut self, rest: Rest, at: EventTime) {
        (self.rest, self.since, self.left) = (rest, at, None);
    }

    /// A crossing is told some centimetres behind its line, and a rest just there before it: one that began behind the line was for the
    /// prompt. One that began before it and did not end before it may have been for it.
    fn see_earlier_rest(&mut self, prompt: EventTime, limits: Limits) {
        let stood = matches!(self.rest, Rest::Stands | Rest::Stood);
        if self.since >= prompt {
            let until = self.left.unwrap_or(FOREVER);
            self.warned |= stood && self.hazard.was_on(self.since - limits.blink, until);
        } else if self.rest != Rest::None && self.left.is_none_or(|left| left >= prompt) {
            self.rest = Rest::Slow;
        } else {
            self.rest = Rest::None;
        }
    }

    fn see_lamps(&mut self, at: EventTime, limits: Limits) {
        let lit = self.prompt.is_some() && self.hazard.was_on(at - limits.blink, at);
        self.flashed |= lit;
        self.warned |= lit && self.rest == Rest::Stands;
    }

    fn leave(self, at: EventTime, sheet: &mut Sheet) {
        match self.rest {
            Rest::None => sheet.fault(at, Wrong::NotStopped),
            Rest::Slow => sheet.ask(at, Wrong::NotStopped),
            // Who stopped without the foot brake: how that was is for a person to say.
            Rest::Stands | Rest::Stood if self.braked.is_none() => sheet.ask(at, Wrong::BrakedLate),
            Rest::Stands | Rest::Stood => {}
        }
        if matches!(self.rest, Rest::Stands | Rest::Stood) && !self.warned {
            match self.flashed {
                // While it moved only: before the stop or after it.
                true => sheet.ask(at, Wrong::NoHazardLamps),
                false => sheet.fault_by_switch_at_place(at, Wrong::NoHazardLamps),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::check;

    const LIMITS: Limits = Limits {
        time_u: Micros(30_000),
        prompt_delay: Micros(500_000),
        blink: Micros(1_000_000),
        judges_time: false,
    };
    const LOCAL: Limits = Limits {
        judges_time: true,
        ..LIMITS
    };

    #[test]
    fn clean() {
        check::<Emergency>(
            LIMITS,
            "0.0 crossed entry_line front
             5.0 crossed prompt_line front
             5.8 signal brake_foot on
             8.0 slowed
             8.1 stopped
             9.0 signal hazard_lamps on
             9.3 signal hazard_lamps off
            14.0 moved_off 6000
            19.0 crossed exit_line rear   -> !not_stopped, !no_hazard_lamps, !wrong_route",
        );
    }

    /// Half a second of every time is the prompt's.
    #[test]
    fn the_brake_is_weighed_where_an_authority_has_set_its_time() {
        for (on, said) in [
            ("5.3", "braked_late 0 ms"),
            ("6.4", "braked_late 900 ms"),
            ("7.5", "braked_late 2000 ms"),
        ] {
            check::<Emergency>(
                LOCAL,
                &format!(
                    "0.0 crossed entry_line front
                     2.0 signal brake_foot on
                     3.0 signal brake_foot off
                     5.0 crossed prompt_line front
                     {on} signal brake_foot on -> {said}
                     8.0 stopped
                     8.1 signal brake_foot off
                     8.2 signal brake_foot on"
                ),
            );
        }
    }

    /// Standing before the line, rolling over it with a foot on the brake: it was on when the obstacle appeared.
    #[test]
    fn a_foot_that_is_on_the_brake_already_brakes_in_time() {
        check::<Emergency>(
            LOCAL,
            "0.0 crossed entry_line front
             3.0 stopped
             4.0 moved_off 500
             4.9 signal brake_foot on
             5.0 crossed prompt_line front
             6.0 stopped
             6.5 signal hazard_lamps on
            14.0 moved_off 6000
            19.0 crossed exit_line rear",
        );
    }

    /// A stop before the obstacle appeared is none for it.
    #[test]
    fn who_drives_on_has_not_stopped() {
        check::<Emergency>(
            LIMITS,
            "0.0 crossed entry_line front
             2.0 stopped
             4.0 moved_off 1500
             5.0 crossed prompt_line front
             6.0 signal brake_foot on
             9.0 crossed exit_line rear -> not_stopped",
        );
    }

    #[test]
    fn who_was_slow_for_a_moment_may_have_stopped() {
        check::<Emergency>(
            LIMITS,
            "0.0 crossed entry_line front
             5.0 crossed prompt_line front
             6.0 signal brake_foot on
             7.0 slowed
             7.3 moved_off 0
             9.0 crossed exit_line rear -> not_stopped ?",
        );
    }

    #[test]
    fn a_stop_without_the_foot_brake_is_for_a_person_to_judge() {
        check::<Emergency>(
            LIMITS,
            "0.0 crossed entry_line front
             5.0 crossed prompt_line front
             7.0 stopped
             7.5 signal hazard_lamps on
             9.0 moved_off 1000
             12.0 crossed exit_line rear -> braked_late ?",
        );
    }

    /// Without the lamps; and with them on the way on only, or before the stop only.
    #[test]
    fn hazard_lamps_while_it_stands() {
        for (on, off, said) in [
            ("", "", "no_hazard_lamps"),
            ("13.0", "16.0", "no_hazard_lamps ?"),
            ("5.5", "5.9", "no_hazard_lamps ?"),
            ("6.5", "6.9", "!no_hazard_lamps"),
            ("11.9", "14.0", "!no_hazard_lamps"),
        ] {
            let mut rows = vec![
                (0.0_f64, "crossed entry_line front".to_owned()),
                (5.0, "crossed prompt_line front".to_owned()),
                (5.2, "signal brake_foot on".to_owned()),
                (7.0, "stopped".to_owned()),
                (12.0, "moved_off 4000".to_owned()),
                (19.0, format!("crossed exit_line rear -> {said}")),
            ];
            if !on.is_empty() {
                rows.push((on.parse().unwrap(), "signal hazard_lamps on".to_owned()));
                rows.push((off.parse().unwrap(), "signal hazard_lamps off".to_owned()));
            }
            rows.sort_by(|a, b| a.0.total_cmp(&b.0));
            let script: String = rows.iter().map(|(at, what)| format!("{at} {what}\n")).collect();
            check::<Emergency>(LIMITS, &script);
        }
    }

    /// It creeps on a little, stops again, and thinks of the lamps.
    #[test]
    fn lamps_at_the_second_rest_are_lamps_after_the_stop() {
        check::<Emergency>(
            LIMITS,
            "0.0 crossed entry_line front
             5.0 crossed prompt_line front
             5.2 signal brake_foot on
             7.0 stopped
             9.0 moved_off 1500
            10.0 stopped
            11.0 signal hazard_lamps on
            14.0 moved_off 3500
            19.0 crossed exit_line rear",
        );
    }

    #[test]
    fn away_from_the_road_or_past_the_prompt_is_a_wrong_route() {
        for way in ["left_ground", "crossed exit_line rear"] {
            check::<Emergency>(
                LIMITS,
                &format!("0.0 crossed entry_line front\n 3.0 {way} -> wrong_route\n 4.0 crossed prompt_line front"),
            );
        }
    }

    /// Lit until just before the obstacle appeared: a blink is dark for as long, so they may have been lit then.
    #[test]
    fn lamps_that_blinked_as_the_obstacle_appeared_are_asked_about() {
        check::<Emergency>(
            LIMITS,
            "0.0 crossed entry_line front
             4.7 signal hazard_lamps on
             4.9 signal hazard_lamps off
             5.0 crossed prompt_line front
             5.5 signal brake_foot on
             7.0 stopped
            14.0 moved_off 6000
            19.0 crossed exit_line rear -> no_hazard_lamps ?",
        );
    }

    /// A rest is told after it began: lamps that came on meanwhile were lit while it stood.
    #[test]
    fn lamps_that_are_on_as_it_moves_off_were_on_at_rest() {
        check::<Emergency>(
            LIMITS,
            "0.0 crossed entry_line front
             5.0 crossed prompt_line front
             5.5 signal brake_foot on
             7.3 signal hazard_lamps on
             7.0 stopped
            14.0 moved_off 6000
            19.0 crossed exit_line rear -> !no_hazard_lamps",
        );
    }

    /// Slow before the obstacle appeared is no stop for it, and slow behind the stop takes nothing away from it.
    #[test]
    fn only_the_first_slow_moment_behind_the_prompt_may_be_a_stop() {
        check::<Emergency>(
            LIMITS,
            "0.0 crossed entry_line front
             2.0 slowed
             2.3 moved_off 0
             5.0 crossed prompt_line front
             5.5 signal brake_foot on
             9.0 crossed exit_line rear -> not_stopped",
        );
        check::<Emergency>(
            LIMITS,
            "0.0 crossed entry_line front
             5.0 crossed prompt_line front
             5.5 signal brake_foot on
             7.0 slowed
             7.0 stopped
             8.0 signal hazard_lamps on
            14.0 moved_off 6000
            15.0 slowed
            15.3 moved_off 0
            19.0 crossed exit_line rear -> !not_stopped",
        );
    }

    /// A brake that nobody heard any more is no brake; whoever stands at the exit, as far as is known, has stopped.
    #[test]
    fn a_silent_box_knows_no_brake() {
        check::<Emergency>(
            LIMITS,
            "0.0 crossed entry_line front
             2.0 signal brake_foot on
             4.0 unheard
             5.0 crossed prompt_line front
             7.0 stopped
             7.5 signal hazard_lamps on
            19.0 crossed exit_line rear -> braked_late ?",
        );
    }

    /// It stands with its wheels hardly past the line: that it crossed it is beyond doubt, and told, only when it moves on.
    #[test]
    fn a_stop_that_is_told_before_the_prompt_counts() {
        for (lamps, said) in [
            ("6.5", "!not_stopped, !no_hazard_lamps"),
            ("1.0", "!not_stopped, no_hazard_lamps"),
        ] {
            for told in [
                "12.0 moved_off 6000\n 5.0 crossed prompt_line front",
                "5.0 crossed prompt_line front\n 12.0 moved_off 6000",
            ] {
                check::<Emergency>(
                    LIMITS,
                    &format!(
                        "0.0 crossed entry_line front
                         {lamps} signal hazard_lamps on
                         {lamps} signal hazard_lamps off
                         4.8 signal brake_foot on
                         5.3 stopped
                         {told}
                         19.0 crossed exit_line rear -> {said}"
                    ),
                );
            }
        }
    }

    /// Slow only just past the line; and at rest since before it, as far as anybody can tell: that may have been a stop for it.
    #[test]
    fn what_may_have_been_a_stop_for_it_is_asked_about() {
        for (rest, said) in [
            ("5.3 slowed\n 5.6 moved_off 0", "not_stopped ?"),
            ("4.9 stopped\n 5.6 moved_off 700", "not_stopped ?"),
            ("4.9 slowed\n 4.95 moved_off 0", "not_stopped"),
            ("4.0 stopped\n 4.95 moved_off 900", "not_stopped"),
            ("4.0 stopped\n 5.0 moved_off 1000", "not_stopped ?"),
            ("4.9 slowed\n 5.2 moved_off 0", "not_stopped ?"),
            ("5.0 stopped\n 7.0 moved_off 2000", "braked_late ?, no_hazard_lamps"),
        ] {
            check::<Emergency>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front\n {rest}\n 5.0 crossed prompt_line front\n 9.0 crossed exit_line rear -> {said}"
                ),
            );
        }
    }

    /// The lamps blinked as it came to rest and were put out; and while it was only slow, before it stood without them.
    #[test]
    fn lamps_of_a_stop_that_is_told_before_the_prompt() {
        for (rows, said) in [
            (
                "4.9 signal hazard_lamps on\n 5.0 signal hazard_lamps off\n 5.3 stopped",
                "!no_hazard_lamps",
            ),
            (
                "5.1 signal hazard_lamps on\n 5.2 signal hazard_lamps off\n 5.1 slowed\n 5.3 moved_off 0",
                "no_hazard_lamps ?",
            ),
        ] {
            check::<Emergency>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front
                     4.8 signal brake_foot on
                     {rows}
                     5.0 crossed prompt_line front
                     8.0 stopped
                    12.0 moved_off 4000
                    19.0 crossed exit_line rear -> {said}"
                ),
            );
        }
    }

    /// The foot brake's wire fails while it is on, before the obstacle appears: nobody knows that it braked.
    #[test]
    fn a_brake_of_which_nobody_hears_any_more_is_none() {
        for (lost, said) in [("tick", "!braked_late"), ("unsaid brake_foot", "braked_late ?")] {
            check::<Emergency>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front
                     2.0 signal brake_foot on
                     3.0 {lost}
                     5.0 crossed prompt_line front
                     7.0 stopped
                     7.5 signal hazard_lamps on
                    12.0 moved_off 5000
                    19.0 crossed exit_line rear -> {said}"
                ),
            );
        }
    }

    /// It stops for the obstacle where its rear wheels have just left the item, and nothing was lit up to there.
    #[test]
    fn who_stands_at_the_exit_has_stopped_without_lamps() {
        check::<Emergency>(
            LIMITS,
            "0.0 crossed entry_line front
             5.0 crossed prompt_line front
             5.5 signal brake_foot on
             9.0 stopped
             8.9 crossed exit_line rear -> no_hazard_lamps, !not_stopped",
        );
    }

    #[test]
    fn the_obstacle_appears_once() {
        check::<Emergency>(
            LOCAL,
            "0.0 crossed entry_line front
             5.0 crossed prompt_line front
             6.0 crossed prompt_line front
             6.4 signal brake_foot on   -> braked_late 900 ms",
        );
    }

    /// Hazard lamps whose wire fails before it stands: nobody knows them lit while it stood.
    #[test]
    fn lamps_of_which_nobody_hears_any_more_are_not_lit() {
        for (lost, said) in [("tick", "!no_hazard_lamps"), ("unsaid hazard_lamps", "no_hazard_lamps")] {
            check::<Emergency>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front
                     0.2 signal hazard_lamps on
                     0.5 {lost}
                     5.0 crossed prompt_line front
                     6.0 signal brake_foot on
                     8.0 stopped
                    12.0 moved_off 4000
                    20.0 crossed exit_line rear -> {said}"
                ),
            );
        }
    }
}
