//! 桩考: start line, five poles passed alternately left and right, finish line.
//!
//! Of two wheels the *wheel* may not leave the edge lines, of more the *body* (which of both counts for a class is the tariff's:
//! the other one has no price there); nothing may touch a pole, each pole is passed on the side of its
//! arrow, a stop longer than two seconds costs each time. Time limit: none was found for motorcycles; it is a knob that is
//! unset by default, and then the examiner's.
use crate::manoeuvre::{Fact, Manoeuvre, Role, Sheet, Watch, What, Wheel};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::units::{EventTime, Micros};

crate::faults! {
    /// 桩考 faults.
    PoleCourseFault {
        /// 不按规定路线、顺序行驶
        WrongRoute = "wrong_route",
        /// 碰擦桩杆
        PoleTouched = "pole_touched",
        /// 轮出线
        WheelOverLine = "wheel_over_line",
        /// 车身出线
        BodyOverLine = "body_over_line",
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
    /// Either edge line, for the wheels.
    Edge,
    /// Either edge line, for the body.
    BodyEdge,
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
    /// Time limit, if the authority set one.
    pub within: Option<Micros>,
}

/// The phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoleCourse {
    /// Before the start line.
    Before,
    /// Between the lines.
    Riding(Ride),
    /// Over the finish line.
    Done,
}

