//! Real parts for the tests: ptys, a mosquitto, a leader for the clock, an engine that receipts.
#![allow(dead_code)]

pub mod broker;
pub mod engine;
pub mod process;
pub mod rig;
pub mod script;
pub mod sentences;
pub mod small;
