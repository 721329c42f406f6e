//! The wheel as a witness: whether it stands, and whether it rolls as the velocity says.
//!
//! The problem: a signal box counts pulses, a vehicle's bus tells a speed, and both must prove themselves before they say
//! anything. The answer: one room that hears either, proves it on believed fixes (`proof`), and holds a second of it against the
//! velocity (`second`).
//!
//! Deliberately not here: what a standing wheel means for a place (`reckon`).
use super::odometer::Odometer;
use super::pose::Pose;
use super::proof::Proof;
use super::reckon;
use super::second::{Second, Step, Within};
use super::speedometer::{BLIND, Speedometer};
use crate::syllabus::Doubt;
use crate::vehicle::Vehicle;
use kaoguan_telemetry::units::EventTime;
use kaoguan_telemetry::{Speed, Wheel};

/// Who tells of it: the pulses of a vehicle whose file says how far it rolls from one to the next, else its bus.
#[derive(Debug, Clone)]
enum Teller {
    Pulses(Odometer),
    Bus(Speedometer),
}

impl Teller {
    fn rolled(&self, at: EventTime) -> Option<f64> {
        match self {
            Teller::Pulses(odometer) => odometer.rolled(at),
            Teller::Bus(bus) => bus.rolled(at),
        }
    }

    fn proof(&mut self) -> &mut Proof {
        match self {
            Teller::Pulses(odometer) => &mut odometer.proof,
            Teller::Bus(bus) => &mut bus.proof,
        }
    }

    /// The least that it can tell of a second's way, metres.
    fn grain(&self) -> f64 {
        match self {
            Teller::Pulses(odometer) => odometer.pulse(),
            Teller::Bus(_) => BLIND,
        }
    }
}

/// One vehicle's wheel; while it tells nothing it contradicts nothing and stands nowhere.
#[derive(Debug, Clone)]
pub struct WheelWatch {
    teller: Teller,
    second: Second,
    /// `None` where a syllabus holds nothing against the velocity.
    within: Option<Within>,
    /// When the last believed fix was.
    seen: Option<EventTime>,
}

impl WheelWatch {
    /// Of a vehicle whose antenna stands there on its body, metres, by the syllabus's knobs of doubt.
    pub fn of(vehicle: &Vehicle, antenna: [f64; 3], doubt: &Doubt) -> WheelWatch {
        let pulse = vehicle.travel_of_100_pulses.map(|travel| f64::from(travel) * 1e-5);
        let teller = match pulse {
            Some(pulse) => Teller::Pulses(Odometer::new(pulse)),
            None => Teller::Bus(Speedometer::default()),
        };
        let within = doubt.wheel_tolerance_mm_s.map(|tolerance| Within {
            tolerance: tolerance as f64 * 1e-3,
            grain: teller.grain(),
            reach: reach(vehicle, antenna),
        });
        WheelWatch {
            teller,
            second: Second::default(),
            within,
            seen: None,
        }
    }

    /// Takes a count of pulses.
    pub fn count(&mut self, at: EventTime, wheel: &Wheel) {
        if let (Teller::Pulses(odometer), true) = (&mut self.teller, wheel.proven) {
            odometer.push(at, wheel.pulses);
        }
    }

    /// Takes a speed of the bus. A line of a logger has no sum: a wrong one voids at worst what it contradicts.
    pub fn hear(&mut self, at: EventTime, speed: &Speed) {
        if let Teller::Bus(bus) = &mut self.teller {
            bus.push(at, f64::from(speed.speed.0.abs()) * 1e-3);
        }
    }

    /// Since when it stands, where that is known and believed, and how far it rolls from pulse to pulse, metres.
    pub fn stands(&self, at: EventTime) -> Option<(EventTime, f64)> {
        let Teller::Pulses(odometer) = &self.teller else {
            return None;
        };
        Some((odometer.stands(at)?, odometer.pulse()))
    }

    /// Holds a second of it against the velocity of an epoch: false where they contradict each other. `None` where the epoch has
    /// no velocity.
    pub fn agrees(&mut self, at: EventTime, pose: Option<&Pose>) -> bool {
        let Some(within) = self.within else { return true };
        let step = pose.zip(self.teller.rolled(at)).map(|(pose, rolled)| Step {
            at,
            rolled,
            speed: pose.speed,
            heading: pose.heading,
        });
        self.second.push(step);
        !self.second.contradicts(&within)
    }

    /// Proves it on a believed fix; whoever trembles at rest goes nowhere.
    pub fn prove(&mut self, pose: &Pose) {
        let untold = 2.0 * self.teller.grain();
        let since = self.seen.replace(pose.at).map(|seen| pose.at - seen);
        let proof = self.teller.proof();
        match since.filter(|since| *since <= reckon::STEP_MAX) {
            None => proof.anew(),
            Some(_) if pose.speed.abs() <= reckon::MOVES => proof.check(0.0, untold),
            Some(since) => proof.check(pose.speed.abs() * since.0 as f64 * 1e-6, untold),
        }
    }

    /// What was believed must prove itself anew.
    pub fn distrust(&mut self) {
        self.seen = None;
    }
}

/// From the antenna to the farthest wheel, metres, at most.
fn reach(vehicle: &Vehicle, antenna: [f64; 3]) -> f64 {
    let wheelbase = f64::from(vehicle.wheelbase) * 1e-3;
    let along = antenna[0].abs().max((wheelbase - antenna[0]).abs());
    along + antenna[1].abs() + f64::from(vehicle.size()[1]) * 0.5e-3
}
