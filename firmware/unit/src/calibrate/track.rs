//! What came in over the lines, as calibrations need it: positions and headings *by their own time tags*, and raw inertial frames.
//!
//! The problem: the unit's samples have position and heading joined already, by the very skew that is to be measured. The answer: the
//! core's framers and parsers are used, its joining is not. A heading without a time of its own (HDT, THS) takes the time of the
//! sentence before it; it is of no use where times matter, and says so.
//!
//! Deliberately not here: dates (a calibration takes minutes; midnight is a day more), the unit's clock.
use kaoguan_telemetry::units::Uptime;
use kaoguan_telemetry::{Attitude, Port, Quality};
use kaoguan_unit_core::binary::BinaryFramer;
use kaoguan_unit_core::inertial::Inertial;
use kaoguan_unit_core::line::{Cut, LineFramer};
use kaoguan_unit_core::sentence::{self, Height, Line, Says, Sentence, Stated};
use kaoguan_unit_core::ubx;
use kaoguan_unit_core::{AttitudeConfig, PortCounters};
use std::collections::BTreeMap;

const DAY_US: i64 = 86_400_000_000;
const EQUATOR_M: f64 = 6_378_137.0;
const FLATTENING: f64 = 1.0 / 298.257_222_101;
const RAD_PER_NANODEGREE: f64 = std::f64::consts::PI / 180e9;
const RAD_PER_CENTIDEGREE: f64 = std::f64::consts::PI / 18_000.0;

/// What one epoch says of the main antenna.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Epoch {
    /// Latitude and longitude, nanodegrees.
    pub place: Option<[i64; 2]>,
    /// Ellipsoidal height, tenths of a millimetre.
    pub height: Option<i32>,
    /// The best that is claimed.
    pub quality: Option<Quality>,
}

/// One heading by its own time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tagged {
    /// Its tag, microseconds on the same axis as the epochs'.
    pub at: i64,
    /// Clockwise from north, radians, 0 to 2π.
    pub heading: f64,
    /// Length of the baseline, where it is told, metres.
    pub baseline: Option<f64>,
    /// Whether the sentence says its time itself.
    pub is_dated: bool,
    /// Whether nothing but a direction stands in it: only such a one can be skewed.
    pub is_alone: bool,
}

/// A place on a plane that touches the ellipsoid near by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Seconds.
    pub t: f64,
    /// Metres east of the first.
    pub e: f64,
    /// Metres north of it.
    pub n: f64,
}

/// All that was heard.
#[derive(Debug)]
pub struct Track {
    /// By time tag, microseconds; midnight goes on.
    pub epochs: BTreeMap<i64, Epoch>,
    /// In the order of arrival.
    pub headings: Vec<Tagged>,
    /// In the order of arrival.
    pub attitude: Vec<(Uptime, Attitude)>,
    ears: Ears,
}

/// What is half there.
#[derive(Debug)]
struct Ears {
    lines: LineFramer,
    frames: BinaryFramer,
    inertial: Inertial,
    counters: PortCounters,
    last: Option<i64>,
}

impl Track {
    /// Nothing heard yet; the sensor speaks as it is declared.
    pub fn new(attitude: &AttitudeConfig) -> Track {
        let ears = Ears {
            lines: LineFramer::default(),
            frames: BinaryFramer::default(),
            // The maker's own angles are not looked at.
            inertial: Inertial::new(&AttitudeConfig {
                with_angle: false,
                ..*attitude
            }),
            counters: PortCounters::default(),
            last: None,
        };
        let (epochs, headings, attitude) = Default::default();
        Track {
            epochs,
            headings,
            attitude,
            ears,
        }
    }

    /// Takes bytes of a port; those of other ports than the receiver's and the attitude's are passed over.
    pub fn hear(&mut self, port: Port, at: Uptime, bytes: &[u8]) {
        for byte in bytes {
            match port {
                Port::Receiver => self.receiver(*byte, at),
                Port::Attitude => {
                    let frame = self.ears.inertial.push(*byte, at, &mut self.ears.counters);
                    self.attitude.extend(frame);
                }
                _ => return,
            }
        }
    }

