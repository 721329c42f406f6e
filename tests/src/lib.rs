//! The whole river, for tests: without its shores, and with them.
//!
//! [`river`] is one process: truth, real bytes, the unit's core, the exam; no clock, no network, no disk. [`site`] is the
//! shipped binaries as processes of their own, with a broker between them, pseudo terminals and a led clock, so that a
//! test may kill, cut, fill and repeat what it likes.

pub mod car;
pub mod door;
pub mod drive;
pub mod elsewhere;
pub mod exact;
pub mod field;
pub mod hand;
pub mod large;
pub mod matrix;
mod power;
pub mod river;
pub mod road;
pub mod site;
pub mod words;
