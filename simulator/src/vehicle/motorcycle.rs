//! A kinematic two-wheeler on rails.
//!
//! The problem: truth must be exact, so that a judgement can be measured against it. The answer: no forces and no control;
//! the rear contact is on a given line, the body follows its tangent, leans as balance asks (and a foot lets it stand),
//! and every point of the body stands where rotation and the tyres' round profile put it.
//! Deliberately not here: why it rides there (the driver), what sensors make of it.
use super::body::{GRAVITY, Pose, rotation};
use super::path::Xy;
use super::spec::Spec;
use super::{Rolling, Vehicle};
use crate::rng::Rng;

/// A two-wheeler stands on its left foot with this lean, radians (right side down is positive).
pub const STANDING_LEAN: f64 = -2.0 * core::f64::consts::PI / 180.0;
/// Natural frequency of the body's answer to a lean that balance asks for, rad/s; critically damped, its lag is 2 / 10 s.
const LEAN_RATE: f64 = 10.0;
/// A wheel falls or climbs no faster than this, m/s.
const FALL_SPEED: f64 = 1.0;

/// A motorcycle under way: its slow states.
#[derive(Debug)]
pub struct Motorcycle {
    lean: f64,
    lean_rate: f64,
    heights: Option<[f64; 2]>,
    wobble: f64,
    wobble_phases: [f64; 3],
}

impl Motorcycle {
    /// Standing on its left foot; a rider wobbles by so many degrees.
    pub fn new(wobble_deg: f64, seed: u64) -> Motorcycle {
        let mut rng = Rng::new(seed, "wobble");
        Motorcycle {
            lean: STANDING_LEAN,
            lean_rate: 0.0,
            heights: None,
            wobble: (wobble_deg / 1.4).to_radians(),
            wobble_phases: [0; 3].map(|_| rng.between(0.0, core::f64::consts::TAU)),
        }
    }

    /// The lean follows the balance of what comes, slowly enough to be smooth.
    fn lean(&mut self, now: &Rolling) {
        let (speed, curvature) = now.soon;
        let balanced = balance(speed, curvature);
        let u = (speed.abs() / 0.6).min(1.0);
        let riding = u * u * (3.0 - 2.0 * u);
        let time = now.time_s;
        let [a, b, c] = self.wobble_phases;
        let wobble = libm::sin(4.1 * time + a) + 0.5 * libm::sin(7.3 * time + b) + 0.25 * libm::sin(13.0 * time + c);
        let target = riding * (balanced + wobble * self.wobble) + (1.0 - riding) * STANDING_LEAN;
        let pull = LEAN_RATE * LEAN_RATE * (target - self.lean) - 2.0 * LEAN_RATE * self.lean_rate;
        self.lean_rate += pull * now.step_s;
        self.lean += self.lean_rate * now.step_s;
    }

    /// Heights under the contacts; a wheel that leaves an edge falls in a few steps, not at once.
    fn climb(&mut self, spec: &Spec, now: &Rolling, ground: &dyn Fn(Xy) -> f64) -> [f64; 2] {
        let before = self.heights.unwrap_or([ground(now.at); 2]);
        let mut pitch = libm::asin(((before[1] - before[0]) / spec.wheelbase).clamp(-0.9, 0.9));
        let mut heights = before;
        for _ in 0..3 {
            let front = front_of(spec, now.at, now.direction, pitch);
            heights = [ground(now.at), ground(front)];
            if self.heights.is_some() {
                let step = FALL_SPEED * now.step_s;
                heights = [0, 1].map(|i| heights[i].clamp(before[i] - step, before[i] + step));
            }
            let settled = pitch;
            pitch = libm::asin(((heights[1] - heights[0]) / spec.wheelbase).clamp(-0.9, 0.9));
            if pitch == settled {
                break;
            }
        }
        self.heights = Some(heights);
        heights
    }
}

impl Vehicle for Motorcycle {
    fn roll(&mut self, spec: &Spec, now: &Rolling, ground: &dyn Fn(Xy) -> f64) -> Pose {
        self.lean(now);
        let heights = self.climb(spec, now, ground);
        pose(spec, now.at, now.direction, self.lean, heights)
    }
}

/// Lays the two-wheeler on its contacts.
///
/// `rear` is the rear contact on the plane, `direction` the body's direction counter-clockwise from east, radians;
/// `heights` are those of the ground under the rear and the front contact, metres.
pub fn pose(spec: &Spec, rear: Xy, direction: f64, lean: f64, heights: [f64; 2]) -> Pose {
    let rise = ((heights[1] - heights[0]) / spec.wheelbase).clamp(-0.9, 0.9);
    let pitch = libm::asin(rise);
    let heading = core::f64::consts::FRAC_PI_2 - direction;
    let level = rotation(heading, pitch, 0.0);
    let mut pose = Pose {
        rotation: level,
        heading,
        pitch,
        lean,
        ..Pose::default()
    };
    pose.rear = [rear.x, rear.y, heights[0]];
    let along = pose.turn([spec.wheelbase, 0.0, 0.0]);
    pose.front = [0, 1, 2].map(|i| pose.rear[i] + along[i]);
    // The profile's centre stays above the contact while the body rolls round it.
    let roll = pose.turn([
        0.0,
        spec.profile_radius * libm::sin(lean),
        spec.profile_radius * (1.0 - libm::cos(lean)),
    ]);
    pose.origin = [0, 1, 2].map(|i| pose.rear[i] - roll[i]);
    pose.rotation = rotation(heading, pitch, lean);
    pose
}

/// The plane point a distance ahead of the rear contact where the front contact stands, given the pitch.
pub fn front_of(spec: &Spec, rear: Xy, direction: f64, pitch: f64) -> Xy {
    let reach = spec.wheelbase * libm::cos(pitch);
    Xy::new(
        rear.x + reach * libm::cos(direction),
        rear.y + reach * libm::sin(direction),
    )
}

/// The lean that balances a speed on a curvature (positive to the left), radians, right side down positive.
pub fn balance(speed: f64, curvature: f64) -> f64 {
    -libm::atan(speed * speed * curvature / GRAVITY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contact_moves_to_the_side_of_the_lean() {
        let spec = Spec::read(include_str!("../../../engine/vehicles/e-hj110.toml")).expect("good");
        // Riding north (direction 90°), leaning 20° right: the origin is left (west) of the contact by 45 mm * sin 20°.
        let pose = pose(
            &spec,
            Xy::new(0.0, 0.0),
            core::f64::consts::FRAC_PI_2,
            20f64.to_radians(),
            [0.0, 0.0],
        );
        assert!((pose.origin[0] + 0.045 * 20f64.to_radians().sin()).abs() < 1e-9);
        assert!((pose.front[1] - 1.235).abs() < 1e-12);
        // The antenna 1.05 m up goes right by 1.05 * sin 20° from there.
        let antenna = pose.place(spec.main_antenna);
        assert!(
            (antenna[0] - (1.05 - 0.045) * 20f64.to_radians().sin()).abs() < 1e-9,
            "{antenna:?}"
        );
    }
}
