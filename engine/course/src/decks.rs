//! What a 单边桥 measures: one deck for wheels in a line, or one for the left wheels and one for the right ones.
//!
//! Each value with where it is on the site: 左 or 右 of two decks, nothing of one. Deliberately not here: what is asked for.

use crate::lanes::Placed;
use crate::report::{above, extent};
use crate::{Course, Part, Point2, Shape, Site};

/// The roles of decks, with the place that each is.
const ROLES: [(&str, &str); 3] = [("deck", ""), ("deck_left", "左 left"), ("deck_right", "右 right")];

/// A deck's place on the site, and its low and high end along and across the riding direction, metres.
struct Deck {
    place: &'static str,
    along: (f64, f64),
    across: (f64, f64),
}

fn decks(site: &Site) -> Vec<Deck> {
    let deck = |(role, place): (&str, &'static str)| {
        Some(Deck {
            place,
            along: extent(site, role, |site, p| site.along(p))?,
            across: extent(site, role, |site, p| site.leftward(p))?,
        })
    };
    ROLES.into_iter().filter_map(deck).collect()
}

/// Across each deck, metres.
pub(crate) fn widths(site: &Site) -> Vec<Placed> {
    let wide = |deck: Deck| (deck.place, deck.across.1 - deck.across.0);
    decks(site).into_iter().map(wide).collect()
}

/// Along each deck, metres.
pub(crate) fn lengths(site: &Site) -> Vec<Placed> {
    let long = |deck: Deck| (deck.place, deck.along.1 - deck.along.0);
    decks(site).into_iter().map(long).collect()
}

/// From the middle of the left deck to the middle of the right one, across the riding direction, metres.
pub(crate) fn offset(site: &Site) -> Vec<Placed> {
    let middle = |deck: &Deck| (deck.across.0 + deck.across.1) * 0.5;
    match decks(site).as_slice() {
        [left, right] => vec![("", middle(left) - middle(right))],
        _ => Vec::new(),
    }
}

/// From the foot of the first bridge's last ramp to the foot of the second one's first, along the riding direction, metres.
pub(crate) fn gap(site: &Site) -> Vec<Placed> {
    let reach = |part: &Part| {
        let along = || part.points().into_iter().map(|point| site.along(point));
        (along().fold(f64::MAX, libm::fmin), along().fold(f64::MIN, libm::fmax))
    };
    let mut all: Vec<(f64, f64)> = site.parts_of("profile").map(reach).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    match all.as_slice() {
        [first, second] => vec![("", second.0 - first.1)],
        _ => Vec::new(),
    }
}

/// Each deck's profile, as points with their height above the bare ground, metres.
fn profiles(course: &Course, site: &Site) -> Vec<(&'static str, Vec<(Point2, f64)>)> {
    let decks = decks(site);
    let own = |line: &[(Point2, f64)]| {
        let (first, last) = (line.first()?.0, line.last()?.0);
        let middle = (site.along(first) + site.along(last)) * 0.5;
        let deck = decks
            .iter()
            .find(|deck| (deck.along.0..=deck.along.1).contains(&middle))?;
        Some((deck.place, above(course, line)))
    };
    let lines = site.parts_of("profile").filter_map(|part| match &part.shape {
        Shape::Profile { line, .. } => own(line),
        _ => None,
    });
    lines.collect()
}

/// The greatest height of each above the bare ground, metres.
pub(crate) fn heights(course: &Course, site: &Site) -> Vec<Placed> {
    let high = |(place, above): (&'static str, Vec<(Point2, f64)>)| {
        let top = above.iter().map(|(_, above)| *above).reduce(libm::fmax)?;
        Some((place, top))
    };
    profiles(course, site).into_iter().filter_map(high).collect()
}

/// Rise and run, metres, of the steeper of each bridge's two ramps, above the ground that they stand on.
pub(crate) fn ramps(course: &Course, site: &Site) -> Vec<(&'static str, (f64, f64))> {
    let steeper = |(place, above): (&'static str, Vec<(Point2, f64)>)| Some((place, ramp(&above)?));
    profiles(course, site).into_iter().filter_map(steeper).collect()
}

fn ramp(above: &[(Point2, f64)]) -> Option<(f64, f64)> {
    let ramp = |from: Option<&(Point2, f64)>, to: Option<&(Point2, f64)>| {
        from.zip(to).map(|(from, to)| (to.1 - from.1, from.0.distance(to.0)))
    };
    let count = above.len();
    let (up_rise, up_run) = ramp(above.first(), above.get(1))?;
    let (down_rise, down_run) = ramp(above.last(), above.get(count.checked_sub(2)?))?;
    let up_is_steeper = up_rise * down_run >= down_rise * up_run;
    Some(if up_is_steeper {
        (up_rise, up_run)
    } else {
        (down_rise, down_run)
    })
}
