//! Discs are as large as discs are, six or three, numbered in riding direction.

use crate::Issue;
use crate::draft::{Draft, Feature};
use crate::read::say;

pub(super) fn check(draft: &Draft, issues: &mut Vec<Issue>) {
    for site in draft.sites() {
        let mut discs: Vec<&Feature> = site.parts.iter().filter(|part| part.role == "disc").copied().collect();
        discs.iter().for_each(|disc| size(disc, issues));
        if let Some(last) = discs.last().filter(|_| [4, 5].contains(&discs.len())) {
            let text = format!(
                "the row has {} discs: there are 6, or 3 for a tractor with its trailer",
                discs.len()
            );
            say(issues, &last.id, text);
        }
        discs.sort_by_key(|disc| disc.ordinal);
        for (index, disc) in discs.iter().enumerate() {
            if disc.ordinal.map(usize::from) != Some(index + 1) {
                let text = format!(
                    "its `ordinal` is not {}: number the discs from 1 in riding direction",
                    index + 1
                );
                say(issues, &disc.id, text);
                break;
            }
        }
    }
}

fn size(disc: &Feature, issues: &mut Vec<Issue>) {
    match disc.radius_mm {
        Some(radius) if (100.0..=1_000.0).contains(&radius) => {}
        Some(radius) => say(
            issues,
            &disc.id,
            format!("a disc of {radius} mm radius is not between 100 and 1000 mm: check `radius_mm`"),
        ),
        None => say(
            issues,
            &disc.id,
            "the disc has no `radius_mm`: measure its radius at the ground".into(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::checks::cases::{feature, large_issues, only};
    use serde_json::json;

    #[test]
    fn each_thing_that_can_be_wrong_with_a_disc_is_said() {
        let one = |wanted, breaking: &dyn Fn(&mut serde_json::Value)| {
            only(wanted, &large_issues("obstacle_discs", breaking));
        };
        let disc = |root: &mut serde_json::Value, key: &str, value: serde_json::Value| {
            feature(root, "discs-disc-2")["properties"][key] = value;
        };
        one(("discs-disc-2", "35 mm radius is not between"), &|root| {
            disc(root, "radius_mm", json!(35))
        });
        one(("discs-disc-2", "has no `radius_mm`"), &|root| {
            disc(root, "radius_mm", json!(null))
        });
        one(("discs-disc-6", "`ordinal` is not 6"), &|root| {
            feature(root, "discs-disc-6")["properties"]["ordinal"] = json!(7);
        });
        one(("discs-disc-5", "the row has 5 discs"), &|root| {
            let features = root["features"].as_array_mut().expect("features");
            features.retain(|feature| feature["id"] != "discs-disc-6");
        });
    }
}
