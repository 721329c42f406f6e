//! What truly happened.
//!
//! The problem: a test needs the truth apart from everything that measured it. The answer: the state of each 5 ms, a
//! JSON-lines writer, and a summary of each item in millimetres, made from exact geometry. Deliberately not here: limits,
//! points, opinions.
mod bridges;
mod car;
mod gate;
mod road;
mod shift;
mod writer;

pub use bridges::{OnBridge, wheels_of};
pub use car::{CarTruth, Lamp, Reversing};
pub use gate::{DiscTruth, GateTruth, NarrowTruth};
pub use road::{Axle, Crossing, Held, Rest, RoadTruth, Section, Switch};
pub use shift::{ShiftTruth, Stand};
pub use writer::Writer;

use crate::driver::frame::{Frame, span, y_at};
use crate::driver::stint::Sky;
use crate::vehicle::Kind;
use crate::vehicle::body::Pose;
use crate::vehicle::dash::Dash;
use crate::vehicle::path::Xy;
use crate::vehicle::spec::Spec;
use crate::vehicle::train::Hung;
use kaoguan_course::{Course, Site};
use serde::Serialize;
use std::collections::BTreeMap;

/// What the vehicle's switches would say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Switches {
    /// Helmet on.
    pub helmet: bool,
    /// Hands on the left and right grip.
    pub grips: [bool; 2],
    /// Feet on the left and right peg.
    pub pegs: [bool; 2],
    /// Foot brake.
    pub foot_brake: bool,
    /// Front brake.
    pub front_brake: bool,
    /// Clutch pulled.
    pub clutch: bool,
    /// Engine running.
    pub engine: bool,
    /// Left turn lamp lit at this moment (it blinks at 1.5 Hz).
    pub left_lamp: bool,
    /// Selected gear; 8 is reverse.
    pub gear: u8,
    /// What only a car has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cabin: Option<Cabin>,
}

/// Switches that only a car has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Cabin {
    /// The driver's belt is fastened.
    pub belt: bool,
    /// Parking brake pulled.
    pub parking_brake: bool,
    /// The turn lamps' switch is on the left, on the right.
    pub stalk: [bool; 2],
    /// Right turn lamp lit at this moment.
    pub right_lamp: bool,
    /// All doors shut.
    pub doors_shut: bool,
    /// What is switched on at the dashboard.
    pub dash: Dash,
}

/// A tyre of a car on the ground.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tyre {
    /// The middle of its contact on the plane.
    pub contact: Xy,
    /// Half its width, metres.
    pub half: f64,
}

/// One moment.
#[derive(Debug, Clone)]
pub struct Truth {
    /// Time since the ride's beginning, microseconds.
    pub t_us: i64,
    /// Where the body and its contacts are (east, north, up from the datum).
    pub pose: Pose,
    /// Rear axle's centre on the plane.
    pub rear_axle: Xy,
    /// Front axle's centre on the plane.
    pub front_axle: Xy,
    /// The outline's points on the plane.
    pub outline: Vec<Xy>,
    /// A car's tyres: front left, front right, rear left, rear right, then its trailer's; none of a motorcycle.
    pub tyres: Vec<Tyre>,
    /// What it draws.
    pub trailer: Option<Hung>,
    /// Along the line, on the plane, m/s; negative when rolling back or driving backwards.
    pub speed: f64,
    /// Steering angle, radians, right positive.
    pub steer: f64,
    /// The site whose item is being ridden.
    pub site: Option<String>,
    /// The switches.
    pub switches: Switches,
    /// Front and rear contact on a plank's deck; of wheels abreast the left ones.
    pub on_plank: [bool; 2],
    /// The right ones; none of a motorcycle.
    pub right_on_plank: Option<[bool; 2]>,
    /// The poles that the outline touches, bits by ordinal.
    pub touched: u32,
    /// Least distance of the outline from any pole within 4 m, metres; infinite where there is none.
    pub clearance: f64,
    /// The sky above the receiver.
    pub sky: Sky,
}

