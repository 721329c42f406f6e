//! The unit's uptime: the machine's monotonic clock, or one that a simulator leads over a Unix socket.
//!
//! The problem: the same unit must run on a vehicle, and twenty times faster than life with the same result each time.
//! The answer: the source of uptime is injected. Led, uptime stands still until the leader says that it has written so
//! many bytes to each port; when they all have come in, uptime steps on and the leader is answered. So everything between
//! two answers has one instant, whatever this machine was doing meanwhile.
//!
//! A frame is little-endian: a `u64` for each port that the unit's configuration has (bytes written to receiver, attitude and
//! signals since the unit's start, and to a trailer's receiver where there is one: 40 bytes or 48), `i64` next uptime in
//! microseconds, `u64` tag. The answer is the tag. Deliberately not here: holding the bytes back ([`crate::shell`]).
use kaoguan_telemetry::units::Uptime;
use std::io;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{self, Sleep, sleep_until};
/// How often the core hears of the time while no bytes tell it: an epoch closes on an idle gap of 40 ms.
const TICK: Duration = Duration::from_millis(10);
/// After the last bytes the first beat comes only now: the next ones are mostly here by then, and a processor that sleeps is not woken for
/// nothing. Where lines are asked, what is due must be asked at once: there it is a [`TICK`].
const QUIET: Duration = Duration::from_millis(30);
/// The most ports that a leader counts: all that have a line.
pub const PORTS_MAX: usize = crate::ports::LINES.len();
/// Bytes of a leader's frame at most: the counts, the next uptime, the tag.
const FRAME_BYTES_MAX: usize = 8 * (PORTS_MAX + 2);

/// Where uptime begins; all readers stamp with a copy of it.
#[derive(Debug, Clone, Copy)]
pub struct Origin(Instant);

impl Origin {
    /// Uptime zero is now.
    pub fn now() -> Origin {
        Origin(Instant::now())
    }
    /// Microseconds since.
    pub fn uptime(self) -> Uptime {
        Uptime(i64::try_from(self.0.elapsed().as_micros()).unwrap_or(i64::MAX))
    }
}

/// The leader's word.
#[derive(Debug)]
pub struct Frame {
    /// Bytes that receiver, attitude, signals and a trailer's receiver must have given in all.
    pub consumed: [u64; PORTS_MAX],
    /// Uptime from then on.
    pub next: Uptime,
    tag: u64,
    answer: oneshot::Sender<u64>,
}

impl Frame {
    /// The instant is done. A leader that has gone is not told.
    pub fn done(self) {
        let _ = self.answer.send(self.tag);
    }
}

/// Time passes.
#[derive(Debug)]
pub enum Beat {
    /// On its own.
    Free(Uptime),
    /// As the leader says.
    Led(Frame),
}

/// The source of uptime.
#[derive(Debug)]
pub enum Clock {
    /// The machine's.
    Free {
        /// Where it began.
        origin: Origin,
        /// How long it must be quiet before the first beat.
        quiet: Duration,
        /// When the next beat is due. It only grows, and the timer is set anew no sooner than it fires.
        due: time::Instant,
        /// The timer.
        timer: Pin<Box<Sleep>>,
    },
    /// A leader's.
    Led(Listener),
}

/// Where a leader connects; gone with its socket file when it is dropped.
#[derive(Debug)]
pub struct Listener {
    frames: mpsc::Receiver<Frame>,
    task: JoinHandle<()>,
    path: PathBuf,
}

