//! A site in its own axis frame, so that a turned or moved course is ridden in the same way.
use crate::vehicle::path::Xy;
use kaoguan_course::{Point2, Site};

/// x along the riding direction, y to the left, metres, both from the course's datum.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    axis: Point2,
}

/// The smallest and largest of some numbers.
pub type Span = (f64, f64);

impl Frame {
    /// The frame of a site.
    pub fn of(site: &Site) -> Frame {
        Frame { axis: site.axis }
    }

    /// From the course plane (x east, y north).
    pub fn local(&self, plane: Xy) -> Xy {
        let a = self.axis;
        Xy::new(plane.x * a.e + plane.y * a.n, plane.y * a.e - plane.x * a.n)
    }

    /// To the course plane.
    pub fn plane(&self, local: Xy) -> Xy {
        let a = self.axis;
        Xy::new(local.x * a.e - local.y * a.n, local.x * a.n + local.y * a.e)
    }

    /// Riding direction, radians counter-clockwise from east.
    pub fn direction(&self) -> f64 {
        libm::atan2(self.axis.n, self.axis.e)
    }

    /// Surveyed points in this frame.
    pub fn locals(&self, points: &[Point2]) -> Vec<Xy> {
        points.iter().map(|p| self.local(Xy::new(p.e, p.n))).collect()
    }

    /// The points of all parts with a role.
    pub fn role(&self, site: &Site, role: &str) -> Vec<Xy> {
        site.parts_of(role)
            .flat_map(|part| self.locals(&part.points()))
            .collect()
    }

    /// What lies along the riding direction: the ground and all parts.
    pub fn reach(&self, site: &Site) -> Span {
        let mut points = self.locals(&site.ground);
        points.extend(site.parts.iter().flat_map(|part| self.locals(&part.points())));
        span(points.iter().map(|p| p.x))
    }
}

/// The span of some numbers; of none, (0, 0).
pub fn span(values: impl Iterator<Item = f64>) -> Span {
    let both = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| {
        (low.min(v), high.max(v))
    });
    if both.0 <= both.1 { both } else { (0.0, 0.0) }
}

/// y of a line (its points in riding order or not) at an x, by its nearest two points; 0 without points.
pub fn y_at(line: &[Xy], x: f64) -> f64 {
    let mut sorted = line.to_vec();
    sorted.sort_by(|a, b| a.x.total_cmp(&b.x));
    let Some(last) = sorted.last().copied() else { return 0.0 };
    let pair = sorted.windows(2).find(|w| x <= w[1].x && w[1].x > w[0].x);
    match pair {
        Some(w) => w[0].y + (w[1].y - w[0].y) * ((x - w[0].x) / (w[1].x - w[0].x)),
        None => last.y,
    }
}
