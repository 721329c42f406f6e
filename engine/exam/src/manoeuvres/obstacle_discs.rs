//! 通过连续障碍: along a road with six discs on its axis and to both sides of it (of a tractor with its trailer three), no wheel on a disc,
//! none on an edge line. A trailer's wheels count as the tractor's.
//!
//! Of a disc it is known how far a tyre reaches onto it: a tyre that touches its rim and one that runs over it differ by
//! that alone. A front and a rear wheel may meet the same disc, and no source says that each of them counts: the deepest of the
//! whole drive does, so it is judged at its end.
//!
//! The discs are driven over astride (骑于圆饼之上): whoever has one wholly beside the tyres of an axle has left the prescribed route, by how far.
//! That is how it is done, of few sources: the edition says whether a person is asked, it is charged, or nobody minds. One that an outer
//! tyre is on is no matter of the route.
//!
//! Deliberately not here: whether a trailer is astride of a disc that its tractor was astride of; it cannot be beside it. The gear (二挡以上).
use crate::manoeuvre::{Distance, Fact, Manoeuvre, Role, Sheet, Watch, What, Wheel};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::units::{EventTime, Micros};

crate::faults! {
    /// 通过连续障碍 faults.
    ObstacleDiscsFault {
        /// 车轮轧圆饼
        DiscRunOver = "disc_run_over",
        /// 车轮碰擦圆饼
        DiscTouched = "disc_touched",
        /// 车轮轧道路边缘线
        WheelOnEdge = "wheel_on_edge",
        /// 驶出道路边缘线
        WheelOverEdge = "wheel_over_edge",
        /// 中途停车
        Stopped = "stopped",
        /// 不按规定路线、顺序行驶
        WrongRoute = "wrong_route",
    }
}
use ObstacleDiscsFault as Wrong;

/// Parts of the discs and their road.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiscPart {
    /// Entry line.
    Entry,
    /// Exit line.
    Exit,
    /// Either edge line.
    Edge,
    /// A disc.
    Disc,
}

/// Limits of the discs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Uncertainty of a duration.
    pub time_u: Micros,
    /// What becomes of a disc that is left beside.
    pub beside: Beside,
}

/// What an edition makes of whoever drives past a disc.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// A person is asked.
    Asked,
    /// A wrong route.
    Charged,
    /// Nothing: so do editions that are older than the question.
    Free,
}

impl Beside {
    fn weigh(self, at: EventTime, by: Distance, sheet: &mut Sheet) {
        match self {
            Beside::Asked => sheet.ask_distance(at, Wrong::WrongRoute, by),
            Beside::Charged => sheet.distance(at, Wrong::WrongRoute, by),
            Beside::Free => {}
        }
    }
}

/// The phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObstacleDiscs {
    /// Before the entry line.
    Before,
    /// Between the lines.
    Driving {
        /// It has come to rest since the item was told to have begun.
        rests: bool,
        /// The deepest that a tyre was on a disc.
        deepest: Option<Distance>,
    },
    /// Over the exit line.
    Done,
}

