//! How the unit is: what arrives and how often, what was refused, how old the last words are, disk, link and machine.
//!
//! The problem: the crew in the morning, the examiner and whoever watches a fleet ask the same questions from three places.
//! The answer: one picture, made once a second from what is counted anyway, as JSON: retained on MQTT, on the local socket
//! ([`crate::local`]), and on a terminal ([`crate::command::watch`]). Rates are counts of the last seconds, in whole numbers.
//! Deliberately not here: whether any of it is good. The engine judges fixes, and [`crate::command::check`] asks for what
//! an exam needs.
mod machine;
mod observer;

pub use machine::Machine;
pub use machine::room;
pub use observer::{Observer, counts, refused};

use crate::config::Config;
use crate::ntrip::State as Corrections;
use kaoguan_telemetry::{Port, Quality};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// The picture goes over the network at least so often, a megabyte in an hour: whoever hears none for much longer hears no unit.
pub const SAID_EACH: Duration = Duration::from_secs(30);
/// What a line said longer ago than this is shown as old, milliseconds: the slowest of them speaks each second.
pub const OLD_MS: i64 = 2_000;
/// How [`Health::configuration`] says that the unit may begin anew by itself.
pub const ON_TRIAL: &str = "is on trial";

/// One picture. Absent is what has not been heard of yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Who.
    pub unit: String,
    /// Where.
    pub site: String,
    /// Counts its starts.
    pub boot: Option<u32>,
    /// Version of the program.
    pub firmware: String,
    /// BLAKE3 of its configuration's text, hexadecimal.
    pub config_digest: String,
    /// Of an order's configuration: that it is on trial, or was taken back, and why; a sentence.
    pub configuration: Option<String>,
    /// Since its start, seconds.
    pub uptime_s: i64,
    /// Event time, microseconds since 1970; absent before the first time lock.
    pub utc_us: Option<i64>,
    /// How far the computer's clock is ahead of event time, milliseconds.
    pub clock_ahead_ms: Option<i64>,
    /// Each line.
    pub ports: Vec<PortHealth>,
    /// The last position.
    pub gnss: Option<Fix>,
    /// Why the receiver's last word was none.
    pub no_fix: Option<String>,
    /// The last direction of the antennas.
    pub heading: Option<Direction>,
    /// The trailer's.
    pub trailer_heading: Option<Direction>,
    /// The last inertial frame.
    pub attitude: Option<Inertial>,
    /// The last frame of the signal box.
    pub signals: Option<Switches>,
    /// What the clock counted that is not zero, by its name in the core.
    pub time: BTreeMap<String, u64>,
    /// The disk; absent where nothing is stored.
    pub spool: Option<SpoolHealth>,
    /// The link; absent where there is none.
    pub link: Option<LinkHealth>,
    /// The receiver's corrections; absent where none come through this unit.
    pub corrections: Option<Corrections>,
    /// The computer.
    pub machine: Machine,
}

/// One line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortHealth {
    /// Its name, as the configuration's section.
    pub port: String,
    /// The device.
    pub path: String,
    /// Since its last byte, milliseconds; absent where none came.
    pub quiet_ms: Option<i64>,
    /// Bytes in ten seconds, by the last five.
    pub bytes_per_10_s: u64,
    /// Sentences or frames accepted in ten seconds, by the last five.
    pub sentences_per_10_s: u64,
    /// Samples in ten seconds, by the last five.
    pub samples_per_10_s: u64,
    /// Why it is silent, if it is.
    pub silent: Option<String>,
    /// What was counted instead of believed and is not zero, by its name in the core.
    pub refused: BTreeMap<String, u64>,
}

/// A position, without the place: that is nobody's business here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// As [`quality`] names it.
    pub quality: String,
    /// Used.
    pub satellites: u8,
    /// Of the corrections, milliseconds.
    pub age_ms: Option<i64>,
    /// The larger of north and east, tenths of a millimetre.
    pub sigma_tenth_mm: Option<i32>,
    /// Over ground, millimetres a second.
    pub speed_mm_s: Option<i64>,
    /// Since it was said, milliseconds.
    pub ago_ms: i64,
}

