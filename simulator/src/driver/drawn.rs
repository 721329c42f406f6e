//! A rider drawn by chance: manners of somebody, and at most one thing done near its limit.
//!
//! The problem: a table of named riders shows the same few distances for ever, and a wrong judgement hides between them.
//! The answer: each seed is another rider, whose one fault is drawn evenly from well inside its limit to well beyond.
use super::temperament::{Fault, Manners, PRACTISED, Temperament};
use crate::rng::Rng;

/// One in so many riders does nothing wrong.
const HONEST: f64 = 0.25;

/// The rider of a seed.
pub fn drawn(seed: u64) -> Temperament {
    let mut rng = Rng::new(seed, "rider");
    let manners = manners(&mut rng);
    let fault = if rng.unit() < HONEST {
        Fault::None
    } else {
        fault(&mut rng)
    };
    Temperament {
        name: "drawn",
        zh: "随机",
        en: "drawn by chance",
        manners,
        fault,
    }
}

/// Between calm and hasty.
fn manners(rng: &mut Rng) -> Manners {
    let haste = rng.unit();
    let between = |low: f64, high: f64| low + (high - low) * haste;
    Manners {
        transit_speed: between(2.5, 4.0),
        slalom_speed: between(1.1, 1.6),
        hill_speed: between(1.7, 2.6),
        plank_speed: between(1.3, 2.2),
        acceleration: between(0.7, 1.4),
        turn_radius: between(3.2, 4.2),
        wobble_deg: rng.between(0.1, 0.8),
        ..PRACTISED
    }
}

/// Distances from 100 mm inside a limit to 300 mm beyond it, times from 1 s before to 3 s after.
fn fault(rng: &mut Rng) -> Fault {
    let near = |rng: &mut Rng, limit: f64| limit + rng.between(-0.1, 0.3);
    match (rng.unit() * 15.0) as u32 {
        0 | 1 => Fault::LeavesSlalom { beyond: near(rng, 0.0) },
        2 => Fault::ShortStop { short: near(rng, 0.0) },
        3 => Fault::ShortStop { short: near(rng, 0.5) },
        4 => Fault::RollsBack {
            distance: near(rng, 0.1).max(0.0),
        },
        5 => Fault::RollsBack {
            distance: near(rng, 0.3),
        },
        6 => Fault::EdgeGap { gap: near(rng, 0.3) },
        7 => Fault::EdgeGap { gap: near(rng, 0.5) },
        8 => Fault::StopsInPoles {
            seconds: 2.0 + rng.between(-0.9, 3.0),
        },
        9 => Fault::SlowStart {
            seconds: 30.0 + rng.between(-1.0, 3.0),
        },
        10 => Fault::FootDown {
            seconds: rng.between(0.1, 1.5),
        },
        11 => Fault::WrongSide { pole: 3 },
        12 => Fault::TouchesPole {
            pole: 1 + (rng.unit() * 5.0) as usize,
        },
        13 => Fault::NoHelmet,
        _ => Fault::DropsPlank,
    }
}
