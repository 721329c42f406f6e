//! A foot is off its peg for 0.8 s while moving between the poles.
use super::{Fault, Faults, PRACTISED, Temperament};

/// The rider.
pub const RIDER: Temperament = Temperament {
    name: "foot_down",
    zh: "桩考中脚触地",
    en: "foot down in the pole course",
    manners: PRACTISED,
    faults: Faults::one(Fault::FootDown { seconds: 0.8 }),
};
