//! Every site lies inside the course's boundary.

use super::{covers, sound_ring};
use crate::Issue;
use crate::draft::Draft;
use crate::read::say;

pub(super) fn check(draft: &Draft, issues: &mut Vec<Issue>) {
    let Some(ring) = draft
        .course_level("boundary")
        .next()
        .and_then(|feature| feature.geometry.ring())
    else {
        return;
    };
    let Some(boundary) = sound_ring(&ring) else { return };
    for site in draft.sites() {
        let Some((ground, ring)) = site.ground.and_then(|ground| Some((ground, ground.geometry.ring()?))) else {
            continue;
        };
        let outside = ring.iter().filter(|point| !covers(&boundary, **point)).count();
        if outside > 0 {
            let text = format!(
                "{outside} of its {} corners lie outside the boundary: widen the boundary or move the site",
                ring.len()
            );
            say(issues, &ground.id, text);
        }
    }
}
