//! Whether the base station of the corrections still stands where the course was surveyed from.
//!
//! A base that is set up again elsewhere moves every fix with it, and no receiver notices. So where the course says where its base
//! stands, fixes are believed only while the base itself has lately said so. It sends that every 5 to 30 seconds: whoever sets
//! it up again interrupts its corrections, so after those were too old, or where nobody saw for so long whether they were, it must say so
//! anew, and nothing is believed in between.
//! Deliberately not here: a base that was moved without an interruption and still sends its old place; nothing on the vehicle
//! sees that (a site's control points do).
use kaoguan_course::Base;
use kaoguan_telemetry as telemetry;
use kaoguan_telemetry::units::{EventTime, Micros};

/// What the base has said of itself.
#[derive(Debug, Clone, Copy)]
pub struct BaseWatch {
    surveyed: Option<Base>,
    /// When it last said that it stands where it was surveyed.
    stood: Option<EventTime>,
    /// From when to when fixes said that their corrections were fresh, without a break.
    unbroken: Option<(EventTime, EventTime)>,
}

impl BaseWatch {
    /// For a course; one that does not say where its base stands asks for nothing.
    pub fn of(surveyed: Option<Base>) -> BaseWatch {
        BaseWatch {
            surveyed,
            stood: None,
            unbroken: None,
        }
    }

    /// The base says where it stands; false where that is elsewhere.
    pub fn hear(&mut self, at: EventTime, said: &telemetry::Base) -> bool {
        let Some(surveyed) = self.surveyed else { return true };
        let off = [said.x_tenth_mm, said.y_tenth_mm, said.z_tenth_mm];
        let within = i128::from(surveyed.within.0);
        // The wire may say anything: what is out of reach in one axis is not squared.
        let off = off
            .into_iter()
            .zip(surveyed.at_tenth_mm)
            .map(|(said, at)| i128::from(said) - i128::from(at));
        let square = off
            .map(|off| if off.abs() > within { None } else { Some(off * off) })
            .sum::<Option<i128>>();
        let stands = square.is_some_and(|square| square <= within * within);
        self.stood = stands.then_some(at);
        stands
    }

    /// A fix says how old its corrections are. Where that is too much, or nobody has seen it for longer than that, they may have been
    /// interrupted, and what the base said before does not hold.
    pub fn correct(&mut self, at: EventTime, age: Option<Micros>, age_max: Micros) {
        if age.is_none_or(|age| age > age_max) {
            self.unbroken = None;
            return;
        }
        let (since, last) = self
            .unbroken
            .filter(|(_, last)| at - *last <= age_max)
            .unwrap_or_else(|| {
                // A base is not set up again within the age that corrections may have.
                (EventTime(at.0.saturating_sub(age_max.0)), at)
            });
        self.unbroken = Some((since, last.max(at)));
    }

    /// Whether it is known to stand where it was surveyed, or need not be.
    pub fn stands(&self, at: EventTime) -> bool {
        let Some(surveyed) = self.surveyed else { return true };
        let within = Micros(i64::from(surveyed.heard_within_s) * 1_000_000);
        let since = self.unbroken.map(|(since, _)| since);
        self.stood
            .is_some_and(|stood| at - stood <= within && since.is_some_and(|since| stood >= since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaoguan_course::TenthMm;

    const AT: [i64; 3] = [-24_096_015_000, 53_827_132_500, 24_170_021_250];

    fn said(off: [i64; 3]) -> telemetry::Base {
        telemetry::Base {
            station: 7,
            x_tenth_mm: AT[0] + off[0],
            y_tenth_mm: AT[1] + off[1],
            z_tenth_mm: AT[2] + off[2],
            antenna_height: None,
        }
    }

    fn watch() -> BaseWatch {
        BaseWatch::of(Some(Base {
            at_tenth_mm: AT,
            within: TenthMm(50),
            heard_within_s: 90,
        }))
    }

    fn s(seconds: i64) -> EventTime {
        EventTime(seconds * 1_000_000)
    }

    const AGE_MAX: Micros = Micros(5_000_000);

    /// Fixes of fresh corrections each second.
    fn corrected(base: &mut BaseWatch, seconds: std::ops::RangeInclusive<i64>) {
        seconds.for_each(|second| base.correct(s(second), Some(Micros(1_000_000)), AGE_MAX));
    }

    /// 5 mm off in space is the last place; 30, 40 and 0 tenths are 5 mm.
    #[test]
    fn it_stands_within_a_ball() {
        for (off, stands) in [
            ([30, -40, 0], true),
            ([0, 0, 50], true),
            ([30, 40, 1], false),
            ([0, -51, 0], false),
        ] {
            let mut base = watch();
            corrected(&mut base, 1..=1);
            assert_eq!(
                (base.hear(s(1), &said(off)), base.stands(s(1))),
                (stands, stands),
                "{off:?}"
            );
        }
        let far = telemetry::Base {
            x_tenth_mm: i64::MAX,
            y_tenth_mm: i64::MIN,
            ..said([0; 3])
        };
        assert!(!watch().hear(s(1), &far));
    }

    #[test]
    fn it_must_have_said_so_lately() {
        let mut base = watch();
        corrected(&mut base, 0..=10);
        assert!(!base.stands(s(10)), "not heard yet");
        base.hear(s(10), &said([0; 3]));
        corrected(&mut base, 11..=101);
        assert!(base.stands(s(100)) && !base.stands(EventTime(100_000_001)));
        base.hear(s(101), &said([0, 0, 60]));
        assert!(!base.stands(s(101)), "moved");
    }

    /// Corrections that were too old, a fix that does not say how old they are, or no fix at all for longer than they may be old.
    #[test]
    fn after_an_interruption_it_must_say_so_anew() {
        let interruptions: [&dyn Fn(&mut BaseWatch); 3] = [
            &|base| base.correct(s(12), Some(Micros(5_000_001)), AGE_MAX),
            &|base| base.correct(s(12), None, AGE_MAX),
            &|_| {},
        ];
        for (no, interrupt) in interruptions.into_iter().enumerate() {
            let mut base = watch();
            corrected(&mut base, 0..=11);
            base.hear(s(5), &said([0; 3]));
            assert!(base.stands(s(11)));
            interrupt(&mut base);
            corrected(&mut base, 17..=20);
            assert!(!base.stands(s(20)), "{no}");
            base.hear(s(20), &said([0; 3]));
            assert!(base.stands(s(20)), "{no}");
        }
        let mut base = watch();
        corrected(&mut base, 0..=11);
        base.hear(s(5), &said([0; 3]));
        corrected(&mut base, 16..=20);
        assert!(base.stands(s(20)), "five seconds are no interruption");
    }

    /// The base's word may come just before the first fix.
    #[test]
    fn a_word_of_the_last_seconds_before_the_first_fix_counts() {
        for (heard, stands) in [(5, true), (4, false)] {
            let mut base = watch();
            base.hear(s(heard), &said([0; 3]));
            corrected(&mut base, 10..=10);
            assert_eq!(base.stands(s(10)), stands);
        }
    }

    #[test]
    fn a_course_without_one_asks_for_nothing() {
        let mut base = BaseWatch::of(None);
        assert!(base.stands(s(0)) && base.hear(s(1), &said([9_999; 3])) && base.stands(s(2)));
    }
}
