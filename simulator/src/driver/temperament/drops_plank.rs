//! The rear wheel drops off the plank mid-way and rolls on beside it; the feet stay on.
use super::{Fault, Faults, PRACTISED, Temperament};

/// The rider.
pub const RIDER: Temperament = Temperament {
    name: "drops_plank",
    zh: "后轮掉桥",
    en: "rear wheel drops off the plank",
    manners: PRACTISED,
    faults: Faults::one(Fault::DropsPlank),
};
