//! A bay opens on its lane: a U of four corners outside the lane, its mouth free, its lines where their names say.

use super::sound_ring;
use crate::draft::{Draft, DraftSite, Feature, Geometry};
use crate::read::say;
use crate::report::to_line;
use crate::{Guide, Issue, Point2};

/// Lines that meet in a corner were surveyed there once each, at their inner edges: half a painted line (metres).
const JOINED: f64 = 0.05;
/// A line of the lane may end this far from where it leads: the width of a painted line (metres).
const REACH: f64 = 0.15;
/// Cosine of 30 degrees: a mouth that lies steeper to the riding direction is no mouth along the lane.
const ALONG: f64 = 0.866;

pub(super) fn check(draft: &Draft, issues: &mut Vec<Issue>) {
    for site in draft.sites() {
        let Some(bay_line) = site.part("bay_line") else {
            continue;
        };
        let Geometry::Line(vertices) = &bay_line.geometry else {
            continue;
        };
        let Some(points) = bay_line.geometry.plane() else {
            continue;
        };
        let Ok(corners) = <[Point2; 4]>::try_from(points) else {
            let text = format!(
                "it has {} vertices where a bay has 4: mouth corner, back corner, back corner, mouth corner",
                vertices.len()
            );
            say(issues, &bay_line.id, text);
            continue;
        };
        let bay = Bay {
            site: &site,
            bay_line,
            corners,
        };
        bay.mouth(issues);
        bay.stands(issues);
        bay.open(issues);
        bay.controls(issues);
        bay.front(issues);
    }
}

/// A bay line with its four corners.
struct Bay<'a> {
    site: &'a DraftSite<'a>,
    bay_line: &'a Feature,
    corners: [Point2; 4],
}

