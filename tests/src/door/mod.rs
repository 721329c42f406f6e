//! How what the sensors say becomes samples: through bytes and the unit's core, or straight.
//!
//! The problem: most of a season's time would go into printing numbers and reading them again. The answer: two doors to
//! the same exam. The door of bytes is the real one. The door of samples rounds as the wires do, keeps the unit's clock
//! and its order, and is held against the door of bytes sample by sample; it serves where nothing is lost on the wires and
//! the receiver's time does not jump.
mod straight;

use crate::power::{Power, Turn};
use kaoguan_sim::sensors::{Chunk, Settings, Word};
use kaoguan_telemetry::units::Uptime;
use kaoguan_telemetry::{Port, Sample};
use kaoguan_unit_core::{Config, Input, Output, Unit};
use straight::Straight;

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Real bytes, the unit's core.
    Bytes,
    /// Straight.
    Samples,
}

impl Way {
    /// Whether a day may go straight.
    pub fn is_open(self, settings: &Settings) -> bool {
        let weather = &settings.weather;
        let is_plain = weather.brown_out.is_none() && weather.clock_step_s == 0.0 && !settings.box_text;
        self == Way::Bytes || is_plain
    }
}

/// A door.
pub enum Door {
    /// See [`Way::Bytes`].
    Bytes(Box<Bytes>),
    /// See [`Way::Samples`].
    Samples(Box<Straight>),
}

impl Door {
    /// A closed one, on a seed's day.
    pub fn new(way: Way, config: Config, seed: u64, settings: &Settings) -> Door {
        match way {
            Way::Bytes => Door::Bytes(Box::new(Bytes::new(config, seed, settings))),
            Way::Samples => Door::Samples(Box::new(Straight::new(config))),
        }
    }

    /// What a sensor says, whenever it may arrive.
    pub fn take(&mut self, word: Word) {
        match self {
            Door::Bytes(door) => word.chunks(&mut door.waiting),
            Door::Samples(door) => door.take(word),
        }
    }

    /// Lets in what has arrived by now; hands out what became of it, each with the unit's boot.
    pub fn deliver(&mut self, now_us: i64, out: &mut Vec<(u32, Sample)>) {
        match self {
            Door::Bytes(door) => door.deliver(now_us, out),
            Door::Samples(door) => door.deliver(now_us, out),
        }
    }
}

/// The door of bytes.
pub struct Bytes {
    unit: Unit,
    config: Config,
    power: Power,
    waiting: Vec<Chunk>,
    /// The bytes that came in, where they are kept.
    pub kept: Option<Vec<Chunk>>,
}

impl Bytes {
    fn new(config: Config, seed: u64, settings: &Settings) -> Bytes {
        Bytes {
            unit: Unit::new(config.clone()),
            power: Power::new(seed, settings.weather.brown_out),
            config,
            waiting: Vec::new(),
            kept: None,
        }
    }

    /// Bytes that are on their way.
    pub fn push(&mut self, chunk: Chunk) {
        self.waiting.push(chunk);
    }

    /// Whether some are.
    pub fn waits(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Hands the unit what has arrived by now, in the order of arrival.
    fn deliver(&mut self, now_us: i64, out: &mut Vec<(u32, Sample)>) {
        let mut due: Vec<Chunk> = self.waiting.extract_if(.., |chunk| chunk.at_us <= now_us).collect();
        due.sort_by_key(|chunk| (chunk.at_us, chunk.port));
        if let Some(kept) = &mut self.kept {
            kept.extend_from_slice(&due);
        }
        match self.power.turn(now_us) {
            Turn::On => {}
            Turn::Off => return,
            Turn::Back => self.unit = Unit::new(self.config.clone()),
        }
        let since_us = self.power.since_us;
        let uptime = |at_us: i64| Uptime((at_us - since_us).max(0));
        for chunk in due {
            let port = [Port::Receiver, Port::Attitude, Port::Signals, Port::Trailer][chunk.port as usize];
            for bytes in chunk.bytes.chunks(256) {
                self.unit.handle(Input::Serial {
                    port,
                    at: uptime(chunk.at_us),
                    bytes,
                });
                self.drain(out);
            }
        }
        self.unit.handle(Input::Tick { at: uptime(now_us) });
        self.drain(out);
    }

    fn drain(&mut self, out: &mut Vec<(u32, Sample)>) {
        while let Some(output) = self.unit.poll() {
            let Output::Sample(sample) = output else { continue };
            out.push((self.power.boot, sample));
            if let Some(gap) = self.power.stored(&sample) {
                self.unit.handle(Input::Gap(gap));
            }
        }
    }
}
