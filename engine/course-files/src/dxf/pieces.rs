//! From what the library read to points and lines in metres.
use super::arcs;
use super::chains::Chain;
use super::guard::{Guarded, Seen};
use dxf::Point;
use dxf::entities::{Entity, EntityType, Polyline};

/// The kinds of entity that a course can use.
pub(super) const USEFUL: &[&str] = &["ARC", "CIRCLE", "LINE", "LWPOLYLINE", "POINT", "POLYLINE"];

/// What an entity is on the ground, metres east, north and up.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Drawn {
    /// A point, or a circle about one.
    Dot { at: [f64; 3], radius: Option<f64> },
    /// A line; whether it has heights, where its kind says so.
    Path { chain: Chain, heights: Option<bool> },
}

/// What each entity that was seen is, or why it is nothing; `None` where the library and the guard do not agree on the file.
pub(super) fn all(guarded: &Guarded, scale: f64) -> Option<Vec<Result<Drawn, String>>> {
    let mut drawn: Vec<Result<Drawn, String>> = guarded.seen.iter().map(unread).collect();
    let copy = guarded.copy.as_bytes();
    // The guard leaves the library nothing to stumble over that we know of; what we do not know of ends here.
    let read = std::panic::catch_unwind(|| dxf::Drawing::load(&mut &*copy).ok())
        .ok()
        .flatten()?;
    let mut left = POSITIONS_MAX;
    for entity in read.entities() {
        let index: usize = entity.common.layer.parse().ok()?;
        let (seen, place) = (guarded.seen.get(index)?, drawn.get_mut(index)?);
        if seen.refused.is_none() {
            *place = of(entity, scale).and_then(|drawn| within(&mut left, drawn));
        }
    }
    let lost = |(seen, drawn): (&Seen, &Result<Drawn, String>)| {
        drawn
            .as_ref()
            .is_err_and(|why| why.is_empty() && seen.refused.is_none())
    };
    let any_lost = guarded.seen.iter().zip(&drawn).any(lost);
    (!any_lost).then_some(drawn)
}

/// Arcs multiply: all lines together have no more positions than a hundred of a course's longest.
const POSITIONS_MAX: usize = 200_000;

fn within(left: &mut usize, drawn: Drawn) -> Result<Drawn, String> {
    if let Drawn::Path { chain, .. } = &drawn {
        *left = left
            .checked_sub(chain.points.len())
            .ok_or_else(|| format!("the lines have more than {POSITIONS_MAX} positions: draw them coarser"))?;
    }
    Ok(drawn)
}

/// What stands for an entity until the library has given it: why it never will, or nothing.
fn unread(seen: &Seen) -> Result<Drawn, String> {
    let remedy = match seen.kind.as_str() {
        "INSERT" => "explode the block",
        "SPLINE" | "ELLIPSE" | "HELIX" => "convert it to a polyline",
        "HATCH" | "SOLID" | "TRACE" | "3DFACE" | "REGION" => "draw its outline as a closed polyline",
        "MLINE" | "RAY" | "XLINE" => "draw it as a polyline",
        _ => "remove it, or move it to a layer that `ignore` names",
    };
    match &seen.refused {
        Some(why) => Err(why.clone()),
        None if USEFUL.contains(&seen.kind.as_str()) => Err(String::new()),
        None => Err(format!("a course has no {}: {remedy}", crate::shown(&seen.kind))),
    }
}

