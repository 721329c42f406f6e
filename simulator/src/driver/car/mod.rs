//! Cars: from a site to a sequence of stretches, forwards and backwards, each from rest to rest.
//!
//! The problem: an item of a car is several stretches, and each must be a line that a steering wheel can follow, with its
//! distances known to the millimetre before the drive begins. The answer: each item is laid out in a plot of its own (x in
//! riding direction, y away from the bay or into the turn, so that a mirrored site is the same drawing), from straights, arcs
//! and clothoids ([`Rail`]); one or two numbers of the drawing are searched on the site's own lines. A truck is a car with
//! other measures. Assumed of the vehicle: its lock ([`Spec::lock`]), and from lock to straight 0.8 m of way, 1.2 m of a long one.
//! Deliberately not here: how drives are judged.

mod bay;
mod bends;
mod card;
mod corner;
mod curve;
mod discs;
mod drive;
mod emergency;
mod expressway;
mod gate;
mod hill;
mod humps;
mod narrow;
mod narrow_train;
mod road;
mod shift;
mod shift_train;
mod side;
mod side_train;
mod slippery;
mod trailer_bay;
mod train;
mod tunnel;
mod weather;

pub use curve::Leads;

use super::stint::{Act, Berth, Stint};
use super::{Fault, Item, Scene, WAITING_ROOM, bridges, straight, weave};
use crate::geometry::{Beyond, Fences, larger, ring_depth};
use crate::vehicle::body::Pose;
use crate::vehicle::motion::Motion;
use crate::vehicle::path::{Path, Xy};
use crate::vehicle::rail::{Place, Rail};
use crate::vehicle::spec::{Body, Spec};
use crate::vehicle::train::Swing;
use kaoguan_course::Site;

/// Drivers turn so tightly, in wheelbases: the lock of a car. A large vehicle could turn more tightly ([`Spec::lock`]), and must in
/// its slot and round its corner.
const LOCK: f64 = 1.77;
/// Way from straight to lock, metres: 1.2 s at 0.7 m/s, about 400 degrees of a steering wheel's turn a second.
const EASE: f64 = 0.8;
/// Rest before the vehicle goes the other way, seconds.
const SHIFT_S: f64 = 1.5;
/// Lamps go on so long before whatever they announce, and off so long after it, seconds.
const LAMP_S: [f64; 2] = [4.0, 1.5];

/// Plans a site's item; a site of another kind is driven straight through.
pub(super) fn plan(scene: &Scene, site: &Site) -> Item {
    let planned = match site.manoeuvre.as_str() {
        "bay_shift" => shift::plan(scene, site),
        "card_stop" => card::plan(scene, site),
        "emergency" => emergency::plan(scene, site),
        "expressway" => expressway::plan(scene, site),
        "mountain_bends" => bends::plan(scene, site),
        "rain_fog" => weather::plan(scene, site),
        "slippery" => slippery::plan(scene, site),
        "tunnel" => tunnel::plan(scene, site),
        "undulating_road" => humps::plan(scene, site),
        "reverse_bay" => bay::plan(scene, site),
        "side_parking" => side::plan(scene, site),
        "trailer_bay" => trailer_bay::plan(scene, site),
        "curve" => curve::plan(scene, site),
        "right_angle" => corner::plan(scene, site),
        "hill_start" => hill::plan(scene, site),
        "width_gate" => gate::plan(scene, site),
        "narrow_turn" => narrow::plan(scene, site),
        "obstacle_discs" => discs::plan(scene, site),
        "plank_bridge" => bridges::plan(scene, site),
        "pole_course" => weave::plan(scene, site),
        _ => None,
    };
    let mut item = planned.unwrap_or_else(|| straight::plan(scene, site));
    belt(scene, &mut item);
    item.lead
        .iter_mut()
        .for_each(|stint| stint.acts.sort_by(|a, b| a.0.total_cmp(&b.0)));
    item.stint.acts.sort_by(|a, b| a.0.total_cmp(&b.0));
    item
}

/// Whoever drives without a belt takes it off before the first stretch and puts it on after the last.
fn belt(scene: &Scene, item: &mut Item) {
    if !scene.has(Fault::NoBelt) {
        return;
    }
    let first = item.lead.first_mut().unwrap_or(&mut item.stint);
    first.acts.push((0.2, Act::Belt(false)));
    let end = item.stint.motion.duration() + 0.5;
    item.stint.acts.push((end, Act::Belt(true)));
}

/// A drawing of a site: x in riding direction, y to one side.
#[derive(Debug, Clone, Copy)]
struct Plot {
    origin: Xy,
    x: Xy,
    y: Xy,
}

