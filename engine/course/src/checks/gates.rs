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
