//! 直角转弯: round a corner, no wheel on an edge line, no stop, the lamp of the turn lit before it and off behind it.
//!
//! A line across the lane where the turn begins says which way it goes (`turn_left` or `turn_right`): by then that side's lamp
//! has been lit and the other's not. A lamp blinks, so it counts as lit for a moment after it was, and the box tells late, so it is
//! looked at a moment behind the line. When it must be off
//! again nobody has said: one that still blinks at the exit is for a person to judge.
use crate::manoeuvre::held::{Due, Dues};
use crate::manoeuvre::lamps::{Blink, Lamp, Lamps};
use crate::manoeuvre::{Fact, Manoeuvre, Role, Sheet, Watch, What, Wheel};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::units::{EventTime, Micros};

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

/// Everything is due by then.
const LAST: EventTime = EventTime(i64::MAX);

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
    /// How a turn lamp is seen.
    pub blink: Blink,
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
        /// Where it turned with this lamp, as long as that was not looked at.
        dues: Dues<Lamp>,
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
            blink: Blink::read(reader),
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
            (Before(lamps) | Driving { lamps, .. }, What::SignalUnsaid(signal, _)) => self.with(lamps.unsaid(signal)),
            (Before(_) | Driving { .. }, What::Unheard(_)) => self.with(Lamps::DARK),
            (Before(lamps), What::Crossed(CornerPart::Entry, Wheel::Front)) => Driving {
                lamps,
                dues: Dues::NONE,
                rests: false,
                charged: false,
            },
            (
                Driving {
                    lamps,
                    mut dues,
                    rests,
                    charged,
                },
                What::Crossed(turn @ (CornerPart::TurnLeft | CornerPart::TurnRight), Wheel::Front),
            ) => {
                let lamp = match turn {
                    CornerPart::TurnLeft => Lamp::Left,
                    _ => Lamp::Right,
                };
                dues.push(at, lamp);
                Driving {
                    lamps,
                    dues,
                    rests,
                    charged,
                }
            }
            (Driving { .. }, What::Deadline) => self.look(at, limits, sheet),
            (Driving { .. }, What::Beyond(CornerPart::Edge, by)) => {
                sheet.distance(at, Wrong::WheelOnEdge, by);
                self
            }
            (
                Driving {
                    lamps, dues, charged, ..
                },
                What::Stopped,
            ) => Driving {
                lamps,
                dues,
                rests: true,
                charged,
            },
            (Driving { rests: true, .. }, What::MovedOff(stood)) => {
                sheet.time(at, Wrong::Stopped, stood, limits.time_u);
                self
            }
            (Driving { .. }, What::Crossed(CornerPart::Exit, Wheel::Rear)) => {
                self.look(LAST, limits, sheet).leave(at, limits, sheet);
                Done
            }
            (Driving { .. }, What::LeftGround) => {
                self.look(LAST, limits, sheet);
                sheet.fault(at, Wrong::WrongRoute);
                Done
            }
            (phase, _) => phase,
        }
    }

    fn is_done(self) -> bool {
        self == RightAngle::Done
    }

    fn deadline(self, limits: Limits) -> Option<EventTime> {
        match self {
            RightAngle::Driving { dues, .. } => dues.next(limits.blink.late),
            _ => None,
        }
    }
}

impl RightAngle {
    fn with(self, lamps: Lamps) -> RightAngle {
        match self {
            RightAngle::Before(_) => RightAngle::Before(lamps),
            RightAngle::Driving {
                dues, rests, charged, ..
            } => RightAngle::Driving {
                lamps,
                dues,
                rests,
                charged,
            },
            RightAngle::Done => RightAngle::Done,
        }
    }

    /// Looks at the lamps of the turns that are due by now.
    fn look(mut self, now: EventTime, limits: Limits, sheet: &mut Sheet) -> RightAngle {
        if let RightAngle::Driving {
            lamps, dues, charged, ..
        } = &mut self
        {
            while let Some(Due { at, gate: lamp }) = dues.take(now, limits.blink.late) {
                if !lamps.shows(lamp, at, limits.blink) || lamps.stays(lamp.other(), at, limits.blink) {
                    sheet.fault_by_switch_at_place(at, Wrong::Lamp);
                    *charged = true;
                }
            }
        }
        self
    }

    /// Over the exit line: a lamp that blinks still is for a person to judge.
    fn leave(self, at: EventTime, limits: Limits, sheet: &mut Sheet) {
        let RightAngle::Driving {
            lamps, charged: false, ..
        } = self
        else {
            return;
        };
        let blinks = |lamp: &Lamp| lamps.shows(*lamp, at, limits.blink);
        if [Lamp::Left, Lamp::Right].iter().any(blinks) {
            sheet.ask(at, Wrong::Lamp);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::check;

    const LIMITS: Limits = Limits {
        time_u: Micros(30_000),
        blink: Blink::OF_A_SECOND,
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
                    "0.0 crossed entry_line front{lamps}\n 1.2 crossed turn_left front\n 1.5 signal lamp_right off\n 1.6 tick -> lamp\n 9.0 crossed exit_line rear"
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
                    "0.0 crossed entry_line front\n 0.0 signal lamp_right on\n {off} signal lamp_right off\n 1.2 crossed turn_right front\n 1.6 tick{said}\n 9.0 crossed exit_line rear"
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
             1.2 crossed turn_left front
             1.6 tick -> lamp
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

    /// The lever was put a moment before the line, and the box tells of it behind the line: by its next frame it counts.
    #[test]
    fn what_the_box_tells_late_counts() {
        for (before, after, said) in [
            ("0.5 tick", "1.16 signal lamp_left on", "!lamp"),
            ("0.5 tick", "1.30 signal lamp_left on", "!lamp"),
            ("0.5 tick", "1.31 signal lamp_left on", "lamp"),
            (
                "0.5 signal lamp_right on",
                "1.16 signal lamp_right off\n 1.16 signal lamp_left on",
                "!lamp",
            ),
            (
                "0.5 signal lamp_right on",
                "1.30 signal lamp_right off\n 1.30 signal lamp_left on",
                "!lamp",
            ),
            (
                "0.5 signal lamp_right on",
                "1.31 signal lamp_right off\n 1.30 signal lamp_left on",
                "lamp",
            ),
        ] {
            check::<RightAngle>(
                LIMITS,
                &format!(
                    "0.0 crossed entry_line front\n {before}\n 1.2 crossed turn_left front\n {after}\n 1.6 tick -> {said}\n 3.0 signal lamp_left off\n 9.0 crossed exit_line rear"
                ),
            );
        }
    }

    /// It is off its ground before the lamps at the line were looked at: they are looked at there.
    #[test]
    fn who_leaves_just_behind_the_line_is_looked_at_there() {
        check::<RightAngle>(
            LIMITS,
            "0.0 crossed entry_line front
             1.2 crossed turn_left front
             1.3 left_ground             -> lamp, wrong_route",
        );
    }

    /// The wire of the lamp fails before the line: nobody knows it lit, and the ledger asks.
    #[test]
    fn a_lamp_of_which_nobody_hears_any_more_is_not_lit() {
        check::<RightAngle>(
            LIMITS,
            "0.0 crossed entry_line front
             0.1 signal lamp_left on
             0.5 unsaid lamp_left
             1.2 crossed turn_left front
             1.6 tick -> lamp",
        );
    }
}
