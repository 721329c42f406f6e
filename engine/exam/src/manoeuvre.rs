//! The contract that every manoeuvre signs, and the vocabulary it is written in.
//!
//! A manoeuvre is a regulation as phases: it is told facts, in order, and writes faults on a [`Sheet`]. Its state is the
//! phase itself, taken by value and returned, so there is no reset to forget. What it watches on the map stands in its
//! table of roles, so a map that lacks one is refused before the start.
//!
//! Deliberately not here: points, floats, geometry, other manoeuvres.
pub mod bays;
pub mod clock;
pub mod held;
pub mod horn;
pub mod lamps;
pub mod rests;
pub mod reversing;
mod sheet;
pub mod speed;
pub mod stretch;
pub mod while_moving;

use crate::budget::Budget;
use crate::syllabus::LimitReader;
use kaoguan_telemetry::units::{EventTime, TenthMillimetres};
use kaoguan_telemetry::{Gear, Signal};
#[cfg(test)]
pub use sheet::Proof;
pub use sheet::{Note, Sheet, Took, Weighed};
use speed::Pace;
use std::fmt::Debug;

/// A value in tenths of a millimetre with its standard uncertainty, in the same unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Distance {
    /// What was measured.
    pub value: TenthMillimetres,
    /// Its standard uncertainty.
    pub u: TenthMillimetres,
    /// What that is made of.
    pub budget: Budget,
    /// Where to look at it; told with the fact, so that whoever judges it later still knows.
    pub sight: Option<Sight>,
}

impl Distance {
    /// Nobody knows when it was measured: anything between this and the other is as likely.
    pub(crate) fn or_anywhere_to(self, other: Distance) -> Distance {
        let (a, b) = (i64::from(self.value.0), i64::from(other.value.0));
        let spread = (a - b).pow(2) / 12;
        let u = (spread + i64::from(self.u.0).pow(2)).isqrt();
        Distance {
            value: TenthMillimetres(((a + b) / 2) as i32),
            u: TenthMillimetres(u as i32),
            budget: self.budget.with_timing(spread),
            ..self
        }
    }

    /// The same the other way: what is inside by so much is beyond by less than nothing.
    pub fn opposite(self) -> Distance {
        Distance {
            value: -self.value,
            ..self
        }
    }

    fn seen(self, sight: Sight) -> Distance {
        Distance {
            sight: Some(sight),
            ..self
        }
    }
}

#[cfg(test)]
impl Distance {
    /// Of a value with its uncertainty, wherever that comes from.
    pub fn of(value: TenthMillimetres, u: TenthMillimetres) -> Distance {
        Distance {
            value,
            u,
            budget: Budget::default(),
            sight: None,
        }
    }
}

/// One of the two wheels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wheel {
    /// The front wheel, or front axle.
    Front,
    /// The rear wheel, or rear axle.
    Rear,
}

/// Which way a vehicle goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// As it looks.
    Forwards,
    /// Reversing.
    Backwards,
}

impl Way {
    /// The other one.
    pub fn other(self) -> Way {
        match self {
            Way::Forwards => Way::Backwards,
            Way::Backwards => Way::Forwards,
        }
    }
    /// +1 forwards, -1 backwards.
    pub(crate) fn sign(self) -> i64 {
        match self {
            Way::Forwards => 1,
            Way::Backwards => -1,
        }
    }
}

/// Something became true on the course. `P` is the manoeuvre's own list of map parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact<P> {
    /// When.
    pub at: EventTime,
    /// What.
    pub what: What<P>,
    /// Where to look at it.
    pub sight: Sight,
}

impl<P> Fact<P> {
    /// A fact about the vehicle itself.
    pub fn new(at: EventTime, what: What<P>) -> Fact<P> {
        let sight = Sight::of_the_vehicle(at);
        Fact { at, what, sight }
    }

    /// The same in another vocabulary of parts; `None` if it concerns a part we do not have.
    pub fn translate<Q>(self, with: impl Fn(P) -> Option<Q>) -> Option<Fact<Q>> {
        let Fact { at, what, sight } = self;
        let what = what.translate(with)?;
        Some(Fact { at, what, sight })
    }
}

/// Where to look at a fact, so that a person can see it too. Nothing is judged by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// When what it says was so: the worst of an excursion is later than the crossing that dates it.
    pub at: EventTime,
    /// At what.
    pub on: Aim,
}

impl Sight {
    /// At the vehicle itself.
    pub fn of_the_vehicle(at: EventTime) -> Sight {
        Sight { at, on: Aim::Vehicle }
    }
}

/// What to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// The vehicle; no part of the course is concerned.
    Vehicle,
    /// A part, as the site's watch with this number measures it.
    Part(u16),
    /// The same for one of the wheels: passing a pole, on a plank, over a line.
    Wheel(u16, Wheel),
    /// Where the vehicle had come to rest.
    Rest,
}

