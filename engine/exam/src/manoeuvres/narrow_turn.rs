//! 窄路掉头: in, turned round with at most three moves forwards and two backwards, and out again over the line one came in by.
//!
//! Each reversing is one move, and so is each way forwards between them; who needs a third reversing has not done it in
//! 三进二退. A vehicle that rolls back while moving off has gone backwards too: where the reverse gear was heard not to be
//! in, a person says whether that was a move. A stop at a turning point is part of the drive; one after which the vehicle
//! goes on as before is 中途停车. Whoever backs out again before the rear axle was in has not begun. Out is out when the
//! front axle has gone over the line before the rear one, by then it looks the other way; the other way about it has backed
//! out of the road without turning.
//!
//! Deliberately not here: what the body does beyond the edges, of which only wheels count.
use crate::manoeuvre::clock::Clock;
use crate::manoeuvre::rests::Rests;
use crate::manoeuvre::{Fact, Manoeuvre, Role, Sheet, Watch, Way, What, Wheel};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::Signal;
use kaoguan_telemetry::units::EventTime;

crate::faults! {
    /// 窄路掉头 faults.
    NarrowTurnFault {
        /// 三进二退未完成掉头
        TooManyMoves = "too_many_moves",
        /// 车轮轧道路边缘线
        WheelOnEdge = "wheel_on_edge",
        /// 中途停车
        Stopped = "stopped",
        /// 项目完成时间超过规定
        TooSlow = "too_slow",
        /// 不按规定路线、顺序行驶
        WrongRoute = "wrong_route",
    }
}
use NarrowTurnFault as Wrong;

/// Parts of the narrow road.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NarrowPart {
    /// Over which one comes in, and out.
    Entry,
    /// Either edge line.
    Edge,
}

/// Limits of the narrow turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// So many times it may reverse.
    pub reversings: u8,
    /// The item's time.
    pub clock: Clock,
}

/// Where the vehicle is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Before the entry line.
    Before,
    /// The front axle is in.
    Entering,
    /// Both are.
    Inside,
    /// The front axle is out again, and the rear one follows.
    Leaving,
    /// The rear axle is out again, and the front one follows.
    BackingOut,
    /// Out.
    Done,
}

/// The narrow turn: where it is, and what it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NarrowTurn {
    phase: Phase,
    /// When the front axle came in.
    since: EventTime,
    /// Reversings with the reverse gear in, as far as anybody heard; and those without.
    reversed: [u8; 2],
    /// The reverse gear, where it is heard.
    reverse: Option<bool>,
    /// Its rests since the item began.
    rests: Rests,
    /// Its time is over, and somebody was asked.
    asked: bool,
}

