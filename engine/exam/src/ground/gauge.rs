//! What is measured on a part of the course at every pose: integers, tenths of a millimetre, each with its uncertainty.
use super::pose::{Pose, tenth_mm};
use crate::manoeuvre::{Distance, Watch};
use crate::vehicle::Vehicle;
use kaoguan_course::{Part, Point2, Shape, Side, Site};
use kaoguan_telemetry::units::TenthMillimetres;

/// Nothing of the vehicle is measured on a pole farther away than this, metres.
const POLE_REACH: f64 = 3.5;
/// What "far inside" reads where a part does not concern the vehicle at all.
const FAR: i32 = -1_000_000;

/// A vehicle farther than this from a site's ground concerns none of its parts, metres.
const SITE_REACH: f64 = 6.0;

/// A site's ground.
#[derive(Debug, Clone)]
pub struct Yard(Vec<Point2>);

impl Yard {
    /// Of a site.
    pub fn of(site: &Site) -> Yard {
        Yard(site.ground.clone())
    }
    /// Near enough for the site's parts to be measured.
    pub fn concerns(&self, pose: &Pose) -> bool {
        clearance(&self.0, pose.front) < SITE_REACH
    }
    /// Either tyre is on it, or nearer to it than this.
    pub fn holds(&self, pose: &Pose, margin: TenthMillimetres) -> bool {
        let margin = f64::from(margin.0) * 1e-4;
        clearance(&self.0, pose.front) < margin || clearance(&self.0, pose.rear) < margin
    }
}

/// One watch on one part, bound to the map.
#[derive(Debug, Clone)]
pub struct Gauge {
    pub(super) kind: Kind,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Crossing {
        line: Vec<Point2>,
        sign: f64,
    },
    TyreBeyond {
        line: Vec<Point2>,
        outward: f64,
        half: [f64; 2],
        profile_ahead: f64,
    },
    Pole {
        centre: Point2,
        radius: f64,
        axis: Point2,
        wrong: f64,
        ahead: f64,
    },
    AxleAtStop {
        near: f64,
        far: f64,
        axis: Point2,
        height: f64,
    },
    BodyGap {
        line: Vec<Point2>,
        outward: f64,
    },
    Deck {
        from: f64,
        to: f64,
        axis: Point2,
    },
}

/// What a gauge reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// Each wheel's distance beyond a line in the riding direction, and whether it is between the line's ends.
    Crossing {
        front: TenthMillimetres,
        rear: TenthMillimetres,
        within: [bool; 2],
        u: TenthMillimetres,
    },
    /// How far the worst tyre edge is beyond a line.
    Beyond(Distance),
    /// A pole: how far the outline reaches into it; for each wheel how far it is past the pole and how far on its wrong
    /// side, as uncertain as the touch.
    Pole {
        touch: Distance,
        past: [TenthMillimetres; 2],
        wrong: [TenthMillimetres; 2],
    },
    /// How far each wheel, front and rear, is inside the deck's ends.
    Deck([Distance; 2]),
    /// At a stop only.
    AtStop(Distance),
}

impl Gauge {
    /// Binds a watch to a part; `None` where there is nothing to measure or the shape does not suit.
    pub fn bind(watch: Watch, part: &Part, site: &Site, vehicle: &Vehicle) -> Option<Gauge> {
        let mm = |mm: i32| f64::from(mm) * 1e-3;
        let half = [mm(vehicle.front_half_width), mm(vehicle.rear_half_width)];
        let ahead = mm(vehicle.wheelbase);
        let kind = match (watch, &part.shape) {
            (Watch::Crossing, Shape::Line(line)) => Kind::Crossing {
                line: line.clone(),
                sign: along_axis(line, site.axis),
            },
            (Watch::TyreBeyond, Shape::Line(line)) => Kind::TyreBeyond {
                line: line.clone(),
                outward: away_from_middle(line, site),
                half,
                profile_ahead: ahead,
            },
            (Watch::BodyGapAtStop, Shape::Line(line)) => Kind::BodyGap {
                line: line.clone(),
                outward: away_from_middle(line, site),
            },
            (Watch::Pole, Shape::Pole { centre, radius }) => Kind::Pole {
                centre: *centre,
                radius: *radius,
                axis: site.axis,
                wrong: if part.pass? == Side::Left { -1.0 } else { 1.0 },
                ahead,
            },
            (Watch::AxleAtStop, Shape::Area(ring)) => {
                let (near, far) = extent(ring, site.axis);
                Kind::AxleAtStop {
                    near,
                    far,
                    axis: site.axis,
                    height: mm(vehicle.tyre_radius),
                }
            }
            (Watch::Deck, Shape::Area(ring)) => {
                let (from, to) = extent(ring, site.axis);
                Kind::Deck {
                    from,
                    to,
                    axis: site.axis,
                }
            }
            _ => return None,
        };
        Some(Gauge { kind })
    }

    /// Whether it is read only when the vehicle stops.
    pub fn at_stop_only(&self) -> bool {
        matches!(self.kind, Kind::AxleAtStop { .. } | Kind::BodyGap { .. })
    }

