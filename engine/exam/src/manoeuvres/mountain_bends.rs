//! 模拟连续急弯山区路: round blind bends on one's own side, the horn before each.
//!
//! The lane's left line is the middle of the road, its right one the road's edge: over the first one is on the other's side, over the
//! second off the road. A line across the lane stands before each bend; the horn counts anywhere on the way to it, or a moment
//! behind it. No source says how slow is slow enough for a bend: a province may.
use crate::manoeuvre::held::{Dues, Late};
use crate::manoeuvre::horn::Horn;
use crate::manoeuvre::stretch::{Drive, Stretch};
use crate::manoeuvre::{Fact, Role, Sheet, Watch, What, Wheel};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::Signal;
use kaoguan_telemetry::units::EventTime;

crate::faults! {
    /// 模拟连续急弯山区路 faults.
    MountainFault {
        /// 进入弯道前未减速至通过弯道所需的速度
        NotSlowed = "not_slowed",
        /// 弯道内占用对方车道、车轮轧弯道中心线
        OtherLane = "other_lane",
        /// 车轮轧道路边缘线
        WheelOnEdge = "wheel_on_edge",
        /// 进入盲区弯道前未鸣喇叭
        NoHorn = "no_horn",
        /// 不按规定路线、顺序行驶
        WrongRoute = "wrong_route",
    }
}
use MountainFault as Wrong;

/// Parts of the road.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BendPart {
    /// Entry line.
    Entry,
    /// Before a blind bend.
    Bend,
    /// Exit line.
    Exit,
    /// The middle of the road.
    Middle,
    /// The road's edge.
    Edge,
}
use BendPart as Part;

/// Limits of the road.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The horn counts so long behind the line.
    pub late: Late,
    /// An authority has set how fast one may come to a bend.
    pub judges_speed: bool,
}

/// A drive along the road.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bends {
    horn: Horn,
    dues: Dues<()>,
    /// Bends that the map has, those that it has come to, and the most that they have been: back over a line is one less.
    bends: u16,
    met: u16,
    farthest: u16,
}

/// The manoeuvre.
pub type MountainBends = Stretch<Bends>;

impl Drive for Bends {
    const NAME: &'static str = "mountain_bends";
    type Part = BendPart;
    type Fault = Wrong;
    type Limits = Limits;
    const ROLES: &'static [Role<Part>] = &[
        Role::one("entry_line", Part::Entry, &[Watch::Crossing]),
        Role::some("bend_line", Part::Bend, 6, &[Watch::Crossing, Watch::Pace]),
        Role::one("exit_line", Part::Exit, &[Watch::Crossing]),
        Role::one("edge_left", Part::Middle, &[Watch::TyreBeyond]),
        Role::one("edge_right", Part::Edge, &[Watch::TyreBeyond]),
    ];
    const ENTRY: Part = Part::Entry;
    const EXIT: Part = Part::Exit;
    const WRONG_ROUTE: Wrong = Wrong::WrongRoute;

    fn limits(reader: &mut LimitReader<'_>) -> Limits {
        Limits {
            late: reader.late("late"),
            judges_speed: reader.rule_has_limit(Wrong::NotSlowed),
        }
    }

    fn begin(at: EventTime) -> Bends {
        Bends {
            horn: Horn::from(at),
            dues: Dues::NONE,
            bends: 1,
            met: 0,
            farthest: 0,
        }
    }

    fn step(&mut self, fact: Fact<Part>, limits: Limits, sheet: &mut Sheet) {
        let at = fact.at;
        match fact.what {
            What::Signal(Signal::Horn, on) => self.horn.hear(at, on),
            What::Unheard(_) | What::SignalUnsaid(Signal::Horn, _) => self.horn.unheard(),
            What::Pace(Part::Bend, Wheel::Front, pace) if limits.judges_speed => {
                sheet.too_fast(at, Wrong::NotSlowed, pace.map(|pace| pace.here));
            }
            What::Crossed(Part::Bend, Wheel::Front) => {
                self.met += 1;
                if self.met > self.farthest {
                    self.farthest = self.met;
                    self.dues.push(at, ());
                }
            }
            What::CrossedBack(Part::Bend, Wheel::Front) => self.met = self.met.saturating_sub(1),
            What::Laid(Part::Bend, bends) => self.bends = bends,
            What::Deadline => self.look(at, limits, sheet),
            What::Beyond(Part::Middle, by) => sheet.distance(at, Wrong::OtherLane, by),
            What::Beyond(Part::Edge, by) => sheet.distance(at, Wrong::WheelOnEdge, by),
            _ => {}
        }
    }

    fn has_met_all(&self) -> bool {
        self.met >= self.bends
    }

    fn deadline(&self, limits: Limits) -> Option<EventTime> {
        self.dues.next(limits.late)
    }
}

