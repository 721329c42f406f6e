//! Days of power cuts and network holes, seeded: the real batcher, spool and window over a disk that forgets and a network
//! that loses, and a ledger of what is true, to which everything that arrived is held.
#![allow(dead_code)]

pub mod dice;
pub mod engine;
pub mod frail;
pub mod ledger;
pub mod network;
pub mod ride;
pub mod table;
