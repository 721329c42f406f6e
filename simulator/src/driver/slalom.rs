//! 桩考: weave through the poles.
//!
//! The rear contact swings past each pole on its passing side, the front wheel swings about 1.9 times as wide. Half
//! cosines between the poles' sections; the first and the last swing lead from and to the middle.
use super::frame::Frame;
use super::line::Line;
use super::{Fault, Item, Scene, berths, excess, item};
use crate::driver::stint::{Act, Sky};
use crate::vehicle::path::Xy;
use kaoguan_course::{Side, Site};

/// Metres along the axis from the middle to the first swing, and from the last swing to the middle.
const LEAD_IN: f64 = 2.4;
const LEAD_OUT: f64 = 3.2;
/// The rear contact's greatest swing lies this far after the pole, metres.
const PHASE: f64 = 0.0;

/// East, north and up error of a wrong fix, metres: real ones are a metre or more off, height included.
const WRONG_FIX: [f64; 3] = [0.9, -1.1, -1.4];

/// Plans the item.
pub fn plan(scene: &Scene, site: &Site) -> Item {
    let frame = Frame::of(site);
    let poles = poles(&frame, site);
    let (from, to) = berths(scene, site, &frame, "finish_line");
    let middle = poles.iter().map(|p| p.0.y).sum::<f64>() / poles.len().max(1) as f64;
    let mut line = Line {
        knots: knots(scene, &poles, middle),
        weave: scene.weave(),
    };
    let beyond = scene.fault(|fault| match fault {
        Fault::LeavesSlalom { beyond } => Some(beyond),
        _ => None,
    });
    if let Some(beyond) = beyond {
        drift_out(scene, site, &frame, &mut line, middle, beyond);
    }
    let path = line.path(from, to, &frame);
    let mut item = item(&frame, site, path, from, to, line.y(from), line.y(to));
    let manners = scene.manners();
    let stop = scene.fault(|fault| match fault {
        Fault::StopsInPoles { seconds } => Some(seconds),
        _ => None,
    });
    if let Some(seconds) = stop {
        let between = reaches(&item, &frame, middle_x(&poles, 3));
        item.stint
            .motion
            .keep(1.0)
            .hop(between, manners.slalom_speed, manners.acceleration)
            .keep(seconds - 1.0);
    }
    let end = item.stint.path.length();
    item.stint
        .motion
        .keep(1.0)
        .hop(end, manners.slalom_speed, manners.acceleration);
    faults(scene, &poles, &frame, &mut item);
    item
}

fn poles(frame: &Frame, site: &Site) -> Vec<(Xy, f64)> {
    let sign = |side: Side| if side == Side::Left { 1.0 } else { -1.0 };
    site.poles()
        .iter()
        .map(|(centre, _, side)| (frame.local(Xy::new(centre.e, centre.n)), sign(*side)))
        .collect()
}

fn knots(scene: &Scene, poles: &[(Xy, f64)], middle: f64) -> Vec<Xy> {
    let wrong = scene.fault(|fault| match fault {
        Fault::WrongSide { pole } => Some(pole),
        _ => None,
    });
    let brushed = scene.fault(|fault| match fault {
        Fault::TouchesPole { pole, nearer } => Some((pole, nearer)),
        _ => None,
    });
    let swing = scene.manners().swing;
    let mut knots: Vec<Xy> = Vec::new();
    for (k, (pole, sign)) in poles.iter().enumerate() {
        // Skipping a pole means staying out until the next one, a little wider: on a straight line the handlebar has no
        // swing to clear the poles with.
        let reach = match wrong {
            Some(pole) if pole == k + 1 => -sign * (swing + 0.08),
            Some(pole) if pole == k => sign * (swing + 0.08),
            _ => match brushed {
                Some((pole, nearer)) if pole == k + 1 => sign * (swing - nearer),
                _ => sign * swing,
            },
        };
        knots.push(Xy::new(pole.x + PHASE, pole.y + reach));
    }
    if let (Some(first), Some(last)) = (knots.first().copied(), knots.last().copied()) {
        knots.insert(0, Xy::new(first.x - LEAD_IN, middle));
        knots.push(Xy::new(last.x + LEAD_OUT, middle));
    }
    knots
}

