//! Points, lines and rings of the course plane: distances, sides and nearest places, metres.
use kaoguan_course::Point2;

/// Signed distance of a point to a line, positive on its left; and whether its foot lies between the line's ends. Round a
/// bend the distance is the one to the bend's point.
pub fn beside(line: &[Point2], p: Point2) -> (f64, bool) {
    let mut best = (f64::INFINITY, 0.0, false);
    for (i, pair) in line.windows(2).enumerate() {
        let (a, b) = (pair[0], pair[1]);
        let (de, dn) = (b.e - a.e, b.n - a.n);
        let (pe, pn) = (p.e - a.e, p.n - a.n);
        let length2 = de * de + dn * dn;
        let t = (pe * de + pn * dn) / length2;
        let nearest = t.clamp(0.0, 1.0);
        let (ne, nn) = (pe - nearest * de, pn - nearest * dn);
        let distance2 = ne * ne + nn * nn;
        if distance2 < best.0 {
            let left = (de * pn - dn * pe) / libm::sqrt(length2);
            best = (distance2, left, (0.0..=1.0).contains(&t));
            let bend = if t > 1.0 { i + 1 } else { i };
            if !best.2 && bend > 0 && bend + 1 < line.len() {
                best = (distance2, round_a_bend(line, bend, p, distance2), true);
            }
        }
    }
    (best.1, best.2)
}

/// To the left of a bend that turns left is what lies left of both its stretches; of one that turns right, of either.
fn round_a_bend(line: &[Point2], bend: usize, p: Point2, distance2: f64) -> f64 {
    let (a, b, c) = (line[bend - 1], line[bend], line[bend + 1]);
    let cross =
        |from: Point2, to: Point2, p: Point2| (to.e - from.e) * (p.n - from.n) - (to.n - from.n) * (p.e - from.e);
    let (before, after) = (cross(a, b, p) > 0.0, cross(b, c, p) > 0.0);
    let left = if cross(a, b, c) > 0.0 {
        before && after
    } else {
        before || after
    };
    let distance = libm::sqrt(distance2);
    if left { distance } else { -distance }
}

/// Distance of a point to a line.
pub fn line_distance(line: &[Point2], p: Point2) -> f64 {
    let foot = nearest_on_line(line, p);
    libm::hypot(foot.e - p.e, foot.n - p.n)
}

/// The point of a line that is nearest to a point.
pub fn nearest_on_line(line: &[Point2], p: Point2) -> Point2 {
    nearest_of(line.windows(2).map(|pair| (pair[0], pair[1])), p)
}

/// The point of a ring's border that is nearest to a point.
pub fn nearest_on_ring(ring: &[Point2], p: Point2) -> Point2 {
    nearest_of((0..ring.len()).map(|i| (ring[i], ring[(i + 1) % ring.len()])), p)
}

fn nearest_of(stretches: impl Iterator<Item = (Point2, Point2)>, p: Point2) -> Point2 {
    let mut best = (f64::INFINITY, p);
    for (a, b) in stretches {
        let (de, dn) = (b.e - a.e, b.n - a.n);
        let t = (((p.e - a.e) * de + (p.n - a.n) * dn) / (de * de + dn * dn)).clamp(0.0, 1.0);
        let foot = Point2::new(a.e + t * de, a.n + t * dn);
        let (e, n) = (foot.e - p.e, foot.n - p.n);
        if e * e + n * n < best.0 {
            best = (e * e + n * n, foot);
        }
    }
    best.1
}

/// Distance of a point to a ring's border, negative inside.
pub fn clearance(ring: &[Point2], p: Point2) -> f64 {
    let (mut nearest2, mut inside) = (f64::INFINITY, false);
    for (i, a) in ring.iter().enumerate() {
        let b = ring[(i + 1) % ring.len()];
        let (de, dn) = (b.e - a.e, b.n - a.n);
        let (pe, pn) = (p.e - a.e, p.n - a.n);
        let t = ((pe * de + pn * dn) / (de * de + dn * dn)).clamp(0.0, 1.0);
        let (ne, nn) = (pe - t * de, pn - t * dn);
        nearest2 = nearest2.min(ne * ne + nn * nn);
        if (a.n > p.n) != (b.n > p.n) && pe < de * pn / dn {
            inside = !inside;
        }
    }
    let distance = libm::sqrt(nearest2);
    if inside { -distance } else { distance }
}

