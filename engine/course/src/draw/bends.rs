//! What a site that bends is drawn like: entered to the right, with the dimensions along its own lines.

use super::canvas::{Anchor, Canvas, View};
use crate::lanes::arcs_of;
use crate::{Part, Point2, Site};

/// Dimensions stand this far outside of the line that they measure, metres.
const BESIDE: f64 = 1.2;

/// Whether the site goes another way at its beginning than at its end or in between.
pub(super) fn is_bend(site: &Site) -> bool {
    matches!(site.manoeuvre.as_str(), "curve" | "right_angle")
}

/// The riding direction where the site is entered.
pub(super) fn entry_direction(site: &Site) -> Point2 {
    if is_bend(site) { first_way(site) } else { site.axis }
}

/// The site as it is seen by who enters it.
pub(super) fn entered(site: &Site) -> Site {
    Site {
        axis: entry_direction(site),
        ..site.clone()
    }
}

/// Square to the entry line: of an arc already the first chord points elsewhere.
fn first_way(site: &Site) -> Point2 {
    let entry = site.part("entry_line").map(Part::points).unwrap_or_default();
    let (Some(a), Some(b)) = (entry.first(), entry.last()) else {
        return site.axis;
    };
    let riding = site.direction_at(Point2::new((a.e + b.e) * 0.5, (a.n + b.n) * 0.5));
    let Some(along) = b.minus(*a).unit() else {
        return site.axis;
    };
    let square = Point2::new(-along.n, along.e);
    let ahead = if square.dot(riding) < 0.0 { -1.0 } else { 1.0 };
    Point2::new(square.e * ahead, square.n * ahead)
}

/// Where the name of an edge of a bend stands, and how: outside of a curve's edge, inside of a corner's first leg.
pub(super) fn name_of_edge(view: &View, site: &Site, part: &Part) -> ((f64, f64), Anchor) {
    let points = part.points();
    let is_left = part.role == "edge_left";
    if site.manoeuvre == "right_angle" {
        let (from, to) = (points.first().copied(), points.get(1).copied());
        let (from, to) = (from.unwrap_or_default(), to.unwrap_or_default());
        let at = Point2::new(from.e + (to.e - from.e) * 0.75, from.n + (to.n - from.n) * 0.75);
        let (x, y) = view.px(at);
        return ((x, if is_left { y + 17.0 } else { y - 8.0 }), Anchor::Middle);
    }
    // The left edge of a first bend to the right is the outer one, the right edge of the second one.
    let index = if is_left {
        points.len() / 8
    } else {
        points.len() * 7 / 8
    };
    let point = points.get(index).copied().unwrap_or_default();
    let way = site.direction_at(point);
    let out = if is_left { 1.0 } else { -1.0 };
    let (at, (x, y)) = (
        view.px(point),
        view.px(shifted(point, Point2::new(-way.n, way.e), out * 0.5)),
    );
    let anchor = if x < at.0 { Anchor::End } else { Anchor::Start };
    ((x, y + 4.5), anchor)
}

/// Writes the dimensions of a bend into its picture.
pub(super) fn dimensions(canvas: &mut Canvas, view: &View, site: &Site) {
    for role in ["entry_line", "exit_line"] {
        let line = site.part(role).map(Part::points).unwrap_or_default();
        if let [a, .., b] = line.as_slice() {
            let way = site.direction_at(Point2::new((a.e + b.e) * 0.5, (a.n + b.n) * 0.5));
            let out = if role == "entry_line" { -BESIDE } else { BESIDE };
            measured(canvas, view, shifted(*a, way, out), shifted(*b, way, out));
        }
    }
    if site.manoeuvre == "curve" {
        arcs(canvas, view, site);
    } else {
        legs(canvas, view, site);
    }
}

/// The radii of a curve, each from its centre to the middle of its arc, and how far the centres are apart.
fn arcs(canvas: &mut Canvas, view: &View, site: &Site) {
    for edge in ["edge_left", "edge_right"] {
        let all = arcs_of(site, edge);
        for arc in &all {
            let (centre, on) = (view.px(arc.centre), view.px(arc.middle));
            canvas.line("dim", centre, on);
            // Where the lane is not: of the inner radius half way, of the outer one beyond the arc.
            let along = arc.middle.minus(arc.centre).unit().unwrap_or_default();
            let is_inner = all.iter().any(|other| other.radius > arc.radius);
            let at = shifted(
                arc.centre,
                along,
                if is_inner {
                    arc.radius * 0.55
                } else {
                    arc.radius + BESIDE
                },
            );
            let (x, y) = view.px(at);
            let words = format!("R {:.0}", arc.radius * 1e3);
            canvas.text("halo", (x, y + 4.5), 13.0, Anchor::Middle, &words);
        }
        if let ("edge_left", [first, second]) = (edge, all.as_slice()) {
            measured(canvas, view, first.centre, second.centre);
        }
    }
}

/// Every straight of a corner's edges beside it, and where on the first leg the turn begins.
fn legs(canvas: &mut Canvas, view: &View, site: &Site) {
    for (edge, out) in [("edge_left", BESIDE), ("edge_right", -BESIDE)] {
        let line = site.part(edge).map(Part::points).unwrap_or_default();
        for (index, pair) in line.windows(2).enumerate() {
            let Some(way) = pair[1].minus(pair[0]).unit() else {
                continue;
            };
            let left = Point2::new(-way.n, way.e);
            let turn = if index == 0 { turn_on(site, pair[0], way) } else { None };
            let stations = [Some(pair[0]), turn, Some(pair[1])];
            let stations: Vec<Point2> = stations.into_iter().flatten().collect();
            for ends in stations.windows(2) {
                measured(canvas, view, shifted(ends[0], left, out), shifted(ends[1], left, out));
            }
        }
    }
}

/// The foot of the line where the turn begins on a straight.
fn turn_on(site: &Site, from: Point2, way: Point2) -> Option<Point2> {
    let line = site.part("turn_left").or(site.part("turn_right"))?.points();
    let run = line.first()?.minus(from).dot(way);
    Some(shifted(from, way, run))
}

fn shifted(point: Point2, way: Point2, by: f64) -> Point2 {
    Point2::new(point.e + way.e * by, point.n + way.n * by)
}

/// A dimension with its number in millimetres in its middle.
fn measured(canvas: &mut Canvas, view: &View, from: Point2, to: Point2) {
    let (a, b) = (view.px(from), view.px(to));
    canvas.line("dim", a, b);
    let middle = ((a.0 + b.0) * 0.5, (a.1 + b.1) * 0.5 + 4.5);
    let words = format!("{:.0}", from.distance(to) * 1e3);
    canvas.text("halo", middle, 13.0, Anchor::Middle, &words);
}
