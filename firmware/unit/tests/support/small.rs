//! A small file system of its own for a unit's spool, with what an earlier boot has stored there.
use super::engine::Engine;
use super::rig::{Leader, Rig};
use super::sentences::{START_US, attitude, epoch};
use kaoguan_telemetry::units::{EventTime, Micros, Uptime};
use kaoguan_telemetry::wire::Raw;
use kaoguan_telemetry::{Port, Reading, Sample, Stamp, UnitId};
use kaoguan_unit::batcher::Parcel;
use kaoguan_unit::spool::Store;
use nix::mount::{MsFlags, mount, umount};
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// So many batches stand on it before the unit starts.
pub const BATCHES: usize = 5;

/// A file system of 512 KiB, for as long as this lives.
pub struct Small(PathBuf);

impl Small {
    /// `None`, with a printed line, only where this machine lets nobody mount one.
    pub fn new(path: &Path) -> Option<Small> {
        fs::create_dir(path).expect("made");
        match mount(Some("none"), path, Some("tmpfs"), MsFlags::empty(), Some("size=512k")) {
            Ok(()) => Some(Small(path.to_owned())),
            Err(e) => {
                println!("skipped: no tmpfs may be mounted here ({e})");
                None
            }
        }
    }

    /// Somebody's file takes all that is left.
    pub fn fill(&self) {
        let mut file = fs::File::create(self.0.join("ballast")).expect("made");
        while file.write_all(&[1; 512]).is_ok() {}
    }

    pub fn make_room(&self) {
        fs::remove_file(self.0.join("ballast")).expect("removed");
    }

    /// From now on it can only be read, or written again.
    pub fn protect(&self, is_read_only: bool) {
        let only = if is_read_only {
            MsFlags::MS_RDONLY
        } else {
            MsFlags::empty()
        };
        let how = MsFlags::MS_REMOUNT | only;
        mount(Some("none"), &self.0, Some("tmpfs"), how, Some("size=512k")).expect("mounted again");
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = umount(&self.0);
    }
}

/// What a boot before this one has stored: [`BATCHES`], a second before the ride.
pub fn store(folder: &Path) {
    let unit = UnitId::new("moto-1").expect("a good name");
    let mut store = Store::open(folder, unit, 1 << 30).expect("opens");
    for n in 0..BATCHES as i64 {
        let sample = Sample {
            port: Port::Unit,
            seq: n as u64,
            at: Stamp::Utc(EventTime(START_US - 1_000_000 + n)),
            at_u: Micros(1),
            reading: Reading::Beat,
        };
        let raw = Raw {
            port: Port::Receiver,
            at: Uptime(n),
            bytes: vec![7; 20_000],
        };
        store.append(Parcel {
            samples: vec![sample],
            raws: vec![raw],
        });
        store.sync();
    }
}

/// Ten epochs a second from the `first` on; one batch each.
pub async fn leading(mut rig: Rig, mut leader: Leader, first: i64, steps: i64) -> (Rig, Leader) {
    let work = move || {
        for step in first..first + steps {
            for (line, bytes) in [(0, epoch(step * 100)), (1, attitude(step))] {
                rig.write(line, &bytes);
                leader.consumed[line] += bytes.len() as u64;
            }
            leader.step((step + 1) * 100_000);
        }
        (rig, leader)
    };
    tokio::task::spawn_blocking(work).await.expect("no panic")
}

/// The unit's newest word of its disk.
pub fn status(engine: &Engine) -> Value {
    let text = engine.word("status").unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}
