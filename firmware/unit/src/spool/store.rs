//! The spool on disk, as one thread sees it: append, sync, release.
//!
//! The problem: power goes at any byte, the disk fills, and what the engine has not receipted must not be lost. The
//! answer: append-only segments ([`super::segment`]); a batch is shown to readers only after it is synced; a segment
//! is deleted only when a receipt covers all of it; when there is no room, new data is refused and counted, and the
//! hole is told as a `Gap` when there is room again. Deliberately not here: threads and channels ([`super`]).
use super::index::{Index, Segment, Shared};
use super::recovery;
use super::segment::{self, HEAD, Record};
use super::state::{Hole, State};
use super::{Condition, Place};
use crate::batcher::Parcel;
use kaoguan_telemetry::units::EventTime;
use kaoguan_telemetry::wire::{BATCH_BYTES_MAX, Batch, VERSION};
use kaoguan_telemetry::{Gap, Reading, Sample, Stamp, UnitId};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A segment is closed at this size: small enough to be freed soon, large enough that 8 GiB are 2,000 files.
const SEGMENT_BYTES: u64 = 4 << 20;
/// After the disk itself refused, it is asked again at this interval.
const RETRY: Duration = Duration::from_secs(1);

/// The spool's writing end.
#[derive(Debug)]
pub struct Store {
    dir: PathBuf,
    unit: UnitId,
    max: u64,
    state: State,
    shared: Shared,
    active: Option<Active>,
    at: Position,
    /// As of the last sync: what a failed one falls back to.
    synced: Position,
    refusing: Option<Refusing>,
    dropped: u64,
    holes: Holes,
    _lock: File,
}

/// The segment being written.
#[derive(Debug)]
struct Active {
    first: Place,
    file: File,
}

/// How far writing has come.
#[derive(Debug, Clone, Copy, Default)]
struct Position {
    next_no: u64,
    last_event: Option<EventTime>,
    /// Of the active segment.
    bytes: u64,
    /// Samples of this boot so far.
    samples: u64,
}

#[derive(Debug)]
struct Refusing {
    condition: Condition,
    /// `None` where receipts alone make room.
    retry_at: Option<Instant>,
}

/// Where each hole of [`State::holes`] stands on its way to the engine.
#[derive(Debug, Default)]
struct Holes {
    /// Handed to the core.
    told: Vec<Hole>,
    /// Come back from the core as a sample, not synced yet.
    appended: Vec<Hole>,
    /// To be handed to the core.
    gaps: Vec<Gap>,
}

impl Store {
    /// Opens or makes the spool in `dir`, cuts torn tails, and counts a boot.
    ///
    /// # Errors
    /// Where the disk refuses, another process has the folder, or its state file is not ours.
    pub fn open(dir: &Path, unit: UnitId, max: u64) -> io::Result<Store> {
        fs::create_dir_all(dir)?;
        let lock = lock(dir)?;
        let mut state = State::load(dir)?.unwrap_or_default();
        let found = recovery::recover(dir, unit)?;
        let newest = found.segments.keys().next_back().map_or(0, |first| first.boot);
        state.boot = state.boot.max(newest).saturating_add(1);
        found.holes.into_iter().for_each(|hole| state.add(hole));
        state.store(dir)?;
        let index = Index {
            segments: found.segments,
            receipted: None,
        };
        Ok(Store {
            dir: dir.to_owned(),
            unit,
            max,
            shared: Shared::new(index, state.boot),
            state,
            active: None,
            at: Position::default(),
            synced: Position::default(),
            refusing: None,
            dropped: 0,
            holes: Holes::default(),
            _lock: lock,
        })
    }

    /// Counts the unit's starts, from 1.
    pub fn boot(&self) -> u32 {
        self.state.boot
    }

    /// For readers and receipts.
    pub fn shared(&self) -> Shared {
        self.shared.clone()
    }

    /// Whether it takes data, and if not, why.
    pub fn condition(&self) -> Condition {
        self.refusing
            .as_ref()
            .map_or(Condition::Ok, |refusing| refusing.condition)
    }

    /// Samples that were refused since the start.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Bytes of all segments.
    pub fn bytes(&self) -> u64 {
        self.shared.lock().segments.values().map(|segment| segment.bytes).sum()
    }

    /// Gaps that the core must be told of, once each.
    pub fn take_gaps(&mut self) -> Vec<Gap> {
        std::mem::take(&mut self.holes.gaps)
    }

