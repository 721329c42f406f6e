//! 桩考 of large vehicles: backwards from the start into bay B (乙库), two forward and two back over into bay A (甲库), out
//! through B to the other side, backwards into A, and home.
//!
//! The two bays share a line between two poles; in the shift the vehicle stands over it, so it is no line of the body. What
//! counts is where the vehicle turned round to drive forwards: there the whole outline must once have been in B, and after
//! that once in A. Whoever corrects is measured by the best of his tries, before the shift, in it and after it. What no source
//! settles is asked: more than so many times back in the shift, its nose out of the bays in the shift, out of A by A's own
//! mouth. Deliberately not here: the drive itself, which all bays share ([`Drive`]); a control line before reversing, which
//! only C6 has.
use crate::manoeuvre::bays::{Drive, Faults, Line, Phase, Tried, Turn};
use crate::manoeuvre::clock::Clock;
use crate::manoeuvre::reversing::best;
use crate::manoeuvre::{Distance, Fact, Manoeuvre, Role, Sheet, Watch, Way, What, Wheel};
use crate::syllabus::LimitReader;
use kaoguan_telemetry::units::{EventTime, TenthMillimetres};

crate::faults! {
    /// 桩考 faults of large vehicles.
    BayShiftFault {
        /// 不按规定路线、顺序行驶
        WrongRoute = "wrong_route",
        /// 碰擦桩杆
        PoleTouched = "pole_touched",
        /// 车身出线
        BodyOut = "body_out",
        /// 倒库或移库不入
        NotIn = "not_in",
        /// 中途停车
        Stopped = "stopped",
        /// 项目完成时间超过 8 分钟
        TooSlow = "too_slow",
    }
}
use BayShiftFault as Wrong;

/// Parts of the bays and their lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShiftPart {
    /// Entry line of the lane.
    Entry,
    /// Exit line of the lane.
    Exit,
    /// An edge line of the lane.
    Edge,
    /// The line round both bays.
    Bays,
    /// The open side of both bays.
    Mouth,
    /// 甲库.
    BayA,
    /// 乙库.
    BayB,
    /// A pole.
    Pole,
    /// The start line, beyond bay A.
    Start,
    /// The line on the other side, before bay B.
    Other,
}

/// Limits of the bay shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The item's time.
    pub clock: Clock,
    /// Out of a bay by no more than this it stood in it: what it does next is the shift, or the way out.
    pub in_reach: TenthMillimetres,
    /// How many times back the shift has.
    pub moves: u16,
}

/// The faults of the drive.
const FAULTS: Faults<Wrong> = Faults {
    stopped: Some(Wrong::Stopped),
    too_slow: Wrong::TooSlow,
    wrong_route: Wrong::WrongRoute,
};

/// The first stay in the bays: where it turned round to drive forwards, and what it did between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay {
    /// The least that it was out of B where it was nearer to B, and out of A where it was nearer to A after that.
    b: Option<Distance>,
    a: Option<Distance>,
    /// How far it is out of A at this turn: told before B.
    of_a: Option<Distance>,
    /// How often it went back after it stood in B and before it stood in A.
    moves: u16,
    /// The nose came out through A's mouth last.
    through_a: bool,
    /// It stood wholly in B only after it was nearer to A.
    late_in_b: bool,
}

impl Stay {
    const NONE: Stay = Stay {
        b: None,
        a: None,
        of_a: None,
        moves: 0,
        through_a: false,
        late_in_b: false,
    };

    fn in_b(&self, limits: Limits) -> bool {
        self.b.is_some_and(|by| by.value <= limits.in_reach)
    }

    fn in_a(&self, limits: Limits) -> bool {
        self.a.is_some_and(|by| by.value <= limits.in_reach)
    }

    /// It turned round to drive forwards, so far out of B. What it did in A before it was ever nearer to B is none of the shift.
    fn stood(&mut self, of_b: Distance, limits: Limits) {
        let Some(of_a) = self.of_a.take() else { return };
        if of_b.value > of_a.value {
            self.a = best(self.a, of_a);
            return;
        }
        if self.b.is_none() {
            (self.a, self.moves) = (None, 0);
        }
        self.stood_in_b(of_b, limits);
    }

