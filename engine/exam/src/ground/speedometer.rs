//! How far the wheels have rolled, from the speed that the vehicle's bus tells.
//!
//! The problem: a bus says how fast, not how far, says nothing while its sender is away, and 0 while the vehicle creeps. The
//! answer: the way is the mean of two speeds over the time between them, and begins anew after a hole.
//!
//! Deliberately not here: whether it stands. A wheel's sensor that says 0 may creep.
use super::odometer::STALE;
use super::proof::Proof;
use kaoguan_telemetry::units::EventTime;

/// Slower than this a wheel's sensor may say 0, m/s: assumed, 1 km/h.
pub const BLIND: f64 = 0.28;

/// Follows the wheels of one bus.
#[derive(Debug, Clone, Default)]
pub struct Speedometer {
    newest: Option<(EventTime, f64)>,
    /// What it proves.
    pub proof: Proof,
}

impl Speedometer {
    /// Takes a speed, m/s, whichever way.
    pub fn push(&mut self, at: EventTime, speed: f64) {
        let before = self.newest.replace((at, speed));
        match before.filter(|(last, _)| at - *last <= STALE) {
            Some((last, was)) => self.proof.roll((was + speed) * 0.5 * (at - last).0 as f64 * 1e-6),
            None => self.proof.lose(),
        }
    }

    /// All that they have rolled, metres, where that is known and believed.
    pub fn rolled(&self, at: EventTime) -> Option<f64> {
        let (newest, _) = self.newest?;
        self.proof.total().filter(|_| at - newest <= STALE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// At 10 Hz from 0 to 4 m/s in two seconds: 4 m; then two metres more, told by the velocity as well.
    #[test]
    fn the_way_is_the_mean_of_two_speeds() {
        let mut bus = Speedometer::default();
        for tenth in 0..=20 {
            bus.push(EventTime(tenth * 100_000), tenth as f64 * 0.2);
            bus.proof.check(0.0, 10.0);
        }
        let rolled = bus.rolled(EventTime(2_000_000)).expect("believed");
        assert!((rolled - 4.0).abs() < 1e-9, "{rolled}");
        assert_eq!(bus.rolled(EventTime(2_300_000)), None, "0.3 s old");
    }

    #[test]
    fn after_a_hole_it_must_prove_itself_anew() {
        let mut bus = Speedometer::default();
        let mut rolls = |from: i64| {
            for tenth in from..from + 30 {
                bus.push(EventTime(tenth * 100_000), 1.0);
                bus.proof.check(0.1, BLIND);
            }
            let believed = bus.rolled(EventTime((from + 29) * 100_000)).is_some();
            bus.push(EventTime((from + 33) * 100_000), 1.0);
            (believed, bus.rolled(EventTime((from + 33) * 100_000)).is_some())
        };
        assert_eq!(rolls(0), (true, false));
        assert_eq!(rolls(33), (true, false));
    }
}
