//! 倒车入库: a lane with the bay on its right, a control line on either side of it.

use super::item::{Given, Item};

/// Between a control line and the line where the lane begins or ends, metres. Assumed.
const RUN_OUT: f64 = 2.5;

/// The item for a vehicle; none without the regulation's dimensions.
pub(super) fn layout(given: &Given<'_>) -> Option<Item> {
    let (lane, control) = (given.value("lane_width")?, given.value("control_distance")?);
    let before = RUN_OUT + control;
    let beyond = before + given.value("bay_width")?;
    let back = -given.value("bay_length")?;
    let end = beyond + control + RUN_OUT;
    let across = |x: f64| [(x, lane), (x, 0.0)];
    let item = Item::new("bay", "reverse_bay", ("倒车入库", "reverse into the bay"))
        .line("entry_line", &across(0.0))
        .line("control_second", &across(RUN_OUT))
        .line("control_first", &across(end - RUN_OUT))
        .line("exit_line", &across(end))
        .line("edge_left", &[(0.0, lane), (end, lane)])
        .line("edge_right", &[(0.0, 0.0), (before, 0.0)])
        .line("edge_right", &[(beyond, 0.0), (end, 0.0)])
        .line(
            "bay_line",
            &[(before, 0.0), (before, back), (beyond, back), (beyond, 0.0)],
        )
        .line("bay_mouth", &[(before, 0.0), (beyond, 0.0)]);
    Some(item)
}
