//! A dual-antenna RTK receiver at 10 Hz: GGA, GST, RMC and KSXT.
//!
//! White noise of about 6 mm horizontally and 10 mm vertically (one sigma), a wandering error of a few millimetres, a
//! heading's noise of 0.15°, a solution's latency of 60 ms with up to 8 ms of jitter, then the line's own 115,200 baud.
use super::nmea::Solution;
use super::weather::{Multipath, Spells, Weather};
use super::{Chunk, Port, Settings, Word};
use crate::driver::stint::Sky;
use crate::rng::{Rng, Wander};
use crate::truth::Truth;
use crate::vehicle::body::Enu;
use crate::vehicle::spec::{Body, Spec};
use kaoguan_course::Datum;

/// From the time of validity to an epoch's first byte, at its quickest, microseconds.
pub const LATENCY_US: i64 = 60_000;
const JITTER_US: f64 = 8_000.0;
const EPOCH_US: i64 = 100_000;
const STEP_S: f64 = crate::ride::STEP_US as f64 * 1e-6;
/// A USB bridge hands over what has come in 14 ms: so many bytes at 115,200 baud.
pub const SLICE: usize = 160;
/// Between two such pieces, microseconds.
pub const SLICE_US: i64 = 14_000;
/// Height of the geoid near Guiyang, about, metres.
const GEOID: f64 = -31.417;
const SATELLITES: u8 = 31;

/// The receiver.
pub struct Receiver {
    port: Port,
    datum: Datum,
    main: Body,
    second: Body,
    start_utc_us: i64,
    crc: bool,
    rng: Rng,
    slow: [Wander; 3],
    float: [Wander; 3],
    slow_heading: Wander,
    before: Option<Enu>,
    weather: Weather,
    spells: Spells,
    multipath: Multipath,
    survey_error: Enu,
    /// When the receiver's clock steps, microseconds of the ride, and by how much.
    step: (i64, i64),
}

impl Receiver {
    /// On a course plane, with a vehicle's antennas.
    pub fn new(datum: Datum, spec: &Spec, seed: u64, settings: &Settings) -> Receiver {
        let antennas = [spec.main_antenna, spec.second_antenna];
        Receiver::with(Port::Receiver, antennas, datum, seed, settings)
    }

    /// The trailer's, where there is one: of the same make, under the same corrections, with a noise of its own.
    pub fn of_trailer(datum: Datum, spec: &Spec, seed: u64, settings: &Settings) -> Option<Receiver> {
        let antennas = spec.trailer.as_ref()?.antennas;
        Some(Receiver::with(Port::Trailer, antennas, datum, seed, settings))
    }

    fn with(port: Port, antennas: [Body; 2], datum: Datum, seed: u64, settings: &Settings) -> Receiver {
        let own = if port == Port::Trailer {
            "trailer receiver"
        } else {
            "receiver"
        };
        let mut rng = Rng::new(seed, own);
        let (sigma, tau_s) = settings.weather.slow;
        let slow = [sigma, sigma, sigma * 5.0 / 3.0].map(|sigma| Wander::new(sigma, tau_s, &mut rng));
        let float = [0.3, 0.3, 0.6].map(|sigma| Wander::new(sigma, 20.0, &mut rng));
        let slow_heading = Wander::new(settings.weather.heading.1, 15.0, &mut rng);
        let [main, second] = antennas;
        Receiver {
            port,
            datum,
            main,
            second,
            start_utc_us: settings.start_utc_us,
            crc: settings.ksxt_crc,
            rng,
            slow,
            float,
            slow_heading,
            before: None,
            weather: settings.weather,
            spells: Spells::new(&settings.weather, seed),
            multipath: Multipath::new(&settings.weather, seed),
            step: clock_step(&settings.weather, seed),
            survey_error: settings.installation.survey_error(seed),
        }
    }

    /// Takes a moment; speaks where it is an epoch's. A signal box's text may stand before the VTG.
    pub fn push(&mut self, truth: &Truth, box_text: Option<String>, out: &mut Vec<Word>) {
        let Some(main) = self.place(truth, self.main) else {
            return;
        };
        let before = self.before.replace(main).unwrap_or(main);
        let utc_us = self.start_utc_us + truth.t_us;
        if utc_us.rem_euclid(EPOCH_US) != 0 {
            return;
        }
        let velocity = [0, 1, 2].map(|i| (main[i] - before[i]) / STEP_S);
        let solution = self.solve(truth, main, velocity, utc_us);
        out.push(Word::Epoch {
            port: self.port,
            at_us: truth.t_us + LATENCY_US + self.rng.between(0.0, JITTER_US) as i64,
            solution,
            crc: self.crc,
            box_text,
        });
    }

