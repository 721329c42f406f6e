//! The vehicle's own bus as a signal box: fields of its frames, which a logger writes as lines (`candump -L`).
//!
//! The problem: a bus repeats everything, sends each field at its own pace, and a field whose sender has died keeps its last
//! value for ever in whoever remembers it. The answer: a frame of signals is given when a signal changed and each 50 ms while the
//! bus speaks; a field that was not heard for the port's silence is not known, nor is one of a frame that is too short for it, nor
//! one whose sender says that he does not know; and where frames are numbered, one whose number stands still was not heard (a
//! gateway repeats what it last had). A line has no check of its own, so nothing is `proven`.
//!
//! Inputs, as wiring numbers them: the byte is the field's number in the configuration, bit 0 is that it has its value.
//!
//! Deliberately not here: the socket, sums that some makers put into their frames, and speeds (a wheel that
//! is told by the bus is no pulse).
use super::panel::{Frame, Panel};
use crate::can::{CanFrame, Id, candump, j1939};
use crate::config::{CanConfig, CanField, Frames, SignalConfig, WIRES_MAX, bounded_silence};
use crate::counters::PortCounters;
use crate::sentence::Reject;
use heapless::Vec;
use kaoguan_telemetry::units::{Micros, Uptime};
use kaoguan_telemetry::{Gear, Signals};

/// While nothing changes.
const EACH: Micros = Micros(50_000);

/// Reads the lines of one bus.
#[derive(Debug, Clone)]
pub struct Bus {
    panel: Panel,
    config: CanConfig,
    stale: Micros,
    line: Vec<u8, { candump::LINE_BYTES_MAX }>,
    open: bool,
    first: Uptime,
    heard: [Option<Heard>; WIRES_MAX],
    gear: Option<(Uptime, Gear)>,
    given: Option<(Uptime, Signals)>,
}

#[derive(Debug, Clone, Copy)]
struct Heard {
    at: Uptime,
    is_high: bool,
    counter: Option<i64>,
}

impl Bus {
    /// As the configuration declares it.
    pub fn new(config: &SignalConfig, can: &CanConfig) -> Bus {
        Bus {
            panel: Panel::new(config),
            config: can.clone(),
            stale: bounded_silence(config.silence),
            line: Vec::new(),
            open: false,
            first: Uptime(0),
            heard: [None; WIRES_MAX],
            gear: None,
            given: None,
        }
    }

    /// Takes the next byte, which came in at `at`.
    pub fn push(&mut self, byte: u8, at: Uptime, counters: &mut PortCounters) -> Option<Frame> {
        match byte {
            b'(' => {
                counters.broken += u64::from(self.open);
                self.line.clear();
                (self.open, self.first) = (true, at);
            }
            b'\r' | b'\n' if self.open => {
                self.open = false;
                return self.line(counters);
            }
            b'\r' | b'\n' => return None,
            0x20..=0x7e if self.open => {}
            _ => {
                counters.broken += u64::from(core::mem::take(&mut self.open));
                counters.ignored += 1;
                return None;
            }
        }
        if self.line.push(byte).is_err() {
            self.open = false;
            counters.overlong += 1;
        }
        None
    }

    /// Forgets what is half there, and what was heard.
    pub fn reset(&mut self) {
        self.open = false;
        self.heard = [None; WIRES_MAX];
        (self.gear, self.given) = (None, None);
    }

    fn line(&mut self, counters: &mut PortCounters) -> Option<Frame> {
        match candump::read(&self.line) {
            Ok(logged) if logged.bus == &self.config.bus[..] => {
                let frame = logged.frame;
                self.hear(&frame, counters)
            }
            Ok(_) => {
                counters.unknown += 1;
                None
            }
            Err(Reject::Unknown) => {
                counters.foreign += 1;
                None
            }
            Err(_) => {
                counters.malformed += 1;
                None
            }
        }
    }

    fn hear(&mut self, frame: &CanFrame, counters: &mut PortCounters) -> Option<Frame> {
        let first = self.first;
        let (mut is_ours, mut is_short, mut is_frozen) = (false, false, false);
        for (field, heard) in self.config.fields.iter().zip(&mut self.heard) {
            if !field.frames.have(frame.id) {
                continue;
            }
            is_ours = true;
            is_short |= field.layout.raw(frame.data()).is_none();
            let counter = field.counter.and_then(|layout| layout.raw(frame.data()));
            if counter.is_some() && heard.is_some_and(|heard| heard.counter == counter) {
                is_frozen = true;
                continue;
            }
            *heard = field.read(frame).map(|is_high| Heard {
                at: first,
                is_high,
                counter,
            });
        }
        if self.config.gear && Frames::Group(j1939::GEAR.group).have(frame.id) {
            is_ours = true;
            self.gear = j1939::GEAR.read(frame).and_then(gear).map(|gear| (first, gear));
        }
        counters.malformed += u64::from(is_short);
        counters.duplicates += u64::from(is_frozen);
        if !is_ours {
            counters.foreign += 1;
            return None;
        }
        counters.sentences += 1;
        self.give()
    }

    /// What changed, or is due.
    fn give(&mut self) -> Option<Frame> {
        let (first, stale) = (self.first, self.stale.0);
        let is_fresh = |at: Uptime| first.0.saturating_sub(at.0) <= stale;
        let heard = &self.heard;
        let mut frame = self.panel.read(first, false, |byte, bit| {
            let heard = (*heard.get(usize::from(byte)).filter(|_| bit == 0)?)?;
            is_fresh(heard.at).then_some(heard.is_high)
        });
        frame.signals.gear = self.gear.filter(|(at, _)| is_fresh(*at)).map(|(_, gear)| gear);
        let is_due = self
            .given
            .is_none_or(|(at, signals)| signals != frame.signals || first.0.saturating_sub(at.0) >= EACH.0);
        if !is_due {
            return None;
        }
        self.given = Some((first, frame.signals));
        Some(frame)
    }
}

impl Frames {
    fn have(self, id: Id) -> bool {
        match (self, id) {
            (Frames::Of(own), id) => own == id,
            (Frames::Group(group), Id::Extended(id)) => j1939::group(id) == group,
            (Frames::Group(_), Id::Standard(_)) => false,
        }
    }
}

impl CanField {
    fn read(&self, frame: &CanFrame) -> Option<bool> {
        let is_numbered = self.counter.is_none_or(|layout| layout.raw(frame.data()).is_some());
        let raw = self.layout.raw(frame.data()).filter(|_| is_numbered)?;
        let is_known = self.absent_from.is_none_or(|from| raw < from);
        is_known.then_some(raw == self.value)
    }
}

fn gear(raw: i64) -> Option<Gear> {
    match raw - 125 {
        0 => Some(Gear::Neutral),
        -125..0 => Some(Gear::Reverse),
        forward => u8::try_from(forward).ok().map(Gear::Forward),
    }
}
