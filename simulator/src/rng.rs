//! Chance, the same on every platform.
//!
//! The problem: a bad day must come back from its seed, on any processor and with any version of a library. The answer:
//! SplitMix64 to spread the seed and xoshiro256++ to draw (Blackman and Vigna, public domain), integers only until the
//! last step. Deliberately not here: entropy of the machine.

/// A stream of chance. Two streams of one seed with different labels are independent.
#[derive(Debug, Clone)]
pub struct Rng {
    state: [u64; 4],
}

impl Rng {
    /// A stream named by a seed and a label (which sensor, which rider).
    pub fn new(seed: u64, label: &str) -> Rng {
        let mut mix = label.bytes().fold(seed ^ 0x6b61_6f67_7561_6e21, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Rng {
            state: [
                split_mix(&mut mix),
                split_mix(&mut mix),
                split_mix(&mut mix),
                split_mix(&mut mix),
            ],
        }
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        let s = &mut self.state;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// Even between 0 (included) and 1 (excluded).
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Even between two bounds.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Normal with mean 0 and the given standard deviation (Box and Muller).
    pub fn normal(&mut self, sigma: f64) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.unit()));
        sigma * radius * libm::cos(core::f64::consts::TAU * self.unit())
    }
}

fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A slowly wandering error: first-order Gauss-Markov.
#[derive(Debug, Clone)]
pub struct Wander {
    sigma: f64,
    tau_s: f64,
    value: f64,
}

impl Wander {
    /// With a standard deviation and a correlation time in seconds.
    pub fn new(sigma: f64, tau_s: f64, rng: &mut Rng) -> Wander {
        Wander {
            sigma,
            tau_s,
            value: rng.normal(sigma),
        }
    }

    /// The value `dt_s` seconds later.
    pub fn step(&mut self, dt_s: f64, rng: &mut Rng) -> f64 {
        let keep = libm::exp(-dt_s / self.tau_s);
        self.value = self.value * keep + rng.normal(self.sigma * libm::sqrt(1.0 - keep * keep));
        self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xoshiro_draws_its_published_sequence() {
        // State 1, 2, 3, 4: the first outputs by the reference C code, computed by hand for the first one:
        // rotl(1 + 4, 23) + 1 = 5 * 2^23 + 1.
        let mut rng = Rng { state: [1, 2, 3, 4] };
        assert_eq!(rng.bits(), 5 * (1 << 23) + 1);
        assert_eq!(rng.bits(), 58_720_359);
    }

    #[test]
    fn normal_has_its_sigma() {
        let mut rng = Rng::new(7, "test");
        let draws: Vec<f64> = (0..20_000).map(|_| rng.normal(2.0)).collect();
        let mean = draws.iter().sum::<f64>() / 20_000.0;
        let sigma = (draws.iter().map(|d| d * d).sum::<f64>() / 20_000.0).sqrt();
        assert!(
            mean.abs() < 0.06 && (sigma - 2.0).abs() < 0.05,
            "mean {mean}, sigma {sigma}"
        );
    }
}