/// After the last pole the rider drifts out over an edge; the swing is tuned on the exact geometry of the front tyre.
fn drift_out(scene: &Scene, site: &Site, frame: &Frame, line: &mut Line, middle: f64, beyond: f64) {
    line.weave.0 = 0.0;
    let Some(last) = line.knots.pop() else { return };
    let peak = last.x - LEAD_OUT + 3.0;
    let side = line.knots.last().map_or(1.0, |k| if k.y > middle { -1.0 } else { 1.0 });
    let edge = frame.role(site, if side > 0.0 { "edge_left" } else { "edge_right" });
    let (mut low, mut high) = (0.3, 3.0);
    let base = line.knots.clone();
    for _ in 0..18 {
        let swing = (low + high) / 2.0;
        line.knots = base.clone();
        line.knots.push(Xy::new(peak, middle + side * swing));
        line.knots.push(Xy::new(peak + 3.0, middle));
        let path = line.path(base[0].x - 1.0, peak + 5.0, frame);
        if excess(scene, frame, &path, &edge, side) > beyond {
            high = swing
        } else {
            low = swing
        }
    }
}

/// x half-way from a pole, counted from 1, to the next.
fn middle_x(poles: &[(Xy, f64)], pole: usize) -> f64 {
    let x = |k: usize| poles.get(k).or(poles.last()).map_or(0.0, |p| p.0.x);
    (x(pole.saturating_sub(1)) + x(pole)) / 2.0
}

/// The arc length at which the rear contact reaches an x.
fn reaches(item: &Item, frame: &Frame, x: f64) -> f64 {
    let path = &item.stint.path;
    let count = (path.length() / 0.01) as usize;
    let found = (0..count)
        .map(|k| k as f64 * 0.01)
        .find(|s| frame.local(path.at(*s).at).x >= x);
    found.unwrap_or(0.0)
}

fn faults(scene: &Scene, poles: &[(Xy, f64)], frame: &Frame, item: &mut Item) {
    let passes = |pole: usize| {
        let x = poles.get(pole.saturating_sub(1)).map_or(0.0, |p| p.0.x);
        item.stint.motion.when(reaches(item, frame, x))
    };
    let first = scene.ride == 1;
    let stops = scene.fault(|fault| matches!(fault, Fault::StopsInPoles { .. }).then_some(()));
    let acts = |fault: Fault| match fault {
        Fault::FootDown { seconds } => {
            // Whoever stops after the third pole may stand on a foot there.
            let t = if stops.is_some() {
                passes(4) + 0.2
            } else {
                passes(3) - 0.5
            };
            vec![(t, Act::LeftFoot(false)), (t + seconds, Act::LeftFoot(true))]
        }
        Fault::Coasts { seconds } => {
            let t = passes(4);
            vec![(t, Act::Neutral(true)), (t + seconds, Act::Neutral(false))]
        }
        Fault::LosesFix { seconds } if first => {
            let t = passes(2);
            let half = t + seconds / 2.0;
            vec![
                (t, Act::Sky(Sky::NoFix)),
                (half, Act::Sky(Sky::Float)),
                (t + seconds, Act::Sky(Sky::Clear)),
            ]
        }
        Fault::WrongFix { seconds } if first => {
            let t = passes(2);
            vec![
                (t, Act::Sky(Sky::Wrong(WRONG_FIX))),
                (t + seconds, Act::Sky(Sky::Clear)),
            ]
        }
        Fault::NoHelmet => {
            let t = passes(1);
            vec![
                (t, Act::Helmet(false)),
                (item.stint.motion.duration(), Act::Helmet(true)),
            ]
        }
        _ => Vec::new(),
    };
    let acts: Vec<_> = scene.rider.faults.iter().flat_map(acts).collect();
    item.stint.acts.extend(acts);
}
