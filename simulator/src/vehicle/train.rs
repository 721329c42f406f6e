//! What a vehicle draws: it hangs on the coupling and follows as its own wheels must.
//!
//! The problem: a trailer's direction is a matter of the whole way that it came, and backwards each error of it grows. The
//! answer: its wheels do not slip, so on a known way of the tractor its direction is known at each arc length ([`Swing`]): pulled,
//! it is walked along the way; pushed, it was planned as a pull whose time runs backwards. Deliberately not here: forces, and
//! how the axles of a tandem slip: the trailer turns about the middle of its axles.
use super::body::{Pose, rotation};
use super::path::{Path, Xy};
use super::rail::Place;
use super::spec::Body;
use core::f64::consts::{FRAC_PI_2, PI};

/// A trailer's measures, metres; its own frame begins on the ground under its first axle.
#[derive(Debug, Clone)]
pub struct Towed {
    /// Where the tractor carries it, in the tractor's frame.
    pub coupling: Body,
    /// From its frame's origin forward to the coupling.
    pub length: f64,
    /// Its axles: where, between the middles of the contacts, half a tyre's width.
    pub axles: Vec<[f64; 3]>,
    /// Phase centres of its main and second antenna.
    pub antennas: [Body; 2],
    /// Its contour, a ring.
    pub outline: Vec<Body>,
}

impl Towed {
    /// The point that does not slip: the middle of its axles, forward of its origin.
    pub fn pivot(&self) -> f64 {
        self.axles.iter().map(|axle| axle[0]).sum::<f64>() / self.axles.len().max(1) as f64
    }
    /// From there to the coupling.
    pub fn arm(&self) -> f64 {
        self.length - self.pivot()
    }
    /// Middles of its contacts, left and right of each axle, with half their widths.
    pub fn contacts(&self) -> Vec<(Body, f64)> {
        let of = |[at, track, half]: &[f64; 3]| [-1.0, 1.0].map(|side| ([*at, side * track / 2.0, 0.0], *half));
        self.axles.iter().flat_map(of).collect()
    }
    /// Its contour's rearmost point.
    pub fn rear_end(&self) -> Body {
        let last = self.outline.iter().min_by(|a, b| a[0].total_cmp(&b[0]));
        last.copied().unwrap_or_default()
    }
    /// A point of it in the tractor's frame, both in line.
    pub fn in_line(&self, body: Body) -> Body {
        [body[0] + self.coupling[0] - self.length, body[1], body[2]]
    }
    /// Where a point of it is on level ground, behind a tractor at a place where it looks in a direction; radians
    /// counter-clockwise from +x.
    pub fn point(&self, rear: Xy, tractor: f64, direction: f64, body: Body) -> Xy {
        let ahead = |way: f64| Xy::new(libm::cos(way), libm::sin(way));
        let (front, own) = (ahead(tractor), ahead(direction));
        let right = Xy::new(own.y, -own.x);
        let hitch = rear.plus(front, self.coupling[0]);
        hitch.plus(own, body[0] - self.length).plus(right, body[1])
    }
}

/// Where a trailer is.
#[derive(Debug, Clone)]
pub struct Hung {
    /// Its body.
    pub pose: Pose,
    /// Its contour on the plane.
    pub outline: Vec<Xy>,
}

/// Hangs a trailer on a standing tractor: `direction` counter-clockwise from east, on ground of known height.
pub fn hang(towed: &Towed, tractor: &Pose, direction: f64, ground: &dyn Fn(Xy) -> f64) -> Hung {
    let hitch = tractor.place(towed.coupling);
    let heading = FRAC_PI_2 - direction;
    let mut pose = Pose {
        heading,
        ..Pose::default()
    };
    let (pivot, arm) = (towed.pivot(), towed.arm().max(1e-3));
    let track = towed.axles.iter().map(|axle| axle[1]).fold(1e-3, f64::max);
    for _ in 0..6 {
        pose.rotation = rotation(heading, pose.pitch, pose.lean);
        let lever = pose.turn([towed.length, 0.0, towed.coupling[2]]);
        pose.origin = [0, 1, 2].map(|i| hitch[i] - lever[i]);
        let [left, right] = [-1.0, 1.0].map(|side| {
            let p = pose.place([pivot, side * track / 2.0, 0.0]);
            (p[2], ground(Xy::new(p[0], p[1])))
        });
        let above = (left.0 - left.1 + right.0 - right.1) / 2.0;
        // About the coupling: a nose that rises lets the axle down.
        pose.pitch += libm::asin((above / arm).clamp(-0.5, 0.5));
        pose.lean = libm::asin(((left.1 - right.1) / track).clamp(-0.5, 0.5));
    }
    pose.rear = pose.origin;
    pose.front = hitch;
    let outline = towed.outline.iter().map(|b| pose.place(*b));
    Hung {
        outline: outline.map(|p| Xy::new(p[0], p[1])).collect(),
        pose,
    }
}

