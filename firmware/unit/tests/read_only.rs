//! A unit that starts on a disk that can only be read, as a worn card or a damaged file system becomes: what is there is delivered, no
//! exam is admitted, and once the disk is written again it records.
mod season;
mod support;

use kaoguan_telemetry::units::{EventTime, Micros, Uptime};
use kaoguan_telemetry::wire::{Raw, Receipt, VERSION};
use kaoguan_telemetry::{Gap, Port, Reading, Sample, Stamp, UnitId};
use kaoguan_unit::batcher::Parcel;
use kaoguan_unit::spool::{Condition, Folder, Reader, Receipted, Sink, Source, Store};
use season::frail::{Frail, Keeps};
use serde_json::Value;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use support::broker::Broker;
use support::engine::{Engine, until};
use support::rig::{Leader, Rig};
use support::sentences::START_US;
use support::small::{BATCHES, Small, leading, status, store};

/// A file that is open for writing on such a disk.
#[derive(Debug)]
struct Guarded {
    file: Box<dyn Sink>,
    card: Card,
}

impl Sink for Guarded {
    fn write(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.card.writable()?;
        self.file.write(at, bytes)
    }
    fn set_len(&mut self, bytes: u64) -> io::Result<()> {
        self.card.writable()?;
        self.file.set_len(bytes)
    }
    fn sync(&mut self) -> io::Result<()> {
        self.card.writable()?;
        self.file.sync()
    }
}

/// A disk that refuses every change while it is protected. Clones are the same disk.
#[derive(Debug, Clone, Default)]
struct Card {
    disk: Frail,
    is_protected: Arc<AtomicBool>,
}

impl Card {
    fn protect(&self, is_protected: bool) {
        self.is_protected.store(is_protected, Relaxed);
    }

    fn writable(&self) -> io::Result<&Frail> {
        match self.is_protected.load(Relaxed) {
            true => Err(io::ErrorKind::ReadOnlyFilesystem.into()),
            false => Ok(&self.disk),
        }
    }

    fn guarded(&self, file: Box<dyn Sink>) -> Box<dyn Sink> {
        Box::new(Guarded {
            file,
            card: self.clone(),
        })
    }

    fn open(&self) -> Store {
        let unit = UnitId::new("moto-1").expect("a good name");
        Store::over(Arc::new(self.clone()), unit, 1 << 20).expect("opens")
    }
}

impl Folder for Card {
    fn names(&self) -> io::Result<Vec<String>> {
        self.disk.names()
    }
    fn read(&self, name: &str) -> io::Result<Box<dyn Source>> {
        self.disk.read(name)
    }
    fn create(&self, name: &str) -> io::Result<Box<dyn Sink>> {
        let file = self.writable()?.create(name)?;
        Ok(self.guarded(file))
    }
    fn amend(&self, name: &str) -> io::Result<Box<dyn Sink>> {
        let file = self.writable()?.amend(name)?;
        Ok(self.guarded(file))
    }
    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.writable()?.rename(from, to)
    }
    fn remove(&self, name: &str) -> io::Result<()> {
        self.writable()?.remove(name)
    }
    fn sync(&self) -> io::Result<()> {
        self.writable()?.sync()
    }
    fn free(&self) -> Option<u64> {
        self.disk.free()
    }
}

fn parcel(at: i64) -> Parcel {
    let sample = Sample {
        port: Port::Unit,
        seq: 0,
        at: Stamp::Utc(EventTime(at)),
        at_u: Micros(1),
        reading: Reading::Beat,
    };
    Parcel {
        samples: vec![sample],
        raws: vec![],
    }
}

/// Offers a parcel each 10 us from `at` on until one is stored; when that was.
fn resumes(store: &mut Store, at: i64) -> i64 {
    let stored = (0..40).map(|n| at + 10 * n).find(|at| {
        store.append(parcel(*at));
        store.sync();
        store.condition() == Condition::Ok
    });
    stored.expect("it resumes")
}

fn numbers(store: &Store) -> Vec<(u32, u64)> {
    let batches = Reader::new(store.shared()).batches(None, 100).expect("readable");
    batches.iter().map(|(place, _)| (place.boot, place.no)).collect()
}

/// Boot 1 has stored three batches, the last at 120, and was writing a fourth when the power went.
fn torn(keeps: Keeps) -> Card {
    let card = Card::default();
    let mut store = card.open();
    for at in [100, 110, 120] {
        store.append(parcel(at));
        store.sync();
    }
    store.append(parcel(130));
    drop(store);
    card.disk.cut(keeps);
    card
}

#[test]
fn what_is_there_can_be_delivered_and_recording_resumes_when_it_can_be_written() {
    let card = torn(Keeps::Nothing);
    card.protect(true);
    let mut store = card.open();
    assert_eq!((store.boot(), store.condition()), (2, Condition::DiskError));
    for at in 200..250 {
        store.append(parcel(at));
        store.sync();
    }
    assert_eq!((store.dropped(), store.condition()), (50, Condition::DiskError));
    assert_eq!(numbers(&store), [(1, 0), (1, 1), (1, 2)]);
    card.protect(false);
    let at = resumes(&mut store, 300);
    assert!(at <= 400, "a second at most: {at}");
    let (from, to) = (EventTime(120), EventTime(at));
    assert_eq!(store.take_gaps(), [Gap { boot: 1, from, to }]);
    assert_eq!(numbers(&store).last(), Some(&(2, 0)));
}