    /// Where a point of the body that carries it is.
    fn place(&self, truth: &Truth, body: Body) -> Option<Enu> {
        let carrier = match self.port {
            Port::Trailer => &truth.trailer.as_ref()?.pose,
            _ => &truth.pose,
        };
        Some(carrier.place(body))
    }

    fn solve(&mut self, truth: &Truth, main: Enu, velocity: Enu, utc_us: i64) -> Solution {
        let spell = self.spells.step(0.1);
        let sky = if truth.sky == Sky::Clear { spell } else { truth.sky };
        let error = self.error(sky, truth.speed);
        let (latitude, longitude, height) =
            self.datum
                .to_geodetic(main[0] + error[0], main[1] + error[1], main[2] + error[2]);
        let second = self.place(truth, self.second).unwrap_or(main);
        let [east, north, up] = [0, 1, 2].map(|i| second[i] - main[i]);
        let wander = self.slow_heading.step(0.1, &mut self.rng);
        let heading = libm::atan2(east, north).to_degrees() + wander + self.rng.normal(self.weather.heading.0);
        let pitch = libm::atan2(up, libm::hypot(east, north)).to_degrees() + self.rng.normal(0.2);
        let claimed = self.weather.claimed;
        let (quality, sigma) = match sky {
            Sky::Clear | Sky::Wrong(_) => (4, [claimed, claimed, claimed * 15.0 / 8.0]),
            Sky::Float => (5, [0.25, 0.25, 0.5]),
            Sky::NoFix => (0, [0.0; 3]),
        };
        let (after_us, by_us) = self.step;
        let utc_us = utc_us + if truth.t_us >= after_us { by_us } else { 0 };
        Solution {
            utc_us,
            latitude,
            longitude,
            height,
            quality,
            satellites: if quality == 4 { SATELLITES } else { 14 },
            sigma,
            velocity: [velocity[1], velocity[0], velocity[2]].map(|v| v + self.rng.normal(self.weather.velocity)),
            heading: heading.rem_euclid(360.0).min(359.99),
            baseline_pitch: pitch,
            geoid: GEOID,
        }
    }

    /// All wandering errors go on under any sky, so that windows don't shift what comes after them.
    fn error(&mut self, sky: Sky, speed: f64) -> Enu {
        let slow = [0, 1, 2].map(|i| self.slow[i].step(0.1, &mut self.rng));
        let float = [0, 1, 2].map(|i| self.float[i].step(0.1, &mut self.rng));
        let (horizontal, vertical) = self.weather.white;
        let white = [horizontal, horizontal, vertical].map(|sigma| self.rng.normal(sigma));
        let more = match sky {
            Sky::Clear | Sky::NoFix => [0.0; 3],
            Sky::Float => float,
            Sky::Wrong(by) => by,
        };
        let [east, north] = self.multipath.step(0.1, speed);
        let path = [east, north, 0.0];
        let base = self.weather.base_moved;
        [0, 1, 2].map(|i| self.survey_error[i] + slow[i] + white[i] + more[i] + path[i] + base[i])
    }
}

/// When the receiver's clock steps, and by how much, microseconds.
fn clock_step(weather: &Weather, seed: u64) -> (i64, i64) {
    let mut rng = Rng::new(seed, "clock");
    let by_s = if rng.unit() < 0.5 {
        weather.clock_step_s
    } else {
        -weather.clock_step_s
    };
    ((rng.between(30.0, 120.0) * 1e6) as i64, (by_s * 1e6) as i64)
}

/// An epoch's sentences, as the line hands them over.
pub fn chunks(port: Port, first_us: i64, solution: &Solution, crc: bool, box_text: Option<&str>, out: &mut Vec<Chunk>) {
    let mut text = solution.gga() + &solution.gst() + &solution.rmc();
    if let Some(line) = box_text {
        text += line;
        text += &solution.vtg();
    }
    text += &solution.ksxt(crc);
    for (k, slice) in text.as_bytes().chunks(SLICE).enumerate() {
        out.push(Chunk {
            port,
            at_us: first_us + k as i64 * SLICE_US,
            bytes: slice.to_vec(),
        });
    }
}
