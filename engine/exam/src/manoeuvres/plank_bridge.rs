//! 通过单边桥: both wheels over one plank, without a wheel missing it or dropping off it.
//!
//! Twenty centimetres of plank cannot be judged by satellites alone, so the plank's contacts speak, and the position only
//! says whether the wheel was between the deck's ends when its contact went. A drop is counted once and re-armed when
//! both wheels are back on. Without contacts the rules go to the examiner.
use crate::manoeuvre::{Fact, Manoeuvre, Role, Sheet, Watch, What, Wheel};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::units::{EventTime, Micros, TenthMillimetres};

crate::faults! {
    /// 通过单边桥 faults.
    PlankFault {
        /// 其中有一车轮未上桥
        WheelMissed = "wheel_missed",
        /// 已驶上桥面，在行驶中出现车轮掉下桥面
        WheelDropped = "wheel_dropped",
        /// 中途停车
        Stopped = "stopped",
        /// 不按规定路线、顺序行驶
        WrongRoute = "wrong_route",
    }
}
use PlankFault as Wrong;

/// Parts of the plank bridge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlankPart {
    /// Entry line.
    Entry,
    /// Exit line.
    Exit,
    /// The deck.
    Deck,
    /// Deck and ramps as a surface.
    Profile,
}

/// Limits of the plank bridge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Uncertainty of a duration.
    pub time_u: Micros,
    /// A wheel that leaves its contact not farther inside the deck's ends than this may be riding on or off.
    pub end: TenthMillimetres,
}

/// Which wheels have been on the plank, and which are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wheels {
    been_front: bool,
    been_rear: bool,
    on_front: bool,
    on_rear: bool,
}

impl Wheels {
    fn set(mut self, wheel: Wheel, on: bool) -> Wheels {
        match wheel {
            Wheel::Front => (self.on_front, self.been_front) = (on, self.been_front || on),
            Wheel::Rear => (self.on_rear, self.been_rear) = (on, self.been_rear || on),
        }
        self
    }
    fn all_on(self) -> bool {
        self.on_front && self.on_rear
    }
}

/// The phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlankBridge {
    /// Before the entry line.
    Before,
    /// Between the lines.
    Riding {
        /// Contacts so far.
        wheels: Wheels,
        /// A drop was noted and not all wheels have been back on since.
        dropped: Option<EventTime>,
        /// It has come to rest since the item was told to have begun.
        rests: bool,
    },
    /// Over the exit line.
    Done,
}