impl Bay<'_> {
    /// The mouth runs from the first corner to the last one, or back.
    fn mouth(&self, issues: &mut Vec<Issue>) {
        let Some(mouth) = self.site.part("bay_mouth") else {
            return;
        };
        let Some(points) = mouth.geometry.plane() else { return };
        let [from, to] = points.as_slice() else {
            let count = points.len();
            let text = format!("it has {count} vertices where a mouth has 2: from mouth corner to mouth corner");
            return say(issues, &mouth.id, text);
        };
        let [first, .., last] = self.corners;
        let off = |a: Point2, b: Point2| libm::fmax(from.distance(a), to.distance(b));
        let apart = libm::fmin(off(first, last), off(last, first));
        if apart > JOINED {
            let text = format!(
                "it ends {apart:.2} m from the corner of {}: a mouth joins the first and the last corner of its bay line",
                self.bay_line.id
            );
            say(issues, &mouth.id, text);
        }
    }

    /// It is a quadrangle beside the lane, open towards it.
    fn stands(&self, issues: &mut Vec<Issue>) {
        let id = &self.bay_line.id;
        if sound_ring(&self.corners).is_none() {
            let text = "its sides cross: draw mouth corner, back corner, back corner, mouth corner";
            return say(issues, id, text.into());
        }
        let [a, b, c, d] = self.corners;
        let (mouth, back) = (middle(a, d), middle(b, c));
        let riding = self.site.guide().and_then(|guide| guide.direction_at(mouth));
        let Some((riding, along)) = riding.zip(d.minus(a).unit()) else {
            return;
        };
        let along = along.dot(riding);
        if along.abs() < ALONG {
            let text = "its mouth does not lie along the lane (0 to 30 degrees): the first and the last vertex are the mouth's corners";
            return say(issues, id, text.into());
        }
        if along < 0.0 && self.site.manoeuvre() == Some("side_parking") {
            let text = "its first corner is the last one met in riding direction: turn the line round";
            say(issues, id, text.into());
        }
        let Some(lane) = self.site.part("entry_line").and_then(middle_of) else {
            return;
        };
        if riding.cross(lane.minus(mouth)) * riding.cross(back.minus(mouth)) >= 0.0 {
            let text =
                "its back lies on the lane's side of its mouth: a bay is outside the lane, its mouth on the lane";
            say(issues, id, text.into());
        }
    }

    /// No edge runs in front of the mouth, and one ends at each of its corners.
    fn open(&self, issues: &mut Vec<Issue>) {
        let [a, .., d] = self.corners;
        let is_edge = |part: &&&Feature| part.role == "edge_left" || part.role == "edge_right";
        let edges: Vec<(&Feature, Vec<Point2>)> = (self.site.parts.iter())
            .filter(is_edge)
            .filter_map(|part| Some((*part, part.geometry.plane()?)))
            .collect();
        let before = |line: &[Point2]| to_line(middle(a, d), line).is_some_and(|off| off < REACH);
        if let Some((edge, _)) = edges.iter().find(|(_, line)| before(line)) {
            let text = format!(
                "it runs across the mouth of {}: end it at one corner and begin another line at the other",
                self.bay_line.id
            );
            return say(issues, &edge.id, text);
        }
        let ends = || edges.iter().flat_map(|(_, line)| [line.first(), line.last()]).flatten();
        for (corner, name) in [(a, "first"), (d, "last")] {
            let nearest = ends().map(|end| end.distance(corner)).reduce(libm::fmin);
            if let Some(off) = nearest.filter(|off| *off > REACH) {
                let text = format!(
                    "the nearest end of an edge is {off:.2} m from its {name} corner: an edge leads to each corner of a mouth"
                );
                say(issues, &self.bay_line.id, text);
            }
        }
    }

    /// The first control line lies beyond the bay, the second one before it.
    fn controls(&self, issues: &mut Vec<Issue>) {
        let Some(guide) = self.site.guide() else { return };
        let [a, .., d] = self.corners;
        let Some((from, to)) = span(&guide, a, d) else { return };
        let at = |role: &str| {
            let line = self.site.part(role)?;
            Some((line, guide.progress(middle_of(line)?)?))
        };
        let beyond = at("control_first").filter(|(_, run)| *run <= to);
        let before = at("control_second").filter(|(_, run)| *run >= from);
        for ((line, _), where_to) in [(beyond, "beyond"), (before, "before")]
            .into_iter()
            .filter_map(|(at, word)| Some((at?, word)))
        {
            let text =
                format!("it does not lie {where_to} the bay in riding direction: exchange the control lines' roles");
            say(issues, &line.id, text);
        }
    }

    /// The front line runs through the corners where the slot ends.
    fn front(&self, issues: &mut Vec<Issue>) {
        let Some(front) = self.site.part("bay_front") else {
            return;
        };
        let Some(line) = front.geometry.plane() else { return };
        let Some(guide) = self.site.guide() else { return };
        let [a, b, c, d] = self.corners;
        let turned = guide.progress(a).zip(guide.progress(d)).is_some_and(|(a, d)| a > d);
        let (mouth, back) = if turned { (a, b) } else { (d, c) };
        let off = [mouth, back].map(|corner| to_line(corner, &line)).into_iter().flatten();
        let off = off.fold(0.0, libm::fmax);
        if off > REACH {
            let text = format!(
                "it passes a corner of {} at {off:.2} m: draw it across lane and slot where the slot ends",
                self.bay_line.id
            );
            say(issues, &front.id, text);
        }
    }
}

/// Metres along the guide of the nearer and the farther of two points.
fn span(guide: &Guide, a: Point2, b: Point2) -> Option<(f64, f64)> {
    let (a, b) = (guide.progress(a)?, guide.progress(b)?);
    Some((libm::fmin(a, b), libm::fmax(a, b)))
}

fn middle_of(line: &Feature) -> Option<Point2> {
    let points = line.geometry.plane()?;
    Some(middle(*points.first()?, *points.last()?))
}

fn middle(a: Point2, b: Point2) -> Point2 {
    Point2::new((a.e + b.e) * 0.5, (a.n + b.n) * 0.5)
}
