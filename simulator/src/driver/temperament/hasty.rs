//! Quick everywhere, short holds; no fault.
use super::{Faults, Manners, PRACTISED, Temperament};

/// The rider.
pub const RIDER: Temperament = Temperament {
    name: "hasty",
    zh: "急躁",
    en: "hasty, no fault",
    manners: Manners {
        transit_speed: 4.0,
        slalom_speed: 1.6,
        hill_speed: 2.6,
        plank_speed: 2.2,
        acceleration: 1.4,
        turn_radius: 4.2,
        hold_s: (3.0, 3.4),
        ..PRACTISED
    },
    faults: Faults::NONE,
};
