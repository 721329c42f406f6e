//! Rolls back 200 mm on the hill before moving off.
use super::{Fault, Faults, PRACTISED, Temperament};

/// The rider.
pub const RIDER: Temperament = Temperament {
    name: "rolls_back_200",
    zh: "坡道后溜 200 毫米",
    en: "rolls back 200 mm on the hill",
    manners: PRACTISED,
    faults: Faults::one(Fault::RollsBack { distance: 0.200 }),
};
