//! The line that a site is ridden along: which way it goes at a place, and how far along it a place is.
//!
//! A straight site has one riding direction; a curve or a corner has another at each place. Deliberately not here: where the
//! vehicle goes. It is only told which way a line across the lane is crossed.
use crate::Point2;

/// The roles that may guide, best first: all are drawn in riding direction.
pub(crate) const ROLES: [&str; 4] = ["edge_left", "edge_right", "profile", "line"];

/// A line in riding direction, of two points at least.
#[derive(Debug, Clone, PartialEq)]
pub struct Guide(Vec<Point2>);

impl Guide {
    /// Along these points; `None` where they are fewer than two.
    pub(crate) fn along(points: Vec<Point2>) -> Option<Guide> {
        (points.len() >= 2).then_some(Guide(points))
    }

    /// Unit vector of the riding direction at its stretch nearest to a point; `None` where that has no length.
    pub fn direction_at(&self, point: Point2) -> Option<Point2> {
        let (_, _, along) = self.nearest(point)?;
        Some(along)
    }

    /// Metres along it to its place nearest to a point; before its beginning and past its end the last stretches go on.
    pub(crate) fn progress(&self, point: Point2) -> Option<f64> {
        self.nearest(point).map(|(_, progress, _)| progress)
    }

    /// Squared distance, progress and direction at the nearest stretch.
    fn nearest(&self, point: Point2) -> Option<(f64, f64, Point2)> {
        let last = self.0.len() - 2;
        let (mut gone, mut best) = (0.0, None::<(f64, f64, Point2)>);
        for (i, pair) in self.0.windows(2).enumerate() {
            let (from, length) = (pair[0], pair[0].distance(pair[1]));
            let Some(along) = pair[1].minus(from).unit() else {
                continue;
            };
            let run = point.minus(from).dot(along);
            let low = if i == 0 { f64::NEG_INFINITY } else { 0.0 };
            let high = if i == last { f64::INFINITY } else { length };
            let on = run.clamp(low, high);
            let foot = Point2::new(from.e + along.e * on, from.n + along.n * on);
            let distance2 = point.minus(foot).dot(point.minus(foot));
            if best.is_none_or(|(known, ..)| distance2 < known) {
                best = Some((distance2, gone + on, along));
            }
            gone += length;
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten metres east, then ten to the north.
    #[test]
    fn it_turns_with_its_corner() {
        let corner = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)].map(|(e, n)| Point2::new(e, n));
        let guide = Guide::along(corner.to_vec()).expect("three points");
        for (at, direction, progress) in [
            ((3.0, -2.0), (1.0, 0.0), 3.0),
            ((-4.0, 1.0), (1.0, 0.0), -4.0),
            ((12.0, 6.0), (0.0, 1.0), 16.0),
            ((7.0, 14.0), (0.0, 1.0), 24.0),
        ] {
            let at = Point2::new(at.0, at.1);
            assert_eq!(guide.direction_at(at), Some(Point2::new(direction.0, direction.1)));
            assert_eq!(guide.progress(at), Some(progress));
        }
        assert!(Guide::along(corner[..1].to_vec()).is_none());
    }
}