impl Manoeuvre for ObstacleDiscs {
    const NAME: &'static str = "obstacle_discs";
    type Part = DiscPart;
    type Fault = Wrong;
    type Limits = Limits;
    const ROLES: &'static [Role<DiscPart>] = &[
        Role::one("entry_line", DiscPart::Entry, &[Watch::Crossing]),
        Role::one("exit_line", DiscPart::Exit, &[Watch::Crossing]),
        Role::one("edge_left", DiscPart::Edge, &[Watch::TyreBeyond]),
        Role::one("edge_right", DiscPart::Edge, &[Watch::TyreBeyond]),
        Role {
            name: "disc",
            part: DiscPart::Disc,
            count: 3..=6,
            watch: &[Watch::TyreBeyond, Watch::Astride],
        },
    ];
    const BEGIN: Self = ObstacleDiscs::Before;

    fn limits(reader: &mut LimitReader<'_>) -> Limits {
        Limits {
            time_u: reader.micros("time_u"),
            beside: match reader.says("beside", "asked") {
                true => Beside::Asked,
                false if reader.says("beside", "charged") => Beside::Charged,
                false => Beside::Free,
            },
        }
    }

    fn begins(what: What<DiscPart>) -> bool {
        matches!(what, What::Crossed(DiscPart::Entry, Wheel::Front))
    }

    fn step(self, fact: Fact<DiscPart>, limits: Limits, sheet: &mut Sheet) -> Self {
        use ObstacleDiscs::*;
        let at = fact.at;
        match (self, fact.what) {
            (Before, What::Crossed(DiscPart::Entry, Wheel::Front)) => Driving {
                rests: false,
                deepest: None,
            },
            (Driving { rests, deepest }, What::Beyond(DiscPart::Disc, by)) => Driving {
                rests,
                deepest: Some(deepest.map_or(by, |known| if by.value > known.value { by } else { known })),
            },
            (Driving { .. }, What::Beyond(DiscPart::Edge, by)) => {
                sheet.distance(at, Wrong::WheelOverEdge, by);
                sheet.distance(at, Wrong::WheelOnEdge, by);
                self
            }
            (Driving { .. }, What::Passed(_, _, by)) => {
                limits.beside.weigh(at, by, sheet);
                self
            }
            (Driving { deepest, .. }, What::Stopped) => Driving { rests: true, deepest },
            (Driving { rests: true, .. }, What::MovedOff(stood)) => {
                sheet.time(at, Wrong::Stopped, stood, limits.time_u);
                self
            }
            (Driving { deepest, .. }, What::Crossed(DiscPart::Exit, Wheel::Rear) | What::LeftGround) => {
                if let Some(by) = deepest {
                    // The worse first: whoever ran over it is not charged for touching it as well.
                    sheet.distance(at, Wrong::DiscRunOver, by);
                    sheet.distance(at, Wrong::DiscTouched, by);
                }
                if fact.what == What::LeftGround {
                    sheet.fault(at, Wrong::WrongRoute);
                }
                Done
            }
            (phase, _) => phase,
        }
    }

    fn is_done(self) -> bool {
        self == ObstacleDiscs::Done
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::check;

    const LIMITS: Limits = Limits {
        time_u: Micros(30_000),
        beside: Beside::Charged,
    };

    #[test]
    fn clean() {
        check::<ObstacleDiscs>(
            LIMITS,
            "0.0 crossed entry_line front
             30.0 crossed exit_line rear",
        );
    }

    /// Which of the two it is, its depth says: the tariff weighs both.
    #[test]
    fn the_deepest_on_a_disc_and_each_edge_are_weighed_by_both_of_their_rules() {
        check::<ObstacleDiscs>(
            LIMITS,
            "-1.0 beyond disc 900 u 12
              0.0 crossed entry_line front
              3.0 beyond disc 80 u 12
              5.0 beyond disc 420 u 12
              6.0 beyond edge_left 80 u 12  -> wheel_over_edge 80 u 12, wheel_on_edge 80 u 12
              7.0 beyond edge_left 520 u 12 -> wheel_over_edge 520 u 12, wheel_on_edge 520 u 12
             30.0 crossed exit_line rear    -> disc_run_over 420 u 12, disc_touched 420 u 12
             32.0 beyond disc 900 u 12",
        );
    }

    #[test]
    fn at_its_limit_nothing_is_wrong() {
        check::<ObstacleDiscs>(
            LIMITS,
            "0.0 crossed entry_line front
             3.0 beyond disc 0 u 12
             6.0 beyond edge_left 0 u 12 -> wheel_over_edge 0 u 12, wheel_on_edge 0 u 12
             8.0 stopped
            10.0 moved_off 2000          -> stopped 2000 ms
            30.0 crossed exit_line rear  -> disc_run_over 0 u 12, disc_touched 0 u 12
            32.0 left_ground             -> !wrong_route",
        );
    }

    /// Who stands before the item began has not stopped in it.
    #[test]
    fn stops_are_weighed_and_leaving_is_a_wrong_route() {
        check::<ObstacleDiscs>(
            LIMITS,
            "-2.0 stopped
              0.0 crossed entry_line front
              0.1 moved_off 2100
              4.0 stopped
              7.0 moved_off 2600 -> stopped 2600 ms
              9.0 left_ground    -> wrong_route",
        );
    }

    /// Two discs, run over as deep: told once, with the first of them.
    #[test]
    fn of_two_discs_as_deep_the_first_is_told() {
        check::<ObstacleDiscs>(
            LIMITS,
            "0.0 crossed entry_line front
             3.0 beyond disc 40 u 12
             6.0 beyond disc 40 u 15
             9.0 crossed exit_line rear -> disc_run_over 40 u 12, disc_touched 40 u 12",
        );
    }

    /// By how far it lies beside the tyres: astride is less than nothing. Before the entry line nobody minds.
    #[test]
    fn a_disc_beside_the_tyres_is_a_wrong_route() {
        let drive = |beside: Beside, said: &str| {
            let told = format!(
                "-1.0 passed disc 1 400 u 12
                  0.0 crossed entry_line front
                  3.0 passed disc 1 -1500 u 12 {}
                  6.0 passed disc 2 400 u 12 {}
                 30.0 crossed exit_line rear",
                said.replace("BY", "-1500"),
                said.replace("BY", "400"),
            );
            check::<ObstacleDiscs>(Limits { beside, ..LIMITS }, &told);
        };
        drive(Beside::Charged, "-> wrong_route BY u 12");
        drive(Beside::Asked, "-> wrong_route BY u 12 ?");
        drive(Beside::Free, "");
    }
}
