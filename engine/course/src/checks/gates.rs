//! The poles of 通过限宽门 stand in pairs: the left one of a gate, passed on its right, and the right one, passed on its left.

use crate::draft::{Draft, DraftSite, Feature};
use crate::read::say;
use crate::{Issue, Point2, Side};

/// The poles of a gate stand this near to one line across the road (metres).
const ABREAST: f64 = 0.3;

/// Whether a site's poles are gates.
pub(super) fn has_gates(site: &DraftSite<'_>) -> bool {
    site.manoeuvre() == Some("width_gate")
}

pub(super) fn check(draft: &Draft, issues: &mut Vec<Issue>) {
    for site in draft.sites().iter().filter(|site| has_gates(site)) {
        let mut poles: Vec<&Feature> = site.parts.iter().filter(|part| part.role == "pole").copied().collect();
        poles.sort_by_key(|pole| pole.ordinal);
        let mut before: Option<Point2> = None;
        for pair in poles.chunks_exact(2) {
            let [left, right] = pair else { continue };
            sides(left, right, issues);
            let (Some(axis), Some(l), Some(r)) = (site.axis(), middle(left), middle(right)) else {
                continue;
            };
            abreast([left, right], r.minus(l), axis, issues);
            let run = before.map(|before| l.minus(before).dot(axis));
            if run.is_some_and(|run| run <= 0.0) {
                let text = "its gate lies behind the one before: number the gates' poles in riding direction";
                say(issues, &left.id, text.into());
            }
            before = Some(l);
        }
    }
}

fn middle(pole: &Feature) -> Option<Point2> {
    pole.geometry.plane()?.first().copied()
}

fn sides(left: &Feature, right: &Feature, issues: &mut Vec<Issue>) {
    for (pole, side, text) in [
        (
            left,
            Side::Right,
            "it is the left pole of a gate: write `pass` \"right\", one drives on its right",
        ),
        (
            right,
            Side::Left,
            "it is the right pole of a gate: write `pass` \"left\", one drives on its left",
        ),
    ] {
        if pole.pass.is_some_and(|pass| pass != side) {
            say(issues, &pole.id, text.into());
        }
    }
}

/// `across`: from the left pole to the right one.
fn abreast([left, right]: [&Feature; 2], across: Point2, axis: Point2, issues: &mut Vec<Issue>) {
    let run = across.dot(axis);
    if run.abs() > ABREAST {
        let text = format!(
            "it stands {:.2} m along the road from {}: the poles of a gate stand abreast, give each gate two numbers in a row",
            run.abs(),
            left.id
        );
        say(issues, &right.id, text);
    } else if axis.cross(across) >= 0.0 {
        let text = format!(
            "it does not stand to the right of {}: number a gate's left pole first",
            left.id
        );
        say(issues, &right.id, text);
    }
}

#[cfg(test)]
mod tests {
    use crate::checks::cases::{feature, large_issues, only, shift};
    use serde_json::json;

    /// The gates are ridden to the east: number 3 is the left pole of the second one, number 4 its right one.
    #[test]
    fn each_thing_that_can_be_wrong_with_a_gate_is_said() {
        let one =
            |wanted, breaking: &dyn Fn(&mut serde_json::Value)| only(wanted, &large_issues("width_gate", breaking));
        let id = |no: usize| format!("gates-pole-{no}");
        one(("gates-pole-3", "on its right"), &|root| {
            feature(root, &id(3))["properties"]["pass"] = json!("left");
        });
        one(("gates-pole-4", "on its left"), &|root| {
            feature(root, &id(4))["properties"]["pass"] = json!("right");
        });
        one(("gates-pole-4", "0.50 m along the road from gates-pole-3"), &|root| {
            shift(&mut feature(root, &id(4))["geometry"]["coordinates"], 0.5, 0.0);
        });
        one(("gates-pole-4", "to the right of gates-pole-3"), &|root| {
            shift(&mut feature(root, &id(4))["geometry"]["coordinates"], 0.0, 4.0);
        });
        one(("gates-pole-3", "behind the one before"), &|root| {
            for no in [3, 4] {
                shift(&mut feature(root, &id(no))["geometry"]["coordinates"], -40.0, 0.0);
            }
        });
        one(("gates-pole-6", "`ordinal` is 7 where 6 is next"), &|root| {
            feature(root, &id(6))["properties"]["ordinal"] = json!(7);
        });
    }
}
