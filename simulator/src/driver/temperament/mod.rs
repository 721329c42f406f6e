//! The riders, one a file; the drivers of cars, one a line of a table.

mod calm;
mod cars;
mod drops_plank;
mod flawless;
mod foot_down;
mod gate;
mod hasty;
mod leaves_slalom;
mod loses_fix;
mod no_helmet;
mod roads;
mod rolls_back_140;
mod rolls_back_200;
mod rolls_back_450;
mod shift;
mod short_stop;
mod slow_start;
mod stops_in_poles;
mod three;
mod touches_pole;
mod wobbly;
mod wrong_fix;
mod wrong_side;

use crate::vehicle::Kind;
use kaoguan_course::Side;

pub use cars::IN_A_CAR;
pub use roads::{Chore, Lapse};
pub use shift::Slip;

/// How somebody rides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Manners {
    /// Between the items, m/s.
    pub transit_speed: f64,
    /// Between the poles, m/s.
    pub slalom_speed: f64,
    /// On the hill, m/s.
    pub hill_speed: f64,
    /// On the plank, m/s.
    pub plank_speed: f64,
    /// Backwards, m/s.
    pub reverse_speed: f64,
    /// In the yard's narrow items, m/s.
    pub yard_speed: f64,
    /// Mean acceleration and braking, m/s².
    pub acceleration: f64,
    /// Radius of the turns between the items, metres.
    pub turn_radius: f64,
    /// How long the hill start is held, between these seconds.
    pub hold_s: (f64, f64),
    /// The rear contact's swing past each pole, metres.
    pub swing: f64,
    /// Amplitude of weaving, metres.
    pub weave: f64,
    /// Amplitude of the body's wobbling while moving, degrees.
    pub wobble_deg: f64,
}

/// Manners of somebody who has practised.
pub const PRACTISED: Manners = Manners {
    transit_speed: 3.0,
    slalom_speed: 1.3,
    hill_speed: 2.0,
    plank_speed: 1.5,
    reverse_speed: 0.7,
    yard_speed: 0.9,
    acceleration: 0.9,
    turn_radius: 3.5,
    hold_s: (3.5, 4.5),
    swing: 0.50,
    weave: 0.0,
    wobble_deg: 0.3,
};

