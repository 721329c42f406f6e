//! From a course to a drawing.
//!
//! Release 12 is written because every program reads it: no handles, no blocks, no dictionaries that a program could miss.
//! A line without heights is a 2D polyline, one with heights a 3D polyline, a pole a circle of its radius, a point a point.
use crate::beside::{Entry, written};
use crate::sketch::{Feature, Place, Shape, Sketch};
use crate::{Drawing, Faults, label};
use dxf::entities::{Circle, Entity, EntityType, ModelPoint, Polyline, Vertex};
use dxf::enums::AcadVersion;
use dxf::tables::Layer;
use dxf::{Color, Point};
use kaoguan_course::{Datum, Issue, Kind, role_kind};
use std::fmt::Write;

/// Coordinates are written to a micrometre: the nanodegree that they came from is 0.1 mm.
const DIGITS: f64 = 1e6;

/// The drawing of a course and the file beside it.
pub(crate) fn draw(sketch: &Sketch) -> Result<Drawing, Vec<Issue>> {
    let mut faults = Faults::default();
    let Some(datum) = sketch.datum() else {
        faults.say(
            "datum",
            "the course has no datum with a height: check it with `kaoguan course check`",
        );
        return Err(faults.all());
    };
    let mut drawing = dxf::Drawing::new();
    drawing.clear();
    drawing.header.version = AcadVersion::R12;
    let mut entries = Vec::new();
    for (feature, layer) in sketch.features.iter().zip(label::names(&sketch.features)) {
        let Ok(heights) = feature.shape.heights() else {
            let text = "some of its positions have a height and some have none: give all of them one, or none";
            faults.say(feature.id.as_str(), text);
            continue;
        };
        let name = layer.clone();
        drawing.add_layer(Layer {
            name,
            color: Color::from_index(color(feature)),
            ..Layer::default()
        });
        let points: Vec<Point> = feature
            .shape
            .places()
            .iter()
            .map(|place| point(&datum, place))
            .collect();
        entries.push(entry(feature, &layer, heights, &points));
        draw_feature(&mut drawing, feature, &layer, heights, points);
    }
    frame(&mut drawing);
    match text(&drawing) {
        Ok(dxf) if faults.none() => Ok(Drawing {
            dxf,
            beside: written(&datum, &sketch.head, &entries),
        }),
        Ok(_) => Err(faults.all()),
        Err(why) => {
            faults.say("file", format!("the drawing could not be written: {why}"));
            Err(faults.all())
        }
    }
}

fn point(datum: &Datum, place: &Place) -> Point {
    let ndeg = |degrees: f64| libm::round(degrees * 1e9) as i64;
    let datum_h = f64::from(datum.h_tenth_mm()) * 1e-4;
    let plane = datum.to_plane(ndeg(place.lat), ndeg(place.lon), place.h.unwrap_or(datum_h));
    let short = |metres: f64| libm::round(metres * DIGITS) / DIGITS + 0.0;
    Point::new(short(plane.e), short(plane.n), place.h.map_or(0.0, |_| short(plane.h)))
}

/// What the layer's name does not say, and all that it does: whoever reads the file should find it in one place.
fn entry(feature: &Feature, layer: &str, heights: bool, points: &[Point]) -> Entry {
    let zero = points.iter().all(|point| point.z == 0.0);
    let role = feature.text("role").unwrap_or("");
    Entry {
        layer: layer.to_owned(),
        id: Some(feature.id.clone()),
        heights: heights && zero && role != "datum",
        properties: feature.properties.clone(),
    }
}

