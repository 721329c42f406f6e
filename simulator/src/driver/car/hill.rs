//! 坡道定点停车和起步 of a car, or of three wheels: the front bumper (a motorcycle's front axle) on the pole line, parking brake, left lamp, off without rolling back.
use super::{LAMP_S, exact_tyres, lamp, tune};
use crate::driver::frame::{Frame, span, y_at};
use crate::driver::line::Line;
use crate::driver::stint::Act;
use crate::driver::{Fault, Item, Scene, berths, item};
use crate::geometry::Fences;
use crate::vehicle::car;
use crate::vehicle::path::{Path, Xy};
use kaoguan_course::Site;

/// The body's distance from the right edge line, metres: the regulation's limit is 0.3, and a coach's nose is not proven to
/// be within it farther out than half of that (`docs/provable.md`).
const EDGE_GAP: f64 = 0.140;
/// Whoever drifts out does so over this length and comes back over as much, metres.
const DRIFT: f64 = 6.0;
/// The brake is pulled so long after the stop, and let go so long before the start, seconds.
const PULL_S: f64 = 0.7;
const LET_GO_S: f64 = 0.3;

/// Plans the item.
pub(super) fn plan(scene: &Scene, site: &Site) -> Option<Item> {
    let frame = Frame::of(site);
    let (from, to) = berths(scene, site, &frame, "exit_line");
    let (stop_x, y) = standing(scene, site, &frame)?;
    let beyond = scene.fault(|fault| match fault {
        Fault::LeavesHill { beyond } => Some(beyond),
        _ => None,
    });
    let line = match beyond {
        Some(beyond) => drift_out(scene, site, &frame, (stop_x, y), beyond),
        None => Line::straight(y),
    };
    let path = line.path(from, to, &frame);
    let mut item = item(&frame, site, path, from, to, y, y);
    let stop = tune(0.0, item.stint.path.length(), stop_x, |s| {
        frame.local(item.stint.path.at(s).at).x
    });
    drive(scene, &mut item, stop);
    Some(item)
}

fn drive(scene: &Scene, item: &mut Item, stop: f64) {
    let manners = scene.manners();
    let back = scene.fault(|fault| match fault {
        Fault::RollsBack { distance } => Some(distance),
        _ => None,
    });
    let hold = scene.fault(|fault| match fault {
        Fault::SlowStart { seconds } => Some(seconds),
        _ => None,
    });
    let stint = &mut item.stint;
    let motion = &mut stint.motion;
    motion.keep(1.0).hop(stop, manners.hill_speed, manners.acceleration);
    let stood = motion.duration();
    motion.keep(hold.unwrap_or_else(|| scene.hold_s()));
    let held = motion.duration();
    if let Some(distance) = back {
        motion.hop(stop - distance, 0.25, 0.5).keep(0.6);
    }
    let starts = motion.duration();
    motion.hop(stint.path.length(), manners.hill_speed, manners.acceleration);
    if !scene.has(Fault::NoParkingBrake) {
        stint.acts.push((stood + PULL_S, Act::ParkingBrake(true)));
        stint.acts.push((held - LET_GO_S, Act::ParkingBrake(false)));
    }
    if !scene.has(Fault::HillNoLamp) {
        lamp(stint, true, (held - LAMP_S[0]).max(stood + 0.3), starts + LAMP_S[1]);
    }
    let stall = scene.fault(|fault| match fault {
        Fault::Stalls { seconds } => Some(seconds),
        _ => None,
    });
    if let Some(seconds) = stall {
        let off = held - 0.6 - seconds;
        stint.acts.push((off, Act::Engine(false)));
        stint.acts.push((off + seconds, Act::Engine(true)));
    }
}

/// x of the rear axle and y of the line, so that the standing body is where it shall be.
fn standing(scene: &Scene, site: &Site, frame: &Frame) -> Option<(f64, f64)> {
    let spec = scene.spec;
    let edge = frame.role(site, "edge_right");
    let line = frame.role(site, "pole_line");
    if line.is_empty() || edge.is_empty() {
        return None;
    }
    let (near, far) = span(line.iter().map(|p| p.x));
    let mut target = (near + far) / 2.0;
    let mut gap = EDGE_GAP;
    for fault in scene.rider.faults.iter() {
        match fault {
            Fault::ShortStop { short } => target = near - short,
            Fault::EdgeGap { gap: far } => gap = far,
            _ => {}
        }
    }
    let (mut x, mut y) = (target - spec.stop_point()[0], y_at(&edge, target) + 1.5);
    for _ in 0..8 {
        let at = frame.plane(Xy::new(x, y));
        let ground = |p: Xy| scene.course.surface().at(p.x, p.y).height;
        let stance = car::pose(spec, at, frame.direction(), &ground);
        let local = |body| {
            let p = stance.place(body);
            frame.local(Xy::new(p[0], p[1]))
        };
        x += target - local(spec.stop_point()).x;
        let outline = spec.outline.iter().map(|p| local(*p));
        y += gap - outline.map(|p| p.y - y_at(&edge, p.x)).fold(f64::INFINITY, f64::min);
    }
    Some((x, y))
}

/// After the start the driver drifts to the right, so that the worst tyre gets exactly so far beyond the edge.
fn drift_out(scene: &Scene, site: &Site, frame: &Frame, (stop_x, y): (f64, f64), beyond: f64) -> Line {
    let fences = Fences::of(site);
    let from = stop_x + 0.5;
    let drift = scene.spec.scaled(DRIFT);
    let along = |out: f64| Line {
        knots: vec![
            Xy::new(from, y),
            Xy::new(from + drift, y - out),
            Xy::new(from + 2.0 * drift, y),
        ],
        ..Line::straight(y)
    };
    let worst = |out: f64| {
        let path: Path = along(out).path(from - 1.0, from + 2.0 * drift + 1.0, frame);
        exact_tyres(scene, &path, false, &fences)
    };
    along(tune(0.0, 3.0, beyond, worst))
}
