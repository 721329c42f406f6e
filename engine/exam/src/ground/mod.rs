//! The bridge: the only place where floats live. Integers in, poses out, integers again from every gauge.
//!
//! A fix is laid on the course's plane: lever arm with heading, lean and the ground's own slope, tyre contacts, front axle,
//! outline, and the standard uncertainty of each. `libm`, not the platform's functions; no fused multiply-add; so the same
//! record gives the same bits on every processor.
//!
//! Deliberately not here: manoeuvres, points, civil time.

pub mod album;
pub mod arrow;
mod base;
mod bind;
pub mod deck;
mod epoch;
mod fitness;
pub mod gauge;
mod lean;
mod lever;
mod odometer;
pub mod outline;
pub mod plane;
pub mod pose;
mod proof;
mod reckon;
mod second;
mod speedometer;
mod tilt;
pub mod towed;
mod wheel;

use crate::board::{Fitness, PoseView, Unfit};
use crate::inbox::Dated;
use crate::syllabus::Doubt;
use crate::vehicle::{BodyPoint, Vehicle};
use base::BaseWatch;
use deck::Lifts;
use epoch::Epoch;
use fitness::{Trust, Witnesses, objection_to_heading};
use kaoguan_course::{Course, Point2};
use kaoguan_telemetry::units::{EventTime, Micros};
use kaoguan_telemetry::{Attitude, Gnss, Heading, Port, Quality, Reading};
use lean::{Lean, Turned};
use lever::{Rotation, moved};
use outline::Outline;
pub use pose::Pose;
use pose::{Uncertainty, tenth_mm, turn_between};
use reckon::Reckoning;
use std::f64::consts::PI;
use std::sync::Arc;
use towed::Coupled;
use wheel::WheelWatch;

const RAD_PER_CENTIDEGREE: f64 = PI / 18_000.0;
const RAD_PER_MILLIDEGREE: f64 = PI / 180_000.0;

/// What one epoch of the receiver came to.
#[derive(Debug, Clone, Copy)]
pub struct Laid {
    pub at: EventTime,
    pub fitness: Fitness,
    /// `None` where there was no position at all.
    pub pose: Option<Pose>,
}

#[derive(Debug, Clone, Copy)]
struct LastFix {
    at: EventTime,
    place: Point2,
    velocity: Option<Point2>,
}

/// The vehicle in metres.
#[derive(Debug, Clone)]
struct Body {
    wheelbase: f64,
    profile_radius: f64,
    tyre_radius: f64,
    main: [f64; 3],
    baseline: Option<[f64; 3]>,
    attitude: Option<[(usize, i32); 3]>,
    attitude_at: [f64; 3],
    /// The sensor on the upright body, where its tilt was measured.
    attitude_zero: Option<Rotation>,
    leans: bool,
    outline: Arc<Outline>,
}

/// Lays samples on a course.
#[derive(Debug, Clone)]
pub struct Ground {
    course: Course,
    body: Body,
    doubt: Doubt,
    uncertainty: Uncertainty,
    lean: Lean,
    heading: Option<(EventTime, Heading)>,
    speed: f64,
    pitch: f64,
    /// What the ground makes of a body that does not lean.
    roll: f64,
    last: Option<LastFix>,
    trust: Trust,
    reckoned: Option<Reckoning>,
    /// The last believed fix, led along the velocity for longer than a pose may be.
    recalled: Option<Reckoning>,
    wheel: WheelWatch,
    lifts: Lifts,
    /// The direction of the last believed fix, and how far it had turned then.
    steered: Option<(f64, Turned)>,
    /// What it draws.
    coupled: Option<Coupled>,
    base: BaseWatch,
}

fn metres(point: BodyPoint) -> [f64; 3] {
    point.map(|mm| f64::from(mm) * 1e-3)
}

