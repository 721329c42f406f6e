//! What may be drawn in each manoeuvre: its faults, from well inside a limit to well beyond it.
//!
//! Of one group at most one fault is done in one exam: two of them could not be told apart, or could not both be done. A manoeuvre
//! that is missing here is driven by nobody: a season leaves it out.
use super::drawn_on::Field;
use super::temperament::{Chore, Fault, Lapse, Slip};
use crate::rng::Rng;
use crate::vehicle::Kind;
use crate::vehicle::spec::Spec;
use kaoguan_course::Side;

/// A way to draw a fault.
pub(super) type Draw = fn(&Field, &mut Rng) -> Fault;

/// Faults of which at most one is done.
type Group = &'static [Draw];

/// What may go wrong in a manoeuvre. On two wheels it is [`super::drawn`] that draws.
struct Entry {
    item: &'static str,
    /// Who drives it.
    by: By,
    groups: &'static [Group],
}

/// Whom an entry is for.
#[derive(Clone, Copy)]
struct By {
    kinds: &'static [Kind],
    trains: bool,
}

const ALL: By = By {
    kinds: &[Kind::Car, Kind::Tricycle],
    trains: true,
};
const WITHOUT_A_TRAILER: By = By { trains: false, ..ALL };
const IN_A_CAB: By = By {
    kinds: &[Kind::Car],
    ..ALL
};
const BEHIND_A_HANDLEBAR: By = By {
    kinds: &[Kind::Tricycle],
    trains: false,
};

/// Where the manoeuvre does not matter.
const ANYWHERE: &str = "";

