//! 通过连续障碍: six discs on a straight road, to the left and the right of its axis in turn.

use super::item::{Given, Item, SPARE};

/// Of the road before the first disc and behind the last one, in lengths of the vehicle. Assumed.
const RUN: f64 = 1.5;
/// How many there are: 6, of a tractor 3 (facts, 5).
const DISCS: u8 = 6;

/// The item for a vehicle; none without the regulation's dimensions.
pub(super) fn layout(given: &Given<'_>) -> Option<Item> {
    let half = (given.value("lane_width")? + SPARE) / 2.0;
    let (apart, aside) = (given.value("disc_spacing")?, given.value("disc_offset")?);
    let radius = given.value("disc_diameter")? / 2.0;
    let run = RUN * given.length();
    let end = 2.0 * run + f64::from(DISCS - 1) * apart;
    let mut item = Item::new("discs", "obstacle_discs", ("通过连续障碍", "row of discs"))
        .line("entry_line", &[(0.0, half), (0.0, -half)])
        .line("exit_line", &[(end, half), (end, -half)])
        .line("edge_left", &[(0.0, half), (end, half)])
        .line("edge_right", &[(0.0, -half), (end, -half)]);
    for no in 0..DISCS {
        let y = if no % 2 == 0 { aside } else { -aside };
        item = item.disc((run + f64::from(no) * apart, y), radius);
    }
    Some(item)
}
