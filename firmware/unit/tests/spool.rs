//! The spool against real files: every torn tail, receipts, full disks, damage, and who is told of what is lost.
use kaoguan_telemetry::units::{EventTime, Micros, Uptime};
use kaoguan_telemetry::wire::{Batch, Raw, Receipt};
use kaoguan_telemetry::{Gap, Port, Reading, Sample, Stamp, UnitId};
use kaoguan_unit::batcher::Parcel;
use kaoguan_unit::spool::{Condition, Place, Reader, Receipted, Store};
use std::fs;
use std::path::{Path, PathBuf};

const BIG: u64 = 1 << 30;

fn unit() -> UnitId {
    UnitId::new("moto-1").expect("a good name")
}

fn open(dir: &Path, max: u64) -> Store {
    Store::open(dir, unit(), max).expect("opens")
}

fn sample(seq: u64, reading: Reading, utc: i64) -> Sample {
    Sample {
        port: Port::Unit,
        seq,
        at: Stamp::Utc(EventTime(utc)),
        at_u: Micros(1),
        reading,
    }
}

/// A parcel with one beat at `utc` and `raw` bytes.
fn parcel(utc: i64, raw: usize) -> Parcel {
    let raws = vec![Raw {
        port: Port::Receiver,
        at: Uptime(utc),
        bytes: vec![7; raw],
    }];
    Parcel {
        samples: vec![sample(0, Reading::Beat, utc)],
        raws,
    }
}

/// All batches on disk, as a new reader sees them.
fn batches(store: &Store) -> Vec<Batch> {
    let mut reader = Reader::new(store.shared());
    let (mut all, mut at) = (Vec::new(), None);
    while let Some((place, bytes)) = reader.after(at).expect("readable") {
        let batch = Batch::decode(&bytes).expect("a batch");
        assert_eq!(
            place,
            Place {
                boot: batch.boot,
                no: batch.no
            }
        );
        all.push(batch);
        at = Some(place);
    }
    all
}

fn names(store: &Store) -> Vec<(u32, u64)> {
    batches(store).iter().map(|b| (b.boot, b.no)).collect()
}

fn receipt(boot: u32, no: u64) -> Receipt {
    Receipt { version: 1, boot, no }
}

fn segments(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir)
        .expect("a folder")
        .map(|e| e.expect("an entry").path());
    let mut found: Vec<_> = entries
        .filter(|p| p.extension().is_some_and(|e| e == "spool"))
        .collect();
    found.sort();
    found
}

#[test]
fn a_batch_is_seen_after_the_sync_and_not_before() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut store = open(dir.path(), BIG);
    store.append(parcel(10, 5));
    assert_eq!(names(&store), []);
    store.append(parcel(20, 5));
    store.sync();
    assert_eq!(names(&store), [(1, 0), (1, 1)]);
    assert_eq!(batches(&store)[1].samples, parcel(20, 5).samples);
    assert_eq!(batches(&store)[1].raws, parcel(20, 5).raws);
}

#[test]
fn each_start_counts_a_boot_and_keeps_the_batches_of_the_one_before() {
    let dir = tempfile::tempdir().expect("a folder");
    for boot in 1..=3 {
        let mut store = open(dir.path(), BIG);
        assert_eq!(store.boot(), boot);
        store.append(parcel(10, 5));
        store.sync();
    }
    // A start that wrote nothing counts too.
    assert_eq!(open(dir.path(), BIG).boot(), 4);
    let store = open(dir.path(), BIG);
    assert_eq!(store.boot(), 5);
    assert_eq!(names(&store), [(1, 0), (2, 0), (3, 0)]);
}

#[test]
fn two_units_cannot_have_one_folder() {
    let dir = tempfile::tempdir().expect("a folder");
    let _first = open(dir.path(), BIG);
    let said = Store::open(dir.path(), unit(), BIG).expect_err("refused").to_string();
    assert!(said.contains("in use"), "{said}");
}

