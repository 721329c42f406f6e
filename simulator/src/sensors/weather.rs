//! Weather: a named, seeded composition of what goes wrong between the sky and the receiver.
//!
//! Parameters of wrong fixes come from a real drive with ground truth (facts, sensors 1: 113 of 1,799 fixed epochs wrong by
//! 1 to 42 m in 48 short runs, each with at least 0.65 m of height error); those of noise are assumptions within what
//! receivers' makers state for RTK (8 mm + 1 ppm horizontally), declared here, and to be replaced by recordings of a yard.
use crate::driver::stint::Sky;
use crate::rng::Rng;

/// What a spell does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Spell {
    /// No solution.
    NoFix,
    /// A float solution.
    Float,
    /// Says fixed, one to five metres off, at a false height.
    Wrong,
    /// Says fixed, this far off horizontally, metres, at the right height: no witness can see it.
    Sly(f64),
}

/// A weather.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weather {
    /// The name on the command line.
    pub name: &'static str,
    /// White noise, one sigma: horizontal and vertical, metres.
    pub white: (f64, f64),
    /// Wandering error (atmosphere, multipath): sigma in metres, correlation time in seconds.
    pub slow: (f64, f64),
    /// Noise of each velocity, one sigma, m/s.
    pub velocity: f64,
    /// Noise of the heading, one sigma: white and wandering over 15 s, degrees.
    pub heading: (f64, f64),
    /// Horizontal sigma that the receiver claims, metres.
    pub claimed: f64,
    /// Spells: which, mean time between them, mean length, seconds.
    pub spells: &'static [(Spell, f64, f64)],
    /// Each sample is delivered twice, and neighbours change places.
    pub doubled: bool,
    /// The unit's power goes away: mean time between, and length, seconds.
    pub brown_out: Option<(f64, f64)>,
}

const CLEAR: Weather = Weather {
    name: "clear",
    white: (0.0042, 0.010),
    slow: (0.003, 40.0),
    velocity: 0.02,
    heading: (0.127, 0.08),
    claimed: 0.008,
    spells: &[],
    doubled: false,
    brown_out: None,
};

/// A receiver without noise, to see what a judgement owes to nothing but geometry.
pub const STILL: Weather = Weather {
    name: "still",
    white: (0.0, 0.0),
    slow: (0.0, 40.0),
    velocity: 0.0,
    heading: (0.0, 0.0),
    ..CLEAR
};

/// All weathers.
pub const ALL: [Weather; 7] = [
    CLEAR,
    Weather {
        name: "canopy",
        white: (0.007, 0.016),
        slow: (0.008, 20.0),
        claimed: 0.012,
        spells: &[(Spell::NoFix, 80.0, 2.0), (Spell::Float, 50.0, 4.0)],
        ..CLEAR
    },
    Weather {
        name: "valley",
        white: (0.005, 0.012),
        slow: (0.010, 30.0),
        claimed: 0.009,
        spells: &[(Spell::Wrong, 60.0, 0.6), (Spell::Float, 90.0, 2.0)],
        ..CLEAR
    },
    Weather {
        name: "wrong_fixes",
        spells: &[(Spell::Wrong, 15.0, 1.0)],
        ..CLEAR
    },
    Weather {
        name: "sly",
        spells: &[(Spell::Sly(0.15), 40.0, 3.0)],
        ..CLEAR
    },
    Weather {
        name: "network",
        doubled: true,
        ..CLEAR
    },
    Weather {
        name: "brown_out",
        brown_out: Some((60.0, 2.5)),
        ..CLEAR
    },
];

impl Default for Weather {
    fn default() -> Weather {
        CLEAR
    }
}

/// The weather with a name.
pub fn named(name: &str) -> Option<Weather> {
    ALL.iter().find(|weather| weather.name == name).copied()
}

/// The sky of a weather, epoch by epoch.
#[derive(Debug, Clone)]
pub struct Spells {
    rng: Rng,
    spells: &'static [(Spell, f64, f64)],
    sky: Sky,
    left_s: f64,
}

impl Spells {
    /// Of a weather and a seed.
    pub fn new(weather: &Weather, seed: u64) -> Spells {
        Spells {
            rng: Rng::new(seed, "weather"),
            spells: weather.spells,
            sky: Sky::Clear,
            left_s: 0.0,
        }
    }

    /// The sky `dt_s` seconds later.
    pub fn step(&mut self, dt_s: f64) -> Sky {
        self.left_s -= dt_s;
        if self.left_s > 0.0 {
            return self.sky;
        }
        self.sky = Sky::Clear;
        for (spell, every_s, lasts_s) in self.spells {
            if self.rng.unit() < dt_s / every_s {
                self.left_s = -lasts_s * libm::log(1.0 - self.rng.unit());
                self.sky = self.begin(*spell);
                break;
            }
        }
        self.sky
    }

    fn begin(&mut self, spell: Spell) -> Sky {
        let direction = self.rng.between(0.0, core::f64::consts::TAU);
        let off = |by: f64, up: f64| Sky::Wrong([by * libm::cos(direction), by * libm::sin(direction), up]);
        match spell {
            Spell::NoFix => Sky::NoFix,
            Spell::Float => Sky::Float,
            Spell::Wrong => {
                let by = self.rng.between(1.0, 5.0);
                let up = self.rng.between(0.65, 4.0);
                off(by, if self.rng.unit() < 0.5 { up } else { -up })
            }
            Spell::Sly(by) => off(by, 0.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_come_as_often_and_last_as_long_as_declared() {
        let weather = named("wrong_fixes").expect("there is one");
        let mut spells = Spells::new(&weather, 7);
        let (mut bad, mut begun, mut before) = (0, 0, Sky::Clear);
        let epochs = 1_000_000;
        for _ in 0..epochs {
            let sky = spells.step(0.1);
            bad += usize::from(sky != Sky::Clear);
            begun += usize::from(sky != Sky::Clear && sky != before);
            before = sky;
        }
        let (share, every_s) = (bad as f64 / epochs as f64, epochs as f64 * 0.1 / begun as f64);
        // One second in sixteen, and a spell each sixteen seconds; a spell is cut to whole epochs.
        assert!((share - 1.05 / 16.05).abs() < 0.004, "{share}");
        assert!((every_s - 16.0).abs() < 1.0, "{every_s}");
    }
}
