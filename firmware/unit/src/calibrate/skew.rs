//! How far the headings' time tags are off the positions' (`receiver.heading_skew`): shown by a turn both ways.
//!
//! The problem: some boards tag a heading one epoch behind the position of its instant; standing or straight on nobody sees it, and in a
//! turn of 20 degrees a second the nose of a bus is 60 cm beside where it is thought to be. The answer: a vehicle goes where its rear axle points. The
//! course of the antenna, less what its place before the axle adds in a turn (asin(yaw rate × forward / speed)), is the
//! heading; what remains grows with the yaw rate, by the skew, and a baseline that is mounted askew is the part that does not. So
//! the remainder is laid against the yaw rate, shifted by its slope, and laid again.
//!
//! The antenna's place turns the path by yaw rate over speed, a skew by the yaw rate alone: at one speed they are the same. So the place that
//! the file has goes into the fit with its uncertainty, as one more thing that was measured, and a drive at several speeds betters it.
//!
//! Turns to one side only would do for a perfect receiver; both are asked for, so that no error that has a side (a tyre, a slope)
//! passes for a skew.
//!
//! Deliberately not here: Doppler velocities (they are smoothed and late in their own way), and a skew of less than an epoch: sentences
//! are joined by equal tags, nothing else could be configured.
use super::Refusal;
use super::kinematics::{Headings, Motion, alike, motions, pace, wrapped};
use super::track::Place;
use crate::texts;

/// Slower, a course is noise, metres a second.
const SPEED_MIN: f64 = 0.8;
/// A turn begins here, radians a second: 6 degrees.
const TURNS: f64 = 0.105;
/// So long it must turn to each side, seconds.
const TURNING_MIN: f64 = 4.0;
/// The largest skew that is looked for, seconds.
const LARGEST: f64 = 1.0;
/// Yaw rate is taken over so much before and behind, seconds.
const HALF: f64 = 0.2;
/// A remainder that is no line's, radians: the heading is not the path's at all.
const REMAINDER_MAX: f64 = 0.14;
/// Tags have milliseconds.
const U_LEAST: f64 = 0.001;
/// So many times the middle one's, and at least so much, sideways in metres a second: then it is no noise of a place that is right.
const OUTLIER: f64 = 6.0;
const OUTLIER_LEAST: f64 = 1.0;
/// A result is of use when it is known to a quarter of an epoch.
const PART_OF_EPOCH: f64 = 0.25;

/// Where the antenna sits before the rear axle, metres, and how well that is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forward {
    /// Forward of the axle.
    pub at: f64,
    /// Standard uncertainty.
    pub u: f64,
}

/// What the turns show.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Skew {
    /// To be added to a heading's tag, seconds.
    pub skew: f64,
    /// Standard uncertainty, seconds: the remainders' scatter, and the antenna's place over the speed.
    pub u: f64,
    /// How far forward the antenna is, by the file and this drive together, metres.
    pub forward: f64,
    /// What does not depend on the turn: how the baseline points beside the axis, radians (course less heading).
    pub offset: f64,
    /// Seconds of turning left and right.
    pub turned: [f64; 2],
    /// From epoch to epoch, seconds.
    pub pace: f64,
    /// As whole epochs.
    pub epochs: i64,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    rate: f64,
    rest: f64,
    speed: f64,
}

/// Estimates it.
///
/// # Errors
/// Where the drive shows nothing: too gentle, to one side only, backwards, without headings; or where it is no whole number of epochs.
pub fn skew(places: &[Place], headings: &Headings, forward: Forward) -> Result<Skew, Refusal> {
    let pace = pace(places)
        .filter(|pace| *pace > 0.0)
        .ok_or_else(|| no_data(places, headings))?;
    let moving: Vec<Motion> = motions(places).into_iter().filter(|m| m.speed >= SPEED_MIN).collect();
    let mut best = coarse(&moving, headings, forward).ok_or_else(|| no_data(places, headings))?;
    let mut fit = Fit::default();
    for _ in 0..12 {
        let rows = believed(rows(&moving, headings, forward, best));
        fit = Fit::through(&rows, forward.u).ok_or_else(|| no_data(places, headings))?;
        best += fit.skew.clamp(-0.2, 0.2);
    }
    let rows = believed(rows(&moving, headings, forward, best));
    backwards(&moving, headings, best, pace)?;
    let turned = turned(&rows, pace)?;
    if fit.scatter > REMAINDER_MAX || best.abs() > LARGEST + 0.1 {
        let scatter = format!("{:.1}", fit.scatter.to_degrees());
        return Err(Refusal::new(texts::SKEW_NO_PATH, &[("scatter", scatter)]));
    }
    let epochs = (best / pace).round();
    let found = Skew {
        skew: best,
        u: fit.skew_u.max(U_LEAST),
        forward: forward.at + fit.forward,
        offset: fit.at_rest,
        turned,
        pace,
        epochs: epochs as i64,
    };
    whole(found)
}

