//! `[signal_box]`: its dialect, the frame's shape, and which input is which signal.
//!
//! A declared signal needs its place and polarity; a signal that is not declared is not known to anybody. Two signals on
//! one input are a copying mistake, not a wiring. How a place is written is the dialect's: `byte` and `bit`, or `flag`, or `module` and `input`.
use super::{Line, line, timing};
use crate::settings::{Faults, Section, quantity};
use kaoguan_telemetry::Signal;
use kaoguan_telemetry::units::Micros;
use kaoguan_unit_core::signals::{hs_motion, ind, modbus};
use kaoguan_unit_core::{
    Check, Dialect, Hold, MODULES_MAX, ModbusConfig, Module, POLES_MAX, PlankWiring, PoleWire, SignalConfig, Table,
    Wire,
};

/// The body's lengths that the maker ships (sensors.md section 11.3: 60, older firmware 65).
const LENGTHS: [i64; 2] = [60, 65];
const BYTES: &[(&str, i64)] = &[("bytes", 1)];
const POLARITY: &[(bool, &str)] = &[(true, "high"), (false, "low")];
/// A switch that is held for longer is no switch but a memory.
const HOLD_MAX_US: i64 = 5_000_000;
const DIALECTS: &[(Tongue, &str)] = &[
    (Tongue::Stc15, "stc15"),
    (Tongue::Ind, "ind"),
    (Tongue::Modbus, "modbus"),
    (Tongue::HsMotion, "hs_motion"),
    (Tongue::Can, "can"),
];
const TABLES: &[(Table, &str)] = &[(Table::Inputs, "inputs"), (Table::Coils, "coils")];

/// A dialect's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tongue {
    Stc15,
    Ind,
    Modbus,
    HsMotion,
    Can,
}

