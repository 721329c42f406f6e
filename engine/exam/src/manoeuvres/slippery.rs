//! 模拟湿滑路: over the wet stretch in a low gear, slowed before it.
//!
//! The gear is low by the line where the stretch begins, or a moment behind it, and until the rear wheels have left it. Between
//! two gears a lever is in neutral for a moment: who rolls in neutral for longer has no low gear in, and a person says what
//! that was. No source says how slow is slow enough: a province may. Deliberately not here: jerks (急加速、急刹车), which no source
//! gives a number for.
use crate::manoeuvre::held::{Due, Dues, Held, Late, Unsure};
use crate::manoeuvre::stretch::{Drive, Stretch};
use crate::manoeuvre::{Fact, Role, Sheet, Watch, What, Wheel};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::Gear;
use kaoguan_telemetry::units::{EventTime, Micros};

crate::faults! {
    /// 模拟湿滑路 faults.
    SlipperyFault {
        /// 未能使用低速挡平稳通过
        HighGear = "high_gear",
        /// 进入湿滑路前未减速
        NotSlowed = "not_slowed",
        /// 不按规定路线、顺序行驶
        WrongRoute = "wrong_route",
    }
}
use SlipperyFault as Wrong;

/// Parts of the slippery road.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlipperyPart {
    /// Entry line, on the way to the stretch.
    Entry,
    /// Where the wet stretch begins.
    Begin,
    /// Where it ends.
    End,
    /// Exit line.
    Exit,
    /// Either edge line; it leads, and is not judged.
    Edge,
}
use SlipperyPart as Part;

/// Limits of the slippery road.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The highest gear that is low.
    pub low_gear: u8,
    /// The gear may be in so long behind the line.
    pub late: Late,
    /// Between two gears a lever is no longer in neutral.
    pub shift: Micros,
    /// An authority has set how fast one may come to it.
    pub judges_speed: bool,
}

/// A drive over it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wet {
    gear: Option<Gear>,
    /// A gear is in that is not low.
    high: Unsure,
    on: On,
    /// The line where the stretch begins, as long as the gear there was not looked at.
    dues: Dues<()>,
    /// It moves in neutral since then, as far as the gear was heard.
    neutral: Option<EventTime>,
    rests: bool,
}

/// The manoeuvre.
pub type Slippery = Stretch<Wet>;

/// Where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum On {
    Before,
    Since(EventTime),
    Until(EventTime),
}

impl Drive for Wet {
    const NAME: &'static str = "slippery";
    type Part = SlipperyPart;
    type Fault = Wrong;
    type Limits = Limits;
    const ROLES: &'static [Role<Part>] = &[
        Role::one("entry_line", Part::Entry, &[Watch::Crossing]),
        Role::one("zone_begin", Part::Begin, &[Watch::Crossing, Watch::Pace]),
        Role::one("zone_end", Part::End, &[Watch::Crossing]),
        Role::one("exit_line", Part::Exit, &[Watch::Crossing]),
        Role::one("edge_left", Part::Edge, &[Watch::Nothing]),
        Role::one("edge_right", Part::Edge, &[Watch::Nothing]),
    ];
    const ENTRY: Part = Part::Entry;
    const EXIT: Part = Part::Exit;
    const WRONG_ROUTE: Wrong = Wrong::WrongRoute;

    fn limits(reader: &mut LimitReader<'_>) -> Limits {
        Limits {
            low_gear: reader.gear("low_gear"),
            late: reader.late("late"),
            shift: reader.micros("shift"),
            judges_speed: reader.rule_has_limit(Wrong::NotSlowed),
        }
    }

    fn begin(_: EventTime) -> Wet {
        Wet {
            gear: None,
            high: Unsure::NEVER,
            on: On::Before,
            dues: Dues::NONE,
            neutral: None,
            rests: false,
        }
    }

    fn step(&mut self, fact: Fact<Part>, limits: Limits, sheet: &mut Sheet) {
        let at = fact.at;
        match fact.what {
            What::Gear(gear) => self.shift(at, gear, limits, sheet),
            What::Unheard(_) | What::GearUnsaid => {
                self.gear = None;
                self.high.unheard(at);
            }
            What::Pace(Part::Begin, Wheel::Front, pace) if limits.judges_speed => {
                sheet.too_fast(at, Wrong::NotSlowed, pace.map(|pace| pace.here));
            }
            What::Crossed(Part::Begin, Wheel::Front) if self.on == On::Before => {
                self.on = On::Since(at);
                self.dues.push(at, ());
            }
            What::Crossed(Part::End | Part::Exit, Wheel::Rear) if matches!(self.on, On::Since(_)) => {
                self.on = On::Until(at);
            }
            What::Slowed | What::Stopped => (self.rests, self.neutral) = (true, None),
            What::MovedOff(_) => {
                self.rests = false;
                self.neutral = (self.gear == Some(Gear::Neutral)).then_some(at);
            }
            What::Deadline => self.deadline_came(at, limits, sheet),
            _ => {}
        }
    }

    fn has_met_all(&self) -> bool {
        matches!(self.on, On::Until(_))
    }

    fn deadline(&self, limits: Limits) -> Option<EventTime> {
        let neutral = self.rolls_in_neutral().map(|since| since + limits.shift);
        self.dues.next(limits.late).into_iter().chain(neutral).min()
    }
}

