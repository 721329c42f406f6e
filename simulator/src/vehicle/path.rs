//! The line that a rear contact follows.
//!
//! The problem: a rider's line must have a curvature without jumps, or the steering and the lean would jump. The answer:
//! a uniform cubic B-spline over dense way points (twice continuously differentiable), read by its arc length.
//! Deliberately not here: time.

/// A point of the course plane or of a site's own frame, metres; y is 90° LEFT of x.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Xy {
    /// First coordinate (east, or along a site's axis).
    pub x: f64,
    /// Second coordinate (north, or left of a site's axis).
    pub y: f64,
}

impl Xy {
    /// From its coordinates.
    pub const fn new(x: f64, y: f64) -> Xy {
        Xy { x, y }
    }
    /// This plus `k` times another.
    pub fn plus(self, other: Xy, k: f64) -> Xy {
        Xy::new(self.x + k * other.x, self.y + k * other.y)
    }
    /// Distance to another point.
    pub fn to(self, other: Xy) -> f64 {
        libm::hypot(other.x - self.x, other.y - self.y)
    }
}

/// Where the line is at one arc length.
#[derive(Debug, Clone, Copy)]
pub struct PathPoint {
    /// On the course plane (x east, y north).
    pub at: Xy,
    /// Direction of the tangent, radians, counter-clockwise from east.
    pub direction: f64,
    /// Signed curvature, 1/m, positive to the left.
    pub curvature: f64,
}

/// Pieces of each knot interval in the arc-length table.
const PIECES: usize = 16;

/// A line with continuous curvature, by arc length from its first way point.
#[derive(Debug, Clone)]
pub struct Path {
    points: Vec<Xy>,
    lengths: Vec<f64>,
}

impl Path {
    /// Through (close to) way points, which should be about evenly spaced. The first and last intervals are extended
    /// straight, so that the line begins and ends exactly in its first and last way point. Fewer than two points, or
    /// two equal neighbours, give a line of length zero there; it never fails.
    pub fn new(way_points: &[Xy]) -> Path {
        let first = way_points.first().copied().unwrap_or_default();
        let last = way_points.last().copied().unwrap_or_default();
        let second = way_points.get(1).copied().unwrap_or(first);
        let before = way_points.iter().rev().nth(1).copied().unwrap_or(last);
        let mut points = Vec::with_capacity(way_points.len() + 2);
        points.push(first.plus(first, 1.0).plus(second, -1.0));
        points.extend_from_slice(way_points);
        points.push(last.plus(last, 1.0).plus(before, -1.0));
        let mut path = Path {
            points,
            lengths: vec![0.0],
        };
        path.measure();
        path
    }

    /// Arc length of the whole line, metres.
    pub fn length(&self) -> f64 {
        self.lengths.last().copied().unwrap_or(0.0)
    }

    /// The line at an arc length, which is clamped to the line.
    pub fn at(&self, s: f64) -> PathPoint {
        let u = self.parameter(s.clamp(0.0, self.length()));
        let (at, d1, d2) = self.spline(u);
        let speed_2 = (d1.x * d1.x + d1.y * d1.y).max(1e-18);
        let curvature = (d1.x * d2.y - d1.y * d2.x) / (speed_2 * libm::sqrt(speed_2));
        PathPoint {
            at,
            direction: libm::atan2(d1.y, d1.x),
            curvature,
        }
    }

    fn intervals(&self) -> usize {
        self.points.len().saturating_sub(3)
    }

    fn measure(&mut self) {
        let pieces = self.intervals() * PIECES;
        self.lengths.reserve(pieces);
        let h = 1.0 / PIECES as f64;
        let (mut sum, mut begin) = (0.0, self.pace(0.0));
        for piece in 0..pieces {
            let u = piece as f64 * h;
            let end = self.pace(u + h);
            // Simpson's rule over one piece of the speed.
            sum += h / 6.0 * (begin + 4.0 * self.pace(u + h / 2.0) + end);
            self.lengths.push(sum);
            begin = end;
        }
    }

    fn pace(&self, u: f64) -> f64 {
        let (i, t) = self.interval(u);
        let d1 = self.sum(i, first_derivative(t));
        libm::hypot(d1.x, d1.y)
    }

