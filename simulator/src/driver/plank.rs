//! 通过单边桥: both wheels over a narrow deck.
use super::frame::{Frame, span};
use super::line::Line;
use super::{Fault, Item, Scene, berths, item};
use crate::vehicle::path::Xy;
use kaoguan_course::Site;

/// How far a rider who drops off goes to the right, metres.
const DROP: f64 = 0.40;

/// How far to the left of the deck's edge somebody rides who misses it, metres.
const BESIDE: f64 = 0.35;

/// Plans the item.
pub fn plan(scene: &Scene, site: &Site) -> Item {
    let frame = Frame::of(site);
    let (from, to) = berths(scene, site, &frame, "exit_line");
    let deck = frame.role(site, "deck");
    let (start, end) = span(deck.iter().map(|p| p.x));
    let (right, left) = span(deck.iter().map(|p| p.y));
    let middle = (left + right) / 2.0;
    let y = if scene.has(Fault::MissesPlank) {
        left + BESIDE
    } else {
        middle
    };
    let mut line = Line {
        weave: scene.weave(),
        ..Line::straight(y)
    };
    if scene.has(Fault::DropsPlank) {
        line.weave.0 = 0.0;
        line.knots = vec![Xy::new((start + end) / 2.0 - 0.45, y), Xy::new(end + 0.9, y - DROP)];
    }
    let path = line.path(from, to, &frame);
    let mut item = item(&frame, site, path, from, to, line.y(from), line.y(to));
    let manners = scene.manners();
    let motion = &mut item.stint.motion;
    motion.keep(1.0);
    let stop = scene.fault(|fault| match fault {
        Fault::StopsOnPlank { seconds } => Some(seconds),
        _ => None,
    });
    if let Some(seconds) = stop {
        // The rear contact a little way up the deck: both wheels stand on it, and a drop comes later.
        let up = start - from + 0.3;
        motion.hop(up, manners.plank_speed, manners.acceleration).keep(seconds);
    }
    motion.hop(item.stint.path.length(), manners.plank_speed, manners.acceleration);
    item
}
