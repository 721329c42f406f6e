//! 侧方停车: past the slot, back into it in one go, left lamp, out and on.
//!
//! Backwards an S at lock, and forwards an S at lock; how far from the slot the vehicle passes it, and how far from its rear
//! line and from its mouth it stops, are searched: they keep the body farthest from all lines. A large vehicle's slot is less than
//! half a length longer than it is, and its tail swings out: it stands nearer to the mouth, and turns the wheel almost at rest.
use super::bay::{far_edge, mouth};
use super::{LAMP_S, Leg, Plot, SHIFT_S, Track, exact_tyres, item, lamp, least, peak, point, side_train, spot};
use super::{stance, stood, stretch, train, tune};
use crate::driver::stint::{Berth, Stint};
use crate::driver::{Fault, Item, Scene, WAITING_ROOM};
use crate::geometry::{Fences, Gate};
use crate::vehicle::motion::Motion;
use crate::vehicle::path::{Path, Xy};
use crate::vehicle::rail::{Place, Rail};
use kaoguan_course::Site;

/// Straight before the wheel is turned, and when it is straight again, metres.
const LEAD: f64 = 0.20;
/// Rest in the slot, seconds: long enough for the lamp.
const PARKED_S: f64 = 6.0;

/// The numbers are searched as far as this x, metres: long straight again.
const LEFT: f64 = 14.0;

/// Who finds no more room than this in a slot, metres, turns the wheel from straight to lock over [`AT_REST`].
const TIGHT: f64 = 0.15;
/// Way from straight to lock of somebody who turns the wheel almost at rest, metres.
const AT_REST: f64 = 0.25;

/// The slot's measures in its plot.
pub(super) struct Slot {
    pub plot: Plot,
    pub fences: Fences,
    pub depth: f64,
    pub far: f64,
    pub reach: (f64, f64),
}

/// A driver's numbers of one ride: y in the lane before, the place in the slot, y in the lane after.
#[derive(Clone, Copy)]
struct Drawing {
    before: f64,
    slot: Xy,
    after: f64,
    /// Straight on in the slot before the wheel is turned on the way out.
    late: f64,
    /// Way from straight to lock, and straight before it.
    ease: f64,
    lead: f64,
}

/// Plans the item.
pub(super) fn plan(scene: &Scene, site: &Site) -> Option<Item> {
    let (plot, corners) = mouth(site)?;
    let fences = Fences::of(site);
    let slot = Slot {
        depth: -corners[1].y.max(corners[2].y),
        far: far_edge(&plot, &fences),
        reach: plot.reach(site),
        plot,
        fences,
    };
    let legs = match &scene.spec.trailer {
        Some(towed) => side_train::legs(scene, &slot, towed)?,
        None => legs(scene, &slot, drawing(scene, &slot)),
    };
    let start = legs[0].path.at(0.0);
    let from = Berth {
        at: start.at,
        direction: start.direction,
    };
    item(from, drive(scene, site, legs))
}

fn drawing(scene: &Scene, slot: &Slot) -> Drawing {
    let mut drawing = clean(scene, slot);
    let left = scene.spec.scaled(LEFT);
    for fault in scene.rider.faults.iter() {
        match fault {
            Fault::SlotNotIn { out } => {
                for _ in 0..3 {
                    drawing.slot.y += out - left_side(scene, slot, drawing);
                }
            }
            Fault::SlotOverLine { beyond } => {
                drawing.late = tune(0.0, scene.spec.scaled(2.0), beyond, |late| {
                    let path = out(scene, Drawing { late, ..drawing }, left).path(&slot.plot);
                    over_lines(scene, &path, &slot.fences)
                });
            }
            Fault::SlotOverEdge { beyond } => {
                let wider = |after: f64| out(scene, Drawing { after, ..drawing }, left);
                let after = |after: f64| exact_tyres(scene, &wider(after).path(&slot.plot), false, &slot.fences);
                drawing.after = tune(drawing.after.min(slot.far / 2.0), slot.far + 0.5, beyond, after);
            }
            _ => {}
        }
    }
    drawing
}

