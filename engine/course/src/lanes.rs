//! What is measured of lanes, bays and bends, each with its place on the site; metres and radians.
//!
//! A bay is measured along its own four sides, a lane from every vertex of one edge to the other edge, a bend by the circle
//! that fits all vertices of each arc best. Deliberately not here: what is required (`dimensions/`).
use crate::report::to_line;
use crate::{Point2, Site};

/// A measured value with its place on the site.
pub(crate) type Placed = (&'static str, f64);

/// How wide a bay or slot is at its mouth and at its back; `across` is whether that is along the lane.
pub(crate) fn along_the_mouth(site: &Site) -> Vec<Placed> {
    let width =
        |[mouth, back]: [&'static str; 2], [a, b, c, d]: [Point2; 4]| [(mouth, a.distance(d)), (back, b.distance(c))];
    if let [Some(a), Some(b)] = pair(site) {
        let a = width(["甲库口 mouth A", "甲库底 back A"], a);
        return a
            .into_iter()
            .chain(width(["乙库口 mouth B", "乙库底 back B"], b))
            .collect();
    }
    let one = bay(site).map(|corners| width(["库口 mouth", "库底 back"], corners));
    one.into_iter().flatten().collect()
}

/// How deep a bay or slot is on either side.
pub(crate) fn into_the_bay(site: &Site) -> Vec<Placed> {
    let Some([a, b, c, d]) = bay(site) else {
        return Vec::new();
    };
    let mut sides = vec![
        ("第一边 first side", a.distance(b)),
        ("第二边 second side", d.distance(c)),
    ];
    if let [Some([a, b, c, d]), Some(_)] = pair(site) {
        // The side of bay A that it shares is the one that is none of the outer ones.
        let shared = |end: &(Point2, Point2)| bay(site).is_some_and(|outer| !outer.contains(&end.0));
        let between = [(a, b), (d, c)].into_iter().find(shared);
        sides.extend(between.map(|(mouth, back)| ("中线 between the bays", mouth.distance(back))));
    }
    sides
}

/// From each control line to the nearer corner of the mouth.
pub(crate) fn control_distance(site: &Site) -> Vec<Placed> {
    let Some([a, .., d]) = bay(site) else { return Vec::new() };
    let from = |(role, place): (&str, &'static str)| {
        let line = site.part(role)?.points();
        let nearer = libm::fmin(to_line(a, &line)?, to_line(d, &line)?);
        Some((place, nearer))
    };
    [
        ("control_first", "控制线一 control 1"),
        ("control_second", "控制线二 control 2"),
    ]
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
        (left, right, "右 right")
    } else {
        (right, left, "左 left")
    };
    let Some(whole) = whole.first() else { return Vec::new() };
    let far = pieces.iter().flatten().filter_map(|point| to_line(*point, whole));
    far.map(|value| (place, value)).collect()
}

/// From the middle of one line across the lane to that of another, along the riding direction, with its place.
pub(crate) fn between(site: &Site, pairs: &[(&str, &str, &'static str)]) -> Vec<Placed> {
    let middle = |role: &str| {
        let line = site.part(role)?.points();
        let (first, last) = (line.first()?, line.last()?);
        Some(Point2::new((first.e + last.e) * 0.5, (first.n + last.n) * 0.5))
    };
    let run = |(from, to, place): &(&str, &str, &'static str)| {
        let (from, to) = (middle(from)?, middle(to)?);
        Some((*place, to.minus(from).dot(site.direction_at(from))))
    };
    pairs.iter().filter_map(run).collect()
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
        [from, corner, to] => vec![
            ("第一段 first", from.distance(*corner)),
            ("第二段 second", corner.distance(*to)),
        ],
        _ => Vec::new(),
    }
}

/// An arc of a bend's edge.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arc {
    pub centre: Point2,
    pub radius: f64,
    turn: f64,
    /// The vertex in its middle.
    pub middle: Point2,
}

/// The larger and the smaller radius of each edge.
pub(crate) fn radii(site: &Site, outer: bool) -> Vec<Placed> {
    let pick = |arcs: Vec<Arc>| {
        let radii = arcs.iter().map(|arc| arc.radius);
        radii.reduce(if outer { libm::fmax } else { libm::fmin })
    };
    each_edge(site, pick)
}

/// How far each arc turns, the one farthest from the requirement speaking for its edge.
pub(crate) fn turns(site: &Site) -> Vec<Placed> {
    let both = EDGES
        .into_iter()
        .flat_map(|(edge, place)| arcs_of(site, edge).into_iter().map(move |arc| (place, arc.turn)));
    both.collect()
}

/// Between the centres of the two arcs of each edge.
pub(crate) fn centre_distance(site: &Site) -> Vec<Placed> {
    each_edge(site, |arcs| match arcs.as_slice() {
        [first, second] => Some(first.centre.distance(second.centre)),
        _ => None,
    })
}

const EDGES: [(&str, &str); 2] = [("edge_left", "左 left"), ("edge_right", "右 right")];

fn each_edge(site: &Site, value: impl Fn(Vec<Arc>) -> Option<f64>) -> Vec<Placed> {
    let of = |(edge, place)| value(arcs_of(site, edge)).map(|value| (place, value));
    EDGES.into_iter().filter_map(of).collect()
}

/// Turns are looked at over stretches of this length, metres: a survey's millimetres must not turn a tenth of a metre.
const STRETCH: f64 = 1.0;
/// A stretch that turns less than this (radians) is straight: a radius of 20 m.
const STRAIGHT: f64 = 0.05;

/// The arcs of an edge: what turns one way belongs together, and the best circle through it is its circle.
pub(crate) fn arcs_of(site: &Site, edge: &str) -> Vec<Arc> {
    let Some(line) = site.part(edge).map(|part| part.points()) else {
        return Vec::new();
    };
    let stations = stations(&line);
    let runs = runs(&line, &stations);
    let fitted = runs.iter().filter_map(|(first, last)| {
        // The outermost stretches may lie half on the neighbour.
        let shy = usize::from(last - first > 3);
        let whole_from = if *first == 1 { 0 } else { first + shy };
        let whole_to = if last + 2 == stations.len() {
            last + 1
        } else {
            last - shy
        };
        let points = &line[stations[whole_from]..=stations[whole_to]];
        let (centre, radius) = circle(points)?;
        Some((
            centre,
            radius,
            [points[0], points[points.len() - 1]],
            points[points.len() / 2],
        ))
    });
    let fitted: Vec<_> = fitted.collect();
    let arc = |i: usize| {
        let (centre, radius, [mut from, mut to], middle) = fitted[i];
        // Two arcs that follow each other meet on the line through their centres.
        let follows = |one: usize, other: usize| runs[one].1 + 3 > runs[other].0;
        if let Some((before, ..)) = i.checked_sub(1).filter(|b| follows(*b, i)).and_then(|b| fitted.get(b)) {
            from = *before;
        }
        if let Some((after, ..)) = fitted.get(i + 1).filter(|_| follows(i, i + 1)) {
            to = *after;
        }
        let swept = angle(from.minus(centre), middle.minus(centre)) + angle(middle.minus(centre), to.minus(centre));
        Arc {
            centre,
            radius,
            turn: libm::fabs(swept),
            middle,
        }
    };
    // A run without a circle leaves no arc to speak of.
    if fitted.len() == runs.len() {
        (0..fitted.len()).map(arc).collect()
    } else {
        Vec::new()
    }
}

/// The vertices at least a stretch apart, the first and the last among them.
fn stations(line: &[Point2]) -> Vec<usize> {
    let mut stations: Vec<usize> = Vec::new();
    for (i, point) in line.iter().enumerate() {
        let far = stations
            .last()
            .is_none_or(|last| line[*last].distance(*point) >= STRETCH);
        if far {
            stations.push(i);
        }
    }
    let end = line.len().saturating_sub(1);
    match stations.as_mut_slice() {
        [_, .., last] => *last = end,
        _ => stations = vec![0, end],
    }
    stations
}

/// First and last of the stations that turn one way.
fn runs(line: &[Point2], stations: &[usize]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize, bool)> = Vec::new();
    for (before, triple) in stations.windows(3).enumerate() {
        let [a, b, c] = [triple[0], triple[1], triple[2]].map(|i| line[i]);
        let (turn, here) = (angle(b.minus(a), c.minus(b)), before + 1);
        if libm::fabs(turn) < STRAIGHT {
            continue;
        }
        match runs.last_mut() {
            Some((_, last, left)) if *last + 1 == here && *left == (turn > 0.0) => *last = here,
            _ => runs.push((here, here, turn > 0.0)),
        }
    }
    runs.into_iter().map(|(first, last, _)| (first, last)).collect()
}

