//! Recorded bytes, to be played again.
//!
//! The problem: a dispute, a bug report and a real drive must go through the unit as they once did. The answer: every source
//! becomes chunks with arrival times: a drive's folder (exact times), a sealed record (exact times, MCAP), raw logs (times
//! made from the sentences). Deliberately not here: any change of the bytes; a bad line is played as the bad line it is.

mod folder;
mod nmea_log;
mod record;

pub use folder::{Recorder, read as folder};
pub use nmea_log::read as nmea_log;
pub use record::read as record;

use crate::sensors::{Chunk, Port};
use std::io;
use std::path::Path;

/// Raw bytes without times, cut evenly: so many bytes each so many microseconds, from a beginning.
pub fn evenly(port: Port, bytes: &[u8], from_us: i64, size: usize, each_us: i64) -> Vec<Chunk> {
    let chunk = |(k, slice): (usize, &[u8])| Chunk {
        port,
        at_us: from_us + k as i64 * each_us,
        bytes: slice.to_vec(),
    };
    bytes.chunks(size.max(1)).enumerate().map(chunk).collect()
}

/// Raw logs: the receiver's with its own times; the others, which have none, at their sensors' usual rates (attitude 33
/// bytes each 10 ms, signals 64 bytes each 100 ms) from the receiver's first arrival.
///
/// # Errors
/// Those of reading the files.
pub fn raw_logs(receiver: &Path, attitude: Option<&Path>, signals: Option<&Path>) -> io::Result<Vec<Chunk>> {
    let mut chunks = nmea_log(&read_file(receiver)?);
    let from_us = chunks.first().map_or(0, |c| c.at_us);
    if let Some(path) = attitude {
        chunks.extend(evenly(Port::Attitude, &read_file(path)?, from_us, 33, 10_000));
    }
    if let Some(path) = signals {
        chunks.extend(evenly(Port::Signals, &read_file(path)?, from_us, 64, 100_000));
    }
    sort(&mut chunks);
    Ok(chunks)
}

/// Whatever the paths are: one folder of a drive, or one sealed record.
///
/// # Errors
/// Those of reading; a sentence where the path is neither.
pub fn open(path: &Path) -> io::Result<Vec<Chunk>> {
    if path.is_dir() {
        return folder(path);
    }
    match path.extension().and_then(|e| e.to_str()) {
        Some("mcap") => record(path),
        _ => Ok(nmea_log(&read_file(path)?)),
    }
}

fn sort(chunks: &mut [Chunk]) {
    chunks.sort_by_key(|chunk| chunk.at_us);
}

fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    std::fs::read(path).map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", path.display())))
}
