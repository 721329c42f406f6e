//! Input modules on a Modbus RTU line: contacts of a vehicle, a pole, a plank or a light beam.
//!
//! The problem: such a module says nothing by itself. It is asked, and its answer names neither the question nor the
//! inputs. The answer: one question at a time, of one range of each module, so that address, function and length tell whose
//! answer it is; and what an answer says is taken as said when it comes, so that the samples depend on the bytes alone and not
//! on when somebody asked. A module that is not heard any more is not known. Sources: Modbus application protocol 1.1b3,
//! sections 6.1, 6.2 and 7; Modbus over serial line 1.02, section 2.5.1.
//!
//! Inputs, as wiring numbers them: the byte is the module's number in the configuration, the bit its input from the first asked.
//!
//! Deliberately not here: anything written to a module, registers, several masters on one line.
use super::panel::{Frame, Panel};
use crate::config::{MODULES_MAX, ModbusConfig, Module, SignalConfig, bounded_silence};
use crate::counters::PortCounters;
use crate::crc16::crc16;
use crate::window::Window;
use heapless::Vec;
use kaoguan_telemetry::units::{Micros, Uptime};

/// Bytes of a question.
pub const REQUEST_BYTES: usize = 8;
/// Inputs of one module, at most: they fit a `u32`.
pub const INPUTS_MAX: u8 = 32;
/// Address, function, count of bytes, four bytes, CRC.
const ANSWER_BYTES_MAX: usize = 9;
const EXCEPTION_BYTES: usize = 5;
const EXCEPTION: u8 = 0x80;
/// Three and a half characters of quiet before a question, at 9600 baud.
const QUIET: Micros = Micros(4_000);
/// No module answers twice within a question's length: what comes so is an echo, or noise that happens to be right.
const AGAIN: Micros = Micros(2_000);

/// Asks the modules of one line and reads their answers.
#[derive(Debug, Clone)]
pub struct Modbus {
    panel: Panel,
    config: ModbusConfig,
    stale: Micros,
    window: Window<ANSWER_BYTES_MAX>,
    heard: [Option<Heard>; MODULES_MAX],
    /// Which module is asked next or has been asked, when the next question is due, and when the round began.
    turn: usize,
    due: Uptime,
    round: Uptime,
    is_asked: bool,
}

/// A module's inputs, the first one in the lowest bit.
#[derive(Debug, Clone, Copy)]
struct Heard {
    at: Uptime,
    inputs: u32,
}

impl Modbus {
    /// A line as the configuration declares it.
    pub fn new(config: &SignalConfig, modbus: &ModbusConfig) -> Modbus {
        Modbus {
            panel: Panel::new(config),
            config: modbus.clone(),
            stale: bounded_silence(config.silence),
            window: Window::default(),
            heard: [None; MODULES_MAX],
            turn: 0,
            due: Uptime(0),
            round: Uptime(0),
            is_asked: false,
        }
    }

    /// The question that is due by `now`, to be written at once. One is out at a time; a module that does not answer is passed.
    pub fn request(&mut self, now: Uptime) -> Option<[u8; REQUEST_BYTES]> {
        if now < self.due {
            return None;
        }
        if core::mem::take(&mut self.is_asked) {
            // Nobody answered: what comes now comes too late to wait for.
            self.pass(now);
            if now < self.due {
                return None;
            }
        }
        if self.turn == 0 {
            self.round = now;
        }
        let module = self.config.modules.get(self.turn)?;
        (self.is_asked, self.due) = (true, now + self.config.answer);
        Some(request(module))
    }

