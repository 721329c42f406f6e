//! The engine's only truth: everything accepted at a site, in the order of arrival.
//!
//! The problem: a receipt tells a vehicle's unit to forget; what it covers must survive a kill, a power cut and a full
//! disk, and nobody may change it afterwards unseen. The answer: append-only segment files, every entry in a frame whose
//! link hashes all before it ([`frame`]); `append` many, `sync` once, then give receipts. On opening the whole chain is
//! proven; a tail that was being written is cut off and said, damage anywhere else is refused with its place.
//!
//! Deliberately not here: group commit (the caller decides when to sync), deletion, compaction, an index. A cut exactly
//! between two entries at the end can't be seen from the file alone; receipts and sealed records hold later links.
mod error;
mod frame;
mod reader;
mod recover;
mod tail;
#[cfg(test)]
pub(crate) mod tests;

pub use error::JournalError;
pub use frame::{Link, entry_hash};
pub use reader::{Linked, Reader};
pub use recover::{Recovered, Torn};

use crate::entry::{self, ENTRY_BYTES_MAX, Entry, Kind};
use recover::Segment;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use tail::Tail;

/// A new segment is begun when the last one has reached this length: small enough to copy and to read over from its
/// start, large enough that a year is hundreds of files.
pub const SEGMENT_BYTES: u64 = 64 * 1024 * 1024;

/// The journal, open for writing by this process alone.
#[derive(Debug)]
pub struct Journal {
    dir: PathBuf,
    /// Held for its lock.
    _lock: File,
    tail: Tail,
    segment: Segment,
    segment_bytes: u64,
    next: u64,
    head: Link,
    halted: Option<String>,
}

impl Journal {
    /// Opens the journal in `dir` (created where it is missing), proves its chain and cuts off a torn tail.
    ///
    /// # Errors
    /// [`JournalError::Locked`] while another process has it; [`JournalError::Broken`] with file, offset and entry where
    /// it is not what was written; [`JournalError::Io`].
    pub fn open(dir: &Path) -> Result<(Journal, Recovered), JournalError> {
        Journal::open_with(dir, SEGMENT_BYTES)
    }

    /// As [`Journal::open`], with another length of segments.
    ///
    /// # Errors
    /// As [`Journal::open`].
    pub fn open_with(dir: &Path, segment_bytes: u64) -> Result<(Journal, Recovered), JournalError> {
        fs::create_dir_all(dir).map_err(JournalError::io("create", dir))?;
        let lock = lock(dir)?;
        let (found, segment, end) = recover::recover(dir)?;
        let tail = Tail::open(&segment.path, end).map_err(JournalError::io("open", &segment.path))?;
        let journal = Journal {
            dir: dir.to_path_buf(),
            _lock: lock,
            tail,
            segment,
            segment_bytes,
            next: found.entries,
            head: found.head,
            halted: None,
        };
        Ok((journal, found))
    }

    /// Appends an entry; it is durable after the next [`Journal::sync`], and only then may anybody be told.
    ///
    /// # Errors
    /// [`JournalError::Full`] or [`JournalError::Io`]: the entry is not in the journal, all before it are, and it may be
    /// tried again. [`JournalError::TooLarge`]. [`JournalError::Halted`] after a failure that can't be undone.
    pub fn append(&mut self, kind: Kind, arrived_utc_us: i64) -> Result<Entry, JournalError> {
        self.refuse_if_halted()?;
        let bytes = entry::encode(self.next, arrived_utc_us, &kind);
        if bytes.len() > ENTRY_BYTES_MAX {
            return Err(JournalError::TooLarge {
                bytes: bytes.len(),
                max: ENTRY_BYTES_MAX,
            });
        }
        if self.tail.len() >= self.segment_bytes {
            self.begin_segment()?;
        }
        let (frame, link) = frame::frame(self.head, &bytes);
        self.write(&frame)?;
        let entry = Entry {
            no: self.next,
            arrived_utc_us,
            kind,
        };
        self.next += 1;
        self.head = link;
        Ok(entry)
    }

    /// Makes all that was appended durable (fdatasync).
    ///
    /// # Errors
    /// [`JournalError::Io`]: what was appended since the last sync may be lost. The journal then takes nothing more
    /// ([`JournalError::Halted`]), because a system that failed to write pages may forget that it did.
    pub fn sync(&mut self) -> Result<(), JournalError> {
        self.refuse_if_halted()?;
        self.tail.sync().map_err(|source| {
            self.halted = Some(format!(
                "the disk did not confirm {}: {source}",
                self.segment.path.display()
            ));
            JournalError::Io {
                what: "make durable",
                file: self.segment.path.clone(),
                source,
            }
        })
    }

    /// Entries from `no` on, up to the journal's present end (synced or not).
    ///
    /// # Errors
    /// [`JournalError::Missing`] beyond the end; [`JournalError::Io`].
    pub fn read_from(&self, no: u64) -> Result<Reader, JournalError> {
        Reader::new(&self.dir, no, self.next)
    }

    /// The number that the next entry will have.
    pub fn next_no(&self) -> u64 {
        self.next
    }
    /// The link after the last entry.
    pub fn head(&self) -> Link {
        self.head
    }
    /// Where it lives.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    fn refuse_if_halted(&self) -> Result<(), JournalError> {
        match &self.halted {
            Some(why) => Err(JournalError::Halted { why: why.clone() }),
            None => Ok(()),
        }
    }

    fn begin_segment(&mut self) -> Result<(), JournalError> {
        self.sync()?;
        let segment = recover::create_segment(&self.dir, self.next, self.head)?;
        self.tail = Tail::open(&segment.path, frame::SEGMENT_HEAD).map_err(JournalError::io("open", &segment.path))?;
        self.segment = segment;
        Ok(())
    }

    fn write(&mut self, frame: &[u8]) -> Result<(), JournalError> {
        let Err(failure) = self.tail.append(frame) else {
            return Ok(());
        };
        let file = self.segment.path.clone();
        if let Some(undo) = failure.undo {
            self.halted = Some(format!(
                "half an entry could not be taken back from {}: {undo}",
                file.display()
            ));
        }
        Err(match failure.write.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => JournalError::Full {
                no: self.next,
                bytes: frame.len() as u64,
                file,
            },
            _ => JournalError::Io {
                what: "write",
                file,
                source: failure.write,
            },
        })
    }
}

fn lock(dir: &Path) -> Result<File, JournalError> {
    let path = dir.join("lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(JournalError::io("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(JournalError::Locked { dir: dir.to_path_buf() }),
        Err(TryLockError::Error(source)) => Err(JournalError::Io {
            what: "lock",
            file: path,
            source,
        }),
    }
}