/// The drawing that keeps body and tyres farthest from all lines.
fn clean(scene: &Scene, slot: &Slot) -> Drawing {
    let (spec, half) = (scene.spec, scene.spec.half_width());
    let left = spec.scaled(LEFT);
    let worst = |track: Track, each: usize| {
        let [edge, line] = track.body(&slot.plot, spec, &slot.fences, each);
        match spec.large {
            // Its body swings over the lane's edges, which are for tyres only.
            true => line.max(track.tyres(&slot.plot, spec, &slot.fences, each)),
            false => edge.max(line),
        }
    };
    let at = |gap: f64, out: f64, [ease, lead]: [f64; 2]| Drawing {
        before: slot.far / 2.0,
        slot: Xy::new(spec.tail() + gap, out - slot.depth / 2.0),
        after: slot.far / 2.0,
        late: 0.0,
        ease,
        lead,
    };
    let far = slot.far - half;
    let passing = |drawing: Drawing| {
        let way = |before: f64| back(scene, Drawing { before, ..drawing });
        let before = least(half, far, 6, |before| worst(way(before), 6));
        Drawing { before, ..drawing }
    };
    let leaving = |drawing: Drawing| {
        let way = |after: f64| out(scene, Drawing { after, ..drawing }, left);
        let after = least(half, far, 6, |after| worst(way(after), 6));
        Drawing { after, ..drawing }
    };
    let room = |drawing: Drawing| {
        let drawing = leaving(drawing);
        let mouth = drawing.slot.y + half;
        worst(out(scene, drawing, left), 6)
            .max(worst(back(scene, passing(drawing)), 6))
            .max(mouth)
    };
    let best = |gaps: &[f64], outs: &[f64], ease: [f64; 2]| {
        let all = gaps.iter().flat_map(|gap| outs.iter().map(|out| at(*gap, *out, ease)));
        let valued = all.map(|drawing| (room(drawing), drawing));
        let best = valued.min_by(|a, b| a.0.total_cmp(&b.0));
        best.unwrap_or_else(|| (f64::INFINITY, at(0.3, 0.0, ease)))
    };
    let gaps = [0.2, 0.3, 0.4, 0.5, 0.6];
    let (beyond, mut drawing) = match spec.large {
        true => best(&gaps, &[0.1, 0.2], [scene.ease(), LEAD]),
        false => best(&gaps, &[0.0], [scene.ease(), LEAD]),
    };
    if spec.large && beyond > -TIGHT {
        drawing = best(&[0.08, 0.12, 0.16], &[0.2, 0.25, 0.3], [AT_REST, AT_REST / 4.0]).1;
    }
    leaving(passing(drawing))
}

/// How far the body gets beyond the slot's lines, exactly; a large one's swings over the lane's edges anyway.
fn over_lines(scene: &Scene, path: &Path, fences: &Fences) -> f64 {
    peak(path, |_, place| {
        let pose = stance(scene, place, false);
        let outline: Vec<Xy> = scene.spec.outline.iter().map(|b| stood(&pose, *b)).collect();
        fences.body(&outline)[1]
    })
}

/// How far the body's left side is before the mouth at rest in the slot.
fn left_side(scene: &Scene, slot: &Slot, drawing: Drawing) -> f64 {
    let rest = slot.plot.lay(Place {
        at: drawing.slot,
        direction: 0.0,
    });
    let pose = stance(scene, rest, false);
    let outline = scene.spec.outline.iter().map(|b| slot.plot.local(stood(&pose, *b)).y);
    outline.fold(f64::NEG_INFINITY, f64::max)
}

/// An S to the left at lock, so far to the side.
fn s_bend(scene: &Scene, aside: f64, ease: f64) -> Rail {
    let bend = |angle: f64| {
        Rail::new()
            .turn(angle, scene.spec.lock(), [ease; 2])
            .turn(-angle, scene.spec.lock(), [ease; 2])
    };
    let off = |angle: f64| bend(angle).end().at.y - aside;
    // A secant finds it in a few steps: the curve is nearly a parabola there.
    let (mut a, mut b) = (0.5, 0.8);
    for _ in 0..12 {
        let (fa, fb) = (off(a), off(b));
        if (fb - fa).abs() < 1e-12 {
            break;
        }
        (a, b) = (b, (b - fb * (b - a) / (fb - fa)).clamp(0.01, 1.5));
    }
    bend(b)
}