    /// Whoever stands in B begins the shift anew, or is on the way out of A.
    fn stood_in_b(&mut self, of_b: Distance, limits: Limits) {
        let was_in_b = self.in_b(limits);
        self.b = best(self.b, of_b);
        if of_b.value <= limits.in_reach {
            self.late_in_b |= !was_in_b && self.a.is_some();
            self.moves = if self.in_a(limits) { self.moves } else { 0 };
        }
    }

    /// It stood in both, in a way of which no source says whether it is a fault.
    fn is_odd(&self, limits: Limits) -> bool {
        self.b.is_some() && self.a.is_some() && (self.moves > limits.moves || self.through_a || self.late_in_b)
    }

    fn judge(&self, at: EventTime, sheet: &mut Sheet) {
        match (self.b, self.a) {
            // It was never told to turn round in there.
            (None, None) => sheet.ask(at, Wrong::NotIn),
            (Some(b), Some(a)) => {
                sheet.distance(at, Wrong::NotIn, b);
                sheet.distance(at, Wrong::NotIn, a);
            }
            // Only one of the bays, or A before B.
            _ => sheet.fault(at, Wrong::WrongRoute),
        }
    }
}

/// The bay shift: where it is, and what it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BayShift {
    drive: Drive,
    stay: Stay,
}

impl Manoeuvre for BayShift {
    const NAME: &'static str = "bay_shift";
    type Part = ShiftPart;
    type Fault = Wrong;
    type Limits = Limits;
    const ROLES: &'static [Role<ShiftPart>] = &[
        Role::one("entry_line", ShiftPart::Entry, &[Watch::Crossing]),
        Role::one("exit_line", ShiftPart::Exit, &[Watch::EndsCrossing]),
        Role::some("edge_left", ShiftPart::Edge, 3, &[Watch::BodyBeyond]),
        Role::some("edge_right", ShiftPart::Edge, 3, &[Watch::BodyBeyond]),
        Role::one("bay_line", ShiftPart::Bays, &[Watch::BodyBeyond]),
        // A before B: a turn is told of both, and weighed when the second one is.
        Role::one(
            "bay_a_line",
            ShiftPart::BayA,
            &[Watch::OutsideAtTurn, Watch::MouthCrossing],
        ),
        Role::one(
            "bay_b_line",
            ShiftPart::BayB,
            &[Watch::OutsideAtTurn, Watch::MouthCrossing],
        ),
        Role::one(
            "bay_mouth",
            ShiftPart::Mouth,
            &[Watch::EndsCrossing, Watch::BodyBeyondAtTurn],
        ),
        Role {
            name: "pole",
            part: ShiftPart::Pole,
            count: 6..=6,
            watch: &[Watch::PoleTouch],
        },
        Role::one(
            "control_first",
            ShiftPart::Start,
            &[Watch::Crossing, Watch::FrontShortAtTurn],
        ),
        Role::one("control_second", ShiftPart::Other, &[Watch::FrontShortAtTurn]),
    ];
    const REVERSES: bool = true;
    /// 桩考, and 桩考 of tractors.
    const POLE_HITS: &'static [u8] = &[1, 3];
    const TOUCHED: Option<Wrong> = Some(Wrong::PoleTouched);
    const BEGIN: Self = BayShift {
        drive: Drive::BEGIN,
        stay: Stay::NONE,
    };

    fn limits(reader: &mut LimitReader<'_>) -> Limits {
        Limits {
            clock: Clock::read(reader),
            in_reach: reader.distance("in_reach"),
            moves: reader.times("moves"),
        }
    }

    fn begins(what: What<ShiftPart>) -> bool {
        matches!(what, What::Crossed(ShiftPart::Entry, Wheel::Front))
    }

    fn step(mut self, fact: Fact<ShiftPart>, limits: Limits, sheet: &mut Sheet) -> Self {
        let before = self.drive.phase();
        match (before, fact.what) {
            (Phase::Done, _) => {}
            (Phase::Before, _) => {}
            (_, What::PoleHit(far, is_witness)) => sheet.pole_hit(fact.at, Wrong::PoleTouched, far, is_witness),
            (_, What::Beyond(ShiftPart::Edge | ShiftPart::Bays, by)) => sheet.distance(fact.at, Wrong::BodyOut, by),
            (_, What::Beyond(ShiftPart::Pole, by)) => sheet.distance(fact.at, Wrong::PoleTouched, by),
            // It is home: a ground that ends before its tail is out costs nothing.
            (Phase::Past, What::LeftGround) => self.drive.end(),
            (Phase::Bay(Turn::First), _) => self.shift(fact, limits, sheet),
            _ => {}
        }
        self.follow(fact, limits, sheet);
        if fact.what == What::Goes(Way::Backwards) {
            self.count_move(fact.at, limits);
        }
        if before == Phase::Out(Turn::First)
            && self.drive.phase() == Phase::Bay(Turn::Second)
            && self.stay.is_odd(limits)
        {
            sheet.ask(fact.at, Wrong::WrongRoute);
        }
        self
    }

    fn is_done(self) -> bool {
        self.drive.phase() == Phase::Done
    }

    fn deadline(self, limits: Limits) -> Option<EventTime> {
        self.drive.deadline(limits.clock)
    }
}

