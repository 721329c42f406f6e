//! What is measured of lanes, bays and bends, each with its place on the site; metres and radians.
//!
//! A bay is measured along its own four sides, a lane from every vertex of one edge to the other edge, a bend by the circle
//! through the first, the middle and the last vertex of each arc. Deliberately not here: what is required (`dimensions/`).
use crate::report::to_line;
use crate::{Point2, Site};

/// A measured value with its place on the site.
pub(crate) type Placed = (&'static str, f64);

/// How wide a bay or slot is at its mouth and at its back; `across` is whether that is along the lane.
pub(crate) fn along_the_mouth(site: &Site) -> Vec<Placed> {
    let Some([a, b, c, d]) = bay(site) else {
        return Vec::new();
    };
    vec![("mouth", a.distance(d)), ("back", b.distance(c))]
}

/// How deep a bay or slot is on either side.
pub(crate) fn into_the_bay(site: &Site) -> Vec<Placed> {
    let Some([a, b, c, d]) = bay(site) else {
        return Vec::new();
    };
    vec![("before", a.distance(b)), ("behind", d.distance(c))]
}

/// From each control line to the nearer corner of the mouth.
pub(crate) fn control_distance(site: &Site) -> Vec<Placed> {
    let Some([a, .., d]) = bay(site) else { return Vec::new() };
    let from = |role: &'static str| {
        let line = site.part(role)?.points();
        let nearer = libm::fmin(to_line(a, &line)?, to_line(d, &line)?);
        Some((role, nearer))
    };
    ["control_first", "control_second"]
        .into_iter()
        .filter_map(from)
        .collect()
}

/// From the vertices of one edge to the other: of the edge that a bay interrupts, or of a corner's inner edge.
pub(crate) fn lane_width(site: &Site) -> Vec<Placed> {
    let lines = |role| site.parts_of(role).map(|part| part.points()).collect::<Vec<_>>();
    let (left, right) = (lines("edge_left"), lines("edge_right"));
    let corner_to_the_left = site.part("turn_left").is_some();
    let (whole, pieces, place) = if left.len() <= right.len() && !corner_to_the_left {
        (left, right, "edge_right")
    } else {
        (right, left, "edge_left")
    };
    let Some(whole) = whole.first() else { return Vec::new() };
    let far = pieces.iter().flatten().filter_map(|point| to_line(*point, whole));
    far.map(|value| (place, value)).collect()
}

/// The two straight pieces of the inner edge of a corner.
pub(crate) fn leg_length(site: &Site) -> Vec<Placed> {
    let inner = if site.part("turn_right").is_some() {
        "edge_right"
    } else {
        "edge_left"
    };
    let Some(line) = site.part(inner).map(|part| part.points()) else {
        return Vec::new();
    };
    match line.as_slice() {
        [from, corner, to] => vec![("first", from.distance(*corner)), ("second", corner.distance(*to))],
        _ => Vec::new(),
    }
}

/// An arc of a bend's edge.
#[derive(Debug, Clone, Copy)]
struct Arc {
    centre: Point2,
    radius: f64,
    turn: f64,
}

/// The larger and the smaller radius of each edge.
pub(crate) fn radii(site: &Site, outer: bool) -> Vec<Placed> {
    let pick = |arcs: Vec<Arc>| {
        let radii = arcs.iter().map(|arc| arc.radius);
        radii.reduce(if outer { libm::fmax } else { libm::fmin })
    };
    each_edge(site, |arcs| pick(arcs))
}

/// How far each arc turns, the one farthest from the requirement speaking for its edge.
pub(crate) fn turns(site: &Site) -> Vec<Placed> {
    let both = EDGES
        .into_iter()
        .flat_map(|edge| arcs_of(site, edge).into_iter().map(move |arc| (edge, arc.turn)));
    both.collect()
}

/// Between the centres of the two arcs of each edge.
pub(crate) fn centre_distance(site: &Site) -> Vec<Placed> {
    each_edge(site, |arcs| match arcs.as_slice() {
        [first, second] => Some(first.centre.distance(second.centre)),
        _ => None,
    })
}

const EDGES: [&str; 2] = ["edge_left", "edge_right"];

fn each_edge(site: &Site, value: impl Fn(Vec<Arc>) -> Option<f64>) -> Vec<Placed> {
    let of = |edge| value(arcs_of(site, edge)).map(|value| (edge, value));
    EDGES.into_iter().filter_map(of).collect()
}

/// The arcs of an edge: what turns one way belongs together.
fn arcs_of(site: &Site, edge: &'static str) -> Vec<Arc> {
    let Some(line) = site.part(edge).map(|part| part.points()) else {
        return Vec::new();
    };
    let turn_at = |i: usize| {
        let (before, after) = (line[i].minus(line[i - 1]), line[i + 1].minus(line[i]));
        libm::atan2(before.e * after.n - before.n * after.e, before.dot(after))
    };
    let mut runs: Vec<(usize, usize, bool)> = Vec::new();
    for i in 1..line.len().saturating_sub(1) {
        let turn = turn_at(i);
        // Less than a tenth of a degree is where two arcs meet, or a straight piece.
        if turn.abs() < 0.1_f64.to_radians() {
            continue;
        }
        match runs.last_mut() {
            Some((_, last, left)) if *last + 1 == i && *left == (turn > 0.0) => *last = i,
            _ => runs.push((i, i, turn > 0.0)),
        }
    }
    // Two arcs share the vertex where they meet: the one between them, or of their nearest two the one that turns less.
    let between = |before: usize, after: usize| match after - before {
        1 if turn_at(before).abs() < turn_at(after).abs() => before,
        1 => after,
        _ => before + 1,
    };
    let end = line.len().saturating_sub(1);
    let ranges = runs.iter().enumerate().map(|(i, (first, last, _))| {
        let from = match i.checked_sub(1).and_then(|i| runs.get(i)) {
            Some((_, before, _)) => between(*before, *first),
            None if *first == 1 => 0,
            None => *first,
        };
        let to = match runs.get(i + 1) {
            Some((after, ..)) => between(*last, *after),
            None if *last + 1 == end => end,
            None => *last,
        };
        (from, to)
    });
    ranges.filter_map(|(from, to)| arc(&line, from, to)).collect()
}

/// The arc through these vertices.
fn arc(line: &[Point2], from: usize, to: usize) -> Option<Arc> {
    let (centre, radius) = circle(line[from], line[(from + to) / 2], line[to])?;
    let central = |pair: &[Point2]| 2.0 * libm::asin(pair[0].distance(pair[1]) / (2.0 * radius));
    Some(Arc {
        centre,
        radius,
        turn: line[from..=to].windows(2).map(central).sum(),
    })
}

/// The circle through three points; `None` where they lie on a line.
fn circle(a: Point2, b: Point2, c: Point2) -> Option<(Point2, f64)> {
    let (p, q) = (b.minus(a), c.minus(a));
    let twice = 2.0 * (p.e * q.n - p.n * q.e);
    if twice.abs() < 1e-9 {
        return None;
    }
    let (pp, qq) = (p.dot(p), q.dot(q));
    let (e, n) = ((pp * q.n - qq * p.n) / twice, (qq * p.e - pp * q.e) / twice);
    Some((Point2::new(a.e + e, a.n + n), libm::hypot(e, n)))
}

fn bay(site: &Site) -> Option<[Point2; 4]> {
    site.part("bay_line")?.points().try_into().ok()
}
