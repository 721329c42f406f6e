//! 模拟连续急弯山区路: as a curve, on one's own side; slowed down and a toot before each bend.
use super::clear_of_ground;
use super::curve::{Drift, Lane, Lead, follow};
use super::drive::lapse;
use super::{SHIFT_S, exact_tyres, item, stretch, tune};
use crate::driver::stint::{Act, Berth};
use crate::driver::{Chore, Item, Lapse, Scene};
use crate::geometry::{Fences, Gate, points};
use crate::vehicle::dash::Control;
use crate::vehicle::motion::Motion;
use crate::vehicle::path::{Path, Xy};
use kaoguan_course::Site;

/// Round the bends, m/s: 11 km/h.
const SLOW: f64 = 3.0;
/// Between entry and the first bend, m/s.
const CRUISE: f64 = 4.2;
/// It is slow so far before a bend's line, metres.
const BEFORE: f64 = 1.0;
/// Who comes too fast has slowed down so far behind the line, metres.
const BEHIND: f64 = 5.0;
/// A toot so long before the line, and how long, seconds.
const EARLY_S: f64 = 2.0;
const TOOT_S: f64 = 0.5;
/// Where the bends' middles are, as shares of the road's length: to the right, to the left.
const MIDDLES: [f64; 2] = [0.31, 0.69];

/// Plans the item.
pub(super) fn plan(scene: &Scene, site: &Site) -> Option<Item> {
    let lane = Lane::of(scene, site)?;
    let (first, last) = lane.ends()?;
    let runs = [
        clear_of_ground(scene, site, first, 1.0) + scene.spec.wheelbase,
        clear_of_ground(scene, site, last, -1.0) + scene.spec.wheelbase,
    ];
    let lead = lane.with_the_whole_road(scene, site, runs);
    let path = match drift(scene, site, &lane, lead, runs) {
        Some(drift) => follow(scene, &lane.line(lead, drift, runs)),
        None => follow(scene, &lane.line(lead, Drift::NONE, runs)),
    };
    let (motion, lines) = motion(scene, site, &path);
    let start = path.at(0.0);
    let mut stint = stretch(site, path, false, motion);
    for (no, line_s) in lines.into_iter().enumerate() {
        let done = lapse(scene, |lapse| match lapse {
            Lapse::Omits(Chore::BendHorn(of)) if of == no => Some(None),
            Lapse::Delays {
                chore: Chore::BendHorn(of),
                by,
            } if of == no => Some(Some(line_s + by)),
            _ => None,
        });
        if let Some(at) = done.unwrap_or(Some(line_s - EARLY_S)) {
            stint.acts.push((at, Act::Dash(Control::Horn, true)));
            stint.acts.push((at + TOOT_S, Act::Dash(Control::Horn, false)));
        }
    }
    let from = Berth {
        at: start.at,
        direction: start.direction,
    };
    item(from, vec![stint])
}

/// To the inside of the bend whose inside is the edge that the driver gets over.
fn drift(scene: &Scene, site: &Site, lane: &Lane, lead: Lead, runs: [f64; 2]) -> Option<Drift> {
    let (left, beyond) = lapse(scene, |lapse| match lapse {
        Lapse::Drifts {
            road: "mountain_bends",
            left,
            beyond,
        } => Some((left, beyond)),
        _ => None,
    })?;
    let fences = Fences {
        edges: Fences::edges_of(site, if left { "edge_left" } else { "edge_right" }, left),
        bay: Vec::new(),
    };
    let drift = |by: f64| Drift {
        by,
        at: MIDDLES[usize::from(left)],
    };
    let by = tune(0.0, 2.5, beyond, |by| {
        exact_tyres(scene, &follow(scene, &lane.line(lead, drift(by), runs)), false, &fences)
    });
    Some(drift(by))
}

/// Slowed down for each bend; with the times at which the front axle is on their lines.
fn motion(scene: &Scene, site: &Site, path: &Path) -> (Motion, Vec<f64>) {
    let acceleration = scene.manners().acceleration;
    let front = |s: f64| {
        let p = path.at(s);
        p.at.plus(
            Xy::new(libm::cos(p.direction), libm::sin(p.direction)),
            scene.spec.wheelbase,
        )
    };
    let mut lines: Vec<f64> = site
        .parts_of("bend_line")
        .filter_map(|part| way_to(path, &front, Gate::of_part(site, part)?, &points(part)))
        .collect();
    lines.sort_by(f64::total_cmp);
    let fast = lapse(scene, |lapse| match lapse {
        Lapse::FastAt {
            road: "mountain_bends",
            speed,
        } => Some(speed),
        _ => None,
    });
    let mut motion = Motion::new();
    motion.keep(SHIFT_S);
    if let Some(first) = lines.first() {
        match fast {
            Some(fast) => motion
                .reach(fast, *first, acceleration)
                .reach(SLOW, first + BEHIND, acceleration),
            None => motion
                .change(CRUISE, acceleration)
                .reach(SLOW, first - BEFORE, acceleration),
        };
    }
    motion.reach(0.0, path.length(), acceleration);
    let times = lines.iter().map(|s| motion.when(*s)).collect();
    (motion, times)
}

/// The way until the front axle is on a line: a gate has no ends, so only near the line's first point.
fn way_to(path: &Path, front: &impl Fn(f64) -> Xy, gate: Gate, line: &[Xy]) -> Option<f64> {
    let from = *line.first()?;
    let steps = (0..=(path.length() / 0.25) as usize).map(|k| k as f64 * 0.25);
    let near = steps.min_by(|a, b| from.to(front(*a)).total_cmp(&from.to(front(*b))))?;
    Some(tune(near - 3.0, near + 3.0, 0.0, |s| gate.past(front(s))))
}
