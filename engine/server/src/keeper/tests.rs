//! A disk that is full, and a source that falls silent.
use super::recover::recover;
use super::*;
use crate::session::Session;
use kaoguan_exam::{Node, NodePart};
use kaoguan_telemetry::units::{EventTime, Micros};
use kaoguan_telemetry::wire::VERSION;
use kaoguan_telemetry::{Port, Reading, Sample, Signals};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;

/// A journal on a disk that can be full.
struct Disk {
    journal: Journal,
    full: Arc<AtomicBool>,
    /// The disk takes the bytes and then does not confirm them.
    forgetful: Arc<AtomicBool>,
    outbox: Arc<Outbox>,
    /// Receipts that were given before the sync that they rest on.
    early: Vec<u64>,
}

impl Log for Disk {
    fn append(&mut self, kind: Kind, arrived_utc_us: i64) -> Result<Entry, JournalError> {
        if self.full.load(Ordering::Relaxed) {
            return Err(JournalError::Full {
                no: self.journal.next_no(),
                bytes: 100,
                file: "segment".into(),
            });
        }
        self.journal.append(kind, arrived_utc_us)
    }
    fn sync(&mut self) -> Result<(), JournalError> {
        let (receipts, _) = self.outbox.take();
        self.early.extend(receipts.iter().map(|(_, receipt)| receipt.no));
        if self.forgetful.load(Ordering::Relaxed) {
            return Err(JournalError::Halted {
                why: "the disk did not confirm".into(),
            });
        }
        self.journal.sync()
    }
    fn read_from(&self, no: u64) -> Result<Reader, JournalError> {
        self.journal.read_from(no)
    }
}

struct Rig {
    keeper: Keeper<Disk>,
    full: Arc<AtomicBool>,
    forgetful: Arc<AtomicBool>,
    hub: Arc<Hub>,
    outbox: Arc<Outbox>,
    _jobs: std::sync::mpsc::Receiver<Job>,
    _dir: tempfile::TempDir,
}

fn rig() -> Rig {
    let dir = tempfile::tempdir().expect("a folder");
    let (journal, _) = Journal::open(dir.path()).expect("a journal");
    let recovered = recover(&journal, &BTreeSet::new()).expect("readable");
    let (sealer, jobs) = sync_channel(4);
    let (hub, outbox, full) = (
        Arc::new(Hub::default()),
        Arc::new(Outbox::default()),
        Arc::new(AtomicBool::new(false)),
    );
    let around = Surroundings {
        hub: Arc::clone(&hub),
        outbox: Arc::clone(&outbox),
        documents: Documents {
            course: include_str!("../../../../course-maps/village-square/course.geojson").into(),
            syllabus: include_str!("../../../syllabi/ga1026-2022.toml").into(),
            vehicle: include_str!("../../../vehicles/e-hj110.toml").into(),
            vehicles: BTreeMap::new(),
            nodes: Default::default(),
        },
        source_lost_after: Duration::ZERO,
        exam_room: Duration::from_secs(3_600),
        sealer,
    };
    let disk = Disk {
        journal,
        full: Arc::clone(&full),
        forgetful: Arc::default(),
        outbox: Arc::clone(&outbox),
        early: Vec::new(),
    };
    let forgetful = Arc::clone(&disk.forgetful);
    Rig {
        keeper: Keeper::new(disk, around, recovered),
        full,
        forgetful,
        hub,
        outbox,
        _jobs: jobs,
        _dir: dir,
    }
}

fn unit() -> UnitId {
    UnitId::new("moto-1").expect("a good name")
}

fn batch(no: u64) -> (UnitId, Vec<u8>) {
    let signals = Signals {
        known: 0,
        on: 0,
        gear: None,
        roll: None,
        pitch: None,
        proven: true,
        steady: None,
    };
    let sample = |port| Sample {
        port,
        seq: no,
        at: Stamp::Utc(EventTime(1_795_428_000_000_000 + no as i64 * 1_000_000)),
        at_u: Micros(0),
        reading: match port {
            Port::Signals => Reading::Signals(signals),
            _ => Reading::Beat,
        },
    };
    let batch = Batch {
        version: VERSION,
        unit: unit(),
        boot: 1,
        no,
        samples: [Port::Receiver, Port::Attitude, Port::Signals].map(sample).to_vec(),
        raws: Vec::new(),
    };
    (unit(), batch.encode())
}

fn request() -> OpenRequest {
    OpenRequest {
        candidate: "c".into(),
        unit: "moto-1".into(),
        class: "E".into(),
        by: "王".into(),
        attempt: 1,
        exam: Some("x1".into()),
    }
}

fn receipts(rig: &Rig) -> Vec<u64> {
    rig.outbox.take().0.iter().map(|(_, receipt)| receipt.no).collect()
}

#[test]
fn a_full_disk_is_said_acknowledges_nothing_and_loses_nothing() {
    let mut rig = rig();
    let exam = rig.keeper.open(request()).expect("opens");
    rig.keeper.commit(vec![batch(0), batch(1)]);
    assert_eq!(receipts(&rig), [1]);
    rig.full.store(true, Ordering::Relaxed);
    rig.keeper.commit(vec![batch(2), batch(3)]);
    assert_eq!(receipts(&rig), Vec::<u64>::new());
    let halted = rig.hub.look(|exams| exams.halted.clone()).expect("said");
    assert!(halted.contains("no room on the disk"), "{halted}");
    let stop = Act::Stop {
        by: "王".into(),
        reason: "r".into(),
        fail: false,
    };
    assert_eq!(rig.keeper.act(&exam, stop).expect_err("no room").key, "error-halted");
    // The unit publishes again; after the declared rest the disk is tried again.
    rig.full.store(false, Ordering::Relaxed);
    rig.keeper.stalled = Instant::now().checked_sub(RETRY);
    rig.keeper.commit(vec![batch(2), batch(3)]);
    assert_eq!(receipts(&rig), [3]);
    assert_eq!(rig.hub.look(|exams| exams.halted.clone()), None);
    let accepted = rig.hub.exam(&exam, |live| live.board.samples[0]);
    assert_eq!(accepted, Some(12), "each sample once");
}

