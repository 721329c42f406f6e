//! 窄路掉头: along the right edge, and round to the left at lock, forwards until a tyre comes near an edge, backwards until
//! another one does, three times and twice, and out again along the left edge.
//!
//! The plot's origin is where the right edge meets the entry line, y points to the left edge. How near the tyres come to the
//! edges is searched: as far from them as leaves the last move its half turn.
use super::{EASE, Leg, Plot, SHIFT_S, Track, berth, exact_tyres, item, narrow_train, stretch, tune};
use crate::driver::stint::{Berth, Stint};
use crate::driver::{Fault, Item, Scene, WAITING_ROOM};
use crate::geometry::{Fences, points};
use crate::vehicle::motion::Motion;
use crate::vehicle::path::Xy;
use crate::vehicle::rail::{Place, Rail};
use core::f64::consts::PI;
use kaoguan_course::Site;

/// Where the first turn begins, in lengths of the vehicle: there is room behind it for the reversing, and before it for the way out.
pub(super) const BEGIN: f64 = 1.5;
/// So much more room it leaves while it comes in straight along the right edge, metres.
const STRAIGHT: f64 = 0.02;
/// Moves of a turn as the regulation has it, and of whoever needs one more of both.
const MOVES: usize = 5;
const MORE: usize = 7;

/// The road in its plot.
pub(super) struct Narrow {
    pub plot: Plot,
    pub fences: Fences,
    pub width: f64,
    pub reach: (f64, f64),
}

impl Narrow {
    fn of(site: &Site) -> Option<Narrow> {
        let [left, right] = ["edge_left", "edge_right"].map(|role| site.part(role).map(points));
        let (left, right) = (left?, right?);
        let plot = Plot::new(*right.first()?, *right.last()?, *left.first()?);
        Some(Narrow {
            width: plot.local(*left.first()?).y,
            reach: plot.reach(site),
            fences: Fences::of(site),
            plot,
        })
    }
}

/// The moves, and how far the last one gets beyond the edges where it has turned round.
struct Turn {
    tracks: Vec<Track>,
    last: f64,
}

/// Plans the item.
pub(super) fn plan(scene: &Scene, site: &Site) -> Option<Item> {
    let road = Narrow::of(site)?;
    if let Some(towed) = &scene.spec.trailer {
        let legs = narrow_train::legs(scene, &road, towed)?;
        let first = legs.first()?.path.at(0.0);
        let from = Berth {
            at: first.at,
            direction: first.direction,
        };
        return item(from, drive(scene, site, &road, legs));
    }
    let moves = if scene.has(Fault::NarrowMoves) { MORE } else { MOVES };
    let over = scene.fault(|fault| match fault {
        Fault::NarrowOverEdge { beyond } => Some(beyond),
        _ => None,
    });
    let room = tune(0.0, road.width / 2.0, 0.0, |room| {
        turn(scene, &road, room, moves, None).last + room
    });
    let turn = turn(scene, &road, room, moves, over);
    let from = turn.tracks.first()?.from;
    let legs = turn.tracks.iter().map(|track| Leg::of(track, &road.plot)).collect();
    let stretches = drive(scene, site, &road, legs);
    item(berth(&road.plot, from.at, 0.0), stretches)
}

/// Each move as far as leaves the tyres their room, but for the first reversing of whoever gets over the edge there.
fn turn(scene: &Scene, road: &Narrow, room: f64, moves: usize, over: Option<f64>) -> Turn {
    let spec = scene.spec;
    let contacts = spec.contacts();
    let outer = contacts.iter().map(|(b, half)| b[1].abs() + half).fold(0.0, f64::max);
    let from = road.reach.0 - spec.nose() - WAITING_ROOM;
    let mut at = Place {
        at: Xy::new(from, outer + room + STRAIGHT),
        direction: 0.0,
    };
    let mut tracks = Vec::new();
    for no in 0..moves - 1 {
        let lead = if no == 0 {
            BEGIN * (spec.nose() + spec.tail()) - from
        } else {
            0.0
        };
        let one = |angle: f64| step(scene, at, no % 2 == 1, lead, angle);
        let angle = match over {
            Some(beyond) if no == 1 => tune(0.0, PI, beyond, |angle| {
                exact_tyres(scene, &one(angle).path(&road.plot), true, &road.fences)
            }),
            _ => tune(0.0, PI, -room, |angle| late(scene, road, &one(angle))),
        };
        let track = one(angle);
        at = end(&track);
        tracks.push(track);
    }
    let round = step(scene, at, false, 0.0, PI - at.direction);
    let last = late(scene, road, &round);
    let out = end(&round).at.x - (road.reach.0 - spec.tail() - WAITING_ROOM);
    tracks.push(Track {
        rail: round.rail.straight(out),
        ..round
    });
    Turn { tracks, last }
}