/// The vocabulary of facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What<P> {
    /// A wheel went over a line in the riding direction.
    Crossed(P, Wheel),
    /// A wheel came back over a line against the riding direction.
    CrossedBack(P, Wheel),
    /// An excursion over a part is over; this was its worst, positive beyond.
    Beyond(P, Distance),
    /// A wheel went over a line in the riding direction: how fast it went there, and since the line before.
    /// `None` where nobody saw how fast.
    Pace(P, Wheel, Option<Pace>),
    /// A pole was passed; how far on the wrong side of it (negative: on the right side).
    Passed(P, u16, Distance),
    /// The vehicle stands.
    Stopped,
    /// Asked for at a stop, or where it turned round: how far the part is missed or how far away it is (the role's own measure).
    Measured(P, Distance),
    /// It has become slow: it may come to rest, or ride on (then it is told to move again).
    Slowed,
    /// Nobody hears the switches any more: what they said holds up to that instant, and not beyond.
    Unheard(EventTime),
    /// Out of sight: from then on nobody knows whether it moves, until it is seen to.
    Unseen,
    /// It moves again, after standing this long.
    MovedOff(Took),
    /// It turned round: after that it was never farther the way it came. Told before the new way is, and dated before it left the place.
    TurnedRound,
    /// From here on it goes this way: told when that is beyond doubt, dated when it left the place where it turned round.
    Goes(Way),
    /// After standing this long it went on the way it had come.
    WentOn(Took),
    /// A roll-back is over: farthest distance against the riding direction since the stop.
    RolledBack(Distance),
    /// The same where it is driven backwards as well, farther than anybody rolls: it may have reversed.
    WentBack(Distance),
    /// A signal changed and held (debounced).
    Signal(Signal, bool),
    /// Another gear was selected and held (debounced).
    Gear(Gear),
    /// The box says nothing of this switch any more: what it said holds up to that instant, and not beyond.
    SignalUnsaid(Signal, EventTime),
    /// The box says nothing of the gear any more.
    GearUnsaid,
    /// Of a role that a map may fill more or less often: how often this site's does. Told when the item begins.
    Laid(P, u16),
    /// The vehicle draws a trailer. Told when the item begins.
    Towing,
    /// A plank contact changed and held; how far inside the deck's ends the wheel is (negative: off the ends).
    Contact(Wheel, bool, Distance),
    /// A contact of a bridge's own wheel changed and held; how far inside the deck's ends the wheel is (negative: off the ends).
    OnDeck(P, Wheel, bool, Distance),
    /// Nothing is heard of a plank contact any more, while the switches are: what it said does not hold.
    ContactUnsaid(Wheel),
    /// The same of the contact of a bridge's own wheel.
    OnDeckUnsaid(P, Wheel),
    /// A bridge's own wheel has gone along its deck: whether its contact felt the deck on the way (`None`: nobody heard it all the
    /// time), and how far inside the deck's sides the wheel's middle was at best (negative: beside it all the way).
    OverDeck(P, Wheel, Option<bool>, Distance),
    /// A pole's own sensor was hit while the outline was within reach of it: the farthest distance of the outline in all of the time that
    /// it may have been in (the nearest of a sensor that the vehicle's own box relays, whose time is the vehicle's), and whether the
    /// sensor is a witness: its ground's poles have not shaken by themselves.
    PoleHit(Distance, bool),
    /// The vehicle left the site's ground.
    LeftGround,
    /// The deadline which the manoeuvre itself asked for has come.
    Deadline,
}

impl<P> What<P> {
    /// The same event in another vocabulary of parts; `None` if it concerns a part we do not have.
    pub fn translate<Q>(self, with: impl Fn(P) -> Option<Q>) -> Option<What<Q>> {
        Some(match self {
            What::Crossed(p, w) => What::Crossed(with(p)?, w),
            What::CrossedBack(p, w) => What::CrossedBack(with(p)?, w),
            What::Beyond(p, by) => What::Beyond(with(p)?, by),
            What::Pace(p, w, pace) => What::Pace(with(p)?, w, pace),
            What::Passed(p, n, by) => What::Passed(with(p)?, n, by),
            What::Measured(p, by) => What::Measured(with(p)?, by),
            What::Stopped => What::Stopped,
            What::Slowed => What::Slowed,
            What::Unheard(since) => What::Unheard(since),
            What::Unseen => What::Unseen,
            What::MovedOff(stood) => What::MovedOff(stood),
            What::TurnedRound => What::TurnedRound,
            What::Goes(way) => What::Goes(way),
            What::WentOn(stood) => What::WentOn(stood),
            What::RolledBack(by) => What::RolledBack(by),
            What::WentBack(by) => What::WentBack(by),
            What::Signal(signal, on) => What::Signal(signal, on),
            What::Gear(gear) => What::Gear(gear),
            What::SignalUnsaid(signal, since) => What::SignalUnsaid(signal, since),
            What::GearUnsaid => What::GearUnsaid,
            What::Laid(p, count) => What::Laid(with(p)?, count),
            What::Contact(wheel, on, inside) => What::Contact(wheel, on, inside),
            What::OnDeck(p, wheel, on, inside) => What::OnDeck(with(p)?, wheel, on, inside),
            What::Towing => What::Towing,
            What::ContactUnsaid(wheel) => What::ContactUnsaid(wheel),
            What::OnDeckUnsaid(p, wheel) => What::OnDeckUnsaid(with(p)?, wheel),
            What::OverDeck(p, wheel, felt, inside) => What::OverDeck(with(p)?, wheel, felt, inside),
            What::PoleHit(far, is_witness) => What::PoleHit(far, is_witness),
            What::LeftGround => What::LeftGround,
            What::Deadline => What::Deadline,
        })
    }
}

