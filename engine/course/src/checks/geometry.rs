//! Each role has the geometry that it needs, with heights where the ground's shape comes from it.

use crate::Issue;
use crate::draft::{Draft, Feature, Geometry};
use crate::read::say;
use crate::roles::{self, Kind};

pub(super) fn check(draft: &Draft, issues: &mut Vec<Issue>) {
    for feature in &draft.features {
        let kind = roles::kind(&feature.role, feature.site.is_some());
        if let Some(text) = kind.and_then(|kind| amiss(feature, kind)) {
            say(issues, &feature.id, text);
        }
    }
}

fn amiss(feature: &Feature, kind: Kind) -> Option<String> {
    let fits = match (kind, &feature.geometry) {
        // That the geometry is absent has been said where it was read.
        (_, Geometry::Absent) => return None,
        (Kind::Point | Kind::PointWithHeight, Geometry::Point(_)) => true,
        (Kind::Points, Geometry::Points(_)) => true,
        (Kind::Line | Kind::Profile, Geometry::Line(_)) => true,
        (Kind::Area, Geometry::Area(_)) => true,
        _ => false,
    };
    if !fits {
        let (role, found) = (&feature.role, feature.geometry.name());
        return Some(format!(
            "the role {role} needs {}, this is {found}: draw it as such",
            wanted(kind)
        ));
    }
    let needs_height = matches!(kind, Kind::PointWithHeight | Kind::Points | Kind::Profile);
    let without = feature
        .geometry
        .vertices()
        .iter()
        .filter(|vertex| vertex.h.is_none())
        .count();
    if needs_height && without > 0 {
        return Some(format!(
            "{without} positions have no height: the role {} needs the ellipsoidal height of each",
            feature.role
        ));
    }
    None
}

fn wanted(kind: Kind) -> &'static str {
    match kind {
        Kind::Point | Kind::PointWithHeight => "a Point",
        Kind::Points => "a MultiPoint",
        Kind::Line | Kind::Profile => "a LineString",
        Kind::Area => "a Polygon",
    }
}
