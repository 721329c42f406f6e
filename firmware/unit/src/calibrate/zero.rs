//! How the attitude sensor sits on a vehicle that stands upright: its zero.
//!
//! The problem: a sensor is screwed on half a degree askew, which is a centimetre at an antenna's height, each day of the year; and a zero that is
//! taken by one reading at the press of a button is taken on a side stand, on a slope, with somebody getting on (a shipped box does
//! that: sensors.md section 9.2). The answer: many raw frames are averaged while nothing moves; the mean force says which way is down in
//! the sensor. It is refused while something moves, where the force is not gravity's, where the sensor repeats itself, and where the
//! tilt is no mounting's but a stand's. The ground's own slope goes into it: once more with the vehicle turned round, and mounting and
//! slope fall apart.
//!
//! Sums are of the frames' integers, exact; floats begin with the mean.
//!
//! Deliberately not here: the gyro's bias (it drifts with warmth; the engine's filter lives with it) and anything about a ride.
use super::Refusal;
use crate::texts;
use kaoguan_telemetry::Attitude;
use kaoguan_telemetry::units::Uptime;

const GRAVITY: f64 = 9.806_65;
/// A cheap sensor's scale is wrong by 2 % at most; more is a force besides gravity, m/s².
const GRAVITY_WITHIN: f64 = 0.25;
/// What trembles while nobody touches it: standard deviation, m/s² and degrees a second.
const FORCE_SCATTER_MAX: f64 = 0.12;
const RATE_SCATTER_MAX: f64 = 0.5;
/// A turn that goes on is not a bias any more, degrees a second.
const RATE_MAX: f64 = 1.5;
/// First and second half must agree, degrees.
const HALVES_WITHIN: f64 = 0.1;
/// A side stand leans 10 to 15 degrees; no bracket is this far off.
const TILT_MAX: f64 = 5.0;
/// The shortest time and the fewest frames.
const SECONDS_MIN: f64 = 5.0;
const FRAMES_MIN: usize = 50;
/// What turning a vehicle round on its place leaves of the ground, degrees.
const TURNED_GROUND_U: f64 = 0.05;
/// The mean's own floor, degrees: a step of a 16-bit frame at 16 g is 0.03.
const MEAN_U: f64 = 0.02;

/// Which way the sensor's x, y, z point in the body (0 forward, 1 right, 2 down), with their signs: the vehicle file's `axes`.
pub type Axes = [(usize, i32); 3];

/// One time of standing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stand {
    /// Right side down, as the sensor has it, degrees.
    pub roll: f64,
    /// Nose up.
    pub pitch: f64,
    /// Standard uncertainty of the mean, degrees.
    pub u: f64,
    /// Frames.
    pub frames: usize,
    /// Mean force, m/s².
    pub force: f64,
}

/// The sensor's zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Zero {
    /// Of the sensor on the upright body, right side down, degrees.
    pub roll: f64,
    /// Nose up.
    pub pitch: f64,
    /// Standard uncertainty, degrees.
    pub u: f64,
    /// What the ground was found to be, roll and pitch as the vehicle first stood; `None` where it was not turned.
    pub ground: Option<[f64; 2]>,
}

