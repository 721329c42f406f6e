//! The serial lines: bytes with the uptime of their arrival, and the news that a device is gone.
//!
//! One task a line reads, stamps and hands on; when the line breaks it says so once and opens it again, for ever, at
//! bounded intervals. The signal box's line is written to where it must be asked, the receiver's
//! where there are corrections for it. Lines are raw, 8N1; a pty is a line too. Deliberately not here: any meaning of a byte.
use crate::clock::Origin;
use crate::config::{Config, Line};
use crate::ntrip::queue::Outlet;
use kaoguan_telemetry::Port;
use kaoguan_telemetry::units::Uptime;
use kaoguan_unit_core::BYTES_PER_INPUT_MAX;
use kaoguan_unit_core::CanConfig;
use kaoguan_unit_core::signals::Question;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_serial::{DataBits, FlowControl, Parity, SerialPortBuilderExt, SerialStream, StopBits};

/// Reads that may wait for the core, 64 KiB: five seconds of one line at 115200 baud. When it is full the kernel holds
/// the bytes, and loses them after 4 KiB more.
const QUEUE: usize = 256;
/// First and longest wait before a line is opened again.
const REOPEN: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(2)];

/// Questions that may wait for the signal box's line: one is out at a time, so a second one is a line that does not write.
const QUESTIONS: usize = 2;

/// The ports that have a line, in the order in which one instant's bytes are handed to the core.
pub const LINES: [Port; 4] = [Port::Receiver, Port::Attitude, Port::Signals, Port::Trailer];

/// What came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Where.
    pub port: Port,
    /// When, on the machine's clock; of no meaning where a leader moves the time.
    pub at: Uptime,
    /// 1 to 256 bytes; `None`: the device is gone.
    pub bytes: Option<Vec<u8>>,
}

/// All lines of the unit.
#[derive(Debug)]
pub struct Ports {
    arrivals: mpsc::Receiver<Arrival>,
    opened: mpsc::Receiver<Port>,
    lines: usize,
    questions: mpsc::Sender<Question>,
    _tasks: JoinSet<()>,
}

impl Ports {
    /// Starts a reader for each line; a signal box on the receiver's own path needs none.
    pub fn open(config: &Config, origin: Origin) -> Ports {
        Ports::open_with(config, origin, None)
    }

    /// The same, with corrections for the receiver's line.
    pub fn open_with(config: &Config, origin: Origin, mut corrections: Option<Outlet>) -> Ports {
        let (sender, arrivals) = mpsc::channel(QUEUE);
        let (opened_sender, opened) = mpsc::channel(LINES.len());
        let (questions, asked) = mpsc::channel(QUESTIONS);
        let mut asked = Some(asked);
        let mut tasks = JoinSet::new();
        let own = |port: Port| port != Port::Signals || !config.shares_line();
        for (port, line) in config.lines().filter(|(port, _)| own(*port)) {
            if let Some(can) = config.bus().filter(|_| port == Port::Signals) {
                let (arrivals, opened) = (sender.clone(), opened_sender.clone());
                let questions = asked.take().filter(|_| can.ask.is_some());
                spawn_bus(&mut tasks, can, (origin, arrivals, opened, questions));
                continue;
            }
            let reader = Reader {
                port,
                line: line.clone(),
                origin,
                arrivals: sender.clone(),
                opened: opened_sender.clone(),
                writes: match port {
                    Port::Signals => asked.take().map_or(Writes::Nothing, Writes::Questions),
                    Port::Receiver => corrections.take().map_or(Writes::Nothing, Writes::Corrections),
                    _ => Writes::Nothing,
                },
            };
            tasks.spawn(reader.run());
        }
        Ports {
            arrivals,
            opened,
            lines: tasks.len(),
            questions,
            _tasks: tasks,
        }
    }

    /// Returns when every line has been opened once: from then on no byte is lost to a terminal's default settings.
    pub async fn all_opened(&mut self) {
        for _ in 0..self.lines {
            self.opened.recv().await;
        }
    }

    /// Where the shell puts what must be written to the signal box's line.
    pub fn questions(&self) -> mpsc::Sender<Question> {
        self.questions.clone()
    }

    /// The next arrival. May be cancelled.
    pub async fn next(&mut self) -> Option<Arrival> {
        self.arrivals.recv().await
    }
}

/// Where a reader's words go, and where its questions come from.
type Ends = (
    Origin,
    mpsc::Sender<Arrival>,
    mpsc::Sender<Port>,
    Option<mpsc::Receiver<Question>>,
);

#[cfg(target_os = "linux")]
fn spawn_bus(tasks: &mut JoinSet<()>, can: &CanConfig, (origin, arrivals, opened, questions): Ends) {
    let interface = String::from_utf8_lossy(&can.bus).into_owned();
    let reader = crate::bus::Reader {
        driver: crate::bus::Kernel::new(&interface, can),
        interface,
        origin,
        arrivals,
        opened,
        questions,
    };
    tasks.spawn(reader.run());
}

