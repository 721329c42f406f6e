//! The few things that the spool asks of a disk, and the disk that does them.
//!
//! The problem: what a power cut leaves depends on what was synced and on nothing else: a write that returned may be away, a
//! later one may be there without it, a name may be missing or come back. No test on a real file system shows that. The
//! answer: the spool writes through this narrow door; [`Directory`] is a thin real one, and the tests put one behind it that
//! forgets whatever was not synced. Deliberately not here: any thought about what is written.
use crate::health;
use std::fmt::Debug;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// One folder of files. Each error is the disk's own.
#[allow(clippy::missing_errors_doc)]
pub trait Folder: Debug + Send + Sync {
    /// Names of the files, in any order.
    fn names(&self) -> io::Result<Vec<String>>;
    /// A file for reading, from its beginning.
    fn read(&self, name: &str) -> io::Result<Box<dyn Source>>;
    /// An empty file, also where there was one. Its name is durable only after [`Folder::sync`].
    fn create(&self, name: &str) -> io::Result<Box<dyn Sink>>;
    /// A file that is there, for mending.
    fn amend(&self, name: &str) -> io::Result<Box<dyn Sink>>;
    /// Puts a file in another's place, at once; durable only after [`Folder::sync`].
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Removes a file; durable only after [`Folder::sync`].
    fn remove(&self, name: &str) -> io::Result<()>;
    /// Makes the names durable, not what is in the files.
    fn sync(&self) -> io::Result<()>;
    /// Bytes that the disk has left for us; `None` where it does not say.
    fn free(&self) -> Option<u64>;
}

/// A file being read.
pub trait Source: Read + Seek + Debug + Send {}

impl<T: Read + Seek + Debug + Send> Source for T {}

/// A file being written. Each error is the disk's own; after one any part may stand there.
#[allow(clippy::missing_errors_doc)]
pub trait Sink: Debug + Send {
    /// Writes all of `bytes` from byte `at` on.
    fn write(&mut self, at: u64, bytes: &[u8]) -> io::Result<()>;
    /// Cuts the file, or fills it up with zeros.
    fn set_len(&mut self, bytes: u64) -> io::Result<()>;
    /// Makes what is in it durable, not its name.
    fn sync(&mut self) -> io::Result<()>;
}

/// A folder of the file system, for one process alone.
#[derive(Debug)]
pub struct Directory {
    path: PathBuf,
    _lock: File,
}

impl Directory {
    /// Opens or makes it; its own name is durable when this returns, else the first boot could be counted twice.
    ///
    /// # Errors
    /// Where the disk refuses, or another process has it.
    pub fn open(path: &Path) -> io::Result<Directory> {
        make(path)?;
        Ok(Directory {
            path: path.to_owned(),
            _lock: lock(path)?,
        })
    }
}

impl Folder for Directory {
    fn names(&self) -> io::Result<Vec<String>> {
        let names = fs::read_dir(&self.path)?.map(|entry| Ok(entry?.file_name().into_string().ok()));
        // A name that is no text is none of ours.
        names.filter_map(io::Result::transpose).collect()
    }
    fn read(&self, name: &str) -> io::Result<Box<dyn Source>> {
        Ok(Box::new(File::open(self.path.join(name))?))
    }
    fn create(&self, name: &str) -> io::Result<Box<dyn Sink>> {
        Ok(Box::new(File::create(self.path.join(name))?))
    }
    fn amend(&self, name: &str) -> io::Result<Box<dyn Sink>> {
        let file = OpenOptions::new().write(true).open(self.path.join(name))?;
        Ok(Box::new(file))
    }
    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.path.join(from), self.path.join(to))
    }
    fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.path.join(name))
    }
    fn sync(&self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()
    }
    fn free(&self) -> Option<u64> {
        health::room(&self.path)
    }
}

impl Sink for File {
    fn write(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.write_all_at(bytes, at)
    }
    fn set_len(&mut self, bytes: u64) -> io::Result<()> {
        File::set_len(self, bytes)
    }
    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// Each folder that is made is made durable in the one above it.
fn make(path: &Path) -> io::Result<()> {
    let above = path.parent().filter(|above| !above.as_os_str().is_empty());
    let above = above.unwrap_or(Path::new("."));
    if path.is_dir() {
        // An earlier start may have made it and ended before this; where it may not be looked into, somebody else made it.
        let synced = File::open(above).map_or(Ok(()), |above| above.sync_all());
        return synced.or_else(or_read_only);
    }
    make(above)?;
    fs::create_dir(path)?;
    File::open(above)?.sync_all()
}

/// What cannot be written is no hindrance to whoever reads.
fn or_read_only(error: io::Error) -> io::Result<()> {
    match error.kind() {
        io::ErrorKind::ReadOnlyFilesystem => Ok(()),
        _ => Err(error),
    }
}

/// Two units on one folder would interleave their batches. On a disk that can only be read the file of an earlier start is locked.
fn lock(folder: &Path) -> io::Result<File> {
    let path = folder.join("lock");
    let file = File::create(&path).or_else(|e| or_read_only(e).and_then(|()| File::open(&path)))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let text = format!("spool {} is in use by another process", folder.display());
            Err(io::Error::new(io::ErrorKind::ResourceBusy, text))
        }
        Err(TryLockError::Error(e)) => Err(e),
    }
}
