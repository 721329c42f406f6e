//! What is measured on a part of the course at every pose: integers, tenths of a millimetre, each with its uncertainty.
use super::pose::{Pose, tenth_mm};
use crate::manoeuvre::{Distance, Watch, Wheel};
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
        feet: Vec<Foot>,
    },
    TyreBeyond {
        line: Vec<Point2>,
        outward: f64,
        feet: Vec<Foot>,
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

/// A tyre's contact: under which axle, how far before and right of that axle's middle, half as wide as this; metres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Foot {
    pub wheel: Wheel,
    pub ahead: f64,
    pub right: f64,
    pub half: f64,
    /// How far before the rear axle: the lever of the heading.
    pub lever: f64,
}

impl Foot {
    /// All of a vehicle: front axle first, as they come to a line.
    fn all(vehicle: &Vehicle) -> Vec<Foot> {
        let mm = |mm: i32| f64::from(mm) * 1e-3;
        let mut feet = Vec::new();
        let axles = vehicle.axles.iter().enumerate();
        for (no, axle) in axles {
            let wheel = if no == 1 { Wheel::Front } else { Wheel::Rear };
            // What is neither the front nor the rear axle keeps its distance from the rear one.
            let ahead = if no < 2 { 0.0 } else { mm(axle.at) };
            feet.extend(axle.contacts().map(|right| Foot {
                wheel,
                ahead,
                right: mm(right),
                half: mm(axle.half_width),
                lever: mm(axle.at),
            }));
        }
        feet.sort_by_key(|foot| foot.wheel);
        feet
    }

    /// Where it stands.
    pub fn at(&self, pose: &Pose) -> Point2 {
        let axle = match self.wheel {
            Wheel::Front => pose.front,
            Wheel::Rear => pose.rear,
        };
        if self.ahead == 0.0 && self.right == 0.0 {
            return axle;
        }
        let f = pose.forward();
        Point2::new(
            axle.e + f.e * self.ahead + f.n * self.right,
            axle.n + f.n * self.ahead - f.e * self.right,
        )
    }
}

/// How far an axle is beyond a line: beyond as soon as its last foot is, before it as long as none is, on it between.
fn axle_beyond(feet: &[Foot], wheel: Wheel, line: &[Point2], sign: f64, pose: &Pose) -> (TenthMillimetres, bool) {
    let (mut low, mut high, mut within) = (f64::INFINITY, f64::NEG_INFINITY, true);
    for foot in feet.iter().filter(|foot| foot.wheel == wheel && foot.ahead == 0.0) {
        let (distance, inside) = beside(line, foot.at(pose));
        low = low.min(distance * sign);
        high = high.max(distance * sign);
        within &= inside;
    }
    let beyond = if low > 0.0 {
        low
    } else if high < 0.0 {
        high
    } else {
        0.0
    };
    (tenth_mm(beyond), within)
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
        let ahead = mm(vehicle.wheelbase);
        let kind = match (watch, &part.shape) {
            (Watch::Crossing, Shape::Line(line)) => Kind::Crossing {
                line: line.clone(),
                sign: along_axis(line, site),
                feet: Foot::all(vehicle),
            },
            (Watch::TyreBeyond, Shape::Line(line)) => Kind::TyreBeyond {
                line: line.clone(),
                outward: outward_of(part, line, site),
                feet: Foot::all(vehicle),
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
            Kind::Crossing { line, sign, feet } => {
                let (front, in_front) = axle_beyond(feet, Wheel::Front, line, *sign, pose);
                let (rear, in_rear) = axle_beyond(feet, Wheel::Rear, line, *sign, pose);
                Reads::Crossing {
                    front,
                    rear,
                    within: [in_front, in_rear],
                    u: pose.doubt.worst(pose.doubt.antenna_ahead),
                }
            }
            Kind::TyreBeyond { line, outward, feet } => {
                let (worst, foot) = worst_tyre(feet, line, *outward, pose);
                let beyond = if worst.is_finite() { tenth_mm(worst).0 } else { FAR };
                let lever = foot.map_or(0.0, |foot| foot.lever);
                Reads::Beyond(pose.doubt.judged_across(TenthMillimetres(beyond), lever, 0.0))
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

/// How far the outermost tyre edge is beyond a line, metres, and whose it is; a tyre past the line's ends does not count.
pub(super) fn worst_tyre<'f>(feet: &'f [Foot], line: &[Point2], outward: f64, pose: &Pose) -> (f64, Option<&'f Foot>) {
    let mut worst = (f64::NEG_INFINITY, None);
    for foot in feet {
        let (distance, within) = beside(line, foot.at(pose));
        let beyond = distance * outward + foot.half;
        if within && beyond > worst.0 {
            worst = (beyond, Some(foot));
        }
    }
    worst
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

/// +1 where the line's left normal points along the riding direction there.
fn along_axis(line: &[Point2], site: &Site) -> f64 {
    let (a, b) = (line[0], line[line.len() - 1]);
    let riding = site.direction_at(Point2::new((a.e + b.e) * 0.5, (a.n + b.n) * 0.5));
    if (b.e - a.e) * riding.n - (b.n - a.n) * riding.e > 0.0 {
        1.0
    } else {
        -1.0
    }
}

/// +1 where the line's left is forbidden: an edge is drawn in riding direction, of any other line the outside counts.
fn outward_of(part: &Part, line: &[Point2], site: &Site) -> f64 {
    match part.role.as_str() {
        "edge_left" => 1.0,
        "edge_right" => -1.0,
        _ => away_from_middle(line, site),
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
}
