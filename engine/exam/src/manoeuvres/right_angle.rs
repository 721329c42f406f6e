//! 直角转弯: round a corner, no wheel on an edge line, no stop, the lamp of the turn lit before it and off behind it.
//!
//! A line across the lane where the turn begins says which way it goes (`turn_left` or `turn_right`): by then that side's lamp
//! has been lit and the other's not. A lamp blinks, so it counts as lit for a moment after it was. When it must be off
//! again nobody has said: one that still blinks at the exit is for a person to judge.
use crate::manoeuvre::lamps::{Lamp, Lamps};
use crate::manoeuvre::{Fact, Manoeuvre, Role, Sheet, Watch, What, Wheel};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::units::Micros;

crate::faults! {
    /// 直角转弯 faults.
    RightAngleFault {
        /// 车轮轧道路边缘线
        WheelOnEdge = "wheel_on_edge",
        /// 转弯前不使用或错误使用转向灯，或转弯后不关闭转向灯
        Lamp = "lamp",
        /// 中途停车
        Stopped = "stopped",
        /// 不按规定路线、顺序行驶
        WrongRoute = "wrong_route",
    }
}
use RightAngleFault as Wrong;

/// Parts of the corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CornerPart {
    /// Entry line.
    Entry,
    /// Exit line.
    Exit,
    /// Either edge line.
    Edge,
    /// Where a turn to the left begins.
    TurnLeft,
    /// Where a turn to the right begins.
    TurnRight,
}

/// Limits of the corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Uncertainty of a duration.
    pub time_u: Micros,
    /// A lamp counts as lit for so long after it was: it blinks.
    pub blink: Micros,
}

/// The phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RightAngle {
    /// Before the entry line; a lamp may be lit already.
    Before(Lamps),
    /// Between the lines.
    Driving {
        /// What the lamps do.
        lamps: Lamps,
        /// It has come to rest since the item was told to have begun.
        rests: bool,
        /// It has turned, with a fault of the lamp.
        charged: bool,
    },
    /// Over the exit line.
    Done,
}

impl Manoeuvre for RightAngle {
    const NAME: &'static str = "right_angle";
    type Part = CornerPart;
    type Fault = Wrong;
    type Limits = Limits;
    const ROLES: &'static [Role<CornerPart>] = &[
        Role::one("entry_line", CornerPart::Entry, &[Watch::Crossing]),
        Role::one("exit_line", CornerPart::Exit, &[Watch::Crossing]),
        Role::one("edge_left", CornerPart::Edge, &[Watch::TyreBeyond]),
        Role::one("edge_right", CornerPart::Edge, &[Watch::TyreBeyond]),
        Role {
            name: "turn_left",
            part: CornerPart::TurnLeft,
            count: 0..=1,
            watch: &[Watch::Crossing],
        },
        Role {
            name: "turn_right",
            part: CornerPart::TurnRight,
            count: 0..=1,
            watch: &[Watch::Crossing],
        },
    ];
    const BEGIN: Self = RightAngle::Before(Lamps::DARK);

    fn limits(reader: &mut LimitReader<'_>) -> Limits {
        Limits {
            time_u: reader.micros("time_u"),
            blink: reader.micros("blink"),
        }
    }

    fn begins(what: What<CornerPart>) -> bool {
        matches!(what, What::Crossed(CornerPart::Entry, Wheel::Front))
    }

    fn step(self, fact: Fact<CornerPart>, limits: Limits, sheet: &mut Sheet) -> Self {
        use RightAngle::*;
        let at = fact.at;
        match (self, fact.what) {
            (Before(lamps) | Driving { lamps, .. }, What::Signal(signal, on)) => self.with(lamps.hear(at, signal, on)),
            (Before(_) | Driving { .. }, What::Unheard) => self.with(Lamps::DARK),
            (Before(lamps), What::Crossed(CornerPart::Entry, Wheel::Front)) => Driving {
                lamps,
                rests: false,
                charged: false,
            },
            (
                Driving { lamps, rests, .. },
                What::Crossed(turn @ (CornerPart::TurnLeft | CornerPart::TurnRight), Wheel::Front),
            ) => {
                let lamp = match turn {
                    CornerPart::TurnLeft => Lamp::Left,
                    _ => Lamp::Right,
                };
                let charged = !lamps.shows(lamp, at, limits.blink) || lamps.shows(lamp.other(), at, Micros(0));
                if charged {
                    sheet.fault_by_switch_at_place(at, Wrong::Lamp);
                }
                Driving { lamps, rests, charged }
            }
            (Driving { .. }, What::Beyond(CornerPart::Edge, by)) => {
                sheet.distance(at, Wrong::WheelOnEdge, by);
                self
            }
            (Driving { lamps, charged, .. }, What::Stopped) => Driving {
                lamps,
                rests: true,
                charged,
            },
            (Driving { rests: true, .. }, What::MovedOff(stood)) => {
                sheet.time(at, Wrong::Stopped, stood, limits.time_u);
                self
            }
            (Driving { lamps, charged, .. }, What::Crossed(CornerPart::Exit, Wheel::Rear)) => {
                let blinks = [Lamp::Left, Lamp::Right]
                    .iter()
                    .any(|lamp| lamps.shows(*lamp, at, limits.blink));
                if blinks && !charged {
                    sheet.ask(at, Wrong::Lamp);
                }
                Done
            }
            (Driving { .. }, What::LeftGround) => {
                sheet.fault(at, Wrong::WrongRoute);
                Done
            }
            (phase, _) => phase,
        }
    }

    fn ends(what: What<CornerPart>) -> bool {
        matches!(what, What::Crossed(CornerPart::Exit, Wheel::Rear) | What::LeftGround)
    }

    fn is_done(self) -> bool {
        self == RightAngle::Done
    }
}

