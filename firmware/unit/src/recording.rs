//! Raw bytes with the times of their arrival, in a folder: what a developer gets when something went wrong.
//!
//! The problem: a fault that was seen once must be seen again at a desk. The answer: a file of bytes for each port and one
//! index of arrivals, the folder that `kaoguan-sim replay` plays; the index has the wall clock as a fourth column. An
//! arrival of no bytes is a device that went away. Deliberately not here: any meaning of a byte, and the configuration's
//! text, which may hold a password: its digest says which one it was.
use crate::Config;
use crate::health::{hex, name};
use crate::ports::{Arrival, LINES};
use kaoguan_telemetry::Port;
use kaoguan_telemetry::units::Uptime;
use kaoguan_unit_core::{BYTES_PER_INPUT_MAX, Input, Output, Unit};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// File names of the ports' bytes, in the order of [`LINES`].
const FILES: [&str; LINES.len()] = ["receiver.nmea", "attitude.bin", "signals.bin", "trailer.nmea"];
const INDEX: &str = "arrivals.csv";
const ABOUT: &str = "recording.json";

/// Writes arrivals into a folder.
#[derive(Debug)]
pub struct Recorder {
    folder: PathBuf,
    files: Vec<(Port, BufWriter<File>)>,
    index: BufWriter<File>,
    bytes: u64,
    max: u64,
}

impl Recorder {
    /// Makes the folder and its files: at most `max` bytes in all.
    ///
    /// # Errors
    /// Those of the file system; where the folder has a recording already.
    pub fn create(folder: &Path, config: &Config, max: u64) -> io::Result<Recorder> {
        fs::create_dir_all(folder)?;
        let file = |name: &str| {
            let path = folder.join(name);
            let file = OpenOptions::new().write(true).create_new(true).open(&path);
            file.map(BufWriter::new)
                .map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", path.display())))
        };
        let mut index = file(INDEX)?;
        let head = "port,at_us,bytes,utc_us\n";
        index.write_all(head.as_bytes())?;
        // A trailer's file means that something is drawn.
        let ports = LINES
            .into_iter()
            .zip(FILES)
            .filter(|(port, _)| *port != Port::Trailer || config.trailer.is_some());
        let files = ports
            .map(|(port, name)| Ok((port, file(name)?)))
            .collect::<io::Result<_>>()?;
        let about = serde_json::json!({
            "unit": config.id.as_str(),
            "site": config.site,
            "firmware": env!("CARGO_PKG_VERSION"),
            "config_digest": hex(&config.digest),
        });
        file(ABOUT)?.write_all(about.to_string().as_bytes())?;
        let bytes = head.len() as u64;
        Ok(Recorder {
            folder: folder.to_owned(),
            files,
            index,
            bytes,
            max,
        })
    }

    /// Appends an arrival with the wall clock's time, microseconds since 1970. False where it would go over the bound: then
    /// nothing is written.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn push(&mut self, arrival: &Arrival, utc_us: i64) -> io::Result<bool> {
        let bytes = arrival.bytes.as_deref().unwrap_or(&[]);
        let line = format!("{},{},{},{utc_us}\n", name(arrival.port), arrival.at.0, bytes.len());
        let after = self.bytes + (bytes.len() + line.len()) as u64;
        if after > self.max {
            return Ok(false);
        }
        self.bytes = after;
        if let Some((_, file)) = self.files.iter_mut().find(|(port, _)| *port == arrival.port) {
            // The bytes first: an index that names more than there is cannot be read.
            file.write_all(bytes)?;
            self.index.write_all(line.as_bytes())?;
        }
        Ok(true)
    }

    /// Bytes so far, the index among them.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What is buffered goes to the files, so that little is lost with the power.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn flush(&mut self) -> io::Result<()> {
        self.files.iter_mut().try_for_each(|(_, file)| file.flush())?;
        self.index.flush()
    }

    /// Everything is on the disk.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        self.files.iter().try_for_each(|(_, file)| file.get_ref().sync_all())?;
        self.index.get_ref().sync_all()?;
        File::open(&self.folder)?.sync_all()
    }
}

/// Reads a folder's arrivals in the order in which they came.
///
/// # Errors
/// Those of reading; a sentence with the line where the index and the files disagree.
pub fn read(folder: &Path) -> io::Result<Vec<Arrival>> {
    let index = fs::read_to_string(folder.join(INDEX))?;
    let mut files = Vec::new();
    for (port, name) in LINES.into_iter().zip(FILES) {
        match fs::read(folder.join(name)) {
            Ok(bytes) => files.push((port, bytes, 0)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(e),
        }
    }
    let lines = index.lines().enumerate().skip(1);
    let read = lines.map(|(n, line)| {
        arrival(line, &mut files).ok_or_else(|| {
            let text = format!(
                "{INDEX}:{}: \"{line}\" names no port or more bytes than there are",
                n + 1
            );
            io::Error::new(io::ErrorKind::InvalidData, text)
        })
    });
    read.collect()
}

fn arrival(line: &str, files: &mut [(Port, Vec<u8>, usize)]) -> Option<Arrival> {
    let mut fields = line.split(',');
    let called = fields.next()?;
    let at = Uptime(fields.next()?.parse().ok()?);
    let count: usize = fields.next()?.parse().ok()?;
    let (port, bytes, offset) = files.iter_mut().find(|(port, ..)| name(*port) == called)?;
    let end = offset.checked_add(count)?;
    let taken = bytes.get(*offset..end)?.to_vec();
    *offset = end;
    Some(Arrival {
        port: *port,
        at,
        bytes: (count > 0).then_some(taken),
    })
}

/// Gives arrivals to a core as a unit does; what it says to each.
pub fn replay(core: &mut Unit, arrivals: &[Arrival], mut said: impl FnMut(Output)) {
    for Arrival { port, at, bytes } in arrivals {
        let (port, at) = (*port, *at);
        let Some(bytes) = bytes else {
            core.handle(Input::Unplugged { port, at });
            std::iter::from_fn(|| core.poll()).for_each(&mut said);
            continue;
        };
        for bytes in bytes.chunks(BYTES_PER_INPUT_MAX) {
            core.handle(Input::Serial { port, at, bytes });
            std::iter::from_fn(|| core.poll()).for_each(&mut said);
        }
    }
}
