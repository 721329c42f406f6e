//! A violation is counted once: from the moment it cannot be excluded until the vehicle is clear again.
use crate::manoeuvre::Distance;
use kaoguan_telemetry::units::{EventTime, Micros, TenthMillimetres};

/// Follows one distance that must not become positive.
#[derive(Debug, Clone, Copy, Default)]
pub struct Excursion {
    before: Option<(EventTime, TenthMillimetres)>,
    open: Option<Open>,
}

#[derive(Debug, Clone, Copy)]
struct Open {
    crossed: Option<EventTime>,
    worst: Distance,
    worst_at: EventTime,
}

/// An excursion that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Over {
    /// When the datum was crossed, or the worst was reached.
    pub at: EventTime,
    /// The worst.
    pub worst: Distance,
    /// When that was.
    pub worst_at: EventTime,
}

impl Excursion {
    /// Takes the next value. An excursion opens at `from` or more, and is over when the value is `rearm` below that.
    pub fn push(
        &mut self,
        at: EventTime,
        now: Distance,
        from: TenthMillimetres,
        rearm: TenthMillimetres,
    ) -> Option<Over> {
        let before = self.before.replace((at, now.value));
        if self.open.is_none() && now.value >= from {
            self.open = Some(Open {
                crossed: None,
                worst: now,
                worst_at: at,
            });
        }
        let open = self.open.as_mut()?;
        if open.crossed.is_none() && now.value.0 > 0 {
            open.crossed = Some(before.map_or(at, |before| zero_between(before, (at, now.value))));
        }
        if now.value > open.worst.value {
            (open.worst, open.worst_at) = (now, at);
        }
        (now.value < from - rearm).then(|| self.close()).flatten()
    }

    /// The item begins: what is open was before it. It opens again at the next value, if it is still so.
    pub fn begin(&mut self) {
        self.open = None;
    }

    /// The item ends: what is open is over.
    pub fn close(&mut self) -> Option<Over> {
        self.open.take().map(|open| Over {
            at: open.crossed.unwrap_or(open.worst_at),
            worst: open.worst,
            worst_at: open.worst_at,
        })
    }
}

/// When a value that goes from negative to positive was zero.
pub fn zero_between(before: (EventTime, TenthMillimetres), after: (EventTime, TenthMillimetres)) -> EventTime {
    let (a, b) = (i64::from(before.1.0), i64::from(after.1.0));
    if a > 0 || b <= a {
        return after.0;
    }
    before.0 + Micros((after.0 - before.0).0 * -a / (b - a))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(values: &[i32]) -> Vec<(i64, i32)> {
        let mut excursion = Excursion::default();
        let mut over = Vec::new();
        for (i, value) in values.iter().enumerate() {
            let now = Distance::of(TenthMillimetres(*value), TenthMillimetres(100));
            let at = EventTime(i as i64 * 100);
            over.extend(excursion.push(at, now, TenthMillimetres(-100), TenthMillimetres(200)));
        }
        over.extend(excursion.close());
        over.into_iter().map(|over| (over.at.0, over.worst.value.0)).collect()
    }

    /// From -300 to +100 within 100 us: zero after 75.
    #[test]
    fn counted_once_with_its_worst_and_the_instant_of_crossing() {
        assert_eq!(run(&[-500, -300, 100, 400, 250, 420, -200, -400]), [(175, 420)]);
    }

    #[test]
    fn rearmed_only_when_clear() {
        assert_eq!(run(&[-500, 100, -250, 200, -400, 300, -301]), [(83, 200), (457, 300)]);
    }

    #[test]
    fn a_near_miss_is_told_at_its_worst_and_an_open_one_at_the_end() {
        assert_eq!(run(&[-500, -90, -50, -80, -400]), [(200, -50)]);
        assert_eq!(run(&[-500, 50]), [(90, 50)]);
        assert_eq!(run(&[-500, -200, -101]), []);
    }

    /// It opens at the value itself, is over below the other one only, and the first of two worst ones is looked at.
    #[test]
    fn the_boundaries_belong_to_the_excursion() {
        assert_eq!(run(&[-500, -100, -500]), [(100, -100)]);
        assert_eq!(run(&[-500, 100, -300, -301]), [(83, 100)]);
        let mut excursion = Excursion::default();
        let mut push = |at: i64, value: i32| {
            let now = Distance::of(TenthMillimetres(value), TenthMillimetres(100));
            excursion.push(EventTime(at), now, TenthMillimetres(-100), TenthMillimetres(200))
        };
        let over = [(0, -200), (100, 50), (200, 50), (300, -400)].map(|(at, value)| push(at, value));
        let over = over.into_iter().flatten().next().expect("it is over");
        assert_eq!((over.at.0, over.worst_at.0), (80, 100));
    }

    /// Exactly on the datum is not over it; whoever was over it when first seen is dated there.
    #[test]
    fn the_datum_itself_is_not_crossed() {
        assert_eq!(run(&[-500, 0, -50, 100, -400]), [(233, 100)]);
        assert_eq!(run(&[300, 200, -400]), [(0, 300)]);
        let zero = |a: i32, b: i32| {
            let at = |at: i64, value: i32| (EventTime(at), TenthMillimetres(value));
            zero_between(at(1_000, a), at(1_100, b)).0
        };
        assert_eq!([zero(-300, 100), zero(0, 100), zero(100, 200)], [1_075, 1_000, 1_100]);
        assert_eq!([zero(-300, -300), zero(-200, -300)], [1_100, 1_100]);
    }

    /// A tenth of a millimetre over the datum is over it; 50 mm farther inside is not yet over.
    #[test]
    fn the_least_excess_is_dated_and_the_last_place_belongs_to_it() {
        assert_eq!(run(&[-499, 1, -400]), [(99, 1)]);
        assert_eq!(run(&[-500, 100, -300, 200, -301]), [(83, 200)]);
        let at = |at: i64, value: i32| (EventTime(at), TenthMillimetres(value));
        assert_eq!(zero_between(at(1_000, 1), at(1_100, 2)).0, 1_100);
    }
}
