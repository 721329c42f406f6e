//! From truth to the very bytes that sensors send.
//!
//! The problem: an engine fed with perfect numbers proves nothing about bytes, noise and latency. The answer: one sensor a
//! file; each takes every moment of truth and says chunks of bytes with the time of their arrival. All noise comes from the
//! seed. Deliberately not here: faults of wires (a chunk is never lost here), any reading of these bytes.

pub mod attitude;
mod calendar;
pub mod installation;
pub mod nmea;
pub mod receiver;
pub mod signal_box;
pub mod weather;

use crate::truth::Truth;
use crate::vehicle::Kind;
use crate::vehicle::spec::Spec;
use kaoguan_course::Course;

/// UTC of a ride's beginning unless told otherwise: 2026-11-23 01:30:00, microseconds since 1970.
pub const START_UTC_US: i64 = 1_795_397_400_000_000;

/// A unit's serial port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Port {
    /// The GNSS receiver.
    Receiver = 0,
    /// The attitude sensor.
    Attitude = 1,
    /// The signal box.
    Signals = 2,
    /// The receiver of what is drawn behind.
    Trailer = 3,
}

impl Port {
    /// All of them, in the order of the led clock's counters.
    pub const ALL: [Port; 4] = [Port::Receiver, Port::Attitude, Port::Signals, Port::Trailer];

    /// As in topics and configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Port::Receiver => "receiver",
            Port::Attitude => "attitude",
            Port::Signals => "signals",
            Port::Trailer => "trailer",
        }
    }
}

/// Bytes that arrive together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Where.
    pub port: Port,
    /// When, microseconds since the ride's beginning (or of whatever clock the source has).
    pub at_us: i64,
    /// What.
    pub bytes: Vec<u8>,
}

/// What a sensor says, before it is bytes.
#[derive(Debug, Clone, PartialEq)]
pub enum Word {
    /// A receiver's sentences of one epoch.
    Epoch {
        /// Whose: the vehicle's own, or its trailer's.
        port: Port,
        /// When their first byte arrives, microseconds since the ride's beginning.
        at_us: i64,
        /// What they say.
        solution: nmea::Solution,
        /// KSXT with a CRC32.
        crc: bool,
        /// A signal box's line among them.
        box_text: Option<String>,
    },
    /// The attitude sensor's three frames.
    Attitude {
        /// When their first byte arrives.
        at_us: i64,
        /// Force, rate and the vendor's angle on each axis, as shares of 32768.
        raw: [[i16; 3]; 3],
    },
    /// The signal box's frame.
    Signals {
        /// When its first byte arrives.
        at_us: i64,
        /// Its body.
        body: [u8; signal_box::LENGTH],
    },
}

impl Word {
    /// As the bytes of its port.
    pub fn chunks(&self, out: &mut Vec<Chunk>) {
        match self {
            Word::Epoch {
                port,
                at_us,
                solution,
                crc,
                box_text,
            } => receiver::chunks(*port, *at_us, solution, *crc, box_text.as_deref(), out),
            Word::Attitude { at_us, raw } => out.push(Chunk {
                port: Port::Attitude,
                at_us: *at_us,
                bytes: attitude::frames(raw),
            }),
            Word::Signals { at_us, body } => out.push(Chunk {
                port: Port::Signals,
                at_us: *at_us,
                bytes: signal_box::frame(body),
            }),
        }
    }
}

/// How the sensors are set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// UTC of the ride's time 0, microseconds since 1970; a multiple of 5 ms.
    pub start_utc_us: i64,
    /// KSXT with a CRC32 instead of an exclusive-or.
    pub ksxt_crc: bool,
    /// The signal box's check byte.
    pub check: signal_box::Check,
    /// The signal box speaks `$ZBSJ` text among the receiver's sentences instead of frames on its own port.
    pub box_text: bool,
    /// What goes wrong between the sky and the receiver.
    pub weather: weather::Weather,
    /// What nobody measured exactly.
    pub installation: installation::Installation,
    /// A set plank bit means "on the plank".
    pub plank_active_high: bool,
    /// What the box is wired to.
    pub wired_to: Kind,
    /// A car's box is wired to poles and to the contacts of two bridges too, as one under a handlebar always is.
    pub bridges: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            start_utc_us: START_UTC_US,
            ksxt_crc: true,
            check: signal_box::Check::Xor,
            box_text: false,
            weather: weather::Weather::default(),
            installation: installation::Installation::default(),
            plank_active_high: true,
            wired_to: Kind::Motorcycle,
            bridges: false,
        }
    }
}

/// All sensors of one vehicle.
pub struct Sensors {
    receiver: receiver::Receiver,
    trailer: Option<receiver::Receiver>,
    attitude: attitude::AttitudeSensor,
    signals: signal_box::SignalBox,
    box_text: bool,
}

impl Sensors {
    /// On a course, on a vehicle, with a seed.
    pub fn new(course: &Course, spec: &Spec, seed: u64, settings: &Settings) -> Sensors {
        let mounted = settings.installation.mounted(spec, seed);
        Sensors {
            receiver: receiver::Receiver::new(course.datum.clone(), &mounted, seed, settings),
            trailer: receiver::Receiver::of_trailer(course.datum.clone(), &mounted, seed, settings),
            attitude: attitude::AttitudeSensor::new(&mounted, seed, &settings.weather),
            signals: signal_box::SignalBox::new(&mounted, seed, settings),
            box_text: settings.box_text,
        }
    }

    /// Takes the next moment; chunks arrive at or after it, in order for each port.
    pub fn push(&mut self, truth: &Truth, out: &mut Vec<Chunk>) {
        let mut words = Vec::new();
        self.say(truth, &mut words);
        words.iter().for_each(|word| word.chunks(out));
    }

    /// The same before it is bytes.
    pub fn say(&mut self, truth: &Truth, out: &mut Vec<Word>) {
        self.attitude.push(truth, out);
        if self.box_text {
            let frame = self.signals.frame(truth);
            self.receiver.push(truth, frame.map(|f| signal_box::text(&f)), out);
        } else {
            self.signals.push(truth, out);
            self.receiver.push(truth, None, out);
        }
        if let Some(trailer) = &mut self.trailer {
            trailer.push(truth, None, out);
        }
    }
}
