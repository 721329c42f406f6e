//! 桩考 on three wheels: the whole body past five poles and between two lines that leave it decimetres.
//!
//! The problem: a body that does not lean follows its rear axle, its front swings out twice as wide, and a pole and a line are
//! hardly farther apart than it is wide; a half cosine from pole to pole gets out of the lines. The answer: the rear axle's middle
//! swings as a cosine with its third harmonic, which holds the front back just before each pole; the four numbers of
//! that drawing are searched on the vehicle's own contour, as a rider finds them by practice. It begins to swing well before
//! the start line. Assumed of the vehicle: a front wheel under a handlebar turns by 55 degrees.
use super::car::{exact_body, peak, stance, stood, tune};
use super::frame::Frame;
use super::stint::Act;
use super::{Fault, Item, Scene, berths, item};
use crate::geometry::{Fences, ring_depth};
use crate::rng::Rng;
use crate::vehicle::path::{Path, Xy};
use crate::vehicle::spec::Spec;
use core::f64::consts::PI;
use kaoguan_course::{Side, Site};

/// The tightest turn of the rear axle's middle, in wheelbases: 1 / tan 55 degrees.
const TIGHT: f64 = 0.70;
/// The swing grows from nothing over so much, and is whole so far before the start line, metres.
const GROWS: f64 = 6.0;
const WHOLE: f64 = 3.0;
/// It dies away over so many spacings behind the last pole.
const DIES: f64 = 1.3;
/// Whoever goes straight on beside a pole leaves so much between it and the body, metres.
const CLEAR: f64 = 0.12;
/// Way points are so close, metres.
const STEP: f64 = 0.1;
/// Whoever drifts out does so over this length and comes back over as much, metres.
const DRIFT: f64 = 2.8;
/// Whoever brushes a pole leans towards it over this length, metres.
const BRUSH: f64 = 1.6;

/// A place where the rider is off the line: around x, as far, over so long before and after.
#[derive(Debug, Clone, Copy)]
struct Aside {
    x: f64,
    by: f64,
    over: f64,
}

/// The swing: amplitude, the third harmonic's share and phase, and how much earlier than the pole its peak is, radians.
#[derive(Debug, Clone, Copy)]
struct Swing([f64; 4]);

/// A line through a row of poles, in the site's frame.
struct Weave {
    swing: Swing,
    /// The first pole, the last one, and +1 where the first one is passed on its left.
    first: Xy,
    last: Xy,
    sign: f64,
    spacing: f64,
    /// So far beside a pole a body clears it that runs straight along.
    clear: f64,
    start: f64,
    aside: Option<Aside>,
    /// From the last pole but one on it stays on that pole's side.
    stays: bool,
}

/// Plans the item; `None` where the site has no row of poles.
pub(super) fn plan(scene: &Scene, site: &Site) -> Option<Item> {
    let frame = Frame::of(site);
    let poles = site.poles();
    let place = |k: usize| poles.get(k).map(|(c, ..)| frame.local(Xy::new(c.e, c.n)));
    let (first, last) = (place(0)?, place(poles.len().checked_sub(1)?)?);
    let spacing = (last.x - first.x) / (poles.len() as f64 - 1.0).max(1.0);
    let edge = frame
        .role(site, "edge_left")
        .first()
        .map_or(spacing, |p| (p.y - first.y).abs());
    let radius = poles.iter().map(|(_, radius, _)| *radius).fold(0.0, f64::max);
    let start = frame.role(site, "start_line").first().map_or(first.x, |p| p.x);
    let mut weave = Weave {
        swing: Swing::fit(scene.spec, spacing, edge, radius),
        first,
        last,
        sign: if poles[0].2 == Side::Left { 1.0 } else { -1.0 },
        spacing,
        clear: scene.spec.half_width() + CLEAR,
        start,
        aside: None,
        stays: scene.has(Fault::WrongSide { pole: poles.len() }),
    };
    let (near, to) = berths(scene, site, &frame, "finish_line");
    let from = near.min(start - WHOLE - GROWS - 1.0);
    weave.err(scene, site, &frame, (from, to));
    let path = weave.path(&frame, from, to);
    let mut item = item(&frame, site, path, from, to, weave.y(from), weave.y(to));
    ride(scene, &weave, &frame, &mut item);
    Some(item)
}

