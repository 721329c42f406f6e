//! The front tyre's outer edge gets 250 mm beyond an edge line of the pole course, once.
use super::{Fault, Faults, PRACTISED, Temperament};

/// The rider.
pub const RIDER: Temperament = Temperament {
    name: "leaves_slalom",
    zh: "桩考前轮出线 250 毫米",
    en: "front tyre 250 mm over the edge line",
    manners: PRACTISED,
    faults: Faults::one(Fault::LeavesSlalom { beyond: 0.250 }),
};
