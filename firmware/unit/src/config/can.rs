//! `[signal_box]` with `dialect = "can"`: which field of the vehicle's bus is which signal.
//!
//! A field is named as in the vehicle's DBC file, or is one of the few that J1939 has in every truck. `value` is the number that
//! is looked for, `counter` a field that numbers the same message, where it has one; `on_when` says whether the signal is on when the field has it (`equal`) or when it has another (`other`).
use super::dbc::Dbc;
use super::wiring::{hold, plain};
use crate::settings::{Faults, Section};
use kaoguan_telemetry::Signal;
use kaoguan_unit_core::can::j1939::{self, Parameter};
use kaoguan_unit_core::{CanConfig, CanField, Dialect, Frames, SignalConfig, Wire};
use std::path::Path;

const SENSE: &[(bool, &str)] = &[(true, "equal"), (false, "other")];
const J1939: &[(Parameter, &str)] = &[
    (j1939::BRAKE, "brake"),
    (j1939::CLUTCH, "clutch"),
    (j1939::PARKING_BRAKE, "parking_brake"),
];

/// The rest of the section.
pub(super) fn can(section: &mut Section, faults: &mut Faults) -> Option<SignalConfig> {
    let bus = section.text("bus", faults).map(|bus| bus.bytes().collect());
    if bus.as_ref().is_some_and(|bus: &Vec<u8>| bus.len() > 16) {
        section.fault("bus", "must be at most 16 characters", faults);
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
    let read = self::signals(signals, dbc.as_ref(), faults);
    let (fields, wires) = read?;
    Some(SignalConfig {
        wiring: wires.into_iter().collect(),
        ..plain(Dialect::Can(CanConfig {
            bus: bus?.into_iter().take(16).collect(),
            fields: fields.into_iter().collect(),
            gear: gear?,
        }))
    })
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
            |other: &CanField| (other.frames, other.layout, other.value) == (field.frames, field.layout, field.value);
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
    let field = match section.has("j1939") {
        true => section.choice("j1939", J1939, faults).map(|parameter| CanField {
            frames: Frames::Group(parameter.group),
            layout: parameter.layout,
            value: 1,
            absent_from: Some(parameter.absent_from),
            counter: None,
        }),
        false => described(&mut section, dbc, faults),
    };
    let active_high = section.choice("on_when", SENSE, faults);
    let hold = hold(&mut section, faults);
    section.finish(faults);
    Some((
        field?,
        Wire {
            signal,
            byte: u8::try_from(number).ok()?,
            bit: 0,
            active_high: active_high?,
            hold: hold?,
        },
    ))
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
        value: i64::from(value?),
        absent_from: None,
        counter,
    })
}
