//! 桩考: start line, five poles passed alternately left and right, finish line.
//!
//! Two wheels: the *wheel* may not leave the edge lines, nothing may touch a pole, each pole is passed on the side of its
//! arrow, a stop longer than two seconds costs each time. Time limit: none was found for motorcycles; it is a knob that is
//! unset by default, and then not judged.
use crate::manoeuvre::{Fact, Manoeuvre, Role, Sheet, Watch, What, Wheel};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::units::{EventTime, Micros, TenthMillimetres};

crate::faults! {
    /// 桩考 faults.
    PoleCourseFault {
        /// 不按规定路线、顺序行驶
        WrongRoute = "wrong_route",
        /// 碰擦桩杆
        PoleTouched = "pole_touched",
        /// 轮出线
        WheelOverLine = "wheel_over_line",
        /// 中途停车
        Stopped = "stopped",
        /// 超时
        TooSlow = "too_slow",
    }
}
use PoleCourseFault as Wrong;

/// Parts of the pole course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolePart {
    /// Start line.
    Start,
    /// Finish line.
    Finish,
    /// Either edge line.
    Edge,
    /// A pole.
    Pole,
}

/// Limits of the pole course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many poles must be passed.
    pub poles: u16,
    /// Uncertainty of a duration.
    pub time_u: Micros,
    /// A pole's sensor is believed when the outline is nearer than this.
    pub hit_reach: TenthMillimetres,
    /// Time limit, if the authority set one.
    pub within: Option<Micros>,
}

/// The phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoleCourse {
    /// Before the start line.
    Before,
    /// Between the lines.
    Riding {
        /// When the front wheel crossed the start line.
        since: EventTime,
        /// Number of poles passed so far, in order.
        passed: u16,
        /// A wrong order was charged already.
        strayed: bool,
        /// It has come to rest since the item was told to have begun.
        rests: bool,
    },
    /// Over the finish line.
    Done,
}

