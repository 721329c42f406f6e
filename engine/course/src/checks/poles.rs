//! Poles are numbered 1, 2, 3 ... in riding direction, passed on alternating sides, and as thick as poles are.

use super::{bay_pairs, gates};
use crate::Issue;
use crate::draft::{Draft, DraftSite, Feature};
use crate::read::say;

pub(super) fn check(draft: &Draft, issues: &mut Vec<Issue>) {
    for site in draft.sites() {
        let mut poles: Vec<&Feature> = site.parts.iter().filter(|part| part.role == "pole").copied().collect();
        poles.iter().for_each(|pole| properties(pole, issues));
        // Those of two bays stand at their corners: `bay_pairs` looks at them.
        let ridden_round = !bay_pairs::has_pair(&site);
        if ridden_round {
            poles.iter().for_each(|pole| passed(pole, issues));
        }
        poles.sort_by_key(|pole| pole.ordinal);
        numbered(&poles, issues);
        // Those of gates stand abreast, two and two: `gates` looks at them.
        let alternate = ridden_round && !gates::has_gates(&site);
        for pair in poles.windows(2).filter(|_| alternate) {
            if let [before, after] = pair {
                sides(before, after, issues);
                along(&site, before, after, issues);
            }
        }
    }
}

fn properties(pole: &Feature, issues: &mut Vec<Issue>) {
    if pole.ordinal.is_none() {
        say(
            issues,
            &pole.id,
            "the pole has no `ordinal`: number the poles from 1 in riding direction".into(),
        );
    }
    match pole.radius_mm {
        Some(radius) if (5.0..=200.0).contains(&radius) => {}
        Some(radius) => say(
            issues,
            &pole.id,
            format!("a pole of {radius} mm radius is not between 5 and 200 mm: check `radius_mm`"),
        ),
        None => say(
            issues,
            &pole.id,
            "the pole has no `radius_mm`: measure its radius at the ground".into(),
        ),
    }
}

fn passed(pole: &Feature, issues: &mut Vec<Issue>) {
    if pole.pass.is_none() {
        say(
            issues,
            &pole.id,
            "the pole has no `pass`: write \"left\" or \"right\", the side of the pole on which one rides".into(),
        );
    }
}

fn numbered(poles: &[&Feature], issues: &mut Vec<Issue>) {
    let ordinals = poles
        .iter()
        .filter_map(|pole| Some((pole.id.as_str(), usize::from(pole.ordinal?))));
    for (index, (id, ordinal)) in ordinals.enumerate() {
        if ordinal != index + 1 {
            say(
                issues,
                id,
                format!(
                    "its `ordinal` is {ordinal} where {} is next: number the poles without holes or repeats",
                    index + 1
                ),
            );
            return;
        }
    }
}

fn sides(before: &Feature, after: &Feature, issues: &mut Vec<Issue>) {
    if before.pass.is_some() && before.pass == after.pass {
        let text = format!(
            "it is passed on the same side as {}: the slalom alternates, change `pass`",
            before.id
        );
        say(issues, &after.id, text);
    }
}

fn along(site: &DraftSite<'_>, before: &Feature, after: &Feature, issues: &mut Vec<Issue>) {
    let middle = |pole: &Feature| pole.geometry.plane().and_then(|points| points.first().copied());
    let (Some(axis), Some(from), Some(to)) = (site.axis(), middle(before), middle(after)) else {
        return;
    };
    let run = to.minus(from).dot(axis);
    if run <= 0.0 {
        let text = format!(
            "it lies {:.2} m behind {} in riding direction: number the poles in riding direction",
            -run, before.id
        );
        say(issues, &after.id, text);
    }
}
