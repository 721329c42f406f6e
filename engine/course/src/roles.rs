//! What may be drawn on a map: one vocabulary of roles, each with its geometry, whatever manoeuvre it serves. The page for
//! surveyors is `course-maps/README.md`.
//!
//! Which manoeuvre needs which of them, and how many, its own file says; whoever judges brings that as a [`Catalogue`].
use std::ops::RangeInclusive;

/// The geometry that a role asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A Point.
    Point,
    /// A Point that must have its height.
    PointWithHeight,
    /// A MultiPoint with heights.
    Points,
    /// A LineString.
    Line,
    /// A Polygon.
    Area,
    /// A LineString with heights.
    Profile,
}

/// A role that a manoeuvre's site must fill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The role's name.
    pub role: &'static str,
    /// How many features may fill it.
    pub count: RangeInclusive<usize>,
}

/// The manoeuvres that somebody can judge, with what each needs on the map.
#[derive(Debug, Clone, Default)]
pub struct Catalogue(pub Vec<(&'static str, Vec<Need>)>);

impl Catalogue {
    /// What a manoeuvre needs, besides its ground.
    pub fn needs(&self, manoeuvre: &str) -> Option<&[Need]> {
        let known = self.0.iter().find(|(name, _)| *name == manoeuvre);
        known.map(|(_, needs)| needs.as_slice())
    }
    /// All names, for people.
    pub fn names(&self) -> String {
        let names: Vec<&str> = self.0.iter().map(|(name, _)| *name).collect();
        names.join(", ")
    }
}

/// Roles of features without a site: each is there once.
pub(crate) const COURSE: &[(&str, Kind)] = &[
    ("boundary", Kind::Area),
    ("datum", Kind::PointWithHeight),
    ("surface", Kind::Points),
];

/// The role that every site has once.
pub(crate) const GROUND: &str = "ground";

/// Roles of features that belong to a site.
const SITE: &[(&str, Kind)] = &[
    ("bay_a_line", Kind::Line),
    ("bay_b_line", Kind::Line),
    ("bay_front", Kind::Line),
    ("bay_line", Kind::Line),
    ("bay_mouth", Kind::Line),
    ("bend_line", Kind::Line),
    ("control_first", Kind::Line),
    ("control_second", Kind::Line),
    ("deck", Kind::Area),
    ("deck_left", Kind::Area),
    ("deck_right", Kind::Area),
    ("disc", Kind::Point),
    ("diverge_line", Kind::Line),
    ("edge_left", Kind::Line),
    ("edge_right", Kind::Line),
    ("entry_line", Kind::Line),
    ("exit_line", Kind::Line),
    ("finish_line", Kind::Line),
    ("fog_begin", Kind::Line),
    (GROUND, Kind::Area),
    ("line", Kind::Line),
    ("merge_line", Kind::Line),
    ("pole", Kind::Point),
    ("pole_line", Kind::Area),
    ("profile", Kind::Profile),
    ("prompt_line", Kind::Line),
    ("rain_begin", Kind::Line),
    ("start_line", Kind::Line),
    ("stop_zone", Kind::Area),
    ("turn_left", Kind::Line),
    ("turn_right", Kind::Line),
    ("zone_begin", Kind::Line),
    ("zone_end", Kind::Line),
];

/// The geometry of a role, of a site or of the course; `None` for what has no meaning anywhere.
pub fn kind(role: &str, of_a_site: bool) -> Option<Kind> {
    let known = if of_a_site || role == GROUND { SITE } else { COURSE };
    known.iter().find(|(name, _)| *name == role).map(|(_, kind)| *kind)
}

/// The names of all roles of a site, for people.
pub(crate) fn names() -> String {
    let names: Vec<&str> = SITE.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vocabulary_is_alphabetical() {
        assert!(SITE.is_sorted_by_key(|(name, _)| *name));
        assert!(COURSE.is_sorted_by_key(|(name, _)| *name));
    }
}
