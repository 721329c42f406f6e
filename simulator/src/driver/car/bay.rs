//! 倒车入库: past the bay, back into it, out to the other side, back into it again, out and on.
//!
//! Both turns are the same drawing mirrored: along the lane at one distance from the bay, a quarter of a circle at lock, straight
//! into the middle of the bay. The distance is searched: as near to the bay as leaves the body its room.
use super::{EASE, Plot, SHIFT_S, Track, berth, exact_body, item, least, point, spot, stance, stood, stretch, tune};
use crate::driver::stint::Stint;
use crate::driver::{Fault, Item, Scene, WAITING_ROOM};
use crate::geometry::{Fences, Gate, points};
use crate::vehicle::motion::Motion;
use crate::vehicle::path::Xy;
use crate::vehicle::rail::{Place, Rail};
use core::f64::consts::FRAC_PI_2;
use kaoguan_course::Site;

/// Both front wheels stop so far past a control line, metres.
const PAST: f64 = 0.30;

/// Room of the body at the mouth's corner, metres; half of the bay's own is 0.30.
const ROOM: f64 = 0.22;

/// The site's measures in its plot, whose origin is the mouth's corner that is met first.
struct Bay {
    plot: Plot,
    fences: Fences,
    width: f64,
    depth: f64,
    far: f64,
    /// x of the control lines: beyond the bay, and before it.
    control: [f64; 2],
    reach: (f64, f64),
}

/// The corners of a bay in riding direction: the mouth's two, and a point of the lane beside them.
pub(super) fn mouth(site: &Site) -> Option<(Plot, Vec<Xy>)> {
    let mut corners = points(site.part("bay_line")?);
    let [a, b, _, d] = <[Xy; 4]>::try_from(corners.clone()).ok()?;
    let way = site.direction_at(kaoguan_course::Point2::new(a.x, a.y));
    if (d.x - a.x) * way.e + (d.y - a.y) * way.n < 0.0 {
        corners.reverse();
    }
    let opposite = Xy::new(2.0 * a.x - b.x, 2.0 * a.y - b.y);
    let (first, last) = (corners[0], corners[3]);
    let beside = opposite.plus(first.plus(a, -1.0), 1.0);
    let plot = Plot::new(first, last, beside);
    Some((plot, corners.iter().map(|p| plot.local(*p)).collect()))
}

/// y of the lane's far edge.
pub(super) fn far_edge(plot: &Plot, fences: &Fences) -> f64 {
    let all = fences.edges.iter().flat_map(|edge| edge.points());
    all.map(|p| plot.local(*p).y)
        .filter(|y| *y > 1.0)
        .fold(f64::INFINITY, f64::min)
}

impl Bay {
    fn of(site: &Site) -> Option<Bay> {
        let (plot, corners) = mouth(site)?;
        let fences = Fences::of(site);
        let control = |role: &str| {
            let line = points(site.part(role)?);
            let (a, b) = (plot.local(*line.first()?), plot.local(*line.last()?));
            Some([a.x, b.x])
        };
        let (first, second) = (control("control_first")?, control("control_second")?);
        Some(Bay {
            width: corners[3].x,
            depth: -corners[1].y.max(corners[2].y),
            far: far_edge(&plot, &fences),
            control: [first[0].max(first[1]), second[0].min(second[1])],
            reach: plot.reach(site),
            plot,
            fences,
        })
    }
}

/// A driver's numbers of one ride.
#[derive(Clone, Copy)]
struct Drawing {
    /// y of the rear axle in the lane.
    lane: f64,
    /// x of the rear axle in the bay, and its y at rest there.
    bay: Xy,
    /// x of the rear axle where it begins to reverse.
    turn: f64,
}

/// Plans the item.
pub(super) fn plan(scene: &Scene, site: &Site) -> Option<Item> {
    let bay = Bay::of(site)?;
    let spec = scene.spec;
    let rest = (spec.tail() - spec.nose() - bay.depth) / 2.0;
    let straight = |x: f64, lane: f64| Drawing {
        lane,
        bay: Xy::new(x, rest),
        turn: bay.control[0] - spec.wheelbase + PAST,
    };
    let middle = bay.width / 2.0;
    let worst = |drawing: Drawing, each: usize| {
        let [edge, line] = back(scene, drawing).body(&bay.plot, spec, &bay.fences, each);
        edge.max(line)
    };
    // As near to the bay as the room allows: there an instructor would want it.
    let half = spec.half_width();
    let best = least(half, bay.far - half, 20, |lane| worst(straight(middle, lane), 5));
    let lane = match worst(straight(middle, best), 5) < -ROOM {
        true => tune(half, best, ROOM, |lane| -worst(straight(middle, lane), 3)),
        false => best,
    };
    let mut first = straight(middle, lane);
    for fault in scene.rider.faults.iter() {
        match fault {
            Fault::BayNotIn { out } => {
                for _ in 0..3 {
                    first.bay.y += out - front(scene, &bay, first);
                }
            }
            Fault::BayShort { short } => first.turn = bay.control[0] - spec.wheelbase - short,
            _ => {}
        }
    }
    let over = scene.fault(|fault| match fault {
        Fault::BayOverLine { beyond } => Some(beyond),
        _ => None,
    });
    if let Some(beyond) = over {
        let shifted = |by: f64| Drawing {
            bay: Xy::new(middle + by, first.bay.y),
            ..first
        };
        first = shifted(tune(0.0, 1.2, beyond, |by| {
            let track = back(scene, shifted(by));
            exact_body(scene, &track.path(&bay.plot), true, &bay.fences)
        }));
    }
    // The second time from the other side: the same drawing, mirrored.
    let mirror = Plot {
        origin: bay.plot.plane(Xy::new(bay.width, 0.0)),
        x: Xy::new(-bay.plot.x.x, -bay.plot.x.y),
        y: bay.plot.y,
    };
    let second = Drawing {
        turn: bay.width - bay.control[1] - spec.wheelbase + PAST,
        ..straight(middle, lane)
    };
    let stretches = drive(scene, site, &bay, mirror, [first, second]);
    let from = Xy::new(bay.reach.0 - spec.nose() - WAITING_ROOM, lane);
    item(berth(&bay.plot, from, 0.0), stretches)
}

