//! 曲线行驶: the front axle's middle is steered along a line, the rear axle follows as it must.
//!
//! The line is the lane's middle, moved to the outside of each bend so far that the inner rear tyre has its room (searched). The
//! rear axle's line is the tractrix of the front axle's.
use super::train::{Trails, follows};
use super::{clear_of_ground, exact_tyres, item, least, point, spot, stretch, tune, tyres};
use crate::driver::stint::Berth;
use crate::driver::{Fault, Item, Scene};
use crate::geometry::{Fences, points};
use crate::vehicle::path::{Path, Xy, resample};
use crate::vehicle::rail::Place;
use crate::vehicle::spec::Body;
use kaoguan_course::Site;
use std::collections::HashMap;
use std::sync::Mutex;

/// Room of the inner rear tyre in the bends, metres.
const ROOM: f64 = 0.30;
/// Spacing of the lane's middle, metres.
const STEP: f64 = 0.25;
/// The lane's bend is looked at over so much of its length on either side, metres.
const SIGHT: f64 = 3.0;
/// A large vehicle's line is looked for once more so far on either side of the best one, metres.
const FINE: f64 = 0.12;
/// Whoever drifts does so over this length on either side of the middle of the second bend, metres.
const DRIFT: f64 = 3.5;

/// The lane's middle.
pub(super) struct Lane {
    middle: Vec<Place>,
    fences: Fences,
    /// Half of the length over which a driver drifts, metres.
    drift: f64,
}

/// How the front axle is led: so far outside of the middle in the bends, which are looked at over so much length on either
/// side, so much later than they come; metres.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lead {
    out: f64,
    sight: f64,
    late: f64,
}

/// How a vehicle is led round each bend of a course, by the site's id: looked for once, and the same for every driver.
#[derive(Debug, Default)]
pub struct Leads(Mutex<HashMap<String, Lead>>);

impl Leads {
    /// The one that is known of a site, or what is found now. Two that look at once find the same.
    fn of(&self, site: &Site, find: impl FnOnce() -> Lead) -> Lead {
        let known = || self.0.lock().unwrap_or_else(|broken| broken.into_inner());
        let lead = known().get(&site.id).copied();
        lead.unwrap_or_else(|| {
            let lead = find();
            known().insert(site.id.clone(), lead);
            lead
        })
    }
}

/// To the inside of a bend: by how much, metres, and where, as a share of the lane's length.
#[derive(Clone, Copy)]
pub(super) struct Drift {
    pub by: f64,
    pub at: f64,
}

impl Drift {
    /// Nowhere.
    pub(super) const NONE: Drift = Drift { by: 0.0, at: 0.75 };

    fn in_the_second_bend(by: f64) -> Drift {
        Drift { by, ..Drift::NONE }
    }
}

impl Lead {
    fn out(out: f64) -> Lead {
        Lead {
            out,
            sight: SIGHT,
            late: 0.0,
        }
    }
}

/// Plans the item.
pub(super) fn plan(scene: &Scene, site: &Site) -> Option<Item> {
    let lane = Lane::of(scene, site)?;
    let (first, last) = lane.ends()?;
    let runs = [
        clear_of_ground(scene, site, first, 1.0) + scene.spec.wheelbase,
        clear_of_ground(scene, site, last, -1.0) + scene.spec.wheelbase,
    ];
    let needs_it_all = scene.spec.trailer.is_some() || scene.spec.large;
    let lead = match lane.with_room_inside(scene, runs).filter(|_| !needs_it_all) {
        Some(lead) => lead,
        None => lane.with_the_whole_road(scene, site, runs),
    };
    let over = scene.fault(|fault| match fault {
        Fault::CurveOverEdge { beyond } => Some(beyond),
        _ => None,
    });
    let drift = over.map(|beyond| {
        tune(0.0, scene.spec.scaled(2.5), beyond, |drift| {
            let rear = follow(scene, &lane.line(lead, Drift::in_the_second_bend(drift), runs));
            exact_tyres(scene, &rear, false, &lane.fences)
        })
    });
    let drift = drift.map_or(Drift::NONE, Drift::in_the_second_bend);
    let rear = follow(scene, &lane.line(lead, drift, runs));
    let start = rear.at(0.0);
    let motion = scene.along(site, &rear, scene.manners().yard_speed, true);
    let from = Berth {
        at: start.at,
        direction: start.direction,
    };
    item(from, vec![stretch(site, rear, false, motion)])
}