/// kill -9 may leave any prefix of the file; every batch that is whole in it stays, and the next boot goes on.
#[test]
fn a_tail_torn_at_any_byte_costs_only_the_last_batch() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut store = open(dir.path(), BIG);
    let mut ends = Vec::new();
    for no in 1..=3 {
        store.append(parcel(10 * no, 50));
        store.sync();
        ends.push(fs::metadata(&segments(dir.path())[0]).expect("a file").len() as usize);
    }
    drop(store);
    let path = segments(dir.path()).remove(0);
    let whole = fs::read(&path).expect("readable");
    for length in 0..=whole.len() {
        let torn = tempfile::tempdir().expect("a folder");
        fs::write(torn.path().join(path.file_name().expect("a name")), &whole[..length]).expect("written");
        fs::copy(dir.path().join("state"), torn.path().join("state")).expect("copied");
        let left = ends.iter().filter(|end| **end <= length).count();
        let mut store = open(torn.path(), BIG);
        assert_eq!(
            names(&store),
            (0..left as u64).map(|no| (1, no)).collect::<Vec<_>>(),
            "torn at {length}"
        );
        let sizes = segments(torn.path())
            .first()
            .map(|p| fs::metadata(p).expect("a file").len() as usize);
        assert_eq!(sizes, left.checked_sub(1).map(|last| ends[last]), "the tail is cut off");
        store.append(parcel(1_000, 5));
        store.sync();
        assert_eq!(names(&store).last(), Some(&(2, 0)));
        let gap = Gap {
            boot: 1,
            from: EventTime(10 * left as i64),
            to: EventTime(1_000),
        };
        let told = if left > 0 { vec![gap] } else { vec![] };
        assert_eq!(store.take_gaps(), told, "torn at {length}");
    }
}

/// A flipped bit anywhere in the last record is a torn tail too.
#[test]
fn a_record_that_is_not_proven_is_none() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut store = open(dir.path(), BIG);
    store.append(parcel(10, 20));
    store.sync();
    let path = segments(dir.path()).remove(0);
    let before = fs::metadata(&path).expect("a file").len() as usize;
    store.append(parcel(20, 20));
    store.sync();
    drop(store);
    let whole = fs::read(&path).expect("readable");
    for at in before..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        fs::write(&path, &bytes).expect("written");
        let store = open(dir.path(), BIG);
        assert_eq!(names(&store), [(1, 0)], "flipped at {at}");
    }
}

#[test]
fn the_loss_of_a_boot_is_told_until_a_sample_of_it_is_on_disk() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut store = open(dir.path(), BIG);
    store.append(parcel(500, 5));
    store.append(parcel(400, 5));
    store.sync();
    drop(store);
    let gap = Gap {
        boot: 1,
        from: EventTime(500),
        to: EventTime(900),
    };

    // Boot 2 has no event time yet: nothing to tell. Boot 3 has, tells the core, and dies before the sample is stored.
    let mut store = open(dir.path(), BIG);
    let unlocked = Sample {
        at: Stamp::Uptime(Uptime(5)),
        ..sample(0, Reading::Beat, 0)
    };
    store.append(Parcel {
        samples: vec![unlocked],
        raws: vec![],
    });
    store.sync();
    assert_eq!(store.take_gaps(), []);
    drop(store);
    let mut store = open(dir.path(), BIG);
    store.append(parcel(900, 5));
    store.append(parcel(910, 5));
    store.sync();
    assert_eq!(store.take_gaps(), [gap], "once");
    drop(store);

    // Boot 4 tells of both, stores both.
    let mut store = open(dir.path(), BIG);
    store.append(parcel(2_000, 5));
    store.sync();
    let gaps = store.take_gaps();
    let to = EventTime(2_000);
    assert_eq!(
        gaps,
        [
            gap,
            Gap {
                boot: 3,
                from: EventTime(910),
                to
            }
        ]
    );
    let told = gaps
        .into_iter()
        .map(|gap| sample(0, Reading::Gap(gap), 2_001))
        .collect();
    store.append(Parcel {
        samples: told,
        raws: vec![],
    });
    store.sync();
    drop(store);

    // Boot 5 has only boot 4's to tell.
    let mut store = open(dir.path(), BIG);
    store.append(parcel(3_000, 5));
    store.sync();
    assert_eq!(
        store.take_gaps(),
        [Gap {
            boot: 4,
            from: EventTime(2_001),
            to: EventTime(3_000)
        }]
    );
}

