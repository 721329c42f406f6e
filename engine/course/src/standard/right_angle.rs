//! 直角转弯: a leg, a corner to the left, a leg.

use super::item::{Given, Item, SPARE};

/// The item for a vehicle; none without the regulation's dimensions.
pub(super) fn layout(given: &Given<'_>) -> Option<Item> {
    let (width, leg) = (given.value("lane_width")?, given.value("leg_length")? + SPARE);
    let far = leg + width;
    // The turn begins one width of the lane before the corner: assumed, the regulation names no line.
    let turn = leg - width;
    let item = Item::new("corner", "right_angle", ("直角转弯", "right-angle turn"))
        .line("entry_line", &[(0.0, 0.0), (0.0, -width)])
        .line("turn_left", &[(turn, 0.0), (turn, -width)])
        .line("exit_line", &[(leg, leg), (far, leg)])
        .line("edge_left", &[(0.0, 0.0), (leg, 0.0), (leg, leg)])
        .line("edge_right", &[(0.0, -width), (far, -width), (far, leg)]);
    Some(item)
}
