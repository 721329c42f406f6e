//! 坡道定点停车和起步: stop with the front axle on the pole line, hold, move off without rolling back.
use super::frame::{Frame, span, y_at};
use super::line::Line;
use super::stint::Act;
use super::{Fault, Item, Scene, berths, excess, item};
use crate::vehicle::body::Pose;
use crate::vehicle::motorcycle::{STANDING_LEAN, front_of, pose};
use crate::vehicle::path::Xy;
use kaoguan_course::Site;

/// How far the body's outermost right point stays from the right edge line, metres (the regulation's limit is 0.3).
const EDGE_GAP: f64 = 0.150;

/// Whoever drifts out does so over this length and comes back over as much, metres.
const DRIFT: f64 = 2.5;

fn edge_gap(scene: &Scene) -> f64 {
    let gap = scene.fault(|fault| match fault {
        Fault::EdgeGap { gap } => Some(gap),
        _ => None,
    });
    gap.unwrap_or(EDGE_GAP)
}

/// Plans the item.
pub fn plan(scene: &Scene, site: &Site) -> Item {
    let frame = Frame::of(site);
    let (from, to) = berths(scene, site, &frame, "exit_line");
    let target = target_x(scene, site, &frame);
    let (stop_x, y) = standing(scene, site, &frame, target);
    let line = Line {
        weave: scene.weave(),
        ..Line::straight(y)
    };
    // Weaving would spoil the exact distance to the edge: fade it here.
    let line = Line {
        weave: (line.weave.0 * 0.5, line.weave.1, line.weave.2),
        ..line
    };
    let beyond = scene.fault(|fault| match fault {
        Fault::LeavesHill { beyond } => Some(beyond),
        _ => None,
    });
    let line = match beyond {
        Some(beyond) => drift_out(scene, site, &frame, stop_x, y, beyond),
        None => line,
    };
    let path = line.path(from, to, &frame);
    let stop = arc_length(&path, &frame, stop_x);
    let mut item = item(&frame, site, path, from, to, y, y);
    let manners = scene.manners();
    let motion = &mut item.stint.motion;
    motion
        .keep(1.0)
        .hop(stop, manners.hill_speed, manners.acceleration)
        .keep(hold_s(scene));
    let back = scene.fault(|fault| match fault {
        Fault::RollsBack { distance } => Some(distance),
        _ => None,
    });
    let held = motion.duration();
    if let Some(distance) = back {
        motion.hop(stop - distance, 0.25, 0.5).keep(0.6);
    }
    motion.hop(item.stint.path.length(), manners.hill_speed, manners.acceleration);
    let stall = scene.fault(|fault| match fault {
        Fault::Stalls { seconds } => Some(seconds),
        _ => None,
    });
    if let Some(seconds) = stall {
        let from = held - 0.4 - seconds;
        let acts = [(from, Act::Engine(false)), (from + seconds, Act::Engine(true))];
        item.stint.acts.extend(acts);
    }
    item
}

/// After the start the rider drifts to the right, so that the front tyre's outer edge gets exactly so far beyond the edge.
fn drift_out(scene: &Scene, site: &Site, frame: &Frame, stop_x: f64, y: f64, beyond: f64) -> Line {
    let edge = frame.role(site, "edge_right");
    let end = span(edge.iter().map(|p| p.x)).1;
    let (from, to) = (stop_x + 0.3, end + 4.0);
    let along = |out: f64| Line {
        knots: vec![
            Xy::new(from, y),
            Xy::new(from + DRIFT, y - out),
            Xy::new(from + 2.0 * DRIFT, y),
        ],
        ..Line::straight(y)
    };
    let (mut low, mut high) = (0.0, 2.0);
    for _ in 0..18 {
        let out = (low + high) / 2.0;
        if excess(scene, frame, &along(out).path(from - 1.0, to, frame), &edge, -1.0) > beyond {
            high = out
        } else {
            low = out
        }
    }
    along(low)
}

fn hold_s(scene: &Scene) -> f64 {
    let seconds = scene.fault(|fault| match fault {
        Fault::SlowStart { seconds } => Some(seconds),
        _ => None,
    });
    seconds.unwrap_or_else(|| scene.hold_s())
}

/// Where the front axle shall stand: the middle of the pole line, or short of its near edge.
fn target_x(scene: &Scene, site: &Site, frame: &Frame) -> f64 {
    let (near, far) = span(frame.role(site, "pole_line").iter().map(|p| p.x));
    let short = scene.fault(|fault| match fault {
        Fault::ShortStop { short } => Some(near - short),
        _ => None,
    });
    short.unwrap_or((near + far) / 2.0)
}

/// x of the rear contact and y of the line, so that the standing body is where it shall be.
fn standing(scene: &Scene, site: &Site, frame: &Frame, target: f64) -> (f64, f64) {
    let edge = frame.role(site, "edge_right");
    let (mut x, mut y) = (target - scene.spec.wheelbase, y_at(&edge, target) + 0.6);
    for _ in 0..8 {
        let stance = stance(scene, frame, Xy::new(x, y));
        let local = |body| {
            let p = stance.place(body);
            frame.local(Xy::new(p[0], p[1]))
        };
        x += target - local([scene.spec.wheelbase, 0.0, -scene.spec.radius]).x;
        let outline = scene.spec.outline.iter().map(|p| local(*p));
        let gap = outline.map(|p| p.y - y_at(&edge, p.x)).fold(f64::INFINITY, f64::min);
        y += edge_gap(scene) - gap;
    }
    (x, y)
}

fn stance(scene: &Scene, frame: &Frame, local: Xy) -> Pose {
    let at = frame.plane(local);
    let direction = frame.direction();
    let height = |p: Xy| scene.course.surface().at(p.x, p.y).height;
    let mut stance = pose(scene.spec, at, direction, STANDING_LEAN, [height(at), height(at)]);
    for _ in 0..4 {
        let front = front_of(scene.spec, at, direction, stance.pitch);
        stance = pose(scene.spec, at, direction, STANDING_LEAN, [height(at), height(front)]);
    }
    stance
}

fn arc_length(path: &crate::vehicle::path::Path, frame: &Frame, x: f64) -> f64 {
    let (mut low, mut high) = (0.0, path.length());
    for _ in 0..50 {
        let middle = (low + high) / 2.0;
        if frame.local(path.at(middle).at).x < x {
            low = middle
        } else {
            high = middle
        }
    }
    (low + high) / 2.0
}