impl Wet {
    /// Another gear; what came in a moment behind the line is looked at then.
    fn shift(&mut self, at: EventTime, gear: Gear, limits: Limits, sheet: &mut Sheet) {
        let high = matches!(gear, Gear::Forward(no) if no > limits.low_gear);
        self.gear = Some(gear);
        self.high.hear(at, high);
        let rolls = gear == Gear::Neutral && !self.rests;
        self.neutral = rolls.then(|| self.neutral.unwrap_or(at));
        let on = matches!(self.on, On::Since(since) if at > since);
        if high && on && self.dues.next(limits.late).is_none() {
            sheet.fault_by_switch_at_place(at, Wrong::HighGear);
        }
    }

    /// Since when it has rolled in neutral on the stretch.
    fn rolls_in_neutral(self) -> Option<EventTime> {
        match self.on {
            On::Since(begun) if self.gear.is_some() => self.neutral.map(|since| since.max(begun)),
            _ => None,
        }
    }

    fn deadline_came(&mut self, at: EventTime, limits: Limits, sheet: &mut Sheet) {
        while let Some(due) = self.dues.take(at, limits.late) {
            self.look(due, limits, sheet);
        }
        if let Some(since) = self.rolls_in_neutral().filter(|since| *since + limits.shift <= at) {
            sheet.ask(since, Wrong::HighGear);
            self.neutral = None;
        }
    }

