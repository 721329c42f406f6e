//! The sites' orders are 1, 2, 3 ... without holes.

use crate::Issue;
use crate::draft::Draft;
use crate::read::say;

pub(super) fn check(draft: &Draft, issues: &mut Vec<Issue>) {
    let sites = draft.sites();
    let mut orders: Vec<(u16, &str)> = Vec::new();
    for ground in sites.iter().filter_map(|site| site.ground) {
        match ground.order {
            Some(order) => orders.push((order, &ground.id)),
            None => say(
                issues,
                &ground.id,
                "`order` is missing: number the sites in the exam's order from 1".into(),
            ),
        }
    }
    orders.sort_unstable();
    for (index, (order, id)) in orders.iter().enumerate() {
        let wanted = index + 1;
        if usize::from(*order) != wanted {
            say(
                issues,
                id,
                format!(
                    "its `order` is {order} where {wanted} is next: number the sites from 1 without holes or repeats"
                ),
            );
            return;
        }
    }
}
