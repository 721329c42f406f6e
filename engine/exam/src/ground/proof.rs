//! A wheel proves itself: what it tells is believed once it agreed with the velocity of believed fixes.
//!
//! The problem: a ring that is dead, of another size or wired to nothing says something all the same. The answer: each two metres
//! of believed fixes the ways by the wheel and by the velocity are compared, and the wheel is believed as long as they agree.
//!
//! Deliberately not here: how a way is told (`odometer`, `speedometer`).

/// Both are held against each other each so many metres.
const CHECKED_EACH: f64 = 2.0;
/// They may differ by that share of the way (the ring's travel is described, not measured), and by what the wheel cannot tell.
const CHECKED_WITHIN: f64 = 0.1;

/// One wheel's.
#[derive(Debug, Clone, Default)]
pub struct Proof {
    /// Metres since the last comparison, by the wheel and by velocities.
    rolled: f64,
    moved: f64,
    /// All that it has rolled, metres.
    total: f64,
    believed: bool,
}

impl Proof {
    /// The wheel rolled so far, metres.
    pub fn roll(&mut self, way: f64) {
        self.rolled += way;
        self.total += way;
    }

    /// Takes the way that the velocities of two believed fixes say, metres; so much the wheel cannot tell.
    pub fn check(&mut self, moved: f64, untold: f64) {
        self.moved += moved;
        if self.moved.max(self.rolled) >= CHECKED_EACH {
            let within = untold + CHECKED_WITHIN * self.moved;
            self.believed = (self.moved - self.rolled).abs() <= within;
            self.anew();
        }
    }

    /// Fixes were missing: what was told meanwhile is compared with nothing.
    pub fn anew(&mut self) {
        (self.moved, self.rolled) = (0.0, 0.0);
    }

    /// It began anew: nothing is believed.
    pub fn lose(&mut self) {
        self.believed = false;
        self.anew();
    }

    /// Whether it is believed.
    pub fn is_believed(&self) -> bool {
        self.believed
    }

    /// All that it has rolled, metres, where that is believed.
    pub fn total(&self) -> Option<f64> {
        self.believed.then_some(self.total)
    }
}
