//! Course maps to and from the files that surveyors work with: DXF drawings and KML.
//!
//! The problem: a course is drawn in a CAD program, by layer, in metres; a course file is GeoJSON. What is lost or guessed on
//! the way may cost a candidate the exam. The answer: a convention for layers, a small file beside the drawing for what a
//! drawing cannot carry ([`beside`]), and two readers that refuse what they do not fully understand, all faults at once. What
//! comes out is a course file like any other: whoever imports it has it checked as a course ([`Imported::checked`]).
//!
//! It is a crate of its own because the course crate judges and must be recomputable for years: no parser of a foreign format
//! belongs there. The libraries `dxf` and `kml` decode and encode; both trust their input (they loop, panic or leave out what
//! they do not know), so each only ever sees a clean copy that a small guard of ours has written.
//!
//! Deliberately not here: national grids and geoids (the plane of the course is the drawing's plane; heights are ellipsoidal),
//! DWG, KMZ, and any judgement on a course.

mod beside;
mod dxf;
mod kml;
mod label;
mod sketch;

use kaoguan_course::Issue;
use std::collections::BTreeSet;

/// What a CAD program gets.
#[derive(Debug, Clone)]
pub struct Drawing {
    /// The drawing: DXF of release 12, metres of the course plane, one layer for each feature.
    pub dxf: String,
    /// The TOML beside it: head, datum and the properties of each layer.
    pub beside: String,
}

/// Draws a course (the text of a valid course file).
///
/// # Errors
/// What a drawing cannot hold, by feature.
pub fn to_dxf(course: &str) -> Result<Drawing, Vec<Issue>> {
    dxf::write::draw(&sketch::Sketch::read(course)?)
}

/// Writes a course (the text of a valid course file) as KML, all of it in one file.
///
/// # Errors
/// What KML cannot hold, by feature.
pub fn to_kml(course: &str) -> Result<String, Vec<Issue>> {
    kml::write::write(&sketch::Sketch::read(course)?)
}

/// Reads a DXF drawing with the TOML beside it.
pub fn from_dxf(bytes: &[u8], beside: Option<&str>) -> Imported {
    dxf::read::read(bytes, beside)
}

/// Reads a KML file; the TOML beside it, where there is one, has the last word.
pub fn from_kml(bytes: &[u8], beside: Option<&str>) -> Imported {
    kml::read::read(bytes, beside)
}

/// What a foreign file gave, and everything that is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Imported {
    /// A course file as far as it could be made; none where not even the datum is known.
    draft: Option<String>,
    /// What is wrong with the foreign file, by layer and entity or by placemark.
    issues: Vec<Issue>,
    /// Ids of features whose geometry was refused: that the course lacks them need not be said again.
    spoilt: BTreeSet<String>,
}

impl Imported {
    /// The course file, if the foreign file has no fault and the course that it makes has none either.
    ///
    /// # Errors
    /// All faults of both.
    pub fn checked(self, check: impl FnOnce(&str) -> Result<(), Vec<Issue>>) -> Result<String, Vec<Issue>> {
        let Imported {
            draft,
            mut issues,
            spoilt,
        } = self;
        let Some(text) = draft else { return Err(issues) };
        if let Err(found) = check(&text) {
            issues.extend(found.into_iter().filter(|issue| !spoilt.contains(first(&issue.place))));
        }
        if issues.is_empty() { Ok(text) } else { Err(issues) }
    }
}

/// A place's feature, or the head for any of its keys.
fn first(place: &str) -> &str {
    let of_head = place.strip_prefix(HEAD).is_some_and(|rest| rest.starts_with('.'));
    if of_head { HEAD } else { place }
}

/// The member of a course file that is its head: where a foreign file lacks it whole, its keys need not be missed one by one.
pub(crate) const HEAD: &str = "kaoguan";

/// Faults, with an end: a damaged file has one in every line.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Issue>);

/// Nobody reads more; the next import says the rest.
const FAULTS_MAX: usize = 200;

impl Faults {
    pub fn say(&mut self, place: impl Into<String>, text: impl Into<String>) {
        if self.0.len() < FAULTS_MAX {
            let (place, text) = (shown(&place.into()), text.into());
            self.0.push(Issue { place, text });
        }
    }

    /// Whether something was said about a place.
    pub fn about(&self, place: &str) -> bool {
        self.0.iter().any(|issue| issue.place == place)
    }

    pub fn none(&self) -> bool {
        self.0.is_empty()
    }

    pub fn all(self) -> Vec<Issue> {
        self.0
    }
}

/// A text of a foreign file as a terminal may see it: one line, and not a long one.
pub(crate) fn shown(text: &str) -> String {
    let shown: String = text
        .chars()
        .take(120)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    shown
}