#[test]
fn no_receipt_is_given_before_its_sync() {
    let mut rig = rig();
    for no in 0..5 {
        rig.keeper.commit(vec![batch(2 * no), batch(2 * no + 1)]);
        assert_eq!(receipts(&rig), [2 * no + 1]);
    }
    assert_eq!(rig.keeper.log.early, Vec::<u64>::new());
}

#[test]
fn what_the_disk_does_not_confirm_is_neither_acknowledged_nor_judged() {
    let mut rig = rig();
    let exam = rig.keeper.open(request()).expect("opens");
    rig.forgetful.store(true, Ordering::Relaxed);
    rig.keeper.commit(vec![batch(0)]);
    assert_eq!(receipts(&rig), Vec::<u64>::new());
    assert_eq!(rig.hub.exam(&exam, |live| live.board.samples[0]), Some(0));
    assert!(rig.hub.look(|exams| exams.halted.is_some()));
}

#[test]
fn a_batch_twice_in_one_group_is_taken_once() {
    let mut rig = rig();
    rig.keeper.commit(vec![batch(0), batch(0), batch(1)]);
    assert_eq!(rig.keeper.log.journal.next_no(), 2);
    assert_eq!(receipts(&rig), [1]);
}

/// The declared wait is zero here, so the next tick declares; live and replay then say the same.
#[test]
fn a_silent_source_is_declared_once_and_the_journal_knows() {
    let mut rig = rig();
    let exam = rig.keeper.open(request()).expect("opens");
    rig.keeper.tick();
    assert_eq!(
        rig.keeper.log.journal.next_no(),
        1,
        "an exam that has heard nothing has nothing to lose"
    );
    rig.keeper.commit((0..5).map(batch).collect());
    rig.keeper.tick();
    rig.keeper.tick();
    let entries: Vec<Entry> = rig
        .keeper
        .log
        .read_from(0)
        .expect("readable")
        .map(|linked| linked.expect("an entry").entry)
        .collect();
    assert_eq!(entries.len(), 7);
    assert!(matches!(&entries[6].kind, Kind::Act(act) if matches!(act.act, Act::SourceLost { .. })));
    assert!(rig.hub.exam(&exam, |live| live.lost_us.is_some()).expect("there"));
    let Kind::Open(open) = &entries[0].kind else {
        panic!("an opening")
    };
    let mut replay = Session::open(open).expect("opens");
    entries.iter().for_each(|entry| {
        replay.feed(entry);
    });
    assert_eq!(
        rig.hub.exam(&exam, |live| live.board.clone()),
        Some(replay.exam().board())
    );
    rig.keeper.commit(vec![batch(5)]);
    assert!(
        rig.hub.exam(&exam, |live| live.lost_us.is_none()).expect("there"),
        "it is heard again"
    );
}

/// Nobody has set a time for the motorcycles' poles: the page names the rule, and the examiner may deduct it; a machine's rule he may not.
#[test]
fn a_rule_without_a_limit_is_the_examiners() {
    let mut rig = rig();
    let exam = rig.keeper.open(request()).expect("opens");
    rig.keeper.commit(vec![batch(0)]);
    let view = rig
        .hub
        .exam(&exam, |live| crate::view::exam(live, None))
        .expect("there");
    let left = view["left"].as_array().expect("a list");
    let unset: Vec<&str> = left
        .iter()
        .filter(|rule| rule["unset"] == true)
        .filter_map(|rule| rule["rule"].as_str())
        .collect();
    assert_eq!(unset, ["pole_course.too_slow"]);
    assert!(
        left.iter()
            .any(|rule| rule["rule"] == "examiner.gear_clash" && rule["unset"] == false)
    );
    let mut deduct = |rule: &str| {
        let act = Act::Deduct {
            rule: rule.into(),
            site: None,
            by: "王".into(),
            reason: "看到".into(),
        };
        rig.keeper.act(&exam, act).is_ok()
    };
    assert!(!deduct("pole_course.wheel_over_line") && deduct("pole_course.too_slow"));
}

/// What a pole at one of its items feels is a part of the exam.
#[test]
fn an_exam_begins_only_where_its_nodes_have_room() {
    let mut rig = rig();
    let pole = UnitId::new("pole-1").expect("a good name");
    rig.keeper.around.documents.nodes.nodes.push(Node {
        unit: pole,
        site: "poles".into(),
        part: NodePart::Pole(1),
    });
    let say = |rig: &mut Rig, text: &str| {
        let word = DiskWord::parse(text.as_bytes()).expect("a word");
        rig.keeper.obey(Command::Disk { unit: pole, word });
        rig.keeper.open(request()).map_err(|refusal| refusal.key)
    };
    assert_eq!(
        say(&mut rig, r#"{"state":"disk_error","room_min":900}"#),
        Err("error-node-disk")
    );
    assert_eq!(say(&mut rig, r#"{"state":"ok","room_min":59}"#), Err("error-node-room"));
    assert_eq!(say(&mut rig, r#"{"state":"ok","room_min":60}"#), Ok("x1".to_owned()));
}
