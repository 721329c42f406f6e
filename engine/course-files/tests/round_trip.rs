//! What goes out comes back: every property equal, every coordinate to the file's own resolution of 0.1 mm.
use kaoguan_course::Course;
use kaoguan_course_files::{Imported, from_dxf, from_kml, to_dxf, to_kml};
use serde_json::Value;

const COURSES: [(&str, &str); 3] = [
    (
        "village-square",
        include_str!("../../../course-maps/village-square/course.geojson"),
    ),
    (
        "small-car-ground",
        include_str!("../../../course-maps/small-car-ground/course.geojson"),
    ),
    (
        "nagoya-road",
        include_str!("../../../course-maps/nagoya-road/course.geojson"),
    ),
];

fn checked(imported: Imported) -> String {
    let course = |text: &str| Course::load(text).map(drop);
    imported.checked(course).unwrap_or_else(|issues| panic!("{issues:#?}"))
}

/// Metres per degree of latitude; of longitude fewer. Bounds any error on the ground.
const METRES: f64 = 111_700.0;

fn same(name: &str, before: &str, after: &str, apart_m: f64) {
    let (before, after): (Value, Value) = (
        serde_json::from_str(before).unwrap(),
        serde_json::from_str(after).unwrap(),
    );
    assert_eq!(before["kaoguan"], after["kaoguan"], "{name}");
    let (old, new) = (
        before["features"].as_array().unwrap(),
        after["features"].as_array().unwrap(),
    );
    assert_eq!(old.len(), new.len(), "{name}");
    for (old, new) in old.iter().zip(new) {
        assert_eq!(
            (&old["id"], &old["properties"]),
            (&new["id"], &new["properties"]),
            "{name}"
        );
        assert_eq!(old["geometry"]["type"], new["geometry"]["type"], "{name} {}", old["id"]);
        near(
            &old["geometry"]["coordinates"],
            &new["geometry"]["coordinates"],
            apart_m,
            &old["id"],
        );
    }
}

fn near(old: &Value, new: &Value, apart_m: f64, id: &Value) {
    let (old, new) = (old.as_array().unwrap(), new.as_array().unwrap());
    assert_eq!(old.len(), new.len(), "{id}");
    for (index, (old, new)) in old.iter().zip(new).enumerate() {
        match (old.as_f64(), new.as_f64()) {
            (Some(old), Some(new)) => {
                let metres = if index == 2 { 1.0 } else { METRES };
                assert!((old - new).abs() * metres <= apart_m, "{id}: {old} {new}");
            }
            _ => near(old, new, apart_m, id),
        }
    }
}

/// A tenth of a millimetre is what is promised; a nanodegree is 0.11 mm, so not one digit may differ: a hundredth is asked.
#[test]
fn through_a_drawing() {
    for (name, course) in COURSES {
        let drawing = to_dxf(course).unwrap();
        let back = checked(from_dxf(drawing.dxf.as_bytes(), Some(&drawing.beside)));
        same(name, course, &back, 1e-5);
        // The courses that we wrote ourselves come back to the byte.
        assert!(name == "nagoya-road" || back == course, "{name}");
        let again = to_dxf(&back).unwrap();
        assert!(
            again.dxf == drawing.dxf && again.beside == drawing.beside,
            "{name}: it changes the second time"
        );
    }
}

#[test]
fn through_kml() {
    for (name, course) in COURSES {
        let kml = to_kml(course).unwrap();
        let back = checked(from_kml(kml.as_bytes(), None));
        same(name, course, &back, 1e-5);
        assert!(name == "nagoya-road" || back == course, "{name}");
        assert!(to_kml(&back).unwrap() == kml, "{name}: it changes the second time");
    }
}

/// Names that no layer may have, properties that nobody knows, texts that look like something else.
#[test]
fn odd_properties_come_back_too() {
    let (_, course) = COURSES[0];
    let mut root: Value = serde_json::from_str(course).unwrap();
    for feature in root["features"].as_array_mut().unwrap() {
        if feature["properties"]["site"] == "poles" {
            feature["properties"]["site"] = Value::from("桩 / \"1\"");
        }
        if feature["id"] == "poles-pole-1" {
            feature["id"] = Value::from("<pole & \"one\">");
            for (key, value) in [
                ("id", Value::from("QGIS 7")),
                ("layer", Value::from(3)),
                ("note", Value::from("12")),
                ("zh", Value::from("100")),
                (
                    "a \"b\" & <c>",
                    serde_json::json!({"list": [1, 2.5, "x", true], "": {}}),
                ),
                ("lines", Value::from("one\ntwo\ttabs  ]]> 'quoted' \"both\"")),
            ] {
                feature["properties"][key] = value;
            }
        }
    }
    root["kaoguan"]["office"] = serde_json::json!({"zh": "车管所", "floors": [1, 2]});
    let course = root.to_string();
    let drawing = to_dxf(&course).unwrap();
    same(
        "dxf",
        &course,
        &checked(from_dxf(drawing.dxf.as_bytes(), Some(&drawing.beside))),
        1e-5,
    );
    let kml = to_kml(&course).unwrap();
    same("kml", &course, &checked(from_kml(kml.as_bytes(), None)), 1e-5);
}

/// Flat ground has heights of zero above its datum; that they are meant is written beside.
#[test]
fn level_ground_at_the_datum_stays_level() {
    let (_, course) = COURSES[2];
    let mut root: Value = serde_json::from_str(course).unwrap();
    for feature in root["features"].as_array_mut().unwrap() {
        if ["surface", "profile"].contains(&feature["properties"]["role"].as_str().unwrap()) {
            for position in feature["geometry"]["coordinates"].as_array_mut().unwrap() {
                position[2] = Value::from(38.0);
            }
        }
    }
    let course = root.to_string();
    let drawing = to_dxf(&course).unwrap();
    same(
        "flat",
        &course,
        &checked(from_dxf(drawing.dxf.as_bytes(), Some(&drawing.beside))),
        1e-5,
    );
    let unsaid = drawing.beside.replace("heights = true\n", "");
    let issues = from_dxf(drawing.dxf.as_bytes(), Some(&unsaid))
        .checked(|text| Course::load(text).map(drop))
        .unwrap_err();
    assert!(
        issues.len() == 2 && issues.iter().all(|issue| issue.text.contains("all its heights are 0")),
        "{issues:#?}"
    );
}