/// One thing that a rider does wrong, or nearly. Distances in metres, from the limit's datum; times in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fault {
    /// Nothing.
    None,
    /// The first time in the bay its front reaches so far out of it; inside is negative.
    BayNotIn {
        /// How far.
        out: f64,
    },
    /// The body gets over the bay's lines on the first way in.
    BayOverLine {
        /// How far.
        beyond: f64,
    },
    /// Begins the first reversing before both front wheels have passed the control line.
    BayShort {
        /// How far the farther one is short of it.
        short: f64,
    },
    /// Takes its time between the reversings.
    BaySlow {
        /// The item's time, where it is more than it takes anyway.
        seconds: f64,
    },
    /// Of two bridges a wheel leaves this one's deck sideways, mid-way, and rolls on beside it.
    BridgeDropped {
        /// Off which.
        side: Side,
    },
    /// Drives beside this one of two bridges.
    BridgeMissed {
        /// Beside which.
        side: Side,
        /// How far the wheels are beside the deck, by the tyre's nearer edge.
        beside: f64,
    },
    /// On three wheels the body gets into a pole, on its way past it.
    BrushesPole {
        /// Which, from 1.
        pole: usize,
        /// How deep.
        depth: f64,
    },
    /// Rides in neutral with the engine running, after the fourth pole.
    Coasts {
        /// For how long.
        seconds: f64,
    },
    /// The turn lamp is still on at the end of the right-angle turn.
    CornerLampStays,
    /// No turn lamp before the right-angle turn.
    CornerNoLamp,
    /// The inner rear tyre gets beyond the inner corner of the right-angle turn.
    CornerOverEdge {
        /// How far.
        beyond: f64,
    },
    /// A tyre gets beyond an edge of the curve, in its second bend.
    CurveOverEdge {
        /// How far.
        beyond: f64,
    },
    /// The rear wheel leaves the plank's deck mid-way and rolls on beside it.
    DropsPlank,
    /// The body's outermost right point stays this far from the right edge line at the stop on the hill.
    EdgeGap {
        /// How far.
        gap: f64,
    },
    /// A foot is off its peg while moving in the pole course.
    FootDown {
        /// For how long.
        seconds: f64,
    },
    /// No left turn lamp before the start on the hill.
    HillNoLamp,
    /// The front tyre's outer edge (on three wheels the body) gets beyond an edge line, once, after the last pole.
    LeavesSlalom {
        /// How far.
        beyond: f64,
    },
    /// The front tyre's (of a car the worst tyre's) outer edge gets beyond the hill's right edge line after the start.
    LeavesHill {
        /// How far.
        beyond: f64,
    },
    /// The receiver loses its fix in the pole course's first ride (nobody's fault).
    LosesFix {
        /// For how long.
        seconds: f64,
    },
    /// Drives past the third disc instead of astride of it, on the second one's side.
    DiscBeside {
        /// So far the disc lies beside the outer tyre of an axle.
        beside: f64,
    },
    /// Gets onto a disc with a tyre, keeping too near to the road's middle.
    DiscMet {
        /// How deep.
        deep: f64,
    },
    /// Drives past the second of the gates on its left.
    GateMissed,
    /// Slows down between the first gate and the second.
    GateSlow {
        /// To this speed, m/s.
        speed: f64,
    },
    /// A pole of the second gate gets into the body.
    GateTouched {
        /// How far.
        beyond: f64,
    },
    /// Rides beside the plank, both wheels on the ground.
    MissesPlank,
    /// Needs one move more of both ways to turn round on the narrow road.
    NarrowMoves,
    /// A tyre gets beyond the right edge of the narrow road on the first way back.
    NarrowOverEdge {
        /// How far.
        beyond: f64,
    },
    /// Takes its time before the first way back on the narrow road.
    NarrowSlow {
        /// The item's time, where it is more than it takes anyway.
        seconds: f64,
    },
    /// The belt is off in every item.
    NoBelt,
    /// The helmet comes off at the first pole, and is on again after the item.
    NoHelmet,
    /// The parking brake is not pulled on the hill.
    NoParkingBrake,
    /// Something on a simulated road.
    Road(Lapse),
    /// Rolls back after the hold.
    RollsBack {
        /// How far.
        distance: f64,
    },
    /// Something of 桩考 with a large vehicle.
    Shift(Slip),
    /// The front axle (of a car the bumper) stops short of the pole line's near edge.
    ShortStop {
        /// How far.
        short: f64,
    },
    /// No left turn lamp before leaving the slot.
    SlotNoLamp,
    /// Parks in the slot with a part of the body out of it; inside is negative.
    SlotNotIn {
        /// How far.
        out: f64,
    },
    /// A tyre gets beyond the lane's far edge on the way out of the slot.
    SlotOverEdge {
        /// How far.
        beyond: f64,
    },
    /// Turns out of the slot so late that the body gets over its line.
    SlotOverLine {
        /// How far.
        beyond: f64,
    },
    /// Takes its time in the slot.
    SlotSlow {
        /// The item's time, where it is more than it takes anyway.
        seconds: f64,
    },
    /// Holds the hill start for too long.
    SlowStart {
        /// For how long.
        seconds: f64,
    },
    /// The engine dies in gear while holding on the hill, and is started again.
    Stalls {
        /// For how long it is off.
        seconds: f64,
    },
    /// Stops on the plank.
    StopsOnPlank {
        /// For how long.
        seconds: f64,
    },
    /// Stops between the third and the fourth pole.
    StopsInPoles {
        /// For how long.
        seconds: f64,
    },
    /// A car stops half-way in an item, in the bay and the slot half-way in, and goes on in the same direction.
    StopsUnderWay {
        /// The item.
        manoeuvre: &'static str,
        /// For how long.
        seconds: f64,
    },
    /// Brushes a pole with the body, on its right side.
    TouchesPole {
        /// Which, from 1.
        pole: usize,
        /// How much nearer than usual the rear contact passes.
        nearer: f64,
    },
    /// The receiver claims a fix that is metres off in the pole course's first ride (nobody's fault).
    WrongFix {
        /// For how long.
        seconds: f64,
    },
    /// Passes a pole on the wrong side without touching it.
    WrongSide {
        /// Which, from 1.
        pole: usize,
    },
}

