//! A drive along a simulated road: where its lines are on the way, what is done before each, and how it goes wrong.
//!
//! The problem: eight items are the same drive with other chores. The answer: a plan that knows the road's line (straight, but
//! for who drifts over an edge or leaves the road), says when an axle is on which of the site's lines, and takes down acts. How
//! fast it goes is planned by the items; a chore is done in time, at another time, or not at all. Deliberately not here: roads
//! that bend.
use super::road::Road;
use super::{SHIFT_S, exact_tyres, tune};
use crate::driver::stint::Act;
use crate::driver::{Chore, Fault, Item, Lapse, Scene};
use crate::geometry::Fences;
use crate::vehicle::dash::Control;
use crate::vehicle::motion::Motion;
use crate::vehicle::path::{Path, Xy};
use kaoguan_course::Site;

/// On the roads, m/s: 23 km/h. Slowed down for what is ahead: 18 km/h.
const CRUISE: f64 = 6.4;
const SLOW: f64 = 5.0;
/// It has slowed down so far before the line, metres.
const BEFORE: f64 = 2.0;
/// A chore is done so long before its line, seconds.
const EARLY_S: f64 = 2.0;
/// A toot, seconds.
const TOOT_S: f64 = 0.5;
/// Who drifts over an edge does so over this length on either side, metres.
const DRIFT: f64 = 18.0;
/// Who leaves the road gets off it over this length, and as far beside its ground, metres.
const LEAVE: f64 = 26.0;
const BESIDE: f64 = 2.0;

/// A drive under planning; x along the road from its entry line.
pub(super) struct Drive<'s> {
    pub scene: &'s Scene<'s>,
    pub site: &'s Site,
    pub road: Road,
    pub path: Path,
    pub motion: Motion,
    acts: Vec<(f64, Act)>,
}

