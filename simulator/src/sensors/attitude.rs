//! A WitMotion attitude sensor at 100 Hz: frames 0x51, 0x52, 0x53 (facts, sensors 9.1).
//!
//! Specific force and rates come from the true motion of the sensor's place, centripetal acceleration included. The
//! vendor's own angles are the tilt of the accelerometer, which falls to about nothing in a steady turn (sensors 9.4):
//! that is the trap this sensor sets.
use super::Word;
use super::weather::Weather;
use crate::rng::Rng;
use crate::truth::Truth;
use crate::vehicle::body::{Enu, GRAVITY, Pose};
use crate::vehicle::spec::{Body, Spec};

/// From the measurement to the first byte's arrival at its quickest, microseconds, the sensor's filter included.
pub const LATENCY_US: i64 = 11_000;
/// From the moment to the frame's arrival; the filter's lag of about 6 ms comes on top.
const SENDING_US: i64 = 5_000;
const JITTER_US: f64 = 1_500.0;
const PERIOD_US: i64 = 10_000;
const STEP_S: f64 = crate::ride::STEP_US as f64 * 1e-6;
/// Share of a new value in the sensor's low pass of about 20 Hz.
const PASS: f64 = 0.47;
/// Share in the vendor's tilt: about 0.3 s.
const TILT_PASS: f64 = 0.017;

/// The sensor.
pub struct AttitudeSensor {
    axes: [Body; 3],
    at: Body,
    rng: Rng,
    force_bias: [f64; 3],
    rate_bias: [f64; 3],
    history: Vec<(i64, Enu, Pose)>,
    force: [f64; 3],
    rate: [f64; 3],
    tilt: [f64; 3],
    yaw_deg: f64,
    shake: Shake,
}

/// What an engine and a warming sensor add.
struct Shake {
    rng: Rng,
    amplitude: f64,
    /// Of the three axes, and of the engine's turning, radians.
    phases: [f64; 3],
    turned: f64,
    /// Of the gyro's bias, degrees a second in a square root of a minute.
    walk: f64,
}

/// Turns of an idling engine, and more of them with each m/s, Hz (facts, sensors 9: vibration lies at 30 to 150 Hz).
const IDLE_HZ: f64 = 30.0;
const HZ_BY_SPEED: f64 = 12.0;

impl Shake {
    fn new(weather: &Weather, seed: u64) -> Shake {
        let mut rng = Rng::new(seed, "shake");
        Shake {
            amplitude: weather.vibration,
            phases: [0; 3].map(|_| rng.between(0.0, core::f64::consts::TAU)),
            turned: 0.0,
            walk: weather.gyro_walk,
            rng,
        }
    }

    /// The force of vibration on each body axis, m/s², a step later.
    fn force(&mut self, truth: &Truth) -> Body {
        if self.amplitude == 0.0 || !truth.switches.engine {
            return [0.0; 3];
        }
        self.turned += core::f64::consts::TAU * (IDLE_HZ + HZ_BY_SPEED * truth.speed.abs()) * STEP_S;
        self.phases.map(|phase| {
            self.amplitude * (libm::sin(self.turned + phase) + 0.4 * libm::sin(2.0 * self.turned + 3.0 * phase))
        })
    }

    /// How far the bias has walked in a cycle, degrees a second.
    fn walked(&mut self) -> f64 {
        match self.walk > 0.0 {
            true => self.rng.normal(self.walk * libm::sqrt(PERIOD_US as f64 * 1e-6 / 60.0)),
            false => 0.0,
        }
    }
}

impl AttitudeSensor {
    /// With a vehicle's axes.
    pub fn new(spec: &Spec, seed: u64, weather: &Weather) -> AttitudeSensor {
        let mut rng = Rng::new(seed, "attitude");
        AttitudeSensor {
            axes: spec.sensor_axes,
            at: spec.sensor_at,
            force_bias: [0; 3].map(|_| rng.normal(0.02)),
            rate_bias: [0; 3].map(|_| rng.normal(0.05)),
            rng,
            history: Vec::with_capacity(4),
            force: [0.0, 0.0, GRAVITY],
            rate: [0.0; 3],
            tilt: [0.0, 0.0, GRAVITY],
            yaw_deg: 0.0,
            shake: Shake::new(weather, seed),
        }
    }

