//! Distances on the plane: a body and its tyres against lines that keep them on one side.
//!
//! The problem: "beyond a line" must be one number wherever the line ends or has a corner, or a fault cannot be exact. The
//! answer: a [`Fence`] forbids one side of a line; a place is beyond it where the nearest point of the fence is seen from the
//! forbidden side, as far as that point is away. A corner of a fence that pokes into a body is as deep in it as the body's
//! contour is away from it. Deliberately not here: limits.
use crate::vehicle::path::Xy;
use kaoguan_course::{Part, Point2, Site};

/// A ring that is asked often: far places need no look at its sides.
#[derive(Debug, Clone)]
pub struct Ring {
    points: Vec<Point2>,
    low: Xy,
    high: Xy,
}

impl Ring {
    /// Round these points.
    pub fn new(points: Vec<Point2>) -> Ring {
        let (mut low, mut high) = (
            Xy::new(f64::INFINITY, f64::INFINITY),
            Xy::new(f64::NEG_INFINITY, f64::NEG_INFINITY),
        );
        for p in &points {
            low = Xy::new(low.x.min(p.e), low.y.min(p.n));
            high = Xy::new(high.x.max(p.e), high.y.max(p.n));
        }
        Ring { points, low, high }
    }

    /// Whether a point is inside (even-odd).
    pub fn holds(&self, p: Xy) -> bool {
        self.is_within(p, 0.0) && self.sides().filter(|(a, b)| crosses(a, b, p)).count() % 2 == 1
    }

    /// Whether a point may be this near, metres: not farther from the box round the ring.
    pub fn is_within(&self, p: Xy, distance: f64) -> bool {
        let within = |p: f64, low: f64, high: f64| p >= low - distance && p <= high + distance;
        within(p.x, self.low.x, self.high.x) && within(p.y, self.low.y, self.high.y)
    }

    fn sides(&self) -> impl Iterator<Item = (&Point2, &Point2)> {
        let last = self.points.last().into_iter().chain(&self.points);
        self.points.iter().zip(last)
    }
}

fn crosses(a: &Point2, b: &Point2, p: Xy) -> bool {
    (a.n > p.y) != (b.n > p.y) && p.x < (b.e - a.e) * (p.y - a.n) / (b.n - a.n) + a.e
}

/// A line of which one side is forbidden.
#[derive(Debug, Clone)]
pub struct Fence {
    points: Vec<Xy>,
    /// Round each [`RUN`] of its stretches: a circle, so that far ones need no look.
    runs: Vec<(Xy, f64)>,
    /// +1 where the left of the line is forbidden, -1 where its right is.
    outward: f64,
}

/// Stretches of a fence that are looked at together.
const RUN: usize = 12;

/// The nearest point of something.
#[derive(Debug, Clone, Copy)]
struct Near {
    distance: f64,
    beyond: bool,
}

impl Fence {
    /// Along these points; `left`: what lies to the left in their order is forbidden, else what lies to the right.
    pub fn new(points: Vec<Xy>, left: bool) -> Fence {
        let outward = if left { 1.0 } else { -1.0 };
        let last = points.len().saturating_sub(1);
        let run = |first: usize| {
            let run = &points[first..=(first + RUN).min(last)];
            let middle = run[run.len() / 2];
            (middle, run.iter().map(|p| middle.to(*p)).fold(0.0, f64::max))
        };
        let runs = (0..last).step_by(RUN).map(run).collect();
        Fence { points, runs, outward }
    }

    /// How far a place is beyond it, metres; negative: how far away the nearest of it is, on the allowed side.
    pub fn beyond(&self, p: Xy) -> f64 {
        let near = self.near(p);
        near.map_or(f64::NEG_INFINITY, |near| match near.beyond {
            true => near.distance,
            false => -near.distance,
        })
    }

    /// Its vertices.
    pub fn points(&self) -> &[Xy] {
        &self.points
    }

