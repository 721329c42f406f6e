//! Drivers of cars drawn by chance, as [`super::drawn`] draws riders.
use super::drawn::{close, drawn};
use super::temperament::{Fault, Faults, IN_A_CAR, Manners, Temperament};
use crate::rng::Rng;
use crate::vehicle::Kind;

/// One in so many drivers does nothing wrong.
const HONEST: f64 = 0.25;

/// A candidate on a vehicle of a kind.
pub fn drawn_of(kind: Kind, seed: u64) -> Temperament {
    if kind == Kind::Motorcycle {
        return drawn(seed);
    }
    let mut rng = Rng::new(seed, "driver");
    let manners = manners(&mut rng);
    let honest = rng.unit() < HONEST;
    let which = (rng.unit() * KINDS as f64) as usize;
    Temperament {
        name: "drawn",
        zh: "随机",
        en: "drawn by chance",
        manners,
        faults: if honest {
            Faults::NONE
        } else {
            Faults::one(fault(which, &mut rng))
        },
    }
}

/// Somebody near every limit at once, on a vehicle of a kind: one thing in each item, and another one on the hill.
pub fn close_of(kind: Kind, seed: u64) -> Temperament {
    if kind == Kind::Motorcycle {
        return close(seed);
    }
    let mut rng = Rng::new(seed, "close driver");
    let manners = manners(&mut rng);
    let mut one_of = |kinds: &[usize]| {
        let k = (rng.unit() * kinds.len() as f64) as usize;
        fault(kinds[k.min(kinds.len() - 1)], &mut rng)
    };
    let faults = [
        one_of(&[0, 1, 2]),
        one_of(&[3, 4]),
        one_of(&[5, 6, 7]),
        one_of(&[8, 9]),
        one_of(&[10]),
        one_of(&[11, 12]),
        one_of(&[13, 14]),
        one_of(&[15, 16, 17, 18]),
        one_of(&[19, 20, 21, 22]),
        one_of(&[23, 24, 25, 26]),
    ];
    Temperament {
        name: "close",
        zh: "处处临界",
        en: "near every limit",
        manners,
        faults: Faults::of(faults),
    }
}

/// Between calm and hasty.
fn manners(rng: &mut Rng) -> Manners {
    let haste = rng.unit();
    let between = |low: f64, high: f64| low + (high - low) * haste;
    Manners {
        transit_speed: between(2.2, 3.5),
        hill_speed: between(1.5, 2.2),
        reverse_speed: between(0.55, 0.85),
        yard_speed: between(0.75, 1.1),
        acceleration: between(0.6, 1.1),
        ..IN_A_CAR
    }
}

/// So many kinds of fault are drawn.
const KINDS: usize = 27;

/// Distances from 100 mm inside a limit to 300 mm beyond it, times from 1 s before to 3 s after.
fn fault(which: usize, rng: &mut Rng) -> Fault {
    let near = |rng: &mut Rng, limit: f64| limit + rng.between(-0.1, 0.3);
    let seconds = |rng: &mut Rng, limit: f64| limit + rng.between(-1.0, 3.0);
    let stops = |rng: &mut Rng, manoeuvre: &'static str| Fault::StopsUnderWay {
        manoeuvre,
        seconds: 2.0 + rng.between(-0.9, 3.0),
    };
    match which {
        0 => Fault::BayNotIn { out: near(rng, 0.0) },
        1 => Fault::BayOverLine { beyond: near(rng, 0.0) },
        2 => Fault::BayShort { short: near(rng, 0.0) },
        3 => Fault::BaySlow {
            seconds: seconds(rng, 210.0),
        },
        4 => stops(rng, "reverse_bay"),
        5 => Fault::SlotNotIn { out: near(rng, 0.0) },
        6 => Fault::SlotOverLine { beyond: near(rng, 0.0) },
        7 => Fault::SlotOverEdge { beyond: near(rng, 0.0) },
        8 => Fault::SlotSlow {
            seconds: seconds(rng, 90.0),
        },
        9 => stops(rng, "side_parking"),
        10 => Fault::SlotNoLamp,
        11 => Fault::CurveOverEdge { beyond: near(rng, 0.0) },
        12 => stops(rng, "curve"),
        13 => Fault::CornerOverEdge { beyond: near(rng, 0.0) },
        14 => stops(rng, "right_angle"),
        15 => Fault::CornerNoLamp,
        16 => Fault::CornerLampStays,
        17 => Fault::NoBelt,
        18 => Fault::Stalls {
            seconds: rng.between(0.1, 2.5),
        },
        19 => Fault::ShortStop { short: near(rng, 0.0) },
        20 => Fault::ShortStop { short: near(rng, 0.5) },
        21 => Fault::EdgeGap { gap: near(rng, 0.3) },
        22 => Fault::EdgeGap { gap: near(rng, 0.5) },
        23 => {
            let limit = if rng.unit() < 0.5 { 0.1 } else { 0.3 };
            let distance = near(rng, limit).max(0.0);
            Fault::RollsBack { distance }
        }
        24 => Fault::SlowStart {
            seconds: seconds(rng, 30.0),
        },
        25 => Fault::NoParkingBrake,
        _ => Fault::LeavesHill { beyond: near(rng, 0.0) },
    }
}
