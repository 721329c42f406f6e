//! 通过单边桥 of more than two wheels: a bridge for the left wheels, and further on one for the right wheels.

use super::item::{Given, Item};

/// From the entry line to the first ramp's foot, and from the last one's to the exit line, metres. Assumed.
const LEAD: f64 = 2.0;
/// Ramps are so many times as long as the deck is high. Assumed, as on the village square: 6.25 % for at most 7.
const RUN: f64 = 16.0;
/// Entry and exit line reach so far beyond the body on either side, metres. Assumed.
const ASIDE: f64 = 0.5;

/// The item for a vehicle; none without the regulation's dimensions or the vehicle's track.
pub(super) fn layout(given: &Given<'_>) -> Option<Item> {
    let (height, width) = (given.value("bridge_height")?, given.value("bridge_width")?);
    let (length, offset) = (given.value("deck_length")?, given.value("bridge_offset")?);
    let ramp = height * RUN;
    let first = LEAD + ramp;
    let second = first + length + ramp + given.value("bridge_gap")? + ramp;
    let exit = second + length + ramp + LEAD;
    // On either bridge the body's middle is half a metre beside the site's: the offset less a track is a metre.
    let half = (offset + given.width()) * 0.5 + ASIDE;
    let bridge = |item: Item, role: &'static str, from: f64, y: f64| {
        let to = from + length;
        item.area(role, (from, y - width * 0.5), (to, y + width * 0.5))
            .profile_beside(
                y,
                &[(from - ramp, 0.0), (from, height), (to, height), (to + ramp, 0.0)],
                width,
            )
    };
    let item = Item::new("plank", "plank_bridge", ("通过单边桥", "plank bridge"))
        .line("entry_line", &[(0.0, half), (0.0, -half)])
        .line("exit_line", &[(exit, half), (exit, -half)]);
    let item = bridge(item, "deck_left", first, offset * 0.5);
    Some(bridge(item, "deck_right", second, -offset * 0.5))
}
