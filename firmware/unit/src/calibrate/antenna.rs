//! Where the main antenna sits on the body: shown by standing on a mark in several directions, or by circles.
//!
//! The problem: a tape measures from a bumper to a housing, not from the middle of the rear axle to a phase centre. The answer: one place of the
//! body that keeps its place while the body turns shows the antenna's arm: it goes round that place on a circle, in the
//! body's own frame it stands. On a *mark* that place is the body's origin itself (a plumb under the middle of the rear axle): forward and right are known.
//! On a *circle* it is the centre of the turn, which lies on the rear axle's line because a rear axle does not slip sideways: how far forward the
//! antenna is, is known; how far right it is not, since nobody knows the radius.
//!
//! Both are one fit: place = centre + turned(arm), four unknowns, least squares. Badly spread directions show in the uncertainty and are refused by it.
//!
//! Deliberately not here: heights, and two-wheelers on circles, which lean (marks are for them; whoever gives circles of one is refused by the
//! caller).
use super::Refusal;
use super::kinematics::{HOLE, Headings, motions, spread};
use super::track::Place;
use crate::texts;
use std::f64::consts::TAU;

/// It stands where it goes slower than this, metres a second, and as long as this, seconds.
const STANDS: f64 = 0.06;
const STAND_MIN: f64 = 8.0;
/// Stands farther apart than this are not on one mark, metres: twice the longest arm.
const SAME_MARK: f64 = 30.0;
/// A place is not better than this, metres: multipath, and the plumb.
const PLACE_U: f64 = 0.008;
/// A circle turns so fast, radians a second, and so far.
const CIRCLES: f64 = 0.12;
const ROUND: f64 = 0.75 * TAU;
/// What a circle leaves beside it, metres.
const BESIDE_MAX: f64 = 0.06;
/// How well heading and place are known to be of one instant, seconds: it moves a circle's arm forward by speed times this.
const SKEW_U: f64 = 0.010;
/// Beyond this it is of no use, metres.
const U_MAX: f64 = 0.030;
/// An arm is no longer, metres.
const ARM_MAX: f64 = 15.0;

/// What was shown of the arm.
#[derive(Debug, Clone, PartialEq)]
pub struct Arm {
    /// Forward of the rear axle, metres, with its standard uncertainty.
    pub forward: (f64, f64),
    /// Right of the middle; `None` where only circles were ridden.
    pub right: Option<(f64, f64)>,
    /// Stands, or circles.
    pub count: usize,
    /// What the fit leaves, metres.
    pub scatter: f64,
}

/// A place with the body's direction.
pub type Stand = (Place, f64);

/// The stands of a recording: mean places and headings.
pub fn stands(places: &[Place], headings: &Headings) -> Vec<Stand> {
    let mut found = Vec::new();
    let mut run: Vec<Place> = Vec::new();
    let mut close = |run: &mut Vec<Place>| {
        let run = std::mem::take(run);
        let (Some(first), Some(last)) = (run.first(), run.last()) else {
            return;
        };
        let count = run.len() as f64;
        if last.t - first.t >= STAND_MIN {
            let turned: Vec<f64> = run.iter().filter_map(|p| headings.at(p.t)).collect();
            if let Some((heading, _)) = spread(&turned) {
                let mean = |of: &dyn Fn(&Place) -> f64| run.iter().map(of).sum::<f64>() / count;
                let (t, e, n) = (first.t, mean(&|p| p.e), mean(&|p| p.n));
                found.push((Place { t, e, n }, heading));
            }
        }
    };
    for motion in motions(places) {
        let here = places.partition_point(|p| p.t < motion.t);
        let goes_on = run.last().is_none_or(|last| motion.t - last.t <= HOLE);
        // A second's way, not an epoch's noise.
        if motion.speed > STANDS && is_away(&run, places.get(here)) || !goes_on {
            close(&mut run);
        }
        run.extend(places.get(here));
    }
    close(&mut run);
    found
}

fn is_away(run: &[Place], here: Option<&Place>) -> bool {
    let (Some(first), Some(here)) = (run.first(), here) else {
        return false;
    };
    (here.e - first.e).hypot(here.n - first.n) > 0.05
}

/// From stands on one mark in at least two directions.
///
/// # Errors
/// Too few, of one direction, not on one mark.
pub fn on_marks(stands: &[Stand]) -> Result<Arm, Refusal> {
    let count = stands.len();
    let few = || Refusal::new(texts::ANTENNA_FEW_STANDS, &[("count", count.to_string())]);
    if count < 2 {
        return Err(few());
    }
    let fit = Fit::of(stands, PLACE_U).ok_or_else(few)?;
    let [forward_u, right_u] = fit.u;
    let beyond = fit.scatter > BESIDE_MAX || stands.iter().any(|(p, _)| distance(p, &stands[0].0) > SAME_MARK);
    refuse_bad(&fit, beyond, forward_u.max(right_u))?;
    Ok(Arm {
        forward: (fit.arm[0], forward_u),
        right: Some((fit.arm[1], right_u)),
        count,
        scatter: fit.scatter,
    })
}

