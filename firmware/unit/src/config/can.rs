//! `[signal_box]` with `dialect = "can"`: which field of the vehicle's bus is which signal, and what the vehicle is asked.
//!
//! The bus is heard from the kernel (`interface`), or from a logger's lines (`path`, `baud` and `bus`). A field is named as in the
//! vehicle's DBC file, or is one of the few that J1939 has in every truck, or what a vehicle answers over OBD-II. `value` is the number that
//! is looked for, `counter` a field that numbers the same message, where it has one; `on_when` says whether the signal is on when the field has it
//! (`equal`), another (`other`), it or more (`at_least`), or less (`below`).
//!
//! `[signal_box.ask]` declares that the vehicle is asked: without it nothing is ever sent. An exam's unit listens; asking is for what no
//! frame says by itself.
use super::Line;
use super::dbc::Dbc;
use super::wiring::{hold, plain};
use crate::settings::quantity::TIME;
use crate::settings::{Faults, Section};
use kaoguan_telemetry::Signal;
use kaoguan_telemetry::units::Micros;
use kaoguan_unit_core::can::ask::AskConfig;
use kaoguan_unit_core::can::j1939::{self, Parameter};
use kaoguan_unit_core::can::obd::{Pid, Target};
use kaoguan_unit_core::{CanConfig, CanField, Dialect, Frames, High, SignalConfig, Wire};
use std::path::{Path, PathBuf};

/// Whether the signal is on when its field is "high", and whether that is one number or a least one.
const SENSE: &[((bool, bool), &str)] = &[
    ((true, false), "equal"),
    ((false, false), "other"),
    ((true, true), "at_least"),
    ((false, true), "below"),
];
const PIDS: &[(Pid, &str)] = &[
    (Pid::EngineSpeed, "engine_speed"),
    (Pid::Speed, "speed"),
    (Pid::RunTime, "run_time"),
    (Pid::Voltage, "voltage"),
    (Pid::Load, "load"),
    (Pid::Throttle, "throttle"),
    (Pid::Coolant, "coolant"),
];
/// How soon somebody may be asked again, and how long an answer may be waited for.
const EVERY_US: std::ops::RangeInclusive<i64> = 50_000..=1_000_000;
const ANSWER_US: std::ops::RangeInclusive<i64> = 50_000..=1_000_000;
/// The kernel's names of interfaces.
const INTERFACE_MAX: usize = 15;
const J1939: &[(Parameter, &str)] = &[
    (j1939::BRAKE, "brake"),
    (j1939::CLUTCH, "clutch"),
    (j1939::PARKING_BRAKE, "parking_brake"),
];

/// The bus as the kernel has it, where the section names its interface: a line without a rate.
pub(super) fn interface(section: &mut Section, faults: &mut Faults) -> Option<Line> {
    let interface = section.text("interface", faults)?;
    let is_plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-' | b'.');
    if interface.len() > INTERFACE_MAX || !interface.bytes().all(is_plain) {
        section.fault("interface", "must be an interface's name, such as can0", faults);
    }
    for key in ["path", "bus"].into_iter().filter(|key| section.has(key)) {
        section.fault(
            key,
            "a bus is heard from its interface or from a path, not from both",
            faults,
        );
    }
    let _ = ["path", "baud", "bus"].map(|key| section.optional(key));
    Some(Line {
        path: PathBuf::from(interface),
        baud: 0,
    })
}