#[test]
fn receipts_delete_whole_segments_and_never_the_newest_batch() {
    let dir = tempfile::tempdir().expect("a folder");
    let max = 1 << 20;
    let mut store = open(dir.path(), max);
    // Segments of 128 KiB: four batches of 30 KiB and one that passes the bound.
    for no in 0..20 {
        store.append(parcel(no, 30_000));
        store.sync();
    }
    assert_eq!(segments(dir.path()).len(), 4);
    assert_eq!(
        store.shared().receipt(receipt(1, 3)),
        Receipted::New(Place { boot: 1, no: 3 })
    );
    store.release();
    assert_eq!(
        segments(dir.path()).len(),
        4,
        "batch 4 of the first segment is not receipted"
    );
    assert_eq!(
        store.shared().receipt(receipt(1, 4)),
        Receipted::New(Place { boot: 1, no: 4 })
    );
    store.release();
    assert_eq!(names(&store).first(), Some(&(1, 5)));
    assert_eq!(store.shared().receipt(receipt(1, 2)), Receipted::Known);
    store.shared().receipt(receipt(1, 19));
    store.release();
    assert_eq!(segments(dir.path()).len(), 1);
    drop(store);
    let mut store = open(dir.path(), max);
    store.append(parcel(1_000, 5));
    store.sync();
    assert_eq!(
        store.take_gaps(),
        [Gap {
            boot: 1,
            from: EventTime(19),
            to: EventTime(1_000)
        }]
    );
    store.shared().receipt(receipt(2, 0));
    store.release();
    assert_eq!(names(&store), [(2, 0)], "a receipt for a boot covers all earlier ones");
}

#[test]
fn a_receipt_for_what_never_was_deletes_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut store = open(dir.path(), BIG);
    store.append(parcel(10, 5));
    store.sync();
    store.append(parcel(20, 5));
    let last = Place { boot: 1, no: 0 };
    for (boot, no) in [(1, 1), (2, 0), (9, 500), (u32::MAX, u64::MAX)] {
        assert_eq!(
            store.shared().receipt(receipt(boot, no)),
            Receipted::Impossible { last }
        );
    }
    store.release();
    assert_eq!(names(&store), [(1, 0)]);
}

/// The new segment's first batch is not synced yet: the one before it still knows the last event.
#[test]
fn the_last_event_survives_a_receipt_and_a_crash_at_the_turn_of_a_segment() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut store = open(dir.path(), 1 << 20);
    for no in 0..5 {
        store.append(parcel(no, 30_000));
        store.sync();
    }
    store.append(parcel(5, 30_000));
    store.shared().receipt(receipt(1, 4));
    store.release();
    drop(store);
    let newest = segments(dir.path()).pop().expect("a segment");
    fs::OpenOptions::new()
        .write(true)
        .open(&newest)
        .and_then(|f| f.set_len(8))
        .expect("cut");
    let mut store = open(dir.path(), 1 << 20);
    store.append(parcel(1_000, 5));
    store.sync();
    assert_eq!(
        store.take_gaps(),
        [Gap {
            boot: 1,
            from: EventTime(4),
            to: EventTime(1_000)
        }]
    );
}

/// Fills a spool of 1 MiB; how many batches of 30 KiB it took.
fn fill(store: &mut Store) -> i64 {
    (0..100)
        .find(|no| {
            store.append(parcel(*no, 30_000));
            store.sync();
            store.condition() != Condition::Ok
        })
        .expect("it must refuse")
}

#[test]
fn at_its_bound_it_refuses_new_data_keeps_the_old_and_tells_the_gap() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut store = open(dir.path(), 1 << 20);
    let took = fill(&mut store);
    assert_eq!(store.condition(), Condition::DiskFull);
    assert!((30..36).contains(&took), "{took}");
    store.append(parcel(500, 5));
    store.sync();
    assert_eq!(store.dropped(), 2);
    assert_eq!(
        names(&store),
        (0..took as u64).map(|no| (1, no)).collect::<Vec<_>>(),
        "nothing is evicted"
    );
    assert!(store.bytes() <= 1 << 20);

    store.shared().receipt(receipt(1, 9));
    store.release();
    // A parcel without an event cannot end the hole: nobody would know where it ends.
    store.append(Parcel {
        samples: vec![],
        raws: parcel(0, 5).raws,
    });
    assert_eq!(store.condition(), Condition::DiskFull);
    store.append(parcel(600, 5));
    store.append(parcel(610, 5));
    store.sync();
    assert_eq!(store.condition(), Condition::Ok);
    assert_eq!(
        store.take_gaps(),
        [Gap {
            boot: 1,
            from: EventTime(took - 1),
            to: EventTime(600)
        }]
    );
    let numbers: Vec<_> = names(&store).into_iter().map(|(_, no)| no).collect();
    assert_eq!(
        numbers,
        (10..took as u64 + 2).collect::<Vec<_>>(),
        "what was refused leaves no hole in the numbers"
    );
}

