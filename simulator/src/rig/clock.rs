//! The led clock: a unit's uptime moves only when the simulator says so.
//!
//! The unit listens on a Unix socket. A frame, little-endian: the bytes written so far to each of the three ports (and to a
//! trailer's receiver, where there is one), the next uptime in microseconds, a tag. The unit answers with the tag when it has read all those bytes (stamped
//! with the present uptime) and has moved on. So bytes between two answers have exactly one arrival time.
use std::io;
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::time::{Instant, sleep, timeout};

/// A unit that does not answer for so long is gone.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);

/// The leading end.
pub struct Leader {
    stream: UnixStream,
    tag: u64,
}

impl Leader {
    /// Connects, trying again until the unit listens or the patience ends.
    ///
    /// # Errors
    /// A sentence with the socket's path.
    pub async fn connect(socket: &Path, patience: Duration) -> io::Result<Leader> {
        let end = Instant::now() + patience;
        loop {
            match UnixStream::connect(socket).await {
                Ok(stream) => return Ok(Leader { stream, tag: 0 }),
                Err(e) if Instant::now() >= end => {
                    let text = format!(
                        "no unit listens on {} after {} s: {e}",
                        socket.display(),
                        patience.as_secs()
                    );
                    return Err(io::Error::new(e.kind(), text));
                }
                Err(_) => sleep(Duration::from_millis(50)).await,
            }
        }
    }

    /// Moves the unit to an uptime, after it has read everything written.
    ///
    /// # Errors
    /// Where the unit closes the socket, answers another tag or does not answer for 20 s.
    pub async fn lead(&mut self, consumed: &[u64], uptime_us: i64) -> io::Result<()> {
        self.tag += 1;
        let words = consumed.iter().map(|n| n.to_le_bytes());
        let words = words.chain([uptime_us.to_le_bytes(), self.tag.to_le_bytes()]);
        let frame: Vec<u8> = words.flatten().collect();
        self.stream.write_all(&frame).await?;
        let mut answer = [0; 8];
        let read = timeout(ANSWER_TIMEOUT, self.stream.read_exact(&mut answer)).await;
        read.map_err(|_| {
            let text = format!(
                "the unit has not answered for {} s; it was to read {consumed:?} bytes from receiver, attitude, signals and trailer",
                ANSWER_TIMEOUT.as_secs()
            );
            io::Error::new(io::ErrorKind::TimedOut, text)
        })??;
        let tag = u64::from_le_bytes(answer);
        if tag == self.tag {
            return Ok(());
        }
        let text = format!(
            "the unit answered tag {tag} to tag {}: is another simulator leading it?",
            self.tag
        );
        Err(io::Error::new(io::ErrorKind::InvalidData, text))
    }
}
