//! A ride: planned stints, played at 200 Hz into truth.
//!
//! The problem: sensors, files, a clock to be led and a gate that may answer "ride again" all need the same ride, step by
//! step. The answer: one iterator-like machine; it yields moments of truth, stops at each gate until it is answered, and
//! knows nothing of bytes, files or clocks of this world.
mod places;

use crate::driver::stint::{Act, Berth, Sky, Stint};
use crate::driver::{Item, Leads, Scene, Temperament};
use crate::truth::{Cabin, Switches, Truth, Tyre};
use crate::vehicle::body::{Enu, Pose};
use crate::vehicle::car::{self, Car};
use crate::vehicle::dash::{Dash, Lever};
use crate::vehicle::motorcycle::Motorcycle;
use crate::vehicle::path::Xy;
use crate::vehicle::spec::Spec;
use crate::vehicle::train::{self, Hung, Swing};
use crate::vehicle::{Kind, LOOK_AHEAD_S, Rolling, Vehicle};
use kaoguan_course::{Course, Site};
use places::Places;
use std::collections::VecDeque;
use std::sync::Arc;

/// One step, microseconds: truth comes at 200 Hz.
pub const STEP_US: i64 = 5_000;
const STEP_S: f64 = STEP_US as f64 * 1e-6;
/// A gate may ask for so many seconds of rest in one place.
const PATIENCE_S: u32 = 120;

/// The reverse gear as signal boxes tell it.
const REVERSE_GEAR: u8 = 8;

/// What a gate answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Go on to the next item.
    Continue,
    /// Return to the item's start and ride only that item again.
    RideAgain,
    /// The attempt has ended: ride no further item, go home where the request says so.
    Stop,
    /// Rest one more second, then ask again (at most 120 times in one place; then the rider goes on).
    Wait,
}

/// What a ride yields.
#[derive(Debug, Clone)]
pub enum Moment {
    /// Five milliseconds later.
    Truth(Box<Truth>),
    /// At rest before the first item; answer with [`Ride::answer`] (`Continue` or `Wait`).
    Ready,
    /// At rest after the item of this site; answer with [`Ride::answer`].
    Gate(String),
    /// The ride is over.
    Done,
}

/// How a ride is made.
#[derive(Debug, Clone)]
pub struct Request {
    /// Where.
    pub course: Arc<Course>,
    /// On what.
    pub spec: Arc<Spec>,
    /// Who.
    pub rider: Temperament,
    /// The seed of all chance.
    pub seed: u64,
    /// Standing time before the ride is ready, seconds.
    pub lead_in_s: f64,
    /// Return to the first berth after the last item, so that the next candidate finds the vehicle there.
    pub come_home: bool,
    /// What rides of this vehicle on this course have found out about its bends: to be shared by many, or new.
    pub leads: Arc<Leads>,
}

impl Request {
    /// With 6 s of standing first, staying after the last item.
    pub fn new(course: Arc<Course>, spec: Arc<Spec>, rider: &Temperament, seed: u64) -> Request {
        Request {
            course,
            spec,
            rider: *rider,
            seed,
            lead_in_s: 6.0,
            come_home: false,
            leads: Arc::default(),
        }
    }

    fn scene(&self, ride: u32) -> Scene<'_> {
        Scene {
            course: &self.course,
            spec: &self.spec,
            rider: &self.rider,
            seed: self.seed,
            ride,
            leads: &self.leads,
        }
    }
}

/// A ride under way.
pub struct Ride {
    request: Request,
    sites: Vec<String>,
    item: usize,
    rides: u32,
    berth: Berth,
    queue: VecDeque<Stint>,
    stint: Option<Stint>,
    stint_us: i64,
    act: usize,
    now_us: i64,
    rest_until_us: i64,
    lead_in: bool,
    asking: bool,
    waits: u32,
    body: Body,
    places: Places,
    /// Which way the trailer points along the present line, and at its end.
    swing: Option<Swing>,
}

/// What the way before has left of a swing is steered out over this length of a planned one, metres.
const STEERED_IN: f64 = 2.0;

/// What is ridden, and what the rider did with it.
struct Body {
    vehicle: Box<dyn Vehicle + Send>,
    kind: Kind,
    left_foot: bool,
    left_lamp: bool,
    right_lamp: bool,
    belt: bool,
    parking_brake: bool,
    helmet: bool,
    engine: bool,
    neutral: bool,
    braking: bool,
    dash: Dash,
    lever: Lever,
    sky: Sky,
}

