//! The configuration of a unit around the simulated sensors.
use super::Rig;
use crate::sensors::{Port, Settings, attitude, receiver, signal_box};
use std::path::Path;

/// Where a unit belongs.
#[derive(Debug, Clone, Copy)]
pub struct UnitSite<'a> {
    /// The site's name in topics.
    pub site: &'a str,
    /// The unit's name.
    pub unit: &'a str,
    /// The broker's host and port.
    pub mqtt: (&'a str, u16),
    /// The unit's spool folder.
    pub spool: &'a Path,
    /// The socket on which the unit listens for its clock's leader; `None` for its own clock.
    pub clock: Option<&'a Path>,
}

/// The text of a `unit.toml` for the rig's ports and the simulated box's wiring (facts, sensors 11.3).
pub fn unit_toml(rig: &Rig, at: &UnitSite<'_>, settings: &Settings) -> String {
    let (host, port) = at.mqtt;
    let clock = at.clock.map_or(String::new(), |socket| {
        format!("\n[clock]\nled = {:?}\n", socket.display().to_string())
    });
    let path = |port: Port| format!("{:?}", rig.path(port).display().to_string());
    format!(
        r#"# Written by kaoguan-sim: a unit around simulated sensors.
site = {site:?}
unit = {unit:?}

[mqtt]
host = {host:?}
port = {port}

[spool]
path = {spool:?}
{clock}
[receiver]
device = {receiver}
baud = 115200
latency = "{receiver_ms} ms"

[attitude]
device = {attitude}
baud = 115200
latency = "{attitude_ms} ms"

[signals]
device = {signals}
baud = 115200
latency = "{signals_ms} ms"
check = {check:?}
length = {length}
gear = true
pole_hits = true
{wiring}"#,
        site = at.site,
        unit = at.unit,
        spool = at.spool.display().to_string(),
        receiver = path(Port::Receiver),
        attitude = path(Port::Attitude),
        signals = path(Port::Signals),
        receiver_ms = receiver::LATENCY_US / 1000,
        attitude_ms = attitude::LATENCY_US / 1000,
        signals_ms = signal_box::LATENCY_US / 1000,
        check = settings.check.name(),
        length = signal_box::LENGTH,
        wiring = wiring(settings),
    )
}

/// Signal, byte and bit of the simulated box; a set bit is "on".
pub const WIRES: [(&str, u8, u8); 10] = [
    ("helmet", 31, 2),
    ("grip_left", 31, 3),
    ("grip_right", 31, 4),
    ("peg_left", 31, 5),
    ("peg_right", 31, 6),
    ("brake_front", 55, 1),
    ("brake_foot", 0, 0),
    ("engine_running", 1, 7),
    ("clutch", 0, 1),
    ("lamp_left", 0, 5),
];

fn wiring(settings: &Settings) -> String {
    let wires: String = WIRES
        .iter()
        .map(|(signal, byte, bit)| {
            format!("\n[[signals.wire]]\nsignal = {signal:?}\nbyte = {byte}\nbit = {bit}\nactive_high = true\n")
        })
        .collect();
    let high = settings.plank_active_high;
    format!("\n[signals.plank]\nbyte = 34\nfront_bit = 7\nrear_bit = 6\nactive_high = {high}\n{wires}")
}
