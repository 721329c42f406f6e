//! 侧方停车 of a train: past the slot, back into it with the trailer first, left lamp, out the way it came, and on.
//!
//! The problem: a trailer's tail swings out to the slot's back as soon as it is turned, and the tractor that turns it swings to the lane's
//! far edge. The answer: the trailer's axle is led along an S that is gentler than a lock, out of the slot and into it along the same line,
//! which pulled is a drive like any other. How wide the S is, with how much of it straight, and how near to the mouth and to its rear line
//! the train stands are searched: they keep body and tyres farthest from all lines.
use super::side::Slot;
use super::train::{self, Push, STEERED};
use super::{Leg, Track, exact_tyres, peak, stance, stood, tune};
use crate::driver::{Fault, Scene, WAITING_ROOM};
use crate::vehicle::path::{Path, Xy};
use crate::vehicle::rail::{Place, Rail};
use crate::vehicle::train::{Towed, hang};
use core::f64::consts::PI;

/// Radii of the trailer's S that are tried, metres; the way over which each bend is eased in and out, in shares of them; the straight between
/// its bends, metres.
const RADII: [f64; 3] = [7.0, 8.0, 9.0];
const EASED: [f64; 3] = [0.4, 0.5, 0.6];
const BETWEEN: [f64; 2] = [0.0, 4.0];
/// From the tail to the slot's rear line, from the body to its mouth, and how far aside the train is in the lane, metres.
const GAPS: [f64; 1] = [0.30];
const BEHIND_THE_MOUTH: [f64; 2] = [0.20, 0.25];
const ASIDE: [f64; 2] = [3.2, 3.4];
/// Straight on before the S and behind it, metres: a tractor whose coupling is before its axle comes into line on it.
const LEAD: f64 = 0.3;
const STRAIGHT: f64 = 2.0;

/// A driver's numbers of one ride.
#[derive(Clone, Copy)]
struct Drawing {
    radius: f64,
    ease: f64,
    between: f64,
    /// The trailer's axle at rest in the slot, and its y in the lane.
    rest: Xy,
    lane: f64,
    /// Straight on in the slot before it is turned on the way out.
    late: f64,
}

/// Past the slot, back into it, and out and on.
pub(super) fn legs(scene: &Scene, slot: &Slot, towed: &Towed) -> Option<[Leg; 3]> {
    let drawing = drawing(scene, slot, towed)?;
    let (back, out) = both(scene, slot, towed, drawing);
    let push = push(towed, back);
    let begin = push.places.first()?.at;
    let from = slot.reach.0 - scene.spec.nose() - WAITING_ROOM;
    let past = Rail::new().straight(begin.x - from);
    let past = Track::forward(Xy::new(from, begin.y), 0.0, past);
    let (path, swing) = push.laid(&slot.plot);
    let back = Leg {
        path,
        reverse: true,
        swing: Some(swing),
    };
    let out = Leg {
        path: way_out(scene, slot, towed, out),
        reverse: false,
        swing: None,
    };
    Some([Leg::of(&past, &slot.plot), back, out])
}

/// How it comes in, and how it goes out.
fn both(scene: &Scene, slot: &Slot, towed: &Towed, clean: Drawing) -> (Drawing, Drawing) {
    let (mut back, mut out) = (clean, clean);
    for fault in scene.rider.faults.iter() {
        match fault {
            Fault::SlotNotIn { out: by } => {
                for _ in 0..3 {
                    back.rest.y += by - left_side(scene, slot, towed, back);
                }
                out.rest = back.rest;
            }
            Fault::SlotOverLine { beyond } => {
                out.late = tune(0.0, 8.0, beyond, |late| {
                    let path = way_out(scene, slot, towed, Drawing { late, ..out });
                    over_lines(scene, slot, &path)
                });
            }
            Fault::SlotOverEdge { beyond } => {
                out.lane = tune(clean.lane, slot.far + 1.0, beyond, |lane| {
                    let path = way_out(scene, slot, towed, Drawing { lane, ..out });
                    exact_tyres(scene, &path, false, &slot.fences)
                });
            }
            _ => {}
        }
    }
    (back, out)
}

