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
            let [newest, ..] = &mut self.before;
            *newest = Some((since, at));
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

/// A switch that nobody may have on: what it surely was, and what it may have been where nobody heard it.
///
/// What was heard before a hole does not hold behind it, so it charges nobody; but who had it on before, or has it on when it is heard
/// again, may have had it on in between, and a person is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsure {
    surely: Held,
    perhaps: Held,
    unheard: Option<EventTime>,
}

/// What is known of that, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Was {
    /// It was not so.
    Not,
    /// Nobody heard.
    Perhaps,
    /// It was so.
    Surely,
}

impl Unsure {
    /// Not on since one listens.
    pub const NEVER: Unsure = Unsure {
        surely: Held::NEVER,
        perhaps: Held::NEVER,
        unheard: None,
    };

    /// It is on, or off, from then.
    pub fn hear(&mut self, at: EventTime, on: bool) {
        let since = self.unheard.take().filter(|_| on);
        self.surely.hear(at, on);
        self.perhaps.hear(since.unwrap_or(at), on);
    }

    /// Nobody hears it any more.
    pub fn unheard(&mut self, at: EventTime) {
        self.surely = Held::NEVER;
        self.unheard.get_or_insert(at);
    }

    /// Whether it was as this says.
    pub fn was(self, so: impl Fn(Held) -> bool) -> Was {
        match (so(self.surely), so(self.perhaps)) {
            (true, _) => Was::Surely,
            (false, true) => Was::Perhaps,
            (false, false) => Was::Not,
        }
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
        assert!(switch.was_on(EventTime(0), EventTime(3)) && !switch.is_on());
        switch.hear(EventTime(10), true);
        assert!(switch.was_on(EventTime(5), EventTime(9)) && switch.is_on());
        assert!(!switch.was_on(EventTime(6), EventTime(9)), "it came on behind that");
        assert!(switch.came_on(EventTime(2), EventTime(3)) && !switch.came_on(EventTime(3), EventTime(9)));
        assert!(switch.stayed_on(EventTime(3), EventTime(4)) && !switch.stayed_on(EventTime(3), EventTime(5)));
        assert!(switch.stayed_on(EventTime(10), EventTime(20)) && !switch.stayed_on(EventTime(9), EventTime(20)));
    }

    /// A lamp that blinks: each of the last eight flashes is remembered, and one before them is not.
    #[test]
    fn the_last_eight_flashes_are_remembered() {
        let mut lamp = Held::NEVER;
        for flash in 0..9 {
            lamp.hear(EventTime(10 * flash), true);
            lamp.hear(EventTime(10 * flash + 5), false);
        }
        let lit = |flash: i64| lamp.was_on(EventTime(10 * flash + 1), EventTime(10 * flash + 2));
        assert_eq!(
            [0, 1, 2, 3, 4, 5, 6, 7, 8].map(lit),
            [false, true, true, true, true, true, true, true, true]
        );
    }

    /// On from 3 to a hole at 6, and heard again at 8.
    #[test]
    fn what_was_on_before_a_hole_may_have_stayed_on() {
        let mut switch = Unsure::NEVER;
        switch.hear(EventTime(3), true);
        let was_on = |switch: Unsure, at| switch.was(|held| held.was_on(EventTime(at), EventTime(at)));
        assert_eq!(was_on(switch, 5), Was::Surely);
        switch.unheard(EventTime(6));
        switch.unheard(EventTime(7));
        assert_eq!(
            [2, 5, 7].map(|at| was_on(switch, at)),
            [Was::Not, Was::Perhaps, Was::Perhaps]
        );
        switch.hear(EventTime(8), false);
        assert_eq!([7, 9].map(|at| was_on(switch, at)), [Was::Perhaps, Was::Not]);
        // On when it is heard again: it may have come on in the hole, which began with the first word that was missed.
        switch.unheard(EventTime(10));
        switch.unheard(EventTime(11));
        switch.hear(EventTime(12), true);
        assert_eq!(
            [9, 10, 11, 12].map(|at| was_on(switch, at)),
            [Was::Not, Was::Perhaps, Was::Perhaps, Was::Surely]
        );
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
