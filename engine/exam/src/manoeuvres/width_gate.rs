//! 通过限宽门: through three staggered gates of two poles each, none touched, no slower than 10 km/h, without a stop.
//!
//! The poles are numbered in pairs, 1 and 2 the first gate's; each says on which side it is passed, so that whoever drives
//! round a gate is on the wrong side of one of its poles. Whoever goes back and drives through a gate once more has left out
//! none. The speed counts from where the front wheels are abreast of the first gate to where the rear wheels are abreast of
//! the last one: 以不低于 10 km/h 的速度从三门之间穿越; who is slow on the way to the first gate, or behind the last one,
//! has not been slow between them. A stop there is slow as well; both rules hold by their letter.
//!
//! Deliberately not here: the road's edge lines, of which the item's rules say nothing.
use crate::manoeuvre::speed::Pace;
use crate::manoeuvre::{Fact, Manoeuvre, Role, Sheet, Watch, What, Wheel};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::units::Micros;

crate::faults! {
    /// 通过限宽门 faults.
    WidthGateFault {
        /// 不按规定路线、顺序行驶
        WrongRoute = "wrong_route",
        /// 碰擦限宽门标杆
        PoleTouched = "pole_touched",
        /// 中途停车
        Stopped = "stopped",
        /// 车辆行驶速度低于 10 km/h
        TooSlow = "too_slow",
    }
}
use WidthGateFault as Wrong;

/// Parts of the gates and their road.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GatePart {
    /// Entry line.
    Entry,
    /// Exit line.
    Exit,
    /// Either edge line.
    Edge,
    /// A pole of a gate.
    Pole,
}

/// Limits of the gates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many gates there are.
    pub gates: u16,
    /// Uncertainty of a duration.
    pub time_u: Micros,
}

/// The phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WidthGate {
    /// Before the entry line.
    Before,
    /// Between the lines.
    Driving(Drive),
    /// Over the exit line.
    Done,
}

/// What is remembered between the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drive {
    /// The farthest gate that was passed, in order.
    gate: u16,
    /// A wrong order was charged already.
    strayed: bool,
    /// It has come to rest since the item was told to have begun.
    rests: bool,
    /// How fast it went since the first gate.
    pace: Option<Pace>,
}

impl Manoeuvre for WidthGate {
    const NAME: &'static str = "width_gate";
    type Part = GatePart;
    type Fault = Wrong;
    type Limits = Limits;
    const ROLES: &'static [Role<GatePart>] = &[
        Role::one("entry_line", GatePart::Entry, &[Watch::Crossing]),
        Role::one("exit_line", GatePart::Exit, &[Watch::Crossing]),
        Role::one("edge_left", GatePart::Edge, &[Watch::Nothing]),
        Role::one("edge_right", GatePart::Edge, &[Watch::Nothing]),
        Role {
            name: "pole",
            part: GatePart::Pole,
            count: 6..=6,
            watch: &[Watch::Pole, Watch::Pace],
        },
    ];
    /// 限宽门.
    const POLE_HITS: &'static [u8] = &[2];
    const TOUCHED: Option<Wrong> = Some(Wrong::PoleTouched);
    const BEGIN: Self = WidthGate::Before;

    fn limits(reader: &mut LimitReader<'_>) -> Limits {
        Limits {
            gates: 3,
            time_u: reader.micros("time_u"),
        }
    }

    fn begins(what: What<GatePart>) -> bool {
        matches!(what, What::Crossed(GatePart::Entry, Wheel::Front))
    }

    fn step(self, fact: Fact<GatePart>, limits: Limits, sheet: &mut Sheet) -> Self {
        use WidthGate::*;
        let at = fact.at;
        match (self, fact.what) {
            (Before, What::Crossed(GatePart::Entry, Wheel::Front)) => Driving(Drive {
                gate: 0,
                strayed: false,
                rests: false,
                pace: None,
            }),
            (Driving(_), What::PoleHit(far, is_witness)) => {
                sheet.pole_hit(at, Wrong::PoleTouched, far, is_witness);
                self
            }
            (Driving(_), What::Beyond(GatePart::Pole, by)) => {
                sheet.distance(at, Wrong::PoleTouched, by);
                self
            }
            (Driving(drive), What::Stopped) => Driving(Drive { rests: true, ..drive }),
            (Driving(drive), What::MovedOff(stood)) if drive.rests => {
                sheet.time(at, Wrong::Stopped, stood, limits.time_u);
                self
            }
            (Driving(drive), What::Pace(_, _, Some(pace))) => Driving(drive.goes_on(pace)),
            (Driving(drive), What::Passed(_, pole, wrong_by)) => {
                let in_order = gate_of(pole) <= drive.gate + 1;
                if in_order {
                    sheet.distance(at, Wrong::WrongRoute, wrong_by);
                } else if !drive.strayed {
                    sheet.fault(at, Wrong::WrongRoute);
                }
                Driving(Drive {
                    gate: drive.gate.max(gate_of(pole)),
                    strayed: drive.strayed || !in_order,
                    ..drive
                })
            }
            (Driving(drive), What::Crossed(GatePart::Exit, Wheel::Rear)) => {
                if drive.gate < limits.gates && !drive.strayed {
                    sheet.fault(at, Wrong::WrongRoute);
                }
                match drive.pace {
                    Some(pace) => sheet.too_slow(at, Wrong::TooSlow, pace.least),
                    None => sheet.ask(at, Wrong::TooSlow),
                }
                Done
            }
            (Driving(drive), What::LeftGround) => {
                if !drive.strayed {
                    sheet.fault(at, Wrong::WrongRoute);
                }
                Done
            }
            (phase, _) => phase,
        }
    }

    fn is_done(self) -> bool {
        self == WidthGate::Done
    }
}

