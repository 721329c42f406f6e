//! Areas are closed rings with an inside, and do not cross themselves.

use super::segment;
use crate::draft::{Draft, Geometry, Vertex};
use crate::read::say;
use crate::{Issue, Point2};
use geo::Intersects;

/// The least area of anything surveyed, square metres: smaller than a hand.
const SMALLEST: f64 = 0.001;
/// Every side is compared with every other: enough for any curve drawn by hand, and a bound on the work.
pub(super) const CORNERS_MAX: usize = 500;
/// Two corners nearer than this are one corner surveyed twice (metres).
const SAME: f64 = 0.001;

pub(super) fn check(draft: &Draft, issues: &mut Vec<Issue>) {
    for feature in &draft.features {
        let Geometry::Area(rings) = &feature.geometry else {
            continue;
        };
        let text = not_closed(rings).or_else(|| crooked(&feature.geometry.ring()?));
        if let Some(text) = text {
            say(issues, &feature.id, text);
        }
    }
}

fn not_closed(rings: &[Vec<Vertex>]) -> Option<String> {
    let Some(outer) = rings.first().filter(|ring| ring.len() >= 4) else {
        return Some("an area needs three corners and the first one again at the end".into());
    };
    if outer.len() > CORNERS_MAX {
        return Some(format!(
            "it has {} corners; an area has at most {CORNERS_MAX}: thin its outline",
            outer.len()
        ));
    }
    if rings.len() > 1 {
        return Some(format!(
            "it has {} holes: a course's areas have none, draw it without",
            rings.len() - 1
        ));
    }
    let (first, last) = (outer.first()?, outer.last()?);
    let closed = first.lon == last.lon && first.lat == last.lat;
    (!closed).then(|| "its ring is not closed: repeat the first position at the end".into())
}

fn crooked(ring: &[Point2]) -> Option<String> {
    let next = |index: usize| ring.get((index + 1) % ring.len()).copied().unwrap_or_default();
    if let Some(index) = ring
        .iter()
        .enumerate()
        .position(|(index, point)| point.distance(next(index)) < SAME)
    {
        return Some(format!(
            "corner {} lies within 1 mm of the next one: remove one",
            index + 1
        ));
    }
    if let Some((one, other)) = first_crossing(ring) {
        return Some(format!(
            "its sides {} and {} meet: sort the corners around the area",
            one + 1,
            other + 1
        ));
    }
    let twice: f64 = ring
        .iter()
        .enumerate()
        .map(|(index, point)| point.cross(next(index)))
        .sum();
    let area = twice.abs() * 0.5;
    (area < SMALLEST).then(|| format!("its area is {area:.4} m2: survey its corners again"))
}

/// The first two sides of a ring (without repeated last point) that meet elsewhere than at a shared corner.
pub(super) fn first_crossing(ring: &[Point2]) -> Option<(usize, usize)> {
    let count = ring.len();
    let side = |index: usize| Some(segment(*ring.get(index)?, *ring.get((index + 1) % count)?));
    for one in 0..count {
        let this = side(one)?;
        for other in one + 2..count {
            let neighbours = one == 0 && other + 1 == count;
            if !neighbours && this.intersects(&side(other)?) {
                return Some((one, other));
            }
        }
    }
    None
}
