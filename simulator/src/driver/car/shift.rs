//! 桩考: past two bays to the start, back into bay B, two moves forward and two back into bay A, out through B, back into A,
//! home.
//!
//! Each move of the shift is an S of the whole room that a bay leaves, so that hands need not turn to the lock and the tail
//! swings least; four of them are one bay aside. The way out leaves A on a slant that is searched: through the middle of B's
//! mouth as far from its poles as it goes. The lane's y is searched as for one bay: the pole between the bays is the one that
//! both ways in turn round.
use super::bay::{far_edge, mouth};
use super::{
    EASE, Leg, Plot, SHIFT_S, Track, berth, exact_body, item, least, peak, point, shift_train, spot, stance, stood,
    stretch, train, tune,
};
use crate::driver::stint::{Berth, Stint};
use crate::driver::temperament::Slip;
use crate::driver::{Fault, Item, Scene, WAITING_ROOM};
use crate::geometry::{Fences, Gate, points, ring_depth};
use crate::vehicle::motion::Motion;
use crate::vehicle::path::{Path, Xy};
use crate::vehicle::rail::{Place, Rail};
use core::f64::consts::FRAC_PI_2;
use kaoguan_course::{Shape, Site};

/// Both front wheels stop so far past the start line and the other one, metres.
pub(super) const PAST: f64 = 0.30;
/// The body stands so far from a bay's back, and turns so far from the mouth, metres.
pub(super) const GAP: f64 = 0.30;
/// Straight before the wheel is turned, and when it is straight again, metres.
const LEAD: f64 = 0.10;
/// Moves of the shift: two forward and two back.
pub(super) const MOVES: usize = 4;
/// The slant of the way out is searched between these, radians: at 30 degrees no width fits between the poles any more.
const SLANTS: [f64; 2] = [0.05, 0.52];
/// On radii of so many locks.
const WIDER: [f64; 6] = [1.0, 1.5, 2.0, 3.0, 4.0, 6.0];

/// The site's measures in its plot, whose origin is the outer corner of bay B's mouth.
pub(super) struct Bays {
    pub plot: Plot,
    /// The same drawing from the other side: bay A's outer corner is its origin, x runs back.
    pub mirror: Plot,
    pub fences: Fences,
    /// The poles with their radii, on the plane.
    pub poles: Vec<(Xy, f64)>,
    /// x of the middles of B and A.
    pub middle: [f64; 2],
    width: f64,
    pub depth: f64,
    pub far: f64,
    /// x of the start line, and of the other one.
    pub control: [f64; 2],
    pub reach: (f64, f64),
}

impl Bays {
    fn of(site: &Site) -> Option<Bays> {
        let (plot, corners) = mouth(site)?;
        let fences = Fences::of(site);
        let xs = |role: &str| {
            let line = points(site.part(role)?);
            let x = |p: Option<&Xy>| p.map(|p| plot.local(*p).x);
            Some([x(line.first())?, x(line.last())?])
        };
        let middle = |role: &str| xs(role).map(|[a, b]| (a + b) / 2.0);
        let (start, other) = (xs("control_first")?, xs("control_second")?);
        let width = corners[3].x;
        let pole = |part: &kaoguan_course::Part| match part.shape {
            Shape::Pole { centre, radius } => Some((Xy::new(centre.e, centre.n), radius)),
            _ => None,
        };
        Some(Bays {
            mirror: Plot {
                origin: plot.plane(Xy::new(width, 0.0)),
                x: Xy::new(-plot.x.x, -plot.x.y),
                y: plot.y,
            },
            poles: site.parts.iter().filter_map(pole).collect(),
            middle: [middle("bay_b_line")?, middle("bay_a_line")?],
            width,
            depth: -corners[1].y.max(corners[2].y),
            far: far_edge(&plot, &fences),
            control: [start[0].max(start[1]), other[0].min(other[1])],
            reach: plot.reach(site),
            plot,
            fences,
        })
    }