#[test]
fn a_gap_that_was_not_stored_before_the_power_went_is_told_by_the_next_boot() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut store = open(dir.path(), 1 << 20);
    let took = fill(&mut store);
    store.shared().receipt(receipt(1, 9));
    store.release();
    store.append(parcel(600, 5));
    store.sync();
    drop(store);
    let mut store = open(dir.path(), 1 << 20);
    store.append(parcel(900, 5));
    store.sync();
    let to = EventTime(900);
    let mut gaps = store.take_gaps();
    gaps.sort_by_key(|gap| gap.from);
    assert_eq!(
        gaps,
        [
            Gap {
                boot: 1,
                from: EventTime(took - 1),
                to: EventTime(600)
            },
            Gap {
                boot: 1,
                from: EventTime(600),
                to
            }
        ]
    );
}

/// Unmounts, also where the test fails.
struct Mounted<'a>(&'a Path);

impl Drop for Mounted<'_> {
    fn drop(&mut self) {
        let _ = nix::mount::umount(self.0);
    }
}

/// A file system without room, where this machine lets us mount one.
#[test]
fn a_full_file_system_is_survived() {
    let dir = tempfile::tempdir().expect("a folder");
    let flags = nix::mount::MsFlags::empty();
    if let Err(e) = nix::mount::mount(Some("none"), dir.path(), Some("tmpfs"), flags, Some("size=512k")) {
        println!("skipped: no tmpfs may be mounted here ({e})");
        return;
    }
    let _mounted = Mounted(dir.path());
    fs::write(dir.path().join("ballast"), vec![1; 200_000]).expect("written");
    let spool = dir.path().join("spool");
    let mut store = open(&spool, BIG);
    let took = fill(&mut store);
    assert_eq!(store.condition(), Condition::DiskFull);
    assert!((5..=10).contains(&took), "{took} of 30 KB in 312 KiB");
    assert_eq!(names(&store).len() as i64, took);
    // Something else goes away; ten parcels later the disk is asked again.
    fs::remove_file(dir.path().join("ballast")).expect("removed");
    store.append(parcel(700, 5));
    assert_eq!(store.condition(), Condition::DiskFull, "not asked again at once");
    (0..8).for_each(|no| store.append(parcel(710 + no, 5)));
    store.append(parcel(800, 5));
    store.sync();
    assert_eq!(store.condition(), Condition::Ok);
    assert_eq!(names(&store).len() as i64, took + 1);
    assert_eq!(
        store.take_gaps(),
        [Gap {
            boot: 1,
            from: EventTime(took - 1),
            to: EventTime(800)
        }]
    );
    drop(store);
    let store = open(&spool, BIG);
    assert_eq!(
        names(&store).len() as i64,
        took + 1,
        "the half batch that did not fit is not there"
    );
}

/// The engine waits for each number: damage in the middle must not stop it for ever.
#[test]
fn damage_in_the_middle_is_filled_and_told() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut store = open(dir.path(), 1 << 20);
    for no in 0..12 {
        store.append(parcel(no, 30_000));
        store.sync();
    }
    drop(store);
    // Segments hold 0..5, 5..10, 10..12. The second rots in its batch 7.
    let path = segments(dir.path()).remove(1);
    let mut bytes = fs::read(&path).expect("readable");
    bytes[75_000] ^= 1;
    fs::write(&path, bytes).expect("written");
    let mut store = open(dir.path(), 1 << 20);
    // Whoever reads finds it.
    let read = Reader::new(store.shared()).batches(None, 12);
    assert_eq!(read.expect_err("damaged").kind(), std::io::ErrorKind::InvalidData);
    store.mend();
    assert_eq!(names(&store), (0..12).map(|no| (1, no)).collect::<Vec<_>>());
    let empty: Vec<_> = batches(&store)
        .iter()
        .filter(|b| b.samples.is_empty())
        .map(|b| b.no)
        .collect();
    assert_eq!(empty, [7, 8, 9]);
    store.append(parcel(1_000, 5));
    store.sync();
    let to = EventTime(1_000);
    assert_eq!(
        store.take_gaps(),
        [
            Gap {
                boot: 1,
                from: EventTime(6),
                to: EventTime(10)
            },
            Gap {
                boot: 1,
                from: EventTime(11),
                to
            }
        ]
    );
}
