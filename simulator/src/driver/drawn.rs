//! Riders drawn by chance: manners of somebody, and things done near their limits.
//!
//! The problem: a table of named riders shows the same few distances for ever, and a wrong judgement hides between them.
//! The answer: each seed is another rider. [`drawn`] is a candidate: honest, or with one fault. [`close`] is nobody that
//! ever lived: near every limit at once, drawn evenly from well inside to well beyond, so that few rides say much.
use super::temperament::{Fault, Faults, Manners, PRACTISED, Temperament};
use crate::rng::Rng;

/// One in so many riders does nothing wrong.
const HONEST: f64 = 0.25;

/// The rider of a seed.
pub fn drawn(seed: u64) -> Temperament {
    let mut rng = Rng::new(seed, "rider");
    let manners = manners(&mut rng);
    let faults = if rng.unit() < HONEST {
        Faults::NONE
    } else {
        Faults::one(fault(&mut rng))
    };
    Temperament {
        name: "drawn",
        zh: "随机",
        en: "drawn by chance",
        manners,
        faults,
    }
}

/// Somebody near every limit at once.
pub fn close(seed: u64) -> Temperament {
    let mut rng = Rng::new(seed, "close rider");
    let manners = Manners {
        hold_s: (3.5, 4.5),
        ..manners(&mut rng)
    };
    Temperament {
        name: "close",
        zh: "处处临界",
        en: "near every limit",
        manners,
        faults: close_faults(&mut rng),
    }
}

fn close_faults(rng: &mut Rng) -> Faults {
    let sometimes = |rng: &mut Rng, share: f64, fault: Fault| if rng.unit() < share { fault } else { Fault::None };
    let one_of = |rng: &mut Rng, low: f64, high: f64| if rng.unit() < 0.5 { low } else { high };
    let short = one_of(rng, 0.0, 0.5);
    let gap = one_of(rng, 0.3, 0.5);
    let back = one_of(rng, 0.1, 0.3);
    let pole = 1 + (rng.unit() * 5.0) as usize;
    let at_pole = match (rng.unit() * 4.0) as u32 {
        0 => Fault::WrongSide { pole: 3 },
        1 | 2 => Fault::TouchesPole {
            pole,
            nearer: rng.between(-0.1, 0.3),
        },
        _ => Fault::None,
    };
    let on_plank = match (rng.unit() * 4.0) as u32 {
        0 => Fault::MissesPlank,
        1 => Fault::DropsPlank,
        _ => Fault::None,
    };
    let slow = Fault::SlowStart {
        seconds: 30.0 + rng.between(-1.0, 3.0),
    };
    Faults::of([
        Fault::LeavesSlalom { beyond: near(rng, 0.0) },
        Fault::StopsInPoles {
            seconds: 2.0 + rng.between(-0.9, 3.0),
        },
        at_pole,
        Fault::FootDown {
            seconds: rng.between(0.1, 3.0),
        },
        sometimes(rng, 0.3, Fault::NoHelmet),
        Fault::ShortStop {
            short: near(rng, short),
        },
        Fault::EdgeGap { gap: near(rng, gap) },
        slow,
        Fault::RollsBack {
            distance: near(rng, back).max(0.0),
        },
        Fault::LeavesHill { beyond: near(rng, 0.0) },
        match (rng.unit() * 3.0) as u32 {
            0 => Fault::Stalls {
                seconds: rng.between(0.1, 2.5),
            },
            1 => Fault::Coasts {
                seconds: 5.0 + rng.between(-1.0, 3.0),
            },
            _ => Fault::None,
        },
        on_plank,
        Fault::StopsOnPlank {
            seconds: 2.0 + rng.between(-0.9, 3.0),
        },
    ])
}

fn near(rng: &mut Rng, limit: f64) -> f64 {
    limit + rng.between(-0.1, 0.3)
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
    match (rng.unit() * 19.0) as u32 {
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
            nearer: 0.22,
        },
        13 => Fault::NoHelmet,
        14 => Fault::LeavesHill { beyond: near(rng, 0.0) },
        15 => Fault::MissesPlank,
        16 => Fault::StopsOnPlank {
            seconds: 2.0 + rng.between(-0.9, 3.0),
        },
        17 => match rng.unit() < 0.5 {
            true => Fault::Stalls {
                seconds: rng.between(0.1, 2.5),
            },
            false => Fault::Coasts {
                seconds: 5.0 + rng.between(-1.0, 3.0),
            },
        },
        _ => Fault::DropsPlank,
    }
}
