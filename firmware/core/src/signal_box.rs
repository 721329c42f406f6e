//! The signal box: one frame of 60 or 65 bytes about every 100 ms, as bytes after `55 AA FE 7C` or as hexadecimal text
//! under `$ZBSJ`.
//!
//! The problem: the frame's check byte is undocumented, polarity and wiring differ per vehicle. The answer: what is not
//! declared in the configuration is not guessed. A frame whose check is proven (or that came as text, under the text's
//! own checksum) is believed at once. Without a declared check its length, its spacing and its counter must agree with
//! the frame before it, and the sample says that it is not `proven`. Source: sensors.md section 11.3.
//!
//! Deliberately not here: hazard logic (the observer's), engine pulses and ultrasonics.
use crate::config::{Check, SignalConfig};
use crate::counters::PortCounters;
pub use crate::signals::panel::Frame;
use crate::signals::panel::Panel;
use crate::window::Window;
use kaoguan_telemetry::units::{Centidegrees, Uptime};
use kaoguan_telemetry::{Gear, PoleHit, Signals, Wheel};

const HEADER: [u8; 4] = [0x55, 0xAA, 0xFE, 0x7C];
const BODY_MIN: usize = 60;
const BODY_MAX: usize = 65;
const FRAME_MAX: usize = HEADER.len() + BODY_MAX;
const POLES: core::ops::RangeInclusive<usize> = 35..=37;
const ODOMETER: core::ops::RangeInclusive<usize> = 14..=15;
/// Bit of byte 37: the pole stands again.
const RESTORED: u8 = 0x80;

/// Cuts and reads the frames of one box.
#[derive(Debug, Clone)]
pub struct SignalBox {
    config: SignalConfig,
    panel: Panel,
    window: Window<FRAME_MAX>,
    before: Option<(u8, Uptime)>,
    poles: [u8; 3],
}

/// How far a frame is to be trusted.
enum Trust {
    Proven,
    Believed,
    Repeated,
    Unbelieved,
    BadCheck,
}

impl SignalBox {
    /// A box as the configuration declares it.
    pub fn new(config: SignalConfig) -> SignalBox {
        SignalBox {
            panel: Panel::new(&config),
            config,
            window: Window::default(),
            before: None,
            poles: [0; 3],
        }
    }

    /// Takes the next byte of the box's own port.
    pub fn push(&mut self, byte: u8, at: Uptime, counters: &mut PortCounters) -> Option<Frame> {
        self.window.push(byte, at);
        let length = HEADER.len() + self.length();
        loop {
            counters.ignored += self.window.seek(could_begin) as u64;
            let first = self.window.first()?;
            let mut frame = [0; FRAME_MAX];
            let frame = frame.get_mut(..length)?;
            frame.copy_from_slice(self.window.bytes().get(..length)?);
            let body = frame.get(HEADER.len()..)?;
            match self.trust(body, first) {
                Trust::BadCheck => counters.bad_checksum += 1,
                Trust::Unbelieved => counters.unbelieved += 1,
                Trust::Repeated => {
                    self.window.drop_front(length);
                    counters.duplicates += 1;
                    return None;
                }
                trust => {
                    self.window.drop_front(length);
                    return Some(self.accept(body, first, matches!(trust, Trust::Proven), counters));
                }
            }
            // The frame may have lost a byte and the next one begin inside it: search on behind its first byte.
            self.window.drop_front(1);
        }
    }

    /// Takes the hexadecimal digits of a proven `$ZBSJ` line.
    pub fn text(&mut self, digits: &[u8], first: Uptime, counters: &mut PortCounters) -> Option<Frame> {
        let mut body = [0; BODY_MAX];
        let Some(body) = body
            .get_mut(..self.length())
            .filter(|body| digits.len() == 2 * body.len())
        else {
            counters.malformed += 1;
            return None;
        };
        for (byte, pair) in body.iter_mut().zip(digits.chunks_exact(2)) {
            let Some(value) = hex(pair) else {
                counters.malformed += 1;
                return None;
            };
            *byte = value;
        }
        if self.config.check != Check::None && !self.check_holds(body) {
            counters.bad_checksum += 1;
            return None;
        }
        if self.repeats(body, first) {
            counters.duplicates += 1;
            return None;
        }
        Some(self.accept(body, first, true, counters))
    }

    /// Forgets what is half there.
    pub fn reset(&mut self) {
        self.window.clear();
        self.before = None;
    }

    fn length(&self) -> usize {
        usize::from(self.config.length).clamp(BODY_MIN, BODY_MAX)
    }

