//! The helmet comes off at the first pole, and is on again after the item.
use super::{Fault, Faults, PRACTISED, Temperament};

/// The rider.
pub const RIDER: Temperament = Temperament {
    name: "no_helmet",
    zh: "途中未戴头盔",
    en: "helmet comes off in the pole course",
    manners: PRACTISED,
    faults: Faults::one(Fault::NoHelmet),
};
