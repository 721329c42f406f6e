//! The lines across a lane with a bay go from edge to edge: a wheel beside a line has not crossed it.

use super::segment;
use crate::draft::{Draft, DraftSite, Feature};
use crate::read::say;
use crate::report::to_line;
use crate::{Issue, Point2};
use geo::Intersects;

/// A line may end this far from an edge: the width of a painted line (metres).
const REACH: f64 = 0.15;

pub(super) fn check(draft: &Draft, issues: &mut Vec<Issue>) {
    for site in draft.sites().iter().filter(|site| site.part("bay_line").is_some()) {
        for role in ["control_first", "control_second", "entry_line", "exit_line"] {
            let Some(line) = site.part(role) else { continue };
            for (edge, name) in [("edge_left", "left"), ("edge_right", "right")] {
                reaches(site, line, edge, name, issues);
            }
        }
        // The front line ends at the slot's back on one side, which `bays` looks at.
        if let Some(front) = site.part("bay_front") {
            let (edge, name) = if opens_to_the_left(site) {
                ("edge_right", "right")
            } else {
                ("edge_left", "left")
            };
            reaches(site, front, edge, name, issues);
        }
    }
}

fn reaches(site: &DraftSite<'_>, line: &Feature, edge: &str, name: &str, issues: &mut Vec<Issue>) {
    let Some(points) = line.geometry.plane() else { return };
    let edges = site.parts.iter().filter(|part| part.role == edge);
    let gaps = edges.filter_map(|edge| gap(&points, &edge.geometry.plane()?));
    let Some(gap) = gaps.reduce(libm::fmin).filter(|gap| *gap > REACH) else {
        return;
    };
    let text = format!("it ends {gap:.2} m short of the {name} edge: draw it from edge to edge");
    say(issues, &line.id, text);
}

/// Metres between two lines; 0 where they meet.
fn gap(one: &[Point2], other: &[Point2]) -> Option<f64> {
    let meet = |a: &[Point2], b: &[Point2]| match (a, b) {
        ([a, b], [c, d]) => segment(*a, *b).intersects(&segment(*c, *d)),
        _ => false,
    };
    if one.windows(2).any(|a| other.windows(2).any(|b| meet(a, b))) {
        return Some(0.0);
    }
    let to_other = one.iter().filter_map(|point| to_line(*point, other));
    let to_one = other.iter().filter_map(|point| to_line(*point, one));
    to_other.chain(to_one).reduce(libm::fmin)
}

/// Whether the back of the bay lies to the left of its mouth in riding direction.
fn opens_to_the_left(site: &DraftSite<'_>) -> bool {
    let corners = site.part("bay_line").and_then(|line| line.geometry.plane());
    let (Some([a, b, ..]), Some(guide)) = (corners.as_deref(), site.guide()) else {
        return false;
    };
    let riding = guide.direction_at(*a).unwrap_or_default();
    riding.cross(b.minus(*a)) > 0.0
}
