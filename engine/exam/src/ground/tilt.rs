//! How a body that does not lean lies across its ground: no attitude sensor need tell it, the surveyed surface does.
//!
//! The slope is that under the middles of its axles, so a wheel beside the edge of a ramp tilts nobody, and neither does a
//! bridge under the wheels of one side (`deck` knows that one). Deliberately not here: springs, and what a load does to them.
use kaoguan_course::{Point2, Surface};

/// The roll of a body that stands on these places of a surface, radians, right side down positive: its heading is clockwise from
/// north, its pitch nose up.
pub fn roll(surface: &Surface, under: &[Point2], heading: f64, pitch: f64) -> f64 {
    let (sin, cos) = (libm::sin(heading), libm::cos(heading));
    let rise_to_the_right = |p: &Point2| {
        let here = surface.at(p.e, p.n);
        here.slope_e * cos - here.slope_n * sin
    };
    let rise = under.iter().map(rise_to_the_right).sum::<f64>() / under.len().max(1) as f64;
    // Its right side lies in the surface: what rises to the right lifts it, along the nose that is up less than in the plane.
    -libm::atan(rise * libm::cos(pitch))
}
