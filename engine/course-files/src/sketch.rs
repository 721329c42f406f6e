//! A course file between two formats: its head and its features as they are, with every property.
//!
//! Unlike the course crate's reader it keeps what no check knows, because what goes out must come back.
use crate::Faults;
use kaoguan_course::{Datum, Issue};
use serde_json::{Map, Value};
use std::fmt::Write;

/// Properties by their names, in the file's order.
pub(crate) type Object = Map<String, Value>;

/// One position: WGS-84 degrees, ellipsoidal height in metres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Place {
    pub lon: f64,
    pub lat: f64,
    pub h: Option<f64>,
}

/// A geometry that a course may have.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    /// It was refused, and said so.
    Refused,
    Point(Place),
    Points(Vec<Place>),
    Line(Vec<Place>),
    /// A ring with its repeated last position.
    Area(Vec<Place>),
}

/// One feature.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Feature {
    pub id: String,
    pub properties: Object,
    pub shape: Shape,
}

impl Feature {
    /// A property that is a text.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.properties.get(key).and_then(Value::as_str)
    }

    /// A property that is a number.
    pub fn number(&self, key: &str) -> Option<f64> {
        self.properties.get(key).and_then(Value::as_f64)
    }
}

/// A whole file.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Sketch {
    /// The member `kaoguan`.
    pub head: Object,
    pub features: Vec<Feature>,
}

impl Shape {
    /// Every position, in order.
    pub fn places(&self) -> &[Place] {
        match self {
            Shape::Refused => &[],
            Shape::Point(place) => std::slice::from_ref(place),
            Shape::Points(places) | Shape::Line(places) | Shape::Area(places) => places,
        }
    }

    /// Whether it has heights; an error where only a part of it has.
    pub fn heights(&self) -> Result<bool, ()> {
        let places = self.places();
        let known = places.iter().filter(|place| place.h.is_some()).count();
        if known == places.len() {
            Ok(known > 0)
        } else if known == 0 {
            Ok(false)
        } else {
            Err(())
        }
    }
}

impl Sketch {
    /// Reads a course file that was found valid.
    pub fn read(text: &str) -> Result<Sketch, Vec<Issue>> {
        let mut faults = Faults::default();
        let root: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap_or_default();
        let head = root
            .get("kaoguan")
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        let listed = root.get("features").and_then(Value::as_array);
        let features = listed
            .into_iter()
            .flatten()
            .filter_map(|value| feature(value, &mut faults))
            .collect();
        let sketch = Sketch { head, features };
        if sketch.features.is_empty() {
            faults.say("file", "this is no course file: check it with `kaoguan course check`");
        }
        if faults.none() { Ok(sketch) } else { Err(faults.all()) }
    }

    /// A sketch of features in the order that the file beside gives them, with the datum where only that has it.
    pub fn of(head: Object, mut placed: Vec<(usize, Feature)>, datum: Option<&Datum>) -> Sketch {
        placed.sort_by_key(|(place, _)| *place);
        let mut features: Vec<Feature> = placed.into_iter().map(|(_, feature)| feature).collect();
        if let Some(datum) = datum
            && !features.iter().any(|feature| feature.text("role") == Some("datum"))
        {
            features.insert(0, origin(datum));
        }
        Sketch { head, features }
    }

    /// The origin of its plane.
    pub fn datum(&self) -> Option<Datum> {
        let datum = self
            .features
            .iter()
            .find(|f| f.text("role") == Some("datum") && f.text("site").is_none())?;
        let place = datum.shape.places().first()?;
        Some(datum_at(place.lat, place.lon, place.h?))
    }

    /// The course file.
    pub fn text(&self) -> String {
        let head = Value::Object(self.head.clone());
        let features: Vec<String> = self.features.iter().map(written).collect();
        let features = features.join(",\n");
        format!("{{\n\"type\":\"FeatureCollection\",\n\"kaoguan\":{head},\n\"features\":[\n{features}\n]\n}}\n")
    }
}

/// The datum at a latitude and longitude (degrees) and an ellipsoidal height (metres), as a course file means it.
pub(crate) fn datum_at(lat: f64, lon: f64, h: f64) -> Datum {
    let ndeg = |degrees: f64| libm::round(degrees * 1e9) as i64;
    Datum::new(ndeg(lat), ndeg(lon), libm::round(h * 1e4) as i32)
}

/// The datum as a feature, for a file that has none because the file beside it has.
fn origin(datum: &Datum) -> Feature {
    let (lat, lon, h) = datum.to_geodetic(0.0, 0.0, 0.0);
    let mut properties = Object::new();
    properties.insert("role".into(), Value::from("datum"));
    let shape = Shape::Point(Place { lon, lat, h: Some(h) });
    Feature {
        id: "datum".to_owned(),
        properties,
        shape,
    }
}

fn feature(value: &Value, faults: &mut Faults) -> Option<Feature> {
    let id = value.get("id").and_then(Value::as_str)?.to_owned();
    let properties = value
        .get("properties")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    match shape(value.get("geometry")) {
        Some(shape) => Some(Feature { id, properties, shape }),
        None => {
            faults.say(
                id,
                "its geometry is none that a course has: check the file with `kaoguan course check`",
            );
            None
        }
    }
}

fn shape(geometry: Option<&Value>) -> Option<Shape> {
    let geometry = geometry?;
    let coordinates = geometry.get("coordinates")?;
    match geometry.get("type").and_then(Value::as_str)? {
        "Point" => place(coordinates).map(Shape::Point),
        "MultiPoint" => places(coordinates).map(Shape::Points),
        "LineString" => places(coordinates).map(Shape::Line),
        "Polygon" => match coordinates.as_array()?.as_slice() {
            [ring] => places(ring).map(Shape::Area),
            _ => None,
        },
        _ => None,
    }
}

fn places(value: &Value) -> Option<Vec<Place>> {
    value.as_array()?.iter().map(place).collect()
}

fn place(value: &Value) -> Option<Place> {
    let numbers = value.as_array()?;
    let at = |index: usize| numbers.get(index).and_then(Value::as_f64);
    Some(Place {
        lon: at(0)?,
        lat: at(1)?,
        h: at(2),
    })
}

fn written(feature: &Feature) -> String {
    let (id, properties) = (
        Value::from(feature.id.as_str()),
        Value::Object(feature.properties.clone()),
    );
    let geometry = match &feature.shape {
        Shape::Refused => "null".to_owned(),
        Shape::Point(place) => format!(r#"{{"type":"Point","coordinates":{}}}"#, position(place)),
        Shape::Points(places) => format!(r#"{{"type":"MultiPoint","coordinates":{}}}"#, positions(places)),
        Shape::Line(places) => format!(r#"{{"type":"LineString","coordinates":{}}}"#, positions(places)),
        Shape::Area(places) => format!(r#"{{"type":"Polygon","coordinates":[{}]}}"#, positions(places)),
    };
    format!(r#"{{"type":"Feature","id":{id},"properties":{properties},"geometry":{geometry}}}"#)
}

/// Nine decimals of a degree are 0.1 mm.
fn position(place: &Place) -> String {
    match place.h {
        Some(h) => format!("[{:.9},{:.9},{h:.4}]", place.lon, place.lat),
        None => format!("[{:.9},{:.9}]", place.lon, place.lat),
    }
}

fn positions(places: &[Place]) -> String {
    let mut text = String::from("[");
    for (index, place) in places.iter().enumerate() {
        // Writing to a String cannot fail.
        let _ = write!(text, "{}{}", if index == 0 { "" } else { "," }, position(place));
    }
    text + "]"
}
