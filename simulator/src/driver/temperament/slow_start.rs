//! Holds the hill start for 33 s.
use super::{Fault, Faults, PRACTISED, Temperament};

/// The rider.
pub const RIDER: Temperament = Temperament {
    name: "slow_start",
    zh: "坡道起步超过 30 秒",
    en: "starts on the hill after 33 s",
    manners: PRACTISED,
    faults: Faults::one(Fault::SlowStart { seconds: 33.0 }),
};
