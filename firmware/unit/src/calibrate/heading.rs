//! Which way the antennas' baseline points beside the vehicle's axis: shown by driving straight along a line, both ways.
//!
//! The problem: "the second antenna is in front of the first" is a centimetre wrong at a metre's distance, which is half a degree, which is
//! 5 cm at the end of a long vehicle. The answer: who drives straight goes where his axis points, so the course of a straight leg
//! less the mean heading is the offset. A camber makes a vehicle crab to its lower side: the other way along the same line it crabs to
//! the other side of *itself*, so the mean of both ways is free of it, and half their difference says how large it was.
//!
//! Legs are found by themselves: as long as the heading stands, forwards, fast enough; each must be a line. Deliberately not here:
//! Doppler velocities; and the sensor of a wheel's angle: straight is what the path says.
use super::Refusal;
use super::kinematics::{Headings, Motion, alike, motions, spread, wrapped};
use super::track::Place;
use crate::texts;
use std::f64::consts::PI;

/// Slower is not straight, metres a second.
const SPEED_MIN: f64 = 1.5;
/// Straight is where the heading turns less than this, radians a second (1.5 degrees).
const RATE_MAX: f64 = 0.026;
/// Over which it is looked at, seconds before and behind.
const HALF: f64 = 0.5;
/// A leg has so many metres.
const LEG_MIN: f64 = 20.0;
/// And lies so near its line, metres.
const BESIDE_MAX: f64 = 0.08;
/// Legs are of one line within this, radians (15 degrees).
const SAME_LINE: f64 = 0.26;
/// Both ways may differ by this, radians (0.6 degrees), until something else is wrong.
const HALF_DIFFERENCE_MAX: f64 = 0.010;
/// More is no mounting, radians (45 degrees): antennas abreast are a kind of their own.
const OFFSET_MAX: f64 = 0.8;
/// Beyond this it is of no use, radians (0.1 degrees).
const U_MAX: f64 = 0.0018;

/// What the legs show.
#[derive(Debug, Clone, PartialEq)]
pub struct Offset {
    /// Course less heading: what must be added to a heading, radians.
    pub offset: f64,
    /// Standard uncertainty, radians.
    pub u: f64,
    /// Half of what both ways differ by, radians: camber, wheels out of line.
    pub half_difference: f64,
    /// Legs there and back.
    pub legs: [usize; 2],
    /// Their metres.
    pub metres: [f64; 2],
}

/// One straight stretch.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Leg {
    course: f64,
    offset: f64,
    u: f64,
    metres: f64,
}

/// Estimates it; headings by tags that fit the places'.
///
/// # Errors
/// Where the drive shows nothing: slow, curved, backwards, one way only.
pub fn offset(places: &[Place], headings: &Headings) -> Result<Offset, Refusal> {
    let mut told = Told::default();
    let legs: Vec<Leg> = stretches(places, headings, &mut told)
        .into_iter()
        .filter_map(|stretch| leg(stretch, headings, &mut told))
        .collect();
    let Some(first) = legs.first() else {
        return Err(told.refusal(places, headings));
    };
    let along = |leg: &&Leg, to: f64| wrapped(leg.course - first.course - to).abs() <= SAME_LINE;
    let there: Vec<Leg> = legs.iter().filter(|leg| along(leg, 0.0)).copied().collect();
    let back: Vec<Leg> = legs.iter().filter(|leg| along(leg, PI)).copied().collect();
    let (a, b) = mean(&there).zip(mean(&back)).ok_or_else(|| {
        let metres = there.iter().map(|leg| leg.metres).sum::<f64>();
        Refusal::new(texts::HEADING_ONE_WAY, &[("metres", format!("{metres:.0}"))])
    })?;
    let half_difference = wrapped(b.0 - a.0) / 2.0;
    let offset = wrapped(a.0 + half_difference);
    let u = (a.1.hypot(b.1) / 2.0).hypot(half_difference / 3.0_f64.sqrt() / 2.0);
    let degrees = |angle: f64| format!("{:.2}", angle.to_degrees());
    if half_difference.abs() > HALF_DIFFERENCE_MAX {
        let values = [("difference", degrees(2.0 * half_difference))];
        return Err(Refusal::new(texts::HEADING_DIFFERS, &values));
    }
    if offset.abs() > OFFSET_MAX || u > U_MAX {
        let values = [("offset", degrees(offset)), ("u", degrees(u))];
        return Err(Refusal::new(texts::HEADING_NOT_PLAUSIBLE, &values));
    }
    let metres = [&there, &back].map(|legs| legs.iter().map(|leg| leg.metres).sum());
    Ok(Offset {
        offset,
        u,
        half_difference,
        legs: [there.len(), back.len()],
        metres,
    })
}

/// What was passed over, for whoever asks why, seconds.
#[derive(Debug, Default)]
struct Told {
    slow: usize,
    turning: usize,
    backwards: usize,
    short: usize,
    curved: usize,
}