impl Ground {
    /// For a vehicle on a course, with the syllabus's knobs of doubt.
    pub fn new(course: &Course, vehicle: &Vehicle, doubt: &Doubt) -> Ground {
        let main = metres(vehicle.main);
        let second = vehicle.second.map(metres);
        let survey = f64::from(course.survey_u.0) * 1e-4;
        let outline_u = f64::from(vehicle.survey_u) * 1e-3;
        let body = Body {
            wheelbase: f64::from(vehicle.wheelbase) * 1e-3,
            profile_radius: f64::from(vehicle.profile_radius) * 1e-3,
            tyre_radius: f64::from(vehicle.tyre_radius) * 1e-3,
            main,
            baseline: second.map(|s| [s[0] - main[0], s[1] - main[1], s[2] - main[2]]),
            attitude: vehicle.attitude,
            attitude_at: metres(vehicle.attitude_at),
            attitude_zero: vehicle
                .attitude_zero
                .map(|zero| zero.map(|mdeg| f64::from(mdeg) * RAD_PER_MILLIDEGREE))
                .map(|[roll, pitch]| Rotation::new(0.0, pitch, roll)),
            leans: vehicle.leans,
            outline: Arc::new(towed::outline_of(vehicle)),
        };
        let uncertainty = Uncertainty {
            receiver: 0.0,
            heading: doubt.heading_u_mdeg as f64 * RAD_PER_MILLIDEGREE,
            lean: if vehicle.leans {
                doubt.lean_u_mdeg as f64 * RAD_PER_MILLIDEGREE
            } else {
                0.0
            },
            slope: doubt.slope_u_mdeg as f64 * RAD_PER_MILLIDEGREE,
            survey: libm::sqrt(survey * survey + outline_u * outline_u),
            antenna_height: -main[2],
            antenna_ahead: main[0],
            antenna_right: main[1],
        };
        Ground {
            course: course.clone(),
            body,
            doubt: *doubt,
            uncertainty,
            lean: Lean::default(),
            heading: None,
            speed: 0.0,
            pitch: 0.0,
            roll: 0.0,
            last: None,
            trust: Trust::default(),
            reckoned: None,
            recalled: None,
            wheel: WheelWatch::of(vehicle, main, doubt),
            lifts: Lifts::of(course),
            steered: None,
            coupled: Coupled::of(vehicle, uncertainty.survey),
            base: BaseWatch::of(course.base),
        }
    }

    /// Takes one sample; an epoch of the receiver gives a [`Laid`].
    pub fn lay(&mut self, dated: &Dated) -> Option<Laid> {
        if dated.sample.port == Port::Trailer {
            if let Some(coupled) = &mut self.coupled {
                coupled.hear(dated.at, &dated.sample.reading, &self.doubt);
            }
            return None;
        }
        let laid = self.lay_tractor(dated)?;
        Some(self.with_trailer(laid))
    }

    /// With what it draws; nothing may be decided while that is not known.
    fn with_trailer(&mut self, mut laid: Laid) -> Laid {
        let Some((coupled, pose)) = self.coupled.as_mut().zip(laid.pose.as_mut()) else {
            return laid;
        };
        match coupled.hang(pose, &self.course, &self.doubt) {
            Ok(towed) => pose.trailer = Some(towed),
            Err(why) if laid.fitness == Fitness::Fit => {
                pose.fitness = Fitness::Unfit(why);
                laid.fitness = pose.fitness;
            }
            Err(_) => {}
        }
        laid
    }

    fn lay_tractor(&mut self, dated: &Dated) -> Option<Laid> {
        match dated.sample.reading {
            Reading::Attitude(frame) => {
                self.take_attitude(dated.at, &frame);
                None
            }
            Reading::Heading(heading) => {
                self.heading = Some((dated.at, heading));
                None
            }
            Reading::Wheel(wheel) => {
                self.wheel.count(dated.at, &wheel);
                None
            }
            Reading::Speed(speed) => {
                self.wheel.hear(dated.at, &speed);
                None
            }
            Reading::Base(base) => {
                // What a moved base led to must not be carried on.
                if !self.base.hear(dated.at, &base) {
                    self.distrust();
                    self.recalled = None;
                }
                None
            }
            Reading::Gnss(fix) => Some(self.lay_fix(dated.at, &fix)),
            Reading::NoFix(_) => Some(self.no_fix(dated.at)),
            Reading::Silent(_) if dated.sample.port == Port::Receiver => Some(self.no_fix(dated.at)),
            _ => None,
        }
    }

    /// Whatever was believed must prove itself anew; what is recalled is only ever a witness, and ends by itself where epochs are missing.
    pub fn distrust(&mut self) {
        self.trust.lose();
        self.last = None;
        self.reckoned = None;
        self.wheel.distrust();
        if let Some(coupled) = &mut self.coupled {
            coupled.distrust();
        }
    }