fn of(entity: &Entity, scale: f64) -> Result<Drawn, String> {
    let at = |point: &Point| [point.x * scale, point.y * scale, point.z * scale];
    let path = |points, closed, heights| {
        Ok(Drawn::Path {
            chain: Chain { points, closed },
            heights,
        })
    };
    match &entity.specific {
        EntityType::ModelPoint(point) => Ok(Drawn::Dot {
            at: at(&point.location),
            radius: None,
        }),
        EntityType::Circle(circle) => Ok(Drawn::Dot {
            at: at(&circle.center),
            radius: Some(circle.radius * scale),
        }),
        EntityType::Line(line) => path(vec![at(&line.p1), at(&line.p2)], false, None),
        EntityType::Arc(arc) => {
            let centre = at(&arc.center);
            let from = arc.start_angle.to_radians();
            let full = 2.0 * core::f64::consts::PI;
            let turn = libm::fmod(arc.end_angle.to_radians() - from, full);
            let sweep = if turn > 0.0 { turn } else { turn + full };
            let points = arcs::chords([centre[0], centre[1]], arc.radius * scale, from, sweep).ok_or_else(too_long)?;
            path(
                points.into_iter().map(|[e, n]| [e, n, 0.0]).collect(),
                false,
                Some(false),
            )
        }
        EntityType::LwPolyline(line) => {
            let vertices: Vec<([f64; 2], f64)> = line
                .vertices
                .iter()
                .map(|v| ([v.x * scale, v.y * scale], v.bulge))
                .collect();
            path(bulged(&vertices, line.is_closed())?, line.is_closed(), Some(false))
        }
        EntityType::Polyline(line) => polyline(line, scale),
        _ => Err("the library took it for something else: draw it again".to_owned()),
    }
}

fn polyline(line: &Polyline, scale: f64) -> Result<Drawn, String> {
    if line.is_3d_polygon_mesh() || line.is_polyface_mesh() {
        return Err("it is a mesh: draw its outline as a polyline".to_owned());
    }
    if line.flags & 6 != 0 {
        return Err("it is fitted with a curve: decurve it, or convert it to a polyline of arcs".to_owned());
    }
    let (closed, heights) = (line.is_closed(), line.is_3d_polyline());
    let points = if heights {
        line.vertices()
            .map(|v| [v.location.x * scale, v.location.y * scale, v.location.z * scale])
            .collect()
    } else {
        let vertices: Vec<([f64; 2], f64)> = line
            .vertices()
            .map(|v| ([v.location.x * scale, v.location.y * scale], v.bulge))
            .collect();
        bulged(&vertices, closed)?
    };
    if points.len() < 2 {
        return Err("it has fewer than two vertices: draw it again, or remove it".to_owned());
    }
    Ok(Drawn::Path {
        chain: Chain { points, closed },
        heights: Some(heights),
    })
}

/// The points of a line whose vertices have bulges; of a closed one without the repeated first.
fn bulged(vertices: &[([f64; 2], f64)], closed: bool) -> Result<Vec<[f64; 3]>, String> {
    let mut points: Vec<[f64; 3]> = vertices
        .first()
        .map(|(at, _)| [at[0], at[1], 0.0])
        .into_iter()
        .collect();
    let next = vertices.iter().skip(1).chain(vertices.first().filter(|_| closed));
    for ((from, bulge), (to, _)) in vertices.iter().zip(next) {
        let piece = arcs::bulge(*from, *to, *bulge).ok_or_else(too_long)?;
        points.extend(piece.into_iter().skip(1).map(|[e, n]| [e, n, 0.0]));
        if points.len() > POINTS_MAX {
            return Err(too_long());
        }
    }
    if closed && points.len() > 1 {
        points.pop();
    }
    Ok(points)
}

/// A line of a course has fewer; its reader says how many.
const POINTS_MAX: usize = 10_000;

fn too_long() -> String {
    "its arcs would be more chords than a line of a course may have positions: split it, or draw it coarser".to_owned()
}

/// A circle as an area.
pub(super) fn ring(centre: [f64; 3], radius: f64) -> Option<Chain> {
    let points = arcs::chords([centre[0], centre[1]], radius, 0.0, 2.0 * core::f64::consts::PI)?;
    let mut points: Vec<[f64; 3]> = points.into_iter().map(|[e, n]| [e, n, 0.0]).collect();
    points.pop();
    Some(Chain { points, closed: true })
}
