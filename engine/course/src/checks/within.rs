//! Poles and areas stand on their own site's ground.

use super::{covers, sound_ring};
use crate::Issue;
use crate::draft::{Draft, Geometry};
use crate::read::say;

pub(super) fn check(draft: &Draft, issues: &mut Vec<Issue>) {
    for site in draft.sites() {
        let Some(ground) = site.ground else { continue };
        let Some(polygon) = ground.geometry.ring().and_then(|ring| sound_ring(&ring)) else {
            continue;
        };
        for part in &site.parts {
            if !matches!(part.geometry, Geometry::Point(_) | Geometry::Area(_)) {
                continue;
            }
            let Some(points) = part.geometry.plane() else { continue };
            if points.iter().any(|point| !covers(&polygon, *point)) {
                say(
                    issues,
                    &part.id,
                    format!("it does not lie on {}: widen the ground or survey it again", ground.id),
                );
            }
        }
    }
}
