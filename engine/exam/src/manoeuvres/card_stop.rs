//! 停车取卡: to the card machine on the left, stop there near the line, neutral, parking brake, take the card, go on.
//!
//! A place to stop (`stop_zone`) lies along the lane before the machine. Of several stops the one that was nearest to it counts
//! (who stops short and creeps on has stopped there in the end); neutral and parking brake count at any rest in it. Points of
//! most faults were not found: knobs say what is taken. Deliberately not here: the card itself.
use crate::manoeuvre::{Distance, Fact, Manoeuvre, Role, Sheet, Watch, Way, What, Wheel};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::Signal;
use kaoguan_telemetry::units::EventTime;

crate::faults! {
    /// 停车取卡 faults.
    CardStopFault {
        /// 驶过取卡位未停车
        Passed = "passed",
        /// 车身距边缘线过远
        FarFromEdge = "far_from_edge",
        /// 车轮轧边缘线
        WheelOnEdge = "wheel_on_edge",
        /// 停车后未挂空挡
        NoNeutral = "no_neutral",
        /// 停车后未拉驻车制动
        NoParkingBrake = "no_parking_brake",
        /// 停车后倒车校正
        Reversed = "reversed",
        /// 不按规定路线、顺序行驶
        WrongRoute = "wrong_route",
    }
}
use CardStopFault as Wrong;

/// Parts of the card machine's lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardPart {
    /// Entry line.
    Entry,
    /// Exit line.
    Exit,
    /// Where the front bumper stands while the card is taken.
    Zone,
    /// The edge on the machine's side.
    Edge,
    /// The other edge; it leads, and is not judged.
    Far,
}
use CardPart as Part;

/// The phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardStop {
    /// Before the entry line; a switch may be on already.
    Before(Cabin),
    /// Between the lines.
    Driving(Cabin, Stop),
    /// Over the exit line.
    Done,
}

/// What the cabin's switches say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cabin {
    neutral: bool,
    brake: bool,
}

/// What is known of its stops.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stop {
    rests: bool,
    /// It has stood at some time.
    stood: bool,
    /// It has been slow: that may have been a stop.
    slow: bool,
    /// How far from its place, where it was nearest.
    off: Option<Distance>,
    /// How far from the edge at that stop; with when.
    gap: Option<(EventTime, Distance)>,
    /// The gap that is measured next is that of the nearest stop.
    nearest: bool,
    neutral: bool,
    brake: bool,
}

impl Manoeuvre for CardStop {
    const NAME: &'static str = "card_stop";
    type Part = CardPart;
    type Fault = Wrong;
    type Limits = ();
    const ROLES: &'static [Role<Part>] = &[
        Role::one("entry_line", Part::Entry, &[Watch::Crossing]),
        Role::one("exit_line", Part::Exit, &[Watch::Crossing]),
        Role::one("stop_zone", Part::Zone, &[Watch::AxleAtStop]),
        Role::one("edge_left", Part::Edge, &[Watch::BodyGapAtStop, Watch::TyreBeyond]),
        Role::one("edge_right", Part::Far, &[Watch::Nothing]),
    ];
    const BEGIN: Self = CardStop::Before(Cabin {
        neutral: false,
        brake: false,
    });

    fn limits(_: &mut LimitReader<'_>) {}

    fn begins(what: What<Part>) -> bool {
        matches!(what, What::Crossed(Part::Entry, Wheel::Front))
    }

    fn step(self, fact: Fact<Part>, (): (), sheet: &mut Sheet) -> Self {
        use CardStop::*;
        let at = fact.at;
        match (self, fact.what) {
            (Before(cabin), what) => match Self::begins(what) {
                true => Driving(cabin, Stop::default()),
                false => Before(cabin.hear(what)),
            },
            (Driving(..), What::Beyond(Part::Edge, by)) => {
                sheet.distance(at, Wrong::WheelOnEdge, by);
                self
            }
            // Backwards after a stop; before it, nothing has been corrected.
            (Driving(_, stop), What::Goes(Way::Backwards)) if stop.stood => {
                sheet.fault(at, Wrong::Reversed);
                self
            }
            (Driving(_, stop), What::Crossed(Part::Exit, Wheel::Rear)) => {
                stop.judge(at, sheet);
                Done
            }
            (Driving(..), What::LeftGround) => {
                sheet.fault(at, Wrong::WrongRoute);
                Done
            }
            (Driving(cabin, stop), what) => {
                let cabin = cabin.hear(what);
                Driving(cabin, stop.see(at, what).with(cabin))
            }
            (phase, _) => phase,
        }
    }

    fn ends(what: What<Part>) -> bool {
        matches!(what, What::Crossed(Part::Exit, Wheel::Rear) | What::LeftGround)
    }

    fn is_done(self) -> bool {
        self == CardStop::Done
    }
}

impl Cabin {
    fn hear(mut self, what: What<Part>) -> Cabin {
        match what {
            What::Signal(Signal::Neutral, on) => self.neutral = on,
            What::Signal(Signal::ParkingBrake, on) => self.brake = on,
            What::Unheard => self = Cabin::default(),
            _ => {}
        }
        self
    }
}

impl Stop {
    fn see(mut self, at: EventTime, what: What<Part>) -> Stop {
        match what {
            What::Slowed => self.slow = true,
            What::Stopped => (self.rests, self.stood) = (true, true),
            What::MovedOff(_) => self.rests = false,
            What::Measured(Part::Zone, off) => {
                self.nearest = self.off.is_none_or(|known| off.value <= known.value);
                if self.nearest {
                    self.off = Some(off);
                }
            }
            What::Measured(Part::Edge, gap) if self.nearest => self.gap = Some((at, gap)),
            _ => {}
        }
        self
    }

