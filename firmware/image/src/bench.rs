//! One bench for two machines: a tape of timed inputs goes through the core, the samples come out as they go over the wire.
//!
//! The problem: that the core *builds* for a microcontroller says nothing of what it does there: pointers have half the size,
//! integers of 64 bits are made of two, and the compiler is another one. The answer: this very file is compiled into the image
//! and into the host's `tape` (an example of `firmware/core`), both play the same tape, and their outputs are compared byte for byte.
//!
//! ```text
//! tape   = bench: u8, { record }, 255
//! record = what: u8, at: i64, length: u16, bytes     little-endian; at: uptime, microseconds
//! what   = 0 receiver | 1 attitude | 2 signals | 4 trailer: bytes on that port
//!        | 16 time passes | 17 the receiver's pulse | 18 a frame of corrections | 32 + port: its device is gone
//! output = { length: u16, sample: CBOR }, 0: u16     little-endian
//! ```
//!
//! Deliberately not here: where the bytes come from and go to, and a heap.
use kaoguan_telemetry::units::{Micros, Uptime};
use kaoguan_telemetry::{Port, Sample, Signal};
use kaoguan_unit_core::rtcm::Frame;
use kaoguan_unit_core::{
    AttitudeConfig, AttitudeDialect, BYTES_PER_INPUT_MAX, Check, Config, Dialect, Hold, Input, Output, PlankWiring,
    PoleWire, ReceiverConfig, SignalConfig, Unit, Wire,
};
use minicbor::encode::write::Cursor;

/// The tape's last record.
pub const END: u8 = 255;
/// Time passes.
pub const TICK: u8 = 16;
/// The receiver's pulse.
pub const PULSE: u8 = 17;
/// A frame of corrections went to the receiver.
pub const CORRECTION: u8 = 18;
/// This and the port's number: its device is gone.
pub const UNPLUGGED: u8 = 32;
/// No sample encodes longer (the unit's batcher counts on the same).
const SAMPLE_BYTES_MAX: usize = 160;

/// The machine's end of both lines.
pub trait Lines {
    /// Fills all of it from the tape. `false`: the tape is at an end.
    fn read(&mut self, bytes: &mut [u8]) -> bool;
    /// Writes all of it.
    fn write(&mut self, bytes: &[u8]);
}

/// Why a tape was not played to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Torn {
    /// It ends before its last record.
    Short,
    /// No such bench, record, or length.
    Unknown(u8),
    /// A sample that is longer than every sample.
    Sample,
}

/// What the tape's first byte asks for.
///
/// # Errors
/// Where it is missing or names no bench.
pub fn bench(lines: &mut impl Lines) -> Result<Config, Torn> {
    let [number] = array(lines)?;
    config(number).ok_or(Torn::Unknown(number))
}

/// Plays the rest of the tape.
///
/// # Errors
/// Where the tape is torn; what came before has been played.
pub fn play(unit: &mut Unit, lines: &mut impl Lines) -> Result<(), Torn> {
    loop {
        let [what] = array(lines)?;
        if what == END {
            lines.write(&0u16.to_le_bytes());
            return Ok(());
        }
        let at = Uptime(i64::from_le_bytes(array(lines)?));
        let length = usize::from(u16::from_le_bytes(array(lines)?));
        let mut bytes = [0; BYTES_PER_INPUT_MAX];
        let bytes = bytes.get_mut(..length).ok_or(Torn::Unknown(what))?;
        if !lines.read(bytes) {
            return Err(Torn::Short);
        }
        unit.handle(input(what, at, bytes).ok_or(Torn::Unknown(what))?);
        drain(unit, lines)?;
    }
}

fn array<const N: usize>(lines: &mut impl Lines) -> Result<[u8; N], Torn> {
    let mut bytes = [0; N];
    lines.read(&mut bytes).then_some(bytes).ok_or(Torn::Short)
}