impl Ride {
    /// Plans the first item and stands before it.
    ///
    /// # Errors
    /// A sentence where the course has no sites.
    pub fn new(request: Request) -> Result<Ride, String> {
        let mut sites: Vec<&Site> = request.course.sites.iter().collect();
        sites.sort_by_key(|site| site.order);
        let first = sites
            .first()
            .ok_or_else(|| format!("course {} has no sites to ride", request.course.id))?;
        let item = request.scene(1).plan(first);
        let body = Body::new(&request);
        let mut queue = VecDeque::from(item.lead);
        queue.push_back(item.stint);
        let lead_in_us = (request.lead_in_s * 1e6) as i64 / STEP_US * STEP_US;
        let mut ride = Ride {
            sites: sites.iter().map(|s| s.id.clone()).collect(),
            item: 0,
            rides: 1,
            berth: item.from,
            stint: queue.pop_front(),
            queue,
            stint_us: 0,
            act: 0,
            now_us: 0,
            rest_until_us: lead_in_us,
            lead_in: true,
            asking: false,
            waits: 0,
            body,
            places: Places::of(&request.course),
            swing: None,
            request,
        };
        ride.hang(item.from.direction);
        Ok(ride)
    }

    /// The trailer along the present line, from a direction at its beginning.
    fn hang(&mut self, from: f64) {
        let Some((towed, stint)) = self.request.spec.trailer.as_ref().zip(self.stint.as_ref()) else {
            return;
        };
        self.swing = Some(match &stint.swing {
            Some(planned) => planned.clone().steered_in(from, STEERED_IN),
            None => Swing::walked(towed, &stint.path, stint.reverse, from),
        });
    }

    /// The rider.
    pub fn rider(&self) -> &Temperament {
        &self.request.rider
    }

    /// The vehicle.
    pub fn spec(&self) -> &Arc<Spec> {
        &self.request.spec
    }

    /// The course.
    pub fn course(&self) -> &Arc<Course> {
        &self.request.course
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.request.seed
    }

    /// The item under way and the number of items.
    pub fn progress(&self) -> (usize, usize) {
        (self.item.min(self.sites.len()), self.sites.len())
    }

    /// The next moment. A gate's moment comes again until it is answered.
    pub fn advance(&mut self) -> Moment {
        if self.asking {
            return self.question();
        }
        if self.now_us < self.rest_until_us {
            return self.step(false);
        }
        if self.lead_in {
            self.asking = true;
            return Moment::Ready;
        }
        let Some(stint) = &self.stint else { return Moment::Done };
        if (self.stint_us as f64) * 1e-6 < stint.motion.duration() {
            return self.step(true);
        }
        if stint.gate {
            self.asking = true;
            return self.question();
        }
        self.next_stint();
        self.advance()
    }

    /// Answers a gate.
    pub fn answer(&mut self, next: Next) {
        if !self.asking {
            return;
        }
        self.asking = false;
        if next == Next::Wait && self.waits < PATIENCE_S {
            self.waits += 1;
            self.rest_until_us = self.now_us + 1_000_000;
            return;
        }
        self.waits = 0;
        match next {
            Next::Stop => self.stop(),
            _ if self.lead_in => self.lead_in = false,
            Next::RideAgain => self.ride_again(),
            Next::Continue | Next::Wait => self.go_on(),
        }
    }

    fn question(&self) -> Moment {
        if self.lead_in {
            return Moment::Ready;
        }
        let site = self.stint.as_ref().and_then(|s| s.site.clone());
        site.map_or(Moment::Done, Moment::Gate)
    }

    fn plan(&self, index: usize) -> Option<Item> {
        let site = self.request.course.site(self.sites.get(index)?)?;
        Some(self.request.scene(self.rides).plan(site))
    }

    fn ride_again(&mut self) {
        self.rides += 1;
        self.set_out();
    }

    fn stop(&mut self) {
        if std::mem::take(&mut self.lead_in) {
            self.stint = None;
            return;
        }
        self.item = self.sites.len();
        self.set_out();
    }

    fn go_on(&mut self) {
        self.item += 1;
        self.rides = 1;
        self.set_out();
    }

    /// Queues the way to the present item and the item itself, or the way home.
    fn set_out(&mut self) {
        let here = self.end_of_stint();
        let item = self.plan(self.item);
        let goal = match &item {
            Some(item) => Some(item.from),
            None if self.request.come_home => self.plan(0).map(|first| first.from),
            None => None,
        };
        let way = goal.and_then(|goal| self.request.scene(self.rides).transit(here, goal));
        self.queue.extend(way);
        if let Some(item) = item {
            self.queue.extend(item.lead);
            self.queue.push_back(item.stint);
        }
        self.next_stint();
    }

    fn end_of_stint(&self) -> Berth {
        let Some(stint) = &self.stint else { return self.berth };
        let end = stint.path.at(stint.motion.end().s);
        Berth {
            at: end.at,
            direction: facing(stint, end.direction),
        }
    }

