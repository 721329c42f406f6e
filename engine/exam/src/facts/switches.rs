//! Signals and contacts: what a switch says counts when it has said it long enough. No single frame decides anything.
//!
//! Nobody knows when a contact that bounces has changed: at its first frame of the new state, or at its last
//! first. It is told by the last, with the first beside it.
use kaoguan_telemetry::units::{EventTime, Micros};

/// One switch, or a lever of several places.
#[derive(Debug, Clone, Copy)]
pub struct Switch<T = bool> {
    told: Option<T>,
    coming: Option<Coming<T>>,
    heard: Option<EventTime>,
}

impl<T> Default for Switch<T> {
    fn default() -> Self {
        Switch {
            told: None,
            coming: None,
            heard: None,
        }
    }
}

/// A state that is not told yet.
#[derive(Debug, Clone, Copy)]
struct Coming<T> {
    on: T,
    first: EventTime,
    /// Said without a break from then on; `Err`: the old state is back since then.
    since: Result<EventTime, EventTime>,
}

/// A change that has held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change<T = bool> {
    /// What the switch says now.
    pub on: T,
    /// Its first frame that said so.
    pub first: EventTime,
    /// The first after which it said nothing else: where it did not bounce, the same.
    pub since: EventTime,
}

impl<T: Copy + PartialEq> Switch<T> {
    /// What it said last that counted.
    pub fn told(&self) -> Option<T> {
        self.told
    }

    /// So far it is known to have been as it was told: up to its last frame, or to the first of a change that is not told yet.
    pub fn held_until(&self) -> Option<EventTime> {
        self.coming.map(|coming| coming.first).or(self.heard)
    }

    /// Forgets what it said where it has said nothing for longer than `gap`: once, and how far it held where there was something to forget.
    pub fn forget_unsaid(&mut self, now: EventTime, gap: Micros) -> Option<EventTime> {
        self.heard.filter(|heard| now - *heard > gap)?;
        std::mem::take(self).held_until()
    }

    /// Takes what the switch says; says when it changed, once the change has held for `hold` and been seen twice.
    pub fn push(&mut self, at: EventTime, on: T, hold: Micros) -> Option<Change<T>> {
        self.heard = Some(at);
        if self.told == Some(on) {
            self.coming = self.coming.and_then(|coming| {
                let back = coming.since.err().unwrap_or(at);
                let since = Err(back);
                (at - back < hold).then_some(Coming { since, ..coming })
            });
            return None;
        }
        let begun = self.coming.take().filter(|coming| coming.on == on);
        let first = begun.map_or(at, |coming| coming.first);
        let since = begun.and_then(|coming| coming.since.ok());
        if let Some(since) = since.filter(|since| at - *since >= hold) {
            self.told = Some(on);
            return Some(Change { on, first, since });
        }
        let since = Ok(since.unwrap_or(at));
        self.coming = Some(Coming { on, first, since });
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the first gear through neutral, seen once, into the second.
    #[test]
    fn a_lever_is_told_where_it_has_held() {
        let mut lever = Switch::default();
        let rows = [(0, 1), (200, 1), (300, 0), (400, 2), (500, 2), (600, 2)];
        let told = rows.map(|(at, place)| lever.push(EventTime(at), place, Micros(150)));
        let told: Vec<_> = told
            .into_iter()
            .flatten()
            .map(|change| (change.since.0, change.on))
            .collect();
        assert_eq!(told, [(0, 1), (400, 2)]);
    }

    /// Told until 250 ms without a word; then as if it had never spoken.
    #[test]
    fn what_is_not_said_for_long_does_not_hold() {
        let mut lever = Switch::default();
        for at in [0, 200] {
            lever.push(EventTime(at), 3, Micros(150));
        }
        assert!(lever.forget_unsaid(EventTime(450), Micros(250)).is_none() && lever.told() == Some(3));
        assert_eq!(lever.forget_unsaid(EventTime(451), Micros(250)), Some(EventTime(200)));
        assert_eq!(
            (lever.told(), lever.forget_unsaid(EventTime(900), Micros(250))),
            (None, None),
            "only once"
        );
    }

    /// A change that is not told yet ends what is known, at its first frame; so does one that bounces.
    #[test]
    fn what_it_said_holds_up_to_the_first_frame_of_a_change() {
        let mut contact = Switch::default();
        for (at, on) in [(0, true), (300, true), (400, false), (500, true), (600, false)] {
            contact.push(EventTime(at), on, Micros(300));
        }
        assert_eq!(contact.held_until(), Some(EventTime(400)));
        assert_eq!(contact.forget_unsaid(EventTime(900), Micros(250)), Some(EventTime(400)));
    }

    fn run(rows: &[(i64, bool)]) -> Vec<(i64, bool)> {
        let mut switch = Switch::default();
        let hold = Micros(150);
        rows.iter()
            .filter_map(|(at, on)| switch.push(EventTime(*at), *on, hold))
            .map(|change| (change.since.0, change.on))
            .collect()
    }

    #[test]
    fn a_change_counts_from_its_first_frame_once_it_held() {
        assert_eq!(
            run(&[
                (0, true),
                (100, true),
                (200, true),
                (300, false),
                (400, false),
                (500, false)
            ]),
            [(0, true), (300, false)]
        );
    }

    #[test]
    fn one_odd_frame_is_nothing() {
        assert_eq!(
            run(&[
                (0, true),
                (200, true),
                (300, false),
                (400, true),
                (500, true),
                (900, false)
            ]),
            [(0, true)]
        );
    }

    #[test]
    fn a_change_that_bounces_was_between_its_first_frame_and_its_last_first() {
        let told = |rows: &[(i64, bool)]| {
            let mut switch = Switch::default();
            let said = |(at, on): &(i64, bool)| switch.push(EventTime(*at), *on, Micros(150));
            rows.iter()
                .filter_map(said)
                .map(|c| (c.first.0, c.since.0, c.on))
                .last()
        };
        let on = [(0, true), (200, true)];
        let bounces = [(300, false), (400, false), (500, true), (600, false), (800, false)];
        assert_eq!(told(&[&on[..], &bounces].concat()), Some((300, 600, false)));
        // Back for as long as it must hold: what was before is nothing.
        let back = [(300, false), (500, true), (650, true), (700, false), (850, false)];
        assert_eq!(told(&[&on[..], &back].concat()), Some((700, 700, false)));
    }

    /// Two flashes a second, half of each lit: two or three frames of each, which 150 ms of holding may miss for ever.
    #[test]
    fn a_fast_lamp_is_seen_without_holding() {
        let frames: Vec<(i64, bool)> = (0..12).map(|i| i * 100).map(|at| (at, (at + 60) % 500 < 250)).collect();
        let said = |hold| {
            let mut switch = Switch::default();
            let changes = frames
                .iter()
                .filter_map(|(at, on)| switch.push(EventTime(*at), *on, Micros(hold)));
            changes.filter(|change| change.on).count()
        };
        assert_eq!((said(150), said(0)), (0, 3));
    }
}