    fn receiver(&mut self, byte: u8, at: Uptime) {
        if let Some(length) = self.ears.frames.push(byte, at).frame {
            let frame = self.ears.frames.frame(length);
            if let Ok(sentence) = ubx::read(frame.get(..length).unwrap_or(&[])) {
                self.sentence(&sentence);
            }
        }
        if self.ears.lines.push(byte, at) == Cut::Line
            && let Ok(Line::Epoch(sentence)) = sentence::read(self.ears.lines.text())
        {
            self.sentence(&sentence);
        }
    }

    fn sentence(&mut self, sentence: &Sentence) {
        let says = sentence.says();
        let (at, is_dated) = match says.time() {
            Stated::At(time) => (self.unwrapped(time.0), true),
            Stated::Never => match self.ears.last {
                Some(last) => (last, false),
                None => return,
            },
            Stated::Unknown => return,
        };
        if is_dated && !says.is_direction_only() {
            self.ears.last = Some(at);
        }
        self.place(says, at, is_dated);
        let direction = says.direction();
        let is_believed = |quality: Option<Quality>| quality.is_none_or(|quality| quality == Quality::Fixed);
        if let Some(direction) = direction.filter(|direction| is_believed(direction.quality))
            && let Some(heading) = direction.heading
        {
            self.headings.push(Tagged {
                at,
                heading: f64::from(heading.0) * RAD_PER_CENTIDEGREE,
                baseline: direction.baseline.map(|baseline| f64::from(baseline.0) * 1e-4),
                is_dated,
                is_alone: says.is_direction_only(),
            });
        }
    }

    fn place(&mut self, says: &dyn Says, at: i64, is_dated: bool) {
        let Some(place) = says.place().filter(|_| is_dated) else {
            return;
        };
        let epoch = self.epochs.entry(at).or_default();
        if let Some(position) = place.position {
            epoch.place.get_or_insert([position.latitude.0, position.longitude.0]);
        }
        if let Height::Ellipsoidal(height) = place.height {
            epoch.height.get_or_insert(height.0);
        }
        epoch.quality = epoch.quality.max(place.quality);
    }

    /// A time of day on an axis that midnight does not break.
    fn unwrapped(&self, of_day: i64) -> i64 {
        let last = self.ears.last.unwrap_or(of_day);
        let day = (last - of_day + DAY_US / 2).div_euclid(DAY_US);
        of_day + day * DAY_US
    }

    /// The places that are claimed fixed, in order of time.
    pub fn places(&self) -> Vec<Place> {
        let fixed = |epoch: &&Epoch| epoch.quality == Some(Quality::Fixed);
        let known = self.epochs.iter().filter(|(_, epoch)| fixed(epoch));
        let known: Vec<(i64, [i64; 2])> = known.filter_map(|(at, epoch)| Some((*at, epoch.place?))).collect();
        let Some(&(_, first)) = known.first() else {
            return Vec::new();
        };
        let height = self.epochs.values().find_map(|epoch| epoch.height);
        let (per_n, per_e) = metres_per_nanodegree(first[0], height.map_or(0.0, |h| f64::from(h) * 1e-4));
        let place = |(at, place): (i64, [i64; 2])| Place {
            t: at as f64 * 1e-6,
            e: (place[1] - first[1]) as f64 * per_e,
            n: (place[0] - first[0]) as f64 * per_n,
        };
        known.into_iter().map(place).collect()
    }
}

/// Of latitude and of longitude, by the ellipsoid's radii at a height.
fn metres_per_nanodegree(latitude: i64, height: f64) -> (f64, f64) {
    let (sin, cos) = (latitude as f64 * RAD_PER_NANODEGREE).sin_cos();
    let e2 = FLATTENING * (2.0 - FLATTENING);
    let w = (1.0 - e2 * sin * sin).sqrt();
    let meridian = EQUATOR_M * (1.0 - e2) / (w * w * w);
    let across = EQUATOR_M / w;
    (
        (meridian + height) * RAD_PER_NANODEGREE,
        (across + height) * cos * RAD_PER_NANODEGREE,
    )
}