    fn near(&self, p: Xy) -> Option<Near> {
        let mut best: Option<(f64, f64)> = None;
        let runs = || self.runs.iter().enumerate();
        // The likely one first, so that most of the others need no look.
        let likely = runs().min_by(|(_, (a, _)), (_, (b, _))| square(*a, p).total_cmp(&square(*b, p)));
        let likely = likely.map_or(0, |(run, _)| run);
        self.near_in(likely * RUN, p, &mut best);
        for (run, (middle, radius)) in runs().filter(|(run, _)| *run != likely) {
            let reach = best.map_or(f64::INFINITY, |(known, _)| libm::sqrt(known) + radius);
            if square(*middle, p) < reach * reach {
                self.near_in(run * RUN, p, &mut best);
            }
        }
        best.map(|(square, side)| Near {
            distance: libm::sqrt(square),
            beyond: side * self.outward > 0.0,
        })
    }

    /// The nearest point of a run of stretches, where it is nearer than the best so far, by the square of its distance.
    fn near_in(&self, first: usize, p: Xy, best: &mut Option<(f64, f64)>) {
        for (i, pair) in self.points.windows(2).enumerate().skip(first).take(RUN) {
            let (along, from) = (pair[1].plus(pair[0], -1.0), p.plus(pair[0], -1.0));
            let length = along.x * along.x + along.y * along.y;
            let share = (along.x * from.x + along.y * from.y) / length.max(1e-18);
            let foot = pair[0].plus(along, share.clamp(0.0, 1.0));
            let distance = square(foot, p);
            if best.is_none_or(|(known, _)| distance < known) {
                let side = match share {
                    s if s < 0.0 => self.outside_of_bend(i),
                    s if s > 1.0 => self.outside_of_bend(i + 1),
                    _ => cross(along, from),
                };
                *best = Some((distance, side));
            }
        }
    }

    /// On which side the points lie that are nearest to a vertex itself: outside of its bend; 0 at either end.
    fn outside_of_bend(&self, i: usize) -> f64 {
        let neighbours = i.checked_sub(1).and_then(|before| self.points.get(before));
        match (neighbours, self.points.get(i), self.points.get(i + 1)) {
            (Some(a), Some(b), Some(c)) => -cross(b.plus(*a, -1.0), c.plus(*b, -1.0)),
            _ => 0.0,
        }
    }
}

fn cross(a: Xy, b: Xy) -> f64 {
    a.x * b.y - a.y * b.x
}

/// The square of two points' distance.
fn square(a: Xy, b: Xy) -> f64 {
    let d = b.plus(a, -1.0);
    d.x * d.x + d.y * d.y
}

/// Fences of two kinds: the lane's edges and the lines of a bay.
#[derive(Debug, Clone, Default)]
pub struct Fences {
    /// The lane's edges.
    pub edges: Vec<Fence>,
    /// The bay's lines.
    pub bay: Vec<Fence>,
}

/// How far something reaches beyond the edges, and beyond the bay's lines, metres; negative: how far away the nearest is.
pub type Beyond = [f64; 2];

const NOTHING: Beyond = [f64::NEG_INFINITY; 2];

impl Fences {
    /// Those of a site: left of `edge_left`, right of `edge_right` and outside of `bay_line` is forbidden.
    pub fn of(site: &Site) -> Fences {
        let bay = |part: &Part| {
            let points = points(part);
            let inside_left = turn_of(&points) > 0.0;
            Fence::new(points, !inside_left)
        };
        Fences {
            edges: [("edge_left", true), ("edge_right", false)]
                .into_iter()
                .flat_map(|(role, left)| Self::edges_of(site, role, left))
                .collect(),
            bay: site.parts_of("bay_line").map(bay).collect(),
        }
    }

    /// The edges of one role.
    pub fn edges_of(site: &Site, role: &str, left: bool) -> Vec<Fence> {
        site.parts_of(role).map(|part| Fence::new(points(part), left)).collect()
    }

    /// How far a tyre reaches beyond an edge: a disc of half its width round the middle of its contact, whichever way the
    /// wheel points.
    pub fn tyre(&self, contact: Xy, half: f64) -> f64 {
        self.at(contact)[0] + half
    }

