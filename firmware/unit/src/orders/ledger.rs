//! The orders that were taken, by id: what was obeyed once is not obeyed again, after a restart neither.
use super::Answer;
use crate::orders::configuration::write;
use std::io;
use std::path::{Path, PathBuf};

/// Orders that are remembered: a day's prompts of one vehicle. What is older has expired long ago.
const REMEMBERED: usize = 512;

/// One order: its answer, `None` while it is being done.
type Entry = (String, Option<Answer>);

/// In the order in which they came.
#[derive(Debug)]
pub struct Ledger {
    path: PathBuf,
    entries: Vec<Entry>,
}

impl Ledger {
    /// Reads what an earlier run has written. What cannot be read is begun anew: its orders have an expiry too.
    pub fn open(path: &Path) -> Ledger {
        let entries = match std::fs::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|e| {
                tracing::warn!("{}: {e}; begun anew", path.display());
                Vec::new()
            }),
            Err(_) => Vec::new(),
        };
        Ledger {
            path: path.to_owned(),
            entries,
        }
    }

    /// The answer of an order that was taken before.
    pub fn known(&self, id: &str) -> Option<&Option<Answer>> {
        self.entries
            .iter()
            .find(|(known, _)| known == id)
            .map(|(_, answer)| answer)
    }

    /// An order is taken.
    ///
    /// # Errors
    /// Those of writing it down, where it must be on the disk before it is obeyed.
    pub fn begin(&mut self, id: &str, is_synced: bool) -> io::Result<()> {
        self.put(id, None);
        if is_synced { self.write(true) } else { Ok(()) }
    }

    /// An order is answered. That it was taken is known, so a disk that refuses this is only told.
    pub fn note(&mut self, answer: &Answer, is_synced: bool) {
        self.put(&answer.id, Some(answer.clone()));
        if let Err(e) = self.write(is_synced) {
            tracing::warn!("{}: {e}", self.path.display());
        }
    }

    fn write(&self, is_synced: bool) -> io::Result<()> {
        let bytes = serde_json::to_vec(&self.entries).map_err(io::Error::other)?;
        write(&self.path, &bytes, is_synced)
    }

    fn put(&mut self, id: &str, answer: Option<Answer>) {
        match self.entries.iter_mut().find(|(known, _)| known == id) {
            Some(entry) => entry.1 = answer,
            None => self.entries.push((id.to_owned(), answer)),
        }
        let over = self.entries.len().saturating_sub(REMEMBERED);
        self.entries.drain(..over);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::Outcome;

    fn answer(n: usize) -> Answer {
        Answer {
            id: n.to_string(),
            kind: "prompt".into(),
            outcome: Outcome::Done,
        }
    }

    #[test]
    fn the_last_512_are_known_and_known_again_after_a_restart() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("orders.json");
        let mut ledger = Ledger::open(&path);
        for n in 0..520 {
            ledger.note(&answer(n), n == 519);
        }
        let again = Ledger::open(&path);
        assert_eq!(again.known("7"), None);
        assert_eq!(again.known("8"), Some(&Some(answer(8))));
        assert_eq!(again.known("519"), Some(&Some(answer(519))));
        std::fs::write(&path, b"[[").expect("written");
        assert_eq!(Ledger::open(&path).known("519"), None);
    }
}
