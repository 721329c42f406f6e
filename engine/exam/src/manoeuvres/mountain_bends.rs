//! 模拟连续急弯山区路: round blind bends on one's own side, the horn before each.
//!
//! The lane's left line is the middle of the road, its right one the road's edge: over the first one is on the other's side, over the
//! second off the road. A line across the lane stands before each bend; the horn counts anywhere on the way to it, or a moment
//! behind it. No source says how slow is slow enough for a bend: a province may.
use crate::manoeuvre::held::{Due, Held};
use crate::manoeuvre::{Fact, Manoeuvre, Role, Sheet, Watch, What, Wheel};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::Signal;
use kaoguan_telemetry::units::{EventTime, Micros};

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
    pub late: Micros,
    /// An authority has set how fast one may come to a bend.
    pub judges_speed: bool,
}

/// The phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MountainBends {
    /// Before the entry line.
    Before,
    /// Between the lines.
    Driving(Drive),
    /// Over the exit line.
    Done,
}

/// A drive along the road.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drive {
    horn: Held,
    /// The horn counts from then.
    from: EventTime,
    due: Option<Due<()>>,
    met: bool,
}

impl Manoeuvre for MountainBends {
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
    const BEGIN: Self = MountainBends::Before;

    fn limits(reader: &mut LimitReader<'_>) -> Limits {
        Limits {
            late: reader.micros("late"),
            judges_speed: reader.rule_has_limit(Wrong::NotSlowed),
        }
    }

    fn begins(what: What<Part>) -> bool {
        matches!(what, What::Crossed(Part::Entry, Wheel::Front))
    }

    fn step(self, fact: Fact<Part>, limits: Limits, sheet: &mut Sheet) -> Self {
        match self {
            MountainBends::Before if Self::begins(fact.what) => MountainBends::Driving(Drive {
                horn: Held::NEVER,
                from: fact.at,
                due: None,
                met: false,
            }),
            MountainBends::Driving(drive) => drive.step(fact, limits, sheet),
            phase => phase,
        }
    }

    fn ends(what: What<Part>) -> bool {
        matches!(what, What::Crossed(Part::Exit, Wheel::Rear) | What::LeftGround)
    }

    fn is_done(self) -> bool {
        self == MountainBends::Done
    }

    fn deadline(self, limits: Limits) -> Option<EventTime> {
        match self {
            MountainBends::Driving(drive) => drive.due.map(|due| due.then(limits.late)),
            _ => None,
        }
    }
}

impl Drive {
    fn step(mut self, fact: Fact<Part>, limits: Limits, sheet: &mut Sheet) -> MountainBends {
        let at = fact.at;
        match fact.what {
            What::Signal(Signal::Horn, on) => self.horn.hear(at, on),
            What::Unheard => self.horn = Held::NEVER,
            What::Pace(Part::Bend, Wheel::Front, pace) if limits.judges_speed => {
                sheet.too_fast(at, Wrong::NotSlowed, pace.here);
            }
            What::Crossed(Part::Bend, Wheel::Front) => {
                self.look(limits, sheet);
                self.due = Some(Due { at, gate: () });
                self.met = true;
            }
            What::Deadline => self.look(limits, sheet),
            What::Beyond(Part::Middle, by) => sheet.distance(at, Wrong::OtherLane, by),
            What::Beyond(Part::Edge, by) => sheet.distance(at, Wrong::WheelOnEdge, by),
            What::Crossed(Part::Exit, Wheel::Rear) => {
                self.look(limits, sheet);
                if !self.met {
                    sheet.fault(at, Wrong::WrongRoute);
                }
                return MountainBends::Done;
            }
            What::LeftGround => {
                sheet.fault(at, Wrong::WrongRoute);
                return MountainBends::Done;
            }
            _ => {}
        }
        MountainBends::Driving(self)
    }

    /// The horn for a bend counts from where the one for the bend before did not count any more.
    fn look(&mut self, limits: Limits, sheet: &mut Sheet) {
        let Some(due) = self.due.take() else { return };
        let then = due.then(limits.late);
        if !self.horn.was_on(self.from, then) {
            sheet.fault_by_switch(due.at, Wrong::NoHorn);
        }
        self.from = then;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::check;

    const LIMITS: Limits = Limits {
        late: Micros(1_000_000),
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
             5.1 signal horn on           -> no_horn
             5.5 signal horn off
             12.0 crossed bend_line front
             13.5 tick",
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

    /// A bend is looked at by the next one, or by the exit, where that comes within the moment.
    #[test]
    fn a_short_way_behind_a_bend_is_looked_at_by_its_end() {
        for end in ["crossed bend_line front", "crossed exit_line rear"] {
            check::<MountainBends>(
                LIMITS,
                &format!("0.0 crossed entry_line front\n 4.0 crossed bend_line front\n 4.4 {end} -> no_horn"),
            );
        }
    }
}