impl Plot {
    /// With its origin, x towards another point, y on the side of a third one.
    fn new(origin: Xy, ahead: Xy, beside: Xy) -> Plot {
        let length = origin.to(ahead).max(1e-9);
        let x = Xy::new((ahead.x - origin.x) / length, (ahead.y - origin.y) / length);
        let left = Xy::new(-x.y, x.x);
        let side = (beside.x - origin.x) * left.x + (beside.y - origin.y) * left.y;
        let y = if side < 0.0 { Xy::new(-left.x, -left.y) } else { left };
        Plot { origin, x, y }
    }

    fn plane(&self, p: Xy) -> Xy {
        self.origin.plus(self.x, p.x).plus(self.y, p.y)
    }

    fn local(&self, p: Xy) -> Xy {
        let d = p.plus(self.origin, -1.0);
        Xy::new(d.x * self.x.x + d.y * self.x.y, d.x * self.y.x + d.y * self.y.y)
    }

    /// +1 where y is to the left of x, -1 where it is to the right.
    fn hand(&self) -> f64 {
        self.x.x * self.y.y - self.x.y * self.y.x
    }

    /// A direction of the drawing on the plane.
    fn way(&self, direction: f64) -> f64 {
        libm::atan2(self.x.y, self.x.x) + self.hand() * direction
    }

    /// A place of the drawing on the plane.
    fn lay(&self, place: Place) -> Place {
        Place {
            at: self.plane(place.at),
            direction: self.way(place.direction),
        }
    }

    /// Everything of a site, and its ground, along x.
    fn reach(&self, site: &Site) -> (f64, f64) {
        let parts = site.parts.iter().flat_map(|part| part.points());
        let all = parts.chain(site.ground.iter().copied());
        super::frame::span(all.map(|p| self.local(Xy::new(p.e, p.n)).x))
    }
}

/// A line of a drawing: where a vehicle begins, along what, and whether it goes backwards.
#[derive(Debug, Clone)]
struct Track {
    from: Place,
    rail: Rail,
    reverse: bool,
}

impl Track {
    /// Forwards from a place where the body looks in a direction.
    fn forward(at: Xy, direction: f64, rail: Rail) -> Track {
        Track {
            from: Place { at, direction },
            rail,
            reverse: false,
        }
    }

    /// Backwards from a place where the body looks in a direction.
    fn backward(at: Xy, direction: f64, rail: Rail) -> Track {
        Track {
            from: Place {
                at,
                direction: direction + core::f64::consts::PI,
            },
            rail,
            reverse: true,
        }
    }

    /// Places of the rear axle's middle on the plane, with the direction of travel.
    fn places(&self, plot: &Plot) -> Vec<Place> {
        self.rail.walk(self.from).into_iter().map(|p| plot.lay(p)).collect()
    }

    fn path(&self, plot: &Plot) -> Path {
        let points: Vec<Xy> = self.places(plot).iter().map(|p| p.at).collect();
        Path::new(&points)
    }

    /// The contours of the body, and of what it draws, in each n-th place.
    fn rings(&self, plot: &Plot, spec: &Spec, each: usize) -> Vec<Vec<Xy>> {
        let places = self.places(plot);
        let trails = train::follows(spec, &places, self.reverse);
        let all = places.iter().enumerate().step_by(each).flat_map(|(i, p)| {
            let towed = train::Trails::at(spec, *p, self.reverse, trails.get(i));
            let own = outline(spec, *p, self.reverse);
            core::iter::once(own).chain(towed.map(|towed| towed.outline()))
        });
        all.collect()
    }

    /// How far the body gets beyond a site's lines, looked at in each n-th place.
    fn body(&self, plot: &Plot, spec: &Spec, fences: &Fences, each: usize) -> Beyond {
        let places = self.places(plot);
        let trails = train::follows(spec, &places, self.reverse);
        let all = places.iter().enumerate().step_by(each).map(|(i, p)| {
            let own = fences.body(&outline(spec, *p, self.reverse));
            let towed = train::Trails::at(spec, *p, self.reverse, trails.get(i));
            towed.map_or(own, |towed| larger(own, fences.body(&towed.outline())))
        });
        all.fold([f64::NEG_INFINITY; 2], larger)
    }

    /// How far the worst tyre gets beyond a site's edges.
    fn tyres(&self, plot: &Plot, spec: &Spec, fences: &Fences, each: usize) -> f64 {
        let places = self.places(plot);
        let trails = train::follows(spec, &places, self.reverse);
        let all = places.iter().enumerate().step_by(each).map(|(i, p)| {
            let own = tyres(spec, *p, self.reverse, fences);
            let towed = train::Trails::at(spec, *p, self.reverse, trails.get(i));
            towed.map_or(own, |towed| own.max(towed.tyres(fences)))
        });
        all.fold(f64::NEG_INFINITY, f64::max)
    }
}