    /// The gear a moment behind the line, and from then on. Who has left a short stretch by then has driven over it in no other one.
    fn look(&self, due: Due<()>, limits: Limits, sheet: &mut Sheet) {
        let last = due.last(limits.late);
        let is_high = |high: Held| match self.on {
            On::Until(end) if end <= last => high.stayed_on(due.at, last),
            On::Until(end) => high.was_on(last, end),
            _ => high.was_on(last, due.looked_at(limits.late)),
        };
        sheet.fault_by_switch_at_place_if_heard(due.at, Wrong::HighGear, self.high.was(is_high));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::check;

    /// A second, a frame of the box, and what it needs to tell.
    const LATE: Late = Late {
        counts: Micros(1_100_000),
        told: Micros(250_000),
    };
    const LIMITS: Limits = Limits {
        low_gear: 2,
        late: LATE,
        shift: Micros(3_000_000),
        judges_speed: false,
    };

    /// Third gear on the way, second on the stretch, third again behind it.
    #[test]
    fn clean() {
        check::<Slippery>(
            LIMITS,
            "0.0 crossed entry_line front
             0.0 gear 3
             2.0 gear neutral
             2.5 gear 2
             4.0 pace zone_begin front 20000 least 20000 most 30000 u 180
             4.0 crossed zone_begin front
            12.0 crossed zone_end front
            13.0 crossed zone_end rear   -> !high_gear
            13.5 gear 3
            18.0 crossed exit_line rear",
        );
    }

    #[test]
    fn a_gear_that_is_in_a_moment_late_is_in_time() {
        for (shifts, early, late) in [("5.05", "!high_gear", ""), ("5.4", "", "high_gear")] {
            check::<Slippery>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front
                     0.0 gear 3
                     4.0 crossed zone_begin front
                     {shifts} gear 2 -> {late}
                     6.0 tick -> {early}"
                ),
            );
        }
    }

    #[test]
    fn shifting_up_on_the_stretch() {
        check::<Slippery>(
            LIMITS,
            "0.0 crossed entry_line front
             0.0 gear 2
             4.0 crossed zone_begin front
             8.0 gear neutral
             8.6 gear 3                   -> high_gear
            13.0 crossed zone_end rear",
        );
    }

    #[test]
    fn a_short_stretch_has_its_whole_second() {
        for (shifts, said) in [("gear 2", "!high_gear"), ("tick", "high_gear")] {
            check::<Slippery>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front
                     0.0 gear 4
                     4.0 crossed zone_begin front
                     4.6 crossed zone_end rear
                     4.9 {shifts}
                     5.0 crossed exit_line rear
                     6.0 tick -> {said}"
                ),
            );
        }
    }

    /// In a low gear over a short stretch, and up behind it within the second of its beginning.
    #[test]
    fn shifting_up_behind_a_short_stretch() {
        check::<Slippery>(
            LIMITS,
            "0.0 crossed entry_line front
             0.0 gear 2
             4.0 crossed zone_begin front
             4.6 crossed zone_end rear
             4.8 gear 3
             6.0 tick                     -> !high_gear",
        );
    }

    /// The box's word for the gear is missing from the line on: nobody knows whether a high one is still in, and a person is asked. Of a
    /// low one before and behind the hole nobody is.
    #[test]
    fn a_gear_that_nobody_tells_is_asked_about() {
        for (before, lost, behind, said) in [
            ("3", "unsaid gear", "tick", "high_gear ?"),
            ("3", "unheard", "gear 2", "high_gear ?"),
            ("2", "unheard", "gear 2", "!high_gear"),
            ("2", "unsaid gear", "tick", ""),
        ] {
            check::<Slippery>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front
                     0.0 gear {before}
                     3.8 {lost}
                     4.0 crossed zone_begin front
                     5.2 {behind}
                     6.0 tick                     -> {said}"
                ),
            );
        }
    }

    /// In neutral before a hole and behind it: a person says what that was, once its time is over; in gear behind it nobody does.
    #[test]
    fn neutral_on_both_sides_of_a_hole() {
        for (behind, said) in [("gear neutral", "high_gear ?"), ("gear 2", "")] {
            check::<Slippery>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front
                     0.0 gear 2
                     4.0 crossed zone_begin front
                     6.0 gear neutral
                     8.0 unheard
                     8.3 {behind}
                     9.1 tick -> {said}
                    13.0 crossed zone_end rear"
                ),
            );
        }
    }

    /// A lever is in neutral for a moment; longer than that somebody is asked, but not of one that stands.
    #[test]
    fn rolling_in_neutral() {
        check::<Slippery>(
            LIMITS,
            "0.0 crossed entry_line front
             0.0 gear neutral
             4.0 crossed zone_begin front
             6.9 gear 2                   -> !high_gear
             8.0 gear neutral
            11.1 tick                     -> high_gear ?
            13.0 crossed zone_end rear",
        );
        check::<Slippery>(
            LIMITS,
            "0.0 crossed entry_line front
             0.0 gear 2
             4.0 crossed zone_begin front
             5.0 slowed
             5.0 stopped
             5.2 gear neutral
            20.0 gear 1
            20.5 moved_off 14000
            22.0 gear neutral
            24.5 gear 2
            30.0 crossed zone_end rear
            31.0 gear neutral
            40.0 crossed exit_line rear",
        );
    }

    #[test]
    fn speed_where_an_authority_has_set_it() {
        let local = Limits {
            judges_speed: true,
            ..LIMITS
        };
        let drive = |said: &str| {
            format!(
                "0.0 crossed entry_line front
                 4.0 pace zone_begin front 26000 least 26000 most 30000 u 180 -> {said}"
            )
        };
        check::<Slippery>(LIMITS, &drive(""));
        check::<Slippery>(local, &drive("not_slowed 26000 m/h u 180"));
        check::<Slippery>(
            local,
            "0.0 crossed entry_line front
             4.0 unpaced zone_begin front -> not_slowed ?",
        );
    }

    #[test]
    fn away_from_the_road_or_past_the_stretch_is_a_wrong_route() {
        for (way, said) in [
            ("left_ground", "wrong_route"),
            ("crossed exit_line rear", "wrong_route"),
        ] {
            check::<Slippery>(
                LIMITS,
                &format!("0.0 crossed entry_line front\n 3.0 {way} -> {said}\n 4.0 crossed zone_begin front"),
            );
        }
        check::<Slippery>(
            LIMITS,
            "0.0 crossed entry_line front
             4.0 crossed zone_begin front
             9.0 crossed zone_end rear
            10.0 crossed exit_line rear -> !wrong_route",
        );
    }

    /// Up into third in the moment behind the line, behind it but before the stretch ends, at its end, and behind it: where the stretch is
    /// shorter than that moment, and hardly longer.
    #[test]
    fn shifting_up_about_the_end_of_the_moment() {
        for (shifts, ends, said) in [
            ("4.3", "4.6", "!high_gear"),
            ("5.05", "5.1", "!high_gear"),
            ("5.15", "5.2", "high_gear"),
            ("5.3", "5.2", "!high_gear"),
        ] {
            let mut rows = [format!("{shifts} gear 3"), format!("{ends} crossed zone_end rear")];
            rows.sort();
            check::<Slippery>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front
                     0.0 gear 2
                     4.0 crossed zone_begin front
                     {}
                     6.0 tick -> {said}",
                    rows.join("\n")
                ),
            );
        }
    }

    /// Told seconds late, when the gear at the line was looked at: of before the line, and of the line itself, nobody is charged.
    #[test]
    fn a_gear_of_before_the_line_is_none_of_the_stretch() {
        for (shifts, said) in [("3.9", ""), ("4.0", ""), ("4.1", "high_gear")] {
            check::<Slippery>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front
                     0.0 gear 2
                     4.0 crossed zone_begin front
                     6.0 tick
                     {shifts} gear 3 -> {said}"
                ),
            );
        }
    }

    /// It came in beside the line where the stretch begins: over its end only it has not driven over it.
    #[test]
    fn who_goes_over_the_end_only_has_left_the_stretch_out() {
        check::<Slippery>(
            LIMITS,
            "0.0 crossed entry_line front
             4.6 crossed zone_end rear
             9.0 crossed exit_line rear   -> wrong_route",
        );
    }

    /// Nobody hears the lever: neither neutral nor a high gear is known, and of one that was in before a person is asked.
    #[test]
    fn a_silent_box_says_no_gear() {
        for (gear, said) in [("4", "high_gear ?"), ("neutral", "")] {
            check::<Slippery>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front
                     0.0 gear {gear}
                     4.0 crossed zone_begin front
                     4.5 unheard
                    12.0 tick -> {said}
                    13.0 crossed zone_end rear"
                ),
            );
        }
    }

    /// Back over the line and on again: the gear was looked at for the first time already.
    #[test]
    fn the_stretch_begins_once() {
        check::<Slippery>(
            LIMITS,
            "0.0 crossed entry_line front
             0.0 gear 2
             4.0 crossed zone_begin front
             6.0 crossed zone_begin front
             6.5 gear 3                   -> high_gear",
        );
    }

    #[test]
    fn who_leaves_the_stretch_at_once_has_its_whole_moment() {
        check::<Slippery>(
            LIMITS,
            "0.0 crossed entry_line front
             0.0 gear 4
             4.0 crossed zone_begin front
             4.5 crossed exit_line rear   -> wrong_route
             5.4 tick                     -> high_gear",
        );
    }

    /// At rest, and slow, neutral is no rolling; from moving off on it is.
    #[test]
    fn rolling_in_neutral_begins_with_moving_off() {
        let drive = |rest: &str| {
            format!(
                "0.0 crossed entry_line front
                 0.0 gear 2
                 4.0 crossed zone_begin front
                 5.5 gear neutral
                 6.5 {rest}
                 9.5 tick
                20.0 moved_off 13500
                22.9 tick -> !high_gear
                23.1 tick -> high_gear ?"
            )
        };
        check::<Slippery>(LIMITS, &drive("slowed"));
        check::<Slippery>(LIMITS, &drive("stopped"));
        check::<Slippery>(
            LIMITS,
            "0.0 crossed entry_line front
             0.0 gear 2
             4.0 crossed zone_begin front
             5.5 stopped
            20.0 moved_off 14500
            22.0 gear neutral
            25.1 tick                     -> high_gear ?",
        );
    }
}