impl Drop for Listener {
    fn drop(&mut self) {
        // Otherwise the next leader would reach a unit that has stopped.
        self.task.abort();
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Clock {
    /// The machine's own clock, where what the core asks is written to a line or not.
    pub fn free(origin: Origin, asks: bool) -> Clock {
        let due = time::Instant::now();
        Clock::Free {
            origin,
            quiet: if asks { TICK } else { QUIET },
            due,
            timer: Box::pin(sleep_until(due)),
        }
    }

    /// Listens for a leader that counts so many ports ([`PORTS_MAX`] at most). A socket file that another run left is replaced.
    ///
    /// # Errors
    /// Where the path cannot be bound.
    pub fn led(path: &Path, ports: usize) -> io::Result<Clock> {
        // Only a socket: a slip in the configuration must not delete somebody's file.
        if std::fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket()) {
            std::fs::remove_file(path)?;
        }
        let listener = UnixListener::bind(path)?;
        // One frame: the leader waits for its answer before it sends the next.
        let (sender, frames) = mpsc::channel(1);
        let task = tokio::spawn(listen(listener, ports.min(PORTS_MAX), sender));
        Ok(Clock::Led(Listener {
            frames,
            task,
            path: path.to_owned(),
        }))
    }

    /// Bytes came, and time with them: a beat is due only once it is quiet. With an attitude sensor of 100 Hz that is hardly ever.
    pub fn heard(&mut self) {
        if let Clock::Free { quiet, due, .. } = self {
            *due = time::Instant::now() + *quiet;
        }
    }

    /// Whether a leader moves the time.
    pub fn is_led(&self) -> bool {
        matches!(self, Clock::Led(_))
    }

    /// The next beat. May be cancelled.
    pub async fn beat(&mut self) -> Beat {
        match self {
            Clock::Free { origin, due, timer, .. } => loop {
                timer.as_mut().await;
                let now = time::Instant::now();
                if now >= *due {
                    *due = now + TICK;
                    timer.as_mut().reset(*due);
                    return Beat::Free(origin.uptime());
                }
                timer.as_mut().reset(*due);
            },
            Clock::Led(listener) => match listener.frames.recv().await {
                Some(frame) => Beat::Led(frame),
                // The listener is gone: uptime stands still for good.
                None => std::future::pending().await,
            },
        }
    }
}

/// One leader after the other.
async fn listen(listener: UnixListener, ports: usize, frames: mpsc::Sender<Frame>) {
    while !frames.is_closed() {
        match listener.accept().await {
            Ok((stream, _)) => {
                tracing::info!("clock: a leader is here");
                let why = follow(stream, ports, &frames).await;
                tracing::info!("clock: the leader is gone ({why}); uptime stands still");
            }
            Err(e) => {
                tracing::warn!("clock: accept: {e}");
                tokio::time::sleep(TICK).await;
            }
        }
    }
}

/// Frames in, tags out, until the leader goes; why it did.
async fn follow(stream: UnixStream, ports: usize, frames: &mpsc::Sender<Frame>) -> String {
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    let mut bytes = [0; FRAME_BYTES_MAX];
    let bytes = &mut bytes[..8 * (ports + 2)];
    loop {
        if let Err(e) = read.read_exact(bytes).await {
            return e.to_string();
        }
        let (frame, answer) = parse(bytes);
        if frames.send(frame).await.is_err() {
            return "the unit stops".into();
        }
        let tag = tokio::select! {
            tag = answer => tag,
            gone = goes(&mut read) => return gone,
        };
        // A frame that a later one displaced is not answered.
        let Ok(tag) = tag else { continue };
        if let Err(e) = write.write_all(&tag.to_le_bytes()).await {
            return e.to_string();
        }
    }
}

/// Returns only when the leader has gone before its answer came.
async fn goes(read: &mut (impl AsyncBufReadExt + Unpin)) -> String {
    match read.fill_buf().await {
        Ok([]) => "closed".into(),
        // It sent its next frame early: that waits in the buffer.
        Ok(_) => std::future::pending().await,
        Err(e) => e.to_string(),
    }
}

/// Of whole words: a count for each port, the next uptime, the tag.
fn parse(bytes: &[u8]) -> (Frame, oneshot::Receiver<u64>) {
    let word = |chunk: &[u8]| chunk.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
    let mut last = bytes.rchunks_exact(8).map(word);
    let (tag, next) = (last.next().unwrap_or(0), last.next().unwrap_or(0));
    let counts = bytes.chunks_exact(8).take((bytes.len() / 8).saturating_sub(2));
    let mut consumed = [0; PORTS_MAX];
    consumed
        .iter_mut()
        .zip(counts)
        .for_each(|(count, chunk)| *count = word(chunk));
    let (answer, answered) = oneshot::channel();
    let frame = Frame {
        consumed,
        next: Uptime(next as i64),
        tag,
        answer,
    };
    (frame, answered)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When the next beat comes, milliseconds of the timer's clock.
    async fn beat_after(clock: &mut Clock) -> u128 {
        let begin = time::Instant::now();
        clock.beat().await;
        begin.elapsed().as_millis()
    }

    #[tokio::test(start_paused = true)]
    async fn it_beats_each_ten_milliseconds_while_it_is_quiet_and_not_while_bytes_come() {
        for (asks, quiet) in [(false, 30), (true, 10)] {
            let mut clock = Clock::free(Origin::now(), asks);
            clock.beat().await;
            assert!([10, 11].contains(&beat_after(&mut clock).await));
            for _ in 0..20 {
                clock.heard();
                let beat = time::timeout(Duration::from_millis(9), clock.beat());
                assert!(beat.await.is_err(), "bytes come each 9 ms");
            }
            clock.heard();
            assert!(
                [quiet, quiet + 1].contains(&beat_after(&mut clock).await),
                "it is quiet"
            );
            assert!([10, 11].contains(&beat_after(&mut clock).await), "and stays so");
        }
    }
}