/// Backwards from the lane into the slot.
fn back(scene: &Scene, drawing: Drawing) -> Track {
    let bend = s_bend(scene, drawing.before - drawing.slot.y, drawing.ease);
    let start = Xy::new(drawing.slot.x + bend.end().at.x + 2.0 * drawing.lead, drawing.before);
    Track::backward(
        start,
        0.0,
        Rail::new().straight(drawing.lead).then(bend).straight(drawing.lead),
    )
}

/// Forwards out of the slot into the lane, up to an x.
fn out(scene: &Scene, drawing: Drawing, to: f64) -> Track {
    let bend = s_bend(scene, drawing.after - drawing.slot.y, drawing.ease);
    let rest = to - drawing.slot.x - bend.end().at.x - drawing.lead - drawing.late;
    let rail = Rail::new()
        .straight(drawing.lead + drawing.late)
        .then(bend)
        .straight(rest);
    Track::forward(drawing.slot, 0.0, rail)
}

/// Past the slot, back into it, and out and on.
fn legs(scene: &Scene, slot: &Slot, drawing: Drawing) -> [Leg; 3] {
    let spec = scene.spec;
    let from = slot.reach.0 - spec.nose() - WAITING_ROOM;
    let to = slot.reach.1 + spec.tail() + WAITING_ROOM;
    let back = back(scene, drawing);
    let past = Rail::new().straight(back.from.at.x - from);
    let past = Track::forward(Xy::new(from, drawing.before), 0.0, past);
    [past, back, out(scene, drawing, to)].map(|track| Leg::of(&track, &slot.plot))
}

fn drive(scene: &Scene, site: &Site, legs: [Leg; 3]) -> Vec<Stint> {
    let manners = scene.manners();
    let mut stretches: Vec<Stint> = legs
        .into_iter()
        .map(|leg| {
            let speed = if leg.reverse {
                manners.reverse_speed
            } else {
                manners.yard_speed
            };
            let motion = scene.along(site, &leg.path, speed, leg.reverse);
            Stint {
                swing: leg.swing,
                ..stretch(site, leg.path, leg.reverse, motion)
            }
        })
        .collect();
    let slow = scene.fault(|fault| match fault {
        Fault::SlotSlow { seconds } => Some(seconds),
        _ => None,
    });
    let parked = |wait: f64| {
        let mut motion = Motion::new();
        motion
            .keep(wait)
            .hop(stretches[2].path.length(), manners.yard_speed, manners.acceleration);
        motion
    };
    let base = item_time(scene, site, &stretches[1], &stretches[2], parked(PARKED_S));
    let wait = PARKED_S + slow.map_or(0.0, |seconds| (seconds - base).max(0.0));
    stretches[2].motion = parked(wait);
    if !scene.has(Fault::SlotNoLamp) {
        lamp(&mut stretches[2], true, wait - LAMP_S[0], wait + 6.0);
    }
    stretches
}

/// From where reversing begins to where the rear end passes the slot's front, seconds.
fn item_time(scene: &Scene, site: &Site, back: &Stint, out: &Stint, motion: Motion) -> f64 {
    let Some(gate) = Gate::of(site, "bay_front") else {
        return 0.0;
    };
    let behind = train::Behind::along(scene, &out.path, false, None);
    let past = |s: f64| {
        let place = spot(&out.path, s);
        let own = point(place, false, scene.spec.rear_end());
        gate.past(behind.as_ref().map_or(own, |behind| behind.rear_end(s, place)))
    };
    let passed = tune(0.0, out.path.length(), 0.0, past);
    back.motion.duration() - SHIFT_S + motion.when(passed)
}
