//! What a unit says: the words of the wire, shared by the unit, the engine and the simulator.
//!
//! The problem: a measurement leaves a microcontroller, crosses a bad network, rests in a journal for years and is
//! judged again. The answer: integers with their unit in their name ([`units`]), one numbered [`Sample`] for each
//! measurement with its event time and the uncertainty of that time, absence as a value with a reason, and one
//! versioned encoding ([`wire`]). [`vss`] says what the vehicle's signals are called elsewhere.
//!
//! Deliberately not here: a heap, a float, a clock, geometry, MQTT, any sentence of any receiver.
#![no_std]

#[cfg(feature = "alloc")]
extern crate alloc;

pub mod reading;
pub mod units;
pub mod vss;
pub mod wire;

pub use reading::{
    Attitude, Base, Gap, Gear, Gnss, Heading, NoFix, Plank, PoleHit, Port, Quality, Reading, Sample, Signal, Signals,
    Silent, Speed, Stamp, UnitId, Wheel,
};
