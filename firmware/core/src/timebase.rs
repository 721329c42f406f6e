//! Event time out of uptime: when was it, in UTC, when this byte came in?
//!
//! The problem: the receiver's sentences carry UTC but come late by a varying delay; the other sensors carry no time
//! at all; and the receiver's time itself can jump (cold start, week roll-over, leap second, spoofing). The answer: the
//! offset between uptime and UTC is the windowed minimum of (arrival of an epoch's first byte - its UTC), less the
//! receiver's declared latency, because the quickest delivery is the one least delayed. It is first believed after
//! [`LOCK_EPOCHS`] consistent epochs, and left only after [`FOLLOW_EPOCHS`] that agree among themselves on another one.
//!
//! Each observation is the larger of two neighbours, so that one epoch with a wrong time cannot become the minimum.
//!
//! Where the receiver's pulse a second is wired, it says where in the second ([`crate::pulse`]), and no latency is left in it.
//!
//! Deliberately not here: a clock, leap seconds (the receiver says UTC), the stamps' order ([`crate::Unit`]).
use crate::calendar::{DAY_US, Date, TimeOfDay, instant};
use crate::pulse::Pulses;
use crate::site_clock::drift;
use heapless::Deque;
use kaoguan_telemetry::units::{EventTime, Micros, Uptime};

/// Consistent epochs before the first lock: half a second at 10 Hz.
pub const LOCK_EPOCHS: u32 = 5;
/// Consistent epochs before a jump is followed: two seconds at 10 Hz.
pub const FOLLOW_EPOCHS: u32 = 20;
/// An epoch may come this much later than the quickest one (stalled USB, a busy receiver) and still be consistent;
/// under a second, so that a leap second is seen.
const LATE_MAX: i64 = 900_000;
/// An epoch cannot come earlier than the quickest one, but for the drift since, and a lock made on delayed epochs.
const EARLY_MAX: i64 = 100_000;
/// So long a lock holds without an epoch: a crystal runs off by a millisecond meanwhile at worst.
const HOLDS_US: i64 = 2_000_000;
/// The window is 16 buckets of 4 s: a crystal drifts 3 ms in 64 s at 50 ppm.
const BUCKET_US: i64 = 4_000_000;
const BUCKETS: usize = 16;

/// What an epoch's time was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// No lock yet.
    Waiting,
    /// This epoch completed the first lock.
    Locked,
    /// Consistent with the lock; `returned` where the epoch before it was not.
    Steady {
        /// A jump went away by itself.
        returned: bool,
    },
    /// Not consistent: do not believe this epoch.
    Jumped {
        /// From event time to the receiver's time.
        by: Micros,
        /// The first of its kind.
        fresh: bool,
    },
    /// Not consistent with the old lock, but for long enough with a new one, which holds now.
    Followed {
        /// By how much event time moved.
        by: Micros,
    },
}

/// Maps uptime to UTC.
#[derive(Debug, Clone)]
pub struct Timebase {
    latency: Micros,
    lock: Option<Offsets>,
    candidate: Option<Offsets>,
    dated: Option<(EventTime, Uptime)>,
    /// When the last epoch came that agreed with the lock.
    held: Option<Uptime>,
    pulses: Pulses,
}

impl Timebase {
    /// `latency`: from the time of validity to the arrival of the epoch's first byte, at its quickest.
    pub fn new(latency: Micros) -> Timebase {
        Timebase {
            latency,
            lock: None,
            candidate: None,
            dated: None,
            held: None,
            pulses: Pulses::default(),
        }
    }

    /// UTC at an uptime; `None` before the first lock.
    pub fn map(&self, at: Uptime) -> Option<EventTime> {
        let by_arrivals = self.map_by_arrivals(at)?;
        let by_pulses = self.pulses.offset(at);
        Some(by_pulses.map_or(by_arrivals, |offset| EventTime(at.0.saturating_sub(offset))))
    }

    /// How far what [`Timebase::map`] says may have run off since the receiver last bore it out: nothing where that was just now.
    pub fn drift(&self, at: Uptime) -> Micros {
        let held = self.held.filter(|held| at.0.saturating_sub(held.0) > HOLDS_US);
        Micros(held.map_or(0, |held| drift(at, held)))
    }

    /// The receiver's pulse: a second of UTC began. `None` before the first lock, when nobody knows which; else whether it was
    /// taken.
    pub fn pulse(&mut self, at: Uptime) -> Option<bool> {
        let expected = self.map_by_arrivals(at)?;
        Some(self.pulses.take(at, expected))
    }

