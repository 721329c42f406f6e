//! A switch lately: what must be on by a line counts as on where it was so for a moment before it or behind it.
//!
//! Nobody knows to the metre where a tunnel begins for the one who drives into it, lamps blink, wipers rest between two
//! strokes, and a box tells late. So what is due at a line is looked at a moment later ([`Due`]), over all that time.
use kaoguan_telemetry::units::{EventTime, Micros};

/// When a switch was on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    since: Option<EventTime>,
    /// The end of the time before.
    until: Option<EventTime>,
}

impl Held {
    /// Not since one listens.
    pub const NEVER: Held = Held {
        since: None,
        until: None,
    };

    /// It is on, or off, from then.
    pub fn hear(&mut self, at: EventTime, on: bool) {
        if on {
            self.since.get_or_insert(at);
        } else if self.since.take().is_some() {
            self.until = Some(at);
        }
    }

    /// Whether it is on.
    pub fn is_on(self) -> bool {
        self.since.is_some()
    }

    /// Whether it was on at some time between these.
    pub fn was_on(self, from: EventTime, to: EventTime) -> bool {
        self.since.is_some_and(|since| since <= to) || self.until.is_some_and(|until| until >= from)
    }
}

/// What must have been done by a line, looked at a moment behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due<G> {
    /// When the line was crossed.
    pub at: EventTime,
    /// Which.
    pub gate: G,
}

impl<G> Due<G> {
    /// When it is looked at.
    pub fn then(&self, late: Micros) -> EventTime {
        self.at + late
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// On from 3 to 5, asked between two instants.
    #[test]
    fn on_at_some_time_between() {
        let mut switch = Held::NEVER;
        switch.hear(EventTime(2), false);
        switch.hear(EventTime(3), true);
        switch.hear(EventTime(4), true);
        assert!(switch.was_on(EventTime(0), EventTime(3)) && !switch.was_on(EventTime(0), EventTime(2)));
        switch.hear(EventTime(5), false);
        assert!(switch.was_on(EventTime(5), EventTime(9)) && !switch.was_on(EventTime(6), EventTime(9)));
        switch.hear(EventTime(10), true);
        assert!(switch.was_on(EventTime(5), EventTime(9)) && switch.is_on());
    }
}