/// All of them.
const CATALOGUE: [Entry; 23] = [
    Entry {
        item: "reverse_bay",
        by: WITHOUT_A_TRAILER,
        groups: &[
            &[
                |field, rng| Fault::BayNotIn {
                    out: near(field, rng, 0.0),
                },
                |field, rng| Fault::BayOverLine {
                    beyond: near(field, rng, 0.0),
                },
                |field, rng| Fault::BayShort {
                    short: near(field, rng, 0.0),
                },
            ],
            &[
                |_, rng| Fault::BaySlow {
                    seconds: seconds(rng, 210.0),
                },
                |_, rng| stops(rng, "reverse_bay"),
            ],
        ],
    },
    Entry {
        item: "side_parking",
        by: ALL,
        groups: &[
            &[
                |field, rng| Fault::SlotNotIn {
                    out: near(field, rng, 0.0),
                },
                |field, rng| Fault::SlotOverLine {
                    beyond: near(field, rng, 0.0),
                },
                |field, rng| Fault::SlotOverEdge {
                    beyond: near(field, rng, 0.0),
                },
            ],
            &[
                |_, rng| Fault::SlotSlow {
                    seconds: seconds(rng, 90.0),
                },
                |_, rng| stops(rng, "side_parking"),
            ],
            &[|_, _| Fault::SlotNoLamp],
        ],
    },
    Entry {
        item: "curve",
        by: ALL,
        groups: &[&[
            |field, rng| Fault::CurveOverEdge {
                beyond: near(field, rng, 0.0),
            },
            |_, rng| stops(rng, "curve"),
        ]],
    },
    Entry {
        item: "right_angle",
        by: ALL,
        groups: &[
            &[
                |field, rng| Fault::CornerOverEdge {
                    beyond: near(field, rng, 0.0),
                },
                |_, rng| stops(rng, "right_angle"),
            ],
            &[|_, _| Fault::CornerNoLamp, |_, _| Fault::CornerLampStays],
        ],
    },
    Entry {
        item: "hill_start",
        by: ALL,
        groups: &[
            &[
                |field, rng| Fault::ShortStop {
                    short: near(field, rng, 0.0),
                },
                |field, rng| Fault::ShortStop {
                    short: near(field, rng, 0.5),
                },
                |field, rng| Fault::EdgeGap {
                    gap: near(field, rng, 0.3),
                },
                |field, rng| Fault::EdgeGap {
                    gap: near(field, rng, 0.5),
                },
            ],
            &[
                |field, rng| Fault::RollsBack {
                    distance: near(field, rng, 0.1).max(0.0),
                },
                |field, rng| Fault::RollsBack {
                    distance: near(field, rng, 0.3),
                },
                |_, rng| Fault::SlowStart {
                    seconds: seconds(rng, 30.0),
                },
                |_, rng| Fault::Stalls {
                    seconds: rng.between(0.1, 2.5),
                },
                |field, rng| Fault::LeavesHill {
                    beyond: near(field, rng, 0.0),
                },
            ],
        ],
    },
    Entry {
        item: "bay_shift",
        by: ALL,
        groups: &[
            &[
                |field, rng| {
                    Fault::Shift(Slip::NotIn {
                        out: near(field, rng, 0.0),
                    })
                },
                |field, rng| {
                    Fault::Shift(Slip::OverEdge {
                        beyond: near(field, rng, 0.0),
                    })
                },
                |field, rng| {
                    Fault::Shift(Slip::Touches {
                        deep: near(field, rng, 0.0),
                    })
                },
                |_, _| Fault::Shift(Slip::NoShift),
                |_, _| Fault::Shift(Slip::StraightOut),
                |_, rng| {
                    Fault::Shift(Slip::Slow {
                        seconds: seconds(rng, 480.0),
                    })
                },
            ],
            &[|_, rng| stops(rng, "bay_shift")],
        ],
    },
    Entry {
        item: "trailer_bay",
        by: ALL,
        groups: &[&[
            |field, rng| Fault::BayNotIn {
                out: near(field, rng, 0.0),
            },
            |field, rng| Fault::BayOverLine {
                beyond: near(field, rng, 0.0),
            },
            |field, rng| Fault::BayShort {
                short: near(field, rng, 0.0),
            },
        ]],
    },
    Entry {
        item: "width_gate",
        by: ALL,
        groups: &[&[
            |field, rng| Fault::GateTouched {
                beyond: near(field, rng, 0.0),
            },
            |_, _| Fault::GateMissed,
            |_, rng| Fault::GateSlow {
                speed: rng.between(2.2, 3.2),
            },
            |_, rng| stops(rng, "width_gate"),
        ]],
    },
    Entry {
        item: "narrow_turn",
        by: ALL,
        groups: &[
            &[
                |field, rng| Fault::NarrowOverEdge {
                    beyond: near(field, rng, 0.0),
                },
                |_, _| Fault::NarrowMoves,
            ],
            &[
                |_, rng| Fault::NarrowSlow {
                    seconds: seconds(rng, 300.0),
                },
                |_, rng| stops(rng, "narrow_turn"),
            ],
        ],
    },
    Entry {
        item: "obstacle_discs",
        by: ALL,
        groups: &[&[
            |field, rng| Fault::DiscMet {
                deep: near(field, rng, 0.0),
            },
            |field, rng| Fault::DiscMet {
                deep: near(field, rng, 0.3),
            },
            |field, rng| Fault::DiscBeside {
                beside: near(field, rng, 0.0),
            },
            |_, rng| stops(rng, "obstacle_discs"),
        ]],
    },
    Entry {
        item: "plank_bridge",
        by: ALL,
        groups: &[
            &[
                |_, rng| Fault::BridgeDropped { side: side(rng) },
                |_, rng| Fault::BridgeMissed {
                    side: side(rng),
                    beside: rng.between(-0.1, 0.3),
                },
            ],
            &[|_, rng| Fault::StopsOnPlank { seconds: standing(rng) }],
        ],
    },
    Entry {
        item: "pole_course",
        by: WITHOUT_A_TRAILER,
        groups: &[
            &[
                |field, rng| Fault::LeavesSlalom {
                    beyond: near(field, rng, 0.0),
                },
                |_, rng| Fault::BrushesPole {
                    pole: 1 + (rng.unit() * 5.0) as usize,
                    depth: rng.between(-0.06, 0.2),
                },
                |_, _| Fault::WrongSide { pole: 5 },
            ],
            &[|_, rng| Fault::StopsInPoles { seconds: standing(rng) }],
        ],
    },
    Entry {
        item: "expressway",
        by: IN_A_CAB,
        groups: &[
            &[|_, rng| drifts(rng, "expressway"), |_, _| leaves("expressway")],
            &[
                |_, rng| {
                    Fault::Road(Lapse::SlowIn {
                        speed: speed(rng, 60.0),
                    })
                },
                |_, rng| {
                    Fault::Road(Lapse::Between {
                        speed: speed(rng, 50.0),
                    })
                },
                |_, rng| {
                    Fault::Road(Lapse::Between {
                        speed: speed(rng, 70.0),
                    })
                },
                |_, rng| fast_at(rng, "expressway", 20.0),
            ],
            &[|_, rng| due(rng, Chore::LampIn), |_, rng| due(rng, Chore::LampOut)],
        ],
    },
    Entry {
        item: "mountain_bends",
        by: IN_A_CAB,
        groups: &[
            &[|_, rng| drifts(rng, "mountain_bends")],
            &[|_, rng| fast_at(rng, "mountain_bends", 20.0)],
            &[
                |_, rng| due(rng, Chore::BendHorn(0)),
                |_, rng| due(rng, Chore::BendHorn(1)),
            ],
        ],
    },
    Entry {
        item: "tunnel",
        by: IN_A_CAB,
        groups: &[
            &[|_, rng| drifts(rng, "tunnel"), |_, _| leaves("tunnel")],
            &[|_, rng| fast_at(rng, "tunnel", 30.0), |_, rng| stops(rng, "tunnel")],
            &[
                |_, rng| due(rng, Chore::Headlamps),
                |_, rng| due(rng, Chore::HeadlampsOff),
                |_, rng| due(rng, Chore::TunnelHorn(0)),
                |_, rng| due(rng, Chore::TunnelHorn(1)),
            ],
        ],
    },
    Entry {
        item: "rain_fog",
        by: IN_A_CAB,
        groups: &[
            &[|_, rng| fast_at(rng, "rain_fog", 25.0), |_, _| leaves("rain_fog")],
            &[
                |_, rng| due(rng, Chore::FogLamp),
                |_, rng| due(rng, Chore::FogHazardLamps),
                |_, rng| due(rng, Chore::Wiper),
            ],
        ],
    },
    Entry {
        item: "slippery",
        by: IN_A_CAB,
        groups: &[
            &[|_, rng| fast_at(rng, "slippery", 20.0), |_, _| leaves("slippery")],
            &[|_, rng| {
                Fault::Road(Lapse::HighGear {
                    gear: 2 + (rng.unit() * 3.0) as u8,
                })
            }],
        ],
    },
    Entry {
        item: "emergency",
        by: IN_A_CAB,
        groups: &[
            &[
                |_, rng| {
                    Fault::Road(Lapse::Brakes {
                        after: rng.between(0.4, 3.0),
                    })
                },
                |_, _| Fault::Road(Lapse::Omits(Chore::Stop)),
                |_, _| leaves("emergency"),
            ],
            &[|_, _| Fault::Road(Lapse::Omits(Chore::StopHazardLamps))],
        ],
    },
    Entry {
        item: "card_stop",
        by: IN_A_CAB,
        groups: &[
            &[
                |field, rng| {
                    Fault::Road(Lapse::CardGap {
                        gap: near(field, rng, 0.5),
                    })
                },
                |field, rng| {
                    Fault::Road(Lapse::CardShort {
                        short: near(field, rng, 0.0),
                    })
                },
                |_, rng| {
                    Fault::Road(Lapse::CardBack {
                        back: rng.between(0.0, 0.5),
                    })
                },
                |_, _| Fault::Road(Lapse::Omits(Chore::CardStop)),
                |_, _| leaves("card_stop"),
            ],
            &[
                |_, _| Fault::Road(Lapse::Omits(Chore::Neutral)),
                |_, _| Fault::Road(Lapse::Omits(Chore::CardBrake)),
            ],
        ],
    },
    Entry {
        item: "undulating_road",
        by: IN_A_CAB,
        groups: &[&[
            |_, rng| fast_at(rng, "undulating_road", 15.0),
            |_, _| leaves("undulating_road"),
        ]],
    },
    Entry {
        item: "pole_course",
        by: BEHIND_A_HANDLEBAR,
        groups: &[&[|_, _| Fault::NoHelmet]],
    },
    Entry {
        item: "hill_start",
        by: IN_A_CAB,
        groups: &[&[|_, _| Fault::NoParkingBrake, |_, _| Fault::HillNoLamp]],
    },
    Entry {
        item: ANYWHERE,
        by: IN_A_CAB,
        groups: &[&[|_, _| Fault::NoBelt]],
    },
];

