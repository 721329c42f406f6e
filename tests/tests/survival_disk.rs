//! A disk is full in the middle of an exam: it is said in a clear word, nothing acknowledged is lost, nobody fails for it.
use kaoguan_sim::truth::Truth;
use kaoguan_telemetry::{Gap, Port, Reading, Stamp};
use kaoguan_tests::site::{Disk, Journal, Mischief, Plan, Site, Tap, score, until, web};
use std::collections::BTreeMap;
use std::time::Duration;

/// Room for the exam and its record, before the filler comes.
const MEBIBYTES: u32 = 64;
/// The engine tries its disk again each second.
const TRIES: Duration = Duration::from_millis(1_500);

/// In mid-slalom, at the third of five poles.
fn among_poles(truth: &Truth) -> bool {
    truth.site.as_deref() == Some("poles") && truth.rear_axle.x > 11.81
}

/// Fills the engine's disk among the poles and on the ramp, and makes room when the rider rests: once under the running
/// engine, once while it is down.
struct FullEngine<'d> {
    disk: &'d Disk,
    tap: Tap,
    is_full: bool,
    /// The item, and the newest receipt while the disk was full.
    halts: Vec<(String, (u32, u64))>,
}

impl Mischief for FullEngine<'_> {
    fn riding(&mut self, site: &Site, utc_us: i64, truth: &Truth) {
        let is_time = match self.halts.len() {
            0 => among_poles(truth),
            1 => truth.site.as_deref() == Some("hill") && truth.speed > 0.5,
            _ => false,
        };
        if is_time && !std::mem::replace(&mut self.is_full, true) {
            self.disk.fill(site.engine_id());
            println!("the engine's disk is full at {utc_us}");
        }
    }

    fn rested(&mut self, site: &Site, item: &str) {
        if !std::mem::take(&mut self.is_full) {
            return;
        }
        until("the page says that the exam is halted, and why", 20, || {
            let view = site.exam().unwrap_or_default();
            let why = view["halted"].as_str().unwrap_or("");
            view["state"] == "halted" && why.contains(self.disk.says())
        });
        let (_, page) = web::get(site.http(), "/api/site").expect("the engine answers");
        let why = page["halted"].as_str().unwrap_or("");
        println!("after {item}: {why}");
        assert!(why.contains(self.disk.says()), "the site says it too: {page}");
        // What stood in the engine's queue when the disk became full may still have found room.
        std::thread::sleep(TRIES);
        let receipt = self.tap.receipt().expect("receipts");
        std::thread::sleep(TRIES);
        assert_eq!(
            self.tap.receipt(),
            Some(receipt),
            "nothing is acknowledged on a full disk"
        );
        self.halts.push((item.to_owned(), receipt));
        if self.halts.len() == 1 {
            return self.disk.free(Some(site.engine_id()));
        }
        println!("kill -9 of the engine on its full disk");
        site.kill_engine();
        self.disk.free(None);
        site.engine_up();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_engines_disk_is_full() {
    let disk = Disk::small(MEBIBYTES);
    let wanted = Site::start(Plan::default()).ride("drops_plank", 7, &mut ()).await;
    assert_eq!((wanted.verdict.as_str(), wanted.score), ("pass", 90));

    let site = Site::start(Plan {
        data: Some(disk.path()),
        ..Plan::default()
    });
    let mut full = FullEngine {
        disk: &disk,
        tap: Tap::start(site.mqtt(), false),
        is_full: false,
        halts: Vec::new(),
    };
    let outcome = site.ride("drops_plank", 7, &mut full).await;
    assert_eq!(outcome, wanted, "the unit kept what the engine could not");
    let items: Vec<&str> = full.halts.iter().map(|(item, _)| item.as_str()).collect();
    assert_eq!(items, ["poles", "hill"], "full twice");
    let log = site.log("engine");
    for word in [
        disk.says(),
        "nothing is acknowledged until it does",
        "takes entries again",
    ] {
        assert!(log.contains(word), "{word:?} stands in the log");
    }

    let journal = Journal::of(&site.record());
    journal.assert_whole();
    let held = journal.names();
    let first = *held.first().expect("batches");
    for (item, receipt) in full.halts {
        let (_, of_boot) = receipt;
        let lost: Vec<_> = (first.1..=of_boot).filter(|no| !held.contains(&(1, *no))).collect();
        assert!(
            lost.is_empty(),
            "acknowledged by {item} and not in the record: {lost:?}"
        );
    }
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
                self.disk.fill(site.unit_id());
                self.full_us = Some(utc_us);
                println!("the unit's disk is full at {utc_us}");
            }
            Some(at_us) if !self.is_free && utc_us >= at_us + FULL_US => {
                let word = format!("spool takes no new data: {}", self.disk.condition());
                until("the unit says that its disk is full", 20, || {
                    site.log("unit").contains(&word)
                });
                self.disk.free(Some(site.unit_id()));
                self.is_free = true;
                println!("there is room again at {utc_us}");
            }
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_units_disk_is_full() {
    let disk = Disk::small(MEBIBYTES);
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
    assert!(outcome.findings.is_empty(), "no innocent fault: {outcome:?}");
    let view = site.exam().expect("the engine answers");
    let items = view["items"].as_array().into_iter().flatten();
    let rides: Vec<u64> = items.filter_map(|item| item["rides"].as_u64()).collect();
    assert_eq!(rides, [2, 1, 1], "only the item with the hole is ridden again");

    let journal = Journal::of(&site.record());
    let gaps = journal.samples().filter_map(|(_, sample)| match sample.reading {
        Reading::Gap(gap) => Some(gap),
        _ => None,
    });
    let [gap] = gaps.collect::<Vec<_>>()[..] else {
        panic!("one gap tells of what was not stored")
    };
    let full_us = full.full_us.expect("it was full");
    println!(
        "full from 0 to {FULL_US} us, the gap is {} to {} us",
        gap.from.0 - full_us,
        gap.to.0 - full_us
    );
    assert!(
        gap.to.0 >= full_us + FULL_US - 200_000,
        "it ends when something is stored again"
    );
    let lost = assert_lost_only_within(&journal, gap);
    assert!(lost > 100, "only {lost} samples were lost: the disk was not full");
    score(&site.record());
}

/// The gap begins where the port that lags most had told all, and ends when everything lost is over: another port may have been stored
/// so much beyond its begin, or speak so much before its end, microseconds.
const LAG_US: i64 = 250_000;

/// How many numbers are missing; each of them between two samples that stand on both sides of the gap.
///
/// # Panics
/// Where one is missing elsewhere.
fn assert_lost_only_within(journal: &Journal, gap: Gap) -> u64 {
    let mut lanes: BTreeMap<(u32, Port), BTreeMap<u64, Stamp>> = BTreeMap::new();
    for (boot, sample) in journal.samples() {
        lanes
            .entry((boot, sample.port))
            .or_default()
            .insert(sample.seq, sample.at);
    }
    let mut lost = 0;
    for (lane, samples) in lanes {
        let samples: Vec<(u64, Stamp)> = samples.into_iter().collect();
        for pair in samples.windows(2).filter(|pair| pair[1].0 != pair[0].0 + 1) {
            let [(before, Stamp::Utc(from)), (after, Stamp::Utc(to))] = pair else {
                panic!("{lane:?}: {pair:?} have no time")
            };
            assert!(
                from.0 <= gap.from.0 + LAG_US && to.0 >= gap.to.0 - LAG_US,
                "{lane:?}: {before} to {after} is missing beyond the gap"
            );
            lost += after - before - 1;
        }
    }
    lost
}
