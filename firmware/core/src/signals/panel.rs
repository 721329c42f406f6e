//! The wiring: which input of a frame is which signal, pole or contact, and in which polarity.
//!
//! A dialect hands in its inputs by byte and bit; what it does not have is unknown, never "off". Deliberately not here:
//! frames, checks.
use super::steady::Steady;
use crate::config::{POLES_MAX, PlankWiring, PoleWire, SignalConfig, WIRES_MAX, Wire};
use heapless::Vec;
use kaoguan_telemetry::units::Uptime;
use kaoguan_telemetry::{Plank, PoleHit, Signals, Speed, Wheel};

/// What one believed frame says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// When its first byte came in.
    pub first: Uptime,
    /// Switches, lamps, gear.
    pub signals: Signals,
    /// The poles' sensors that changed.
    pub poles: Vec<PoleHit, POLES_MAX>,
    /// Set where contacts are wired.
    pub plank: Option<Plank>,
    /// Set where a wheel's pulses are wired.
    pub wheel: Option<Wheel>,
    /// Set where a bus tells how fast the wheels turn.
    pub speed: Option<Speed>,
}

/// One box's wiring, and how its poles stood in the frame before.
#[derive(Debug, Clone)]
pub struct Panel {
    wiring: Vec<Wire, WIRES_MAX>,
    plank: Option<PlankWiring>,
    steady: Steady,
    poles: Vec<PoleWire, POLES_MAX>,
    hit: [bool; POLES_MAX],
}

impl Panel {
    /// As declared.
    pub fn new(config: &SignalConfig) -> Panel {
        Panel {
            wiring: config.wiring.clone(),
            plank: config.plank,
            steady: Steady::new(config),
            poles: config.poles.clone(),
            hit: [false; POLES_MAX],
        }
    }

    /// What a frame's inputs mean; `input` gives a byte's bit, `None` where the frame has none there.
    pub fn read(&mut self, first: Uptime, proven: bool, input: impl Fn(u8, u8) -> Option<bool>) -> Frame {
        let (known, on) = self.switches(&input);
        Frame {
            first,
            signals: Signals {
                known,
                on,
                gear: None,
                roll: None,
                pitch: None,
                proven,
                steady: self.steady.hear(&self.wiring, (known, on), first),
            },
            poles: self.poles(&input, proven),
            plank: self.plank.map(|wiring| plank(wiring, &input, proven)),
            wheel: None,
            speed: None,
        }
    }

    fn switches(&self, input: impl Fn(u8, u8) -> Option<bool>) -> (u32, u32) {
        self.wiring
            .iter()
            .fold((0, 0), |(known, on), wire| match input(wire.byte, wire.bit) {
                Some(set) if set == wire.active_high => (known | wire.signal.bit(), on | wire.signal.bit()),
                Some(_) => (known | wire.signal.bit(), on),
                None => (known, on),
            })
    }

    /// A pole whose sensor says nothing stands, or lies, as before.
    fn poles(&mut self, input: impl Fn(u8, u8) -> Option<bool>, proven: bool) -> Vec<PoleHit, POLES_MAX> {
        let mut changed = Vec::new();
        for (wire, before) in self.poles.iter().zip(&mut self.hit) {
            let Some(hit) = input(wire.byte, wire.bit).map(|set| set == wire.active_high) else {
                continue;
            };
            if core::mem::replace(before, hit) != hit {
                // As many as there are wires.
                let _ = changed.push(PoleHit {
                    item: wire.item,
                    pole: wire.pole,
                    restored: !hit,
                    proven,
                });
            }
        }
        changed
    }
}

fn plank(wiring: PlankWiring, input: impl Fn(u8, u8) -> Option<bool>, proven: bool) -> Plank {
    let contact = |number| input(wiring.byte, number).map(|set| set == wiring.active_high);
    Plank {
        front: contact(wiring.front_bit),
        rear: contact(wiring.rear_bit),
        proven,
        front_right: wiring.front_right_bit.and_then(contact),
        rear_right: wiring.rear_right_bit.and_then(contact),
    }
}