fn draw_feature(drawing: &mut dxf::Drawing, feature: &Feature, layer: &str, heights: bool, points: Vec<Point>) {
    let add = |drawing: &mut dxf::Drawing, specific: EntityType| {
        let mut entity = Entity::new(specific);
        entity.common.layer = layer.to_owned();
        drawing.add_entity(entity);
    };
    let is_area = matches!(feature.shape, Shape::Area(_));
    match feature.shape {
        Shape::Refused => {}
        Shape::Point(_) | Shape::Points(_) => {
            let radius = feature
                .number("radius_mm")
                .filter(|radius| *radius > 0.0)
                .map(|radius| radius * 1e-3);
            for center in points {
                let specific = match radius {
                    Some(radius) => EntityType::Circle(Circle {
                        center,
                        radius,
                        ..Circle::default()
                    }),
                    None => EntityType::ModelPoint(ModelPoint {
                        location: center,
                        ..ModelPoint::default()
                    }),
                };
                add(drawing, specific);
            }
        }
        Shape::Line(_) | Shape::Area(_) => {
            let mut line = Polyline::default();
            line.set_is_3d_polyline(heights);
            line.set_is_closed(is_area);
            let count = points.len() - usize::from(is_area && !points.is_empty());
            for location in points.into_iter().take(count) {
                let mut vertex = Vertex {
                    location,
                    ..Vertex::default()
                };
                vertex.set_is_3d_polyline_vertex(heights);
                line.add_vertex(drawing, vertex);
            }
            add(drawing, EntityType::Polyline(line));
        }
    }
}

/// Colours by what a line is for: grey places, white lines, red poles, cyan heights.
fn color(feature: &Feature) -> u8 {
    let role = feature.text("role").unwrap_or("");
    match role_kind(role, feature.text("site").is_some()) {
        Some(Kind::Area) => 8,
        Some(Kind::Point) => 1,
        Some(Kind::PointWithHeight) => 6,
        Some(Kind::Points | Kind::Profile) => 4,
        Some(Kind::Line) if role.ends_with("_line") => 2,
        Some(Kind::Line) | None => 7,
    }
}

/// Tells the program how large the drawing is, so that it opens on all of it.
fn frame(drawing: &mut dxf::Drawing) {
    let mut corners: Option<(Point, Point)> = None;
    let all: Vec<Point> = drawing.entities().flat_map(corner_points).collect();
    for point in all {
        let (least, most) = corners.get_or_insert((point.clone(), point.clone()));
        *least = Point::new(least.x.min(point.x), least.y.min(point.y), least.z.min(point.z));
        *most = Point::new(most.x.max(point.x), most.y.max(point.y), most.z.max(point.z));
    }
    if let Some((least, most)) = corners {
        drawing.header.minimum_drawing_extents = least;
        drawing.header.maximum_drawing_extents = most;
    }
}

fn corner_points(entity: &Entity) -> Vec<Point> {
    match &entity.specific {
        EntityType::Polyline(line) => line.vertices().map(|vertex| vertex.location.clone()).collect(),
        EntityType::ModelPoint(point) => vec![point.location.clone()],
        EntityType::Circle(circle) => vec![circle.center.clone()],
        _ => Vec::new(),
    }
}

/// The drawing's text, of what the library writes only what release 12 needs: it puts markers of later releases (group 100)
/// where strict readers stop at them, its header has the hour of writing, and its vertices lie on layer 0.
fn text(drawing: &dxf::Drawing) -> Result<String, String> {
    let mut bytes = Vec::new();
    drawing.save(&mut bytes).map_err(|why| why.to_string())?;
    let text = String::from_utf8(bytes).map_err(|why| why.to_string())?;
    let mut lines = text.lines();
    let (mut kept, mut variable, mut entity, mut layer) = (String::new(), "", "", "");
    while let (Some(code), Some(value)) = (lines.next(), lines.next()) {
        match code.trim() {
            "0" => (entity, variable) = (value, ""),
            "9" => variable = value,
            "8" if entity != "VERTEX" => layer = value,
            _ => {}
        }
        let value = if code.trim() == "8" && entity == "VERTEX" {
            layer
        } else {
            value
        };
        if code.trim() != "100" && (variable.is_empty() || HEADER.contains(&variable)) {
            // Writing to a String cannot fail.
            let _ = write!(kept, "{code}\r\n{value}\r\n");
        }
    }
    Ok(kept)
}

/// What the header says: the release and how large the drawing is.
const HEADER: &[&str] = &["$ACADVER", "$EXTMAX", "$EXTMIN"];
