//! Whole simulated exams through journal, record and re-scoring.
//!
//! Proves: what the fold said live, after a crash with redelivery, and again from the sealed record is the same, byte for
//! byte; and that a record in which one sample is other is not judged the same.
use kaoguan_exam::{Act, Answer, Exam};
use kaoguan_server::canon::canon;
use kaoguan_server::entry::{Kind, Open};
use kaoguan_server::journal::Journal;
use kaoguan_server::keys::SiteKey;
use kaoguan_server::record;
use kaoguan_server::score::{score_record, verify};
use kaoguan_server::session::Session;
use kaoguan_telemetry::wire::{Batch, VERSION};
use kaoguan_telemetry::{Sample, UnitId};
use kaoguan_tests::river::{River, Texts};
use std::fs;
use std::path::{Path, PathBuf};

/// A directory of its own, gone when the test is.
struct Dir(PathBuf);

impl Dir {
    fn new(name: &str) -> Dir {
        let path = std::env::temp_dir().join(format!("kaoguan-ridden-{name}-{}", std::process::id()));
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

fn unit() -> UnitId {
    UnitId::new("moto-1").expect("a good name")
}

fn opening() -> Open {
    let texts = Texts::village();
    Open {
        exam: "test".into(),
        candidate: "token".into(),
        attempt: 1,
        class: "E".into(),
        unit: unit(),
        course: texts.course,
        syllabus: texts.syllabus,
        vehicle: texts.vehicle,
        opened_by: "scripted".into(),
        from_utc_us: None,
        nodes: None,
    }
}

/// The ride's samples as batches of a unit.
fn batches(samples: &[Sample]) -> Vec<Kind> {
    let batch = |(no, samples): (usize, &[Sample])| {
        let batch = Batch {
            version: VERSION,
            unit: unit(),
            boot: 1,
            no: no as u64,
            samples: samples.to_vec(),
            raws: Vec::new(),
        };
        Kind::batch(unit(), batch.encode())
    };
    samples.chunks(60).enumerate().map(batch).collect()
}

/// The scripted examiner's answers, as acts at the end.
fn answers(exam: &Exam) -> Vec<Kind> {
    let answered = exam
        .questions()
        .iter()
        .filter_map(|q| q.answer.as_ref().map(|(answer, by)| (q.no, *answer, by)));
    answered
        .map(|(question, answer, by)| {
            Kind::act(
                "test",
                Act::Answer {
                    question,
                    answer,
                    by: by.clone(),
                },
            )
        })
        .collect()
}

fn append(journal: &mut Journal, kinds: &[Kind]) {
    for kind in kinds {
        journal.append(kind.clone(), 0).expect("appends");
    }
    journal.sync().expect("syncs");
}

/// What the fold says of the journal's stretch.
fn judged(journal: &Journal) -> Session {
    let mut session = None;
    for linked in journal
        .read_from(0)
        .expect("reads")
        .map(|linked| linked.expect("whole"))
    {
        match &linked.entry.kind {
            Kind::Open(open) => session = Some(Session::open(open).unwrap_or_else(|issues| panic!("{issues:?}"))),
            _ => {
                session.as_mut().map(|session| session.feed(&linked.entry));
            }
        }
    }
    session.expect("an opening")
}

/// Kills the engine in the middle of a write; the unit sends again all that it has no receipt for.
fn with_a_crash(dir: &Path, kinds: &[Kind]) -> Journal {
    let (mut journal, _) = Journal::open(dir).expect("opens");
    let half = kinds.len() / 2;
    append(&mut journal, &kinds[..half]);
    drop(journal);
    let last = fs::read_dir(dir)
        .expect("lists")
        .map(|item| item.expect("a name").path());
    let last = last
        .filter(|path| path.extension().is_some_and(|e| e == "kgj"))
        .max()
        .expect("a segment");
    let len = fs::metadata(&last).expect("there").len();
    fs::OpenOptions::new()
        .write(true)
        .open(&last)
        .and_then(|file| file.set_len(len - 100))
        .expect("torn");
    let (mut journal, found) = Journal::open(dir).expect("opens again");
    assert!(found.torn.is_some() && found.entries < half as u64, "{found}");
    append(&mut journal, &kinds[half - 20..]);
    journal
}

fn check(rider: &str, answer: Answer) -> (River, Dir) {
    let river = River::ride(&Texts::village(), rider, 7, answer);
    let dir = Dir::new(rider);
    let samples: Vec<Sample> = river.samples.iter().map(|(_, sample)| *sample).collect();
    let mut kinds = batches(&samples);
    kinds.insert(0, Kind::Open(Box::new(opening())));
    kinds.extend(answers(&river.exam));
    kinds.push(Kind::close("test", "verdict"));
    let live = canon(&opening(), &river.exam);

    let (mut whole, _) = Journal::open(&dir.0.join("whole")).expect("opens");
    append(&mut whole, &kinds);
    assert_eq!(judged(&whole).canon(), live, "{rider}: from the journal");

    let crashed = with_a_crash(&dir.0.join("crashed"), &kinds);
    let after = judged(&crashed);
    assert_eq!(after.canon(), live, "{rider}: after a crash");
    assert!(after.counts().repeated > 0, "{rider}: the unit sent something again");

    for (name, journal) in [("whole", &whole), ("crashed", &crashed)] {
        let path = dir.0.join(format!("{name}.mcap"));
        let sealed = record::seal(journal, 0, &SiteKey::from_seed(&[7; 32]), &path).expect("seals");
        assert_eq!(sealed.canon, live, "{rider}: sealed");
        let verified = verify(&path, None).expect("reads");
        assert!(verified.ok(), "{rider}: {:?}", verified.steps);
        println!("{rider} {name}: {} bytes, digest {}", sealed.bytes, sealed.digest);
    }
    (river, dir)
}

#[test]
fn a_fail_is_judged_the_same_everywhere() {
    let (river, _dir) = check("rolls_back_450", Answer::Dismiss);
    assert!(
        canon(&opening(), &river.exam).contains("finding 1 "),
        "there is something to compare"
    );
}

#[test]
fn a_pass_with_a_deduction_is_judged_the_same_everywhere() {
    let (river, _dir) = check("drops_plank", Answer::Dismiss);
    assert!(
        canon(&opening(), &river.exam).contains("verdict pass"),
        "{}",
        canon(&opening(), &river.exam)
    );
}

#[test]
fn an_answered_question_is_judged_the_same_everywhere() {
    let (river, _dir) = check("rolls_back_140", Answer::Dismiss);
    assert!(
        canon(&opening(), &river.exam).contains("answer dismiss scripted"),
        "{}",
        canon(&opening(), &river.exam)
    );
}

/// The law changes: the same ride under another tariff gives another digest, and says that it differs.
#[test]
fn another_syllabus_gives_other_findings() {
    let (_river, dir) = check("rolls_back_200", Answer::Dismiss);
    let record = record::read(&dir.0.join("whole.mcap")).expect("reads");
    let same = score_record(&record, Some(&record.stretch.open.syllabus)).expect("scores");
    assert!(same.same);
    let stricter = record
        .stretch
        .open
        .syllabus
        .replace("default = \"10 points\"", "default = \"20 points\"")
        .replace("choices = [\"10 points\"", "choices = [\"20 points\"")
        .replace("points = \"10 points\"", "points = \"20 points\"");
    assert_ne!(stricter, record.stretch.open.syllabus);
    let scored = score_record(&record, Some(&stricter)).expect("scores");
    assert!(!scored.same);
    assert_ne!(scored.digest, scored.sealed_digest);
    assert_eq!(
        scored.findings.iter().map(|finding| finding.points).collect::<Vec<_>>(),
        [20]
    );
}
