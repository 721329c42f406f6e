//! One exam as one sealed file.
//!
//! The problem: an appeal, years later and elsewhere, must be able to judge the exam again from what arrived, see that
//! nothing was changed, and look into it with tools that are not ours. The answer: an MCAP file (<https://mcap.dev>)
//! with the exam's stretch of the journal, from which alone it is judged; beside it the same in forms that stock tools
//! show; the chain's ends, and two signatures of the site.
//!
//! | in the file | what it is |
//! |---|---|
//! | channel `journal`, cbor | the exam's entries, their bytes as the chain vouches for them ([`crate::entry`]) |
//! | channel `journal/others`, cbor | `[first number, [blake3 of each]]`: other exams' entries in between |
//! | channels `raw/receiver`, `raw/attitude`, `raw/signals` | 8 bytes little-endian i64: uptime of arrival in microseconds, then the bytes as they came; one channel a boot |
//! | channels `raw/UNIT/signals` | the same of a field node |
//! | channel `samples`, json | every sample once, for people |
//! | channels `findings`, `questions`, `verdict`, json | what was judged, for people |
//! | attachments `course.geojson`, `syllabus.toml`, `vehicle.toml` | the documents it was judged by |
//! | attachment `findings.txt` | the canonical text ([`crate::canon`]) |
//! | metadata `kaoguan` | versions, the exam, numbers and links of the stretch's ends, the digest of the canonical text |
//! | metadata `kaoguan.nodes` | each field node's unit with its site and part, where there are any; for people |
//! | metadata `kaoguan.seal` | public key; signature of everything judged ([`Stretch::judged`]), which outlives a repacking by other tools; signature of the whole file with 128 zeros in its own place |
//!
//! `log_time` runs in event time: a raw piece lies as long before its batch's newest sample as it came before the batch's
//! last raw piece. `publish_time` is the arrival on the engine's clock. The same stretch and key give the same bytes.
//!
//! Deliberately not here: compression (stock tools can add it), corrections (they are files of their own), and trust in
//! anything but the entries.
mod container;
mod read;
mod seal;
mod stretch;
pub mod views;

pub use read::{RECORD_BYTES_MAX, from_bytes, read};
pub use seal::to_bytes;
pub use stretch::{Item, Stretch};

use crate::journal::{Journal, JournalError};
use crate::keys::{self, SiteKey};
use kaoguan_exam::{Issue, Verdict};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The version of the record's layout that this crate writes and reads.
pub const FORMAT: u32 = 1;

/// Stands in the signature's place while the file is signed.
pub(crate) const SIGNATURE_BLANK: &str = "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000";

pub(crate) mod topic {
    pub const JOURNAL: &str = "journal";
    pub const OTHERS: &str = "journal/others";
    pub const SAMPLES: &str = "samples";
    pub const FINDINGS: &str = "findings";
    pub const QUESTIONS: &str = "questions";
    pub const VERDICT: &str = "verdict";
}

/// What a signature is for: one made for one purpose is none for the other.
pub(crate) mod context {
    pub const JUDGED: &str = "kaoguan record 1 judged";
    pub const FILE: &str = "kaoguan record 1 file";
}

/// A record that was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The exam's id.
    pub exam: String,
    /// The canonical text.
    pub canon: String,
    /// Its digest.
    pub digest: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The digest of the file that its signature is over.
    pub file_digest: String,
    /// The file's length, bytes.
    pub bytes: u64,
}

/// A record that was read. Nothing in it is proven yet; see [`crate::score::verify`].
#[derive(Debug, Clone)]
pub struct Record {
    /// The exam's stretch of the journal.
    pub stretch: Stretch,
    /// The digest that the file's signature should be over; `None` where the seal is no seal.
    pub file_digest: Option<[u8; 32]>,
    /// Metadata by `record/key`: `kaoguan/exam`, `kaoguan.seal/public_key`.
    pub values: BTreeMap<String, String>,
    /// Attachments by their names.
    pub attachments: BTreeMap<String, String>,
}

