//! What a vehicle's switches, lamps and contacts are heard from: one dialect of several, chosen in the configuration.
//!
//! The problem: every county has another box, and the exam knows one set of signals. The answer: each dialect is a file that
//! cuts and proves its own frames; what they say goes through one [`panel`], which knows the wiring, and comes out as the same
//! [`Frame`]. Deliberately not here: guessing the dialect from the bytes.
pub mod bus;
mod bus_speed;
pub mod hs_motion;
pub mod ind;
pub mod modbus;
pub mod panel;
mod steady;

pub use panel::Frame;

use crate::can::CanFrame;
use crate::config::{Dialect, SignalConfig};
use crate::counters::PortCounters;
use crate::line::{Cut, LineFramer};
use crate::sentence::{self, Line, Reject};
use crate::signal_box::SignalBox;
use bus::Bus;
use hs_motion::HsMotion;
use ind::Ind;
use kaoguan_telemetry::units::Uptime;
use modbus::{Modbus, REQUEST_BYTES};

/// What is asked of a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Bytes for its line.
    Bytes([u8; REQUEST_BYTES]),
    /// A frame for its bus.
    Frame(CanFrame),
}

/// One box, by its dialect.
// There is no heap to box the largest in, and one is made at the start.
#[allow(clippy::large_enum_variant)]
#[derive(Debug, Clone)]
pub enum Source {
    /// The binary frame, with its form as text beside it.
    Stc15(SignalBox, LineFramer),
    /// Text with a CRC-16.
    Ind(Ind),
    /// Modules that are asked.
    Modbus(Modbus),
    /// A collector of poles' sensors.
    HsMotion(HsMotion),
    /// The vehicle's own bus.
    Can(Bus),
}

impl Source {
    /// A box as the configuration declares it.
    pub fn new(config: &SignalConfig) -> Source {
        match &config.dialect {
            Dialect::Stc15 => Source::Stc15(SignalBox::new(config.clone()), LineFramer::default()),
            Dialect::Ind => Source::Ind(Ind::new(config)),
            Dialect::Modbus(modbus) => Source::Modbus(Modbus::new(config, modbus)),
            Dialect::Can(can) => Source::Can(Bus::new(config, can)),
            Dialect::HsMotion => Source::HsMotion(HsMotion::new(config)),
        }
    }

    /// Takes the next byte of the box's own port. One byte may end a binary frame and a line.
    pub fn push(&mut self, byte: u8, at: Uptime, counters: &mut PortCounters) -> [Option<Frame>; 2] {
        match self {
            Source::Stc15(frames, lines) => {
                let frame = frames.push(byte, at, counters);
                let line = match lines.push(byte, at) {
                    // The binary framer counts bytes outside frames; a `$` or line end among its bytes is no news.
                    Cut::Taken | Cut::Ignored | Cut::Broken => None,
                    Cut::Overlong => {
                        counters.overlong += 1;
                        None
                    }
                    Cut::Line => line(frames, lines, counters),
                };
                [frame, line]
            }
            Source::Ind(frames) => [frames.push(byte, at, counters), None],
            Source::Modbus(answers) => [answers.push(byte, at, counters), None],
            Source::Can(lines) => [lines.push(byte, at, counters), None],
            Source::HsMotion(lines) => [lines.push(byte, at, counters), None],
        }
    }

    /// Takes the hexadecimal digits of a proven `$ZBSJ` line, which stood among the receiver's sentences.
    pub fn text(&mut self, digits: &[u8], first: Uptime, counters: &mut PortCounters) -> Option<Frame> {
        if let Source::Stc15(frames, _) = self {
            return frames.text(digits, first, counters);
        }
        counters.unknown += 1;
        None
    }

    /// What must be asked on the box's port by `now`; no sample depends on it.
    pub fn request(&mut self, now: Uptime, counters: &mut PortCounters) -> Option<Question> {
        match self {
            Source::Modbus(modules) => modules.request(now).map(Question::Bytes),
            Source::Can(bus) => bus.request(now, &mut counters.bus).map(Question::Frame),
            _ => None,
        }
    }

    /// Forgets what is half there.
    pub fn reset(&mut self) {
        match self {
            Source::Stc15(frames, lines) => {
                frames.reset();
                *lines = LineFramer::default();
            }
            Source::Ind(frames) => frames.reset(),
            Source::Modbus(answers) => answers.reset(),
            Source::HsMotion(lines) => lines.reset(),
            Source::Can(lines) => lines.reset(),
        }
    }
}

fn line(frames: &mut SignalBox, lines: &LineFramer, counters: &mut PortCounters) -> Option<Frame> {
    match sentence::read(lines.text()) {
        Ok(Line::Box(digits)) => return frames.text(digits, lines.first(), counters),
        Ok(_) | Err(Reject::Unknown) => counters.unknown += 1,
        Err(Reject::Malformed) => counters.malformed += 1,
        Err(Reject::BadChecksum) => counters.bad_checksum += 1,
    }
    None
}
