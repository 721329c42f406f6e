//! The exam: a recording of the vehicle is poured in at the top, a verdict comes out at the bottom.
//!
//! Read the modules from top to bottom and you have followed the river: [`inbox`] joins what arrived in event time,
//! [`ground`] lays it on the course, [`facts`] says what changed, [`manoeuvres`] say what is wrong, [`score`] weighs it, [`ledger`] keeps it.
//! [`Exam`] is the whole public face: `accept`, `act`, and pure reads.
//!
//! Deliberately not here: a clock, a file, a network, an error after the start, a float outside [`ground`].

pub(crate) mod inbox;

pub(crate) mod ground;

pub(crate) mod facts;

pub(crate) mod manoeuvre;
pub(crate) mod manoeuvres;
pub(crate) mod passage;
#[cfg(test)]
mod script;

pub(crate) mod field;
pub(crate) mod item;
pub(crate) mod ledger;
pub(crate) mod poles;
pub(crate) mod score;

pub mod exam;

pub mod act;
pub mod board;
pub mod budget;
pub mod finding;
pub mod node;
pub mod scene;
pub mod setup;
pub mod syllabus;
pub mod vehicle;

pub use act::{Act, Answer};
pub use board::{Board, ItemState, ItemView, PoseView};
pub use budget::Budget;
pub use exam::Exam;
pub use finding::{Bound, Finding, Measure, Question, Unit, Verdict};
pub use kaoguan_course::{Course, Issue};
pub use manoeuvres::catalogue;
pub use node::{Hit, Node, NodePart, Nodes};
pub use scene::Scene;
pub use setup::{Setup, SetupParts};
pub use syllabus::Syllabus;
pub use vehicle::Vehicle;

/// Reads a course on which this engine can judge.
///
/// # Errors
/// Everything that is wrong with the file, each with the feature that it concerns: [`Course::load_for`].
pub fn load_course(text: &str) -> Result<Course, Vec<Issue>> {
    Course::load_for(text, &catalogue())
}
