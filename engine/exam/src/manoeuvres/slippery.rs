//! 模拟湿滑路: over the wet stretch in a low gear, slowed before it.
//!
//! The gear is low by the line where the stretch begins, or a moment behind it, and until the rear wheels have left it. Between
//! two gears a lever is in neutral for a moment: who rolls in neutral for longer has no low gear in, and a person says what
//! that was. No source says how slow is slow enough: a province may. Deliberately not here: jerks (急加速、急刹车), which no source
//! gives a number for.
use crate::manoeuvre::held::Due;
use crate::manoeuvre::{Fact, Manoeuvre, Role, Sheet, Watch, What, Wheel};
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
    pub late: Micros,
    /// Between two gears a lever is no longer in neutral.
    pub shift: Micros,
    /// An authority has set how fast one may come to it.
    pub judges_speed: bool,
}

/// The phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slippery {
    /// Before the entry line; a gear is in already.
    Before,
    /// Between the lines.
    Driving(Drive),
    /// Over the exit line.
    Done,
}

/// A drive over it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drive {
    gear: Option<Gear>,
    wet: Wet,
    /// The line where the stretch begins, as long as the gear there was not looked at.
    due: Option<Due<()>>,
    /// It moves in neutral since then.
    neutral: Option<EventTime>,
    rests: bool,
}

/// Where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wet {
    Before,
    On(EventTime),
    Behind,
}

impl Manoeuvre for Slippery {
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
    const BEGIN: Self = Slippery::Before;

    fn limits(reader: &mut LimitReader<'_>) -> Limits {
        Limits {
            low_gear: reader.gear("low_gear"),
            late: reader.micros("late"),
            shift: reader.micros("shift"),
            judges_speed: reader.rule_has_limit(Wrong::NotSlowed),
        }
    }

    fn begins(what: What<Part>) -> bool {
        matches!(what, What::Crossed(Part::Entry, Wheel::Front))
    }

    fn step(self, fact: Fact<Part>, limits: Limits, sheet: &mut Sheet) -> Self {
        match self {
            Slippery::Before if Self::begins(fact.what) => Slippery::Driving(Drive {
                gear: None,
                wet: Wet::Before,
                due: None,
                neutral: None,
                rests: false,
            }),
            Slippery::Driving(drive) => drive.step(fact, limits, sheet),
            phase => phase,
        }
    }

    fn ends(what: What<Part>) -> bool {
        matches!(what, What::Crossed(Part::Exit, Wheel::Rear) | What::LeftGround)
    }

    fn is_done(self) -> bool {
        self == Slippery::Done
    }

    fn deadline(self, limits: Limits) -> Option<EventTime> {
        let Slippery::Driving(drive) = self else { return None };
        let due = drive.due.map(|due| due.then(limits.late));
        let neutral = drive.rolls_in_neutral().map(|since| since + limits.shift);
        due.into_iter().chain(neutral).min()
    }
}

impl Drive {
    fn step(mut self, fact: Fact<Part>, limits: Limits, sheet: &mut Sheet) -> Slippery {
        let at = fact.at;
        match fact.what {
            What::Gear(gear) => self.shift(at, gear, limits, sheet),
            What::Unheard => (self.gear, self.neutral) = (None, None),
            What::Pace(Part::Begin, Wheel::Front, pace) if limits.judges_speed => {
                sheet.too_fast(at, Wrong::NotSlowed, pace.here);
            }
            What::Crossed(Part::Begin, Wheel::Front) if self.wet == Wet::Before => {
                self.wet = Wet::On(at);
                self.due = Some(Due { at, gate: () });
            }
            What::Crossed(Part::End, Wheel::Rear) => {
                self.look(limits, sheet);
                if self.wet != Wet::Before {
                    self.wet = Wet::Behind;
                }
            }
            What::Slowed | What::Stopped => (self.rests, self.neutral) = (true, None),
            What::MovedOff(_) => {
                self.rests = false;
                self.neutral = (self.gear == Some(Gear::Neutral)).then_some(at);
            }
            What::Deadline => self.deadline(at, limits, sheet),
            What::Crossed(Part::Exit, Wheel::Rear) => {
                self.look(limits, sheet);
                if self.wet == Wet::Before {
                    sheet.fault(at, Wrong::WrongRoute);
                }
                return Slippery::Done;
            }
            What::LeftGround => {
                sheet.fault(at, Wrong::WrongRoute);
                return Slippery::Done;
            }
            _ => {}
        }
        Slippery::Driving(self)
    }

    /// Another gear; what came in a moment behind the line is looked at then.
    fn shift(&mut self, at: EventTime, gear: Gear, limits: Limits, sheet: &mut Sheet) {
        self.gear = Some(gear);
        let rolls = gear == Gear::Neutral && !self.rests;
        self.neutral = rolls.then(|| self.neutral.unwrap_or(at));
        let on = matches!(self.wet, Wet::On(since) if at > since);
        if on && self.due.is_none() && is_high(gear, limits) {
            sheet.fault_by_switch(at, Wrong::HighGear);
        }
    }

    /// Since when it has rolled in neutral on the stretch.
    fn rolls_in_neutral(self) -> Option<EventTime> {
        match self.wet {
            Wet::On(begun) => self.neutral.map(|since| since.max(begun)),
            _ => None,
        }
    }

    fn deadline(&mut self, at: EventTime, limits: Limits, sheet: &mut Sheet) {
        if self.due.is_some_and(|due| due.then(limits.late) <= at) {
            self.look(limits, sheet);
        }
        if let Some(since) = self.rolls_in_neutral().filter(|since| *since + limits.shift <= at) {
            sheet.ask(since, Wrong::HighGear);
            self.neutral = None;
        }
    }

    /// The gear a moment behind the line.
    fn look(&mut self, limits: Limits, sheet: &mut Sheet) {
        if let Some(due) = self.due.take()
            && self.gear.is_some_and(|gear| is_high(gear, limits))
        {
            sheet.fault_by_switch(due.at, Wrong::HighGear);
        }
    }
}

fn is_high(gear: Gear, limits: Limits) -> bool {
    matches!(gear, Gear::Forward(no) if no > limits.low_gear)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::check;

    const LIMITS: Limits = Limits {
        low_gear: 2,
        late: Micros(1_000_000),
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
        for (shifts, early, late) in [("4.9", "!high_gear", ""), ("5.1", "", "high_gear")] {
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
    fn a_short_stretch_is_looked_at_by_its_end() {
        check::<Slippery>(
            LIMITS,
            "0.0 crossed entry_line front
             0.0 gear 4
             4.0 crossed zone_begin front
             4.6 crossed zone_end rear    -> high_gear",
        );
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
             9.0 crossed exit_line rear -> !wrong_route",
        );
    }

    /// Nobody hears the lever: neither a high gear nor neutral is known.
    #[test]
    fn a_silent_box_says_no_gear() {
        for gear in ["4", "neutral"] {
            check::<Slippery>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front
                     0.0 gear {gear}
                     4.0 crossed zone_begin front
                     4.5 unheard
                    12.0 tick
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
    fn who_leaves_the_stretch_at_once_is_looked_at_by_the_exit() {
        check::<Slippery>(
            LIMITS,
            "0.0 crossed entry_line front
             0.0 gear 4
             4.0 crossed zone_begin front
             4.5 crossed exit_line rear   -> high_gear",
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
