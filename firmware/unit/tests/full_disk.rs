//! A unit that starts on a full disk: what is there is delivered and deleted, what is measured is refused and told, and
//! recording resumes by itself.
mod season;

use kaoguan_telemetry::units::{EventTime, Micros, Uptime};
use kaoguan_telemetry::wire::{Batch, Raw, Receipt, VERSION};
use kaoguan_telemetry::{Gap, Port, Reading, Sample, Stamp, UnitId};
use kaoguan_unit::batcher::Parcel;
use kaoguan_unit::spool::{Condition, Place, Reader, Receipted, Store};
use season::frail::{Frail, Keeps};
use std::sync::Arc;

/// Segments of 128 KiB: five batches of 30 KB each.
const MAX: u64 = 1 << 20;
/// Boot 1 stores so many.
const BATCHES: u64 = 12;
/// What lies between two of them, microseconds.
const STEP: i64 = 10;

fn open(disk: &Frail) -> std::io::Result<Store> {
    let unit = UnitId::new("moto-1").expect("a good name");
    Store::over(Arc::new(disk.clone()), unit, MAX)
}

fn opened(disk: &Frail) -> Store {
    open(disk).expect("opens")
}

fn parcel(at: i64, raw: usize) -> Parcel {
    let sample = Sample {
        port: Port::Unit,
        seq: 0,
        at: Stamp::Utc(EventTime(at)),
        at_u: Micros(1),
        reading: Reading::Beat,
    };
    let raw = Raw {
        port: Port::Receiver,
        at: Uptime(at),
        bytes: vec![7; raw],
    };
    Parcel {
        samples: vec![sample],
        raws: vec![raw],
    }
}

/// Boot 1 has stored its batches, the last at 110; the power goes.
fn before() -> Frail {
    let disk = Frail::default();
    let mut store = opened(&disk);
    for no in 0..BATCHES as i64 {
        store.append(parcel(no * STEP, 30_000));
        store.sync();
    }
    drop(store);
    disk.cut(Keeps::Nothing);
    disk
}

/// As [`before`], and then something else took what room there was.
fn full() -> Frail {
    let disk = before();
    disk.leave(0);
    disk
}

fn batches(store: &Store) -> Vec<(Place, Vec<u8>)> {
    Reader::new(store.shared()).batches(None, 100).expect("readable")
}

fn numbers(store: &Store) -> Vec<(u32, u64)> {
    batches(store).iter().map(|(place, _)| (place.boot, place.no)).collect()
}

fn of_boot_1(from: u64) -> Vec<(u32, u64)> {
    (from..BATCHES).map(|no| (1, no)).collect()
}

fn receipt(store: &mut Store, no: u64) -> Receipted {
    let receipt = Receipt {
        version: VERSION,
        boot: 1,
        no,
    };
    let said = store.shared().receipt(receipt);
    store.release();
    said
}

/// Offers a small parcel each `STEP` from `at` on until one is stored; when that was, and how many were refused.
fn resumes(store: &mut Store, at: i64) -> (i64, u64) {
    let before = store.dropped();
    for n in 0..100 {
        let at = at + n * STEP;
        store.append(parcel(at, 5));
        store.sync();
        if store.condition() == Condition::Ok {
            return (at, store.dropped() - before);
        }
    }
    panic!("it does not resume");
}

fn gap(from: i64, to: i64) -> Gap {
    let (from, to) = (EventTime(from), EventTime(to));
    Gap { boot: 1, from, to }
}

#[test]
fn what_is_there_is_delivered_what_comes_is_refused_and_no_exam_is_admitted() {
    let disk = full();
    let mut store = opened(&disk);
    assert_eq!((store.boot(), store.condition()), (2, Condition::DiskFull));
    assert_eq!(store.status().room_min, 0, "no room for an exam");
    assert_eq!(numbers(&store), of_boot_1(0));
    for n in 0..50 {
        store.append(parcel(1_000 + n * STEP, 5));
        store.sync();
    }
    assert_eq!((store.dropped(), store.condition()), (50, Condition::DiskFull));
    assert_eq!(numbers(&store), of_boot_1(0), "nothing is evicted");
    assert_eq!(store.take_gaps(), [], "a hole is told when it has an end");
}

