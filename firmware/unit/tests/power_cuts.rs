//! The power goes at any byte, the network at any moment: what was published is never lost, never two things, in order, and
//! what is lost is told.
mod season;

use kaoguan_telemetry::units::{EventTime, Micros, Uptime};
use kaoguan_telemetry::wire::{Batch, Raw, Receipt, VERSION};
use kaoguan_telemetry::{Gap, Port, Reading, Sample, Stamp, UnitId};
use kaoguan_unit::batcher::Parcel;
use kaoguan_unit::spool::{Place, Reader, Store};
use season::engine::Contract;
use season::frail::{Frail, Keeps};
use season::ledger::Tally;
use season::ride::{Plan, ride};
use std::collections::BTreeMap;
use std::sync::Arc;

fn season(vehicles: std::ops::Range<u64>, cuts: u64) -> Tally {
    let mut all = Tally::default();
    for seed in vehicles {
        println!("vehicle {seed}");
        all.add(&ride(Plan { seed, cuts }, &mut Contract::default()));
    }
    all
}

#[test]
fn a_season_of_power_cuts_and_network_holes() {
    let all = season(0..20, 16);
    println!("{}", all.table());
    // It was a season: each kind of trouble came.
    assert!(
        all.cuts == 320 && all.in_recovery > 10 && all.holes > 200 && all.refused > 100,
        "{all:?}"
    );
    assert!(
        all.lost > all.refused && all.gaps > 200 && all.sent > all.batches,
        "{all:?}"
    );
}

/// Segments of 7 KiB.
const SMALL: u64 = 56 * 1024;

fn open(disk: &Frail) -> std::io::Result<Store> {
    let unit = UnitId::new("moto-1").expect("a good name");
    Store::over(Arc::new(disk.clone()), unit, SMALL)
}

fn parcel(at: i64, readings: &[Reading], raw: usize) -> Parcel {
    let sample = |(seq, reading): (usize, &Reading)| Sample {
        port: Port::Unit,
        seq: seq as u64,
        at: Stamp::Utc(EventTime(at)),
        at_u: Micros(1),
        reading: *reading,
    };
    let raws = vec![Raw {
        port: Port::Receiver,
        at: Uptime(at),
        bytes: vec![7; raw],
    }];
    Parcel {
        samples: readings.iter().enumerate().map(sample).collect(),
        raws,
    }
}

/// What readers were shown, and what the engine has had deleted.
#[derive(Debug, Default)]
struct Shown {
    batches: BTreeMap<Place, Vec<u8>>,
    receipted: Option<Place>,
}

impl Shown {
    fn read(&mut self, store: &Store) {
        let mut reader = Reader::new(store.shared());
        for (place, bytes) in reader.batches(None, 100).unwrap_or_default() {
            let before = self.batches.entry(place).or_insert_with(|| bytes.clone());
            assert_eq!(*before, bytes, "{place} is two things");
        }
    }

    fn add(&mut self, store: &mut Store, at: i64, raw: usize) {
        let gaps: Vec<Reading> = store.take_gaps().into_iter().map(Reading::Gap).collect();
        let readings: Vec<Reading> = [Reading::Beat].into_iter().chain(gaps).collect();
        store.append(parcel(at, &readings, raw));
        store.sync();
        self.read(store);
    }
}

/// Boot 1: three batches, the last at 30, of which the engine has none.
fn before() -> Frail {
    let disk = Frail::default();
    let mut store = open(&disk).expect("opens");
    for at in [10, 20, 30] {
        store.append(parcel(at, &[Reading::Beat], 5));
        store.sync();
    }
    disk.cut(Keeps::Nothing);
    disk
}

/// Boot 2: starts, tells the gap of boot 1, passes the end of a segment, has boot 1 and a segment of its own deleted.
fn session(disk: &Frail) -> Shown {
    let mut shown = Shown::default();
    let Ok(mut store) = open(disk) else { return shown };
    shown.read(&store);
    for (n, raw) in [5, 5, 3_400, 3_600, 5, 5].into_iter().enumerate() {
        shown.add(&mut store, 1_000 + 10 * n as i64, raw);
    }
    for (boot, no) in [(1, 2), (2, 4)] {
        let receipt = Receipt {
            version: VERSION,
            boot,
            no,
        };
        if !disk.is_dark() {
            store.shared().receipt(receipt);
            shown.receipted = Some(Place { boot, no });
            store.release();
        }
    }
    shown.add(&mut store, 1_100, 5);
    shown
}

