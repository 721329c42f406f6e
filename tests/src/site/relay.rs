//! Between the simulator and the unit: three lines and a clock, where a test can put its hands.
//!
//! The problem: the rig writes good bytes only and leads one unit for ever, and a test wants bad bytes and a unit that
//! dies. The answer: the rig leads this relay; at each frame of its clock the relay takes the bytes written since, passes
//! them on to the unit's own pseudo terminals (with whatever a test mixes in), and leads the unit with its own counts.
//! While the unit is down time goes on and the bytes are lost, as on a real serial line; a restarted unit begins with a
//! fresh uptime.
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::pty::openpty;
use nix::sys::termios::{SetArg, cfmakeraw, tcgetattr, tcsetattr};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A unit's uptime at its first frame.
const FIRST_UPTIME_US: i64 = 1_000_000;
/// So long a unit may take for a frame, or to listen after its start.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is mixed into a line: given port (0 receiver, 1 attitude, 2 signals) and good bytes, says the bytes to send.
pub type Mix = Box<dyn FnMut(usize, &[u8]) -> Vec<u8> + Send>;

/// The relay's handle; its thread ends when the rig lets go of the clock.
#[derive(Clone)]
pub struct Relay {
    wires: Arc<Mutex<Wires>>,
}

struct Wires {
    rig: [File; 3],
    unit: [Line; 3],
    clock: Option<UnixStream>,
    taken: [u64; 3],
    given: [u64; 3],
    uptime_us: i64,
    base_us: i64,
    mix: Option<Mix>,
}

/// A pseudo terminal that the unit opens.
struct Line {
    master: File,
    _slave: OwnedFd,
    path: PathBuf,
}

impl Line {
    fn open() -> io::Result<Line> {
        let ends = openpty(None, None)?;
        let mut mode = tcgetattr(&ends.slave)?;
        cfmakeraw(&mut mode);
        tcsetattr(&ends.slave, SetArg::TCSANOW, &mode)?;
        // Otherwise a killed unit's lines would live on in its siblings.
        fcntl(&ends.master, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
        fcntl(&ends.slave, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
        let path = nix::unistd::ttyname(ends.slave.as_fd())?;
        Ok(Line {
            master: File::from(ends.master),
            _slave: ends.slave,
            path,
        })
    }
}

impl Relay {
    /// Takes over the rig's terminals, and listens on `socket` for its clock.
    ///
    /// # Errors
    /// Those of the system.
    pub fn open(rig: [&Path; 3], socket: &Path) -> io::Result<Relay> {
        let open = |path: &Path| File::options().read(true).write(true).open(path);
        let wires = Arc::new(Mutex::new(Wires {
            rig: [open(rig[0])?, open(rig[1])?, open(rig[2])?],
            unit: [Line::open()?, Line::open()?, Line::open()?],
            clock: None,
            taken: [0; 3],
            given: [0; 3],
            uptime_us: FIRST_UPTIME_US,
            base_us: 0,
            mix: None,
        }));
        let listener = UnixListener::bind(socket)?;
        let shared = Arc::clone(&wires);
        std::thread::spawn(move || {
            let led = listener.accept().and_then(|(rig, _)| follow(rig, &shared));
            if let Err(why) = led {
                println!("the relay of the clock ends: {why}");
            }
        });
        Ok(Relay { wires })
    }

    /// The paths that the unit opens: receiver, attitude, signals.
    pub fn paths(&self) -> [PathBuf; 3] {
        let wires = self.lock();
        [0, 1, 2].map(|i| wires.unit[i].path.clone())
    }

    /// Leads the unit that listens on a socket; its uptime begins anew.
    ///
    /// # Errors
    /// Where nobody listens within 20 s.
    pub fn lead(&self, socket: &Path) -> io::Result<()> {
        let end = Instant::now() + PATIENCE;
        let clock = loop {
            match UnixStream::connect(socket) {
                Ok(clock) => break clock,
                Err(e) if Instant::now() > end => {
                    let text = format!("no unit listens on {} after 20 s: {e}", socket.display());
                    return Err(io::Error::new(e.kind(), text));
                }
                Err(_) => std::thread::sleep(Duration::from_millis(10)),
            }
        };
        clock.set_read_timeout(Some(PATIENCE))?;
        let mut wires = self.lock();
        wires.clock = Some(clock);
        wires.given = [0; 3];
        wires.base_us = wires.uptime_us - FIRST_UPTIME_US;
        Ok(())
    }

    /// The unit is gone: time goes on without it.
    pub fn release(&self) {
        self.lock().clock = None;
    }

    /// Mixes something into the lines from now on.
    pub fn mix(&self, mix: Option<Mix>) {
        self.lock().mix = mix;
    }

    fn lock(&self) -> MutexGuard<'_, Wires> {
        self.wires.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Frames of the rig, until it goes.
fn follow(mut rig: UnixStream, wires: &Mutex<Wires>) -> io::Result<()> {
    let mut frame = [0; 40];
    loop {
        match rig.read_exact(&mut frame) {
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            read => read?,
        }
        let mut words = [0u64; 5];
        for (word, bytes) in words.iter_mut().zip(frame.chunks_exact(8)) {
            *word = bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
        }
        let [receiver, attitude, signals, next, tag] = words;
        let mut wires = wires.lock().unwrap_or_else(PoisonError::into_inner);
        wires.pass([receiver, attitude, signals], next as i64)?;
        rig.write_all(&tag.to_le_bytes())?;
    }
}

impl Wires {
    fn pass(&mut self, written: [u64; 3], next_us: i64) -> io::Result<()> {
        for port in 0..3 {
            let mut bytes = vec![0; (written[port] - self.taken[port]) as usize];
            self.rig[port].read_exact(&mut bytes)?;
            self.taken[port] = written[port];
            if self.clock.is_none() {
                continue;
            }
            if let Some(mix) = &mut self.mix {
                bytes = mix(port, &bytes);
            }
            self.unit[port].master.write_all(&bytes)?;
            self.given[port] += bytes.len() as u64;
        }
        self.uptime_us = next_us;
        let Some(clock) = &mut self.clock else { return Ok(()) };
        let words = [
            self.given[0],
            self.given[1],
            self.given[2],
            (next_us - self.base_us) as u64,
            next_us as u64,
        ];
        let frame: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        clock.write_all(&frame)?;
        let mut tag = [0; 8];
        clock
            .read_exact(&mut tag)
            .map_err(|e| io::Error::new(e.kind(), format!("the unit does not answer its clock's frame: {e}")))
    }
}
