//! Reversing into a bay or slot, as 倒车入库 and 侧方停车 both need it: when it began, whether the tail went in backwards, and how
//! far the body reached out where it turned round.
//!
//! A turn is told some distance late and dated when its place was left; a line is told when it is beyond doubt. So what is
//! told of a turn may come after the mouth it was meant for: it is sorted in by when it turned round, for whoever has done that before
//! the tail went in goes in backwards, wherever he stands and however long. Of several tries the best counts.
//! Deliberately not here: what any of it costs.
use super::{Distance, Took, Way};
use kaoguan_telemetry::units::{EventTime, Micros};

/// What is known of it since the item began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reversing {
    way: Option<Way>,
    /// When it turned round: the new way is told next.
    turned: Option<EventTime>,
    /// The first and the last time it began to reverse outside.
    began: Option<[EventTime; 2]>,
    /// When the last one began that led inside.
    into: Option<EventTime>,
    /// When the tail went in, and whether it did so forwards.
    entered: Option<(EventTime, bool)>,
    /// It has reversed since the tail went in.
    backed: bool,
    out: Option<Distance>,
    /// The one that led inside counts for the clock, whatever comes after it.
    kept: bool,
    /// Its time has been told.
    timed: bool,
    /// Somebody was asked for it.
    asked: bool,
}

impl Reversing {
    /// Nothing is known yet.
    pub const BEGIN: Reversing = Reversing {
        way: None,
        turned: None,
        began: None,
        into: None,
        entered: None,
        backed: false,
        out: None,
        kept: false,
        timed: false,
        asked: false,
    };

    /// Which way it goes, where that is known.
    pub fn way(&self) -> Option<Way> {
        self.way
    }

    /// It turned round then.
    pub fn turned_round(self, at: EventTime) -> Reversing {
        let turned = Some(at);
        Reversing { turned, ..self }
    }

    /// It goes this way since then.
    pub fn goes(mut self, at: EventTime, way: Way) -> Reversing {
        self.way = Some(way);
        let turned = self.turned.take().unwrap_or(at);
        if way == Way::Forwards {
            return self;
        }
        match self.entered {
            Some((entered, _)) if turned > entered => self.backed = true,
            // Told late: it led inside, and is dated no earlier than the way it goes.
            Some((entered, _)) => {
                self.entered = Some((entered.max(at), false));
                self = self.begin(at).led_inside();
            }
            None => self = self.begin(at),
        }
        self
    }

    fn led_inside(self) -> Reversing {
        let last = self.began.map(|[_, last]| last);
        Reversing {
            into: if self.kept { self.into } else { last.or(self.into) },
            ..self
        }
    }

    fn begin(self, at: EventTime) -> Reversing {
        let first = self.began.map_or(at, |[first, _]| first);
        Reversing {
            began: Some([first, at]),
            ..self
        }
    }

    /// Whether what was measured at the last turn is of a reversing that began outside.
    pub fn set_out_backwards(&self, at: EventTime) -> bool {
        self.way == Some(Way::Backwards) && self.entered.is_none_or(|(entered, _)| at <= entered)
    }

    /// The tail is in.
    pub fn enter(self, at: EventTime) -> Reversing {
        let backwards = self.way == Some(Way::Backwards);
        let drive = if backwards { self.led_inside() } else { self };
        Reversing {
            entered: Some((at, !backwards)),
            backed: false,
            ..drive
        }
    }

    /// The tail is out again.
    pub fn leave(self) -> Reversing {
        Reversing { entered: None, ..self }
    }

    /// It went in forwards, and reversed out or about inside.
    pub fn is_nose_first(&self) -> bool {
        self.backed && self.entered.is_some_and(|(_, forwards)| forwards)
    }

    /// How far it reaches out where it turned round; of a turn to drive forwards only.
    pub fn reach(self, by: Distance) -> Reversing {
        match self.way {
            Some(Way::Forwards) => Reversing {
                out: best(self.out, by),
                ..self
            },
            _ => self,
        }
    }

    /// The least that it reached out, where it turned round inside.
    pub fn out(&self) -> Option<Distance> {
        self.out
    }

    /// Another reversing follows: the clock runs on, where it stood is over.
    pub fn next(self) -> Reversing {
        Reversing {
            out: None,
            kept: true,
            ..self
        }
    }

