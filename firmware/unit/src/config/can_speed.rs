//! `[signal_box.speed]` of a vehicle's bus: which fields of one message tell how fast the wheels turn, and in which unit.
//!
//! A DBC file names its units as it likes (`kph`, `km/h`, nothing at all), so the unit is declared. J1939 has one speed for every truck, in
//! a unit of its own.
use super::dbc::{Dbc, Field};
use crate::settings::{Faults, Section};
use kaoguan_unit_core::can::{Scale, j1939};
use kaoguan_unit_core::{CanSpeed, Frames, SPEEDS_MAX};

/// A unit in millimetres a second, as a fraction.
const UNITS: &[((i64, i64), &str)] = &[((2_500, 9), "km/h"), ((1_000, 1), "m/s"), ((44_704, 100), "mph")];
/// A count of J1939 is 1/256 km/h.
const J1939_SCALE: Scale = Scale {
    factor: 2_500,
    offset: 0,
    per: 9 * 256,
};

/// The section.
pub(super) fn speed(mut section: Section, dbc: Option<&Dbc>, faults: &mut Faults) -> Option<CanSpeed> {
    let speed = match section.has("j1939") {
        true => section
            .choice("j1939", &[(j1939::SPEED, "speed")], faults)
            .map(|parameter| CanSpeed {
                frames: Frames::Group(parameter.group),
                wheels: [parameter.layout].into_iter().collect(),
                scale: J1939_SCALE,
                absent_from: Some(parameter.absent_from),
                counter: None,
            }),
        false => described(&mut section, dbc, faults),
    };
    section.finish(faults);
    speed
}

fn described(section: &mut Section, dbc: Option<&Dbc>, faults: &mut Faults) -> Option<CanSpeed> {
    let message = section.text("message", faults);
    let names = names(section, faults);
    let unit = section.choice("unit", UNITS, faults);
    let counter = section.text_if_any("counter", faults);
    let Some(dbc) = dbc else {
        section.fault("message", "needs a dbc file in the section", faults);
        return None;
    };
    let message = message?;
    let mut field = |key: &str, name: &str| {
        let read = dbc.field(message, name);
        read.map_err(|why| section.fault(key, why, faults)).ok()
    };
    let fields = names?
        .iter()
        .map(|name| field("fields", name))
        .collect::<Option<Vec<Field>>>();
    let counter = match counter {
        Some(name) => Some(field("counter", name)?.layout),
        None => None,
    };
    let fields = fields?;
    let first = *fields.first()?;
    if fields.iter().any(|field| field.scale != first.scale) {
        section.fault("fields", "are not worth the same, so they have no mean", faults);
        return None;
    }
    let Some(scale) = in_mm_s(first.scale, unit?) else {
        section.fault("fields", "have a factor that is too fine or too large", faults);
        return None;
    };
    Some(CanSpeed {
        frames: Frames::Of(first.id),
        wheels: fields.iter().map(|field| field.layout).collect(),
        scale,
        absent_from: None,
        counter,
    })
}

/// One to four names, each once.
fn names(section: &mut Section, faults: &mut Faults) -> Option<Vec<String>> {
    let listed = section.optional("fields").and_then(|value| value.get_ref().as_array());
    let names: Option<Vec<String>> = listed.and_then(|listed| {
        let each = listed.iter().map(|value| Some(value.get_ref().as_str()?.to_owned()));
        each.collect()
    });
    let is_good = |names: &Vec<String>| {
        let is_new = |(n, name): (usize, &String)| !names[..n].contains(name);
        (1..=SPEEDS_MAX).contains(&names.len()) && names.iter().enumerate().all(is_new)
    };
    let names = names.filter(is_good);
    if names.is_none() {
        let text = format!("must be a list of one to {SPEEDS_MAX} fields of the message, each once");
        section.fault("fields", text, faults);
    }
    names
}

fn in_mm_s(scale: Scale, (times, by): (i64, i64)) -> Option<Scale> {
    Some(Scale {
        factor: scale.factor.checked_mul(times)?,
        offset: scale.offset.checked_mul(times)?,
        per: scale.per.checked_mul(by)?,
    })
}
