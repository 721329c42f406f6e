//! One frame of the journal's files, and the head of a segment.
//!
//! A segment starts with 48 bytes: `KGJRNL1\n`, the number of its first entry (u64), the link before it (32 bytes). Then
//! frames: length of the entry (u32), check of that length (4 bytes), link (32 bytes), the entry's bytes. All integers
//! little-endian.
//!
//! `link = blake3(link before || blake3(entry))`: hashing the entry apart lets a sealed exam prove its whole stretch of
//! the chain while it shows only the hashes of other people's entries. `check = blake3(link before || length)`, first 4
//! bytes: a length that rotted is damage; without the check it would look like a torn tail and take good entries along.
use crate::entry::ENTRY_BYTES_MAX;
use std::io::{self, Read};

/// First bytes of a segment.
pub(super) const MAGIC: &[u8; 8] = b"KGJRNL1\n";
/// Length of a segment's head, bytes.
pub(super) const SEGMENT_HEAD: u64 = 48;
/// Length of a frame's head, bytes.
pub(super) const FRAME_HEAD: u64 = 40;

/// One link of the chain: it vouches for every entry up to here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Link(pub [u8; 32]);

impl Link {
    /// The link before the first entry.
    pub const GENESIS: Link = Link([0; 32]);

    /// The link after an entry whose bytes have this blake3 hash.
    pub fn after(self, entry_hash: &[u8; 32]) -> Link {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.0).update(entry_hash);
        Link(*hasher.finalize().as_bytes())
    }

    fn check(self, len: u32) -> [u8; 4] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.0).update(&len.to_le_bytes());
        let [a, b, c, d, ..] = *hasher.finalize().as_bytes();
        [a, b, c, d]
    }
}

impl std::fmt::Display for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The hash of an entry's bytes, as the chain takes it.
pub fn entry_hash(bytes: &[u8]) -> [u8; 32] {
    *blake3::hash(bytes).as_bytes()
}

/// A segment's head.
pub(super) fn segment_head(first: u64, before: Link) -> Vec<u8> {
    [MAGIC.as_slice(), &first.to_le_bytes(), &before.0].concat()
}

/// An entry in its frame, and the link after it.
pub(super) fn frame(before: Link, entry: &[u8]) -> (Vec<u8>, Link) {
    let link = before.after(&entry_hash(entry));
    // The caller has held the length against ENTRY_BYTES_MAX.
    let len = entry.len() as u32;
    (
        [len.to_le_bytes().as_slice(), &before.check(len), &link.0, entry].concat(),
        link,
    )
}

/// What stands at a place where a frame may begin.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A whole frame, its link proven.
    Frame {
        /// The entry's bytes.
        entry: Vec<u8>,
        /// The link after it.
        link: Link,
    },
    /// The file ends here, between two frames.
    End,
    /// The file ends within the frame, after this many bytes of it (or in zeros that were never written over).
    Cut(u64),
    /// Not what was written.
    Broken(String),
}

/// Reads the frame that follows the link `before`. Consumes the rest of the file where it says `Cut` or `Broken`.
pub(super) fn read(from: &mut impl Read, before: Link) -> io::Result<Step> {
    let head = fill(from, FRAME_HEAD)?;
    let Some((len, check, link)) = split_head(&head) else {
        return Ok(if head.is_empty() {
            Step::End
        } else {
            Step::Cut(head.len() as u64)
        });
    };
    if check != before.check(len) || len as usize > ENTRY_BYTES_MAX {
        let rest = rest_if_zeros(&head, from)?;
        return Ok(rest.map_or_else(
            || Step::Broken("the head of its frame does not check".into()),
            Step::Cut,
        ));
    }
    let entry = fill(from, u64::from(len))?;
    if entry.len() < len as usize {
        return Ok(Step::Cut(FRAME_HEAD + entry.len() as u64));
    }
    if before.after(&entry_hash(&entry)) != link {
        return Ok(Step::Broken("its bytes do not fit the chain".into()));
    }
    Ok(Step::Frame { entry, link })
}

/// Skips the frame that follows, trusting its head; `None` at the end of the file.
pub(super) fn skip(from: &mut (impl Read + io::Seek)) -> io::Result<Option<Link>> {
    let head = fill(from, FRAME_HEAD)?;
    let Some((len, _, link)) = split_head(&head) else {
        return Ok(None);
    };
    from.seek_relative(i64::from(len))?;
    Ok(Some(link))
}

/// Reads up to `len` bytes; fewer only where the file ends.
pub(super) fn fill(from: &mut impl Read, len: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(len).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn split_head(head: &[u8]) -> Option<(u32, [u8; 4], Link)> {
    let (len, rest) = head.split_first_chunk::<4>()?;
    let (check, rest) = rest.split_first_chunk::<4>()?;
    let (link, _) = rest.split_first_chunk::<32>()?;
    Some((u32::from_le_bytes(*len), *check, Link(*link)))
}

/// A power cut may leave a file longer than what was written, filled with zeros.
fn rest_if_zeros(head: &[u8], from: &mut impl Read) -> io::Result<Option<u64>> {
    let mut len = head.len() as u64;
    let mut zeros = head.iter().all(|byte| *byte == 0);
    let mut chunk = [0; 4096];
    while zeros {
        match from.read(&mut chunk)? {
            0 => return Ok(Some(len)),
            n => {
                zeros = chunk.iter().take(n).all(|byte| *byte == 0);
                len += n as u64;
            }
        }
    }
    Ok(None)
}
