//! A course laid out from the regulation's dimensions, as a file to be surveyed against.
//!
//! The problem: who marks out a village square needs every coordinate before the first chalk line. The answer: the
//! class's dimensions (`dimensions/`) and one layout in plane metres, written as GeoJSON with 9 decimals of a degree
//! (0.1 mm) and heights with 4, the same bytes every time. Deliberately not here: fitting a layout to a real square;
//! that is the surveyor's eye, and [`report`](crate::report) measures what came of it.

mod curve;
mod hill_start;
mod item;
mod motorcycle;
mod page;
mod ramp;
mod reverse_bay;
mod right_angle;
mod rows;
mod side_parking;

use crate::dimensions::Rules;
use crate::{BuiltFor, Datum, Issue};
use item::{Given, Item};
use page::Page;

/// Where a course is laid and who says so.
#[derive(Debug, Clone)]
pub struct Place {
    /// The course's short name.
    pub id: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// The origin: the layout's east axis is the riding direction of the first site.
    pub datum: Datum,
    /// Date of the survey, ISO 8601.
    pub survey_date: String,
    /// Who surveyed.
    pub survey_by: String,
    /// Standard uncertainty of a surveyed point, millimetres.
    pub survey_u_mm: u16,
    /// Fall of the ground to the east, metres per metre.
    pub fall_east: f64,
}

impl Place {
    /// The place on which a class's standard course is laid until somebody surveys another one.
    pub fn of_class(class: &str) -> Place {
        if class == "E" {
            return Place::village_square();
        }
        Place {
            id: "small-car-ground".into(),
            zh: "小型汽车场地".into(),
            en: "small car ground".into(),
            survey_date: "not surveyed".into(),
            ..Place::village_square()
        }
    }

    /// The invented village square in Guizhou on which the examples ride.
    pub fn village_square() -> Place {
        Place {
            id: "village-square".into(),
            zh: "乡村广场".into(),
            en: "village square".into(),
            datum: Datum::new(26_647_000_000, 106_630_000_000, 10_850_000),
            survey_date: "2026-11-20".into(),
            survey_by: "standard dimensions, not surveyed".into(),
            survey_u_mm: 8,
            fall_east: 0.005,
        }
    }
}

/// The class E course (桩考, 坡道定点停车和起步, 通过单边桥) of the village square for a vehicle, as GeoJSON text.
pub fn motorcycle_e(vehicle: &BuiltFor) -> String {
    motorcycle_e_at(vehicle, &Place::village_square())
}

/// The same course at another place.
pub fn motorcycle_e_at(vehicle: &BuiltFor, place: &Place) -> String {
    let mut page = Page::new(place, "E");
    motorcycle::lay(&mut page, vehicle);
    page.text(vehicle)
}