impl Manoeuvre for PoleCourse {
    const NAME: &'static str = "pole_course";
    type Part = PolePart;
    type Fault = Wrong;
    type Limits = Limits;
    const ROLES: &'static [Role<PolePart>] = &[
        Role::one("start_line", PolePart::Start, &[Watch::Crossing]),
        Role::one("finish_line", PolePart::Finish, &[Watch::Crossing]),
        Role::one("edge_left", PolePart::Edge, &[Watch::TyreBeyond]),
        Role::one("edge_right", PolePart::Edge, &[Watch::TyreBeyond]),
        Role {
            name: "pole",
            part: PolePart::Pole,
            count: 5..=5,
            watch: &[Watch::Pole],
        },
    ];
    const BEGIN: Self = PoleCourse::Before;

    fn limits(reader: &mut LimitReader<'_>) -> Limits {
        Limits {
            poles: 5,
            time_u: reader.micros("time_u"),
            hit_reach: reader.distance("hit_reach"),
            within: reader.rule_micros_if_set("too_slow"),
        }
    }

    fn begins(what: What<PolePart>) -> bool {
        matches!(what, What::Crossed(PolePart::Start, Wheel::Front))
    }

    fn step(self, fact: Fact<PolePart>, limits: Limits, sheet: &mut Sheet) -> Self {
        use PoleCourse::*;
        let at = fact.at;
        match (self, fact.what) {
            (Before, What::Crossed(PolePart::Start, Wheel::Front)) => Riding {
                since: at,
                passed: 0,
                strayed: false,
                rests: false,
            },
            (
                Riding {
                    since, passed, strayed, ..
                },
                What::Stopped,
            ) => Riding {
                since,
                passed,
                strayed,
                rests: true,
            },
            (
                Riding {
                    since,
                    passed,
                    strayed,
                    rests,
                },
                What::Passed(_, pole, wrong_by),
            ) => {
                let in_order = pole == passed + 1;
                if in_order {
                    sheet.distance(at, Wrong::WrongRoute, wrong_by);
                } else if !strayed {
                    sheet.fault(at, Wrong::WrongRoute);
                }
                Riding {
                    since,
                    passed: passed.max(pole),
                    strayed: strayed || !in_order,
                    rests,
                }
            }
            (Riding { .. }, What::Beyond(PolePart::Edge, by)) => {
                sheet.distance(at, Wrong::WheelOverLine, by);
                self
            }
            (Riding { .. }, What::Beyond(PolePart::Pole, by)) => {
                sheet.distance(at, Wrong::PoleTouched, by);
                self
            }
            (Riding { .. }, What::PoleHit(near)) if near.value <= limits.hit_reach => {
                sheet.fault(at, Wrong::PoleTouched);
                self
            }
            (Riding { rests: true, .. }, What::MovedOff(stood)) => {
                sheet.time(at, Wrong::Stopped, stood, limits.time_u);
                self
            }
            (
                Riding {
                    since, passed, strayed, ..
                },
                What::Crossed(PolePart::Finish, Wheel::Rear),
            ) => {
                if passed < limits.poles && !strayed {
                    sheet.fault(at, Wrong::WrongRoute);
                }
                if limits.within.is_some() {
                    sheet.time(at, Wrong::TooSlow, at - since, limits.time_u);
                }
                Done
            }
            (Riding { strayed, .. }, What::LeftGround) => {
                if !strayed {
                    sheet.fault(at, Wrong::WrongRoute);
                }
                Done
            }
            (phase, _) => phase,
        }
    }

    fn ends(what: What<PolePart>) -> bool {
        matches!(what, What::Crossed(PolePart::Finish, Wheel::Rear) | What::LeftGround)
    }

    fn is_done(self) -> bool {
        self == PoleCourse::Done
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::check;

    const LIMITS: Limits = Limits {
        poles: 5,
        time_u: Micros(30_000),
        hit_reach: TenthMillimetres(2_000),
        within: None,
    };
    const CLEAN: &str = "
         0.0 crossed start_line front
         1.0 passed pole 1 -400 u 20
         2.0 passed pole 2 -400 u 20
         3.0 passed pole 3 -400 u 20
         4.0 passed pole 4 -400 u 20
         5.0 passed pole 5 -400 u 20
         9.0 crossed finish_line rear";

    /// What was measured on the right side is weighed by the tariff, not here: five measures, no other fault.
    #[test]
    fn clean() {
        check::<PoleCourse>(LIMITS, &CLEAN.replace("u 20", "u 20 -> wrong_route -400 u 20"));
    }

    #[test]
    fn a_pole_left_out_is_a_wrong_route_once() {
        check::<PoleCourse>(
            LIMITS,
            "0.0 crossed start_line front
             1.0 passed pole 1 -400 u 20 -> wrong_route -400 u 20
             3.0 passed pole 3 -400 u 20 -> wrong_route
             4.0 passed pole 4 -400 u 20 -> wrong_route -400 u 20
             9.0 crossed finish_line rear",
        );
    }

    #[test]
    fn finishing_without_the_poles_is_a_wrong_route() {
        check::<PoleCourse>(
            LIMITS,
            "0.0 crossed start_line front
             9.0 crossed finish_line rear -> wrong_route",
        );
    }

    #[test]
    fn leaving_the_ground_ends_it() {
        check::<PoleCourse>(
            LIMITS,
            "0.0 crossed start_line front
             3.0 left_ground -> wrong_route
             4.0 beyond edge_left 300 u 20",
        );
    }

    #[test]
    fn lines_poles_and_stops_are_weighed() {
        check::<PoleCourse>(
            LIMITS,
            "0.0 beyond edge_left 300 u 20
             0.5 crossed start_line front
             1.0 beyond edge_right 63 u 18  -> wheel_over_line 63 u 18
             1.5 beyond pole -120 u 18      -> pole_touched -120 u 18
             1.9 stopped
             2.0 moved_off 2600             -> stopped 2600 ms
             3.0 pole_hit 150 u 18          -> pole_touched
             3.5 pole_hit 900 u 18",
        );
    }

    /// The limit's own boundary: a hit at exactly the reach is believed, a tenth of a millimetre beyond is not.
    #[test]
    fn a_pole_that_shakes_in_the_wind_charges_nobody() {
        check::<PoleCourse>(
            LIMITS,
            "0.5 crossed start_line front
             3.0 pole_hit 200 u 18          -> pole_touched
             3.5 pole_hit 200.1 u 18",
        );
    }

    #[test]
    fn a_time_limit_is_judged_only_where_one_is_set() {
        let limits = Limits {
            within: Some(Micros::from_secs(60)),
            ..LIMITS
        };
        let script = format!("{CLEAN} -> too_slow 9000 ms").replace("u 20\n", "u 20 -> wrong_route -400 u 20\n");
        check::<PoleCourse>(limits, &script);
    }
}