/// The drawing that keeps body and tyres farthest from all lines.
fn drawing(scene: &Scene, slot: &Slot, towed: &Towed) -> Option<Drawing> {
    let (spec, half) = (scene.spec, scene.spec.half_width());
    // The whole tail behind the trailer's axle.
    let tail = spec.tail() + axle(towed);
    let mut all = Vec::new();
    for radius in RADII {
        for (ease, between) in EASED.iter().flat_map(|e| BETWEEN.map(|b| (e * radius, b))) {
            for (gap, mouth) in GAPS.iter().flat_map(|gap| BEHIND_THE_MOUTH.map(|mouth| (*gap, mouth))) {
                let rest = Xy::new(gap + tail, -mouth - half);
                all.extend(ASIDE.map(|aside| Drawing {
                    radius,
                    ease,
                    between,
                    rest,
                    lane: rest.y + aside,
                    late: 0.0,
                }));
            }
        }
    }
    let room = |drawing: &Drawing| {
        let push = push(towed, *drawing);
        if push.bend() * spec.wheelbase * STEERED > 1.0 {
            return None;
        }
        let [_, line] = push.body(spec, &slot.plot, &slot.fences, 6);
        Some(line.max(push.tyres(spec, &slot.plot, &slot.fences, 6)))
    };
    let tried = all.into_iter().filter_map(|drawing| Some((room(&drawing)?, drawing)));
    tried.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, drawing)| drawing)
}

/// The trailer's axle forward of the tractor's, both in line.
fn axle(towed: &Towed) -> f64 {
    towed.coupling[0] - towed.arm()
}

/// The trailer's axle out of the slot and straight in the lane.
fn pivots(drawing: Drawing) -> Vec<Place> {
    let bend = |angle: f64| {
        Rail::new()
            .turn(angle, drawing.radius, [drawing.ease; 2])
            .straight(drawing.between)
            .turn(-angle, drawing.radius, [drawing.ease; 2])
    };
    let angle = tune(0.0, 1.2, drawing.lane - drawing.rest.y, |angle| bend(angle).end().at.y);
    let rail = Rail::new()
        .straight(LEAD + drawing.late)
        .then(bend(angle))
        .straight(STRAIGHT);
    rail.walk(Place {
        at: drawing.rest,
        direction: 0.0,
    })
}

/// Along the same line backwards into the slot.
fn push(towed: &Towed, drawing: Drawing) -> Push {
    let turned = |place: &Place| Place {
        direction: place.direction - PI,
        ..*place
    };
    let pivots: Vec<Place> = pivots(drawing).iter().rev().map(turned).collect();
    Push::of(towed, &pivots)
}

/// Out of the slot and along the lane to its end.
fn way_out(scene: &Scene, slot: &Slot, towed: &Towed, drawing: Drawing) -> Path {
    let push = push(towed, drawing);
    let mut points: Vec<Xy> = push.places.iter().rev().map(|place| place.at).collect();
    let to = slot.reach.1 + scene.spec.tail() + WAITING_ROOM;
    if let Some(last) = points.last().copied() {
        let on = Rail::new().straight(to - last.x).walk(Place {
            at: last,
            direction: 0.0,
        });
        points.extend(on.into_iter().skip(1).map(|place| place.at));
    }
    let laid: Vec<Xy> = points.into_iter().map(|p| slot.plot.plane(p)).collect();
    Path::new(&laid)
}

/// How far the body gets beyond the slot's lines, exactly; over the lane's edges it swings anyway.
fn over_lines(scene: &Scene, slot: &Slot, path: &Path) -> f64 {
    let behind = train::Behind::along(scene, path, false, None);
    peak(path, |s, place| {
        let pose = stance(scene, place, false);
        let outline: Vec<Xy> = scene.spec.outline.iter().map(|b| stood(&pose, *b)).collect();
        let towed = behind.as_ref().map(|behind| behind.body(s, place, &slot.fences)[1]);
        slot.fences.body(&outline)[1].max(towed.unwrap_or(f64::NEG_INFINITY))
    })
}

/// How far the left side of both bodies is before the mouth at rest in the slot.
fn left_side(scene: &Scene, slot: &Slot, towed: &Towed, drawing: Drawing) -> f64 {
    let rest = slot.plot.lay(Place {
        at: Xy::new(drawing.rest.x - axle(towed), drawing.rest.y),
        direction: 0.0,
    });
    let tractor = stance(scene, rest, false);
    let ground = |p: Xy| scene.course.surface().at(p.x, p.y).height;
    let hung = hang(towed, &tractor, rest.direction, &ground);
    let own = scene.spec.outline.iter().map(|b| stood(&tractor, *b));
    let all = own.chain(hung.outline);
    all.map(|p| slot.plot.local(p).y).fold(f64::NEG_INFINITY, f64::max)
}