/// One move: straight on, then turning to the left by an angle, forwards or backwards.
fn step(scene: &Scene, at: Place, reverse: bool, lead: f64, angle: f64) -> Track {
    // Backwards a turn of the body to the left is one to the left of the way travelled as well.
    let rail = Rail::new().straight(lead).turn(angle, scene.lock(), [EASE, EASE]);
    match reverse {
        true => Track::backward(at.at, at.direction, rail),
        false => Track::forward(at.at, at.direction, rail),
    }
}

/// Where the body is at the end of a move.
fn end(track: &Track) -> Place {
    let last = track.rail.walk(track.from).last().copied().unwrap_or(track.from);
    let direction = last.direction - if track.reverse { PI } else { 0.0 };
    Place { direction, ..last }
}

/// How far the tyres get beyond the edges in the second half of a move: in its first half they leave the other edge.
fn late(scene: &Scene, road: &Narrow, track: &Track) -> f64 {
    let places = track.places(&road.plot);
    let half = places.iter().skip(places.len() / 2);
    let beyond = half.map(|p| super::tyres(scene.spec, *p, track.reverse, &road.fences));
    beyond.fold(f64::NEG_INFINITY, f64::max)
}

fn drive(scene: &Scene, site: &Site, road: &Narrow, legs: Vec<Leg>) -> Vec<Stint> {
    let manners = scene.manners();
    let mut stretches: Vec<Stint> = legs
        .into_iter()
        .enumerate()
        .map(|(no, leg)| {
            let speed = if leg.reverse {
                manners.reverse_speed
            } else {
                manners.yard_speed
            };
            let motion = scene.along(site, &leg.path, speed, no == 2);
            Stint {
                swing: leg.swing,
                ..stretch(site, leg.path, leg.reverse, motion)
            }
        })
        .collect();
    let slow = scene.fault(|fault| match fault {
        Fault::NarrowSlow { seconds } => Some(seconds),
        _ => None,
    });
    if let Some(seconds) = slow {
        let wait = (seconds - item_time(scene, road, &stretches)).max(0.0);
        let path = &stretches[1].path;
        let mut motion = Motion::new();
        motion
            .keep(SHIFT_S + wait)
            .hop(path.length(), manners.reverse_speed, manners.acceleration);
        stretches[1].motion = motion;
    }
    stretches
}

/// From where the front axle comes in to where the rear axle is out again, seconds.
fn item_time(scene: &Scene, road: &Narrow, stretches: &[Stint]) -> f64 {
    let [first, .., last] = stretches else {
        return 0.0;
    };
    let all: f64 = stretches.iter().map(|stint| stint.motion.duration()).sum();
    let from = road.plot.local(first.path.at(0.0).at).x;
    let came = first.motion.when(-scene.spec.wheelbase - from);
    // The last axle: of a train the trailer's.
    let towed = scene.spec.trailer.iter();
    let contacts = towed.flat_map(|towed| {
        let contacts = towed.contacts().into_iter();
        contacts.map(|(contact, _)| towed.in_line(contact)[0])
    });
    let behind = contacts.fold(0.0, f64::min);
    let beyond = -(road.reach.0 - scene.spec.tail() - WAITING_ROOM) + behind;
    let left = last.motion.when(last.path.length() - beyond);
    all - came - (last.motion.duration() - left)
}