/// Averages the frames of one time of standing.
///
/// # Errors
/// Too short, moved, frozen, no gravity, too far tilted.
pub fn stand(frames: &[(Uptime, Attitude)], axes: Axes) -> Result<Stand, Refusal> {
    let count = frames.len();
    let seconds = frames
        .first()
        .zip(frames.last())
        .map_or(0.0, |(a, b)| (b.0.0 - a.0.0) as f64 * 1e-6);
    if count < FRAMES_MIN || seconds < SECONDS_MIN {
        let values = [("frames", count.to_string()), ("seconds", format!("{seconds:.0}"))];
        return Err(Refusal::new(texts::ZERO_TOO_SHORT, &values));
    }
    if frames.windows(2).all(|pair| pair[0].1 == pair[1].1) {
        return Err(Refusal::new(texts::ZERO_FROZEN, &[("frames", count.to_string())]));
    }
    let rates = Moments::of(frames, |frame| frame.rate_mdeg_s, 1e-3);
    let forces = Moments::of(frames, |frame| frame.force_um_s2, 1e-6);
    let rate = rates.mean.map(f64::abs).into_iter().fold(0.0, f64::max);
    let (trembles, turns) = (forces.scatter(), rates.scatter());
    let (first, second) = frames.split_at(count / 2);
    let tilt = |frames| tilt(Moments::of(frames, |frame| frame.force_um_s2, 1e-6).mean, axes);
    let ([a, b], [c, d]) = (tilt(first), tilt(second));
    let drifts = (a - c).abs().max((b - d).abs());
    if trembles > FORCE_SCATTER_MAX || turns > RATE_SCATTER_MAX || rate > RATE_MAX || drifts > HALVES_WITHIN {
        let values = [
            ("trembles", format!("{trembles:.2}")),
            ("turns", format!("{:.1}", turns.max(rate))),
            ("drifts", format!("{drifts:.2}")),
        ];
        return Err(Refusal::new(texts::ZERO_MOVED, &values));
    }
    let force = forces.mean.iter().map(|f| f * f).sum::<f64>().sqrt();
    if (force - GRAVITY).abs() > GRAVITY_WITHIN {
        return Err(Refusal::new(
            texts::ZERO_NO_GRAVITY,
            &[("force", format!("{force:.2}"))],
        ));
    }
    let [roll, pitch] = self::tilt(forces.mean, axes);
    if roll.abs().max(pitch.abs()) > TILT_MAX {
        let values = [("roll", format!("{roll:.1}")), ("pitch", format!("{pitch:.1}"))];
        return Err(Refusal::new(texts::ZERO_TILTED, &values));
    }
    let u = MEAN_U.hypot(drifts / 2.0);
    Ok(Stand {
        roll,
        pitch,
        u,
        frames: count,
        force,
    })
}

/// The zero from one stand on ground that is level to `ground_u` degrees.
pub fn one_way(stand: &Stand, ground_u: f64) -> Zero {
    Zero {
        roll: stand.roll,
        pitch: stand.pitch,
        u: stand.u.hypot(ground_u),
        ground: None,
    }
}

/// From two stands on one place, the second turned round: the mounting is the same in both, the ground has changed its sign.
pub fn two_way(first: &Stand, second: &Stand) -> Zero {
    let mean = |a: f64, b: f64| (a + b) / 2.0;
    Zero {
        roll: mean(first.roll, second.roll),
        pitch: mean(first.pitch, second.pitch),
        u: (first.u.hypot(second.u) / 2.0).hypot(TURNED_GROUND_U),
        ground: Some([mean(first.roll, -second.roll), mean(first.pitch, -second.pitch)]),
    }
}

/// Roll and pitch, degrees, of a sensor in whose frame that is the specific force of rest.
fn tilt(force: [f64; 3], axes: Axes) -> [f64; 2] {
    let mut body = [0.0; 3];
    for (value, (axis, sign)) in force.into_iter().zip(axes) {
        if let Some(slot) = body.get_mut(axis) {
            *slot = value * f64::from(sign);
        }
    }
    let [forward, right, down] = body;
    let roll = (-right).atan2(-down);
    let pitch = forward.atan2(right.hypot(down));
    [roll.to_degrees(), pitch.to_degrees()]
}

/// Means and mean squares of three channels, from sums of integers.
struct Moments {
    mean: [f64; 3],
    variance: [f64; 3],
}

impl Moments {
    fn of(frames: &[(Uptime, Attitude)], channel: fn(&Attitude) -> [i32; 3], unit: f64) -> Moments {
        let count = frames.len().max(1) as f64;
        let (mut sum, mut squares) = ([0i128; 3], [0i128; 3]);
        for (_, frame) in frames {
            for (place, value) in channel(frame).into_iter().enumerate() {
                sum[place] += i128::from(value);
                squares[place] += i128::from(value) * i128::from(value);
            }
        }
        let whole = frames.len().max(1) as i128;
        let spread = |place: usize| (squares[place] * whole - sum[place] * sum[place]) as f64 / (count * count);
        Moments {
            mean: sum.map(|sum| sum as f64 / count * unit),
            variance: [0, 1, 2].map(|place| spread(place) * unit * unit),
        }
    }

    /// The largest of the three standard deviations.
    fn scatter(&self) -> f64 {
        self.variance.into_iter().fold(0.0, f64::max).sqrt()
    }
}