    /// An x of the plot in the mirrored one, and back.
    pub fn over(&self, x: f64) -> f64 {
        self.width - x
    }

    /// The pole between the bays at their mouth.
    pub fn middle_pole(&self) -> Option<(Xy, f64)> {
        let between = self.plot.plane(Xy::new((self.middle[0] + self.middle[1]) / 2.0, 0.0));
        let near = |p: &&(Xy, f64)| p.0.to(between);
        self.poles.iter().min_by(|a, b| near(a).total_cmp(&near(b))).copied()
    }

    /// How far a track's body gets beyond a line or into a pole, looked at in each n-th place.
    pub fn worst(&self, scene: &Scene, plot: &Plot, track: &Track, each: usize) -> f64 {
        let [edge, line] = track.body(plot, scene.spec, &self.fences, each);
        let rings = track.rings(plot, scene.spec, each);
        rings
            .iter()
            .map(|ring| self.into_poles(ring))
            .fold(edge.max(line), f64::max)
    }

    /// How deep a body gets into a pole.
    pub fn into_poles(&self, outline: &[Xy]) -> f64 {
        let into = self
            .poles
            .iter()
            .map(|(centre, radius)| ring_depth(outline, *centre) + radius);
        into.fold(f64::NEG_INFINITY, f64::max)
    }
}

/// A driver's numbers of one ride.
#[derive(Clone, Copy)]
pub(super) struct Drawing {
    /// y of the rear axle in the lane: for both ways in, and on the way home.
    pub lane: f64,
    pub home: f64,
    /// y of the rear axle at rest at the bays' back, and where it turns round near their mouth.
    pub back: f64,
    pub front: f64,
    /// x of the rear axle in A after the shift.
    pub shifted: f64,
    pub out: Slant,
}

/// How the way out leaves a bay: turned by an angle, radians, on a radius, metres, before the turn into the lane.
#[derive(Clone, Copy)]
pub(super) struct Slant {
    pub angle: f64,
    pub radius: f64,
}

/// Straight out.
pub(super) const STRAIGHT: Slant = Slant {
    angle: 0.0,
    radius: 1.0,
};

/// Plans the item.
pub(super) fn plan(scene: &Scene, site: &Site) -> Option<Item> {
    let bays = Bays::of(site)?;
    let slip = scene.fault(|fault| match fault {
        Fault::Shift(slip) => Some(slip),
        _ => None,
    });
    if let Some(towed) = &scene.spec.trailer {
        let legs = shift_train::legs(scene, &bays, towed, slip)?;
        let first = legs.first()?.path.at(0.0);
        let from = Berth {
            at: first.at,
            direction: first.direction,
        };
        return item(from, drive(scene, site, legs, slip));
    }
    let drawing = drawing(scene, &bays);
    let drawing = slip.map_or(drawing, |slip| wrong(scene, &bays, drawing, slip));
    let tracks = tracks(scene, &bays, drawing, slip);
    let legs = tracks.iter().map(|(plot, track)| Leg::of(track, plot)).collect();
    let stretches = drive(scene, site, legs, slip);
    let from = Xy::new(bays.reach.0 - scene.spec.nose() - WAITING_ROOM, drawing.lane);
    item(berth(&bays.plot, from, 0.0), stretches)
}

fn drawing(scene: &Scene, bays: &Bays) -> Drawing {
    let (spec, half) = (scene.spec, scene.spec.half_width());
    let clean = Drawing {
        lane: bays.far / 2.0,
        home: bays.far / 2.0,
        back: spec.tail() + GAP - bays.depth,
        front: -spec.nose() - GAP,
        shifted: bays.middle[1],
        out: STRAIGHT,
    };
    let in_b = |lane: f64| bays.worst(scene, &bays.plot, &back(scene, bays, Drawing { lane, ..clean }), 5);
    let lane = least(half, bays.far - half, 24, in_b);
    let home = |home: f64| {
        let drawing = Drawing { lane, home, ..clean };
        bays.worst(scene, &bays.plot, &way_home(scene, bays, drawing), 5)
    };
    let home = least(half, bays.far - half, 24, home);
    let drawing = Drawing { lane, home, ..clean };
    Drawing {
        out: slant(scene, bays, drawing),
        ..drawing
    }
}

