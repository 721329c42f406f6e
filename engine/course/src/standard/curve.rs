//! 曲线行驶: a bend to the right and one to the left, each three eighths of a circle.

use super::item::{Given, Item, Local};
use core::f64::consts::FRAC_PI_2;

/// Farther than this (metres) no chord lies off its arc: what nine decimals of a degree can tell apart.
const CHORD_ERROR: f64 = 0.0003;

/// The item for a vehicle; none without the regulation's dimensions.
pub(super) fn layout(given: &Given<'_>) -> Option<Item> {
    let (outer, inner) = (given.value("outer_radius")?, given.value("inner_radius")?);
    let bend = given.value("arc")?.to_radians();
    let middle = (outer + inner) * 0.5;
    // The first circle's centre lies to the right of the entry, the second one beyond where the first bend ends.
    let first = (0.0, -middle);
    let turned = FRAC_PI_2 - bend;
    let apart = given.value("centre_distance")?;
    let second = (apart * libm::cos(turned), first.1 + apart * libm::sin(turned));
    let edge = |first_radius: f64, second_radius: f64| {
        let mut points = arc(first, first_radius, FRAC_PI_2, -bend);
        let other = arc(second, second_radius, turned + 2.0 * FRAC_PI_2, bend);
        points.extend(other.into_iter().skip(1));
        points
    };
    let (left, right) = (edge(outer, inner), edge(inner, outer));
    let ends = |pick: fn(&[Local]) -> Option<&Local>| Some([*pick(&left)?, *pick(&right)?]);
    let item = Item::new("curve", "curve", ("曲线行驶", "curve"))
        .line("entry_line", &ends(|line| line.first())?)
        .line("exit_line", &ends(|line| line.last())?)
        .line("edge_left", &left)
        .line("edge_right", &right);
    Some(item)
}

/// Points on an arc about a centre, from an angle on for so much (counter-clockwise positive), radians.
fn arc(centre: Local, radius: f64, from: f64, sweep: f64) -> Vec<Local> {
    let step = 2.0 * libm::acos(1.0 - CHORD_ERROR / radius);
    let steps = libm::ceil(libm::fabs(sweep) / step) as u32;
    (0..=steps)
        .map(|i| from + sweep * f64::from(i) / f64::from(steps))
        .map(|at| (centre.0 + radius * libm::cos(at), centre.1 + radius * libm::sin(at)))
        .collect()
}