    /// What the switches say while it rests counts.
    fn with(mut self, cabin: Cabin) -> Stop {
        self.neutral |= self.rests && cabin.neutral;
        self.brake |= self.rests && cabin.brake;
        self
    }

    fn judge(self, at: EventTime, sheet: &mut Sheet) {
        let Some(off) = self.off else {
            match self.slow {
                true => sheet.ask(at, Wrong::Passed),
                false => sheet.fault(at, Wrong::Passed),
            }
            return;
        };
        sheet.distance(at, Wrong::Passed, off);
        if let Some((when, gap)) = self.gap {
            sheet.distance(when, Wrong::FarFromEdge, gap);
        }
        if !self.neutral {
            sheet.fault_by_switch(at, Wrong::NoNeutral);
        }
        if !self.brake {
            sheet.fault_by_switch(at, Wrong::NoParkingBrake);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::check;

    #[test]
    fn clean() {
        check::<CardStop>(
            (),
            "0.0 crossed entry_line front
             5.0 slowed
             5.0 stopped
             5.0 measured stop_zone -300 u 12
             5.0 measured edge_left 350 u 12
             5.6 signal neutral on
             6.0 signal parking_brake on
            10.0 signal parking_brake off
            10.2 signal neutral off
            11.0 moved_off 5500            -> !reversed
            15.0 beyond edge_left -300 u 12 -> wheel_on_edge -300 u 12
            16.0 crossed exit_line rear    -> passed -300 u 12, far_from_edge 350 u 12, !no_neutral, !no_parking_brake, !wrong_route",
        );
    }

    /// Short of it first, then in it: the second stop counts.
    #[test]
    fn who_creeps_on_has_stopped_there() {
        check::<CardStop>(
            (),
            "0.0 crossed entry_line front
             5.0 stopped
             5.0 measured stop_zone 900 u 12
             5.0 measured edge_left 700 u 12
             7.0 moved_off 1500
             8.0 stopped
             8.0 measured stop_zone -100 u 12
             8.0 measured edge_left 400 u 12
             8.5 signal neutral on
             8.6 signal parking_brake on
            13.0 moved_off 4500
            16.0 crossed exit_line rear -> passed -100 u 12, far_from_edge 400 u 12",
        );
    }

    #[test]
    fn who_drives_past_has_not_stopped() {
        check::<CardStop>(
            (),
            "-2.0 stopped
              -1.0 moved_off 900
              0.0 crossed entry_line front
             16.0 crossed exit_line rear -> passed",
        );
        check::<CardStop>(
            (),
            "0.0 crossed entry_line front
             5.0 slowed
             5.3 moved_off 0
            16.0 crossed exit_line rear -> passed ?",
        );
    }

    #[test]
    fn neither_neutral_nor_brake_and_far_away_and_over_the_edge() {
        check::<CardStop>(
            (),
            "0.0 signal parking_brake on
             0.1 signal parking_brake off
             0.2 crossed entry_line front
             4.0 beyond edge_left 90 u 12     -> wheel_on_edge 90 u 12
             5.0 stopped
             5.0 measured stop_zone 1400 u 12
             5.0 measured edge_left 700 u 12
            11.0 moved_off 5500
            11.5 signal neutral on
            16.0 crossed exit_line rear       -> passed 1400 u 12, far_from_edge 700 u 12, no_neutral, no_parking_brake",
        );
    }

    #[test]
    fn backwards_after_the_stop_is_a_correction() {
        check::<CardStop>(
            (),
            "0.0 crossed entry_line front
             2.0 goes backwards
             3.0 goes forwards
             5.0 stopped
             7.0 goes backwards -> reversed",
        );
    }

    #[test]
    fn leaving_the_ground_is_a_wrong_route() {
        check::<CardStop>(
            (),
            "0.0 crossed entry_line front
             5.0 left_ground -> wrong_route
             6.0 crossed exit_line rear",
        );
    }

    /// What the lever and the brake said before a silence is not known at the stop.
    #[test]
    fn a_silent_box_says_neither_neutral_nor_brake() {
        check::<CardStop>(
            (),
            "0.0 crossed entry_line front
             3.0 signal neutral on
             3.1 signal parking_brake on
             4.0 unheard
             5.0 stopped
             5.0 measured stop_zone -300 u 12
             5.0 measured edge_left 350 u 12
            11.0 moved_off 5500
            16.0 crossed exit_line rear -> passed -300 u 12, far_from_edge 350 u 12, no_neutral, no_parking_brake",
        );
    }

    /// The nearest stop counts with its own gap, of two as near as each other the later one.
    #[test]
    fn the_gap_is_that_of_the_nearest_stop() {
        for (second, gap) in [("900", "700"), ("-100", "400")] {
            check::<CardStop>(
                (),
                &format!(
                    "0.0 crossed entry_line front
                     5.0 stopped
                     5.0 measured stop_zone -100 u 12
                     5.0 measured edge_left 700 u 12
                     5.1 signal neutral on
                     5.2 signal parking_brake on
                     7.0 moved_off 1500
                     8.0 stopped
                     8.0 measured stop_zone {second} u 12
                     8.0 measured edge_left 400 u 12
                    13.0 moved_off 4500
                    16.0 crossed exit_line rear -> passed -100 u 12, far_from_edge {gap} u 12"
                ),
            );
        }
    }
}
