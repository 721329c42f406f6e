//! The unit's core: bytes of three serial ports in, numbered samples with event time out.
//!
//! The problem: on one UART arrive NMEA, vendor text, UBX, RTCM and the signal box's hex, cut anywhere, with bytes lost
//! and two clocks that disagree. The answer, in river order:
//!
//! 1. [`line`], [`binary`] and [`window`] cut bytes into sentences and frames, byte by byte, so that a bad one never takes
//!    the next good one with it;
//! 2. [`sentence`], [`ubx`], [`inertial`] ([`witmotion`], [`hipnuc`]) and [`signals`] ([`signal_box`] and the bus of [`can`] among them) read one proven message each, in integers;
//! 3. [`epoch`] joins the sentences of one instant, and [`solution`] makes them readings, or says why there is none;
//! 4. [`timebase`] turns the uptime of arrival into UTC, slowly to convince and never silently;
//! 5. [`silence`] keeps every port speaking at least once a second, so that nobody downstream waits for ever;
//! 6. [`rtcm`] proves the corrections on their way to the receiver and reads where their base stands, [`rover`] says to who serves
//!    them where the vehicle is;
//! 7. [`Unit`] holds these together: `handle` one input, then `poll` until it is empty.
//!
//! Deliberately not here: async, files, a network, a clock (time is in the inputs), floats, a heap, courses, scoring,
//! and any repair of a damaged sentence.
#![no_std]

#[cfg(test)]
extern crate std;

pub mod binary;
pub mod calendar;
pub mod can;
pub mod config;
pub mod counters;
pub mod crc16;
pub mod crc24;
pub mod decimal;
pub mod epoch;
pub mod hipnuc;
pub mod inertial;
pub mod line;
mod outbox;
pub mod pulse;
pub mod quality;
pub mod rover;
pub mod rtcm;
pub mod say;
pub mod sentence;
pub mod signal_box;
pub mod signals;
pub mod silence;
pub mod single;
pub mod site_clock;
pub mod solution;
pub mod timebase;
pub mod trig;
pub mod ubx;
mod unit;
pub mod window;
pub mod witmotion;

pub use config::{
    AttitudeConfig, AttitudeDialect, CanConfig, CanField, CanSpeed, Check, Config, Dialect, Frames, High, Hold,
    MODULES_MAX, ModbusConfig, Module, POLES_MAX, PlankWiring, PoleWire, ReceiverConfig, SPEEDS_MAX, SignalConfig,
    Table, WIRES_MAX, Wire,
};
pub use counters::{BusCounters, Counters, PortCounters, TimeCounters};
pub use say::Say;
pub use unit::{BYTES_PER_INPUT_MAX, Input, Output, Unit};