impl Told {
    fn refusal(&self, places: &[Place], headings: &Headings) -> Refusal {
        let values = [
            ("places", places.len().to_string()),
            ("headings", headings.count().to_string()),
            ("slow", self.slow.to_string()),
            ("turning", self.turning.to_string()),
            ("backwards", self.backwards.to_string()),
            ("short", self.short.to_string()),
            ("curved", self.curved.to_string()),
        ];
        let text = match self.backwards > self.slow.max(self.turning) {
            true => texts::HEADING_BACKWARDS,
            false => texts::HEADING_NO_LEG,
        };
        Refusal::new(text, &values)
    }
}

/// Runs of epochs that go forwards, fast enough, without turning.
fn stretches<'p>(places: &'p [Place], headings: &Headings, told: &mut Told) -> Vec<&'p [Place]> {
    let motions = motions(places);
    let mut found = Vec::new();
    let mut begun: Option<(f64, f64)> = None;
    let mut close = |span: Option<(f64, f64)>| {
        let Some((from, to)) = span else { return };
        let (a, b) = (
            places.partition_point(|p| p.t < from),
            places.partition_point(|p| p.t <= to),
        );
        found.extend(places.get(a..b));
    };
    for motion in &motions {
        let goes_on = begun.is_none_or(|(_, last)| motion.t - last <= super::kinematics::HOLE);
        if !goes_on {
            close(begun.take());
        }
        if is_straight(motion, headings, told) {
            begun = Some((begun.map_or(motion.t, |(from, _)| from), motion.t));
        } else {
            close(begun.take());
        }
    }
    close(begun);
    found
}

fn is_straight(motion: &Motion, headings: &Headings, told: &mut Told) -> bool {
    let Some((heading, rate)) = headings.at(motion.t).zip(headings.rate(motion.t, HALF)) else {
        return false;
    };
    let count = match () {
        () if motion.speed < SPEED_MIN => &mut told.slow,
        () if wrapped(motion.course - heading).abs() > PI / 2.0 => &mut told.backwards,
        () if rate.abs() > RATE_MAX => &mut told.turning,
        () => return true,
    };
    *count += 1;
    false
}

/// The line through a stretch, and the mean heading along it.
fn leg(stretch: &[Place], headings: &Headings, told: &mut Told) -> Option<Leg> {
    let (first, last) = (stretch.first()?, stretch.last()?);
    let (e, n) = (last.e - first.e, last.n - first.n);
    let metres = e.hypot(n);
    if metres < LEG_MIN {
        told.short += 1;
        return None;
    }
    // Distances from the chord, as a line over the way along it: its slope turns the chord into the line.
    let chord = e.atan2(n);
    let (sin, cos) = chord.sin_cos();
    let along = |p: &Place| (p.e - first.e) * sin + (p.n - first.n) * cos;
    let right = |p: &Place| (p.e - first.e) * cos - (p.n - first.n) * sin;
    let xs: Vec<f64> = stretch.iter().map(along).collect();
    let ys: Vec<f64> = stretch.iter().map(right).collect();
    let ((x, width), (y, _)) = (spread(&xs)?, spread(&ys)?);
    let products: f64 = xs.iter().zip(&ys).map(|(a, b)| (a - x) * (b - y)).sum();
    let count = xs.len() as f64;
    let slope = products / (width * width * count);
    let beside: Vec<f64> = xs.iter().zip(&ys).map(|(a, b)| b - y - slope * (a - x)).collect();
    let (_, scatter) = spread(&beside)?;
    if scatter > BESIDE_MAX {
        told.curved += 1;
        return None;
    }
    let course = chord + slope.atan();
    let offsets: Vec<f64> = stretch
        .iter()
        .filter_map(|p| Some(wrapped(course - headings.at(p.t)?)))
        .collect();
    let (offset, heading_scatter) = spread(&offsets)?;
    let from_mean: Vec<f64> = offsets.iter().map(|o| o - offset).collect();
    let line_u = scatter * alike(&beside) / (width * count.sqrt());
    let heading_u = heading_scatter * alike(&from_mean) / count.sqrt();
    let u = line_u.hypot(heading_u).max(1e-6);
    Some(Leg {
        course,
        offset,
        u,
        metres,
    })
}

/// Weighed by their metres.
fn mean(legs: &[Leg]) -> Option<(f64, f64)> {
    let metres: f64 = legs.iter().map(|leg| leg.metres).sum();
    let first = legs.first()?.offset;
    let sum = |of: &dyn Fn(&Leg) -> f64| legs.iter().map(of).sum::<f64>();
    let offset = first + sum(&|leg| wrapped(leg.offset - first) * leg.metres) / metres;
    let u = sum(&|leg| (leg.u * leg.metres).powi(2)).sqrt() / metres;
    Some((offset, u))
}