    /// The knot interval of a parameter, and how far into it.
    fn interval(&self, u: f64) -> (usize, f64) {
        let last = self.intervals().saturating_sub(1);
        let i = (u.max(0.0) as usize).min(last);
        (i, u - i as f64)
    }

    /// The four points round an interval, weighed.
    fn sum(&self, i: usize, weights: [f64; 4]) -> Xy {
        let near = self.points.get(i..).unwrap_or_default();
        weights
            .iter()
            .zip(near)
            .fold(Xy::default(), |sum, (w, p)| sum.plus(*p, *w))
    }

    fn parameter(&self, s: f64) -> f64 {
        let piece = self.lengths.partition_point(|length| *length <= s).saturating_sub(1);
        let from = self.lengths.get(piece).copied().unwrap_or(0.0);
        let to = self.lengths.get(piece + 1).copied().unwrap_or(from);
        let share = if to > from { (s - from) / (to - from) } else { 0.0 };
        (piece as f64 + share) / PIECES as f64
    }

    /// Position, first and second derivative at a parameter.
    fn spline(&self, u: f64) -> (Xy, Xy, Xy) {
        let (i, t) = self.interval(u);
        let (t2, t3) = (t * t, t * t * t);
        let b0 = [
            (1.0 - 3.0 * t + 3.0 * t2 - t3) / 6.0,
            (4.0 - 6.0 * t2 + 3.0 * t3) / 6.0,
            (1.0 + 3.0 * t + 3.0 * t2 - 3.0 * t3) / 6.0,
            t3 / 6.0,
        ];
        let b2 = [1.0 - t, 3.0 * t - 2.0, 1.0 - 3.0 * t, t];
        (self.sum(i, b0), self.sum(i, first_derivative(t)), self.sum(i, b2))
    }
}

/// Weights of the first derivative at a share of an interval.
fn first_derivative(t: f64) -> [f64; 4] {
    let t2 = t * t;
    [
        (-1.0 + 2.0 * t - t2) / 2.0,
        (-4.0 * t + 3.0 * t2) / 2.0,
        (1.0 + 2.0 * t - 3.0 * t2) / 2.0,
        t2 / 2.0,
    ]
}

/// Way points each `step` metres (at most) along a polyline, its corners not kept.
pub fn resample(line: &[Xy], step: f64) -> Vec<Xy> {
    let total: f64 = line.windows(2).map(|w| w[0].to(w[1])).sum();
    let count = libm::ceil(total / step).max(1.0) as usize;
    let mut result = Vec::with_capacity(count + 1);
    let (mut walked, mut k) = (0.0, 0);
    for w in line.windows(2) {
        let length = w[0].to(w[1]);
        while k <= count && total * k as f64 / count as f64 <= walked + length + 1e-9 && length > 0.0 {
            let share = (total * k as f64 / count as f64 - walked) / length;
            result.push(w[0].plus(w[1].plus(w[0], -1.0), share));
            k += 1;
        }
        walked += length;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_line_is_exact() {
        let path = Path::new(&resample(&[Xy::new(1.0, 2.0), Xy::new(4.0, 6.0)], 0.25));
        assert!((path.length() - 5.0).abs() < 1e-9);
        let p = path.at(2.5);
        assert!((p.at.x - 2.5).abs() < 1e-9 && (p.at.y - 4.0).abs() < 1e-9 && p.curvature.abs() < 1e-9);
    }

    #[test]
    fn a_circle_keeps_its_curvature_and_length() {
        let circle: Vec<Xy> = (0..=100)
            .map(|k| f64::from(k) * 0.25 / 4.0)
            .map(|a| Xy::new(4.0 * a.cos(), 4.0 * a.sin()))
            .collect();
        let path = Path::new(&circle);
        let p = path.at(12.0);
        assert!((p.curvature - 0.25).abs() < 1e-3, "curvature {}", p.curvature);
        assert!((path.length() - 25.0).abs() < 0.05, "length {}", path.length());
        let q = path.at(12.0 + 1e-4);
        assert!((p.at.to(q.at) - 1e-4).abs() < 1e-7);
    }
}
