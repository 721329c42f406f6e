//! How fast it went between two crossings: all speeds since the last one, split at the instant of the next.
//!
//! A crossing is told some distance after it happened, so the speeds since then belong to the next stretch already; they are
//! kept with their instants until it is told. Old ones are merged two by two: nothing but an instant's place within its
//! stretch grows coarser by that.
//!
//! Deliberately not here: what is too fast or too slow.
use crate::manoeuvre::Sight;
use crate::manoeuvre::speed::{Pace, Speed};
use kaoguan_telemetry::units::EventTime;
use std::collections::VecDeque;

/// Stretches of time that are remembered: 4 s of the fastest sweep, 20 fixes a second with 12 poses each.
const MEMORY: usize = 1_024;

/// A speed and when it was.
type Moment = (EventTime, i64);

/// A stretch of time with its extremes; of one pose only, as long as it is new.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    from: EventTime,
    to: EventTime,
    least: Moment,
    most: Moment,
}

impl Stretch {
    fn of(moment: Moment) -> Stretch {
        Stretch {
            from: moment.0,
            to: moment.0,
            least: moment,
            most: moment,
        }
    }
    fn with(self, later: Stretch) -> Stretch {
        let (least, most) = (self.least, self.most);
        Stretch {
            from: self.from,
            to: later.to,
            least: if later.least.1 < least.1 { later.least } else { least },
            most: if later.most.1 > most.1 { later.most } else { most },
        }
    }
}

/// The speeds since the last crossing.
#[derive(Debug, Clone, Default)]
pub struct Paces(VecDeque<Stretch>);

impl Paces {
    /// The next pose's speed, metres per hour, whichever way.
    pub fn push(&mut self, at: EventTime, m_h: i64) {
        if self.0.len() == MEMORY {
            self.merge_the_older_half();
        }
        self.0.push_back(Stretch::of((at, m_h)));
    }

    /// Poses are missing: what it did meanwhile nobody knows.
    pub fn interrupt(&mut self) {
        self.0.clear();
    }

    /// An axle was on a line at this instant: how fast it went there and since the last one. What came later belongs to the
    /// next stretch. `None` where nobody saw that instant.
    pub fn split(&mut self, at: EventTime, u_m_h: i64) -> Option<Pace> {
        let here = Stretch::of((at, self.speed_at(at)?));
        let up_to = self.0.iter().filter(|stretch| stretch.to <= at);
        let all = up_to.fold(here, |all, each| each.with(all));
        self.0.retain(|stretch| stretch.from > at);
        self.0.push_front(here);
        let told = |(when, m_h): Moment| Speed {
            m_h,
            u_m_h,
            sight: Some(Sight::of_the_vehicle(when)),
        };
        Some(Pace {
            here: told(here.least),
            least: told(all.least),
            most: told(all.most),
        })
    }

    fn speed_at(&self, at: EventTime) -> Option<i64> {
        let before = self.0.iter().rev().find(|stretch| stretch.to <= at)?;
        let after = self.0.iter().find(|stretch| stretch.from > at).unwrap_or(before);
        let (then, now) = (before.most, after.least);
        let span = (now.0 - then.0).0;
        let gained = ((now.1 - then.1) * (at - then.0).0).checked_div(span);
        Some(then.1 + gained.unwrap_or_default())
    }

