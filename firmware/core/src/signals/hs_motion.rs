//! Poles with a shock sensor each, whose collector speaks lines: `$HS-MOTION,15,0000000000.0000100000*03`.
//!
//! A digit is a pole, 1 while it shakes; a point between digits means nothing. The first number's meaning is not known and is
//! not asked. The XOR of the one line that is published holds. Source: sensors.md section 12.
//!
//! Inputs, as wiring numbers them: of byte 0 a bit is the digit with that number, from 0. A line without the wired poles' digits
//! leaves them unknown. Each line is a frame without a switch, so that it is seen that the collector lives.
//!
//! Deliberately not here: the 2.4 GHz poles' `53 len type no pole`, which has no check of any kind: noise would hit poles.
use super::panel::{Frame, Panel};
use crate::config::SignalConfig;
use crate::counters::PortCounters;
use crate::line::{Cut, LineFramer};
use crate::sentence::xor;
use kaoguan_telemetry::units::Uptime;

/// Digits of a line, at most.
pub const POLES: u8 = 32;
const ADDRESS: &[u8] = b"HS-MOTION";

/// Reads the lines of one collector.
#[derive(Debug, Clone)]
pub struct HsMotion {
    panel: Panel,
    lines: LineFramer,
}

impl HsMotion {
    /// As the configuration declares it.
    pub fn new(config: &SignalConfig) -> HsMotion {
        HsMotion {
            panel: Panel::new(config),
            lines: LineFramer::default(),
        }
    }

    /// Takes the next byte, which came in at `at`.
    pub fn push(&mut self, byte: u8, at: Uptime, counters: &mut PortCounters) -> Option<Frame> {
        match self.lines.push(byte, at) {
            Cut::Taken => return None,
            Cut::Ignored => counters.ignored += 1,
            Cut::Broken => counters.broken += 1,
            Cut::Overlong => counters.overlong += 1,
            Cut::Line => return self.line(counters),
        }
        None
    }

    /// Forgets what is half there.
    pub fn reset(&mut self) {
        self.lines = LineFramer::default();
    }

    fn line(&mut self, counters: &mut PortCounters) -> Option<Frame> {
        let Some(body) = proven(self.lines.text()) else {
            counters.bad_checksum += 1;
            return None;
        };
        let mut fields = body.split(|b| *b == b',');
        if fields.next() != Some(ADDRESS) {
            counters.unknown += 1;
            return None;
        }
        let (Some(_), Some(digits), None) = (fields.next(), fields.next().and_then(digits), fields.next()) else {
            counters.malformed += 1;
            return None;
        };
        counters.sentences += 1;
        let (count, hit) = digits;
        Some(self.panel.read(self.lines.first(), true, |byte, bit| {
            (byte == 0 && bit < count).then_some(hit >> bit & 1 == 1)
        }))
    }
}

/// A line's body, where the two digits behind its `*` are its XOR.
fn proven(line: &[u8]) -> Option<&[u8]> {
    let (rest, sum) = line.strip_prefix(b"$")?.split_last_chunk::<3>()?;
    let sum = core::str::from_utf8(sum).ok()?.strip_prefix('*')?;
    let is_hex = sum.bytes().all(|b| b.is_ascii_hexdigit());
    (is_hex && u8::from_str_radix(sum, 16).ok()? == xor(rest)).then_some(rest)
}

/// How many poles there are, and a bit each, the first one in the lowest.
fn digits(field: &[u8]) -> Option<(u8, u32)> {
    let (mut count, mut hit) = (0, 0);
    for digit in field.iter().filter(|b| **b != b'.') {
        let is_hit = match digit {
            b'0' => 0,
            b'1' => 1u32,
            _ => return None,
        };
        if count == POLES {
            return None;
        }
        hit |= is_hit << count;
        count += 1;
    }
    (count > 0).then_some((count, hit))
}
