//! Whether the wheel stands, from the pulses that the signal box counts.
//!
//! The problem: without a fix nobody knows whether a vehicle that stood still stands; a wheel that gives no pulse says so. But
//! a ring that is dead or wired to nothing gives none either. The answer: silence is believed only after the pulses have proven
//! themselves (`proof`), and no longer once they contradict the velocity.
//!
//! Deliberately not here: how far a wheel has rolled. Between two counts of a tenth of a second nobody knows it better than to
//! some centimetres, which way it rolled not at all, and a locked wheel says nothing of a skid: a velocity tells that better.
use super::proof::Proof;
use kaoguan_telemetry::units::{EventTime, Micros};

/// What a wheel told last is this old at most, or nobody knows.
pub const STALE: Micros = Micros(250_000);
/// A wheel stands that gave no pulse for so long: slower than 0.1 m/s with pulses of 45 mm.
const STILL: Micros = Micros(500_000);
/// Nothing rolls faster, m/s: more pulses than that are a box that began anew.
const FASTEST: f64 = 40.0;

/// Follows one wheel.
#[derive(Debug, Clone)]
pub struct Odometer {
    /// Metres from pulse to pulse.
    pulse: f64,
    newest: Option<(EventTime, u16)>,
    /// When it last gave a pulse, or began to be counted.
    turned: EventTime,
    /// What it proves.
    pub proof: Proof,
}

impl Odometer {
    /// Of a wheel that rolls so many metres from pulse to pulse.
    pub fn new(pulse: f64) -> Odometer {
        Odometer {
            pulse,
            newest: None,
            turned: EventTime(0),
            proof: Proof::default(),
        }
    }

    /// Metres from pulse to pulse.
    pub fn pulse(&self) -> f64 {
        self.pulse
    }

    /// Takes a count. Two of one instant are two: what the second adds is not lost.
    pub fn push(&mut self, at: EventTime, pulses: u16) {
        let before = self.newest.replace((at, pulses));
        let Some((last, counted)) = before.filter(|(last, _)| at - *last <= STALE) else {
            self.begin(at);
            return;
        };
        let more = f64::from(pulses.wrapping_sub(counted)) * self.pulse;
        if more > FASTEST * seconds(STALE.max(at - last)) {
            self.begin(at);
        } else if more > 0.0 {
            self.turned = at;
            self.proof.roll(more);
        }
    }

    /// Since when it has stood, where that is known and believed.
    pub fn stands(&self, at: EventTime) -> Option<EventTime> {
        let (newest, _) = self.newest?;
        let known = self.proof.is_believed() && at - newest <= STALE;
        (known && newest - self.turned >= STILL).then_some(self.turned)
    }

    /// All that it has rolled, metres, where that is known and believed.
    pub fn rolled(&self, at: EventTime) -> Option<f64> {
        let (newest, _) = self.newest?;
        self.proof.total().filter(|_| at - newest <= STALE)
    }

    fn begin(&mut self, at: EventTime) {
        self.turned = at;
        self.proof.lose();
    }
}

fn seconds(span: Micros) -> f64 {
    span.0 as f64 * 1e-6
}

#[cfg(test)]
mod tests {
    use super::*;

    /// At 1.5 m/s with 50 mm from pulse to pulse: three pulses each tenth of a second, over the count's wrap; fixes see
    /// `seen` of the way. Then it stands.
    fn rolls(seen: f64, tenths: i64) -> Odometer {
        let mut odometer = Odometer::new(0.05);
        for tenth in 0..tenths {
            odometer.push(EventTime(tenth * 100_000), count(tenth));
            odometer.proof.check(0.15 * seen, 0.1);
        }
        stand(&mut odometer, tenths, count(tenths - 1));
        odometer
    }

    fn count(tenth: i64) -> u16 {
        65_530u16.wrapping_add(3 * tenth as u16)
    }

    fn stand(odometer: &mut Odometer, from: i64, pulses: u16) {
        (from..from + 6).for_each(|tenth| odometer.push(EventTime(tenth * 100_000), pulses));
    }

    fn stands(odometer: &Odometer, tenth: i64) -> Option<i64> {
        odometer
            .stands(EventTime(tenth * 100_000))
            .map(|since| since.0 / 100_000)
    }

    #[test]
    fn a_wheel_that_agreed_over_two_metres_is_believed_when_it_stands() {
        assert_eq!(stands(&rolls(1.0, 10), 15), None, "not yet two metres");
        let odometer = rolls(1.0, 30);
        assert_eq!(stands(&odometer, 35), Some(29));
        assert_eq!(stands(&odometer, 38), None, "0.3 s later nobody knows");
        let mut slow = rolls(1.0, 30);
        slow.push(EventTime(3_600_000), count(29) + 1);
        assert_eq!(stands(&slow, 36), None, "it has just moved");
    }

    #[test]
    fn a_wheel_of_another_size_and_a_dead_one_are_not_believed() {
        assert_eq!(stands(&rolls(1.2, 60), 65), None);
        assert_eq!(stands(&rolls(0.8, 60), 65), None);
        let mut dead = rolls(1.0, 30);
        for tenth in 36..60 {
            dead.push(EventTime(tenth * 100_000), count(29));
            dead.proof.check(0.15, 0.1);
        }
        assert_eq!(stands(&dead, 59), None);
    }

    #[test]
    fn a_box_that_begins_anew_must_prove_itself_anew() {
        let mut odometer = rolls(1.0, 30);
        stand(&mut odometer, 36, 7_000);
        assert_eq!(stands(&odometer, 41), None);
    }

    /// Two frames of one read come with one stamp.
    #[test]
    fn two_counts_of_one_instant_are_both_counted() {
        let mut odometer = Odometer::new(0.05);
        for tenth in 0..60 {
            odometer.push(EventTime(tenth / 2 * 200_000), count(tenth));
            odometer.proof.check(0.15, 0.1);
        }
        assert!(odometer.proof.is_believed());
    }
}