impl RightAngle {
    fn with(self, lamps: Lamps) -> RightAngle {
        match self {
            RightAngle::Before(_) => RightAngle::Before(lamps),
            RightAngle::Driving { rests, charged, .. } => RightAngle::Driving { lamps, rests, charged },
            RightAngle::Done => RightAngle::Done,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::check;

    const LIMITS: Limits = Limits {
        time_u: Micros(30_000),
        blink: Micros(1_000_000),
    };

    /// The left lamp blinks from before the entry until it is behind the corner.
    #[test]
    fn clean() {
        check::<RightAngle>(
            LIMITS,
            "0.0 crossed entry_line front
             0.5 signal lamp_left on
             0.9 signal lamp_left off
             1.2 crossed turn_left front
             1.3 signal lamp_left on
             1.7 signal lamp_left off
             9.0 crossed exit_line rear",
        );
    }

    #[test]
    fn without_the_lamp_with_the_other_or_with_both() {
        for lamps in [
            "",
            "\n 0.5 signal lamp_right on",
            "\n 0.5 signal lamp_left on\n 0.5 signal lamp_right on",
        ] {
            check::<RightAngle>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front{lamps}\n 1.2 crossed turn_left front -> lamp\n 1.5 signal lamp_right off\n 9.0 crossed exit_line rear"
                ),
            );
        }
    }

    /// It was lit a second before the turn, and out since.
    #[test]
    fn a_lamp_that_blinks_is_lit_for_a_moment_longer() {
        for (off, said) in [("0.2", " -> !lamp"), ("0.1", " -> lamp")] {
            check::<RightAngle>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front\n 0.0 signal lamp_right on\n {off} signal lamp_right off\n 1.2 crossed turn_right front{said}\n 9.0 crossed exit_line rear"
                ),
            );
        }
    }

    #[test]
    fn one_that_still_blinks_at_the_exit_is_for_a_person_to_judge() {
        check::<RightAngle>(
            LIMITS,
            "0.0 crossed entry_line front
             0.5 signal lamp_left on
             1.2 crossed turn_left front
             8.5 signal lamp_left off
             9.0 crossed exit_line rear -> lamp ?",
        );
    }

    /// What the switches said before nobody heard them does not hold.
    #[test]
    fn a_silent_box_has_no_lamp_lit() {
        check::<RightAngle>(
            LIMITS,
            "0.0 signal lamp_left on
             0.1 crossed entry_line front
             0.5 unheard
             1.2 crossed turn_left front -> lamp
             5.0 left_ground -> wrong_route",
        );
    }

    #[test]
    fn edges_and_stops_are_weighed() {
        check::<RightAngle>(
            LIMITS,
            "0.0 crossed entry_line front
             0.5 signal lamp_left on
             1.2 crossed turn_left front
             1.4 signal lamp_left off
             3.0 beyond edge_left 60 u 12 -> wheel_on_edge 60 u 12
             4.0 stopped
             7.0 moved_off 2600           -> stopped 2600 ms
             9.0 crossed exit_line rear",
        );
    }

    #[test]
    fn at_its_limit_nothing_is_wrong() {
        check::<RightAngle>(
            LIMITS,
            "0.0 crossed entry_line front
             0.5 signal lamp_left on
             1.2 crossed turn_left front
             1.4 signal lamp_left off
             3.0 beyond edge_left 0 u 12 -> wheel_on_edge 0 u 12
             4.0 stopped
             6.0 moved_off 2000          -> stopped 2000 ms
             9.0 crossed exit_line rear
            10.0 left_ground             -> !wrong_route",
        );
    }
}
