//! The site engine's library: journal, records, and everything behind the binary `kaoguan`.
pub mod documents;
pub mod entry;
pub mod journal;
pub mod session;
