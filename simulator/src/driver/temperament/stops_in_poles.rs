//! Stops for 4 s between the third and the fourth pole.
use super::{Fault, Faults, PRACTISED, Temperament};

/// The rider.
pub const RIDER: Temperament = Temperament {
    name: "stops_in_poles",
    zh: "桩考中途停车 4 秒",
    en: "stops for 4 s in the pole course",
    manners: PRACTISED,
    faults: Faults::one(Fault::StopsInPoles { seconds: 4.0 }),
};
