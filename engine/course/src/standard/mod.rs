//! A course laid out from the regulation's dimensions, as a file to be surveyed against.
//!
//! The problem: who marks out a village square needs every coordinate before the first chalk line. The answer: the
//! class's dimensions (`dimensions/`) and one layout in plane metres, written as GeoJSON with 9 decimals of a degree
//! (0.1 mm) and heights with 4, the same bytes every time. Deliberately not here: fitting a layout to a real square;
//! that is the surveyor's eye, and [`report`](crate::report) measures what came of it.

mod bay_shift;
mod curve;
mod hill_start;
mod item;
mod motorcycle;
mod narrow_turn;
mod obstacle_discs;
mod page;
mod plank_bridge;
mod pole_course;
mod ramp;
mod reverse_bay;
mod right_angle;
mod road;
mod rows;
mod side_parking;
mod trailer_bay;
mod width_gate;

use crate::dimensions::Rules;
use crate::{BuiltFor, Datum, Issue};
use item::{Given, Item};
use page::Page;

/// Who surveyed a layout that was only calculated.
pub const NOT_SURVEYED: &str = "standard dimensions, not surveyed";

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
        let (id, zh, en) = match class {
            "E" => return Place::village_square(),
            "C4" => ("three-wheeler-ground", "三轮汽车场地", "three-wheeler ground"),
            "D" => (
                "three-wheel-motorcycle-ground",
                "三轮摩托车场地",
                "three-wheeled motorcycle ground",
            ),
            "F" => ("moped-square", "轻便摩托车场地", "moped square"),
            "A1" | "A2" | "A3" | "B1" | "B2" => ("large-vehicle-ground", "大型车辆场地", "large vehicle ground"),
            "C6" => ("light-trailer-ground", "轻型牵引挂车场地", "light trailer ground"),
            _ => ("small-car-ground", "小型汽车场地", "small car ground"),
        };
        Place {
            id: id.into(),
            zh: zh.into(),
            en: en.into(),
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
            survey_by: NOT_SURVEYED.into(),
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
    two_wheels(TWO_WHEELS[0], vehicle, place)
}

/// The classes of two wheels: their course has one layout.
const TWO_WHEELS: [&str; 2] = ["E", "F"];

fn two_wheels(class: &str, vehicle: &BuiltFor, place: &Place) -> String {
    let mut page = Page::new(place, class);
    motorcycle::lay(&mut page, class, vehicle);
    page.text(vehicle)
}

