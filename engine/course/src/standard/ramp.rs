//! A ramp from the side: curve, straight, curve, level top, and the same down again.

/// Lengths along the ground, metres, and the straight's rise per run.
pub(super) struct Ramp {
    pub gradient: f64,
    pub curve: f64,
    pub straight: f64,
    pub top: f64,
}

/// Spacing of the surveyed points of the ramp, metres: the chord of a 32 m curve lies 0.16 mm off.
pub(super) const STEP: f64 = 0.2;

impl Ramp {
    /// From the foot to the level top.
    pub fn crest(&self) -> f64 {
        2.0 * self.curve + self.straight
    }

    /// From foot to foot.
    pub fn length(&self) -> f64 {
        2.0 * self.crest() + self.top
    }

    /// Points about 0.2 m apart from foot to foot: (run, height above the ground).
    pub fn stations(&self) -> Vec<(f64, f64)> {
        let length = self.length();
        let steps = libm::round(length / STEP) as u32;
        (0..=steps)
            .map(|step| length * f64::from(step) / f64::from(steps))
            .map(|run| (run, self.rise(run)))
            .collect()
    }

    /// Height above the ground `run` metres from its foot.
    fn rise(&self, run: f64) -> f64 {
        let crest = self.crest();
        let run = libm::fmin(run, libm::fmin(crest, libm::fmax(0.0, 2.0 * crest + self.top - run)));
        let bend = self.gradient / (2.0 * self.curve);
        let lower = libm::fmin(run, self.curve);
        let straight = libm::fmax(0.0, run - self.curve);
        let upper = libm::fmax(0.0, run - self.curve - self.straight);
        bend * lower * lower + self.gradient * straight - bend * upper * upper
    }
}
