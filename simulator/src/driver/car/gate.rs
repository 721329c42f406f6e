//! 通过限宽门: straight through each of the gates, from one to the next along a cosine, faster than 10 km/h.
//!
//! Straight means that the rear axle keeps its y from where the nose comes to a gate to where the tail has left it.
use super::road::{Road, numbered};
use super::{SHIFT_S, peak, stance, stood, train};
use crate::driver::{Fault, Item, Scene};
use crate::geometry::ring_depth;
use crate::vehicle::motion::Motion;
use crate::vehicle::path::{Path, Xy};
use kaoguan_course::Site;

/// Everybody's speed through the gates, m/s: 13 km/h.
const SPEED: f64 = 3.6;
/// Room between a pole and whoever drives past the gate on its wrong side, metres.
const BESIDE: f64 = 0.45;

/// A gate: its middle, and half its width between the poles' middles.
#[derive(Clone, Copy)]
struct Opening {
    middle: Xy,
    half: f64,
}

/// Plans the item.
pub(super) fn plan(scene: &Scene, site: &Site) -> Option<Item> {
    let road = Road::of(scene, site)?;
    let poles = numbered(&road.plot, site, "pole");
    let openings: Vec<Opening> = poles
        .chunks_exact(2)
        .map(|pair| {
            let ((l, _), (r, _)) = (pair[0], pair[1]);
            Opening {
                middle: l.plus(r.plus(l, -1.0), 0.5),
                half: l.to(r) / 2.0,
            }
        })
        .collect();
    let second = *openings.get(1)?;
    let path = |aside: f64| road.through(&line(scene, &openings, aside));
    let aside = scene.fault(|fault| match fault {
        Fault::GateTouched { beyond } => Some(super::tune(0.0, second.half, beyond, |aside| {
            reach(scene, &road, &path(aside), &poles)
        })),
        Fault::GateMissed => Some(second.half + scene.spec.half_width() + BESIDE),
        _ => None,
    });
    let path = path(aside.unwrap_or(0.0));
    let motion = motion(scene, site, &road, &path, &openings);
    road.item(site, path, motion)
}

/// Level through each gate; through the second one so far to the left.
fn line(scene: &Scene, openings: &[Opening], aside: f64) -> Vec<Xy> {
    let level = |(no, opening): (usize, &Opening)| {
        let y = opening.middle.y + if no == 1 { aside } else { 0.0 };
        let x = opening.middle.x;
        [Xy::new(x - scene.spec.nose(), y), Xy::new(x + scene.spec.tail(), y)]
    };
    openings.iter().enumerate().flat_map(level).collect()
}

/// How deep a pole gets into the body, exactly.
fn reach(scene: &Scene, road: &Road, path: &Path, poles: &[(Xy, f64)]) -> f64 {
    let poles: Vec<(Xy, f64)> = poles
        .iter()
        .map(|(at, radius)| (road.plot.plane(*at), *radius))
        .collect();
    let behind = train::Behind::along(scene, path, false, None);
    peak(path, |s, place| {
        let pose = stance(scene, place, false);
        let outline: Vec<Xy> = scene.spec.outline.iter().map(|b| stood(&pose, *b)).collect();
        let towed = behind.as_ref().map(|behind| behind.hung(s, place).outline);
        let into = |ring: &[Xy]| {
            let depth = poles.iter().map(|(at, radius)| ring_depth(ring, *at) + radius);
            depth.fold(f64::NEG_INFINITY, f64::max)
        };
        into(&outline).max(towed.map_or(f64::NEG_INFINITY, |towed| into(&towed)))
    })
}

fn motion(scene: &Scene, site: &Site, road: &Road, path: &Path, openings: &[Opening]) -> Motion {
    let slow = scene.fault(|fault| match fault {
        Fault::GateSlow { speed } => Some(speed),
        _ => None,
    });
    let (Some(slow), [first, ..]) = (slow, openings) else {
        return scene.along(site, path, SPEED, true);
    };
    let (mut motion, acceleration) = (Motion::new(), scene.manners().acceleration);
    motion.keep(SHIFT_S).change(SPEED, acceleration);
    // The tail has left the first gate; the line is a little longer than its x.
    motion.until(first.middle.x + scene.spec.tail() - road.from);
    motion.change(slow, acceleration).keep(1.0).change(SPEED, acceleration);
    motion.reach(0.0, path.length(), acceleration);
    motion
}