impl Drive {
    /// Abreast of a pole: of the way to the first one only the speed there counts.
    fn goes_on(self, pace: Pace) -> Drive {
        let here = Pace {
            least: pace.here,
            most: pace.here,
            ..pace
        };
        let pace = self.pace.map_or(here, |before| pace.after(before));
        Drive {
            pace: Some(pace),
            ..self
        }
    }
}

/// The gate of a pole: two poles each.
fn gate_of(pole: u16) -> u16 {
    pole.div_ceil(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::check;

    const LIMITS: Limits = Limits {
        gates: 3,
        time_u: Micros(30_000),
    };

    /// Through the gates, with these lines between the second and the third. Each pole's side is measured, and weighed by
    /// the tariff, not here.
    fn drive(between: &str, said_at_the_exit: &str) {
        let script = format!(
            "0.0 crossed entry_line front
             3.0 pace pole front 12000 least 2000 most 12000 u 180
             3.0 pace pole front 12000 least 12000 most 12000 u 180
             4.0 pace pole rear 12500 least 11900 most 12500 u 180
             4.0 passed pole 2
             4.1 passed pole 1
             12.0 pace pole front 13000 least 11500 most 14000 u 180
             13.0 passed pole 3
             13.0 passed pole 4
             {between}
             23.0 passed pole 5
             23.0 pace pole rear 13000 least 11000 most 13500 u 180
             23.1 passed pole 6
             30.0 crossed exit_line rear -> {said_at_the_exit}"
        );
        let side = |line: &str| match line.contains("passed") {
            true => format!("{line} -1500 u 20 -> wrong_route -1500 u 20\n"),
            false => format!("{line}\n"),
        };
        check::<WidthGate>(LIMITS, &script.lines().map(side).collect::<String>());
    }

    /// The way to the first gate, at 2 km/h, does not count; the least between the gates does.
    #[test]
    fn clean() {
        drive("14.0 tick", "too_slow 11000 m/h u 180");
    }

    #[test]
    fn slow_between_two_gates() {
        drive(
            "18.0 pace pole front 12000 least 8000 most 12000 u 180",
            "too_slow 8000 m/h u 180",
        );
    }

    /// Backwards and through the second gate once more: no gate was left out.
    #[test]
    fn going_through_a_gate_once_more_leaves_out_none() {
        drive(
            "18.0 passed pole 4
             18.1 passed pole 3",
            "too_slow 11000 m/h u 180",
        );
    }

    #[test]
    fn a_gate_left_out_is_a_wrong_route_once() {
        check::<WidthGate>(
            LIMITS,
            "0.0 crossed entry_line front
             4.0 passed pole 1 -1500 u 20 -> wrong_route -1500 u 20
             4.0 passed pole 2 -1500 u 20 -> wrong_route -1500 u 20
             9.0 passed pole 5 -1500 u 20 -> wrong_route
             9.0 passed pole 6 -1500 u 20 -> wrong_route -1500 u 20
             9.5 pace pole front 12000 least 12000 most 12000 u 180
             20.0 crossed exit_line rear -> too_slow 12000 m/h u 180",
        );
    }

    #[test]
    fn out_without_the_gates_is_a_wrong_route() {
        check::<WidthGate>(
            LIMITS,
            "0.0 crossed entry_line front
             9.0 crossed exit_line rear -> wrong_route, too_slow ?",
        );
    }

    #[test]
    fn leaving_the_ground_ends_it() {
        check::<WidthGate>(
            LIMITS,
            "0.0 crossed entry_line front
             3.0 left_ground -> wrong_route
             4.0 beyond pole 30 u 20",
        );
    }

    #[test]
    fn a_pole_beside_the_gate_is_weighed_by_how_far_on_its_wrong_side() {
        check::<WidthGate>(
            LIMITS,
            "0.0 crossed entry_line front
             4.0 passed pole 1 1600 u 20 -> wrong_route 1600 u 20",
        );
    }

    /// Who stands before the item began has not stopped in it.
    #[test]
    fn touches_and_stops_are_weighed() {
        check::<WidthGate>(
            LIMITS,
            "-2.0 stopped
              0.0 crossed entry_line front
              0.1 moved_off 2100
              1.5 beyond pole -120 u 18      -> pole_touched -120 u 18
              1.9 stopped
              5.0 moved_off 2600             -> stopped 2600 ms
              6.0 pole_hit 60 u 18           -> pole_touched touch 60 u 18",
        );
    }

    /// Who shook by himself is no witness; what is hit before the entry line is none of it.
    #[test]
    fn a_pole_that_shakes_in_the_wind_charges_nobody() {
        check::<WidthGate>(
            LIMITS,
            "0.2 pole_hit 20 u 18
             0.5 crossed entry_line front
             3.0 pole_hit 200 u 18          -> pole_touched touch 200 u 18
             4.0 pole_shaken 10 u 18        -> pole_touched ?",
        );
    }

    /// At ten kilometres an hour, abreast of a pole, a pole at the body, two seconds.
    #[test]
    fn at_its_limit_nothing_is_wrong() {
        check::<WidthGate>(
            LIMITS,
            "0.0 crossed entry_line front
             3.0 beyond pole 0 u 18         -> pole_touched 0 u 18
             4.0 passed pole 1 0 u 18       -> wrong_route 0 u 18
             5.0 passed pole 3 -900 u 18    -> wrong_route -900 u 18
             6.0 passed pole 5 -900 u 18    -> wrong_route -900 u 18
             7.0 pace pole front 12000 least 11000 most 12000 u 180
             8.0 pace pole rear 12000 least 10000 most 12000 u 180
             8.5 stopped
            10.0 moved_off 2000             -> stopped 2000 ms
            12.0 crossed exit_line rear     -> too_slow 10000 m/h u 180
            14.0 left_ground                -> !wrong_route",
        );
    }

    /// Three gates; the first one left out is told once, also to whoever leaves out the last one too.
    #[test]
    fn the_first_gate_left_out_is_a_wrong_route_once() {
        let syllabus = crate::Syllabus::parse(include_str!("../../../syllabi/ga1026-2022.toml")).unwrap();
        assert_eq!(
            WidthGate::limits(&mut LimitReader::new(&syllabus, "width_gate")).gates,
            3
        );
        check::<WidthGate>(
            LIMITS,
            "0.0 crossed entry_line front
             9.0 passed pole 3 -1500 u 20 -> wrong_route
             9.5 pace pole front 12000 least 12000 most 12000 u 180
            20.0 crossed exit_line rear -> too_slow 12000 m/h u 180",
        );
    }
}