/// The slant that keeps the body farthest from B's poles: the tighter it turns the more its tail swings, the wider the later
/// it is on its slant.
pub(super) fn slant(scene: &Scene, bays: &Bays, drawing: Drawing) -> Slant {
    let through = |out: Slant| {
        let drawing = Drawing { out, ..drawing };
        bays.worst(scene, &bays.plot, &way_out(scene, bays, drawing), 4)
    };
    let outs = WIDER.map(|times| {
        let radius = times * scene.lock();
        let angle = least(SLANTS[0], SLANTS[1], 24, |angle| through(Slant { angle, radius }));
        Slant { angle, radius }
    });
    let best = outs.into_iter().min_by(|a, b| through(*a).total_cmp(&through(*b)));
    best.unwrap_or(STRAIGHT)
}

/// The same with one thing wrong.
fn wrong(scene: &Scene, bays: &Bays, drawing: Drawing, slip: Slip) -> Drawing {
    match slip {
        Slip::NotIn { out } => {
            let mut wrong = drawing;
            for _ in 0..3 {
                wrong.shifted -= out - over_the_middle(scene, bays, wrong);
            }
            Drawing {
                out: slant(scene, bays, wrong),
                ..wrong
            }
        }
        Slip::OverEdge { beyond } => {
            let at = |home: f64| Drawing { home, ..drawing };
            let over = |home: f64| {
                let path = way_home(scene, bays, at(home)).path(&bays.plot);
                exact_body(scene, &path, false, &bays.fences)
            };
            at(tune(drawing.home, bays.far + 1.0, beyond, over))
        }
        Slip::Touches { deep } => {
            let Some(pole) = bays.middle_pole() else { return drawing };
            let at = |less: f64| {
                let angle = drawing.out.angle - less;
                let out = Slant { angle, ..drawing.out };
                Drawing { out, ..drawing }
            };
            let into = |less: f64| exact_pole(scene, &way_out(scene, bays, at(less)).path(&bays.plot), false, pole);
            at(tune(0.0, drawing.out.angle - 0.01, deep, into))
        }
        Slip::NoShift | Slip::Slow { .. } | Slip::StraightOut => drawing,
    }
}

/// How far the body is out of bay A towards B at rest after the shift; inside is negative.
fn over_the_middle(scene: &Scene, bays: &Bays, drawing: Drawing) -> f64 {
    let between = (bays.middle[0] + bays.middle[1]) / 2.0;
    let pose = stance(scene, bays.plot.lay(rest(drawing.shifted, drawing.back)), false);
    let outline = scene.spec.outline.iter().map(|b| bays.plot.local(stood(&pose, *b)).x);
    between - outline.fold(f64::INFINITY, f64::min)
}

/// How deep the body gets into a pole on a path, exactly.
pub(super) fn exact_pole(scene: &Scene, path: &Path, reverse: bool, (centre, radius): (Xy, f64)) -> f64 {
    let behind = train::Behind::along(scene, path, reverse, None);
    peak(path, |s, place| {
        let pose = stance(scene, place, reverse);
        let outline: Vec<Xy> = scene.spec.outline.iter().map(|b| stood(&pose, *b)).collect();
        let towed = behind
            .as_ref()
            .map(|behind| ring_depth(&behind.hung(s, place).outline, centre));
        ring_depth(&outline, centre).max(towed.unwrap_or(f64::NEG_INFINITY)) + radius
    })
}

/// In a bay, looking out.
fn rest(x: f64, y: f64) -> Place {
    Place {
        at: Xy::new(x, y),
        direction: FRAC_PI_2,
    }
}

