//! 模拟高速公路: up to speed beside the carriageway, lamp, into it, along it in its lane, lamp, out of it.
//!
//! A dashed line on the left is where one drives in (`merge_line`), one on the right where one drives out (`diverge_line`); solid
//! pieces are edges. Crossed elsewhere, the left ones leave the prescribed lane and the right ones enter the emergency lane.
//! A lamp blinks, so it counts as lit for a moment after it was, and it is looked at when the box has told of the line's moment. How fast one must be when driving in is a knob's; the speeds of
//! the carriageway and of the way out are a province's. Deliberately not here: whether somebody looked round before.
use crate::manoeuvre::held::{Due, Dues};
use crate::manoeuvre::lamps::{Blink, Lamp, Lamps};
use crate::manoeuvre::speed::Pace;
use crate::manoeuvre::{Fact, Manoeuvre, Role, Sheet, Watch, What, Wheel};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::units::EventTime;

crate::faults! {
    /// 模拟高速公路 faults.
    ExpresswayFault {
        /// 驶入高速公路前未开启转向灯
        NoLampIn = "no_lamp_in",
        /// 未能在加速车道提速
        SlowIn = "slow_in",
        /// 不按规定车道行驶、未按规定变更车道
        WrongLane = "wrong_lane",
        /// 占用应急车道行驶
        EmergencyLane = "emergency_lane",
        /// 不按规定的最低速度行驶
        BelowLeast = "below_least",
        /// 不按规定的最高速度行驶
        AboveMost = "above_most",
        /// 驶出高速公路未开启转向灯
        NoLampOut = "no_lamp_out",
        /// 驶出高速公路未按规定减速
        NotSlowed = "not_slowed",
        /// 不按规定路线、顺序行驶
        WrongRoute = "wrong_route",
    }
}
use ExpresswayFault as Wrong;

/// Everything is due by then.
const LAST: EventTime = EventTime(i64::MAX);

/// Parts of the road.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoadPart {
    /// Entry line, at the beginning of the acceleration lane.
    Entry,
    /// The dashed line between acceleration lane and carriageway.
    Merge,
    /// The dashed line between carriageway and deceleration lane.
    Diverge,
    /// Exit line, across the deceleration lane.
    Exit,
    /// A solid line on the left.
    Left,
    /// A solid line on the right.
    Right,
}
use RoadPart as Part;

/// Limits of the road.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How a turn lamp is seen.
    pub blink: Blink,
    /// The speed of driving in is judged.
    pub judges_in: bool,
    /// An authority has set the least speed of the carriageway.
    pub judges_least: bool,
    /// An authority has set the greatest.
    pub judges_most: bool,
    /// An authority has set how fast one may be at the exit line.
    pub judges_out: bool,
}

/// The phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expressway {
    /// Before the entry line; a lamp may be lit already.
    Before(Lamps),
    /// Between the lines; these were crossed, as long as the lamps there were not looked at.
    Driving(Lamps, Lane, Dues<Part>),
    /// Over the exit line.
    Done,
}

/// Where it drives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// On the acceleration lane.
    Acceleration,
    /// On the carriageway.
    Carriageway,
    /// On the deceleration lane.
    Deceleration,
}

