//! The datum can be used, and everything lies near it.

use super::FAR;
use crate::draft::Draft;
use crate::read::say;
use crate::{Issue, Point2};

pub(super) fn check(draft: &Draft, issues: &mut Vec<Issue>) {
    if draft.datum.is_none() {
        let Some(datum) = draft.course_level("datum").next() else {
            return;
        };
        let text = "the datum must be a Point [longitude, latitude, ellipsoidal height]: nothing can be laid on the plane without it";
        say(issues, &datum.id, text.into());
        return;
    }
    for feature in &draft.features {
        let points = feature.geometry.vertices();
        let farthest = points
            .iter()
            .filter_map(|vertex| vertex.at)
            .map(|at| at.distance(Point2::default()));
        let farthest = farthest.fold(0.0, libm::fmax);
        if farthest > FAR {
            let text = format!(
                "it reaches {farthest:.0} m from the datum; the plane is good to {FAR:.0} m: check the coordinates, or move the datum"
            );
            say(issues, &feature.id, text);
        }
    }
}