impl<P> What<P> {
    /// The same with where to look in its distance.
    pub fn seen(self, sight: Sight) -> What<P> {
        match self {
            What::Beyond(p, by) => What::Beyond(p, by.seen(sight)),
            What::Passed(p, n, by) => What::Passed(p, n, by.seen(sight)),
            What::Measured(p, by) => What::Measured(p, by.seen(sight)),
            What::RolledBack(by) => What::RolledBack(by.seen(sight)),
            What::WentBack(by) => What::WentBack(by.seen(sight)),
            What::Contact(wheel, on, inside) => What::Contact(wheel, on, inside.seen(sight)),
            What::OnDeck(p, wheel, on, inside) => What::OnDeck(p, wheel, on, inside.seen(sight)),
            What::OverDeck(p, wheel, felt, inside) => What::OverDeck(p, wheel, felt, inside.seen(sight)),
            What::PoleHit(far, is_witness) => What::PoleHit(far.seen(sight), is_witness),
            other => other,
        }
    }
}

/// What the observer measures on a part, for every pose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watch {
    /// Wheels crossing a line.
    Crossing,
    /// How fast it goes where a wheel crosses a line (or is abreast of a pole) in the riding direction, and since the crossing of a line that is
    /// watched like this before. Told in the order of the role's watches: on a line that begins the item this one stands
    /// behind [`Watch::Crossing`], on one that ends it before.
    Pace,
    /// The worse tyre edge beyond an edge line, the inside is the side of the site's middle; or on a disc.
    TyreBeyond,
    /// A disc that is driven over astride: how far it lies beside the outer tyres of an axle that is abreast of it. Told like a pole that is
    /// passed on its wrong side.
    Astride,
    /// The outline reaching a pole, and the side on which it is passed.
    Pole,
    /// The outline reaching a pole, whichever side it passes.
    PoleTouch,
    /// The ends of the body crossing a line: what is told of the front wheel is the foremost point, of the rear the rearmost.
    EndsCrossing,
    /// The same through the mouth of a bay: from the first to the last point of its line, onward is out of it.
    MouthCrossing,
    /// The outline beyond a line, by its deepest point; the inside is the side of the lane or of the bay.
    BodyBeyond,
    /// Where it turned round: how far the outline reaches out over a line (the mouth of a bay).
    BodyBeyondAtTurn,
    /// Where it turned round: how far the outline reaches out of the area that a line encloses (a bay), at any side.
    OutsideAtTurn,
    /// Where it turned round: how far the front wheel that has come least far is short of a line.
    FrontShortAtTurn,
    /// At each stop: the front axle (of a car: the front bumper) outside an area, along the riding direction.
    AxleAtStop,
    /// At each stop: the outermost body point's gap to a line.
    BodyGapAtStop,
    /// The plank: where the wheels are along it.
    Deck,
    /// One of two bridges: where the wheels of its side are along and across it.
    SideDeck,
    /// Seen by the surface only.
    Nothing,
}

/// A role that a site on the map fills for a manoeuvre.
#[derive(Debug, Clone)]
pub struct Role<P> {
    /// The role's name on the map.
    pub name: &'static str,
    /// What the manoeuvre calls it.
    pub part: P,
    /// How many features may fill it.
    pub count: std::ops::RangeInclusive<usize>,
    /// What is measured on it.
    pub watch: &'static [Watch],
}

impl<P> Role<P> {
    /// A role filled at least once.
    pub const fn some(name: &'static str, part: P, most: usize, watch: &'static [Watch]) -> Role<P> {
        Role {
            name,
            part,
            count: 1..=most,
            watch,
        }
    }
    /// A role filled once or not at all.
    pub const fn at_most_one(name: &'static str, part: P, watch: &'static [Watch]) -> Role<P> {
        Role {
            name,
            part,
            count: 0..=1,
            watch,
        }
    }
    /// A role filled exactly once.
    pub const fn one(name: &'static str, part: P, watch: &'static [Watch]) -> Role<P> {
        Role {
            name,
            part,
            count: 1..=1,
            watch,
        }
    }
}