/// Every event and every gap of what is readable.
fn contents(store: &Store) -> (BTreeMap<Place, Vec<u8>>, BTreeMap<u32, Vec<i64>>, Vec<Gap>) {
    let batches = Reader::new(store.shared()).batches(None, 100).expect("readable");
    let (mut events, mut gaps) = (BTreeMap::<u32, Vec<i64>>::new(), Vec::new());
    for (_, bytes) in &batches {
        let batch = Batch::decode(bytes).expect("a batch");
        for sample in &batch.samples {
            match (sample.at, sample.reading) {
                (_, Reading::Gap(gap)) => gaps.push(gap),
                (Stamp::Utc(at), _) => events.entry(batch.boot).or_default().push(at.0),
                _ => {}
            }
        }
    }
    (batches.into_iter().collect(), events, gaps)
}

fn survives(disk: &Frail, shown: &Shown, all: &Shown, what: &str) {
    let mut store = open(disk).unwrap_or_else(|e| panic!("{what}: {e}"));
    let (batches, events, mut gaps) = contents(&store);
    for (place, bytes) in &shown.batches {
        let is_receipted = shown.receipted >= Some(*place);
        let have = batches.get(place);
        assert!(
            have == Some(bytes) || (have.is_none() && is_receipted),
            "{what}: {place}"
        );
    }
    for (place, bytes) in &batches {
        assert_eq!(
            Some(bytes),
            all.batches.get(place),
            "{what}: {place} is not what was written"
        );
    }
    assert!(
        batches.keys().all(|place| place.boot < store.boot()),
        "{what}: boot {} is used",
        store.boot()
    );
    store.append(parcel(5_000, &[Reading::Beat], 5));
    store.sync();
    gaps.extend(store.take_gaps());
    let (last_boot, last) = events.iter().next_back().expect("one batch with an event always stays");
    let mut holes = vec![(*last_boot, *last.iter().max().expect("some"), 5_000)];
    // Where the whole of boot 1 is deleted its gap went to the engine.
    if let (Some(first), true) = (events.get(&2), shown.receipted < Some(Place { boot: 2, no: 1 })) {
        holes.push((1, 30, first[0]));
    }
    for (boot, from, to) in holes {
        let gap = Gap {
            boot,
            from: EventTime(from),
            to: EventTime(to),
        };
        assert!(gaps.contains(&gap), "{what}: no {gap:?} among {gaps:?}");
    }
    let is_known = |gap: &Gap| (gap.boot == 1 && gap.from.0 == 30) || gap.boot == 2;
    assert!(gaps.iter().all(is_known), "{what}: {gaps:?}");
}

#[test]
fn the_power_goes_at_every_byte_of_a_session() {
    let before = before();
    let all = session(&before.copy());
    let mut fuse = 0;
    loop {
        let disk = before.copy();
        disk.light(fuse);
        let shown = session(&disk);
        let is_over = !disk.is_dark();
        for keeps in [Keeps::Nothing, Keeps::Everything, Keeps::Any(fuse)] {
            let after = disk.copy();
            after.cut(keeps);
            survives(&after, &shown, &all, &format!("fuse {fuse}, {keeps:?}"));
        }
        if is_over {
            break;
        }
        fuse += 1;
    }
    println!("{fuse} bytes and calls");
    assert!(fuse > 6_500, "a segment was filled: {fuse}");
}

