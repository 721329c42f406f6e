//! Rides without a fault, but the receiver loses its fix for 4 s in the pole course's first ride.
use super::{Fault, Faults, PRACTISED, Temperament};

/// The rider.
pub const RIDER: Temperament = Temperament {
    name: "loses_fix",
    zh: "桩考首次失锁 4 秒",
    en: "receiver loses its fix for 4 s, first ride only",
    manners: PRACTISED,
    faults: Faults::one(Fault::LosesFix { seconds: 4.0 }),
};