/// A direction.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Direction {
    /// Clockwise from true north, hundredths of a degree.
    pub heading_cdeg: i32,
    /// As [`quality`] names it.
    pub quality: String,
    /// Hundredths of a degree.
    pub sigma_cdeg: Option<i32>,
    /// Between the antennas, tenths of a millimetre.
    pub baseline_tenth_mm: Option<i32>,
    /// Since it was said, milliseconds.
    pub ago_ms: i64,
}

/// An inertial frame.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inertial {
    /// Specific force in the sensor's own axes, micrometres per second squared.
    pub force_um_s2: [i32; 3],
    /// Angular rate in the sensor's own axes, millidegrees a second.
    pub rate_mdeg_s: [i32; 3],
    /// The vendor's own roll, pitch and yaw, hundredths of a degree: to look at, never used.
    pub vendor_cdeg: Option<[i32; 3]>,
    /// Since it was said, milliseconds.
    pub ago_ms: i64,
}

/// Switches by their configuration names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switches {
    /// Wired and on.
    pub on: Vec<String>,
    /// Wired and off.
    pub off: Vec<String>,
    /// Whether the frame's check was proven.
    pub proven: bool,
    /// Since it was said, milliseconds.
    pub ago_ms: i64,
}

/// The disk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpoolHealth {
    /// As in the status message.
    pub state: String,
    /// Samples refused since the start.
    pub dropped_samples: u64,
    /// The last batch that is safely on it, as a sentence.
    pub last: Option<String>,
    /// Its bound, bytes.
    pub max_bytes: u64,
    /// Room on its file system, bytes.
    pub room_bytes: Option<u64>,
}

/// The link.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkHealth {
    /// Whether there is a connection.
    pub connected: bool,
    /// Connections since the start.
    pub connections: u64,
    /// Why the last one failed, until the next one holds.
    pub trouble: Option<String>,
    /// The last batch that the engine has, as a sentence.
    pub receipted: Option<String>,
    /// Batches of this boot without a receipt; absent where that cannot be told.
    pub waiting: Option<u64>,
    /// Since the last receipt that said something new, milliseconds.
    pub receipt_ago_ms: Option<i64>,
}

impl Health {
    /// Whether the unit may begin anew by itself, because a configuration that came by an order is on trial: it has no room for an exam.
    pub fn is_on_trial(&self) -> bool {
        self.configuration.as_ref().is_some_and(|said| said.contains(ON_TRIAL))
    }

    /// A sentence of one line for systemd and the log.
    pub fn line(&self) -> String {
        let quality = self.gnss.as_ref().map_or("no fix", |fix| fix.quality.as_str());
        let link = match &self.link {
            Some(LinkHealth { connected: true, .. }) => "connected",
            Some(_) => "no connection",
            None => "no link",
        };
        let spool = self.spool.as_ref().map_or("no spool", |spool| spool.state.as_str());
        format!("{quality}, spool {spool}, {link}")
    }
}

/// The name of a port in everything that people read: its section of the configuration.
pub const fn name(port: Port) -> &'static str {
    match port {
        Port::Receiver => "receiver",
        Port::Attitude => "attitude",
        Port::Signals => "signals",
        Port::Unit => "unit",
        Port::Trailer => "trailer",
    }
}

/// The name of a quality.
pub const fn quality(quality: Quality) -> &'static str {
    match quality {
        Quality::None => "none",
        Quality::Single => "single",
        Quality::Float => "float",
        Quality::Fixed => "fixed",
        Quality::DeadReckoning => "dead_reckoning",
        Quality::Invalid => "invalid",
    }
}

/// The digest as people compare it.
pub fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Who speaks, before anything was heard.
pub fn of(config: &Config) -> Health {
    Health {
        unit: config.id.as_str().to_owned(),
        site: config.site.clone(),
        firmware: env!("CARGO_PKG_VERSION").to_owned(),
        config_digest: hex(&config.digest),
        ..Health::default()
    }
}
