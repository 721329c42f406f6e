//! The height of the ground under a wheel.
//!
//! The problem: on a ramp, and on any village square, the antenna leans away from the wheels; without the ground's
//! height and slope that is centimetres. The answer: a base plane through the surveyed points, and on top of it
//! profiles (ramp, bridge, road), each level across its axis. Deliberately not here: kerbs, stones, springs.

use crate::Point2;

/// Adjoining slopes that differ by less are a curve that was sampled, and are rounded off; more is a real kink.
/// A vertical curve of 30 m radius in steps of 0.5 m bends by 0.017 a step; the foot of a portable bridge by 0.06.
const KINK: f64 = 0.02;

/// The ground: a base plane and the profiles that stand on it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Surface {
    base: BasePlane,
    profiles: Vec<Profile>,
}

/// The ground at one point.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct SurfacePoint {
    /// Height above the datum (ellipsoidal height less the datum's), metres.
    pub height: f64,
    /// Rise per metre to the east.
    pub slope_e: f64,
    /// Rise per metre to the north.
    pub slope_n: f64,
}

impl Surface {
    pub(crate) fn new(base: BasePlane, profiles: Vec<Profile>) -> Surface {
        Surface { base, profiles }
    }

    /// The ground at a point of the course plane (metres): the highest profile whose width covers it, else the base
    /// plane.
    pub fn at(&self, e: f64, n: f64) -> SurfacePoint {
        let point = Point2::new(e, n);
        let mut highest: Option<SurfacePoint> = None;
        for found in self.profiles.iter().filter_map(|profile| profile.at(point)) {
            if highest.is_none_or(|known| found.height > known.height) {
                highest = Some(found);
            }
        }
        highest.unwrap_or_else(|| self.base.at(point))
    }

    /// The base plane alone, as if nothing stood on it.
    pub fn base_at(&self, e: f64, n: f64) -> SurfacePoint {
        self.base.at(Point2::new(e, n))
    }
}

/// A plane through the surveyed points of the bare ground.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct BasePlane {
    middle: Point2,
    height: f64,
    slope_e: f64,
    slope_n: f64,
}

impl BasePlane {
    /// Least squares through at least three points that do not lie on one line.
    pub(crate) fn fit(points: &[(Point2, f64)]) -> Option<BasePlane> {
        let count = points.len() as f64;
        let mean = |value: fn(&(Point2, f64)) -> f64| points.iter().map(value).sum::<f64>() / count;
        let (middle, height) = (Point2::new(mean(|p| p.0.e), mean(|p| p.0.n)), mean(|p| p.1));
        let (mut ee, mut en, mut nn, mut eh, mut nh) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (point, h) in points {
            let (d, dh) = (point.minus(middle), h - height);
            ee += d.e * d.e;
            en += d.e * d.n;
            nn += d.n * d.n;
            eh += d.e * dh;
            nh += d.n * dh;
        }
        let determinant = ee * nn - en * en;
        // Of points on a line one spread vanishes: demand that the narrow spread is 1 % of the wide one.
        let wide = (ee + nn) * (ee + nn);
        if points.len() < 3 || !determinant.is_finite() || determinant <= 1e-4 * wide {
            return None;
        }
        let slope_e = (eh * nn - nh * en) / determinant;
        let slope_n = (nh * ee - eh * en) / determinant;
        Some(BasePlane {
            middle,
            height,
            slope_e,
            slope_n,
        })
    }

    pub(crate) fn at(&self, point: Point2) -> SurfacePoint {
        let d = point.minus(self.middle);
        let height = self.height + d.e * self.slope_e + d.n * self.slope_n;
        SurfacePoint {
            height,
            slope_e: self.slope_e,
            slope_n: self.slope_n,
        }
    }
}

/// A surface along an axis, level across.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Profile {
    pieces: Vec<Piece>,
    half_width: f64,
    low: Point2,
    high: Point2,
}

/// One straight piece of a profile's axis.
#[derive(Debug, Clone, PartialEq)]
struct Piece {
    start: Point2,
    along: Point2,
    length: f64,
    height: f64,
    slope: f64,
    slope_start: f64,
    slope_end: f64,
}