impl Entry {
    fn is_for(&self, kind: Kind, train: bool) -> bool {
        self.by.kinds.contains(&kind) && (self.by.trains || !train)
    }
}

/// What may go wrong on a ground, group by group.
pub(super) fn groups(field: &Field) -> impl Iterator<Item = Group> {
    let entries = CATALOGUE.iter().filter(|entry| entry.is_for(field.kind, field.train));
    let here = entries.filter(|entry| entry.item == ANYWHERE || field.has(entry.item));
    here.flat_map(|entry| entry.groups).copied()
}

/// Whether somebody drives a manoeuvre with vehicles like this one; what nobody drives, a season leaves out.
pub fn is_driven(spec: &Spec, manoeuvre: &str) -> bool {
    match spec.kind {
        Kind::Motorcycle => ON_TWO_WHEELS.contains(&manoeuvre),
        kind => CATALOGUE
            .iter()
            .any(|entry| entry.item == manoeuvre && entry.is_for(kind, spec.trailer.is_some())),
    }
}

const ON_TWO_WHEELS: [&str; 3] = ["hill_start", "plank_bridge", "pole_course"];

/// From 100 mm inside a limit to as far beyond it as the field says, metres.
fn near(field: &Field, rng: &mut Rng, limit: f64) -> f64 {
    limit + rng.between(-0.1, field.beyond)
}

