//! Sealing closed exams, beside the river.
//!
//! The problem: sealing judges an exam again from the journal and writes a file; the keeper has no time for that. The
//! answer: a thread of its own, fed with readers of the journal. The file is there before the store's row, and a closed
//! exam without a row is sealed again at the next start, so a kill at any moment loses nothing.
//!
//! Deliberately not here: what a record is ([`crate::record`]).
use crate::hub::{Hub, Live, Opened, Outcome};
use crate::journal::Reader;
use crate::keys::SiteKey;
use crate::outbox::{News, Outbox};
use crate::record::{self, RecordError, Sealed, Stretch, views};
use crate::session::Session;
use crate::store::{Row, Store};
use crate::view;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

/// So many closed exams wait at most; further ones wait with the keeper.
pub const WAITING_MAX: usize = 16;

/// A closed exam.
pub struct Job {
    /// The journal, from its opening on.
    pub entries: Reader,
    /// The opening's number.
    pub opening: u64,
    /// When it was closed, on the engine's clock.
    pub closed_us: i64,
}

/// The sealer.
pub struct Sealer {
    /// Signs.
    pub key: SiteKey,
    /// Where records are written.
    pub records: PathBuf,
    /// Where results are written.
    pub store: Store,
    /// Where people see the outcome.
    pub hub: Arc<Hub>,
    /// Where it is said.
    pub outbox: Arc<Outbox>,
}

/// An exam judged again and sealed.
struct Closed {
    live: Live,
    sealed: Sealed,
}

impl Sealer {
    /// Seals until the keeper is gone.
    pub fn run(self, jobs: Receiver<Job>) {
        for job in jobs {
            let (opening, closed_us) = (job.opening, job.closed_us);
            match self.seal(job) {
                Ok(closed) => self.tell(closed),
                Err(why) => {
                    tracing::error!(%why, opening, closed_us, "an exam could not be sealed; it is tried again at the next start");
                }
            }
        }
    }

    fn seal(&self, job: Job) -> Result<Closed, RecordError> {
        let stretch = Stretch::take(job.entries)?;
        let session = stretch.judge()?;
        let (bytes, sealed) = record::to_bytes(&stretch, &self.key)?;
        let path = self.records.join(format!("{}.mcap", sealed.exam));
        write(&path, &bytes)?;
        let at_us = stretch.entries().next().map_or(0, |entry| entry.arrived_utc_us);
        let mut live = Live::new(Arc::new(opened(&session, job.opening, at_us)), session.exam().board());
        live.closed_us = Some(job.closed_us);
        live.outcome = Some(Outcome {
            exam: sealed.exam.clone(),
            verdict: sealed.verdict.clone(),
            findings: live.board.findings.clone(),
            score: live.board.score,
            record: path,
            digest: sealed.digest.clone(),
        });
        Ok(Closed { live, sealed })
    }

    /// First the store, then people: who hears of a result may ask for it.
    fn tell(&self, closed: Closed) {
        let Closed { live, sealed } = closed;
        self.store.put(Row::of(&live, view::exam(&live, None)));
        let mut said = views::verdict(&sealed.verdict);
        said["score"] = live.board.score.into();
        said["digest"] = sealed.digest.clone().into();
        said["record"] = format!("/records/{}.mcap", sealed.exam).into();
        self.outbox.news(News {
            exam: sealed.exam.clone(),
            topic: "verdict",
            payload: said.to_string().into_bytes(),
        });
        tracing::info!(exam = %sealed.exam, digest = %sealed.digest, bytes = sealed.bytes, "sealed");
        match self.hub.exam(&sealed.exam, |_| ()) {
            Some(()) => self.hub.change(&sealed.exam, |there| {
                there.outcome = live.outcome;
                there.changes += 1;
            }),
            None => self.hub.put(live),
        }
    }
}

fn opened(session: &Session, entry: u64, at_us: i64) -> Opened {
    let open = session.opening();
    Opened {
        exam: open.exam.clone(),
        candidate: open.candidate.clone(),
        attempt: open.attempt,
        class: open.class.clone(),
        unit: open.unit,
        by: open.opened_by.clone(),
        at_us,
        entry,
        setup: Arc::new(session.exam().setup().clone()),
    }
}

/// Writes a file so that after a crash it is there whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> Result<(), RecordError> {
    let part = path.with_extension("part");
    let written = File::create(&part).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&part, path)?;
        path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    });
    written.map_err(|source| RecordError::Io {
        what: "write",
        file: path.to_path_buf(),
        source,
    })
}
