//! What must hold before a file is a course: one validator a file, each naming the guilty feature and the remedy.

use crate::Issue;
use crate::draft::Draft;

/// Runs every validator; each adds what it finds.
pub(crate) fn all(draft: &Draft, issues: &mut Vec<Issue>) {
    let _ = (draft, issues);
}