impl Truth {
    /// The contours, a ring each: its own, and that of what it draws.
    pub fn rings(&self) -> impl Iterator<Item = &[Xy]> {
        let towed = self.trailer.iter().map(|hung| hung.outline.as_slice());
        core::iter::once(self.outline.as_slice()).chain(towed)
    }

    /// The points of all contours.
    pub fn contours(&self) -> impl Iterator<Item = Xy> {
        let towed = self.trailer.iter().flat_map(|hung| hung.outline.iter());
        self.outline.iter().chain(towed).copied()
    }

    /// The middle of the last axle: a train's is its trailer's.
    pub fn last_axle(&self, spec: &Spec) -> Xy {
        let Some((hung, towed)) = self.trailer.as_ref().zip(spec.trailer.as_ref()) else {
            return self.rear_axle;
        };
        let last = towed.axles.iter().map(|axle| axle[0]).fold(f64::INFINITY, f64::min);
        let p = hung.pose.place([last, 0.0, 0.0]);
        Xy::new(p[0], p[1])
    }

    /// The tyres of the last axle: of a train its trailer's.
    pub fn last_tyres(&self, spec: &Spec) -> &[Tyre] {
        let axles = spec.trailer.iter().flat_map(|towed| towed.axles.iter().enumerate());
        let last = axles.min_by(|a, b| a.1[0].total_cmp(&b.1[0]));
        let from = last.map_or(2, |(no, _)| 4 + 2 * no);
        self.tyres.get(from..from + 2).unwrap_or_default()
    }

    /// Where the rear end is: a train's is its trailer's.
    pub fn rear_end(&self, spec: &Spec) -> Xy {
        let p = match self.trailer.as_ref().zip(spec.trailer.as_ref()) {
            Some((hung, towed)) => hung.pose.place(towed.rear_end()),
            None => self.pose.place(spec.rear_end()),
        };
        Xy::new(p[0], p[1])
    }
}

/// What truly happened in one ride of one item. Millimetres, seconds; `null` where the site has no such part.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ItemTruth {
    /// The site.
    pub site: String,
    /// Its manoeuvre.
    pub manoeuvre: String,
    /// Which ride of it, from 1.
    pub ride: u32,
    /// When it began and ended, seconds of the ride.
    pub from_s: f64,
    /// See `from_s`.
    pub to_s: f64,
    /// Ordinals of the poles touched.
    pub poles_touched: Vec<u8>,
    /// Least clearance of the outline from a pole.
    pub pole_clearance_mm: Option<f64>,
    /// On which side each pole was passed by the rear axle: 'L' or 'R', in the order of the ordinals.
    pub passed: String,
    /// Farthest outer tyre edge beyond (positive) or inside (negative) an edge line, while abreast of it; of a car as far as
    /// the middle of its contact and half its width, ends and corners of the line included.
    pub tyre_beyond_edge_mm: Option<f64>,
    /// When a tyre's edge first got beyond an edge line, seconds of the ride.
    pub over_edge_at_s: Option<f64>,
    /// Longest rest while the front axle was between the site's first and last line.
    pub longest_stop_s: f64,
    /// From the first rest there to the end of the last standstill within 50 mm of it, and within 150 mm: rolling back a
    /// little is no start, and nobody has said how much is little.
    pub start_s: Option<[f64; 2]>,
    /// Front axle (of a car the bumper) outside the pole line at its first rest there, before it or behind it: negative on the line.
    pub off_pole_line_mm: Option<f64>,
    /// Front axle (bumper) to the pole line's middle at that rest, positive short of it.
    pub short_of_middle_mm: Option<f64>,
    /// The body's outermost right point to the right edge line at that rest.
    pub right_gap_mm: Option<f64>,
    /// Farthest rolled back along the line after the first rest.
    pub rolled_back_mm: f64,
    /// A foot was off its peg while moving, seconds in all.
    pub foot_off_moving_s: f64,
    /// The helmet was off while moving, seconds.
    pub helmet_off_moving_s: f64,
    /// The longest time that the engine was off in gear, seconds.
    pub stalled_s: f64,
    /// The longest time in neutral with the engine running while moving, seconds.
    pub coasted_s: f64,
    /// Front and rear contact's time on the deck, seconds.
    pub on_plank_s: [f64; 2],
    /// Whether the front, the rear contact left the deck sideways.
    pub left_deck_sideways: [bool; 2],
    /// Greatest lean, degrees.
    pub lean_max_deg: f64,
    /// Greatest steering angle, degrees.
    pub steer_max_deg: f64,
    /// Time without a fixed solution, seconds.
    pub sky_bad_s: f64,
    /// Each wheel on its own of two bridges.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bridges: Vec<OnBridge>,
    /// What only a car's item has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub car: Option<CarTruth>,
}

