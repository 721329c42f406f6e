//! A ramp from the side: curve, straight, curve, level top, and the same down again.

/// Lengths along the ground, metres, and the straight's rise per run.
pub(super) struct Ramp {
    pub gradient: f64,
    pub curve: f64,
    pub straight: f64,
    pub top: f64,
}

/// Spacing of the surveyed points of the ramp, metres: the chord of a 32 m curve lies 0.16 mm off.
const STEP: f64 = 0.2;

impl Ramp {
    /// From the foot to the level top.
    pub fn crest(&self) -> f64 {
        2.0 * self.curve + self.straight
    }

    /// From foot to foot.
    pub fn length(&self) -> f64 {
        2.0 * self.crest() + self.top
    }

    /// Points at most about 0.2 m apart from foot to foot, one wherever a curve begins or ends: (run, height above the
    /// ground).
    pub fn stations(&self) -> Vec<(f64, f64)> {
        let up = [self.curve, self.straight, self.curve];
        let pieces = up.into_iter().chain([self.top]).chain(up);
        let (mut from, mut stations) = (0.0, vec![(0.0, 0.0)]);
        for length in pieces {
            let steps = libm::ceil(length / STEP - 0.01) as u32;
            let runs = (1..=steps).map(|step| from + length * f64::from(step) / f64::from(steps));
            stations.extend(runs.map(|run| (run, self.rise(run))));
            from += length;
        }
        stations
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
