//! 倒车入库: past the first control line, backwards into the bay, out and past the second one, backwards in again, and home.
//!
//! What counts is what was so when it mattered: how far the front wheels were past the control line is asked where the
//! vehicle turned round to reverse, how far it was in the bay where it turned round to drive out; whoever corrects a
//! reversing by a pull forward is measured by the best of them. No source says that a correction is a fault. A stop at a
//! turning point is part of the drive; one after which the vehicle goes on as before is 中途停车.
use crate::manoeuvre::{Distance, Fact, Manoeuvre, Role, Sheet, Watch, Way, What, Wheel};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::units::{EventTime, Micros};

crate::faults! {
    /// 倒车入库 faults.
    ReverseBayFault {
        /// 车身出线
        BodyOut = "body_out",
        /// 倒库不入
        NotIn = "not_in",
        /// 在倒车前，未将两个前轮触地点均驶过控制线
        NotPastControl = "not_past_control",
        /// 中途停车
        Stopped = "stopped",
        /// 项目完成时间超过 210 秒
        TooSlow = "too_slow",
        /// 不按规定路线、顺序行驶
        WrongRoute = "wrong_route",
    }
}
use ReverseBayFault as Wrong;

/// Parts of the bay and its lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BayPart {
    /// Entry line of the lane.
    Entry,
    /// Exit line of the lane.
    Exit,
    /// An edge line of the lane.
    Edge,
    /// The bay's lines.
    Bay,
    /// The open side of the bay.
    Mouth,
    /// The control line behind the bay.
    First,
    /// The control line before the bay.
    Second,
}

/// Limits of the reverse bay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Uncertainty of a duration.
    pub time_u: Micros,
    /// The item's time with the legal tolerance; `None` where the edition sets none.
    pub deadline: Option<Micros>,
}

/// On the way to a reversing, or to the end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Approach {
    /// When it began to reverse, the last time.
    reversed: Option<EventTime>,
    /// How far the front wheels were short of the control line: the best.
    short: Option<Distance>,
}

/// Which of the two reversings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// From behind the bay.
    First,
    /// From before it.
    Second,
}

/// The phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReverseBay {
    /// Before the entry line.
    Before,
    /// In the lane, to reverse.
    Lane(Turn, Approach, Clock),
    /// In the bay, with how far it reached out of it where it turned round: the best.
    Bay(Turn, Option<Distance>, Clock),
    /// Out of the bay the second time, on the way home.
    Home(Clock),
    /// The front wheels are past the first control line again.
    Past,
    /// Over the exit line.
    Done,
}

/// The item's time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Clock {
    /// The first reversing into the bay began.
    since: Option<EventTime>,
    /// It has been charged.
    charged: bool,
}

impl Clock {
    fn stop(self, at: EventTime, limits: Limits, sheet: &mut Sheet) -> Clock {
        if let Some(since) = self.since.filter(|_| !self.charged) {
            sheet.time(at, Wrong::TooSlow, at - since, limits.time_u);
        }
        Clock { charged: true, ..self }
    }
}

/// The smaller of what is known.
fn best(known: Option<Distance>, by: Distance) -> Option<Distance> {
    Some(known.map_or(by, |known| if by.value < known.value { by } else { known }))
}