    /// How far a body reaches beyond. A part of it that is beyond both kinds of line counts for the nearer one: that is the
    /// one it came over.
    pub fn body(&self, outline: &[Xy]) -> Beyond {
        let mut most = outline.iter().map(|p| self.at(*p)).fold(NOTHING, larger);
        // A vertex that is farther from the outline's circle than the nearest one so far needs no look.
        let (middle, radius) = circle(outline);
        for (k, fences) in [&self.edges, &self.bay].into_iter().enumerate() {
            for vertex in fences.iter().flat_map(|fence| fence.points()) {
                let far = radius - most[k];
                if far > 0.0 && square(middle, *vertex) > far * far {
                    continue;
                }
                let depth = ring_depth(outline, *vertex);
                most[k] = most[k].max(depth);
            }
        }
        most
    }

    fn at(&self, p: Xy) -> Beyond {
        let [edge, bay] = [&self.edges, &self.bay].map(|fences| {
            let all = fences.iter().filter_map(|fence| fence.near(p));
            all.min_by(|a, b| a.distance.total_cmp(&b.distance))
        });
        let inside = |near: Option<Near>| near.map_or(f64::NEG_INFINITY, |near| -near.distance);
        match (edge, bay) {
            (Some(e), b) if e.beyond && b.is_none_or(|b| e.distance <= b.distance) => [e.distance, f64::NEG_INFINITY],
            (e, Some(b)) if b.beyond && e.is_none_or(|e| b.distance < e.distance) => [f64::NEG_INFINITY, b.distance],
            _ => [inside(edge), inside(bay)],
        }
    }
}

/// A circle round a ring.
fn circle(ring: &[Xy]) -> (Xy, f64) {
    let share = 1.0 / ring.len().max(1) as f64;
    let middle = ring.iter().fold(Xy::new(0.0, 0.0), |sum, p| sum.plus(*p, share));
    let squares = ring.iter().map(|p| square(middle, *p));
    (middle, libm::sqrt(squares.fold(0.0, f64::max)))
}

/// A part's points on the plane.
pub fn points(part: &Part) -> Vec<Xy> {
    part.points().iter().map(|p| Xy::new(p.e, p.n)).collect()
}

/// The larger of each.
pub fn larger(a: Beyond, b: Beyond) -> Beyond {
    [a[0].max(b[0]), a[1].max(b[1])]
}

/// How deep a point is inside a ring, metres; outside: negative, how far away.
pub fn ring_depth(ring: &[Xy], p: Xy) -> f64 {
    let (mut nearest, mut inside) = (f64::INFINITY, false);
    for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
        let (along, from) = (b.plus(*a, -1.0), p.plus(*a, -1.0));
        let length = along.x * along.x + along.y * along.y;
        let share = ((along.x * from.x + along.y * from.y) / length.max(1e-18)).clamp(0.0, 1.0);
        nearest = nearest.min(square(a.plus(along, share), p));
        let rises = (a.y > p.y) != (b.y > p.y);
        if rises && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x {
            inside = !inside;
        }
    }
    let nearest = libm::sqrt(nearest);
    if inside { nearest } else { -nearest }
}

/// Twice the signed area of a ring: positive where its points go round counter-clockwise.
pub fn turn_of(ring: &[Xy]) -> f64 {
    let pairs = ring.iter().zip(ring.iter().cycle().skip(1));
    pairs.map(|(a, b)| cross(*a, *b)).sum()
}

/// A straight line across a lane: which side of it a place is on.
#[derive(Debug, Clone, Copy)]
pub struct Gate {
    at: Xy,
    onward: Xy,
}

impl Gate {
    /// A site's line across the lane, onward in riding direction; `None` where it has no such line.
    pub fn of(site: &Site, role: &str) -> Option<Gate> {
        Gate::of_part(site, site.part(role)?)
    }

    /// The same of one of several lines.
    pub fn of_part(site: &Site, part: &Part) -> Option<Gate> {
        let line = points(part);
        let (a, b) = (*line.first()?, *line.last()?);
        let middle = a.plus(b.plus(a, -1.0), 0.5);
        let way = site.direction_at(Point2::new(middle.x, middle.y));
        Some(Gate::new(a, b, Xy::new(way.e, way.n)))
    }