    /// Writes a parcel as the next batch; nobody sees it before [`Store::sync`]. Where there is no room it is counted
    /// and gone.
    pub fn append(&mut self, parcel: Parcel) {
        let contents = Contents::of(&parcel);
        if self.is_segment_full() {
            self.sync();
        }
        if !self.may_write(&contents) {
            return self.give_up(&contents);
        }
        match self.write(parcel, &contents) {
            Ok(()) => self.written(&contents),
            Err(e) => {
                self.cut_back(self.at);
                self.refuse(Condition::of(&e), Some(Instant::now() + RETRY));
                self.give_up(&contents);
            }
        }
    }

    /// Makes everything appended durable, then shows it to readers.
    pub fn sync(&mut self) {
        let Some(active) = &self.active else { return };
        if self.at.next_no == self.synced.next_no {
            return;
        }
        match active.file.sync_data() {
            Ok(()) => self.show(),
            // After a failed sync nobody knows what is on the disk: only what was synced before counts.
            Err(e) => {
                self.dropped += self.at.samples - self.synced.samples;
                self.cut_back(self.synced);
                let appended = std::mem::take(&mut self.holes.appended);
                self.holes.told.retain(|hole| !appended.contains(hole));
                self.refuse(Condition::of(&e), Some(Instant::now() + RETRY));
            }
        }
    }

    /// Deletes the segments that a receipt covers. The newest one with a batch in it stays: it knows the last event.
    pub fn release(&mut self) {
        let mut index = self.shared.lock();
        let (Some(receipted), Some(last)) = (index.receipted, index.last()) else {
            return;
        };
        let active = self.active.as_ref().map(|active| active.first);
        index.segments.retain(|first, segment| {
            let end = Place {
                boot: first.boot,
                no: first.no + segment.count,
            };
            let is_covered = receipted.boot > first.boot || end <= receipted.next();
            let is_newest = *first <= last && last < end;
            // A file that cannot be deleted is found and delivered again after the next start: no harm.
            !is_covered || is_newest || Some(*first) == active || fs::remove_file(&segment.path).is_err()
        });
    }

    fn is_segment_full(&self) -> bool {
        self.active.is_some() && self.at.bytes >= SEGMENT_BYTES.min(self.max / 8)
    }

    /// Whether to try at all.
    fn may_write(&mut self, contents: &Contents) -> bool {
        let room = self.max.saturating_sub(self.bytes());
        let needed = BATCH_BYTES_MAX as u64;
        match &self.refusing {
            None if room < needed => {
                self.refuse(Condition::DiskFull, None);
                false
            }
            None => true,
            // A tenth of the bound must be free again: otherwise it would refuse and resume with each receipt.
            Some(_) if room < needed.max(self.max / 10) => false,
            Some(Refusing { retry_at: Some(at), .. }) if Instant::now() < *at => false,
            // The hole must end with an event.
            Some(_) => contents.first_event.is_some() || self.at.last_event.is_none(),
        }
    }

    fn write(&mut self, parcel: Parcel, contents: &Contents) -> io::Result<()> {
        if self.refusing.is_some() {
            // The hole must be on disk before the first batch behind it.
            self.state.store(&self.dir)?;
        }
        let Parcel { samples, raws } = parcel;
        let place = Place {
            boot: self.state.boot,
            no: self.at.next_no,
        };
        let batch = Batch {
            version: VERSION,
            unit: self.unit,
            boot: place.boot,
            no: place.no,
            samples,
            raws,
        };
        let last_event = self.at.last_event.max(contents.last_event);
        let record = Record {
            no: place.no,
            last_event,
            payload: batch.encode(),
        };
        if self.active.is_none() || self.is_segment_full() {
            self.open_segment(place)?;
        }
        if let Some(active) = &mut self.active {
            active.file.write_all(&record.to_bytes())?;
            self.at.bytes += record.size();
            if let Some(segment) = self.shared.lock().segments.get_mut(&active.first) {
                segment.bytes = self.at.bytes;
            }
        }
        self.at.next_no += 1;
        self.at.last_event = last_event;
        Ok(())
    }