    /// Takes the next byte, which came in at `at`.
    pub fn push(&mut self, byte: u8, at: Uptime, counters: &mut PortCounters) -> Option<Frame> {
        self.window.push(byte, at);
        loop {
            let modules = &self.config.modules;
            let begins = |bytes: &[u8]| modules.iter().any(|module| could_begin(module, bytes));
            counters.ignored += self.window.seek(begins) as u64;
            let first = self.window.first()?;
            let bytes = self.window.bytes();
            let number = modules.iter().position(|module| could_begin(module, bytes))?;
            let length = length(modules.get(number)?, bytes)?;
            let answer: Vec<u8, ANSWER_BYTES_MAX> = Vec::from_slice(bytes.get(..length)?).ok()?;
            if !is_proven(&answer) {
                counters.bad_checksum += 1;
                // A byte may be lost, and the next answer begin inside this one.
                self.window.drop_front(1);
                continue;
            }
            self.window.drop_front(length);
            return self.answer(number, &answer, first, counters);
        }
    }

    /// Forgets what is half there, and what was heard.
    pub fn reset(&mut self) {
        self.window.clear();
        self.heard = [None; MODULES_MAX];
    }

    fn answer(&mut self, number: usize, answer: &[u8], first: Uptime, counters: &mut PortCounters) -> Option<Frame> {
        if self.is_asked && self.turn == number {
            self.is_asked = false;
            self.pass(first);
        }
        let inputs = answer.get(3..answer.len().saturating_sub(2))?;
        if answer.len() == EXCEPTION_BYTES && answer.get(1).is_some_and(|function| function & EXCEPTION != 0) {
            counters.malformed += 1;
            return None;
        }
        let heard = self.heard.get_mut(number)?;
        if heard.is_some_and(|heard| first.0.saturating_sub(heard.at.0) < AGAIN.0) {
            counters.duplicates += 1;
            return None;
        }
        let inputs = inputs.iter().rev().fold(0, |all, byte| all << 8 | u32::from(*byte));
        *heard = Some(Heard { at: first, inputs });
        counters.sentences += 1;
        let (heard, modules, stale) = (&self.heard, &self.config.modules, self.stale);
        Some(self.panel.read(first, true, |byte, bit| {
            let module = modules.get(usize::from(byte)).filter(|module| bit < module.count)?;
            let heard = (*heard.get(usize::from(byte))?)?;
            let is_known = bit < module.count.min(INPUTS_MAX) && first.0.saturating_sub(heard.at.0) <= stale.0;
            is_known.then_some(heard.inputs >> bit & 1 == 1)
        }))
    }

    /// The next module's turn, or the next round's.
    fn pass(&mut self, at: Uptime) {
        self.turn += 1;
        self.due = at + QUIET;
        if self.turn >= self.config.modules.len() {
            self.turn = 0;
            self.due = self.due.max(self.round + self.config.every);
        }
    }
}

fn request(module: &Module) -> [u8; REQUEST_BYTES] {
    let ([from_high, from_low], count) = (module.from.to_be_bytes(), module.count);
    let body = [module.address, module.table as u8, from_high, from_low, 0, count];
    let [low, high] = crc16(body).to_le_bytes();
    let [a, f, b, c, d, e] = body;
    [a, f, b, c, d, e, low, high]
}

/// Bytes of inputs in an answer.
fn counted(module: &Module) -> u8 {
    module.count.min(INPUTS_MAX).div_ceil(8)
}

/// A question echoed by the line's adapter differs in the third byte.
fn could_begin(module: &Module, bytes: &[u8]) -> bool {
    let function = module.table as u8;
    let is = |at: usize, right: &dyn Fn(u8) -> bool| bytes.get(at).is_none_or(|byte| right(*byte));
    let is_exception = bytes.get(1) == Some(&(function | EXCEPTION));
    is(0, &|b| b == module.address) && (is_exception || is(1, &|b| b == function) && is(2, &|b| b == counted(module)))
}

/// `None` until it is known.
fn length(module: &Module, bytes: &[u8]) -> Option<usize> {
    let is_exception = bytes.get(1)? & EXCEPTION != 0;
    Some(if is_exception {
        EXCEPTION_BYTES
    } else {
        EXCEPTION_BYTES + usize::from(counted(module))
    })
}

fn is_proven(answer: &[u8]) -> bool {
    let Some((body, sum)) = answer.split_last_chunk::<2>() else {
        return false;
    };
    crc16(body.iter().copied()).to_le_bytes() == *sum
}
