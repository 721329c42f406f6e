//! Surveyed ground: where the exercises are. A [`Course`] that exists is valid.
//!
//! The problem: a village square becomes an exam course in a morning, and every line on it may cost a candidate the
//! exam, so a wrong map must be refused before the first ride. The answer: one GeoJSON file that any GIS opens, laid
//! exactly on a tangent plane ([`Datum`]), looked at by a list of small [`checks`] that report everything at once,
//! measured against the regulation's dimensions ([`report`]) and drawn for an inspector's signature ([`draw`]).
//!
//! Deliberately not here: samples, time, vehicles in motion, what the parts of a site mean for the score.

mod base;
pub mod checks;
mod course;
mod datum;
mod decks;
mod dimensions;
mod draft;
pub mod draw;
mod guide;
mod lanes;
mod part;
mod read;
mod report;
mod roles;
pub mod standard;
mod surface;

pub use base::Base;
pub use course::Course;
pub use datum::{Datum, Plane, Point2};
pub use dimensions::{Compare, Measure};
pub use guide::Guide;
pub use part::{BuiltFor, Part, Shape, Side, Site};
pub use report::{Dimension, Verdict, report};
pub use roles::{Catalogue, Kind, Need, kind as role_kind};
pub use surface::{Surface, SurfacePoint};

/// A length or standard uncertainty in tenths of a millimetre.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenthMm(pub i32);

impl TenthMm {
    /// The same length in metres.
    pub fn metres(self) -> f64 {
        f64::from(self.0) * 1e-4
    }
}

/// One thing wrong with a file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Feature id, or the path of a key.
    pub place: String,
    /// A sentence: what is wrong, and what to do.
    pub text: String,
}

impl std::fmt::Display for Issue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.text)
    }
}
