//! The tariff: what a fault costs, and whether it is proven.
//!
//! The law's tolerance is one-sided: a fault may be found late, never early. So a value is *proven* only beyond its limit
//! by more than k·u, *doubtful* where a true excess beyond the legal tolerance cannot be excluded, and nothing otherwise.
//! Integers only: equal means equal.
use crate::budget::Budget;
use crate::finding::{Bound, Measure, Unit};
use crate::manoeuvre::{Distance, Note, Weighed};
use crate::syllabus::{Limit, Rule, Syllabus};

/// What becomes of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Within the limit, or without a limit that could be judged.
    Nothing,
    /// Proven: charged.
    Proven(Option<Measure>),
    /// Within k·u of the limit: asked.
    Doubtful(Option<Measure>),
}

/// Weighs a note against its rule.
pub(crate) fn weigh(syllabus: &Syllabus, rule: &Rule, note: &Note) -> Weight {
    match weighed(syllabus, rule, note) {
        Weight::Proven(measure) if note.asked => Weight::Doubtful(measure),
        weight => weight,
    }
}

fn weighed(syllabus: &Syllabus, rule: &Rule, note: &Note) -> Weight {
    let as_distance = |by: Distance| {
        let measure = Some(Weighed::Distance(by));
        weighed(syllabus, rule, &Note { measure, ..*note })
    };
    match (note.measure, rule.limit) {
        (None, _) => Weight::Proven(None),
        (Some(Weighed::Touch(seen)), _) => match is_touch(syllabus, seen) {
            true => Weight::Proven(None),
            false => Weight::Doubtful(None),
        },
        (Some(Weighed::Unfelt(by)), Some(Limit::Distance { .. })) => match as_distance(by) {
            Weight::Nothing => Weight::Doubtful(None),
            weight => weight,
        },
        (Some(Weighed::Contradicted(by)), Some(Limit::Distance { .. })) => match as_distance(by) {
            Weight::Proven(measure) => Weight::Doubtful(measure),
            _ => Weight::Nothing,
        },
        (Some(Weighed::Distance(by)), Some(Limit::Distance { limit, tolerance })) => {
            let value = i64::from(by.value.0);
            let measure = Measure {
                value: rounded(value, 10),
                limit: rounded(i64::from(limit.0), 10),
                u_tenths: i64::from(by.u.0),
                bound: Bound::Most,
                unit: Unit::Millimetres,
                budget: by.budget,
            };
            let excess = value - i64::from(limit.0);
            let reach = reach(syllabus, i64::from(by.u.0));
            doubt([excess; 2], reach, i64::from(tolerance.0), measure)
        }
        (Some(Weighed::Time(took, u)), Some(Limit::Time { limit, tolerance })) => {
            let u_tenths = rounded(u.0, 100);
            let measure = Measure {
                value: rounded(took.surely.0, 1_000),
                limit: rounded(limit.0, 1_000),
                u_tenths,
                bound: Bound::Most,
                unit: Unit::Milliseconds,
                budget: Budget::of_timing(u_tenths),
            };
            let excess = [took.surely, took.at_most].map(|took| took.0.saturating_sub(limit.0));
            doubt(excess, reach(syllabus, u.0), tolerance.0, measure)
        }
        (Some(Weighed::Speed(speed, bound)), Some(Limit::Speed { limit, tolerance })) => {
            let u_tenths = speed.u_m_h.saturating_mul(10);
            let measure = Measure {
                value: speed.m_h,
                limit,
                u_tenths,
                bound,
                unit: Unit::MetresPerHour,
                budget: Budget {
                    receiver: i32::try_from(u_tenths).unwrap_or(i32::MAX),
                    ..Budget::default()
                },
            };
            doubt([measure.margin(); 2], reach(syllabus, speed.u_m_h), tolerance, measure)
        }
        // A limit of another kind, or none where one is due: the machine cannot decide, so a person does.
        (Some(_), _) => Weight::Doubtful(None),
    }
}

/// Whether somebody who was seen so far from a pole that felt a touch is who touched it.
pub(crate) fn is_touch(syllabus: &Syllabus, seen: Distance) -> bool {
    let near = syllabus.doubt.touch_tenths.saturating_mul(i64::from(seen.u.0)) / 10;
    i64::from(seen.value.0) <= near
}

/// k·u.
fn reach(syllabus: &Syllabus, u: i64) -> i64 {
    syllabus.doubt.k_tenths.saturating_mul(u) / 10
}

/// Of an excess that is no less than the first and no more than the second.
fn doubt([surely, at_most]: [i64; 2], reach: i64, tolerance: i64, measure: Measure) -> Weight {
    if surely > reach && surely > 0 {
        Weight::Proven(Some(measure))
    } else if at_most.saturating_add(reach) > tolerance {
        Weight::Doubtful(Some(measure))
    } else {
        Weight::Nothing
    }
}