    /// Reads it at a pose. `outline` gives the body's points on the map, worked out only where they are needed.
    pub fn read(&self, pose: &Pose, outline: &mut dyn FnMut() -> Vec<Point2>) -> Reads {
        match &self.kind {
            Kind::Crossing { line, sign } => {
                let (front, in_front) = beside(line, pose.front);
                let (rear, in_rear) = beside(line, pose.rear);
                Reads::Crossing {
                    front: tenth_mm(front * sign),
                    rear: tenth_mm(rear * sign),
                    within: [in_front, in_rear],
                    u: pose.doubt.worst(pose.doubt.antenna_ahead),
                }
            }
            Kind::TyreBeyond {
                line,
                outward,
                half,
                profile_ahead,
            } => {
                let edge = |wheel: Point2, half: f64| {
                    let (distance, within) = beside(line, wheel);
                    if within {
                        tenth_mm(distance * outward + half).0
                    } else {
                        FAR
                    }
                };
                let (front, rear) = (edge(pose.front, half[0]), edge(pose.rear, half[1]));
                let ahead = if front >= rear { *profile_ahead } else { 0.0 };
                let worst = TenthMillimetres(front.max(rear));
                Reads::Beyond(pose.doubt.judged_across(worst, ahead, 0.0))
            }
            Kind::Pole {
                centre,
                radius,
                axis,
                wrong,
                ahead,
            } => read_pole(pose, outline, *centre, *radius, *axis, *wrong, *ahead),
            Kind::AxleAtStop {
                near,
                far,
                axis,
                height,
            } => {
                let along = pose.axle.e * axis.e + pose.axle.n * axis.n;
                let outside = tenth_mm((near - along).max(along - far));
                Reads::AtStop(pose.doubt.judged_along(outside, *height))
            }
            Kind::BodyGap { line, outward } => {
                let gap = outline()
                    .iter()
                    .map(|p| -beside(line, *p).0 * outward)
                    .fold(f64::INFINITY, f64::min);
                let ahead = pose.doubt.antenna_ahead;
                Reads::AtStop(pose.doubt.judged_across(tenth_mm(gap), ahead, 0.0))
            }
            Kind::Deck { from, to, axis } => {
                let inside = |p: Point2| {
                    let along = p.e * axis.e + p.n * axis.n;
                    tenth_mm((along - from).min(to - along))
                };
                Reads::Deck([pose.front, pose.rear].map(|wheel| pose.doubt.judged_along(inside(wheel), 0.0)))
            }
        }
    }
}

fn read_pole(
    pose: &Pose,
    outline: &mut dyn FnMut() -> Vec<Point2>,
    centre: Point2,
    radius: f64,
    axis: Point2,
    wrong: f64,
    ahead: f64,
) -> Reads {
    let seen = |wheel: Point2| {
        let (e, n) = (wheel.e - centre.e, wheel.n - centre.n);
        (e * axis.e + n * axis.n, (axis.e * n - axis.n * e) * wrong)
    };
    let (front, rear) = (seen(pose.front), seen(pose.rear));
    let near = front.0.abs().min(rear.0.abs()) < POLE_REACH && front.1.abs().min(rear.1.abs()) < POLE_REACH;
    let reach = if near {
        tenth_mm(radius - clearance(&outline(), centre)).0
    } else {
        FAR
    };
    Reads::Pole {
        touch: pose.doubt.judged_across(TenthMillimetres(reach), ahead, 0.0),
        past: [tenth_mm(front.0), tenth_mm(rear.0)],
        wrong: [tenth_mm(front.1), tenth_mm(rear.1)],
    }
}

/// Signed distance of a point to a line, positive on its left; and whether its foot lies between the line's ends.
pub fn beside(line: &[Point2], p: Point2) -> (f64, bool) {
    let mut best = (f64::INFINITY, 0.0, false);
    for pair in line.windows(2) {
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
            best = (
                distance2,
                left,
                (0.0..=1.0).contains(&t) || distance2 < (nearest - t) * (nearest - t) * 1e-12,
            );
        }
    }
    (best.1, best.2)
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

/// +1 where the line's left normal points along the axis.
fn along_axis(line: &[Point2], axis: Point2) -> f64 {
    let (a, b) = (line[0], line[line.len() - 1]);
    if (b.e - a.e) * axis.n - (b.n - a.n) * axis.e > 0.0 {
        1.0
    } else {
        -1.0
    }
}

/// +1 where the line's left is away from the middle of the site's ground.
fn away_from_middle(line: &[Point2], site: &Site) -> f64 {
    let n = site.ground.len() as f64;
    let sum = site
        .ground
        .iter()
        .fold(Point2::new(0.0, 0.0), |s, p| Point2::new(s.e + p.e, s.n + p.n));
    let (left, _) = beside(line, Point2::new(sum.e / n, sum.n / n));
    if left > 0.0 { -1.0 } else { 1.0 }
}

fn extent(ring: &[Point2], axis: Point2) -> (f64, f64) {
    let along = ring.iter().map(|p| p.e * axis.e + p.n * axis.n);
    along.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), a| {
        (low.min(a), high.max(a))
    })
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

    #[test]
    fn clearance_is_negative_inside() {
        let ring = [p(0.0, 0.0), p(4.0, 0.0), p(4.0, 2.0), p(0.0, 2.0)];
        assert_eq!(clearance(&ring, p(1.0, 0.5)), -0.5);
        assert_eq!(clearance(&ring, p(7.0, 6.0)), 5.0);
    }
}