/// A ring with the rectangle around it: whoever is far away costs four comparisons, however many points the ring has.
#[derive(Debug, Clone)]
pub struct Enclosure {
    ring: Vec<Point2>,
    low: Point2,
    high: Point2,
}

impl Enclosure {
    /// Of a ring.
    pub fn of(ring: Vec<Point2>) -> Enclosure {
        let (mut low, mut high) = (
            Point2::new(f64::INFINITY, f64::INFINITY),
            Point2::new(f64::NEG_INFINITY, f64::NEG_INFINITY),
        );
        for p in &ring {
            low = Point2::new(low.e.min(p.e), low.n.min(p.n));
            high = Point2::new(high.e.max(p.e), high.n.max(p.n));
        }
        Enclosure { ring, low, high }
    }
    /// Whether the [`clearance`] of a point is less than a margin, metres.
    pub fn is_within(&self, p: Point2, margin: f64) -> bool {
        let reach = margin + SLACK;
        let near = p.e > self.low.e - reach
            && p.e < self.high.e + reach
            && p.n > self.low.n - reach
            && p.n < self.high.n + reach;
        near && clearance(&self.ring, p) < margin
    }
}

/// More than a clearance is rounded by, metres: what the rectangle leaves out is left out by the ring as well.
const SLACK: f64 = 1e-6;

/// The mean of some points.
pub fn middle(points: &[Point2]) -> Point2 {
    let n = points.len() as f64;
    let sum = points
        .iter()
        .fold(Point2::new(0.0, 0.0), |s, p| Point2::new(s.e + p.e, s.n + p.n));
    Point2::new(sum.e / n, sum.n / n)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn p(e: f64, n: f64) -> Point2 {
        Point2::new(e, n)
    }

    #[test]
    fn left_of_a_line_is_positive_and_its_ends_are_known() {
        let line = [p(0.0, 0.0), p(10.0, 0.0)];
        assert_eq!(beside(&line, p(4.0, 2.5)), (2.5, true));
        assert_eq!(beside(&line, p(4.0, -0.5)), (-0.5, true));
        assert!(!beside(&line, p(11.0, -0.5)).1);
        assert!(beside(&line, p(10.0, 3.0)).1);
    }

    #[test]
    fn the_nearest_stretch_of_a_bent_line_counts() {
        let line = [p(0.0, 0.0), p(10.0, 0.0), p(10.0, 10.0)];
        assert_eq!(beside(&line, p(9.0, 6.0)), (1.0, true));
        assert_eq!(beside(&line, p(12.0, 6.0)), (-2.0, true));
    }

    /// A corner to the left: its inside is the left; round its point the distance is that to the point.
    #[test]
    fn round_a_corner_the_distance_is_the_one_to_its_point() {
        let line = [p(0.0, 0.0), p(10.0, 0.0), p(10.0, 10.0)];
        assert_eq!(beside(&line, p(13.0, -4.0)), (-5.0, true));
        assert_eq!(beside(&line, p(9.0, 2.0)), (1.0, true));
        let right = [p(0.0, 0.0), p(10.0, 0.0), p(10.0, -10.0)];
        assert_eq!(beside(&right, p(13.0, 4.0)), (5.0, true));
        assert_eq!(beside(&right, p(9.0, -2.0)), (-1.0, true));
    }

    #[test]
    fn clearance_is_negative_inside() {
        let ring = [p(0.0, 0.0), p(4.0, 0.0), p(4.0, 2.0), p(0.0, 2.0)];
        assert_eq!(clearance(&ring, p(1.0, 0.5)), -0.5);
        assert_eq!(clearance(&ring, p(7.0, 6.0)), 5.0);
    }

    /// Off a corner, beside each side, inside; and on either side of each margin.
    #[test]
    fn an_enclosure_is_as_near_as_its_ring() {
        let ring = vec![p(0.0, 0.0), p(4.0, 0.0), p(4.0, 2.0), p(0.0, 2.0)];
        let enclosure = Enclosure::of(ring.clone());
        let places = [(7.0, 6.0), (2.0, 5.0), (2.0, -5.0), (-3.0, 1.0), (9.0, 1.0), (1.0, 0.5)];
        for place in places.map(|(e, n)| p(e, n)) {
            let off = clearance(&ring, place);
            for margin in [off - 1e-3, off, off + 1e-12, off + 1e-3, off + 5.0] {
                assert_eq!(enclosure.is_within(place, margin), off < margin, "{place:?} {margin}");
            }
        }
    }
}
