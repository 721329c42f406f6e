//! 停车取卡: to the card machine on the left, stop there near the line, neutral, parking brake, take the card, go on.
//!
//! A place to stop (`stop_zone`) lies along the lane before the machine. Of several stops the one that was nearest to it counts
//! (who stops short and creeps on has stopped there in the end), and of those in it the best of each. Neutral and parking brake
//! belong to the stop at the machine; where they were there at another one only, a person says what that was. So he does where it
//! was slow for a moment only, which may have been the stop. Backwards without the reverse gear it rolls: that is the general rule's.
//! Points of most faults were not found: knobs say what is taken. Deliberately not here: the card itself.
use crate::manoeuvre::stretch::{Drive, Stretch};
use crate::manoeuvre::{Distance, Fact, Role, Sheet, Watch, Way, What, Wheel};
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

/// The manoeuvre.
pub type CardStop = Stretch<CardLane>;

/// A drive along the card machine's lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardLane {
    cabin: Cabin,
    /// It stands.
    rest: Option<Rest>,
    /// The stop that counts, of those that are over.
    best: Option<Rest>,
    /// It has stood at some time.
    stood: bool,
    /// It is slow: that may become a stop.
    slow: bool,
    /// It was slow for a moment only: that may have been a stop, and nobody saw where.
    brief: bool,
    /// At any stop, wherever that was.
    neutral: bool,
    brake: bool,
}

/// What the cabin's switches say; `None` where nobody heard them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Cabin {
    neutral: Option<bool>,
    brake: Option<bool>,
    reverse: Option<bool>,
}

/// What is known of a stop.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Rest {
    /// How far from its place.
    off: Option<Distance>,
    /// How far from the edge; with when.
    gap: Option<(EventTime, Distance)>,
    neutral: bool,
    brake: bool,
}

impl Drive for CardLane {
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
    const ENTRY: Part = Part::Entry;
    const EXIT: Part = Part::Exit;
    const WRONG_ROUTE: Wrong = Wrong::WrongRoute;

    fn limits(_: &mut LimitReader<'_>) {}

    fn begin(_: EventTime) -> CardLane {
        CardLane {
            cabin: Cabin::default(),
            rest: None,
            best: None,
            stood: false,
            slow: false,
            brief: false,
            neutral: false,
            brake: false,
        }
    }

    fn step(&mut self, fact: Fact<Part>, (): (), sheet: &mut Sheet) {
        let at = fact.at;
        self.cabin.hear(fact.what);
        match fact.what {
            What::Beyond(Part::Edge, by) => sheet.distance(at, Wrong::WheelOnEdge, by),
            // Backwards after a stop; before it, nothing has been corrected.
            What::Goes(Way::Backwards) if self.stood => match self.cabin.reverse {
                Some(true) => sheet.fault(at, Wrong::Reversed),
                Some(false) => {}
                None => sheet.ask(at, Wrong::Reversed),
            },
            What::Slowed => self.slow = true,
            What::Stopped => {
                (self.slow, self.stood) = (false, true);
                self.rest = Some(Rest::default());
            }
            What::MovedOff(_) => {
                self.brief |= std::mem::take(&mut self.slow);
                self.end_rest();
            }
            What::Crossed(Part::Exit, Wheel::Rear) => {
                self.end_rest();
                self.judge(at, sheet);
            }
            what => {
                if let Some(rest) = &mut self.rest {
                    rest.measure(at, what);
                }
            }
        }
        self.see_switches();
    }

    fn has_met_all(&self) -> bool {
        true
    }

    fn deadline(&self, (): ()) -> Option<EventTime> {
        None
    }
}

impl Cabin {
    fn hear(&mut self, what: What<Part>) {
        let (signal, state) = match what {
            What::Signal(signal, on) => (signal, Some(on)),
            What::SignalUnsaid(signal, _) => (signal, None),
            What::Unheard(_) => {
                *self = Cabin::default();
                return;
            }
            _ => return,
        };
        match signal {
            Signal::Neutral => self.neutral = state,
            Signal::ParkingBrake => self.brake = state,
            Signal::Reverse => self.reverse = state,
            _ => {}
        }
    }
}

impl Rest {
    fn measure(&mut self, at: EventTime, what: What<Part>) {
        match what {
            What::Measured(Part::Zone, off) => self.off = Some(off),
            What::Measured(Part::Edge, gap) => self.gap = Some((at, gap)),
            _ => {}
        }
    }