impl Manoeuvre for NarrowTurn {
    const NAME: &'static str = "narrow_turn";
    type Part = NarrowPart;
    type Fault = Wrong;
    type Limits = Limits;
    const ROLES: &'static [Role<NarrowPart>] = &[
        Role::one("entry_line", NarrowPart::Entry, &[Watch::Crossing]),
        Role::one("edge_left", NarrowPart::Edge, &[Watch::TyreBeyond]),
        Role::one("edge_right", NarrowPart::Edge, &[Watch::TyreBeyond]),
    ];
    const REVERSES: bool = true;
    const BEGIN: Self = NarrowTurn {
        phase: Phase::Before,
        since: EventTime(0),
        reversed: [0; 2],
        reverse: None,
        rests: Rests::NONE,
        asked: false,
    };

    fn limits(reader: &mut LimitReader<'_>) -> Limits {
        Limits {
            reversings: 2,
            clock: Clock::read(reader),
        }
    }

    fn begins(what: What<NarrowPart>) -> bool {
        matches!(what, What::Crossed(NarrowPart::Entry, Wheel::Front))
    }

    fn step(mut self, fact: Fact<NarrowPart>, limits: Limits, sheet: &mut Sheet) -> Self {
        use NarrowPart::{Edge, Entry};
        use Phase::{BackingOut, Before, Done, Entering, Inside, Leaving};
        let at = fact.at;
        match (self.phase, fact.what) {
            (_, What::Signal(Signal::Reverse, on)) => self.reverse = Some(on),
            (_, What::Unheard(_) | What::SignalUnsaid(Signal::Reverse, _)) => self.reverse = None,
            (Before, What::Crossed(Entry, Wheel::Front)) => (self.phase, self.since) = (Entering, at),
            (Before | Done, _) => {}
            (_, What::Beyond(Edge, by)) => sheet.distance(at, Wrong::WheelOnEdge, by),
            (_, What::Stopped) => self.rests.stops(at),
            (_, What::WentOn(stood)) => self
                .rests
                .went_on(at, stood, Wrong::Stopped, limits.clock.time_u, sheet),
            (_, What::Goes(Way::Backwards)) if at >= self.since => self.reverses(at, limits, sheet),
            (Entering, What::Crossed(Entry, Wheel::Rear)) => self.phase = Inside,
            (Entering, What::CrossedBack(Entry, Wheel::Front)) => {
                let reverse = self.reverse;
                self = NarrowTurn { reverse, ..Self::BEGIN };
            }
            (Inside, What::CrossedBack(Entry, Wheel::Front)) => self.phase = Leaving,
            (Inside, What::CrossedBack(Entry, Wheel::Rear)) => self.phase = BackingOut,
            (Leaving, What::Crossed(Entry, Wheel::Front)) | (BackingOut, What::Crossed(Entry, Wheel::Rear)) => {
                self.phase = Inside;
            }
            (Leaving, What::CrossedBack(Entry, Wheel::Rear)) => {
                sheet.time(at, Wrong::TooSlow, at - self.since, limits.clock.time_u);
                self.phase = Done;
            }
            (BackingOut, What::CrossedBack(Entry, Wheel::Front)) | (_, What::LeftGround) => {
                sheet.fault(at, Wrong::WrongRoute);
                self.phase = Done;
            }
            (_, What::Deadline) => {
                self.asked = true;
                sheet.ask(at, Wrong::TooSlow);
            }
            _ => {}
        }
        self
    }

    fn is_done(self) -> bool {
        self.phase == Phase::Done
    }

    fn deadline(self, limits: Limits) -> Option<EventTime> {
        let runs = !matches!(self.phase, Phase::Before | Phase::Done);
        (runs && !self.asked).then_some(self.since + limits.clock.asked_after?)
    }
}

