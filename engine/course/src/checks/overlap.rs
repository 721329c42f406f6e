//! No two sites share ground: a vehicle is in one item at a time.

use super::{SITES_MAX, sound_ring};
use crate::Issue;
use crate::draft::Draft;
use crate::read::say;
use geo::{Area, BooleanOps, Polygon};

/// Shared ground below this (square metres) is the survey's rounding along a common border.
const SHARED: f64 = 0.01;

pub(super) fn check(draft: &Draft, issues: &mut Vec<Issue>) {
    let sites = draft.sites();
    let grounds: Vec<(&str, Polygon)> = sites
        .iter()
        .take(SITES_MAX)
        .filter_map(|site| site.ground)
        .filter_map(|ground| Some((ground.id.as_str(), sound_ring(&ground.geometry.ring()?)?)))
        .collect();
    for (index, (id, polygon)) in grounds.iter().enumerate() {
        for (other_id, other) in grounds.iter().skip(index + 1) {
            let shared = polygon.intersection(other).unsigned_area();
            if shared > SHARED {
                say(
                    issues,
                    id,
                    format!("it shares {shared:.2} m2 with {other_id}: a vehicle can be in one item only, part them"),
                );
            }
        }
    }
}
