//! Reading the journal from an entry on, while it may still grow.
use super::error::JournalError;
use super::frame::{self, Link, SEGMENT_HEAD, Step};
use super::recover::{Segment, broken, segments};
use crate::entry::Entry;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// An entry at its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// The entry.
    pub entry: Entry,
    /// Its bytes, as the chain vouches for them.
    pub bytes: Vec<u8>,
    /// The link before it.
    pub before: Link,
    /// The link after it.
    pub link: Link,
}

/// Entries in their order, up to the end that the journal had when the reader was made. Ends after the first error.
#[derive(Debug)]
pub struct Reader {
    segments: std::vec::IntoIter<Segment>,
    open: Option<OpenSegment>,
    next: u64,
    until: u64,
}

#[derive(Debug)]
struct OpenSegment {
    segment: Segment,
    from: BufReader<File>,
    offset: u64,
    before: Link,
}

impl Reader {
    /// Reads entries `first..until` of the journal in `dir`.
    pub(super) fn new(dir: &Path, first: u64, until: u64) -> Result<Reader, JournalError> {
        if first > until {
            return Err(JournalError::Missing { no: first, next: until });
        }
        let mut list = segments(dir)?;
        let start = list.partition_point(|segment| segment.first <= first).saturating_sub(1);
        list.drain(..start.min(list.len()));
        let mut reader = Reader {
            segments: list.into_iter(),
            open: None,
            next: first,
            until,
        };
        if first < until {
            reader.skip_to(first)?;
        }
        Ok(reader)
    }

    fn skip_to(&mut self, first: u64) -> Result<(), JournalError> {
        let mut open = self.next_segment(first)?;
        for no in open.segment.first..first {
            let path = &open.segment.path;
            match frame::skip(&mut open.from).map_err(JournalError::io("read", path))? {
                Some(link) => open.before = link,
                None => return Err(broken(path, open.offset, no, "the file ends before it".into())),
            }
        }
        // Byte offsets in later sentences count from here.
        open.offset =
            std::io::Seek::stream_position(&mut open.from).map_err(JournalError::io("read", &open.segment.path))?;
        self.open = Some(open);
        Ok(())
    }

    fn next_segment(&mut self, no: u64) -> Result<OpenSegment, JournalError> {
        let Some(segment) = self.segments.next() else {
            return Err(JournalError::Missing { no, next: no });
        };
        let path = &segment.path;
        let file = File::open(path).map_err(JournalError::io("open", path))?;
        let mut from = BufReader::with_capacity(1 << 16, file);
        let mut head = [0; SEGMENT_HEAD as usize];
        from.read_exact(&mut head).map_err(JournalError::io("read", path))?;
        let before = match head.last_chunk::<32>() {
            Some(link) => Link(*link),
            None => Link::GENESIS,
        };
        if head.as_slice() != frame::segment_head(segment.first, before) {
            return Err(broken(path, 0, no, "the segment's head is not what was written".into()));
        }
        Ok(OpenSegment {
            segment,
            from,
            offset: SEGMENT_HEAD,
            before,
        })
    }

    fn read(&mut self) -> Result<Linked, JournalError> {
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.next_segment(self.next)?,
        };
        let path = &open.segment.path;
        let step = frame::read(&mut open.from, open.before).map_err(JournalError::io("read", path))?;
        let (bytes, link) = match step {
            Step::Frame { entry, link } => (entry, link),
            Step::End => return self.read(),
            Step::Cut(_) => return Err(broken(path, open.offset, self.next, "the file ends within it".into())),
            Step::Broken(why) => return Err(broken(path, open.offset, self.next, why)),
        };
        let entry = Entry::decode(&bytes).map_err(|why| broken(path, open.offset, self.next, why))?;
        if entry.no != self.next {
            let why = format!("it calls itself entry {}", entry.no);
            return Err(broken(path, open.offset, self.next, why));
        }
        let linked = Linked {
            entry,
            before: open.before,
            link,
            bytes,
        };
        open.offset += frame::FRAME_HEAD + linked.bytes.len() as u64;
        open.before = link;
        self.open = Some(open);
        self.next += 1;
        Ok(linked)
    }
}

impl Iterator for Reader {
    type Item = Result<Linked, JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.until {
            return None;
        }
        let read = self.read();
        if read.is_err() {
            self.until = self.next;
        }
        Some(read)
    }
}