impl Lane {
    pub(super) fn of(scene: &Scene, site: &Site) -> Option<Lane> {
        let [left, right] = ["edge_left", "edge_right"].map(|role| site.part(role).map(points));
        let (left, right) = (left?, right?);
        let middles: Vec<Xy> = resample(&left, STEP)
            .into_iter()
            .map(|p| {
                let q = nearest(&right, p);
                p.plus(q.plus(p, -1.0), 0.5)
            })
            .collect();
        let middles = resample(&middles, STEP);
        let last = middles.len().checked_sub(1).filter(|last| *last >= 3)?;
        let chord = |a: usize, b: usize| {
            let (a, b) = (middles[a], middles[b]);
            libm::atan2(b.y - a.y, b.x - a.x)
        };
        // At either end the tangent is the chord less half of what it turns to the next one.
        let direction = |i: usize| match i {
            0 => chord(0, 1) - wrap(chord(1, 2) - chord(0, 1)) / 2.0,
            i if i == last => chord(i - 1, i) + wrap(chord(i - 1, i) - chord(i - 2, i - 1)) / 2.0,
            i => chord(i - 1, i + 1),
        };
        let place = |i: usize| Place {
            at: middles[i],
            direction: direction(i),
        };
        Some(Lane {
            middle: (0..=last).map(place).collect(),
            fences: Fences::of(site),
            drift: scene.spec.scaled(DRIFT),
        })
    }

    /// Its first and its last place.
    pub(super) fn ends(&self) -> Option<(Place, Place)> {
        Some((*self.middle.first()?, *self.middle.last()?))
    }

    /// The bend round each place, 1/m, positive to the left.
    fn bends(&self, lead: Lead) -> Vec<f64> {
        let last = self.middle.len().saturating_sub(1);
        let (reach, late) = ((lead.sight / STEP) as usize, (lead.late / STEP) as usize);
        let bend = |i: usize| {
            let i = i.saturating_sub(late);
            let (a, b) = (i.saturating_sub(reach), (i + reach).min(last));
            let turned = wrap(self.middle[b].direction - self.middle[a].direction);
            turned / ((b - a).max(1) as f64 * STEP)
        };
        (0..self.middle.len()).map(bend).collect()
    }

    /// A car leaves its inner rear tyre its room; `None` where another tyre then leaves the road.
    fn with_room_inside(&self, scene: &Scene, runs: [f64; 2]) -> Option<Lead> {
        let rear = |out: f64| follow(scene, &self.line(Lead::out(out), Drift::NONE, runs));
        let out = tune(-0.5, 1.2, ROOM, |out| -self.rear(&rear(out), scene));
        (self.tyres(&rear(out), scene) < 0.0).then_some(Lead::out(out))
    }

    /// A train or a large vehicle needs the whole road: led so that it keeps as far from either edge as there is room.
    pub(super) fn with_the_whole_road(&self, scene: &Scene, site: &Site, runs: [f64; 2]) -> Lead {
        scene.leads.of(site, || self.best_lead(scene, runs))
    }

    fn best_lead(&self, scene: &Scene, runs: [f64; 2]) -> Lead {
        let worst = |lead: Lead| self.tyres(&follow(scene, &self.line(lead, Drift::NONE, runs)), scene);
        let mut best = (f64::INFINITY, Lead::out(0.0));
        let (sights, lates) = match scene.spec.large {
            true => ([2.5, 3.0, 3.5], [3.0, 4.0, 4.5, 5.0]),
            false => ([3.0, 5.0, 7.0], [0.0, 1.5, 3.0, 4.5]),
        };
        for sight in sights {
            for late in lates {
                let lead = |out: f64| Lead { out, sight, late };
                let out = least(0.0, 1.6, 6, |out| worst(lead(out)));
                let beyond = worst(lead(out));
                if beyond < best.0 {
                    best = (beyond, lead(out));
                }
            }
        }
        let finest = |best: Lead| {
            let out = least(best.out - FINE, best.out + FINE, 6, |out| worst(Lead { out, ..best }));
            Lead { out, ..best }
        };
        if scene.spec.large { finest(best.1) } else { best.1 }
    }

