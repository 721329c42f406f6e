//! Where the vehicle is on the course plane.
use super::lever::{Rotation, moved};
use super::plane::{clearance, nearest_on_ring};
use super::towed::Towed;
use crate::board::Fitness;
use crate::budget::Budget;
use crate::manoeuvre::Distance;
use kaoguan_course::Point2;
use kaoguan_telemetry::units::{EventTime, TenthMillimetres};
use std::cell::OnceCell;

/// Poses between two fixes are at most this far apart, metres, and at most this many.
const SWEEP_STEP: f64 = 0.05;
const SWEEP_MAX: f64 = 12.0;

/// One laid instant. Metres of the course plane, radians, metres per second.
#[derive(Debug, Clone, Copy)]
pub struct Pose {
    pub at: EventTime,
    /// When the last believed fix was that it rests on: the same, where it is not reckoned.
    pub believed: EventTime,
    /// Rear tyre's contact.
    pub rear: Point2,
    /// Front tyre's contact.
    pub front: Point2,
    /// Front axle's centre, straight down on the map.
    pub axle: Point2,
    /// The body's origin: under the rear axle if the body stood upright.
    pub origin: Point2,
    pub heading: f64,
    pub pitch: f64,
    pub roll: f64,
    /// Along the heading; negative backwards.
    pub speed: f64,
    pub doubt: Uncertainty,
    pub fitness: Fitness,
    /// What it draws, where that is known.
    pub trailer: Option<Towed>,
}

/// Standard uncertainties from which those of every point follow. Metres and radians.
#[derive(Debug, Clone, Copy, Default)]
pub struct Uncertainty {
    /// Receiver, in each horizontal direction.
    pub receiver: f64,
    pub heading: f64,
    pub lean: f64,
    pub slope: f64,
    /// Survey of course and of vehicle, together.
    pub survey: f64,
    /// Height of the main antenna above the ground.
    pub antenna_height: f64,
    /// Place of the main antenna before the rear axle.
    pub antenna_ahead: f64,
}

impl Uncertainty {
    /// Across the vehicle, for a point so far ahead of the rear axle and so high.
    pub fn across(&self, ahead: f64, height: f64) -> TenthMillimetres {
        sum(&self.across_by_source(ahead, height))
    }
    /// The same by source: receiver, heading, lean, survey; metres.
    pub fn across_by_source(&self, ahead: f64, height: f64) -> [f64; 4] {
        let turn = (ahead - self.antenna_ahead).abs() * self.heading;
        let lean = (self.antenna_height - height).abs() * self.lean;
        [self.receiver, turn, lean, self.survey]
    }
    /// Along the vehicle, for a point so high.
    pub fn along(&self, height: f64) -> TenthMillimetres {
        sum(&self.along_by_source(height))
    }
    /// The same by source: receiver, slope, survey; metres.
    pub fn along_by_source(&self, height: f64) -> [f64; 3] {
        let slope = (self.antenna_height - height).abs() * self.slope;
        [self.receiver, slope, self.survey]
    }
    /// Of a distance between two places of the same vehicle within seconds: survey and lever arm cancel.
    pub fn difference(&self) -> TenthMillimetres {
        tenth_mm(libm::sqrt(2.0) * self.receiver)
    }
    /// A value measured across the vehicle, with its uncertainty and what that is made of.
    pub fn judged_across(&self, value: TenthMillimetres, ahead: f64, height: f64) -> Distance {
        let [receiver, heading, lean, survey] = self.across_by_source(ahead, height).map(part);
        Distance {
            value,
            u: self.across(ahead, height),
            budget: Budget {
                receiver,
                heading,
                lean,
                survey,
                ..Budget::default()
            },
            sight: None,
        }
    }
    /// A value of whichever point of the body in whichever direction: as uncertain as the worst.
    pub fn judged_anywhere(&self, value: TenthMillimetres) -> Distance {
        let (across, along) = (
            self.judged_across(value, self.antenna_ahead, 0.0),
            self.judged_along(value, 0.0),
        );
        if across.u > along.u { across } else { along }
    }
    /// The same along the vehicle.
    pub fn judged_along(&self, value: TenthMillimetres, height: f64) -> Distance {
        let [receiver, slope, survey] = self.along_by_source(height).map(part);
        Distance {
            value,
            u: self.along(height),
            budget: Budget {
                receiver,
                slope,
                survey,
                ..Budget::default()
            },
            sight: None,
        }
    }
    /// The same between two places of the same vehicle within seconds.
    pub fn judged_difference(&self, value: TenthMillimetres) -> Distance {
        let u = self.difference();
        let budget = Budget {
            receiver: u.0,
            ..Budget::default()
        };
        Distance {
            value,
            u,
            budget,
            sight: None,
        }
    }
    /// The worst of all points.
    pub fn worst(&self, ahead: f64) -> TenthMillimetres {
        self.across(ahead, 0.0).max(self.along(0.0))
    }
}