    fn map_by_arrivals(&self, at: Uptime) -> Option<EventTime> {
        let offset = self.lock.as_ref()?.least()?;
        Some(EventTime(at.0.saturating_sub(offset).saturating_add(self.latency.0)))
    }

    /// The instant of an epoch: of its own date, or of the day that puts it nearest to where it is expected.
    ///
    /// `None` where the day is not known yet, or the date is not believed.
    pub fn instant(&self, time: TimeOfDay, date: Option<Date>, first: Uptime) -> Option<EventTime> {
        if let Some(date) = date {
            return Some(instant(date.believed()?, time));
        }
        let expected = self.expected(first)?;
        let today = expected.0.div_euclid(DAY_US);
        (today - 1..=today + 1)
            .map(|day| instant(day, time))
            .min_by_key(|t| t.0.abs_diff(expected.0))
    }

    /// Takes an epoch's instant and the arrival of its first byte. Instants must not repeat.
    pub fn observe(&mut self, utc: EventTime, first: Uptime) -> Verdict {
        self.dated = Some((utc, first));
        let offset = first.0.saturating_sub(utc.0);
        if let Some(lock) = &mut self.lock
            && lock.fits(offset)
        {
            lock.add(offset, first);
            self.held = Some(first);
            return Verdict::Steady {
                returned: self.candidate.take().is_some(),
            };
        }
        let fresh = self.candidate.is_none();
        let count = self.try_candidate(offset, first);
        let before = self.map(first);
        match (before, count) {
            (None, LOCK_EPOCHS..) => {
                (self.lock, self.held) = (self.candidate.take(), Some(first));
                Verdict::Locked
            }
            (None, _) => Verdict::Waiting,
            (Some(before), FOLLOW_EPOCHS..) => {
                (self.lock, self.held) = (self.candidate.take(), Some(first));
                self.pulses = Pulses::default();
                Verdict::Followed {
                    by: self.map(first).unwrap_or(before) - before,
                }
            }
            (Some(before), _) => Verdict::Jumped {
                by: utc + self.latency - before,
                fresh,
            },
        }
    }

    /// True where an instant agrees with the lock: for epochs that may not move it.
    pub fn fits(&self, utc: EventTime, first: Uptime) -> bool {
        self.lock
            .as_ref()
            .is_some_and(|lock| lock.fits(first.0.saturating_sub(utc.0)))
    }

    fn expected(&self, at: Uptime) -> Option<EventTime> {
        let (utc, first) = self.dated?;
        self.map(at)
            .or(Some(EventTime(utc.0.saturating_add(at.0.saturating_sub(first.0)))))
    }

    fn try_candidate(&mut self, offset: i64, first: Uptime) -> u32 {
        let mut candidate = self.candidate.take().filter(|c| c.fits(offset)).unwrap_or_default();
        candidate.add(offset, first);
        let count = candidate.count;
        self.candidate = Some(candidate);
        count
    }
}

/// A bounded window of offsets (uptime - UTC), each bucket with its least.
#[derive(Debug, Clone, Default)]
struct Offsets {
    buckets: Deque<(i64, i64), BUCKETS>,
    last: Option<i64>,
    count: u32,
}

impl Offsets {
    fn least(&self) -> Option<i64> {
        self.buckets.iter().map(|(_, least)| *least).min()
    }

    fn fits(&self, offset: i64) -> bool {
        self.least()
            .is_none_or(|least| (-EARLY_MAX..=LATE_MAX).contains(&offset.saturating_sub(least)))
    }

