//! What is found when a journal is opened: the chain proven from its first entry, a torn tail cut off.
use super::error::JournalError;
use super::frame::{self, Link, SEGMENT_HEAD, Step};
use std::fs::{self, File, OpenOptions};
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Whole entries in the journal.
    pub entries: u64,
    /// Segments they stand in.
    pub segments: usize,
    /// Bytes of all segments, after the cut.
    pub bytes: u64,
    /// The link after the last entry.
    pub head: Link,
    /// What had to be cut off the end.
    pub torn: Option<Torn>,
}

/// A tail that was being written when the power or the process went. No receipt was ever given for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Torn {
    /// The last segment.
    pub file: PathBuf,
    /// Where the cut was made.
    pub offset: u64,
    /// How many bytes were cut off.
    pub bytes: u64,
}

impl std::fmt::Display for Recovered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} entries in {} segments ({} bytes), chain whole",
            self.entries, self.segments, self.bytes
        )?;
        match &self.torn {
            Some(Torn { file, offset, bytes }) => {
                write!(
                    f,
                    "; {bytes} bytes of an unfinished entry cut off {} at byte {offset}",
                    file.display()
                )
            }
            None => Ok(()),
        }
    }
}

/// A segment file by its first entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Segment {
    pub first: u64,
    pub path: PathBuf,
}

/// The name of the segment that starts with this entry.
pub(super) fn segment_path(dir: &Path, first: u64) -> PathBuf {
    dir.join(format!("{first:020}.kgj"))
}

/// The journal's segments in the order of their entries. Files with other endings are not the journal's.
pub(super) fn segments(dir: &Path) -> Result<Vec<Segment>, JournalError> {
    let mut found = Vec::new();
    for item in fs::read_dir(dir).map_err(JournalError::io("list", dir))? {
        let path = item.map_err(JournalError::io("list", dir))?.path();
        if path.extension().is_some_and(|ending| ending == "kgj") {
            let first = path
                .file_stem()
                .and_then(|stem| stem.to_str())
                .and_then(|stem| stem.parse().ok());
            let Some(first) = first else {
                return Err(broken(
                    &path,
                    0,
                    0,
                    "its name is not the number of its first entry".into(),
                ));
            };
            found.push(Segment { first, path });
        }
    }
    found.sort();
    Ok(found)
}

/// Proves the whole chain, cuts a torn tail off the last segment. Returns what was found and the length of the last
/// segment; a journal without a segment gets its first.
pub(super) fn recover(dir: &Path) -> Result<(Recovered, Segment, u64), JournalError> {
    let mut list = segments(dir)?;
    if list.is_empty() {
        list.push(create_segment(dir, 0, Link::GENESIS)?);
    }
    let mut found = Recovered {
        segments: list.len(),
        ..Recovered::default()
    };
    let last = list.len() - 1;
    let mut end = 0;
    for (index, segment) in list.iter().enumerate() {
        end = prove(segment, index == last, &mut found)?;
        found.bytes += end;
    }
    // The list is not empty.
    let segment = list.pop().unwrap_or(Segment {
        first: 0,
        path: segment_path(dir, 0),
    });
    Ok((found, segment, end))
}

/// Writes a new segment's head and makes file and name durable.
pub(super) fn create_segment(dir: &Path, first: u64, before: Link) -> Result<Segment, JournalError> {
    let path = segment_path(dir, first);
    let written = File::create_new(&path).and_then(|mut file| {
        file.write_all(&frame::segment_head(first, before))?;
        file.sync_all()
    });
    if let Err(source) = written {
        // Half a head is no harm, but the next attempt wants the name free.
        let _ = fs::remove_file(&path);
        return Err(match source.kind() {
            std::io::ErrorKind::StorageFull => JournalError::Full {
                no: first,
                bytes: SEGMENT_HEAD,
                file: path,
            },
            _ => JournalError::Io {
                what: "create",
                file: path,
                source,
            },
        });
    }
    sync_dir(dir)?;
    Ok(Segment { first, path })
}

fn sync_dir(dir: &Path) -> Result<(), JournalError> {
    File::open(dir)
        .and_then(|dir| dir.sync_all())
        .map_err(JournalError::io("make durable", dir))
}

/// Proves one segment and returns its length.
fn prove(segment: &Segment, last: bool, found: &mut Recovered) -> Result<u64, JournalError> {
    let path = &segment.path;
    let file = File::open(path).map_err(JournalError::io("open", path))?;
    let mut from = BufReader::with_capacity(1 << 20, file);
    let head = frame::fill(&mut from, SEGMENT_HEAD).map_err(JournalError::io("read", path))?;
    let expected = frame::segment_head(found.entries, found.head);
    if segment.first != found.entries || head != expected {
        let young = last && segment.first == found.entries && expected.starts_with(&head);
        return if young {
            cut(segment, 0, head.len() as u64, &expected, found)
        } else {
            Err(bad_head(segment, found))
        };
    }
    let mut offset = SEGMENT_HEAD;
    loop {
        match frame::read(&mut from, found.head).map_err(JournalError::io("read", path))? {
            Step::Frame { entry, link } => {
                offset += frame::FRAME_HEAD + entry.len() as u64;
                found.head = link;
                found.entries += 1;
            }
            Step::End => return Ok(offset),
            Step::Cut(bytes) if last => return cut(segment, offset, bytes, &[], found),
            Step::Cut(_) => return Err(broken(path, offset, found.entries, "the file ends within it".into())),
            Step::Broken(why) => return Err(broken(path, offset, found.entries, why)),
        }
    }
}

/// Cuts the file at `offset`, and writes `again` there (the head of a segment that was being created).
fn cut(segment: &Segment, offset: u64, bytes: u64, again: &[u8], found: &mut Recovered) -> Result<u64, JournalError> {
    let path = &segment.path;
    let write = || {
        let mut file = OpenOptions::new().write(true).open(path)?;
        file.set_len(offset)?;
        if !again.is_empty() {
            file.write_all(again)?;
        }
        file.sync_all()
    };
    write().map_err(JournalError::io("cut the torn tail off", path))?;
    found.torn = Some(Torn {
        file: path.clone(),
        offset,
        bytes,
    });
    Ok(offset + again.len() as u64)
}

fn bad_head(segment: &Segment, found: &Recovered) -> JournalError {
    let why = match segment.first == found.entries {
        true => "the segment's head does not fit the chain before it".into(),
        false => format!(
            "the segment starts with entry {}, so entries are missing before it",
            segment.first
        ),
    };
    broken(&segment.path, 0, found.entries, why)
}

pub(super) fn broken(file: &Path, offset: u64, no: u64, why: String) -> JournalError {
    JournalError::Broken {
        file: file.to_path_buf(),
        offset,
        no,
        why,
    }
}
