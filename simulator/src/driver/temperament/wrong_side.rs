//! Passes the third pole on its wrong side, without touching it.
use super::{Fault, Faults, PRACTISED, Temperament};

/// The rider.
pub const RIDER: Temperament = Temperament {
    name: "wrong_side",
    zh: "第三桩走错边",
    en: "passes pole 3 on the wrong side",
    manners: PRACTISED,
    faults: Faults::one(Fault::WrongSide { pole: 3 }),
};