    fn next_stint(&mut self) {
        self.berth = self.end_of_stint();
        let trails = self.stint.as_ref().zip(self.swing.as_ref());
        let trails = trails.map(|(stint, swing)| swing.at(stint.motion.end().s));
        self.stint = self.queue.pop_front();
        self.hang(trails.unwrap_or(self.berth.direction));
        self.stint_us = 0;
        self.act = 0;
    }

    fn step(&mut self, moving: bool) -> Moment {
        self.now_us += STEP_US;
        if moving {
            self.stint_us += STEP_US;
        }
        let Some(stint) = &self.stint else { return Moment::Done };
        let t = self.stint_us as f64 * 1e-6;
        while let Some((_, act)) = stint.acts.get(self.act).filter(|(at, _)| *at <= t && moving) {
            self.body.obey(*act);
            self.act += 1;
        }
        let truth = self.body.stand(
            &self.request,
            (stint, self.swing.as_ref()),
            &self.places,
            t,
            self.now_us,
        );
        Moment::Truth(Box::new(truth))
    }
}

/// The body's direction on a line of this direction.
fn facing(stint: &Stint, direction: f64) -> f64 {
    match stint.reverse {
        true => direction + core::f64::consts::PI,
        false => direction,
    }
}

impl Body {
    fn new(request: &Request) -> Body {
        let kind = request.spec.kind;
        let vehicle: Box<dyn Vehicle + Send> = match kind {
            Kind::Motorcycle => Box::new(Motorcycle::new(request.rider.manners.wobble_deg, request.seed)),
            Kind::Car | Kind::Tricycle => Box::new(Car::default()),
        };
        Body {
            vehicle,
            kind,
            // Three wheels stand by themselves.
            left_foot: kind == Kind::Tricycle,
            left_lamp: false,
            right_lamp: false,
            belt: true,
            parking_brake: false,
            helmet: true,
            engine: true,
            neutral: false,
            braking: true,
            dash: Dash::default(),
            lever: Lever::default(),
            sky: Sky::Clear,
        }
    }

    fn obey(&mut self, act: Act) {
        match act {
            Act::LeftFoot(on) => self.left_foot = on,
            Act::Helmet(on) => self.helmet = on,
            Act::Belt(on) => self.belt = on,
            Act::LeftLamp(on) => self.left_lamp = on,
            Act::ParkingBrake(on) => self.parking_brake = on,
            Act::RightLamp(on) => self.right_lamp = on,
            Act::Engine(on) => self.engine = on,
            Act::Neutral(on) => self.neutral = on,
            Act::Dash(control, on) => self.dash.set(control, on),
            Act::Gear(gear) => self.lever.hold(gear),
            Act::Sky(sky) => self.sky = sky,
        }
    }

    fn stand(
        &mut self,
        request: &Request,
        (stint, swing): (&Stint, Option<&Swing>),
        places: &Places,
        t: f64,
        now_us: i64,
    ) -> Truth {
        let along = stint.motion.at(t);
        let point = stint.path.at(along.s);
        let ahead = stint.motion.at(t + LOOK_AHEAD_S);
        // Backwards the body looks, and its line bends, the other way.
        let sign = if stint.reverse { -1.0 } else { 1.0 };
        let curvature = sign * point.curvature;
        let now = Rolling {
            at: point.at,
            direction: facing(stint, point.direction),
            soon: (sign * ahead.v, sign * stint.path.at(ahead.s).curvature),
            time_s: now_us as f64 * 1e-6,
            step_s: STEP_S,
        };
        let ground = |p: Xy| request.course.surface().at(p.x, p.y).height;
        let pose = self.vehicle.roll(&request.spec, &now, &ground);
        let axle = |x: f64| {
            let p = pose.place([x, 0.0, -request.spec.radius]);
            Xy::new(p[0], p[1])
        };
        let place = |b: &[f64; 3]| {
            let p = pose.place(*b);
            Xy::new(p[0], p[1])
        };
        let outline: Vec<Xy> = request.spec.outline.iter().map(place).collect();
        let (on_plank, right_on_plank) = self.on_planks(&request.spec, places, &pose);
        let trailer = request.spec.trailer.as_ref().zip(swing);
        let trailer = trailer.map(|(towed, swing)| train::hang(towed, &pose, swing.at(along.s), &ground));
        let rings = core::iter::once(outline.as_slice()).chain(trailer.iter().map(|hung| hung.outline.as_slice()));
        let (touched, clearance) = places.touched(rings);
        Truth {
            t_us: now_us,
            pose,
            rear_axle: axle(0.0),
            front_axle: axle(request.spec.wheelbase),
            outline,
            tyres: self.tyres(&request.spec, &pose, trailer.as_ref()),
            trailer,
            speed: sign * along.v,
            steer: -libm::atan(request.spec.wheelbase * curvature),
            site: stint.site.clone(),
            switches: match self.kind {
                Kind::Motorcycle | Kind::Tricycle => self.switches(stint, t, along.v),
                Kind::Car => self.car_switches(stint, t, sign * along.v),
            },
            on_plank,
            right_on_plank,
            touched,
            clearance,
            sky: self.sky,
        }
    }

