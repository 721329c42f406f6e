//! From KML to a course.
//!
//! A file that we wrote has everything in it. In one from elsewhere a placemark's properties are ExtendedData, or its name is
//! SITE-ROLE like a layer's; the TOML beside it has head, datum and the rest.
use super::guard;
use crate::beside::{Beside, Entry, Meaning};
use crate::sketch::{Feature, Object, Place, Shape, Sketch};
use crate::{Faults, HEAD, Imported};
use kaoguan_course::{Kind, role_kind};
use kml::Kml;
use kml::types::{AltitudeMode, Coord, Element, Geometry, Placemark};
use serde_json::Value;
use std::collections::BTreeSet;

/// The name of the document's Data that says what heights are.
pub(super) const HEIGHTS: &str = "heights";
/// KML's altitudes are above the sea by definition; ours are not.
pub(super) const ELLIPSOIDAL: &str = "ellipsoidal";

/// Properties that are texts whatever they look like.
const TEXTS: &[&str] = &["role", "site", "manoeuvre", "zh", "en", "pass"];

/// Reads a KML file with what is beside it.
pub(crate) fn read(bytes: &[u8], beside: Option<&str>) -> Imported {
    let mut faults = Faults::default();
    let mut spoilt = BTreeSet::new();
    let draft = sketch(bytes, beside, &mut faults, &mut spoilt).map(|sketch| sketch.text());
    Imported {
        draft,
        issues: faults.all(),
        spoilt,
    }
}

fn sketch(bytes: &[u8], beside: Option<&str>, faults: &mut Faults, spoilt: &mut BTreeSet<String>) -> Option<Sketch> {
    let mut beside = beside.map(|text| Beside::read(text, faults)).unwrap_or_default();
    let copy = guard::walk(bytes, faults)?;
    // The guard leaves the library nothing to stumble over that we know of; what we do not know of ends here.
    let read = std::panic::catch_unwind(|| copy.parse::<Kml>().ok()).ok().flatten();
    let Some(read) = read else {
        faults.say("file", "the library for KML could not read it: export it again");
        return None;
    };
    let mut found = Found::default();
    found.walk(&read);
    found.document(&mut beside, faults);
    if beside.course.is_empty() {
        spoilt.insert(HEAD.to_owned());
    }
    let mut maker = Maker {
        beside: &beside,
        faults,
        spoilt,
        features: Vec::new(),
        heights: false,
    };
    for placemark in found.placemarks {
        maker.placemark(placemark);
    }
    let heights = maker.heights;
    let features = maker.features;
    if heights && beside.heights.as_deref() != Some(ELLIPSOIDAL) {
        let text = "heights in KML are above the sea, a course's are ellipsoidal: survey those, and write heights = \"ellipsoidal\" \
                    in the file beside it";
        faults.say("head.heights", text);
    }
    Some(Sketch::of(beside.course, features, beside.datum.as_ref()))
}

/// Placemarks and the document's own data, wherever they are nested.
#[derive(Default)]
struct Found<'a> {
    placemarks: Vec<&'a Placemark>,
    data: Vec<(String, String)>,
}

impl<'a> Found<'a> {
    fn walk(&mut self, kml: &'a Kml) {
        match kml {
            Kml::KmlDocument(document) => document.elements.iter().for_each(|element| self.walk(element)),
            Kml::Document { elements, .. } => elements.iter().for_each(|element| self.walk(element)),
            Kml::Folder(folder) => folder.elements.iter().for_each(|element| self.walk(element)),
            Kml::Placemark(placemark) => self.placemarks.push(placemark),
            Kml::Element(element) => self.data.extend(data(element)),
            _ => {}
        }
    }

    /// What the document says, unless the file beside it has said so.
    fn document(&self, beside: &mut Beside, faults: &mut Faults) {
        let said = |name: &str| {
            self.data
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        if beside.heights.is_none() {
            beside.heights = said(HEIGHTS).map(str::to_owned);
        }
        if !beside.course.is_empty() {
            return;
        }
        match said(HEAD).map(serde_json::from_str::<Value>) {
            Some(Ok(Value::Object(head))) => beside.course = head,
            Some(_) => faults.say(
                "head",
                "the document's Data `kaoguan` is no JSON object: export it again",
            ),
            None => faults.say(
                "head",
                "the course's head is missing: write [course] in a TOML and name it with --head",
            ),
        }
    }
}

/// Names and values of an ExtendedData, in either of its two forms.
fn data(element: &Element) -> Vec<(String, String)> {
    let named = |element: &Element, value: Option<&Element>| {
        let name = element.attrs.get("name").and_then(|name| guard::unhex(name))?;
        Some((name, value.and_then(|value| value.content.clone()).unwrap_or_default()))
    };
    let mut found = Vec::new();
    for child in element.children.iter().filter(|_| element.name == "ExtendedData") {
        match child.name.as_str() {
            "Data" => found.extend(named(child, child.children.iter().find(|value| value.name == "value"))),
            "SchemaData" => found.extend(child.children.iter().filter_map(|simple| named(simple, Some(simple)))),
            _ => {}
        }
    }
    found
}

struct Maker<'a> {
    beside: &'a Beside,
    faults: &'a mut Faults,
    spoilt: &'a mut BTreeSet<String>,
    features: Vec<(usize, Feature)>,
    /// Whether any height was used.
    heights: bool,
}