    /// Without a position only a wheel that stands knows where it is.
    fn no_fix(&mut self, at: EventTime) -> Laid {
        self.trust.lose();
        self.last = None;
        self.recalled = None;
        self.reckoned = self.carried_on(at, None);
        let known = self.carried_direction(at).zip(self.lean_at(at));
        let pose = known.and_then(|(direction, lean)| self.reckon(at, direction, self.reckon_heading_u(), lean, None));
        Laid {
            at,
            fitness: pose.map_or(Fitness::Unfit(Unfit::NoFix), |pose| pose.fitness),
            pose,
        }
    }

    fn carried_on(&self, at: EventTime, velocity: Option<Point2>) -> Option<Reckoning> {
        let reckoned = self.reckoned?;
        self.wheel
            .stands(at)
            .and_then(|(since, pulse)| reckoned.stood(at, since, pulse, velocity, &self.doubt))
            .or_else(|| reckoned.carried(at, velocity, &self.doubt))
    }

    /// The lean at an instant; what does not lean has none, however its ground tilts it.
    fn lean_at(&self, at: EventTime) -> Option<f64> {
        if self.body.leans { self.lean.at(at.0) } else { Some(0.0) }
    }

    fn take_attitude(&mut self, at: EventTime, frame: &Attitude) {
        let Some(axes) = self.body.attitude else { return };
        let (mut force, mut rate) = ([0.0; 3], [0.0; 3]);
        for (sensor, (body, sign)) in axes.into_iter().enumerate() {
            force[body] = f64::from(sign) * f64::from(frame.force_um_s2[sensor]) * 1e-6;
            rate[body] = f64::from(sign) * f64::from(frame.rate_mdeg_s[sensor]) * RAD_PER_MILLIDEGREE;
        }
        if let Some(zero) = self.body.attitude_zero {
            (force, rate) = (zero.of_body(force), zero.of_body(rate));
        }
        self.lean
            .push(at.0, force, rate, self.speed, self.pitch, self.body.attitude_at);
    }

    fn lay_fix(&mut self, at: EventTime, fix: &Gnss) -> Laid {
        self.base.correct(at, fix.age, self.doubt.age_max);
        let epoch = Epoch::read(at, fix, self.heading, &self.course.datum);
        let jump = self.carry_to(&epoch);
        let lean = self.lean_at(at);
        let Some(direction) = epoch.direction().or(self.carried_direction(at)) else {
            self.trust.lose();
            return Laid {
                at,
                fitness: Fitness::Unfit(Unfit::HeadingQuality),
                pose: None,
            };
        };
        let (mut pose, contact_height) = self.stand(at, epoch.place, epoch.height, direction, lean.unwrap_or(0.0));
        self.pace(&mut pose, epoch.velocity);
        pose.doubt.receiver = receiver_u(fix, &self.doubt);
        pose.doubt.heading = pose.doubt.heading.max(epoch.direction_u());
        let witnesses = self.witnesses(&epoch, &pose, contact_height, jump, lean.is_some());
        pose.fitness = self.trust.judge(at, fix, &witnesses, &self.doubt);
        if pose.fitness == Fitness::Fit && pose.doubt.worst(self.body.wheelbase) > self.doubt.u_max {
            pose.fitness = Fitness::Unfit(Unfit::Sigma);
        }
        if pose.fitness == Fitness::Fit {
            self.believe(&epoch, direction, &pose);
        } else {
            let is_told = objection_to_heading(&witnesses, &self.doubt).is_none();
            pose = self.led_to(&epoch, is_told, lean).unwrap_or(pose);
        }
        Laid {
            at,
            fitness: pose.fitness,
            pose: Some(pose),
        }
    }

    /// What is known of the way here goes on to this epoch; how far the epoch is from where the speed led, metres, and the time since the last
    /// one.
    fn carry_to(&mut self, epoch: &Epoch) -> (Option<f64>, Micros) {
        let Epoch {
            at, place, velocity, ..
        } = *epoch;
        self.reckoned = self.carried_on(at, velocity);
        self.recalled = self
            .recalled
            .and_then(|known| known.recalled(at, velocity, &self.doubt));
        let jump = self.jump(at, place, velocity);
        // A jump from a float solution is the float's error, not the fix's.
        self.last = (epoch.fix.quality == Quality::Fixed).then_some(LastFix { at, place, velocity });
        jump
    }