    fn add(&mut self, offset: i64, at: Uptime) {
        let held = self.last.replace(offset).map_or(offset, |last| last.max(offset));
        let bucket = at.0.div_euclid(BUCKET_US);
        self.count = self.count.saturating_add(1);
        while self
            .buckets
            .front()
            .is_some_and(|(old, _)| *old <= bucket - BUCKETS as i64)
        {
            self.buckets.pop_front();
        }
        match self.buckets.back_mut() {
            Some((same, least)) if *same == bucket => *least = held.min(*least),
            // There is room: at most 15 buckets are younger than 16 buckets ago.
            _ => drop(self.buckets.push_back((bucket, held))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 20_780 * DAY_US;

    fn feed(timebase: &mut Timebase, from: i64, count: i64, delay: impl Fn(i64) -> i64, skew: i64) -> Verdict {
        let mut verdict = Verdict::Waiting;
        for i in from..from + count {
            let utc = EventTime(DAY + i * 100_000 + skew);
            verdict = timebase.observe(utc, Uptime(i * 100_000 + delay(i)));
        }
        verdict
    }

    #[test]
    fn the_quickest_delivery_is_the_offset() {
        let mut t = Timebase::new(Micros(60_000));
        assert_eq!(feed(&mut t, 0, 4, |_| 75_000, 0), Verdict::Waiting);
        assert_eq!(t.map(Uptime(0)), None);
        assert_eq!(feed(&mut t, 4, 1, |_| 75_000, 0), Verdict::Locked);
        // Two neighbours at exactly the declared latency: from then on uptime 0 is the day's start exactly.
        feed(
            &mut t,
            5,
            100,
            |i| if i % 50 < 2 { 60_000 } else { 60_000 + i % 7 * 1_000 },
            0,
        );
        assert_eq!(t.map(Uptime(0)), Some(EventTime(DAY)));
    }

    #[test]
    fn one_early_epoch_is_no_minimum() {
        let mut t = Timebase::new(Micros(60_000));
        feed(&mut t, 0, 20, |_| 60_000, 0);
        assert_eq!(feed(&mut t, 20, 1, |_| 10_000, 0), Verdict::Steady { returned: false });
        feed(&mut t, 21, 5, |_| 60_000, 0);
        assert_eq!(t.map(Uptime(0)), Some(EventTime(DAY)));
    }

    #[test]
    fn the_window_forgets_so_that_drift_is_followed() {
        let mut t = Timebase::new(Micros(60_000));
        // 50 ppm: 5 us an epoch. After 200 s the uptime is 10 ms behind; the window holds the last 64 s.
        feed(&mut t, 0, 2_000, |i| 60_000 + i * 5, 0);
        let error = t.map(Uptime(200_000_000)).unwrap().0 - (DAY + 200_000_000 - 10_000);
        assert!((0..=3_300).contains(&error), "{error}");
    }

    #[test]
    fn a_jump_is_followed_only_after_many_consistent_epochs() {
        let mut t = Timebase::new(Micros(60_000));
        feed(&mut t, 0, 20, |_| 60_000, 0);
        let hour = 3_600_000_000;
        assert_eq!(
            feed(&mut t, 20, 1, |_| 60_000, hour),
            Verdict::Jumped {
                by: Micros(hour),
                fresh: true
            }
        );
        assert_eq!(
            feed(&mut t, 21, 18, |_| 60_000, hour),
            Verdict::Jumped {
                by: Micros(hour),
                fresh: false
            }
        );
        assert_eq!(t.map(Uptime(0)), Some(EventTime(DAY)));
        assert_eq!(
            feed(&mut t, 39, 1, |_| 60_000, hour),
            Verdict::Followed { by: Micros(hour) }
        );
        assert_eq!(t.map(Uptime(0)), Some(EventTime(DAY + hour)));
    }

    #[test]
    fn a_jump_that_goes_away_leaves_nothing() {
        let mut t = Timebase::new(Micros(60_000));
        feed(&mut t, 0, 20, |_| 60_000, 0);
        feed(&mut t, 20, 19, |_| 60_000, -2_000_000);
        assert_eq!(feed(&mut t, 39, 1, |_| 60_000, 0), Verdict::Steady { returned: true });
        assert_eq!(
            feed(&mut t, 40, 19, |_| 60_000, -2_000_000),
            Verdict::Jumped {
                by: Micros(-2_000_000),
                fresh: false
            }
        );
        assert_eq!(t.map(Uptime(0)), Some(EventTime(DAY)));
    }

    #[test]
    fn a_time_without_a_date_falls_on_the_nearest_day() {
        let mut t = Timebase::new(Micros(0));
        let late = TimeOfDay(DAY_US - 100_000);
        assert_eq!(t.instant(late, None, Uptime(0)), None);
        let date = Date {
            year: 2026,
            month: 11,
            day: 23,
        };
        let before = t.instant(late, Some(date), Uptime(0)).unwrap();
        t.observe(before, Uptime(0));
        // A tenth of a second later the clock shows midnight: the next day, not the one before.
        assert_eq!(
            t.instant(TimeOfDay(0), None, Uptime(100_000)).unwrap() - before,
            Micros(100_000)
        );
        assert_eq!(
            t.instant(TimeOfDay(DAY_US - 200_000), None, Uptime(100_000)).unwrap() - before,
            Micros(-100_000)
        );
        assert_eq!(
            t.instant(
                late,
                Some(Date {
                    year: 2006,
                    month: 4,
                    day: 8
                }),
                Uptime(0)
            ),
            None
        );
    }
}