/// From circles both ways.
///
/// # Errors
/// Without a circle each way; where both contradict each other, or what was ridden were none.
pub fn on_circles(places: &[Place], headings: &Headings) -> Result<Arm, Refusal> {
    let circles = circles(places, headings);
    let side = |left: bool| circles.iter().filter(move |c| c.is_left == left);
    if side(true).next().is_none() || side(false).next().is_none() {
        let count = |left| side(left).count().to_string();
        let values = [("left", count(true)), ("right", count(false))];
        return Err(Refusal::new(texts::ANTENNA_NO_CIRCLES, &values));
    }
    let forwards: Vec<f64> = circles.iter().map(|c| c.fit.arm[0]).collect();
    let (forward, apart) = spread(&forwards).unwrap_or((0.0, 0.0));
    let speed = circles.iter().map(|c| c.speed).fold(0.0, f64::max);
    let own = circles.iter().map(|c| c.fit.u[0]).fold(0.0, f64::max);
    let u = own.hypot(speed * SKEW_U).hypot(apart / (circles.len() as f64).sqrt());
    let scatter = circles.iter().map(|c| c.fit.scatter).fold(0.0, f64::max);
    let fit = circles.first().map(|c| c.fit).unwrap_or_default();
    refuse_bad(&fit, scatter > BESIDE_MAX || apart > 3.0 * U_MAX, u)?;
    Ok(Arm {
        forward: (forward, u),
        right: None,
        count: circles.len(),
        scatter,
    })
}

fn refuse_bad(fit: &Fit, beyond: bool, u: f64) -> Result<(), Refusal> {
    let mm = |metres: f64| format!("{:.0}", metres * 1e3);
    let values = [("scatter", mm(fit.scatter)), ("u", mm(u)), ("forward", mm(fit.arm[0]))];
    if beyond || fit.arm[0].abs() > ARM_MAX {
        return Err(Refusal::new(texts::ANTENNA_NO_FIT, &values));
    }
    match u <= U_MAX {
        true => Ok(()),
        false => Err(Refusal::new(texts::ANTENNA_TOO_VAGUE, &values)),
    }
}

struct Circle {
    fit: Fit,
    is_left: bool,
    speed: f64,
}

fn circles(places: &[Place], headings: &Headings) -> Vec<Circle> {
    let motions = motions(places);
    let mut found = Vec::new();
    let mut run: Vec<(Stand, f64)> = Vec::new();
    let mut side = 0.0;
    let mut close = |run: &mut Vec<(Stand, f64)>, side: f64| {
        let run = std::mem::take(run);
        let turned = run
            .last()
            .zip(run.first())
            .map_or(0.0, |(last, first)| last.0.1 - first.0.1);
        if turned.abs() < ROUND {
            return;
        }
        let stands: Vec<Stand> = run.iter().map(|(stand, _)| *stand).collect();
        let speeds: Vec<f64> = run.iter().map(|(_, speed)| *speed).collect();
        if let Some((fit, (speed, _))) = Fit::of(&stands, PLACE_U).zip(spread(&speeds)) {
            let is_left = side < 0.0;
            found.push(Circle { fit, is_left, speed });
        }
    };
    for motion in &motions {
        let turning = headings.at(motion.t).zip(headings.rate(motion.t, 0.2));
        let here = places.get(places.partition_point(|p| p.t < motion.t));
        let (Some((heading, rate)), Some(place)) = (turning.filter(|(_, rate)| rate.abs() >= CIRCLES), here) else {
            close(&mut run, side);
            continue;
        };
        let goes_on = run.last().is_none_or(|((last, _), _)| motion.t - last.t <= HOLE);
        if !goes_on || rate.signum() != side {
            close(&mut run, side);
            side = rate.signum();
        }
        run.push(((*place, heading), motion.speed));
    }
    close(&mut run, side);
    found
}

fn distance(a: &Place, b: &Place) -> f64 {
    (a.e - b.e).hypot(a.n - b.n)
}

/// Centre and arm of places that go round together.
#[derive(Debug, Clone, Copy, Default)]
struct Fit {
    /// Forward, right.
    arm: [f64; 2],
    u: [f64; 2],
    scatter: f64,
}

impl Fit {
    /// Least squares of `e = c_e + f sin + r cos`, `n = c_n + f cos - r sin`. The centres fall out: from places and directions less their means, two
    /// equations of two unknowns remain, whose matrix is a multiple of one: how far the directions are spread.
    fn of(stands: &[Stand], place_u: f64) -> Option<Fit> {
        let count = stands.len() as f64;
        let mean = |of: &dyn Fn(&Stand) -> f64| stands.iter().map(of).sum::<f64>() / count;
        let (e, n) = (mean(&|s| s.0.e), mean(&|s| s.0.n));
        let (sin, cos) = (mean(&|s| s.1.sin()), mean(&|s| s.1.cos()));
        let spread = count * (1.0 - sin * sin - cos * cos);
        if spread < 1e-6 {
            return None;
        }
        let sum = |of: &dyn Fn(f64, f64, f64, f64) -> f64| {
            let term = |s: &Stand| of(s.0.e - e, s.0.n - n, s.1.sin() - sin, s.1.cos() - cos);
            stands.iter().map(term).sum::<f64>()
        };
        let forward = sum(&|e, n, sin, cos| e * sin + n * cos) / spread;
        let right = sum(&|e, n, sin, cos| e * cos - n * sin) / spread;
        let squares = sum(&|e, n, sin, cos| {
            (e - forward * sin - right * cos).powi(2) + (n - forward * cos + right * sin).powi(2)
        });
        let free = (2.0 * count - 4.0).max(1.0);
        let scatter = (squares / free).sqrt();
        // Neighbours on a circle share their error: it counts as five places a turn, not as hundreds.
        let told = spread * (5.0 / count).min(1.0);
        let u = scatter.max(place_u) / told.sqrt();
        Some(Fit {
            arm: [forward, right],
            u: [u, u],
            scatter,
        })
    }
}
