//! Dead reckoning: where the vehicle is while its fixes are not believed.
//!
//! The problem: a float solution of a second, a wrong fix or none at all would void an item although the receiver's Doppler
//! velocity goes on, the gyro knows how it turns, or the wheel tells that it stands. The answer: from the last believed fix on,
//! the antenna stays while the wheel stands and is carried along its velocity else, with an uncertainty that grows; a fix that
//! agrees with where it was carried is believed at once, one that contradicts it is not. Nothing is settled before a believed
//! fix has confirmed it (`exam`).
//!
//! Deliberately not here: accelerations integrated twice, and ways by the wheel. Who rolls without a velocity is not carried.
use crate::syllabus::Doubt;
use kaoguan_course::Point2;
use kaoguan_telemetry::units::{EventTime, Micros};

/// Epochs farther apart are not joined by their velocities: at 2 m/s² the mean of both would be off by 16 mm.
pub const STEP_MAX: Micros = Micros(250_000);
/// Who is faster does not stand, whatever the wheel says, m/s: five times the noise of a velocity.
pub const MOVES: f64 = 0.1;

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
    /// How long the velocity has carried it.
    carried: Micros,
    /// Less than one pulse of a standing wheel goes unseen: metres.
    unseen: f64,
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
            carried: Micros(0),
            unseen: 0.0,
        }
    }

    /// The same an epoch later, with the velocity there; `None` after too long or over too wide a gap.
    pub fn carried(self, at: EventTime, velocity: Option<Point2>, doubt: &Doubt) -> Option<Reckoning> {
        let longest = doubt.reckon.max(doubt.reckon_standing);
        self.led(at, velocity, doubt.reckon)
            .filter(|_| at - self.believed <= longest)
    }

    /// The same an epoch later, as a memory: no pose is made of it, but a fix that comes back where it leads is believed.
    pub fn recalled(self, at: EventTime, velocity: Option<Point2>, doubt: &Doubt) -> Option<Reckoning> {
        self.led(at, velocity, doubt.recall)
    }

    /// Whether a place is where it led, as well as that is known.
    pub fn bears_out(&self, place: Point2, doubt: &Doubt) -> bool {
        let known_to = doubt.k_tenths as f64 * 0.1 * self.u(doubt);
        self.place.distance(place) <= f64::from(doubt.jump_tolerance.0) * 1e-4 + known_to
    }

    fn led(self, at: EventTime, velocity: Option<Point2>, longest: Micros) -> Option<Reckoning> {
        let (step, velocity) = (self.step(at)?, velocity?);
        let carried = self.carried + step;
        if carried > longest {
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
            carried,
            ..self
        })
    }

    /// The same an epoch later, where the wheel stands since `since`, with so many metres from pulse to pulse. `None` where
    /// it does not: it moved at the last believed fix or since then, or moves by the velocity there is.
    pub fn stood(
        self,
        at: EventTime,
        since: EventTime,
        pulse: f64,
        velocity: Option<Point2>,
        doubt: &Doubt,
    ) -> Option<Reckoning> {
        self.step(at)?;
        let moves = |v: Point2| v.e * v.e + v.n * v.n > MOVES * MOVES;
        let stood = since <= self.at && !moves(self.velocity) && !velocity.is_some_and(moves);
        (stood && at - self.believed <= doubt.reckon_standing).then_some(Reckoning {
            at,
            velocity: velocity.unwrap_or(Point2::new(0.0, 0.0)),
            unseen: pulse / libm::sqrt(3.0),
            ..self
        })
    }

    /// Its standard uncertainty in each horizontal direction, metres: as if the velocity's error were the same all the way.
    pub fn u(&self, doubt: &Doubt) -> f64 {
        let strayed = self.carried.0 as f64 * 1e-6 * doubt.reckon_u_mm_s as f64 * 1e-3;
        libm::sqrt(self.begun_u * self.begun_u + strayed * strayed + self.unseen * self.unseen)
    }

    /// Since the last epoch; `None` over too wide a gap.
    fn step(&self, at: EventTime) -> Option<Micros> {
        let step = at - self.at;
        (step > Micros(0) && step <= STEP_MAX).then_some(step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaoguan_telemetry::units::TenthMillimetres;

    fn doubt() -> Doubt {
        Doubt {
            reckon: Micros(1_500_000),
            reckon_standing: Micros(5_000_000),
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

    /// A memory of five seconds at 30 mm/s: 0.15 m of u after them, and 0.05 + 4.8 * 0.15 m around where it leads.
    #[test]
    fn a_fix_that_comes_back_where_the_memory_leads_is_borne_out() {
        let doubt = Doubt {
            recall: Micros(5_000_000),
            jump_tolerance: TenthMillimetres(500),
            k_tenths: 48,
            ..doubt()
        };
        let velocity = Some(Point2::new(2.0, 0.0));
        let mut known = Reckoning::begin(EventTime(0), Point2::new(0.0, 0.0), Point2::new(2.0, 0.0), 0.0);
        for fifth in 1..=25 {
            let at = EventTime(fifth * 200_000);
            assert_eq!(known.carried(at, velocity, &doubt).is_some(), fifth <= 7, "{fifth}");
            known = known.recalled(at, velocity, &doubt).expect("for five seconds");
        }
        let off = |by: f64| known.bears_out(Point2::new(10.0, by), &doubt);
        assert!(off(0.76) && !off(0.78));
        assert!(known.recalled(EventTime(5_200_000), velocity, &doubt).is_none());
        let older = Doubt {
            recall: Micros(0),
            ..doubt
        };
        let begun = Reckoning::begin(EventTime(0), Point2::new(0.0, 0.0), Point2::new(2.0, 0.0), 0.0);
        assert!(begun.recalled(EventTime(200_000), velocity, &older).is_none());
    }

    /// On a place with 12 mm of uncertainty, and a wheel with 45 mm from pulse to pulse: 26 mm of a rectangle.
    #[test]
    fn a_wheel_that_stands_keeps_it_where_it_is() {
        let place = Point2::new(3.0, 4.0);
        let trembles = Point2::new(0.02, -0.03);
        let begun = Reckoning::begin(EventTime(0), place, trembles, 0.012);
        let stands = |reckoned: Reckoning, at: i64, since: i64, velocity| {
            reckoned.stood(EventTime(at), EventTime(since), 0.045, velocity, &doubt())
        };
        let mut stood = begun;
        for tenth in 1..=50 {
            stood = stands(stood, tenth * 100_000, -300_000, None).expect("it stands");
        }
        assert_eq!((stood.place, stood.believed), (place, EventTime(0)));
        assert!((stood.u(&doubt()) - (0.012f64.powi(2) + 0.045f64.powi(2) / 3.0).sqrt()).abs() < 1e-9);
        assert!(
            stands(stood, 5_100_000, -300_000, None).is_none(),
            "for five seconds only"
        );
        assert!(
            stands(begun, 100_000, 50_000, None).is_none(),
            "it stands only since then"
        );
        let rolls = Some(Point2::new(0.0, 0.2));
        assert!(
            stands(begun, 100_000, -300_000, rolls).is_none(),
            "its velocity says no"
        );
        let rolled = Reckoning::begin(EventTime(0), place, Point2::new(0.0, 0.2), 0.012);
        assert!(stands(rolled, 100_000, -300_000, None).is_none(), "it rolled then");
        // And where it rolls on, the velocity carries it from there.
        let on = stood.carried(EventTime(5_000_000), rolls, &doubt());
        assert!(on.is_none(), "no time has passed");
        let half = stands(begun, 100_000, -300_000, None).expect("it stands");
        let on = half
            .carried(EventTime(200_000), rolls, &doubt())
            .expect("it is carried");
        assert!((on.place.n - 4.010).abs() < 1e-9, "{:?}", on.place);
    }
}