    /// What everybody says of an epoch whose vehicle stands like this.
    fn witnesses(
        &mut self,
        epoch: &Epoch,
        pose: &Pose,
        contact_height: f64,
        (jump, since_last): (Option<f64>, Micros),
        attitude: bool,
    ) -> Witnesses {
        let wheel = self.wheel.agrees(epoch.at, epoch.velocity.map(|_| pose));
        if !wheel {
            // A velocity that may be wrong leads nowhere.
            (self.reckoned, self.recalled) = (None, None);
        }
        let above = contact_height - self.course.surface().at(pose.rear.e, pose.rear.n).height;
        let bears_out = |known: Reckoning| known.bears_out(epoch.place, &self.doubt);
        Witnesses {
            above_surface: self.lifts.unexplained(pose.rear, above),
            surface_within: f64::from(self.course.surface_within.0) * 1e-4,
            jump,
            reckoned: self.reckoned.is_some(),
            recalled: self.recalled.is_some_and(bears_out),
            since_last,
            baseline: self.baseline_error(epoch.heading),
            heading: epoch.heading,
            attitude,
            speed: epoch.velocity.is_some(),
            wheel,
            base: self.base.stands(epoch.at),
        }
    }

    /// From this fix on it is reckoned.
    fn believe(&mut self, epoch: &Epoch, direction: f64, pose: &Pose) {
        self.wheel.prove(pose);
        let begin = |velocity| Reckoning::begin(epoch.at, epoch.place, velocity, pose.doubt.receiver);
        self.reckoned = epoch.velocity.map(begin);
        self.recalled = self.reckoned;
        self.steered = self.lean.turned_at(epoch.at.0).map(|turned| (direction, turned));
    }

    /// Where the vehicle was led while this fix is not believed; `is_told`: its heading is.
    fn led_to(&mut self, epoch: &Epoch, is_told: bool, lean: Option<f64>) -> Option<Pose> {
        let (direction, heading_u) = match is_told {
            true => (epoch.direction(), epoch.direction_u()),
            false => (self.carried_direction(epoch.at), self.reckon_heading_u()),
        };
        self.reckon(epoch.at, direction?, heading_u, lean?, epoch.velocity)
    }

    /// Where the last believed fix, a standing wheel, the velocity and the gyro have led the vehicle since; `None` where that is not known well
    /// enough.
    fn reckon(
        &mut self,
        at: EventTime,
        direction: f64,
        heading_u: f64,
        lean: f64,
        velocity: Option<Point2>,
    ) -> Option<Pose> {
        let reckoned = self.reckoned?;
        let (mut pose, _) = self.stand(at, reckoned.place, 0.0, direction, lean);
        self.pace(&mut pose, velocity);
        pose.believed = reckoned.believed;
        pose.doubt.receiver = reckoned.u(&self.doubt);
        pose.doubt.heading = pose.doubt.heading.max(heading_u);
        (pose.doubt.worst(self.body.wheelbase) <= self.doubt.u_max).then_some(pose)
    }

    fn reckon_heading_u(&self) -> f64 {
        self.doubt.reckon_heading_u_mdeg as f64 * RAD_PER_MILLIDEGREE
    }

    /// The heading of the last believed fix, carried on by the gyro; of the antennas' baseline, like the receiver's own.
    fn carried_direction(&self, at: EventTime) -> Option<f64> {
        let (direction, then) = self.steered?;
        Some(direction + self.lean.turned_at(at.0)?.since(then)?)
    }

    fn pace(&mut self, pose: &mut Pose, velocity: Option<Point2>) {
        if let Some(v) = velocity {
            pose.speed = v.e * libm::sin(pose.heading) + v.n * libm::cos(pose.heading);
        }
        self.speed = pose.speed;
    }

    /// Distance from where the last epoch's speed led, and the time since then.
    fn jump(&self, at: EventTime, place: Point2, velocity: Option<Point2>) -> (Option<f64>, Micros) {
        let since = self.last.map_or_else(Default::default, |last| at - last.at);
        if let Some(reckoned) = self.reckoned {
            return (Some(reckoned.place.distance(place)), since);
        }
        let Some(last) = self.last else { return (None, since) };
        let dt = since.0 as f64 * 1e-6;
        let jump = last.velocity.zip(velocity).map(|(before, now)| {
            let (e, n) = ((before.e + now.e) * 0.5 * dt, (before.n + now.n) * 0.5 * dt);
            let (de, dn) = (place.e - last.place.e - e, place.n - last.place.n - n);
            libm::sqrt(de * de + dn * dn)
        });
        (jump, since)
    }