/// At most so many things at once.
const FAULTS_MAX: usize = 48;

/// What a rider does wrong: at most one thing of a kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Faults([Fault; FAULTS_MAX]);

impl Faults {
    /// Nothing.
    pub const NONE: Faults = Faults([Fault::None; FAULTS_MAX]);

    /// One thing.
    pub const fn one(fault: Fault) -> Faults {
        let mut faults = [Fault::None; FAULTS_MAX];
        faults[0] = fault;
        Faults(faults)
    }

    /// The first of many; more than there is room for are left out.
    pub fn of(faults: impl IntoIterator<Item = Fault>) -> Faults {
        let mut all = Self::NONE;
        let something = faults.into_iter().filter(|fault| *fault != Fault::None);
        all.0
            .iter_mut()
            .zip(something)
            .for_each(|(place, fault)| *place = fault);
        all
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = Fault> + '_ {
        self.0.iter().copied().filter(|fault| *fault != Fault::None)
    }

    /// What the first of a kind says.
    pub fn find<T>(&self, kind: impl FnMut(Fault) -> Option<T>) -> Option<T> {
        self.iter().find_map(kind)
    }
}

/// A rider.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Temperament {
    /// The name on the command line.
    pub name: &'static str,
    /// For people.
    pub zh: &'static str,
    /// For people.
    pub en: &'static str,
    /// How they ride.
    pub manners: Manners,
    /// What they do wrong.
    pub faults: Faults,
}

/// All riders, by name.
pub const ALL: [Temperament; 18] = [
    calm::RIDER,
    drops_plank::RIDER,
    flawless::RIDER,
    foot_down::RIDER,
    hasty::RIDER,
    leaves_slalom::RIDER,
    loses_fix::RIDER,
    no_helmet::RIDER,
    rolls_back_140::RIDER,
    rolls_back_200::RIDER,
    rolls_back_450::RIDER,
    short_stop::RIDER,
    slow_start::RIDER,
    stops_in_poles::RIDER,
    touches_pole::RIDER,
    wobbly::RIDER,
    wrong_fix::RIDER,
    wrong_side::RIDER,
];

/// The rider with a name.
pub fn named(name: &str) -> Option<&'static Temperament> {
    ALL.iter().find(|rider| rider.name == name)
}

/// Who rides or drives vehicles of a kind, by name.
pub fn choices(kind: Kind) -> &'static [Temperament] {
    match kind {
        Kind::Motorcycle => &ALL,
        Kind::Car => &cars::ALL,
        Kind::Tricycle => &three::ALL,
    }
}

/// Who drives the items that only large vehicles have, and does something wrong there.
pub fn large() -> &'static [Temperament] {
    &shift::ALL
}

/// Who drives on the simulated roads, and does something wrong there.
pub fn on_roads() -> &'static [Temperament] {
    &roads::ALL
}

/// The one with a name among those of a kind.
pub fn choice(kind: Kind, name: &str) -> Option<&'static Temperament> {
    // What is done wrong on bridges and poles is the same on three wheels and on more.
    let more: [&[Temperament]; 3] = if kind == Kind::Car {
        [large(), on_roads(), &three::ALL]
    } else {
        [&[], &[], &[]]
    };
    let all = choices(kind).iter().chain(more.into_iter().flatten());
    all.into_iter().find(|who| who.name == name)
}