/// Of independent parts: the root of their squares' sum.
pub(super) fn sum(parts: &[f64]) -> TenthMillimetres {
    tenth_mm(libm::sqrt(parts.iter().map(|part| part * part).sum()))
}

/// One part of a sum: metres, never negative, as tenths of a millimetre. Cheaper than [`tenth_mm`], for every pose.
fn part(metres: f64) -> i32 {
    (metres * 1e4 + 0.5) as i32
}

/// Metres to tenths of a millimetre, rounded; far away stays far away.
pub fn tenth_mm(metres: f64) -> TenthMillimetres {
    TenthMillimetres(libm::round(metres * 1e4).clamp(-1e9, 1e9) as i32)
}

/// A place to measure from, with the direction the vehicle had there.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    place: Point2,
    /// Unit vector.
    pub(super) forward: Point2,
}

impl Mark {
    /// Metres from the mark to a point, along the mark's direction.
    pub(super) fn metres_to(&self, point: Point2) -> f64 {
        let (de, dn) = (point.e - self.place.e, point.n - self.place.n);
        de * self.forward.e + dn * self.forward.n
    }
}

impl Pose {
    /// Marks this place and direction.
    pub fn mark(&self) -> Mark {
        Mark {
            place: self.rear,
            forward: self.forward(),
        }
    }
    /// Unit vector of the heading.
    pub fn forward(&self) -> Point2 {
        Point2::new(libm::sin(self.heading), libm::cos(self.heading))
    }
    /// How far the rear wheel is ahead of a mark, along the mark's direction.
    pub fn ahead_of(&self, mark: &Mark) -> TenthMillimetres {
        tenth_mm(mark.metres_to(self.rear))
    }
    /// Whether the heading differs from the mark's by more than 30 degrees.
    pub fn has_turned_from(&self, mark: &Mark) -> bool {
        let forward = self.forward();
        forward.e * mark.forward.e + forward.n * mark.forward.n < libm::cos(std::f64::consts::PI / 6.0)
    }
    /// Speed along the heading, millimetres per second.
    pub fn speed_mm_s(&self) -> i64 {
        libm::round(self.speed * 1e3) as i64
    }
    /// Speed whichever way, metres per hour.
    pub fn speed_m_h(&self) -> i64 {
        libm::round(self.speed.abs() * 3_600.0) as i64
    }
    /// Poses on the way from this one to a later one, without either.
    pub fn sweep<'p>(&'p self, later: &'p Pose) -> impl Iterator<Item = Pose> + 'p {
        let (de, dn) = (later.front.e - self.front.e, later.front.n - self.front.n);
        let steps = libm::ceil(libm::sqrt(de * de + dn * dn) / SWEEP_STEP).clamp(1.0, SWEEP_MAX) as u32;
        (1..steps).map(move |i| self.between(later, f64::from(i) / f64::from(steps)))
    }
    /// The pose between this one and a later one, `part` of the way (0 to 1): the rear wheel rolls on a curve that leaves
    /// and arrives with the speed and heading that were measured, the body turns evenly and keeps its points in its own
    /// frame. On a circle of 3 m at 3 m/s and 10 Hz a straight chord would cut the corner by 4 mm.
    pub fn between(&self, later: &Pose, part: f64) -> Pose {
        let mix = |a: f64, b: f64| a + (b - a) * part;
        let angle = |a: f64, b: f64| a + turn_between(a, b) * part;
        let heading = angle(self.heading, later.heading);
        let rear = self.rolled(later, part);
        let placed = |of: fn(&Pose) -> Point2| {
            let (before, after) = (self.seen(of(self)), later.seen(of(later)));
            let (ahead, right) = (mix(before.0, after.0), mix(before.1, after.1));
            let (sin, cos) = (libm::sin(heading), libm::cos(heading));
            Point2::new(rear.e + ahead * sin + right * cos, rear.n + ahead * cos - right * sin)
        };
        Pose {
            at: self.at + kaoguan_telemetry::units::Micros(((later.at - self.at).0 as f64 * part) as i64),
            rear,
            front: placed(|pose| pose.front),
            axle: placed(|pose| pose.axle),
            origin: placed(|pose| pose.origin),
            heading,
            pitch: mix(self.pitch, later.pitch),
            roll: mix(self.roll, later.roll),
            speed: mix(self.speed, later.speed),
            trailer: self.trailer.zip(later.trailer).map(|(a, b)| a.between(&b, part)),
            ..*later
        }
    }
    /// A point of the plane as the vehicle sees it: metres ahead and to the right of the rear contact.
    fn seen(&self, p: Point2) -> (f64, f64) {
        let forward = self.forward();
        let (e, n) = (p.e - self.rear.e, p.n - self.rear.n);
        (e * forward.e + n * forward.n, e * forward.n - n * forward.e)
    }
    /// Where the rear wheel is on its way to a later pose: a cubic with both speeds (Hermite).
    fn rolled(&self, later: &Pose, t: f64) -> Point2 {
        let dt = (later.at - self.at).0 as f64 * 1e-6;
        let (t2, t3) = (t * t, t * t * t);
        let weights = [
            2.0 * t3 - 3.0 * t2 + 1.0,
            3.0 * t2 - 2.0 * t3,
            (t3 - 2.0 * t2 + t) * dt,
            (t3 - t2) * dt,
        ];
        let along = |of: fn(Point2) -> f64| {
            let (leaves, arrives) = (of(self.forward()) * self.speed, of(later.forward()) * later.speed);
            weights[0] * of(self.rear) + weights[1] * of(later.rear) + weights[2] * leaves + weights[3] * arrives
        };
        Point2::new(along(|p| p.e), along(|p| p.n))
    }
}

