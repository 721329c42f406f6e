//! A car's line, made of what a steering wheel can do.
//!
//! The problem: a car's line may bend no tighter than its lock, and its bend may change no faster than hands turn the wheel.
//! The answer: legs along each of which the curvature changes evenly (straight, arc, clothoid), joined without a jump and
//! walked exactly. Deliberately not here: speed, and where the line should lead.
use super::path::Xy;

/// A leg: its length, metres, and its curvature at either end, 1/m, positive to the left.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Leg {
    length: f64,
    from: f64,
    to: f64,
}

/// Legs one after the other, from the origin along +x.
#[derive(Debug, Clone, Default)]
pub struct Rail(Vec<Leg>);

/// A place on a rail.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Where.
    pub at: Xy,
    /// Direction of travel, radians counter-clockwise from +x.
    pub direction: f64,
}

/// Places are so close at least, metres.
const STEP: f64 = 0.05;

impl Rail {
    /// No length.
    pub fn new() -> Rail {
        Rail::default()
    }

    /// Straight on; nothing where the length is not positive.
    pub fn straight(mut self, length: f64) -> Rail {
        self.leg(length, 0.0, 0.0);
        self
    }

    /// Turns by an angle (radians, positive to the left) on a radius, metres, easing in and out over so many metres each; where the
    /// angle is too small for both, it eases to a wider bend at once.
    pub fn turn(mut self, angle: f64, radius: f64, ease: [f64; 2]) -> Rail {
        let (side, angle) = (angle.signum(), angle.abs());
        let eased = (ease[0] + ease[1]) / 2.0;
        let bend = (1.0 / radius).min(angle / eased.max(1e-9));
        let peak = side * bend;
        self.leg(ease[0], 0.0, peak);
        self.leg((angle - eased * bend) / bend, peak, peak);
        self.leg(ease[1], peak, 0.0);
        self
    }

    /// Goes on as another rail.
    pub fn then(mut self, mut other: Rail) -> Rail {
        self.0.append(&mut other.0);
        self
    }

    fn leg(&mut self, length: f64, from: f64, to: f64) {
        if length > 1e-9 {
            self.0.push(Leg { length, from, to });
        }
    }

    /// Where it ends, from the origin along +x.
    pub fn end(&self) -> Place {
        let start = Place {
            at: Xy::default(),
            direction: 0.0,
        };
        self.0.iter().fold(start, |place, leg| {
            let steps = libm::ceil(leg.length / 0.4).max(1.0);
            let h = leg.length / steps;
            (0..steps as usize).fold(place, |place, k| leg.step(place, k as f64 * h, h))
        })
    }

    /// Its length, metres.
    pub fn length(&self) -> f64 {
        self.0.iter().map(|leg| leg.length).sum()
    }

    /// Its places from a start to its end, evenly, each few centimetres.
    pub fn walk(&self, start: Place) -> Vec<Place> {
        let total = self.length();
        let even = total / libm::ceil(total / STEP).max(1.0);
        let (mut places, mut place, mut owed) = (vec![start], start, even);
        for leg in &self.0 {
            let mut s = 0.0;
            while leg.length - s >= owed - 1e-9 {
                place = leg.step(place, s, owed);
                places.push(place);
                s += owed;
                owed = even;
            }
            let rest = (leg.length - s).max(0.0);
            place = leg.step(place, s, rest);
            owed -= rest;
        }
        places
    }
}

impl Leg {
    /// On by `h` from an arc length `s` of the leg: the direction exactly, the place by Gauss' two points.
    fn step(&self, place: Place, s: f64, h: f64) -> Place {
        let rate = (self.to - self.from) / self.length;
        let turned = |x: f64| place.direction + (self.from + rate * s) * x + rate * x * x / 2.0;
        let gauss = 0.5 / libm::sqrt(3.0);
        let [a, b] = [0.5 - gauss, 0.5 + gauss].map(|share| turned(share * h));
        let by = Xy::new(libm::cos(a) + libm::cos(b), libm::sin(a) + libm::sin(b));
        Place {
            at: place.at.plus(by, h / 2.0),
            direction: turned(h),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::f64::consts::{FRAC_PI_2, PI};

    #[test]
    fn a_circle_closes_and_a_turn_turns() {
        let circle = Rail::new().turn(2.0 * PI, 4.6, [0.0, 0.0]);
        assert!(circle.end().at.to(Xy::default()) < 1e-6, "{:?}", circle.end());
        let eased = Rail::new()
            .straight(1.0)
            .turn(-FRAC_PI_2, 4.6, [0.8, 1.2])
            .straight(2.0);
        let end = eased.end();
        assert!((end.direction + FRAC_PI_2).abs() < 1e-12);
        // A clothoid of length e moves the arc's beginning back by about half of it.
        assert!(
            (end.at.x - 1.0 - 4.6 - 0.4).abs() < 0.02 && (end.at.y + 2.0 + 4.6 + 0.6).abs() < 0.02,
            "{end:?}"
        );
        let slight = Rail::new().turn(0.05, 4.6, [0.8, 0.8]).end();
        assert!((slight.direction - 0.05).abs() < 1e-12);
    }
}