impl Manoeuvre for Expressway {
    const NAME: &'static str = "expressway";
    type Part = RoadPart;
    type Fault = Wrong;
    type Limits = Limits;
    const ROLES: &'static [Role<Part>] = &[
        Role::one("entry_line", Part::Entry, &[Watch::Crossing]),
        Role::one("merge_line", Part::Merge, &[Watch::Crossing, Watch::Pace]),
        Role::one("diverge_line", Part::Diverge, &[Watch::Pace, Watch::Crossing]),
        Role::one("exit_line", Part::Exit, &[Watch::Pace, Watch::Crossing]),
        Role::some("edge_left", Part::Left, 4, &[Watch::TyreBeyond]),
        Role::some("edge_right", Part::Right, 4, &[Watch::TyreBeyond]),
    ];
    const BEGIN: Self = Expressway::Before(Lamps::DARK);

    fn limits(reader: &mut LimitReader<'_>) -> Limits {
        Limits {
            blink: Blink::read(reader),
            judges_in: reader.rule_has_limit(Wrong::SlowIn),
            judges_least: reader.rule_has_limit(Wrong::BelowLeast),
            judges_most: reader.rule_has_limit(Wrong::AboveMost),
            judges_out: reader.rule_has_limit(Wrong::NotSlowed),
        }
    }

    fn begins(what: What<Part>) -> bool {
        matches!(what, What::Crossed(Part::Entry, Wheel::Front))
    }

    fn step(self, fact: Fact<Part>, limits: Limits, sheet: &mut Sheet) -> Self {
        use Expressway::*;
        let at = fact.at;
        match (self, fact.what) {
            (Before(lamps), What::Signal(signal, on)) => Before(lamps.hear(at, signal, on)),
            (Driving(lamps, lane, dues), What::Signal(signal, on)) => Driving(lamps.hear(at, signal, on), lane, dues),
            (Before(lamps), What::SignalUnsaid(signal, _)) => Before(lamps.unsaid(signal)),
            (Driving(lamps, lane, dues), What::SignalUnsaid(signal, _)) => Driving(lamps.unsaid(signal), lane, dues),
            (Before(_), What::Unheard(_)) => Before(Lamps::DARK),
            (Driving(_, lane, dues), What::Unheard(_)) => Driving(Lamps::DARK, lane, dues),
            (Before(lamps), What::Crossed(Part::Entry, Wheel::Front)) => Driving(lamps, Lane::Acceleration, Dues::NONE),
            (Driving(lamps, lane, mut dues), What::Crossed(part @ (Part::Merge | Part::Diverge), Wheel::Front)) => {
                let (from, to) = match part {
                    Part::Merge => (Lane::Acceleration, Lane::Carriageway),
                    _ => (Lane::Carriageway, Lane::Deceleration),
                };
                if lane != from {
                    return self;
                }
                dues.push(at, part);
                Driving(lamps, to, dues)
            }
            (Driving(lamps, lane, mut dues), What::Deadline) => {
                look(lamps, &mut dues, at, limits, sheet);
                Driving(lamps, lane, dues)
            }
            (Driving(_, lane, _), What::Pace(part, wheel, pace)) => {
                speeds(fact, lane, (part, wheel), pace, limits, sheet);
                self
            }
            (Driving(..), What::Beyond(part @ (Part::Left | Part::Right), by)) => {
                let wrong = match part {
                    Part::Left => Wrong::WrongLane,
                    _ => Wrong::EmergencyLane,
                };
                sheet.distance(at, wrong, by);
                self
            }
            (Driving(lamps, lane, mut dues), What::Crossed(Part::Exit, Wheel::Rear)) => {
                look(lamps, &mut dues, LAST, limits, sheet);
                if lane != Lane::Deceleration {
                    sheet.fault(at, Wrong::WrongRoute);
                }
                Done
            }
            (Driving(lamps, _, mut dues), What::LeftGround) => {
                look(lamps, &mut dues, LAST, limits, sheet);
                sheet.fault(at, Wrong::WrongRoute);
                Done
            }
            (phase, _) => phase,
        }
    }

    fn is_done(self) -> bool {
        self == Expressway::Done
    }

    fn deadline(self, limits: Limits) -> Option<EventTime> {
        match self {
            Expressway::Driving(_, _, dues) => dues.next(limits.blink.late),
            _ => None,
        }
    }
}

/// Looks at the lamp of each line that is due by now, as it was where the first front wheel touched it.
fn look(lamps: Lamps, dues: &mut Dues<Part>, now: EventTime, limits: Limits, sheet: &mut Sheet) {
    while let Some(Due { at, gate }) = dues.take(now, limits.blink.late) {
        let (lamp, wrong) = match gate {
            Part::Merge => (Lamp::Left, Wrong::NoLampIn),
            _ => (Lamp::Right, Wrong::NoLampOut),
        };
        if !lamps.shows(lamp, at, limits.blink) {
            sheet.fault_by_switch_at_place(at, wrong);
        }
    }
}

