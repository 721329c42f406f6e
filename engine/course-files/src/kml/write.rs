//! From a course to KML. A placemark's name is the feature's id; its properties and the course's head are ExtendedData.
use super::read::{ELLIPSOIDAL, HEIGHTS};
use crate::sketch::{Feature, Object, Place, Shape, Sketch};
use crate::{Faults, HEAD};
use kaoguan_course::Issue;
use kml::types::{
    AltitudeMode, Coord, Element, Geometry, LineString, LinearRing, MultiGeometry, Placemark, Point, Polygon,
};
use kml::{Kml, KmlDocument, KmlWriter};
use serde_json::Value;

/// Writes a course.
pub(crate) fn write(sketch: &Sketch) -> Result<String, Vec<Issue>> {
    let mut faults = Faults::default();
    let name = sketch.head.get("id").and_then(Value::as_str).unwrap_or("course");
    let head = Value::Object(sketch.head.clone()).to_string();
    let mut elements = vec![
        Kml::Element(text("name", name)),
        Kml::Element(extended(&[
            (HEAD.to_owned(), head),
            (HEIGHTS.to_owned(), ELLIPSOIDAL.to_owned()),
        ])),
    ];
    for feature in &sketch.features {
        match placemark(feature) {
            Some(placemark) => elements.push(Kml::Placemark(placemark)),
            None => {
                let text = "some of its positions have a height and some have none: give all of them one, or none";
                faults.say(feature.id.as_str(), text);
            }
        }
    }
    let attrs = [("xmlns".to_owned(), "http://www.opengis.net/kml/2.2".to_owned())].into();
    let document = Kml::Document {
        attrs: Default::default(),
        elements,
    };
    let whole = Kml::KmlDocument(KmlDocument {
        attrs,
        elements: vec![document],
        ..KmlDocument::default()
    });
    let mut bytes = Vec::new();
    if let Err(why) = KmlWriter::from_writer(&mut bytes).write(&whole) {
        faults.say("file", format!("the KML could not be written: {why}"));
    }
    let body = String::from_utf8_lossy(&bytes).replace("</Placemark>", "</Placemark>\n");
    let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}\n");
    if faults.none() { Ok(text) } else { Err(faults.all()) }
}

fn text(name: &str, content: &str) -> Element {
    Element {
        name: name.to_owned(),
        content: Some(content.to_owned()),
        ..Element::default()
    }
}

fn extended(members: &[(String, String)]) -> Element {
    let data = members.iter().map(|(name, value)| Element {
        name: "Data".to_owned(),
        attrs: [("name".to_owned(), name.clone())].into(),
        children: vec![text("value", value)],
        ..Element::default()
    });
    Element {
        name: "ExtendedData".to_owned(),
        children: data.collect(),
        ..Element::default()
    }
}

fn placemark(feature: &Feature) -> Option<Placemark> {
    let heights = feature.shape.heights().ok()?;
    let members: Vec<(String, String)> = members(&feature.properties);
    Some(Placemark {
        name: Some(feature.id.clone()),
        geometry: geometry(&feature.shape, heights),
        children: vec![extended(&members)],
        ..Placemark::default()
    })
}

/// A text stands as it is, unless it would read as JSON; everything else is JSON.
fn members(properties: &Object) -> Vec<(String, String)> {
    let shown = |value: &Value| match value {
        Value::String(text) if serde_json::from_str::<Value>(text).is_err() => text.clone(),
        other => other.to_string(),
    };
    let known = properties.iter().filter(|(_, value)| !value.is_null());
    known.map(|(name, value)| (name.clone(), shown(value))).collect()
}

fn geometry(shape: &Shape, heights: bool) -> Option<Geometry> {
    let altitude_mode = if heights {
        AltitudeMode::Absolute
    } else {
        AltitudeMode::ClampToGround
    };
    let coords = |places: &[Place]| -> Vec<Coord> { places.iter().map(coord).collect() };
    let point = |place: &Place| Point {
        coord: coord(place),
        altitude_mode,
        ..Point::default()
    };
    Some(match shape {
        Shape::Refused => return None,
        Shape::Point(place) => Geometry::Point(point(place)),
        Shape::Points(places) => Geometry::MultiGeometry(MultiGeometry::new(
            places.iter().map(|p| Geometry::Point(point(p))).collect(),
        )),
        Shape::Line(places) => Geometry::LineString(LineString {
            coords: coords(places),
            altitude_mode,
            ..LineString::default()
        }),
        Shape::Area(places) => {
            let outer = LinearRing {
                coords: coords(places),
                altitude_mode,
                ..LinearRing::default()
            };
            Geometry::Polygon(Polygon {
                outer,
                altitude_mode,
                ..Polygon::default()
            })
        }
    })
}

fn coord(place: &Place) -> Coord {
    Coord::new(place.lon, place.lat, place.h)
}
