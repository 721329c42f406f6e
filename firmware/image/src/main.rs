//! The unit's core on a Cortex-M4F: bytes in from a semihosted file, encoded samples out on the semihosted console ([`bench`] says
//! how both look).
//!
//! The problem: a core that is said to run on a microcontroller must be seen to. The answer: this image, as small as it can be,
//! runs under QEMU in CI (`test.sh`), and its output equals the host's byte for byte; what of the part it fills is printed, and the
//! linker refuses what does not fit (`memory.x`). An image for a real board is this one with the file exchanged for its UARTs and
//! its timer. The tape is a file and not the console too, because QEMU 7.2 loses bytes that wait on a console.
//!
//! Deliberately not here: a driver, an interrupt, any timing (the emulator says nothing of it), a heap.
#![no_std]
#![no_main]

mod bench;

use bench::{Lines, Torn};
use cortex_m_rt::entry;
use kaoguan_unit_core::{Config, Unit};
use semihosting::fs::File;
use semihosting::io::{Read, Stdout, Write};
use static_cell::StaticCell;

/// In the folder where the emulator runs.
const TAPE: &core::ffi::CStr = c"tape";
/// In static memory, so that the sections tell its size.
static UNIT: StaticCell<Unit> = StaticCell::new();

struct Console {
    tape: File,
    samples: Stdout,
    /// Each read stops the processor: some bytes are read ahead.
    ahead: heapless::Deque<u8, 256>,
}

impl Lines for Console {
    fn read(&mut self, bytes: &mut [u8]) -> bool {
        bytes
            .iter_mut()
            .all(|byte| self.next().map(|next| *byte = next).is_some())
    }
    fn write(&mut self, bytes: &[u8]) {
        // A console that is gone takes the image with it.
        let _ = self.samples.write_all(bytes);
    }
}

impl Console {
    fn next(&mut self) -> Option<u8> {
        if self.ahead.is_empty() {
            let mut bytes = [0; 256];
            let count = self.tape.read(&mut bytes).ok()?;
            self.ahead.extend(bytes.iter().take(count).copied());
        }
        self.ahead.pop_front()
    }
}

#[entry]
fn main() -> ! {
    semihosting::process::exit(match run() {
        Some(Ok(())) => 0,
        Some(Err(Torn::Short)) => 2,
        Some(Err(Torn::Unknown(_))) => 3,
        Some(Err(Torn::Sample)) => 4,
        None => 5,
    })
}

/// `None` without a tape.
fn run() -> Option<Result<(), Torn>> {
    let (tape, samples) = (File::open(TAPE).ok()?, semihosting::io::stdout().ok()?);
    let mut console = Console {
        tape,
        samples,
        ahead: heapless::Deque::new(),
    };
    Some(bench::bench(&mut console).and_then(|config| bench::play(start(config), &mut console)))
}

/// Apart, so that what the making of a unit needs of the stack is given back before it runs.
#[inline(never)]
fn start(config: Config) -> &'static mut Unit {
    UNIT.init_with(|| Unit::new(config))
}
