//! The whole river without its shores: truth, real bytes, the unit's core, the exam; one process, no clock, no network.
//!
//! The same fold that a site runs, fed by the same bytes; only pseudo terminals, the disk, MQTT and the journal are left out.
//! What crosses those shores is tested on the shipped binaries.

pub mod river;