    fn baseline_error(&self, heading: Option<Heading>) -> Option<f64> {
        let measured = f64::from(heading?.baseline?.0) * 1e-4;
        let b = self.body.baseline?;
        Some(measured - libm::sqrt(b[0] * b[0] + b[1] * b[1] + b[2] * b[2]))
    }

    /// Stands the vehicle under its antenna: the ground's slope under both axles gives the pitch, and the roll of what does not
    /// lean, twice around.
    fn stand(&mut self, at: EventTime, antenna: Point2, height: f64, direction: f64, lean: f64) -> (Pose, f64) {
        let body = &self.body;
        // The tyre rolls round its profile: the body turns about the centre of the profile, a radius above the contact.
        let hub = [body.main[0], body.main[1], body.main[2] + body.profile_radius];
        let mut laid = None;
        for _ in 0..2 {
            let roll = if body.leans { lean } else { self.roll };
            let flat = Rotation::new(0.0, self.pitch, roll);
            let heading = match body.baseline {
                Some(b) => {
                    let along = flat.turn(b);
                    turn_between(libm::atan2(along.e, along.n), direction)
                }
                None => direction,
            };
            let rotation = Rotation::new(heading, self.pitch, roll);
            let up = rotation.turn(hub);
            let rear = Point2::new(antenna.e - up.e, antenna.n - up.n);
            let contact_height = height - up.u - body.profile_radius;
            let front = moved(rear, rotation.turn([body.wheelbase, 0.0, 0.0]));
            let surface = self.course.surface();
            let rise = surface.at(front.e, front.n).height - surface.at(rear.e, rear.n).height;
            self.pitch = libm::asin((rise / body.wheelbase).clamp(-0.5, 0.5));
            self.roll = match body.leans {
                true => lean,
                false => tilt::roll(surface, &[rear, front], heading, self.pitch),
            };
            laid = Some((heading, rotation, rear, front, contact_height));
        }
        // The loop above ran; the fallback is never taken.
        let (heading, rotation, rear, front, contact_height) =
            laid.unwrap_or((direction, Rotation::new(direction, 0.0, 0.0), antenna, antenna, 0.0));
        let origin = moved(rear, rotation.turn([0.0, 0.0, body.profile_radius]));
        let axle = moved(origin, rotation.turn([body.wheelbase, 0.0, -body.tyre_radius]));
        let (pitch, roll, doubt) = (self.pitch, self.roll, self.uncertainty);
        let fitness = Fitness::Fit;
        (
            Pose {
                at,
                believed: at,
                rear,
                front,
                axle,
                origin,
                heading,
                pitch,
                roll,
                speed: 0.0,
                doubt,
                fitness,
                trailer: None,
            },
            contact_height,
        )
    }

    /// The body's outline.
    pub fn outline(&self) -> Arc<Outline> {
        self.body.outline.clone()
    }

    /// The pose as people may see it.
    pub fn view(&self, pose: &Pose) -> PoseView {
        let mm = |p: Point2| [tenth_mm(p.e).0 / 10, tenth_mm(p.n).0 / 10];
        let cdeg = |rad: f64| libm::round(rad / RAD_PER_CENTIDEGREE) as i32;
        PoseView {
            at: pose.at,
            outline: self.body.outline.own_laid(pose).into_iter().map(mm).collect(),
            trailer: self.body.outline.towed_laid(pose).into_iter().map(mm).collect(),
            tyres: vec![mm(pose.front), mm(pose.rear)],
            heading_cdeg: cdeg(pose.heading).rem_euclid(36_000),
            lean_cdeg: cdeg(pose.roll),
            speed_mm_s: libm::round(pose.speed * 1e3) as i32,
            u_tenth_mm: pose.doubt.across(self.body.wheelbase, 0.0).0,
            u_by_source: pose
                .doubt
                .across_by_source(self.body.wheelbase, 0.0)
                .map(|part| tenth_mm(part).0),
            reckoned_ms: ((pose.at - pose.believed).0 / 1_000) as i32,
            fitness: pose.fitness,
        }
    }
}

/// The receiver's own sigma, scaled (it is optimistic) and never below the floor, metres.
fn receiver_u(fix: &Gnss, doubt: &Doubt) -> f64 {
    let own = fix.sigma_north.max(fix.sigma_east).map_or(0, |s| s.0);
    let scaled = f64::from(own) * doubt.sigma_scale_tenths as f64 * 0.1;
    scaled.max(f64::from(doubt.sigma_floor.0)) * 1e-4
}

#[cfg(test)]
mod tests;
