//! What must hold before a file is a course: one validator a file, each naming the guilty feature and the remedy.
//!
//! A validator is silent about what another one says better: geometry that could not be laid on the plane is skipped
//! here and complained about in `coordinates`. Deliberately not here: the regulation's dimensions; a course that
//! misses one is still a course, and [`report`] says so.

mod bay_pairs;
mod bays;
mod boundary;
#[cfg(test)]
mod cases;
mod coordinates;
mod crossings;
mod datum;
mod decks;
mod discs;
mod edges;
mod gates;
mod geometry;
#[cfg(test)]
mod head_cases;
mod ids;
mod lanes;
mod lengths;
mod orders;
mod overlap;
mod poles;
mod profiles;
mod rings;
mod roles;
mod surface;
mod survey;
mod turns;
mod within;

pub use crate::report::report;

use crate::draft::Draft;
use crate::roles::Catalogue;
use crate::{Issue, Point2};
use geo::{Intersects, LineString, Polygon};

/// A validator: looks at the whole draft and adds what it finds.
type Check = fn(&Draft, &mut Vec<Issue>);

const ALL: &[(&str, Check)] = &[
    ("bay_pairs", bay_pairs::check),
    ("bays", bays::check),
    ("boundary", boundary::check),
    ("coordinates", coordinates::check),
    ("crossings", crossings::check),
    ("datum", datum::check),
    ("decks", decks::check),
    ("discs", discs::check),
    ("edges", edges::check),
    ("gates", gates::check),
    ("geometry", geometry::check),
    ("ids", ids::check),
    ("lanes", lanes::check),
    ("lengths", lengths::check),
    ("orders", orders::check),
    ("overlap", overlap::check),
    ("poles", poles::check),
    ("profiles", profiles::check),
    ("rings", rings::check),
    ("roles", roles::check),
    ("surface", surface::check),
    ("survey", survey::check),
    ("turns", turns::check),
    ("within", within::check),
];

/// Runs every validator.
pub(crate) fn all(draft: &Draft, issues: &mut Vec<Issue>) {
    for (_, check) in ALL {
        check(draft, issues);
    }
}

/// Whether each site has what whoever judges needs there.
pub(crate) fn needs(draft: &Draft, catalogue: &Catalogue, issues: &mut Vec<Issue>) {
    roles::needs(draft, catalogue, issues);
}

/// Farther from the datum than this (metres) nothing is judged, and nothing needs to be surveyed.
const FAR: f64 = 1_000.0;

/// More items than any exam has; every site's ground is compared with every other's.
const SITES_MAX: usize = 64;

/// A ring that geometry can be asked about: at least a triangle, near the datum, not crossing itself.
fn sound_ring(ring: &[Point2]) -> Option<Polygon> {
    let near = |point: &Point2| point.e.abs() < 2.0 * FAR && point.n.abs() < 2.0 * FAR;
    let countable = (3..=rings::CORNERS_MAX).contains(&ring.len());
    let sound = countable && ring.iter().all(near) && rings::first_crossing(ring).is_none();
    sound.then(|| Polygon::new(LineString::from_iter(ring.iter().map(|p| (p.e, p.n))), Vec::new()))
}

/// Whether a point lies in a polygon or on its border.
fn covers(polygon: &Polygon, point: Point2) -> bool {
    polygon.intersects(&geo::Point::new(point.e, point.n))
}

/// The straight piece between two points.
fn segment(from: Point2, to: Point2) -> geo::Line {
    geo::Line::new((from.e, from.n), (to.e, to.n))
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_validator_is_listed_once_in_the_order_of_the_folder() {
        let names: Vec<&str> = super::ALL.iter().map(|(name, _)| *name).collect();
        assert!(names.is_sorted());
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/checks");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| {
                entry
                    .unwrap()
                    .path()
                    .file_stem()
                    .unwrap()
                    .to_string_lossy()
                    .into_owned()
            })
            .filter(|stem| stem != "mod" && !stem.ends_with("cases"))
            .collect();
        files.sort();
        assert_eq!(names, files);
    }
}
