//! What is forbidden while the vehicle moves: a foot off its peg, a helmet off, neutral.
//!
//! A stop is known only some time after it began, and motion is known only as far as it was seen. So nothing is charged
//! before it is certain that the vehicle kept moving all the while, and what may have happened at rest, shortly before
//! it, or out of sight is forgiven.
use kaoguan_telemetry::units::{EventTime, Micros};

/// The spans of one rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spans {
    /// Allowed so long after moving off, and before coming to rest.
    pub grace: Micros,
    /// Charged only when it lasts so long.
    pub hold: Micros,
    /// So long after it began a stop is told at the latest.
    pub stop_told: Micros,
}

/// A state that is forbidden while moving.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WhileMoving {
    moving_since: Option<EventTime>,
    bad_since: Option<EventTime>,
    /// It lasted long enough; the vehicle might still turn out to have been at rest.
    lasted: Option<EventTime>,
    charged: bool,
}

impl WhileMoving {
    /// Nothing is known yet.
    pub const BEGIN: WhileMoving = WhileMoving {
        moving_since: None,
        bad_since: None,
        lasted: None,
        charged: false,
    };

    /// The vehicle moves since then.
    pub fn moves(&mut self, since: EventTime) {
        self.moving_since.get_or_insert(since);
    }

    /// Since then the vehicle stands, or nobody knows whether it moves.
    pub fn rests(&mut self, since: EventTime, spans: Spans) {
        let begun = self.lasted.or(self.uncharged(spans));
        self.lasted = begun.filter(|begun| *begun + spans.hold + spans.grace < since);
        self.moving_since = None;
        self.charged = false;
    }

    /// From then on the state is forbidden (or no longer).
    pub fn state(&mut self, at: EventTime, bad: bool, spans: Spans) {
        if bad {
            self.bad_since.get_or_insert(at);
            return;
        }
        let ended = self.uncharged(spans).filter(|begun| at - *begun >= spans.hold);
        self.lasted = self.lasted.or(ended);
        self.bad_since = None;
        self.charged = false;
    }

    /// Nobody hears whether the state is there; up to `since` it was as it was heard. What lasted long enough by then is kept, and
    /// where it is there when it is heard again, nobody knows that it is another.
    pub fn unheard(&mut self, since: EventTime, spans: Spans) {
        let lasted = self.uncharged(spans).filter(|begun| since - *begun >= spans.hold);
        self.charged |= lasted.is_some();
        self.lasted = self.lasted.or(lasted);
        self.bad_since = None;
    }

    /// When it is decided.
    pub fn due(self, spans: Spans) -> Option<EventTime> {
        let begun = self.lasted.or(self.uncharged(spans))?;
        Some(begun + spans.hold + spans.grace + spans.stop_told)
    }

    /// If it is decided by now: since when the fault had been there. Once for each fault.
    pub fn decided(&mut self, now: EventTime, spans: Spans) -> Option<EventTime> {
        self.due(spans).filter(|due| *due <= now)?;
        if let Some(begun) = self.lasted.take() {
            return Some(begun);
        }
        let begun = self.uncharged(spans);
        self.charged = true;
        begun
    }

    /// Since when both hold, after the grace, where that was not charged yet.
    fn uncharged(self, spans: Spans) -> Option<EventTime> {
        if self.charged {
            return None;
        }
        Some(self.bad_since?.max(self.moving_since? + spans.grace))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPANS: Spans = Spans {
        grace: Micros(1_000),
        hold: Micros(300),
        stop_told: Micros(500),
    };

    /// Moving since 0, in the forbidden state from `bad.0` to `bad.1`; what is decided when `now`.
    fn decided(bad: (i64, Option<i64>), rest: Option<i64>, now: i64) -> Option<i64> {
        let mut rule = WhileMoving::BEGIN;
        rule.moves(EventTime(0));
        rule.state(EventTime(bad.0), true, SPANS);
        if let Some(end) = bad.1 {
            rule.state(EventTime(end), false, SPANS);
        }
        if let Some(rest) = rest {
            rule.rests(EventTime(rest), SPANS);
        }
        rule.decided(EventTime(now), SPANS).map(|at| at.0)
    }

    #[test]
    fn it_is_decided_when_a_rest_in_its_grace_would_have_been_told() {
        // 4000 + hold 300 + grace 1000 + told 500.
        assert_eq!(decided((4_000, None), None, 5_799), None);
        assert_eq!(decided((4_000, None), None, 5_800), Some(4_000));
        assert_eq!(
            decided((4_000, Some(4_300)), None, 5_800),
            Some(4_000),
            "over, but it lasted"
        );
        assert_eq!(decided((4_000, Some(4_299)), None, 9_000), None, "too short");
    }

    #[test]
    fn what_was_shortly_before_a_rest_is_forgiven() {
        assert_eq!(decided((4_000, None), Some(5_300), 9_000), None);
        assert_eq!(decided((4_000, None), Some(5_301), 9_000), Some(4_000));
        assert_eq!(decided((4_000, Some(4_600)), Some(5_000), 9_000), None);
        assert_eq!(
            decided((4_000, None), Some(3_000), 9_000),
            None,
            "told late, begun early"
        );
    }

    #[test]
    fn moving_off_has_its_grace() {
        assert_eq!(decided((-500, Some(1_200)), None, 9_000), None);
        assert_eq!(decided((-500, Some(1_300)), None, 9_000), Some(1_000));
    }

    #[test]
    fn one_fault_is_decided_once() {
        let mut rule = WhileMoving::BEGIN;
        rule.moves(EventTime(0));
        rule.state(EventTime(2_000), true, SPANS);
        assert_eq!(rule.decided(EventTime(9_000), SPANS), Some(EventTime(2_000)));
        assert_eq!(rule.due(SPANS), None);
        rule.rests(EventTime(9_000), SPANS);
        assert_eq!(rule.due(SPANS), None, "the same fault is not found again at its end");
    }
}