/// What truly happened in a ride.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Summary {
    /// The rider's name.
    pub rider: String,
    /// The seed.
    pub seed: u64,
    /// UTC of time 0, microseconds since 1970.
    pub start_utc_us: i64,
    /// Length of the ride, seconds.
    pub duration_s: f64,
    /// One for each ride of each item.
    pub items: Vec<ItemTruth>,
}

/// Collects a summary from moments.
pub struct Observer<'a> {
    course: &'a Course,
    spec: &'a Spec,
    rides: BTreeMap<String, u32>,
    open: Option<Open<'a>>,
    done: Vec<ItemTruth>,
    last_us: i64,
}

struct Open<'a> {
    site: &'a Site,
    frame: Frame,
    truth: ItemTruth,
    lines: (f64, f64),
    edges: [Vec<Xy>; 2],
    poles: Vec<Xy>,
    deck: Option<((f64, f64), (f64, f64))>,
    rest_s: f64,
    stalled_s: f64,
    coasted_s: f64,
    rested: bool,
    first_rest: Option<(i64, f64)>,
    started: [bool; 2],
    foremost: f64,
    before: Option<Xy>,
    watch: Option<car::Watch>,
    bridges: Option<bridges::Watch>,
}

/// Who is nearer than the first to where the vehicle came to rest has not started, who is farther than the second has;
/// metres.
const START: [f64; 2] = [0.05, 0.15];

const STEP_S: f64 = crate::ride::STEP_US as f64 * 1e-6;

impl<'a> Observer<'a> {
    /// Watches a course.
    pub fn new(course: &'a Course, spec: &'a Spec) -> Observer<'a> {
        Observer {
            course,
            spec,
            rides: BTreeMap::new(),
            open: None,
            done: Vec::new(),
            last_us: 0,
        }
    }

    /// Takes a moment.
    pub fn push(&mut self, truth: &Truth) {
        self.last_us = truth.t_us;
        let here = truth.site.as_deref();
        if self.open.as_ref().map(|o| o.site.id.as_str()) != here {
            self.close();
            self.open = here.and_then(|id| self.course.site(id)).map(|site| {
                let ride = self.rides.entry(site.id.clone()).or_insert(0);
                *ride += 1;
                Open::new(site, *ride, truth.t_us, self.spec)
            });
        }
        if let Some(open) = &mut self.open {
            open.push(truth, self.spec);
        }
    }

    fn close(&mut self) {
        self.done.extend(self.open.take().map(|open| open.truth));
    }

    /// The summary.
    pub fn finish(mut self, rider: &str, seed: u64, start_utc_us: i64) -> Summary {
        self.close();
        let duration_s = self.last_us as f64 * 1e-6;
        Summary {
            rider: rider.to_owned(),
            seed,
            start_utc_us,
            duration_s,
            items: self.done,
        }
    }
}