/// A way to lay out an item.
type Layout = fn(&Given<'_>) -> Option<Item>;

/// The items that can be laid out one by one.
const LAYOUTS: &[(&str, Layout)] = &[
    ("bay_shift", bay_shift::layout),
    ("card_stop", road::card_stop),
    ("curve", curve::layout),
    ("emergency", road::emergency),
    ("expressway", road::expressway),
    ("hill_start", hill_start::layout),
    ("mountain_bends", road::mountain_bends),
    ("narrow_turn", narrow_turn::layout),
    ("obstacle_discs", obstacle_discs::layout),
    ("plank_bridge", plank_bridge::layout),
    ("pole_course", pole_course::layout),
    ("rain_fog", road::rain_fog),
    ("reverse_bay", reverse_bay::layout),
    ("right_angle", right_angle::layout),
    ("side_parking", side_parking::layout),
    ("slippery", road::slippery),
    ("trailer_bay", trailer_bay::layout),
    ("tunnel", road::tunnel),
    ("undulating_road", road::undulating_road),
    ("width_gate", width_gate::layout),
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
    // The track and the train are written down where something was laid out by them.
    let track = if rules.ask_for_the_track() {
        vehicle.track
    } else {
        Default::default()
    };
    let train_base = if rules.ask_for_the_train() {
        vehicle.train_base
    } else {
        Default::default()
    };
    let vehicle = &BuiltFor {
        track,
        train_base,
        ..*vehicle
    };
    if TWO_WHEELS.contains(&class) {
        return Ok(two_wheels(class, vehicle, place));
    }
    let chosen: Vec<&str> = if items.is_empty() {
        rules.present_items(class)
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
        match layout.and_then(|(_, layout)| layout(&given)) {
            Some(item) => laid.push(item),
            None => {
                let text = "the vehicle's measures do not suffice: has it wheels abreast (T)?";
                return Err(vec![issue(manoeuvre, text.into())]);
            }
        }
    }
    let mut page = Page::new(place, class);
    rows::lay(&mut page, &laid, vehicle.length.metres());
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
    if TWO_WHEELS.contains(&class) && !items.is_empty() && items != held {
        let text = format!("the course of class {class} has one layout, {all}: leave `--items` out");
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
        ..BuiltFor::UNSAID
    };

    /// The typical car of class C1.
    pub(crate) const SANTANA: BuiltFor = BuiltFor {
        length: TenthMm(44_730),
        width: TenthMm(17_060),
        wheelbase: TenthMm(26_030),
        ..BuiltFor::UNSAID
    };

    /// Items of class C1 for the example car, all where none are named.
    pub(crate) fn small_car(items: &[&str]) -> String {
        let items: Vec<String> = items.iter().map(|item| (*item).to_owned()).collect();
        lay_out("C1", &SANTANA, &items, &Place::of_class("C1")).unwrap()
    }

    /// The example truck of class B2.
    pub(crate) const TRUCK: BuiltFor = BuiltFor {
        length: TenthMm(90_000),
        width: TenthMm(24_900),
        wheelbase: TenthMm(52_000),
        ..BuiltFor::UNSAID
    };

    /// One item of class B2 for the example truck.
    pub(crate) fn truck(item: &str) -> String {
        large_vehicle(&[item])
    }

    /// Items of class B2 for the example truck.
    pub(crate) fn large_vehicle(items: &[&str]) -> String {
        let items: Vec<String> = items.iter().map(|item| (*item).to_owned()).collect();
        lay_out("B2", &TRUCK, &items, &Place::of_class("B2")).unwrap()
    }

    /// The typical three-wheeled motorcycle.
    pub(crate) const ZS110ZH: BuiltFor = BuiltFor {
        length: TenthMm(30_500),
        width: TenthMm(11_500),
        wheelbase: TenthMm(19_500),
        track: TenthMm(9_500),
        ..BuiltFor::UNSAID
    };

    /// Items of class D for it, all where none are named.
    pub(crate) fn three_wheels(items: &[&str]) -> String {
        let items: Vec<String> = items.iter().map(|item| (*item).to_owned()).collect();
        lay_out("D", &ZS110ZH, &items, &Place::of_class("D")).unwrap()
    }

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

    #[test]
    fn the_committed_small_car_ground_is_what_the_builder_writes() {
        let laid = small_car(&[]);
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

    /// A point of a part must lie where paper says, to the tenth of a millimetre of nine decimals of a degree.
    fn lies(course: &Course, site: &str, part: &str, index: usize, (e, n): (f64, f64)) {
        let site = course.site(site).unwrap();
        let points = site.parts.iter().find(|known| known.id == part).unwrap().points();
        let off = points[index].distance(Point2::new(e, n));
        assert!(off < 3e-4, "{part} {index}: {:?}, not ({e}, {n})", points[index]);
    }

    /// L 4.473, W 1.706: the ground begins 2 m before the entry and 2 m below the bay's back (L + 0.7 = 5.173). Control lines
    /// after 2.5 m; 1.5 L = 6.7095 m; bay W + 0.6 = 2.306 m; 6.7095 m; 2.5 m.
    #[test]
    fn the_bay_is_where_paper_puts_it() {
        let course = Course::load(&small_car(&["reverse_bay"])).unwrap();
        let mouth = 2.0 + 5.173;
        let lane = mouth + 6.7095;
        for (part, index, at) in [
            ("bay-entry-line", 0, (2.0, lane)),
            ("bay-control-second", 1, (4.5, mouth)),
            ("bay-bay-line", 0, (11.2095, mouth)),
            ("bay-bay-line", 1, (11.2095, 2.0)),
            ("bay-bay-line", 2, (13.5155, 2.0)),
            ("bay-bay-mouth", 1, (13.5155, mouth)),
            ("bay-control-first", 0, (20.225, lane)),
            ("bay-exit-line", 1, (22.725, mouth)),
            ("bay-edge-right", 1, (11.2095, mouth)),
            ("bay-edge-right-2", 0, (13.5155, mouth)),
            ("bay-edge-left", 1, (22.725, lane)),
        ] {
            lies(&course, "bay", part, index, at);
        }
    }

    /// Slot W + 0.8 = 2.506 deep after 1.5 L = 6.7095 m, 1.5 L + 1 = 7.7095 m long; lane 1.5 W + 0.8 = 3.359 m.
    #[test]
    fn the_slot_is_where_paper_puts_it() {
        let course = Course::load(&small_car(&["side_parking"])).unwrap();
        for (part, index, at) in [
            ("parking-bay-line", 1, (8.7095, 2.0)),
            ("parking-bay-line", 3, (16.419, 4.506)),
            ("parking-bay-front", 0, (16.419, 7.865)),
            ("parking-bay-front", 1, (16.419, 2.0)),
            ("parking-exit-line", 0, (25.365, 7.865)),
        ] {
            lies(&course, "parking", part, index, at);
        }
    }

    /// Centres 5.75 m beside the entry and 11.5 m from there to the south-east: the lane moves 2 x (5.75 + 11.5 / 2 x 0.7071)
    /// = 19.6317 m aside and 8.1317 m ahead, and leaves as it entered. Every vertex lies on its arc, every chord's middle
    /// within a millimetre of it.
    #[test]
    fn the_curve_is_two_exact_arcs() {
        let course = Course::load(&small_car(&["curve"])).unwrap();
        let site = course.site("curve").unwrap();
        let entry = site.part("entry_line").unwrap().points();
        let (left, right) = (entry[0], entry[1]);
        assert!((left.distance(right) - 3.5).abs() < 3e-4);
        let exit = site.part("exit_line").unwrap().points();
        let ways = exit[0].minus(left);
        assert!(
            (ways.e - 8.1317).abs() < 3e-4 && (ways.n + 19.6317).abs() < 3e-4,
            "{ways:?}"
        );
        let first = Point2::new(left.e, left.n - 7.5);
        let second = Point2::new(first.e + 8.131_728, first.n - 8.131_728);
        for (role, radii) in [("edge_left", [7.5, 4.0]), ("edge_right", [4.0, 7.5])] {
            let points = site.part(role).unwrap().points();
            // The arcs meet on the line through their centres; to the north-east of it lies the first one.
            let ruled = |p: Point2| {
                if (p.e - first.e) + (p.n - first.n) > 0.0 {
                    (first, radii[0])
                } else {
                    (second, radii[1])
                }
            };
            let mut bends = [0, 0];
            for pair in points.windows(2) {
                let middle = Point2::new((pair[0].e + pair[1].e) * 0.5, (pair[0].n + pair[1].n) * 0.5);
                let (centre, radius) = ruled(middle);
                bends[usize::from(centre == second)] += 1;
                let off = radius - middle.distance(centre);
                assert!((-3e-4..1e-3).contains(&off), "{role}: {off}");
                let ends = pair.iter().map(|p| (p.distance(centre) - radius).abs());
                assert!(ends.fold(0.0, f64::max) < 3e-4, "{role}");
            }
            assert!(bends.iter().all(|chords| *chords > 40), "{bends:?}");
        }
    }

    /// WB + 1 = 3.603 m wide; legs of 1.5 L = 6.7095 m and the 50 mm of a survey; the turn one width before the corner.
    #[test]
    fn the_corner_turns_left_after_a_leg() {
        let course = Course::load(&small_car(&["right_angle"])).unwrap();
        for (part, index, at) in [
            ("corner-edge-left", 1, (8.7595, 5.603)),
            ("corner-edge-left", 2, (8.7595, 12.3625)),
            ("corner-edge-right", 1, (12.3625, 2.0)),
            ("corner-turn-left", 0, (5.1565, 5.603)),
            ("corner-exit-line", 1, (12.3625, 12.3625)),
        ] {
            lies(&course, "corner", part, index, at);
        }
        let exit = course.site("corner").unwrap().direction_at(Point2::new(10.0, 12.0));
        assert!(exit.e.abs() < 1e-4 && exit.n > 0.999, "{exit:?}");
    }

    /// Alone it rides to the east, where the ground falls 0.5 %: 10.5 % above it are 10 % against the level. Curves of 32 m
    /// over 10.5 % are 3.36 m; 20.05 m in all; the straight between them 13.33 m. On top 0.1764 + 1.3997 + 0.1764 m.
    #[test]
    fn the_ramp_is_as_steep_as_asked_against_the_level() {
        let course = Course::load(&small_car(&["hill_start"])).unwrap();
        let foot = 2.0 + 2.5;
        let n = 2.0 + 0.5 + 3.55;
        let at = |run: f64| course.surface().at(foot + run, n - 0.5);
        let rise = at(15.0).height - at(5.0).height;
        assert!((rise - 1.0).abs() < 3e-4, "{rise}");
        let above = |run: f64| at(run).height + 0.005 * (foot + run);
        assert!((above(20.05) - 1.7525).abs() < 3e-4 && (above(22.0) - 1.7525).abs() < 3e-4);
        assert!((above(3.36) - 0.1764).abs() < 3e-4, "{}", above(3.36));
        // The bumper's line: curve, the whole car and a metre above the foot.
        let line = course.site("hill").unwrap().part("pole_line").unwrap().points();
        let low = line.iter().map(|p| p.e).fold(f64::MAX, f64::min);
        assert!((low - (foot + 3.36 + 4.473 + 1.0)).abs() < 3e-4, "{low}");
    }

    /// Each class with the items of the regulation, each vehicle with its own measures, and nothing overlaps.
    #[test]
    fn every_class_has_its_course() {
        for (class, items) in [
            ("C1", 5),
            ("C2", 4),
            ("C3", 5),
            ("C5", 4),
            ("A1", 14),
            ("B2", 14),
            ("C4", 3),
            ("D", 3),
            ("E", 3),
            ("F", 3),
        ] {
            // The square of class E is as large as it is; a ground for cars grows with its vehicle.
            let lengths: &[i32] = if TWO_WHEELS.contains(&class) {
                &[17_300, 21_050]
            } else {
                &[34_000, 44_730, 60_000]
            };
            for &length in lengths {
                let vehicle = BuiltFor {
                    length: TenthMm(length),
                    width: SANTANA.width,
                    wheelbase: TenthMm(length / 10 * 6),
                    track: TenthMm(13_000),
                    sidecar: length == 34_000,
                    ..BuiltFor::UNSAID
                };
                let text = lay_out(class, &vehicle, &[], &Place::of_class(class)).unwrap();
                let course = Course::load(&text).unwrap_or_else(|issues| panic!("{class} {length}: {issues:#?}"));
                assert_eq!((course.sites.len(), course.class.as_str()), (items, class));
            }
        }
    }

    #[test]
    fn what_cannot_be_laid_out_is_said_all_at_once() {
        let refused = |class: &str, items: &[&str]| {
            let items: Vec<String> = items.iter().map(|item| (*item).to_owned()).collect();
            let issues = lay_out(class, &SANTANA, &items, &Place::of_class(class)).unwrap_err();
            issues.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        };
        let said = refused("C2", &["curve", "hill_start", "curve", "slalom"]);
        for words in ["in \"hill_start\"", "curve is named twice", "in \"slalom\""] {
            assert!(said.contains(words), "{words}: {said}");
        }
        let known = refused("M", &[]);
        for class in ["A1", "B2", "C1", "C4", "D", "E", "F"] {
            assert!(known.contains(&format!(" {class}")), "{class}: {known}");
        }
        assert!(refused("E", &["plank_bridge"]).contains("one layout"));
    }
}