    /// Takes a moment; speaks about the moment before it, because a rate needs both its neighbours.
    pub fn push(&mut self, truth: &Truth, out: &mut Vec<Word>) {
        self.history.push((truth.t_us, truth.pose.place(self.at), truth.pose));
        let [a, b, c] = match self.history.as_slice() {
            [a, b, c] => [a, b, c].map(|h| *h),
            _ => return,
        };
        self.history.remove(0);
        let acceleration = [0, 1, 2].map(|i| (c.1[i] - 2.0 * b.1[i] + a.1[i]) / (STEP_S * STEP_S));
        let force =
            b.2.turn_back([acceleration[0], acceleration[1], acceleration[2] + GRAVITY]);
        let shaken = self.shake.force(truth);
        let force = [0, 1, 2].map(|i| force[i] + shaken[i]);
        self.sense(force, rates(&a.2, &b.2, &c.2));
        if b.0.rem_euclid(PERIOD_US) == 0 {
            let at_us = b.0 + SENDING_US + self.rng.between(0.0, JITTER_US) as i64;
            self.rate_bias = self.rate_bias.map(|bias| bias + self.shake.walked());
            let raw = self.raw();
            out.push(Word::Attitude { at_us, raw });
        }
    }

    fn sense(&mut self, force: Body, rate: Body) {
        for i in 0..3 {
            let dot = |v: Body| (0..3).map(|k| self.axes[i][k] * v[k]).sum::<f64>();
            self.force[i] += PASS * (dot(force) - self.force[i]);
            self.rate[i] += PASS * (dot(rate) - self.rate[i]);
            self.tilt[i] += TILT_PASS * (self.force[i] - self.tilt[i]);
        }
        self.yaw_deg += self.rate[2].to_degrees() * STEP_S;
    }

    fn raw(&mut self) -> [[i16; 3]; 3] {
        let noisy_force = [0, 1, 2].map(|i| self.force[i] + self.force_bias[i] + self.rng.normal(0.04));
        let noisy_rate = [0, 1, 2].map(|i| self.rate[i].to_degrees() + self.rate_bias[i] + self.rng.normal(0.08));
        let [x, y, z] = self.tilt;
        let roll = libm::atan2(y, z).to_degrees();
        let pitch = libm::atan2(-x, libm::hypot(y, z)).to_degrees();
        let yaw = (self.yaw_deg + 180.0).rem_euclid(360.0) - 180.0;
        let share = |share: f64| libm::round(share * 32_768.0).clamp(-32_768.0, 32_767.0) as i16;
        [
            noisy_force.map(|f| share(f / GRAVITY / 16.0)),
            noisy_rate.map(|w| share(w / 2000.0)),
            [roll, pitch, yaw].map(|angle| share(angle / 180.0)),
        ]
    }
}

/// Body rates (about forward, right, down), rad/s, by central differences of heading, pitch and lean.
fn rates(a: &Pose, b: &Pose, c: &Pose) -> Body {
    let wrap = |angle: f64| libm::atan2(libm::sin(angle), libm::cos(angle));
    let heading = wrap(c.heading - a.heading) / (2.0 * STEP_S);
    let pitch = (c.pitch - a.pitch) / (2.0 * STEP_S);
    let lean = (c.lean - a.lean) / (2.0 * STEP_S);
    let (sp, cp, sl, cl) = (
        libm::sin(b.pitch),
        libm::cos(b.pitch),
        libm::sin(b.lean),
        libm::cos(b.lean),
    );
    [
        lean - heading * sp,
        pitch * cl + heading * cp * sl,
        -pitch * sl + heading * cp * cl,
    ]
}

/// The three frames of one cycle.
pub fn frames(raw: &[[i16; 3]; 3]) -> Vec<u8> {
    [0x51, 0x52, 0x53]
        .into_iter()
        .zip(raw)
        .flat_map(|(kind, raw)| frame(kind, *raw))
        .collect()
}

/// One frame; the fourth number is 25.00 °C.
fn frame(kind: u8, raw: [i16; 3]) -> Vec<u8> {
    let mut bytes = vec![0x55, kind];
    bytes.extend(raw.into_iter().chain([2_500]).flat_map(i16::to_le_bytes));
    bytes.push(bytes.iter().fold(0, |sum: u8, byte| sum.wrapping_add(*byte)));
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_those_of_the_facts() {
        // Facts, sensors 9.1: 0, 0, 1 g and 25 °C; gyro z 20 °/s.
        assert_eq!(
            frame(0x51, [0, 0, 2_048]),
            [0x55, 0x51, 0, 0, 0, 0, 0, 8, 0xc4, 9, 0x7b]
        );
        assert_eq!(
            frame(0x52, [0, 0, 328]),
            [0x55, 0x52, 0, 0, 0, 0, 0x48, 1, 0xc4, 9, 0xbd]
        );
    }
}