impl Manoeuvre for PlankBridge {
    const NAME: &'static str = "plank_bridge";
    type Part = PlankPart;
    type Fault = Wrong;
    type Limits = Limits;
    const ROLES: &'static [Role<PlankPart>] = &[
        Role::one("entry_line", PlankPart::Entry, &[Watch::Crossing]),
        Role::one("exit_line", PlankPart::Exit, &[Watch::Crossing]),
        Role::one("deck", PlankPart::Deck, &[Watch::Deck]),
        Role::one("profile", PlankPart::Profile, &[Watch::Nothing]),
    ];
    const BEGIN: Self = PlankBridge::Before;

    fn limits(reader: &mut LimitReader<'_>) -> Limits {
        Limits {
            time_u: reader.micros("time_u"),
            end: reader.rule_distance("wheel_dropped"),
        }
    }

    fn begins(what: What<PlankPart>) -> bool {
        matches!(what, What::Crossed(PlankPart::Entry, Wheel::Front))
    }

    fn step(self, fact: Fact<PlankPart>, limits: Limits, sheet: &mut Sheet) -> Self {
        use PlankBridge::*;
        let at = fact.at;
        match (self, fact.what) {
            (Before, What::Crossed(PlankPart::Entry, Wheel::Front)) => Riding {
                wheels: Wheels::default(),
                dropped: None,
                rests: false,
            },
            (Riding { wheels, dropped, .. }, What::Stopped) => Riding {
                wheels,
                dropped,
                rests: true,
            },
            (Riding { wheels, dropped, rests }, What::Contact(wheel, true, _)) => {
                let wheels = wheels.set(wheel, true);
                Riding {
                    wheels,
                    dropped: dropped.filter(|_| !wheels.all_on()),
                    rests,
                }
            }
            (Riding { wheels, dropped, rests }, What::Contact(wheel, false, inside)) => {
                if dropped.is_none() {
                    sheet.distance(at, Wrong::WheelDropped, inside);
                }
                let fell = inside.value > limits.end;
                Riding {
                    wheels: wheels.set(wheel, false),
                    dropped: dropped.or(fell.then_some(at)),
                    rests,
                }
            }
            (Riding { rests: true, .. }, What::MovedOff(stood)) => {
                sheet.time(at, Wrong::Stopped, stood, limits.time_u);
                self
            }
            (Riding { wheels, .. }, What::Crossed(PlankPart::Exit, Wheel::Rear)) => {
                match [wheels.been_front, wheels.been_rear] {
                    [true, true] => {}
                    // Whoever passes beside it may be on another way.
                    [false, false] => [(); 2].iter().for_each(|()| sheet.ask(at, Wrong::WheelMissed)),
                    _ => sheet.fault(at, Wrong::WheelMissed),
                }
                Done
            }
            (Riding { .. }, What::LeftGround) => {
                sheet.fault(at, Wrong::WrongRoute);
                Done
            }
            (phase, _) => phase,
        }
    }

    fn ends(what: What<PlankPart>) -> bool {
        matches!(what, What::Crossed(PlankPart::Exit, Wheel::Rear) | What::LeftGround)
    }

    fn is_done(self) -> bool {
        self == PlankBridge::Done
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::check;

    const LIMITS: Limits = Limits {
        time_u: Micros(30_000),
        end: TenthMillimetres(2_000),
    };
    const UP: &str = "
         0.0 crossed entry_line front
         1.0 contact front on 100 u 12
         2.0 contact rear on 100 u 12";

    #[test]
    fn clean() {
        check::<PlankBridge>(
            LIMITS,
            &format!(
                "{UP}
         3.0 contact front off -50 u 12  -> wheel_dropped -50 u 12
         4.0 contact rear off -50 u 12   -> wheel_dropped -50 u 12
         6.0 crossed exit_line rear"
            ),
        );
    }

    #[test]
    fn one_drop_is_one_fault_until_both_wheels_are_back_on() {
        check::<PlankBridge>(
            LIMITS,
            &format!(
                "{UP}
         2.5 contact rear off 800 u 12   -> wheel_dropped 800 u 12
         2.6 contact front off 400 u 12
         2.7 contact front on 400 u 12
         2.8 contact front off 300 u 12
         2.9 contact front on 300 u 12
         3.0 contact rear on 300 u 12
         3.1 contact rear off 201 u 12   -> wheel_dropped 201 u 12
         6.0 crossed exit_line rear"
            ),
        );
    }

    /// A front wheel that rides off the end hides no drop of the rear wheel behind it.
    #[test]
    fn riding_off_is_no_drop() {
        check::<PlankBridge>(
            LIMITS,
            &format!(
                "{UP}
         3.0 contact front off 200 u 12  -> wheel_dropped 200 u 12
         3.4 contact rear off 500 u 12   -> wheel_dropped 500 u 12
         6.0 crossed exit_line rear"
            ),
        );
    }

    #[test]
    fn each_wheel_that_never_was_on_is_a_fault() {
        check::<PlankBridge>(
            LIMITS,
            "0.0 crossed entry_line front
             1.0 contact front on 100 u 12
             6.0 crossed exit_line rear -> wheel_missed",
        );
        check::<PlankBridge>(
            LIMITS,
            "0.0 crossed entry_line front
             6.0 crossed exit_line rear -> wheel_missed ?, wheel_missed ?",
        );
    }

    #[test]
    fn a_stop_is_weighed_and_leaving_is_a_wrong_route() {
        check::<PlankBridge>(
            LIMITS,
            "0.0 crossed entry_line front
             1.9 stopped
             2.0 moved_off 2600 -> stopped 2600 ms
             3.0 left_ground    -> wrong_route
             4.0 moved_off 2600",
        );
    }

    #[test]
    fn contacts_before_the_entry_are_nobodys() {
        check::<PlankBridge>(
            LIMITS,
            "-1.0 contact rear off 800 u 12
              0.0 crossed entry_line front",
        );
    }

    /// Two seconds; a wheel that was on for a moment; off the ground behind the exit.
    #[test]
    fn at_its_limit_nothing_is_wrong() {
        check::<PlankBridge>(
            LIMITS,
            "0.0 crossed entry_line front
             1.0 contact front on 100 u 12
             1.5 contact rear on 300 u 12
             1.6 contact rear off 200 u 12  -> wheel_dropped 200 u 12
             3.0 stopped
             5.0 moved_off 2000             -> stopped 2000 ms
             5.5 contact front off 0 u 12   -> wheel_dropped 0 u 12
             6.0 crossed exit_line rear     -> !wheel_missed
             7.0 left_ground                -> !wrong_route",
        );
    }
}