impl<'a> Open<'a> {
    fn new(site: &'a Site, ride: u32, t_us: i64, spec: &Spec) -> Open<'a> {
        let frame = Frame::of(site);
        let first = ["start_line", "entry_line"].map(|r| frame.role(site, r)).concat();
        let last = ["finish_line", "exit_line"].map(|r| frame.role(site, r)).concat();
        let reach = frame.reach(site);
        let lines = (
            if first.is_empty() {
                reach.0
            } else {
                span(first.iter().map(|p| p.x)).0
            },
            if last.is_empty() {
                reach.1
            } else {
                span(last.iter().map(|p| p.x)).1
            },
        );
        let deck = frame.role(site, "deck");
        let deck = (!deck.is_empty()).then(|| (span(deck.iter().map(|p| p.x)), span(deck.iter().map(|p| p.y))));
        let poles = site
            .poles()
            .iter()
            .map(|(c, _, _)| frame.local(Xy::new(c.e, c.n)))
            .collect();
        let truth = ItemTruth {
            site: site.id.clone(),
            manoeuvre: site.manoeuvre.clone(),
            ride,
            from_s: t_us as f64 * 1e-6,
            ..ItemTruth::default()
        };
        let edges = ["edge_left", "edge_right"].map(|role| frame.role(site, role));
        let (rest_s, rested, foremost, before) = (0.0, false, f64::NEG_INFINITY, None);
        Open {
            site,
            frame,
            truth,
            lines,
            edges,
            poles,
            deck,
            rest_s,
            stalled_s: 0.0,
            coasted_s: 0.0,
            first_rest: None,
            started: [false; 2],
            rested,
            foremost,
            before,
            watch: (spec.kind != Kind::Motorcycle).then(|| car::Watch::new(site)),
            bridges: bridges::Watch::of(site, spec),
        }
    }

    fn push(&mut self, truth: &Truth, spec: &Spec) {
        self.everybody(truth);
        if let Some(watch) = &mut self.watch {
            watch.push(&mut self.truth, truth, spec);
            self.touched(truth);
            if self.site.part("pole_line").is_some() {
                let stops = truth.pose.place(spec.stop_point());
                self.rest(truth, self.frame.local(Xy::new(stops[0], stops[1])));
            }
            if spec.kind == Kind::Tricycle {
                self.rider(truth);
            }
            if !self.poles.is_empty() {
                self.poles(truth);
            }
            if let Some(bridges) = &mut self.bridges {
                bridges.push(&mut self.truth, truth);
            }
            return;
        }
        self.rider(truth);
        self.poles(truth);
        self.edges(truth, spec);
        self.rest(truth, self.frame.local(truth.front_axle));
        self.plank(truth);
    }

    fn everybody(&mut self, truth: &Truth) {
        let item = &mut self.truth;
        item.to_s = truth.t_us as f64 * 1e-6;
        item.lean_max_deg = item.lean_max_deg.max(truth.pose.lean.to_degrees().abs());
        item.steer_max_deg = item.steer_max_deg.max(truth.steer.to_degrees().abs());
        if truth.sky != Sky::Clear {
            item.sky_bad_s += STEP_S;
        }
        let (moving, neutral) = (truth.speed.abs() > 0.05, truth.switches.gear == 0);
        let coasts = moving && neutral && truth.switches.engine;
        self.coasted_s = if coasts { self.coasted_s + STEP_S } else { 0.0 };
        item.coasted_s = item.coasted_s.max(self.coasted_s);
        self.stalled_s = if truth.switches.engine || neutral {
            0.0
        } else {
            self.stalled_s + STEP_S
        };
        item.stalled_s = item.stalled_s.max(self.stalled_s);
    }

    fn rider(&mut self, truth: &Truth) {
        let item = &mut self.truth;
        if truth.speed.abs() > 0.05 && truth.switches.pegs.contains(&false) {
            item.foot_off_moving_s += STEP_S;
        }
        if truth.speed.abs() > 0.05 && !truth.switches.helmet {
            item.helmet_off_moving_s += STEP_S;
        }
    }

    fn touched(&mut self, truth: &Truth) {
        for ordinal in 1..32u8 {
            if truth.touched & (1 << ordinal) != 0 && !self.truth.poles_touched.contains(&ordinal) {
                self.truth.poles_touched.push(ordinal);
            }
        }
        if truth.clearance.is_finite() {
            let least = self.truth.pole_clearance_mm.unwrap_or(f64::INFINITY);
            self.truth.pole_clearance_mm = Some(least.min(truth.clearance * 1e3));
        }
    }

    fn poles(&mut self, truth: &Truth) {
        self.touched(truth);
        let axle = self.frame.local(truth.rear_axle);
        if let Some(before) = self.before {
            for pole in self.poles.iter().filter(|p| before.x < p.x && axle.x >= p.x) {
                self.truth.passed.push(if axle.y > pole.y { 'L' } else { 'R' });
            }
        }
        self.before = Some(axle);
    }

    fn edges(&mut self, truth: &Truth, spec: &Spec) {
        let tyres = [
            (truth.pose.front, spec.front_half_width),
            (truth.pose.rear, spec.rear_half_width),
        ];
        for (edge, side) in self.edges.iter().zip([1.0, -1.0]).filter(|(edge, _)| !edge.is_empty()) {
            let reach = span(edge.iter().map(|p| p.x));
            for (contact, half) in tyres {
                let left = Xy::new(-libm::cos(truth.pose.heading), libm::sin(truth.pose.heading));
                let outer = self
                    .frame
                    .local(Xy::new(contact[0], contact[1]).plus(left, side * half));
                if outer.x >= reach.0 && outer.x <= reach.1 {
                    let beyond = side * (outer.y - y_at(edge, outer.x)) * 1e3;
                    let most = self.truth.tyre_beyond_edge_mm.unwrap_or(f64::NEG_INFINITY);
                    self.truth.tyre_beyond_edge_mm = Some(most.max(beyond));
                    if beyond > 0.0 {
                        // Half a step ago, on average.
                        let at_s = truth.t_us as f64 * 1e-6 - STEP_S / 2.0;
                        self.truth.over_edge_at_s.get_or_insert(at_s);
                    }
                }
            }
        }
    }

    /// `axle`: what stops on the pole line, in the site's frame.
    fn rest(&mut self, truth: &Truth, axle: Xy) {
        let within = axle.x > self.lines.0 && axle.x < self.lines.1;
        let still = truth.speed.abs() < 1e-6;
        self.rest_s = if still && within { self.rest_s + STEP_S } else { 0.0 };
        self.truth.longest_stop_s = self.truth.longest_stop_s.max(self.rest_s);
        let x = self.frame.local(Xy::new(truth.pose.rear[0], truth.pose.rear[1])).x;
        if still && within {
            let (since_us, _) = *self.first_rest.get_or_insert((truth.t_us, x));
            let took = (truth.t_us - since_us) as f64 * 1e-6 + STEP_S;
            let starts = self.truth.start_s.get_or_insert([0.0; 2]);
            for (start, _) in starts.iter_mut().zip(self.started).filter(|(_, started)| !started) {
                *start = took;
            }
        }
        if let Some((_, place)) = self.first_rest {
            let gone = (x - place).abs();
            self.started = [0, 1].map(|i| self.started[i] || gone >= START[i]);
        }
        // Measured when the body has come to rest too: one second after the wheels.
        if self.rest_s > 1.0 && !self.rested {
            self.rested = true;
            self.measure_rest(truth, axle);
        }
        if self.rested {
            self.foremost = self.foremost.max(x);
            self.truth.rolled_back_mm = self.truth.rolled_back_mm.max((self.foremost - x) * 1e3);
        }
    }

    fn measure_rest(&mut self, truth: &Truth, axle: Xy) {
        let line = self.frame.role(self.site, "pole_line");
        if !line.is_empty() {
            let (near, far) = span(line.iter().map(|p| p.x));
            self.truth.off_pole_line_mm = Some((near - axle.x).max(axle.x - far) * 1e3);
            self.truth.short_of_middle_mm = Some(((near + far) / 2.0 - axle.x) * 1e3);
        }
        let edge = &self.edges[1];
        if !edge.is_empty() {
            let points = truth.contours().map(|p| self.frame.local(p));
            let gap = points.map(|p| p.y - y_at(edge, p.x)).fold(f64::INFINITY, f64::min);
            self.truth.right_gap_mm = Some(gap * 1e3);
        }
    }

    fn plank(&mut self, truth: &Truth) {
        let Some((along, across)) = self.deck else { return };
        for (i, contact) in [truth.pose.front, truth.pose.rear].iter().enumerate() {
            let p = self.frame.local(Xy::new(contact[0], contact[1]));
            let abreast = p.x > along.0 && p.x < along.1;
            if truth.on_plank[i] {
                self.truth.on_plank_s[i] += STEP_S;
            }
            if abreast && (p.y < across.0 || p.y > across.1) {
                self.truth.left_deck_sideways[i] = true;
            }
        }
    }
}
