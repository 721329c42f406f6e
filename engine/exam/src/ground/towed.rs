//! Where the trailer is: it hangs on the tractor by its coupling, and its own pair of antennas says which way it points.
//!
//! The problem: half of an articulated vehicle is where no antenna of the tractor can see it. The answer: a direction of its
//! own at each epoch, or carried on for a declared moment; without one that is believed the moment is unfit, because a
//! trailer that is not known charges nobody and clears nobody. Its receiver's position must agree with the coupling; once it has
//! done so for as long as the tractor's must dwell, without a jump from one epoch to the next, it places the trailer better than
//! the coupling does: its lever is shorter.
//!
//! Deliberately not here: how a trailer follows its tractor. Tandem axles slip, and a model of that would be believed.
use super::epoch::HEADING_AGE_US;
use super::fitness::{believed_position, objection_to_direction};
use super::lever::{Rotation, moved};
use super::outline::Outline;
use super::pose::{Pose, in_frame, sum, tenth_mm, turn_between};
use super::{RAD_PER_CENTIDEGREE, RAD_PER_MILLIDEGREE, metres, tilt};
use crate::board::Unfit;
use crate::budget::Budget;
use crate::manoeuvre::Distance;
use crate::syllabus::Doubt;
use crate::vehicle::{Trailer, Vehicle};
use kaoguan_course::{Course, Point2};
use kaoguan_telemetry::units::{EventTime, Micros, TenthMillimetres};
use kaoguan_telemetry::{Gnss, Heading, Reading};

/// The trailer at one instant. Metres of the course plane, radians.
#[derive(Debug, Clone, Copy)]
pub struct Towed {
    /// The origin of its frame: on the ground under its first axle.
    pub origin: Point2,
    /// Clockwise from north.
    pub heading: f64,
    /// Nose up.
    pub pitch: f64,
    /// Right side down.
    pub roll: f64,
    /// Where it is known best, and how well.
    pub doubt: TowedDoubt,
}

/// Standard uncertainties from which those of every point of the trailer follow. Metres and radians.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct TowedDoubt {
    /// Receiver, in each horizontal direction.
    pub receiver: f64,
    /// What the tractor's direction moves the coupling by; nothing where the trailer's own antenna places it.
    pub tractor: f64,
    /// The trailer's own direction.
    pub heading: f64,
    /// The slope times the height of the antenna that places it, to all sides.
    pub slope: f64,
    /// Survey of course and of vehicle, together.
    pub survey: f64,
    /// The point that is known best, forward of the trailer's origin: the coupling or its antenna.
    pub from: f64,
}

impl TowedDoubt {
    /// A value measured at a place of the trailer (metres forward, right and down from its origin) along a unit vector of its
    /// frame (forward, right), `None` for whichever direction is worst.
    pub fn judged_at(&self, value: TenthMillimetres, at: [f64; 3], along: Option<[f64; 2]>) -> Distance {
        let (ahead, right) = (at[0] - self.from, at[1]);
        let lever = match along {
            Some([forward, aside]) => (ahead * aside - right * forward).abs(),
            None => libm::sqrt(ahead * ahead + right * right),
        };
        let part = |metres: f64| tenth_mm(metres).0;
        let own = lever * self.heading;
        let turn = libm::sqrt(own * own + self.tractor * self.tractor);
        Distance {
            value,
            u: sum(&[self.receiver, turn, self.slope, self.survey]),
            budget: Budget {
                receiver: part(self.receiver),
                heading: part(turn),
                slope: part(self.slope),
                survey: part(self.survey),
                ..Budget::default()
            },
            sight: None,
        }
    }
}

