//! A whole new configuration: proven, read with all its faults, and put in the old one's place in one step.
//!
//! The problem: a file half written, or one that the unit cannot start with, takes the vehicle off the square. The answer:
//! its digest must be right and it must be read without a fault; it is synced beside the old one, which is kept as `.old`, and
//! renamed over it. An order comes over the network: it says how sensors are read, and nothing that would make the unit another
//! one, run a program, open a file or speak to another broker. That is changed at the vehicle. And it is taken only from a
//! broker that the unit has logged in to: on an open one anybody gives orders.
//! Deliberately not here: what becomes of it then ([`super::trial`]): it is on trial.
use super::trial;
use crate::Config;
use crate::health::hex;
use crate::link::Command;
use crate::settings::Fault;
use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// A configuration is a few kilobytes.
const BYTES_MAX: usize = 64 << 10;
/// A person mends these first.
const FAULTS_TOLD: usize = 20;
/// The sections of which an order may change more than the files that they name.
const SENSORS: [&str; 5] = ["attitude", "can", "receiver", "signal_box", "trailer"];
/// Keys whose value is a file's name.
const FILES: [&str; 3] = ["dbc", "path", "pulse"];

/// Puts the command's `toml`, of order `id`, on trial in the place of `file`; the old one produced `asks`.
///
/// # Errors
/// Every reason why it is not; then nothing has changed.
pub fn replace(
    file: &Path,
    own: &Config,
    (id, command): (&str, &Command),
    asks: &BTreeSet<String>,
) -> Result<(), Vec<String>> {
    if own.mqtt.login.is_none() && own.mqtt.tls.is_none() {
        return Err(vec![
            "this unit's broker asks nobody who he is: a configuration is taken where [mqtt] has a username or tls"
                .into(),
        ]);
    }
    let text = checked(own, command).map_err(|why| vec![why])?;
    let before = fs::read_to_string(file).map_err(|e| vec![format!("{}: {e}", file.display())])?;
    // Before anything that it names is opened.
    stays_itself(&before, text)?;
    Config::parse(text, "configuration").map_err(|faulty| told(&faulty.faults))?;
    trial::put_on(file, id, text, asks).map_err(|e| vec![format!("{}: {e}", file.display())])
}

/// Every section that says something else than before and may not.
fn stays_itself(before: &str, text: &str) -> Result<(), Vec<String>> {
    let read = |text: &str| text.parse::<toml::Table>();
    // What is no TOML is refused with its place by the reader of configurations.
    let (Ok(before), Ok(new)) = (read(before), read(text)) else {
        return Ok(());
    };
    let names: BTreeSet<&String> = before.keys().chain(new.keys()).collect();
    let differs = |name: &&&String| {
        let (before, new) = (before.get(**name), new.get(**name));
        match SENSORS.contains(&name.as_str()) {
            true => files(before) != files(new),
            false => before != new,
        }
    };
    let why: Vec<String> = names
        .iter()
        .filter(differs)
        .take(FAULTS_TOLD)
        .map(|name| match SENSORS.contains(&name.as_str()) {
            true => format!("[{name}]: no order changes which file is read: change {FILES:?} at the vehicle"),
            false => format!("[{name}]: no order changes this section: change it at the vehicle"),
        })
        .collect();
    if why.is_empty() { Ok(()) } else { Err(why) }
}

/// Which files a section names.
fn files(section: Option<&toml::Value>) -> Vec<Option<&toml::Value>> {
    FILES.iter().map(|key| section?.get(key)).collect()
}

/// The first faults, and how many there are more: an answer must fit into a message.
fn told(faults: &[Fault]) -> Vec<String> {
    let mut told: Vec<String> = faults.iter().take(FAULTS_TOLD).map(ToString::to_string).collect();
    let more = faults.len() - told.len();
    if more > 0 {
        told.push(format!("and {more} more"));
    }
    told
}

/// The text, if its digest is right.
fn checked<'c>(own: &Config, command: &'c Command) -> Result<&'c str, String> {
    let text = command.text("toml").ok_or("\"toml\" is missing")?;
    let digest = command
        .text("digest")
        .ok_or("\"digest\" is missing: BLAKE3 of the text, 64 hexadecimal digits")?;
    if text.len() > BYTES_MAX {
        return Err(format!("it has {} bytes; at most {BYTES_MAX} are taken", text.len()));
    }
    let found = blake3::hash(text.as_bytes());
    if hex(found.as_bytes()) != digest.to_ascii_lowercase() {
        return Err(format!("its digest is {}, not {digest}", hex(found.as_bytes())));
    }
    if *found.as_bytes() == own.digest {
        return Err("it is the one that this unit runs with".into());
    }
    Ok(text)
}

/// The file of the same name with one more ending.
pub fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

/// Writes a file in one step: whoever reads it finds the old or the new one. It may hold a password: it is its owner's, and
/// keeps the permissions of the one that it replaces.
pub fn write(path: &Path, bytes: &[u8], is_synced: bool) -> io::Result<()> {
    let new = beside(path, "new");
    // One that a power cut left behind.
    let _ = fs::remove_file(&new);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    file.write_all(bytes)?;
    if let Ok(before) = fs::metadata(path) {
        file.set_permissions(before.permissions())?;
    }
    if is_synced {
        file.sync_all()?;
    }
    fs::rename(&new, path)?;
    match path.parent() {
        Some(folder) if is_synced => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}
