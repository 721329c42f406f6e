//! The edge lines of a lane run the same way, do not cross, and the left one is on the left.

use super::segment;
use crate::draft::Draft;
use crate::read::say;
use crate::{Issue, Point2};
use geo::Intersects;

pub(super) fn check(draft: &Draft, issues: &mut Vec<Issue>) {
    for site in draft.sites() {
        let edges = |role: &'static str| {
            let of_role = site.parts.iter().filter(move |part| part.role == role);
            of_role.filter_map(|part| Some((*part, part.geometry.plane()?)))
        };
        for (left, left_line) in edges("edge_left") {
            let texts = edges("edge_right").filter_map(|(right, line)| amiss(&left_line, &line, &right.id));
            texts.for_each(|text| say(issues, &left.id, text));
        }
    }
}

fn amiss(left: &[Point2], right: &[Point2], right_id: &str) -> Option<String> {
    let crossing = left.windows(2).any(|l| right.windows(2).any(|r| meet(l, r)));
    if crossing {
        return Some(format!("it crosses {right_id}: one of the two was surveyed wrongly"));
    }
    let (along_left, along_right) = (direction(left)?, direction(right)?);
    if along_left.dot(along_right) < 0.5 {
        return Some(format!(
            "it does not run the same way as {right_id}: draw both edges in riding direction"
        ));
    }
    if !abreast(left, right, along_left) {
        return None;
    }
    let across = right.first()?.minus(*left.first()?);
    if along_left.cross(across) >= 0.0 {
        return Some(format!(
            "it lies to the right of {right_id} in riding direction: exchange the roles, or turn both lines"
        ));
    }
    None
}

/// Whether two edges have a stretch beside each other: one that ends where the other begins lies on neither side of it.
fn abreast(left: &[Point2], right: &[Point2], along: Point2) -> bool {
    let reach = |line: &[Point2]| {
        let runs = line.iter().map(|point| point.dot(along));
        runs.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), run| {
            (low.min(run), high.max(run))
        })
    };
    let ((from, to), (begin, end)) = (reach(left), reach(right));
    from < end && begin < to
}

fn meet(l: &[Point2], r: &[Point2]) -> bool {
    match (l, r) {
        ([a, b], [c, d]) => segment(*a, *b).intersects(&segment(*c, *d)),
        _ => false,
    }
}

fn direction(line: &[Point2]) -> Option<Point2> {
    line.last()?.minus(*line.first()?).unit()
}