impl Towed {
    /// Unit vector of its direction.
    pub fn forward(&self) -> Point2 {
        Point2::new(libm::sin(self.heading), libm::cos(self.heading))
    }
    /// A value measured at a place of it along a unit vector of the plane, `None` for whichever direction is worst.
    pub fn judged(&self, value: TenthMillimetres, at: [f64; 3], along: Option<Point2>) -> Distance {
        let along = along.map(|along| in_frame(self.forward(), along));
        self.doubt.judged_at(value, at, along)
    }
    /// The place of a tyre, metres forward and right of its origin.
    pub fn at(&self, ahead: f64, right: f64) -> Point2 {
        let (f, level) = (self.forward(), ahead * libm::cos(self.pitch));
        Point2::new(
            self.origin.e + f.e * level + f.n * right,
            self.origin.n + f.n * level - f.e * right,
        )
    }
    /// Its outline on the map, each point laid by its own height.
    pub fn laid<'o>(&self, outline: &'o [[f64; 3]]) -> impl Iterator<Item = Point2> + use<'o> {
        let (rotation, origin) = (Rotation::new(self.heading, self.pitch, self.roll), self.origin);
        outline.iter().map(move |b| moved(origin, rotation.turn(*b)))
    }
    /// Part of the way to a later one: its first axle rolls straight, the body turns evenly.
    pub fn between(&self, later: &Towed, part: f64) -> Towed {
        let mix = |a: f64, b: f64| a + (b - a) * part;
        Towed {
            origin: Point2::new(mix(self.origin.e, later.origin.e), mix(self.origin.n, later.origin.n)),
            heading: self.heading + turn_between(self.heading, later.heading) * part,
            pitch: mix(self.pitch, later.pitch),
            roll: mix(self.roll, later.roll),
            ..*later
        }
    }
}

/// What the trailer's receiver said, and how the trailer hangs.
#[derive(Debug, Clone)]
pub struct Coupled {
    /// A point of the tractor's body, and the same in the trailer's frame.
    coupling: [f64; 3],
    length: f64,
    main: [f64; 3],
    baseline: [f64; 3],
    /// Its last axle, forward of its origin.
    last_axle: f64,
    angle_max: f64,
    age_max: Micros,
    survey: f64,
    said: Option<Said>,
    fix: Option<(EventTime, Gnss)>,
    agreed: Option<Agreed>,
}

/// Its own fixes have agreed with the coupling, epoch by epoch.
#[derive(Debug, Clone, Copy)]
struct Agreed {
    since: EventTime,
    at: EventTime,
    /// Where they put its antenna, less where the coupling has it.
    off: Point2,
}

/// A direction that is believed: of the baseline.
#[derive(Debug, Clone, Copy)]
struct Said {
    at: EventTime,
    direction: f64,
    sigma: f64,
    /// Radians a second since the one before, where that is near enough.
    rate: Option<f64>,
}

impl Coupled {
    /// Of a vehicle that draws something. `survey` is the uncertainty of course and vehicle, metres.
    pub fn of(vehicle: &Vehicle, survey: f64) -> Option<Coupled> {
        let trailer: &Trailer = vehicle.trailer.as_ref()?;
        let [main, second] = trailer.antennas.map(metres);
        Some(Coupled {
            coupling: metres(trailer.coupling),
            length: f64::from(trailer.length_to_coupling) * 1e-3,
            main,
            baseline: [second[0] - main[0], second[1] - main[1], second[2] - main[2]],
            last_axle: f64::from(trailer.last_axle()) * 1e-3,
            angle_max: f64::from(trailer.angle_max_deg) * 1e3 * RAD_PER_MILLIDEGREE,
            age_max: Micros(i64::from(trailer.direction_age_max_ms) * 1_000),
            survey,
            said: None,
            fix: None,
            agreed: None,
        })
    }

    /// Takes one word of its receiver.
    pub fn hear(&mut self, at: EventTime, reading: &Reading, doubt: &Doubt) {
        match reading {
            Reading::Heading(heading) => self.hear_direction(at, heading, doubt),
            Reading::Gnss(fix) => self.fix = Some((at, *fix)),
            Reading::NoFix(_) | Reading::Silent(_) => self.fix = None,
            _ => {}
        }
    }

    /// Nothing may be carried on over what is missing.
    pub fn distrust(&mut self) {
        self.said = None;
        self.fix = None;
        self.agreed = None;
    }