/// Its motion, with a stop between the third and the fourth pole, and what the rider does besides.
fn ride(scene: &Scene, weave: &Weave, frame: &Frame, item: &mut Item) {
    let manners = scene.manners();
    let stint = &mut item.stint;
    let reaches = |path: &Path, x: f64| tune(0.0, path.length(), x, |s| frame.local(path.at(s).at).x);
    let stop = scene.fault(|fault| match fault {
        Fault::StopsInPoles { seconds } => Some(seconds),
        _ => None,
    });
    stint.motion.keep(1.0);
    if let Some(seconds) = stop {
        let between = reaches(&stint.path, weave.first.x + 2.5 * weave.spacing);
        stint
            .motion
            .hop(between, manners.slalom_speed, manners.acceleration)
            .keep(seconds);
    }
    stint
        .motion
        .hop(stint.path.length(), manners.slalom_speed, manners.acceleration);
    if scene.has(Fault::NoHelmet) {
        let off = stint.motion.when(reaches(&stint.path, weave.first.x));
        stint.acts.push((off, Act::Helmet(false)));
        stint.acts.push((stint.motion.duration(), Act::Helmet(true)));
    }
}

impl Weave {
    fn y(&self, x: f64) -> f64 {
        let phase = PI * (x - self.first.x) / self.spacing;
        let grown = smooth((x - (self.start - WHOLE - GROWS)) / GROWS);
        let died = smooth((x - self.last.x - 0.3 * self.spacing) / (DIES * self.spacing));
        let swing = self.sign * grown * (1.0 - died) * self.swing.at(phase)[0];
        let swing = if self.stays { self.staying(x, swing) } else { swing };
        let aside = self.aside.map_or(0.0, |aside| {
            let u = ((x - aside.x) / aside.over).abs().min(1.0);
            aside.by * (1.0 + libm::cos(PI * u)) / 2.0
        });
        self.first.y + swing + aside
    }

    /// Behind the last pole but one the body stays so far out on that side, until it is past the last one.
    fn staying(&self, x: f64, swing: f64) -> f64 {
        let before = self.last.x - self.spacing;
        let side = self.swing.at(PI * (before - self.first.x) / self.spacing)[0].signum();
        let peak = self.sign * side * self.clear;
        let from = smooth((x - before) / (0.7 * self.spacing) + 0.3);
        let back = smooth((x - self.last.x - self.spacing) / self.spacing);
        swing + (peak - swing) * from * (1.0 - back)
    }

    fn path(&self, frame: &Frame, from: f64, to: f64) -> Path {
        let count = libm::ceil((to - from) / STEP).max(2.0) as usize;
        let x = |k: usize| from + (to - from) * k as f64 / count as f64;
        let points: Vec<Xy> = (0..=count).map(|k| frame.plane(Xy::new(x(k), self.y(x(k))))).collect();
        Path::new(&points)
    }

    /// What is done wrong with the body, tuned on the body as it stands on its ground.
    fn err(&mut self, scene: &Scene, site: &Site, frame: &Frame, (from, to): (f64, f64)) {
        let (at, goal): (f64, f64);
        let mut aside;
        let fences = Fences::of(site);
        let beyond = scene.fault(|fault| match fault {
            Fault::LeavesSlalom { beyond } => Some(beyond),
            _ => None,
        });
        let brushed = scene.fault(|fault| match fault {
            Fault::BrushesPole { pole, depth } => Some((pole, depth)),
            _ => None,
        });
        let worst: Box<dyn Fn(&Path) -> f64> = match (beyond, brushed) {
            (Some(beyond), _) => {
                let finish = frame.role(site, "finish_line").first().map_or(to, |p| p.x);
                (at, goal) = ((self.last.x + 1.6 * self.spacing + finish) / 2.0, beyond);
                aside = Aside {
                    x: at,
                    by: 1.0,
                    over: DRIFT,
                };
                Box::new(|path| exact_body(scene, path, false, &fences))
            }
            (None, Some((pole, depth))) => {
                let Some((centre, radius, side)) = site.poles().get(pole.saturating_sub(1)).copied() else {
                    return;
                };
                let centre = Xy::new(centre.e, centre.n);
                (at, goal) = (frame.local(centre).x, depth);
                let by = if side == Side::Left { -1.0 } else { 1.0 };
                aside = Aside { x: at, by, over: BRUSH };
                Box::new(move |path| deepest(scene, path, centre, radius))
            }
            _ => return,
        };
        let by = aside.by;
        let depth = |much: f64| {
            let off = Weave {
                aside: Some(Aside { by: by * much, ..aside }),
                ..*self
            };
            worst(&off.path(frame, from, to))
        };
        aside.by = by * tune(0.0, 2.0, goal, depth);
        self.aside = Some(aside);
    }
}