/// Directions of the trailer at a tractor's places, one by one; the first is given. `reverse`: the body looks against the
/// places' directions.
pub fn directions(towed: &Towed, places: &[Place], reverse: bool, from: f64) -> Vec<f64> {
    let (arm, ahead) = (towed.arm(), towed.coupling[0]);
    let (sign, facing) = if reverse { (-1.0, PI) } else { (1.0, 0.0) };
    let mut direction = from;
    let mut all = vec![from];
    for pair in places.windows(2) {
        let way = pair[0].at.to(pair[1].at) * sign;
        let turned = wrap(pair[1].direction - pair[0].direction);
        // What moves the coupling across the trailer turns it.
        let turn = |tractor: f64, own: f64| {
            let angle = tractor - own;
            (way * libm::sin(angle) + ahead * turned * libm::cos(angle)) / arm
        };
        let tractor = pair[0].direction + facing;
        let first = turn(tractor, direction);
        let half = turn(tractor + turned / 2.0, direction + first / 2.0);
        direction += half;
        all.push(direction);
    }
    all
}

/// The trailer's direction along a path of the tractor's rear axle, by arc length.
#[derive(Debug, Clone)]
pub struct Swing(Vec<(f64, f64)>);

/// A pulled trailer's direction is worked out at such distances, metres.
const STEP: f64 = 0.02;

impl Swing {
    /// Along a path, from a direction at its beginning.
    pub fn walked(towed: &Towed, path: &Path, reverse: bool, from: f64) -> Swing {
        let count = libm::ceil(path.length() / STEP).max(1.0);
        let step = path.length() / count;
        let places: Vec<Place> = (0..=count as usize)
            .map(|k| path.at(k as f64 * step))
            .map(|p| Place {
                at: p.at,
                direction: p.direction,
            })
            .collect();
        let all = directions(towed, &places, reverse, from);
        Swing(all.into_iter().enumerate().map(|(k, d)| (k as f64 * step, d)).collect())
    }
    /// Planned: arc lengths, rising, with directions.
    pub fn planned(along: Vec<(f64, f64)>) -> Swing {
        Swing(along)
    }
    /// The direction at an arc length.
    pub fn at(&self, s: f64) -> f64 {
        let next = self.0.partition_point(|(known, _)| *known <= s);
        let (Some(a), Some(b)) = (self.0.get(next.saturating_sub(1)), self.0.get(next)) else {
            return self.0.last().map_or(0.0, |(_, direction)| *direction);
        };
        let share = ((s - a.0) / (b.0 - a.0).max(1e-12)).clamp(0.0, 1.0);
        a.1 + wrap(b.1 - a.1) * share
    }
    /// The same from another direction: what the way before has left is steered out over this length, metres.
    pub fn steered_in(mut self, from: f64, over: f64) -> Swing {
        let off = self.0.first().map_or(0.0, |(_, first)| wrap(from - first));
        for (s, direction) in &mut self.0 {
            *direction += off * (1.0 - *s / over).max(0.0);
        }
        self
    }
}

/// How a trailer is pushed: its pivot is led along places (travel directions against the body's), and the tractor's rear axle
/// is where the coupling and its own wheels ask for. Its places, with the same travel direction, and the trailer's directions.
///
/// Moving backwards a car's axle runs behind its coupling, so its direction settles by itself where the coupling is behind the axle: it
/// begins in line. Over a semi-trailer's tractor the coupling is before the axle: there each error grows on the way back and dies out on
/// the way forth, so it is walked from its end, where it is in line, and comes into line on whatever straight way it begins with.
pub fn pushed(towed: &Towed, pivots: &[Place]) -> (Vec<Place>, Vec<f64>) {
    let (arm, ahead) = (towed.arm(), towed.coupling[0]);
    let hitch = |p: &Place| p.at.plus(unit(p.direction + PI), arm);
    let mut places: Vec<Place> = match ahead > 0.0 {
        true => carried(pivots.iter().rev().map(hitch), pivots.last(), ahead),
        false => carried(pivots.iter().map(hitch), pivots.first(), ahead),
    };
    if ahead > 0.0 {
        places.reverse();
    }
    (places, pivots.iter().map(|p| p.direction + PI).collect())
}

/// A tractor's places, in line with the first one's, as its coupling goes along points.
fn carried(hitches: impl Iterator<Item = Xy>, first: Option<&Place>, ahead: f64) -> Vec<Place> {
    let mut tractor = first.map_or(0.0, |p| p.direction + PI);
    let mut before = None;
    hitches
        .map(|hitch| {
            if let Some(before) = before.replace(hitch) {
                tractor += turned(before, hitch, tractor, ahead);
            }
            Place {
                at: hitch.plus(unit(tractor), -ahead),
                direction: tractor + PI,
            }
        })
        .collect()
}

/// What a tractor turns about its rear axle while its coupling goes from a point to another one.
fn turned(from: Xy, to: Xy, tractor: f64, ahead: f64) -> f64 {
    let (way, towards) = (from.to(to), libm::atan2(to.y - from.y, to.x - from.x));
    let rate = |own: f64| libm::sin(towards - own) / ahead;
    // A short tractor turns much on a short way.
    let h = way / PARTS as f64;
    let mut own = tractor;
    for _ in 0..PARTS {
        let half = own + rate(own) * h / 2.0;
        own += rate(half) * h;
    }
    own - tractor
}

