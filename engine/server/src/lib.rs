//! The site engine's library: journal, records, and everything behind the binary `kaoguan`.
pub mod canon;
pub mod documents;
pub mod entry;
pub mod journal;
pub mod keys;
pub mod record;
pub mod score;
pub mod session;
