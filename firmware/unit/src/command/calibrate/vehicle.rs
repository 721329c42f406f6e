//! What a calibration must know of the vehicle's file: where its antennas are thought to be, and how its sensor lies.
//!
//! Deliberately not here: the file as a whole (`kaoguan vehicle check`).
use crate::calibrate::zero::Axes;
use crate::texts;
use anyhow::Context;
use std::path::Path;
use toml::{Table, Value};

/// The part that is asked for.
pub struct Vehicle {
    /// The main antenna: forward, right, down, millimetres.
    pub main: [i32; 3],
    /// The second one.
    pub second: Option<[i32; 3]>,
    /// Standard uncertainty of a surveyed point, millimetres.
    pub survey_u: i32,
    /// The sensor's x, y, z in the body.
    pub axes: Option<Axes>,
    /// A two-wheeler leans.
    pub leans: bool,
}

impl Vehicle {
    pub fn load(path: &Path) -> anyhow::Result<Vehicle> {
        let name = path.display();
        let text = std::fs::read_to_string(path).with_context(|| name.to_string())?;
        let table: Table = text.parse().with_context(|| name.to_string())?;
        let value = |section: &str, key: &str| table.get(section).and_then(|section| section.get(key));
        let bad = |key: &str| texts::CALIBRATE_BAD_VEHICLE.with(&[("file", &name), ("key", &key)]);
        Ok(Vehicle {
            main: value("antenna", "main")
                .and_then(point)
                .with_context(|| bad("antenna.main"))?,
            second: value("antenna", "second").and_then(point),
            survey_u: value("vehicle", "survey_u")
                .and_then(millimetres)
                .with_context(|| bad("vehicle.survey_u"))?,
            axes: value("attitude", "axes").and_then(axes),
            leans: value("tyre", "profile_radius").is_some(),
        })
    }

    /// Which way the baseline points in the body, radians clockwise from ahead.
    pub fn pointing(&self) -> f64 {
        let [f, r, _] = self.main;
        self.second
            .map_or(0.0, |[to_f, to_r, _]| f64::from(to_r - r).atan2(f64::from(to_f - f)))
    }

    /// Where the second antenna is if the baseline points so; as far away as it was, and as high.
    pub fn second_pointing(&self, pointing: f64) -> Option<[i32; 3]> {
        let [f, r, _] = self.main;
        let [to_f, to_r, down] = self.second?;
        let length = f64::from(to_f - f).hypot(f64::from(to_r - r));
        let (sin, cos) = pointing.sin_cos();
        Some([
            f + (length * cos).round() as i32,
            r + (length * sin).round() as i32,
            down,
        ])
    }
}

fn millimetres(value: &Value) -> Option<i32> {
    value.as_str()?.trim().strip_suffix("mm")?.trim().parse().ok()
}

fn point(value: &Value) -> Option<[i32; 3]> {
    let lengths: Option<Vec<i32>> = value.as_array()?.iter().map(millimetres).collect();
    lengths?.try_into().ok()
}

fn axes(value: &Value) -> Option<Axes> {
    let named = |value: &Value| {
        Some(match value.as_str()? {
            "forward" => (0, 1),
            "backward" => (0, -1),
            "right" => (1, 1),
            "left" => (1, -1),
            "down" => (2, 1),
            "up" => (2, -1),
            _ => return None,
        })
    };
    let named: Option<Vec<(usize, i32)>> = value.as_array()?.iter().map(named).collect();
    named?.try_into().ok()
}