/// A move on the plane.
struct Leg {
    path: Path,
    reverse: bool,
    /// How a trailer is pushed along it.
    swing: Option<Swing>,
}

impl Leg {
    /// Of a drawing; a trailer is pulled along it.
    fn of(track: &Track, plot: &Plot) -> Leg {
        Leg {
            path: track.path(plot),
            reverse: track.reverse,
            swing: None,
        }
    }
}

/// Where a point of the body is on level ground.
fn point(place: Place, reverse: bool, body: Body) -> Xy {
    let facing = if reverse { -1.0 } else { 1.0 };
    let ahead = Xy::new(facing * libm::cos(place.direction), facing * libm::sin(place.direction));
    let right = Xy::new(ahead.y, -ahead.x);
    place.at.plus(ahead, body[0]).plus(right, body[1])
}

fn outline(spec: &Spec, place: Place, reverse: bool) -> Vec<Xy> {
    spec.outline.iter().map(|b| point(place, reverse, *b)).collect()
}

fn tyres(spec: &Spec, place: Place, reverse: bool, fences: &Fences) -> f64 {
    let contacts = spec.contacts();
    let beyond = contacts
        .iter()
        .map(|(b, half)| fences.tyre(point(place, reverse, *b), *half));
    beyond.fold(f64::NEG_INFINITY, f64::max)
}

/// The body on the ground of its course.
pub(super) fn stance(scene: &Scene, place: Place, reverse: bool) -> Pose {
    let facing = place.direction + if reverse { core::f64::consts::PI } else { 0.0 };
    let ground = |p: Xy| scene.course.surface().at(p.x, p.y).height;
    crate::vehicle::car::pose(scene.spec, place.at, facing, &ground)
}

/// Where a point of the standing body is on the plane.
pub(super) fn stood(pose: &Pose, body: Body) -> Xy {
    let p = pose.place(body);
    Xy::new(p[0], p[1])
}

/// How far the body gets beyond a site's lines on a path, exactly.
pub(super) fn exact_body(scene: &Scene, path: &Path, reverse: bool, fences: &Fences) -> f64 {
    exact_body_of(scene, path, reverse, None, fences)
}

/// The same where a trailer is pushed as it was planned.
fn exact_body_of(scene: &Scene, path: &Path, reverse: bool, swing: Option<&Swing>, fences: &Fences) -> f64 {
    let behind = train::Behind::along(scene, path, reverse, swing);
    peak(path, |s, place| {
        let pose = stance(scene, place, reverse);
        let outline: Vec<Xy> = scene.spec.outline.iter().map(|b| stood(&pose, *b)).collect();
        let own = fences.body(&outline);
        let towed = behind.as_ref().map(|behind| behind.body(s, place, fences));
        let [edge, line] = towed.map_or(own, |towed| larger(own, towed));
        edge.max(line)
    })
}

/// How far the worst tyre gets beyond a site's edges on a path, exactly.
fn exact_tyres(scene: &Scene, path: &Path, reverse: bool, fences: &Fences) -> f64 {
    exact_tyres_of(scene, path, reverse, None, fences)
}

/// The same where a trailer is pushed as it was planned.
fn exact_tyres_of(scene: &Scene, path: &Path, reverse: bool, swing: Option<&Swing>, fences: &Fences) -> f64 {
    let contacts = scene.spec.contacts();
    let behind = train::Behind::along(scene, path, reverse, swing);
    peak(path, |s, place| {
        let pose = stance(scene, place, reverse);
        let beyond = contacts.iter().map(|(b, half)| fences.tyre(stood(&pose, *b), *half));
        let towed = behind.as_ref().map(|behind| behind.tyres(s, place, fences));
        beyond.fold(towed.unwrap_or(f64::NEG_INFINITY), f64::max)
    })
}

/// The greatest value along a path: a look each five centimetres, and closer ones around the best.
pub(super) fn peak(path: &Path, f: impl Fn(f64, Place) -> f64) -> f64 {
    let best = |from: f64, step: f64, count: usize| {
        let all = (0..=count).map(|k| from + k as f64 * step);
        let valued = all.map(|s| (s, f(s, spot(path, s))));
        valued
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .unwrap_or((from, f64::NEG_INFINITY))
    };
    let mut step = 0.05;
    let (mut s, mut most) = best(0.0, step, (path.length() / step) as usize);
    while step > 2e-4 {
        (s, most) = best(s - step, step / 5.0, 10);
        step /= 5.0;
    }
    most
}