impl Bends {
    fn look(&mut self, now: EventTime, limits: Limits, sheet: &mut Sheet) {
        while let Some(due) = self.dues.take(now, limits.late) {
            if !self.horn.was_sounded(&due, limits.late) {
                sheet.fault_by_switch_at_place(due.at, Wrong::NoHorn);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::check;
    use kaoguan_telemetry::units::Micros;

    /// A second, a frame of the box, and what it needs to tell.
    const LATE: Late = Late {
        counts: Micros(1_100_000),
        told: Micros(250_000),
    };
    const LIMITS: Limits = Limits {
        late: LATE,
        judges_speed: false,
    };

    #[test]
    fn clean() {
        check::<MountainBends>(
            LIMITS,
            "0.0 crossed entry_line front
             2.0 signal horn on
             2.3 signal horn off
             4.0 pace bend_line front 20000 least 20000 most 30000 u 180
             4.0 crossed bend_line front
            11.0 signal horn on
            11.2 signal horn off
            12.0 crossed bend_line front
            14.0 tick                     -> !no_horn
            20.0 crossed exit_line rear   -> !wrong_route",
        );
    }

    /// A horn behind the line counts for a moment; one for two bends is one.
    #[test]
    fn the_horn_before_each_bend() {
        check::<MountainBends>(
            LIMITS,
            "0.0 crossed entry_line front
             4.0 crossed bend_line front
             4.9 signal horn on
             4.95 signal horn off
             6.0 tick
            12.0 crossed bend_line front
            14.0 tick                     -> no_horn
            20.0 crossed exit_line rear",
        );
        check::<MountainBends>(
            LIMITS,
            "0.0 crossed entry_line front
             4.0 crossed bend_line front
             5.15 signal horn on
             5.5 signal horn off          -> no_horn
             12.0 crossed bend_line front
             13.5 tick",
        );
    }

    /// A switch is told up to 250 ms after it changed; the next bend within the second takes nothing of it.
    #[test]
    fn a_whole_second_behind_each_bend() {
        check::<MountainBends>(
            LIMITS,
            "0.0 crossed entry_line front
             4.0 crossed bend_line front
             5.2 tick
             4.95 signal horn on
             5.0 signal horn off
             6.0 tick                     -> !no_horn",
        );
        check::<MountainBends>(
            LIMITS,
            "0.0 crossed entry_line front
             4.0 crossed bend_line front
             4.6 crossed bend_line front
             4.8 signal horn on
             5.2 signal horn off
             6.5 tick                     -> !no_horn",
        );
    }

    /// Sounded before the first bend, and in the second behind it: that one is for the next bend.
    #[test]
    fn a_horn_just_behind_a_bend_is_for_the_next() {
        check::<MountainBends>(
            LIMITS,
            "0.0 crossed entry_line front
             2.0 signal horn on
             2.3 signal horn off
             4.0 crossed bend_line front
             4.5 signal horn on
             4.7 signal horn off
             8.0 crossed bend_line front
            10.0 tick                     -> !no_horn",
        );
    }

    /// Back over a bend line and on again is the same bend, whose horn it had; the next bend wants its own.
    #[test]
    fn a_bend_line_that_is_crossed_again_wants_no_second_horn() {
        check::<MountainBends>(
            LIMITS,
            "0.0 crossed entry_line front
             2.0 signal horn on
             2.3 signal horn off
             4.0 crossed bend_line front
             6.0 tick
             8.0 crossed_back bend_line front
            10.0 crossed bend_line front
            12.0 tick                     -> !no_horn
            14.0 crossed bend_line front
            16.0 tick                     -> no_horn",
        );
    }

    #[test]
    fn each_side_is_weighed_by_its_worst() {
        check::<MountainBends>(
            LIMITS,
            "-1.0 beyond edge_left 80 u 12
              0.0 crossed entry_line front
              5.0 beyond edge_left 80 u 12   -> other_lane 80 u 12
              6.0 beyond edge_left -5 u 12   -> other_lane -5 u 12
              7.0 beyond edge_right 80 u 12  -> wheel_on_edge 80 u 12
              8.0 beyond edge_right -5 u 12  -> wheel_on_edge -5 u 12",
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
                 4.0 pace bend_line front 26000 least 26000 most 30000 u 180 -> {said}"
            )
        };
        check::<MountainBends>(LIMITS, &drive(""));
        check::<MountainBends>(local, &drive("not_slowed 26000 m/h u 180"));
        check::<MountainBends>(
            local,
            "0.0 crossed entry_line front
             4.0 unpaced bend_line front -> not_slowed ?",
        );
    }

    /// Into the second bend, back over its line, and through it: both were driven through.
    #[test]
    fn back_over_a_line_is_one_bend_less_and_no_more() {
        check::<MountainBends>(
            LIMITS,
            "0.0 crossed entry_line front
             0.0 laid bend_line 2
             0.0 signal horn on
             4.0 crossed bend_line front
            12.0 crossed bend_line front
            13.0 crossed_back bend_line front
            15.0 crossed bend_line front
            25.0 crossed exit_line rear  -> !wrong_route",
        );
    }

    /// Three bends on the map, two of them driven through; back over one and on again is still one.
    #[test]
    fn a_bend_that_is_left_out_is_a_wrong_route() {
        for (third, said) in [("20.0 crossed bend_line front", "!wrong_route"), ("", "wrong_route")] {
            check::<MountainBends>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front
                     0.0 laid bend_line 3
                     0.0 signal horn on
                     4.0 crossed bend_line front
                     5.0 crossed_back bend_line front
                     6.0 crossed bend_line front
                    12.0 crossed bend_line front
                    {third}
                    25.0 crossed exit_line rear -> {said}"
                ),
            );
        }
    }

