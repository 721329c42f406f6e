//! A unit on a bench: timed bytes in, outputs collected, and sentences written for an instant.
#![allow(dead_code)]

use kaoguan_telemetry::units::{EventTime, Micros, Uptime};
use kaoguan_telemetry::{Port, Reading, Sample, Signal, Stamp};
use kaoguan_unit_core::can::CanFrame;
use kaoguan_unit_core::signals::Question;
use kaoguan_unit_core::{
    AttitudeConfig, AttitudeDialect, BYTES_PER_INPUT_MAX, Check, Config, Dialect, Hold, Input, Output, PlankWiring,
    ReceiverConfig, Say, SignalConfig, Unit, Wire,
};

/// 2026-11-23T02:30:40Z, from `date -u -d`.
pub const START: i64 = 1_795_401_040_000_000;
pub const LATENCY: i64 = 60_000;

pub fn config(check: Check) -> Config {
    let wire = |signal, byte, bit, active_high| Wire {
        signal,
        byte,
        bit,
        active_high,
        hold: Hold::default(),
    };
    let wiring = [
        wire(Signal::Helmet, 31, 2, true),
        wire(Signal::PegLeft, 31, 5, true),
        wire(Signal::BrakeFoot, 0, 0, false),
        wire(Signal::EngineRunning, 1, 6, true),
        // No such byte in a frame of 60: not known.
        wire(Signal::Horn, 62, 0, true),
    ];
    Config {
        receiver: ReceiverConfig {
            heading_skew: Micros(0),
            latency: Micros(LATENCY),
            silence: Micros(500_000),
        },
        trailer: None,
        site_clock: None,
        attitude: AttitudeConfig {
            dialect: AttitudeDialect::WitMotion,
            latency: Micros(5_000),
            silence: Micros(500_000),
            with_angle: true,
        },
        signals: SignalConfig {
            dialect: Dialect::Stc15,
            check,
            length: 60,
            spacing_min: Micros(50_000),
            spacing_max: Micros(150_000),
            wiring: wiring.into_iter().collect(),
            gear: true,
            pole_hits: true,
            poles: Default::default(),
            odometer: false,
            plank: Some(PlankWiring {
                byte: 34,
                front_bit: 7,
                rear_bit: 6,
                front_right_bit: None,
                rear_right_bit: None,
                active_high: false,
            }),
            latency: Micros(20_000),
            silence: Micros(500_000),
        },
    }
}

pub struct Rig {
    pub unit: Unit,
    pub samples: Vec<Sample>,
    pub says: Vec<Say>,
    pub writes: Vec<[u8; 8]>,
    pub asked: Vec<CanFrame>,
}

impl Rig {
    pub fn new() -> Rig {
        Rig::with(config(Check::None))
    }

    pub fn with(config: Config) -> Rig {
        Rig {
            unit: Unit::new(config),
            samples: Vec::new(),
            says: Vec::new(),
            writes: Vec::new(),
            asked: Vec::new(),
        }
    }

    pub fn serial(&mut self, port: Port, at: i64, bytes: &[u8]) {
        for bytes in bytes.chunks(BYTES_PER_INPUT_MAX) {
            self.input(Input::Serial {
                port,
                at: Uptime(at),
                bytes,
            });
        }
    }

    pub fn tick(&mut self, at: i64) {
        self.input(Input::Tick { at: Uptime(at) });
    }

    pub fn input(&mut self, input: Input<'_>) {
        self.unit.handle(input);
        while let Some(output) = self.unit.poll() {
            match output {
                Output::Sample(sample) => self.samples.push(sample),
                Output::Say(say) => self.says.push(say),
                Output::Ask { question, .. } => match question {
                    Question::Bytes(bytes) => self.writes.push(bytes),
                    Question::Frame(frame) => self.asked.push(frame),
                },
            }
        }
    }

    /// Bursts `from..to` at 10 Hz, each arriving whole at its instant plus the latency; then 41 ms of quiet.
    pub fn bursts(&mut self, from: i64, to: i64, burst: impl Fn(i64) -> String) {
        for i in from..to {
            self.serial(Port::Receiver, i * 100_000 + LATENCY, burst(i).as_bytes());
        }
        self.tick((to - 1) * 100_000 + LATENCY + 41_000);
    }

    /// What the receiver's port said, without silences.
    pub fn receiver(&self) -> Vec<(Stamp, Reading)> {
        self.of(Port::Receiver)
    }

    pub fn of(&self, port: Port) -> Vec<(Stamp, Reading)> {
        let spoken = self.samples.iter().filter(|s| s.port == port);
        spoken
            .filter(|s| !matches!(s.reading, Reading::Silent(_) | Reading::Beat))
            .map(|s| (s.at, s.reading))
            .collect()
    }

    pub fn last(&self, port: Port) -> (Stamp, Reading) {
        *self.of(port).last().expect("a sample")
    }
}

pub fn utc(us_after_start: i64) -> Stamp {
    Stamp::Utc(EventTime(START + us_after_start))
}

pub fn line(body: &str) -> String {
    format!("${body}*{:02X}\r\n", body.bytes().fold(0, |sum, b| sum ^ b))
}

/// `hhmmss.ss` of START + `i` tenths of a second; START is 02:30:40.
pub fn clock(i: i64) -> String {
    let tenths = (2 * 3_600 + 30 * 60 + 40) * 10 + i;
    let seconds = tenths.div_euclid(10).rem_euclid(86_400);
    format!(
        "{:02}{:02}{:02}.{}0",
        seconds / 3_600,
        seconds / 60 % 60,
        seconds % 60,
        tenths.rem_euclid(10)
    )
}

pub fn gga(i: i64) -> String {
    line(&format!(
        "GNGGA,{},3244.1234567,N,11703.7654321,E,4,24,0.6,38.512,M,-2.310,M,1.0,0001",
        clock(i)
    ))
}

pub fn rmc(i: i64) -> String {
    line(&format!(
        "GNRMC,{},A,3244.1234567,N,11703.7654321,E,2.134,087.45,231126,,,R,V",
        clock(i)
    ))
}

pub fn gst(i: i64) -> String {
    line(&format!("GNGST,{},0.9,0.012,0.010,45.0,0.011,0.012,0.021", clock(i)))
}

pub fn hdt(i: i64) -> String {
    line(&format!("GNHDT,{}.50,T", i % 360))
}

pub fn ksxt(i: i64) -> String {
    line(&format!(
        "KSXT,20261123{},117.06275720,32.73539095,38.5120,87.45,-1.23,86.90,3.952,,3,3,22,24,,,,3.946,0.214,0.011,,",
        clock(i)
    ))
}

pub fn burst(i: i64) -> String {
    [gga(i), rmc(i), gst(i), hdt(i)].concat()
}