/// The rest of the section.
pub(super) fn can(section: &mut Section, faults: &mut Faults) -> Option<SignalConfig> {
    let is_proven = section.has("interface");
    let bus = match is_proven {
        true => section.optional("interface").and_then(|name| name.get_ref().as_str()),
        false => section.text("bus", faults),
    };
    let bus = bus.map(|bus| bus.bytes().collect());
    if bus.as_ref().is_some_and(|bus: &Vec<u8>| bus.len() > 16) && !is_proven {
        section.fault("bus", "must be at most 16 characters", faults);
    }
    let ask = section.table_if_any("ask", faults).map(|section| ask(section, faults));
    if ask.is_some() && !is_proven {
        section.fault("ask", "a logger's lines cannot be asked: give an interface", faults);
    }
    let gear = section.flag("gear", faults);
    let dbc = section
        .text_if_any("dbc", faults)
        .map(|path| Dbc::load(Path::new(path)));
    if let Some(Err(why)) = &dbc {
        section.fault("dbc", why.clone(), faults);
    }
    // What a description that cannot be read would have said need not be said of each signal.
    let is_lost = matches!(dbc, Some(Err(_)));
    let dbc = dbc.and_then(Result::ok);
    let signals = section.table("signals", faults);
    if is_lost {
        return None;
    }
    let speed = section
        .table_if_any("speed", faults)
        .map(|section| super::can_speed::speed(section, dbc.as_ref(), faults));
    let read = self::signals(signals, dbc.as_ref(), faults);
    let (fields, wires) = read?;
    let ask = match ask {
        Some(ask) => Some(ask?),
        None => None,
    };
    let speed = match speed {
        Some(speed) => Some(speed?),
        None => None,
    };
    if let Some(ask) = &ask {
        are_asked(section, &fields, ask, faults);
    }
    Some(SignalConfig {
        wiring: wires.into_iter().collect(),
        ..plain(Dialect::Can(CanConfig {
            bus: bus?.into_iter().take(16).collect(),
            fields: fields.into_iter().collect(),
            gear: gear?,
            is_proven,
            speed,
            ask,
        }))
    })
}

/// Whom, for what, and how often.
fn ask(mut section: Section, faults: &mut Faults) -> Option<AskConfig> {
    let pids = pids(&mut section, faults);
    let target = target(&mut section, faults);
    let every = section.quantity_or("every", "100 ms", TIME, faults);
    let answer = section.quantity_or("answer", "150 ms", TIME, faults);
    for (key, us, range) in [("every", every, EVERY_US), ("answer", answer, ANSWER_US)] {
        if us.is_some_and(|us| !range.contains(&us)) {
            section.fault(key, "must be 50 ms to 1 s", faults);
        }
    }
    section.finish(faults);
    Some(AskConfig {
        target: target?,
        pids: pids?.into_iter().collect(),
        every: Micros(every?),
        answer: Micros(answer?),
    })
}

fn pids(section: &mut Section, faults: &mut Faults) -> Option<Vec<Pid>> {
    let listed = section.optional("pids").map(|value| value.get_ref().as_array());
    let named = |name: &str| PIDS.iter().find(|(_, known)| *known == name).map(|(pid, _)| *pid);
    let read = listed.flatten().and_then(|listed| {
        let each = listed.iter().map(|value| named(value.get_ref().as_str()?));
        each.collect::<Option<Vec<Pid>>>()
    });
    let once = read.filter(|pids| !pids.is_empty() && pids.iter().enumerate().all(|(n, pid)| !pids[..n].contains(pid)));
    if once.is_none() {
        let known = PIDS.iter().map(|(_, name)| *name).collect::<Vec<_>>().join(", ");
        section.fault("pids", format!("must be a list of these, each once: {known}"), faults);
    }
    once
}

/// `bits` (11 where it is missing), and `unit` where one control unit is asked alone: 0 to 7, or its address.
fn target(section: &mut Section, faults: &mut Faults) -> Option<Target> {
    let bits = match section.has("bits") {
        true => section.index("bits", 29, faults),
        false => Some(11),
    };
    if bits.is_some_and(|bits| bits != 11 && bits != 29) {
        section.fault("bits", "an identifier has 11 bits or 29", faults);
    }
    let is_extended = bits? == 29;
    if !section.has("unit") {
        return Some(Target::All(is_extended));
    }
    let unit = section.index("unit", if is_extended { 255 } else { 7 }, faults)?;
    let unit = u8::try_from(unit).ok()?;
    Some(match is_extended {
        true => Target::Extended(unit),
        false => Target::Standard(unit),
    })
}

/// A signal needs its question, and that often enough to be known all the time.
fn are_asked(section: &Section, fields: &[CanField], ask: &AskConfig, faults: &mut Faults) {
    for field in fields {
        if let Frames::Answers(pid) = field.frames
            && !ask.pids.contains(&pid)
        {
            let name = PIDS
                .iter()
                .find(|(known, _)| *known == pid)
                .map_or("", |(_, name)| *name);
            section.fault(
                "ask",
                format!("a signal needs {name}, which is not among its pids"),
                faults,
            );
        }
    }
    let silence = section.quantity_again("silence", super::SILENCE_DEFAULT, TIME);
    let round = ask.every.0.saturating_mul(ask.pids.len() as i64);
    let is_needed = fields.iter().any(|field| matches!(field.frames, Frames::Answers(_)));
    if is_needed && silence.is_some_and(|silence| round.saturating_add(ask.answer.0) > silence) {
        let text = format!("one round takes {round} us: a signal would not be known between two, after silence");
        section.fault("ask", text, faults);
    }
}

