//! The end of the last segment: writes whole frames or nothing.
use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

/// The file, open at its end.
#[derive(Debug)]
pub(super) struct Tail {
    file: File,
    len: u64,
    /// Tests fill the disk here: so many bytes fit.
    #[cfg(test)]
    pub room: Option<u64>,
}

/// Why a frame was not written.
#[derive(Debug)]
pub(super) struct Failure {
    pub write: io::Error,
    /// Set where its first half could not be taken back either.
    pub undo: Option<io::Error>,
}

impl Tail {
    /// Opens a segment whose proven length is `len`.
    pub fn open(path: &Path, len: u64) -> io::Result<Tail> {
        let mut file = OpenOptions::new().write(true).open(path)?;
        file.seek(SeekFrom::Start(len))?;
        Ok(Tail {
            file,
            len,
            #[cfg(test)]
            room: None,
        })
    }

    /// Bytes in the segment.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Writes a frame, or leaves the file as it was.
    pub fn append(&mut self, frame: &[u8]) -> Result<(), Failure> {
        match self.write(frame) {
            Ok(()) => {
                self.len += frame.len() as u64;
                Ok(())
            }
            Err(write) => Err(Failure {
                write,
                undo: self.undo().err(),
            }),
        }
    }

    /// Makes the file durable.
    pub fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    fn undo(&mut self) -> io::Result<()> {
        self.file.set_len(self.len)?;
        self.file.seek(SeekFrom::Start(self.len)).map(|_| ())
    }

    #[cfg(not(test))]
    fn write(&mut self, frame: &[u8]) -> io::Result<()> {
        self.file.write_all(frame)
    }

    #[cfg(test)]
    fn write(&mut self, frame: &[u8]) -> io::Result<()> {
        let Some(room) = self.room else {
            return self.file.write_all(frame);
        };
        let fits = frame.len().min(room as usize);
        self.file.write_all(&frame[..fits])?;
        self.room = Some(room - fits as u64);
        if fits < frame.len() {
            Err(io::ErrorKind::StorageFull.into())
        } else {
            Ok(())
        }
    }
}
