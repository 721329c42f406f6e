//! `[signal_box]`: the frame's shape, and which bit is which signal.
//!
//! A declared signal needs byte, bit and polarity; a signal that is not declared is not known to anybody. Two signals on
//! one bit are a copying mistake, not a wiring.
use super::{Line, line, timing};
use crate::settings::{Faults, Section, quantity};
use kaoguan_telemetry::Signal;
use kaoguan_telemetry::units::Micros;
use kaoguan_unit_core::{Check, PlankWiring, SignalConfig, Wire};

/// The body's lengths that the maker ships (sensors.md section 11.3: 60, older firmware 65).
const LENGTHS: [i64; 2] = [60, 65];
const BYTES: &[(&str, i64)] = &[("bytes", 1)];
const POLARITY: &[(bool, &str)] = &[(true, "high"), (false, "low")];

/// The whole section.
pub fn signal_box(mut section: Section, faults: &mut Faults) -> Option<(Line, SignalConfig)> {
    let line = line(&mut section, faults);
    let timing = timing(&mut section, faults);
    let check = section.choice("check", &Check::ALL, faults);
    let length = length(&mut section, faults);
    let spacing = spacing(&mut section, faults);
    let gear = section.flag("gear", faults);
    let pole_hits = section.flag("pole_hits", faults);
    let odometer = section.flag("odometer", faults);
    // The last two bytes are counter and check.
    let last = u16::from(length.unwrap_or(65)).saturating_sub(3);
    let plank = section.table_if_any("plank", faults).map(|s| plank(s, last, faults));
    let wiring = wiring(section.table("signals", faults), last, faults);
    section.finish(faults);
    let (latency, silence) = timing?;
    let (spacing_min, spacing_max) = spacing?;
    Some((
        line?,
        SignalConfig {
            check: check?,
            length: length?,
            spacing_min,
            spacing_max,
            wiring: wiring?.into_iter().collect(),
            gear: gear?,
            pole_hits: pole_hits?,
            odometer: odometer?,
            plank: plank.flatten(),
            latency,
            silence,
        },
    ))
}

fn length(section: &mut Section, faults: &mut Faults) -> Option<u8> {
    let length = section.quantity("length", BYTES, faults)?;
    if !LENGTHS.contains(&length) {
        section.fault("length", format!("{length} bytes: boxes send 60 or 65"), faults);
    }
    u8::try_from(length).ok()
}

/// The box sends every 100 ms or so.
fn spacing(section: &mut Section, faults: &mut Faults) -> Option<(Micros, Micros)> {
    let min = section.quantity_or("spacing_min", "50 ms", quantity::TIME, faults);
    let max = section.quantity_or("spacing_max", "200 ms", quantity::TIME, faults);
    let (min, max) = (min?, max?);
    if min >= max {
        section.fault(
            "spacing_min",
            format!("{min} us must be less than spacing_max, {max} us"),
            faults,
        );
    }
    Some((Micros(min), Micros(max)))
}

fn plank(mut section: Section, last: u16, faults: &mut Faults) -> Option<PlankWiring> {
    let byte = section.index("byte", last, faults);
    let front_bit = section.index("front_bit", 7, faults);
    let rear_bit = section.index("rear_bit", 7, faults);
    let mut if_any = |key: &'static str| section.has(key).then(|| section.index(key, 7, faults)).flatten();
    let [front_right_bit, rear_right_bit] = ["front_right_bit", "rear_right_bit"].map(&mut if_any);
    let active_high = section.choice("on_when", POLARITY, faults);
    section.finish(faults);
    let small = |n: Option<u16>| n.and_then(|n| u8::try_from(n).ok());
    Some(PlankWiring {
        byte: small(byte)?,
        front_bit: small(front_bit)?,
        rear_bit: small(rear_bit)?,
        front_right_bit: small(front_right_bit),
        rear_right_bit: small(rear_right_bit),
        active_high: active_high?,
    })
}

fn wiring(section: Section, last: u16, faults: &mut Faults) -> Option<Vec<Wire>> {
    let mut wires: Vec<Wire> = Vec::new();
    let mut whole = true;
    for (name, value) in section.entries() {
        let wire = Section::of(value, section.path(name), faults);
        let Some(signal) = Signal::named(name) else {
            let known = Signal::ALL.map(|(_, name)| name).join(", ");
            section.fault(name, format!("is no signal; known are {known}"), faults);
            continue;
        };
        match self::wire(wire, signal, last, faults) {
            Some(wire) => {
                if let Some(other) = wires.iter().find(|w| (w.byte, w.bit) == (wire.byte, wire.bit)) {
                    let text = format!("byte {} bit {} is {:?} already", wire.byte, wire.bit, other.signal);
                    section.fault(name, text, faults);
                }
                wires.push(wire);
            }
            None => whole = false,
        }
    }
    whole.then_some(wires)
}

fn wire(mut section: Section, signal: Signal, last: u16, faults: &mut Faults) -> Option<Wire> {
    let byte = section.index("byte", last, faults);
    let bit = section.index("bit", 7, faults);
    let active_high = section.choice("on_when", POLARITY, faults);
    section.finish(faults);
    Some(Wire {
        signal,
        byte: u8::try_from(byte?).ok()?,
        bit: u8::try_from(bit?).ok()?,
        active_high: active_high?,
    })
}
