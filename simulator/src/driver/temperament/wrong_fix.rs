//! Rides without a fault, but the receiver claims a fix that is metres off for 2 s in the pole course's first ride.
use super::{Fault, Faults, PRACTISED, Temperament};

/// The rider.
pub const RIDER: Temperament = Temperament {
    name: "wrong_fix",
    zh: "桩考首次错误固定解 2 秒",
    en: "receiver's fix is wrong for 2 s, first ride only",
    manners: PRACTISED,
    faults: Faults::one(Fault::WrongFix { seconds: 2.0 }),
};
