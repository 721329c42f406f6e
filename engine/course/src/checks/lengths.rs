//! Lines are lines: at least two positions, long enough to have a direction, no position twice in a row.

use crate::draft::{Draft, Feature, Geometry};
use crate::read::say;
use crate::{Issue, Point2};

/// Shorter than a tyre's contact patch, a line says nothing about where it points (metres).
const SHORTEST: f64 = 0.10;
/// Two positions nearer than this are one position surveyed twice (metres).
const SAME: f64 = 0.001;

pub(super) fn check(draft: &Draft, issues: &mut Vec<Issue>) {
    for feature in &draft.features {
        if let Some(text) = amiss(feature) {
            say(issues, &feature.id, text);
        }
    }
}

fn amiss(feature: &Feature) -> Option<String> {
    let Geometry::Line(vertices) = &feature.geometry else {
        return None;
    };
    if vertices.len() < 2 {
        return Some(format!(
            "a line needs two positions, this has {}: survey the other end",
            vertices.len()
        ));
    }
    let points = feature.geometry.plane()?;
    let repeated = points.windows(2).position(short);
    if let Some(index) = repeated {
        return Some(format!(
            "its positions {} and {} are the same within 1 mm: remove one",
            index + 1,
            index + 2
        ));
    }
    let span = points.first()?.distance(*points.last()?);
    (span < SHORTEST).then(|| {
        format!(
            "its ends are {:.0} mm apart; a line needs {:.0} mm",
            span * 1e3,
            SHORTEST * 1e3
        )
    })
}

fn short(pair: &[Point2]) -> bool {
    matches!(pair, [a, b] if a.distance(*b) < SAME)
}
