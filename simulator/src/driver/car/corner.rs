//! 直角转弯: along one leg, lamp, a quarter of a circle at lock, along the other leg.
//!
//! The plot's origin is the inner corner, y points into the turn. How far from the outer edge the vehicle comes in, and how far
//! beyond the corner it goes out, are searched: they keep the tyres farthest from the edges.
use super::{LAMP_S, Plot, Track, berth, clear_of_ground, exact_tyres, item, lamp, least, stretch, tune};
use crate::driver::{Fault, Item, Scene};
use crate::geometry::{Fences, Gate, points};
use crate::vehicle::path::{Path, Xy};
use crate::vehicle::rail::{Place, Rail};
use core::f64::consts::FRAC_PI_2;
use kaoguan_course::Site;

/// The drawing is straight for so long before the corner and after it, metres, while the numbers are searched.
const LEG: f64 = 9.0;

/// Plans the item.
pub(super) fn plan(scene: &Scene, site: &Site) -> Option<Item> {
    let edges = ["edge_left", "edge_right"].map(|role| site.part(role).map(points));
    let [Some(left), Some(right)] = edges else { return None };
    let ([a, b, c], [_, outer, _]) = (corner(&left)?, corner(&right)?);
    let turns_left = cross(a, b, c) > 0.0;
    let (inner, outer, before, after) = match turns_left {
        true => (b, outer, a, c),
        false => {
            let [before, inner, after] = corner(&right)?;
            (inner, b, before, after)
        }
    };
    let ahead = inner.plus(inner.plus(before, -1.0), 1.0);
    let plot = Plot::new(inner, ahead, after);
    let outer = plot.local(outer);
    let fences = Fences::of(site);
    let leg = scene.spec.scaled(LEG);
    let worst = |(y, x): (f64, f64), each: usize| track(scene, y, x, [leg; 2]).tyres(&plot, scene.spec, &fences, each);
    let half = scene.spec.half_width();
    let leave = |y: f64| least(half, outer.x - half, 10, |x| worst((y, x), 4));
    let enter = least(outer.y + half, outer.y + half + 0.8, 8, |y| worst((y, leave(y)), 4));
    let mut leave = leave(enter);
    let over = scene.fault(|fault| match fault {
        Fault::CornerOverEdge { beyond } => Some(beyond),
        _ => None,
    });
    if let Some(beyond) = over {
        leave -= tune(0.0, scene.spec.scaled(1.5), beyond, |early| {
            let path = track(scene, enter, leave - early, [leg; 2]).path(&plot);
            exact_tyres(scene, &path, false, &fences)
        });
    }
    drive(scene, site, &plot, (enter, leave), turns_left)
}

/// Along y, round the corner, along x; with so much of either leg.
fn track(scene: &Scene, y: f64, x: f64, [before, after]: [f64; 2]) -> Track {
    let turn = Rail::new().turn(FRAC_PI_2, scene.spec.lock(), [scene.ease(); 2]);
    let by = turn.end().at;
    let rail = Rail::new()
        .straight(x - by.x + before)
        .then(turn)
        .straight(after - y - by.y);
    Track::forward(Xy::new(-before, y), 0.0, rail)
}

fn drive(scene: &Scene, site: &Site, plot: &Plot, (y, x): (f64, f64), left: bool) -> Option<Item> {
    let lay = |x: f64, y: f64, direction: f64| {
        plot.lay(Place {
            at: Xy::new(x, y),
            direction,
        })
    };
    let before = clear_of_ground(scene, site, lay(0.0, y, 0.0), 1.0);
    let after = clear_of_ground(scene, site, lay(x, 0.0, FRAC_PI_2), -1.0);
    let path = track(scene, y, x, [before, after]).path(plot);
    let manners = scene.manners();
    let motion = scene.along(site, &path, manners.yard_speed, true);
    let bumper = |gate: Gate, path: &Path, ahead: f64| {
        let past = |s: f64| {
            let p = path.at(s);
            let front = Xy::new(libm::cos(p.direction), libm::sin(p.direction));
            gate.past(p.at.plus(front, ahead))
        };
        let count = (path.length() / 0.1) as usize;
        (0..count).map(|k| k as f64 * 0.1).find(|s| past(*s) >= 0.0)
    };
    let side = if left { "turn_left" } else { "turn_right" };
    let reach = |role: &str, ahead: f64| Gate::of(site, role).and_then(|gate| bumper(gate, &path, ahead));
    let begins = reach(side, scene.spec.nose()).map(|s| motion.when(s));
    // Straight again, the rear axle half a metre after the bend.
    let straight = motion.when(path.length() - after + 0.5);
    let mut stint = stretch(site, path, false, motion);
    let begins = begins.unwrap_or(straight - 10.0);
    if !scene.has(Fault::CornerNoLamp) {
        let off = match scene.has(Fault::CornerLampStays) {
            true => stint.motion.duration() - 0.2,
            false => straight.max(begins) + LAMP_S[1] / 5.0,
        };
        lamp(&mut stint, left, begins - LAMP_S[0], off);
    }
    item(berth(plot, Xy::new(-before, y), 0.0), vec![stint])
}

/// The vertex with the greatest bend, between the line's ends.
fn corner(line: &[Xy]) -> Option<[Xy; 3]> {
    let bend = |w: &[Xy]| {
        let (a, b) = (w[0].to(w[1]), w[1].to(w[2]));
        cross(w[0], w[1], w[2]).abs() / (a * b).max(1e-9)
    };
    let sharpest = line.windows(3).max_by(|a, b| bend(a).total_cmp(&bend(b)))?;
    Some([*line.first()?, sharpest[1], *line.last()?])
}

fn cross(a: Xy, b: Xy, c: Xy) -> f64 {
    (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x)
}
