//! One node, several exams: whose hit was it, and what is the pole worth as a witness to the others?
//!
//! Proves, through the keeper that runs them: a hit that is charged to one candidate takes nothing from the next one who touches the pole;
//! what no exam explains still does; and each record alone is judged again to the same bytes.
use kaoguan_exam::finding::{Finding, Question, Why};
use kaoguan_exam::{Act, Answer, Exam, Hit, NodePart};
use kaoguan_server::Documents;
use kaoguan_server::entry::{Entry, Kind};
use kaoguan_server::hub::Hub;
use kaoguan_server::journal::Journal;
use kaoguan_server::keeper::recover::recover;
use kaoguan_server::keeper::{Command, Keeper, OpenRequest, Surroundings};
use kaoguan_server::outbox::Outbox;
use kaoguan_server::sealer::Job;
use kaoguan_server::session::Session;
use kaoguan_telemetry::units::EventTime;
use kaoguan_telemetry::{NoFix, Port, Reading, Stamp};
use kaoguan_tests::field::*;
use kaoguan_tests::hand::{Path, Rig};
use kaoguan_tests::river::Texts;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::{mpsc, oneshot};

const TOUCHED: &str = "pole_course.pole_touched";
/// The second candidate follows so long behind the first: he is far from the poles while that one touches one.
const BEHIND: f64 = 40.0;

/// To the poles and past the first of them, at less than two centimetres and so slowly that its touch is proven; it begins after a wait.
fn near(wait: f64) -> Path {
    let path = Path::at(-14.0, -14.0, 0.0).stand(3.0 + wait).go(1.0, 1.3);
    let mut path = path.to(0.0, 0.0, 90.0, 1.3).weave(23.8, 0.4).stand(4.0);
    path.rows.iter_mut().for_each(|row| row.1 -= 0.065);
    path
}

/// When its outline is nearest to the first pole.
fn when(path: &Path) -> f64 {
    let rig = Rig::new();
    let course = &rig.exam.setup().parts().course;
    let mut parts = course.sites.iter().flat_map(|site| &site.parts);
    let pole = parts.find(|part| part.role == "pole" && part.ordinal == Some(1));
    let pole = pole.expect("a first pole").points()[0];
    // What is nearest to it is so far ahead of the rear contact.
    let away = |(e, n, way): &(f64, f64, f64)| {
        let (ahead, way) = (1.40, way.to_radians());
        (e + ahead * way.sin() - pole.e).hypot(n + ahead * way.cos() - pole.n)
    };
    let rows = path.rows.iter().enumerate();
    let nearest = rows.min_by(|a, b| away(a.1).total_cmp(&away(b.1)));
    nearest.expect("rows").0 as f64 * 0.01
}

/// The vehicle of that unit, whose words are late by more seconds.
fn of(name: &str, path: &Path, late: f64) -> Vec<Said> {
    let mut all = vehicle(path, true);
    for said in &mut all {
        (said.unit, said.delivered) = (unit(name), said.delivered + (late * 1e6) as i64);
    }
    all
}

/// What came of two exams, and the journal.
struct Day {
    findings: BTreeMap<&'static str, Vec<Finding>>,
    questions: BTreeMap<&'static str, Vec<Question>>,
    entries: Vec<Entry>,
}

const EXAMS: [(&str, &str); 2] = [("first", "moto-1"), ("second", "moto-2")];

fn documents() -> Documents {
    let texts = Texts::village();
    Documents {
        course: texts.course,
        syllabus: texts.syllabus,
        vehicle: texts.vehicle,
        vehicles: BTreeMap::new(),
        nodes: nodes(&[("poles", "poles", NodePart::Poles)]),
    }
}

fn request(exam: &str, unit: &str) -> OpenRequest {
    OpenRequest {
        candidate: exam.into(),
        unit: unit.into(),
        class: "E".into(),
        by: "王".into(),
        attempt: 1,
        exam: Some(exam.into()),
    }
}

/// The keeper at work, both exams open.
struct Keeping {
    commands: mpsc::Sender<Command>,
    thread: Option<JoinHandle<()>>,
    _jobs: Receiver<Job>,
}

