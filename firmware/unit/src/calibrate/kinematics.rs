//! Paths and headings as functions of time, and lines through points: what several calibrations need.
//!
//! Angles are radians, headings clockwise from north; body frame forward, right. Deliberately not here: what is believed.
use super::track::Place;
use std::f64::consts::{PI, TAU};

/// Farther apart, two headings or places are not of one motion, seconds.
pub const HOLE: f64 = 0.6;

/// The same angle from -π to π.
pub fn wrapped(angle: f64) -> f64 {
    let turned = angle.rem_euclid(TAU);
    if turned > PI { turned - TAU } else { turned }
}

/// Headings by time, unwrapped, in order.
#[derive(Debug, Clone, Default)]
pub struct Headings(Vec<(f64, f64)>);

impl Headings {
    /// Of times in seconds and headings; a time that is not behind the one before it is left out.
    pub fn new(said: impl IntoIterator<Item = (f64, f64)>) -> Headings {
        let mut known: Vec<(f64, f64)> = Vec::new();
        for (t, heading) in said {
            match known.last() {
                Some((last, _)) if t <= *last => {}
                Some((_, before)) => known.push((t, before + wrapped(heading - before))),
                None => known.push((t, heading)),
            }
        }
        Headings(known)
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// At an instant between two that are near.
    pub fn at(&self, t: f64) -> Option<f64> {
        let after = self.0.partition_point(|(at, _)| *at < t);
        let (b, angle_b) = *self.0.get(after)?;
        if b == t {
            return Some(angle_b);
        }
        let (a, angle_a) = *self.0.get(after.checked_sub(1)?)?;
        (b - a <= HOLE).then(|| angle_a + (angle_b - angle_a) * (t - a) / (b - a))
    }

    /// How fast it turns there, over `half` a second before and behind, radians a second.
    pub fn rate(&self, t: f64, half: f64) -> Option<f64> {
        Some((self.at(t + half)? - self.at(t - half)?) / (2.0 * half))
    }
}

/// Which way and how fast a path goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Motion {
    /// Seconds.
    pub t: f64,
    /// Course over ground.
    pub course: f64,
    /// Metres a second.
    pub speed: f64,
}

/// By the places before and behind each; where those are equally far in time the chord of an arc has its middle's direction, exactly.
pub fn motions(places: &[Place]) -> Vec<Motion> {
    let motion = |three: &[Place]| {
        let (a, middle, b) = (three.first()?, three.get(1)?, three.get(2)?);
        let (before, behind) = (middle.t - a.t, b.t - middle.t);
        if !(before > 0.0 && before <= HOLE && (behind - before).abs() < before * 0.1) {
            return None;
        }
        let (e, n) = (b.e - a.e, b.n - a.n);
        Some(Motion {
            t: middle.t,
            course: e.atan2(n),
            speed: e.hypot(n) / (b.t - a.t),
        })
    };
    places.windows(3).filter_map(motion).collect()
}

/// The middle one of the steps between places, seconds: the receiver's pace.
pub fn pace(places: &[Place]) -> Option<f64> {
    let mut steps: Vec<f64> = places.windows(2).map(|pair| pair[1].t - pair[0].t).collect();
    steps.sort_by(f64::total_cmp);
    steps.get(steps.len() / 2).copied()
}

/// Mean and standard deviation.
pub fn spread(values: &[f64]) -> Option<(f64, f64)> {
    let count = values.len() as f64;
    let mean = (count > 0.0).then(|| values.iter().sum::<f64>() / count)?;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    Some((mean, (squares / count).sqrt()))
}

/// By how much neighbours that resemble each other make a mean less certain than its count says: the root of (1 + r) / (1 - r), r their
/// correlation.
pub fn alike(residuals: &[f64]) -> f64 {
    let squares: f64 = residuals.iter().map(|r| r * r).sum();
    let products: f64 = residuals.windows(2).map(|pair| pair[0] * pair[1]).sum();
    let r = if squares > 0.0 {
        (products / squares).clamp(0.0, 0.98)
    } else {
        0.0
    };
    ((1.0 + r) / (1.0 - r)).sqrt()
}
