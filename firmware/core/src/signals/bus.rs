//! The vehicle's own bus as a signal box: fields of its frames, which a logger writes as lines (`candump -L`).
//!
//! The problem: a bus repeats everything, sends each field at its own pace, and a field whose sender has died keeps its last
//! value for ever in whoever remembers it. The answer: a frame of signals is given when a signal changed and each 50 ms while the
//! bus speaks; a field that was not heard for the port's silence is not known, nor is one of a frame that is too short for it, nor
//! one whose sender says that he does not know; and where frames are numbered, one whose number stands still was not heard (a
//! gateway repeats what it last had). A controller that leaves the bus hears nothing more: at once nothing is known. A line has no
//! check of its own, so nothing is `proven` that comes over a wire; what the kernel hands over was proven by each frame's own sum.
//!
//! Where it is declared the vehicle is asked besides ([`crate::can::ask`]). What an answer says is taken as said when it comes,
//! whoever asked, of the control unit that was heard first, as long as it speaks: two of them may be of two minds.
//!
//! Inputs, as wiring numbers them: the byte is the field's number in the configuration, bit 0 is that it has its value.
//!
//! How fast the wheels turn goes along ([`super::bus_speed`]).
//!
//! Deliberately not here: the socket, and sums that some makers put into their frames.
use super::bus_speed::{BusSpeed, Told};
use super::panel::{Frame, Panel};
use crate::can::ask::Asker;
use crate::can::candump::Carried;
use crate::can::{CanFrame, Id, candump, j1939, obd};
use crate::config::{CanConfig, CanField, Frames, High, SignalConfig, WIRES_MAX, bounded_silence};
use crate::counters::{BusCounters, PortCounters};
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
    speed: Option<BusSpeed>,
    given: Option<(Uptime, Signals)>,
    asker: Option<Asker>,
}

#[derive(Debug, Clone, Copy)]
struct Heard {
    at: Uptime,
    is_high: bool,
    counter: Option<i64>,
    from: Id,
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
            speed: can.speed.clone().map(BusSpeed::new),
            given: None,
            asker: can.ask.clone().map(Asker::new),
        }
    }

    /// The question that is due by `now`; none where nothing is to be asked.
    pub fn request(&mut self, now: Uptime, counters: &mut BusCounters) -> Option<CanFrame> {
        self.asker.as_mut()?.request(now, counters)
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
        self.forget();
        if let Some(asker) = &mut self.asker {
            asker.reset();
        }
    }

    fn forget(&mut self) {
        self.heard = [None; WIRES_MAX];
        (self.gear, self.given) = (None, None);
        if let Some(speed) = &mut self.speed {
            speed.forget();
        }
    }

    fn line(&mut self, counters: &mut PortCounters) -> Option<Frame> {
        let Ok(logged) = candump::read(&self.line) else {
            counters.malformed += 1;
            return None;
        };
        if logged.bus != &self.config.bus[..] {
            counters.unknown += 1;
            return None;
        }
        match logged.carried {
            Carried::Data(frame) => return self.hear(&frame, counters),
            Carried::Remote => counters.bus.remote += 1,
            Carried::Fd => counters.bus.fd += 1,
            Carried::Error { is_bus_off: false } => counters.bus.errors += 1,
            Carried::Error { is_bus_off: true } => return self.bus_off(counters),
        }
        None
    }

    /// Nothing is known from now on; it is told once, then the port is silent until the bus is back.
    fn bus_off(&mut self, counters: &mut PortCounters) -> Option<Frame> {
        counters.bus.errors += 1;
        counters.bus.bus_off += 1;
        let was_known = self
            .given
            .is_some_and(|(_, signals)| signals.known != 0 || signals.gear.is_some());
        self.forget();
        was_known.then(|| self.give()).flatten()
    }

    fn hear(&mut self, frame: &CanFrame, counters: &mut PortCounters) -> Option<Frame> {
        let (first, stale) = (self.first, self.stale.0);
        let asker = self.asker.as_mut();
        let is_answer = asker.is_some_and(|asker| asker.hear(frame, first, &mut counters.bus));
        let (mut is_ours, mut is_short, mut is_frozen) = (false, false, false);
        for (field, heard) in self.config.fields.iter().zip(&mut self.heard) {
            if !field.frames.have(frame) {
                continue;
            }
            is_ours = true;
            // A second control unit is heard when the first one is not heard any more.
            if matches!(field.frames, Frames::Answers(_))
                && heard.is_some_and(|heard| heard.from != frame.id && first.0.saturating_sub(heard.at.0) <= stale)
            {
                is_frozen = true;
                continue;
            }
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
                from: frame.id,
            });
        }
        if self.config.gear && Frames::Group(j1939::GEAR.group).have(frame) {
            is_ours = true;
            self.gear = j1939::GEAR.read(frame).and_then(gear).map(|gear| (first, gear));
        }
        let told = self.speed.as_mut().map_or(Told::Nothing, |speed| speed.hear(frame));
        is_ours |= told != Told::Nothing;
        is_short |= told == Told::Absent;
        is_frozen |= told == Told::Frozen;
        counters.malformed += u64::from(is_short);
        counters.duplicates += u64::from(is_frozen);
        if !is_ours {
            counters.foreign += u64::from(!is_answer);
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
        let mut frame = self.panel.read(first, self.config.is_proven, |byte, bit| {
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
        frame.speed = self.speed.as_mut().and_then(|speed| speed.take(self.config.is_proven));
        Some(frame)
    }
}

impl Frames {
    /// Whether a frame is one of them.
    pub(crate) fn have(self, frame: &CanFrame) -> bool {
        match (self, frame.id) {
            (Frames::Of(own), id) => own == id,
            (Frames::Group(group), Id::Extended(id)) => j1939::group(id) == group,
            (Frames::Group(_), Id::Standard(_)) => false,
            (Frames::Answers(pid), _) => obd::answer(frame).is_some_and(|(said, _)| said == pid),
        }
    }
}

impl CanField {
    fn read(&self, frame: &CanFrame) -> Option<bool> {
        let is_numbered = self.counter.is_none_or(|layout| layout.raw(frame.data()).is_some());
        let raw = self.layout.raw(frame.data()).filter(|_| is_numbered)?;
        let is_known = self.absent_from.is_none_or(|from| raw < from);
        is_known.then_some(match self.high {
            High::Is(value) => raw == value,
            High::AtLeast(least) => raw >= least,
        })
    }
}

fn gear(raw: i64) -> Option<Gear> {
    match raw - 125 {
        0 => Some(Gear::Neutral),
        -125..0 => Some(Gear::Reverse),
        forward => u8::try_from(forward).ok().map(Gear::Forward),
    }
}
