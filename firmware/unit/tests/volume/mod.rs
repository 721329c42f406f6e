//! How many bytes an hour of a vehicle's life is: synthetic bytes of its sensors through the real core, batcher and spool.
#![allow(dead_code)]

use kaoguan_telemetry::Port;
use kaoguan_telemetry::units::Uptime;
use kaoguan_unit::Config;
use kaoguan_unit::batcher::Batcher;
use kaoguan_unit::spool::Store;
use kaoguan_unit_core::{Input, Output, Unit};
use std::path::Path;

/// What is on the lines.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// Fixes a second: GGA, RMC, GST and KSXT each time.
    pub fixes: i64,
    /// Frame triples of the attitude sensor a second.
    pub attitude: i64,
    /// A trailer's receiver speaks as well.
    pub trailer: bool,
}

/// What it came to.
#[derive(Debug, Clone, Copy)]
pub struct Volume {
    pub seconds: i64,
    pub bytes: u64,
    pub samples: u64,
    pub fixes: u64,
    pub batches: u64,
}

impl Volume {
    pub fn bytes_a_second(&self) -> f64 {
        self.bytes as f64 / self.seconds as f64
    }

    pub fn gib_in_72_hours(&self) -> f64 {
        self.bytes_a_second() * 259_200.0 / f64::from(1 << 30)
    }
}

/// Reads of a serial line at 115,200 baud, every 4 ms.
const READ_BYTES: usize = 45;
/// From the time of validity to the first byte, microseconds.
const LATENCY_US: i64 = 60_000;

/// Fills the spool in `folder` with so many seconds of life.
pub fn fill(folder: &Path, rates: Rates, seconds: i64) -> Volume {
    let mut text = include_str!("../../unit.example.toml").to_owned();
    if rates.trailer {
        text += "[trailer]\npath = \"/dev/ttyUSB3\"\nbaud = \"115200 baud\"\nlatency = \"60 ms\"\n";
    }
    let config = Config::parse(&text, "volume").unwrap_or_else(|e| panic!("{e}"));
    let mut life = Life {
        core: Unit::new(config.core),
        batcher: Batcher::default(),
        store: Store::open(folder, config.id, config.spool_max).expect("opens"),
        samples: 0,
        fixes: 0,
    };
    for ms in 0..seconds * 1_000 {
        life.millisecond(ms, rates);
    }
    let parcel = life.batcher.take();
    life.store(parcel);
    life.store.sync();
    let last = life.store.shared().last().expect("something is stored");
    Volume {
        seconds,
        bytes: life.store.bytes(),
        samples: life.samples,
        fixes: life.fixes,
        batches: last.no + 1,
    }
}

struct Life {
    core: Unit,
    batcher: Batcher,
    store: Store,
    samples: u64,
    fixes: u64,
}

impl Life {
    fn millisecond(&mut self, ms: i64, rates: Rates) {
        let now = ms * 1_000;
        if ms % (1_000 / rates.attitude) == 0 {
            self.hear(Port::Attitude, now, &attitude(ms));
        }
        if ms % 100 == 0 {
            self.hear(Port::Signals, now, &signals(ms));
        }
        // Each read of a burst comes 4 ms after the one before it.
        let period = 1_000 / rates.fixes;
        let since = (ms - LATENCY_US / 1_000).rem_euclid(period);
        if ms >= LATENCY_US / 1_000 && since % 4 == 0 {
            let burst = burst(ms - LATENCY_US / 1_000 - since);
            if let Some(read) = burst.as_bytes().chunks(READ_BYTES).nth(since as usize / 4) {
                self.hear(Port::Receiver, now, read);
                if rates.trailer {
                    self.hear(Port::Trailer, now, read);
                }
            }
        }
        if ms % 20 == 0 {
            self.core.handle(Input::Tick { at: Uptime(now) });
            self.drain();
            let parcel = self.batcher.tick(Uptime(now));
            self.store(parcel);
        }
        // What is synced when decides nothing about the bytes.
        if ms % 10_000 == 0 {
            self.store.sync();
        }
    }