/// Its port is unplugged for ever.
#[cfg(not(target_os = "linux"))]
fn spawn_bus(tasks: &mut JoinSet<()>, _: &CanConfig, (origin, arrivals, _opened, _): Ends) {
    tracing::warn!("{}", crate::texts::BUS_NOT_LINUX);
    let (port, at) = (Port::Signals, origin.uptime());
    tasks.spawn(async move {
        let _ = arrivals.send(Arrival { port, at, bytes: None }).await;
    });
}

struct Reader {
    port: Port,
    line: Line,
    origin: Origin,
    arrivals: mpsc::Sender<Arrival>,
    opened: mpsc::Sender<Port>,
    writes: Writes,
}

/// What a line is written.
enum Writes {
    /// It only speaks.
    Nothing,
    /// What it is asked.
    Questions(mpsc::Receiver<Question>),
    /// Whole frames.
    Corrections(Outlet),
}

impl Reader {
    async fn run(mut self) {
        let [first, longest] = REOPEN;
        let mut wait = first;
        let mut is_told = false;
        loop {
            match open(&self.line) {
                Ok(stream) => {
                    tracing::info!("{:?}: {} is open", self.port, self.line.path.display());
                    // Only the first opening is waited for.
                    let _ = self.opened.try_send(self.port);
                    let why = self.follow(stream).await;
                    tracing::warn!("{:?}: {} is gone ({why})", self.port, self.line.path.display());
                    (wait, is_told) = (first, false);
                }
                Err(e) if !is_told => tracing::warn!("{:?}: {}: {e}", self.port, self.line.path.display()),
                Err(_) => {}
            }
            if !is_told && self.hand_on(None).await.is_err() {
                return;
            }
            is_told = true;
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(longest);
        }
    }

    /// Reads and writes until the line breaks; why it did.
    async fn follow(&mut self, stream: SerialStream) -> String {
        let (input, output) = tokio::io::split(stream);
        let mut writes = std::mem::replace(&mut self.writes, Writes::Nothing);
        let baud = self.line.baud;
        let why = tokio::select! {
            why = self.read(input) => why,
            why = writes.write(output, baud) => why,
        };
        self.writes = writes;
        why
    }

    async fn read(&self, mut stream: impl AsyncRead + Unpin) -> String {
        let mut buffer = [0; BYTES_PER_INPUT_MAX];
        loop {
            match stream.read(&mut buffer).await {
                Ok(0) => return "closed".into(),
                Ok(n) => {
                    if self.hand_on(buffer.get(..n).map(<[u8]>::to_vec)).await.is_err() {
                        return "the unit stops".into();
                    }
                }
                Err(e) => return e.to_string(),
            }
        }
    }

    async fn hand_on(&self, bytes: Option<Vec<u8>>) -> Result<(), mpsc::error::SendError<Arrival>> {
        self.arrivals
            .send(Arrival {
                port: self.port,
                at: self.origin.uptime(),
                bytes,
            })
            .await
    }
}

/// The next question, where there is a line of them; waits for ever where there is none.
pub(crate) async fn next(questions: &mut Option<mpsc::Receiver<Question>>) -> Option<Question> {
    match questions {
        Some(questions) => questions.recv().await,
        None => std::future::pending().await,
    }
}

impl Writes {
    /// Writes what there is until the line breaks. What waits since before the line was there is too old.
    async fn write(&mut self, mut line: impl AsyncWrite + Unpin, baud: u32) -> String {
        let broken = match self {
            Writes::Nothing => std::future::pending().await,
            Writes::Questions(asked) => {
                while asked.try_recv().is_ok() {}
                questions(asked, &mut line).await
            }
            Writes::Corrections(outlet) => {
                outlet.clear();
                corrections(outlet, &mut line, baud).await
            }
        };
        match broken {
            Ok(()) => "the unit stops".into(),
            Err(e) => e.to_string(),
        }
    }
}

/// A line takes bytes; a frame is for a bus.
async fn questions(asked: &mut mpsc::Receiver<Question>, line: &mut (impl AsyncWrite + Unpin)) -> std::io::Result<()> {
    while let Some(question) = asked.recv().await {
        if let Question::Bytes(bytes) = question {
            line.write_all(&bytes).await?;
        }
    }
    Ok(())
}

/// One frame at a time, and the next when the line has had the time for this one: else the kernel's own buffer would hold four seconds
/// of old ones, where nobody can let the newer win.
async fn corrections(outlet: &mut Outlet, line: &mut (impl AsyncWrite + Unpin), baud: u32) -> std::io::Result<()> {
    loop {
        let frame = outlet.next().await;
        line.write_all(&frame).await?;
        // Eight data bits, a start and a stop bit.
        let bits = 10 * frame.len() as u64;
        tokio::time::sleep(Duration::from_micros(bits * 1_000_000 / u64::from(baud.max(1)))).await;
    }
}

/// Opens a line raw, for this process alone.
///
/// # Errors
/// The operating system's.
pub fn open(line: &Line) -> tokio_serial::Result<SerialStream> {
    tokio_serial::new(line.path.to_string_lossy(), line.baud)
        .data_bits(DataBits::Eight)
        .parity(Parity::None)
        .stop_bits(StopBits::One)
        .flow_control(FlowControl::None)
        .open_native_async()
}
