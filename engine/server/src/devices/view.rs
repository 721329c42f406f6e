//! A device as JSON for the page: how it is, the few figures worth seeing, what is wrong and what mends it.
//!
//! The last word of a name is its unit; what the unit has not said is null. Its own words are text and nothing else: the page
//! must never take them for anything more.
use super::faults::Fault;
use super::roster::Role;
use super::words::Word;
use super::{Device, Heard, list};
use crate::devices::roster::Roster;
use crate::texts::Said;
use kaoguan_unit::health::{Direction, Fix, Health, OLD_MS, PortHealth};
use kaoguan_unit::ntrip::State as Corrections;
use serde_json::{Value, json};

/// All devices, and how many words were refused since the start.
pub fn all(roster: &Roster, heard: &Heard, now_us: i64) -> Value {
    let devices: Vec<Value> = list(roster, &heard.units, now_us).iter().map(device).collect();
    json!({ "devices": devices, "refused": heard.refused })
}

/// One device.
pub fn device(device: &Device<'_>) -> Value {
    let words = &device.words;
    let health = words.health.as_ref();
    let faults: Vec<Value> = device.faults.iter().map(fault).collect();
    json!({
        "unit": device.unit.as_str(), "named": device.is_named, "role": role(&device.role), "state": device.state.key(),
        "short": device.faults.first().map(Fault::short), "faults": faults,
        "heard_us": health.map(|word| word.at_us), "live": health.map(|word| word.is_live),
        "conn": words.conn.as_ref().map(|word| word.said.key()),
        "room_min": words.disk.as_ref().and_then(|word| word.said.room_min), "figures": health.map(figures),
    })
}

fn role(role: &Role<'_>) -> Value {
    match role {
        Role::Vehicle(mount) => json!({
            "kind": "vehicle", "vehicle": mount.id, "class": mount.class, "zh": mount.name.zh, "en": mount.name.en,
        }),
        Role::Node(place) => {
            let name = Said::of(
                format!("{} {}", place.item.zh, place.part.zh),
                format!("{}, {}", place.item.en, place.part.en),
            );
            json!({ "kind": "node", "item": place.site, "zh": name.zh, "en": name.en })
        }
    }
}

fn fault(fault: &Fault) -> Value {
    json!({
        "key": format!("fault-{}", fault.name), "state": fault.state.key(), "said": fault.said(), "remedy": fault.remedy(),
    })
}

fn figures(word: &Word<Health>) -> Value {
    let health = &word.said;
    let spool = health.spool.as_ref();
    let link = health.link.as_ref();
    let ports: Vec<Value> = health.ports.iter().map(port).collect();
    json!({
        "firmware": health.firmware, "boot": health.boot, "uptime_s": health.uptime_s, "at_us": health.utc_us,
        "clock_ahead_ms": health.clock_ahead_ms, "configuration": health.configuration, "ports": ports,
        "fix": health.gnss.as_ref().map(fix), "no_fix": health.no_fix,
        "heading": health.heading.as_ref().map(direction), "trailer_heading": health.trailer_heading.as_ref().map(direction),
        "disk": spool.map(|spool| &spool.state), "dropped_samples": spool.map(|spool| spool.dropped_samples),
        "waiting": link.and_then(|link| link.waiting), "connections": link.map(|link| link.connections),
        "corrections": health.corrections.as_ref().map(corrections),
        "temperature_mdeg": health.machine.temperature_mdeg, "old_ms": OLD_MS,
    })
}

fn port(port: &PortHealth) -> Value {
    json!({
        "port": port.port, "silent": port.silent, "quiet_ms": port.quiet_ms,
        "sentences_per_10_s": port.sentences_per_10_s, "samples_per_10_s": port.samples_per_10_s,
    })
}

fn fix(fix: &Fix) -> Value {
    json!({
        "quality": fix.quality, "satellites": fix.satellites, "age_ms": fix.age_ms, "sigma_tenth_mm": fix.sigma_tenth_mm,
        "ago_ms": fix.ago_ms,
    })
}

fn direction(heading: &Direction) -> Value {
    json!({
        "heading_cdeg": heading.heading_cdeg, "quality": heading.quality, "sigma_cdeg": heading.sigma_cdeg,
        "baseline_tenth_mm": heading.baseline_tenth_mm, "ago_ms": heading.ago_ms,
    })
}

fn corrections(state: &Corrections) -> Value {
    json!({
        "up": state.is_up, "quiet_ms": state.quiet_ms, "bytes_per_10_s": state.bytes_per_10_s,
        "base_off_tenth_mm": state.tally.base.and_then(|base| base.off_tenth_mm),
    })
}
