//! Dead reckoning: where the vehicle is while its fixes are not believed.
//!
//! The problem: a float solution of a second, or a wrong fix, would void an item although the receiver's Doppler velocity
//! goes on and the gyro knows how it turns. The answer: from the last believed fix on, the antenna is carried along its
//! velocity, with an uncertainty that grows; a fix that agrees with where it was carried is believed at once, one that
//! contradicts it is not. Nothing is settled before a believed fix has confirmed it (`exam`).
//!
//! Deliberately not here: accelerations integrated twice. Without a velocity nothing is carried.
use crate::syllabus::Doubt;
use kaoguan_course::Point2;
use kaoguan_telemetry::units::{EventTime, Micros};

/// Epochs farther apart are not joined by their velocities: at 2 m/s² the mean of both would be off by 16 mm.
const STEP_MAX: Micros = Micros(250_000);

/// The antenna, carried from the last believed fix.
#[derive(Debug, Clone, Copy)]
pub struct Reckoning {
    /// When the last believed fix was.
    pub believed: EventTime,
    /// Where the antenna is, metres of the course plane.
    pub place: Point2,
    at: EventTime,
    velocity: Point2,
    /// Standard uncertainty of the believed fix, metres.
    begun_u: f64,
}

impl Reckoning {
    /// From a believed fix with its velocity (m/s) and its standard uncertainty (metres).
    pub fn begin(at: EventTime, place: Point2, velocity: Point2, u: f64) -> Reckoning {
        Reckoning {
            believed: at,
            place,
            at,
            velocity,
            begun_u: u,
        }
    }

    /// The same an epoch later, with the velocity there; `None` after too long or over too wide a gap.
    pub fn carried(self, at: EventTime, velocity: Option<Point2>, doubt: &Doubt) -> Option<Reckoning> {
        let (step, velocity) = (at - self.at, velocity?);
        if step <= Micros(0) || step > STEP_MAX || at - self.believed > doubt.reckon {
            return None;
        }
        let half = step.0 as f64 * 0.5e-6;
        let place = Point2::new(
            self.place.e + (self.velocity.e + velocity.e) * half,
            self.place.n + (self.velocity.n + velocity.n) * half,
        );
        Some(Reckoning {
            place,
            at,
            velocity,
            ..self
        })
    }

    /// Its standard uncertainty in each horizontal direction, metres: as if the velocity's error were the same all the way.
    pub fn u(&self, doubt: &Doubt) -> f64 {
        let strayed = (self.at - self.believed).0 as f64 * 1e-6 * doubt.reckon_u_mm_s as f64 * 1e-3;
        libm::sqrt(self.begun_u * self.begun_u + strayed * strayed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doubt() -> Doubt {
        Doubt {
            reckon: Micros(1_500_000),
            reckon_u_mm_s: 30,
            ..Doubt::default()
        }
    }

    /// Round a circle of 3 m at 1.5 m/s for a second and a half: the chord of each tenth is half a millimetre short.
    #[test]
    fn it_is_carried_round_a_circle() {
        let (radius, omega) = (3.0, 0.5);
        let place = |t: f64| Point2::new(radius * (omega * t).sin(), radius * (omega * t).cos());
        let velocity = |t: f64| Point2::new(radius * omega * (omega * t).cos(), -radius * omega * (omega * t).sin());
        let mut reckoned = Reckoning::begin(EventTime(0), place(0.0), velocity(0.0), 0.012);
        for tenth in 1..=15 {
            let t = f64::from(tenth) * 0.1;
            let carried = reckoned.carried(EventTime(i64::from(tenth) * 100_000), Some(velocity(t)), &doubt());
            reckoned = carried.expect("within a second and a half");
            assert!(reckoned.place.distance(place(t)) < 0.0005, "{t}");
        }
        assert!((reckoned.u(&doubt()) - (0.012f64.powi(2) + 0.045f64.powi(2)).sqrt()).abs() < 1e-9);
        assert!(
            reckoned
                .carried(EventTime(1_600_000), Some(velocity(1.6)), &doubt())
                .is_none()
        );
    }

    #[test]
    fn nothing_is_carried_over_a_gap_or_without_a_velocity_or_backwards() {
        let begun = Reckoning::begin(EventTime(0), Point2::new(0.0, 0.0), Point2::new(1.0, 0.0), 0.012);
        let velocity = Some(Point2::new(1.0, 0.0));
        assert!(begun.carried(EventTime(200_000), velocity, &doubt()).is_some());
        assert!(begun.carried(EventTime(300_000), velocity, &doubt()).is_none());
        assert!(begun.carried(EventTime(100_000), None, &doubt()).is_none());
        assert!(begun.carried(EventTime(-100_000), velocity, &doubt()).is_none());
    }
}
