//! Where a rigid body is: the same for whatever has wheels.
//!
//! Facts, sensors 15: `R = Rz(heading) Ry(pitch) Rx(lean)`, from FRD to NED, here given east, north, up.
use super::spec::Body;

/// Standard gravity, m/s².
pub const GRAVITY: f64 = 9.806_65;

/// East, north, up from the course's datum, metres.
pub type Enu = [f64; 3];

/// Where the body is: a rotation and the place of the body frame's origin.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pose {
    /// The body frame's origin.
    pub origin: Enu,
    /// Rows east, north, up; columns forward, right, down.
    pub rotation: [[f64; 3]; 3],
    /// Clockwise from north, radians.
    pub heading: f64,
    /// Nose up, radians.
    pub pitch: f64,
    /// Right side down, radians.
    pub lean: f64,
    /// The rear tyre's contact.
    pub rear: Enu,
    /// The front tyre's contact.
    pub front: Enu,
}

impl Pose {
    /// Where a point of the body is.
    pub fn place(&self, body: Body) -> Enu {
        let turned = self.turn(body);
        [
            self.origin[0] + turned[0],
            self.origin[1] + turned[1],
            self.origin[2] + turned[2],
        ]
    }

    /// A direction of the body on the course's axes.
    pub fn turn(&self, body: Body) -> Enu {
        let [x, y, z] = body;
        let row = |[a, b, c]: [f64; 3]| a * x + b * y + c * z;
        let [east, north, up] = self.rotation;
        [row(east), row(north), row(up)]
    }

    /// A direction of the course's axes in the body frame.
    pub fn turn_back(&self, world: Enu) -> Body {
        [0, 1, 2].map(|k| (0..3).map(|i| self.rotation[i][k] * world[i]).sum())
    }
}

/// The rotation of a heading, a pitch and a lean, radians: rows east, north, up; columns forward, right, down.
pub fn rotation(heading: f64, pitch: f64, lean: f64) -> [[f64; 3]; 3] {
    let (sh, ch) = (libm::sin(heading), libm::cos(heading));
    let (sp, cp) = (libm::sin(pitch), libm::cos(pitch));
    let (sl, cl) = (libm::sin(lean), libm::cos(lean));
    [
        [sh * cp, sh * sp * sl + ch * cl, sh * sp * cl - ch * sl],
        [ch * cp, ch * sp * sl - sh * cl, ch * sp * cl + sh * sl],
        [sp, -cp * sl, -cp * cl],
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_bodies_as_the_facts_say() {
        // Facts, sensors 15: heading, pitch, lean, body vector, east, north, up (checked there by another program).
        let cases = [
            (0.0, 0.0, 10.0, [0.0, 0.0, 1.2], [-0.2084, 0.0, -1.1818]),
            (0.0, 5.7106, 0.0, [0.0, 0.0, 1.5], [0.0, 0.1493, -1.4926]),
            (45.0, 0.0, 20.0, [0.95, 0.0, 1.25], [0.3694, 0.9741, -1.1746]),
            (237.4, -3.1, 1.2, [-1.95, 0.85, 1.47], [1.2669, 1.7824, -1.3798]),
        ];
        for (h, p, l, body, want) in cases {
            let r = f64::to_radians;
            let pose = Pose {
                rotation: rotation(r(h), r(p), r(l)),
                ..Pose::default()
            };
            let got = pose.turn(body);
            for i in 0..3 {
                assert!((got[i] - want[i]).abs() < 1e-4, "{h} {p} {l}: {got:?} {want:?}");
            }
        }
    }
}
