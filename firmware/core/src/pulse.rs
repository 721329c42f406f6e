//! The receiver's pulse a second: where a whole second of UTC began, on the unit's own clock.
//!
//! The problem: sentences come late by a delay that varies, and sensors without a time of their own inherit what is wrong with
//! it. A pulse has no such delay, but no number either: it does not say *which* second began, contacts bounce, and a wire may
//! carry the other edge. The answer: the sentences say which second, the pulses where in it. A pulse is taken if a second is
//! within [`WITHIN`] of it by the sentences, and believed once [`PULSES_MIN`] agree; one that contradicts them is refused, and
//! when they stop, the sentences' own estimate holds again after [`HOLD`].
//!
//! Deliberately not here: a clock's frequency (a crystal drifts a quarter of a millisecond in [`HOLD`]), who stamps the pulses.
use kaoguan_telemetry::units::{EventTime, Micros, Uptime};

/// The sentences' estimate is worse than this only where the declared latency is wrong.
pub const WITHIN: Micros = Micros(250_000);
/// Pulses that agree before any is believed.
pub const PULSES_MIN: u32 = 3;
/// So long the last pulse is believed.
pub const HOLD: Micros = Micros(5_000_000);
/// Two pulses agree within this: an interrupt's delay, and the crystal's drift since.
const AGREE_WITHIN: i64 = 1_000;
const SECOND_US: i64 = 1_000_000;

/// What the pulses said.
#[derive(Debug, Clone, Default)]
pub struct Pulses {
    /// Uptime less UTC, by the last pulse that was taken, and when that was.
    last: Option<(i64, Uptime)>,
    /// How many agreed in a row.
    count: u32,
}

impl Pulses {
    /// Takes the pulse at `at`, which by the sentences is at `expected`. False where it is refused.
    pub fn take(&mut self, at: Uptime, expected: EventTime) -> bool {
        let second = expected.0.saturating_add(SECOND_US / 2).div_euclid(SECOND_US) * SECOND_US;
        if second.abs_diff(expected.0) > WITHIN.0 as u64 {
            return false;
        }
        let offset = at.0.saturating_sub(second);
        let agrees = self
            .last
            .is_some_and(|(last, _)| last.abs_diff(offset) <= AGREE_WITHIN as u64);
        if !agrees && self.offset(at).is_some() {
            return false;
        }
        self.count = if agrees && self.is_fresh(at) {
            self.count.saturating_add(1)
        } else {
            1
        };
        self.last = Some((offset, at));
        true
    }

    /// Uptime less UTC, where the pulses are believed.
    pub fn offset(&self, at: Uptime) -> Option<i64> {
        let (offset, _) = self.last?;
        (self.count >= PULSES_MIN && self.is_fresh(at)).then_some(offset)
    }

    fn is_fresh(&self, at: Uptime) -> bool {
        self.last.is_some_and(|(_, last)| at.0.saturating_sub(last.0) <= HOLD.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 20_780 * 86_400 * SECOND_US;
    /// The unit was switched on so long after the day began.
    const ON: i64 = 300_000;

    /// The pulse of the day's second `n`, `late` microseconds after it; the sentences think it is `wrong` later.
    fn pulse(pulses: &mut Pulses, n: i64, late: i64, wrong: i64) -> bool {
        let utc = DAY + n * SECOND_US + late;
        pulses.take(Uptime(utc - DAY - ON), EventTime(utc + wrong))
    }

    #[test]
    fn three_that_agree_are_believed_for_five_seconds() {
        let mut pulses = Pulses::default();
        for n in 1..=3 {
            assert_eq!(pulses.offset(Uptime(n * SECOND_US)), None);
            assert!(pulse(&mut pulses, n, 20, 90_000));
        }
        let at = |us| Uptime(3 * SECOND_US - ON + us);
        assert_eq!(pulses.offset(at(100)), Some(20 - ON - DAY));
        assert!(pulses.offset(at(5_000_000)).is_some());
        assert_eq!(pulses.offset(at(5_000_100)), None);
        // After a pause three are due again.
        assert!(pulse(&mut pulses, 20, 20, 0));
        assert_eq!(pulses.offset(Uptime(20 * SECOND_US)), None);
    }

    #[test]
    fn a_pulse_far_from_every_second_is_refused() {
        let mut pulses = Pulses::default();
        assert!(!pulse(&mut pulses, 1, 0, 250_001));
        assert!(!pulse(&mut pulses, 1, 0, -250_001));
        assert!(pulse(&mut pulses, 1, 0, -250_000));
    }

    #[test]
    fn the_other_edge_and_a_bounce_change_nothing() {
        let mut pulses = Pulses::default();
        for n in 1..=3 {
            pulse(&mut pulses, n, 0, 0);
        }
        let offset = pulses.offset(Uptime(3 * SECOND_US));
        assert!(!pulse(&mut pulses, 3, 100_000, 0), "the end of the pulse");
        assert!(!pulse(&mut pulses, 4, 1_100, 0));
        assert_eq!(pulses.offset(Uptime(4 * SECOND_US)), offset);
        // Both edges from the start: no three in a row agree.
        let mut both = Pulses::default();
        for n in 1..=20 {
            pulse(&mut both, n, 0, 0);
            pulse(&mut both, n, 100_000, 0);
        }
        assert_eq!(both.offset(Uptime(20 * SECOND_US)), None);
    }
}