/// The body's outline in its own frame, and that of what it draws in its own; metres.
#[derive(Debug, Clone, Default)]
pub struct Outline {
    pub own: Vec<[f64; 3]>,
    pub towed: Vec<[f64; 3]>,
}

impl Outline {
    /// The body's own ring on the map, each point laid by its own height.
    pub fn own_laid(&self, pose: &Pose) -> Vec<Point2> {
        let rotation = Rotation::new(pose.heading, pose.pitch, pose.roll);
        self.own.iter().map(|b| moved(pose.origin, rotation.turn(*b))).collect()
    }
    /// The trailer's; nothing where there is none, or where it is is not known.
    pub fn towed_laid(&self, pose: &Pose) -> Vec<Point2> {
        let laid = pose.trailer.map(|trailer| trailer.laid(&self.towed).collect());
        laid.unwrap_or_default()
    }
    /// Both on the map, worked out when first asked for.
    pub fn lazy<'o>(&'o self, pose: &'o Pose) -> OutlineOnMap<'o> {
        OutlineOnMap {
            body: self,
            pose,
            rings: OnceCell::new(),
        }
    }
}

/// An outline on the map, worked out when first asked for.
#[derive(Debug)]
pub struct OutlineOnMap<'o> {
    body: &'o Outline,
    pose: &'o Pose,
    rings: OnceCell<Rings>,
}