    /// Front and rear contact on a deck: the left ones of wheels abreast, and the right ones; a single wheel is a left one.
    fn on_planks(&self, spec: &Spec, places: &Places, pose: &Pose) -> ([bool; 2], Option<[bool; 2]>) {
        if self.kind == Kind::Motorcycle {
            return ([places.on_deck(pose.front), places.on_deck(pose.rear)], None);
        }
        let [front_left, front_right, rear_left, rear_right] = tyres_on_deck(spec, places, pose);
        let abreast = spec.front_track > 0.0;
        ([front_left, rear_left], Some([abreast && front_right, rear_right]))
    }

    fn tyres(&self, spec: &Spec, pose: &Pose, trailer: Option<&Hung>) -> Vec<Tyre> {
        if self.kind == Kind::Motorcycle {
            return Vec::new();
        }
        let halves = spec.contacts().map(|(_, half)| half);
        let tyre = |(p, half): (Enu, f64)| Tyre {
            contact: Xy::new(p[0], p[1]),
            half,
        };
        let own = car::tyres(spec, pose).into_iter().zip(halves);
        let towed = trailer.zip(spec.trailer.as_ref()).map(|(hung, towed)| {
            let contacts = towed.contacts().into_iter();
            contacts.map(|(b, half)| (hung.pose.place(b), half)).collect::<Vec<_>>()
        });
        own.chain(towed.into_iter().flatten()).map(tyre).collect()
    }

    /// Nobody in a car wears a helmet or stands on pegs; the foot brake holds it while it stands.
    fn car_switches(&mut self, stint: &Stint, t: f64, v: f64) -> Switches {
        self.braking = brakes(stint, t, v);
        let blink = (t * 3.0) as i64 % 2 == 0;
        let gear = match (self.neutral, stint.reverse) {
            (false, false) => self.lever.gear(v, STEP_S),
            (neutral, _) => {
                self.lever.rest();
                if neutral { 0 } else { REVERSE_GEAR }
            }
        };
        Switches {
            foot_brake: self.braking,
            clutch: v.abs() < 0.3 || (gear == 0 && !self.neutral),
            engine: self.engine,
            left_lamp: (self.left_lamp || self.dash.hazard_lamps) && blink,
            gear,
            cabin: Some(Cabin {
                belt: self.belt,
                parking_brake: self.parking_brake,
                stalk: [self.left_lamp, self.right_lamp],
                right_lamp: (self.right_lamp || self.dash.hazard_lamps) && blink,
                doors_shut: true,
                dash: self.dash,
            }),
            ..Switches::default()
        }
    }

    fn switches(&mut self, stint: &Stint, t: f64, v: f64) -> Switches {
        self.braking = brakes(stint, t, v);
        let blink = (t * 3.0) as i64 % 2 == 0;
        Switches {
            helmet: self.helmet,
            grips: [true, true],
            pegs: [self.left_foot, true],
            foot_brake: self.braking,
            front_brake: self.braking,
            clutch: v.abs() < 0.3,
            engine: self.engine,
            left_lamp: self.left_lamp && blink,
            gear: match self.neutral {
                true => 0,
                false if stint.site.is_none() && v > 2.2 => 2,
                false => 1,
            },
            cabin: None,
        }
    }
}

/// Which tyres (front left, front right, rear left, rear right) stand on a deck with any part of their width.
fn tyres_on_deck(spec: &Spec, places: &Places, pose: &Pose) -> [bool; 4] {
    spec.contacts().map(|([x, y, z], half)| {
        if !places.has_deck_within(pose.place([x, y, z]), half) {
            return false;
        }
        let mut across = (-4..=4).map(|quarter| half * f64::from(quarter) / 4.0);
        across.any(|by| places.on_deck(pose.place([x, y + by, z])))
    })
}

/// Whether a brake is on at a time, at this speed.
fn brakes(stint: &Stint, t: f64, v: f64) -> bool {
    let soon = stint.motion.at(t + 0.05).v;
    if v.abs() < 1e-6 {
        soon.abs() < 1e-6
    } else {
        soon.abs() < v.abs() - 1e-4
    }
}