/// Rounds half away from zero.
fn rounded(value: i64, by: i64) -> i64 {
    (value + value.signum() * by / 2) / by
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manoeuvre::Sheet;
    use crate::manoeuvre::speed::Speed;
    use crate::manoeuvres::pole_course::PoleCourseFault;
    use kaoguan_telemetry::units::{EventTime, Micros, TenthMillimetres};

    const MEASURE: Measure = Measure {
        value: 0,
        limit: 0,
        u_tenths: 0,
        bound: Bound::Most,
        unit: Unit::Millimetres,
        budget: Budget {
            receiver: 0,
            heading: 0,
            lean: 0,
            slope: 0,
            survey: 0,
            timing: 0,
        },
    };

    /// k = 4.8, u = 10.0 mm: proven from 48.1 mm on; tolerance 50 mm: asked from 2.1 mm on.
    #[test]
    fn the_three_values_at_their_boundaries() {
        let at = |excess| match doubt([excess; 2], 480, 500, MEASURE) {
            Weight::Nothing => "nothing",
            Weight::Doubtful(_) => "doubtful",
            Weight::Proven(_) => "proven",
        };
        assert_eq!(
            [at(-10_000), at(20), at(21), at(480), at(481)],
            ["nothing", "nothing", "doubtful", "doubtful", "proven"]
        );
    }

    /// Without any uncertainty nothing is charged at the limit itself ("beyond" is strict).
    #[test]
    fn at_the_limit_is_not_beyond() {
        assert_eq!(doubt([0; 2], 0, 500, MEASURE), Weight::Nothing);
        assert_eq!(doubt([1; 2], 0, 500, MEASURE), Weight::Proven(Some(MEASURE)));
        assert_eq!(doubt([-1; 2], 0, 0, MEASURE), Weight::Nothing);
    }

    /// An edition that writes a negative k makes nobody guilty at the limit itself, or within it.
    #[test]
    fn no_k_charges_within_the_limit() {
        let at = |excess| doubt([excess; 2], -480, 0, MEASURE);
        assert_eq!(
            [at(-1), at(0), at(1)].map(|weight| weight != Weight::Nothing),
            [false, false, true]
        );
    }

    /// Two u of 10 mm: a sensor's word is believed up to 20 mm away.
    #[test]
    fn a_touch_that_was_felt_needs_a_vehicle_that_may_have_been_there() {
        let syllabus = Syllabus::parse(include_str!("../../syllabi/ga1026-2022.toml")).expect("the edition is good");
        let rule = &syllabus.tariff["pole_course.pole_touched"];
        let weight = |tenths: i32| {
            let seen = Distance::of(TenthMillimetres(tenths), TenthMillimetres(100));
            let mut sheet = Sheet::default();
            sheet.touch(EventTime(0), PoleCourseFault::PoleTouched, seen);
            weigh(&syllabus, rule, &sheet.0[0])
        };
        assert_eq!(weight(-30), Weight::Proven(None));
        assert_eq!(weight(200), Weight::Proven(None));
        assert_eq!(weight(201), Weight::Doubtful(None));
    }

    /// Seen only: proven beyond 48 mm, and nothing is so far inside that it passes unasked.
    #[test]
    fn what_no_sensor_felt_is_proven_or_asked() {
        let syllabus = Syllabus::parse(include_str!("../../syllabi/ga1026-2022.toml")).expect("the edition is good");
        let rule = &syllabus.tariff["pole_course.pole_touched"];
        let weight = |tenths: i32| {
            let seen = Distance::of(TenthMillimetres(tenths), TenthMillimetres(100));
            let mut sheet = Sheet::default();
            sheet.unfelt(EventTime(0), PoleCourseFault::PoleTouched, seen);
            weigh(&syllabus, rule, &sheet.0[0])
        };
        assert!(matches!(weight(481), Weight::Proven(Some(_))));
        assert!(matches!(weight(480), Weight::Doubtful(Some(_))));
        assert_eq!(weight(-1_000), Weight::Doubtful(None));
    }

    /// Felt on it, seen beside it: a person says what happened where that is proven beyond 48 mm.
    #[test]
    fn what_a_sensor_contradicts_is_asked_or_nothing() {
        let syllabus = Syllabus::parse(include_str!("../../syllabi/ga1026-2022.toml")).expect("the edition is good");
        let rule = &syllabus.tariff["pole_course.pole_touched"];
        let weight = |tenths: i32| {
            let seen = Distance::of(TenthMillimetres(tenths), TenthMillimetres(100));
            let mut sheet = Sheet::default();
            sheet.contradicted(EventTime(0), PoleCourseFault::PoleTouched, seen);
            weigh(&syllabus, rule, &sheet.0[0])
        };
        assert!(matches!(weight(481), Weight::Doubtful(Some(_))));
        assert_eq!(weight(480), Weight::Nothing);
    }

    /// What stood for no less than 1.9 s and no more than 2.6 s is asked, where 2 s is the limit and 0.5 s the tolerance.
    #[test]
    fn what_may_have_been_longer_is_asked() {
        assert_eq!(doubt([-100, 600], 0, 500, MEASURE), Weight::Doubtful(Some(MEASURE)));
        assert_eq!(doubt([-100, 500], 0, 500, MEASURE), Weight::Nothing);
    }

    /// u of 0.2 km/h: 0.96 km/h of doubt. Asked from where more than the tolerance of 0.5 km/h cannot be excluded.
    #[test]
    fn a_speed_falls_short_of_the_least_and_goes_beyond_the_most() {
        let mut syllabus =
            Syllabus::parse(include_str!("../../syllabi/ga1026-2022.toml")).expect("the edition is good");
        let mut rule = syllabus.tariff["pole_course.pole_touched"].clone();
        syllabus.doubt.k_tenths = 48;
        rule.limit = Some(Limit::Speed {
            limit: 10_000,
            tolerance: 500,
        });
        let weight = |m_h, slow: bool| {
            let speed = Speed {
                m_h,
                u_m_h: 200,
                sight: None,
            };
            let mut sheet = Sheet::default();
            match slow {
                true => sheet.too_slow(EventTime(0), PoleCourseFault::PoleTouched, speed),
                false => sheet.too_fast(EventTime(0), PoleCourseFault::PoleTouched, speed),
            }
            match weigh(&syllabus, &rule, &sheet.0[0]) {
                Weight::Nothing => "nothing".to_owned(),
                Weight::Doubtful(measure) => format!("doubtful {}", measure.map_or(0, |m| m.margin())),
                Weight::Proven(measure) => format!("proven {}", measure.map_or(0, |m| m.margin())),
            }
        };
        let slow = [10_460, 10_459, 9_040, 9_039].map(|m_h| weight(m_h, true));
        assert_eq!(slow, ["nothing", "doubtful -459", "doubtful 960", "proven 961"]);
        let fast = [9_540, 9_541, 10_960, 10_961].map(|m_h| weight(m_h, false));
        assert_eq!(fast, ["nothing", "doubtful -459", "doubtful 960", "proven 961"]);
        let mut sheet = Sheet::default();
        let speed = Speed {
            m_h: 12_000,
            u_m_h: 200,
            sight: None,
        };
        sheet.too_fast(EventTime(0), PoleCourseFault::PoleTouched, speed);
        let Weight::Proven(Some(measure)) = weigh(&syllabus, &rule, &sheet.0[0]) else {
            panic!("proven")
        };
        assert_eq!((measure.u_tenths, measure.budget.receiver), (2_000, 2_000));
    }

    /// 620.6 mm off a line of which 500 mm are the limit, u = 20.0 mm: 120.6 mm are beyond the 96 that u may hide.
    #[test]
    fn a_distance_is_told_in_millimetres_and_held_against_its_limit() {
        let syllabus = Syllabus::parse(include_str!("../../syllabi/ga1026-2022.toml")).expect("the edition is good");
        let rule = &syllabus.tariff["hill_start.axle_far_from_line"];
        let weight = |tenths: i32| {
            let by = Distance::of(TenthMillimetres(tenths), TenthMillimetres(200));
            let mut sheet = Sheet::default();
            sheet.distance(EventTime(0), PoleCourseFault::PoleTouched, by);
            weigh(&syllabus, rule, &sheet.0[0])
        };
        let measure = Measure {
            value: 621,
            limit: 500,
            u_tenths: 200,
            ..MEASURE
        };
        assert_eq!(weight(6_206), Weight::Proven(Some(measure)));
        assert!(matches!(
            (weight(5_960), weight(5_961)),
            (Weight::Doubtful(_), Weight::Proven(_))
        ));
        assert_eq!(weight(3_000), Weight::Nothing);
    }

    /// Whoever stood for 2.6 s, told to 50 ms, where 2 s are the limit; a person who is asked is not charged.
    #[test]
    fn a_time_is_told_in_milliseconds_and_a_rule_that_is_asked_is_never_charged() {
        let syllabus = Syllabus::parse(include_str!("../../syllabi/ga1026-2022.toml")).expect("the edition is good");
        let rule = &syllabus.tariff["curve.stopped"];
        let mut sheet = Sheet::default();
        sheet.time(
            EventTime(0),
            PoleCourseFault::PoleTouched,
            Micros(2_600_700),
            Micros(50_000),
        );
        let measure = Measure {
            value: 2_601,
            limit: 2_000,
            u_tenths: 500,
            unit: Unit::Milliseconds,
            budget: Budget::of_timing(500),
            ..MEASURE
        };
        let note = sheet.0[0];
        assert_eq!(weigh(&syllabus, rule, &note), Weight::Proven(Some(measure)));
        let asked = Note { asked: true, ..note };
        assert_eq!(weigh(&syllabus, rule, &asked), Weight::Doubtful(Some(measure)));
        let without = Note { measure: None, ..asked };
        assert_eq!(weigh(&syllabus, rule, &without), Weight::Doubtful(None));
    }

    #[test]
    fn rounding_is_symmetric() {
        assert_eq!(
            [rounded(14, 10), rounded(15, 10), rounded(-14, 10), rounded(-15, 10)],
            [1, 2, -1, -2]
        );
    }
}
