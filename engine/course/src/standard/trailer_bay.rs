//! 桩考 of class C6: a lane with the bay on its right and a control line beyond it, as of 倒车入库. No source has the drawing.

use super::item::{Given, Item};

/// Between the line where the lane begins and the bay, and between the control line and the line where it ends, metres.
/// Assumed.
const RUN_OUT: f64 = 2.5;

/// The item for a train; none without the assumed dimensions.
pub(super) fn layout(given: &Given<'_>) -> Option<Item> {
    let (lane, control) = (given.value("lane_width")?, given.value("control_distance")?);
    let before = RUN_OUT;
    let beyond = before + given.value("bay_width")?;
    let back = -given.value("bay_length")?;
    let end = beyond + control + RUN_OUT;
    let across = |x: f64| [(x, lane), (x, 0.0)];
    let item = Item::new("bay", "trailer_bay", ("桩考", "reversing with a trailer"))
        .line("entry_line", &across(0.0))
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
