//! Whether the wheel rolled as far as the velocity says: a second of both, held against each other.
//!
//! The problem: a velocity that is wrong by a few decimetres a second leads no fix astray from one epoch to the next, and makes
//! somebody roll who stands, or stand who rolls. The answer: the way of the last second by a wheel that has proven itself and
//! by the velocities. Where they differ by more than the wheel, its lag and a turn explain, nobody knows which of them is
//! right, and the fix is not believed.
//!
//! Deliberately not here: which of both is wrong, and a wheel that slips for less than such a second.
use super::reckon::STEP_MAX;
use kaoguan_telemetry::units::{EventTime, Micros};
use std::collections::VecDeque;
use std::f64::consts::PI;

/// Ways are compared over so long.
const WINDOW: Micros = Micros(1_000_000);
/// The wheel's count may be so much older than the fix.
const LAG: f64 = 0.25;
/// The way of a pulse or the scale of a speed is described, not measured: they may differ by that share of the way.
const SCALE: f64 = 0.1;
/// Epochs of one second that are remembered: receivers give 50 at most.
const MOST: usize = 64;

/// One epoch of the receiver.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// When.
    pub at: EventTime,
    /// What the wheel has rolled in all, metres.
    pub rolled: f64,
    /// Speed along the vehicle by the receiver, m/s, backwards negative.
    pub speed: f64,
    /// Where the vehicle points, radians.
    pub heading: f64,
}

/// How far both may differ without a word.
#[derive(Debug, Clone, Copy)]
pub struct Within {
    /// Difference of the mean speeds, m/s.
    pub tolerance: f64,
    /// The least that the wheel can tell, metres.
    pub grain: f64,
    /// From the antenna to the farthest wheel, metres: so much farther may a wheel go in a turn of one radian.
    pub reach: f64,
}

/// The last second.
#[derive(Debug, Clone, Default)]
pub struct Second {
    steps: VecDeque<Step>,
}

impl Second {
    /// Takes the next epoch; `None` where the wheel or the velocity is not known.
    pub fn push(&mut self, step: Option<Step>) {
        let Some(step) = step else { return self.steps.clear() };
        if self.steps.back().is_some_and(|last| step.at - last.at > STEP_MAX) || self.steps.len() >= MOST {
            self.steps.clear();
        }
        while self.steps.get(1).is_some_and(|second| step.at - second.at >= WINDOW) {
            self.steps.pop_front();
        }
        self.steps.push_back(step);
    }

    /// The wheel and the velocity contradict each other over a whole second.
    pub fn contradicts(&self, within: &Within) -> bool {
        let Some((first, last)) = self.steps.front().zip(self.steps.back()) else {
            return false;
        };
        let span = last.at - first.at;
        if span < WINDOW {
            return false;
        }
        let (rolled, moved) = (last.rolled - first.rolled, self.moved());
        let allowed = within.tolerance * seconds(span)
            + within.grain
            + SCALE * rolled.max(moved)
            + LAG * self.speeds()
            + within.reach * self.turned();
        (rolled - moved).abs() > allowed
    }

    fn pairs(&self) -> impl Iterator<Item = (&Step, &Step)> {
        self.steps.iter().zip(self.steps.iter().skip(1))
    }

    fn moved(&self) -> f64 {
        self.pairs()
            .map(|(a, b)| (a.speed.abs() + b.speed.abs()) * 0.5 * seconds(b.at - a.at))
            .sum()
    }

    /// By how much it was faster at one time than at another, m/s.
    fn speeds(&self) -> f64 {
        let range = self.steps.iter().fold((f64::MAX, f64::MIN), |(least, most), step| {
            (least.min(step.speed.abs()), most.max(step.speed.abs()))
        });
        (range.1 - range.0).max(0.0)
    }

    /// Radians, to both sides alike.
    fn turned(&self) -> f64 {
        self.pairs().map(|(a, b)| turn(b.heading - a.heading).abs()).sum()
    }
}