/// From one direction to another, counter-clockwise, radians within half a turn.
fn angle(from: Point2, to: Point2) -> f64 {
    libm::atan2(from.cross(to), from.dot(to))
}

/// The circle through points that is best in the sense of least squares (Kåsa); `None` where they lie on a line.
fn circle(points: &[Point2]) -> Option<(Point2, f64)> {
    let count = points.len() as f64;
    let sum = points
        .iter()
        .fold(Point2::default(), |s, p| Point2::new(s.e + p.e, s.n + p.n));
    let mean = Point2::new(sum.e / count, sum.n / count);
    let (mut ee, mut en, mut nn, mut er, mut nr, mut rr) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    for point in points {
        let d = point.minus(mean);
        let r = d.dot(d);
        (ee, en, nn) = (ee + d.e * d.e, en + d.e * d.n, nn + d.n * d.n);
        (er, nr, rr) = (er + d.e * r, nr + d.n * r, rr + r);
    }
    let determinant = 2.0 * (ee * nn - en * en);
    // Of points on a line the spread across it vanishes.
    if determinant <= 1e-6 * rr * rr {
        return None;
    }
    let (e, n) = ((er * nn - nr * en) / determinant, (nr * ee - er * en) / determinant);
    let radius = libm::sqrt(rr / count + e * e + n * n);
    Some((Point2::new(mean.e + e, mean.n + n), radius))
}

