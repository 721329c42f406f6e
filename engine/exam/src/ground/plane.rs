//! Points, lines and rings of the course plane: distances, sides and nearest places, metres.
use kaoguan_course::Point2;

/// Signed distance of a point to a line, positive on its left; and whether its foot lies between the line's ends. Round a
/// bend the distance is the one to the bend's point.
pub fn beside(line: &[Point2], p: Point2) -> (f64, bool) {
    let Some(nearest) = Stretch::nearest(line, p) else {
        return (0.0, false);
    };
    match nearest.bend(line) {
        Some(bend) => (round_a_bend(line, bend, p, nearest.distance2), true),
        None => (nearest.left(p), (0.0..=1.0).contains(&nearest.t)),
    }
}

/// The direction in which [`beside`] grows there, a unit vector: the line's left normal, or away from a bend's point.
pub fn left_of(line: &[Point2], p: Point2) -> Option<Point2> {
    let nearest = Stretch::nearest(line, p)?;
    let Some(bend) = nearest.bend(line) else {
        return Some(nearest.normal());
    };
    let (corner, left) = (line[bend], round_a_bend(line, bend, p, nearest.distance2));
    Some(unit(corner, p).map_or(nearest.normal(), |away| {
        Point2::new(away.e * left.signum(), away.n * left.signum())
    }))
}

/// From one point to another, a unit vector; `None` where they are the same place.
pub fn unit(from: Point2, to: Point2) -> Option<Point2> {
    let (de, dn) = (to.e - from.e, to.n - from.n);
    let length = libm::sqrt(de * de + dn * dn);
    (length > 1e-6).then(|| Point2::new(de / length, dn / length))
}

/// The stretch of a line that is nearest to a point.
struct Stretch {
    no: usize,
    a: Point2,
    b: Point2,
    /// Where the point's foot is on it, 0 to 1 between its ends.
    t: f64,
    distance2: f64,
}

impl Stretch {
    fn nearest(line: &[Point2], p: Point2) -> Option<Stretch> {
        let mut best: Option<Stretch> = None;
        for (no, pair) in line.windows(2).enumerate() {
            let (a, b) = (pair[0], pair[1]);
            let (de, dn) = (b.e - a.e, b.n - a.n);
            let (pe, pn) = (p.e - a.e, p.n - a.n);
            let t = (pe * de + pn * dn) / (de * de + dn * dn);
            let nearest = t.clamp(0.0, 1.0);
            let (ne, nn) = (pe - nearest * de, pn - nearest * dn);
            let distance2 = ne * ne + nn * nn;
            if distance2 < best.as_ref().map_or(f64::INFINITY, |known| known.distance2) {
                best = Some(Stretch { no, a, b, t, distance2 });
            }
        }
        best
    }

    /// The number of the line's inner point that the foot is at, where it is past this stretch's end.
    fn bend(&self, line: &[Point2]) -> Option<usize> {
        let bend = if self.t > 1.0 { self.no + 1 } else { self.no };
        (!(0.0..=1.0).contains(&self.t) && bend > 0 && bend + 1 < line.len()).then_some(bend)
    }

    fn length(&self) -> f64 {
        let (de, dn) = (self.b.e - self.a.e, self.b.n - self.a.n);
        libm::sqrt(de * de + dn * dn)
    }

    fn left(&self, p: Point2) -> f64 {
        let (de, dn) = (self.b.e - self.a.e, self.b.n - self.a.n);
        (de * (p.n - self.a.n) - dn * (p.e - self.a.e)) / self.length()
    }

    fn normal(&self) -> Point2 {
        let length = self.length();
        Point2::new((self.a.n - self.b.n) / length, (self.b.e - self.a.e) / length)
    }
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
    Stretch::nearest(line, p).map_or(p, |nearest| {
        let t = nearest.t.clamp(0.0, 1.0);
        let (a, b) = (nearest.a, nearest.b);
        Point2::new(a.e + t * (b.e - a.e), a.n + t * (b.n - a.n))
    })
}

/// The place of a ring's border that is nearest to a point.
#[derive(Debug, Clone, Copy)]
pub struct Border {
    /// From the point to it, negative where the point is inside.
    pub clearance: f64,
    /// The side it is on, by the number of the point where that begins, and how far along it, 0 to 1.
    pub side: usize,
    pub part: f64,
}

/// The point of a ring's border that is nearest to a point.
pub fn nearest_on_ring(ring: &[Point2], p: Point2) -> Point2 {
    let Border { side, part, .. } = border(ring, p);
    let (a, b) = (ring[side], ring[(side + 1) % ring.len()]);
    Point2::new(a.e + part * (b.e - a.e), a.n + part * (b.n - a.n))
}

/// Distance of a point to a ring's border, negative inside.
pub fn clearance(ring: &[Point2], p: Point2) -> f64 {
    border(ring, p).clearance
}

/// Where a ring's border is nearest to a point.
pub fn border(ring: &[Point2], p: Point2) -> Border {
    let (mut nearest2, mut inside) = (f64::INFINITY, false);
    let (mut side, mut part) = (0, 0.0);
    for (i, a) in ring.iter().enumerate() {
        let b = ring[(i + 1) % ring.len()];
        let (de, dn) = (b.e - a.e, b.n - a.n);
        let (pe, pn) = (p.e - a.e, p.n - a.n);
        let t = ((pe * de + pn * dn) / (de * de + dn * dn)).clamp(0.0, 1.0);
        let (ne, nn) = (pe - t * de, pn - t * dn);
        let distance2 = ne * ne + nn * nn;
        if distance2 < nearest2 {
            (nearest2, side, part) = (distance2, i, t);
        }
        if (a.n > p.n) != (b.n > p.n) && pe < de * pn / dn {
            inside = !inside;
        }
    }
    let distance = libm::sqrt(nearest2);
    let clearance = if inside { -distance } else { distance };
    Border { clearance, side, part }
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

    /// Beside a stretch its normal, past an end the same, round a bend away from its point, and always to where left grows.
    #[test]
    fn a_distance_is_measured_along_the_normal_or_away_from_a_bend() {
        let line = [p(0.0, 0.0), p(10.0, 0.0), p(10.0, 10.0)];
        assert_eq!(left_of(&line, p(4.0, -2.0)), Some(p(0.0, 1.0)));
        assert_eq!(left_of(&line, p(-5.0, 3.0)), Some(p(0.0, 1.0)));
        assert_eq!(left_of(&line, p(12.0, 6.0)), Some(p(-1.0, 0.0)));
        assert_eq!(left_of(&line, p(13.0, -4.0)), Some(p(-0.6, 0.8)));
        assert_eq!(left_of(&line[..1], p(0.0, 0.0)), None);
    }

    #[test]
    fn a_border_is_told_by_its_side_and_how_far_along_it() {
        let ring = [p(0.0, 0.0), p(4.0, 0.0), p(4.0, 2.0), p(0.0, 2.0)];
        let near = border(&ring, p(3.0, 1.9));
        assert_eq!((near.side, near.part), (2, 0.25));
        assert!((near.clearance + 0.1).abs() < 1e-12);
        assert_eq!(nearest_on_ring(&ring, p(3.0, 1.9)), p(3.0, 2.0));
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
