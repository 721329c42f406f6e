//! One spool file: an eight-byte head, then records, each proven by its own digest.
//!
//! ```text
//! head    "KGSPOOL1"
//! record  u32 payload length | u64 batch number | i64 event time up to which all is stored | 8 bytes of BLAKE3 | payload
//! ```
//! Little-endian; the digest covers the three fields before it and the payload. No event time yet is `i64::MIN`. The
//! payload is the batch as it is published. Power may go at any byte: the first record that is not whole and proven
//! ends the file. Files are named `{boot:010}-{first number:020}.spool`, so that their names sort in the order of delivery.
use super::Place;
use super::folder::{Folder, Source};
use kaoguan_telemetry::units::EventTime;
use kaoguan_telemetry::wire::BATCH_BYTES_MAX;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

pub const HEAD: &[u8; 8] = b"KGSPOOL1";
/// Bytes of a record before its payload.
pub const RECORD_HEAD: usize = 28;

/// One proven record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub no: u64,
    /// Up to here all that was measured is in this and the earlier batches of the boot.
    pub last_event: Option<EventTime>,
    pub payload: Vec<u8>,
}

impl Record {
    /// The record as it stands in the file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut head = [0; RECORD_HEAD];
        let length = u32::try_from(self.payload.len()).unwrap_or(u32::MAX);
        head[0..4].copy_from_slice(&length.to_le_bytes());
        head[4..12].copy_from_slice(&self.no.to_le_bytes());
        head[12..20].copy_from_slice(&self.last_event.map_or(i64::MIN, |at| at.0).to_le_bytes());
        let digest = digest(&head[0..20], &self.payload);
        head[20..28].copy_from_slice(&digest);
        let mut bytes = head.to_vec();
        bytes.extend_from_slice(&self.payload);
        bytes
    }

    /// The next record; `None` at the end, and where what follows is not whole or not proven.
    pub fn read(from: &mut impl Read) -> io::Result<Option<Record>> {
        let mut head = [0; RECORD_HEAD];
        if !fill(from, &mut head)? {
            return Ok(None);
        }
        let [a, b, c, d, ..] = head;
        let length = u32::from_le_bytes([a, b, c, d]) as usize;
        if length > BATCH_BYTES_MAX {
            return Ok(None);
        }
        let mut payload = vec![0; length];
        if !fill(from, &mut payload)? || digest(&head[0..20], &payload) != head[20..28] {
            return Ok(None);
        }
        let event = le(&head[12..20]) as i64;
        let last_event = (event != i64::MIN).then_some(EventTime(event));
        Ok(Some(Record {
            no: le(&head[4..12]),
            last_event,
            payload,
        }))
    }

    /// Its length in the file.
    pub fn size(&self) -> u64 {
        (RECORD_HEAD + self.payload.len()) as u64
    }
}

fn le(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

fn digest(head: &[u8], payload: &[u8]) -> [u8; 8] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(head).update(payload);
    let mut short = [0; 8];
    short.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    short
}

/// False where the file ends first.
fn fill(from: &mut impl Read, to: &mut [u8]) -> io::Result<bool> {
    match from.read_exact(to) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(e) => Err(e),
    }
}

/// What one file holds, found by reading all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// Records without a hole, from the number in the name.
    pub count: u64,
    /// Bytes up to the end of the last of them.
    pub bytes: u64,
    /// Bytes behind that.
    pub torn: u64,
    /// Event time of the last of them.
    pub last_event: Option<EventTime>,
}

/// Reads the whole file.
///
/// # Errors
/// Where the disk cannot be read.
pub fn survey(folder: &dyn Folder, first: Place) -> io::Result<Survey> {
    match look(folder, first)? {
        (survey, None) => Ok(survey),
        (_, Some(e)) => Err(e),
    }
}

/// Reads it to the first record that the disk cannot read.
///
/// # Errors
/// Where it cannot even be opened.
pub fn legible(folder: &dyn Folder, first: Place) -> io::Result<Survey> {
    Ok(look(folder, first)?.0)
}

fn look(folder: &dyn Folder, first: Place) -> io::Result<(Survey, Option<io::Error>)> {
    let mut file = folder.read(&name(first))?;
    let length = file.seek(SeekFrom::End(0))?;
    file.rewind()?;
    let mut from = BufReader::new(file);
    let mut survey = Survey {
        count: 0,
        bytes: 0,
        torn: length,
        last_event: None,
    };
    let mut head = [0; HEAD.len()];
    match fill(&mut from, &mut head) {
        Ok(true) if &head == HEAD => {}
        Ok(_) => return Ok((survey, None)),
        Err(e) => return Ok((survey, Some(e))),
    }
    survey.bytes = HEAD.len() as u64;
    let mut stopped = None;
    loop {
        match Record::read(&mut from) {
            Ok(Some(record)) if record.no == first.no + survey.count => {
                survey.count += 1;
                survey.bytes += record.size();
                survey.last_event = record.last_event;
            }
            Ok(_) => break,
            Err(e) => {
                stopped = Some(e);
                break;
            }
        }
    }
    survey.torn = length.saturating_sub(survey.bytes);
    Ok((survey, stopped))
}

/// Bytes of a whole file.
///
/// # Errors
/// Where the disk cannot be read.
pub fn length(folder: &dyn Folder, first: Place) -> io::Result<u64> {
    folder.read(&name(first))?.seek(SeekFrom::End(0))
}

/// The file of the batches from `first` on.
pub fn name(first: Place) -> String {
    format!("{:010}-{:020}.spool", first.boot, first.no)
}

/// Reverse of [`name`]; `None` for a file that is none of ours.
pub fn place(name: &str) -> Option<Place> {
    let (boot, no) = name.strip_suffix(".spool")?.split_once('-')?;
    Some(Place {
        boot: boot.parse().ok()?,
        no: no.parse().ok()?,
    })
}

/// Reads one file record by record, from any number on.
#[derive(Debug)]
pub struct SegmentReader {
    first: Place,
    next: u64,
    from: BufReader<Box<dyn Source>>,
}

impl SegmentReader {
    /// # Errors
    /// Where the file cannot be opened or is none of ours.
    pub fn open(folder: &dyn Folder, first: Place) -> io::Result<SegmentReader> {
        let mut from = BufReader::with_capacity(64 * 1024, folder.read(&name(first))?);
        from.seek(SeekFrom::Start(HEAD.len() as u64))?;
        Ok(SegmentReader {
            first,
            next: first.no,
            from,
        })
    }

    /// Whether the record `no` of the segment that begins at `first` lies at or behind the reader.
    pub fn leads_to(&self, first: Place, no: u64) -> bool {
        self.first == first && self.next <= no
    }

    /// The payload of the record `no`, passing over those before it.
    ///
    /// # Errors
    /// Where the disk cannot be read, or the record is not there: it was when the index was made.
    pub fn payload(&mut self, no: u64) -> io::Result<Vec<u8>> {
        loop {
            let record = Record::read(&mut self.from)?.filter(|r| r.no == self.next);
            let Some(record) = record else {
                let text = format!(
                    "spool: batch {} of boot {} is not whole on disk",
                    self.next, self.first.boot
                );
                return Err(io::Error::new(io::ErrorKind::InvalidData, text));
            };
            self.next += 1;
            if record.no == no {
                return Ok(record.payload);
            }
        }
    }
}
