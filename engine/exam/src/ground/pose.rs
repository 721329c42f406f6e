//! Where the vehicle is on the course plane.
use super::outline::BodyPlace;
use super::towed::Towed;
use crate::board::Fitness;
use crate::budget::Budget;
use crate::manoeuvre::Distance;
use kaoguan_course::Point2;
use kaoguan_telemetry::units::{EventTime, TenthMillimetres};

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
    /// Place of the main antenna before the rear axle, and right of the middle.
    pub antenna_ahead: f64,
    pub antenna_right: f64,
}

impl Uncertainty {
    /// Across the vehicle, for a point so far ahead of the rear axle and so high: tilted by its lean, or by the slope where it does not
    /// lean.
    pub fn across(&self, ahead: f64, height: f64) -> TenthMillimetres {
        sum(&self.across_by_source(ahead, height))
    }
    /// The same by source: receiver, heading, lean or slope, survey; metres.
    pub fn across_by_source(&self, ahead: f64, height: f64) -> [f64; 4] {
        let turn = (ahead - self.antenna_ahead).abs() * self.heading;
        let tilt = (self.antenna_height - height).abs() * if self.leans() { self.lean } else { self.slope };
        [self.receiver, turn, tilt, self.survey]
    }
    fn leans(&self) -> bool {
        self.lean > 0.0
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
        self.judged_at(value, [ahead, self.antenna_right, -height], Some([0.0, 1.0]))
    }
    /// A value measured at a place of the body (metres forward, right and down from its origin) along a unit vector of its
    /// frame (forward, right), `None` for whichever direction is worst: the heading has the lever that the place has there,
    /// lean and slope have its height under the antenna or over it. What does not lean is tilted by the slope to all sides.
    pub fn judged_at(&self, value: TenthMillimetres, at: [f64; 3], along: Option<[f64; 2]>) -> Distance {
        let (ahead, right) = (at[0] - self.antenna_ahead, at[1] - self.antenna_right);
        let lever = match along {
            Some([forward, aside]) => (ahead * aside - right * forward).abs(),
            None => libm::sqrt(ahead * ahead + right * right),
        };
        let high = (self.antenna_height + at[2]).abs();
        let [forward, aside] = along.map_or([1.0, 1.0], |along| along.map(f64::abs));
        let (lean, slope) = match self.leans() {
            true => (high * self.lean * aside, high * self.slope * forward),
            false => (0.0, high * self.slope),
        };
        let heading = lever * self.heading;
        Distance {
            value,
            u: sum(&[self.receiver, heading, lean, slope, self.survey]),
            budget: Budget {
                receiver: part(self.receiver),
                heading: part(heading),
                lean: part(lean),
                slope: part(slope),
                survey: part(self.survey),
                ..Budget::default()
            },
            sight: None,
        }
    }
    /// A value of what is far off: as uncertain as the worst direction of the antenna's own place.
    pub fn judged_far(&self, value: TenthMillimetres) -> Distance {
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
    /// A value measured at a place of the body along a unit vector of the plane, `None` for whichever direction is worst.
    /// `None` at a trailer that is not known.
    pub fn judged(&self, value: TenthMillimetres, place: BodyPlace, along: Option<Point2>) -> Option<Distance> {
        if place.towed {
            return self.trailer.map(|trailer| trailer.judged(value, place.at, along));
        }
        let along = along.map(|along| in_frame(self.forward(), along));
        Some(self.doubt.judged_at(value, place.at, along))
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
        let [ahead, right] = in_frame(self.forward(), Point2::new(p.e - self.rear.e, p.n - self.rear.n));
        (ahead, right)
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

/// A vector of the plane as whoever looks along a unit vector has it: forward and right.
pub(super) fn in_frame(forward: Point2, v: Point2) -> [f64; 2] {
    [v.e * forward.e + v.n * forward.n, v.e * forward.n - v.n * forward.e]
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
        antenna_right: 0.0,
    };

    /// A coach: 9 mm of receiver, 0.2 degrees, a slope of 0.3 degrees, 20.6 mm of survey (20 and 5), its antenna 3.3 m up and
    /// 2.4 m behind the rear axle; it does not lean.
    const COACH: Uncertainty = Uncertainty {
        receiver: 0.009,
        heading: 0.2 * std::f64::consts::PI / 180.0,
        lean: 0.0,
        slope: 0.3 * std::f64::consts::PI / 180.0,
        survey: 0.0206,
        antenna_height: 3.3,
        antenna_ahead: -2.4,
        antenna_right: 0.0,
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

    /// By hand: the nose is 9.9 m before the antenna, 0.2 degrees of that are 34.56 mm across and nothing along; 2.7 m under
    /// it, 0.3 degrees are 14.14 mm to all sides. Across: sqrt(9^2 + 34.56^2 + 14.14^2 + 20.6^2) = 43.60 mm; along without the
    /// heading 26.57 mm. Its front left corner, 9.55 m before and 1.25 m left of it, along a line at 45 degrees:
    /// (9.55 + 1.25) / sqrt 2 = 7.637 m, 26.66 mm; and in the other one 5.869 m, 20.49 mm. In whichever: 9.631 m, 33.62 mm.
    #[test]
    fn a_point_of_the_body_has_the_lever_that_it_has_in_the_direction_measured() {
        let (nose, corner, half) = ([7.5, 0.0, -0.6], [7.15, -1.25, -0.6], 0.5_f64.sqrt());
        let of = |at, along| {
            let judged = COACH.judged_at(TenthMillimetres(0), at, along);
            (judged.u.0, judged.budget.heading, judged.budget.slope)
        };
        assert_eq!(of(nose, Some([0.0, 1.0])), (436, 346, 141));
        assert_eq!(of(nose, Some([-1.0, 0.0])), (266, 0, 141));
        assert_eq!(of(corner, Some([half, half])).1, 267);
        assert_eq!(of(corner, Some([half, -half])).1, 205);
        assert_eq!(of(corner, None).1, 336);
    }

    /// A two-wheeler leans across and is tilted along: 0.25 m under its antenna 0.0139 and 0.0052 are 3.475 and 1.3 mm.
    #[test]
    fn what_leans_does_so_across_only() {
        let bar = |along| DOUBT.judged_at(TenthMillimetres(0), [0.9, 0.4, -0.8], along).budget;
        let (across, along) = (bar(Some([0.0, 1.0])), bar(Some([1.0, 0.0])));
        assert_eq!((across.lean, across.slope, across.heading), (35, 0, 104));
        assert_eq!((along.lean, along.slope, along.heading), (0, 13, 35));
    }

    /// A car is little changed: its nose 3.6 m before an antenna 1.55 m up had sqrt(9^2 + 8.12^2 + 20.6^2) = 23.9 mm.
    /// Now, half a metre high: sqrt(9^2 + 12.57^2 + 5.50^2 + 20.6^2) = 26.3 mm.
    #[test]
    fn a_car_s_nose_is_little_changed() {
        let car = Uncertainty {
            antenna_height: 1.55,
            antenna_ahead: -0.2,
            ..COACH
        };
        assert_eq!(car.judged_far(TenthMillimetres(0)).u.0, 239);
        assert_eq!(
            car.judged_at(TenthMillimetres(0), [3.4, 0.0, -0.5], Some([0.0, 1.0]))
                .u
                .0,
            263
        );
    }
}
