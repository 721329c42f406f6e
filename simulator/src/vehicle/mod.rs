//! The vehicle: its measures, its line, its progress along the line and where all its points are.
//!
//! A kind of vehicle is one file that says how it stands on the ground while it rolls: [`Vehicle`].

pub mod body;
pub mod car;
pub mod dash;
pub mod motion;
pub mod motorcycle;
pub mod path;
pub mod rail;
pub mod spec;
pub mod three;
pub mod train;

use body::Pose;
use path::Xy;
use spec::Spec;

/// What is ridden or driven: the class decides, here and nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It leans, its rider has pegs and a helmet.
    Motorcycle,
    /// It does not lean; its driver has a belt and a parking brake.
    Car,
    /// Three wheels under a handlebar: it does not lean, its rider wears a helmet.
    Tricycle,
}

impl Kind {
    /// Of a class (准驾车型): those that begin with A, B or C are driven, D has three wheels.
    pub fn of(class: &str) -> Kind {
        match class {
            "D" => Kind::Tricycle,
            _ if class.starts_with(['A', 'B', 'C']) => Kind::Car,
            _ => Kind::Motorcycle,
        }
    }
}

/// What a vehicle is asked to do in one step.
#[derive(Debug, Clone, Copy)]
pub struct Rolling {
    /// The rear contact (of four wheels: the rear axle's centre) on the course plane.
    pub at: Xy,
    /// Direction of the body there, radians, counter-clockwise from east.
    pub direction: f64,
    /// Speed in m/s (backwards negative) and signed curvature in 1/m (positive to the left), [`LOOK_AHEAD_S`] from now.
    pub soon: (f64, f64),
    /// Time of the ride, seconds.
    pub time_s: f64,
    /// Length of the step, seconds.
    pub step_s: f64,
}

/// A rider or driver looks this far ahead, seconds: the lag of a leaning body's own slow answer.
pub const LOOK_AHEAD_S: f64 = 0.2;

/// A kind of vehicle.
pub trait Vehicle {
    /// Where its body is after one more step on ground of known height, metres.
    fn roll(&mut self, spec: &Spec, now: &Rolling, ground: &dyn Fn(Xy) -> f64) -> Pose;
}