impl Keeping {
    fn start() -> (Keeping, Arc<Hub>, TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        let (journal, _) = Journal::open(folder.path()).expect("a journal");
        let recovered = recover(&journal, &BTreeSet::new()).expect("readable");
        let (sealer, jobs) = sync_channel(4);
        let hub = Arc::new(Hub::default());
        let around = Surroundings {
            hub: Arc::clone(&hub),
            outbox: Arc::new(Outbox::default()),
            documents: documents(),
            source_lost_after: Duration::from_secs(3_600),
            exam_room: Duration::from_secs(60),
            sealer,
        };
        let keeper = Keeper::new(journal, around, recovered);
        let (commands, inbox) = mpsc::channel(16);
        let keeping = Keeping {
            commands,
            thread: Some(std::thread::spawn(move || keeper.run(inbox))),
            _jobs: jobs,
        };
        for (exam, unit) in EXAMS {
            let (reply, opened) = oneshot::channel();
            let request = request(exam, unit);
            keeping.send(Command::Open { request, reply });
            opened.blocking_recv().expect("an answer").expect("it opens");
        }
        (keeping, hub, folder)
    }

    fn send(&self, command: Command) {
        let sent = self.commands.blocking_send(command);
        assert!(sent.is_ok(), "the keeper is gone");
    }

    fn stop(&mut self) {
        self.send(Command::Stop);
        self.thread.take().map(|thread| thread.join().expect("no panic"));
    }
}

/// Lets the keeper judge everything in the order of its delivery, and reads what it wrote.
fn day(all: Vec<Said>) -> Day {
    let (mut keeping, hub, folder) = Keeping::start();
    for (unit, bytes) in batches(all) {
        keeping.send(Command::Batch { unit, bytes });
    }
    keeping.stop();
    let (journal, _) = Journal::open(folder.path()).expect("a journal");
    let entries = journal.read_from(0).expect("readable");
    let look = |exam: &str| hub.exam(exam, |live| live.board.clone()).expect("a board");
    Day {
        findings: EXAMS.map(|(exam, _)| (exam, look(exam).findings)).into(),
        questions: EXAMS.map(|(exam, _)| (exam, look(exam).questions)).into(),
        entries: entries.map(|linked| linked.expect("an entry").entry).collect(),
    }
}

impl Day {
    fn charged(&self, exam: &str) -> Vec<&str> {
        self.findings[exam]
            .iter()
            .map(|finding| finding.rule.as_str())
            .collect()
    }

    fn asked(&self, exam: &str) -> usize {
        let all = self.questions[exam].iter();
        all.filter(|question| question.rule == TOUCHED && question.why == Why::Doubtful)
            .count()
    }
}

/// What two rides to the same pole come to, where the second one's words are late by so many seconds and the pole speaks at more times.
fn two(late: f64, more: &[f64]) -> Day {
    let (first, second) = (near(0.0), near(BEHIND));
    let all = [when(&first), when(&second)].into_iter().chain(more.iter().copied());
    let hits: Vec<(f64, u8)> = all.map(|at| (at, 1)).collect();
    let node = Speaker::new("poles").poles(0.0, second.now() + 1.0, &hits);
    day([of("moto-1", &first, 0.0), of("moto-2", &second, late), node].concat())
}

/// Both touch the first pole, one after the other, and it has told the truth each time; whichever exam hears of the first hit first.
#[test]
fn a_hit_that_was_anothers_leaves_the_pole_a_witness() {
    for late in [0.0, 30.0] {
        let day = two(late, &[]);
        assert_eq!(day.charged("first"), [TOUCHED], "{late}");
        assert_eq!(day.charged("second"), [TOUCHED], "{late}");
    }
}

/// The wind, a person, a vehicle without an exam: nobody explains it, and the next hit is asked, whatever else is explained.
#[test]
fn a_hit_that_nobody_explains_still_makes_it_none() {
    let gone = when(&near(0.0)) + 10.0;
    for late in [0.0, 30.0] {
        let day = two(late, &[gone]);
        assert_eq!(day.charged("first"), [TOUCHED], "{late}");
        assert_eq!(day.charged("second"), [""; 0], "{late}");
        assert_eq!(day.asked("second"), 1, "{late}");
    }
}

/// What was explained stands in the record of whom it concerns, once, and that record alone is judged to the same.
#[test]
fn a_record_is_judged_again_by_itself() {
    let day = two(0.0, &[]);
    let told = day.entries.iter().filter_map(|entry| match &entry.kind {
        Kind::Act(act) => Some((act.exam.as_str(), &act.act)),
        _ => None,
    });
    let told: Vec<_> = told.collect();
    assert!(matches!(told[..], [("second", Act::HitExplained { .. })]), "{told:?}");
    for (exam, _) in EXAMS {
        let mut openings = day.entries.iter().filter_map(|entry| match &entry.kind {
            Kind::Open(open) if open.exam == exam => Some(open),
            _ => None,
        });
        let mut again = Session::open(openings.next().expect("an opening")).expect("opens");
        day.entries.iter().for_each(|entry| {
            again.feed(entry);
        });
        assert_eq!(again.exam().findings(), day.findings[exam], "{exam}");
        assert_eq!(again.exam().questions(), day.questions[exam], "{exam}");
    }
}

