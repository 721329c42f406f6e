//! 通过连续障碍: astride of each disc (骑于圆饼之上), the discs between the wheels of one side and those of the other, from side to side.
//!
//! The problem: between the wheels a disc has a hand's breadth to either side, and no two axles go along one line: the front wheels
//! swing out, what is drawn cuts in. The answer: the rear axle is level a little behind each disc and somewhat beside it, and how far, the
//! driver knows: it is searched in a drawing, for all discs alike, and behind a tractor for each of them, until the worst tyre has most
//! room. Deliberately not here: on which side of the axis a disc lies, which the map says.
use super::road::{Road, numbered};
use super::{Body, Place, peak, spot, stance, stood, train, tune};
use crate::driver::{Fault, Item, Scene};
use crate::vehicle::path::{Path, Xy};
use kaoguan_course::Site;

/// Steps of the search along the road, metres; across it they are a quarter.
const STEPS: [f64; 5] = [0.8, 0.4, 0.2, 0.1, 0.05];
/// Which ways: to and fro, aside, and both at once.
const AROUND: [(f64, f64); 8] = [
    (1.0, 0.0),
    (-1.0, 0.0),
    (0.0, 1.0),
    (0.0, -1.0),
    (1.0, 1.0),
    (1.0, -1.0),
    (-1.0, 1.0),
    (-1.0, -1.0),
];
/// So often each step is tried anew at most.
const ROUNDS: usize = 12;
/// Farther beside a disc than this the axle is not astride of it, metres.
const ASTRIDE: f64 = 0.4;
/// Coming nearer by this a tyre is as deep on the disc as it gets, metres: the wheels of what is drawn come less far than the tractor's.
const ONTO: [f64; 2] = [0.9, 1.2];
/// Nearer to the road's middle by this it has left the disc wholly beside, metres.
const PAST: f64 = 3.0;
/// The disc that is met, where one is, counted from 0: the first one beside the axis.
const MET: usize = 1;
/// The one that is left beside: the next, which whoever stays on the first one's side drives past.
const LEFT: usize = 2;
/// A tyre farther from a disc than this along the road is not looked at in the search, metres.
const NEAR: f64 = 1.5;

/// Plans the item.
pub(super) fn plan(scene: &Scene, site: &Site) -> Option<Item> {
    let row = Row::of(scene, site)?;
    let line = row.roomiest();
    let path = |no: usize, nearer: f64| {
        let mut line = line.clone();
        if let Some(level) = line.get_mut(no) {
            level.out -= nearer;
        }
        row.road.through(&row.places(&line))
    };
    let onto = ONTO[usize::from(scene.spec.trailer.is_some())];
    let wrong = scene.fault(|fault| match fault {
        Fault::DiscMet { deep } => Some((MET, tune(0.0, onto, deep, |nearer| row.deepest(&path(MET, nearer))))),
        Fault::DiscBeside { beside } => {
            let of = |nearer: f64| row.beside(&path(LEFT, nearer));
            Some((LEFT, tune(0.0, PAST, beside, of)))
        }
        _ => None,
    });
    let (no, nearer) = wrong.unwrap_or((MET, 0.0));
    let path = path(no, nearer);
    let motion = scene.along(site, &path, scene.manners().yard_speed, true);
    row.road.item(site, path, motion)
}

/// Where the rear axle is level: so far behind its disc, and so far farther from the road's axis, metres.
#[derive(Clone, Copy)]
struct Level {
    lead: f64,
    out: f64,
}

/// The discs on their road.
struct Row<'s> {
    scene: &'s Scene<'s>,
    road: Road,
    discs: Vec<(Xy, f64)>,
}