impl<'s> Drive<'s> {
    /// Along a road's middle, `aside` to its left; who drifts does so round `x`.
    pub fn straight(scene: &'s Scene<'s>, site: &'s Site, aside: f64, drift_x: f64) -> Option<Drive<'s>> {
        let road = Road::of(scene, site)?;
        let lapse = lapse(scene, |lapse| match lapse {
            Lapse::Drifts { road, left, beyond } if road == site.manoeuvre => Some((left, beyond)),
            _ => None,
        });
        let knots = if let Some((left, beyond)) = lapse {
            drifting(scene, site, &road, aside, drift_x, (left, beyond))
        } else if lapse_is(
            scene,
            |lapse| matches!(lapse, Lapse::Leaves { road } if road == site.manoeuvre),
        ) {
            leaving(scene, site, &road, aside)
        } else {
            vec![Xy::new(0.0, aside)]
        };
        let path = road.through(&knots);
        Some(Drive::along(scene, site, road, path))
    }

    /// Along any path on it, at rest at its beginning.
    pub fn along(scene: &'s Scene<'s>, site: &'s Site, road: Road, path: Path) -> Drive<'s> {
        let mut motion = Motion::new();
        motion.keep(SHIFT_S);
        Drive {
            scene,
            site,
            road,
            path,
            motion,
            acts: Vec::new(),
        }
    }

    /// What the driver does wrong here.
    pub fn lapse<T>(&self, kind: impl FnMut(Lapse) -> Option<T>) -> Option<T> {
        lapse(self.scene, kind)
    }

    /// The way of the rear axle until a place of the body so far ahead of it is at x.
    pub fn way_to(&self, x: f64, ahead: f64) -> f64 {
        tune(0.0, self.path.length(), x, |s| {
            let p = self.path.at(s);
            let there =
                p.at.plus(Xy::new(libm::cos(p.direction), libm::sin(p.direction)), ahead);
            self.road.plot.local(there).x
        })
    }

    /// The way until the front axle is on a line across.
    pub fn front_on(&self, role: &str) -> Option<f64> {
        Some(self.way_to(self.road.line(self.site, role)?, self.scene.spec.wheelbase))
    }

    /// The way until the last axle is on it.
    pub fn rear_on(&self, role: &str) -> Option<f64> {
        let towed = self.scene.spec.trailer.iter();
        let last = towed.flat_map(|towed| {
            towed
                .contacts()
                .into_iter()
                .map(|(contact, _)| towed.in_line(contact)[0])
        });
        Some(self.way_to(self.road.line(self.site, role)?, last.fold(0.0, f64::min)))
    }

    /// Up to speed, and slowed down where the front axle is on a line: as fast there as the driver is wrong about.
    pub fn slow_down_to(&mut self, role: &str) -> Option<f64> {
        self.slow_down(role, SLOW)
    }

    /// The same to another speed.
    pub fn slow_down(&mut self, role: &str, speed: f64) -> Option<f64> {
        let line = self.front_on(role)?;
        let (here, a) = (self.site.manoeuvre.as_str(), self.scene.manners().acceleration);
        let fast = self.lapse(|lapse| match lapse {
            Lapse::FastAt { road, speed } if road == here => Some(speed),
            _ => None,
        });
        match fast {
            Some(fast) => self.motion.reach(fast, line, a).keep(0.3),
            None => self.motion.change(CRUISE, a).reach(speed, line - BEFORE, a),
        };
        Some(line)
    }

    /// On to the end of the way; with a stop half-way in a stretch where the driver makes one.
    pub fn finish(&mut self, speed: f64, stop_at: Option<f64>) {
        let a = self.scene.manners().acceleration;
        if (self.motion.end().v - speed).abs() > 1e-9 {
            self.motion.change(speed, a);
        }
        let here = self.site.manoeuvre.as_str();
        let stops = self.scene.fault(|fault| match fault {
            Fault::StopsUnderWay { manoeuvre, seconds } if manoeuvre == here => Some(seconds),
            _ => None,
        });
        if let (Some(seconds), Some(at)) = (stops, stop_at) {
            self.motion.reach(0.0, at, a).keep(seconds);
            self.motion.hop(self.path.length(), speed, a);
        } else {
            self.motion.reach(0.0, self.path.length(), a);
        }
    }

    /// When a chore is done whose line is passed at a time: in time, at another time, or never.
    pub fn when(&self, chore: Chore, line_s: f64) -> Option<f64> {
        let done = self.lapse(|lapse| match lapse {
            Lapse::Omits(omitted) if omitted == chore => Some(None),
            Lapse::Delays { chore: delayed, by } if delayed == chore => Some(Some(line_s + by)),
            _ => None,
        });
        done.unwrap_or(Some(line_s - EARLY_S))
    }

    /// Does something at a time.
    pub fn act(&mut self, at_s: f64, act: Act) {
        self.acts.push((at_s.max(0.1), act));
    }

    /// A switch is on from a chore's time to another one, if at all.
    pub fn hold(&mut self, control: Control, chore: Chore, line_s: f64, to_s: f64) {
        if let Some(from) = self.when(chore, line_s) {
            self.act(from, Act::Dash(control, true));
            self.act(to_s, Act::Dash(control, false));
        }
    }

    /// A toot.
    pub fn toot(&mut self, chore: Chore, line_s: f64) {
        let until = self.when(chore, line_s).map_or(line_s, |from| from + TOOT_S);
        self.hold(Control::Horn, chore, line_s, until);
    }

    /// The whole drive as one stretch.
    pub fn item(mut self) -> Option<Item> {
        let mut item = self.road.item(self.site, self.path, self.motion)?;
        item.stint.acts.append(&mut self.acts);
        Some(item)
    }

    /// The acts so far.
    pub fn take_acts(&mut self) -> Vec<(f64, Act)> {
        core::mem::take(&mut self.acts)
    }
}

/// What a driver does wrong on the roads.
pub(super) fn lapse<T>(scene: &Scene, mut kind: impl FnMut(Lapse) -> Option<T>) -> Option<T> {
    scene.fault(|fault| match fault {
        Fault::Road(lapse) => kind(lapse),
        _ => None,
    })
}

pub(super) fn lapse_is(scene: &Scene, mut kind: impl FnMut(Lapse) -> bool) -> bool {
    lapse(scene, |lapse| kind(lapse).then_some(())).is_some()
}

/// Aside and back, so that the worst tyre gets so far beyond the edge of that side.
fn drifting(scene: &Scene, site: &Site, road: &Road, aside: f64, x: f64, (left, beyond): (bool, f64)) -> Vec<Xy> {
    let mut fences = Fences::of(site);
    let own = if left { "edge_left" } else { "edge_right" };
    fences.edges = Fences::edges_of(site, own, left);
    let side = if left { 1.0 } else { -1.0 };
    let knots = |out: f64| {
        vec![
            Xy::new(x - DRIFT, aside),
            Xy::new(x, aside + side * out),
            Xy::new(x + DRIFT, aside),
        ]
    };
    let out = tune(0.0, 4.0, beyond, |out| {
        exact_tyres(scene, &road.through(&knots(out)), false, &fences)
    });
    knots(out)
}

/// Off the road to its right before anything is met on it, and on beside it.
fn leaving(scene: &Scene, site: &Site, road: &Road, aside: f64) -> Vec<Xy> {
    let locals = site.ground.iter().map(|p| road.plot.local(Xy::new(p.e, p.n)).y);
    let right = crate::driver::frame::span(locals).0;
    let from = 1.0;
    vec![
        Xy::new(from, aside),
        Xy::new(from + LEAVE, right - scene.spec.half_width() - BESIDE),
    ]
}
