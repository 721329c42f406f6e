//! From the bytes of a file to a [`Draft`], complaining about everything and stopping at nothing.

use crate::base::Written;
use crate::draft::{Draft, Feature, Geometry, Vertex};
use crate::{BuiltFor, Datum, Issue, Side, TenthMm};
use geojson::GeometryValue;
use serde_json::{Map, Value};

/// A square kilometre surveyed by hand has a few hundred features; ten times that is a mistake, and bounds the work.
const FEATURES_MAX: usize = 2_000;
/// A kilometre of road with a point every half metre.
const VERTICES_MAX: usize = 2_000;
/// Four mebibytes hold both of the above; more is not a course.
const BYTES_MAX: usize = 4 << 20;
/// The format that this reader knows.
const FORMAT: u64 = 1;

type Object = Map<String, Value>;

/// Reads what can be read; everything amiss is added to `issues`.
pub(crate) fn read(text: &str, issues: &mut Vec<Issue>) -> Draft {
    let mut draft = Draft::default();
    if text.len() > BYTES_MAX {
        let text = format!(
            "the file has {} bytes; a course has at most {BYTES_MAX}: split it or thin its lines",
            text.len()
        );
        say(issues, "file", text);
        return draft;
    }
    let root = match serde_json::from_str::<Value>(text.trim_start_matches('\u{feff}')) {
        Ok(Value::Object(root)) => root,
        Ok(_) => {
            say(
                issues,
                "file",
                "the file is JSON but not an object: a course is a GeoJSON FeatureCollection".into(),
            );
            return draft;
        }
        Err(error) => {
            say(
                issues,
                "file",
                format!("the file is not JSON ({error}): mend that place, or export it again"),
            );
            return draft;
        }
    };
    read_head(&root, &mut draft, issues);
    read_features(&root, &mut draft, issues);
    lay_on_plane(&mut draft);
    draft
}

pub(crate) fn say(issues: &mut Vec<Issue>, place: &str, text: String) {
    issues.push(Issue {
        place: place.to_string(),
        text,
    });
}

fn read_head(root: &Object, draft: &mut Draft, issues: &mut Vec<Issue>) {
    if root.get("type").and_then(Value::as_str) != Some("FeatureCollection") {
        say(
            issues,
            "type",
            "the top-level `type` must be \"FeatureCollection\": export the layers as one GeoJSON".into(),
        );
    }
    let Some(head) = root.get("kaoguan").and_then(Value::as_object) else {
        let text =
            "the member `kaoguan` (format, id, names, class, survey) is missing: QGIS drops it on export; copy it back";
        say(issues, "kaoguan", text.into());
        return;
    };
    match head.get("format").and_then(Value::as_u64) {
        Some(FORMAT) => {}
        Some(other) => say(
            issues,
            "kaoguan.format",
            format!("format {other} is not known here; this program reads {FORMAT}"),
        ),
        None => say(
            issues,
            "kaoguan.format",
            format!("`format` is missing: write \"format\": {FORMAT}"),
        ),
    }
    let mut reader = Reader {
        place: "kaoguan".into(),
        object: head,
        issues,
    };
    draft.id = reader.needed_text("id");
    draft.zh = reader.needed_text("zh");
    draft.en = reader.needed_text("en");
    draft.class = reader.needed_text("class");
    read_survey(head, draft, issues);
    draft.built_for = read_built_for(head, issues);
}

fn read_survey(head: &Object, draft: &mut Draft, issues: &mut Vec<Issue>) {
    let empty = Object::new();
    let survey = head.get("survey").and_then(Value::as_object).unwrap_or(&empty);
    let mut reader = Reader {
        place: "kaoguan.survey".into(),
        object: survey,
        issues,
    };
    draft.survey_u = reader.number("u_mm").and_then(tenth_mm);
    draft.surface_within = reader.number("surface_within_mm").and_then(tenth_mm);
    draft.survey_date = reader.text("date").unwrap_or_default();
    draft.survey_by = reader.text("by").unwrap_or_default();
    draft.base = reader.within("base", Written::read);
}