/// A way to lay out an item.
type Layout = fn(&Given<'_>) -> Option<Item>;

/// The items that can be laid out one by one.
const LAYOUTS: &[(&str, Layout)] = &[
    ("curve", curve::layout),
    ("hill_start", hill_start::layout),
    ("reverse_bay", reverse_bay::layout),
    ("right_angle", right_angle::layout),
    ("side_parking", side_parking::layout),
];

/// A whole course of a class for a vehicle, as GeoJSON text: the items named, in that order, or all that the class is
/// examined in.
///
/// # Errors
/// Everything that cannot be laid out: an unknown class, items that the class has not or that are named twice.
pub fn lay_out(class: &str, vehicle: &BuiltFor, items: &[String], place: &Place) -> Result<String, Vec<Issue>> {
    let Some(rules) = Rules::of(class) else {
        let known = crate::dimensions::classes().join(", ");
        let text = format!("the dimensions of class {class:?} are not known here: choose one of {known}");
        return Err(vec![issue("class", text)]);
    };
    let held = rules.items(class);
    let issues = unfit(class, &held, items);
    if !issues.is_empty() {
        return Err(issues);
    }
    if class == "E" {
        return Ok(motorcycle_e_at(vehicle, place));
    }
    let chosen: Vec<&str> = if items.is_empty() {
        held
    } else {
        items.iter().map(String::as_str).collect()
    };
    let mut laid = Vec::new();
    for (order, manoeuvre) in (1..).zip(&chosen) {
        let rise = -place.fall_east * rows::ahead(order);
        let given = Given {
            manoeuvre,
            rules: &rules,
            vehicle,
            rise,
        };
        let layout = LAYOUTS.iter().find(|(known, _)| known == manoeuvre);
        laid.extend(layout.and_then(|(_, layout)| layout(&given)));
    }
    let mut page = Page::new(place, class);
    rows::lay(&mut page, &laid);
    Ok(page.text(vehicle))
}

/// What is wrong with the items that somebody asked for.
fn unfit(class: &str, held: &[&str], items: &[String]) -> Vec<Issue> {
    let mut issues = Vec::new();
    let all = held.join(", ");
    for (index, item) in items.iter().enumerate() {
        if !held.contains(&item.as_str()) {
            let text = format!("class {class} is not examined in {item:?}: choose from {all}");
            issues.push(issue("items", text));
        } else if items.iter().take(index).any(|before| before == item) {
            issues.push(issue(
                "items",
                format!("{item} is named twice: a course has one of each"),
            ));
        }
    }
    if class == "E" && !items.is_empty() && items != held {
        let text = format!("the course of class E has one layout, {all}: leave `--items` out");
        issues.push(issue("items", text));
    }
    issues
}

fn issue(place: &str, text: String) -> Issue {
    Issue {
        place: place.into(),
        text,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{Course, Point2, Shape, TenthMm};

    pub(crate) const HJ110: BuiltFor = BuiltFor {
        length: TenthMm(19_050),
        width: TenthMm(7_500),
        wheelbase: TenthMm(12_350),
    };

    #[test]
    fn the_committed_village_square_is_what_the_builder_writes() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../course-maps/village-square/course.geojson"
        );
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            committed == motorcycle_e(&HJ110),
            "write it again: cargo run -p kaoguan-course --example village"
        );
    }

    /// The typical car of class C1.
    const SANTANA: BuiltFor = BuiltFor {
        length: TenthMm(44_730),
        width: TenthMm(17_060),
        wheelbase: TenthMm(26_030),
    };

    #[test]
    fn the_committed_small_car_ground_is_what_the_builder_writes() {
        let laid = lay_out("C1", &SANTANA, &[], &Place::of_class("C1")).unwrap();
        let drawn = crate::draw::svg(&Course::load(&laid).unwrap());
        for (file, text) in [("course.geojson", laid), ("course.svg", drawn)] {
            let path = format!(
                "{}/../../course-maps/small-car-ground/{file}",
                env!("CARGO_MANIFEST_DIR")
            );
            assert!(
                std::fs::read_to_string(path).unwrap_or_default() == text,
                "write it again and look at it: kaoguan course new --class C1 --vehicle engine/vehicles/c1-santana.toml --out course-maps/small-car-ground"
            );
        }
    }

    /// An unknown class, an item of another class, one twice: all that is wrong is said.
    #[test]
    fn what_cannot_be_laid_out_is_refused() {
        let place = Place::of_class("C1");
        let refused = |class: &str, items: &[&str]| {
            let items: Vec<String> = items.iter().map(ToString::to_string).collect();
            let issues = lay_out(class, &SANTANA, &items, &place).expect_err("refused");
            issues.into_iter().map(|issue| issue.text).collect::<Vec<_>>()
        };
        assert!(refused("Z9", &[])[0].contains("choose one of"));
        let texts = refused("C1", &["pole_course", "curve", "curve"]);
        assert!(
            texts.len() == 2 && texts[0].contains("pole_course") && texts[1].contains("named twice"),
            "{texts:?}"
        );
    }

    /// As any GIS reads it: RFC 7946 features, outer rings closed and counterclockwise (section 3.1.6).
    #[test]
    fn the_file_is_plain_geojson() {
        let file: geojson::FeatureCollection = motorcycle_e(&HJ110).parse().unwrap();
        // 3 of the course, 10 of the poles, 7 of the hill, 5 of the plank.
        assert_eq!(file.features.len(), 25);
        assert!(file.foreign_members.unwrap().contains_key("kaoguan"));
        for feature in file.features {
            let geojson::GeometryValue::Polygon { coordinates } = feature.geometry.unwrap().value else {
                continue;
            };
            let ring = &coordinates[0];
            assert_eq!(ring[0], ring[ring.len() - 1]);
            let twice: f64 = ring
                .windows(2)
                .map(|p| (p[1][0] - p[0][0]) * (p[1][1] + p[0][1] - 2.0 * ring[0][1]))
                .sum();
            assert!(twice < 0.0, "{:?} is clockwise", feature.id);
        }
    }

    /// Positions worked out on paper from the layout in plane metres.
    #[test]
    fn parts_lie_where_the_layout_puts_them() {
        let course = Course::load(&motorcycle_e(&HJ110)).unwrap();
        let near = |a: Point2, e: f64, n: f64| (a.e - e).abs() < 1e-4 && (a.n - n).abs() < 1e-4;
        let poles = course.site("poles").unwrap().poles();
        for (pole, e) in poles.iter().zip([7.0, 9.405, 11.81, 14.215, 16.62]) {
            assert!(near(pole.0, e, 0.0) && pole.1 == 0.02, "{pole:?}");
        }
        let finish = course.site("poles").unwrap().part("finish_line").unwrap().points();
        assert!(
            near(finish[0], 22.335, 1.05) && near(finish[1], 22.335, -1.05),
            "{finish:?}"
        );
        let hill = course.site("hill").unwrap();
        assert!(near(hill.axis, -1.0, 0.0), "{:?}", hill.axis);
        let Shape::Area(ring) = &hill.part("pole_line").unwrap().shape else {
            panic!("pole_line is an area")
        };
        assert!(near(ring[0], 21.25, 10.5) && near(ring[2], 21.55, 13.5), "{ring:?}");
    }

    /// Heights worked out on paper: ground -0.005 e; at 4.6 m from the foot the ramp has 0.16 + 0.14 m.
    #[test]
    fn surface_has_the_ramp_and_the_plank_on_the_falling_ground() {
        let course = Course::load(&motorcycle_e(&HJ110)).unwrap();
        let at = |e, n| course.surface().at(e, n);
        let close = |a: f64, b: f64| (a - b).abs() < 2e-4;
        assert!(close(at(10.0, 0.0).height, -0.05) && close(at(10.0, 0.0).slope_e, -0.005));
        let ramp = at(21.4, 12.3);
        assert!(
            close(ramp.height, -0.107 + 0.30) && (ramp.slope_e + 0.105).abs() < 5e-4,
            "{ramp:?}"
        );
        assert!(
            close(at(26.0 - 11.9, 12.0).height, -0.0705 + 0.82),
            "{:?}",
            at(14.1, 12.0)
        );
        assert!(close(at(10.5, -12.09).height, -0.0525 + 0.05) && close(at(10.5, -12.11).height, -0.0525));
        assert!(close(at(9.4, -12.0).slope_e, 0.0625 - 0.005), "{:?}", at(9.4, -12.0));
    }
}
