//! Riders: from a course to a line, a speed and some acts.
//!
//! The problem: a judgement can only be measured on rides whose faults are known to the millimetre. The answer: each rider
//! is a temperament (one file each: manners and at most one fault); a rider plans each item in the site's own axis frame,
//! and tunes the fault on the exact geometry before the ride begins. Cars have plans of their own (`car`) and a table of
//! drivers. Deliberately not here: how rides are judged; the simulator must not know.

mod bridges;
mod car;
mod drawn;
mod drawn_catalogue;
mod drawn_on;
pub mod frame;
mod hill;
pub mod line;
mod plank;
mod slalom;
pub mod stint;
mod straight;
mod temperament;
pub mod transit;
mod weave;

pub use car::Leads;
pub use drawn::{close, drawn};
pub use drawn_catalogue::is_driven;
pub use drawn_on::{Field, close_on, drawn_on};
pub use temperament::{
    ALL, Chore, Fault, Faults, Lapse, Manners, Slip, Temperament, choice, choices, large, named, on_roads,
};

use crate::rng::Rng;
use crate::vehicle::Kind;
use crate::vehicle::motion::Motion;
use crate::vehicle::path::{Path, Xy};
use crate::vehicle::spec::Spec;
use frame::Frame;
use kaoguan_course::{Course, Site};
use stint::{Berth, Stint};

/// Free room between a waiting vehicle and a site's ground, metres.
const WAITING_ROOM: f64 = 1.0;
/// At least this far a rider goes on after an item's last line, metres.
const RIDE_ON: f64 = 3.0;
/// Rest after an item, before the gate is asked, seconds.
const REST_S: f64 = 3.0;

/// What a plan is made from.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The course.
    pub course: &'a Course,
    /// The vehicle.
    pub spec: &'a Spec,
    /// The rider.
    pub rider: &'a Temperament,
    /// Chance for the rider's small habits.
    pub seed: u64,
    /// Which ride of the item this is, from 1.
    pub ride: u32,
    /// What is known of this course's bends with this vehicle.
    pub leads: &'a Leads,
}

/// A planned item.
#[derive(Debug, Clone)]
pub struct Item {
    /// Where it begins at rest.
    pub from: Berth,
    /// Where it ends at rest.
    pub to: Berth,
    /// Stretches from rest to rest that come before the last one.
    pub lead: Vec<Stint>,
    /// The last stretch.
    pub stint: Stint,
}

impl Scene<'_> {
    fn manners(&self) -> Manners {
        self.rider.manners
    }
    /// What the rider's fault of a kind says.
    fn fault<T>(&self, kind: impl FnMut(Fault) -> Option<T>) -> Option<T> {
        self.rider.faults.find(kind)
    }
    fn has(&self, fault: Fault) -> bool {
        self.rider.faults.iter().any(|have| have == fault)
    }
    fn weave(&self) -> (f64, f64, f64) {
        let phase = Rng::new(self.seed, "weave").between(0.0, core::f64::consts::TAU);
        (self.rider.manners.weave, 2.6, phase)
    }
    fn hold_s(&self) -> f64 {
        let (low, high) = self.rider.manners.hold_s;
        Rng::new(self.seed, "hold").between(low, high)
    }

    /// Plans one site's item, from a berth before it to a berth after it.
    pub fn plan(&self, site: &Site) -> Item {
        let mut item = match self.spec.kind {
            Kind::Motorcycle => self.plan_ride(site),
            Kind::Car | Kind::Tricycle => car::plan(self, site),
        };
        item.stint.motion.keep(REST_S);
        if self.spec.kind == Kind::Motorcycle {
            item.stint.rest_feet();
        }
        item
    }

    fn plan_ride(&self, site: &Site) -> Item {
        match site.manoeuvre.as_str() {
            "pole_course" => slalom::plan(self, site),
            "hill_start" => hill::plan(self, site),
            "plank_bridge" => plank::plan(self, site),
            _ => straight::plan(self, site),
        }
    }

    /// Plans the way between two berths; `None` where they are one.
    pub fn transit(&self, from: Berth, to: Berth) -> Option<Stint> {
        if from.at.to(to.at) < 1e-6 {
            return None;
        }
        let room = match self.spec.kind {
            Kind::Motorcycle => transit::RIDER,
            Kind::Car if self.spec.large => transit::TRUCK,
            Kind::Car | Kind::Tricycle => transit::CAR,
        };
        let turn = match self.spec.large {
            true => self.manners().turn_radius.max(1.3 * self.spec.lock()),
            false => self.manners().turn_radius,
        };
        // A train is straight again after three lengths of its arm.
        let arm = self.spec.trailer.as_ref().map(|towed| towed.arm());
        let (room, radius) = match arm {
            Some(arm) => (room.and_straight(3.0 * arm), turn.max(2.5 * arm)),
            None => (room, turn),
        };
        let path = transit::way(self.course, from, to, radius, room);
        let mut motion = Motion::new();
        motion
            .keep(1.0)
            .hop(path.length(), self.manners().transit_speed, self.manners().acceleration)
            .keep(1.0);
        let mut stint = Stint {
            site: None,
            path,
            reverse: false,
            swing: None,
            motion,
            acts: Vec::new(),
            gate: false,
        };
        if self.spec.kind == Kind::Motorcycle {
            stint.rest_feet();
        }
        Some(stint)
    }
}

/// x of the berths before and after a site.
fn berths(scene: &Scene, site: &Site, frame: &Frame, last_line: &str) -> (f64, f64) {
    let (begin, end) = frame.reach(site);
    let last = frame::span(frame.role(site, last_line).iter().map(|p| p.x)).1;
    let after = (end + scene.spec.tail() + WAITING_ROOM).max(last + RIDE_ON);
    (begin - scene.spec.nose() - WAITING_ROOM, after)
}

fn item(frame: &Frame, site: &Site, path: Path, from: f64, to: f64, y_from: f64, y_to: f64) -> Item {
    let berth = |x: f64, y: f64| Berth {
        at: frame.plane(Xy::new(x, y)),
        direction: frame.direction(),
    };
    Item {
        from: berth(from, y_from),
        to: berth(to, y_to),
        lead: Vec::new(),
        stint: Stint {
            site: Some(site.id.clone()),
            path,
            reverse: false,
            swing: None,
            motion: Motion::new(),
            acts: Vec::new(),
            gate: true,
        },
    }
}

/// How far the front tyre's outer edge gets beyond an edge line, metres. A look each 50 mm finds the place, one each
/// 2 mm around it the distance.
fn excess(scene: &Scene, frame: &Frame, path: &Path, edge: &[Xy], side: f64) -> f64 {
    let reach = frame::span(edge.iter().map(|p| p.x));
    let half = scene.spec.front_half_width;
    let beyond = |s: f64| {
        let p = path.at(s);
        let ahead = Xy::new(libm::cos(p.direction), libm::sin(p.direction));
        let left = Xy::new(-ahead.y, ahead.x);
        let outer = frame.local(p.at.plus(ahead, scene.spec.wheelbase).plus(left, side * half));
        match outer.x >= reach.0 && outer.x <= reach.1 {
            true => side * (outer.y - frame::y_at(edge, outer.x)),
            false => f64::NEG_INFINITY,
        }
    };
    let most = |from: f64, step: f64, count: usize| {
        let places = (0..count).map(|k| from + k as f64 * step).map(|s| (s, beyond(s)));
        places
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .unwrap_or((from, f64::NEG_INFINITY))
    };
    let (near, _) = most(0.0, 0.05, (path.length() / 0.05) as usize);
    most(near - 0.05, 0.002, 51).1
}
