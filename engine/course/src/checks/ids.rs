//! Every feature has an id of its own.

use crate::Issue;
use crate::draft::Draft;
use crate::read::say;
use std::collections::BTreeMap;

pub(super) fn check(draft: &Draft, issues: &mut Vec<Issue>) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for feature in &draft.features {
        *counts.entry(&feature.id).or_default() += 1;
    }
    for (id, count) in counts.into_iter().filter(|(_, count)| *count > 1) {
        say(
            issues,
            id,
            format!("{count} features have this id: findings must name one thing, rename the others"),
        );
    }
}