/// Backwards from the start into the middle of B; in the mirrored plot from the other side into the middle of A.
fn back(scene: &Scene, bays: &Bays, drawing: Drawing) -> Track {
    let (turn, x) = (bays.control[0] - scene.spec.wheelbase + PAST, bays.middle[0]);
    back_from(scene, turn, drawing.lane, Xy::new(x, drawing.back))
}

fn back_from(scene: &Scene, turn: f64, lane: f64, to: Xy) -> Track {
    let by = Rail::new().turn(FRAC_PI_2, scene.lock(), [EASE, EASE]).end().at;
    let rail = Rail::new()
        .straight(turn - to.x - by.x)
        .turn(FRAC_PI_2, scene.lock(), [EASE, EASE])
        .straight(lane - by.y - to.y);
    Track::backward(Xy::new(turn, lane), 0.0, rail)
}

/// Forwards out of a bay into a lane, on a slant first, towards where x grows or falls, up to an x, or as
/// far as the turn takes it.
pub(super) fn forth(scene: &Scene, from: Xy, lane: f64, out: Slant, towards: f64, to: f64) -> Track {
    let sign = -towards;
    let turn = |angle: f64, radius: f64| match angle > 0.0 {
        true => Rail::new().turn(sign * angle, radius, [EASE, EASE]),
        false => Rail::new(),
    };
    let straight = |length: f64| {
        let first = Rail::new().straight(LEAD).then(turn(out.angle, out.radius));
        let last = turn(FRAC_PI_2 - out.angle, scene.lock());
        first.straight(length).then(last)
    };
    // From (0, 0) along x: aside is the plot's x, ahead its y.
    let (none, one) = (straight(0.0).end().at, straight(1.0).end().at);
    let length = (lane - from.y - none.x) / (one.x - none.x);
    let rail = straight(length.max(0.0));
    let aside = libm::fabs(rail.end().at.y);
    Track::forward(from, FRAC_PI_2, rail.straight(towards * (to - from.x) - aside))
}

/// Out of A, through B's mouth, to the other line.
pub(super) fn way_out(scene: &Scene, bays: &Bays, drawing: Drawing) -> Track {
    let to = bays.control[1] - PAST + scene.spec.wheelbase;
    let from = Xy::new(drawing.shifted, drawing.back);
    forth(scene, from, drawing.lane, drawing.out, -1.0, to)
}

/// Out of A to the start and on over the exit.
pub(super) fn way_home(scene: &Scene, bays: &Bays, drawing: Drawing) -> Track {
    let to = bays.reach.1 + scene.spec.tail() + WAITING_ROOM;
    let from = Xy::new(bays.middle[1], drawing.back);
    forth(scene, from, drawing.home, STRAIGHT, 1.0, to)
}

/// One move of the shift: an S between two places near the bays' back and their mouth, as wide as the room allows.
fn a_move(scene: &Scene, drawing: Drawing, no: usize, from: f64, to: f64) -> Track {
    let reverse = no % 2 == 1;
    // Ahead of a vehicle that looks out of the bay x grows to the right, behind it to the left.
    let side = if reverse { 1.0 } else { -1.0 };
    let (ahead, aside) = (drawing.front - drawing.back - 2.0 * LEAD, side * (to - from));
    let ease = EASE;
    let bend = |angle: f64, radius: f64| {
        let one = Rail::new().turn(angle, radius, [ease, ease]);
        one.then(Rail::new().turn(-angle, radius, [ease, ease]))
    };
    // The angle for a radius by bisection; then the widest radius that the room allows.
    let angle = |radius: f64| {
        let off = |angle: f64| bend(angle, radius).end().at.y;
        tune(0.0, 1.0, aside.abs(), off)
    };
    let room = |wider: f64| bend(angle(scene.lock() + wider), scene.lock() + wider).end().at.x;
    let radius = scene.lock() + tune(0.0, 20.0 * scene.lock(), ahead, room);
    let s = bend(aside.signum() * angle(radius), radius);
    let rest = (ahead - s.end().at.x).max(0.0);
    let rail = Rail::new().straight(LEAD).then(s).straight(LEAD + rest);
    let y = if reverse { drawing.front } else { drawing.back };
    match reverse {
        true => Track::backward(Xy::new(from, y), FRAC_PI_2, rail),
        false => Track::forward(Xy::new(from, y), FRAC_PI_2, rail),
    }
}

