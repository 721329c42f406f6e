//! Places and the things in them: a site for each exercise, a part for each line, area, pole or profile.

use crate::{Course, Guide, Point2, TenthMm};

/// The place of one manoeuvre (项目) on the course.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// Unique name within the course.
    pub id: String,
    /// The manoeuvre ridden here: `pole_course`, `hill_start`, `plank_bridge` or `road_run`.
    pub manoeuvre: String,
    /// Chinese name for people.
    pub zh: String,
    /// English name for people.
    pub en: String,
    /// The place of this item in the exam, from 1.
    pub order: u16,
    /// The site's ground: a ring without the repeated last point, metres of the course plane.
    pub ground: Vec<Point2>,
    /// Everything else that was surveyed for this site, in the order of the file.
    pub parts: Vec<Part>,
    /// Unit vector of the riding direction: from the first to the last vertex of `edge_left`, `edge_right` or
    /// `profile`; on a road without any of them, of the first line.
    pub axis: Point2,
    /// The line that the axis comes from, with its bends.
    pub guide: Guide,
}

impl Site {
    /// The first part with this role.
    pub fn part(&self, role: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.role == role)
    }

    /// Every part with this role, in the order of the file.
    pub fn parts_of<'a>(&'a self, role: &'a str) -> impl Iterator<Item = &'a Part> + 'a {
        self.parts.iter().filter(move |part| part.role == role)
    }

    /// The poles as (centre, radius in metres, side on which the vehicle passes), by ordinal.
    pub fn poles(&self) -> Vec<(Point2, f64, Side)> {
        let mut poles: Vec<_> = self
            .parts_of("pole")
            .filter_map(|part| match (&part.shape, part.pass) {
                (Shape::Pole { centre, radius }, Some(pass)) => Some((part.ordinal, (*centre, *radius, pass))),
                _ => None,
            })
            .collect();
        poles.sort_by_key(|(ordinal, _)| *ordinal);
        poles.into_iter().map(|(_, pole)| pole).collect()
    }

    /// The riding direction at a place, a unit vector: the axis, or where the site bends that of the nearest stretch.
    pub fn direction_at(&self, point: Point2) -> Point2 {
        self.guide.direction_at(point).unwrap_or(self.axis)
    }

    /// Metres along the riding direction, from the datum's foot on the axis.
    pub fn along(&self, point: Point2) -> f64 {
        point.dot(self.axis)
    }

    /// Metres to the left of the riding direction, from the line through the datum.
    pub fn leftward(&self, point: Point2) -> f64 {
        self.axis.cross(point)
    }
}

/// One surveyed thing that fills a role in its site.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The feature's id, unique within the course.
    pub id: String,
    /// What it is for; the table is in `course-maps/README.md`.
    pub role: String,
    /// Its number among those of the same role, from 1.
    pub ordinal: Option<u16>,
    /// Its geometry on the course plane.
    pub shape: Shape,
    /// Poles only: the side of the pole on which the vehicle's path runs, seen in riding direction.
    pub pass: Option<Side>,
}

impl Part {
    /// The vertices of a line or profile, the ring of an area, the centre of a pole.
    pub fn points(&self) -> Vec<Point2> {
        match &self.shape {
            Shape::Line(points) | Shape::Area(points) => points.clone(),
            Shape::Pole { centre, .. } => vec![*centre],
            Shape::Profile { line, .. } => line.iter().map(|(point, _)| *point).collect(),
        }
    }
}

/// Geometry of a part, metres of the course plane.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// A line along the side that judges.
    Line(Vec<Point2>),
    /// An area: a ring without the repeated last point.
    Area(Vec<Point2>),
    /// An upright pole.
    Pole {
        /// Its centre on the ground.
        centre: Point2,
        /// Its radius, metres.
        radius: f64,
    },
    /// A surface along an axis, level across.
    Profile {
        /// Points of the axis with their heights above the datum, metres.
        line: Vec<(Point2, f64)>,
        /// Width of the surface, metres, half on either side of the axis.
        width: f64,
    },
}

/// A side, seen in riding direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// 左.
    Left,
    /// 右.
    Right,
}

/// The vehicle that a course was laid out for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuiltFor {
    /// Length over all.
    pub length: TenthMm,
    /// Width without mirrors.
    pub width: TenthMm,
    /// Distance between the axles.
    pub wheelbase: TenthMm,
    /// Between the middles of its outermost left and right wheels; 0 of two wheels in line, or where nobody needs it.
    pub track: TenthMm,
    /// From the front axle to the last one of a train in line; 0 where nothing is drawn, or where nobody needs it.
    pub train_base: TenthMm,
    /// It has a sidecar (侧三轮), for which some dimensions are others.
    pub sidecar: bool,
}

impl BuiltFor {
    /// A vehicle of which nothing is said.
    pub const UNSAID: BuiltFor = BuiltFor {
        length: TenthMm(0),
        width: TenthMm(0),
        wheelbase: TenthMm(0),
        track: TenthMm(0),
        train_base: TenthMm(0),
        sidecar: false,
    };
}

impl Course {
    /// The site with this id.
    pub fn site(&self, id: &str) -> Option<&Site> {
        self.sites.iter().find(|site| site.id == id)
    }
}
