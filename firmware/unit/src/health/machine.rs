//! The computer itself, as far as Linux tells: heat, load, memory, room. What it does not tell is absent.
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// One look.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// The hottest zone, thousandths of a degree Celsius.
    pub temperature_mdeg: Option<i64>,
    /// Processes that want to run, mean of a minute, hundredths.
    pub load_percent: Option<u64>,
    /// Memory that could be had, KiB.
    pub memory_available_kib: Option<u64>,
    /// Memory of this process, KiB.
    pub resident_kib: Option<u64>,
}

impl Machine {
    /// Looks now: a few small files of the kernel's.
    pub fn look() -> Machine {
        let read = |path: &str| fs::read_to_string(path).ok();
        Machine {
            temperature_mdeg: temperature(Path::new("/sys/class/thermal")),
            load_percent: read("/proc/loadavg").and_then(|text| load(&text)),
            memory_available_kib: read("/proc/meminfo").and_then(|text| kib(&text, "MemAvailable:")),
            resident_kib: read("/proc/self/status").and_then(|text| kib(&text, "VmRSS:")),
        }
    }
}

/// Bytes that may still be written to the file system of `path`.
pub fn room(path: &Path) -> Option<u64> {
    let told = nix::sys::statvfs::statvfs(path).ok()?;
    told.blocks_available().checked_mul(told.fragment_size())
}

fn temperature(folder: &Path) -> Option<i64> {
    let zones = fs::read_dir(folder)
        .ok()?
        .flatten()
        .filter(|zone| zone.file_name().to_string_lossy().starts_with("thermal_zone"));
    zones
        .filter_map(|zone| fs::read_to_string(zone.path().join("temp")).ok()?.trim().parse().ok())
        .max()
}

/// `0.42 ...`: two decimals.
fn load(text: &str) -> Option<u64> {
    let (whole, hundredths) = text.split_whitespace().next()?.split_once('.')?;
    if hundredths.len() != 2 {
        return None;
    }
    whole
        .parse::<u64>()
        .ok()?
        .checked_mul(100)?
        .checked_add(hundredths.parse().ok()?)
}

/// The number behind `key`, which the kernel gives in kB.
fn kib(text: &str, key: &str) -> Option<u64> {
    text.lines()
        .find_map(|line| line.strip_prefix(key))?
        .split_whitespace()
        .next()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_words_are_read_and_others_are_none() {
        assert_eq!(load("0.42 0.10 0.05 1/123 4567\n"), Some(42));
        assert_eq!(load("12.07 1 1"), Some(1_207));
        assert_eq!(load("1.5 1 1"), None);
        assert_eq!(load(""), None);
        let text = "MemTotal:  8000 kB\nMemAvailable:    4000 kB\n";
        assert_eq!(kib(text, "MemAvailable:"), Some(4_000));
        assert_eq!(kib(text, "VmRSS:"), None);
    }

    #[test]
    fn the_hottest_zone_counts() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(temperature(folder.path()), None);
        for (zone, text) in [
            ("thermal_zone0", "41000\n"),
            ("thermal_zone1", "55125\n"),
            ("cooling_device0", "99999\n"),
        ] {
            fs::create_dir(folder.path().join(zone)).expect("made");
            fs::write(folder.path().join(zone).join("temp"), text).expect("written");
        }
        assert_eq!(temperature(folder.path()), Some(55_125));
    }
}
