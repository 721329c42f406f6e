//! 通过单边桥 of more than two wheels: the left wheels over the left bridge, then the right wheels over the right one.
//!
//! The problem: between the bridges the vehicle must get a metre aside and be straight again before its foremost wheel comes to
//! the second one. The answer: the rear axle's middle follows one half cosine from where the last wheel has left the first
//! bridge to where the foremost one comes to the second. Deliberately not here: gears.
use super::frame::{Frame, Span, span};
use super::line::Line;
use super::{Fault, Item, Scene, berths, item};
use crate::truth::wheels_of;
use crate::vehicle::path::Xy;
use kaoguan_course::{Side, Site};

/// How far beside the deck whoever drops off goes, by the tyre's nearer edge, metres.
const DROP: f64 = 0.24;
/// So far behind the deck's end that is over, metres.
const DROPPED: f64 = 0.9;
/// Room between a bridge and the turn towards the other one, metres.
const ROOM: f64 = 0.15;

/// A bridge and the wheels that it is for, in the site's frame.
struct Bridge {
    /// The deck, and the deck with its ramps, along x.
    deck: Span,
    ramps: Span,
    half: f64,
    /// Half of its widest tyre.
    tyre: f64,
    /// The rear axle's middle, so that the wheels run along the deck's middle.
    y: f64,
    /// The rearmost and the foremost wheel before the rear axle.
    wheels: Span,
    /// +1 to the site's middle from the deck, seen along y.
    inwards: f64,
}

/// Plans the item; `None` where the site has not two bridges.
pub(super) fn plan(scene: &Scene, site: &Site) -> Option<Item> {
    let frame = Frame::of(site);
    let left = Bridge::of(scene, site, &frame, Side::Left)?;
    let right = Bridge::of(scene, site, &frame, Side::Right)?;
    let (from, to) = berths(scene, site, &frame, "exit_line");
    let mut knots = left.knots(scene, Side::Left);
    knots.push(Xy::new(
        left.ramps.1 - left.wheels.0 + ROOM,
        knots.last().map_or(left.y, |k| k.y),
    ));
    let mut after = right.knots(scene, Side::Right);
    let begin = after.first().map_or(right.y, |k| k.y);
    after.insert(0, Xy::new(right.ramps.0 - right.wheels.1 - ROOM, begin));
    knots.extend(after);
    let line = Line {
        knots,
        weave: scene.weave(),
    };
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
        // The rear axle a little way up the deck: straight up to there, so that x is the way.
        let up = left.deck.0 - from + 0.3;
        motion.hop(up, manners.plank_speed, manners.acceleration).keep(seconds);
    }
    motion.hop(item.stint.path.length(), manners.plank_speed, manners.acceleration);
    Some(item)
}

impl Bridge {
    fn of(scene: &Scene, site: &Site, frame: &Frame, side: Side) -> Option<Bridge> {
        let deck = frame.role(site, if side == Side::Left { "deck_left" } else { "deck_right" });
        let contacts = scene.spec.contacts();
        let own: Vec<_> = wheels_of(scene.spec)
            .into_iter()
            .filter(|(of, _)| *of == side)
            .collect();
        let wheels: Vec<Xy> = own
            .iter()
            .map(|(_, i)| contacts[*i].0)
            .map(|c| Xy::new(c[0], -c[1]))
            .collect();
        if deck.is_empty() || wheels.is_empty() {
            return None;
        }
        let (along, across) = (span(deck.iter().map(|p| p.x)), span(deck.iter().map(|p| p.y)));
        let middle = (along.0 + along.1) / 2.0;
        let surfaces = site
            .parts_of("profile")
            .map(|part| span(frame.locals(&part.points()).iter().map(|p| p.x)));
        let ramps = surfaces
            .into_iter()
            .find(|s| s.0 <= middle && middle <= s.1)
            .unwrap_or(along);
        let aside = wheels.iter().map(|w| w.y).sum::<f64>() / wheels.len() as f64;
        Some(Bridge {
            deck: along,
            ramps,
            half: (across.1 - across.0) / 2.0,
            tyre: own.iter().map(|(_, i)| contacts[*i].1).fold(0.0, f64::max),
            y: (across.0 + across.1) / 2.0 - aside,
            wheels: span(wheels.iter().map(|w| w.x)),
            inwards: if side == Side::Left { -1.0 } else { 1.0 },
        })
    }

    /// Along it, rightly or wrongly.
    fn knots(&self, scene: &Scene, side: Side) -> Vec<Xy> {
        let missed = scene.fault(|fault| match fault {
            Fault::BridgeMissed { side: of, beside } if of == side => Some(beside),
            _ => None,
        });
        let dropped = scene.has(Fault::BridgeDropped { side });
        let straight = (self.deck.1 - self.deck.0) * if dropped { 0.25 } else { 0.5 };
        let y = self.y + self.inwards * missed.map_or(0.0, |beside| self.half + self.tyre + beside);
        let mut knots = vec![Xy::new(self.deck.0 + straight - self.wheels.0, y)];
        if dropped {
            let behind = self.deck.1 - self.wheels.0 + DROPPED;
            knots.push(Xy::new(behind, y + self.inwards * (self.half + self.tyre + DROP)));
        }
        knots
    }
}