fn read_built_for(head: &Object, issues: &mut Vec<Issue>) -> Option<BuiltFor> {
    let object = head.get("built_for")?.as_object()?;
    let mut reader = Reader {
        place: "kaoguan.built_for".into(),
        object,
        issues,
    };
    let mut size = |key: &str| {
        reader
            .number(key)
            .filter(|mm| (100.0..=30_000.0).contains(mm))
            .and_then(tenth_mm)
    };
    let (length, width, wheelbase) = (size("length_mm"), size("width_mm"), size("wheelbase_mm"));
    let track = object.contains_key("track_mm").then(|| size("track_mm")).flatten();
    let train_base = object
        .contains_key("train_base_mm")
        .then(|| size("train_base_mm"))
        .flatten();
    let all = length.zip(width).zip(wheelbase);
    if all.is_none() {
        let text = "length_mm, width_mm and wheelbase_mm must all be numbers between 100 and 30000, or `built_for` be left out";
        say(issues, "kaoguan.built_for", text.into());
    }
    let sidecar = object.get("sidecar").and_then(Value::as_bool);
    all.map(|((length, width), wheelbase)| BuiltFor {
        length,
        width,
        wheelbase,
        track: track.unwrap_or_default(),
        train_base: train_base.unwrap_or_default(),
        sidecar: sidecar.unwrap_or_default(),
    })
}

/// Millimetres to whole tenths; none beyond ten kilometres.
fn tenth_mm(mm: f64) -> Option<TenthMm> {
    (-1e7..=1e7)
        .contains(&mm)
        .then(|| TenthMm(libm::round(mm * 10.0) as i32))
}

fn read_features(root: &Object, draft: &mut Draft, issues: &mut Vec<Issue>) {
    let Some(features) = root.get("features").and_then(Value::as_array) else {
        say(
            issues,
            "features",
            "the list `features` is missing: there is nothing on this course".into(),
        );
        return;
    };
    if features.len() > FEATURES_MAX {
        say(
            issues,
            "features",
            format!(
                "{} features; a course has at most {FEATURES_MAX}: remove what no role needs",
                features.len()
            ),
        );
    }
    for (index, value) in features.iter().take(FEATURES_MAX).enumerate() {
        let place = format!("features[{index}]");
        match value.as_object() {
            Some(object) => draft.features.push(read_feature(object, place, issues)),
            None => say(issues, &place, "this is not a GeoJSON Feature: remove it".into()),
        }
    }
}

fn read_feature(object: &Object, place: String, issues: &mut Vec<Issue>) -> Feature {
    let id = match object.get("id").and_then(Value::as_str) {
        Some(id) if !id.trim().is_empty() => id.to_string(),
        _ => {
            let text = "the feature has no `id`: give it a short text that no other feature has (QGIS: export with RFC 7946 and the id field)";
            say(issues, &place, text.into());
            place
        }
    };
    let empty = Object::new();
    let properties = object.get("properties").and_then(Value::as_object).unwrap_or(&empty);
    let geometry = read_geometry(object.get("geometry"), &id, issues);
    let mut reader = Reader {
        place: id.clone(),
        object: properties,
        issues,
    };
    let pass = reader.text("pass").and_then(|text| reader.side(&text));
    Feature {
        role: reader.needed_text("role"),
        site: reader.text("site"),
        ordinal: reader.count("ordinal"),
        order: reader.count("order"),
        manoeuvre: reader.text("manoeuvre"),
        zh: reader.text("zh"),
        en: reader.text("en"),
        pass,
        radius_mm: reader.number("radius_mm"),
        width_mm: reader.number("width_mm"),
        geometry,
        id,
    }
}

fn read_geometry(value: Option<&Value>, id: &str, issues: &mut Vec<Issue>) -> Geometry {
    let Some(value) = value.filter(|value| !value.is_null()) else {
        say(
            issues,
            id,
            "the feature has no geometry: survey it, or remove it".into(),
        );
        return Geometry::Absent;
    };
    let geometry = match serde_json::from_value::<geojson::Geometry>(value.clone()) {
        Ok(geometry) => geometry_of(geometry.value),
        Err(error) => {
            say(
                issues,
                id,
                format!("its geometry is not GeoJSON ({error}): draw it again"),
            );
            return Geometry::Absent;
        }
    };
    let count = geometry.vertices().len();
    if count > VERTICES_MAX {
        say(
            issues,
            id,
            format!("{count} positions; a feature has at most {VERTICES_MAX}: thin the line"),
        );
        return Geometry::Absent;
    }
    geometry
}

fn geometry_of(value: GeometryValue) -> Geometry {
    let name = value.type_name();
    match value {
        GeometryValue::Point { coordinates } => Geometry::Point(vertex(coordinates.as_slice())),
        GeometryValue::MultiPoint { coordinates } => Geometry::Points(vertices(&coordinates)),
        GeometryValue::LineString { coordinates } => Geometry::Line(vertices(&coordinates)),
        GeometryValue::Polygon { coordinates } => {
            Geometry::Area(coordinates.iter().map(|ring| vertices(ring)).collect())
        }
        _ => Geometry::Other(format!("a {name}")),
    }
}