/// How a place in the frame is written.
#[derive(Debug, Clone, Copy)]
enum Places<'m> {
    /// `byte`, up to the last of the body that is neither counter nor check, and `bit`.
    Bits(u16),
    /// The number under this key, up to this one, of the core's byte.
    Numbers(&'static str, u16, u8),
    /// `module`, by its name, and `input`.
    Modules(&'m [(String, Module)]),
}

/// The whole section.
pub fn signal_box(mut section: Section, faults: &mut Faults) -> Option<(Line, SignalConfig)> {
    let dialect = match section.has("dialect") {
        true => section.choice("dialect", DIALECTS, faults),
        false => Some(Tongue::Stc15),
    };
    let line = match dialect == Some(Tongue::Can) && section.has("interface") {
        true => super::can::interface(&mut section, faults),
        false => line(&mut section, faults),
    };
    let timing = timing(&mut section, faults);
    let read = match dialect {
        Some(Tongue::Ind) => ind(&mut section, faults),
        Some(Tongue::Modbus) => modbus(&mut section, faults),
        Some(Tongue::Can) => super::can::can(&mut section, faults),
        Some(Tongue::HsMotion) => hs_motion(&mut section, faults),
        _ => stc15(&mut section, faults),
    };
    section.finish(faults);
    let (latency, silence) = timing?;
    Some((
        line?,
        SignalConfig {
            latency,
            silence,
            ..read.filter(|_| dialect.is_some())?
        },
    ))
}

/// What every dialect but the binary one leaves alone.
pub(super) fn plain(dialect: Dialect) -> SignalConfig {
    SignalConfig {
        dialect,
        check: Check::None,
        length: 60,
        spacing_min: Micros(0),
        spacing_max: Micros(0),
        wiring: Default::default(),
        gear: false,
        pole_hits: false,
        poles: Default::default(),
        odometer: false,
        plank: None,
        latency: Micros(0),
        silence: Micros(0),
    }
}

fn stc15(section: &mut Section, faults: &mut Faults) -> Option<SignalConfig> {
    let check = section.choice("check", &Check::ALL, faults);
    let length = length(section, faults);
    let spacing = spacing(section, faults);
    let gear = section.flag("gear", faults);
    let pole_hits = section.flag("pole_hits", faults);
    let odometer = section.flag("odometer", faults);
    // The last two bytes are counter and check.
    let last = u16::from(length.unwrap_or(65)).saturating_sub(3);
    let plank = section.table_if_any("plank", faults).map(|s| plank(s, last, faults));
    let wiring = wiring(section.table("signals", faults), Places::Bits(last), faults);
    let (spacing_min, spacing_max) = spacing?;
    Some(SignalConfig {
        check: check?,
        length: length?,
        spacing_min,
        spacing_max,
        wiring: wiring?.into_iter().collect(),
        gear: gear?,
        pole_hits: pole_hits?,
        odometer: odometer?,
        plank: plank.flatten(),
        ..plain(Dialect::Stc15)
    })
}

fn ind(section: &mut Section, faults: &mut Faults) -> Option<SignalConfig> {
    let odometer = section.flag("odometer", faults);
    let flags = Places::Numbers("flag", 31, ind::FLAG);
    let wiring = wiring(section.table("signals", faults), flags, faults);
    let sensors = Places::Numbers("sensor", ind::SENSORS as u16 - 1, ind::SENSOR);
    let poles = section
        .table_if_any("poles", faults)
        .map_or(Some(Vec::new()), |section| poles(section, sensors, faults));
    Some(SignalConfig {
        wiring: wiring?.into_iter().collect(),
        poles: poles?.into_iter().collect(),
        odometer: odometer?,
        ..plain(Dialect::Ind)
    })
}

fn modbus(section: &mut Section, faults: &mut Faults) -> Option<SignalConfig> {
    let every = section.quantity_or("poll", "50 ms", quantity::TIME, faults);
    let answer = section.quantity_or("answer", "50 ms", quantity::TIME, faults);
    for (key, us) in [("poll", every), ("answer", answer)] {
        if us.is_some_and(|us| !(5_000..=500_000).contains(&us)) {
            section.fault(key, "must be 5 ms to 500 ms", faults);
        }
    }
    let modules = modules(section.table("modules", faults), faults);
    let places = Places::Modules(modules.as_deref().unwrap_or(&[]));
    // What is wired to a module with a fault need not be said.
    let wiring = section.table_if_any("signals", faults).filter(|_| modules.is_some());
    let wiring = wiring.map_or(Some(Vec::new()), |section| self::wiring(section, places, faults));
    let poles = section.table_if_any("poles", faults).filter(|_| modules.is_some());
    if poles.is_some() && modules.as_ref().is_some_and(|modules| modules.len() > 1) {
        let text = "need a line of their own with one module: while theirs is away another one speaks on, and since when a pole lies nobody knows";
        section.fault("poles", text, faults);
    }
    let poles = poles.map_or(Some(Vec::new()), |section| self::poles(section, places, faults));
    let plank = section.table_if_any("plank", faults).filter(|_| modules.is_some());
    let plank = match plank {
        Some(section) => Some(plank_of_module(section, modules.as_deref().unwrap_or(&[]), faults)?),
        None => None,
    };
    let modules = modules?.into_iter().map(|(_, module)| module).collect();
    Some(SignalConfig {
        wiring: wiring?.into_iter().collect(),
        poles: poles?.into_iter().collect(),
        plank,
        ..plain(Dialect::Modbus(ModbusConfig {
            modules,
            every: Micros(every?),
            answer: Micros(answer?),
        }))
    })
}

/// By name; no two at one address.
fn modules(section: Section, faults: &mut Faults) -> Option<Vec<(String, Module)>> {
    let mut modules: Vec<(String, Module)> = Vec::new();
    let mut whole = true;
    for (name, value) in section.entries() {
        let read = module(Section::of(value, section.path(name), faults), faults);
        whole &= read.is_some();
        let Some(module) = read else { continue };
        if let Some((other, _)) = modules.iter().find(|(_, other)| other.address == module.address) {
            let text = format!(
                "address {} is {other}'s already: whose answer it was could not be told",
                module.address
            );
            section.fault(name, text, faults);
        }
        modules.push((name.to_owned(), module));
    }
    if !(1..=MODULES_MAX).contains(&modules.len()) && whole {
        section.fault(
            "",
            format!("{} modules: one line has 1 to {MODULES_MAX}", modules.len()),
            faults,
        );
    }
    whole.then_some(modules)
}

fn module(mut section: Section, faults: &mut Faults) -> Option<Module> {
    let address = section.index("address", 247, faults);
    let table = section.choice("read", TABLES, faults);
    let from = section.index("from", u16::MAX, faults);
    let count = section.index("count", u16::from(modbus::INPUTS_MAX), faults);
    for (key, number) in [("address", address), ("count", count)] {
        if number == Some(0) {
            section.fault(key, "must be at least 1", faults);
        }
    }
    section.finish(faults);
    Some(Module {
        address: u8::try_from(address?).ok()?,
        table: table?,
        from: from?,
        count: u8::try_from(count?).ok()?,
    })
}

/// A module's name, as its number and its last input.
fn named(section: &mut Section, modules: &[(String, Module)], faults: &mut Faults) -> Option<(u8, u16)> {
    let name = section.text("module", faults)?;
    let Some(number) = modules.iter().position(|(have, _)| have == name) else {
        section.fault("module", format!("\"{name}\" is none of the modules above"), faults);
        return None;
    };
    let count = modules.get(number).map_or(1, |(_, module)| module.count);
    Some((u8::try_from(number).ok()?, u16::from(count.max(1)) - 1))
}

fn plank_of_module(mut section: Section, modules: &[(String, Module)], faults: &mut Faults) -> Option<PlankWiring> {
    let module = named(&mut section, modules, faults);
    // Of a module that is not known no input is wrong.
    let last = module.map_or(u16::MAX, |(_, last)| last);
    let mut contact = |key: &'static str, is_due: bool| match is_due || section.has(key) {
        true => section.index(key, last, faults).and_then(|n| u8::try_from(n).ok()),
        false => None,
    };
    let (front, rear) = (contact("front", true), contact("rear", true));
    let (front_right_bit, rear_right_bit) = (contact("front_right", false), contact("rear_right", false));
    let active_high = section.choice("on_when", POLARITY, faults);
    section.finish(faults);
    Some(PlankWiring {
        byte: module?.0,
        front_bit: front?,
        rear_bit: rear?,
        front_right_bit,
        rear_right_bit,
        active_high: active_high?,
    })
}