    fn hear(&mut self, port: Port, now: i64, bytes: &[u8]) {
        let at = Uptime(now);
        let parcel = self.batcher.raw(port, at, bytes);
        self.store(parcel);
        self.core.handle(Input::Serial { port, at, bytes });
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.core.poll() {
            if let Output::Sample(sample) = output {
                self.samples += 1;
                self.fixes += u64::from(matches!(sample.reading, kaoguan_telemetry::Reading::Gnss(_)));
                let parcel = self.batcher.sample(sample);
                self.store(parcel);
            }
        }
    }

    fn store(&mut self, parcel: Option<kaoguan_unit::batcher::Parcel>) {
        if let Some(parcel) = parcel {
            self.store.append(parcel);
        }
    }
}

fn sentence(body: &str) -> String {
    let sum = body.bytes().fold(0, |sum, byte| sum ^ byte);
    format!("${body}*{sum:02X}\r\n")
}

/// A vehicle that rides eastward, as a receiver with two antennas tells of it with all its digits.
fn burst(ms: i64) -> String {
    let (s, cs) = (ms / 1_000, ms % 1_000 / 10);
    let time = format!("{:02}{:02}{:02}.{cs:02}", 8 + s / 3_600, s / 60 % 60, s % 60);
    // Hundred-millionths of a degree behind the whole degree; six of them are a ten-millionth of a minute.
    let (north, east) = (64_700_000 + ms * 7 % 1_000, 63_000_000 + ms * 30 % 1_000_000);
    let minutes = |fraction: i64| format!("{:02}.{:07}", fraction * 6 / 10_000_000, fraction * 6 % 10_000_000);
    let place = format!("26{},N,106{},E", minutes(north), minutes(east));
    let height = 10_850_000 + ms % 1_000;
    let metres = |tenths: i64| format!("{}.{:04}", tenths / 10_000, tenths % 10_000);
    let gga = format!("GNGGA,{time},{place},4,28,0.6,{},M,-30.1234,M,1.0,0001", metres(height));
    let rmc = format!("GNRMC,{time},A,{place},5.832,87.00,201126,,,A");
    let gst = format!("GNGST,{time},0.9,0.0110,0.0080,0.0,0.0093,0.0101,0.0207");
    let ksxt = format!(
        "KSXT,20261120{time},106.{east:08},26.{north:08},{},87.45,-1.23,87.00,3.000,,3,3,28,27,,,,2.996,0.157,0.012,1.0,56,",
        metres(height - 301_234)
    );
    [gga, rmc, gst, ksxt].iter().map(|body| sentence(body)).collect()
}

/// WitMotion's acceleration, rate and angle (facts, sensors 9.1), of a vehicle that trembles.
fn attitude(ms: i64) -> Vec<u8> {
    let tremble = |n: i64| ((ms * n) % 97 - 48) as i16;
    let frames = [
        (0x51, [tremble(3), tremble(5), 2_048 + tremble(7), 2_500]),
        (0x52, [tremble(11), tremble(13), tremble(17), 2_500]),
        (0x53, [tremble(19), tremble(23), (ms % 30_000) as i16, 2_500]),
    ];
    let mut bytes = Vec::new();
    for (kind, data) in frames {
        let from = bytes.len();
        bytes.extend([0x55, kind]);
        data.iter().for_each(|word: &i16| bytes.extend(word.to_le_bytes()));
        bytes.push(bytes[from..].iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte)));
    }
    bytes
}

/// The signal box's binary frame (facts, sensors 11.3), a wheel that turns.
fn signals(ms: i64) -> Vec<u8> {
    let mut body = [0u8; 60];
    body[31] = 0b0111_1100;
    body[14..16].copy_from_slice(&((ms / 50) as u16).to_be_bytes());
    body[58] = (ms / 100) as u8;
    body[59] = body[..59].iter().fold(0, |sum, byte| sum ^ byte);
    let mut bytes = vec![0x55, 0xAA, 0xFE, 0x7C];
    bytes.extend(body);
    bytes
}
