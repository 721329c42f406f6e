//! A kinematic two-wheeler on rails.
//!
//! The problem: truth must be exact, so that a judgement can be measured against it. The answer: no forces and no control;
//! the rear contact is on a given line, the body follows its tangent, and every point of the body stands where rotation
//! and the tyres' round profile put it (facts, sensors 15: `R = Rz(heading) Ry(pitch) Rx(lean)`, FRD to NED).
//! Deliberately not here: why it rides there (the driver), what sensors make of it.
use super::path::Xy;
use super::spec::{Body, Spec};

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
        [0, 1, 2].map(|i| self.origin[i] + turned[i])
    }

    /// A direction of the body on the course's axes.
    pub fn turn(&self, body: Body) -> Enu {
        [0, 1, 2].map(|i| (0..3).map(|k| self.rotation[i][k] * body[k]).sum())
    }

    /// A direction of the course's axes in the body frame.
    pub fn turn_back(&self, world: Enu) -> Body {
        [0, 1, 2].map(|k| (0..3).map(|i| self.rotation[i][k] * world[i]).sum())
    }
}

/// Lays the two-wheeler on its contacts.
///
/// `rear` is the rear contact on the plane, `direction` the body's direction counter-clockwise from east, radians;
/// `heights` are those of the ground under the rear and the front contact, metres.
pub fn pose(spec: &Spec, rear: Xy, direction: f64, lean: f64, heights: [f64; 2]) -> Pose {
    let rise = ((heights[1] - heights[0]) / spec.wheelbase).clamp(-0.9, 0.9);
    let pitch = libm::asin(rise);
    let heading = core::f64::consts::FRAC_PI_2 - direction;
    let level = rotation(heading, pitch, 0.0);
    let mut pose = Pose {
        rotation: level,
        heading,
        pitch,
        lean,
        ..Pose::default()
    };
    pose.rear = [rear.x, rear.y, heights[0]];
    let along = pose.turn([spec.wheelbase, 0.0, 0.0]);
    pose.front = [0, 1, 2].map(|i| pose.rear[i] + along[i]);
    // The profile's centre stays above the contact while the body rolls round it.
    let roll = pose.turn([
        0.0,
        spec.profile_radius * libm::sin(lean),
        spec.profile_radius * (1.0 - libm::cos(lean)),
    ]);
    pose.origin = [0, 1, 2].map(|i| pose.rear[i] - roll[i]);
    pose.rotation = rotation(heading, pitch, lean);
    pose
}

/// The plane point a distance ahead of the rear contact where the front contact stands, given the pitch.
pub fn front_of(spec: &Spec, rear: Xy, direction: f64, pitch: f64) -> Xy {
    let reach = spec.wheelbase * libm::cos(pitch);
    Xy::new(
        rear.x + reach * libm::cos(direction),
        rear.y + reach * libm::sin(direction),
    )
}

/// The lean that balances a speed on a curvature (positive to the left), radians, right side down positive.
pub fn balance(speed: f64, curvature: f64) -> f64 {
    -libm::atan(speed * speed * curvature / GRAVITY)
}

fn rotation(heading: f64, pitch: f64, lean: f64) -> [[f64; 3]; 3] {
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

    #[test]
    fn the_contact_moves_to_the_side_of_the_lean() {
        let spec = Spec::read(include_str!("../../../engine/vehicles/e-hj110.toml")).expect("good");
        // Riding north (direction 90°), leaning 20° right: the origin is left (west) of the contact by 45 mm * sin 20°.
        let pose = pose(
            &spec,
            Xy::new(0.0, 0.0),
            core::f64::consts::FRAC_PI_2,
            20f64.to_radians(),
            [0.0, 0.0],
        );
        assert!((pose.origin[0] + 0.045 * 20f64.to_radians().sin()).abs() < 1e-9);
        assert!((pose.front[1] - 1.235).abs() < 1e-12);
        // The antenna 1.05 m up goes right by 1.05 * sin 20° from there.
        let antenna = pose.place(spec.main_antenna);
        assert!(
            (antenna[0] - (1.05 - 0.045) * 20f64.to_radians().sin()).abs() < 1e-9,
            "{antenna:?}"
        );
    }
}
