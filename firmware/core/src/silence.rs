//! A port that says nothing says so: once its declared interval is over, and each second after that.
//!
//! The due times depend on samples and bytes only, never on how often somebody ticks, so a replay is silent at the same
//! instants.
use kaoguan_telemetry::Silent;
use kaoguan_telemetry::units::{Micros, Uptime};

const EACH: Micros = Micros(1_000_000);
/// After a long stop of the clock's leader only so many are made up for: one would do, and the outbox is bounded.
const CATCH_UP_MAX: i64 = 3;

/// One port's patience.
#[derive(Debug, Clone)]
pub struct Silence {
    interval: Micros,
    due: Option<Uptime>,
    heard_bytes: bool,
    unplugged: bool,
    silent: bool,
}

impl Silence {
    /// A port that may be quiet for `interval`.
    pub fn new(interval: Micros) -> Silence {
        Silence {
            interval,
            due: None,
            heard_bytes: false,
            unplugged: false,
            silent: false,
        }
    }

    /// The clock began to run; later calls change nothing.
    pub fn begin(&mut self, at: Uptime) {
        self.due.get_or_insert(at + self.interval);
    }

    /// Bytes came in.
    pub fn heard(&mut self) {
        self.heard_bytes = true;
        self.unplugged = false;
    }

    /// A sample was given at `at`; true where the port had been silent.
    pub fn spoke(&mut self, at: Uptime) -> bool {
        self.due = Some(at + self.interval);
        self.heard_bytes = false;
        core::mem::take(&mut self.silent)
    }

    /// The device is gone: silent from now on, until bytes come.
    pub fn unplug(&mut self, at: Uptime) {
        self.unplugged = true;
        self.due = Some(at);
    }

    /// When this port's silence must be said next.
    pub fn due(&self) -> Option<Uptime> {
        self.due
    }

    /// Says it: why, and whether it is the first time. `now` is where the clock is going to.
    pub fn fire(&mut self, now: Uptime) -> (Silent, bool) {
        let due = self.due.unwrap_or(now);
        let behind = (now.0.saturating_sub(due.0) / EACH.0 - CATCH_UP_MAX).max(0);
        self.due = Some(Uptime(due.0.saturating_add((1 + behind).saturating_mul(EACH.0))));
        let reason = match (self.unplugged, core::mem::take(&mut self.heard_bytes)) {
            (true, _) => Silent::Unplugged,
            (false, true) => Silent::Garbage,
            (false, false) => Silent::NoBytes,
        };
        (reason, !core::mem::replace(&mut self.silent, true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn due_after_the_interval_and_then_each_second() {
        let mut s = Silence::new(Micros(500_000));
        s.begin(Uptime(0));
        s.begin(Uptime(400_000));
        assert_eq!(s.due(), Some(Uptime(500_000)));
        assert_eq!(s.fire(Uptime(500_000)), (Silent::NoBytes, true));
        s.heard();
        assert_eq!(s.due(), Some(Uptime(1_500_000)));
        assert_eq!(s.fire(Uptime(1_500_000)), (Silent::Garbage, false));
        assert_eq!(s.fire(Uptime(2_500_000)), (Silent::NoBytes, false));
        assert!(s.spoke(Uptime(2_600_000)));
        assert_eq!(s.due(), Some(Uptime(3_100_000)));
        s.unplug(Uptime(2_700_000));
        assert_eq!(s.fire(Uptime(2_700_000)), (Silent::Unplugged, true));
    }

    #[test]
    fn a_long_stop_is_made_up_for_with_a_few() {
        let mut s = Silence::new(Micros(500_000));
        s.begin(Uptime(0));
        let now = Uptime(3_600_000_000);
        let mut count = 0;
        while s.due().is_some_and(|due| due <= now) {
            s.fire(now);
            count += 1;
        }
        assert_eq!(count, 4);
    }
}