/// Else a segment that comes back would look like one with damage behind it.
#[test]
fn a_removal_that_is_undone_is_done_again() {
    let unit = UnitId::new("moto-1").expect("a good name");
    let disk = Frail::default();
    let open = |disk: &Frail| Store::over(Arc::new(disk.clone()), unit, 1 << 20).expect("opens");
    let mut store = open(&disk);
    // Segments of 128 KiB: five batches each.
    for no in 0..22 {
        store.append(parcel(10 * no, &[Reading::Beat], 30_000));
        store.sync();
    }
    let receipt = Receipt {
        version: VERSION,
        boot: 1,
        no: 20,
    };
    store.shared().receipt(receipt);
    store.release();
    drop(store);
    for seed in 0..64 {
        let after = disk.copy();
        after.cut(Keeps::Any(seed));
        let mut store = open(&after);
        let batches = Reader::new(store.shared())
            .batches(None, 100)
            .expect("nothing is damaged");
        let names: Vec<u64> = batches.iter().map(|(place, _)| place.no).collect();
        assert_eq!(names, [20, 21], "seed {seed}");
        store.append(parcel(5_000, &[Reading::Beat], 5));
        store.sync();
        let gap = Gap {
            boot: 1,
            from: EventTime(210),
            to: EventTime(5_000),
        };
        assert_eq!(store.take_gaps(), [gap]);
    }
}

/// Boot 2 never learns the time; what boot 3 measures first is lost as well. The hole is of boot 1, and ends in boot 4.
#[test]
fn where_the_last_event_stood_is_known_however_much_is_receipted() {
    let disk = before();
    let mut store = open(&disk).expect("opens");
    let mut untimed = parcel(0, &[Reading::Beat], 5);
    untimed.samples[0].at = Stamp::Uptime(Uptime(5));
    store.append(untimed);
    store.sync();
    store.shared().receipt(Receipt {
        version: VERSION,
        boot: 2,
        no: 0,
    });
    store.release();
    store.append(parcel(2_000, &[Reading::Beat], 5));
    disk.cut(Keeps::Nothing);
    let mut store = open(&disk).expect("opens");
    store.append(parcel(5_000, &[Reading::Beat], 5));
    store.sync();
    let gap = Gap {
        boot: 1,
        from: EventTime(30),
        to: EventTime(5_000),
    };
    assert_eq!(store.take_gaps(), [gap]);
}

/// Twelve batches in segments of five; a byte of batch 7 cannot be read.
#[test]
fn what_the_disk_cannot_read_any_more_does_not_hold_up_the_rest() {
    let unit = UnitId::new("moto-1").expect("a good name");
    for (name, at, lost) in [(5, 75_000, 7..10), (10, 40_000, 11..12)] {
        let disk = Frail::default();
        let open = |disk: &Frail| Store::over(Arc::new(disk.clone()), unit, 1 << 20).expect("opens");
        let mut store = open(&disk);
        for no in 0..12 {
            store.append(parcel(10 * no, &[Reading::Beat], 30_000));
            store.sync();
        }
        drop(store);
        disk.rot(&format!("0000000001-{name:020}.spool"), at);
        let mut store = open(&disk);
        let mut reader = Reader::new(store.shared());
        let batches = (0..30).find_map(|_| {
            let read = reader.batches(None, 100);
            store.mend();
            read.ok()
        });
        let batches = batches.expect("mended after a while");
        let is_empty = |bytes: &[u8]| Batch::decode(bytes).expect("a batch").samples.is_empty();
        let places: Vec<u64> = batches.iter().map(|(place, _)| place.no).collect();
        let empty: Vec<u64> = batches
            .iter()
            .filter(|(_, bytes)| is_empty(bytes))
            .map(|(place, _)| place.no)
            .collect();
        store.append(parcel(5_000, &[Reading::Beat], 5));
        store.sync();
        let gaps = store.take_gaps();
        let from = EventTime(10 * (lost.start as i64 - 1));
        if name == 5 {
            assert_eq!((places, empty), ((0..12).collect(), lost.clone().collect::<Vec<u64>>()));
            let to = EventTime(100);
            assert!(gaps.contains(&Gap { boot: 1, from, to }), "{gaps:?}");
        } else {
            // Of the newest segment it is a torn tail.
            assert_eq!((places, empty), ((0..11).collect(), vec![]));
            let to = EventTime(5_000);
            assert_eq!(gaps, [Gap { boot: 1, from, to }]);
        }
    }
}
