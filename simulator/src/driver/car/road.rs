//! Along a straight road, from side to side: the line of the items that lead round or between things on it.
use super::{Plot, berth, clear_of_ground};
use crate::driver::{Item, Scene};
use crate::geometry::points;
use crate::vehicle::motion::Motion;
use crate::vehicle::path::{Path, Xy, resample};
use crate::vehicle::rail::Place;
use kaoguan_course::Site;

/// Spacing of the line's points, metres.
const STEP: f64 = 0.25;

/// A straight road between two edges; x along it, y to the left of its middle.
pub(super) struct Road {
    pub plot: Plot,
    /// x of the berths before and after it.
    pub from: f64,
    pub to: f64,
}

impl Road {
    /// `None` where an edge is missing.
    pub fn of(scene: &Scene, site: &Site) -> Option<Road> {
        let edge = |role: &str| {
            let line = points(site.part(role)?);
            Some([*line.first()?, *line.last()?])
        };
        let ([l0, l1], [r0, r1]) = (edge("edge_left")?, edge("edge_right")?);
        Some(Road::between(scene, site, middle(l0, r0), middle(l1, r1), l0))
    }

    /// From the middle of its entry line to that of its exit line: of a road that has more than one lane.
    pub fn from_line_to_line(scene: &Scene, site: &Site) -> Option<Road> {
        let across = |role: &str| {
            let line = points(site.part(role)?);
            Some(middle(*line.first()?, *line.last()?))
        };
        let (begin, end) = (across("entry_line")?, across("exit_line")?);
        let left = begin.plus(Xy::new(-site.axis.n, site.axis.e), 1.0);
        Some(Road::between(scene, site, begin, end, left))
    }

    fn between(scene: &Scene, site: &Site, begin: Xy, end: Xy, left: Xy) -> Road {
        let (plot, length) = (Plot::new(begin, end, left), begin.to(end));
        let lay = |x: f64| {
            plot.lay(Place {
                at: Xy::new(x, 0.0),
                direction: 0.0,
            })
        };
        Road {
            plot,
            from: -clear_of_ground(scene, site, lay(0.0), 1.0),
            to: length + clear_of_ground(scene, site, lay(length), -1.0),
        }
    }

    /// x of a line across the road.
    pub fn line(&self, site: &Site, role: &str) -> Option<f64> {
        let line = points(site.part(role)?);
        Some(self.plot.local(middle(*line.first()?, *line.last()?)).x)
    }

    /// The rear axle's line from berth to berth through places in the order of their x, level at each of them and along a
    /// cosine between two; before the first and behind the last it keeps straight on.
    pub fn through(&self, places: &[Xy]) -> Path {
        let all: Vec<Xy> = self
            .along()
            .map(|x| self.plot.plane(Xy::new(x, y_at(places, x))))
            .collect();
        Path::new(&resample(&all, STEP))
    }

    /// The same line in the drawing, with its directions.
    pub fn drawn(&self, places: &[Xy]) -> Vec<Place> {
        let ahead = STEP / 2.0;
        let slope = |x: f64| (y_at(places, x + ahead) - y_at(places, x - ahead)) / STEP;
        let place = |x: f64| Place {
            at: Xy::new(x, y_at(places, x)),
            direction: libm::atan(slope(x)),
        };
        self.along().map(place).collect()
    }

    /// Evenly from berth to berth.
    fn along(&self) -> impl Iterator<Item = f64> {
        let (from, way) = (self.from, self.to - self.from);
        let count = libm::ceil(way / STEP) as usize;
        (0..=count).map(move |k| from + way * k as f64 / count as f64)
    }

    /// The drive along a line, with its stop where the driver makes one here.
    pub fn item(&self, site: &Site, path: Path, motion: Motion) -> Option<Item> {
        let start = self.plot.local(path.at(0.0).at);
        super::item(
            berth(&self.plot, start, 0.0),
            vec![super::stretch(site, path, false, motion)],
        )
    }
}

fn middle(a: Xy, b: Xy) -> Xy {
    a.plus(b.plus(a, -1.0), 0.5)
}

fn y_at(places: &[Xy], x: f64) -> f64 {
    let next = places.iter().position(|p| p.x > x);
    match (next, places.last()) {
        (Some(0), _) => places[0].y,
        (Some(i), _) => {
            let (a, b) = (places[i - 1], places[i]);
            let share = (x - a.x) / (b.x - a.x);
            a.y + (b.y - a.y) * (1.0 - libm::cos(core::f64::consts::PI * share)) / 2.0
        }
        (None, last) => last.map_or(0.0, |p| p.y),
    }
}

/// The middles of a site's parts with a role, by their ordinals, in a plot; with their radii.
pub(super) fn numbered(plot: &Plot, site: &Site, role: &str) -> Vec<(Xy, f64)> {
    let mut all: Vec<_> = site
        .parts_of(role)
        .filter_map(|part| match part.shape {
            kaoguan_course::Shape::Pole { centre, radius } => {
                Some((part.ordinal, plot.local(Xy::new(centre.e, centre.n)), radius))
            }
            _ => None,
        })
        .collect();
    all.sort_by_key(|(ordinal, ..)| *ordinal);
    all.into_iter().map(|(_, at, radius)| (at, radius)).collect()
}