/// A manoeuvre's own list of faults; each must have a price in the syllabus.
pub trait Fault: Copy + 'static {
    /// Names of all of them.
    const ALL: &'static [&'static str];
    /// The fault's name.
    fn name(self) -> &'static str;
}

/// Declares a manoeuvre's faults: one row each.
#[macro_export]
macro_rules! faults {
    ($(#[$doc:meta])* $name:ident { $($(#[$row:meta])* $fault:ident = $id:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$row])* $fault),* }
        impl $crate::manoeuvre::Fault for $name {
            const ALL: &'static [&'static str] = &[$($id),*];
            fn name(self) -> &'static str {
                match self { $($name::$fault => $id),* }
            }
        }
    };
}

/// The regulation of one exercise, as phases.
pub trait Manoeuvre: Sized + Copy + Send + 'static {
    /// The name that a site's ground carries on the map, and the prefix of its rules.
    const NAME: &'static str;
    /// The parts it hears of.
    type Part: Copy + PartialEq + Debug + Send + 'static;
    /// Its faults.
    type Fault: Fault;
    /// Its limits, read from the syllabus.
    type Limits: Copy + Send + 'static;
    /// The roles a site must fill; empty for rules that hold everywhere.
    const ROLES: &'static [Role<Self::Part>];
    /// Whether it judges a roll-back itself, so that the rule that holds everywhere does not.
    const JUDGES_ROLL_BACK: bool = false;
    /// Whether it is driven backwards as well: the rule that holds everywhere then judges a roll-back only where the reverse gear has
    /// shown that it is heard.
    const REVERSES: bool = false;
    /// The item types under which a signal box tells of hits at its poles (facts, sensors 11); of other items' poles it hears nothing.
    const POLE_HITS: &'static [u8] = &[];
    /// The fault that a hit is; without one no field node stands at its poles.
    const TOUCHED: Option<Self::Fault> = None;
    /// The phase in which it begins.
    const BEGIN: Self;

    /// Reads the limits from the syllabus; what is missing is reported by the reader.
    fn limits(reader: &mut LimitReader<'_>) -> Self::Limits;
    /// One fact further.
    fn step(self, fact: Fact<Self::Part>, limits: Self::Limits, sheet: &mut Sheet) -> Self;
    /// Whether this fact begins it (for a site: its entry line).
    fn begins(_what: What<Self::Part>) -> bool {
        false
    }
    /// Whether it is complete; what is still open on its lines is told before the fact that completes it.
    fn is_done(self) -> bool {
        false
    }
    /// The instant at which it wants to hear [`What::Deadline`].
    fn deadline(self, _limits: Self::Limits) -> Option<EventTime> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn by(value: i32) -> Distance {
        Distance {
            value: TenthMillimetres(value),
            u: TenthMillimetres(100),
            budget: Budget {
                receiver: 100,
                heading: 0,
                lean: 0,
                slope: 0,
                survey: 0,
                timing: 0,
            },
            sight: None,
        }
    }

    /// Anything between 10 and 70 mm is as likely: in the middle, and 60 mm / root 12 more in doubt: 100 and 173.2 make 200.
    #[test]
    fn what_was_at_an_unknown_time_is_in_the_middle_and_more_doubtful() {
        let either = by(700).or_anywhere_to(by(100));
        assert_eq!((either.value.0, either.u.0, either.budget.timing), (400, 200, 173));
        assert_eq!(by(100).or_anywhere_to(by(700)).u.0, 200);
        assert_eq!(by(300).or_anywhere_to(by(300)), by(300));
    }

    /// Every distance that is told says where to look at it, and nothing else changes.
    #[test]
    fn each_distance_that_is_told_knows_where_to_look() {
        let sight = Sight {
            at: EventTime(7),
            on: Aim::Part(3),
        };
        let there = Distance {
            sight: Some(sight),
            ..by(5)
        };
        let of = |by: Distance| {
            let (front, on) = (Wheel::Front, true);
            [
                What::Beyond(1, by),
                What::Passed(1, 2, by),
                What::Measured(1, by),
                What::RolledBack(by),
                What::WentBack(by),
                What::Contact(front, on, by),
                What::OnDeck(1, front, on, by),
                What::OverDeck(1, front, None, by),
                What::PoleHit(by, true),
            ]
        };
        assert_eq!(of(by(5)).map(|what| what.seen(sight)), of(there));
        assert_eq!(What::<u8>::Stopped.seen(sight), What::Stopped);
    }
}
