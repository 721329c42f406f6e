//! The spool on disk, as one thread sees it: append, sync, release.
//!
//! The problem: power goes at any byte, the disk fills, and what the engine has not receipted must not be lost. The
//! answer: append-only segments ([`super::segment`]); a batch is shown to readers only after it is synced; a segment
//! is deleted only when a receipt covers all of it; when there is no room, new data is refused and counted, and the
//! hole is told as a `Gap` when there is room again. A disk that is full at the start, or can only be read, delivers what it
//! holds, and on a full one what the engine has is deleted without any room. Deliberately not here: threads and channels ([`super`]).
use super::contents::{Contents, Reach};
use super::folder::{Directory, Folder, Sink};
use super::index::{Index, Segment, Shared};
use super::recovery;
use super::room::Pace;
use super::segment::{self, HEAD, Record};
use super::state::{Hole, State};
use super::{Condition, Place, Status};
use crate::batcher::Parcel;
use kaoguan_telemetry::units::EventTime;
use kaoguan_telemetry::wire::{BATCH_BYTES_MAX, Batch, VERSION};
use kaoguan_telemetry::{Gap, UnitId};
use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// A segment is closed at this size: small enough to be freed soon, large enough that 8 GiB are 2,000 files.
const SEGMENT_BYTES: u64 = 4 << 20;
/// When the disk itself refuses a parcel, it and the next ones, so many in all, are given up before it is asked again: half a second or a whole one.
const RETRY: u32 = 10;

/// The spool's writing end.
#[derive(Debug)]
pub struct Store {
    folder: Arc<dyn Folder>,
    unit: UnitId,
    max: u64,
    state: State,
    /// The state of this boot is on the disk. It must be before its first batch: a number is no batch's twice.
    is_counted: bool,
    shared: Shared,
    active: Option<Active>,
    at: Position,
    /// As of the last sync: what a failed one falls back to.
    synced: Position,
    /// The segment that knows the last event on the disk: it stays, whatever the engine has.
    knows_last: Option<Place>,
    refusing: Option<Refusing>,
    dropped: u64,
    pace: Pace,
    /// Bytes written since the start, deleted ones too.
    written: u64,
    /// The last batch that was written, not synced yet.
    unsynced: Option<(Place, Vec<u8>)>,
    holes: Holes,
}

/// The segment being written.
#[derive(Debug)]
struct Active {
    first: Place,
    file: Box<dyn Sink>,
}

/// How far writing has come.
#[derive(Debug, Clone, Copy, Default)]
struct Position {
    next_no: u64,
    reach: Reach,
    /// Up to here everything that was measured is stored.
    last_event: Option<EventTime>,
    /// Of the active segment.
    bytes: u64,
    /// Samples of this boot so far.
    samples: u64,
}

#[derive(Debug)]
struct Refusing {
    condition: Condition,
    /// Parcels to give up before the disk is asked again.
    left: u32,
}

/// Where each hole of [`State::holes`] stands on its way to the engine.
#[derive(Debug, Default)]
struct Holes {
    /// Ended by a batch that is not synced yet.
    ending: Vec<Hole>,
    /// Handed to the core.
    told: BTreeSet<Hole>,
    /// Come back from the core as a sample, not synced yet.
    appended: Vec<Gap>,
    /// To be handed to the core.
    gaps: Vec<Gap>,
    /// The newest event that was given up: a quick port's may be newer than what a slow one says first behind the hole.
    lost: Option<EventTime>,
}

impl Store {
    /// Opens or makes the spool in `dir`, and counts a boot.
    ///
    /// # Errors
    /// Where the disk refuses, another process has the folder, or its state file is not ours.
    pub fn open(dir: &Path, unit: UnitId, max: u64) -> io::Result<Store> {
        Store::over(Arc::new(Directory::open(dir)?), unit, max)
    }