    fn merge_the_older_half(&mut self) {
        let newer = self.0.split_off(MEMORY / 2);
        let mut older = std::mem::replace(&mut self.0, VecDeque::with_capacity(MEMORY)).into_iter();
        while let Some(first) = older.next() {
            let merged = older.next().map_or(first, |second| first.with(second));
            self.0.push_back(merged);
        }
        self.0.extend(newer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> EventTime {
        EventTime(ms * 1_000)
    }

    fn numbers(pace: Option<Pace>) -> Option<[i64; 3]> {
        pace.map(|pace| [pace.here.m_h, pace.least.m_h, pace.most.m_h])
    }

    fn of(rows: &[(i64, i64)]) -> Paces {
        let mut paces = Paces::default();
        rows.iter().for_each(|(ms, m_h)| paces.push(at(*ms), *m_h));
        paces
    }

    /// On the line at 150 ms, half-way between 8000 and 9000; told at 300 ms, when it goes 12,000 already.
    #[test]
    fn what_came_after_the_line_belongs_to_the_next_stretch() {
        let mut paces = of(&[(0, 10_000), (100, 8_000), (200, 9_000), (300, 12_000)]);
        assert_eq!(numbers(paces.split(at(150), 0)), Some([8_500, 8_000, 10_000]));
        paces.push(at(400), 11_000);
        let next = paces.split(at(400), 7).expect("it was seen");
        assert_eq!(numbers(Some(next)), Some([11_000, 8_500, 12_000]));
        assert_eq!(
            (next.least.u_m_h, next.least.sight.map(|sight| sight.at)),
            (7, Some(at(150)))
        );
    }

    #[test]
    fn two_stretches_are_one() {
        let mut paces = of(&[(0, 10_000), (100, 8_000)]);
        let first = paces.split(at(100), 0).expect("it was seen");
        paces.push(at(200), 14_000);
        paces.push(at(300), 12_000);
        let second = paces.split(at(300), 0).expect("it was seen");
        assert_eq!(numbers(Some(second.after(first))), Some([12_000, 8_000, 14_000]));
    }

    #[test]
    fn what_nobody_saw_has_no_speed() {
        let mut paces = of(&[(0, 10_000), (100, 8_000)]);
        paces.interrupt();
        paces.push(at(300), 9_000);
        assert_eq!(paces.split(at(200), 0), None);
    }

    /// Five thousand poses, slow at one of the first: it is still known, and no more is remembered than may be.
    #[test]
    fn a_long_stretch_forgets_no_extreme() {
        let mut paces = Paces::default();
        for no in 0..5_000 {
            paces.push(at(no * 10), if no == 3 { 4_000 } else { 11_000 + no });
            assert!(paces.0.len() <= MEMORY);
        }
        assert_eq!(numbers(paces.split(at(49_990), 0)), Some([15_999, 4_000, 15_999]));
    }

    /// Slow at one pose long ago, and the next one is on the line: both were merged, and the slow one was before the line.
    #[test]
    fn an_extreme_that_was_merged_with_the_line_is_told_at_it() {
        let mut paces = Paces::default();
        (0..=MEMORY as i64).for_each(|no| paces.push(at(no * 10), if no == 100 { 4_000 } else { 11_000 }));
        assert_eq!(numbers(paces.split(at(1_010), 0)), Some([11_000, 4_000, 11_000]));
    }

    /// Of two moments that were as slow, or as fast, the later one is looked at.
    #[test]
    fn of_equal_extremes_the_later_one_is_looked_at() {
        let mut paces = of(&[(0, 9_000), (100, 8_000), (200, 9_000), (300, 8_000), (400, 8_500)]);
        let pace = paces.split(at(400), 0).expect("it was seen");
        let seen = [pace.least, pace.most].map(|speed| speed.sight.map(|sight| sight.at));
        assert_eq!(seen, [Some(at(300)), Some(at(200))]);
    }

    /// What came last is known pose by pose, however much is remembered.
    #[test]
    fn the_newer_half_is_not_merged() {
        let mut paces = Paces::default();
        (0..=MEMORY as i64).for_each(|no| paces.push(at(no * 10), no * no));
        let half = MEMORY as i64 / 2;
        let here = paces.speed_at(at(half * 10 + 15));
        assert_eq!(here, Some(((half + 1).pow(2) + (half + 2).pow(2)) / 2));
        let before = paces.speed_at(at(half * 10 + 5));
        assert_eq!(before, Some((half.pow(2) + (half + 1).pow(2)) / 2));
        assert_eq!(paces.speed_at(at(MEMORY as i64 * 10)), Some((MEMORY as i64).pow(2)));
    }
}
