//! What people may see of the exams right now.
//!
//! The problem: the keeper must never wait for a page, and a page must never miss how things stand. The answer: the
//! keeper lays each exam's newest board here; whoever watches takes the newest when he has time, and what he was too slow
//! for he need not know. One lock, held for microseconds; another for what units say of themselves ([`crate::devices`]), because
//! the keeper has no part in that.
//!
//! Deliberately not here: history (the store, the journal), judgement.
use crate::arrivals::UNITS_MAX;
use crate::devices::Heard;
use crate::devices::words::{Message, Refused};
use crate::keeper::now_us;
use crate::track::Track;
use kaoguan_exam::{Board, Finding, Setup, Verdict};
use kaoguan_telemetry::UnitId;
use kaoguan_telemetry::wire;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// So many closed exams stay at hand; older ones are in the store.
const CLOSED_MAX: usize = 32;

/// How an exam ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The exam's id.
    pub exam: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The findings.
    pub findings: Vec<Finding>,
    /// Points left.
    pub score: i32,
    /// The sealed record.
    pub record: PathBuf,
    /// The digest of the canonical text of the findings.
    pub digest: String,
}

/// How an exam began.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The exam's id.
    pub exam: String,
    /// The candidate's token.
    pub candidate: String,
    /// 1 or 2.
    pub attempt: u8,
    /// Class code.
    pub class: String,
    /// Whose samples are judged.
    pub unit: UnitId,
    /// Who opened it.
    pub by: String,
    /// When, on the engine's clock, UTC microseconds.
    pub at_us: i64,
    /// The opening's number in the journal.
    pub entry: u64,
    /// Course, syllabus and vehicle.
    pub setup: Arc<Setup>,
}

/// One exam as people may see it.
#[derive(Debug, Clone)]
pub struct Live {
    /// How it began.
    pub opened: Arc<Opened>,
    /// Its newest board.
    pub board: Board,
    /// Where its tyres have been.
    pub track: Track,
    /// When it was closed, on the engine's clock.
    pub closed_us: Option<i64>,
    /// Since when its unit is silent, on the engine's clock, once that was declared.
    pub lost_us: Option<i64>,
    /// How it ended, once its record is sealed.
    pub outcome: Option<Outcome>,
    /// Counts changes of anything but the pose.
    pub changes: u64,
    /// Counts changes of the pose.
    pub moves: u64,
}

impl Live {
    /// An exam that begins.
    pub fn new(opened: Arc<Opened>, board: Board) -> Live {
        Live {
            opened,
            board,
            track: Track::default(),
            closed_us: None,
            lost_us: None,
            outcome: None,
            changes: 1,
            moves: 1,
        }
    }

    /// Takes a newer board.
    pub fn update(&mut self, board: Board) {
        if let Some(pose) = board.pose.as_ref().filter(|_| board.pose != self.board.pose) {
            self.track.push(pose);
            self.moves += 1;
        }
        if !is_same_but_pose(&self.board, &board) {
            self.changes += 1;
        }
        self.board = board;
    }
}

fn is_same_but_pose(a: &Board, b: &Board) -> bool {
    a.score == b.score
        && a.verdict == b.verdict
        && a.items == b.items
        && a.findings == b.findings
        && a.questions == b.questions
}

/// What a unit sees now, while what it stored is late. For the pages alone.
#[derive(Debug, Clone)]
pub struct Seen {
    /// As it came.
    pub live: wire::Live,
    /// When, on the engine's clock, UTC microseconds.
    pub heard_us: i64,
}

/// All exams at hand.
#[derive(Debug, Clone, Default)]
pub struct Exams {
    /// By their ids.
    pub by_id: BTreeMap<String, Live>,
    /// Why the journal takes nothing at the moment.
    pub halted: Option<String>,
    /// Counts changes of `halted`.
    pub halts: u64,
    /// What units see now; old news stay until newer ones come.
    pub seen: BTreeMap<UnitId, Seen>,
}

/// The place where boards lie.
#[derive(Debug)]
pub struct Hub {
    exams: Mutex<Exams>,
    heard: Mutex<Heard>,
    /// Who always has a place: the units that the site's file names.
    named: Arc<BTreeSet<UnitId>>,
    changed: watch::Sender<u64>,
}

impl Default for Hub {
    fn default() -> Hub {
        Hub::of([])
    }
}

impl Hub {
    /// Of a site whose file names these units.
    pub fn of(named: impl IntoIterator<Item = UnitId>) -> Hub {
        let named: Arc<BTreeSet<UnitId>> = Arc::new(named.into_iter().collect());
        Hub {
            exams: Mutex::default(),
            heard: Mutex::new(Heard::of(Arc::clone(&named))),
            named,
            changed: watch::channel(0).0,
        }
    }

    /// Looks.
    pub fn look<T>(&self, look: impl FnOnce(&Exams) -> T) -> T {
        look(&self.lock())
    }

    /// Looks at one exam.
    pub fn exam<T>(&self, exam: &str, look: impl FnOnce(&Live) -> T) -> Option<T> {
        self.lock().by_id.get(exam).map(look)
    }

    /// Lays a new exam here; the closed ones that have been longest at hand make room.
    pub fn put(&self, live: Live) {
        let mut exams = self.lock();
        exams.by_id.insert(live.opened.exam.clone(), live);
        let mut closed: Vec<(i64, String)> = exams
            .by_id
            .iter()
            .filter_map(|(exam, live)| Some((live.outcome.as_ref().and(live.closed_us)?, exam.clone())))
            .collect();
        closed.sort();
        let over = closed.len().saturating_sub(CLOSED_MAX);
        for (_, exam) in closed.into_iter().take(over) {
            exams.by_id.remove(&exam);
        }
        drop(exams);
        self.tell();
    }

    /// Changes one exam.
    pub fn change(&self, exam: &str, change: impl FnOnce(&mut Live)) {
        if let Some(live) = self.lock().by_id.get_mut(exam) {
            change(live);
        }
        self.tell();
    }

    /// The journal takes nothing, for this reason; or it does again.
    pub fn halt(&self, why: Option<String>) {
        let mut exams = self.lock();
        if exams.halted != why {
            exams.halted = why;
            exams.halts += 1;
            exams.by_id.values_mut().for_each(|live| live.changes += 1);
        }
        drop(exams);
        self.tell();
    }

    /// A unit sees this now.
    pub fn see(&self, live: wire::Live) {
        let mut exams = self.lock();
        let is_known = self.named.contains(&live.unit) || exams.seen.contains_key(&live.unit);
        if is_known || exams.seen.len() < UNITS_MAX {
            let heard_us = now_us();
            exams.seen.insert(live.unit, Seen { live, heard_us });
        }
        drop(exams);
        self.tell();
    }

    /// A unit says how it is.
    ///
    /// # Errors
    /// Why that is not taken.
    pub fn hear(&self, unit: UnitId, message: Message<'_>) -> Result<(), Refused> {
        self.heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .hear(unit, message)?;
        self.tell();
        Ok(())
    }

    /// What units have said of themselves: a copy, whose words are shared.
    pub fn heard(&self) -> Heard {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Wakes at every change.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    fn tell(&self) {
        self.changed.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// A panic elsewhere leaves a board at most old, never half: each change is one assignment after another.
    fn lock(&self) -> MutexGuard<'_, Exams> {
        self.exams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
