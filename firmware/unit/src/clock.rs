//! The unit's uptime: the machine's monotonic clock, or one that a simulator leads over a Unix socket.
//!
//! The problem: the same unit must run on a vehicle, and twenty times faster than life with the same result each time.
//! The answer: the source of uptime is injected. Led, uptime stands still until the leader says that it has written so
//! many bytes to each port; when they all have come in, uptime steps on and the leader is answered. So everything between
//! two answers has one instant, whatever this machine was doing meanwhile.
//!
//! A frame is 40 bytes, little-endian: `u64 consumed[3]` (bytes written to receiver, attitude and signals since the
//! unit's start), `i64` next uptime in microseconds, `u64` tag. The answer is the tag. Deliberately not here: holding
//! the bytes back ([`crate::shell`]).
use kaoguan_telemetry::units::Uptime;
use std::io;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// How often the core hears of the time: an epoch closes on an idle gap of 30 to 40 ms.
const TICK: Duration = Duration::from_millis(10);
/// Bytes of a leader's frame.
pub const FRAME_BYTES: usize = 40;

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
    /// Bytes that receiver, attitude and signals must have given in all.
    pub consumed: [u64; 3],
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
        /// When to say so.
        ticks: Interval,
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
    /// The machine's own clock.
    pub fn free(origin: Origin) -> Clock {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        Clock::Free { origin, ticks }
    }

    /// Listens for a leader. A socket file that another run left is replaced.
    ///
    /// # Errors
    /// Where the path cannot be bound.
    pub fn led(path: &Path) -> io::Result<Clock> {
        // Only a socket: a slip in the configuration must not delete somebody's file.
        if std::fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket()) {
            std::fs::remove_file(path)?;
        }
        let listener = UnixListener::bind(path)?;
        // One frame: the leader waits for its answer before it sends the next.
        let (sender, frames) = mpsc::channel(1);
        let task = tokio::spawn(listen(listener, sender));
        Ok(Clock::Led(Listener {
            frames,
            task,
            path: path.to_owned(),
        }))
    }

    /// Whether a leader moves the time.
    pub fn is_led(&self) -> bool {
        matches!(self, Clock::Led(_))
    }

    /// The next beat. May be cancelled.
    pub async fn beat(&mut self) -> Beat {
        match self {
            Clock::Free { origin, ticks } => {
                ticks.tick().await;
                Beat::Free(origin.uptime())
            }
            Clock::Led(listener) => match listener.frames.recv().await {
                Some(frame) => Beat::Led(frame),
                // The listener is gone: uptime stands still for good.
                None => std::future::pending().await,
            },
        }
    }
}

/// One leader after the other.
async fn listen(listener: UnixListener, frames: mpsc::Sender<Frame>) {
    while !frames.is_closed() {
        match listener.accept().await {
            Ok((stream, _)) => {
                tracing::info!("clock: a leader is here");
                let why = follow(stream, &frames).await;
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
async fn follow(stream: UnixStream, frames: &mpsc::Sender<Frame>) -> String {
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    let mut bytes = [0; FRAME_BYTES];
    loop {
        if let Err(e) = read.read_exact(&mut bytes).await {
            return e.to_string();
        }
        let (frame, answer) = parse(&bytes);
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

fn parse(bytes: &[u8; FRAME_BYTES]) -> (Frame, oneshot::Receiver<u64>) {
    let mut words = [0u64; FRAME_BYTES / 8];
    for (word, chunk) in words.iter_mut().zip(bytes.chunks_exact(8)) {
        *word = chunk.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
    }
    let [receiver, attitude, signals, next, tag] = words;
    let (answer, answered) = oneshot::channel();
    let frame = Frame {
        consumed: [receiver, attitude, signals],
        next: Uptime(next as i64),
        tag,
        answer,
    };
    (frame, answered)
}
