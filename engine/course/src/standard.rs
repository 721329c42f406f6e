//! A course laid out from the regulation's dimensions, as a file to be surveyed against.
//!
//! The problem: who marks out a village square needs every coordinate before the first chalk line. The answer: the
//! class's dimensions (`dimensions/`) and one layout in plane metres, written as GeoJSON with 9 decimals of a degree
//! (0.1 mm) and heights with 4, the same bytes every time. Deliberately not here: fitting a layout to a real square;
//! that is the surveyor's eye, and [`report`](crate::report) measures what came of it.

use crate::dimensions::Rules;
use crate::{BuiltFor, Datum};
use std::fmt::Write;

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
    let mut page = Page {
        place,
        features: Vec::new(),
    };
    course_level(&mut page);
    // The dimensions are part of the program; that they are there and complete is tested.
    if let Some(needs) = Needs::of(vehicle) {
        pole_course(&mut page, &needs);
        hill_start(&mut page, &needs);
        plank_bridge(&mut page, &needs);
    }
    page.text(vehicle)
}

/// The regulation's dimensions in metres.
struct Needs {
    pole_spacing: f64,
    pole_to_edge: f64,
    finish_distance: f64,
    ramp_gradient: f64,
    pole_line_width: f64,
    bridge_width: f64,
    bridge_height: f64,
    deck_length: f64,
}

impl Needs {
    fn of(vehicle: &BuiltFor) -> Option<Needs> {
        let rules = Rules::of("E")?;
        let value = |key: &str| rules.value(key, vehicle);
        Some(Needs {
            pole_spacing: value("pole_spacing")?,
            pole_to_edge: value("pole_to_edge")?,
            finish_distance: value("finish_distance")?,
            ramp_gradient: value("ramp_gradient")?,
            pole_line_width: value("pole_line_width")?,
            bridge_width: value("bridge_width")?,
            bridge_height: value("bridge_height")?,
            deck_length: value("deck_length")?,
        })
    }
}