    /// As [`Store::open`], over any folder. One without room, or that can only be read, refuses nothing here: what it holds can be
    /// delivered.
    ///
    /// # Errors
    /// Where the disk refuses for another reason, or the state file is not ours.
    pub fn over(folder: Arc<dyn Folder>, unit: UnitId, max: u64) -> io::Result<Store> {
        let mut state = State::load(&*folder)?.unwrap_or_default();
        let found = recovery::recover(&*folder, &state.ends)?;
        let newest = found.segments.keys().next_back().map_or(0, |first| first.boot);
        state.boot = state.boot.max(newest).saturating_add(1);
        state.ends = found
            .segments
            .iter()
            .map(|(first, segment)| (first.boot, first.no + segment.count))
            .collect();
        if let Some((hole, _)) = found.last {
            state.open(hole);
        }
        let stored = state.store(&*folder);
        let index = Index {
            segments: found.segments,
            ..Index::default()
        };
        let mut store = Store {
            unit,
            max,
            shared: Shared::new(index, Arc::clone(&folder), state.boot),
            folder,
            state,
            is_counted: stored.is_ok(),
            active: None,
            at: Position::default(),
            synced: Position::default(),
            knows_last: found.last.map(|(_, first)| first),
            refusing: None,
            dropped: 0,
            pace: Pace::default(),
            written: 0,
            unsynced: None,
            holes: Holes::default(),
        };
        // A power cut may have undone what was removed; what the state on the disk says of it holds.
        store.remove();
        match stored.or_else(|_| store.keep_state()) {
            Ok(()) => Ok(store),
            Err(e) if Condition::leaves_reading(&e) => {
                store.refuse(Condition::of(&e), RETRY);
                Ok(store)
            }
            Err(e) => Err(e),
        }
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

    /// What people and the engine are told.
    pub fn status(&self) -> Status {
        let bound = self.room();
        // A disk that does not say what it has left is asked by writing.
        let free = self.folder.free().map_or(bound, |free| free.min(bound));
        Status {
            condition: self.condition(),
            dropped_samples: self.dropped,
            room_min: self.pace.minutes(free.saturating_sub(BATCH_BYTES_MAX as u64)),
        }
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
        let ending = self.holes.ending.len();
        match self.write(parcel, &contents) {
            Ok(()) => self.written(contents),
            Err(e) => {
                self.reopen(ending);
                // What the group has written before is on the disk, or lost, before its file is cut or left.
                self.sync();
                self.cut_back(self.at);
                self.refuse(Condition::of(&e), RETRY);
                self.give_up(&contents);
            }
        }
    }

    /// Makes everything appended durable, then shows it to readers.
    pub fn sync(&mut self) {
        let Some(active) = &mut self.active else { return };
        if self.at.next_no == self.synced.next_no {
            return;
        }
        match active.file.sync() {
            Ok(()) => self.show(),
            // After a failed sync nobody knows what is on the disk: only what was synced before counts.
            Err(e) => {
                let lost = Contents {
                    samples: self.at.samples - self.synced.samples,
                    reach: self.at.reach,
                    gaps: std::mem::take(&mut self.holes.appended),
                    ..Contents::default()
                };
                self.cut_back(self.synced);
                self.unsynced = None;
                self.refuse(Condition::of(&e), RETRY);
                self.reopen(0);
                self.give_up(&lost);
            }
        }
    }

    /// Deletes the segments that a receipt covers. The newest one with a batch in it stays, and the one that knows the
    /// last event.
    pub fn release(&mut self) {
        let receipted = self.shared.lock().receipted;
        if receipted <= self.state.receipted || self.covered(receipted).is_empty() {
            return;
        }
        let before = std::mem::replace(&mut self.state.receipted, receipted);
        // Else a file that comes back after a power cut would look like one with damage behind it.
        match self.keep_state().or_else(|_| self.make_room()) {
            Ok(()) => self.remove(),
            Err(e) => {
                if self.refusing.is_none() {
                    tracing::warn!("spool: state not stored ({e}); files are deleted with the next receipt");
                }
                self.state.receipted = before;
            }
        }
    }

    /// Deletes what the engine has until there is room to write that down: the oldest first, and the folder synced behind
    /// each. So one file at most comes back after a power cut, and what stands behind it is still there to end it.
    fn make_room(&mut self) -> io::Result<()> {
        for first in self.covered(self.state.receipted) {
            self.folder.remove(&segment::name(first))?;
            self.folder.sync()?;
            self.shared.lock().segments.remove(&first);
            if self.keep_state().is_ok() {
                return Ok(());
            }
        }
        self.keep_state()
    }

    /// The state is on the disk, and with it this boot's number.
    fn keep_state(&mut self) -> io::Result<()> {
        self.state.store(&*self.folder)?;
        self.is_counted = true;
        Ok(())
    }

    /// Fills up what readers found damaged; the hole is told once something is measured behind it.
    pub fn mend(&mut self) {
        let damaged = std::mem::take(&mut self.shared.lock().damaged);
        for first in damaged {
            // Where the disk refuses, the reader finds it again.
            if let Err(e) = self.mend_segment(first) {
                tracing::error!("spool: {} cannot be mended: {e}", segment::name(first));
            }
        }
    }

    fn mend_segment(&mut self, first: Place) -> io::Result<()> {
        if self.active.as_ref().is_some_and(|active| active.first == first) {
            // From here on it is a closed one.
            self.sync();
            self.active = None;
        }
        let count = self
            .shared
            .lock()
            .segments
            .get(&first)
            .map_or(0, |segment| segment.count);
        let (bytes, hole) = recovery::mend(&self.shared, first, count, self.unit)?;
        if let Some(segment) = self.shared.lock().segments.get_mut(&first) {
            segment.bytes = bytes;
        }
        match hole {
            Some((hole, Some(to))) => self.state.add(hole, to),
            Some((hole, None)) => self.begin(hole),
            None => return Ok(()),
        }
        self.keep_state()
    }

    /// Segments that nobody needs once the engine has everything up to `receipted`.
    fn covered(&self, receipted: Option<Place>) -> Vec<Place> {
        let index = self.shared.lock();
        let (Some(receipted), Some(last)) = (receipted, index.last()) else {
            return Vec::new();
        };
        let keeps = [self.active.as_ref().map(|active| active.first), self.knows_last];
        let is_covered = |(first, segment): (&Place, &Segment)| {
            let end = Place {
                boot: first.boot,
                no: first.no + segment.count,
            };
            let is_newest = *first <= last && last < end;
            let is_receipted = receipted.boot > first.boot || end <= receipted.next();
            (is_receipted && !is_newest && !keeps.contains(&Some(*first))).then_some(*first)
        };
        index.segments.iter().filter_map(is_covered).collect()
    }

    /// A file that cannot be deleted is tried again with the next receipt.
    fn remove(&mut self) {
        for first in self.covered(self.state.receipted) {
            if self.folder.remove(&segment::name(first)).is_ok() {
                self.shared.lock().segments.remove(&first);
            }
        }
    }

    fn is_segment_full(&self) -> bool {
        self.active.is_some() && self.at.bytes >= SEGMENT_BYTES.min(self.max / 8)
    }

    /// Bytes that its bound leaves.
    fn room(&self) -> u64 {
        self.max.saturating_sub(self.bytes())
    }

    /// Whether to try at all.
    fn may_write(&mut self, contents: &Contents) -> bool {
        let needed = BATCH_BYTES_MAX as u64;
        // A tenth of the bound must be free again: otherwise it would refuse and resume with each receipt.
        let enough = needed.max(self.max / 10);
        if self.refusing.is_some() && self.room() < enough {
            // What the engine has could perhaps not be deleted when its receipt came, and no new one comes while nothing is stored.
            self.release();
            self.remove();
        }
        let room = self.room();
        match &self.refusing {
            None if room < needed => {
                self.refuse(Condition::DiskFull, 0);
                false
            }
            None => true,
            Some(_) if room < enough => false,
            Some(Refusing { left: 1.., .. }) => false,
            // The hole must end with an event.
            Some(_) => contents.first_event.is_some() || self.at.last_event.is_none(),
        }
    }

    fn write(&mut self, parcel: Parcel, contents: &Contents) -> io::Result<()> {
        if let Some(first) = contents.first_event {
            self.end_holes(self.holes.lost.map_or(first, |lost| lost.max(first)))?;
        }
        if !self.is_counted {
            self.keep_state()?;
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
        let reach = self.at.reach.join(&contents.reach);
        let last_event = self.at.last_event.max(reach.until());
        let record = Record {
            no: place.no,
            last_event,
            payload: batch.encode(),
        };
        if self.active.is_none() || self.is_segment_full() {
            self.open_segment(place)?;
        }
        if let Some(active) = &mut self.active {
            active.file.write(self.at.bytes, &record.to_bytes())?;
            self.at.bytes += record.size();
            self.written += record.size();
            if let Some(segment) = self.shared.lock().segments.get_mut(&active.first) {
                segment.bytes = self.at.bytes;
            }
        }
        self.at.next_no += 1;
        self.at.reach = reach;
        self.at.last_event = last_event;
        self.unsynced = Some((place, record.payload));
        if let Some(at) = last_event {
            self.pace.written(at, self.written);
        }
        Ok(())
    }

    /// Something is measured again. Each hole and its end must be on the disk before the batch behind it is.
    fn end_holes(&mut self, to: EventTime) -> io::Result<()> {
        let ended = self.state.close(to);
        if ended.is_empty() {
            return Ok(());
        }
        self.holes.ending.extend(ended);
        self.keep_state()
    }

    /// Only after a sync: what stands in the segment before is durable.
    fn open_segment(&mut self, first: Place) -> io::Result<()> {
        // A file of this name can only be what a failed attempt left.
        let mut file = self.folder.create(&segment::name(first))?;
        file.write(0, HEAD)?;
        file.sync()?;
        self.folder.sync()?;
        let bytes = HEAD.len() as u64;
        self.shared.lock().segments.insert(first, Segment { count: 0, bytes });
        self.active = Some(Active { first, file });
        self.at.bytes = bytes;
        self.synced.bytes = bytes;
        Ok(())
    }

    fn written(&mut self, contents: Contents) {
        self.at.samples += contents.samples;
        self.holes.appended.extend(contents.gaps);
        if let Some(was) = self.refusing.take() {
            tracing::warn!(
                "磁盘恢复接收 / spool takes data again after {}: {} samples lost",
                was.condition,
                self.dropped
            );
        }
    }

    /// What is synced may be read; it is time to tell the core of the holes that end with it, and a hole whose gap is
    /// synced is told for good.
    fn show(&mut self) {
        let Some(active) = &self.active else { return };
        let first = active.first;
        let mut index = self.shared.lock();
        if let Some(segment) = index.segments.get_mut(&first) {
            segment.count = self.at.next_no - first.no;
        }
        index.fresh = self.unsynced.take();
        drop(index);
        self.synced = self.at;
        self.holes.ending.clear();
        if self.at.last_event.is_some() {
            self.knows_last = Some(first);
            self.tell();
        }
        self.forget();
    }

    /// Only in a boot that has an event time: the core must be able to say when it was told.
    fn tell(&mut self) {
        for (hole, to) in &self.state.holes {
            if let Some(to) = *to
                && self.holes.told.insert(*hole)
            {
                let Hole { boot, from } = *hole;
                self.holes.gaps.push(Gap { boot, from, to });
            }
        }
    }

    fn forget(&mut self) {
        let done = std::mem::take(&mut self.holes.appended);
        for gap in &done {
            let hole = Hole::of(*gap);
            if self.state.holes.get(&hole) == Some(&Some(gap.to)) {
                self.state.holes.remove(&hole);
                self.holes.told.remove(&hole);
            }
        }
        if !done.is_empty()
            && let Err(e) = self.keep_state()
        {
            tracing::warn!("spool: state not stored ({e}); the gap is told again after the next start");
        }
    }

    /// Takes nothing until there is room.
    fn refuse(&mut self, condition: Condition, left: u32) {
        if self.refusing.replace(Refusing { condition, left }).is_none() {
            let (bytes, max) = (self.bytes(), self.max);
            tracing::error!("磁盘停止接收数据 / spool takes no new data: {condition}, {bytes} of {max} bytes in use");
        }
    }

    /// Back to a position at the end of a whole record.
    fn cut_back(&mut self, to: Position) {
        self.at = to;
        let Some(active) = &mut self.active else { return };
        let cut = active.file.set_len(to.bytes);
        if let Some(segment) = self.shared.lock().segments.get_mut(&active.first) {
            segment.bytes = to.bytes;
        }
        if cut.is_err() {
            // The next batch begins a new segment; recovery ends this one where that begins.
            self.active = None;
        }
    }

    /// What was not written, or not synced, is lost: the hole begins where the disk ends.
    fn give_up(&mut self, lost: &Contents) {
        self.dropped += lost.samples;
        self.holes.lost = self.holes.lost.max(lost.reach.newest());
        if let Some(refusing) = &mut self.refusing {
            refusing.left = refusing.left.saturating_sub(1);
        }
        for gap in &lost.gaps {
            self.holes.told.remove(&Hole::of(*gap));
        }
        if let Some(from) = self.at.last_event {
            self.begin(Hole {
                boot: self.state.boot,
                from,
            });
        }
    }

    /// The batches that should have ended these holes are lost.
    fn reopen(&mut self, from: usize) {
        for hole in self.holes.ending.split_off(from) {
            self.begin(hole);
        }
    }

    fn begin(&mut self, hole: Hole) {
        let begun = self.state.open(hole);
        self.holes.told.remove(&begun);
    }
}