    /// Only after a sync: what stands in the segment before is durable.
    fn open_segment(&mut self, first: Place) -> io::Result<()> {
        let path = segment::path(&self.dir, first);
        // A file of this name can only be what a failed attempt left.
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(&path)?;
        file.write_all(HEAD)?;
        file.sync_data()?;
        File::open(&self.dir)?.sync_all()?;
        let bytes = HEAD.len() as u64;
        self.shared
            .lock()
            .segments
            .insert(first, Segment { path, count: 0, bytes });
        self.active = Some(Active { first, file });
        self.at.bytes = bytes;
        self.synced.bytes = bytes;
        Ok(())
    }

    /// A parcel stands in the file: time to tell the core of every hole that ends with it.
    fn written(&mut self, contents: &Contents) {
        self.at.samples += contents.samples;
        self.holes.appended.extend(&contents.holes);
        if let Some(was) = self.refusing.take() {
            tracing::warn!(
                "磁盘恢复接收 / spool takes data again after {}: {} samples lost",
                was.condition,
                self.dropped
            );
        }
        let Some(to) = contents.first_event else { return };
        for hole in self.state.holes.iter().filter(|hole| !self.holes.told.contains(hole)) {
            self.holes.gaps.push(Gap {
                boot: hole.boot,
                from: hole.from,
                to,
            });
        }
        self.holes.told.clone_from(&self.state.holes);
    }

    /// What is synced may be read; a hole whose gap is synced is told for good.
    fn show(&mut self) {
        let Some(active) = &self.active else { return };
        if let Some(segment) = self.shared.lock().segments.get_mut(&active.first) {
            segment.count = self.at.next_no - active.first.no;
        }
        self.synced = self.at;
        let done = std::mem::take(&mut self.holes.appended);
        if !done.is_empty() {
            self.state.holes.retain(|hole| !done.contains(hole));
            self.holes.told.retain(|hole| !done.contains(hole));
            if let Err(e) = self.state.store(&self.dir) {
                tracing::warn!("spool: state not stored ({e}); the gap is told again after the next start");
            }
        }
    }

    /// Takes nothing until there is room.
    fn refuse(&mut self, condition: Condition, retry_at: Option<Instant>) {
        if self.refusing.replace(Refusing { condition, retry_at }).is_none() {
            let (bytes, max) = (self.bytes(), self.max);
            tracing::error!("磁盘停止接收数据 / spool takes no new data: {condition}, {bytes} of {max} bytes in use");
        }
    }

    /// Back to a position at the end of a whole record.
    fn cut_back(&mut self, to: Position) {
        self.at = to;
        let Some(active) = &mut self.active else { return };
        let cut = active
            .file
            .set_len(to.bytes)
            .and_then(|()| active.file.seek(SeekFrom::Start(to.bytes)));
        if let Some(segment) = self.shared.lock().segments.get_mut(&active.first) {
            segment.bytes = to.bytes;
        }
        if cut.is_err() {
            // The next batch begins a new segment; recovery ends this one where that begins.
            self.active = None;
        }
    }

    /// A parcel is lost.
    fn give_up(&mut self, contents: &Contents) {
        self.dropped += contents.samples;
        self.holes.told.retain(|hole| !contents.holes.contains(hole));
        if let Some(from) = self.at.last_event {
            self.state.add(Hole {
                boot: self.state.boot,
                from,
            });
        }
    }
}

/// What must be known of a parcel after it is gone.
#[derive(Debug, Default)]
struct Contents {
    samples: u64,
    first_event: Option<EventTime>,
    last_event: Option<EventTime>,
    /// Holes that a sample in it tells of.
    holes: Vec<Hole>,
}

impl Contents {
    fn of(parcel: &Parcel) -> Contents {
        let events = || parcel.samples.iter().filter_map(event);
        let holes = parcel.samples.iter().filter_map(|sample| match sample.reading {
            Reading::Gap(gap) => Some(Hole {
                boot: gap.boot,
                from: gap.from,
            }),
            _ => None,
        });
        let samples = parcel.samples.len() as u64;
        Contents {
            samples,
            first_event: events().min(),
            last_event: events().max(),
            holes: holes.collect(),
        }
    }
}

fn event(sample: &Sample) -> Option<EventTime> {
    match sample.at {
        Stamp::Utc(at) => Some(at),
        Stamp::Uptime(_) => None,
    }
}

/// Two units on one folder would interleave their batches.
fn lock(dir: &Path) -> io::Result<File> {
    let file = File::create(dir.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let text = format!("spool {} is in use by another process", dir.display());
            Err(io::Error::new(io::ErrorKind::ResourceBusy, text))
        }
        Err(TryLockError::Error(e)) => Err(e),
    }
}
