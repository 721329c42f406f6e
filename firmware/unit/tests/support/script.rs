//! A caster that does what a script says, over a pipe instead of a network: so that the tests' clock may stand still.
use kaoguan_unit::ntrip::client::{Client, Sink, State};
use kaoguan_unit::ntrip::dial::{Dial, Way};
use kaoguan_unit::ntrip::{Source, Version};
use kaoguan_unit_core::crc24::crc24;
use kaoguan_unit_core::rtcm::Frame;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

#[derive(Debug, Clone)]
pub enum Act {
    Say(Vec<u8>),
    /// One byte a piece.
    Drip(Vec<u8>),
    Wait(Duration),
    /// Says it again each second, for ever.
    Each(Vec<u8>),
    /// Stays connected and says nothing.
    Hold,
}

/// What the client did.
#[derive(Debug, Default)]
pub struct Seen {
    pub dials: Vec<Instant>,
    /// All bytes of each connection.
    pub said: Vec<Vec<u8>>,
}

/// Each connection has the script of its number, and the last one all that follow; without a script it is not there.
#[derive(Clone)]
pub struct Script {
    scripts: Arc<Vec<Vec<Act>>>,
    pub seen: Arc<Mutex<Seen>>,
}

impl Script {
    pub fn new(scripts: Vec<Vec<Act>>) -> Script {
        Script {
            scripts: Arc::new(scripts),
            seen: Arc::default(),
        }
    }

    pub fn seen<T>(&self, look: impl FnOnce(&Seen) -> T) -> T {
        look(&self.seen.lock().expect("not poisoned"))
    }
}

impl Dial for Script {
    async fn dial(&self, _: &Source) -> io::Result<Box<dyn Way>> {
        let number = {
            let mut seen = self.seen.lock().expect("not poisoned");
            seen.dials.push(Instant::now());
            seen.said.push(Vec::new());
            seen.dials.len() - 1
        };
        let Some(script) = self.scripts.get(number).or(self.scripts.last()) else {
            return Err(io::Error::from(io::ErrorKind::ConnectionRefused));
        };
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        tokio::spawn(play(theirs, script.clone(), self.seen.clone(), number));
        Ok(Box::new(ours))
    }
}

async fn play(way: DuplexStream, script: Vec<Act>, seen: Arc<Mutex<Seen>>, number: usize) {
    let (mut input, mut output) = tokio::io::split(way);
    let (asked, is_asked) = tokio::sync::oneshot::channel();
    let listening = async move {
        let mut asked = Some(asked);
        let mut piece = [0; 1_024];
        while let Ok(read @ 1..) = input.read(&mut piece).await {
            let mut seen = seen.lock().expect("not poisoned");
            seen.said[number].extend(&piece[..read]);
            if seen.said[number].windows(4).any(|w| w == b"\r\n\r\n")
                && let Some(asked) = asked.take()
            {
                let _ = asked.send(());
            }
        }
    };
    let speaking = async move {
        let _ = is_asked.await;
        for act in script {
            let said = match act {
                Act::Say(bytes) => output.write_all(&bytes).await,
                Act::Drip(bytes) => drip(&mut output, &bytes).await,
                Act::Wait(span) => {
                    tokio::time::sleep(span).await;
                    Ok(())
                }
                Act::Each(bytes) => loop {
                    if let Err(e) = output.write_all(&bytes).await {
                        break Err(e);
                    }
                    tokio::time::sleep(Duration::from_secs(1)).await;
                },
                Act::Hold => std::future::pending().await,
            };
            if said.is_err() {
                return;
            }
        }
        let _ = output.shutdown().await;
    };
    tokio::select! {
        () = listening => {}
        () = speaking => {}
    }
}

async fn drip(output: &mut (impl AsyncWriteExt + Unpin), bytes: &[u8]) -> io::Result<()> {
    for byte in bytes {
        output.write_all(&[*byte]).await?;
        output.flush().await?;
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// All frames that a client let through.
#[derive(Clone, Default)]
pub struct Frames(Arc<Mutex<Vec<u8>>>);

impl Frames {
    pub fn bytes(&self) -> Vec<u8> {
        self.0.lock().expect("not poisoned").clone()
    }
}

impl Sink for Frames {
    fn take(&mut self, frame: Frame<'_>) -> u64 {
        self.0.lock().expect("not poisoned").extend(frame.bytes());
        0
    }
}

/// A client that runs on a script, until it is dropped.
pub struct Run {
    pub frames: Frames,
    pub state: watch::Receiver<State>,
    pub place: watch::Sender<Option<String>>,
    _task: JoinSet<()>,
}

impl Run {
    pub fn start(dial: impl Dial + Send + Sync + 'static, source: Source) -> Run {
        let frames = Frames::default();
        let (state_in, state) = watch::channel(State::default());
        let (place, seen) = watch::channel(None);
        let mut task = JoinSet::new();
        task.spawn(Client::new(dial, source, seen, state_in, frames.clone()).run());
        Run {
            frames,
            state,
            place,
            _task: task,
        }
    }

    pub fn trouble(&self) -> String {
        self.state.borrow().trouble.clone().unwrap_or_default()
    }
}

pub fn source() -> Source {
    Source {
        host: "127.0.0.1".into(),
        port: 2_101,
        mount: "SQUARE".into(),
        version: Version::V2,
        login: None,
        tls: None,
        gga_each: Some(Duration::from_secs(10)),
        base: None,
    }
}

/// A frame around a payload.
pub fn frame(payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0xD3];
    frame.extend((payload.len() as u16).to_be_bytes());
    frame.extend(payload);
    let crc = frame.iter().fold(0, |crc, byte| crc24(crc, *byte));
    frame.extend(&crc.to_be_bytes()[1..]);
    frame
}

/// Three different ones: observations, where the base stands (the standard's example), and a long one.
pub fn frames() -> [Vec<u8>; 3] {
    let base = b"\x3e\xd7\xd3\x02\x02\x98\x0e\xde\xef\x34\xb4\xbd\x62\xac\x09\x41\x98\x6f\x33";
    [frame(&[0x43, 0x20, 0, 0, 0, 0, 0, 9]), frame(base), frame(&[0x46; 900])]
}

/// Bytes in chunks of `length`.
pub fn chunked(bytes: &[u8], length: usize) -> Vec<u8> {
    let chunk = |part: &[u8]| [format!("{:X}\r\n", part.len()).as_bytes(), part, b"\r\n"].concat();
    bytes.chunks(length).flat_map(chunk).collect()
}

pub const HTTP: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: gnss/data\r\nTransfer-Encoding: chunked\r\n\r\n";
