//! The way from one place to stand to another.
//!
//! The problem: from any pose to any other without riding over a site's ground. The answer: Dubins' four curve-straight-curve
//! words, walked and weighed: length, plus a fine for each step outside the boundary and a much larger one on a ground, with wider turns
//! where all narrow ones lead over one; the spline rounds the jumps of curvature. Deliberately not here: obstacle avoidance for
//! courses so full that none of these is free.
use super::stint::Berth;
use crate::geometry::Ring;
use crate::vehicle::path::{Path, Xy, resample};
use core::f64::consts::TAU;
use kaoguan_course::Course;

/// What a vehicle needs on its way.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// Straight run at either end, metres: the spline must not bend in the berth itself.
    run: f64,
    /// Spacing of the way points, metres: the spline turns the wheel over about twice as much.
    step: f64,
    /// Half the width that it needs, metres.
    half_width: f64,
}

impl Room {
    /// The same with a straight run of so many metres at least, on ground as wide as a train needs.
    pub fn and_straight(self, run: f64) -> Room {
        Room {
            run: self.run.max(run),
            half_width: self.half_width.max(1.5),
            ..self
        }
    }
}

/// A leaning rider.
pub const RIDER: Room = Room {
    run: 1.0,
    step: 0.25,
    half_width: 0.6,
};

/// A car.
pub const CAR: Room = Room {
    run: 2.5,
    step: 1.0,
    half_width: 1.2,
};

/// A large vehicle.
pub const TRUCK: Room = Room {
    run: 4.0,
    step: 1.5,
    half_width: 1.6,
};

/// Fine for a step outside the boundary, metres.
const FINE: f64 = 50.0;
/// Fine for a step on a site's ground: it may be its entry, and whoever crosses that rides it.
const FINE_ON_A_SITE: f64 = 10_000.0;
/// So much wider turns are tried where the narrowest lead over a site.
const WIDER: [f64; 4] = [1.5, 2.0, 3.0, 4.0];

/// The shortest free way with turns of a radius, metres.
pub fn way(course: &Course, from: Berth, to: Berth, radius: f64, room: Room) -> Path {
    let words = [(1.0, 1.0), (-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0)];
    let start = Berth {
        at: ahead(from, room.run),
        ..from
    };
    let goal = Berth {
        at: ahead(to, -room.run),
        ..to
    };
    let grounds = Grounds::of(course);
    let way = |radius: f64, (k, word): (usize, &(f64, f64))| {
        let mut points = walk(start, goal, *word, radius)?;
        points.insert(0, from.at);
        points.push(to.at);
        let points = resample(&points, room.step);
        // The last term decides between mirrored ways of one length, whatever the rounding of a turned course.
        Some((grounds.cost(&points, room.half_width) + k as f64 * 0.01, points))
    };
    let best_of = |radius: f64| {
        let ways = words.iter().enumerate().filter_map(|word| way(radius, word));
        ways.min_by(|a, b| a.0.total_cmp(&b.0))
    };
    let over_a_site = |best: &Option<(f64, Vec<Xy>)>| best.as_ref().is_none_or(|(cost, _)| *cost >= FINE_ON_A_SITE);
    let mut best = best_of(radius);
    // Round a site with wider turns, where the narrow ones lead over it.
    for wider in WIDER {
        if over_a_site(&best) {
            let ways = best.into_iter().chain(best_of(radius * wider));
            best = ways.min_by(|a, b| a.0.total_cmp(&b.0));
        }
    }
    Path::new(&best.map(|(_, points)| points).unwrap_or_else(|| vec![from.at, to.at]))
}

fn ahead(berth: Berth, distance: f64) -> Xy {
    berth.at.plus(
        Xy::new(libm::cos(berth.direction), libm::sin(berth.direction)),
        distance,
    )
}

/// One word as points each few centimetres: turn with sign `a` (+1 left), straight, turn with sign `b`.
fn walk(from: Berth, to: Berth, (a, b): (f64, f64), radius: f64) -> Option<Vec<Xy>> {
    let centre = |berth: Berth, side: f64| {
        berth.at.plus(
            Xy::new(-libm::sin(berth.direction), libm::cos(berth.direction)),
            side * radius,
        )
    };
    let (c1, c2) = (centre(from, a), centre(to, b));
    let distance = c1.to(c2);
    let line = libm::atan2(c2.y - c1.y, c2.x - c1.x);
    // Direction of the straight: the outer tangent, or the inner one where the turns differ.
    let direction = if a == b {
        line
    } else {
        let sine = 2.0 * radius / distance;
        if sine >= 1.0 {
            return None;
        }
        line + a * libm::asin(sine)
    };
    let mut points = arc(c1, radius, from.direction, direction, a);
    points.extend(arc(c2, radius, direction, to.direction, b));
    Some(points)
}

/// An arc from one tangent direction to another; side +1 turns left.
fn arc(centre: Xy, radius: f64, from: f64, to: f64, side: f64) -> Vec<Xy> {
    let mut angle = (side * (to - from)).rem_euclid(TAU);
    if angle > TAU - 1e-6 {
        angle = 0.0;
    }
    let count = libm::ceil(angle * radius / 0.05).max(1.0) as usize;
    let point = |k: usize| {
        let d = from + side * angle * k as f64 / count as f64;
        centre.plus(Xy::new(libm::sin(d), -libm::cos(d)), side * radius)
    };
    (0..=count).map(point).collect()
}

/// Where nobody should ride on the way: on the sites' grounds, and outside the boundary.
struct Grounds {
    sites: Vec<Ring>,
    boundary: Ring,
}

impl Grounds {
    fn of(course: &Course) -> Grounds {
        Grounds {
            sites: course.sites.iter().map(|site| Ring::new(site.ground.clone())).collect(),
            boundary: Ring::new(course.boundary.clone()),
        }
    }

    fn cost(&self, points: &[Xy], half: f64) -> f64 {
        let length: f64 = points.windows(2).map(|w| w[0].to(w[1])).sum();
        length + points.windows(2).map(|w| self.fine(w[0], w[1], half)).sum::<f64>()
    }

    fn fine(&self, from: Xy, to: Xy, half: f64) -> f64 {
        let length = from.to(to).max(1e-9);
        let left = Xy::new(-(to.y - from.y) / length, (to.x - from.x) / length);
        let wide = [-half, 0.0, half].map(|side| from.plus(left, side));
        if wide.iter().any(|p| self.sites.iter().any(|site| site.holds(*p))) {
            return FINE_ON_A_SITE;
        }
        if wide.iter().any(|p| !self.boundary.holds(*p)) {
            FINE
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_ends_where_it_should() {
        let from = Berth {
            at: Xy::new(1.0, 2.0),
            direction: 0.3,
        };
        let to = Berth {
            at: Xy::new(14.0, 18.0),
            direction: 2.6,
        };
        for word in [(1.0, 1.0), (-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0)] {
            let points = walk(from, to, word, 3.0).expect("far enough apart");
            let (first, last) = (points[0], points[points.len() - 1]);
            assert!(first.to(from.at) < 1e-9, "{word:?} starts at {first:?}");
            assert!(last.to(to.at) < 1e-9, "{word:?} ends at {last:?}");
            let straight = points.windows(2).map(|w| w[0].to(w[1])).fold(0.0, f64::max);
            let turn = points
                .windows(3)
                .filter(|w| w[0].to(w[1]) < 0.06 && w[1].to(w[2]) < 0.06);
            let bend = turn.map(|w| w[0].to(w[2])).fold(f64::INFINITY, f64::min);
            assert!(straight > 1.0 && bend > 0.0);
        }
    }
}