impl NarrowTurn {
    /// One reversing more than allowed is the fault; where it may have been a roll-back, or one before it, a person says so: only a
    /// reverse gear that is heard tells the two apart.
    fn reverses(&mut self, at: EventTime, limits: Limits, sheet: &mut Sheet) {
        self.reversed[usize::from(self.reverse != Some(true))] += 1;
        let [surely, rolled] = self.reversed;
        if surely > limits.reversings {
            sheet.fault(at, Wrong::TooManyMoves);
        } else if surely + rolled > limits.reversings {
            sheet.ask(at, Wrong::TooManyMoves);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passage::{Passage, Play, RoleNo};
    use crate::script::check;
    use kaoguan_telemetry::units::Micros;

    const LIMITS: Limits = Limits {
        reversings: 2,
        clock: Clock {
            time_u: Micros(30_000),
            asked_after: Some(Micros::from_secs(311)),
        },
    };
    const IN: &str = "0.0 crossed entry_line front
         4.0 crossed entry_line rear";
    const OUT: &str = "90.0 crossed_back entry_line front
         95.0 crossed_back entry_line rear";
    const MOVES: &str = "20.0 stopped
         23.0 goes backwards
         35.0 goes forwards
         50.0 goes backwards
         62.0 goes forwards";

    #[test]
    fn clean() {
        check::<NarrowTurn>(LIMITS, &format!("{IN}\n {MOVES}\n {OUT} -> too_slow 95000 ms"));
    }

    /// Where nobody hears the gear, a person says whether it was one.
    #[test]
    fn a_third_reversing_is_one_too_many() {
        check::<NarrowTurn>(
            LIMITS,
            &format!(
                "{IN}\n {MOVES}\n 70.0 goes backwards -> too_many_moves ?\n 80.0 goes forwards\n {OUT} -> too_slow 95000 ms"
            ),
        );
    }

    /// Without the reverse gear it has rolled back; where nobody hears the gear nobody knows.
    #[test]
    fn rolling_back_is_for_a_person_to_judge() {
        let with = |gear: &str, said: &str| {
            check::<NarrowTurn>(
                LIMITS,
                &format!(
                    "0.0 signal reverse off\n {IN}\n {MOVES}\n 66.0 {gear}\n 70.0 goes backwards -> {said}\n 80.0 goes forwards"
                )
                .replace("20.0 stopped", "20.0 signal reverse on")
                .replace("35.0 goes", "34.9 signal reverse off\n 35.0 goes")
                .replace("50.0 goes", "49.0 signal reverse on\n 50.0 goes"),
            );
        };
        with("signal reverse off", "too_many_moves ?");
        with("signal reverse on", "too_many_moves");
        with("unheard", "too_many_moves ?");
    }

    /// The gear was heard to be in for two moves; then its wire fails, and nobody knows the third from a roll-back.
    #[test]
    fn a_reverse_gear_of_which_nobody_hears_any_more_is_not_in() {
        let moves = MOVES.replace("20.0 stopped", "20.0 signal reverse on");
        for (gear, said) in [("tick", "too_many_moves"), ("unsaid reverse", "too_many_moves ?")] {
            check::<NarrowTurn>(
                LIMITS,
                &format!("{IN}\n {moves}\n 66.0 {gear}\n 70.0 goes backwards -> {said}"),
            );
        }
    }

    /// One that may have been a roll-back, before the third that surely is a move, leaves room for it.
    #[test]
    fn two_moves_and_a_roll_back_before_them_are_asked() {
        check::<NarrowTurn>(
            LIMITS,
            &format!(
                "{IN}
                 5.0 signal reverse off
                 6.0 goes backwards
                 7.0 goes forwards
                 22.0 signal reverse on
                 {}",
                MOVES.replace("50.0 goes backwards", "50.0 goes backwards -> too_many_moves ?")
            ),
        );
    }

    /// Backing out before the rear axle was in, and coming in once more, begins anew.
    #[test]
    fn whoever_was_not_wholly_in_begins_anew() {
        check::<NarrowTurn>(
            LIMITS,
            &format!(
                "-60.0 crossed entry_line front
                 -55.0 stopped
                 -54.0 goes backwards
                 -50.0 crossed_back entry_line front
                 -45.0 goes forwards
                 {IN}\n {MOVES}\n {OUT} -> too_slow 95000 ms"
            ),
        );
    }

    /// On the line when turning: out with the front axle and in again is part of the drive, and so is the rear axle.
    #[test]
    fn an_axle_that_comes_out_and_in_again_is_no_end() {
        check::<NarrowTurn>(
            LIMITS,
            &format!(
                "{IN}
                 40.0 crossed_back entry_line rear
                 45.0 crossed entry_line rear
                 50.0 crossed_back entry_line front
                 55.0 crossed entry_line front
                 {OUT} -> too_slow 95000 ms"
            ),
        );
    }

    /// A wheel that is on the edge as it drives out is told before it is out, and not as the front axle goes over the line.
    #[test]
    fn it_ends_where_the_rear_axle_is_out_and_the_front_axle_before_it() {
        let told = |what| Fact::new(EventTime(0), what);
        let entry = RoleNo(0);
        let mut drive = Passage::<NarrowTurn>::new(LIMITS);
        let observe = |drive: &mut Passage<_>, what| drive.observe(told(what), &mut Sheet::default());
        for wheel in [Wheel::Front, Wheel::Rear] {
            observe(&mut drive, What::Crossed(entry, wheel));
        }
        let out = |wheel| told(What::CrossedBack(entry, wheel));
        assert_eq!(
            [Wheel::Front, Wheel::Rear].map(|wheel| drive.ends(out(wheel))),
            [false; 2]
        );
        observe(&mut drive, What::CrossedBack(entry, Wheel::Front));
        assert!(drive.ends(out(Wheel::Rear)));
    }

    #[test]
    fn backing_out_or_driving_through_is_a_wrong_route() {
        check::<NarrowTurn>(
            LIMITS,
            &format!(
                "{IN}\n 20.0 goes backwards\n 30.0 crossed_back entry_line rear\n 35.0 crossed_back entry_line front -> wrong_route"
            ),
        );
        check::<NarrowTurn>(LIMITS, &format!("{IN}\n 20.0 left_ground -> wrong_route"));
    }

    /// A stop before the entry is none; at a turning point it is part of the drive, told as no going on.
    #[test]
    fn edges_and_stops_on_the_way_are_weighed() {
        check::<NarrowTurn>(
            LIMITS,
            &format!(
                "{IN}
                 5.0 went_on 4000
                 6.0 stopped
                 10.0 went_on 2600            -> stopped 2600 ms
                 12.0 beyond edge_left 60 u 12 -> wheel_on_edge 60 u 12"
            ),
        );
    }

    /// 300 s, a second of tolerance and ten to be seen past the line.
    #[test]
    fn when_the_time_is_over_somebody_is_asked_once_and_the_clock_is_read_at_the_end() {
        check::<NarrowTurn>(
            LIMITS,
            &format!(
                "{IN}\n {MOVES}\n 310.9 tick\n 311.1 tick -> too_slow ?\n 400.0 tick\n 405.0 crossed_back entry_line front\n 410.0 crossed_back entry_line rear -> too_slow 410000 ms"
            ),
        );
    }

    /// The time runs from the entry line: whoever is not there yet, or out again, is waited for by nobody.
    #[test]
    fn nothing_is_due_before_the_entry_and_after_the_end() {
        let mut drive = Passage::<NarrowTurn>::new(LIMITS);
        assert_eq!(drive.deadline(), None);
        drive.observe(
            Fact::new(EventTime(7), What::Crossed(RoleNo(0), Wheel::Front)),
            &mut Sheet::default(),
        );
        assert_eq!(drive.deadline(), Some(EventTime(7) + Micros::from_secs(311)));
        drive.observe(Fact::new(EventTime(9), What::LeftGround), &mut Sheet::default());
        assert_eq!(drive.deadline(), None);
    }

    /// Two reversings, two seconds, five minutes, on the line.
    #[test]
    fn at_its_limit_nothing_is_wrong() {
        check::<NarrowTurn>(
            LIMITS,
            "0.0 crossed entry_line front
             4.0 crossed entry_line rear
             6.0 stopped
             8.0 went_on 2000               -> stopped 2000 ms
             20.0 goes backwards            -> !too_many_moves
             30.0 goes forwards
             35.0 beyond edge_right 0 u 12  -> wheel_on_edge 0 u 12
             50.0 goes backwards            -> !too_many_moves
             60.0 goes forwards
             290.0 crossed_back entry_line front
             300.0 crossed_back entry_line rear -> too_slow 300000 ms
             310.0 left_ground              -> !wrong_route",
        );
    }

    #[test]
    fn two_reversings_are_allowed() {
        let syllabus = crate::Syllabus::parse(include_str!("../../../syllabi/ga1026-2022.toml")).unwrap();
        assert_eq!(
            NarrowTurn::limits(&mut LimitReader::new(&syllabus, "narrow_turn")).reversings,
            2
        );
    }

    /// A reversing that is told late and dated before the entry line is none of the item; one on the line is.
    #[test]
    fn a_reversing_before_the_entry_is_none_of_it() {
        for (turned, said) in [("-0.1", ""), ("0.0", "too_many_moves ?")] {
            check::<NarrowTurn>(
                LIMITS,
                &format!(
                    "{IN}
                     {turned} goes backwards
                     23.0 goes backwards
                     35.0 goes forwards
                     50.0 goes backwards -> {said}"
                ),
            );
        }
    }

    /// Out with the front axle, in again, and then backing out with the rear one: on its way in it was wholly in.
    #[test]
    fn who_came_in_again_is_in() {
        check::<NarrowTurn>(
            LIMITS,
            &format!(
                "{IN}
                 40.0 crossed_back entry_line front
                 45.0 crossed entry_line front
                 50.0 crossed_back entry_line rear
                 52.0 crossed_back entry_line front -> wrong_route"
            ),
        );
    }
}
