//! A disk is full in the middle of an exam: it is said in a clear word, nothing acknowledged is lost, nobody fails for it.
//!
//! Filling a disk needs one of its own; where this process may not mount one, the test says so and is passed over.
use kaoguan_sim::truth::Truth;
use kaoguan_telemetry::Reading;
use kaoguan_tests::site::{Disk, Journal, Mischief, Plan, Site, Tap, score, until};
use std::time::Duration;

/// Room for the exam and its record, before the filler comes.
const MEBIBYTES: u32 = 64;

/// In mid-slalom, at the third of five poles.
fn among_poles(truth: &Truth) -> bool {
    truth.site.as_deref() == Some("poles") && truth.rear_axle.x > 11.81
}

/// Fills the engine's disk among the poles, and gives the space back when the rider rests.
struct FullEngine<'d> {
    disk: &'d Disk,
    tap: Tap,
    receipt: Option<(u32, u64)>,
    said: Option<(String, String)>,
}

impl Mischief for FullEngine<'_> {
    fn riding(&mut self, _site: &Site, utc_us: i64, truth: &Truth) {
        if self.receipt.is_none() && among_poles(truth) {
            self.disk.fill();
            self.receipt = self.tap.receipt();
            println!("the engine's disk is full at {utc_us}, receipt {:?}", self.receipt);
        }
    }

    fn rested(&mut self, site: &Site, _item: &str) {
        if self.said.is_some() || self.receipt.is_none() {
            return;
        }
        until("the page says that the exam is halted", 20, || {
            let view = site.exam().unwrap_or_default();
            let word = |key: &str| view[key].as_str().unwrap_or("").to_owned();
            self.said = Some((word("state"), word("halted")));
            word("state") == "halted"
        });
        let newest = self.tap.receipt();
        println!("while it is full: {:?}, receipt {newest:?}", self.said);
        // What stood in the engine's queue when the disk became full may still have found room.
        self.disk.free();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_engines_disk_is_full() {
    let Some(disk) = Disk::mount(MEBIBYTES) else { return };
    let wanted = Site::start(Plan::default()).ride("drops_plank", 7, &mut ()).await;
    assert_eq!((wanted.verdict.as_str(), wanted.score), ("pass", 90));

    let site = Site::start(Plan {
        data: Some(disk.path()),
        ..Plan::default()
    });
    let mut full = FullEngine {
        disk: &disk,
        tap: Tap::start(site.mqtt(), false),
        receipt: None,
        said: None,
    };
    let outcome = site.ride("drops_plank", 7, &mut full).await;
    assert_eq!(outcome, wanted, "the unit kept what the engine could not");
    let (_, why) = full.said.expect("it was said");
    assert!(why.contains("no room on the disk"), "a clear word: {why}");
    assert!(
        site.log("engine").contains("nothing is acknowledged until it does"),
        "in the log too"
    );

    let journal = Journal::of(&site.record());
    journal.assert_whole();
    let held = journal.names();
    let first = *held.first().expect("batches");
    let acknowledged = full.tap.receipt().expect("receipts");
    let lost: Vec<_> = full
        .tap
        .names()
        .range(first..=acknowledged.min(*held.last().expect("batches")))
        .filter(|name| !held.contains(name))
        .copied()
        .collect();
    assert!(lost.is_empty(), "acknowledged and not in the record: {lost:?}");
    score(&site.record());
}

/// Fills the unit's disk among the poles for some seconds.
struct FullUnit<'d> {
    disk: &'d Disk,
    full_us: Option<i64>,
    is_free: bool,
}

/// So long the unit's disk is full, event time.
const FULL_US: i64 = 4_000_000;

impl Mischief for FullUnit<'_> {
    fn riding(&mut self, site: &Site, utc_us: i64, truth: &Truth) {
        match self.full_us {
            None if among_poles(truth) => {
                self.disk.fill();
                self.full_us = Some(utc_us);
                println!("the unit's disk is full at {utc_us}");
            }
            Some(at_us) if !self.is_free && utc_us >= at_us + FULL_US => {
                until("the unit says that its disk is full", 20, || {
                    site.log("unit").contains("disk")
                });
                self.disk.free();
                // The unit asks its disk once a second of the wall clock, and the ride is many times as fast.
                std::thread::sleep(Duration::from_millis(1_200));
                self.is_free = true;
                println!("there is room again at {utc_us}");
            }
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_units_disk_is_full() {
    let Some(disk) = Disk::mount(MEBIBYTES) else { return };
    let site = Site::start(Plan {
        spool: Some(disk.path()),
        ..Plan::default()
    });
    let mut full = FullUnit {
        disk: &disk,
        full_us: None,
        is_free: false,
    };
    let outcome = site.ride("flawless", 7, &mut full).await;
    assert!(full.is_free, "the disk was full and had room again");
    assert_eq!((outcome.verdict.as_str(), outcome.score), ("pass", 100), "{outcome:?}");
    let journal = Journal::of(&site.record());
    let gaps = journal
        .samples()
        .filter(|(_, sample)| matches!(sample.reading, Reading::Gap(_)))
        .count();
    assert!(gaps > 0, "what was not stored is said as a gap");
    score(&site.record());
}
