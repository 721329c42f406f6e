//! Dead reckoning: where the vehicle is while its fixes are not believed.
//!
//! The problem: a float solution of a second, a wrong fix or none at all would void an item although the receiver's Doppler
//! velocity goes on, the wheel counts its pulses and the gyro knows how it turns. The answer: from the last believed fix on,
//! the antenna is carried along its velocity, and the rear contact along the heading by the wheel's way, each with an
//! uncertainty that grows, and the surer one counts; a fix that agrees with where it was carried is believed at once, one
//! that contradicts it is not. Nothing is settled before a believed fix has confirmed it (`exam`).
//!
//! Deliberately not here: accelerations integrated twice. Pulses don't say which way: whoever stood without a fix and rolls
//! again is not carried.
use super::odometer::Rolled;
use super::pose::Pose;
use crate::syllabus::Doubt;
use kaoguan_course::Point2;
use kaoguan_telemetry::units::{EventTime, Micros};

/// Epochs farther apart are not joined: at 2 m/s² the mean of both velocities would be off by 16 mm.
pub const STEP_MAX: Micros = Micros(250_000);
/// Whoever is faster is known to go forwards, or back, m/s: five times the noise of a velocity.
pub const KNOWN: f64 = 0.1;

/// The antenna, carried from the last believed fix.
#[derive(Debug, Clone, Copy)]
pub struct Reckoning {
    /// When the last believed fix was.
    pub believed: EventTime,
    /// Where the antenna is, metres of the course plane.
    pub place: Point2,
    at: EventTime,
    velocity: Point2,
    rear: Point2,
    heading: f64,
    rolls: Option<(Rolled, Rolls)>,
    /// Standard uncertainty of the believed fix, metres.
    begun_u: f64,
    /// What the ways since then have added: metres, as if each error were the same all the way.
    strayed: f64,
    /// What the places between two pulses, then and now, and the way since the last one add: metres.
    slack: f64,
}

/// Carried by the velocity, and by the wheel.
#[derive(Debug, Clone, Copy, Default)]
pub struct Both {
    /// As long as there is a velocity.
    pub by_velocity: Option<Reckoning>,
    /// As long as there are pulses.
    pub by_wheel: Option<Reckoning>,
}

impl Both {
    /// The surer one.
    pub fn surer(&self) -> Option<Reckoning> {
        match (self.by_velocity, self.by_wheel) {
            (Some(velocity), Some(wheel)) if wheel.u() < velocity.u() => Some(wheel),
            (velocity, wheel) => velocity.or(wheel),
        }
    }
}

/// Which way the wheel rolls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rolls {
    Forwards,
    Backwards,
    Not,
}

/// How well a wheel tells a way.
#[derive(Debug, Clone, Copy)]
pub struct Wheel {
    /// Metres from pulse to pulse.
    pub pulse: f64,
    /// Standard uncertainty of its way, as a share, and of its direction, radians: together, as a share.
    pub share_u: f64,
}

impl Reckoning {
    /// From a believed fix of the antenna with its velocity (m/s), the pose there, and what the wheel says.
    pub fn begin(place: Point2, velocity: Point2, pose: &Pose, rolled: Option<Rolled>) -> Reckoning {
        let rolls = rolled.and_then(|rolled| {
            let which = match pose.speed {
                speed if speed > KNOWN => Rolls::Forwards,
                speed if speed < -KNOWN => Rolls::Backwards,
                _ if rolled.speed == 0.0 => Rolls::Not,
                _ => return None,
            };
            Some((rolled, which))
        });
        Reckoning {
            believed: pose.at,
            place,
            at: pose.at,
            velocity,
            rear: pose.rear,
            heading: pose.heading,
            rolls,
            begun_u: pose.doubt.receiver,
            strayed: 0.0,
            slack: 0.0,
        }
    }

