//! Rolls back 140 mm on the hill before moving off.
use super::{Fault, Faults, PRACTISED, Temperament};

/// The rider.
pub const RIDER: Temperament = Temperament {
    name: "rolls_back_140",
    zh: "坡道后溜 140 毫米",
    en: "rolls back 140 mm on the hill",
    manners: PRACTISED,
    faults: Faults::one(Fault::RollsBack { distance: 0.140 }),
};