fn vertices(positions: &[geojson::Position]) -> Vec<Vertex> {
    positions.iter().map(|position| vertex(position.as_slice())).collect()
}

fn vertex(numbers: &[f64]) -> Vertex {
    let at = |index: usize| numbers.get(index).copied();
    Vertex {
        lon: at(0).unwrap_or(f64::NAN),
        lat: at(1).unwrap_or(f64::NAN),
        h: at(2),
        at: None,
        height: None,
    }
}

/// Takes the datum from the one feature with that role, and lays every believable position on its plane.
fn lay_on_plane(draft: &mut Draft) {
    let origin = draft
        .course_level("datum")
        .next()
        .and_then(|feature| match feature.geometry {
            Geometry::Point(vertex) => Some(vertex),
            _ => None,
        });
    let Some(datum) = origin.and_then(datum_at) else { return };
    let datum_h = f64::from(datum.h_tenth_mm()) * 1e-4;
    for vertex in draft
        .features
        .iter_mut()
        .flat_map(|feature| feature.geometry.vertices_mut())
    {
        let Some((lat, lon)) = nanodegrees(vertex) else {
            continue;
        };
        let height = vertex.h.filter(|h| believable_height(*h));
        let plane = datum.to_plane(lat, lon, height.unwrap_or(datum_h));
        vertex.at = Some(crate::Point2::new(plane.e, plane.n));
        vertex.height = height.map(|_| plane.h);
    }
    draft.datum = Some(datum);
}

fn datum_at(vertex: Vertex) -> Option<Datum> {
    let (lat, lon) = nanodegrees(&vertex)?;
    let h = vertex.h.filter(|h| believable_height(*h))?;
    Some(Datum::new(lat, lon, libm::round(h * 1e4) as i32))
}

/// Latitude and longitude in nanodegrees, if they are on the earth.
pub(crate) fn nanodegrees(vertex: &Vertex) -> Option<(i64, i64)> {
    let on_earth = (-90.0..=90.0).contains(&vertex.lat) && (-180.0..=180.0).contains(&vertex.lon);
    on_earth.then(|| {
        (
            libm::round(vertex.lat * 1e9) as i64,
            libm::round(vertex.lon * 1e9) as i64,
        )
    })
}

/// From the Dead Sea to the roof of the world, with the geoid's 110 m to either side.
pub(crate) fn believable_height(h: f64) -> bool {
    (-600.0..=9_000.0).contains(&h)
}

/// Reads the members of one object and complains in its name.
pub(crate) struct Reader<'a> {
    place: String,
    object: &'a Object,
    issues: &'a mut Vec<Issue>,
}

impl Reader<'_> {
    fn text(&mut self, key: &str) -> Option<String> {
        match self.object.get(key)? {
            Value::Null => None,
            Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
            other => self.refuse(key, "a text", other),
        }
    }

    fn needed_text(&mut self, key: &str) -> String {
        if self.object.get(key).is_none_or(Value::is_null) {
            say(
                self.issues,
                &self.place,
                format!("`{key}` is missing: write it as a text"),
            );
        }
        self.text(key).unwrap_or_default()
    }

    pub(crate) fn number(&mut self, key: &str) -> Option<f64> {
        match self.object.get(key)? {
            Value::Null => None,
            other => other
                .as_f64()
                .filter(|number| number.is_finite())
                .or_else(|| self.refuse(key, "a number", other)),
        }
    }

    pub(crate) fn count(&mut self, key: &str) -> Option<u16> {
        match self.object.get(key)? {
            Value::Null => None,
            other => {
                let count = other.as_u64().and_then(|number| u16::try_from(number).ok());
                count.or_else(|| self.refuse(key, "a whole number from 0 to 65535", other))
            }
        }
    }

    /// Reads an object within this one.
    fn within<T>(&mut self, key: &str, read: impl FnOnce(&mut Reader<'_>) -> T) -> Option<T> {
        match self.object.get(key)? {
            Value::Null => None,
            Value::Object(object) => Some(read(&mut Reader {
                place: format!("{}.{key}", self.place),
                object,
                issues: self.issues,
            })),
            other => self.refuse(key, "an object", other),
        }
    }

    fn side(&mut self, text: &str) -> Option<Side> {
        match text {
            "left" => Some(Side::Left),
            "right" => Some(Side::Right),
            _ => self.refuse("pass", "\"left\" or \"right\"", &Value::from(text)),
        }
    }

    fn refuse<T>(&mut self, key: &str, wanted: &str, found: &Value) -> Option<T> {
        let found: String = found.to_string().chars().take(40).collect();
        say(
            self.issues,
            &self.place,
            format!("`{key}` must be {wanted}, not {found}"),
        );
        None
    }
}
