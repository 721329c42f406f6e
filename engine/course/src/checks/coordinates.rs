//! Positions are on the earth, in the order longitude, latitude, and their heights are of this world.

use super::FAR;
use crate::draft::{Draft, Vertex};
use crate::read::{believable_height, nanodegrees, say};
use crate::{Datum, Issue, Point2};

pub(super) fn check(draft: &Draft, issues: &mut Vec<Issue>) {
    for feature in &draft.features {
        let vertices = feature.geometry.vertices();
        if let Some(text) = vertices.iter().find_map(|vertex| amiss(vertex, draft.datum.as_ref())) {
            say(issues, &feature.id, text);
        }
    }
}

/// What is wrong with a position, if anything.
fn amiss(vertex: &Vertex, datum: Option<&Datum>) -> Option<String> {
    let Vertex { lon, lat, h, .. } = *vertex;
    if !lon.is_finite() || !lat.is_finite() {
        return Some("a position has fewer than two numbers: survey it again".into());
    }
    if swapped(vertex, datum) {
        return Some(format!(
            "[{lon}, {lat}] looks like latitude, longitude: GeoJSON wants longitude first, swap them"
        ));
    }
    if nanodegrees(vertex).is_none() {
        return Some(format!(
            "[{lon}, {lat}] is not a longitude and latitude in degrees: transform it to WGS-84 (EPSG:4979)"
        ));
    }
    match h {
        Some(h) if !believable_height(h) => Some(format!(
            "the height {h} m is not between -600 and 9000: give ellipsoidal metres"
        )),
        _ => None,
    }
}

/// Swapped for certain when the latitude is beyond a pole, or when swapping brings it from afar to the datum.
fn swapped(vertex: &Vertex, datum: Option<&Datum>) -> bool {
    let turned = Vertex {
        lon: vertex.lat,
        lat: vertex.lon,
        ..*vertex
    };
    let Some((lat, lon)) = nanodegrees(&turned) else {
        return false;
    };
    let Some(datum) = datum else {
        return nanodegrees(vertex).is_none();
    };
    let plane = datum.to_plane(lat, lon, f64::from(datum.h_tenth_mm()) * 1e-4);
    let turned_is_near = plane.e.abs() < FAR && plane.n.abs() < FAR;
    let is_near = vertex.at.is_some_and(|at| at.distance(Point2::default()) < FAR);
    nanodegrees(vertex).is_none() || (turned_is_near && !is_near)
}
