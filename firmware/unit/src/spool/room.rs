//! For how long there is room: bytes that are free, at the pace at which this unit fills them.
//!
//! The problem: whoever begins an exam must know that the disk takes all of it, also where the network stays away, and a
//! number of bytes says nothing: units have other sensors at other rates. The answer: minutes of life, from the pace of the
//! last minute that was written. Deliberately not here: how long an exam is (the site's file says what it wants).
use kaoguan_telemetry::units::EventTime;

/// Before a minute is measured: more than the fastest sensors that we know, a trailer's with them, bytes a second
/// (docs/spool/README.md: 43,100).
const ASSUMED: u64 = 45_000;
/// A pace is measured over so much event time, microseconds.
const SPAN_US: i64 = 60_000_000;

/// How fast the spool grows.
#[derive(Debug)]
pub struct Pace {
    begin: Option<(EventTime, u64)>,
    bytes_a_second: u64,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace {
            begin: None,
            bytes_a_second: ASSUMED,
        }
    }
}

impl Pace {
    /// At this event time so many bytes were written since the start, whether or not they are still there.
    pub fn written(&mut self, at: EventTime, bytes: u64) {
        let Some((begin, before)) = self.begin else {
            self.begin = Some((at, bytes));
            return;
        };
        let span = at.0.saturating_sub(begin.0);
        if span < SPAN_US {
            return;
        }
        self.begin = Some((at, bytes));
        let seconds = (span / 1_000_000).unsigned_abs().max(1);
        // Over a hole the pace would look slow: it is kept.
        if span < 2 * SPAN_US {
            self.bytes_a_second = ((bytes - before) / seconds).max(1);
        }
    }

    /// Whole minutes of life for which so many bytes are enough.
    pub fn minutes(&self, free: u64) -> u32 {
        u32::try_from(free / self.bytes_a_second / 60).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_pace_of_the_last_minute_and_a_hole_is_none() {
        let mut pace = Pace::default();
        assert_eq!(pace.minutes(27_000_000), 10, "assumed");
        for second in 0..=60 {
            pace.written(EventTime(second * 1_000_000), second as u64 * 20_000);
        }
        assert_eq!(pace.minutes(24_000_000), 20);
        // An hour without power, or refused by a full disk.
        pace.written(EventTime(3_600_000_000), 1_220_000);
        assert_eq!(pace.minutes(24_000_000), 20);
        pace.written(EventTime(3_660_000_000), 1_820_000);
        assert_eq!(pace.minutes(24_000_000), 40);
        assert_eq!(pace.minutes(u64::MAX), u32::MAX);
    }
}
