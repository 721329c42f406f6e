//! Weaves and wobbles, within the lines; no fault.
use super::{Faults, Manners, PRACTISED, Temperament};

/// The rider.
pub const RIDER: Temperament = Temperament {
    name: "wobbly",
    zh: "摇晃",
    en: "wobbly, no fault",
    manners: Manners {
        slalom_speed: 1.2,
        weave: 0.012,
        wobble_deg: 1.0,
        ..PRACTISED
    },
    faults: Faults::NONE,
};