    /// Through two points; onward is where `way` points.
    pub fn new(a: Xy, b: Xy, way: Xy) -> Gate {
        let length = a.to(b).max(1e-9);
        let normal = Xy::new((a.y - b.y) / length, (b.x - a.x) / length);
        let sign = if normal.x * way.x + normal.y * way.y < 0.0 {
            -1.0
        } else {
            1.0
        };
        Gate {
            at: a,
            onward: Xy::new(normal.x * sign, normal.y * sign),
        }
    }

    /// How far past the line a place is, metres; negative before it.
    pub fn past(&self, p: Xy) -> f64 {
        (p.x - self.at.x) * self.onward.x + (p.y - self.at.y) * self.onward.y
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_holds_what_is_inside_its_sides_and_nothing_of_the_box_round_it() {
        let corner = |(e, n): (f64, f64)| Point2::new(e, n);
        let wedge = Ring::new([(0.0, 0.0), (4.0, 0.0), (0.0, 4.0)].map(corner).to_vec());
        assert!(wedge.holds(Xy::new(1.0, 1.0)));
        assert!(!wedge.holds(Xy::new(3.0, 3.0)), "in the box, not in the wedge");
        assert!(!wedge.holds(Xy::new(-0.1, 1.0)));
        assert!(wedge.is_within(Xy::new(-0.1, 1.0), 0.2) && !wedge.is_within(Xy::new(-0.1, 1.0), 0.05));
    }

    fn line(points: &[(f64, f64)]) -> Vec<Xy> {
        points.iter().map(|(x, y)| Xy::new(*x, *y)).collect()
    }

    fn square(x: f64, y: f64) -> Vec<Xy> {
        line(&[(x, y), (x + 1.0, y), (x + 1.0, y + 1.0), (x, y + 1.0)])
    }

    /// A lane along x whose right edge is open between 0 and 4, with a bay of depth 2 there.
    fn bay() -> Fences {
        Fences {
            edges: vec![
                Fence::new(line(&[(-9.0, 5.0), (9.0, 5.0)]), true),
                Fence::new(line(&[(-9.0, 0.0), (0.0, 0.0)]), false),
                Fence::new(line(&[(4.0, 0.0), (9.0, 0.0)]), false),
            ],
            bay: vec![Fence::new(
                line(&[(0.0, 0.0), (0.0, -2.0), (4.0, -2.0), (4.0, 0.0)]),
                false,
            )],
        }
    }

    #[test]
    fn each_part_of_a_body_counts_for_the_line_it_came_over() {
        let near = |got: Beyond, want: Beyond| {
            assert!(
                (got[0] - want[0]).abs() < 1e-9 && (got[1] - want[1]).abs() < 1e-9,
                "{got:?} {want:?}"
            );
        };
        near(bay().body(&square(1.5, -1.5)), [-1.5f64.hypot(0.5), -0.5]);
        // Over the edge by 0.1, two metres before the mouth: not over the bay's line.
        assert!((bay().body(&square(-3.0, -0.1))[0] - 0.1).abs() < 1e-9);
        assert!(bay().body(&square(-3.0, -0.1))[1] < -1.9);
        // Through the bay's back, and in the lane over the far edge.
        near(
            [bay().body(&square(1.5, -2.3))[1], bay().body(&square(1.0, 4.4))[0]],
            [0.3, 0.4],
        );
        // The mouth's corner pokes into a body whose own corners are all where they may be.
        let leaning = line(&[(-0.7, 0.5), (0.5, -0.7), (1.6, 0.4), (0.4, 1.6)]);
        let poked = 0.2 / 2f64.sqrt();
        near(bay().body(&leaning), [poked, poked]);
    }

    #[test]
    fn a_tyre_is_as_far_from_a_corner_as_from_its_point() {
        let corner = Fences {
            edges: vec![Fence::new(line(&[(-9.0, 0.0), (0.0, 0.0), (0.0, 9.0)]), true)],
            bay: Vec::new(),
        };
        assert!((corner.tyre(Xy::new(0.3, -0.4), 0.1) + 0.4).abs() < 1e-9);
        assert!((corner.tyre(Xy::new(-0.05, 0.2), 0.1) - 0.15).abs() < 1e-9);
    }
}
