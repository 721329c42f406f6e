//! A box that speaks lines of text from `IND:` to `VA:`, under a CRC-16 of its raw bytes.
//!
//! The problem: one capture's CRC holds with lines that end in CR, another's with LF and the LF before `IND:` counted in; so
//! the sum covers line ends as they were sent, and what stands before the frame may belong to it. The answer: bytes are kept as
//! they came, the sum is tried without and with an LF before `IND:`, and nothing is read before one of them holds. `IND:` always
//! begins anew, so that a damaged frame never takes the next one with it. Source: sensors.md section 11.2.
//!
//! Inputs, as wiring numbers them: of byte 0 a bit is the flag of `ST` with that number, of byte 1 the sensor of `PL` (absent
//! where it says -1).
//!
//! `SPEED` gives a wheel's pulses of this frame, so those of a lost frame are lost. They are summed here, and a hole in the
//! frames' numbers adds one pulse: what was not heard may have rolled, and a wheel must not be said to have stood.
//!
//! Deliberately not here: `SD`, `AM` and `EX`; the gear out of the hall readings of `AD` (a table of each model); and the
//! UDP datagrams and tunnels (`HGCCOM`, `HGCCAN`) that the same board sends its frames through.
use super::panel::{Frame, Panel};
use crate::config::SignalConfig;
use crate::counters::PortCounters;
use crate::crc16::crc16;
use heapless::Vec;
use kaoguan_telemetry::Wheel;
use kaoguan_telemetry::units::Uptime;

/// The longest frame, bytes: 480 with every number at its longest in the field, and a third more.
pub const FRAME_BYTES_MAX: usize = 640;
/// The wiring's byte for a flag of `ST`.
pub const FLAG: u8 = 0;
/// The wiring's byte for a sensor of `PL`.
pub const SENSOR: u8 = 1;
/// Flags of `ST`: 31 in the field, 24 with the oldest boxes.
const FLAGS: core::ops::RangeInclusive<usize> = 24..=32;
/// Sensors of `PL`.
pub const SENSORS: usize = 8;
const BEGIN: &[u8] = b"IND:";
const PROOF: &[u8] = b"VA:";
/// `VA:`, four digits, a comma.
const PROOF_BYTES: usize = 8;

/// Cuts and reads the frames of one box.
#[derive(Debug, Clone)]
pub struct Ind {
    panel: Panel,
    odometer: bool,
    text: Vec<u8, FRAME_BYTES_MAX>,
    open: bool,
    /// How much of `IND:` the last bytes are, when its first one came, and whether an LF stood before it.
    begun: usize,
    begun_at: Uptime,
    begun_after_lf: bool,
    last: u8,
    first: Uptime,
    after_lf: bool,
    number: Option<u32>,
    pulses: u16,
}

/// What a proven frame says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Said {
    number: Option<u32>,
    flags: Vec<bool, 32>,
    sensors: [Option<bool>; SENSORS],
    wheel: Option<u16>,
}

impl Ind {
    /// A box as the configuration declares it.
    pub fn new(config: &SignalConfig) -> Ind {
        Ind {
            panel: Panel::new(config),
            odometer: config.odometer,
            text: Vec::new(),
            open: false,
            begun: 0,
            begun_at: Uptime(0),
            begun_after_lf: false,
            last: 0,
            first: Uptime(0),
            after_lf: false,
            number: None,
            pulses: 0,
        }
    }

    /// Takes the next byte, which came in at `at`.
    pub fn push(&mut self, byte: u8, at: Uptime, counters: &mut PortCounters) -> Option<Frame> {
        if !matches!(byte, 0x20..=0x7e | b'\r' | b'\n') {
            let was_open = core::mem::take(&mut self.open);
            counters.broken += u64::from(was_open);
            counters.ignored += u64::from(!was_open);
            (self.begun, self.last) = (0, byte);
            return None;
        }
        self.append(byte, counters);
        if self.begins(byte, at) {
            counters.broken += u64::from(self.open);
            self.start();
        }
        self.last = byte;
        if byte == b',' && self.is_whole() {
            self.open = false;
            return self.frame(counters);
        }
        None
    }

    /// Forgets what is half there.
    pub fn reset(&mut self) {
        (self.open, self.begun, self.last) = (false, 0, 0);
    }

    fn append(&mut self, byte: u8, counters: &mut PortCounters) {
        if self.open && self.text.push(byte).is_err() {
            self.open = false;
            counters.overlong += 1;
        }
    }

