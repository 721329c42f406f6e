//! Whether the parts of the unit still move, and telling systemd so.
//!
//! The problem: a process whose disk thread hangs looks alive and stores nothing. The answer: each part that works on its
//! own gives a sign when it has gone round once; systemd's watchdog is fed only while all of them have given one within its
//! own interval, so that any one that is stuck gets the unit restarted, at the latest after twice that interval. Without
//! systemd (`NOTIFY_SOCKET`, `WATCHDOG_USEC`) nothing is said to anybody. Deliberately not here: what a part does.
use sd_notify::NotifyState;
use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// When a part last went round. Any number of copies.
#[derive(Debug, Clone)]
pub struct Vital {
    name: &'static str,
    /// Milliseconds since [`BEGIN`].
    last: Arc<AtomicU64>,
}

impl Vital {
    /// Of a part, which counts as moving now.
    pub fn new(name: &'static str) -> Vital {
        let vital = Vital {
            name,
            last: Arc::default(),
        };
        vital.sign();
        vital
    }
    /// The part went round.
    pub fn sign(&self) {
        self.last.store(millis(Instant::now()), Ordering::Relaxed);
    }
    /// How long ago that was, at `now`.
    pub fn age(&self, now: Instant) -> Duration {
        Duration::from_millis(millis(now).saturating_sub(self.last.load(Ordering::Relaxed)))
    }
    /// The part's name.
    pub fn name(&self) -> &'static str {
        self.name
    }
}

fn millis(at: Instant) -> u64 {
    u64::try_from(at.saturating_duration_since(*BEGIN).as_millis()).unwrap_or(u64::MAX)
}

/// Speaks to systemd.
#[derive(Debug)]
pub struct Watchdog {
    vitals: Vec<Vital>,
    /// systemd's interval, where it watches.
    interval: Option<Duration>,
    fed: Option<Instant>,
    /// Who was told to be stuck.
    stuck: Option<&'static str>,
}

impl Watchdog {
    /// Of these parts, as the environment says.
    pub fn new(vitals: Vec<Vital>) -> Watchdog {
        Watchdog {
            vitals,
            interval: sd_notify::watchdog_enabled(),
            fed: None,
            stuck: None,
        }
    }

    /// The unit is up.
    pub fn ready(&self) {
        notify(&[NotifyState::Ready]);
    }

    /// It is going down, as it was asked to.
    pub fn stopping(&self) {
        notify(&[NotifyState::Stopping]);
    }

    /// Feeds the watchdog where that is due and all parts move, and says in a line how the unit is.
    pub fn look(&mut self, now: Instant, status: &str) {
        let Some(interval) = self.interval else { return };
        // Half of it, as sd_watchdog_enabled(3) asks for, less what a busy loop may be late.
        if self
            .fed
            .is_some_and(|fed| now.saturating_duration_since(fed) < interval / 3)
        {
            return;
        }
        if let Some(name) = stuck(&self.vitals, now, interval) {
            if self.stuck.replace(name) != Some(name) {
                tracing::error!("watchdog: {name} does not move; systemd is not told that all is well");
                notify(&[NotifyState::Status(&format!("{name} is stuck"))]);
            }
            return;
        }
        self.stuck = None;
        self.fed = Some(now);
        notify(&[NotifyState::Watchdog, NotifyState::Status(status)]);
    }
}

/// The first part that has given no sign for longer than `within`.
fn stuck(vitals: &[Vital], now: Instant, within: Duration) -> Option<&'static str> {
    vitals.iter().find(|vital| vital.age(now) > within).map(Vital::name)
}

fn notify(what: &[NotifyState<'_>]) {
    if let Err(e) = sd_notify::notify(what) {
        tracing::warn!("systemd: {e}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_part_that_gave_no_sign_is_named_and_a_sign_clears_it() {
        let parts = [Vital::new("spool"), Vital::new("link")];
        let within = Duration::from_secs(10);
        let begin = Instant::now();
        assert_eq!(stuck(&parts, begin, within), None);
        let later = begin + Duration::from_secs(11);
        assert_eq!(stuck(&parts, later, within), Some("spool"));
        // As if it had gone round then.
        parts[0].last.store(millis(later), Ordering::Relaxed);
        assert_eq!(stuck(&parts, later, within), Some("link"));
        parts[1].last.store(millis(later), Ordering::Relaxed);
        assert_eq!(stuck(&parts, later, within), None);
    }
}
