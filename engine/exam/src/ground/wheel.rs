//! The wheel as a witness: whether it stands, and whether it rolls as the velocity says.
//!
//! The problem: three questions need what a wheel tells, and each only once it has proven itself. The answer: one room that hears
//! it, proves it on believed fixes (`odometer`), and holds a second of it against the velocity (`second`).
//!
//! Deliberately not here: what a standing wheel means for a place (`reckon`).
use super::odometer::Odometer;
use super::pose::Pose;
use super::reckon;
use super::second::{Second, Step, Within};
use crate::syllabus::Doubt;
use crate::vehicle::Vehicle;
use kaoguan_telemetry::units::EventTime;

/// One vehicle's wheel; a vehicle without one contradicts nothing and never stands by it.
#[derive(Debug, Clone)]
pub struct WheelWatch {
    odometer: Option<Odometer>,
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
        let within = |(pulse, tolerance): (f64, i64)| Within {
            tolerance: tolerance as f64 * 1e-3,
            grain: pulse,
            reach: reach(vehicle, antenna),
        };
        WheelWatch {
            odometer: pulse.map(Odometer::new),
            second: Second::default(),
            within: pulse.zip(doubt.wheel_tolerance_mm_s).map(within),
            seen: None,
        }
    }

    /// Takes a count of its pulses.
    pub fn push(&mut self, at: EventTime, pulses: u16) {
        if let Some(odometer) = &mut self.odometer {
            odometer.push(at, pulses);
        }
    }

    /// Since when it stands, where that is known and believed, and how far it rolls from pulse to pulse, metres.
    pub fn stands(&self, at: EventTime) -> Option<(EventTime, f64)> {
        let odometer = self.odometer.as_ref()?;
        Some((odometer.stands(at)?, odometer.pulse()))
    }

    /// Holds a second of it against the velocity of an epoch: false where they contradict each other. `None` where the epoch has no velocity.
    pub fn agrees(&mut self, at: EventTime, pose: Option<&Pose>) -> bool {
        let Some((odometer, within)) = self.odometer.as_ref().zip(self.within) else {
            return true;
        };
        let step = pose.zip(odometer.rolled(at)).map(|(pose, rolled)| Step {
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
        let Some(odometer) = &mut self.odometer else { return };
        let since = self.seen.replace(pose.at).map(|seen| pose.at - seen);
        match since.filter(|since| *since <= reckon::STEP_MAX) {
            None => odometer.compare_anew(),
            Some(_) if pose.speed.abs() <= reckon::MOVES => odometer.check(0.0),
            Some(since) => odometer.check(pose.speed.abs() * since.0 as f64 * 1e-6),
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
