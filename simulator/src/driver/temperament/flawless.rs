//! Rides everything as the regulation wants it.
use super::{Faults, PRACTISED, Temperament};

/// The rider.
pub const RIDER: Temperament = Temperament {
    name: "flawless",
    zh: "无误",
    en: "no fault",
    manners: PRACTISED,
    faults: Faults::NONE,
};
