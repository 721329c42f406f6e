//! A course file being written: from metres of the plane to features of GeoJSON.

use super::Place;
use crate::BuiltFor;
use std::fmt::Write;

pub(super) fn site(id: &str, manoeuvre: &str, zh: &str, en: &str, order: u16) -> String {
    format!(r#""role":"ground","site":"{id}","manoeuvre":"{manoeuvre}","zh":"{zh}","en":"{en}","order":{order}"#)
}

pub(super) fn part(site: &str, role: &str) -> String {
    format!(r#""role":"{role}","site":"{site}""#)
}

/// Counterclockwise, as RFC 7946 wants an outer ring.
pub(super) fn rectangle(west: f64, south: f64, east: f64, north: f64) -> [(f64, f64); 5] {
    [
        (west, south),
        (east, south),
        (east, north),
        (west, north),
        (west, south),
    ]
}

/// The features written so far.
pub(super) struct Page<'a> {
    place: &'a Place,
    class: &'a str,
    features: Vec<String>,
}

impl Page<'_> {
    /// An empty course of a class.
    pub fn new<'a>(place: &'a Place, class: &'a str) -> Page<'a> {
        Page {
            place,
            class,
            features: Vec::new(),
        }
    }

    /// Datum, boundary and nine points of the bare ground in a rectangle (west, south, east, north), metres.
    pub fn course_level(&mut self, (west, south, east, north): (f64, f64, f64, f64)) {
        self.point("datum", r#""role":"datum""#, 0.0, 0.0, Some(0.0));
        self.area("boundary", r#""role":"boundary""#, &rectangle(west, south, east, north));
        let mut positions = Vec::new();
        for n in [south, (south + north) * 0.5, north] {
            for e in [west, (west + east) * 0.5, east] {
                positions.push(self.position(e, n, Some(self.ground(e))));
            }
        }
        let positions = format!("[{}]", positions.join(","));
        self.feature("surface", r#""role":"surface""#, "MultiPoint", &positions);
    }

    /// Height of the bare ground above the datum, metres, `e` metres east of it.
    pub fn ground(&self, e: f64) -> f64 {
        -self.place.fall_east * e
    }

    fn position(&self, e: f64, n: f64, height: Option<f64>) -> String {
        let (lat, lon, h) = self.place.datum.to_geodetic(e, n, height.unwrap_or(self.ground(e)));
        match height {
            Some(_) => format!("[{lon:.9},{lat:.9},{h:.4}]"),
            None => format!("[{lon:.9},{lat:.9}]"),
        }
    }

    pub fn point(&mut self, id: &str, properties: &str, e: f64, n: f64, height: Option<f64>) {
        let position = self.position(e, n, height);
        self.feature(id, properties, "Point", &position);
    }

    pub fn line(&mut self, id: &str, properties: &str, points: &[(f64, f64)]) {
        let positions: Vec<String> = points.iter().map(|(e, n)| self.position(*e, *n, None)).collect();
        self.feature(id, properties, "LineString", &format!("[{}]", positions.join(",")));
    }

    pub fn profile(&mut self, id: &str, properties: &str, points: &[(f64, f64, f64)]) {
        let positions: Vec<String> = points.iter().map(|(e, n, h)| self.position(*e, *n, Some(*h))).collect();
        self.feature(id, properties, "LineString", &format!("[{}]", positions.join(",")));
    }

    pub fn area(&mut self, id: &str, properties: &str, ring: &[(f64, f64)]) {
        let positions: Vec<String> = ring.iter().map(|(e, n)| self.position(*e, *n, None)).collect();
        self.feature(id, properties, "Polygon", &format!("[[{}]]", positions.join(",")));
    }

    fn feature(&mut self, id: &str, properties: &str, kind: &str, coordinates: &str) {
        self.features.push(format!(
            r#"{{"type":"Feature","id":"{id}","properties":{{{properties}}},"geometry":{{"type":"{kind}","coordinates":{coordinates}}}}}"#
        ));
    }

    pub fn text(&self, vehicle: &BuiltFor) -> String {
        let place = self.place;
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let mm = |size: crate::TenthMm| f64::from(size.0) / 10.0;
        let mut text = String::from("{\n\"type\":\"FeatureCollection\",\n\"kaoguan\":{\"format\":1,");
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            r#""id":{},"zh":{},"en":{},"class":{},"#,
            quoted(&place.id),
            quoted(&place.zh),
            quoted(&place.en),
            quoted(self.class)
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
            r#""built_for":{{"length_mm":{length},"width_mm":{width},"wheelbase_mm":{wheelbase}"#
        );
        if vehicle.track.0 > 0 {
            let _ = write!(text, r#","track_mm":{}"#, mm(vehicle.track));
        }
        if vehicle.train_base.0 > 0 {
            let _ = write!(text, r#","train_base_mm":{}"#, mm(vehicle.train_base));
        }
        if vehicle.sidecar {
            let _ = write!(text, r#","sidecar":true"#);
        }
        let _ = write!(text, "}}}},");
        let _ = write!(text, "\n\"features\":[\n{}\n]\n}}\n", self.features.join(",\n"));
        text
    }
}