/// Driving in by the front wheels on the dashed line; the carriageway from where the rear ones were in it, up to where the front ones leave
/// it; out at the exit line.
fn speeds(fact: Fact<Part>, lane: Lane, on: (Part, Wheel), pace: Option<Pace>, limits: Limits, sheet: &mut Sheet) {
    let at = fact.at;
    match on {
        // The crossing of the same line may have been told before.
        (Part::Merge, Wheel::Front) if limits.judges_in && lane != Lane::Deceleration => {
            sheet.too_slow(at, Wrong::SlowIn, pace.map(|pace| pace.here));
        }
        (Part::Diverge, Wheel::Front) if lane == Lane::Carriageway => {
            if limits.judges_least {
                sheet.too_slow(at, Wrong::BelowLeast, pace.map(|pace| pace.least));
            }
            if limits.judges_most {
                sheet.too_fast(at, Wrong::AboveMost, pace.map(|pace| pace.most));
            }
        }
        (Part::Exit, Wheel::Front) if limits.judges_out => {
            sheet.too_fast(at, Wrong::NotSlowed, pace.map(|pace| pace.here))
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::check;

    const LIMITS: Limits = Limits {
        blink: Blink::OF_A_SECOND,
        judges_in: true,
        judges_least: false,
        judges_most: false,
        judges_out: false,
    };
    const LOCAL: Limits = Limits {
        judges_least: true,
        judges_most: true,
        judges_out: true,
        ..LIMITS
    };

    #[test]
    fn clean() {
        check::<Expressway>(
            LIMITS,
            "0.0 crossed entry_line front
             8.0 signal lamp_left on
            12.0 crossed merge_line front
            12.0 pace merge_line front 62000 least 20000 most 62000 u 180         -> slow_in 62000 m/h u 180
            12.5 pace merge_line rear 62500 least 62000 most 62500 u 180          -> !no_lamp_in
            13.0 signal lamp_left off
            15.0 signal lamp_right on
            18.0 pace diverge_line front 61000 least 60000 most 64000 u 180
            18.0 crossed diverge_line front
            19.0 signal lamp_right off                                            -> !no_lamp_out
            24.0 pace exit_line front 40000 least 40000 most 61000 u 180
            25.0 crossed exit_line rear                                           -> !wrong_route",
        );
    }

    #[test]
    fn without_lamps_or_with_the_other() {
        for lamps in [
            "0.5 tick",
            "0.5 signal lamp_right on\n 17.0 signal lamp_right off\n 17.0 signal lamp_left on",
        ] {
            let rows = format!(
                "0.0 crossed entry_line front
                 {lamps}
                 12.0 crossed merge_line front
                 12.4 tick -> no_lamp_in
                 20.0 crossed diverge_line front
                 20.4 tick -> no_lamp_out"
            );
            let mut rows: Vec<&str> = rows.lines().map(str::trim).collect();
            let at = |row: &str| row.split(' ').next().and_then(|t| t.parse::<f64>().ok()).unwrap_or(0.0);
            rows.sort_by(|a, b| at(a).total_cmp(&at(b)));
            check::<Expressway>(LIMITS, &rows.join("\n"));
        }
    }

    /// It was lit a second before, and out since.
    #[test]
    fn a_lamp_that_blinks_is_lit_for_a_moment_longer() {
        for (off, said) in [("11.0", "!no_lamp_in"), ("10.9", "no_lamp_in")] {
            check::<Expressway>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front
                     9.0 signal lamp_left on
                     {off} signal lamp_left off
                     12.0 crossed merge_line front
                     12.4 tick -> {said}"
                ),
            );
        }
    }

    #[test]
    fn speeds_where_somebody_has_set_them() {
        let drive = |seen: [&str; 4]| {
            let [slow, least, most, out] = seen;
            let between = [least, most].into_iter().filter(|said| !said.is_empty());
            let between: Vec<&str> = between.collect();
            format!(
                "0.0 crossed entry_line front
                 1.0 signal lamp_left on
                 12.0 crossed merge_line front
                 12.0 pace merge_line front 55000 least 20000 most 55000 u 180 -> {slow}
                 12.5 pace merge_line rear 55500 least 55000 most 55500 u 180
                 15.0 signal lamp_right on
                 20.0 pace diverge_line front 66000 least 52000 most 71000 u 180 -> {}
                 20.0 crossed diverge_line front
                 24.0 pace exit_line front 45000 least 45000 most 66000 u 180 -> {out}
                 25.0 crossed exit_line rear",
                between.join(", ")
            )
        };
        let slow = "slow_in 55000 m/h u 180";
        check::<Expressway>(LIMITS, &drive([slow, "", "", ""]));
        check::<Expressway>(
            LOCAL,
            &drive([
                slow,
                "below_least 52000 m/h u 180",
                "above_most 71000 m/h u 180",
                "not_slowed 45000 m/h u 180",
            ]),
        );
        let none = Limits {
            judges_in: false,
            ..LIMITS
        };
        check::<Expressway>(none, &drive([""; 4]));
    }

    #[test]
    fn solid_lines_are_weighed_by_their_sides() {
        check::<Expressway>(
            LIMITS,
            "-1.0 beyond edge_left 90 u 12
              0.0 crossed entry_line front
              3.0 beyond edge_left 90 u 12   -> wrong_lane 90 u 12
              4.0 beyond edge_left -200 u 12 -> wrong_lane -200 u 12
              9.0 beyond edge_right 90 u 12  -> emergency_lane 90 u 12
             10.0 beyond edge_right -90 u 12 -> emergency_lane -90 u 12",
        );
    }

    /// Along the acceleration lane to the end; past the way out; off the ground.
    #[test]
    fn the_way_is_in_and_out() {
        check::<Expressway>(
            LIMITS,
            "0.0 crossed entry_line front
            19.0 crossed diverge_line front
            25.0 crossed exit_line rear -> wrong_route",
        );
        check::<Expressway>(
            LIMITS,
            "0.0 crossed entry_line front
             1.0 signal lamp_left on
            12.0 crossed merge_line front
            25.0 left_ground            -> wrong_route
            26.0 crossed exit_line rear",
        );
    }

    /// What the switches said before nobody heard them does not hold; the ledger charges no rule whose sensors fell silent.
    #[test]
    fn a_silent_box_has_no_lamp_lit() {
        for silent in ["unheard", "unsaid lamp_left"] {
            check::<Expressway>(
                LIMITS,
                &format!(
                    "0.0 signal lamp_left on
                     0.1 crossed entry_line front
                     0.5 {silent}
                    12.0 crossed merge_line front
                    12.4 tick -> no_lamp_in"
                ),
            );
        }
    }

    /// It drives in without a lamp and is over the exit line, or off the road, before that was looked at: it is looked at then.
    #[test]
    fn a_line_just_before_the_end_is_looked_at_all_the_same() {
        for end in ["crossed exit_line rear", "left_ground"] {
            check::<Expressway>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front
                     12.0 crossed merge_line front
                     12.2 {end} -> no_lamp_in, wrong_route"
                ),
            );
        }
    }

    /// A lamp that was lit before the item began is lit on its first line, as long as it was heard; and who never drove on the
    /// carriageway is held against no speed there.
    #[test]
    fn what_was_lit_before_it_began_and_who_never_drove_in() {
        for (between, said) in [
            ("tick", "!no_lamp_in"),
            ("unheard", "no_lamp_in"),
            ("unsaid lamp_left", "no_lamp_in"),
        ] {
            check::<Expressway>(
                LIMITS,
                &format!(
                    "-3.0 signal lamp_left on
                     -2.0 {between}
                      0.0 crossed entry_line front
                      9.0 crossed merge_line front
                      9.4 tick -> {said}"
                ),
            );
        }
        check::<Expressway>(
            LOCAL,
            "0.0 crossed entry_line front
             9.0 pace diverge_line front 20000 least 20000 most 20000 u 180",
        );
    }

    /// The line is told when the last wheel is over it, and dated by the first: a lamp lit between is too late, one of the next frame is not.
    #[test]
    fn a_line_that_is_told_late_has_the_lamp_of_its_own_moment() {
        for (lamp, said) in [("12.1", "!no_lamp_in"), ("12.2", "no_lamp_in")] {
            check::<Expressway>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front
                     {lamp} signal lamp_left on
                     12.0 crossed merge_line front
                     14.0 tick -> {said}"
                ),
            );
        }
        check::<Expressway>(
            LIMITS,
            "0.0 crossed entry_line front
             12.0 crossed merge_line front
             11.96 signal lamp_left on
             14.0 tick -> !no_lamp_in",
        );
    }
}