fn alone(all: Vec<Said>) -> Exam {
    let mut exam = exam(nodes(&[("poles", "poles", NodePart::Poles)]));
    deliver(&mut exam, all);
    exam
}

fn hit_at(said: &[Said], no: usize) -> Hit {
    let mut hits = said
        .iter()
        .filter_map(|said| match (said.sample.reading, said.sample.at) {
            (Reading::PoleHit(hit), Stamp::Utc(at)) => Some(Hit {
                unit: said.unit,
                at,
                pole: hit.pole,
            }),
            _ => None,
        });
    hits.nth(no).expect("a hit")
}

/// Beyond doubt is what is settled: not within the window, not what is unsaid in it; and what else he hit before he had failed is his.
#[test]
fn a_hit_is_explained_when_its_charge_is_settled() {
    let path = near(0.0);
    let (at, end) = (when(&path), path.now() + 1.0);
    let node = Speaker::new("poles").poles(0.0, end, &[(at - 0.02, 1), (at, 1)]);
    let hits = [hit_at(&node, 0), hit_at(&node, 1)];
    let own = vehicle(&path, true);
    let all = |own: &[Said]| [own.to_vec(), node.clone()].concat();
    let exam = alone(all(&own));
    assert_eq!((exam.made(), exam.findings().len()), (&hits[..], 1));
    let until = |s: f64| {
        all(&own)
            .into_iter()
            .filter(move |said| said.delivered < ((at + s) * 1e6) as i64)
    };
    let fresh = alone(until(1.5).collect());
    assert_eq!((fresh.made(), fresh.findings().len()), (&[][..], 1), "it may be unsaid");
    // Nobody sees him from half a second behind the hit on: the item is void.
    let lost = ((at + 0.4) * 1e6) as i64..((at + 6.0) * 1e6) as i64;
    let mut seen = own.clone();
    let unseen = seen.iter_mut().filter(|said| said.sample.port == Port::Receiver);
    for said in unseen.filter(|said| lost.contains(&said.delivered)) {
        said.sample.reading = Reading::NoFix(NoFix::NoSolution);
    }
    let void = alone(all(&seen));
    let rules: Vec<&str> = void.findings().iter().map(|finding| finding.rule.as_str()).collect();
    assert_eq!((void.made(), rules), (&[][..], vec![]));
}

/// Who goes by too fast to be charged is asked; what a person confirms is explained then, and nothing else.
#[test]
fn a_hit_that_a_person_confirms_is_explained() {
    let mut path = Path::at(-14.0, -14.0, 0.0).stand(3.0).go(1.0, 1.3);
    path = path.to(0.0, 0.0, 90.0, 1.3).weave(23.8, 1.3).stand(4.0);
    path.rows.iter_mut().for_each(|row| row.1 -= 0.065);
    // Half a second of doubt about when it was.
    let (at, end) = (when(&path), path.now() + 1.0);
    let node = Speaker {
        u: 480_000,
        ..Speaker::new("poles")
    };
    let node = node.poles(0.0, end, &[(at, 1)]);
    let hit = hit_at(&node, 0);
    for answer in [Answer::Confirm, Answer::Dismiss, Answer::CannotTell] {
        let mut exam = alone([vehicle(&path, true), node.clone()].concat());
        assert_eq!((exam.made(), exam.findings().len()), (&[][..], 0));
        let asked = exam.questions().iter().filter(|asked| asked.rule == TOUCHED);
        let nos: Vec<u32> = asked.map(|asked| asked.no).collect();
        let [question] = nos[..] else {
            panic!("asked once: {nos:?}")
        };
        let by = "王".into();
        exam.act(&Act::Answer { question, answer, by });
        let his = if answer == Answer::Confirm { vec![hit] } else { vec![] };
        assert_eq!(exam.made(), his, "{answer:?}");
    }
}

/// Only the engine says it: nobody's word from outside makes a pole a witness.
#[test]
fn nobody_explains_a_hit_from_outside() {
    let (mut keeper, _, _folder) = Keeping::start();
    let hit = Hit {
        unit: unit("poles"),
        at: EventTime(0),
        pole: 1,
    };
    let (reply, answer) = oneshot::channel();
    keeper.send(Command::Act {
        exam: "first".into(),
        act: Act::HitExplained { hit },
        reply,
    });
    let refused = answer.blocking_recv().expect("an answer").expect_err("refused");
    assert_eq!(refused.key, "error-not-allowed");
    keeper.stop();
}