/// A stretch between two places is walked in so many parts.
const PARTS: usize = 4;

fn unit(direction: f64) -> Xy {
    Xy::new(libm::cos(direction), libm::sin(direction))
}

/// Within half a turn.
pub fn wrap(angle: f64) -> f64 {
    use core::f64::consts::TAU;
    (angle + PI).rem_euclid(TAU) - PI
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vehicle::car;
    use crate::vehicle::rail::Rail;
    use crate::vehicle::spec::Spec;

    fn c6() -> (Spec, Towed) {
        let spec = Spec::read(include_str!("../../../engine/vehicles/c6-light-trailer.toml")).expect("good");
        let towed = spec.trailer.clone().expect("it draws one");
        (spec, towed)
    }

    fn places(rail: &Rail) -> Vec<Place> {
        rail.walk(Place {
            at: Xy::default(),
            direction: 0.0,
        })
    }

    /// Round a long circle of 8 m the pivot comes to its own circle: a root of squares.
    #[test]
    fn on_a_circle_it_settles_on_its_own_radius() {
        let (_, towed) = c6();
        let round = places(&Rail::new().turn(4.0 * PI, 8.0, [0.0, 0.0]));
        let all = directions(&towed, &round, false, 0.0);
        let (last, own) = (round[round.len() - 1], all[all.len() - 1]);
        let pivot = towed.point(last.at, last.direction, own, [towed.pivot(), 0.0, 0.0]);
        let radius = pivot.to(Xy::new(0.0, 8.0));
        let want = (8.0f64.powi(2) + 1.15f64.powi(2) - towed.arm().powi(2)).sqrt();
        assert!((radius - want).abs() < 1e-4, "{radius}, not {want}");
    }

    /// What was pushed back is what would have been pulled out: the pivot's wheels do not slip either way.
    #[test]
    fn a_push_is_a_pull_backwards() {
        pull_and_push(&c6().1, 8.0);
    }

    /// The same with the coupling before the tractor's axle, where an error would grow on the way back.
    #[test]
    fn a_tractor_s_push_is_a_pull_backwards() {
        let spec = Spec::read(include_str!("../../../engine/vehicles/a2-tractor.toml")).expect("good");
        pull_and_push(&spec.trailer.expect("it draws one"), 8.0);
    }

    fn pull_and_push(towed: &Towed, radius: f64) {
        let rail = Rail::new()
            .straight(6.0)
            .turn(FRAC_PI_2, radius, [5.0, 5.0])
            .straight(8.0);
        let (push, own) = pushed(towed, &places(&rail));
        for (pair, directions) in push.windows(2).zip(own.windows(2)) {
            let way = Xy::new(pair[1].at.x - pair[0].at.x, pair[1].at.y - pair[0].at.y);
            let middle = (pair[0].direction + pair[1].direction) / 2.0;
            let across = way.y * libm::cos(middle) - way.x * libm::sin(middle);
            assert!(
                across.abs() < 2e-5,
                "the tractor's rear axle slips by {across} m in 5 cm"
            );
            let pivot =
                |place: Place, own: f64| towed.point(place.at, place.direction + PI, own, [towed.pivot(), 0.0, 0.0]);
            let (a, b) = (pivot(pair[0], directions[0]), pivot(pair[1], directions[1]));
            let middle = (directions[0] + directions[1]) / 2.0;
            let slip = (b.y - a.y) * libm::cos(middle) - (b.x - a.x) * libm::sin(middle);
            assert!(slip.abs() < 2e-5, "the trailer slips by {slip} m");
        }
        let pull: Vec<Place> = push
            .iter()
            .rev()
            .map(|p| Place {
                at: p.at,
                direction: p.direction - PI,
            })
            .collect();
        let pulled = directions(towed, &pull, false, own[own.len() - 1]);
        for (pulled, pushed) in pulled.iter().zip(own.iter().rev()) {
            assert!(wrap(pulled - pushed).abs() < 5e-4, "{pulled} {pushed}");
        }
    }

    /// On a plane that rises by a tenth all contacts of the pivot lie on it, and the coupling is the tractor's.
    #[test]
    fn it_lies_on_its_ground() {
        let (spec, towed) = c6();
        let ground = |p: Xy| 3.0 + 0.1 * p.y - 0.02 * p.x;
        let tractor = car::pose(&spec, Xy::new(5.0, -7.0), 1.2, &ground);
        let hung = hang(&towed, &tractor, 0.8, &ground);
        for side in [-0.9, 0.9] {
            let p = hung.pose.place([towed.pivot(), side, 0.0]);
            let above = p[2] - ground(Xy::new(p[0], p[1]));
            assert!(above.abs() < 2e-3, "{above} m above the ground");
        }
        let (a, b) = (
            tractor.place(towed.coupling),
            hung.pose.place([towed.length, 0.0, towed.coupling[2]]),
        );
        assert!((0..3).all(|i| (a[i] - b[i]).abs() < 1e-3), "{a:?} {b:?}");
    }
}
