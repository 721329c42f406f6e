//! What nobody measured exactly: where the antennas and the attitude sensor sit, and where the course lies.
//!
//! The vehicle's file says where an antenna is to a few millimetres, a sensor is screwed on to a fraction of a degree, and a
//! pole's survey has its own error (facts, sensors: residuals of up to 1 cm are accepted). These errors are constant for a
//! day, so no average over epochs takes them away. Each is one sigma; the day's values come from the seed.
use crate::rng::Rng;
use crate::vehicle::body::Enu;
use crate::vehicle::spec::{Body, Spec};

/// Standard deviations of an installation's constant errors.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Installation {
    /// Each antenna's place on each axis, metres.
    pub antenna: f64,
    /// The attitude sensor's tilt about each axis, degrees.
    pub tilt_deg: f64,
    /// The loaded tyre's circumference, as a share of the surveyed one.
    pub tyre: f64,
    /// The course's place, horizontally and in height, metres.
    pub survey: f64,
    /// The day's errors in units of these, where they don't come from the seed.
    pub given: Option<Errors>,
}

/// How many numbers a day's errors are.
pub const ERRORS: usize = 12;

/// A day's errors, each in units of its standard deviation: main antenna, second antenna, tilt, survey; three axes each.
pub type Errors = [f64; ERRORS];

impl Installation {
    /// As a careful crew leaves it: 5 mm, 0.3 degrees, half a per cent of tyre pressure and load, 5 mm.
    pub const CAREFUL: Installation = Installation {
        antenna: 0.005,
        tilt_deg: 0.3,
        tyre: 0.005,
        survey: 0.005,
        given: None,
    };

    /// The day's errors.
    pub fn errors(&self, seed: u64) -> Errors {
        self.given.unwrap_or_else(|| {
            let (mut mounting, mut survey) = (Rng::new(seed, "installation"), Rng::new(seed, "survey"));
            let mut errors = [0.0; ERRORS];
            for (i, error) in errors.iter_mut().enumerate() {
                *error = if i < 9 { &mut mounting } else { &mut survey }.normal(1.0);
            }
            errors
        })
    }

    /// The vehicle as its sensors are really mounted.
    pub fn mounted(&self, spec: &Spec, seed: u64) -> Spec {
        let errors = self.errors(seed);
        let three = |from: usize, sigma: f64| [0, 1, 2].map(|i| sigma * errors[from + i]);
        let moved = |point: Body, by: Body| [0, 1, 2].map(|i| point[i] + by[i]);
        let turn = three(6, self.tilt_deg.to_radians());
        Spec {
            main_antenna: moved(spec.main_antenna, three(0, self.antenna)),
            second_antenna: moved(spec.second_antenna, three(3, self.antenna)),
            sensor_axes: spec.sensor_axes.map(|axis| turned(axis, turn)),
            pulse: spec.pulse.map(|pulse| pulse * self.tyre_scale(seed)),
            ..spec.clone()
        }
    }

    /// How much farther than surveyed the tyre rolls in a turn that day.
    fn tyre_scale(&self, seed: u64) -> f64 {
        1.0 + Rng::new(seed, "tyre").normal(self.tyre)
    }

    /// How far the surveyed course lies from the true one: east, north, up, metres.
    pub fn survey_error(&self, seed: u64) -> Enu {
        let errors = self.errors(seed);
        [9, 10, 11].map(|i| self.survey * errors[i])
    }
}

/// A direction turned by small angles about the three axes, and made a unit again.
fn turned(axis: Body, turn: Body) -> Body {
    let [x, y, z] = axis;
    let [a, b, c] = turn;
    let moved = [x + b * z - c * y, y + c * x - a * z, z + a * y - b * x];
    let length = libm::sqrt(moved.iter().map(|v| v * v).sum());
    moved.map(|v| v / length)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sensor that is turned by 1 degree about its forward axis sees its right axis 1 degree lower.
    #[test]
    fn axes_are_turned_by_the_angle() {
        let [x, y, z] = turned([0.0, 1.0, 0.0], [1f64.to_radians(), 0.0, 0.0]);
        assert!(
            x.abs() < 1e-12 && (z.atan2(y).to_degrees() - 1.0).abs() < 1e-3,
            "{x} {y} {z}"
        );
    }
}