impl Manoeuvre for ReverseBay {
    const NAME: &'static str = "reverse_bay";
    type Part = BayPart;
    type Fault = Wrong;
    type Limits = Limits;
    const ROLES: &'static [Role<BayPart>] = &[
        Role::one("entry_line", BayPart::Entry, &[Watch::Crossing]),
        Role::one("exit_line", BayPart::Exit, &[Watch::EndsCrossing]),
        Role::some("edge_left", BayPart::Edge, 3, &[Watch::BodyBeyond]),
        Role::some("edge_right", BayPart::Edge, 3, &[Watch::BodyBeyond]),
        Role::one("bay_line", BayPart::Bay, &[Watch::BodyBeyond]),
        Role::one(
            "bay_mouth",
            BayPart::Mouth,
            &[Watch::EndsCrossing, Watch::BodyBeyondAtTurn],
        ),
        Role::one(
            "control_first",
            BayPart::First,
            &[Watch::Crossing, Watch::FrontShortAtTurn],
        ),
        Role::one("control_second", BayPart::Second, &[Watch::FrontShortAtTurn]),
    ];
    /// Reversing is no rolling back.
    const JUDGES_ROLL_BACK: bool = true;
    const BEGIN: Self = ReverseBay::Before;

    fn limits(reader: &mut LimitReader<'_>) -> Limits {
        Limits {
            time_u: reader.micros("time_u"),
            deadline: reader.rule_micros_with_tolerance_if_set("too_slow"),
        }
    }

    fn begins(what: What<BayPart>) -> bool {
        matches!(what, What::Crossed(BayPart::Entry, Wheel::Front))
    }

    fn step(self, fact: Fact<BayPart>, limits: Limits, sheet: &mut Sheet) -> Self {
        use BayPart::*;
        use ReverseBay::{Bay, Before, Done, Home, Lane, Past};
        let at = fact.at;
        match (self, fact.what) {
            (Before, What::Crossed(Entry, Wheel::Front)) => Lane(Turn::First, Approach::default(), Clock::default()),
            (Before | Done, _) => self,
            (_, What::Beyond(Edge | BayPart::Bay, by)) => {
                sheet.distance(at, Wrong::BodyOut, by);
                self
            }
            (_, What::WentOn(stood)) => {
                sheet.time(at, Wrong::Stopped, stood, limits.time_u);
                self
            }
            (_, What::LeftGround) => self.give_up(at, sheet),
            (Lane(Turn::First, ..) | Lane(Turn::Second, ..) | Bay(..) | Home(_), What::Crossed(Exit, Wheel::Rear)) => {
                self.give_up(at, sheet)
            }
            (Lane(turn, approach, clock), What::Goes(Way::Backwards)) => {
                let reversed = Some(at);
                Lane(turn, Approach { reversed, ..approach }, clock)
            }
            (Lane(turn @ Turn::First, approach, clock), What::Measured(First, by))
            | (Lane(turn @ Turn::Second, approach, clock), What::Measured(Second, by)) => {
                let short = best(approach.short, by);
                Lane(turn, Approach { short, ..approach }, clock)
            }
            (Lane(turn, approach, clock), What::CrossedBack(Mouth, Wheel::Rear)) => {
                if let Some(short) = approach.short {
                    sheet.distance(at, Wrong::NotPastControl, short);
                }
                let since = clock.since.or(approach.reversed);
                Bay(turn, None, Clock { since, ..clock })
            }
            (Bay(turn, out, clock), What::Measured(Mouth, by)) => Bay(turn, best(out, by), clock),
            (Bay(turn, out, clock), What::Crossed(Mouth, Wheel::Rear)) => {
                if let Some(out) = out {
                    sheet.distance(at, Wrong::NotIn, out);
                }
                match turn {
                    Turn::First => Lane(Turn::Second, Approach::default(), clock),
                    Turn::Second => Home(clock),
                }
            }
            (Home(clock), What::Crossed(First, Wheel::Front)) => {
                clock.stop(at, limits, sheet);
                Past
            }
            (Past, What::Crossed(Exit, Wheel::Rear)) => Done,
            (_, What::Deadline) => self.with(|clock| clock.stop(at, limits, sheet)),
            (phase, _) => phase,
        }
    }

    fn ends(what: What<BayPart>) -> bool {
        matches!(what, What::Crossed(BayPart::Exit, Wheel::Rear) | What::LeftGround)
    }

    fn is_done(self) -> bool {
        self == ReverseBay::Done
    }

    fn deadline(self, limits: Limits) -> Option<EventTime> {
        let clock = self.clock().filter(|clock| !clock.charged)?;
        Some(clock.since? + limits.deadline?)
    }
}

impl ReverseBay {
    fn clock(self) -> Option<Clock> {
        match self {
            ReverseBay::Lane(.., clock) | ReverseBay::Bay(.., clock) | ReverseBay::Home(clock) => Some(clock),
            _ => None,
        }
    }

    fn with(self, change: impl FnOnce(Clock) -> Clock) -> ReverseBay {
        match self {
            ReverseBay::Lane(turn, approach, clock) => ReverseBay::Lane(turn, approach, change(clock)),
            ReverseBay::Bay(turn, out, clock) => ReverseBay::Bay(turn, out, change(clock)),
            ReverseBay::Home(clock) => ReverseBay::Home(change(clock)),
            other => other,
        }
    }

