//! The same course elsewhere: mirrored, turned about its datum, moved, and laid at another place of the world.
//!
//! What is judged may not depend on where north is.
use kaoguan_course::Datum;
use serde_json::Value;

/// Where a course is laid: mirrored about its datum's meridian, then turned, then moved.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Layout {
    /// Left is right.
    pub mirrored: bool,
    /// About the datum, counter-clockwise.
    pub degrees: f64,
    /// Metres away from the datum, to the east.
    pub east: f64,
}

impl Layout {
    /// A direction of the plane, or a velocity: east and north.
    pub fn turn(&self, e: f64, n: f64) -> (f64, f64) {
        let e = if self.mirrored { -e } else { e };
        let (sine, cosine) = (
            libm::sin(self.degrees.to_radians()),
            libm::cos(self.degrees.to_radians()),
        );
        (e * cosine - n * sine, e * sine + n * cosine)
    }

    /// A point of the plane, metres.
    pub fn place(&self, e: f64, n: f64) -> (f64, f64) {
        let (e, n) = self.turn(e, n);
        (e + self.east, n)
    }

    /// A heading, degrees clockwise from north, 0 to 360.
    pub fn heading(&self, degrees: f64) -> f64 {
        let degrees = if self.mirrored { -degrees } else { degrees };
        (degrees - self.degrees).rem_euclid(360.0)
    }

    /// Lays a course's GeoJSON so, and moves its datum from `here` to `there`.
    ///
    /// # Errors
    /// A sentence where the text is no JSON with features of points.
    pub fn course(&self, text: &str, here: &Datum, there: &Datum) -> Result<String, String> {
        let mut file: Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
        let level = here.to_geodetic(0.0, 0.0, 0.0).2;
        let lay = |place: &dyn Fn(f64, f64) -> (f64, f64), point: &mut Vec<Value>| {
            let number = |i: usize| point.get(i).and_then(Value::as_f64);
            let (lon, lat) = number(0).zip(number(1))?;
            let height = number(2);
            let nano = |degrees: f64| libm::round(degrees * 1e9) as i64;
            let p = here.to_plane(nano(lat), nano(lon), height.unwrap_or(level));
            let (e, n) = place(p.e, p.n);
            let (lat, lon, up) = there.to_geodetic(e, n, p.h);
            *point.get_mut(0)? = (libm::round(lon * 1e9) / 1e9).into();
            *point.get_mut(1)? = (libm::round(lat * 1e9) / 1e9).into();
            if height.is_some() {
                *point.get_mut(2)? = (libm::round(up * 1e4) / 1e4).into();
            }
            Some(())
        };
        let features = file["features"].as_array_mut().ok_or("there are no features")?;
        let gates: Vec<Value> = features
            .iter()
            .filter(|feature| feature["properties"]["manoeuvre"] == "width_gate")
            .map(|feature| feature["properties"]["site"].clone())
            .collect();
        let whole = features.iter_mut().all(|feature| {
            // The datum is the plane's origin, wherever the course is drawn on it.
            let is_datum = feature["properties"]["role"] == "datum";
            if self.mirrored {
                let properties = &mut feature["properties"];
                let of_a_gate = gates.contains(&properties["site"]);
                swap_sides(properties, of_a_gate);
            }
            let coordinates = &mut feature["geometry"]["coordinates"];
            match is_datum {
                true => each_point(coordinates, &|point| lay(&|e, n| (e, n), point)),
                false => each_point(coordinates, &|point| lay(&|e, n| self.place(e, n), point)),
            }
        });
        if !whole {
            return Err("a point has no longitude and latitude".into());
        }
        Ok(file.to_string())
    }
}

/// Turns a course's GeoJSON by an angle, counter-clockwise, and moves its datum from `here` to `there`.
///
/// # Errors
/// As those of [`Layout::course`].
pub fn turned(text: &str, degrees: f64, here: &Datum, there: &Datum) -> Result<String, String> {
    let layout = Layout {
        degrees,
        ..Layout::default()
    };
    layout.course(text, here, there)
}

/// What says of itself that it is the left one is the right one, and the other way round; of a gate the left pole is
/// numbered first.
fn swap_sides(properties: &mut Value, of_a_gate: bool) {
    if let Some(ordinal) = properties["ordinal"].as_u64().filter(|_| of_a_gate) {
        properties["ordinal"] = if ordinal % 2 == 1 { ordinal + 1 } else { ordinal - 1 }.into();
    }
    for key in ["role", "pass"] {
        let Some(said) = properties[key].as_str() else { continue };
        let other = match (said.strip_suffix("left"), said.strip_suffix("right")) {
            (Some(head), _) => format!("{head}right"),
            (_, Some(head)) => format!("{head}left"),
            _ => continue,
        };
        properties[key] = other.into();
    }
}

fn each_point(value: &mut Value, turn: &impl Fn(&mut Vec<Value>) -> Option<()>) -> bool {
    let Some(list) = value.as_array_mut() else { return false };
    if list.first().is_some_and(Value::is_number) {
        return turn(list).is_some();
    }
    list.iter_mut().all(|inner| each_point(inner, turn))
}
