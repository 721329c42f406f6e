//! A small, total reader of MCAP (<https://mcap.dev/spec>): what a sealed record is made of, out of any bytes.
//!
//! Writing is the `mcap` crate's work. Reading is done here because these bytes come from strangers: in mcap 0.26 a
//! damaged attachment indexes past its record and panics. Chunks are read uncompressed, as they are sealed. The format's
//! own CRCs are not looked at: the record's signature covers every byte and more.
use super::Damage;
use std::collections::BTreeMap;

const MAGIC: &[u8; 8] = b"\x89MCAP0\r\n";

mod op {
    pub const FOOTER: u8 = 0x02;
    pub const CHANNEL: u8 = 0x04;
    pub const MESSAGE: u8 = 0x05;
    pub const CHUNK: u8 = 0x06;
    pub const ATTACHMENT: u8 = 0x09;
    pub const METADATA: u8 = 0x0c;
    pub const DATA_END: u8 = 0x0f;
}

/// What a record needs of an MCAP file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    Message {
        topic: &'a str,
        data: &'a [u8],
    },
    Attachment {
        name: &'a str,
        data: &'a [u8],
    },
    Metadata {
        name: &'a str,
        values: BTreeMap<&'a str, &'a str>,
    },
}

/// The messages, attachments and metadata of a file's data section, in their order.
pub(super) fn parts(bytes: &[u8]) -> Result<Vec<Part<'_>>, Damage> {
    let inner = bytes.strip_prefix(MAGIC).ok_or(Damage::NotMcap)?;
    let mut walk = Walk {
        whole: bytes.len(),
        channels: BTreeMap::new(),
        parts: Vec::new(),
    };
    let ends = walk.records(Cursor(inner))?;
    // Behind the data section stand the summary, the footer and the magic again.
    if !ends || !bytes.ends_with(MAGIC) {
        return Err(Damage::Cut { bytes: bytes.len() });
    }
    Ok(walk.parts)
}

struct Walk<'a> {
    whole: usize,
    channels: BTreeMap<u16, &'a str>,
    parts: Vec<Part<'a>>,
}

impl<'a> Walk<'a> {
    /// Reads records up to the end of the data section; false where the bytes end first.
    fn records(&mut self, mut from: Cursor<'a>) -> Result<bool, Damage> {
        while !from.0.is_empty() {
            let (Some(op), Some(len)) = (from.u8(), from.u64()) else {
                return Ok(false);
            };
            let Some(body) = usize::try_from(len).ok().and_then(|len| from.take(len)) else {
                return Ok(false);
            };
            if matches!(op, op::DATA_END | op::FOOTER) {
                return Ok(true);
            }
            let at = self.whole.saturating_sub(from.0.len() + body.len());
            self.record(op, Cursor(body)).ok_or(Damage::Record { op, at })??;
        }
        Ok(false)
    }

    /// `None` where the record contradicts itself.
    fn record(&mut self, op: u8, mut body: Cursor<'a>) -> Option<Result<(), Damage>> {
        match op {
            op::CHANNEL => {
                let id = body.u16()?;
                body.u16()?;
                self.channels.insert(id, body.text()?);
            }
            op::MESSAGE => {
                let topic = self.channels.get(&body.u16()?)?;
                body.take(4 + 8 + 8)?;
                self.parts.push(Part::Message { topic, data: body.0 });
            }
            op::CHUNK => return self.chunk(body),
            op::ATTACHMENT => {
                body.take(8 + 8)?;
                let name = body.text()?;
                body.text()?;
                let len = usize::try_from(body.u64()?).ok()?;
                self.parts.push(Part::Attachment {
                    name,
                    data: body.take(len)?,
                });
            }
            op::METADATA => self.parts.push(Part::Metadata {
                name: body.text()?,
                values: body.map()?,
            }),
            _ => {}
        }
        Some(Ok(()))
    }

    fn chunk(&mut self, mut body: Cursor<'a>) -> Option<Result<(), Damage>> {
        body.take(8 + 8 + 8 + 4)?;
        let compression = body.text()?;
        if !compression.is_empty() {
            return Some(Err(Damage::Compressed {
                by: compression.to_owned(),
            }));
        }
        let len = usize::try_from(body.u64()?).ok()?;
        // A chunk holds no chunks: one level of depth, whatever the bytes say.
        let mut from = Cursor(body.take(len)?);
        while !from.0.is_empty() {
            let (op, len) = (from.u8()?, usize::try_from(from.u64()?).ok()?);
            let inner = Cursor(from.take(len)?);
            if matches!(op, op::CHANNEL | op::MESSAGE) {
                self.record(op, inner)?.ok()?;
            }
        }
        Some(Ok(()))
    }
}

/// Takes from the front, or nothing.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (front, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(front)
    }
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }
    fn u8(&mut self) -> Option<u8> {
        self.array().map(u8::from_le_bytes)
    }
    fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }
    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }
    fn text(&mut self) -> Option<&'a str> {
        let len = u32::from_le_bytes(self.array()?);
        std::str::from_utf8(self.take(usize::try_from(len).ok()?)?).ok()
    }
    fn map(&mut self) -> Option<BTreeMap<&'a str, &'a str>> {
        let len = u32::from_le_bytes(self.array()?);
        let mut inner = Cursor(self.take(usize::try_from(len).ok()?)?);
        let mut values = BTreeMap::new();
        while !inner.0.is_empty() {
            values.insert(inner.text()?, inner.text()?);
        }
        Some(values)
    }
}