impl OutlineOnMap<'_> {
    /// Its rings.
    pub fn rings(&self) -> &Rings {
        self.rings.get_or_init(|| {
            let mut points = self.body.own_laid(self.pose);
            let own = points.len();
            points.extend(self.body.towed_laid(self.pose));
            Rings { points, own }
        })
    }
    /// How far forward of the trailer's origin a point of it is, metres; `None` for a point of the vehicle itself.
    pub fn towed_ahead(&self, point: usize) -> Option<f64> {
        let towed = point.checked_sub(self.body.own.len())?;
        self.body.towed.get(towed).map(|b| b[0])
    }
}

/// The body on the map: one ring, or two where it draws something.
#[derive(Debug)]
pub struct Rings {
    points: Vec<Point2>,
    own: usize,
}

impl Rings {
    /// Of one body.
    #[cfg(test)]
    pub fn of_one(points: Vec<Point2>) -> Rings {
        let own = points.len();
        Rings { points, own }
    }
    /// The points of all of them.
    pub fn points(&self) -> &[Point2] {
        &self.points
    }
    /// Each of them, with the number of its first point.
    pub fn each(&self) -> impl Iterator<Item = (usize, &[Point2])> {
        let (own, towed) = self.points.split_at(self.own);
        [(0, own), (self.own, towed)]
            .into_iter()
            .filter(|(_, ring)| !ring.is_empty())
    }
    /// Distance of a point to them, negative inside, and the first point of the ring that it is nearest to or deepest in.
    pub fn clearance(&self, p: Point2) -> (f64, usize) {
        let each = self.each().map(|(first, ring)| (clearance(ring, p), first));
        each.fold(
            (f64::INFINITY, 0),
            |least, each| if each.0 < least.0 { each } else { least },
        )
    }
    /// Of the ring that begins with this point, the number of its point that is nearest; the vehicle's own ring has one
    /// uncertainty for all.
    pub fn point_near(&self, p: Point2, first: usize) -> usize {
        if first == 0 {
            return 0;
        }
        let towed = self.points.iter().enumerate().skip(first);
        let nearest = towed.min_by(|a, b| a.1.distance(p).total_cmp(&b.1.distance(p)));
        nearest.map_or(first, |(no, _)| no)
    }
    /// The point of their borders from which that distance is measured.
    pub fn nearest(&self, p: Point2) -> Point2 {
        let (_, of) = self.clearance(p);
        let ring = self.each().find(|(first, _)| *first == of);
        ring.map_or(p, |(_, ring)| nearest_on_ring(ring, p))
    }
}

#[cfg(test)]
impl<'o> OutlineOnMap<'o> {
    /// Of points that are known.
    pub fn known(body: &'o Outline, pose: &'o Pose, points: Vec<Point2>) -> OutlineOnMap<'o> {
        let rings = OnceCell::from(Rings::of_one(points));
        OutlineOnMap { body, pose, rings }
    }
}