fn hs_motion(section: &mut Section, faults: &mut Faults) -> Option<SignalConfig> {
    let digits = Places::Numbers("sensor", u16::from(hs_motion::POLES) - 1, 0);
    let poles = poles(section.table("poles", faults), digits, faults);
    Some(SignalConfig {
        poles: poles?.into_iter().collect(),
        ..plain(Dialect::HsMotion)
    })
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

fn wiring(section: Section, places: Places<'_>, faults: &mut Faults) -> Option<Vec<Wire>> {
    let mut wires: Vec<Wire> = Vec::new();
    let mut whole = true;
    for (name, value) in section.entries() {
        let wire = Section::of(value, section.path(name), faults);
        let Some(signal) = Signal::named(name) else {
            let known = Signal::ALL.map(|(_, name)| name).join(", ");
            section.fault(name, format!("is no signal; known are {known}"), faults);
            continue;
        };
        match self::wire(wire, signal, places, faults) {
            Some(wire) => {
                if let Some(other) = wires.iter().find(|w| (w.byte, w.bit) == (wire.byte, wire.bit)) {
                    let text = match places {
                        Places::Modules(modules) => {
                            let name = modules.get(usize::from(wire.byte)).map_or("", |(name, _)| name);
                            format!("input {} of {name}", wire.bit)
                        }
                        Places::Bits(_) => format!("byte {} bit {}", wire.byte, wire.bit),
                        Places::Numbers(key, ..) => format!("{key} {}", wire.bit),
                    };
                    section.fault(name, format!("{text} is {:?} already", other.signal), faults);
                }
                wires.push(wire);
            }
            None => whole = false,
        }
    }
    whole.then_some(wires)
}

fn wire(mut section: Section, signal: Signal, places: Places<'_>, faults: &mut Faults) -> Option<Wire> {
    let place = places.read(&mut section, faults);
    let active_high = section.choice("on_when", POLARITY, faults);
    let hold = hold(&mut section, faults);
    section.finish(faults);
    let (byte, bit) = place?;
    Some(Wire {
        signal,
        byte,
        bit,
        active_high: active_high?,
        hold: hold?,
    })
}

/// `on_after` and `off_after`: nothing where they are missing.
pub(super) fn hold(section: &mut Section, faults: &mut Faults) -> Option<Hold> {
    let mut after = |key| {
        let us = section.quantity_or(key, "0 ms", quantity::TIME, faults);
        if us.is_some_and(|us| us > HOLD_MAX_US) {
            section.fault(key, "must be at most 5 s", faults);
        }
        us.map(Micros)
    };
    let (on, off) = (after("on_after"), after("off_after"));
    Some(Hold { on: on?, off: off? })
}

/// The keys are names for people; which pole of which item stands behind them.
fn poles(section: Section, places: Places<'_>, faults: &mut Faults) -> Option<Vec<PoleWire>> {
    let mut wires: Vec<PoleWire> = Vec::new();
    let mut whole = true;
    for (name, value) in section.entries() {
        let wire = Section::of(value, section.path(name), faults);
        let Some(wire) = pole(wire, places, faults) else {
            whole = false;
            continue;
        };
        let is_same =
            |w: &&PoleWire| (w.byte, w.bit) == (wire.byte, wire.bit) || (w.item, w.pole) == (wire.item, wire.pole);
        if let Some(other) = wires.iter().find(is_same) {
            let text = format!(
                "its sensor or its pole is pole {} of item {} already",
                other.pole, other.item
            );
            section.fault(name, text, faults);
        }
        wires.push(wire);
    }
    if wires.len() > POLES_MAX {
        section.fault(
            "",
            format!("{} poles: one unit relays at most {POLES_MAX}", wires.len()),
            faults,
        );
    }
    whole.then_some(wires)
}

fn pole(mut section: Section, places: Places<'_>, faults: &mut Faults) -> Option<PoleWire> {
    let item = section.index("item", 5, faults);
    let pole = section.index("pole", 127, faults);
    for (key, number) in [("item", item), ("pole", pole)] {
        if number == Some(0) {
            section.fault(key, "counts from 1", faults);
        }
    }
    let place = places.read(&mut section, faults);
    let active_high = section.choice("hit_when", POLARITY, faults);
    section.finish(faults);
    let (byte, bit) = place?;
    Some(PoleWire {
        item: u8::try_from(item?).ok()?,
        pole: u8::try_from(pole?).ok()?,
        byte,
        bit,
        active_high: active_high?,
    })
}

impl Places<'_> {
    /// Byte and bit, as the core has them.
    fn read(self, section: &mut Section, faults: &mut Faults) -> Option<(u8, u8)> {
        let (byte, bit) = match self {
            Places::Bits(last) => (section.index("byte", last, faults), section.index("bit", 7, faults)),
            Places::Modules(modules) => {
                let module = named(section, modules, faults);
                let input = section.index("input", module.map_or(u16::MAX, |(_, last)| last), faults);
                (module.map(|(number, _)| u16::from(number)), input)
            }
            Places::Numbers(key, last, byte) => (Some(u16::from(byte)), section.index(key, last, faults)),
        };
        Some((u8::try_from(byte?).ok()?, u8::try_from(bit?).ok()?))
    }
}