    /// How long it has taken until then, once: surely since the reversing that led inside, at most since the first.
    pub fn took(&mut self, at: EventTime) -> Option<Took> {
        let into = self.into?;
        let first = self.began.map_or(into, |[first, _]| first);
        (!std::mem::replace(&mut self.timed, true)).then_some(Took {
            surely: at - into,
            at_most: at - first,
        })
    }

    /// When so much time is over, as long as nobody has been told or asked.
    pub fn due(&self, limit: Option<Micros>) -> Option<EventTime> {
        Some(self.into.filter(|_| !self.timed && !self.asked)? + limit?)
    }

    /// Whether it is due by then; once.
    pub fn ask(&mut self, at: EventTime, limit: Option<Micros>) -> bool {
        let due = self.due(limit).is_some_and(|due| due <= at);
        self.asked |= due;
        due
    }
}

/// How far the front wheels were short of a control line where it turned round to reverse: the best of what led inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Short {
    outside: Option<Distance>,
    led_inside: Option<Distance>,
}

impl Short {
    /// Nothing is known yet.
    pub const NONE: Short = Short {
        outside: None,
        led_inside: None,
    };

    /// It turned round to reverse, outside.
    pub fn outside(&mut self, by: Distance) {
        self.outside = best(self.outside, by);
    }

    /// The same, told when its tail was in already.
    pub fn led_inside(&mut self, by: Distance) {
        self.led_inside = best(self.led_inside, by);
    }

    /// The tail is in: what was measured outside led there.
    pub fn enter(&mut self) {
        if let Some(by) = self.outside.take() {
            self.led_inside(by);
        }
    }

    /// The least that it was short; `None` where nobody saw it.
    pub fn best(self) -> Option<Distance> {
        self.led_inside
    }
}

/// The smaller of what is known.
pub fn best(known: Option<Distance>, by: Distance) -> Option<Distance> {
    Some(known.map_or(by, |known| if by.value < known.value { by } else { known }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaoguan_telemetry::units::TenthMillimetres;

    fn s(seconds: i64) -> EventTime {
        EventTime(seconds * 1_000_000)
    }

    #[test]
    fn time_runs_surely_from_the_reversing_that_led_in_and_at_most_from_the_first() {
        let mut drive = Reversing::BEGIN.goes(s(10), Way::Backwards).goes(s(12), Way::Forwards);
        drive = drive.goes(s(20), Way::Backwards).enter(s(25));
        let due = drive.due(Some(Micros::from_secs(90)));
        assert_eq!(due, Some(s(110)));
        let took = drive.took(s(80)).expect("once");
        assert_eq!(
            (took.surely, took.at_most),
            (Micros::from_secs(60), Micros::from_secs(70))
        );
        assert_eq!((drive.took(s(90)), drive.due(Some(Micros(0)))), (None, None));
    }

    /// The turn was told after the mouth, dated before it: it went in backwards.
    #[test]
    fn a_turn_that_is_told_late_is_sorted_in_by_its_date() {
        let drive = Reversing::BEGIN.goes(s(5), Way::Forwards).enter(s(10));
        let late = drive.goes(s(9), Way::Backwards);
        assert!(!late.is_nose_first() && late.set_out_backwards(s(9)));
        assert_eq!(late.due(Some(Micros(0))), Some(s(9)));
        // It stood for five seconds with the tail in the mouth.
        let left_late = drive.turned_round(s(9)).goes(s(15), Way::Backwards);
        assert!(!left_late.is_nose_first() && left_late.set_out_backwards(s(15)));
        let inside = drive.turned_round(s(12)).goes(s(14), Way::Backwards);
        assert!(inside.is_nose_first() && !inside.set_out_backwards(s(14)));
    }

    /// Driving on inside is no reversing; a turn at the very instant of the mouth led in.
    #[test]
    fn who_drives_on_inside_has_not_backed() {
        let drive = Reversing::BEGIN.goes(s(5), Way::Forwards).enter(s(10));
        assert!(!drive.turned_round(s(12)).goes(s(13), Way::Forwards).is_nose_first());
        assert!(!drive.turned_round(s(10)).goes(s(12), Way::Backwards).is_nose_first());
        assert!(drive.turned_round(s(11)).goes(s(12), Way::Backwards).is_nose_first());
    }

    /// Of two as good ones the first.
    #[test]
    fn what_is_no_better_betters_nothing() {
        let by = |u: i32| Distance::of(TenthMillimetres(100), TenthMillimetres(u));
        assert_eq!(best(Some(by(90)), by(120)), Some(by(90)));
    }
}