/// The same turn within half a circle.
fn turn(radians: f64) -> f64 {
    radians - libm::round(radians / (2.0 * PI)) * 2.0 * PI
}

fn seconds(span: Micros) -> f64 {
    span.0 as f64 * 1e-6
}

#[cfg(test)]
mod tests {
    use super::*;

    const WITHIN: Within = Within {
        tolerance: 0.3,
        grain: 0.05,
        reach: 1.5,
    };

    /// At 10 Hz for so many tenths: what the wheel rolls, the velocity says and how it turns, each second.
    fn rolls(tenths: i64, wheel: impl Fn(f64) -> f64, speed: impl Fn(f64) -> f64, turns: f64) -> Second {
        let mut second = Second::default();
        let mut rolled = 0.0;
        for tenth in 0..tenths {
            let t = tenth as f64 * 0.1;
            second.push(Some(Step {
                at: EventTime(tenth * 100_000),
                rolled,
                speed: speed(t),
                heading: turn(3.0 + turns * t),
            }));
            rolled += wheel(t + 0.05) * 0.1;
        }
        second
    }

    /// Who stands and is said to roll at 0.34 m/s: 0.34 m of a second, where 0.3 + 0.05 + 0.034 are allowed; at 0.40 0.39 are.
    #[test]
    fn a_velocity_of_somebody_who_stands_contradicts_his_wheel_after_a_second() {
        let says = |speed: f64, tenths: i64| rolls(tenths, |_| 0.0, |_| speed, 0.0).contradicts(&WITHIN);
        assert!(!says(0.38, 40));
        assert!(says(0.40, 40));
        assert!(!says(2.0, 10), "not yet a second");
        assert!(says(2.0, 11));
        assert!(says(-0.40, 40), "backwards too");
        let rolls_on = rolls(40, |_| 1.0, |_| 0.0, 0.0);
        assert!(rolls_on.contradicts(&WITHIN), "and who rolls does not stand");
    }

    /// From 10 m/s to a stop with 6 m/s², the wheel's count a quarter of a second late: 1.5 m apart, as the lag explains.
    #[test]
    fn braking_hard_contradicts_no_late_wheel() {
        let speed = |t: f64| (10.0 - 6.0 * t).max(0.0);
        for tenths in 11..30 {
            let late = rolls(tenths, |t| speed((t - 0.25).max(0.0)), speed, 0.0);
            assert!(!late.contradicts(&WITHIN), "{tenths}");
        }
    }

    /// Round a circle of 4 m at 1.6 m/s the outer front wheel goes half as far again as the antenna: 0.4 rad/s at 1.5 m explain 0.6 m.
    #[test]
    fn a_turn_explains_what_an_outer_wheel_goes_farther() {
        let turning = |turns: f64| rolls(30, |_| 2.4, |_| 1.6, turns).contradicts(&WITHIN);
        assert!(turning(0.0));
        assert!(!turning(0.4) && !turning(-0.4));
    }

    #[test]
    fn over_a_hole_nothing_is_compared() {
        let mut second = rolls(40, |_| 0.0, |_| 2.0, 0.0);
        assert!(second.contradicts(&WITHIN));
        second.push(None);
        assert!(!second.contradicts(&WITHIN));
        let mut second = rolls(40, |_| 0.0, |_| 2.0, 0.0);
        let after = |at| {
            Some(Step {
                at: EventTime(at),
                rolled: 0.0,
                speed: 2.0,
                heading: 3.0,
            })
        };
        second.push(after(4_200_000));
        assert!(!second.contradicts(&WITHIN), "0.3 s without an epoch");
    }

    #[test]
    fn no_more_than_a_second_is_remembered() {
        let second = rolls(1_000, |_| 1.0, |_| 1.0, 0.0);
        assert_eq!(second.steps.len(), 11);
        let mut fast = Second::default();
        for n in 0..10_000 {
            fast.push(Some(Step {
                at: EventTime(n * 1_000),
                rolled: 0.0,
                speed: 0.0,
                heading: 0.0,
            }));
            assert!(fast.steps.len() <= MOST);
        }
    }
}