/// All of the ride, each track with the plot that it is drawn in.
fn tracks(scene: &Scene, bays: &Bays, drawing: Drawing, slip: Option<Slip>) -> Vec<(Plot, Track)> {
    let spec = scene.spec;
    let from = bays.reach.0 - spec.nose() - WAITING_ROOM;
    let into_b = back(scene, bays, drawing);
    let past = Rail::new().straight(into_b.from.at.x - from);
    let past = Track::forward(Xy::new(from, drawing.lane), 0.0, past);
    let mut tracks = vec![(bays.plot, past), (bays.plot, into_b)];
    let to = bays.control[1] - PAST + spec.wheelbase;
    let straight_out = |x: f64| forth(scene, Xy::new(x, drawing.back), drawing.lane, STRAIGHT, -1.0, to);
    if slip == Some(Slip::NoShift) {
        tracks.push((bays.plot, straight_out(bays.middle[0])));
    } else {
        let by = (drawing.shifted - bays.middle[0]) / MOVES as f64;
        let x = |no: usize| bays.middle[0] + by * no as f64;
        let moves = (0..MOVES).map(|no| (bays.plot, a_move(scene, drawing, no, x(no), x(no + 1))));
        tracks.extend(moves);
        let out = match slip {
            Some(Slip::StraightOut) => straight_out(drawing.shifted),
            _ => way_out(scene, bays, drawing),
        };
        tracks.push((bays.plot, out));
    }
    // A truck that slants out late is past its mark when it is straight in the lane.
    let out = tracks.last().map_or(to, |(_, out)| out.from.at.x - out.rail.end().at.y);
    let turn = bays.over(out.min(to));
    let into_a = back_from(
        scene,
        turn,
        drawing.lane,
        Xy::new(bays.over(bays.middle[1]), drawing.back),
    );
    tracks.push((bays.mirror, into_a));
    tracks.push((bays.plot, way_home(scene, bays, drawing)));
    tracks
}

fn drive(scene: &Scene, site: &Site, legs: Vec<Leg>, slip: Option<Slip>) -> Vec<Stint> {
    let manners = scene.manners();
    let mut stretches: Vec<Stint> = legs
        .into_iter()
        .enumerate()
        .map(|(no, leg)| {
            let speed = match leg.reverse {
                true => manners.reverse_speed,
                false => manners.yard_speed,
            };
            let motion = scene.along(site, &leg.path, speed, no == 1);
            Stint {
                swing: leg.swing,
                ..stretch(site, leg.path, leg.reverse, motion)
            }
        })
        .collect();
    if let Some(Slip::Slow { seconds }) = slip {
        let wait = (seconds - item_time(scene, site, &stretches)).max(0.0);
        let before_last = stretches.len() - 2;
        let path = &stretches[before_last].path;
        let mut motion = Motion::new();
        motion
            .keep(SHIFT_S + wait)
            .hop(path.length(), manners.reverse_speed, manners.acceleration);
        stretches[before_last].motion = motion;
    }
    stretches
}

