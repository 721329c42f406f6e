//! 坡道定点停车和起步 for cars: a road over a ramp, level on top, down on its other side.

use super::item::{Given, Item, SPARE};
use super::ramp::Ramp;

/// Level road between the entry line and the foot, metres. Assumed.
const LEAD: f64 = 2.5;
/// Wider than the least radius of a vertical curve, metres. Assumed, as on the village square: 32 m for 30 m.
const WIDER: f64 = 2.0;
/// Straight ramp behind a vehicle that stops short of the pole line, metres. Assumed: it may be half a metre short.
const BEHIND: f64 = 1.0;
/// Paved beyond each edge line, metres. Assumed.
const VERGE: f64 = 0.5;

/// The item for a vehicle; none without the regulation's dimensions.
pub(super) fn layout(given: &Given<'_>) -> Option<Item> {
    let asked = given.value("ramp_gradient")?;
    // Where the ground falls away under the ramp, that much more: the gradient is meant against the level.
    let gradient = asked + libm::fmax(0.0, -given.rise);
    let curve = (given.value("vertical_curve_radius")? + WIDER) * gradient;
    let pole_line_width = given.value("pole_line_width")?;
    // A short ramp's straight carries the pole line and the whole vehicle behind it.
    let straight = libm::fmax(
        given.value("ramp_length")? + SPARE - 2.0 * curve,
        BEHIND + given.length() + pole_line_width,
    );
    // On top a vehicle has room to be level before it goes down: its own length, assumed.
    let top = given.length();
    let ramp = Ramp {
        gradient,
        curve,
        straight,
        top,
    };
    let half = given.value("road_width")? * 0.5 + SPARE;
    let above_foot = libm::fmax(
        given.value("pole_line_above_foot")? + SPARE,
        curve + given.length() + BEHIND,
    );
    let pole_line = LEAD + above_foot;
    let (exit, end) = (LEAD + ramp.crest() + top, LEAD + ramp.length());
    let stations: Vec<(f64, f64)> = ramp.stations().iter().map(|(run, up)| (LEAD + run, *up)).collect();
    let item = Item::new("hill", "hill_start", ("坡道定点停车和起步", "hill start"))
        .line("entry_line", &[(0.0, half), (0.0, -half)])
        .area("pole_line", (pole_line, -half), (pole_line + pole_line_width, half))
        .line("exit_line", &[(exit, half), (exit, -half)])
        .line("edge_left", &[(0.0, half), (end, half)])
        .line("edge_right", &[(0.0, -half), (end, -half)])
        .profile(&stations, 2.0 * (half + VERGE));
    Some(item)
}