/// Known well enough, and a whole number of epochs.
fn whole(found: Skew) -> Result<Skew, Refusal> {
    let ms = |seconds: f64| format!("{:.0}", seconds * 1e3);
    let values = [("skew", ms(found.skew)), ("u", ms(found.u)), ("pace", ms(found.pace))];
    if found.u > found.pace * PART_OF_EPOCH {
        return Err(Refusal::new(texts::SKEW_TOO_VAGUE, &values));
    }
    let beside = (found.skew - found.epochs as f64 * found.pace).abs();
    if beside > (3.0 * found.u).max(found.pace * 0.1) {
        return Err(Refusal::new(texts::SKEW_NO_EPOCHS, &values));
    }
    Ok(found)
}

fn no_data(places: &[Place], headings: &Headings) -> Refusal {
    let values = [
        ("places", places.len().to_string()),
        ("headings", headings.count().to_string()),
    ];
    Refusal::new(texts::CALIBRATE_NO_DATA, &values)
}

/// The shift with the least scatter, of some.
fn coarse(moving: &[Motion], headings: &Headings, forward: Forward) -> Option<f64> {
    let total = |rows: Vec<Row>| Fit::through(&believed(rows), forward.u).map(|fit| fit.total);
    let scatter = |shift: f64| total(rows(moving, headings, forward, shift));
    let shifts = (-20..=20).map(|n| f64::from(n) * LARGEST / 20.0);
    let known = shifts.filter_map(|shift| Some((shift, scatter(shift)?)));
    known.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(shift, _)| shift)
}

/// What of the course neither the heading, tagged anew, nor the antenna's place explains. Backwards is left out.
fn rows(moving: &[Motion], headings: &Headings, forward: Forward, shift: f64) -> Vec<Row> {
    let row = |motion: &Motion| {
        let t = motion.t - shift;
        let (heading, rate) = (headings.at(t)?, headings.rate(t, HALF)?);
        let lever = (rate * forward.at / motion.speed).clamp(-1.0, 1.0).asin();
        let rest = wrapped(motion.course - heading - lever);
        let speed = motion.speed;
        (rest.abs() < 1.0).then_some(Row { rate, rest, speed })
    };
    moving.iter().filter_map(row).collect()
}

/// Without the epochs whose place is metres off: farther from the middle of all than nine in ten are ever.
fn believed(mut rows: Vec<Row>) -> Vec<Row> {
    let middle = |values: &mut Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(0.0)
    };
    let centre = middle(&mut rows.iter().map(|row| row.rest).collect());
    let beside = |row: &Row| (row.rest - centre).abs() * row.speed;
    let width = middle(&mut rows.iter().map(beside).collect());
    rows.retain(|row| beside(row) <= (OUTLIER * width).max(OUTLIER_LEAST));
    rows
}

/// A fifth of the way backwards is a drive for something else.
fn backwards(moving: &[Motion], headings: &Headings, shift: f64, pace: f64) -> Result<(), Refusal> {
    let known: Vec<f64> = moving
        .iter()
        .filter_map(|m| Some(wrapped(m.course - headings.at(m.t - shift)?)))
        .collect();
    let back = known.iter().filter(|beside| beside.abs() > 2.0).count();
    match back * 5 > known.len() {
        true => Err(Refusal::new(
            texts::CALIBRATE_BACKWARDS,
            &[("seconds", format!("{:.0}", back as f64 * pace))],
        )),
        false => Ok(()),
    }
}