    fn trust(&mut self, body: &[u8], first: Uptime) -> Trust {
        if self.config.check != Check::None {
            return match (self.check_holds(body), self.repeats(body, first)) {
                (false, _) => Trust::BadCheck,
                (true, true) => Trust::Repeated,
                (true, false) => Trust::Proven,
            };
        }
        let Some((before, at)) = self.before.replace((counter(body), first)) else {
            return Trust::Unbelieved;
        };
        if before == counter(body) {
            self.before = Some((before, at));
            return Trust::Repeated;
        }
        let spacing = first.0.saturating_sub(at.0);
        let spaced = (self.config.spacing_min.0..=self.config.spacing_max.0).contains(&spacing);
        if spaced && counter(body) == before.wrapping_add(1) {
            Trust::Believed
        } else {
            Trust::Unbelieved
        }
    }

    /// True where the counter stands still; a frame with another one is the next to compare with.
    fn repeats(&mut self, body: &[u8], first: Uptime) -> bool {
        if self.before.is_some_and(|(before, _)| before == counter(body)) {
            return true;
        }
        if self.check_holds(body) {
            self.before = Some((counter(body), first));
        }
        false
    }

    /// The declared check of the body's last byte; an undeclared one holds for text, which has its own.
    fn check_holds(&self, body: &[u8]) -> bool {
        let Some((last, before)) = body.split_last() else {
            return false;
        };
        let xor = |start: u8| before.iter().fold(start, |sum, b| sum ^ b);
        let sum = |start: u8| before.iter().fold(start, |sum, b| sum.wrapping_add(*b));
        let expected = match self.config.check {
            Check::None => return true,
            Check::Xor => xor(0),
            Check::Sum => sum(0),
            Check::XorWithHeader => xor(HEADER.iter().fold(0, |sum, b| sum ^ b)),
            Check::SumWithHeader => sum(HEADER.iter().fold(0, |sum, b| sum.wrapping_add(*b))),
        };
        expected == *last
    }

    fn accept(&mut self, body: &[u8], first: Uptime, proven: bool, counters: &mut PortCounters) -> Frame {
        counters.sentences += 1;
        let mut frame = self.panel.read(first, proven, |byte, number| bit(body, byte, number));
        frame.signals = Signals {
            gear: self.config.gear.then(|| gear(body)).flatten(),
            roll: angle(body, 43),
            pitch: angle(body, 45),
            ..frame.signals
        };
        if let Some(hit) = self.pole(body, proven) {
            // A box whose poles have bytes of their own has none among its bits: there is room.
            let _ = frame.poles.push(hit);
        }
        frame.wheel = self.wheel(body, proven);
        frame
    }

    fn pole(&mut self, body: &[u8], proven: bool) -> Option<PoleHit> {
        let [item, number, pole] = *body.get(POLES)?.first_chunk::<3>()?;
        let changed = core::mem::replace(&mut self.poles, [item, number, pole]) != self.poles;
        let hit = PoleHit {
            item,
            pole: pole & !RESTORED,
            restored: pole & RESTORED != 0,
            proven,
        };
        (self.config.pole_hits && changed && hit.pole != 0 && (1..=5).contains(&item)).then_some(hit)
    }

    fn wheel(&self, body: &[u8], proven: bool) -> Option<Wheel> {
        let counted = body.get(ODOMETER)?.first_chunk::<2>()?;
        self.config.odometer.then_some(Wheel {
            pulses: u16::from_be_bytes(*counted),
            proven,
        })
    }
}

fn could_begin(bytes: &[u8]) -> bool {
    bytes.iter().zip(HEADER).all(|(have, want)| *have == want)
}

/// The sequence counter, the body's last byte but one.
fn counter(body: &[u8]) -> u8 {
    body.iter().rev().nth(1).copied().unwrap_or(0)
}

/// `None` where the frame has no such bit. The last two bytes are counter and check: no signal is wired there.
fn bit(body: &[u8], byte: u8, bit: u8) -> Option<bool> {
    let data = body.get(..body.len().saturating_sub(2))?;
    let value = data.get(usize::from(byte)).filter(|_| bit < 8)?;
    Some(value >> bit & 1 == 1)
}

/// Low nibble of byte 2: 0 neutral or between gates, 1 to 5, 8 reverse.
fn gear(body: &[u8]) -> Option<Gear> {
    match body.get(2)? & 0x0f {
        0 => Some(Gear::Neutral),
        8 => Some(Gear::Reverse),
        forward @ 1..=5 => Some(Gear::Forward(forward)),
        _ => None,
    }
}

/// A little-endian angle in 1/32768 of 180 degrees, rounded half away from zero.
fn angle(body: &[u8], at: usize) -> Option<Centidegrees> {
    let raw = i32::from(i16::from_le_bytes(*body.get(at..)?.first_chunk::<2>()?)) * 18_000;
    let half = if raw < 0 { -16_384 } else { 16_384 };
    Some(Centidegrees((raw + half) / 32_768))
}

fn hex(pair: &[u8]) -> Option<u8> {
    let [high, low] = pair else { return None };
    let digit = |b: u8| char::from(b).to_digit(16);
    u8::try_from(digit(*high)? << 4 | digit(*low)?).ok()
}
