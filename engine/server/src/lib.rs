//! The site engine's library: everything behind the binary `kaoguan`.
//!
//! From the network to the page: [`ingest`] hands what units say (for eyes alone: `eyes`) to the [`keeper`], which alone owns the [`journal`]; what
//! is durable goes through the [`session`] into the exam, its boards into the [`hub`], and from there to MQTT
//! ([`publish`]) and to people ([`api`]). Closed exams go to the [`sealer`] and the [`store`]. [`score`] judges a record again.
//!
//! Deliberately not here: the inside of any rule.
pub mod api;
pub mod arrivals;
pub mod broker;
pub mod calendar;
pub mod canon;
pub mod cli;
pub mod config;
pub mod course_cli;
mod course_io;
pub mod demo;
pub mod devices;
pub mod documents;
pub mod engine;
pub mod entry;
mod eyes;
pub mod hub;
pub mod ingest;
pub mod journal;
pub mod keeper;
pub mod keys;
pub mod mqtt;
pub mod outbox;
pub mod publish;
pub mod record;
pub mod refusal;
pub mod remedy;
pub mod score;
pub mod sealer;
pub mod session;
mod site_time;
pub mod store;
pub mod syllabus_cli;
pub mod texts;
pub mod track;
pub mod units;
pub mod vehicle_cli;
mod vehicle_draw;
pub mod view;
pub mod wording;

pub use config::{Documents, Mqtt, SiteConfig};
pub use engine::{Engine, start};
pub use hub::Outcome;
pub use keeper::OpenRequest;
