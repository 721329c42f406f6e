//! From an opening's documents to a proven setup.
//!
//! The problem: an exam may begin only on documents that fit each other, and who wrote three wrong files wants to hear
//! of all three at once. The answer: every document is read, whatever the others say, and each issue's place starts
//! with the document's name; only when all are sound are they held against each other.
//!
//! Deliberately not here: files (the texts come from the journal), and any default for a missing document.
use crate::entry::{NodesDoc, Open};
use kaoguan_exam::{Issue, Setup, SetupParts, Syllabus, Vehicle, load_course};

/// Reads the three documents of an opening and holds them against each other.
///
/// # Errors
/// All issues of all documents, each place starting with `course`, `syllabus`, `vehicle` or `setup`.
pub fn setup(open: &Open) -> Result<Setup, Vec<Issue>> {
    let mut issues = Vec::new();
    let course = keep("course", load_course(&open.course), &mut issues);
    let syllabus = keep("syllabus", Syllabus::parse(&open.syllabus), &mut issues);
    let vehicle = keep("vehicle", Vehicle::parse(&open.vehicle), &mut issues);
    let (Some(course), Some(syllabus), Some(vehicle)) = (course, syllabus, vehicle) else {
        return Err(issues);
    };
    let parts = SetupParts {
        exam: open.exam.clone(),
        candidate: open.candidate.clone(),
        attempt: open.attempt,
        class: open.class.clone(),
        unit: open.unit,
        course,
        syllabus,
        vehicle,
        nodes: open.nodes.as_ref().map(NodesDoc::nodes).unwrap_or_default(),
    };
    Setup::new(parts).map_err(|issues| issues.into_iter().map(|issue| placed("setup", issue)).collect())
}

fn keep<T>(document: &str, read: Result<T, Vec<Issue>>, issues: &mut Vec<Issue>) -> Option<T> {
    match read {
        Ok(value) => Some(value),
        Err(found) => {
            issues.extend(found.into_iter().map(|issue| placed(document, issue)));
            None
        }
    }
}

fn placed(document: &str, issue: Issue) -> Issue {
    Issue {
        place: format!("{document}: {}", issue.place),
        text: issue.text,
    }
}
