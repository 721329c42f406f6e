//! Where each class is examined in the demo and in tests: its example vehicle, a course for it, and the edition of 2022.
use crate::course_cli::built_for;
use kaoguan_course::standard::{self, Place};
use kaoguan_exam::Vehicle;
use kaoguan_sim::driver::is_driven;
use kaoguan_sim::vehicle::spec::Spec;

/// The edition in force.
pub const SYLLABUS: &str = include_str!("../../../syllabi/ga1026-2022.toml");

/// Every class, with its example vehicle.
pub const EXAMPLES: [(&str, &str); 14] = [
    ("A1", include_str!("../../../vehicles/a1-coach.toml")),
    ("A2", include_str!("../../../vehicles/a2-tractor.toml")),
    ("A3", include_str!("../../../vehicles/a3-bus.toml")),
    ("B1", include_str!("../../../vehicles/b1-minibus.toml")),
    ("B2", include_str!("../../../vehicles/b2-truck.toml")),
    ("C1", include_str!("../../../vehicles/c1-santana.toml")),
    ("C2", include_str!("../../../vehicles/c2-automatic.toml")),
    ("C3", include_str!("../../../vehicles/c3-low-speed.toml")),
    ("C4", include_str!("../../../vehicles/c4-three-wheeler.toml")),
    ("C5", include_str!("../../../vehicles/c5-adapted.toml")),
    ("C6", include_str!("../../../vehicles/c6-light-trailer.toml")),
    ("D", include_str!("../../../vehicles/d-zs110zh.toml")),
    ("E", include_str!("../../../vehicles/e-hj110.toml")),
    ("F", include_str!("../../../vehicles/f-wh800.toml")),
];

/// The documents of an exam day.
#[derive(Debug, Clone)]
pub struct Documents {
    /// The class that is examined.
    pub class: &'static str,
    /// GeoJSON: a committed map, or what the builder lays out for the vehicle.
    pub course: String,
    /// TOML: the edition of 2022; the class's list holds what the simulator drives of it.
    pub syllabus: String,
    /// TOML.
    pub vehicle: &'static str,
    /// Items of the class that the simulator does not drive.
    pub left_out: Vec<String>,
}

impl Documents {
    /// Of a class; `None` where there is no such class, or an example's file is bad, which a test would have seen.
    pub fn of_class(class: &str) -> Option<Documents> {
        let (class, vehicle) = EXAMPLES.into_iter().find(|(known, _)| *known == class)?;
        let spec = Spec::read(vehicle).ok()?;
        let (driven, left_out): (Vec<String>, Vec<String>) = items_of(SYLLABUS, class)?
            .into_iter()
            .partition(|item| is_driven(&spec, item));
        let course = match class {
            "E" => include_str!("../../../../course-maps/village-square/course.geojson").to_owned(),
            "C1" => include_str!("../../../../course-maps/small-car-ground/course.geojson").to_owned(),
            _ => laid_out(class, vehicle, if left_out.is_empty() { &[] } else { &driven })?,
        };
        Some(Documents {
            class,
            course,
            syllabus: examined_in(SYLLABUS, class, &driven)?,
            vehicle,
            left_out,
        })
    }
}

/// The class's course for a vehicle: these items, or all of them where none is named.
fn laid_out(class: &str, vehicle: &str, items: &[String]) -> Option<String> {
    let vehicle = Vehicle::parse(vehicle).map(|vehicle| built_for(&vehicle)).ok()?;
    standard::lay_out(class, &vehicle, items, &Place::of_class(class)).ok()
}

/// A class's list of items in an edition: from where to where it stands between its brackets.
fn list_of(syllabus: &str, class: &str) -> Option<std::ops::Range<usize>> {
    const OPEN: &str = "items = [";
    let head = syllabus.find(&format!("[class.{class}]"))?;
    let from = head + syllabus[head..].find(OPEN)? + OPEN.len();
    Some(from..from + syllabus[from..].find(']')?)
}

/// The items of a class, as an edition lists them.
fn items_of(syllabus: &str, class: &str) -> Option<Vec<String>> {
    let list = &syllabus[list_of(syllabus, class)?];
    Some(list.split(", ").map(|item| item.trim_matches('"').to_owned()).collect())
}

/// The edition in which a class is examined in these items only.
fn examined_in(syllabus: &str, class: &str, items: &[String]) -> Option<String> {
    let list: Vec<String> = items.iter().map(|item| format!("{item:?}")).collect();
    let mut text = syllabus.to_owned();
    text.replace_range(list_of(syllabus, class)?, &list.join(", "));
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaoguan_course::Course;
    use kaoguan_exam::Syllabus;

    /// Each class has a ground of its own with what is driven of it, and nothing is lost between driven and left out.
    #[test]
    fn every_class_has_its_documents() {
        for (class, _) in EXAMPLES {
            let documents = Documents::of_class(class).unwrap_or_else(|| panic!("{class} has none"));
            let course = Course::load(&documents.course).unwrap_or_else(|issues| panic!("{class}: {issues:?}"));
            let listed = items_of(&documents.syllabus, class).expect("a list");
            assert_eq!((course.class.as_str(), course.sites.len()), (class, listed.len()));
            assert!(Syllabus::parse(&documents.syllabus).is_ok(), "{class}");
            let all = items_of(SYLLABUS, class).expect("a list");
            assert_eq!(listed.len() + documents.left_out.len(), all.len(), "{class}");
        }
        assert!(Documents::of_class("M").is_none());
    }
}