    fn hear_direction(&mut self, at: EventTime, heading: &Heading, doubt: &Doubt) {
        let b = self.baseline;
        let length = libm::sqrt(b[0] * b[0] + b[1] * b[1] + b[2] * b[2]);
        let off = heading.baseline.map(|measured| f64::from(measured.0) * 1e-4 - length);
        if objection_to_direction(Some(*heading), off, doubt).is_some() {
            self.said = None;
            return;
        }
        let direction = f64::from(heading.heading.0) * RAD_PER_CENTIDEGREE;
        let near = self
            .said
            .filter(|before| at > before.at && at - before.at <= self.age_max);
        self.said = Some(Said {
            at,
            direction,
            sigma: heading.sigma.map_or(0.0, |s| f64::from(s.0) * RAD_PER_CENTIDEGREE),
            rate: near.map(|before| turn_between(before.direction, direction) / seconds(at - before.at)),
        });
    }

    /// Its direction at an instant, and what is not known of it: radians. Carried on, it has turned between not at all and
    /// twice as far.
    fn direction(&self, at: EventTime, doubt: &Doubt) -> Option<(f64, f64)> {
        let said = self.said?;
        let (age, own) = (at - said.at, said.sigma.max(heading_u(doubt)));
        if age.0.abs() <= HEADING_AGE_US {
            return Some((said.direction, own));
        }
        let carried = said.rate.filter(|_| age > Micros(0) && age <= self.age_max)? * seconds(age);
        let unknown = carried / libm::sqrt(3.0);
        Some((said.direction + carried, libm::sqrt(own * own + unknown * unknown)))
    }

    /// Hangs it on a laid tractor.
    ///
    /// # Errors
    /// Why the moment is unfit: its direction is not known, no trailer can hang like that, or it is not where its own receiver
    /// says.
    pub fn hang(&mut self, tractor: &Pose, course: &Course, doubt: &Doubt) -> Result<Towed, Unfit> {
        let (direction, heading_u) = self.direction(tractor.at, doubt).ok_or(Unfit::Trailer)?;
        let rotation = Rotation::new(tractor.heading, tractor.pitch, tractor.roll);
        let lever = rotation.turn(self.coupling);
        let hitch = moved(tractor.origin, lever);
        let ground = |p: Point2| course.surface().at(p.e, p.n).height;
        let height = ground(tractor.origin) + lever.u;
        let (mut pitch, mut roll, mut heading, mut origin) = (0.0, 0.0, direction, hitch);
        // The slopes move the axle by millimetres: a few turns settle it.
        for _ in 0..3 {
            heading = self.heading_of(direction, pitch, roll);
            let back = Rotation::new(heading, pitch, roll).turn([-self.length, 0.0, -self.coupling[2]]);
            origin = moved(hitch, back);
            let rise = height - ground(origin) + self.coupling[2] * libm::cos(pitch) * libm::cos(roll);
            pitch = libm::asin((rise / self.length).clamp(-0.5, 0.5));
            roll = tilt::roll(course.surface(), &[origin], heading, pitch);
        }
        let angle = turn_between(tractor.heading, heading);
        if angle.abs() > self.angle_max {
            return Err(Unfit::Trailer);
        }
        let of_tractor = &tractor.doubt;
        let slope = of_tractor.antenna_height * of_tractor.slope;
        let coupled = TowedDoubt {
            receiver: of_tractor.receiver,
            tractor: (self.coupling[0] - of_tractor.antenna_ahead).abs() * of_tractor.heading,
            heading: heading_u,
            slope,
            survey: self.survey,
            from: self.length,
        };
        let towed = Towed {
            origin,
            heading,
            pitch,
            roll,
            doubt: coupled,
        };
        let towed = match self.own_place(tractor.at, course, doubt) {
            Some((antenna, receiver)) => {
                let own = self.own_doubt(coupled, receiver, of_tractor.slope);
                self.placed(tractor.at, towed, antenna, own, doubt)?
            }
            None => towed,
        };
        let worst = towed
            .doubt
            .judged_at(TenthMillimetres(0), [self.last_axle, 0.0, 0.0], None)
            .u;
        if worst > doubt.u_max {
            return Err(Unfit::Trailer);
        }
        Ok(towed)
    }

