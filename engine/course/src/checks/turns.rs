//! A corner turns one way: one line says where the turn begins, and which way it goes. Weather is rain or fog, or both.

use crate::Issue;
use crate::draft::Draft;
use crate::read::say;

pub(super) fn check(draft: &Draft, issues: &mut Vec<Issue>) {
    for site in draft.sites() {
        let has = |role: &str| site.part(role).is_some();
        if site.manoeuvre() == Some("rain_fog") && !has("rain_begin") && !has("fog_begin") {
            let text = "it needs `rain_begin`, `fog_begin` or both: the line across the lane where that weather begins";
            say(issues, site.id, text.into());
        }
        if site.manoeuvre() != Some("right_angle") {
            continue;
        }
        let turns = ["turn_left", "turn_right"].map(|role| site.part(role).is_some());
        if turns[0] == turns[1] {
            let text =
                "it needs exactly one of `turn_left` and `turn_right`: the line across the lane where the turn begins";
            say(issues, site.id, text.into());
        }
    }
}
