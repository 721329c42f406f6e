//! Rolls back 450 mm on the hill before moving off.
use super::{Fault, PRACTISED, Temperament};

/// The rider.
pub const RIDER: Temperament = Temperament {
    name: "rolls_back_450",
    zh: "坡道后溜 450 毫米",
    en: "rolls back 450 mm on the hill",
    manners: PRACTISED,
    fault: Fault::RollsBack { distance: 0.450 },
};