    /// The body's heading, of the baseline's direction.
    fn heading_of(&self, direction: f64, pitch: f64, roll: f64) -> f64 {
        let along = Rotation::new(0.0, pitch, roll).turn(self.baseline);
        turn_between(libm::atan2(along.e, along.n), direction)
    }

    /// Where its receiver puts its antenna at this instant, and how uncertain that is.
    fn own_place(&self, at: EventTime, course: &Course, doubt: &Doubt) -> Option<(Point2, f64)> {
        let (_, fix) = self.fix.filter(|(when, _)| (at - *when).0.abs() <= HEADING_AGE_US)?;
        if !believed_position(&fix, doubt) {
            return None;
        }
        let height = f64::from(fix.height.0) * 1e-4;
        let place = course.datum.to_plane(fix.latitude.0, fix.longitude.0, height);
        Some((Point2::new(place.e, place.n), super::receiver_u(&fix, doubt)))
    }

    /// What is not known of it where its own antenna places it.
    fn own_doubt(&self, hung: TowedDoubt, receiver: f64, slope: f64) -> TowedDoubt {
        TowedDoubt {
            receiver,
            tractor: 0.0,
            slope: -self.main[2] * slope,
            from: self.main[0],
            ..hung
        }
    }

    /// Placed by its own antenna, which must be where the coupling has it: where it hangs until that has lasted.
    fn placed(
        &mut self,
        at: EventTime,
        hung: Towed,
        antenna: Point2,
        own: TowedDoubt,
        doubt: &Doubt,
    ) -> Result<Towed, Unfit> {
        let lever = Rotation::new(hung.heading, hung.pitch, hung.roll).turn(self.main);
        let hangs = moved(hung.origin, lever);
        let off = Point2::new(antenna.e - hangs.e, antenna.n - hangs.n);
        let at_antenna = |of: &TowedDoubt| f64::from(of.judged_at(TenthMillimetres(0), self.main, None).u.0) * 1e-4;
        let (a, b) = (at_antenna(&hung.doubt), at_antenna(&own));
        if hangs.distance(antenna) > doubt.k_tenths as f64 * 0.1 * libm::sqrt(a * a + b * b) {
            self.agreed = None;
            return Err(Unfit::Trailer);
        }
        if !self.has_dwelt(at, off, doubt) {
            return Ok(hung);
        }
        let origin = Point2::new(antenna.e - lever.e, antenna.n - lever.n);
        Ok(Towed {
            origin,
            doubt: own,
            ..hung
        })
    }

    /// Whether its fixes have agreed for long enough: whoever jumps from one epoch to the next, or was not heard for longer than
    /// poses are joined over, begins anew.
    fn has_dwelt(&mut self, at: EventTime, off: Point2, doubt: &Doubt) -> bool {
        let tolerance = f64::from(doubt.jump_tolerance.0) * 1e-4;
        let steady = self
            .agreed
            .filter(|last| at - last.at <= doubt.bridge && last.off.distance(off) <= tolerance);
        let since = steady.map_or(at, |last| last.since);
        self.agreed = Some(Agreed { since, at, off });
        at - since >= doubt.dwell
    }
}

/// The vehicle's outline with the trailer's, in their own frames.
pub fn outline_of(vehicle: &Vehicle) -> Outline {
    let points = |points: &[[i32; 3]]| points.iter().copied().map(metres).collect();
    Outline {
        own: points(&vehicle.outline),
        towed: vehicle
            .trailer
            .as_ref()
            .map_or(Vec::new(), |trailer| points(&trailer.outline)),
    }
}

fn heading_u(doubt: &Doubt) -> f64 {
    doubt.heading_u_mdeg as f64 * RAD_PER_MILLIDEGREE
}

fn seconds(span: Micros) -> f64 {
    span.0 as f64 * 1e-6
}