/// Two bays side by side, A and B.
fn pair(site: &Site) -> [Option<[Point2; 4]>; 2] {
    ["bay_a_line", "bay_b_line"].map(|role| site.part(role)?.points().try_into().ok())
}

fn bay(site: &Site) -> Option<[Point2; 4]> {
    site.part("bay_line")?.points().try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Course;
    use crate::standard::tests::small_car;

    /// A survey of 8 mm moves each vertex to and fro, a tenth of a metre apart: the arcs are found all the same.
    #[test]
    fn a_survey_does_not_break_an_arc() {
        let mut course = Course::load(&small_car(&["curve"])).unwrap();
        // A plain congruential generator; the sum of four draws is near enough to normal, of 8 mm.
        let mut seed = 7u64;
        let mut noise = || {
            let mut draw = || {
                seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                (seed >> 40) as f64 / f64::from(1 << 24) - 0.5
            };
            (draw() + draw() + draw() + draw()) * 0.008 / (4.0_f64 / 12.0).sqrt()
        };
        for part in &mut course.sites[0].parts {
            let crate::Shape::Line(points) = &mut part.shape else {
                continue;
            };
            for point in points.iter_mut().filter(|_| part.role.starts_with("edge")) {
                *point = Point2::new(point.e + noise(), point.n + noise());
            }
        }
        let site = &course.sites[0];
        for edge in ["edge_left", "edge_right"] {
            let arcs = arcs_of(site, edge);
            assert_eq!(arcs.len(), 2, "{edge}: {arcs:?}");
            let mut radii = [arcs[0].radius, arcs[1].radius];
            radii.sort_by(f64::total_cmp);
            assert!(
                (radii[0] - 4.0).abs() < 0.01 && (radii[1] - 7.5).abs() < 0.01,
                "{radii:?}"
            );
            let apart = arcs[0].centre.distance(arcs[1].centre);
            assert!((apart - 11.5).abs() < 0.01, "{apart}");
            assert!(
                arcs.iter().all(|arc| (arc.turn.to_degrees() - 135.0).abs() < 0.3),
                "{arcs:?}"
            );
        }
    }
}
