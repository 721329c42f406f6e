//! The host's half of the microcontroller's test: makes tapes, and says what an image must say to them.
//!
//! `tape make FOLDER` writes the tapes: two that are made here, and one of each recording where `KAOGUAN_DATA` names their
//! folder. `tape play` reads one from its standard input and writes the encoded samples, as the image does: the same file
//! ([`bench`]) is compiled into both. What is done with them: `firmware/image/test.sh`.
#[path = "../../../image/src/bench.rs"]
mod bench;
mod made;
#[path = "../../tests/recorded/mod.rs"]
mod recorded;
#[path = "../../tests/rig/mod.rs"]
mod rig;

use bench::{END, Lines};
use kaoguan_telemetry::Port;
use kaoguan_unit_core::{BYTES_PER_INPUT_MAX, Unit};
use recorded::Burst;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["make", folder] => make(Path::new(folder)),
        ["play"] => play(),
        _ => Err(io::Error::other("tape make FOLDER | tape play < TAPE > SAMPLES")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("tape: {e}");
            ExitCode::FAILURE
        }
    }
}

struct Pipes<R, W>(R, W);

impl<R: Read, W: Write> Lines for Pipes<R, W> {
    fn read(&mut self, bytes: &mut [u8]) -> bool {
        self.0.read_exact(bytes).is_ok()
    }
    fn write(&mut self, bytes: &[u8]) {
        // What is not written is missed by whoever compares.
        let _ = self.1.write_all(bytes);
    }
}

fn play() -> io::Result<()> {
    let mut pipes = Pipes(BufReader::new(io::stdin()), BufWriter::new(io::stdout()));
    let torn = |torn| io::Error::other(format!("{torn:?}"));
    let mut unit = Unit::new(bench::bench(&mut pipes).map_err(torn)?);
    bench::play(&mut unit, &mut pipes).map_err(torn)?;
    eprintln!("{} bytes of unit here; {:?}", size_of::<Unit>(), unit.counters());
    pipes.1.flush()
}

fn make(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join("binary.tape"), made::binary().end())?;
    std::fs::write(folder.join("text.tape"), made::text().end())?;
    for (path, bursts) in recorded::timed() {
        let name = path.replace('/', "-") + ".tape";
        std::fs::write(folder.join(name), of(&bursts).end())?;
    }
    // Once more, whole.
    if let Some(drive) = recorded::data("drives/nagoya-car-a.nmea") {
        let bursts = recorded::bursts(&drive, recorded::ONE_A_SECOND);
        std::fs::write(folder.join("drive.tape"), of(&bursts).end())?;
    }
    Ok(())
}

/// A recording on the receiver's port, and on the trailer's a little later.
fn of(bursts: &[Burst]) -> Tape {
    let mut tape = Tape::new(0);
    for burst in bursts {
        tape.bytes(Port::Receiver, burst.at, &burst.bytes);
        tape.bytes(Port::Trailer, burst.at + 20_000, &burst.bytes);
        tape.note(bench::TICK, burst.at + 65_000, &[]);
    }
    tape
}

/// A tape that is being written.
struct Tape(Vec<u8>);

impl Tape {
    /// For this bench.
    fn new(bench: u8) -> Tape {
        Tape(vec![bench])
    }

    /// Bytes came in.
    fn bytes(&mut self, port: Port, at: i64, bytes: &[u8]) {
        for bytes in bytes.chunks(BYTES_PER_INPUT_MAX) {
            self.note(port as u8, at, bytes);
        }
    }

    /// One record.
    fn note(&mut self, what: u8, at: i64, bytes: &[u8]) {
        self.0.push(what);
        self.0.extend(at.to_le_bytes());
        self.0.extend((bytes.len() as u16).to_le_bytes());
        self.0.extend(bytes);
    }

    fn end(mut self) -> Vec<u8> {
        self.0.push(END);
        self.0
    }
}
