//! One exam over its stretch of the journal.
//!
//! The problem: live, recovery after a crash, and an appeal must give the same findings, byte for byte. The answer: one
//! function, [`Session::feed`], that turns journal entries into the exam's samples and acts; whoever judges, judges
//! through it, and nothing reaches the exam that is not in the journal.
//!
//! Deliberately not here: the clock, the journal's files, any reaction to a verdict. A batch that can't be read is noise:
//! it is counted and never ends an exam.
use crate::canon;
use crate::documents;
use crate::entry::{BatchBytes, Entry, Kind, Open};
use kaoguan_exam::{Exam, Issue};
use kaoguan_telemetry::{Sample, Stamp, UnitId, wire::Batch};
use std::collections::{BTreeMap, BTreeSet};

/// What an entry did to the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fed {
    /// Another exam's, another unit's, or after the close.
    NotMine,
    /// A batch; so many of its samples went into the exam.
    Judged(usize),
    /// A batch that has been fed before.
    Repeated,
    /// A batch that can't be read, and why.
    Bad(String),
    /// An act went into the exam.
    Acted,
    /// The stretch ends here.
    Closed,
}

/// What went by, for the people who watch the site. Nothing is judged by it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Batches fed into the exam.
    pub batches: u64,
    /// Batches that had been fed before.
    pub repeated: u64,
    /// Batches that can't be read, or speak in another unit's name.
    pub bad: u64,
    /// Samples fed into the exam.
    pub samples: u64,
    /// Samples that were true before the exam's `from_utc_us`.
    pub early: u64,
    /// Acts fed into the exam.
    pub acts: u64,
}

/// An open exam.
pub struct Session {
    open: Open,
    exam: Exam,
    seen: Seen,
    counts: Counts,
    closed: Option<String>,
}

impl Session {
    /// Begins an exam from its opening.
    ///
    /// # Errors
    /// All issues of its documents; see [`documents::setup`].
    pub fn open(open: &Open) -> Result<Session, Vec<Issue>> {
        let setup = documents::setup(open)?;
        Ok(Session {
            open: open.clone(),
            exam: Exam::new(&setup),
            seen: Seen::default(),
            counts: Counts::default(),
            closed: None,
        })
    }

    /// Takes the next entry of the journal. The opening itself may be fed; it changes nothing.
    pub fn feed(&mut self, entry: &Entry) -> Fed {
        if self.closed.is_some() || !entry.kind.concerns(&self.open) {
            return Fed::NotMine;
        }
        match &entry.kind {
            Kind::Batch(batch) => self.feed_batch(batch),
            Kind::Act(act) => {
                self.exam.act(&act.act);
                self.counts.acts += 1;
                Fed::Acted
            }
            Kind::Close(close) => {
                self.closed = Some(close.why.clone());
                Fed::Closed
            }
            Kind::Open(_) => Fed::NotMine,
        }
    }

    /// The exam, for reading.
    pub fn exam(&self) -> &Exam {
        &self.exam
    }
    /// The canonical text of it so far; see [`canon`].
    pub fn canon(&self) -> String {
        canon::canon(&self.open, &self.exam)
    }
    /// The opening it began with.
    pub fn opening(&self) -> &Open {
        &self.open
    }
    /// What went by.
    pub fn counts(&self) -> Counts {
        self.counts
    }
    /// Why it was closed, once it is.
    pub fn closed(&self) -> Option<&str> {
        self.closed.as_deref()
    }

    fn feed_batch(&mut self, bytes: &BatchBytes) -> Fed {
        let batch = match decode(bytes) {
            Ok(batch) => batch,
            Err(why) => {
                self.counts.bad += 1;
                return Fed::Bad(why);
            }
        };
        if !self.seen.first(batch.unit, batch.boot, batch.no) {
            self.counts.repeated += 1;
            return Fed::Repeated;
        }
        let mut judged = 0;
        for sample in &batch.samples {
            if self.is_early(sample) {
                self.counts.early += 1;
                continue;
            }
            self.exam.accept_of(batch.unit, batch.boot, sample);
            judged += 1;
        }
        self.counts.batches += 1;
        self.counts.samples += judged as u64;
        Fed::Judged(judged)
    }

    fn is_early(&self, sample: &Sample) -> bool {
        match (sample.at, self.open.from_utc_us) {
            (Stamp::Utc(at), Some(from)) => at.0 < from,
            _ => false,
        }
    }
}

/// Reads a batch and holds the name inside against the name it came under.
///
/// # Errors
/// A sentence, where the bytes are no batch or speak in another unit's name.
pub fn decode(bytes: &BatchBytes) -> Result<Batch, String> {
    let batch = Batch::decode(&bytes.bytes)?;
    if batch.unit != bytes.unit {
        return Err(format!(
            "a batch of unit {} came under the name of {}",
            batch.unit, bytes.unit
        ));
    }
    Ok(batch)
}

/// Which batches of an exam's units have been seen. One number for each batch of one exam: at five batches a second and 72
/// hours 1.3 million, so it needs no further bound.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    numbers: BTreeMap<(UnitId, u32), BTreeSet<u64>>,
}

impl Seen {
    /// True the first time it is asked about this batch.
    pub fn first(&mut self, unit: UnitId, boot: u32, no: u64) -> bool {
        self.numbers.entry((unit, boot)).or_default().insert(no)
    }
}