    #[test]
    fn away_from_the_road_or_past_the_bends_is_a_wrong_route() {
        for way in ["left_ground", "crossed exit_line rear"] {
            check::<MountainBends>(
                LIMITS,
                &format!("0.0 crossed entry_line front\n 3.0 {way} -> wrong_route\n 4.0 crossed bend_line front"),
            );
        }
    }

    /// What the switches said before nobody heard them does not hold; the ledger charges no rule whose sensors fell silent.
    #[test]
    fn a_silent_box_has_no_horn() {
        check::<MountainBends>(
            LIMITS,
            "0.0 crossed entry_line front
             1.0 signal horn on
             2.0 unheard
             4.0 crossed bend_line front
             5.5 tick -> no_horn",
        );
    }

    /// A bend is looked at a moment behind it, and neither at the next one nor at the exit before.
    #[test]
    fn a_short_way_behind_a_bend_takes_nothing_of_its_moment() {
        for end in ["crossed bend_line front", "crossed exit_line rear"] {
            check::<MountainBends>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front\n 4.0 crossed bend_line front\n 4.4 {end}\n 5.4 tick -> no_horn"
                ),
            );
        }
    }

    /// A horn whose wire fails while it sounds: nobody knows it sounded at the bend.
    #[test]
    fn a_horn_of_which_nobody_hears_any_more_does_not_sound() {
        for (lost, said) in [("tick", "!no_horn"), ("unsaid horn", "no_horn")] {
            check::<MountainBends>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front
                     0.5 signal horn on
                     1.0 {lost}
                     4.0 crossed bend_line front
                     6.0 tick -> {said}"
                ),
            );
        }
    }
}