fn signals(section: Section, dbc: Option<&Dbc>, faults: &mut Faults) -> Option<(Vec<CanField>, Vec<Wire>)> {
    let (mut fields, mut wires) = (Vec::<CanField>::new(), Vec::<Wire>::new());
    let mut whole = true;
    for (name, value) in section.entries() {
        let entry = Section::of(value, section.path(name), faults);
        let Some(signal) = Signal::named(name) else {
            let known = Signal::ALL.map(|(_, name)| name).join(", ");
            section.fault(name, format!("is no signal; known are {known}"), faults);
            continue;
        };
        let Some((field, wire)) = self::signal(entry, signal, wires.len(), dbc, faults) else {
            whole = false;
            continue;
        };
        let is_same =
            |other: &CanField| (other.frames, other.layout, other.high) == (field.frames, field.layout, field.high);
        let twin = fields.iter().zip(&wires).find(|(other, _)| is_same(other));
        if let Some((_, other)) = twin {
            section.fault(
                name,
                format!("this value of this field is {:?} already", other.signal),
                faults,
            );
        }
        fields.push(field);
        wires.push(wire);
    }
    whole.then_some((fields, wires))
}

fn signal(
    mut section: Section,
    signal: Signal,
    number: usize,
    dbc: Option<&Dbc>,
    faults: &mut Faults,
) -> Option<(CanField, Wire)> {
    let field = match (section.has("j1939"), section.has("obd")) {
        (true, _) => section.choice("j1939", J1939, faults).map(|parameter| CanField {
            frames: Frames::Group(parameter.group),
            layout: parameter.layout,
            high: High::Is(1),
            absent_from: Some(parameter.absent_from),
            counter: None,
        }),
        (false, true) => answered(&mut section, faults),
        (false, false) => described(&mut section, dbc, faults),
    };
    let sense = section.choice("on_when", SENSE, faults);
    let hold = hold(&mut section, faults);
    section.finish(faults);
    let (active_high, is_least) = sense.unzip();
    let mut field = field?;
    if let (High::Is(value), true) = (field.high, is_least?) {
        field.high = High::AtLeast(value);
    }
    Some((
        field,
        Wire {
            signal,
            byte: u8::try_from(number).ok()?,
            bit: 0,
            active_high: active_high?,
            hold: hold?,
        },
    ))
}

/// A value that is answered, in its own unit.
fn answered(section: &mut Section, faults: &mut Faults) -> Option<CanField> {
    let pid = section.choice("obd", PIDS, faults);
    let units: &[(&str, i64)] = match pid? {
        Pid::EngineSpeed => &[("rpm", 4)],
        Pid::Speed => &[("km/h", 1)],
        Pid::RunTime => &[("s", 1)],
        Pid::Voltage => &[("mV", 1), ("V", 1_000)],
        Pid::Load | Pid::Throttle | Pid::Coolant => {
            section.fault("obd", "is evidence only: no signal can be made of it", faults);
            return None;
        }
    };
    let value = section.quantity("value", units, faults);
    Some(CanField {
        frames: Frames::Answers(pid?),
        layout: pid?.layout(),
        high: High::Is(value?),
        absent_from: None,
        counter: None,
    })
}

fn described(section: &mut Section, dbc: Option<&Dbc>, faults: &mut Faults) -> Option<CanField> {
    let message = section.text("message", faults);
    let name = section.text("field", faults);
    let value = section.index("value", u16::MAX, faults);
    let counter = section.text_if_any("counter", faults);
    let Some(dbc) = dbc else {
        section.fault("message", "needs a dbc file in the section", faults);
        return None;
    };
    let field = match dbc.field(message?, name?) {
        Ok(field) => field,
        Err(why) => {
            section.fault("field", why, faults);
            return None;
        }
    };
    let counter = match counter {
        None => None,
        Some(counter) => match dbc.field(message?, counter) {
            Ok(counter) => Some(counter.layout),
            Err(why) => {
                section.fault("counter", why, faults);
                return None;
            }
        },
    };
    Some(CanField {
        frames: Frames::Of(field.id),
        layout: field.layout,
        high: High::Is(i64::from(value?)),
        absent_from: None,
        counter,
    })
}