/// The place of a path at an arc length.
fn spot(path: &Path, s: f64) -> Place {
    let p = path.at(s);
    Place {
        at: p.at,
        direction: p.direction,
    }
}

/// The argument between two bounds at which a rising function reaches a goal.
pub(super) fn tune(mut low: f64, mut high: f64, goal: f64, f: impl Fn(f64) -> f64) -> f64 {
    for _ in 0..26 {
        let middle = (low + high) / 2.0;
        if f(middle) > goal { high = middle } else { low = middle }
    }
    (low + high) / 2.0
}

/// The argument with the least value: of `count` between two bounds, and then of as many around the best of them.
fn least(low: f64, high: f64, count: usize, f: impl Fn(f64) -> f64) -> f64 {
    let step = (high - low) / count as f64;
    let best = |from: f64, step: f64| {
        let places = (0..=count).map(|k| from + k as f64 * step);
        let valued = places.map(|x| (x, f(x)));
        valued.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(from, |(x, _)| x)
    };
    let near = best(low, step).clamp(low, high);
    let fine = 2.0 * step / count as f64;
    best(near - step, fine).clamp(low, high)
}

/// A stretch of an item.
fn stretch(site: &Site, path: Path, reverse: bool, motion: Motion) -> Stint {
    Stint {
        site: Some(site.id.clone()),
        path,
        reverse,
        swing: None,
        motion,
        acts: Vec::new(),
        gate: false,
    }
}

/// An item of stretches in a drawing.
fn item(from: Berth, mut stretches: Vec<Stint>) -> Option<Item> {
    let mut last = stretches.pop()?;
    last.gate = true;
    let end = last.path.at(last.path.length());
    Some(Item {
        from,
        to: Berth {
            at: end.at,
            direction: end.direction,
        },
        lead: stretches,
        stint: last,
    })
}

fn berth(plot: &Plot, at: Xy, direction: f64) -> Berth {
    let place = plot.lay(Place { at, direction });
    Berth {
        at: place.at,
        direction: place.direction,
    }
}

impl Scene<'_> {
    fn lock(&self) -> f64 {
        LOCK * self.spec.wheelbase
    }

    /// Way from straight to lock, metres: the wheel of a long vehicle is turned farther round.
    fn ease(&self) -> f64 {
        self.spec.scaled(EASE).min(1.2)
    }

    /// From rest along a whole path, with a stop on the way where the driver makes one in this item.
    fn along(&self, site: &Site, path: &Path, speed: f64, stops: bool) -> Motion {
        let (mut motion, acceleration) = (Motion::new(), self.manners().acceleration);
        motion.keep(SHIFT_S);
        let stop = self.fault(|fault| match fault {
            Fault::StopsUnderWay { manoeuvre, seconds } if manoeuvre == site.manoeuvre => Some(seconds),
            _ => None,
        });
        if let Some(seconds) = stop.filter(|_| stops) {
            motion.hop(path.length() / 2.0, speed, acceleration).keep(seconds);
        }
        motion.hop(path.length(), speed, acceleration);
        motion
    }
}

/// How far before a place (or behind it, with `sign` -1) the vehicle must stand to be clear of a site's ground, metres.
fn clear_of_ground(scene: &Scene, site: &Site, place: Place, sign: f64) -> f64 {
    let ground: Vec<Xy> = site.ground.iter().map(|p| Xy::new(p.e, p.n)).collect();
    let ahead = Xy::new(libm::cos(place.direction), libm::sin(place.direction));
    let free = |distance: f64| {
        let at = place.at.plus(ahead, -sign * distance);
        let here = Place { at, ..place };
        let trails = train::Trails::at(scene.spec, here, false, Some(&place.direction));
        let mut stood = outline(scene.spec, here, false);
        stood.extend(trails.iter().flat_map(train::Trails::outline));
        stood.iter().all(|p| ring_depth(&ground, *p) < -WAITING_ROOM)
    };
    let steps = (0..160).map(|k| f64::from(k) * 0.25);
    steps.into_iter().find(|d| free(*d)).unwrap_or(40.0)
}

/// Switches a lamp on before a time and off after another one.
fn lamp(stint: &mut Stint, left: bool, from: f64, to: f64) {
    let act = |on: bool| if left { Act::LeftLamp(on) } else { Act::RightLamp(on) };
    stint.acts.push((from.max(0.1), act(true)));
    stint.acts.push((to, act(false)));
}
