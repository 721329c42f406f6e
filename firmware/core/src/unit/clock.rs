//! What moves the unit's time beside the receiver's epochs: its pulse; and of a field node the site, with the uncertainty in every stamp.
use super::Unit;
use crate::say::Say;
use crate::site_clock::{SiteClock, SiteTime};
use kaoguan_telemetry::units::{EventTime, Micros, Uptime};

/// The clock, and whether it was locked when somebody last looked.
#[derive(Debug, Clone)]
pub(super) struct Site {
    clock: SiteClock,
    worst: Micros,
    was_locked: bool,
}

impl Site {
    /// A time that is more uncertain than this is none.
    pub(super) fn new(worst: Micros) -> Site {
        Site {
            clock: SiteClock::new(worst),
            worst,
            was_locked: false,
        }
    }

    /// The stamp of an uptime, no earlier than the port's last one, and its uncertainty; what is not known well enough is uptime.
    pub(super) fn stamp(&self, uptime: Uptime, at_u: Micros, last: Option<EventTime>) -> (Option<EventTime>, Micros) {
        let Some((utc, u)) = self.clock.map(uptime) else {
            return (None, at_u);
        };
        // A better answer may put the clock back: a port's stamps do not go back, so they are worse for a while.
        let held = last.map_or(utc, |last| last.max(utc));
        let u = at_u + u + (held - utc);
        match u <= self.worst {
            true => (Some(held), u),
            false => (None, at_u),
        }
    }
}

impl Unit {
    /// What the site is to be asked now, where this unit has its time from there: the uptime that stands in the question.
    pub fn time_question(&mut self, now: Uptime) -> Option<Uptime> {
        self.site.as_mut()?.clock.question(now)
    }

    pub(super) fn pulse(&mut self, at: Uptime) {
        match self.timebase.pulse(at) {
            Some(true) => self.counters.time.pulses += 1,
            Some(false) => self.counters.time.pulses_refused += 1,
            None => {}
        }
    }

    pub(super) fn site_time(&mut self, answer: &SiteTime) {
        let Some(site) = &mut self.site else { return };
        if !site.clock.answer(answer, self.now) {
            self.counters.time.answers_refused += 1;
            return;
        }
        self.counters.time.answers += 1;
        self.look_at_site();
    }

    /// Says when there is a time, and when there is none any more.
    pub(super) fn look_at_site(&mut self) {
        let Some(site) = &mut self.site else { return };
        let now = site.clock.map(self.now);
        if now.is_some() == core::mem::replace(&mut site.was_locked, now.is_some()) {
            return;
        }
        let say = match now {
            Some((at, _)) => Say::TimeLocked { at },
            None => Say::TimeUnknown,
        };
        self.outbox.say(say, &mut self.counters);
    }
}