/// Neither a tail that cannot be cut nor a file with nothing in it that cannot be removed keeps the unit from what is whole.
#[test]
fn what_a_power_cut_tore_is_no_hindrance() {
    let mut torn_tails = 0;
    for seed in 0..40 {
        let card = torn(Keeps::Any(seed));
        card.protect(true);
        let store = card.open();
        assert_eq!(store.boot(), 2);
        assert_eq!(numbers(&store)[..3], [(1, 0), (1, 1), (1, 2)], "seed {seed}");
        torn_tails += u32::from(store.bytes() > card_bytes(&torn(Keeps::Nothing)));
    }
    assert!(torn_tails > 5, "only {torn_tails} cuts left something behind");
    // A file that never got its first batch.
    let card = Card::default();
    let mut store = card.open();
    store.append(parcel(100));
    drop(store);
    card.disk.cut(Keeps::Nothing);
    card.protect(true);
    assert_eq!((numbers(&card.open()), card.open().boot()), (vec![], 2));
}

/// Neither what was written before in the same group nor what could not be written is there, and one gap tells of both.
#[test]
fn a_disk_that_becomes_read_only_in_the_middle_of_a_group_loses_nothing_in_silence() {
    for is_cut in [true, false] {
        let card = torn(Keeps::Nothing);
        let mut store = card.open();
        store.append(parcel(200));
        store.sync();
        store.append(parcel(210));
        card.protect(true);
        store.append(parcel(220));
        if !is_cut {
            store.sync();
        }
        assert_eq!((store.condition(), store.dropped()), (Condition::DiskError, 2));
        card.protect(false);
        let at = resumes(&mut store, 300);
        assert_eq!(numbers(&store)[3..], [(2, 0), (2, 1)]);
        let (boot, from, to) = (2, EventTime(200), EventTime(at));
        assert!(store.take_gaps().contains(&Gap { boot, from, to }));
        drop(store);
        card.disk.cut(Keeps::Nothing);
        assert_eq!(
            numbers(&card.open())[3..],
            [(2, 0), (2, 1)],
            "and so it stands on the disk"
        );
    }
}

/// No new receipt comes where all is receipted: what could not be deleted then is deleted once the disk can be written.
#[test]
fn what_the_engine_has_makes_room_when_the_disk_can_be_written_again() {
    let card = Card::default();
    let mut store = card.open();
    let mut last = 0;
    while store.condition() == Condition::Ok {
        let mut big = parcel(100 + last as i64);
        big.raws.push(Raw {
            port: Port::Receiver,
            at: Uptime(0),
            bytes: vec![7; 30_000],
        });
        store.append(big);
        store.sync();
        last += 1;
    }
    drop(store);
    card.protect(true);
    let mut store = card.open();
    let no = numbers(&store).len() as u64 - 1;
    let receipt = Receipt {
        version: VERSION,
        boot: 1,
        no,
    };
    assert!(matches!(store.shared().receipt(receipt), Receipted::New(_)));
    assert!(store.shared().has_covered());
    store.release();
    assert_eq!(numbers(&store).len() as u64, no + 1, "nothing can be deleted");
    card.protect(false);
    resumes(&mut store, 5_000);
    assert!((numbers(&store).len() as u64) < no, "the engine has it");
}

fn card_bytes(card: &Card) -> u64 {
    card.open().bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_unit_delivers_from_a_disk_that_can_only_be_read() {
    let Some(broker) = Broker::start() else { return };
    let rig = Rig::new(broker.port, true);
    let spool = rig.folder.path().join("spool");
    let Some(disk) = Small::new(&spool) else { return };
    store(&spool);
    disk.protect(true);
    let engine = Engine::start(broker.port, true);
    let unit = rig.start();
    until("what was there is delivered", 30, || engine.batches().len() == BATCHES).await;
    let clock = rig.clock();
    let leader = tokio::task::spawn_blocking(move || Leader::connect(&clock));
    let (rig, leader) = leading(rig, leader.await.expect("no panic"), 0, 30).await;
    until("it says so", 10, || status(&engine)["state"] == "disk_error").await;
    until("health says so", 30, || {
        let health: Value = serde_json::from_str(&engine.word("health").unwrap_or_default()).unwrap_or_default();
        health["spool"]["state"] == "disk_error"
    })
    .await;
    disk.protect(false);
    let (_rig, _leader) = leading(rig, leader, 30, 30).await;
    until("it takes data again", 10, || status(&engine)["state"] == "ok").await;
    let is_told =
        |reading: &Reading| matches!(reading, Reading::Gap(gap) if gap.boot == 1 && gap.to.0 >= START_US + 2_900_000);
    until("the gap is told", 10, || engine.has(is_told)).await;
    unit.stop().await;
}