    /// The same an epoch later, with the velocity there; `None` after too long or over too wide a gap.
    pub fn carried(self, at: EventTime, velocity: Option<Point2>, doubt: &Doubt) -> Option<Reckoning> {
        let (step, velocity) = (self.step(at)?, velocity?);
        if at - self.believed > doubt.reckon {
            return None;
        }
        let (e, n) = (
            (self.velocity.e + velocity.e) * 0.5 * step,
            (self.velocity.n + velocity.n) * 0.5 * step,
        );
        Some(Reckoning {
            place: Point2::new(self.place.e + e, self.place.n + n),
            at,
            velocity,
            strayed: self.strayed + step * doubt.reckon_u_mm_s as f64 * 1e-3,
            ..self
        })
    }

    /// The same an epoch later, as far as the wheel has rolled; `None` where that or its way is not known. `stands` gives the
    /// vehicle's pose under an antenna.
    pub fn rolled(
        self,
        at: EventTime,
        now: Rolled,
        wheel: Wheel,
        doubt: &Doubt,
        stands: &mut dyn FnMut(Point2) -> Pose,
    ) -> Option<Reckoning> {
        self.step(at)?;
        let (then, rolls) = self.rolls?;
        let travel = now.since(then)?;
        if at - self.believed > doubt.reckon_rolled || (rolls == Rolls::Not && travel != 0.0) {
            return None;
        }
        let signed = if rolls == Rolls::Backwards { -travel } else { travel };
        // Where it would stand without having rolled: its heading is the new one, its rear contact swung with the antenna.
        let swung = stands(self.place);
        let half = self.heading + super::turn_between(self.heading, swung.heading) * 0.5;
        let rear = Point2::new(
            self.rear.e + signed * libm::sin(half),
            self.rear.n + signed * libm::cos(half),
        );
        let place = Point2::new(
            self.place.e + rear.e - swung.rear.e,
            self.place.n + rear.n - swung.rear.n,
        );
        let rolls = if now.speed == 0.0 { Rolls::Not } else { rolls };
        Some(Reckoning {
            place,
            rear,
            at,
            heading: swung.heading,
            rolls: Some((now, rolls)),
            strayed: self.strayed + travel.abs() * wheel.share_u,
            slack: wheel.pulse / libm::sqrt(3.0),
            ..self
        })
    }

    /// Whether the wheel is believed, and which way it rolls is known.
    pub fn rolls(&self) -> bool {
        self.rolls.is_some()
    }

    /// Its speed along the heading as the wheel tells it, m/s.
    pub fn speed(&self) -> f64 {
        match self.rolls {
            Some((rolled, Rolls::Forwards)) => rolled.speed,
            Some((rolled, Rolls::Backwards)) => -rolled.speed,
            _ => 0.0,
        }
    }

    /// Its standard uncertainty in each horizontal direction, metres.
    pub fn u(&self) -> f64 {
        libm::sqrt(self.begun_u * self.begun_u + self.strayed * self.strayed + self.slack * self.slack)
    }

