//! 侧方停车: a lane with the slot along its right side.

use super::item::{Given, Item};

/// Of the lane before the slot, in lengths of the vehicle. Assumed: it stands straight before it comes to the slot.
const BEFORE: f64 = 1.5;
/// Of the lane beyond the slot, in lengths of the vehicle. Assumed: it passes the slot wholly before it reverses.
const BEYOND: f64 = 2.0;

/// The item for a vehicle; none without the regulation's dimensions.
pub(super) fn layout(given: &Given<'_>) -> Option<Item> {
    let (lane, back) = (given.value("lane_width")?, -given.value("slot_width")?);
    let from = BEFORE * given.length();
    let to = from + given.value("slot_length")?;
    let end = to + BEYOND * given.length();
    let item = Item::new("parking", "side_parking", ("侧方停车", "side parking"))
        .line("entry_line", &[(0.0, lane), (0.0, 0.0)])
        .line("bay_front", &[(to, lane), (to, back)])
        .line("exit_line", &[(end, lane), (end, 0.0)])
        .line("edge_left", &[(0.0, lane), (end, lane)])
        .line("edge_right", &[(0.0, 0.0), (from, 0.0)])
        .line("edge_right", &[(to, 0.0), (end, 0.0)])
        .line("bay_line", &[(from, 0.0), (from, back), (to, back), (to, 0.0)])
        .line("bay_mouth", &[(from, 0.0), (to, 0.0)]);
    Some(item)
}
