//! The body's rotation: heading, pitch, roll. Body frame forward-right-down; course plane east, north, up.
use kaoguan_course::Point2;

/// An offset on the course: metres east, north, up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Offset {
    pub e: f64,
    pub n: f64,
    pub u: f64,
}

/// FRD to north-east-down, `Rz(heading) Ry(pitch) Rx(roll)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rotation([[f64; 3]; 3]);

impl Rotation {
    /// Angles in radians: heading clockwise from north, pitch nose up, roll right side down.
    pub fn new(heading: f64, pitch: f64, roll: f64) -> Rotation {
        let (sh, ch) = (libm::sin(heading), libm::cos(heading));
        let (sp, cp) = (libm::sin(pitch), libm::cos(pitch));
        let (sr, cr) = (libm::sin(roll), libm::cos(roll));
        Rotation([
            [ch * cp, ch * sp * sr - sh * cr, ch * sp * cr + sh * sr],
            [sh * cp, sh * sp * sr + ch * cr, sh * sp * cr - ch * sr],
            [-sp, cp * sr, cp * cr],
        ])
    }

    /// A body vector (metres forward, right, down) on the course.
    pub fn turn(&self, b: [f64; 3]) -> Offset {
        let row = |r: [f64; 3]| r[0] * b[0] + r[1] * b[1] + r[2] * b[2];
        Offset {
            n: row(self.0[0]),
            e: row(self.0[1]),
            u: -row(self.0[2]),
        }
    }
}

impl Rotation {
    /// A vector in a tilted frame as the frame it is tilted in has it, both forward-right-down.
    pub fn of_body(&self, v: [f64; 3]) -> [f64; 3] {
        let Offset { e, n, u } = self.turn(v);
        [n, e, -u]
    }
}

/// Adds the plane part of an offset.
pub fn moved(p: Point2, by: Offset) -> Point2 {
    Point2::new(p.e + by.e, p.n + by.n)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors of `sensors.md` 15: heading, pitch, roll in degrees; forward, right, down; east, north, up.
    #[test]
    fn lever_arms_of_the_table() {
        let deg = std::f64::consts::PI / 180.0;
        for (angles, b, expected) in [
            ([0.0, 0.0, 0.0], [2.1, -0.85, 1.45], [-0.8500, 2.1000, -1.4500]),
            ([90.0, 0.0, 0.0], [2.1, -0.85, 1.45], [2.1000, 0.8500, -1.4500]),
            ([0.0, 5.7106, 0.0], [0.0, 0.0, 1.5], [0.0, 0.1493, -1.4926]),
            ([0.0, 0.0, 10.0], [0.0, 0.0, 1.2], [-0.2084, 0.0, -1.1818]),
            ([45.0, 0.0, 20.0], [0.95, 0.0, 1.25], [0.3694, 0.9741, -1.1746]),
            ([90.0, 0.0, -15.0], [-0.6, 0.0, 1.1], [-0.6000, -0.2847, -1.0625]),
            ([237.4, -3.1, 1.2], [-1.95, 0.85, 1.47], [1.2669, 1.7824, -1.3798]),
        ] {
            let got = Rotation::new(angles[0] * deg, angles[1] * deg, angles[2] * deg).turn(b);
            for (have, want) in [got.e, got.n, got.u].into_iter().zip(expected) {
                assert!(
                    (have - want).abs() < 6e-5,
                    "{angles:?} {b:?}: {got:?}, not {expected:?}"
                );
            }
        }
    }
}