/// The drive's name for a part.
fn line(part: ShiftPart) -> Option<Line> {
    match part {
        ShiftPart::Entry => Some(Line::Entry),
        ShiftPart::Exit => Some(Line::Exit),
        ShiftPart::Mouth => Some(Line::Mouth),
        ShiftPart::Start => Some(Line::First),
        ShiftPart::Other => Some(Line::Second),
        ShiftPart::Edge | ShiftPart::Bays | ShiftPart::BayA | ShiftPart::BayB | ShiftPart::Pole => None,
    }
}

impl BayShift {
    /// The drive: where it stands after the second reversing A is the bay, both together are not.
    fn follow(&mut self, fact: Fact<ShiftPart>, limits: Limits, sheet: &mut Sheet) {
        let what = match fact.what {
            What::Measured(ShiftPart::BayA, by) => Some(What::Measured(Line::Mouth, by)),
            What::Measured(ShiftPart::Mouth, _) => None,
            what => what.translate(line),
        };
        let Fact { at, sight, .. } = fact;
        let stay = self.stay;
        let judge = |at, turn, tried: Tried, sheet: &mut Sheet| match turn {
            Turn::First => stay.judge(at, sheet),
            Turn::Second => sheet.distance_if_seen(at, Wrong::NotIn, tried.out),
        };
        if let Some(what) = what {
            self.drive
                .step(Fact { at, what, sight }, limits.clock, FAULTS, &judge, sheet);
        }
    }

    /// It goes back. The reversing that led in is no move of the shift, however late it is told; nor is what is done in A.
    fn count_move(&mut self, at: EventTime, limits: Limits) {
        let inside = self.drive.phase() == Phase::Bay(Turn::First) && !self.drive.set_out_backwards(at);
        self.stay.moves += u16::from(inside && !self.stay.in_a(limits));
    }

    /// In the bays after the first reversing.
    fn shift(&mut self, fact: Fact<ShiftPart>, limits: Limits, sheet: &mut Sheet) {
        let forwards = self.drive.way() == Some(Way::Forwards);
        match fact.what {
            What::Crossed(bay @ (ShiftPart::BayA | ShiftPart::BayB), Wheel::Front) => {
                self.stay.through_a = bay == ShiftPart::BayA;
            }
            What::Measured(ShiftPart::BayA, by) if forwards => self.stay.of_a = Some(by),
            // Where A was told just before.
            What::Measured(ShiftPart::BayB, by) => self.stay.stood(by, limits),
            // On its way between the bays; before that it corrects the way in, after that the way out.
            What::Measured(ShiftPart::Mouth, by) if !forwards && self.stay.in_b(limits) && !self.stay.in_a(limits) => {
                sheet.ask_distance(fact.at, Wrong::BodyOut, by);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