/// From where the first reversing begins to where both front wheels are back past the start line, seconds.
fn item_time(scene: &Scene, site: &Site, stretches: &[Stint]) -> f64 {
    let (Some(gate), [_, between @ .., last]) = (Gate::of(site, "control_first"), stretches) else {
        return 0.0;
    };
    let before: f64 = between.iter().map(|stint| stint.motion.duration()).sum();
    let contacts = scene.spec.contacts();
    let past = |s: f64| {
        let p = spot(&last.path, s);
        let wheels = contacts[..2].iter().map(|(b, _)| gate.past(point(p, false, *b)));
        wheels.fold(f64::INFINITY, f64::min)
    };
    let passed = tune(0.0, last.path.length(), 0.0, past);
    before - SHIFT_S + last.motion.when(passed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::choice;
    use crate::vehicle::Kind;
    use crate::vehicle::spec::Spec;
    use core::f64::consts::{PI, TAU};
    use kaoguan_course::{BuiltFor, Course, TenthMm, standard};

    /// Every large vehicle that is no articulated one has its room between the lines and the poles of its own bays.
    #[test]
    fn every_large_vehicle_gets_through_its_own_bays() {
        for (class, text) in [
            ("A1", include_str!("../../../../engine/vehicles/a1-coach.toml")),
            ("A3", include_str!("../../../../engine/vehicles/a3-bus.toml")),
            ("B1", include_str!("../../../../engine/vehicles/b1-minibus.toml")),
            ("B2", include_str!("../../../../engine/vehicles/b2-truck.toml")),
        ] {
            let spec = Spec::read(text).unwrap();
            let length = spec.nose() + spec.tail();
            let tenths = |m: f64| TenthMm((m * 1e4).round() as i32);
            let vehicle = BuiltFor {
                length: tenths(length),
                width: tenths(2.0 * spec.half_width()),
                wheelbase: tenths(spec.wheelbase),
                ..BuiltFor::UNSAID
            };
            let place = standard::Place::of_class(class);
            let text = standard::lay_out(class, &vehicle, &["bay_shift".to_owned()], &place).unwrap();
            let course = Course::load(&text).unwrap();
            let rider = choice(Kind::Car, "flawless").unwrap();
            let scene = Scene {
                course: &course,
                spec: &spec,
                rider,
                seed: 7,
                ride: 1,
                leads: &Default::default(),
            };
            let bays = Bays::of(&course.sites[0]).unwrap();
            let drawing = drawing(&scene, &bays);
            let clean = tracks(&scene, &bays, drawing, None);
            let worst = |(plot, track): &(Plot, Track)| bays.worst(&scene, plot, track, 1);
            let rooms: Vec<f64> = clean.iter().map(worst).collect();
            assert!(rooms.iter().all(|room| *room < -0.10), "{class}: {rooms:.3?}");
            joined(class, &clean);
            let slips = super::super::super::large()
                .iter()
                .filter_map(|driver| driver.faults.iter().next());
            for slip in slips.filter_map(|fault| {
                if let Fault::Shift(slip) = fault {
                    Some(slip)
                } else {
                    None
                }
            }) {
                let wrong = wrong(&scene, &bays, drawing, slip);
                let tracks = tracks(&scene, &bays, wrong, Some(slip));
                joined(&format!("{class} {slip:?}"), &tracks);
                let keeps_clear = !matches!(slip, Slip::OverEdge { .. } | Slip::Touches { .. });
                let most = tracks.iter().map(worst).fold(f64::NEG_INFINITY, f64::max);
                assert!(!keeps_clear || most < -0.10, "{class} {slip:?}: {most}");
            }
        }
    }

    /// Each track begins where the one before it ended, the other way round.
    fn joined(whose: &str, tracks: &[(Plot, Track)]) {
        for (no, pair) in tracks.windows(2).enumerate() {
            let [(plot, before), (next_plot, after)] = pair else {
                continue;
            };
            let (end, start) = (before.places(plot), after.places(next_plot));
            let (end, start) = (end[end.len() - 1], start[0]);
            let turned = (end.direction - start.direction).abs().rem_euclid(TAU) - PI;
            assert!(end.at.to(start.at) < 1e-5, "{whose} {no}: {end:?} {start:?}");
            assert!(turned.abs() < 1e-5, "{whose} {no}: {turned} rad, where it turns round");
        }
    }
}
