//! The survey says how good it is.

use crate::base;
use crate::draft::Draft;
use crate::read::say;
use crate::{Issue, TenthMm};

/// Worse than this a line cannot be judged at all; better than half a millimetre nobody surveys.
const BELIEVABLE: std::ops::RangeInclusive<TenthMm> = TenthMm(5)..=TenthMm(1_000);

/// A surface that lies farther from its ground bears witness against nothing.
const WITHIN: std::ops::RangeInclusive<TenthMm> = TenthMm(0)..=TenthMm(10_000);

pub(super) fn check(draft: &Draft, issues: &mut Vec<Issue>) {
    base::check(draft, issues);
    if let Some(within) = draft.surface_within.filter(|within| !WITHIN.contains(within)) {
        let text = format!(
            "{:.1} mm is not between 0 and 1000: write how far the ground may lie from the surface that its surveyed points make, or leave it out",
            f64::from(within.0) / 10.0
        );
        say(issues, "kaoguan.survey.surface_within_mm", text);
    }
    let place = "kaoguan.survey.u_mm";
    match draft.survey_u {
        None => say(
            issues,
            place,
            "the survey's standard uncertainty is missing: write it in millimetres, such as 8".into(),
        ),
        Some(u) if !BELIEVABLE.contains(&u) => {
            let text = format!(
                "{:.1} mm is not between 0.5 and 100: write one standard uncertainty in millimetres",
                f64::from(u.0) / 10.0
            );
            say(issues, place, text);
        }
        Some(_) => {}
    }
}
