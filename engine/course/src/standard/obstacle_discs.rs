//! 通过连续障碍: six discs on a straight road, the first and the last one on its axis, the others to the left and the right of it in
//! turn; of a tractor with its trailer the first three of them.
//!
//! They are driven over astride (骑于圆饼之上通过), so their spacing goes by the axles. On which side of the axis the second one lies the
//! sources' text does not say: the left is assumed. A road the other way round is this one, mirrored.

use super::item::{Given, Item, SPARE};

/// Of the road before the first disc and behind the last one, in lengths of the vehicle. Assumed.
const RUN: f64 = 1.5;
/// Where they lie, in offsets to the left of the axis.
const DISCS: [f64; 6] = [0.0, 1.0, -1.0, 1.0, -1.0, 0.0];
/// How many of them a tractor with a trailer has.
const OF_A_TRAIN: usize = 3;

/// The item for a vehicle; none without the regulation's dimensions.
pub(super) fn layout(given: &Given<'_>) -> Option<Item> {
    let half = (given.value("lane_width")? + SPARE) / 2.0;
    let (apart, aside) = (given.value("disc_spacing")?, given.value("disc_offset")?);
    let radius = given.value("disc_diameter")? / 2.0;
    let run = RUN * given.length();
    let count = match given.vehicle.train_base.0 > 0 {
        true => OF_A_TRAIN,
        false => DISCS.len(),
    };
    let places = DISCS.iter().take(count).zip(0..);
    let discs: Vec<(f64, f64)> = places
        .map(|(left, no)| (run + f64::from(no) * apart, left * aside))
        .collect();
    let end = discs.last()?.0 + run;
    let road = Item::new("discs", "obstacle_discs", ("通过连续障碍", "row of discs"))
        .line("entry_line", &[(0.0, half), (0.0, -half)])
        .line("exit_line", &[(end, half), (end, -half)])
        .line("edge_left", &[(0.0, half), (end, half)])
        .line("edge_right", &[(0.0, -half), (end, -half)]);
    Some(discs.into_iter().fold(road, |item, at| item.disc(at, radius)))
}