/// How deep the body gets into a pole on a path, metres.
fn deepest(scene: &Scene, path: &Path, centre: Xy, radius: f64) -> f64 {
    peak(path, |_, place| {
        if place.at.to(centre) > 2.0 * scene.spec.nose() {
            return f64::NEG_INFINITY;
        }
        let pose = stance(scene, place, false);
        let outline: Vec<Xy> = scene.spec.outline.iter().map(|b| stood(&pose, *b)).collect();
        ring_depth(&outline, centre) + radius
    })
}

/// 0 before 0, 1 from 1 on, without a jump of the slope's slope.
fn smooth(u: f64) -> f64 {
    let u = u.clamp(0.0, 1.0);
    u * u * u * (10.0 - 15.0 * u + 6.0 * u * u)
}

impl Swing {
    /// Place, slope and bend by the phase, per radian.
    fn at(&self, phase: f64) -> [f64; 3] {
        let [a, c, psi, early] = self.0;
        let one = phase + early;
        let three = 3.0 * one + psi;
        [
            a * (libm::cos(one) + c * libm::cos(three)),
            -a * (libm::sin(one) + 3.0 * c * libm::sin(three)),
            -a * (libm::cos(one) + 9.0 * c * libm::cos(three)),
        ]
    }

    /// The swing that keeps a body farthest from poles and lines.
    fn fit(spec: &Spec, spacing: f64, edge: f64, radius: f64) -> Swing {
        let contour = contour(spec);
        let cost = |swing: &Swing| swing.worst(&contour, spec, spacing, (edge, radius));
        let mut rng = Rng::new(1, "swing");
        let mut best = Swing([spec.half_width() + 0.07, 0.04, -1.6, 0.12]);
        let mut least = cost(&best);
        for (tries, wide) in [(400, 0.3), (600, 0.08), (600, 0.02), (300, 0.005)] {
            for _ in 0..tries {
                let steps = [0.3, 0.1, 2.0, 1.0].map(|scale| rng.normal(scale * wide));
                let other = Swing([0, 1, 2, 3].map(|i| best.0[i] + steps[i]));
                let value = cost(&other);
                if value < least {
                    (best, least) = (other, value);
                }
            }
        }
        best
    }

    /// How far the body gets beyond a line or into a pole; what the front wheel cannot do costs as well.
    fn worst(&self, contour: &[Xy], spec: &Spec, spacing: f64, (edge, radius): (f64, f64)) -> f64 {
        let per_metre = PI / spacing;
        let mut worst = f64::NEG_INFINITY;
        let count = libm::ceil(2.0 * spacing / 0.06) as usize;
        for k in 0..count {
            let x = -spacing + 2.0 * spacing * k as f64 / count as f64;
            let [y, slope, bend] = self.at(per_metre * x);
            let slope = slope * per_metre;
            let length = libm::sqrt(1.0 + slope * slope);
            let curvature = (bend * per_metre * per_metre / (length * length * length)).abs();
            let too_tight = curvature * TIGHT * spec.wheelbase - 1.0;
            if too_tight > 0.0 {
                worst = worst.max(too_tight);
            }
            let (sin, cos) = (slope / length, 1.0 / length);
            for p in contour {
                worst = worst.max((y + p.x * sin + p.y * cos).abs() - edge);
            }
            for pole in [-spacing, 0.0, spacing] {
                let (px, py) = (pole - x, -y);
                let seen = Xy::new(px * cos + py * sin, py * cos - px * sin);
                worst = worst.max(radius + ring_depth(contour, seen));
            }
        }
        worst
    }
}

/// The contour, x ahead and y to the left.
fn contour(spec: &Spec) -> Vec<Xy> {
    spec.outline.iter().map(|p| Xy::new(p[0], -p[1])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// On the regulation's own course: each typical vehicle has five centimetres left on all sides, and turns its wheel by less than
    /// 55 degrees.
    #[test]
    fn typical_vehicles_get_through_the_poles() {
        for (file, length, width, more) in [
            (include_str!("../../../engine/vehicles/d-zs110zh.toml"), 3.05, 1.15, 0.4),
            (
                include_str!("../../../engine/vehicles/c4-three-wheeler.toml"),
                3.6,
                1.45,
                0.4,
            ),
        ] {
            let spec = Spec::read(file).expect("a good file");
            let (spacing, edge) = (length + more, width + 0.3);
            let swing = Swing::fit(&spec, spacing, edge, 0.02);
            let worst = swing.worst(&contour(&spec), &spec, spacing, (edge, 0.02));
            assert!(worst < -0.05, "{}: {worst} of {swing:?}", spec.id);
        }
    }
}
