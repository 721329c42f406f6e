//! 窄路掉头 of a train: in along the left edge, backwards a quarter of a circle with the trailer first until it stands across the road,
//! and out to the left.
//!
//! The problem: round at lock, to and fro, as others do it, folds a train up on its first way back. The answer is that of whoever drives
//! one: its trailer is led backwards as into a bay, and from across the road the tractor needs no more than a quarter to be out. How wide
//! that quarter is and how far it turns are searched: they leave the tyres most room on either side.
use super::narrow::{BEGIN, Narrow};
use super::train::{self, Push, STEERED};
use super::{EASE, Leg, Track, exact_tyres_of, tune};
use crate::driver::{Fault, Scene, WAITING_ROOM};
use crate::vehicle::path::Xy;
use crate::vehicle::rail::{Place, Rail};
use crate::vehicle::train::Towed;
use core::f64::consts::PI;

/// Radii of the trailer's quarter that are tried, metres; the way over which it is eased in and out, in shares of them; and how far it turns,
/// degrees.
const RADII: [f64; 5] = [5.5, 6.0, 6.5, 7.0, 8.0];
const EASED: [f64; 4] = [0.5, 0.7, 0.9, 1.2];
const TURNS: [f64; 3] = [80.0, 90.0, 100.0];
/// Straight on before the trailer is turned, metres: a tractor whose coupling is before its axle comes into line on it.
const LEAD: f64 = 2.0;
/// To and fro across the road of whoever needs two moves more of both ways, metres.
const SHUTTLE: f64 = 1.0;

/// A quarter: radius, ease and angle, and the y at which the trailer's axle begins it.
#[derive(Clone, Copy)]
struct Quarter {
    radius: f64,
    ease: f64,
    angle: f64,
    y: f64,
}

/// The moves, from berth to berth.
pub(super) fn legs(scene: &Scene, road: &Narrow, towed: &Towed) -> Option<Vec<Leg>> {
    let quarter = best(scene, road, towed)?;
    let over = scene.fault(|fault| match fault {
        Fault::NarrowOverEdge { beyond } => Some(beyond),
        _ => None,
    });
    let more = over.map_or(0.0, |beyond| {
        tune(0.0, 6.0, beyond, |more| {
            let push = back(scene, road, towed, quarter, more);
            let (path, swing) = push.laid(&road.plot);
            exact_tyres_of(scene, &path, true, Some(&swing), &road.fences)
        })
    });
    let push = back(scene, road, towed, quarter, more);
    let [first, last] = [push.places.first()?, push.places.last()?];
    let from = road.reach.0 - scene.spec.nose() - WAITING_ROOM;
    let past = Track::forward(Xy::new(from, first.at.y), 0.0, Rail::new().straight(first.at.x - from));
    let (path, swing) = push.laid(&road.plot);
    let mut legs = vec![
        Leg::of(&past, &road.plot),
        Leg {
            path,
            reverse: true,
            swing: Some(swing),
        },
    ];
    let across = last.direction - PI;
    if scene.has(Fault::NarrowMoves) {
        let ahead = last.at.plus(Xy::new(libm::cos(across), libm::sin(across)), SHUTTLE);
        let straight = || Rail::new().straight(SHUTTLE);
        for _ in 0..2 {
            legs.push(Leg::of(&Track::forward(last.at, across, straight()), &road.plot));
            legs.push(Leg::of(&Track::backward(ahead, across, straight()), &road.plot));
        }
    }
    legs.push(Leg::of(&out(scene, road, last.at, across, more), &road.plot));
    Some(legs)
}

/// The one that leaves most room, in the middle of the road.
fn best(scene: &Scene, road: &Narrow, towed: &Towed) -> Option<Quarter> {
    let all = RADII.into_iter().flat_map(|radius| {
        let of = move |eased: f64| TURNS.map(|degrees| (radius, eased * radius, degrees.to_radians()));
        EASED.into_iter().flat_map(of)
    });
    let tried = all.filter_map(|(radius, ease, angle)| {
        let quarter = Quarter {
            radius,
            ease,
            angle,
            y: 0.0,
        };
        let push = back(scene, road, towed, quarter, 0.0);
        if push.bend() * scene.spec.wheelbase * STEERED > 1.0 {
            return None;
        }
        let last = push.places.last()?;
        let out = out(scene, road, last.at, last.direction - PI, 0.0);
        let places = out.rail.walk(out.from);
        let own = train::follows(scene.spec, &places, false);
        let [low, high] = push.across(scene.spec);
        let [low_out, high_out] = train::across(scene.spec, &places, &own, false);
        let (low, high) = (low.min(low_out), high.max(high_out));
        let y = (road.width - low - high) / 2.0;
        Some((high - low, Quarter { y, ..quarter }))
    });
    let best = tried.min_by(|a, b| a.0.total_cmp(&b.0));
    best.map(|(_, quarter)| quarter)
}

/// Backwards with the trailer first, and so much straight on at the end.
fn back(scene: &Scene, road: &Narrow, towed: &Towed, quarter: Quarter, more: f64) -> Push {
    let length = scene.spec.nose() + scene.spec.tail();
    let begin = road.reach.0.max(0.0) + 2.0 * BEGIN * length;
    let rail = Rail::new()
        .straight(LEAD)
        .turn(quarter.angle, quarter.radius, [quarter.ease; 2])
        .straight(more);
    let pivots = rail.walk(Place {
        at: Xy::new(begin, quarter.y),
        direction: -PI,
    });
    Push::of(towed, &pivots)
}

/// Out from across the road, to the left; whoever went back farther comes forth as far.
fn out(scene: &Scene, road: &Narrow, at: Xy, across: f64, more: f64) -> Track {
    let turn = Rail::new().straight(more).turn(PI - across, scene.lock(), [EASE, EASE]);
    let end = turn.end().at;
    let x = at.x + end.x * libm::cos(across) - end.y * libm::sin(across);
    let on = x - (road.reach.0 - scene.spec.tail() - WAITING_ROOM);
    Track::forward(at, across, turn.straight(on))
}