    /// Seconds since the last epoch; `None` over too wide a gap.
    fn step(&self, at: EventTime) -> Option<f64> {
        let step = at - self.at;
        (step > Micros(0) && step <= STEP_MAX).then_some(step.0 as f64 * 1e-6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doubt() -> Doubt {
        Doubt {
            reckon: Micros(1_500_000),
            reckon_rolled: Micros(5_000_000),
            reckon_u_mm_s: 30,
            ..Doubt::default()
        }
    }

    fn begun(place: Point2, velocity: Point2) -> Reckoning {
        let pose = pose_at(place, 0.0);
        Reckoning::begin(place, velocity, &pose, None)
    }

    /// A vehicle whose antenna stands on its rear contact.
    fn pose_at(place: Point2, heading: f64) -> Pose {
        Pose {
            at: EventTime(0),
            believed: EventTime(0),
            rear: place,
            front: place,
            axle: place,
            origin: place,
            heading,
            pitch: 0.0,
            roll: 0.0,
            speed: 1.5,
            speed_lag: Micros(0),
            doubt: crate::ground::pose::Uncertainty {
                receiver: 0.012,
                ..Default::default()
            },
            fitness: crate::board::Fitness::Fit,
        }
    }

    /// Round the same circle by the wheel's way and the heading, and then standing.
    #[test]
    fn the_wheel_carries_it_round_a_circle_until_it_has_stood() {
        let (radius, omega) = (3.0, 0.5);
        let place = |t: f64| Point2::new(radius * (omega * t).sin(), radius * (omega * t).cos());
        let heading = |t: f64| std::f64::consts::FRAC_PI_2 + omega * t;
        let rolled = |way: f64, speed: f64| Rolled::of(way, speed);
        let mut before = pose_at(place(0.0), heading(0.0));
        before.speed = radius * omega;
        let begun = Reckoning::begin(place(0.0), Point2::new(1.5, 0.0), &before, Some(rolled(0.0, 1.5)));
        let wheel = Wheel {
            pulse: 0.045,
            share_u: 0.01,
        };
        let mut reckoned = begun;
        let on = |reckoned: Reckoning, tenth: i64, now: Rolled, heading: f64| {
            let at = EventTime(tenth * 100_000);
            reckoned.rolled(at, now, wheel, &doubt(), &mut |antenna| pose_at(antenna, heading))
        };
        for tenth in 1..=20 {
            let t = f64::from(tenth) * 0.1;
            reckoned = on(reckoned, tenth.into(), rolled(1.5 * t, 1.5), heading(t)).expect("it rolls");
            assert!(reckoned.place.distance(place(t)) < 0.001, "{t}");
        }
        let strayed: f64 = 3.0 * 0.01;
        let u = (0.012f64.powi(2) + strayed.powi(2) + 0.045f64.powi(2) / 3.0).sqrt();
        assert!((reckoned.u() - u).abs() < 1e-9);
        assert_eq!(reckoned.speed(), 1.5);
        let stands = on(reckoned, 21, rolled(3.0, 0.0), heading(2.0)).expect("it stands");
        assert_eq!(stands.speed(), 0.0);
        assert!(stands.place.distance(place(2.0)) < 0.001);
        assert!(
            on(stands, 22, rolled(3.045, 0.09), heading(2.0)).is_none(),
            "which way?"
        );
        let mut slow = before;
        slow.speed = 0.05;
        let slow = Reckoning::begin(place(0.0), Point2::new(0.05, 0.0), &slow, Some(rolled(0.0, 0.09)));
        assert!(on(slow, 1, rolled(0.045, 0.09), heading(0.1)).is_none(), "which way?");
    }

    /// Round a circle of 3 m at 1.5 m/s for a second and a half: the chord of each tenth is half a millimetre short.
    #[test]
    fn it_is_carried_round_a_circle() {
        let (radius, omega) = (3.0, 0.5);
        let place = |t: f64| Point2::new(radius * (omega * t).sin(), radius * (omega * t).cos());
        let velocity = |t: f64| Point2::new(radius * omega * (omega * t).cos(), -radius * omega * (omega * t).sin());
        let mut reckoned = begun(place(0.0), velocity(0.0));
        for tenth in 1..=15 {
            let t = f64::from(tenth) * 0.1;
            let carried = reckoned.carried(EventTime(i64::from(tenth) * 100_000), Some(velocity(t)), &doubt());
            reckoned = carried.expect("within a second and a half");
            assert!(reckoned.place.distance(place(t)) < 0.0005, "{t}");
        }
        assert!((reckoned.u() - (0.012f64.powi(2) + 0.045f64.powi(2)).sqrt()).abs() < 1e-9);
        assert!(
            reckoned
                .carried(EventTime(1_600_000), Some(velocity(1.6)), &doubt())
                .is_none()
        );
    }

    #[test]
    fn nothing_is_carried_over_a_gap_or_without_a_velocity_or_backwards() {
        let begun = begun(Point2::new(0.0, 0.0), Point2::new(1.0, 0.0));
        let velocity = Some(Point2::new(1.0, 0.0));
        assert!(begun.carried(EventTime(200_000), velocity, &doubt()).is_some());
        assert!(begun.carried(EventTime(300_000), velocity, &doubt()).is_none());
        assert!(begun.carried(EventTime(100_000), None, &doubt()).is_none());
        assert!(begun.carried(EventTime(-100_000), velocity, &doubt()).is_none());
    }
}
