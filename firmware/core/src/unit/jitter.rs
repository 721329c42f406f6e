//! How unevenly a port's messages arrive: what the instant of one that has no time of its own is worth.
use kaoguan_telemetry::units::Uptime;

/// Mean deviation of the arrivals' spacing, after RFC 3550 section 6.4.1.
#[derive(Debug, Clone, Default)]
pub(super) struct Jitter {
    last: Option<Uptime>,
    interval: Option<i64>,
    pub(super) mean: i64,
}

impl Jitter {
    pub(super) fn arrived(&mut self, at: Uptime) {
        let Some(last) = self.last.replace(at) else { return };
        let interval = at.0.saturating_sub(last.0);
        if let Some(before) = self.interval.replace(interval) {
            // A pause of a second is a silence, not jitter.
            let deviation = (interval - before).abs();
            if deviation < 1_000_000 {
                self.mean += (deviation - self.mean) / 16;
            }
        }
    }
}