/// What is remembered between the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ride {
    /// When the front wheel crossed the start line.
    since: EventTime,
    /// Number of poles passed so far, in order.
    passed: u16,
    /// A wrong order was charged already.
    strayed: bool,
    /// It has come to rest since the item was told to have begun.
    rests: bool,
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
        Role::one("edge_left", PolePart::BodyEdge, &[Watch::BodyBeyond]),
        Role::one("edge_right", PolePart::BodyEdge, &[Watch::BodyBeyond]),
    ];
    /// 桩考.
    const POLE_HITS: &'static [u8] = &[1];
    const TOUCHED: Option<Wrong> = Some(Wrong::PoleTouched);
    const BEGIN: Self = PoleCourse::Before;

    fn limits(reader: &mut LimitReader<'_>) -> Limits {
        Limits {
            poles: 5,
            time_u: reader.micros("time_u"),
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
            (Before, What::Crossed(PolePart::Start, Wheel::Front)) => Riding(Ride {
                since: at,
                passed: 0,
                strayed: false,
                rests: false,
            }),
            (Riding(_), What::PoleHit(far, is_witness)) => {
                sheet.pole_hit(at, Wrong::PoleTouched, far, is_witness);
                self
            }
            (Riding(ride), What::Stopped) => Riding(Ride { rests: true, ..ride }),
            (Riding(ride), What::MovedOff(stood)) if ride.rests => {
                sheet.time(at, Wrong::Stopped, stood, limits.time_u);
                self
            }
            (Riding(ride), What::Passed(_, pole, wrong_by)) => {
                let in_order = pole <= ride.passed + 1;
                if in_order {
                    sheet.distance(at, Wrong::WrongRoute, wrong_by);
                } else if !ride.strayed {
                    sheet.fault(at, Wrong::WrongRoute);
                }
                Riding(Ride {
                    passed: ride.passed.max(pole),
                    strayed: ride.strayed || !in_order,
                    ..ride
                })
            }
            (Riding(_), What::Beyond(PolePart::Edge, by)) => {
                sheet.distance(at, Wrong::WheelOverLine, by);
                self
            }
            (Riding(_), What::Beyond(PolePart::BodyEdge, by)) => {
                sheet.distance(at, Wrong::BodyOverLine, by);
                self
            }
            (Riding(_), What::Beyond(PolePart::Pole, by)) => {
                sheet.distance(at, Wrong::PoleTouched, by);
                self
            }
            (Riding(ride), What::Crossed(PolePart::Finish, Wheel::Rear)) => {
                if ride.passed < limits.poles && !ride.strayed {
                    sheet.fault(at, Wrong::WrongRoute);
                }
                if limits.within.is_some() {
                    sheet.time(at, Wrong::TooSlow, at - ride.since, limits.time_u);
                }
                Done
            }
            (Riding(ride), What::LeftGround) => {
                if !ride.strayed {
                    sheet.fault(at, Wrong::WrongRoute);
                }
                Done
            }
            (phase, _) => phase,
        }
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
    fn the_first_pole_cannot_be_left_out() {
        check::<PoleCourse>(
            LIMITS,
            "0.0 crossed start_line front
             2.0 passed pole 2 -400 u 20 -> wrong_route
             3.0 passed pole 3 -400 u 20 -> wrong_route -400 u 20",
        );
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

    /// Back before a pole and past it again is no other way; each time its side is looked at.
    #[test]
    fn a_pole_that_is_passed_again_is_in_order() {
        check::<PoleCourse>(
            LIMITS,
            "0.0 crossed start_line front
             1.0 passed pole 1 -400 u 20 -> wrong_route -400 u 20
             2.0 passed pole 2 -400 u 20 -> wrong_route -400 u 20
             3.0 passed pole 2 -300 u 20 -> wrong_route -300 u 20
             4.0 passed pole 3 -400 u 20 -> wrong_route -400 u 20
             5.0 passed pole 4 -400 u 20 -> wrong_route -400 u 20
             6.0 passed pole 5 -400 u 20 -> wrong_route -400 u 20
             9.0 crossed finish_line rear -> !wrong_route",
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
             3.0 pole_hit 60 u 18           -> pole_touched touch 60 u 18",
        );
    }

    #[test]
    fn the_body_is_held_against_the_same_lines() {
        check::<PoleCourse>(
            LIMITS,
            "0.0 beyond body:edge_left 300 u 20
             0.5 crossed start_line front
             1.0 beyond body:edge_right 90 u 18  -> body_over_line 90 u 18
             1.1 beyond body:edge_left 0 u 18    -> body_over_line 0 u 18
             1.2 beyond edge_right -400 u 18     -> wheel_over_line -400 u 18",
        );
    }

    /// Who shook by himself is no witness; what is hit before the start line is none of it.
    #[test]
    fn a_pole_that_shakes_in_the_wind_charges_nobody() {
        check::<PoleCourse>(
            LIMITS,
            "0.2 pole_hit 20 u 18
             0.5 crossed start_line front
             3.0 pole_hit 200 u 18          -> pole_touched touch 200 u 18
             4.0 pole_shaken 10 u 18        -> pole_touched ?",
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

    #[test]
    fn at_its_limit_nothing_is_wrong() {
        check::<PoleCourse>(
            LIMITS,
            "0.0 crossed start_line front
             1.0 beyond edge_right 0 u 18   -> wheel_over_line 0 u 18
             2.0 beyond edge_right 87 u 18  -> wheel_over_line 87 u 18
             3.0 beyond pole 0 u 18         -> pole_touched 0 u 18
             4.0 beyond pole 87 u 18        -> pole_touched 87 u 18
             5.0 passed pole 1 0 u 18       -> wrong_route 0 u 18
             6.0 stopped
             8.0 moved_off 2000             -> stopped 2000 ms",
        );
    }

    /// Five poles, and a move that follows no stop behind the start line.
    #[test]
    fn the_poles_of_the_regulation_and_a_stop_before_the_start() {
        let syllabus = crate::Syllabus::parse(include_str!("../../../syllabi/ga1026-2022.toml")).unwrap();
        assert_eq!(
            PoleCourse::limits(&mut LimitReader::new(&syllabus, "pole_course")).poles,
            5
        );
        check::<PoleCourse>(
            LIMITS,
            "-2.0 stopped\n 0.0 crossed start_line front\n 0.3 moved_off 2300",
        );
    }
}
