//! One exam's stretch of the journal: from its opening to its close, the whole chain, and only its own entries.
//!
//! Other exams' entries stand in between. Their hashes are kept, so that the chain can be proven from end to end;
//! their contents are not, because they are other people's.
use super::RecordError;
use crate::entry::{Entry, Kind, Open};
use crate::journal::{JournalError, Link, Linked, entry_hash};
use crate::session::Session;

/// An exam's stretch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// The link before the opening.
    pub before: Link,
    /// The link after the close.
    pub after: Link,
    /// The opening, as it stands in the first entry.
    pub open: Open,
    /// Everything in between, in the journal's order.
    pub items: Vec<Item>,
}

/// A piece of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// An entry that concerns the exam.
    Own {
        /// The entry.
        entry: Entry,
        /// Its bytes, as the chain vouches for them.
        bytes: Vec<u8>,
    },
    /// Entries that don't.
    Others {
        /// The number of the first of them.
        first: u64,
        /// The hash of each.
        hashes: Vec<[u8; 32]>,
    },
}

impl Stretch {
    /// Takes the stretch that begins with the first entry read.
    ///
    /// # Errors
    /// [`RecordError::Journal`]; [`RecordError::Stretch`] where the first entry is no opening or the close is missing.
    pub fn take(entries: impl IntoIterator<Item = Result<Linked, JournalError>>) -> Result<Stretch, RecordError> {
        let mut entries = entries.into_iter();
        let first = entries
            .next()
            .ok_or_else(|| RecordError::Stretch("the journal ends before the opening".into()))??;
        let Kind::Open(open) = &first.entry.kind else {
            return Err(RecordError::Stretch(format!(
                "entry {} is not the opening of an exam",
                first.entry.no
            )));
        };
        let open = Open::clone(open);
        let mut stretch = Stretch {
            before: first.before,
            after: first.link,
            open,
            items: Vec::new(),
        };
        stretch.push(first);
        for linked in entries {
            let linked = linked?;
            let closes = matches!(&linked.entry.kind, Kind::Close(close) if close.exam == stretch.open.exam);
            stretch.push(linked);
            if closes {
                return Ok(stretch);
            }
        }
        Err(RecordError::Stretch(format!(
            "exam {} has no close in the journal yet",
            stretch.open.exam
        )))
    }

    /// The exam's own entries, in order.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.items.iter().filter_map(|item| match item {
            Item::Own { entry, .. } => Some(entry),
            Item::Others { .. } => None,
        })
    }

    /// The number of the opening, and of the close.
    pub fn span(&self) -> (u64, u64) {
        let mut numbers = self.entries().map(|entry| entry.no);
        let first = numbers.next().unwrap_or(0);
        (first, numbers.last().unwrap_or(first))
    }

    /// Judges the stretch: the same path as live.
    ///
    /// # Errors
    /// All issues of its documents.
    pub fn judge(&self) -> Result<Session, RecordError> {
        self.judge_as(&self.open)
    }

    /// Judges the stretch under another opening: another syllabus, for example.
    ///
    /// # Errors
    /// All issues of its documents.
    pub fn judge_as(&self, open: &Open) -> Result<Session, RecordError> {
        let mut session = Session::open(open).map_err(RecordError::Documents)?;
        self.entries().for_each(|entry| {
            session.feed(entry);
        });
        Ok(session)
    }

    /// Walks the chain from `before` to `after`.
    ///
    /// # Errors
    /// A sentence naming the entry at which it does not hold.
    pub fn prove(&self) -> Result<(), String> {
        let (mut next, _) = self.span();
        let mut link = self.before;
        for item in &self.items {
            match item {
                Item::Own { entry, bytes } => {
                    if entry.no != next {
                        return Err(format!(
                            "entry {next} is missing: entry {} stands in its place",
                            entry.no
                        ));
                    }
                    if !entry.kind.concerns(&self.open) {
                        return Err(format!("entry {next} belongs to another exam"));
                    }
                    link = link.after(&entry_hash(bytes));
                    next += 1;
                }
                Item::Others { first, hashes } => {
                    if *first != next {
                        return Err(format!(
                            "entry {next} is missing: the hash of entry {first} stands in its place"
                        ));
                    }
                    link = hashes.iter().fold(link, |link, hash| link.after(hash));
                    next += hashes.len() as u64;
                }
            }
        }
        match link == self.after {
            true => Ok(()),
            false => Err(format!(
                "the chain of entries up to {} ends in {link}, sealed was {}",
                next.saturating_sub(1),
                self.after
            )),
        }
    }

    /// The digest of everything judged: the chain's ends, every entry or hash, and the canonical text.
    pub fn judged(&self, canon: &str) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        hasher
            .update(b"kaoguan judged 1\n")
            .update(&self.before.0)
            .update(&self.after.0);
        for item in &self.items {
            match item {
                Item::Own { bytes, .. } => {
                    hasher
                        .update(b"o")
                        .update(&(bytes.len() as u64).to_le_bytes())
                        .update(bytes);
                }
                Item::Others { first, hashes } => {
                    hasher
                        .update(b"h")
                        .update(&first.to_le_bytes())
                        .update(&(hashes.len() as u64).to_le_bytes());
                    hashes.iter().for_each(|hash| {
                        hasher.update(hash);
                    });
                }
            }
        }
        hasher.update(b"c").update(canon.as_bytes());
        *hasher.finalize().as_bytes()
    }

    fn push(&mut self, linked: Linked) {
        self.after = linked.link;
        let own = linked.entry.kind.concerns(&self.open);
        match (own, self.items.last_mut()) {
            (true, _) => self.items.push(Item::Own {
                entry: linked.entry,
                bytes: linked.bytes,
            }),
            (false, Some(Item::Others { hashes, .. })) => hashes.push(entry_hash(&linked.bytes)),
            (false, _) => {
                let hashes = vec![entry_hash(&linked.bytes)];
                self.items.push(Item::Others {
                    first: linked.entry.no,
                    hashes,
                });
            }
        }
    }
}
