//! Items one above the other, ridden to the east and to the west in turn: where one ends the next one begins.

use super::item::{Item, Seat};
use super::page::Page;

/// Free ground between two items, metres, or a vehicle's length where that is more. Assumed: it turns round from one to the next.
const GAP: f64 = 10.0;
/// Free ground around all of them, metres. Assumed: a car turns round in it.
const MARGIN: f64 = 15.0;
/// The same in lengths of a long vehicle: a coach of 10.5 m stands clear of its item, and its nose turns on 13 m.
const LENGTHS: f64 = 2.5;

/// Which way the item of an order (from 1) is ridden: 1 to the east, -1 to the west.
pub(super) fn ahead(order: u16) -> f64 {
    if order % 2 == 1 { 1.0 } else { -1.0 }
}

/// Writes the course: datum, boundary, surface, and each item in its row, with room for a vehicle of a length in metres.
pub(super) fn lay(page: &mut Page<'_>, items: &[Item], length: f64) {
    let (seats, (east, north)) = seats(items, libm::fmax(GAP, length));
    let margin = libm::fmax(MARGIN, libm::ceil(LENGTHS * length));
    page.course_level((-margin, -margin, east + margin, north + margin));
    for (order, (item, seat)) in (1..).zip(items.iter().zip(seats)) {
        item.write(page, seat, order);
    }
}

/// Each item's seat, and the whole metres to the east and north that all of them need.
fn seats(items: &[Item], gap: f64) -> (Vec<Seat>, (f64, f64)) {
    let widths = items.iter().map(|item| item.ground()).map(|(low, high)| high.0 - low.0);
    let east = libm::ceil(widths.fold(0.0, libm::fmax));
    let (mut seats, mut north) = (Vec::new(), 0.0);
    for (order, item) in (1..).zip(items) {
        let (low, high) = item.ground();
        let ahead = ahead(order);
        let (e, n) = if ahead > 0.0 {
            (-low.0, north - low.1)
        } else {
            (east + low.0, north + high.1)
        };
        seats.push(Seat { e, n, ahead });
        north = libm::ceil(north + high.1 - low.1 + gap);
    }
    (seats, (east, libm::fmax(0.0, north - gap)))
}
