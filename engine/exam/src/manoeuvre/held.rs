//! A switch lately: what must be on by a line counts as on where it was so for a moment before it or behind it.
//!
//! Nobody knows to the metre where a tunnel begins for the one who drives into it, lamps blink, wipers rest between two
//! strokes, and a box tells late. So what is due at a line is looked at a moment later ([`Dues`]), over all that time: the rule's
//! own moment is a whole one, what the box needs to tell of it comes on top, and another line within it takes nothing away.
use kaoguan_telemetry::units::{EventTime, Micros};

/// Times that are remembered: nobody toots or blinks more often in the moment that a line is looked at over.
const SPANS: usize = 8;
/// Lines that are waiting: a site has no more within that moment. Of one more nobody is charged.
const LINES: usize = 8;

/// When a switch was on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    since: Option<EventTime>,
    /// From when to when before, the last one first.
    before: [Option<(EventTime, EventTime)>; SPANS],
}

impl Held {
    /// Not since one listens.
    pub const NEVER: Held = Held {
        since: None,
        before: [None; SPANS],
    };

    /// It is on, or off, from then.
    pub fn hear(&mut self, at: EventTime, on: bool) {
        if on {
            self.since.get_or_insert(at);
        } else if let Some(since) = self.since.take() {
            self.before.rotate_right(1);
            self.before[0] = Some((since, at));
        }
    }

    /// Whether it is on.
    pub fn is_on(self) -> bool {
        self.since.is_some()
    }

    /// Whether it was on at some time between these.
    pub fn was_on(self, from: EventTime, to: EventTime) -> bool {
        let before = |(since, until)| since <= to && until >= from;
        self.since.is_some_and(|since| since <= to) || self.before.into_iter().flatten().any(before)
    }

    /// Whether it was on all the time between these.
    pub fn stayed_on(self, from: EventTime, to: EventTime) -> bool {
        let before = |(since, until)| since <= from && until > to;
        self.since.is_some_and(|since| since <= from) || self.before.into_iter().flatten().any(before)
    }

    /// Whether it was switched on between these.
    pub fn came_on(self, from: EventTime, to: EventTime) -> bool {
        let begun = self.before.into_iter().flatten().map(|(since, _)| since);
        begun.chain(self.since).any(|since| from < since && since <= to)
    }
}

/// How long behind a line something still counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Late {
    /// The rule's own moment, and the time up to the box's next frame: what is done within the one shows in the other.
    pub counts: Micros,
    /// So long after that the box has told of it.
    pub told: Micros,
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
    /// The last instant that counts.
    pub fn last(&self, late: Late) -> EventTime {
        self.at + late.counts
    }
    /// When it is looked at.
    pub fn looked_at(&self, late: Late) -> EventTime {
        self.last(late) + late.told
    }
}

/// Lines behind which something is still due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dues<G>([Option<Due<G>>; LINES]);

impl<G: Copy> Dues<G> {
    /// None.
    pub const NONE: Dues<G> = Dues([None; LINES]);

    /// This line was crossed then.
    pub fn push(&mut self, at: EventTime, gate: G) {
        if let Some(free) = self.0.iter_mut().find(|due| due.is_none()) {
            *free = Some(Due { at, gate });
        }
    }

    /// When the first of them is looked at.
    pub fn next(&self, late: Late) -> Option<EventTime> {
        self.0.iter().flatten().map(|due| due.looked_at(late)).min()
    }

    /// The first of them, if it is looked at by now.
    pub fn take(&mut self, now: EventTime, late: Late) -> Option<Due<G>> {
        let ripe = self
            .0
            .iter_mut()
            .filter(|due| due.is_some_and(|due| due.looked_at(late) <= now));
        ripe.min_by_key(|due| due.map(|due| due.at))?.take()
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
        assert!(!switch.was_on(EventTime(6), EventTime(9)), "it came on behind that");
        assert!(switch.came_on(EventTime(2), EventTime(3)) && !switch.came_on(EventTime(3), EventTime(9)));
        assert!(switch.stayed_on(EventTime(3), EventTime(4)) && !switch.stayed_on(EventTime(3), EventTime(5)));
    }

    /// Two lines within one moment, the second told first: each has its own.
    #[test]
    fn each_line_has_its_own_moment() {
        let late = Late {
            counts: Micros(100),
            told: Micros(20),
        };
        let mut dues = Dues::NONE;
        dues.push(EventTime(60), 'b');
        dues.push(EventTime(0), 'a');
        assert_eq!(dues.next(late), Some(EventTime(120)));
        assert_eq!(dues.take(EventTime(119), late), None);
        let taken = [(); 3].map(|()| dues.take(EventTime(180), late).map(|due| due.gate));
        assert_eq!(taken, [Some('a'), Some('b'), None]);
        (0..20).for_each(|at| dues.push(EventTime(at), 'c'));
        assert_eq!(dues.0.iter().flatten().count(), LINES);
    }
}