#[test]
fn what_the_engine_has_is_deleted_without_any_room_and_recording_resumes() {
    let disk = full();
    let mut store = opened(&disk);
    store.append(parcel(1_000, 5));
    let last = Place { boot: 1, no: 11 };
    assert_eq!(receipt(&mut store, 11), Receipted::New(last));
    assert_eq!(numbers(&store), of_boot_1(10), "the newest segment stays");
    let (at, refused) = resumes(&mut store, 1_010);
    assert!(refused <= 10, "a second at most: {refused}");
    assert_eq!(store.take_gaps(), [gap(110, at)]);
    assert!(store.status().condition == Condition::Ok);
    drop(store);
    disk.cut(Keeps::Nothing);
    let store = opened(&disk);
    assert_eq!(store.boot(), 3, "a boot that has stored something is counted");
    assert_eq!(numbers(&store).last(), Some(&(2, 0)));
}

#[test]
fn a_segment_of_which_the_engine_lacks_a_batch_stays() {
    let disk = full();
    let mut store = opened(&disk);
    receipt(&mut store, 8);
    assert_eq!(numbers(&store), of_boot_1(5));
}

#[test]
fn room_that_others_make_is_found_and_the_gap_reaches_to_what_is_stored_again() {
    let disk = full();
    let mut store = opened(&disk);
    (0..30).for_each(|n| store.append(parcel(1_000 + n * STEP, 5)));
    store.sync();
    // For the head of a file, and for nothing in it.
    disk.leave(4);
    (30..60).for_each(|n| store.append(parcel(1_000 + n * STEP, 5)));
    store.sync();
    assert_eq!(store.condition(), Condition::DiskFull);
    disk.leave(1 << 20);
    let (at, _) = resumes(&mut store, 2_000);
    assert_eq!(store.take_gaps(), [gap(110, at)]);
    let (last, _) = batches(&store).pop().expect("a batch");
    assert_eq!(
        last,
        Place { boot: 2, no: 0 },
        "what was refused leaves no hole in the numbers"
    );
}

/// A number that names nothing may be used again; one that does never.
#[test]
fn starts_on_a_full_disk_count_once_something_is_stored() {
    let disk = full();
    for _ in 0..3 {
        let mut store = opened(&disk);
        assert_eq!(store.boot(), 2);
        store.append(parcel(1_000, 5));
        store.sync();
        drop(store);
        disk.cut(Keeps::Everything);
    }
    disk.leave(1 << 20);
    let mut store = opened(&disk);
    resumes(&mut store, 2_000);
    disk.leave(0);
    drop(store);
    disk.cut(Keeps::Nothing);
    let store = opened(&disk);
    assert_eq!((store.boot(), numbers(&store).last()), (3, Some(&(2, 0))));
}

/// The engine's word is on the disk already, and its receipt says nothing new: what a power cut brought back goes at the start.
#[test]
fn what_was_deleted_and_came_back_makes_room_at_the_start() {
    let disk = before();
    let mut store = opened(&disk);
    store.append(parcel(1_000, 5));
    store.sync();
    receipt(&mut store, 8);
    drop(store);
    disk.cut(Keeps::Nothing);
    disk.leave(0);
    let store = opened(&disk);
    assert_eq!((store.boot(), store.condition()), (3, Condition::Ok));
    assert_eq!(numbers(&store), [of_boot_1(5), vec![(2, 0)]].concat());
}

/// A file that cannot be read is as good as torn: then only the state knows that its number was used.
#[test]
fn a_boot_is_counted_before_its_first_batch() {
    let disk = Frail::default();
    disk.leave(0);
    let mut store = opened(&disk);
    assert_eq!((store.boot(), store.condition()), (1, Condition::DiskFull));
    disk.leave(1 << 20);
    resumes(&mut store, 1_000);
    assert_eq!(numbers(&store), [(1, 0)]);
    drop(store);
    disk.cut(Keeps::Nothing);
    disk.rot("0000000001-00000000000000000000.spool", 10);
    let store = opened(&disk);
    assert_eq!((store.boot(), numbers(&store)), (2, vec![]));
}

/// The batch that filled the disk is torn, and cutting it off needs room as well.
#[test]
fn a_torn_tail_is_no_hindrance() {
    let disk = before();
    let mut store = opened(&disk);
    store.append(parcel(500, 5));
    store.sync();
    store.append(parcel(510, 30_000));
    drop(store);
    disk.cut(Keeps::Any(3));
    disk.leave(0);
    for _ in 0..2 {
        let store = opened(&disk);
        assert_eq!(store.boot(), 3);
        assert_eq!(numbers(&store), [of_boot_1(0), vec![(2, 0)]].concat());
    }
    disk.leave(1 << 20);
    let mut store = opened(&disk);
    let (at, _) = resumes(&mut store, 2_000);
    let told = Gap {
        boot: 2,
        from: EventTime(500),
        to: EventTime(at),
    };
    assert!(store.take_gaps().contains(&told));
    assert_eq!(numbers(&store).len() as u64, BATCHES + 2);
}

