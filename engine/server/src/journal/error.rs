//! Why the journal refuses, in sentences.
use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// Why the journal refuses.
#[derive(Debug, Error)]
pub enum JournalError {
    /// Another process has it.
    #[error("the journal {} is in use by another process; only one may write it", dir.display())]
    Locked {
        /// The journal's directory.
        dir: PathBuf,
    },
    /// The disk is full; nothing that was written before is harmed.
    #[error("no room on the disk for entry {no} ({bytes} bytes) in {}: free some space; the entries before it are safe", file.display())]
    Full {
        /// The entry that did not fit.
        no: u64,
        /// Its length in the file.
        bytes: u64,
        /// The segment.
        file: PathBuf,
    },
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
    /// What is on the disk is not what was written.
    #[error("the journal is damaged at byte {offset} of {}, entry {no}: {why}. The entries before it are whole; restore the file from a copy", file.display())]
    Broken {
        /// The segment.
        file: PathBuf,
        /// Where in it the frame or head starts.
        offset: u64,
        /// The entry that stands there, or should.
        no: u64,
        /// What is wrong.
        why: String,
    },
    /// An earlier failure left the file in an unknown state.
    #[error("the journal takes nothing more since: {why}. Start the engine again; it checks what is on the disk")]
    Halted {
        /// The earlier failure.
        why: String,
    },
    /// No entry may be so large.
    #[error("an entry of {bytes} bytes is larger than the journal takes ({max} bytes)")]
    TooLarge {
        /// Its length.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// The journal has no such entry.
    #[error("the journal has no entry {no}; its next is {next}")]
    Missing {
        /// The entry asked for.
        no: u64,
        /// The number that the next entry will have.
        next: u64,
    },
}

impl JournalError {
    /// For `map_err`: an error of the system while doing `what` to `file`.
    pub(super) fn io(what: &'static str, file: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> JournalError {
        let file = file.into();
        move |source| JournalError::Io { what, file, source }
    }
}
