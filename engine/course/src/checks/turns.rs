//! A corner turns one way: one line says where the turn begins, and which way it goes.

use crate::Issue;
use crate::draft::Draft;
use crate::read::say;

pub(super) fn check(draft: &Draft, issues: &mut Vec<Issue>) {
    for site in draft.sites() {
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
