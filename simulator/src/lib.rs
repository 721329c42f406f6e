//! The simulator: a rider's or driver's exact truth, and the bytes that real sensors would have made of it.
//!
//! The problem: a judgement is worth what it was measured against. The answer: a kinematic vehicle on exact rails
//! ([`vehicle`]: motorcycles and cars), riders and drivers with at most one fault each, exact to millimetres ([`driver`]),
//! played at 200 Hz ([`ride`]) into truth ([`truth`]) and into the very bytes of receivers, attitude sensors and signal boxes
//! ([`sensors`]); those go into files, or through pseudo terminals into a unit whose clock the simulator leads ([`rig`]).
//! [`replay`] plays recorded bytes in the same way.
//!
//! Deliberately not here: `kaoguan-exam`. The simulator must not know how it is judged.

pub mod drive;
pub mod driver;
pub mod elsewhere;
pub mod geometry;
pub mod replay;
pub mod ride;
pub mod rig;
pub mod rng;
pub mod sensors;
pub mod truth;
pub mod vehicle;
