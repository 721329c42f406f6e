//! The surveyed points of the bare ground carry a plane, and lie near it.

use crate::Issue;
use crate::draft::Draft;
use crate::read::say;
use crate::surface::BasePlane;

/// Farther from the plane than this (metres) a point is an error, or the ground is no plane.
const OFF: f64 = 0.5;

pub(super) fn check(draft: &Draft, issues: &mut Vec<Issue>) {
    let Some(surface) = draft.course_level("surface").next() else {
        return;
    };
    let Some(points) = surface.geometry.heights() else {
        return;
    };
    let Some(plane) = BasePlane::fit(&points) else {
        let text = format!(
            "its {} points carry no plane: survey at least three that do not lie on one line",
            points.len()
        );
        return say(issues, &surface.id, text);
    };
    let off = points
        .iter()
        .map(|(point, height)| (plane.at(*point).height - height).abs());
    let worst = off.fold(0.0, libm::fmax);
    // Where profiles cover the road the plane is only a remainder, and a city's streets are no plane.
    let on_profiles = draft
        .features
        .iter()
        .any(|f| f.manoeuvre.as_deref() == Some("road_run"));
    if worst > OFF && !on_profiles {
        say(
            issues,
            &surface.id,
            format!("a point lies {worst:.2} m off the plane through all: check its height, or add profiles"),
        );
    }
}
