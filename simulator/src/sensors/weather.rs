//! Weather: a named, seeded composition of what goes wrong between the sky and the receiver.
//!
//! Parameters of wrong fixes come from a real drive with ground truth (facts, sensors 1: 113 of 1,799 fixed epochs wrong by
//! 1 to 42 m in 48 short runs, each with at least 0.65 m of height error); those of noise are assumptions within what
//! receivers' makers state for RTK (8 mm + 1 ppm horizontally), declared here, and to be replaced by recordings of a yard.
//! Multipath: on that drive the good fixes of a standing car are 48 mm off in the mean, those of a moving one 32 mm, against
//! a claimed sigma of 6 mm (Georgiadou and Kleusberg, 1990, found several centimetres as well). Vibration of engines lies at
//! 30 to 150 Hz (facts, sensors 9); its amplitude, the gyro's walk, the shares of lying contacts and of phantom hits, and
//! how long a receiver takes to fix again (makers promise seconds) are assumed.
use crate::driver::stint::Sky;
use crate::rng::{Rng, Wander};

/// What a spell does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Spell {
    /// No solution.
    NoFix,
    /// A float solution.
    Float,
    /// Says fixed, one to five metres off, at a false height.
    Wrong,
    /// Says fixed, this far off horizontally, metres, at the right height: nothing but its jumps tells of it.
    Sly(f64),
    /// Says fixed, and creeps this far off horizontally, metres, and back again, at the right height: nothing tells of it.
    Creep(f64),
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
    /// Mean time for which a receiver that had lost its fix stays float before it fixes again, seconds.
    pub refix_s: f64,
    /// Each sample is delivered twice, and neighbours change places.
    pub doubled: bool,
    /// The unit's power goes away: mean time between, and length, seconds.
    pub brown_out: Option<(f64, f64)>,
    /// Multipath of a standing antenna, one sigma on each horizontal axis, metres. It stays for a minute while the antenna
    /// stands, and half as much comes and goes within seconds while it moves.
    pub multipath: f64,
    /// The base stands elsewhere than it was surveyed: east, north, up, metres.
    pub base_moved: [f64; 3],
    /// The receiver's clock steps once by so many seconds (forward or back by the seed), after half a minute to two.
    pub clock_step_s: f64,
    /// Amplitude of the running engine's vibration on each axis of the attitude sensor, m/s².
    pub vibration: f64,
    /// Random walk of the gyro's bias, degrees a second in a square root of a minute.
    pub gyro_walk: f64,
    /// Share of the signal box's frames in which one contact lies.
    pub bounce: f64,
    /// Mean time between pole hits that nobody made, seconds.
    pub phantom_hits_s: Option<f64>,
}

