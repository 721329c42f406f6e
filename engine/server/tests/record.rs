//! Journal, session, record and score together, on small batches made by hand.
//!
//! Proves: what is judged live, after reopening, and from the sealed record is the same; a record that was touched anywhere
//! does not verify and never brings the reader down; stock MCAP readers open it.
use kaoguan_exam::{Act, Answer};
use kaoguan_server::entry::{Entry, Kind, Open};
use kaoguan_server::journal::Journal;
use kaoguan_server::keys::SiteKey;
use kaoguan_server::record::{self, Damage, Item, Record, RecordError, Sealed};
use kaoguan_server::score::{Claim, score, verify, verify_record};
use kaoguan_server::session::{Counts, Fed, Session};
use kaoguan_telemetry::units::{EventTime, Micros, Nanodegrees, TenthMillimetres, Uptime};
use kaoguan_telemetry::wire::{Batch, Raw, VERSION};
use kaoguan_telemetry::{Gnss, Port, Quality, Reading, Sample, Stamp, UnitId};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const T0_US: i64 = 1_795_000_000_000_000;

/// A directory of its own, gone when the test is.
struct Dir(PathBuf);

impl Dir {
    fn new(name: &str) -> Dir {
        let path = std::env::temp_dir().join(format!("kaoguan-record-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a temporary directory");
        Dir(path)
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn unit(name: &str) -> UnitId {
    UnitId::new(name).expect("a good name")
}

fn repository(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn opening(exam: &str, unit_name: &str) -> Open {
    Open {
        exam: exam.into(),
        candidate: "token-7".into(),
        attempt: 1,
        class: "E".into(),
        unit: unit(unit_name),
        course: repository("course-maps/village-square/course.geojson"),
        syllabus: repository("engine/syllabi/ga1026-2022.toml"),
        vehicle: repository("engine/vehicles/e-hj110.toml"),
        opened_by: "李考官".into(),
        from_utc_us: None,
        nodes: None,
    }
}

/// A batch with one position a second and the bytes it could have come from.
fn batch(unit_name: &str, no: u64) -> Vec<u8> {
    let at = T0_US + no as i64 * 1_000_000;
    let gnss = Gnss {
        latitude: Nanodegrees(26_647_000_000 + no as i64),
        longitude: Nanodegrees(106_630_000_000),
        height: TenthMillimetres(10_850_000),
        quality: Quality::Fixed,
        satellites: 20,
        age: Some(Micros::from_secs(1)),
        sigma_north: Some(TenthMillimetres(80)),
        sigma_east: Some(TenthMillimetres(80)),
        sigma_up: Some(TenthMillimetres(150)),
        velocity_north: None,
        velocity_east: None,
        resolution: TenthMillimetres(0),
    };
    let sample = |port, seq, reading| Sample {
        port,
        seq,
        at: Stamp::Utc(EventTime(at)),
        at_u: Micros::from_millis(1),
        reading,
    };
    let raw = |port, at, bytes: &[u8]| Raw {
        port,
        at: Uptime(at),
        bytes: bytes.to_vec(),
    };
    let uptime = 5_000_000 + no as i64 * 1_000_000;
    Batch {
        version: VERSION,
        unit: unit(unit_name),
        boot: 3,
        no,
        samples: vec![
            sample(Port::Receiver, no, Reading::Gnss(gnss)),
            sample(Port::Signals, no, Reading::Beat),
        ],
        raws: vec![
            raw(Port::Receiver, uptime - 20_000, b"$GN"),
            raw(Port::Signals, uptime, &[0xa5, no as u8]),
        ],
    }
    .encode()
}

/// An exam's stretch with everything that may stand in it, and another unit's batches in between.
fn kinds() -> Vec<Kind> {
    let mine = unit("moto-1");
    let answer = Act::Answer {
        question: 1,
        answer: Answer::Dismiss,
        by: "李".into(),
    };
    vec![
        Kind::batch(mine, batch("moto-1", 0)),
        Kind::Open(Box::new(opening("x1", "moto-1"))),
        Kind::batch(mine, batch("moto-1", 1)),
        Kind::batch(unit("moto-2"), b"the secret of another candidate".to_vec()),
        Kind::batch(unit("moto-2"), b"and one more".to_vec()),
        Kind::batch(mine, batch("moto-1", 2)),
        Kind::batch(mine, b"no batch at all".to_vec()),
        Kind::batch(mine, batch("moto-2", 3)),
        Kind::act("x1", answer.clone()),
        Kind::act("x2", answer),
        Kind::batch(mine, batch("moto-1", 3)),
        Kind::act(
            "x1",
            Act::Stop {
                by: "李".into(),
                reason: "大雨".into(),
                fail: false,
            },
        ),
        Kind::close("x1", "stopped"),
        Kind::batch(mine, batch("moto-1", 4)),
    ]
}

const OPEN_NO: u64 = 1;

/// Appends, syncs, and judges live.
fn live(dir: &Path, kinds: Vec<Kind>) -> (Journal, Session) {
    let (mut journal, _) = Journal::open(dir).expect("opens");
    let mut session = None;
    for (i, kind) in kinds.into_iter().enumerate() {
        let entry = journal.append(kind, T0_US + i as i64).expect("appends");
        match &entry.kind {
            Kind::Open(open) => session = Some(Session::open(open).unwrap_or_else(|issues| panic!("{issues:?}"))),
            _ => {
                session.as_mut().map(|session: &mut Session| session.feed(&entry));
            }
        }
    }
    journal.sync().expect("syncs");
    (journal, session.expect("an opening"))
}

fn key() -> SiteKey {
    SiteKey::from_seed(&[7; 32])
}

fn sealed(dir: &Dir) -> (PathBuf, Sealed, Session) {
    let (journal, session) = live(&dir.0.join("journal"), kinds());
    let path = dir.0.join("records/x1.mcap");
    let sealed = record::seal(&journal, OPEN_NO, &key(), &path).expect("seals");
    (path, sealed, session)
}

fn held(record: &Record) -> Vec<Claim> {
    verify_record(record, None)
        .steps
        .into_iter()
        .filter(|step| step.held.is_err())
        .map(|step| step.what)
        .collect()
}

#[test]
fn live_reopened_and_sealed_are_judged_the_same() {
    let dir = Dir::new("same");
    let (path, sealed, session) = sealed(&dir);
    assert_eq!(sealed.canon, session.canon());
    assert!(sealed.canon.contains("verdict void"), "{}", sealed.canon);

    let (journal, _) = Journal::open(&dir.0.join("journal")).expect("opens again");
    let mut again = Session::open(&opening("x1", "moto-1")).expect("good documents");
    let entries = journal
        .read_from(OPEN_NO)
        .expect("reads")
        .map(|linked| linked.expect("whole").entry);
    entries.for_each(|entry| {
        again.feed(&entry);
    });
    assert_eq!(again.canon(), sealed.canon);
    assert_eq!(again.counts(), session.counts());

    let scored = score(&path).expect("scores");
    assert!(scored.same);
    assert_eq!((scored.canon, scored.digest), (sealed.canon, sealed.digest));
    assert!(verify(&path, Some(&key().public())).expect("reads").ok());
}

#[test]
fn noise_is_counted_and_never_ends_an_exam() {
    let dir = Dir::new("noise");
    let (_, session) = live(&dir.0, kinds());
    // By hand from `kinds`: three good batches of two samples, one of noise, one in another's name, two acts.
    assert_eq!(
        session.counts(),
        Counts {
            batches: 3,
            repeated: 0,
            bad: 2,
            samples: 6,
            early: 0,
            acts: 2
        }
    );
    assert_eq!(session.closed(), Some("stopped"));
}

#[test]
fn what_was_true_before_the_exam_is_not_judged() {
    let mut open = opening("x1", "moto-1");
    open.from_utc_us = Some(T0_US + 2_000_000);
    let mut session = Session::open(&open).expect("good documents");
    for no in 0..4 {
        let entry = Entry {
            no,
            arrived_utc_us: 0,
            kind: Kind::batch(unit("moto-1"), batch("moto-1", no)),
        };
        assert_eq!(session.feed(&entry), Fed::Judged(if no < 2 { 0 } else { 2 }));
    }
    assert_eq!((session.counts().early, session.counts().samples), (4, 4));
}

#[test]
fn batches_delivered_twice_change_nothing() {
    let once = Dir::new("once");
    let twice = Dir::new("twice");
    let (_, first) = live(&once.0, kinds());
    let doubled = kinds().into_iter().flat_map(|kind| match &kind {
        Kind::Batch(_) => vec![kind.clone(), kind],
        _ => vec![kind],
    });
    let (journal, second) = live(&twice.0, doubled.collect());
    assert_eq!(first.canon(), second.canon());
    assert_eq!((second.counts().repeated, second.counts().batches), (3, 3));
    let path = twice.0.join("x1.mcap");
    record::seal(&journal, OPEN_NO + 1, &key(), &path).expect("seals");
    assert!(verify(&path, None).expect("reads").ok());
    // The views show each sample once, the journal shows each entry.
    let counts = topics(&fs::read(&path).expect("reads"));
    assert_eq!(
        (counts["samples"], counts["raw/receiver"], counts["journal"]),
        (6, 3, 3 * 2 + 2 * 2 + 4)
    );
}

#[test]
fn the_same_stretch_and_key_give_the_same_bytes() {
    let dir = Dir::new("bytes");
    let (path, _, _) = sealed(&dir);
    let first = fs::read(&path).expect("reads");
    let (journal, _) = Journal::open(&dir.0.join("journal")).expect("opens");
    record::seal(&journal, OPEN_NO, &key(), &path).expect("seals again");
    assert!(first == fs::read(&path).expect("reads"), "two sealings differ");
    let left: Vec<_> = fs::read_dir(dir.0.join("records")).expect("lists").collect();
    assert_eq!(left.len(), 1, "only the record stays: {left:?}");
}

fn topics(bytes: &[u8]) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for message in mcap::MessageStream::new(bytes).expect("an MCAP file") {
        *counts.entry(message.expect("whole").channel.topic.clone()).or_insert(0) += 1;
    }
    counts
}

#[test]
fn stock_readers_open_it() {
    let dir = Dir::new("stock");
    let (path, sealed, _) = sealed(&dir);
    let bytes = fs::read(&path).expect("reads");
    let counts = topics(&bytes);
    // Entries 1 to 12 less the three of others, in two runs of hashes; three batches with a raw piece a port.
    let expected = [
        ("journal", 9),
        ("journal/others", 2),
        ("raw/receiver", 3),
        ("raw/signals", 3),
        ("samples", 6),
    ];
    expected
        .iter()
        .for_each(|(topic, count)| assert_eq!(counts.get(*topic), Some(count), "{topic}"));
    assert_eq!(counts["verdict"], 1);

    let summary = mcap::Summary::read(&bytes).expect("a summary").expect("there");
    let names: Vec<&str> = summary
        .attachment_indexes
        .iter()
        .map(|index| index.name.as_str())
        .collect();
    assert_eq!(
        names,
        ["course.geojson", "syllabus.toml", "vehicle.toml", "findings.txt"]
    );
    let about = mcap::read::metadata(&bytes, &summary.metadata_indexes[0]).expect("metadata");
    assert_eq!(
        (about.name.as_str(), &about.metadata["digest"]),
        ("kaoguan", &sealed.digest)
    );
}

#[test]
fn raw_bytes_carry_their_exact_uptime_and_lie_in_event_time() {
    let dir = Dir::new("raw");
    let (path, _, _) = sealed(&dir);
    let bytes = fs::read(&path).expect("reads");
    let stream = mcap::MessageStream::new(&bytes)
        .expect("an MCAP file")
        .map(|message| message.expect("whole"));
    let raw: Vec<_> = stream
        .filter(|message| message.channel.topic == "raw/receiver")
        .collect();
    // Batch 1 of boot 3: by hand, its receiver bytes came 20 ms before its last ones, which lie at its newest sample.
    assert_eq!(
        raw[0].data.as_ref(),
        [5_980_000_i64.to_le_bytes().as_slice(), b"$GN"].concat()
    );
    assert_eq!(raw[0].log_time, (T0_US as u64 + 1_000_000 - 20_000) * 1000);
    assert_eq!(raw[0].publish_time, (T0_US as u64 + 2) * 1000);
    assert_eq!(raw[0].channel.metadata["boot"], "3");
}

#[test]
fn other_peoples_entries_are_hashes_only() {
    let dir = Dir::new("others");
    let (path, _, _) = sealed(&dir);
    let bytes = fs::read(&path).expect("reads");
    assert!(
        !bytes.windows(10).any(|window| window == b"the secret"),
        "another candidate's bytes are in the record"
    );
    let runs: Vec<(u64, usize)> = record::read(&path)
        .expect("reads")
        .stretch
        .items
        .iter()
        .filter_map(|item| match item {
            Item::Others { first, hashes } => Some((*first, hashes.len())),
            Item::Own { .. } => None,
        })
        .collect();
    assert_eq!(runs, [(3, 2), (9, 1)]);
}

/// A byte anywhere, dense at both ends, the seal included: the file's signature covers it.
#[test]
fn a_byte_flipped_anywhere_is_noticed() {
    let dir = Dir::new("flip");
    let (path, _, _) = sealed(&dir);
    let bytes = fs::read(&path).expect("reads");
    assert!(verify_record(&record::from_bytes(&bytes).expect("reads"), None).ok());
    let seal = bytes
        .windows(12)
        .rposition(|window| window == b"kaoguan.seal")
        .expect("a seal");
    let ends = (0..120)
        .chain(bytes.len() - 120..bytes.len())
        .chain(seal.saturating_sub(700)..seal);
    let spread = (0..bytes.len()).step_by(bytes.len() / 250 + 1);
    for offset in ends.chain(spread) {
        for bit in [0x01, 0x20, 0x80] {
            let mut changed = bytes.clone();
            changed[offset] ^= bit;
            let verified = record::from_bytes(&changed).map(|record| verify_record(&record, None).ok());
            assert_ne!(
                verified,
                Ok(true),
                "bit {bit:#x} of byte {offset} of {} went unseen",
                bytes.len()
            );
        }
    }
}

/// Lengths that claim the world: no panic, no allocation of what is claimed.
#[test]
fn absurd_lengths_are_refused() {
    let dir = Dir::new("absurd");
    let (path, _, _) = sealed(&dir);
    let bytes = fs::read(&path).expect("reads");
    for offset in (0..bytes.len() - 8).step_by(61) {
        for width in [2, 4, 8] {
            let mut changed = bytes.clone();
            changed[offset..offset + width].fill(0xff);
            let verified = record::from_bytes(&changed).map(|record| verify_record(&record, None).ok());
            assert_ne!(verified, Ok(true), "{width} bytes of 0xff at {offset}");
        }
    }
}

#[test]
fn a_cut_record_says_so() {
    let dir = Dir::new("cut");
    let (path, _, _) = sealed(&dir);
    let bytes = fs::read(&path).expect("reads");
    for len in (8..bytes.len()).step_by(37).chain(bytes.len() - 60..bytes.len()) {
        assert_eq!(
            record::from_bytes(&bytes[..len]).err(),
            Some(Damage::Cut { bytes: len })
        );
    }
    fs::write(&path, &bytes[..bytes.len() / 2]).expect("writes");
    let error = score(&path).expect_err("cut").to_string();
    assert!(error.contains("x1.mcap") && error.contains("it is cut"), "{error}");
}

#[test]
fn what_is_no_record_is_named() {
    assert_eq!(record::from_bytes(b"").err(), Some(Damage::NotMcap));
    assert_eq!(
        record::from_bytes(b"hello, this is no record").err(),
        Some(Damage::NotMcap)
    );
    let mut other = mcap::Writer::new(std::io::Cursor::new(Vec::new())).expect("a writer");
    other.finish().expect("an empty MCAP file");
    let error = record::from_bytes(&other.into_inner().into_inner())
        .expect_err("no record")
        .to_string();
    assert!(error.contains("metadata kaoguan/format is missing"), "{error}");
    assert!(matches!(
        score(Path::new("/nowhere/x.mcap")),
        Err(RecordError::Io { .. })
    ));
}

/// Each claim can fail alone, so that the sentence names the right culprit.
#[test]
fn each_claim_fails_for_its_own_reason() {
    let dir = Dir::new("claims");
    let (path, _, _) = sealed(&dir);
    let good = record::read(&path).expect("reads");
    assert_eq!(held(&good), []);

    let mut other_hash = good.clone();
    for item in &mut other_hash.stretch.items {
        if let Item::Others { hashes, .. } = item {
            hashes[0][0] ^= 1;
        }
    }
    assert_eq!(held(&other_hash), [Claim::Chain, Claim::Judged]);

    let mut entry_gone = good.clone();
    entry_gone.stretch.items.remove(1);
    let proof = entry_gone.stretch.prove().expect_err("an entry is missing");
    assert!(proof.contains("entry 2 is missing"), "{proof}");

    let mut other_document = good.clone();
    other_document
        .attachments
        .insert("vehicle.toml".into(), "wider = true".into());
    assert_eq!(held(&other_document), [Claim::Documents]);

    let mut other_findings = good.clone();
    let text = good.canon().replace("verdict void", "verdict pass");
    other_findings.attachments.insert("findings.txt".into(), text);
    assert_eq!(held(&other_findings), [Claim::Judged, Claim::Findings]);

    let mut no_file = good.clone();
    no_file.file_digest = None;
    assert_eq!(held(&no_file), [Claim::File]);
}

/// Whoever changes entries and seals them again with a key of his own is found out by the site's published key.
#[test]
fn a_forger_has_another_key() {
    let dir = Dir::new("forger");
    let (journal, _) = live(&dir.0.join("journal"), kinds());
    let path = dir.0.join("x1.mcap");
    record::seal(&journal, OPEN_NO, &SiteKey::from_seed(&[8; 32]), &path).expect("seals");
    assert!(verify(&path, None).expect("reads").ok());
    let verified = verify(&path, Some(&key().public())).expect("reads");
    let broken: Vec<Claim> = verified
        .steps
        .iter()
        .filter(|step| step.held.is_err())
        .map(|step| step.what)
        .collect();
    assert_eq!(broken, [Claim::Key]);
}

#[test]
fn there_is_nothing_to_seal_before_the_close() {
    let dir = Dir::new("early");
    let open: Vec<Kind> = kinds()
        .into_iter()
        .filter(|kind| !matches!(kind, Kind::Close(_)))
        .collect();
    let (journal, _) = live(&dir.0.join("journal"), open);
    let seal = |no| {
        record::seal(&journal, no, &key(), &dir.0.join("x.mcap"))
            .expect_err("no stretch")
            .to_string()
    };
    assert!(seal(OPEN_NO).contains("exam x1 has no close"), "{}", seal(OPEN_NO));
    assert!(seal(0).contains("entry 0 is not the opening"), "{}", seal(0));
    assert!(!dir.0.join("x.mcap").exists());
}