impl Maker<'_> {
    fn placemark(&mut self, placemark: &Placemark) {
        let name = placemark.name.as_deref().unwrap_or("").trim().to_owned();
        let at = format!(
            "placemark {}",
            if name.is_empty() {
                "without a name"
            } else {
                name.as_str()
            }
        );
        let own: Object = placemark
            .children
            .iter()
            .flat_map(data)
            .map(|(key, value)| typed(key, value))
            .collect();
        let (mut entry, place) = match self.beside.meaning(&name) {
            Meaning::Ignored => return,
            Meaning::Feature { entry, place } => (entry, place),
            Meaning::Unknown => (Entry::default(), usize::MAX),
        };
        if own.contains_key("role") && place == usize::MAX {
            entry.properties.clear();
        }
        for (key, value) in own {
            entry.properties.entry(key).or_insert(value);
        }
        let text = |key: &str| entry.properties.get(key).and_then(Value::as_str);
        let Some(kind) = role_kind(text("role").unwrap_or(""), text("site").is_some()) else {
            let text = "it is no role: give it the data `role` and `site`, name it SITE-ROLE, or name it in `ignore` of the file beside";
            self.faults.say(at, text);
            return;
        };
        let id = entry.id.clone().unwrap_or(name);
        let shape = self.shape(kind, &at, placemark.geometry.as_ref()).unwrap_or_else(|| {
            self.spoilt.insert(id.clone());
            Shape::Refused
        });
        self.features.push((
            place,
            Feature {
                id,
                properties: entry.properties,
                shape,
            },
        ));
    }

    fn shape(&mut self, kind: Kind, at: &str, geometry: Option<&Geometry>) -> Option<Shape> {
        let needs = matches!(kind, Kind::PointWithHeight | Kind::Points | Kind::Profile);
        match (kind, geometry) {
            (Kind::Point | Kind::PointWithHeight, Some(Geometry::Point(point))) => {
                let places = self.places(at, &[point.coord], point.altitude_mode, needs)?;
                places.first().copied().map(Shape::Point)
            }
            (Kind::Points, Some(Geometry::MultiGeometry(all))) => {
                let mut places = Vec::new();
                for geometry in &all.geometries {
                    let Geometry::Point(point) = geometry else {
                        return self.refuse(at, "several points as one MultiGeometry");
                    };
                    places.extend(self.places(at, &[point.coord], point.altitude_mode, needs)?);
                }
                Some(Shape::Points(places))
            }
            (Kind::Line | Kind::Profile, Some(Geometry::LineString(line))) => self
                .places(at, &line.coords, line.altitude_mode, needs)
                .map(Shape::Line),
            (Kind::Area, Some(Geometry::Polygon(area))) => {
                if !area.inner.is_empty() {
                    self.faults
                        .say(at, "it has holes: a course's areas have none, draw it without");
                    return None;
                }
                let mode = if area.outer.altitude_mode == AltitudeMode::Absolute {
                    AltitudeMode::Absolute
                } else {
                    area.altitude_mode
                };
                self.places(at, &area.outer.coords, mode, needs).map(Shape::Area)
            }
            (Kind::Point | Kind::PointWithHeight, _) => self.refuse(at, "a Point"),
            (Kind::Points, _) => self.refuse(at, "several points as one MultiGeometry"),
            (Kind::Line | Kind::Profile, _) => self.refuse(at, "a LineString"),
            (Kind::Area, _) => self.refuse(at, "a Polygon"),
        }
    }

    fn refuse(&mut self, at: &str, wanted: &str) -> Option<Shape> {
        self.faults
            .say(at, format!("its role is drawn as {wanted}: draw it so"));
        None
    }

    fn places(&mut self, at: &str, coords: &[Coord], mode: AltitudeMode, needs: bool) -> Option<Vec<Place>> {
        // The guard has said what was wrong with it.
        if coords.iter().any(|coord| coord.x.is_nan()) {
            return None;
        }
        let absolute = mode == AltitudeMode::Absolute;
        if needs && !(absolute && coords.iter().all(|coord| coord.z.is_some())) {
            let text = "it needs heights: survey ellipsoidal ones, altitudeMode absolute";
            self.faults.say(at, text);
            return None;
        }
        self.heights |= absolute && coords.iter().any(|coord| coord.z.is_some());
        let place = |coord: &Coord| Place {
            lon: coord.x,
            lat: coord.y,
            h: coord.z.filter(|_| absolute),
        };
        Some(coords.iter().map(place).collect())
    }
}

/// A property from its text: JSON where it is JSON, unless it is one that is always a text.
fn typed(key: String, text: String) -> (String, Value) {
    let value = serde_json::from_str::<Value>(&text);
    let value = match value {
        Ok(value @ Value::String(_)) => value,
        Ok(value) if !TEXTS.contains(&key.as_str()) => value,
        _ => Value::from(text),
    };
    (key, value)
}
