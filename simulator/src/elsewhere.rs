//! The same course elsewhere: turned about its datum and laid at another place of the world.
//!
//! What is judged may not depend on where north is.
use kaoguan_course::Datum;
use serde_json::Value;

/// Turns a course's GeoJSON by an angle, counter-clockwise, and moves its datum from `here` to `there`.
///
/// # Errors
/// A sentence where the text is no JSON with features of points.
pub fn turned(text: &str, degrees: f64, here: &Datum, there: &Datum) -> Result<String, String> {
    let mut file: Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let (sine, cosine) = (libm::sin(degrees.to_radians()), libm::cos(degrees.to_radians()));
    let turn = |point: &mut Vec<Value>| {
        let number = |i: usize| point.get(i).and_then(Value::as_f64);
        let (lon, lat) = number(0).zip(number(1))?;
        let height = number(2);
        let nano = |degrees: f64| libm::round(degrees * 1e9) as i64;
        let level = here.to_geodetic(0.0, 0.0, 0.0).2;
        let p = here.to_plane(nano(lat), nano(lon), height.unwrap_or(level));
        let (e, n) = (p.e * cosine - p.n * sine, p.e * sine + p.n * cosine);
        let (lat, lon, up) = there.to_geodetic(e, n, p.h);
        *point.get_mut(0)? = (libm::round(lon * 1e9) / 1e9).into();
        *point.get_mut(1)? = (libm::round(lat * 1e9) / 1e9).into();
        if height.is_some() {
            *point.get_mut(2)? = (libm::round(up * 1e4) / 1e4).into();
        }
        Some(())
    };
    let features = file["features"].as_array_mut().ok_or("there are no features")?;
    let whole = features
        .iter_mut()
        .all(|feature| each_point(&mut feature["geometry"]["coordinates"], &turn));
    if !whole {
        return Err("a point has no longitude and latitude".into());
    }
    Ok(file.to_string())
}

fn each_point(value: &mut Value, turn: &impl Fn(&mut Vec<Value>) -> Option<()>) -> bool {
    let Some(list) = value.as_array_mut() else { return false };
    if list.first().is_some_and(Value::is_number) {
        return turn(list).is_some();
    }
    list.iter_mut().all(|inner| each_point(inner, turn))
}
