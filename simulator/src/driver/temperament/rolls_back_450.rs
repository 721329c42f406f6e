//! Rolls back 450 mm on the hill before moving off.
use super::{Fault, Faults, PRACTISED, Temperament};

/// The rider.
pub const RIDER: Temperament = Temperament {
    name: "rolls_back_450",
    zh: "坡道后溜 450 毫米",
    en: "rolls back 450 mm on the hill",
    manners: PRACTISED,
    faults: Faults::one(Fault::RollsBack { distance: 0.450 }),
};
