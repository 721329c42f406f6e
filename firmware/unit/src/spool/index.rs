//! Which batches are on disk and synced, and a reader that hands them out in order.
//!
//! Shared between the thread that writes and the task that publishes: a lock around a few numbers, never around the
//! disk. Deliberately not here: the batches themselves.
use super::folder::Folder;
use super::segment::SegmentReader;
use super::{Place, Receipted};
use kaoguan_telemetry::wire::Receipt;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One file.
#[derive(Debug, Clone, Copy)]
pub struct Segment {
    /// Batches in it that are synced.
    pub count: u64,
    /// Bytes of it, synced or not.
    pub bytes: u64,
}

#[derive(Debug, Default)]
pub struct Index {
    pub segments: BTreeMap<Place, Segment>,
    /// Everything up to and including this is in the engine's journal.
    pub receipted: Option<Place>,
    /// Segments in which a reader found a record that is not proven any more: the disk has rotted.
    pub damaged: BTreeSet<Place>,
    /// The batch that was synced last, as it stands on the disk: whoever has all before it need not read the disk for it.
    pub fresh: Option<(Place, Vec<u8>)>,
}

impl Index {
    /// The first place after `after` that is on disk, and the first of its segment.
    fn next(&self, after: Option<Place>) -> Option<(Place, Place)> {
        let start = after
            .and_then(|after| self.segments.range(..=after).next_back())
            .map(|(first, _)| *first);
        for (first, segment) in self.segments.range(start.unwrap_or_default()..) {
            let no = match after {
                // Kept for what it knows.
                Some(after) if after.boot > first.boot => continue,
                Some(after) if after.boot == first.boot => first.no.max(after.no.saturating_add(1)),
                _ => first.no,
            };
            if no < first.no + segment.count {
                return Some((Place { boot: first.boot, no }, *first));
            }
        }
        None
    }

    /// The last synced batch.
    pub fn last(&self) -> Option<Place> {
        let (first, segment) = self.segments.iter().rev().find(|(_, segment)| segment.count > 0)?;
        Some(Place {
            boot: first.boot,
            no: first.no + segment.count - 1,
        })
    }
}

/// The index as its users share it.
#[derive(Debug, Clone)]
pub struct Shared {
    index: Arc<Mutex<Index>>,
    pub(super) folder: Arc<dyn Folder>,
    boot: u32,
}

impl Shared {
    pub(super) fn new(index: Index, folder: Arc<dyn Folder>, boot: u32) -> Shared {
        Shared {
            index: Arc::new(Mutex::new(index)),
            folder,
            boot,
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Index> {
        // The index is only numbers: a thread that panicked over it leaves nothing half done.
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last synced batch.
    pub fn last(&self) -> Option<Place> {
        self.lock().last()
    }

    /// The next synced batch behind `place`, where it is the last one of all; nobody else gets it from here.
    pub fn fresh(&self, place: Option<Place>) -> Option<(Place, Vec<u8>)> {
        let mut index = self.lock();
        let (next, _) = index.next(place)?;
        index.fresh.take_if(|(fresh, _)| *fresh == next)
    }

    /// Whether there is a synced batch behind `place`.
    pub fn has_behind(&self, place: Option<Place>) -> bool {
        self.lock().next(place).is_some()
    }

    /// Whether the engine has all of a segment that is not the last one: then the writing end may have something to delete.
    pub fn has_covered(&self) -> bool {
        let index = self.lock();
        let mut closed = index.segments.iter().zip(index.segments.keys().skip(1));
        let receipted = index.receipted;
        closed.next().is_some_and(|((first, segment), _)| {
            let last = first.no + segment.count.saturating_sub(1);
            receipted
                >= Some(Place {
                    boot: first.boot,
                    no: last,
                })
        })
    }

    /// Synced batches behind `place`.
    pub fn behind(&self, place: Option<Place>) -> u64 {
        let index = self.lock();
        let left = |(first, segment): (&Place, &Segment)| match place {
            Some(place) if place.boot > first.boot => 0,
            Some(place) if place.boot == first.boot => {
                let end = first.no + segment.count;
                end.saturating_sub(first.no.max(place.no.saturating_add(1)))
            }
            _ => segment.count,
        };
        index.segments.iter().map(left).sum()
    }

    /// Notes a receipt. One for batches that this unit never synced is impossible: its boot counter or its disk was
    /// replaced, and believing it would delete data that nobody has.
    pub fn receipt(&self, receipt: Receipt) -> Receipted {
        let place = Place {
            boot: receipt.boot,
            no: receipt.no,
        };
        let mut index = self.lock();
        let last = index.last().unwrap_or_default();
        if place.boot > self.boot || (place.boot == self.boot && place > last) {
            return Receipted::Impossible { last };
        }
        if index.receipted.is_some_and(|have| have >= place) {
            return Receipted::Known;
        }
        index.receipted = Some(place);
        Receipted::New(place)
    }
}

/// What the disk cannot read so many times running is damaged: a second of the link's patience.
const TRIES: u32 = 20;

/// Hands out synced batches in order, as their bytes.
#[derive(Debug)]
pub struct Reader {
    shared: Shared,
    open: Option<SegmentReader>,
    /// Where reading fails, and how often it has.
    failing: Option<(Place, u32)>,
}

impl Reader {
    /// A reader that begins anywhere.
    pub fn new(shared: Shared) -> Reader {
        Reader {
            shared,
            open: None,
            failing: None,
        }
    }

    /// The first batch after `after`; `None` where there is none yet.
    ///
    /// # Errors
    /// Where the disk cannot be read, or a record is not proven any more (`InvalidData`): the writing end must mend it, and where the
    /// disk goes on refusing to read it too.
    pub fn after(&mut self, after: Option<Place>) -> io::Result<Option<(Place, Vec<u8>)>> {
        let Some((place, first)) = self.shared.lock().next(after) else {
            return Ok(None);
        };
        let payload = self.payload(first, place.no);
        let is_damaged = match &payload {
            Ok(_) => false,
            Err(e) => self.fail(place) >= TRIES || e.kind() == io::ErrorKind::InvalidData,
        };
        if is_damaged {
            self.shared.lock().damaged.insert(first);
        }
        Ok(Some((place, payload?)))
    }

    /// How often running.
    fn fail(&mut self, place: Place) -> u32 {
        let before = self.failing.filter(|(failing, _)| *failing == place);
        let count = before.map_or(1, |(_, count)| count.saturating_add(1));
        self.failing = Some((place, count));
        count
    }

    /// As many batches after `after` as there are, at most `most`.
    ///
    /// # Errors
    /// As [`Reader::after`].
    pub fn batches(&mut self, mut after: Option<Place>, most: usize) -> io::Result<Vec<(Place, Vec<u8>)>> {
        let mut batches = Vec::new();
        while batches.len() < most
            && let Some((place, payload)) = self.after(after)?
        {
            after = Some(place);
            batches.push((place, payload));
        }
        Ok(batches)
    }

    fn payload(&mut self, first: Place, no: u64) -> io::Result<Vec<u8>> {
        let mut reader = match self.open.take().filter(|open| open.leads_to(first, no)) {
            Some(open) => open,
            None => SegmentReader::open(&*self.shared.folder, first)?,
        };
        let payload = reader.payload(no)?;
        self.open = Some(reader);
        Ok(payload)
    }
}
