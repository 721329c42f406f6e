//! The journal is damaged in every way we could think of. Truth: the entries as they were appended.
use super::*;
use kaoguan_telemetry::UnitId;
use std::fs;

/// A directory of its own for each test, gone when the test is.
pub(crate) struct Dir(pub PathBuf);

impl Dir {
    pub fn new(name: &str) -> Dir {
        let path = std::env::temp_dir().join(format!("kaoguan-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a temporary directory");
        Dir(path)
    }
    fn journal(&self) -> PathBuf {
        self.0.join("journal")
    }
    /// A second directory with these files, as a crash would have left them.
    fn with(&self, files: &[(PathBuf, Vec<u8>)]) -> PathBuf {
        let dir = self.0.join("damaged");
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).expect("a directory");
        for (path, bytes) in files {
            fs::write(dir.join(path.file_name().expect("a name")), bytes).expect("a file");
        }
        dir
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn unit() -> UnitId {
    UnitId::new("moto-1").expect("a good name")
}

fn kind(no: u64) -> Kind {
    match no % 3 {
        0 => Kind::batch(unit(), vec![no as u8; 5 + no as usize]),
        1 => Kind::close(format!("x{no}"), "words"),
        _ => Kind::batch(unit(), Vec::new()),
    }
}

/// Writes entries in small segments and returns the segments' bytes.
fn written(dir: &Dir, entries: u64, segment_bytes: u64) -> Vec<(PathBuf, Vec<u8>)> {
    let (mut journal, _) = Journal::open_with(&dir.journal(), segment_bytes).expect("opens");
    for no in 0..entries {
        assert_eq!(journal.append(kind(no), no as i64).expect("appends").no, no);
    }
    journal.sync().expect("syncs");
    let list = recover::segments(&dir.journal()).expect("lists");
    list.into_iter()
        .map(|segment| (segment.path.clone(), fs::read(&segment.path).expect("reads")))
        .collect()
}

fn read_all(dir: &Path) -> Vec<Entry> {
    let (journal, _) = Journal::open(dir).expect("opens");
    journal
        .read_from(0)
        .expect("reads")
        .map(|linked| linked.expect("whole").entry)
        .collect()
}

fn expected(entries: u64) -> Vec<Entry> {
    (0..entries)
        .map(|no| Entry {
            no,
            arrived_utc_us: no as i64,
            kind: kind(no),
        })
        .collect()
}

#[test]
fn entries_come_back_over_segments_and_reopening() {
    let dir = Dir::new("back");
    assert!(written(&dir, 20, 300).len() > 3);
    assert_eq!(read_all(&dir.journal()), expected(20));
    let (mut journal, found) = Journal::open_with(&dir.journal(), 300).expect("opens");
    assert_eq!((found.entries, found.torn), (20, None));
    journal.append(kind(20), 20).expect("appends");
    let from_13: Vec<u64> = journal
        .read_from(13)
        .expect("reads")
        .map(|linked| linked.expect("whole").entry.no)
        .collect();
    assert_eq!(from_13, (13..21).collect::<Vec<_>>());
    assert!(matches!(
        journal.read_from(22),
        Err(JournalError::Missing { no: 22, next: 21 })
    ));
    assert_eq!(journal.read_from(21).expect("the end").count(), 0);
}

#[test]
fn each_link_follows_from_the_one_before() {
    let dir = Dir::new("links");
    written(&dir, 12, 300);
    let (journal, found) = Journal::open(&dir.journal()).expect("opens");
    let mut link = Link::GENESIS;
    for linked in journal
        .read_from(0)
        .expect("reads")
        .map(|linked| linked.expect("whole"))
    {
        assert_eq!(linked.before, link);
        // By hand: blake3(link before || blake3(bytes)).
        let by_hand = blake3::hash(&[link.0, *blake3::hash(&linked.bytes).as_bytes()].concat());
        link = Link(*by_hand.as_bytes());
        assert_eq!(linked.link, link);
    }
    assert_eq!((link, link), (found.head, journal.head()));
}

/// A kill may leave any prefix of what was written after the last whole entry.
#[test]
fn a_tail_torn_at_any_byte_costs_only_the_torn_entry() {
    let dir = Dir::new("torn");
    let files = written(&dir, 12, 400);
    let (before, last) = files.split_at(files.len() - 1);
    let (path, bytes) = &last[0];
    let first_in_last: u64 = path
        .file_stem()
        .and_then(|s| s.to_str())
        .and_then(|s| s.parse().ok())
        .expect("a number");
    let mut survivors = std::collections::BTreeSet::new();
    for len in 0..bytes.len() {
        let damaged = dir.with(&[before, &[(path.clone(), bytes[..len].to_vec())]].concat());
        let (mut journal, found) = Journal::open(&damaged).expect("a torn tail is no damage");
        let kept = found.entries;
        survivors.insert(kept);
        assert!(kept >= first_in_last && kept < 12, "{kept} kept of a file cut at {len}");
        let cut_between = matches!(&found.torn, None if len as u64 >= frame::SEGMENT_HEAD);
        assert!(
            cut_between
                || found
                    .torn
                    .as_ref()
                    .is_some_and(|torn| torn.offset + torn.bytes == len as u64)
        );
        journal.append(kind(kept), kept as i64).expect("takes more");
        drop(journal);
        assert_eq!(read_all(&damaged), expected(kept + 1), "cut at {len}");
    }
    assert_eq!(survivors, (first_in_last..12).collect());
}

#[test]
fn a_tail_of_zeros_is_torn_and_said() {
    let dir = Dir::new("zeros");
    let mut files = written(&dir, 4, 4000);
    let whole = files[0].1.len() as u64;
    files[0].1.extend([0; 5000]);
    let damaged = dir.with(&files);
    let (_, found) = Journal::open(&damaged).expect("opens");
    let torn = found.torn.as_ref().expect("torn");
    assert_eq!((found.entries, torn.offset, torn.bytes), (4, whole, 5000));
    assert!(
        found.to_string().contains("5000 bytes of an unfinished entry"),
        "{found}"
    );
}

/// Nothing before a whole entry may change unseen, not even a length, which could pass for a torn tail.
#[test]
fn a_byte_flipped_anywhere_is_refused_with_its_place() {
    let dir = Dir::new("flip");
    let files = written(&dir, 12, 400);
    for file in 0..files.len() {
        for offset in 0..files[file].1.len() {
            for bit in [0x01, 0x80] {
                let mut changed = files.clone();
                changed[file].1[offset] ^= bit;
                refused_near(&dir.with(&changed), &files[file].0, offset as u64);
            }
        }
    }
}

fn refused_near(damaged: &Path, file: &Path, at: u64) {
    let error = Journal::open(damaged).expect_err("a changed byte is damage");
    let JournalError::Broken {
        file: named, offset, ..
    } = &error
    else {
        panic!("{error}")
    };
    assert_eq!(named.file_name(), file.file_name());
    assert!(*offset <= at && at < offset + 200, "byte {at} was changed; {error}");
    assert!(error.to_string().contains(&format!("at byte {offset}")), "{error}");
}

#[test]
fn a_missing_or_doubled_segment_is_refused() {
    let dir = Dir::new("missing");
    let files = written(&dir, 12, 300);
    for gone in 0..files.len() - 1 {
        let mut rest = files.clone();
        rest.remove(gone);
        let error = Journal::open(&dir.with(&rest)).expect_err("entries are missing");
        assert!(error.to_string().contains("entries are missing"), "{error}");
    }
    let swapped = vec![(files[0].0.clone(), files[1].1.clone())];
    assert!(Journal::open(&dir.with(&swapped)).is_err());
}

/// Only the last segment can be torn; elsewhere good entries follow, and nothing may be cut off.
#[test]
fn a_segment_cut_short_in_the_middle_is_refused_and_left_alone() {
    let dir = Dir::new("middle");
    let files = written(&dir, 12, 300);
    for len in 0..files[1].1.len() {
        let mut changed = files.clone();
        changed[1].1.truncate(len);
        let damaged = dir.with(&changed);
        let error = Journal::open(&damaged).expect_err("entries are missing");
        assert!(matches!(error, JournalError::Broken { .. }), "cut at {len}: {error}");
        let left = fs::metadata(damaged.join(files[1].0.file_name().expect("a name")))
            .expect("there")
            .len();
        assert_eq!(left, len as u64, "something was cut off at {len}");
    }
}

#[test]
fn one_process_at_a_time() {
    let dir = Dir::new("lock");
    let (first, _) = Journal::open(&dir.journal()).expect("opens");
    let error = Journal::open(&dir.journal()).expect_err("it is in use");
    assert!(matches!(error, JournalError::Locked { .. }));
    drop(first);
    Journal::open(&dir.journal()).expect("free again");
}

#[test]
fn a_full_disk_harms_nothing_and_may_be_tried_again() {
    let dir = Dir::new("full");
    let (mut journal, _) = Journal::open(&dir.journal()).expect("opens");
    journal.append(kind(0), 0).expect("appends");
    journal.sync().expect("syncs");
    let entry = Entry {
        no: 1,
        arrived_utc_us: 1,
        kind: kind(1),
    }
    .encode();
    for room in 0..frame::FRAME_HEAD + entry.len() as u64 {
        journal.tail.room = Some(room);
        let error = journal.append(kind(1), 1).expect_err("no room");
        assert!(matches!(error, JournalError::Full { no: 1, .. }), "{error}");
        assert_eq!(
            fs::metadata(&journal.segment.path).expect("there").len(),
            journal.tail.len()
        );
    }
    journal.tail.room = None;
    journal.append(kind(1), 1).expect("room again");
    drop(journal);
    assert_eq!(read_all(&dir.journal()), expected(2));
}

#[test]
fn an_entry_too_large_is_refused_and_the_next_one_taken() {
    let dir = Dir::new("large");
    let (mut journal, _) = Journal::open(&dir.journal()).expect("opens");
    let error = journal
        .append(Kind::batch(unit(), vec![0; ENTRY_BYTES_MAX]), 0)
        .expect_err("too large");
    assert!(matches!(error, JournalError::TooLarge { .. }));
    journal.append(kind(0), 0).expect("appends");
    drop(journal);
    assert_eq!(read_all(&dir.journal()), expected(1));
}