    fn give_up(self, at: EventTime, sheet: &mut Sheet) -> ReverseBay {
        sheet.fault(at, Wrong::WrongRoute);
        ReverseBay::Done
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::check;

    const LIMITS: Limits = Limits {
        time_u: Micros(30_000),
        deadline: Some(Micros(211_000_000)),
    };

    /// Both reversings as they should be, 3 s of rest at each turning point.
    const CLEAN: &str = "0.0 crossed entry_line front
         9.0 crossed control_first front
        10.0 stopped
        13.0 moved_off 2900
        13.0 goes backwards
        13.0 measured control_first -400 u 12
        13.0 measured control_second -9000 u 12
        13.0 measured bay_mouth 5000 u 12
        25.0 crossed_back bay_mouth rear          -> not_past_control -400 u 12
        40.0 stopped
        43.0 moved_off 2900
        43.0 goes forwards
        43.0 measured control_first 6000 u 12
        43.0 measured bay_mouth -300 u 12
        55.0 crossed bay_mouth rear               -> not_in -300 u 12
        70.0 goes backwards
        70.0 measured control_first 9000 u 12
        70.0 measured control_second -250 u 12
        85.0 crossed_back bay_mouth rear          -> not_past_control -250 u 12
       100.0 goes forwards
       100.0 measured bay_mouth -280 u 12
       115.0 crossed bay_mouth rear               -> not_in -280 u 12";

    #[test]
    fn clean() {
        check::<ReverseBay>(
            LIMITS,
            &format!(
                "{CLEAN}\n 130.0 crossed control_first front -> too_slow 117000 ms\n 135.0 crossed exit_line rear"
            ),
        );
    }

    /// From the first reversing into the bay, at 13 s.
    #[test]
    fn time_runs_from_the_first_reversing_to_the_control_line() {
        check::<ReverseBay>(
            LIMITS,
            &format!(
                "{CLEAN}\n 223.9 tick\n 224.1 tick -> too_slow 211000 ms\n 230.0 crossed control_first front\n 235.0 crossed exit_line rear"
            ),
        );
    }

    /// A pull forward in the bay, and a reversing in the lane that was taken back: the best of each counts.
    #[test]
    fn a_correction_is_measured_by_its_best() {
        check::<ReverseBay>(
            LIMITS,
            " 0.0 crossed entry_line front
              8.0 goes backwards
              8.0 measured control_first 800 u 12
              9.0 goes forwards
              9.0 measured control_first 1300 u 12
             13.0 goes backwards
             13.0 measured control_first -90 u 12
             25.0 crossed_back bay_mouth rear          -> not_past_control -90 u 12
             30.0 goes forwards
             30.0 measured bay_mouth 700 u 12
             32.0 goes backwards
             32.0 measured bay_mouth 1200 u 12
             40.0 goes forwards
             40.0 measured bay_mouth -60 u 12
             55.0 crossed bay_mouth rear               -> not_in -60 u 12",
        );
    }

    #[test]
    fn lines_and_stops_are_weighed() {
        check::<ReverseBay>(
            LIMITS,
            "-1.0 beyond edge_left 80 u 12
              0.0 crossed entry_line front
              2.0 beyond edge_left 80 u 12             -> body_out 80 u 12
              3.0 beyond bay_line 70 u 12              -> body_out 70 u 12
              6.0 went_on 3000                         -> stopped 3000 ms
              7.0 moved_off 3000",
        );
    }

    /// Out after one reversing only; away; without any.
    #[test]
    fn who_leaves_before_the_end_took_a_wrong_route() {
        for before in [
            "",
            "\n 13.0 goes backwards\n 25.0 crossed_back bay_mouth rear",
            "\n 13.0 goes backwards\n 25.0 crossed_back bay_mouth rear\n 40.0 goes forwards\n 55.0 crossed bay_mouth rear",
        ] {
            for end in ["crossed exit_line rear", "left_ground"] {
                check::<ReverseBay>(
                    LIMITS,
                    &format!("0.0 crossed entry_line front{before}\n 60.0 {end} -> wrong_route\n 70.0 left_ground"),
                );
            }
        }
    }
}