fn course_level(page: &mut Page<'_>) {
    page.point("datum", r#""role":"datum""#, 0.0, 0.0, Some(0.0));
    page.area("boundary", r#""role":"boundary""#, &rectangle(-15.0, -20.0, 45.0, 20.0));
    let mut positions = Vec::new();
    for n in [-20.0, 0.0, 20.0] {
        for e in [-15.0, 15.0, 45.0] {
            positions.push(page.position(e, n, Some(page.ground(e))));
        }
    }
    page.feature(
        "surface",
        r#""role":"surface""#,
        "MultiPoint",
        &format!("[{}]", positions.join(",")),
    );
}

/// Riding east along n = 0: start line, five poles passed left and right in turn, finish line.
fn pole_course(page: &mut Page<'_>, needs: &Needs) {
    let (start, first) = (4.0, 7.0);
    let last = first + 4.0 * needs.pole_spacing;
    let finish = last + needs.finish_distance;
    let edge = needs.pole_to_edge;
    let ground = site("poles", "pole_course", "桩考", "pole course", 1);
    page.area(
        "poles-ground",
        &ground,
        &rectangle(3.0, -3.0, libm::ceil(finish) + 1.0, 3.0),
    );
    page.line(
        "poles-start",
        &part("poles", "start_line"),
        &[(start, edge), (start, -edge)],
    );
    page.line(
        "poles-finish",
        &part("poles", "finish_line"),
        &[(finish, edge), (finish, -edge)],
    );
    page.line(
        "poles-edge-left",
        &part("poles", "edge_left"),
        &[(start, edge), (finish, edge)],
    );
    page.line(
        "poles-edge-right",
        &part("poles", "edge_right"),
        &[(start, -edge), (finish, -edge)],
    );
    for (index, pass) in ["left", "right", "left", "right", "left"].iter().enumerate() {
        let number = index + 1;
        let more = format!(
            r#"{},"ordinal":{number},"radius_mm":20,"pass":"{pass}""#,
            part("poles", "pole")
        );
        page.point(
            &format!("poles-pole-{number}"),
            &more,
            first + index as f64 * needs.pole_spacing,
            0.0,
            None,
        );
    }
}

/// Length of each vertical curve of the ramp, metres: the regulation wants a radius above 30 m, this is 32 m at 10 %.
const CURVE_LENGTH: f64 = 3.2;
/// The straight part of the ramp, metres: the pole line and a whole motorcycle behind it.
const STRAIGHT_LENGTH: f64 = 5.0;
/// Level top of the ramp, metres.
const TOP_LENGTH: f64 = 1.0;
/// Spacing of the surveyed points of the ramp, metres: the chord of a 32 m curve lies 0.16 mm off.
const PROFILE_STEP: f64 = 0.2;

/// Riding west along n = 12: a portable ramp 3 m wide between its edge lines.
fn hill_start(page: &mut Page<'_>, needs: &Needs) {
    let (foot, lane, half) = (26.0, 12.0, 1.5);
    let crest = 2.0 * CURVE_LENGTH + STRAIGHT_LENGTH;
    let length = 2.0 * crest + TOP_LENGTH;
    let exit = foot - crest - TOP_LENGTH;
    page.area(
        "hill-ground",
        &site("hill", "hill_start", "坡道定点停车和起步", "hill start", 2),
        &rectangle(1.0, 9.0, 28.0, 15.0),
    );
    page.line(
        "hill-entry",
        &part("hill", "entry_line"),
        &[(foot + 0.3, lane - half), (foot + 0.3, lane + half)],
    );
    let near = foot - 4.6 + needs.pole_line_width * 0.5;
    let far = near - needs.pole_line_width;
    page.area(
        "hill-pole-line",
        &part("hill", "pole_line"),
        &rectangle(far, lane - half, near, lane + half),
    );
    page.line(
        "hill-edge-left",
        &part("hill", "edge_left"),
        &[(foot + 1.0, lane - half), (foot - length, lane - half)],
    );
    page.line(
        "hill-edge-right",
        &part("hill", "edge_right"),
        &[(foot + 1.0, lane + half), (foot - length, lane + half)],
    );
    page.line(
        "hill-exit",
        &part("hill", "exit_line"),
        &[(exit, lane - half), (exit, lane + half)],
    );
    let steps = libm::round(length / PROFILE_STEP) as u32;
    let profile: Vec<(f64, f64, f64)> = (0..=steps)
        .map(|step| length * f64::from(step) / f64::from(steps))
        .map(|run| {
            (
                foot - run,
                lane,
                page.ground(foot - run) + rise(run, needs.ramp_gradient),
            )
        })
        .collect();
    page.profile(
        "hill-profile",
        &format!(r#"{},"width_mm":3200"#, part("hill", "profile")),
        &profile,
    );
}

/// Height of the ramp above the ground, metres, `run` metres from its foot: curve, straight, curve, top, and mirrored.
fn rise(run: f64, gradient: f64) -> f64 {
    let crest = 2.0 * CURVE_LENGTH + STRAIGHT_LENGTH;
    let run = libm::fmin(run, libm::fmin(crest, libm::fmax(0.0, 2.0 * crest + TOP_LENGTH - run)));
    let bend = gradient / (2.0 * CURVE_LENGTH);
    let lower = libm::fmin(run, CURVE_LENGTH);
    let straight = libm::fmax(0.0, run - CURVE_LENGTH);
    let upper = libm::fmax(0.0, run - CURVE_LENGTH - STRAIGHT_LENGTH);
    bend * lower * lower + gradient * straight - bend * upper * upper
}

/// Length of each ramp of the bridge, metres: 50 mm in 0.8 m are 6.25 %, below 7 % even where the ground falls.
const BRIDGE_RAMP: f64 = 0.8;

/// Riding east along n = -12: one plank with a ramp at either end.
fn plank_bridge(page: &mut Page<'_>, needs: &Needs) {
    let (entry, foot, lane) = (8.0, 9.0, -12.0);
    let (deck, end) = (foot + BRIDGE_RAMP, foot + BRIDGE_RAMP + needs.deck_length);
    let exit = end + BRIDGE_RAMP + 2.0;
    let half = needs.bridge_width * 0.5;
    let ground = site("plank", "plank_bridge", "通过单边桥", "plank bridge", 3);
    page.area(
        "plank-ground",
        &ground,
        &rectangle(7.0, lane - 2.0, libm::ceil(exit) + 1.0, lane + 2.0),
    );
    page.line(
        "plank-entry",
        &part("plank", "entry_line"),
        &[(entry, lane + 1.5), (entry, lane - 1.5)],
    );
    page.area(
        "plank-deck",
        &part("plank", "deck"),
        &rectangle(deck, lane - half, end, lane + half),
    );
    page.line(
        "plank-exit",
        &part("plank", "exit_line"),
        &[(exit, lane + 1.5), (exit, lane - 1.5)],
    );
    let profile: Vec<(f64, f64, f64)> = [
        (foot, 0.0),
        (deck, needs.bridge_height),
        (end, needs.bridge_height),
        (end + BRIDGE_RAMP, 0.0),
    ]
    .iter()
    .map(|(e, above)| (*e, lane, page.ground(*e) + above))
    .collect();
    let width_mm = libm::round(needs.bridge_width * 1e3);
    page.profile(
        "plank-profile",
        &format!(r#"{},"width_mm":{width_mm}"#, part("plank", "profile")),
        &profile,
    );
}

fn site(id: &str, manoeuvre: &str, zh: &str, en: &str, order: u16) -> String {
    format!(r#""role":"ground","site":"{id}","manoeuvre":"{manoeuvre}","zh":"{zh}","en":"{en}","order":{order}"#)
}

fn part(site: &str, role: &str) -> String {
    format!(r#""role":"{role}","site":"{site}""#)
}

/// Counterclockwise, as RFC 7946 wants an outer ring.
fn rectangle(west: f64, south: f64, east: f64, north: f64) -> [(f64, f64); 5] {
    [
        (west, south),
        (east, south),
        (east, north),
        (west, north),
        (west, south),
    ]
}

/// The features written so far.
struct Page<'a> {
    place: &'a Place,
    features: Vec<String>,
}

impl Page<'_> {
    /// Height of the bare ground above the datum, metres, `e` metres east of it.
    fn ground(&self, e: f64) -> f64 {
        -self.place.fall_east * e
    }

    fn position(&self, e: f64, n: f64, height: Option<f64>) -> String {
        let (lat, lon, h) = self.place.datum.to_geodetic(e, n, height.unwrap_or(self.ground(e)));
        match height {
            Some(_) => format!("[{lon:.9},{lat:.9},{h:.4}]"),
            None => format!("[{lon:.9},{lat:.9}]"),
        }
    }

    fn point(&mut self, id: &str, properties: &str, e: f64, n: f64, height: Option<f64>) {
        let position = self.position(e, n, height);
        self.feature(id, properties, "Point", &position);
    }

    fn line(&mut self, id: &str, properties: &str, points: &[(f64, f64)]) {
        let positions: Vec<String> = points.iter().map(|(e, n)| self.position(*e, *n, None)).collect();
        self.feature(id, properties, "LineString", &format!("[{}]", positions.join(",")));
    }

    fn profile(&mut self, id: &str, properties: &str, points: &[(f64, f64, f64)]) {
        let positions: Vec<String> = points.iter().map(|(e, n, h)| self.position(*e, *n, Some(*h))).collect();
        self.feature(id, properties, "LineString", &format!("[{}]", positions.join(",")));
    }

    fn area(&mut self, id: &str, properties: &str, ring: &[(f64, f64)]) {
        let positions: Vec<String> = ring.iter().map(|(e, n)| self.position(*e, *n, None)).collect();
        self.feature(id, properties, "Polygon", &format!("[[{}]]", positions.join(",")));
    }

    fn feature(&mut self, id: &str, properties: &str, kind: &str, coordinates: &str) {
        self.features.push(format!(
            r#"{{"type":"Feature","id":"{id}","properties":{{{properties}}},"geometry":{{"type":"{kind}","coordinates":{coordinates}}}}}"#
        ));
    }

    fn text(&self, vehicle: &BuiltFor) -> String {
        let place = self.place;
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let mm = |size: crate::TenthMm| f64::from(size.0) / 10.0;
        let mut text = String::from("{\n\"type\":\"FeatureCollection\",\n\"kaoguan\":{\"format\":1,");
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            r#""id":{},"zh":{},"en":{},"class":"E","#,
            quoted(&place.id),
            quoted(&place.zh),
            quoted(&place.en)
        );
        let _ = write!(
            text,
            r#""survey":{{"u_mm":{},"date":{},"by":{}}},"#,
            place.survey_u_mm,
            quoted(&place.survey_date),
            quoted(&place.survey_by)
        );
        let (length, width, wheelbase) = (mm(vehicle.length), mm(vehicle.width), mm(vehicle.wheelbase));
        let _ = write!(
            text,
            r#""built_for":{{"length_mm":{length},"width_mm":{width},"wheelbase_mm":{wheelbase}}}}},"#
        );
        let _ = write!(text, "\n\"features\":[\n{}\n]\n}}\n", self.features.join(",\n"));
        text
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
