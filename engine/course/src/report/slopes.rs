//! What is measured of slopes: ramps and their vertical curves.
use super::{Found, extent};
use crate::{Course, Measure, Point2, Shape, Site};

/// A rise and a run, metres, as a gradient with its uncertainty.
pub(super) fn slope(rise_and_run: Option<(f64, f64)>, u: f64) -> Vec<Found> {
    let found = |(rise, run): (f64, f64)| Found {
        place: String::new(),
        value: Measure::slope(rise / run),
        u: Measure::slope(u / run),
    };
    rise_and_run
        .filter(|(_, run)| *run > 0.0)
        .map(found)
        .into_iter()
        .collect()
}

fn profile(site: &Site) -> Option<&[(Point2, f64)]> {
    match &site.part("profile")?.shape {
        Shape::Profile { line, .. } => Some(line),
        _ => None,
    }
}

/// Slopes that differ by less belong to one straight, not to a curve.
const STRAIGHT: f64 = 0.002;

/// Rise and run, metres, of the steepest rising straight of a profile.
pub(super) fn straight(site: &Site) -> Option<(f64, f64)> {
    straights(profile(site)?)
        .into_iter()
        .filter(|(_, _, run)| *run >= 0.5)
        .map(|(_, rise, run)| (rise, run))
        .reduce(|best, this| {
            let steeper = this.0 / this.1 > best.0 / best.1;
            if steeper { this } else { best }
        })
}

/// Where a straight begins, where it ends, and the slope of its first piece.
type Straight = ((Point2, f64), (Point2, f64), f64);

/// The straights of a profile as (middle, rise, run), metres: neighbouring pieces of nearly one slope.
pub(crate) fn straights(line: &[(Point2, f64)]) -> Vec<(Point2, f64, f64)> {
    let mut found: Vec<Straight> = Vec::new();
    for pair in line.windows(2) {
        let [from, to] = pair else { continue };
        let run = from.0.distance(to.0);
        if run <= 0.0 {
            continue;
        }
        let slope = (to.1 - from.1) / run;
        match found.last_mut() {
            Some((_, end, first)) if (slope - *first).abs() < STRAIGHT => *end = *to,
            _ => found.push((*from, *to, slope)),
        }
    }
    let straight = |(from, to, _): Straight| {
        let middle = Point2::new((from.0.e + to.0.e) * 0.5, (from.0.n + to.0.n) * 0.5);
        (middle, to.1 - from.1, from.0.distance(to.0))
    };
    found.into_iter().map(straight).collect()
}

/// The profile's points with their height above the bare ground, metres.
pub(super) fn above_ground(course: &Course, site: &Site) -> Vec<(Point2, f64)> {
    above(course, profile(site).unwrap_or_default())
}

/// The same of any profile.
pub(crate) fn above(course: &Course, profile: &[(Point2, f64)]) -> Vec<(Point2, f64)> {
    let points = profile.iter();
    points
        .map(|(point, height)| (*point, height - course.surface().base_at(point.e, point.n).height))
        .collect()
}

/// From the profile's first point, the foot, to where it first is as high above the ground as it gets, metres.
pub(super) fn ramp_length(course: &Course, site: &Site) -> Option<f64> {
    let above = above_ground(course, site);
    let top = above.iter().map(|(_, above)| *above).reduce(libm::fmax)?;
    let crest = above.iter().find(|(_, above)| top - above < 5e-4)?.0;
    Some(above.first()?.0.distance(crest))
}

/// A piece of one slope that is longer than this (metres) is a straight, not a chord of a curve.
const NO_CHORD: f64 = 1.0;

/// The radius of each vertical curve of a ramp, in riding direction: its length by the bend between the straights that it
/// joins, the ground before and behind among them; where two straights meet in a kink, 0.
pub(super) fn vertical_curves(course: &Course, site: &Site, u: f64) -> Vec<Found> {
    let mut curves = Vec::new();
    let (mut slope, mut chords) = (0.0, 0.0);
    let pieces = straights(&above_ground(course, site));
    let level = (Point2::default(), 0.0, f64::INFINITY);
    for (_, rise, run) in pieces.into_iter().chain([level]) {
        if run < NO_CHORD {
            chords += run;
            continue;
        }
        curves.push((chords, libm::fabs(rise / run - slope)));
        (slope, chords) = (rise / run, 0.0);
    }
    let bent = curves.into_iter().filter(|(_, bend)| *bend > KINK);
    let found = |(index, (length, bend)): (usize, (f64, f64))| {
        let radius = length / bend;
        Found {
            place: format!("{}", index + 1),
            value: Measure::metres(radius),
            // What the survey blurs is the sagitta, length x bend / 8.
            u: Measure::metres(libm::fmin(radius * 8.0 * u / (length * bend), MOST)),
        }
    };
    bent.enumerate().map(found).collect()
}

/// A smaller bend (rise per run) is no vertical curve but the survey's noise.
const KINK: f64 = 0.02;
/// A radius is not known worse than this, metres: where two straights meet in a kink its sagitta is 0.
const MOST: f64 = 1_000.0;

pub(super) fn above_foot(site: &Site) -> Option<f64> {
    let foot = profile(site)?.first()?.0;
    Some(extent(site, "pole_line", |site, p| site.along(p))?.0 - site.along(foot))
}