const CLEAR: Weather = Weather {
    name: "clear",
    white: (0.0042, 0.010),
    slow: (0.003, 40.0),
    velocity: 0.02,
    heading: (0.127, 0.08),
    claimed: 0.008,
    spells: &[],
    refix_s: 0.0,
    doubled: false,
    brown_out: None,
    multipath: 0.0,
    base_moved: [0.0; 3],
    clock_step_s: 0.0,
    vibration: 0.0,
    gyro_walk: 0.0,
    bounce: 0.0,
    phantom_hits_s: None,
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
pub const ALL: [Weather; 12] = [
    CLEAR,
    Weather {
        name: "canopy",
        white: (0.007, 0.016),
        slow: (0.008, 20.0),
        claimed: 0.012,
        spells: &[(Spell::NoFix, 80.0, 2.0), (Spell::Float, 50.0, 4.0)],
        refix_s: 2.5,
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
    // Walls round the square: two centimetres, under half of what the real drive shows between houses.
    Weather {
        name: "walls",
        multipath: 0.020,
        ..CLEAR
    },
    // Somebody has knocked against the base's tripod: no witness on the vehicle can see four centimetres.
    Weather {
        name: "moved_base",
        base_moved: [0.035, -0.02, 0.03],
        ..CLEAR
    },
    // An old engine on a bad road, worn contacts.
    Weather {
        name: "rough",
        vibration: 2.0,
        gyro_walk: 0.1,
        bounce: 0.01,
        ..CLEAR
    },
    // Drops on the poles' sensors, and on the antenna.
    Weather {
        name: "rain",
        white: (0.006, 0.014),
        phantom_hits_s: Some(20.0),
        ..CLEAR
    },
    Weather {
        name: "clock_step",
        clock_step_s: 1.0,
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

/// The multipath of a day, epoch by epoch.
#[derive(Debug, Clone)]
pub struct Multipath {
    rng: Rng,
    standing: [Wander; 2],
    moving: [Wander; 2],
}

impl Multipath {
    /// Of a weather and a seed.
    pub fn new(weather: &Weather, seed: u64) -> Multipath {
        let mut rng = Rng::new(seed, "multipath");
        let mut two = |sigma: f64, tau_s: f64| [0; 2].map(|_| Wander::new(sigma, tau_s, &mut rng));
        let (standing, moving) = (two(weather.multipath, 60.0), two(weather.multipath / 2.0, 3.0));
        Multipath { rng, standing, moving }
    }

    /// East and north error `dt_s` seconds later, metres, at a speed in m/s.
    pub fn step(&mut self, dt_s: f64, speed: f64) -> [f64; 2] {
        // A standing antenna keeps its reflections; a moving one leaves them within a wavelength or two.
        let share = (speed.abs() / 0.3).min(1.0);
        let pace = dt_s * (1.0 + 20.0 * share);
        [0, 1].map(|i| {
            let standing = self.standing[i].step(pace, &mut self.rng);
            let moving = self.moving[i].step(dt_s, &mut self.rng);
            (1.0 - share) * standing + share * moving
        })
    }
}

/// The sky of a weather, epoch by epoch.
#[derive(Debug, Clone)]
pub struct Spells {
    rng: Rng,
    spells: &'static [(Spell, f64, f64)],
    refix_s: f64,
    sky: Sky,
    /// The largest error of a creeping spell, and how long it lasts, seconds.
    creeps: Option<([f64; 3], f64)>,
    left_s: f64,
}

impl Spells {
    /// Of a weather and a seed.
    pub fn new(weather: &Weather, seed: u64) -> Spells {
        Spells {
            rng: Rng::new(seed, "weather"),
            spells: weather.spells,
            refix_s: weather.refix_s,
            sky: Sky::Clear,
            creeps: None,
            left_s: 0.0,
        }
    }

    /// The sky `dt_s` seconds later.
    pub fn step(&mut self, dt_s: f64) -> Sky {
        self.left_s -= dt_s;
        if self.left_s > 0.0 {
            if let Some((most, lasts_s)) = self.creeps {
                let sine = libm::sin(core::f64::consts::PI * self.left_s / lasts_s);
                self.sky = Sky::Wrong(most.map(|axis| axis * sine * sine));
            }
            return self.sky;
        }
        let fixes_again = self.sky == Sky::NoFix && self.refix_s > 0.0;
        (self.sky, self.creeps) = (Sky::Clear, None);
        if fixes_again {
            (self.sky, self.left_s) = (Sky::Float, self.lasts(self.refix_s));
            return self.sky;
        }
        for (spell, every_s, lasts_s) in self.spells {
            if self.rng.unit() < dt_s / every_s {
                self.left_s = self.lasts(*lasts_s);
                self.sky = self.begin(*spell);
                break;
            }
        }
        self.sky
    }

    /// How long something lasts of which the mean is known, seconds.
    fn lasts(&mut self, mean_s: f64) -> f64 {
        -mean_s * libm::log(1.0 - self.rng.unit())
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
            Spell::Creep(by) => {
                let most = [by * libm::cos(direction), by * libm::sin(direction), 0.0];
                self.creeps = Some((most, self.left_s));
                Sky::Wrong([0.0; 3])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Standing, a tenth of a minute later it is much the same; moving, half as large, and another one after seconds.
    #[test]
    fn multipath_stays_with_a_standing_antenna() {
        let weather = named("walls").expect("there is one");
        let of = |speed: f64, lag: usize| {
            let mut path = Multipath::new(&weather, 5);
            let errors: Vec<f64> = (0..400_000).map(|_| path.step(0.1, speed)[0]).collect();
            let mean = |of: &dyn Fn(usize) -> f64| (0..399_000).map(of).sum::<f64>() / 399_000.0;
            let square = mean(&|i| errors[i] * errors[i]);
            (square.sqrt(), mean(&|i| errors[i] * errors[i + lag]) / square)
        };
        let (sigma, kept) = of(0.0, 60);
        assert!(
            (sigma - 0.020).abs() < 0.003 && (kept - (-0.1f64).exp()).abs() < 0.05,
            "{sigma} {kept}"
        );
        let (sigma, kept) = of(1.5, 60);
        assert!(
            (sigma - 0.010).abs() < 0.001 && (kept - (-2.0f64).exp()).abs() < 0.05,
            "{sigma} {kept}"
        );
    }

    /// From nothing to its size and back, without a jump.
    #[test]
    fn a_creeping_error_comes_and_goes() {
        let mut spells = Spells::new(
            &Weather {
                spells: &[(Spell::Creep(0.1), 20.0, 10.0)],
                ..CLEAR
            },
            3,
        );
        let mut sizes = Vec::new();
        for _ in 0..50_000 {
            sizes.push(match spells.step(0.1) {
                Sky::Wrong([e, n, up]) if up == 0.0 => libm::hypot(e, n),
                _ => 0.0,
            });
        }
        let largest = sizes.iter().copied().fold(0.0, f64::max);
        assert!((0.099..=0.1 + 1e-12).contains(&largest), "{largest}");
        // Half of the time of 10 s in 30 s, and a mean of sin² of a half.
        let mean = sizes.iter().sum::<f64>() / 50_000.0;
        assert!((mean - 0.1 * 0.5 / 3.0).abs() < 0.004, "{mean}");
    }

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