    fn is_at_the_place(&self) -> bool {
        self.off.is_some_and(|off| off.value.0 <= 0)
    }

    /// Both at the place: each of its duties counts where it was done best.
    fn with(self, later: Rest) -> Rest {
        let near = |gap: &(EventTime, Distance)| gap.1.value;
        Rest {
            off: later.off,
            gap: [self.gap, later.gap].into_iter().flatten().min_by_key(near),
            neutral: self.neutral || later.neutral,
            brake: self.brake || later.brake,
        }
    }
}

impl CardLane {
    /// What the switches say while it rests counts.
    fn see_switches(&mut self) {
        let Some(rest) = &mut self.rest else { return };
        rest.neutral |= self.cabin.neutral == Some(true);
        rest.brake |= self.cabin.brake == Some(true);
        self.neutral |= rest.neutral;
        self.brake |= rest.brake;
    }

    fn end_rest(&mut self) {
        let Some(rest) = self.rest.take() else { return };
        let Some(off) = rest.off else { return };
        self.best = Some(match self.best {
            Some(best) if best.is_at_the_place() && rest.is_at_the_place() => best.with(rest),
            Some(best) if best.off.is_some_and(|known| known.value < off.value) => best,
            _ => rest,
        });
    }

    fn judge(&self, at: EventTime, sheet: &mut Sheet) {
        let Some((best, off)) = self.best.and_then(|best| Some((best, best.off?))) else {
            match self.slow || self.brief {
                true => sheet.ask(at, Wrong::Passed),
                false => sheet.fault(at, Wrong::Passed),
            }
            return;
        };
        // It may have stopped for a moment at the machine after all.
        let elsewhere = self.brief && !best.is_at_the_place();
        let mut weigh = |when, fault, by| match elsewhere {
            true => sheet.ask_distance(when, fault, by),
            false => sheet.distance(when, fault, by),
        };
        weigh(at, Wrong::Passed, off);
        if let Some((when, gap)) = best.gap {
            weigh(when, Wrong::FarFromEdge, gap);
        }
        for (there, anywhere, fault) in [
            (best.neutral, self.neutral, Wrong::NoNeutral),
            (best.brake, self.brake, Wrong::NoParkingBrake),
        ] {
            match there {
                true => {}
                false if anywhere || elsewhere => sheet.ask(at, fault),
                false => sheet.fault_by_switch_at_place(at, fault),
            }
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
             1.5 signal reverse on
             2.0 goes backwards
             2.8 signal reverse off
             3.0 goes forwards
             5.0 stopped
             6.5 signal reverse on
             7.0 goes backwards -> reversed",
        );
    }

    /// It rolls back when it moves off: that is the general rule's, not a correction. Without a gear a person says which it was.
    #[test]
    fn who_rolls_back_has_not_reversed() {
        check::<CardStop>(
            (),
            "0.0 crossed entry_line front
             0.0 signal reverse off
             5.0 stopped
             7.0 goes backwards -> !reversed
             8.0 unheard
             9.0 goes forwards
             9.5 stopped
            11.0 goes backwards -> reversed ?",
        );
    }

    /// Neutral and brake at a traffic jam on the way, neither at the machine.
    #[test]
    fn switches_of_another_rest_are_for_a_person() {
        check::<CardStop>(
            (),
            "0.0 crossed entry_line front
             3.0 stopped
             3.0 measured stop_zone 9000 u 12
             3.0 measured edge_left 400 u 12
             3.5 signal neutral on
             3.6 signal parking_brake on
             4.0 signal neutral off
             4.1 signal parking_brake off
             6.0 moved_off 2500
             8.0 stopped
             8.0 measured stop_zone -100 u 12
             8.0 measured edge_left 400 u 12
            13.0 moved_off 4500
            16.0 crossed exit_line rear -> passed -100 u 12, far_from_edge 400 u 12, no_neutral ?, no_parking_brake ?",
        );
    }

    /// It stood far off, and then only for a moment at the machine: nobody saw where.
    #[test]
    fn a_far_stop_does_not_hide_a_short_one() {
        check::<CardStop>(
            (),
            "0.0 crossed entry_line front
             2.0 slowed
             2.0 stopped
             2.0 measured stop_zone 9000 u 12
             2.0 measured edge_left 400 u 12
             4.0 moved_off 1500
             8.0 slowed
             8.3 moved_off 0
            16.0 crossed exit_line rear -> passed 9000 u 12 ?, far_from_edge 400 u 12 ?, no_neutral ?, no_parking_brake ?",
        );
    }

