//! Slow, wide and patient; no fault.
use super::{Faults, Manners, PRACTISED, Temperament};

/// The rider.
pub const RIDER: Temperament = Temperament {
    name: "calm",
    zh: "沉稳",
    en: "calm, no fault",
    manners: Manners {
        transit_speed: 2.5,
        slalom_speed: 1.2,
        hill_speed: 1.6,
        plank_speed: 1.2,
        hold_s: (4.5, 6.0),
        ..PRACTISED
    },
    faults: Faults::NONE,
};