    /// True where this byte ends an `IND:`.
    fn begins(&mut self, byte: u8, at: Uptime) -> bool {
        if BEGIN.get(self.begun) != Some(&byte) {
            self.begun = 0;
        }
        if BEGIN.get(self.begun) == Some(&byte) {
            if self.begun == 0 {
                (self.begun_at, self.begun_after_lf) = (at, self.last == b'\n');
            }
            self.begun += 1;
        }
        let is_there = self.begun == BEGIN.len();
        if is_there {
            self.begun = 0;
        }
        is_there
    }

    fn start(&mut self) {
        self.text.clear();
        // Four bytes always fit an empty frame.
        let _ = self.text.extend_from_slice(BEGIN);
        (self.open, self.first, self.after_lf) = (true, self.begun_at, self.begun_after_lf);
    }

    fn is_whole(&self) -> bool {
        let start = self.text.len().saturating_sub(PROOF_BYTES);
        self.open && self.text.get(start..).is_some_and(|end| end.starts_with(PROOF))
    }

    fn frame(&mut self, counters: &mut PortCounters) -> Option<Frame> {
        let body = self.text.get(..self.text.len().saturating_sub(PROOF_BYTES))?;
        let digits = self.text.get(body.len() + PROOF.len()..self.text.len() - 1)?;
        let is_claimed = |before: &'static [u8]| hex(digits) == Some(crc16(before.iter().chain(body).copied()));
        let is_proven = is_claimed(b"") || (self.after_lf && is_claimed(b"\n"));
        if !is_proven {
            counters.bad_checksum += 1;
            return None;
        }
        let Some(said) = read(body) else {
            counters.malformed += 1;
            return None;
        };
        if said.number.is_some() && said.number == self.number {
            counters.duplicates += 1;
            return None;
        }
        counters.sentences += 1;
        Some(self.accept(&said))
    }

    fn accept(&mut self, said: &Said) -> Frame {
        let before = core::mem::replace(&mut self.number, said.number);
        let follows = before.is_none_or(|before| said.number == Some(before.wrapping_add(1)));
        let heard = said.wheel.unwrap_or(0);
        self.pulses = self.pulses.wrapping_add(heard).wrapping_add(u16::from(!follows));
        let mut frame = self.panel.read(self.first, true, |byte, bit| said.input(byte, bit));
        frame.wheel = said.wheel.filter(|_| self.odometer).map(|_| Wheel {
            pulses: self.pulses,
            proven: true,
        });
        frame
    }
}

impl Said {
    fn input(&self, byte: u8, bit: u8) -> Option<bool> {
        let number = usize::from(bit);
        match byte {
            FLAG => self.flags.get(number).copied(),
            SENSOR => self.sensors.get(number).copied().flatten(),
            _ => None,
        }
    }
}

/// Lines of a name, a colon and fields that each end with a comma. Lines that we don't know are left alone.
fn read(body: &[u8]) -> Option<Said> {
    let mut said = Said::default();
    let mut has_flags = false;
    for line in body.split(|b| matches!(b, b'\r' | b'\n')) {
        let Some(colon) = line.iter().position(|b| *b == b':') else {
            continue;
        };
        let (name, rest) = (line.get(..colon)?, line.get(colon + 1..)?);
        let mut fields = rest.strip_suffix(b",").unwrap_or(rest).split(|b| *b == b',');
        match name {
            b"IND" => said.number = Some(number(fields.next()?)?),
            b"ST" if !has_flags => {
                has_flags = true;
                for field in fields {
                    said.flags.push(flag(field)?).ok()?;
                }
            }
            b"ST" => return None,
            b"SPEED" => said.wheel = Some(u16::try_from(number(fields.next()?)?).ok()?),
            b"PL" => {
                for (sensor, field) in said.sensors.iter_mut().zip(fields) {
                    *sensor = flag(field);
                }
            }
            _ => {}
        }
    }
    FLAGS.contains(&said.flags.len()).then_some(said)
}

fn flag(field: &[u8]) -> Option<bool> {
    match field {
        b"0" => Some(false),
        b"1" => Some(true),
        _ => None,
    }
}

fn number(field: &[u8]) -> Option<u32> {
    let is_number = (1..=9).contains(&field.len()) && field.iter().all(u8::is_ascii_digit);
    core::str::from_utf8(field).ok().filter(|_| is_number)?.parse().ok()
}

fn hex(digits: &[u8]) -> Option<u16> {
    digits.iter().try_fold(0, |value: u16, b| {
        Some(value << 4 | u16::try_from(char::from(*b).to_digit(16)?).ok()?)
    })
}
