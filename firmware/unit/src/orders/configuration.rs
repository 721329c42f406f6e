//! A whole new configuration: proven, read with all its faults, and put in the old one's place in one step.
//!
//! The problem: a file half written, or one that the unit cannot start with, takes the vehicle off the square. The answer:
//! its digest must be right, it must be read without a fault and be of the same unit and site (they are the address that the
//! order came to), it is synced beside the old one, which is kept as `.old`, and renamed over it.
//! Deliberately not here: going back by itself where the new one reaches no broker; `.old` is a person's way back.
use crate::Config;
use crate::health::hex;
use crate::link::Command;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// A configuration is a few kilobytes.
const BYTES_MAX: usize = 256 << 10;

/// Puts the command's `toml` in the place of `file`.
///
/// # Errors
/// Every reason why it is not; then nothing has changed.
pub fn replace(file: &Path, own: &Config, command: &Command) -> Result<(), Vec<String>> {
    let text = checked(own, command).map_err(|why| vec![why])?;
    let read = Config::parse(text, "configuration")
        .map_err(|faulty| faulty.faults.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    if (read.id, &read.site) != (own.id, &own.site) {
        let why = format!(
            "it is of unit {} of site {}, and this is {} of {}",
            read.id, read.site, own.id, own.site
        );
        return Err(vec![why]);
    }
    exchange(file, text).map_err(|e| vec![format!("{}: {e}", file.display())])
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

fn exchange(file: &Path, text: &str) -> io::Result<()> {
    // A link to the file stays a link.
    let file = fs::canonicalize(file)?;
    let old = beside(&file, "old");
    write(&old, &fs::read(&file)?, true)?;
    write(&file, text.as_bytes(), true)
}

fn beside(file: &Path, ending: &str) -> PathBuf {
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
