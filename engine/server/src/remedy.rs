//! The smallest change of the ride that would have avoided a fault, as one sentence.
//!
//! The problem: a number beyond a limit teaches nobody; what a candidate asks is "what should I have done". The answer:
//! the edition of the rules says the change in words, the finding says how much of it: its value less its limit. Which
//! wheel and which way come from the scene; where nobody knows them the sentence goes without.
//!
//! Deliberately not here: the words themselves (the syllabus), and any judgement.
use crate::texts::{Said, say};
use kaoguan_exam::syllabus::{RuleText, Words};
use kaoguan_exam::{Measure, Scene, Unit};

/// The sentence for a finding or a question; `None` where the edition has none.
pub fn remedy(rule: &RuleText, measure: Option<&Measure>, scene: Option<&Scene>) -> Option<Said> {
    match (measure, &rule.remedy) {
        (Some(measure), Some(words)) if measure.margin() > 0 => Some(filled(words, measure, scene)),
        // Asked, because more cannot be excluded; what was measured is within the limit.
        (Some(_), Some(_)) => Some(say("remedy-none", &[])),
        _ => rule.avoid.as_ref().map(|words| filled_with(words, &[])),
    }
}

fn filled(words: &Words, measure: &Measure, scene: Option<&Scene>) -> Said {
    let arrow = scene.and_then(|scene| scene.arrow);
    let key = |prefix: &str, name: &str| say(&format!("{prefix}-{}", name.replace('_', "-")), &[]);
    let wheel = arrow.map_or(key("point", "wheel"), |arrow| key("point", arrow.point.key()));
    let toward = arrow.map_or(nothing(), |arrow| key("toward", arrow.toward.key()));
    let need = need(measure);
    filled_with(words, &[("need", &need), ("wheel", &wheel), ("toward", &toward)])
}

fn filled_with(words: &Words, values: &[(&str, &Said)]) -> Said {
    let fill = |text: &str, of: fn(&Said) -> &str| {
        let fill = |text: String, (name, said): &(&str, &Said)| text.replace(&format!("{{{name}}}"), of(said));
        let text = values.iter().fold(text.to_owned(), fill);
        // What was left out leaves its space behind.
        text.replace("  ", " ").replace(" ,", ",").trim().to_owned()
    };
    Said {
        zh: fill(&words.zh, |said| &said.zh),
        en: fill(&words.en, |said| &said.en),
    }
}

/// How much of the change: millimetres as they are, times in tenths of a second and speeds in tenths of
/// a kilometre per hour, rounded up.
fn need(measure: &Measure) -> Said {
    let over = measure.margin();
    match measure.unit {
        Unit::Millimetres => say("need-mm", &[("n", &over.to_string())]),
        Unit::Milliseconds => {
            let tenths = (over + 99) / 100;
            say("need-s", &[("n", &format!("{}.{}", tenths / 10, tenths % 10))])
        }
        Unit::MetresPerHour => {
            let tenths = (over + 99) / 100;
            say("need-km-h", &[("n", &format!("{}.{}", tenths / 10, tenths % 10))])
        }
        Unit::Times => say("need-x", &[("n", &over.to_string())]),
    }
}

fn nothing() -> Said {
    Said {
        zh: String::new(),
        en: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaoguan_exam::scene::{Arrow, Toward, VehiclePoint};
    use kaoguan_exam::{Bound, Budget, Syllabus};
    use kaoguan_telemetry::units::EventTime;

    fn said(rule: &str, measure: Option<(i64, i64, Unit)>, arrow: Option<(VehiclePoint, Toward)>) -> (String, String) {
        let edition = Syllabus::parse(include_str!("../../syllabi/ga1026-2022.toml")).expect("a good edition");
        let measure = measure.map(|(value, limit, unit)| Measure {
            value,
            limit,
            u_tenths: 100,
            bound: if value < limit { Bound::Least } else { Bound::Most },
            unit,
            budget: Budget::default(),
        });
        let scene = arrow.map(|(point, toward)| Scene {
            at: EventTime(0),
            poses: Vec::new(),
            part: None,
            arrow: Some(Arrow {
                from: [0, 0],
                to: [0, 0],
                point,
                toward,
            }),
            half_widths: [0, 0],
        });
        let rule = edition.rule(rule).expect("a rule");
        let said = remedy(rule, measure.as_ref(), scene.as_ref()).expect("a sentence");
        (said.zh, said.en)
    }

    fn check(said: (String, String), zh: &str, en: &str) {
        assert_eq!((said.0.as_str(), said.1.as_str()), (zh, en));
    }

    #[test]
    fn a_roll_back_of_140_over_100_says_40() {
        check(
            said("hill_start.rolled_back", Some((140, 100, Unit::Millimetres)), None),
            "起步时少后溜 40 毫米",
            "roll back 40 mm less when moving off",
        );
    }

    #[test]
    fn a_stop_says_which_way_where_it_is_known() {
        let far = Some((585, 500, Unit::Millimetres));
        let arrow = |toward| Some((VehiclePoint::FrontAxle, toward));
        let rule = "hill_start.axle_far_from_line";
        check(
            said(rule, far, arrow(Toward::Forward)),
            "停车位置再向前移 85 毫米",
            "move the stopping place 85 mm forward",
        );
        check(
            said(rule, far, arrow(Toward::Back)),
            "停车位置再向后移 85 毫米",
            "move the stopping place 85 mm back",
        );
        check(
            said(rule, far, None),
            "停车位置再移 85 毫米",
            "move the stopping place 85 mm",
        );
    }

    #[test]
    fn a_wheel_is_named_where_it_is_known() {
        let over = Some((62, 0, Unit::Millimetres));
        check(
            said(
                "pole_course.wheel_over_line",
                over,
                Some((VehiclePoint::RearTyre, Toward::Left)),
            ),
            "后轮多保持在线内 62 毫米",
            "keep the rear wheel 62 mm further inside the line",
        );
        check(
            said("pole_course.wheel_over_line", over, None),
            "车轮多保持在线内 62 毫米",
            "keep the wheel 62 mm further inside the line",
        );
    }

    #[test]
    fn a_time_is_rounded_up_to_tenths() {
        check(
            said("pole_course.stopped", Some((3_201, 2_000, Unit::Milliseconds)), None),
            "途中少停 1.3 秒",
            "stand 1.3 s less on the way",
        );
    }

    /// 9.04 km/h where 10 are due: a kilometre an hour faster, rounded up to tenths.
    #[test]
    fn a_speed_short_of_the_least_says_how_much_faster() {
        check(
            said("width_gate.too_slow", Some((9_040, 10_000, Unit::MetresPerHour)), None),
            "过门时车速再快 1.0 公里/小时",
            "drive 1.0 km/h faster between the gates",
        );
    }

    #[test]
    fn what_is_within_its_limit_needs_no_change() {
        let within = said("hill_start.rolled_back", Some((100, 100, Unit::Millimetres)), None);
        check(
            within,
            "按测得值未超出限值，无需改变",
            "as measured it is within the limit: nothing need change",
        );
    }

    #[test]
    fn without_a_measure_there_is_no_number() {
        check(
            said("rider.foot_down", None, None),
            "行驶中双脚放在脚踏上",
            "keep both feet on their pegs while moving",
        );
        check(
            said("pole_course.pole_touched", None, None),
            "车身不碰桩杆",
            "keep the body clear of the pole",
        );
    }
}
