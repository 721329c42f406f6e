//! 通过限宽门: three gates of two poles each on a straight road, staggered to the left, the right, and the left.

use super::item::{Given, Item, SPARE};

/// Of the road before the first gate and behind the last one, in lengths of the vehicle. Assumed: it comes to its speed
/// before the first, and its rear end is through the last before it brakes.
const RUN: f64 = 1.5;
/// Radius of a pole, metres. Assumed.
const POLE: f64 = 0.02;

/// The item for a vehicle; none without the regulation's dimensions.
pub(super) fn layout(given: &Given<'_>) -> Option<Item> {
    let half = (given.value("lane_width")? + SPARE) / 2.0;
    let (apart, aside) = (given.value("gate_spacing")?, given.value("gate_offset")?);
    let pole = given.value("gate_width")? / 2.0 + POLE;
    let run = RUN * given.length();
    let end = 2.0 * run + 2.0 * apart;
    let mut item = Item::new("gates", "width_gate", ("通过限宽门", "width-limit gates"))
        .line("entry_line", &[(0.0, half), (0.0, -half)])
        .line("exit_line", &[(end, half), (end, -half)])
        .line("edge_left", &[(0.0, half), (end, half)])
        .line("edge_right", &[(0.0, -half), (end, -half)]);
    for (x, middle) in [(run, aside), (run + apart, -aside), (run + 2.0 * apart, aside)] {
        // The left pole is passed on its right, the right one on its left.
        item = item
            .pole((x, middle + pole), POLE, "right")
            .pole((x, middle - pole), POLE, "left");
    }
    Some(item)
}