impl Record {
    /// A value of the metadata; empty where it is missing.
    pub fn value(&self, key: &str) -> &str {
        self.values.get(key).map_or("", String::as_str)
    }
    /// An attachment; empty where it is missing.
    pub fn attachment(&self, name: &str) -> &str {
        self.attachments.get(name).map_or("", String::as_str)
    }
    /// The canonical text as it was sealed.
    pub fn canon(&self) -> &str {
        self.attachment("findings.txt")
    }
    /// Whether the signature over everything judged is by the record's public key.
    pub fn is_judged_signed(&self) -> bool {
        let judged = self.stretch.judged(self.canon());
        keys::is_signed(
            self.value("kaoguan.seal/public_key"),
            context::JUDGED,
            &judged,
            self.value("kaoguan.seal/judged_signature"),
        )
    }
    /// Whether the signature over the whole file is by the record's public key: no byte has changed since.
    pub fn is_file_signed(&self) -> bool {
        let public = self.value("kaoguan.seal/public_key");
        let signature = self.value("kaoguan.seal/file_signature");
        self.file_digest
            .is_some_and(|digest| keys::is_signed(public, context::FILE, &digest, signature))
    }
}

/// What is wrong with a record's bytes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Damage {
    /// It starts differently.
    #[error("it is no MCAP file (its first 8 bytes are not the format's)")]
    NotMcap,
    /// Its end is missing.
    #[error("it is cut, or a length in it is damaged: after {bytes} bytes its end is missing")]
    Cut {
        /// The file's length.
        bytes: usize,
    },
    /// A record of the container contradicts itself.
    #[error("it is damaged: the MCAP record of kind {op:#04x} at byte {at} contradicts itself")]
    Record {
        /// The kind of record.
        op: u8,
        /// Where its body starts.
        at: usize,
    },
    /// Another tool has packed it.
    #[error("its chunks are compressed by {by}; unpack it first: mcap compress --compression none")]
    Compressed {
        /// The compression's name.
        by: String,
    },
    /// An entry can't be read.
    #[error("it is damaged: {0}")]
    Entry(String),
    /// Something that every record has.
    #[error("it is no complete record: {0} is missing")]
    Missing(String),
    /// Another version.
    #[error("its format is {found:?}; this build reads format {FORMAT}")]
    Format {
        /// The version found.
        found: String,
    },
    /// Larger than any exam.
    #[error("it is larger than {max} bytes")]
    TooLarge {
        /// The limit.
        max: u64,
    },
}

/// Why there is no record.
#[derive(Debug, Error)]
pub enum RecordError {
    /// The operating system refuses.
    #[error("cannot {what} {}: {source}", file.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// On which file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is not what was sealed.
    #[error("{} cannot be read: {damage}", file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        damage: Damage,
    },
    /// The journal refuses.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The journal has no such stretch.
    #[error("nothing to seal: {0}")]
    Stretch(String),
    /// The opening's documents are refused.
    #[error("the exam's documents have {} issues:{}", .0.len(), .0.iter().map(|issue| format!("\n  {issue}")).collect::<String>())]
    Documents(Vec<Issue>),
    /// What was given as a public key is none.
    #[error("{0}: 64 characters 0-9 a-f are needed, or a file with them")]
    Key(String),
    /// The container refuses.
    #[error("the record could not be written: {0}")]
    Write(String),
}

impl From<mcap::McapError> for RecordError {
    fn from(e: mcap::McapError) -> RecordError {
        RecordError::Write(e.to_string())
    }
}

/// Seals the exam that entry `open_no` of the journal opens, as `path`. The file appears whole or not at all; an older
/// file of this name is replaced by the same exam's.
///
/// # Errors
/// [`RecordError`].
pub fn seal(journal: &Journal, open_no: u64, key: &SiteKey, path: &Path) -> Result<Sealed, RecordError> {
    let stretch = Stretch::take(journal.read_from(open_no)?)?;
    let (bytes, sealed) = to_bytes(&stretch, key)?;
    write(path, &bytes)?;
    Ok(sealed)
}

/// Writes a file so that after a crash it is there whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> Result<(), RecordError> {
    let temporary = path.with_extension("part");
    let dir = path
        .parent()
        .filter(|dir| !dir.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let written = fs::create_dir_all(dir).and_then(|()| {
        let mut file = File::create(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, path)?;
        File::open(dir)?.sync_all()
    });
    written.map_err(|source| {
        let _ = fs::remove_file(&temporary);
        RecordError::Io {
            what: "write",
            file: path.to_path_buf(),
            source,
        }
    })
}
