//! Which batches are on disk and synced, and a reader that hands them out in order.
//!
//! Shared between the thread that writes and the task that publishes: a lock around a few numbers, never around the
//! disk. Deliberately not here: the batches themselves.
use super::segment::SegmentReader;
use super::{Place, Receipted};
use kaoguan_telemetry::wire::Receipt;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One file.
#[derive(Debug, Clone)]
pub struct Segment {
    pub path: PathBuf,
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
}

impl Index {
    /// The first place after `after` that is on disk, with its segment.
    fn next(&self, after: Option<Place>) -> Option<(Place, Place, PathBuf)> {
        let start = after
            .and_then(|after| self.segments.range(..=after).next_back())
            .map(|(first, _)| *first);
        for (first, segment) in self.segments.range(start.unwrap_or_default()..) {
            let no = match after {
                Some(after) if after.boot == first.boot && after.no >= first.no => after.no + 1,
                _ => first.no,
            };
            if no < first.no + segment.count {
                return Some((Place { boot: first.boot, no }, *first, segment.path.clone()));
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
#[derive(Debug, Clone, Default)]
pub struct Shared {
    index: Arc<Mutex<Index>>,
    boot: u32,
}

impl Shared {
    pub(super) fn new(index: Index, boot: u32) -> Shared {
        Shared {
            index: Arc::new(Mutex::new(index)),
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

/// Hands out synced batches in order, as their bytes.
#[derive(Debug)]
pub struct Reader {
    shared: Shared,
    open: Option<SegmentReader>,
}

impl Reader {
    /// A reader that begins anywhere.
    pub fn new(shared: Shared) -> Reader {
        Reader { shared, open: None }
    }

    /// The first batch after `after`; `None` where there is none yet.
    ///
    /// # Errors
    /// Where the disk cannot be read.
    pub fn after(&mut self, after: Option<Place>) -> io::Result<Option<(Place, Vec<u8>)>> {
        let Some((place, first, path)) = self.shared.lock().next(after) else {
            return Ok(None);
        };
        let mut reader = match self.open.take().filter(|open| open.leads_to(first, place.no)) {
            Some(open) => open,
            None => SegmentReader::open(&path, first)?,
        };
        let payload = reader.payload(place.no)?;
        self.open = Some(reader);
        Ok(Some((place, payload)))
    }
}