impl Profile {
    /// Builds a profile of a width in metres; vertices that repeat the one before are skipped.
    pub(crate) fn new(line: &[(Point2, f64)], width: f64) -> Profile {
        let mut pieces: Vec<Piece> = line
            .windows(2)
            .filter_map(|pair| Piece::between(pair.first()?, pair.last()?))
            .collect();
        for i in 1..pieces.len() {
            let (before, after) = pieces.split_at_mut(i);
            if let (Some(left), Some(right)) = (before.last_mut(), after.first_mut()) {
                round_off(left, right);
            }
        }
        let half_width = width * 0.5;
        let bound = |pick: fn(f64, f64) -> f64, start: f64, value: fn(&Point2) -> f64| {
            line.iter().map(|(point, _)| value(point)).fold(start, pick)
        };
        let low = Point2::new(
            bound(libm::fmin, f64::MAX, |p| p.e) - half_width,
            bound(libm::fmin, f64::MAX, |p| p.n) - half_width,
        );
        let high = Point2::new(
            bound(libm::fmax, f64::MIN, |p| p.e) + half_width,
            bound(libm::fmax, f64::MIN, |p| p.n) + half_width,
        );
        Profile {
            pieces,
            half_width,
            low,
            high,
        }
    }

    fn at(&self, point: Point2) -> Option<SurfacePoint> {
        let boxed = point.e >= self.low.e && point.e <= self.high.e && point.n >= self.low.n && point.n <= self.high.n;
        if !boxed {
            return None;
        }
        let last = self.pieces.len().saturating_sub(1);
        let mut nearest: Option<(f64, &Piece, f64, bool)> = None;
        for (i, piece) in self.pieces.iter().enumerate() {
            let run = point.minus(piece.start).dot(piece.along);
            if run < -self.half_width || run > piece.length + self.half_width {
                // Its foot is farther away than the profile is wide.
                continue;
            }
            let beyond = (i == 0 && run < 0.0) || (i == last && run > piece.length);
            let run = if run < 0.0 {
                0.0
            } else if run > piece.length {
                piece.length
            } else {
                run
            };
            let foot = Point2::new(piece.start.e + piece.along.e * run, piece.start.n + piece.along.n * run);
            let off = point.minus(foot);
            let off2 = off.dot(off);
            if off2 <= self.half_width * self.half_width && nearest.is_none_or(|(known, ..)| off2 < known) {
                nearest = Some((off2, piece, run, beyond));
            }
        }
        // Beyond either end of the whole profile there is no surface; at inner corners the outer wedge belongs to it.
        nearest
            .filter(|(.., beyond)| !beyond)
            .map(|(_, piece, run, _)| piece.at(run))
    }
}

impl Piece {
    fn between(from: &(Point2, f64), to: &(Point2, f64)) -> Option<Piece> {
        let along = to.0.minus(from.0).unit()?;
        let length = from.0.distance(to.0);
        let slope = (to.1 - from.1) / length;
        Some(Piece {
            start: from.0,
            along,
            length,
            height: from.1,
            slope,
            slope_start: slope,
            slope_end: slope,
        })
    }

    fn at(&self, run: f64) -> SurfacePoint {
        let slope = self.slope_start + (self.slope_end - self.slope_start) * (run / self.length);
        let height = self.height + self.slope * run;
        SurfacePoint {
            height,
            slope_e: slope * self.along.e,
            slope_n: slope * self.along.n,
        }
    }
}

