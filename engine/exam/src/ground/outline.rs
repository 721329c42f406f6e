//! The vehicle's body, and that of what it draws: surveyed points in their own frames, rings on the map.
use super::lever::{Rotation, moved};
use super::plane::{Border, border};
use super::pose::Pose;
use kaoguan_course::Point2;
use std::cell::OnceCell;

/// The body's outline in its own frame, and that of what it draws in its own; metres forward, right, down.
#[derive(Debug, Clone, Default)]
pub struct Outline {
    pub own: Vec<[f64; 3]>,
    pub towed: Vec<[f64; 3]>,
}

impl Outline {
    /// The body's own ring on the map, each point laid by its own height.
    pub fn own_laid(&self, pose: &Pose) -> Vec<Point2> {
        let rotation = Rotation::new(pose.heading, pose.pitch, pose.roll);
        self.own.iter().map(|b| moved(pose.origin, rotation.turn(*b))).collect()
    }
    /// The trailer's; nothing where there is none, or where it is is not known.
    pub fn towed_laid(&self, pose: &Pose) -> Vec<Point2> {
        let laid = pose.trailer.map(|trailer| trailer.laid(&self.towed).collect());
        laid.unwrap_or_default()
    }
    /// Both on the map, worked out when first asked for.
    pub fn lazy<'o>(&'o self, pose: &'o Pose) -> OutlineOnMap<'o> {
        OutlineOnMap {
            body: self,
            pose,
            rings: OnceCell::new(),
        }
    }
    /// A point by its number, the trailer's after the vehicle's own.
    fn point(&self, no: usize) -> Option<[f64; 3]> {
        self.own.iter().chain(&self.towed).nth(no).copied()
    }
}

/// A place of the body in its own frame, metres forward, right, down.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BodyPlace {
    pub at: [f64; 3],
    /// The frame is the trailer's.
    pub towed: bool,
}

/// An outline on the map, worked out when first asked for.
#[derive(Debug)]
pub struct OutlineOnMap<'o> {
    body: &'o Outline,
    pose: &'o Pose,
    rings: OnceCell<Rings>,
}

impl OutlineOnMap<'_> {
    /// Its rings.
    pub fn rings(&self) -> &Rings {
        self.rings.get_or_init(|| {
            let mut points = self.body.own_laid(self.pose);
            let own = points.len();
            points.extend(self.body.towed_laid(self.pose));
            Rings { points, own }
        })
    }
    /// Which place of the body it is; `None` where the outline has no such point.
    pub fn body_place(&self, on: &OnBorder) -> Option<BodyPlace> {
        let (a, b) = (self.body.point(on.from)?, self.body.point(on.to)?);
        Some(BodyPlace {
            at: std::array::from_fn(|i| a[i] + on.part * (b[i] - a[i])),
            towed: on.from >= self.body.own.len(),
        })
    }
}

/// A place on the border of a ring: on the side between two points, by their numbers, how far along it, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OnBorder {
    from: usize,
    to: usize,
    part: f64,
}

impl OnBorder {
    /// One of the outline's points.
    pub fn point(no: usize) -> OnBorder {
        OnBorder {
            from: no,
            to: no,
            part: 0.0,
        }
    }
}

/// The body on the map: one ring, or two where it draws something.
#[derive(Debug)]
pub struct Rings {
    points: Vec<Point2>,
    own: usize,
}

impl Rings {
    /// Of one body.
    #[cfg(test)]
    pub fn of_one(points: Vec<Point2>) -> Rings {
        let own = points.len();
        Rings { points, own }
    }
    /// The points of all of them.
    pub fn points(&self) -> &[Point2] {
        &self.points
    }
    /// Each of them, with the number of its first point.
    fn each(&self) -> impl Iterator<Item = (usize, &[Point2])> {
        let (own, towed) = self.points.split_at(self.own);
        [(0, own), (self.own, towed)]
            .into_iter()
            .filter(|(_, ring)| !ring.is_empty())
    }
    /// Distance of a point to them, negative inside, and the place of their borders that it is nearest to or deepest in;
    /// `None` without an outline.
    pub fn border(&self, p: Point2) -> Option<(f64, OnBorder)> {
        let mut least: Option<(f64, OnBorder)> = None;
        for (first, ring) in self.each() {
            let Border { clearance, side, part } = border(ring, p);
            if least.is_none_or(|(known, _)| clearance < known) {
                let (from, to) = (first + side, first + (side + 1) % ring.len());
                least = Some((clearance, OnBorder { from, to, part }));
            }
        }
        least
    }
    /// Where it is on the map.
    pub fn at(&self, on: &OnBorder) -> Point2 {
        let (a, b) = (self.points[on.from], self.points[on.to]);
        Point2::new(a.e + on.part * (b.e - a.e), a.n + on.part * (b.n - a.n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::board::Fitness;
    use crate::ground::pose::Uncertainty;
    use kaoguan_telemetry::units::EventTime;

    /// A body of 4 m by 2 m looking north, its bonnet lower than its tail: a pole a quarter of the way along its right side, from
    /// its nose, is a quarter of the way down.
    #[test]
    fn a_place_between_two_points_is_between_them_in_the_body_too() {
        let own = vec![
            [3.0, -1.0, -0.6],
            [3.0, 1.0, -0.6],
            [-1.0, 1.0, -1.0],
            [-1.0, -1.0, -1.0],
        ];
        let (body, rear) = (Outline { own, towed: Vec::new() }, Point2::new(10.0, 20.0));
        let pose = Pose {
            at: EventTime(0),
            believed: EventTime(0),
            rear,
            front: Point2::new(10.0, 22.5),
            axle: Point2::new(10.0, 22.5),
            origin: rear,
            heading: 0.0,
            pitch: 0.0,
            roll: 0.0,
            speed: 0.0,
            doubt: Uncertainty::default(),
            fitness: Fitness::Fit,
            trailer: None,
        };
        let outline = body.lazy(&pose);
        let (clearance, on) = outline.rings().border(Point2::new(11.2, 22.0)).expect("a border");
        assert!((clearance - 0.2).abs() < 1e-12);
        assert!(outline.rings().at(&on).distance(Point2::new(11.0, 22.0)) < 1e-12);
        let place = outline.body_place(&on).expect("a place");
        assert!(!place.towed);
        for (have, want) in place.at.into_iter().zip([2.0, 1.0, -0.7]) {
            assert!((have - want).abs() < 1e-12, "{place:?}");
        }
    }
}