impl Row<'_> {
    fn of<'s>(scene: &'s Scene<'s>, site: &Site) -> Option<Row<'s>> {
        let road = Road::of(scene, site)?;
        let discs = numbered(&road.plot, site, "disc");
        (discs.len() > 1).then_some(Row { scene, road, discs })
    }

    /// As far before the first disc as to the next and behind the last one, from the middle of the road and back to it.
    fn places(&self, line: &[Level]) -> Vec<Xy> {
        let level = |((at, _), level): (&(Xy, f64), &Level)| Xy::new(at.x + level.lead, at.y + side(*at) * level.out);
        let mut places: Vec<Xy> = self.discs.iter().zip(line).map(level).collect();
        if let (Some(first), Some(last)) = (places.first().copied(), places.last().copied()) {
            let apart = (last.x - first.x) / (places.len() - 1).max(1) as f64;
            places.insert(0, Xy::new(first.x - apart, 0.0));
            places.push(Xy::new(last.x + apart, 0.0));
        }
        places
    }

    /// The line on which the worst tyre has most room.
    fn roomiest(&self) -> Vec<Level> {
        let mut line = vec![Level { lead: 0.0, out: 0.0 }; self.discs.len()];
        let all = || 0..self.discs.len();
        let alike = all().collect::<Vec<_>>();
        self.improve(&mut line, &[alike]);
        if self.scene.spec.trailer.is_some() {
            self.improve(&mut line, &all().map(|no| vec![no]).collect::<Vec<_>>());
        }
        line
    }

    /// Moves groups of places to and fro and aside as long as that gives more room.
    fn improve(&self, line: &mut Vec<Level>, groups: &[Vec<usize>]) {
        let mut room = self.room(line);
        for step in STEPS {
            let moves = AROUND.map(|(lead, out)| (lead * step, out * step / 4.0));
            for _ in 0..ROUNDS {
                let before = room;
                for (group, (lead, out)) in groups.iter().flat_map(|group| moves.map(|by| (group, by))) {
                    let mut tried = line.clone();
                    for no in group {
                        tried[*no].lead += lead;
                        tried[*no].out += out;
                    }
                    let now = self.room(&tried);
                    if now > room + 1e-6 {
                        (*line, room) = (tried, now);
                    }
                }
                if room <= before {
                    break;
                }
            }
        }
    }

    /// The least room between a tyre and a disc on level ground, metres; none where it is not astride of them, or the wheel
    /// would have to be turned past its lock.
    fn room(&self, line: &[Level]) -> f64 {
        let spec = self.scene.spec;
        if line.iter().any(|level| level.out.abs() > ASTRIDE) {
            return f64::NEG_INFINITY;
        }
        let places = self.road.drawn(&self.places(line));
        let bend = places.windows(2).map(|pair| {
            let turned = (pair[1].direction - pair[0].direction).abs();
            turned / pair[0].at.to(pair[1].at).max(1e-6)
        });
        if bend.fold(0.0, f64::max) * self.scene.lock() > 1.0 {
            return f64::NEG_INFINITY;
        }
        let own = train::follows(spec, &places, false);
        let rooms = places.iter().enumerate().flat_map(|(i, place)| {
            let tyres = train::contacts(spec, *place, false, own.get(i));
            tyres.into_iter().map(|(at, half)| self.nearest(at) - half)
        });
        rooms.fold(f64::INFINITY, f64::min)
    }

    /// From a point of the drawing to the nearest rim of a disc.
    fn nearest(&self, at: Xy) -> f64 {
        let near = self.discs.iter().filter(|(disc, _)| (disc.x - at.x).abs() < NEAR);
        near.map(|(disc, radius)| at.to(*disc) - radius)
            .fold(f64::INFINITY, f64::min)
    }

    /// How deep a tyre, the tractor's or the trailer's, gets onto a disc, exactly.
    fn deepest(&self, path: &Path) -> f64 {
        let (scene, plot) = (self.scene, &self.road.plot);
        let contacts = scene.spec.contacts();
        let discs: Vec<(Xy, f64)> = self.discs.iter().map(|(at, r)| (plot.plane(*at), *r)).collect();
        let onto = |at: Xy, half: f64| {
            let deep = discs.iter().map(|(disc, radius)| radius + half - at.to(*disc));
            deep.fold(f64::NEG_INFINITY, f64::max)
        };
        let behind = train::Behind::along(scene, path, false, None);
        peak(path, |s, place: Place| {
            let pose = stance(scene, place, false);
            let own = contacts.iter().map(|(body, half)| onto(stood(&pose, *body), *half));
            let towed = behind.as_ref().map(|behind| behind.contacts(s, place));
            let towed = towed.into_iter().flatten().map(|(at, half)| onto(at, half));
            own.chain(towed).fold(f64::NEG_INFINITY, f64::max)
        })
    }

    /// How far the disc that is left lies beside the outer tyre of the front or the rear axle as it is abreast of it, exactly.
    fn beside(&self, path: &Path) -> f64 {
        let Some((disc, radius)) = self.discs.get(LEFT) else {
            return f64::INFINITY;
        };
        let (spec, disc) = (self.scene.spec, self.road.plot.plane(*disc));
        let of_axle = |contacts: &[(Body, f64)]| {
            let ahead = contacts.first().map_or(0.0, |(body, _)| body[0]);
            let outer = contacts.iter().map(|(body, half)| body[1].abs() + half);
            // Forward of the axle, and to the right of its middle.
            let seen = |s: f64| {
                let pose = stance(self.scene, spot(path, s), false);
                let (axle, before) = (stood(&pose, [ahead, 0.0, 0.0]), stood(&pose, [ahead + 1.0, 0.0, 0.0]));
                let (way, off) = (before.plus(axle, -1.0), disc.plus(axle, -1.0));
                (off.x * way.x + off.y * way.y, off.x * way.y - off.y * way.x)
            };
            let abreast = tune(0.0, path.length(), 0.0, |s| -seen(s).0);
            seen(abreast).1.abs() - radius - outer.fold(0.0, f64::max)
        };
        spec.contacts().chunks(2).map(of_axle).fold(f64::NEG_INFINITY, f64::max)
    }
}

/// Away from the road's axis; the left of what lies on it.
fn side(disc: Xy) -> f64 {
    if disc.y < 0.0 { -1.0 } else { 1.0 }
}
