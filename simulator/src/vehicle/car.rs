//! A kinematic vehicle of four wheels, or three, on rails.
//!
//! The problem: the same as the motorcycle's, without lean, but with three contacts or four. The answer: the rear axle's middle is on a
//! given line, the body along its tangent (Ackermann: no tyre slips sideways), and it lies on the ground as the mean slopes
//! under its axles and under its sides ask. Deliberately not here: springs, tyres that slip, which way it drives.
use super::body::{Enu, Pose, rotation};
use super::path::Xy;
use super::spec::Spec;
use super::{Rolling, Vehicle, three};

/// A wheel that rolls over an edge comes down no faster than this, and up no faster either, m/s: its tyre lies on the edge with its
/// flank, and its spring is soft. Assumed; on slopes that are driven it is a third of that at most.
const DROP: f64 = 0.6;

/// A car: all that it remembers is how high its wheels are.
#[derive(Debug, Default)]
pub struct Car {
    heights: Option<[f64; 4]>,
}

impl Vehicle for Car {
    fn roll(&mut self, spec: &Spec, now: &Rolling, ground: &dyn Fn(Xy) -> f64) -> Pose {
        let pose = pose(spec, now.at, now.direction, ground);
        let under = tyres(spec, &pose).map(|p| ground(Xy::new(p[0], p[1])));
        let before = self.heights.unwrap_or(under);
        let most = DROP * now.step_s;
        let heights = [0, 1, 2, 3].map(|i| under[i].clamp(before[i] - most, before[i] + most));
        self.heights = Some(heights);
        match heights == under {
            true => pose,
            false => laid(spec, now.at, now.direction, heights),
        }
    }
}

/// Lays the car on the ground: `rear` is the rear axle's middle on the plane, `direction` the body's direction
/// counter-clockwise from east, radians.
pub fn pose(spec: &Spec, rear: Xy, direction: f64, ground: &dyn Fn(Xy) -> f64) -> Pose {
    let mut heights = [ground(rear); 4];
    // The slopes move the contacts by centimetres at most: a few turns settle them.
    for _ in 0..4 {
        let pose = laid(spec, rear, direction, heights);
        heights = tyres(spec, &pose).map(|p| ground(Xy::new(p[0], p[1])));
    }
    laid(spec, rear, direction, heights)
}

/// On these heights under its contacts.
fn laid(spec: &Spec, rear: Xy, direction: f64, heights: [f64; 4]) -> Pose {
    let heading = core::f64::consts::FRAC_PI_2 - direction;
    let stand = three::stand(spec, heights);
    let angle = |sine: f64| libm::asin(sine.clamp(-0.9, 0.9));
    let (pitch, lean) = (angle(stand.pitch), angle(stand.lean));
    let mut pose = Pose {
        rotation: rotation(heading, pitch, lean),
        heading,
        pitch,
        lean,
        origin: [rear.x, rear.y, stand.height],
        ..Pose::default()
    };
    pose.rear = pose.origin;
    pose.front = pose.place([spec.wheelbase, 0.0, 0.0]);
    pose
}

/// Middles of the contacts: front left, front right, rear left, rear right.
pub fn tyres(spec: &Spec, pose: &Pose) -> [Enu; 4] {
    spec.contacts().map(|(contact, _)| pose.place(contact))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn santana() -> Spec {
        Spec::read(include_str!("../../../engine/vehicles/c1-santana.toml")).expect("good")
    }

    /// North-west on a plane that rises by 10 % to the north and falls by 2 % to the east: all four contacts lie on it.
    #[test]
    fn it_lies_on_its_ground() {
        let spec = santana();
        let ground = |p: Xy| 3.0 + 0.1 * p.y - 0.02 * p.x;
        let pose = pose(&spec, Xy::new(5.0, -7.0), 2.4, &ground);
        for contact in tyres(&spec, &pose) {
            let above = contact[2] - ground(Xy::new(contact[0], contact[1]));
            assert!(above.abs() < 2e-4, "{contact:?}: {above} m above the ground");
        }
        assert!(pose.pitch > 0.05 && pose.lean < -0.05, "{pose:?}");
        assert!((pose.front[0] - pose.rear[0] - spec.wheelbase * pose.pitch.cos() * 2.4f64.cos()).abs() < 1e-9);
    }

    /// Heading east the left wheels are in the north.
    #[test]
    fn its_tyres_are_where_the_file_says() {
        let spec = santana();
        let pose = pose(&spec, Xy::new(1.0, 2.0), 0.0, &|_| 0.0);
        let [fl, fr, rl, rr] = tyres(&spec, &pose);
        let near =
            |got: Enu, e: f64, n: f64| assert!((got[0] - e).abs() < 1e-9 && (got[1] - n).abs() < 1e-9, "{got:?}");
        near(fl, 3.603, 2.73);
        near(fr, 3.603, 1.27);
        near(rl, 1.0, 2.749);
        near(rr, 1.0, 1.251);
    }
}
