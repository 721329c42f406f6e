//! Stops with the front axle 700 mm before the pole line's near edge.
use super::{Fault, Faults, PRACTISED, Temperament};

/// The rider.
pub const RIDER: Temperament = Temperament {
    name: "short_stop",
    zh: "坡道停车距桩杆线 700 毫米",
    en: "stops 700 mm short of the pole line",
    manners: PRACTISED,
    faults: Faults::one(Fault::ShortStop { short: 0.700 }),
};