/// The short way from one angle to another, radians.
pub fn turn_between(from: f64, to: f64) -> f64 {
    use std::f64::consts::PI;
    let mut turn = to - from;
    while turn > PI {
        turn -= 2.0 * PI;
    }
    while turn < -PI {
        turn += 2.0 * PI;
    }
    turn
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A rear wheel on a circle to the right, 3 m of radius, 3 m/s; the front 1.2 m ahead; at an angle in radians.
    fn on_circle(angle: f64) -> Pose {
        let (radius, ahead) = (3.0, 1.2);
        let rear = Point2::new(-radius * angle.cos(), radius * angle.sin());
        let forward = Point2::new(angle.sin(), angle.cos());
        let front = Point2::new(rear.e + ahead * forward.e, rear.n + ahead * forward.n);
        Pose {
            at: EventTime((angle * 1e6) as i64),
            believed: EventTime((angle * 1e6) as i64),
            rear,
            front,
            axle: front,
            origin: rear,
            heading: angle,
            pitch: 0.0,
            roll: 0.0,
            speed: radius,
            doubt: Uncertainty::default(),
            fitness: Fitness::Fit,
            trailer: None,
        }
    }

    /// Half-way between two epochs of 10 Hz the wheels are on the circle, not on its chord.
    #[test]
    fn between_two_epochs_it_rolls_on() {
        let (before, after) = (on_circle(0.4), on_circle(0.5));
        for part in [0.25, 0.5, 0.75] {
            let (between, truth) = (before.between(&after, part), on_circle(0.4 + 0.1 * part));
            for (have, want) in [(between.rear, truth.rear), (between.front, truth.front)] {
                assert!(have.distance(want) < 1e-5, "{have:?} {want:?}");
            }
            assert_eq!(between.at.0 / 10, truth.at.0 / 10);
        }
        let chord = Point2::new(
            (before.rear.e + after.rear.e) / 2.0,
            (before.rear.n + after.rear.n) / 2.0,
        );
        assert!(
            (chord.distance(on_circle(0.45).rear) - 0.003_75).abs() < 1e-5,
            "3 (1 - cos 0.05)"
        );
    }

    /// Whoever rolls backwards does so between the epochs too.
    #[test]
    fn backwards_it_rolls_backwards() {
        let still = |n: f64, speed: f64, at: i64| Pose {
            at: EventTime(at),
            rear: Point2::new(0.0, n),
            front: Point2::new(0.0, n + 1.2),
            speed,
            heading: 0.0,
            ..on_circle(0.0)
        };
        let (before, after) = (still(0.0, 0.0, 0), still(-0.02, -0.4, 100_000));
        let half = before.between(&after, 0.5);
        assert!(
            (half.rear.n + 0.005).abs() < 1e-9,
            "an even acceleration: {}",
            half.rear.n
        );
        assert!((half.front.n - half.rear.n - 1.2).abs() < 1e-12);
    }
    /// 12 mm of receiver, half a degree, an antenna a metre up and 300 mm behind the rear axle.
    const DOUBT: Uncertainty = Uncertainty {
        receiver: 0.0123,
        heading: 0.0087,
        lean: 0.0139,
        slope: 0.0052,
        survey: 0.0081,
        antenna_height: 1.05,
        antenna_ahead: -0.3,
    };

    /// Each part may be off by half a tenth, and so may the whole.
    #[test]
    fn the_parts_of_a_budget_make_up_its_u() {
        let value = TenthMillimetres(420);
        for judged in [
            DOUBT.judged_across(value, 1.235, 0.0),
            DOUBT.judged_across(value, 0.0, 0.3),
            DOUBT.judged_along(value, 0.0),
            DOUBT.judged_along(value, 1.4),
            DOUBT.judged_difference(value),
        ] {
            let squares: f64 = judged
                .budget
                .parts()
                .iter()
                .map(|(_, part)| f64::from(part * part))
                .sum();
            let off = libm::sqrt(squares) - f64::from(judged.u.0);
            assert!(off.abs() < 1.5, "{judged:?} is off by {off} tenths");
            assert_eq!(judged.value, value);
        }
    }

    /// By hand: 1.535 m * 0.0087 = 13.35 mm; 1.05 m * 0.0139 = 14.60 mm; 1.05 m * 0.0052 = 5.46 mm.
    #[test]
    fn each_source_has_its_own_lever() {
        let across = DOUBT.judged_across(TenthMillimetres(0), 1.235, 0.0).budget;
        let (front, along) = (
            across.parts(),
            DOUBT.judged_along(TenthMillimetres(0), 0.0).budget.parts(),
        );
        assert_eq!(front.map(|(_, part)| part), [123, 134, 146, 0, 81, 0]);
        assert_eq!(along.map(|(_, part)| part), [123, 0, 0, 55, 81, 0]);
        assert_eq!(
            front.map(|(name, _)| name),
            ["receiver", "heading", "lean", "slope", "survey", "timing"]
        );
    }
}