/// How far the foremost point of the body is before the mouth at rest in the bay.
fn front(scene: &Scene, bay: &Bay, drawing: Drawing) -> f64 {
    let rest = bay.plot.lay(Place {
        at: drawing.bay,
        direction: FRAC_PI_2,
    });
    let pose = stance(scene, rest, false);
    let outline = scene.spec.outline.iter().map(|b| bay.plot.local(stood(&pose, *b)).y);
    outline.fold(f64::NEG_INFINITY, f64::max)
}

/// A quarter of a circle at lock, between a lane and the bay.
fn quarter(scene: &Scene, ease: f64, angle: f64) -> Rail {
    Rail::new().turn(angle, scene.lock(), [ease, EASE])
}

/// Backwards from the lane into the bay.
fn back(scene: &Scene, drawing: Drawing) -> Track {
    let room = drawing.turn - drawing.bay.x;
    let straight = 0.1;
    let reaches = |ease: f64| quarter(scene, ease, FRAC_PI_2).end().at;
    // Where the vehicle did not come far enough it turns the wheel while it begins to roll.
    let ease = [EASE, 0.6, 0.4, 0.25];
    let ease = ease
        .into_iter()
        .find(|ease| reaches(*ease).x + straight <= room)
        .unwrap_or(0.1);
    let by = reaches(ease);
    let rail = Rail::new()
        .straight(room - by.x)
        .turn(FRAC_PI_2, scene.lock(), [ease, EASE])
        .straight(drawing.lane - by.y - drawing.bay.y);
    Track::backward(Xy::new(drawing.turn, drawing.lane), 0.0, rail)
}

/// Forwards out of the bay into the lane, towards where a drawing's x grows, up to an x.
fn out(scene: &Scene, from: Xy, lane: f64, to: f64) -> Track {
    let by = quarter(scene, EASE, -FRAC_PI_2).end().at;
    let rail = Rail::new()
        .straight(lane - from.y - by.x)
        .turn(-FRAC_PI_2, scene.lock(), [EASE, EASE])
        .straight(to - from.x + by.y);
    Track::forward(from, FRAC_PI_2, rail)
}

fn drive(scene: &Scene, site: &Site, bay: &Bay, mirror: Plot, [first, second]: [Drawing; 2]) -> Vec<Stint> {
    let spec = scene.spec;
    let from = bay.reach.0 - spec.nose() - WAITING_ROOM;
    let to = bay.reach.1 + spec.tail() + WAITING_ROOM;
    let mirrored = |p: Xy| Xy::new(bay.width - p.x, p.y);
    let past = Track::forward(Xy::new(from, first.lane), 0.0, Rail::new().straight(first.turn - from));
    let tracks = [
        (bay.plot, past),
        (bay.plot, back(scene, first)),
        (mirror, out(scene, mirrored(first.bay), second.lane, second.turn)),
        (mirror, back(scene, second)),
        (bay.plot, out(scene, mirrored(second.bay), first.lane, to)),
    ];
    let manners = scene.manners();
    let mut stretches: Vec<Stint> = tracks
        .iter()
        .enumerate()
        .map(|(no, (plot, track))| {
            let path = track.path(plot);
            let speed = if track.reverse {
                manners.reverse_speed
            } else {
                manners.yard_speed
            };
            let motion = scene.along(site, &path, speed, no == 1);
            stretch(site, path, track.reverse, motion)
        })
        .collect();
    let slow = scene.fault(|fault| match fault {
        Fault::BaySlow { seconds } => Some(seconds),
        _ => None,
    });
    if let Some(seconds) = slow {
        let wait = seconds - item_time(scene, site, &stretches);
        let path = &stretches[2].path;
        let mut motion = Motion::new();
        motion
            .keep(SHIFT_S + wait.max(0.0))
            .hop(path.length(), manners.yard_speed, manners.acceleration);
        stretches[2].motion = motion;
    }
    stretches
}

/// From where the first reversing begins to where both front wheels are past the first control line for good, seconds.
fn item_time(scene: &Scene, site: &Site, stretches: &[Stint]) -> f64 {
    let (Some(gate), [_, reversing @ .., last]) = (Gate::of(site, "control_first"), stretches) else {
        return 0.0;
    };
    let before: f64 = reversing.iter().map(|stint| stint.motion.duration()).sum();
    let contacts = scene.spec.contacts();
    let past = |s: f64| {
        let p = spot(&last.path, s);
        let wheels = contacts[..2].iter().map(|(b, _)| gate.past(point(p, false, *b)));
        wheels.fold(f64::INFINITY, f64::min)
    };
    let passed = tune(0.0, last.path.length(), 0.0, past);
    before - SHIFT_S + last.motion.when(passed)
}