    /// The card is taken; it creeps on a little in the place and waits for the barrier, in gear.
    #[test]
    fn a_second_rest_at_the_place_takes_nothing_of_the_first() {
        check::<CardStop>(
            (),
            "0.0 crossed entry_line front
             5.0 stopped
             5.0 measured stop_zone -100 u 12
             5.0 measured edge_left 400 u 12
             5.5 signal neutral on
             5.6 signal parking_brake on
             8.0 signal neutral off
             8.1 signal parking_brake off
             9.0 moved_off 3500
            10.0 stopped
            10.0 measured stop_zone -400 u 12
            10.0 measured edge_left 600 u 12
            13.0 moved_off 2500
            16.0 crossed exit_line rear -> passed -400 u 12, far_from_edge 400 u 12",
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

    /// The lever's wire or the brake's fails on the way: what it said before is not known at the stop.
    #[test]
    fn a_switch_of_which_nobody_hears_any_more_says_nothing_at_the_stop() {
        for (lost, said) in [
            ("tick", "!no_neutral, !no_parking_brake"),
            ("unsaid neutral", "no_neutral, !no_parking_brake"),
            ("unsaid parking_brake", "no_parking_brake, !no_neutral"),
        ] {
            check::<CardStop>(
                (),
                &format!(
                    "0.0 crossed entry_line front
                     3.0 signal neutral on
                     3.1 signal parking_brake on
                     4.0 {lost}
                     5.0 stopped
                     5.0 measured stop_zone -300 u 12
                     5.0 measured edge_left 350 u 12
                    11.0 moved_off 5500
                    16.0 crossed exit_line rear -> passed -300 u 12, far_from_edge 350 u 12, {said}"
                ),
            );
        }
    }

    /// With its bumper on the end of the place it is at the place, a tenth of a millimetre beyond it is not: what it did there is for a person.
    #[test]
    fn the_end_of_the_place_belongs_to_it() {
        for (first, said) in [
            ("0", "!no_neutral, !no_parking_brake"),
            ("0.1", "no_neutral ?, no_parking_brake ?"),
        ] {
            check::<CardStop>(
                (),
                &format!(
                    "0.0 crossed entry_line front
                     5.0 stopped
                     5.0 measured stop_zone {first} u 12
                     5.0 measured edge_left 400 u 12
                     5.1 signal neutral on
                     5.2 signal parking_brake on
                     6.0 signal neutral off
                     6.1 signal parking_brake off
                     7.0 moved_off 1500
                     8.0 stopped
                     8.0 measured stop_zone -100 u 12
                     8.0 measured edge_left 450 u 12
                    13.0 moved_off 4500
                    16.0 crossed exit_line rear -> passed -100 u 12, far_from_edge {gap} u 12, {said}",
                    gap = if first == "0" { 400 } else { 450 }
                ),
            );
        }
    }

    /// Twice as far short of it as each other: where it stood last it took the card.
    #[test]
    fn of_two_stops_as_near_the_later_one_counts() {
        check::<CardStop>(
            (),
            "0.0 crossed entry_line front
             5.0 stopped
             5.0 measured stop_zone 900 u 12
             5.0 measured edge_left 700 u 12
             7.0 moved_off 1500
             8.0 stopped
             8.0 measured stop_zone 900 u 12
             8.0 measured edge_left 400 u 12
             8.5 signal neutral on
             8.6 signal parking_brake on
            13.0 moved_off 4500
            16.0 crossed exit_line rear -> passed 900 u 12, far_from_edge 400 u 12",
        );
    }

    /// It stops with its rear wheels over the exit line, far past the machine, and stands there still.
    #[test]
    fn a_stop_at_the_exit_is_weighed_as_far_as_it_was_seen() {
        check::<CardStop>(
            (),
            "0.0 crossed entry_line front
            15.0 stopped
            15.0 measured stop_zone 5200 u 12
            15.0 measured edge_left 350 u 12
            15.5 signal neutral on
            15.6 signal parking_brake on
            14.9 crossed exit_line rear -> passed 5200 u 12, far_from_edge 350 u 12",
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
