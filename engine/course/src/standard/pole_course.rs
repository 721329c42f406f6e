//! 桩考 of three wheels: five poles in a row between two edge lines, a start line before them and a finish line behind.

use super::item::{Given, Item};

/// Poles to weave through.
const POLES: usize = 5;
/// Radius of a pole, metres. Assumed, as on the village square.
const POLE: f64 = 0.02;
/// From the start line to the first pole, in lengths of the vehicle. Assumed, as on the village square.
const BEFORE: f64 = 1.5;

/// The item for a vehicle; none without the regulation's dimensions.
pub(super) fn layout(given: &Given<'_>) -> Option<Item> {
    let (spacing, edge) = (given.value("pole_spacing")?, given.value("pole_to_edge")?);
    let first = BEFORE * given.length();
    let place = |number: usize| first + spacing * number as f64;
    let finish = place(POLES - 1) + given.value("finish_distance")?;
    let item = Item::new("poles", "pole_course", ("桩考", "pole course"))
        .line("start_line", &[(0.0, edge), (0.0, -edge)])
        .line("finish_line", &[(finish, edge), (finish, -edge)])
        .line("edge_left", &[(0.0, edge), (finish, edge)])
        .line("edge_right", &[(0.0, -edge), (finish, -edge)]);
    let sides = ["left", "right"].into_iter().cycle().enumerate().take(POLES);
    Some(sides.fold(item, |item, (number, pass)| item.pole((place(number), 0.0), POLE, pass)))
}