fn input(what: u8, at: Uptime, bytes: &[u8]) -> Option<Input<'_>> {
    let port = |number: u8| Port::ALL.get(usize::from(number)).copied();
    match what {
        TICK => Some(Input::Tick { at }),
        PULSE => Some(Input::Pulse { at }),
        CORRECTION => Some(Input::Correction {
            at,
            frame: Frame::proven(bytes)?,
        }),
        UNPLUGGED.. => Some(Input::Unplugged {
            port: port(what - UNPLUGGED)?,
            at,
        }),
        _ => Some(Input::Serial {
            port: port(what)?,
            at,
            bytes,
        }),
    }
}

fn drain(unit: &mut Unit, lines: &mut impl Lines) -> Result<(), Torn> {
    while let Some(output) = unit.poll() {
        if let Output::Sample(sample) = output {
            write(&sample, lines)?;
        }
    }
    Ok(())
}

fn write(sample: &Sample, lines: &mut impl Lines) -> Result<(), Torn> {
    let mut cursor = Cursor::new([0; SAMPLE_BYTES_MAX]);
    minicbor::encode(sample, &mut cursor).map_err(|_| Torn::Sample)?;
    let length = cursor.position();
    let bytes = cursor.into_inner();
    lines.write(&(length as u16).to_le_bytes());
    lines.write(bytes.get(..length).unwrap_or(&[]));
    Ok(())
}

/// 0: the binary box, WitMotion, a receiver on the trailer. 1: the box of text, HiPNUC.
fn config(number: u8) -> Option<Config> {
    let receiver = ReceiverConfig {
        latency: Micros(60_000),
        silence: Micros(500_000),
        heading_skew: Micros(0),
    };
    Some(Config {
        receiver,
        trailer: (number == 0).then_some(receiver),
        attitude: AttitudeConfig {
            dialect: match number {
                0 => AttitudeDialect::WitMotion,
                _ => AttitudeDialect::HiPnuc,
            },
            latency: Micros(5_000),
            silence: Micros(500_000),
            with_angle: true,
        },
        signals: match number {
            0 => stc15(),
            1 => ind(),
            _ => return None,
        },
        site_clock: None,
    })
}

fn stc15() -> SignalConfig {
    let wiring = [
        (Signal::Helmet, 31, 2, true),
        (Signal::PegLeft, 31, 5, true),
        (Signal::BrakeFoot, 0, 0, false),
        (Signal::EngineRunning, 1, 6, true),
        (Signal::LampLeft, 0, 5, true),
    ];
    SignalConfig {
        dialect: Dialect::Stc15,
        check: Check::Xor,
        length: 60,
        spacing_min: Micros(50_000),
        spacing_max: Micros(150_000),
        wiring: wiring.into_iter().map(wire).collect(),
        gear: true,
        pole_hits: true,
        poles: Default::default(),
        odometer: true,
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
    }
}

fn ind() -> SignalConfig {
    use kaoguan_unit_core::signals::ind::{FLAG, SENSOR};
    let wiring = [
        (Signal::LampLeft, FLAG, 0, true),
        (Signal::Belt, FLAG, 9, true),
        (Signal::Horn, FLAG, 10, true),
    ];
    let pole = PoleWire {
        item: 1,
        pole: 1,
        byte: SENSOR,
        bit: 0,
        active_high: true,
    };
    SignalConfig {
        dialect: Dialect::Ind,
        wiring: wiring.into_iter().map(wire).collect(),
        poles: [pole].into_iter().collect(),
        plank: None,
        ..stc15()
    }
}

/// Held for 40 ms, let go after 800 ms, so that what is steady is reckoned too.
fn wire((signal, byte, bit, active_high): (Signal, u8, u8, bool)) -> Wire {
    Wire {
        signal,
        byte,
        bit,
        active_high,
        hold: Hold {
            on: Micros(40_000),
            off: Micros(800_000),
        },
    }
}