fn turned(rows: &[Row], pace: f64) -> Result<[f64; 2], Refusal> {
    let seconds = |turns: &dyn Fn(f64) -> bool| rows.iter().filter(|row| turns(row.rate)).count() as f64 * pace;
    let turned = [seconds(&|rate| rate <= -TURNS), seconds(&|rate| rate >= TURNS)];
    if turned.iter().all(|seconds| *seconds >= TURNING_MIN) {
        return Ok(turned);
    }
    let [left, right] = turned.map(|seconds| format!("{seconds:.0}"));
    Err(Refusal::new(
        texts::SKEW_TOO_GENTLE,
        &[("left", left), ("right", right)],
    ))
}

/// Remainder = at_rest - rate * skew + rate / speed * forward.
#[derive(Debug, Clone, Copy, Default)]
struct Fit {
    at_rest: f64,
    skew: f64,
    skew_u: f64,
    /// Beyond what the file has.
    forward: f64,
    /// Of the remainders about the fit, radians.
    scatter: f64,
    /// Of the remainders about their mean, squared.
    total: f64,
}

impl Fit {
    /// Each row counts by its speed's square: the slower, the more a place's noise turns the course. Twice, because how much the file's word
    /// weighs depends on the scatter.
    fn through(rows: &[Row], forward_u: f64) -> Option<Fit> {
        let weights: f64 = rows.iter().map(|row| row.speed * row.speed).sum();
        if rows.len() < 10 || weights <= 0.0 {
            return None;
        }
        let mean =
            |of: &dyn Fn(&Row) -> f64| rows.iter().map(|row| row.speed * row.speed * of(row)).sum::<f64>() / weights;
        let rest = mean(&|row| row.rest);
        let total = mean(&|row| (row.rest - rest).powi(2));
        let mut fit = Fit {
            total,
            ..Fit::default()
        };
        let mut variance = (total * weights / rows.len() as f64).max(1e-9);
        for _ in 0..3 {
            let ([at_rest, skew, forward], skew_u) = solved(rows, variance, forward_u)?;
            let beside = |row: &Row| row.rest - at_rest + row.rate * skew - row.rate / row.speed * forward;
            let sideways: Vec<f64> = rows.iter().map(|row| beside(row) * row.speed).collect();
            let squares: f64 = sideways.iter().map(|s| s * s).sum();
            variance = (squares / rows.len() as f64 * alike(&sideways).powi(2)).max(1e-9);
            fit = Fit {
                at_rest,
                skew,
                skew_u,
                forward,
                scatter: mean(&|row| beside(row).powi(2)).sqrt(),
                total,
            };
        }
        Some(fit)
    }
}

/// The three unknowns, and the standard uncertainty of the skew; `variance` is of a row's remainder times its speed.
fn solved(rows: &[Row], variance: f64, forward_u: f64) -> Option<([f64; 3], f64)> {
    let (mut n, mut b) = ([[0.0; 3]; 3], [0.0; 3]);
    for row in rows {
        let x = [row.speed, -row.rate * row.speed, row.rate];
        for (i, a) in x.into_iter().enumerate() {
            b[i] += a * row.rest * row.speed / variance;
            for (j, c) in x.into_iter().enumerate() {
                n[i][j] += a * c / variance;
            }
        }
    }
    n[2][2] += 1.0 / forward_u.max(1e-3).powi(2);
    let minor = |i: usize, j: usize| {
        let (a, c) = ((i + 1) % 3, (i + 2) % 3);
        let (d, e) = ((j + 1) % 3, (j + 2) % 3);
        n[a][d] * n[c][e] - n[a][e] * n[c][d]
    };
    let determinant: f64 = (0..3).map(|j| n[0][j] * minor(0, j)).sum();
    if determinant.abs() < 1e-12 {
        return None;
    }
    let inverse = |i: usize, j: usize| minor(j, i) / determinant;
    let unknowns = [0, 1, 2].map(|i| (0..3).map(|j| inverse(i, j) * b[j]).sum());
    Some((unknowns, inverse(1, 1).max(0.0).sqrt()))
}
