//! A field node (现场节点): a unit with a signal box alone, whose time is the site's.
//!
//! It has neither `[receiver]` nor `[attitude]` nor `[trailer]`; `[site_clock]` may say how uncertain its time may become before it is
//! none. Deliberately not here: where the node stands (the site's file says that).
use crate::settings::quantity::TIME;
use crate::settings::{Faults, Section};
use kaoguan_telemetry::units::Micros;
use kaoguan_unit_core::{AttitudeConfig, AttitudeDialect, ReceiverConfig};

/// A vehicle is at a pole for a fraction of a second: a worse time asks about every hit and charges none.
const UNCERTAINTY_MAX: &str = "200 ms";
/// The engine believes none that is worse than half a second, and no network answers in less than a few milliseconds for ever.
const UNCERTAINTIES: std::ops::RangeInclusive<i64> = 10_000..=500_000;

/// Whether this file is a node's: a signal box, and none of the lines that only a vehicle has.
pub fn is_node(root: &Section) -> bool {
    root.has("signal_box") && ["receiver", "attitude", "trailer"].iter().all(|key| !root.has(key))
}

/// How uncertain the site's time may be.
pub fn site_clock(section: Option<Section>, faults: &mut Faults) -> Option<Micros> {
    let Some(mut section) = section else {
        return crate::settings::quantity::parse(UNCERTAINTY_MAX, TIME).ok().map(Micros);
    };
    let worst = section.quantity_or("uncertainty_max", UNCERTAINTY_MAX, TIME, faults);
    if worst.is_some_and(|worst| !UNCERTAINTIES.contains(&worst)) {
        section.fault("uncertainty_max", "must be 10 ms to 500 ms", faults);
    }
    section.finish(faults);
    worst.map(Micros)
}

/// What the core is told of a receiver and an attitude sensor that are not there, and does not look at.
pub fn nothing() -> (ReceiverConfig, AttitudeConfig) {
    let (latency, silence) = (Micros(0), Micros(1_000_000));
    let receiver = ReceiverConfig {
        latency,
        silence,
        heading_skew: Micros(0),
    };
    let attitude = AttitudeConfig {
        dialect: AttitudeDialect::WitMotion,
        latency,
        silence,
        with_angle: false,
    };
    (receiver, attitude)
}
