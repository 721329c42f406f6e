//! A whole unit over a real broker and a file system without room: what is on it is delivered, what comes is told as lost.
mod support;

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
use support::broker::Broker;
use support::engine::{Engine, until};
use support::rig::{Leader, Rig};
use support::sentences::{START_US, attitude, epoch};

/// A file system of 512 KiB, for as long as this lives.
struct Small(PathBuf);

impl Small {
    /// `None`, with a printed line, only where this machine lets nobody mount one.
    fn new(path: &Path) -> Option<Small> {
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
    fn fill(&self) {
        let mut file = fs::File::create(self.0.join("ballast")).expect("made");
        while file.write_all(&[1; 512]).is_ok() {}
    }

    fn make_room(&self) {
        fs::remove_file(self.0.join("ballast")).expect("removed");
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = umount(&self.0);
    }
}

/// What a boot before this one has stored: so many batches, a second before the ride.
fn store(folder: &Path, batches: i64) {
    let unit = UnitId::new("moto-1").expect("a good name");
    let mut store = Store::open(folder, unit, 1 << 30).expect("opens");
    for n in 0..batches {
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
async fn leading(mut rig: Rig, mut leader: Leader, first: i64, steps: i64) -> (Rig, Leader) {
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

fn status(engine: &Engine) -> Value {
    let text = engine.word("status").unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_unit_that_starts_on_a_full_disk_delivers_and_goes_on_when_there_is_room() {
    let Some(broker) = Broker::start() else { return };
    let rig = Rig::new(broker.port, true);
    let spool = rig.folder.path().join("spool");
    let Some(disk) = Small::new(&spool) else { return };
    store(&spool, 5);
    disk.fill();
    let engine = Engine::start(broker.port, true);
    let unit = rig.start();
    until("what was there is delivered", 30, || engine.batches().len() == 5).await;
    let clock = rig.clock();
    let leader = tokio::task::spawn_blocking(move || Leader::connect(&clock));
    let (rig, leader) = leading(rig, leader.await.expect("no panic"), 0, 30).await;
    until("it says so", 10, || status(&engine)["state"] == "disk_full").await;
    assert_eq!(
        status(&engine)["room_min"],
        0,
        "no exam is admitted: {}",
        status(&engine)
    );
    until("health says so", 30, || {
        let health: Value = serde_json::from_str(&engine.word("health").unwrap_or_default()).unwrap_or_default();
        health["spool"]["state"] == "disk_full" && health["boot"] == 2
    })
    .await;
    disk.make_room();
    let (rig, leader) = leading(rig, leader, 30, 30).await;
    until("it takes data again", 10, || status(&engine)["state"] == "ok").await;
    let (_rig, _leader) = leading(rig, leader, 60, 20).await;
    let is_told = |reading: &Reading| match reading {
        Reading::Gap(gap) => gap.boot == 1 && gap.from.0 == START_US - 999_996 && gap.to.0 >= START_US + 2_900_000,
        _ => false,
    };
    until("the gap is told", 10, || engine.has(is_told)).await;
    until("it records", 10, || engine.batches().len() > 15).await;
    unit.stop().await;
    assert!(engine.deliveries().iter().all(|(boot, _)| (1..=2).contains(boot)));
}