/// Gives two adjoining pieces of a sampled curve one slope where they meet.
fn round_off(left: &mut Piece, right: &mut Piece) {
    let bend = right.slope - left.slope;
    if bend < KINK && bend > -KINK {
        let shared = (left.slope * right.length + right.slope * left.length) / (left.length + right.length);
        left.slope_end = shared;
        right.slope_start = shared;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane_points(count: usize, noise: f64) -> Vec<(Point2, f64)> {
        let corner = [(0.0, 0.0), (10.0, 0.0), (10.0, 8.0), (0.0, 8.0)];
        let sign = [1.0, -1.0, 1.0, -1.0];
        (0..count)
            .map(|i| {
                (
                    Point2::new(corner[i].0, corner[i].1),
                    2.0 - 0.05 * corner[i].0 + noise * sign[i],
                )
            })
            .collect()
    }

    #[test]
    fn base_plane_goes_through_three_points_and_averages_four() {
        let plane = BasePlane::fit(&plane_points(3, 0.0)).unwrap();
        assert!((plane.at(Point2::new(4.0, 100.0)).height - 1.8).abs() < 1e-12);
        // Alternating errors at the corners of a rectangle are orthogonal to every plane: least squares removes them.
        let plane = BasePlane::fit(&plane_points(4, 0.01)).unwrap();
        assert!((plane.at(Point2::new(4.0, 3.0)).height - 1.8).abs() < 1e-12);
        assert!((plane.slope_e + 0.05).abs() < 1e-12 && plane.slope_n.abs() < 1e-12);
    }

    #[test]
    fn points_on_a_line_carry_no_plane() {
        let line: Vec<_> = (0..5)
            .map(|i| (Point2::new(f64::from(i), 2.0 * f64::from(i)), 0.0))
            .collect();
        assert!(BasePlane::fit(&line).is_none());
        assert!(BasePlane::fit(&line[..2]).is_none());
    }

    /// 2 m wide, from (0, 0) west to (-4, 0): level 2 m, then up by 0.5 a metre.
    fn ramp() -> Surface {
        let line = [
            (Point2::new(0.0, 0.0), 1.0),
            (Point2::new(-2.0, 0.0), 1.0),
            (Point2::new(-4.0, 0.0), 2.0),
        ];
        Surface::new(BasePlane::default(), vec![Profile::new(&line, 2.0)])
    }

    #[test]
    fn profile_covers_its_width_and_its_length_only() {
        let ramp = ramp();
        for (e, n, height) in [
            (0.01, 0.0, 0.0),
            (-0.01, 0.99, 1.0),
            (-1.0, -1.01, 0.0),
            (-3.0, 1.0, 1.5),
            (-4.01, 0.0, 0.0),
        ] {
            assert!(
                (ramp.at(e, n).height - height).abs() < 1e-9,
                "at {e} {n}: {:?}",
                ramp.at(e, n)
            );
        }
    }

    #[test]
    fn a_kink_keeps_both_slopes_and_a_sampled_curve_is_rounded() {
        let ramp = ramp();
        assert!((ramp.at(-1.9, 0.0).slope_e).abs() < 1e-12);
        assert!((ramp.at(-2.1, 0.0).slope_e + 0.5).abs() < 1e-12);
        // Radius 50 m in steps of half a metre: the slope at s is s / 50 everywhere, not in stairs.
        let curve: Vec<_> = (0..=20)
            .map(|i| f64::from(i) * 0.5)
            .map(|s| (Point2::new(0.0, s), s * s / 100.0))
            .collect();
        let curve = Surface::new(BasePlane::default(), vec![Profile::new(&curve, 1.0)]);
        for s in [0.5, 0.7, 2.25, 5.6, 9.4] {
            assert!(
                (curve.at(0.2, s).slope_n - s / 50.0).abs() < 1e-9,
                "at {s}: {:?}",
                curve.at(0.2, s)
            );
        }
    }

    #[test]
    fn the_highest_profile_wins_and_corners_have_no_gap() {
        let low = Profile::new(&[(Point2::new(0.0, 0.0), 0.1), (Point2::new(10.0, 0.0), 0.1)], 4.0);
        let high = Profile::new(&[(Point2::new(5.0, -5.0), 0.3), (Point2::new(5.0, 5.0), 0.3)], 1.0);
        let corner = Profile::new(
            &[
                (Point2::new(20.0, 0.0), 0.7),
                (Point2::new(30.0, 0.0), 0.7),
                (Point2::new(30.0, 10.0), 0.7),
            ],
            4.0,
        );
        let surface = Surface::new(BasePlane::default(), vec![high, low, corner]);
        assert_eq!(surface.at(5.0, 0.0).height, 0.3);
        assert_eq!(surface.at(3.0, 0.0).height, 0.1);
        assert_eq!(surface.at(31.0, -1.0).height, 0.7);
        assert_eq!(surface.at(32.0, -1.0).height, 0.0);
        // A wide road of short pieces ends where it ends, though its second piece is within half a width of the point.
        let road: Vec<_> = (0..5).map(|i| (Point2::new(f64::from(i), 0.0), 0.4)).collect();
        let road = Surface::new(BasePlane::default(), vec![Profile::new(&road, 30.0)]);
        assert_eq!((road.at(-0.5, 3.0).height, road.at(0.5, 3.0).height), (0.0, 0.4));
        assert_eq!((road.at(4.5, -9.0).height, road.at(3.5, -9.0).height), (0.0, 0.4));
    }
}
