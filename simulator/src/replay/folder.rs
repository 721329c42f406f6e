//! A drive's folder: one file of bytes for each port and one index of arrivals.
use super::{read_file, sort};
use crate::sensors::{Chunk, Port};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// File names of the ports' bytes, in the order of [`Port::ALL`].
const FILES: [&str; 4] = ["receiver.nmea", "attitude.bin", "signals.bin", "trailer.nmea"];
const INDEX: &str = "arrivals.csv";

/// Writes chunks into a folder.
pub struct Recorder {
    files: [BufWriter<File>; 3],
    /// Only what draws something has it.
    trailer: Option<BufWriter<File>>,
    folder: PathBuf,
    index: BufWriter<File>,
}

impl Recorder {
    /// Makes the folder and its files.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn create(folder: &Path) -> io::Result<Recorder> {
        std::fs::create_dir_all(folder)?;
        let file = |name: &str| File::create(folder.join(name)).map(BufWriter::new);
        let [receiver, attitude, signals, _] = FILES;
        let mut index = file(INDEX)?;
        writeln!(index, "port,at_us,bytes")?;
        Ok(Recorder {
            files: [file(receiver)?, file(attitude)?, file(signals)?],
            trailer: None,
            folder: folder.to_owned(),
            index,
        })
    }

    /// Appends a chunk; chunks of one port in the order of arrival.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn push(&mut self, chunk: &Chunk) -> io::Result<()> {
        writeln!(
            self.index,
            "{},{},{}",
            chunk.port.name(),
            chunk.at_us,
            chunk.bytes.len()
        )?;
        if let Some(file) = self.files.get_mut(chunk.port as usize) {
            return file.write_all(&chunk.bytes);
        }
        if self.trailer.is_none() {
            let file = File::create(self.folder.join(FILES[3]))?;
            self.trailer = Some(BufWriter::new(file));
        }
        self.trailer
            .iter_mut()
            .try_for_each(|file| file.write_all(&chunk.bytes))
    }

    /// Flushes everything.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn finish(mut self) -> io::Result<()> {
        self.index.flush()?;
        self.files
            .iter_mut()
            .chain(&mut self.trailer)
            .try_for_each(Write::flush)
    }
}

/// Reads a folder's chunks, sorted by arrival.
///
/// # Errors
/// Those of reading; a sentence with the line where the index and the files disagree.
pub fn read(folder: &Path) -> io::Result<Vec<Chunk>> {
    let index = read_file(&folder.join(INDEX))?;
    let index = String::from_utf8_lossy(&index);
    let files = [0, 1, 2].map(|i| read_file(&folder.join(FILES[i])));
    let [receiver, attitude, signals] = files;
    let trailer = folder.join(FILES[3]);
    let trailer = if trailer.exists() {
        read_file(&trailer)?
    } else {
        Vec::new()
    };
    let files = [receiver?, attitude?, signals?, trailer];
    let mut offsets = [0usize; 4];
    let mut chunks = Vec::new();
    for (n, line) in index.lines().enumerate().skip(1) {
        let chunk = chunk(line, &files, &mut offsets).ok_or_else(|| {
            let text = format!(
                "{}:{}: \"{line}\" names no port or more bytes than there are",
                folder.join(INDEX).display(),
                n + 1
            );
            io::Error::new(io::ErrorKind::InvalidData, text)
        })?;
        chunks.push(chunk);
    }
    sort(&mut chunks);
    Ok(chunks)
}

fn chunk(line: &str, files: &[Vec<u8>; 4], offsets: &mut [usize; 4]) -> Option<Chunk> {
    let mut fields = line.split(',');
    let name = fields.next()?;
    let port = Port::ALL.into_iter().find(|p| p.name() == name)?;
    let at_us = fields.next()?.parse().ok()?;
    let count: usize = fields.next()?.parse().ok()?;
    let offset = &mut offsets[port as usize];
    let end = offset.checked_add(count)?;
    let bytes = files[port as usize].get(*offset..end)?.to_vec();
    *offset = end;
    Some(Chunk { port, at_us, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let folder = std::env::temp_dir().join(format!("kaoguan-sim-folder-{}", std::process::id()));
        let chunks = [
            Chunk {
                port: Port::Attitude,
                at_us: 5,
                bytes: vec![1, 2],
            },
            Chunk {
                port: Port::Receiver,
                at_us: 7,
                bytes: vec![10, 13],
            },
            Chunk {
                port: Port::Attitude,
                at_us: 15,
                bytes: vec![3],
            },
        ];
        let mut recorder = Recorder::create(&folder).expect("a folder");
        chunks.iter().for_each(|c| recorder.push(c).expect("room"));
        recorder.finish().expect("room");
        assert_eq!(read(&folder).expect("readable"), chunks);
        std::fs::write(folder.join("attitude.bin"), [1]).expect("room");
        let error = read(&folder).expect_err("a byte is missing").to_string();
        assert!(error.contains("arrivals.csv:2"), "{error}");
        std::fs::remove_dir_all(folder).expect("gone");
    }
}