/// From 1 s before a limit to 3 s after it.
fn seconds(rng: &mut Rng, limit: f64) -> f64 {
    limit + rng.between(-1.0, 3.0)
}

/// A rest near the two seconds that are allowed.
fn standing(rng: &mut Rng) -> f64 {
    2.0 + rng.between(-0.9, 3.0)
}

fn stops(rng: &mut Rng, manoeuvre: &'static str) -> Fault {
    Fault::StopsUnderWay {
        manoeuvre,
        seconds: standing(rng),
    }
}

/// From 2 km/h below a speed to 4 above it, m/s.
fn speed(rng: &mut Rng, kmh: f64) -> f64 {
    (kmh + rng.between(-2.0, 4.0)) / 3.6
}

fn fast_at(rng: &mut Rng, road: &'static str, kmh: f64) -> Fault {
    let speed = speed(rng, kmh);
    Fault::Road(Lapse::FastAt { road, speed })
}

/// Over either edge of a road, or nearly.
fn drifts(rng: &mut Rng, road: &'static str) -> Fault {
    let left = road == "tunnel" || rng.unit() < 0.5;
    let beyond = rng.between(-0.1, 0.5);
    Fault::Road(Lapse::Drifts { road, left, beyond })
}

const fn leaves(road: &'static str) -> Fault {
    Fault::Road(Lapse::Leaves { road })
}

/// What is due at a line is not done, or some time before it or behind it.
fn due(rng: &mut Rng, chore: Chore) -> Fault {
    let (omits, by) = (rng.unit() < 0.5, rng.between(-1.0, 3.0));
    Fault::Road(match omits {
        true => Lapse::Omits(chore),
        false => Lapse::Delays { chore, by },
    })
}

fn side(rng: &mut Rng) -> Side {
    if rng.unit() < 0.5 { Side::Left } else { Side::Right }
}

/// For the tests: all that is driven with a kind of vehicle.
#[cfg(test)]
pub(super) fn items(kind: Kind) -> impl Iterator<Item = &'static str> {
    CATALOGUE
        .iter()
        .filter(move |entry| entry.is_for(kind, false))
        .map(|entry| entry.item)
}