/// A start on a full disk, what it delivers, what is deleted then, and the first batch behind it.
fn session(disk: &Frail) -> Option<u64> {
    let mut store = open(disk).ok()?;
    store.append(parcel(1_000, 5));
    store.sync();
    // An engine's word reaches no unit without power.
    if !disk.is_dark() {
        receipt(&mut store, 11);
    }
    for n in 0..12 {
        store.append(parcel(1_010 + n * STEP, 5));
        store.sync();
    }
    Some(store.dropped())
}

/// A name that comes back beside those that did not must not look like damage: nothing may be made up, nothing lost.
#[test]
fn the_power_goes_at_every_byte_and_nothing_is_damaged() {
    let fuse = cut_at_every_byte(|disk| disk.leave(0));
    assert!(fuse > 300, "{fuse}");
}

/// Where somebody else takes each byte that is freed, all of it is deleted and none of it written down.
#[test]
fn the_power_goes_and_others_take_the_room() {
    let fuse = cut_at_every_byte(Frail::starve);
    assert!(fuse > 3, "{fuse}");
}

fn cut_at_every_byte(fill: impl Fn(&Frail)) -> u64 {
    let all: Vec<(Place, Vec<u8>)> = batches(&opened(&before().copy()));
    let mut fuse = 0;
    loop {
        let disk = before();
        fill(&disk);
        disk.light(fuse);
        session(&disk);
        let is_over = !disk.is_dark();
        let seeds = (0..6).map(|n| Keeps::Any(fuse + 7_919 * n));
        for keeps in [Keeps::Nothing, Keeps::Everything].into_iter().chain(seeds) {
            let after = disk.copy();
            after.cut(keeps);
            after.leave(1 << 20);
            survives(&after, &all, &format!("fuse {fuse}, {keeps:?}"));
        }
        if is_over {
            return fuse;
        }
        fuse += 1;
    }
}

fn survives(disk: &Frail, all: &[(Place, Vec<u8>)], what: &str) {
    let mut store = open(disk).unwrap_or_else(|e| panic!("{what}: {e}"));
    let have = Reader::new(store.shared())
        .batches(None, 100)
        .unwrap_or_else(|e| panic!("{what}: {e}"));
    let old: Vec<_> = have.iter().filter(|(place, _)| place.boot == 1).cloned().collect();
    assert!(
        all.ends_with(&old),
        "{what}: {:?}",
        old.iter().map(|(place, _)| place).collect::<Vec<_>>()
    );
    let is_new = |(place, _): &&(Place, Vec<u8>)| place.boot > 1;
    assert!(
        old.len() >= 2 || have.iter().any(|batch| is_new(&batch)),
        "{what}: the newest segment stays"
    );
    assert!(
        have.iter().filter(is_new).all(|(place, _)| place.boot < store.boot()),
        "{what}"
    );
    let told: Vec<Gap> = have.iter().flat_map(|(_, bytes)| gaps_of(bytes)).collect();
    store.append(parcel(5_000, 5));
    store.sync();
    let mut gaps = store.take_gaps();
    gaps.extend(told);
    let first = have.iter().find(is_new).map_or(5_000, |(_, bytes)| first_event(bytes));
    assert!(gaps.contains(&gap(110, first)), "{what}: {gaps:?}");
    assert!(
        gaps.iter().all(|gap| gap.boot > 1 || gap.from.0 == 110),
        "{what}: {gaps:?}"
    );
}

fn gaps_of(bytes: &[u8]) -> Vec<Gap> {
    let batch = Batch::decode(bytes).expect("a batch");
    let gap = |sample: &Sample| match sample.reading {
        Reading::Gap(gap) => Some(gap),
        _ => None,
    };
    batch.samples.iter().filter_map(gap).collect()
}

fn first_event(bytes: &[u8]) -> i64 {
    let batch = Batch::decode(bytes).expect("a batch");
    let at = |sample: &Sample| match sample.at {
        Stamp::Utc(at) => Some(at.0),
        Stamp::Uptime(_) => None,
    };
    batch.samples.iter().filter_map(at).min().expect("an event")
}
