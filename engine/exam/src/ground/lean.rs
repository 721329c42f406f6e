//! The lean of a two-wheeler, from raw specific force and angular rate.
//!
//! The problem: in a steady turn the resultant force lies in the bike's plane, so an inclinometer reads zero while the
//! bike leans 20 degrees. The answer: gyro integration carries the lean; it is pulled slowly towards the lean that
//! explains the measured lateral force once the centripetal acceleration (speed times yaw rate) is taken out.
use std::f64::consts::PI;

const G: f64 = 9.806_65;
/// How fast the lean is pulled towards the explained one, seconds: of the order of a slalom's half period (about 1.7 s), since
/// the explained lean is noisy where it swings; short against the gyro's bias (0.1 deg/s gives 0.14 deg).
const PULL_S: f64 = 1.4;
/// A longer hole in the attitude's samples starts the estimate afresh.
const HOLE_US: i64 = 250_000;
/// An estimate is believed when it is this old, seconds.
const YOUNG_S: f64 = 0.5;
/// Smoothing of the angular accelerations, seconds.
const SMOOTH_S: f64 = 0.12;

/// The running estimate. Angles in radians, right side down positive.
#[derive(Debug, Clone, Copy, Default)]
pub struct Lean {
    at: Option<i64>,
    /// Seconds since it began afresh.
    age: f64,
    roll: f64,
    roll_rate: f64,
    yaw_rate: f64,
    yaw_acceleration: f64,
    roll_acceleration: f64,
    /// When it began afresh, and how far the heading has turned since, radians.
    begun: i64,
    turned: f64,
}

/// How far the heading had turned at an instant.
#[derive(Debug, Clone, Copy)]
pub struct Turned {
    begun: i64,
    by: f64,
}

impl Turned {
    /// How far it turned from an earlier instant to this one, radians clockwise; `None` where the sensor paused between.
    pub fn since(self, earlier: Turned) -> Option<f64> {
        (self.begun == earlier.begun).then_some(self.by - earlier.by)
    }
}

impl Lean {
    /// Takes one frame in the body frame: specific force (m/s²) and rate (rad/s), forward-right-down; `speed` along the
    /// heading in m/s, `pitch` of the ground in radians, `place` the sensor's in metres: forward of the rear axle, right, down from the ground.
    pub fn push(&mut self, at_us: i64, force: [f64; 3], rate: [f64; 3], speed: f64, pitch: f64, place: [f64; 3]) {
        let since = self.at.map(|last| at_us.saturating_sub(last));
        if since == Some(0) {
            // Two frames of one stamp: the second says nothing about time.
            return;
        }
        let fresh = since.is_none_or(|since| !(1..=HOLE_US).contains(&since));
        let dt = since.map_or(0.0, |since| since as f64 * 1e-6);
        self.at = Some(at_us);
        let (s, c) = (libm::sin(self.roll), libm::cos(self.roll));
        let yaw_rate = (rate[1] * s + rate[2] * c) / libm::cos(pitch);
        // The sensor swings with the yaw before the axle, and with the roll above the ground.
        let explained = |yaw_acceleration: f64, roll_acceleration: f64| {
            let lateral = speed * yaw_rate + yaw_acceleration * place[0] - roll_acceleration * place[2];
            let resultant = libm::sqrt(G * G + lateral * lateral);
            libm::atan2(lateral, G) - libm::asin((force[1] / resultant).clamp(-1.0, 1.0))
        };
        if fresh {
            *self = Lean {
                at: self.at,
                age: 0.0,
                roll: explained(0.0, 0.0),
                roll_rate: rate[0],
                yaw_rate,
                begun: at_us,
                ..Lean::default()
            };
            return;
        }
        let roll_rate = rate[0] + libm::sin(pitch) * yaw_rate;
        let smooth = dt / (SMOOTH_S + dt);
        self.yaw_acceleration += ((yaw_rate - self.yaw_rate) / dt - self.yaw_acceleration) * smooth;
        self.roll_acceleration += ((roll_rate - self.roll_rate) / dt - self.roll_acceleration) * smooth;
        self.turned += (self.yaw_rate + yaw_rate) * 0.5 * dt;
        self.yaw_rate = yaw_rate;
        self.roll_rate = roll_rate;
        let carried = self.roll + self.roll_rate * dt;
        // A young estimate is the mean of all frames so far: no single frame decides one.
        self.age += dt;
        let pull = dt / (PULL_S.min(self.age) + dt);
        let pulled = carried + (explained(self.yaw_acceleration, self.roll_acceleration) - carried) * pull;
        self.roll = pulled.clamp(-PI / 3.0, PI / 3.0);
    }

