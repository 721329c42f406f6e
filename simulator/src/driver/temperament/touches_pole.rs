//! Brushes the second pole with the body, on its right side.
use super::{Fault, Faults, PRACTISED, Temperament};

/// The rider.
pub const RIDER: Temperament = Temperament {
    name: "touches_pole",
    zh: "碰擦第二桩",
    en: "touches pole 2",
    manners: PRACTISED,
    faults: Faults::one(Fault::TouchesPole { pole: 2, nearer: 0.22 }),
};
