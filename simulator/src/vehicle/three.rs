//! A body on three wheels.
//!
//! The problem: three contacts leave a body no choice, wherever they are: beside a motorcycle's two wheels, or one before two. The
//! answer: the plane through all three. Deliberately not here: what falls off the edge of something (see [`super::car`]).
use super::spec::Spec;

/// How a body stands on its contacts: the sine of its pitch, that of its lean, and the height of its origin, metres.
#[derive(Debug, Clone, Copy)]
pub struct Stand {
    /// Nose up positive.
    pub pitch: f64,
    /// Right side down positive.
    pub lean: f64,
    /// Of the point under the rear axle's middle.
    pub height: f64,
}

/// On these heights under front left, front right, rear left and rear right contact; of a sidecar the last one is its wheel.
pub fn stand(spec: &Spec, [front, other, left, right]: [f64; 4]) -> Stand {
    let Some(([at, beside, _], _)) = spec.sidecar else {
        let track = (spec.front_track + spec.rear_track) / 2.0;
        return Stand {
            pitch: (front + other - left - right) / 2.0 / spec.wheelbase.max(1e-3),
            lean: (front + left - other - right) / 2.0 / track.max(1e-3),
            height: (left + right) / 2.0,
        };
    };
    let pitch = (front - left) / spec.wheelbase.max(1e-3);
    Stand {
        pitch,
        lean: (left + pitch * at - right) / beside.max(1e-3),
        height: left,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{car, path::Xy};
    use super::*;

    /// On a plane that rises by 6 % to the north and by 3 % to the east every contact is on it, whichever way it looks.
    #[test]
    fn three_contacts_lie_on_their_plane() {
        let ground = |p: Xy| 1.0 + 0.06 * p.y + 0.03 * p.x;
        for file in [
            include_str!("../../../engine/vehicles/d-zs110zh.toml"),
            include_str!("../../../engine/vehicles/d-sidecar.toml"),
        ] {
            let spec = Spec::read(file).expect("a good file");
            for direction in [0.0, 1.1, 3.9] {
                let pose = car::pose(&spec, Xy::new(3.0, -2.0), direction, &ground);
                for contact in car::tyres(&spec, &pose) {
                    let above = contact[2] - ground(Xy::new(contact[0], contact[1]));
                    assert!(above.abs() < 3e-4, "{}: {contact:?} {above} m above", spec.id);
                }
            }
        }
    }
}
