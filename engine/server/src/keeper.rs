//! The keeper: the one thread that owns the journal, and the order in which things become true.
//!
//! The problem: a receipt makes a unit forget, a board makes people believe, and both may come only after the disk. The
//! answer: one thread takes what has arrived, appends all of it, syncs once, and only then gives receipts, feeds the exams
//! and shows boards. While it syncs, the next group gathers in a bounded channel; when that is full, ingest stops reading
//! and the units keep their data.
//!
//! When the disk takes nothing more, nothing is acknowledged, running exams are shown as halted with the reason, new ones
//! are refused, and the keeper tries again each second: the units still have everything, so nothing is lost.
//!
//! Deliberately not here: MQTT, HTTP, sealing (another thread), judgement (the session).
mod act;
mod hits;
mod open;
pub mod recover;
mod running;
#[cfg(test)]
mod tests;

pub use open::OpenRequest;
pub use running::Running;

use crate::arrivals::{Arrival, Arrivals};
use crate::config::Documents;
use crate::entry::{Entry, Kind};
use crate::hub::Hub;
use crate::journal::{Journal, JournalError, Reader};
use crate::outbox::{News, Outbox};
use crate::refusal::Refusal;
use crate::sealer::Job;
use crate::units::{DiskWord, Disks};
use crate::view;
use kaoguan_exam::Act;
use kaoguan_telemetry::wire::Batch;
use kaoguan_telemetry::{Stamp, UnitId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

/// So many batches wait for the disk at most: with 48 KiB each 12 MiB, and 5 s of ten vehicles.
pub const WAITING_MAX: usize = 256;
/// A group is synced at the latest after this.
const GROUP: Duration = Duration::from_millis(50);
/// So often the disk is tried while it takes nothing.
const RETRY: Duration = Duration::from_secs(1);

/// What the keeper is asked.
pub enum Command {
    /// A unit's batch.
    Batch {
        /// In whose topic it came.
        unit: UnitId,
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// Open an exam.
    Open {
        /// Which.
        request: OpenRequest,
        /// The exam's id.
        reply: oneshot::Sender<Result<String, Refusal>>,
    },
    /// A person's act.
    Act {
        /// Concerning which exam.
        exam: String,
        /// What.
        act: Act,
        /// Done.
        reply: oneshot::Sender<Result<(), Refusal>>,
    },
    /// How a unit's disk is.
    Disk {
        /// Whose.
        unit: UnitId,
        /// What it said.
        word: DiskWord,
    },
    /// Time has passed.
    Tick,
    /// The end.
    Stop,
}

/// What the keeper writes to; the journal, and in tests a disk that can be full.
pub trait Log: Send {
    /// See [`Journal::append`].
    #[allow(missing_docs, clippy::missing_errors_doc)]
    fn append(&mut self, kind: Kind, arrived_utc_us: i64) -> Result<Entry, JournalError>;
    /// See [`Journal::sync`].
    #[allow(missing_docs, clippy::missing_errors_doc)]
    fn sync(&mut self) -> Result<(), JournalError>;
    /// See [`Journal::read_from`].
    #[allow(missing_docs, clippy::missing_errors_doc)]
    fn read_from(&self, no: u64) -> Result<Reader, JournalError>;
}

impl Log for Journal {
    fn append(&mut self, kind: Kind, arrived_utc_us: i64) -> Result<Entry, JournalError> {
        Journal::append(self, kind, arrived_utc_us)
    }
    fn sync(&mut self) -> Result<(), JournalError> {
        Journal::sync(self)
    }
    fn read_from(&self, no: u64) -> Result<Reader, JournalError> {
        Journal::read_from(self, no)
    }
}

/// What the keeper needs besides the journal.
pub struct Surroundings {
    /// Where boards lie.
    pub hub: Arc<Hub>,
    /// What is to be said over MQTT.
    pub outbox: Arc<Outbox>,
    /// What exams are opened with.
    pub documents: Documents,
    /// The declared wait before a silent source is lost.
    pub source_lost_after: Duration,
    /// For so long a life a unit's disk must have room where an exam begins.
    pub exam_room: Duration,
    /// Where closed exams are sealed.
    pub sealer: SyncSender<Job>,
}

/// The keeper.
pub struct Keeper<L> {
    log: L,
    around: Surroundings,
    arrivals: Arrivals,
    running: Vec<Running>,
    /// Openings of closed exams that wait for the sealer.
    unsealed: VecDeque<(u64, i64)>,
    /// Every exam's id that the journal knows.
    ids: BTreeSet<String>,
    /// The newest event time in each unit's last batch.
    newest: BTreeMap<UnitId, i64>,
    /// How the units' disks are.
    disks: Disks,
    /// Since when our own disk takes nothing.
    stalled: Option<Instant>,
    /// Batches that could not be read, or came under another's name; for the log.
    bad: u64,
}

impl<L: Log> Keeper<L> {
    /// Goes on where the journal ends.
    pub fn new(log: L, around: Surroundings, recovered: recover::Recovered) -> Keeper<L> {
        for (unit, receipt) in recovered.arrivals.receipts() {
            around.outbox.receipt(unit, receipt);
        }
        for running in &recovered.running {
            around.hub.put(running.live());
        }
        let disks = Disks::of(around.documents.units());
        Keeper {
            log,
            around,
            arrivals: recovered.arrivals,
            running: recovered.running,
            unsealed: recovered.unsealed,
            ids: recovered.ids,
            newest: recovered.newest,
            disks,
            stalled: None,
            bad: 0,
        }
    }

    /// Takes commands until the end.
    pub fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        self.close_final();
        self.hand_to_sealer();
        while let Some(first) = commands.blocking_recv() {
            let began = Instant::now();
            let mut group = Vec::new();
            let mut next = Some(first);
            while let Some(command) = next {
                match command {
                    Command::Batch { unit, bytes } => group.push((unit, bytes)),
                    other => {
                        self.commit(std::mem::take(&mut group));
                        if !self.obey(other) {
                            return;
                        }
                    }
                }
                let room = group.len() < WAITING_MAX && began.elapsed() < GROUP;
                next = room.then(|| commands.try_recv().ok()).flatten();
            }
            self.commit(group);
        }
    }

    /// False at the end. An answer that nobody waits for any more is no failure.
    fn obey(&mut self, command: Command) -> bool {
        match command {
            Command::Open { request, reply } => {
                let _ = reply.send(self.open(request));
            }
            Command::Act { exam, act, reply } => {
                let _ = reply.send(self.act(&exam, act));
            }
            Command::Disk { unit, word } => self.disks.hear(unit, word, Instant::now()),
            Command::Tick => self.tick(),
            Command::Stop => return false,
            Command::Batch { unit, bytes } => self.commit(vec![(unit, bytes)]),
        }
        true
    }

    /// Appends a group, syncs once, and only then tells anybody.
    fn commit(&mut self, group: Vec<(UnitId, Vec<u8>)>) {
        if group.is_empty() || self.stalled.is_some_and(|since| since.elapsed() < RETRY) {
            return;
        }
        let mut entries = Vec::new();
        let mut named = Vec::new();
        let mut in_group = BTreeSet::new();
        for (unit, bytes) in group {
            let Some(batch) = self.read(unit, &bytes) else { continue };
            let name = (unit, batch.boot, batch.no);
            let new = self.arrivals.look(unit, batch.boot, batch.no, Instant::now()) == Arrival::New;
            if new && in_group.insert(name) {
                match self.log.append(Kind::batch(unit, bytes), now_us()) {
                    Ok(entry) => entries.push((entry, batch)),
                    Err(why) => {
                        self.stall(&why);
                        break;
                    }
                }
            }
            named.push(name);
        }
        if !entries.is_empty() {
            if let Err(why) = self.log.sync() {
                return self.stall(&why);
            }
            self.go_on();
        }
        self.hold(entries);
        self.give_receipts(&named);
    }

    fn read(&mut self, unit: UnitId, bytes: &[u8]) -> Option<Batch> {
        let why = match Batch::decode(bytes) {
            Ok(batch) if batch.unit == unit => return Some(batch),
            Ok(batch) => format!("it speaks in the name of {}", batch.unit),
            Err(why) => why,
        };
        self.bad += 1;
        tracing::warn!(%unit, %why, count = self.bad, "a batch was not taken");
        None
    }

    /// What is durable: the arrivals know it, the exams judge it.
    fn hold(&mut self, entries: Vec<(Entry, Batch)>) {
        for (entry, batch) in entries {
            self.arrivals.hold(batch.unit, batch.boot, batch.no);
            if let Some(newest) = newest(&batch) {
                self.newest.insert(batch.unit, newest);
            }
            for running in self.running.iter_mut().filter(|running| running.hears(batch.unit)) {
                running.hear(&entry);
            }
        }
        self.explain_hits();
        self.show();
        self.close_final();
    }

    /// A receipt only for what is in the journal: the arrivals know nothing else.
    fn give_receipts(&self, named: &[(UnitId, u32, u64)]) {
        let boots: BTreeSet<(UnitId, u32)> = named.iter().map(|(unit, boot, _)| (*unit, *boot)).collect();
        for (unit, boot) in boots {
            if let Some(receipt) = self.arrivals.receipt(unit, boot) {
                self.around.outbox.receipt(unit, receipt);
            }
        }
    }

    /// Lays the boards of the exams that have heard something where people can see them, and says what is new.
    fn show(&mut self) {
        for running in self.running.iter_mut().filter(|running| running.is_dirty()) {
            let (board, poses) = running.show();
            let mut before = None;
            self.around.hub.change(running.exam(), |live| {
                before = Some(live.board.clone());
                live.lost_us = running.lost_us();
                poses.iter().for_each(|pose| live.track.push(pose));
                live.update(board.clone());
            });
            let Some(before) = before else { continue };
            for (topic, payload) in view::news(&before, &board, running.setup()) {
                self.around.outbox.news(News {
                    exam: running.exam().to_owned(),
                    topic,
                    payload: payload.to_string().into_bytes(),
                });
            }
        }
    }

    /// Closes the exams whose verdict is final; those for whose close the disk has no room wait for the next tick.
    fn close_final(&mut self) {
        while let Some(no) = self.running.iter().position(Running::is_final) {
            let kind = Kind::close(self.running[no].exam(), self.running[no].why());
            let written = self.write(kind);
            let Ok(entry) = written else { return };
            let mut running = self.running.swap_remove(no);
            running.hear(&entry);
            self.around.hub.change(running.exam(), |live| {
                live.closed_us = Some(entry.arrived_utc_us);
                live.changes += 1;
            });
            self.unsealed.push_back((running.opening(), entry.arrived_utc_us));
        }
        self.hand_to_sealer();
    }

    /// Appends and syncs one entry.
    fn write(&mut self, kind: Kind) -> Result<Entry, JournalError> {
        let written = self.log.append(kind, now_us()).and_then(|entry| {
            self.log.sync()?;
            Ok(entry)
        });
        match &written {
            Ok(_) => self.go_on(),
            Err(why) => self.stall(why),
        }
        written
    }

    fn hand_to_sealer(&mut self) {
        while let Some((opening, closed_us)) = self.unsealed.front().copied() {
            let entries = match self.log.read_from(opening) {
                Ok(entries) => entries,
                Err(why) => {
                    tracing::error!(%why, opening, "a closed exam cannot be read back; it is sealed at the next start");
                    self.unsealed.pop_front();
                    continue;
                }
            };
            // A full sealer is asked again at the next tick.
            if self
                .around
                .sealer
                .try_send(Job {
                    entries,
                    opening,
                    closed_us,
                })
                .is_err()
            {
                return;
            }
            self.unsealed.pop_front();
        }
    }

    fn tick(&mut self) {
        self.lose_silent();
        self.end_refused();
        self.explain_hits();
        self.show();
        self.close_final();
    }

    fn lose_silent(&mut self) {
        for no in 0..self.running.len() {
            if let Some(act) = self.running[no].silence(self.around.source_lost_after) {
                let exam = self.running[no].exam().to_owned();
                tracing::warn!(%exam, unit = %self.running[no].unit(), "the source is declared lost");
                if let Ok(entry) = self.write(Kind::act(exam, act)) {
                    self.running[no].lose(&entry);
                }
            }
        }
    }

    /// Exams that ride while their vehicle's disk takes nothing, for the same declared wait. A node's ends none: what it does not say is
    /// unheard, and its rules are asked.
    fn end_refused(&mut self) {
        for no in 0..self.running.len() {
            let unit = self.running[no].unit();
            let act = self
                .disks
                .end(unit, self.around.source_lost_after, Instant::now())
                .filter(|_| self.running[no].rides());
            if let Some(act) = act {
                let exam = self.running[no].exam().to_owned();
                tracing::warn!(%exam, %unit, "the unit's disk takes nothing: the exam is ended and not judged");
                if let Ok(entry) = self.write(Kind::act(exam, act)) {
                    self.running[no].hear(&entry);
                }
            }
        }
    }

    fn stall(&mut self, why: &JournalError) {
        if self.stalled.is_none() {
            tracing::error!(%why, "the journal takes nothing; nothing is acknowledged until it does");
        }
        self.stalled = Some(Instant::now());
        self.around.hub.halt(Some(why.to_string()));
    }

    fn go_on(&mut self) {
        if self.stalled.take().is_some() {
            tracing::info!("the journal takes entries again");
            self.around.hub.halt(None);
        }
    }
}

/// The newest event time of a batch.
pub(crate) fn newest(batch: &Batch) -> Option<i64> {
    let utc = |stamp| match stamp {
        Stamp::Utc(at) => Some(at.0),
        Stamp::Uptime(_) => None,
    };
    batch.samples.iter().filter_map(|sample| utc(sample.at)).max()
}

/// The engine's own clock, for people: UTC microseconds. Nothing is judged by it.
pub(crate) fn now_us() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