    /// The front axle's line: outside of the middle in the bends, inside by a drift in one of them, and straight runs before
    /// and after.
    pub(super) fn line(&self, lead: Lead, drift: Drift, [before, after]: [f64; 2]) -> Path {
        let (bends, out) = (self.bends(lead), lead.out);
        let sharpest = bends.iter().map(|bend| bend.abs()).fold(1e-9, f64::max);
        let peak = self.middle.len() as f64 * drift.at * STEP;
        let mut points: Vec<Xy> = Vec::new();
        for (i, (place, bend)) in self.middle.iter().zip(&bends).enumerate() {
            let off = (i as f64 * STEP - peak).abs() / self.drift;
            let fade = if off < 1.0 {
                (1.0 + libm::cos(core::f64::consts::PI * off)) / 2.0
            } else {
                0.0
            };
            let right = Xy::new(libm::sin(place.direction), -libm::cos(place.direction));
            let share = bend / sharpest;
            points.push(place.at.plus(right, share * out - share.signum() * drift.by * fade));
        }
        if let (Some(first), Some(last)) = (self.middle.first(), self.middle.last()) {
            let run = |from: Xy, direction: f64, k: usize, count: usize, length: f64| {
                let d = length * k as f64 / count as f64;
                from.plus(Xy::new(libm::cos(direction), libm::sin(direction)), d)
            };
            let count = |length: f64| libm::ceil(length / STEP).max(1.0) as usize;
            let (ahead, behind) = (count(after), count(before));
            let (a, b) = (points[0], points[points.len() - 1]);
            let mut all: Vec<Xy> = (1..=behind)
                .rev()
                .map(|k| run(a, first.direction, k, behind, -before))
                .collect();
            all.extend(points);
            all.extend((1..=ahead).map(|k| run(b, last.direction, k, ahead, after)));
            points = all;
        }
        Path::new(&points)
    }

    /// How far any tyre, a trailer's too, gets beyond the edges.
    fn tyres(&self, rear: &Path, scene: &Scene) -> f64 {
        let places = places(rear);
        let trails = follows(scene.spec, &places, false);
        let each = places.iter().enumerate().step_by(4).map(|(i, p)| {
            let own = tyres(scene.spec, *p, false, &self.fences);
            let towed = Trails::at(scene.spec, *p, false, trails.get(i));
            towed.map_or(own, |towed| own.max(towed.tyres(&self.fences)))
        });
        each.fold(f64::NEG_INFINITY, f64::max)
    }

    /// How far the rear tyres get beyond the edges: the inner ones of the bends.
    fn rear(&self, rear: &Path, scene: &Scene) -> f64 {
        let contacts = scene.spec.contacts();
        let each = places(rear).into_iter().step_by(4);
        let beyond = each.map(|p| {
            let tyre = |(body, half): (Body, f64)| self.fences.tyre(point(p, false, body), half);
            tyre(contacts[2]).max(tyre(contacts[3]))
        });
        beyond.fold(f64::NEG_INFINITY, f64::max)
    }
}

/// The rear axle's line behind a front axle that is led along a path.
pub(super) fn follow(scene: &Scene, front: &Path) -> Path {
    let base = scene.spec.wheelbase;
    let start = front.at(0.0);
    let mut heading = start.direction;
    let rear = |front: Xy, heading: f64| front.plus(Xy::new(libm::cos(heading), libm::sin(heading)), -base);
    let mut points = vec![rear(start.at, heading)];
    let count = libm::ceil(front.length() / 0.05) as usize;
    let step = front.length() / count.max(1) as f64;
    for k in 0..count {
        // Heun's rule.
        let turn = |s: f64, heading: f64| libm::sin(front.at(s).direction - heading) / base;
        let s = k as f64 * step;
        let first = turn(s, heading);
        let second = turn(s + step, heading + first * step);
        heading += (first + second) / 2.0 * step;
        points.push(rear(front.at(s + step).at, heading));
    }
    Path::new(&resample(&points, 0.05))
}

/// Places each five centimetres.
fn places(path: &Path) -> Vec<Place> {
    let count = (path.length() / 0.05) as usize;
    (0..=count).map(|k| spot(path, k as f64 * 0.05)).collect()
}

fn nearest(line: &[Xy], p: Xy) -> Xy {
    let foot = |w: &[Xy]| {
        let (along, from) = (w[1].plus(w[0], -1.0), p.plus(w[0], -1.0));
        let square = (along.x * along.x + along.y * along.y).max(1e-18);
        w[0].plus(along, ((along.x * from.x + along.y * from.y) / square).clamp(0.0, 1.0))
    };
    let feet = line.windows(2).map(foot);
    feet.min_by(|a, b| a.to(p).total_cmp(&b.to(p))).unwrap_or(p)
}

fn wrap(angle: f64) -> f64 {
    use core::f64::consts::{PI, TAU};
    (angle + PI).rem_euclid(TAU) - PI
}