    /// The lean at an instant not more than a quarter of a second after the last frame.
    pub fn at(&self, at_us: i64) -> Option<f64> {
        let age = at_us.saturating_sub(self.at?);
        let is_known = self.age >= YOUNG_S && (-HOLE_US..=HOLE_US).contains(&age);
        is_known.then(|| self.roll + self.roll_rate * age as f64 * 1e-6)
    }

    /// How far the heading has turned by then, under the same conditions.
    pub fn turned_at(&self, at_us: i64) -> Option<Turned> {
        self.at(at_us)?;
        let age = at_us.saturating_sub(self.at?);
        let (begun, by) = (self.begun, self.turned + self.yaw_rate * age as f64 * 1e-6);
        Some(Turned { begun, by })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Exact slalom: heading and lean follow from the path's own formula; the sensor sits on the rear axle.
    fn slalom(error_deg: impl Fn(f64) -> f64) -> f64 {
        let (v, amplitude, omega) = (1.4, 1.0, 1.83);
        let mut lean = Lean::default();
        let mut worst = 0.0_f64;
        for i in 0..3_000 {
            let t = i as f64 * 0.01;
            let yaw_rate = amplitude * libm::cos(omega * t);
            let lateral = v * yaw_rate;
            let roll = libm::atan2(lateral, G);
            let slope = -v * amplitude * omega * libm::sin(omega * t) / G;
            let roll_rate = slope / (1.0 + (lateral / G) * (lateral / G));
            let force_right = lateral * libm::cos(roll) - G * libm::sin(roll);
            let rate = [
                roll_rate + error_deg(t) * PI / 180.0,
                yaw_rate * libm::sin(roll),
                yaw_rate * libm::cos(roll),
            ];
            lean.push((t * 1e6) as i64, [0.0, force_right, -G], rate, v, 0.0, [0.0; 3]);
            if t > 5.0 {
                worst = worst.max((lean.at((t * 1e6) as i64).unwrap() - roll).abs());
            }
        }
        worst * 180.0 / PI
    }

    #[test]
    fn follows_a_slalom_in_which_an_inclinometer_reads_zero() {
        assert!(slalom(|_| 0.0) < 0.1, "{}", slalom(|_| 0.0));
    }

    #[test]
    fn a_gyro_bias_of_a_tenth_of_a_degree_a_second_costs_a_fifth_of_a_degree() {
        let cost = slalom(|_| 0.1);
        assert!((0.1..0.35).contains(&cost), "{cost}");
    }

    /// Frames of a bike that stands at 10 degrees, each 10 ms from `from` on.
    fn stand(lean: &mut Lean, from: i64, frames: i64) -> f64 {
        let roll = 10.0 * PI / 180.0;
        let force = [0.0, -G * libm::sin(roll), -G * libm::cos(roll)];
        for k in 0..frames {
            lean.push(from + k * 10_000, force, [0.0; 3], 0.0, 0.0, [0.4, 0.0, -0.5]);
        }
        roll
    }

    #[test]
    fn standing_it_is_an_inclinometer_that_is_believed_after_half_a_second() {
        let mut lean = Lean::default();
        let roll = stand(&mut lean, 0, 50);
        assert_eq!(lean.at(490_000), None);
        stand(&mut lean, 500_000, 2);
        assert!((lean.at(510_000).unwrap() - roll).abs() < 1e-9);
        assert_eq!(lean.at(900_000), None, "nothing was said for too long");
    }

    #[test]
    fn a_frame_with_the_stamp_of_the_last_one_changes_nothing_and_one_bump_at_the_start_little() {
        let mut lean = Lean::default();
        let bump = [0.0, 2.6, -G];
        lean.push(0, bump, [0.0; 3], 0.0, 0.0, [0.0; 3]);
        let roll = stand(&mut lean, 10_000, 60);
        lean.push(600_000, bump, [0.0; 3], 0.0, 0.0, [0.0; 3]);
        assert!((lean.at(600_000).unwrap() - roll).abs() < 0.5 * PI / 180.0);
    }
}
