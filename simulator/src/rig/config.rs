//! The configuration of a unit around the simulated sensors.
use super::Rig;
use crate::sensors::{Port, Settings, attitude, receiver, signal_box};
use crate::vehicle::Kind;
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

/// The text of a `unit.toml` for the rig's ports and the simulated box's wiring (facts, sensors 11.3). The format is
/// `firmware/unit/unit.example.toml`'s.
pub fn unit_toml(rig: &Rig, at: &UnitSite<'_>, settings: &Settings) -> String {
    let (host, port) = at.mqtt;
    let clock = at
        .clock
        .map_or(String::new(), |socket| format!("\n[clock]\nled = {}\n", quoted(socket)));
    format!(
        r#"# Written by kaoguan-sim: a unit around simulated sensors.
[unit]
id = {unit:?}
site = {site:?}
spool = {spool}
spool_max = "1 GiB"

[mqtt]
host = {host:?}
port = {port}

[receiver]
path = {receiver}
baud = "115200 baud"
latency = "{receiver_ms} ms"

[attitude]
path = {attitude}
baud = "115200 baud"
latency = "{attitude_ms} ms"
vendor_angle = true

{trailer}{signal_box}{clock}"#,
        site = at.site,
        unit = at.unit,
        spool = quoted(at.spool),
        signal_box = signal_box_toml(rig, settings),
        receiver = terminal(rig, Port::Receiver),
        attitude = terminal(rig, Port::Attitude),
        trailer = trailer_toml(rig),
        receiver_ms = receiver::LATENCY_US / 1000,
        attitude_ms = attitude::LATENCY_US / 1000,
    )
}

/// The receiver of what is drawn, where the rig has a line for it.
fn trailer_toml(rig: &Rig) -> String {
    let Some(path) = rig.path(Port::Trailer) else {
        return String::new();
    };
    format!(
        "[trailer]\npath = {}\nbaud = \"115200 baud\"\nlatency = \"{} ms\"\n\n",
        quoted(path),
        receiver::LATENCY_US / 1000
    )
}

fn terminal(rig: &Rig, port: Port) -> String {
    rig.path(port).map_or_else(String::new, quoted)
}

fn quoted(path: &Path) -> String {
    format!("{:?}", path.display().to_string())
}

/// The box's section; as text it speaks on the receiver's line.
fn signal_box_toml(rig: &Rig, settings: &Settings) -> String {
    let box_port = if settings.box_text {
        Port::Receiver
    } else {
        Port::Signals
    };
    format!(
        r#"[signal_box]
path = {signals}
baud = "115200 baud"
latency = "{signals_ms} ms"
length = "{length} bytes"
check = {check:?}
spacing_min = "50 ms"
spacing_max = "200 ms"
gear = true
{also}
[signal_box.signals]
{wires}"#,
        signals = terminal(rig, box_port),
        signals_ms = signal_box::LATENCY_US / 1000,
        length = signal_box::LENGTH,
        check = settings.check.name(),
        also = also(settings),
        wires = wires(settings.wired_to),
    )
}

/// What a car's box is not wired to, unless somebody says so: its bits of it are zero, and a wheel without pulses would stand.
fn also(settings: &Settings) -> String {
    let on_when = if settings.plank_active_high { "high" } else { "low" };
    let plank =
        |right: &str| format!("plank = {{ byte = 34, front_bit = 7, rear_bit = 6,{right} on_when = {on_when:?} }}\n");
    match settings.wired_to {
        Kind::Car if settings.bridges => format!(
            "pole_hits = true\nodometer = false\n{}",
            plank(" front_right_bit = 5, rear_right_bit = 4,")
        ),
        Kind::Car => "pole_hits = false\nodometer = false\n".to_owned(),
        Kind::Motorcycle => format!("pole_hits = true\nodometer = true\n{}", plank("")),
        Kind::Tricycle => format!("pole_hits = true\nodometer = false\n{}", plank(" rear_right_bit = 4,")),
    }
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
    ("clutch", 0, 1),
    ("lamp_left", 0, 5),
    ("engine_running", 1, 7),
];

/// The same in a car.
pub const CAR_WIRES: [(&str, u8, u8); 14] = [
    ("brake_foot", 0, 0),
    ("clutch", 0, 1),
    ("dipped_beam", 0, 2),
    ("main_beam", 0, 3),
    ("lamp_right", 0, 4),
    ("lamp_left", 0, 5),
    ("parking_brake", 0, 6),
    ("horn", 1, 0),
    ("hazard_lamps", 1, 4),
    ("belt", 1, 5),
    ("starter", 1, 6),
    ("engine_running", 1, 7),
    ("wiper", 7, 0),
    ("fog_lamp", 7, 1),
];

fn wires(kind: Kind) -> String {
    let line = |(signal, byte, bit): &(&str, u8, u8)| {
        format!("{signal} = {{ byte = {byte}, bit = {bit}, on_when = \"high\" }}\n")
    };
    match kind {
        Kind::Motorcycle | Kind::Tricycle => WIRES.iter().map(line).collect(),
        Kind::Car => CAR_WIRES.iter().map(line).collect(),
    }
}
