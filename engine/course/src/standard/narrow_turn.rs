//! 窄路掉头: a straight road between two edges, with one line over which one comes in and out.

use super::item::{Given, Item};

/// Length of the road, in lengths of the vehicle. Assumed: it has turned round long before the end.
const LENGTH: f64 = 5.0;

/// The item for a vehicle; none without a width, which the regulation has but nobody has quoted.
pub(super) fn layout(given: &Given<'_>) -> Option<Item> {
    let width = given.value("lane_width")?;
    let end = LENGTH * given.length();
    let item = Item::new(
        "turnround",
        "narrow_turn",
        ("窄路掉头", "turning round on a narrow road"),
    )
    .line("entry_line", &[(0.0, width), (0.0, 0.0)])
    .line("edge_left", &[(0.0, width), (end, width)])
    .line("edge_right", &[(0.0, 0.0), (end, 0.0)]);
    Some(item)
}
