//! The vehicle's bus by the kernel's own socket: frames with the time of their arrival, as the lines that the core reads.
//!
//! The problem: a bus is no line of bytes, it has states (down, left by its controller, gone with its adapter), and a program that
//! writes to it by mistake moves a vehicle. The answer: each frame becomes the line that `candump -L` would write, so that
//! what is recorded is read by every tool and judged once more by the same code; the kernel lets through only what the
//! configuration reads ([`filters`]), because a busy bus says fifty times as much; when anything breaks, the port is
//! unplugged until it is heard again, and whoever stands beside the vehicle reads what to do. Nothing is ever sent but questions
//! that the configuration declares: without them this end has no way to write at all.
//!
//! A frame's instant is the kernel's stamp of its arrival, carried over to the unit's uptime.
//!
//! Deliberately not here: what a frame means, bit rates and `listen-only` (of the interface: `ip link`), and errors of the bus
//! beyond their line (the core counts them).
use crate::clock::Origin;
use crate::ports::{Arrival, next};
use crate::texts::{self, Text};
use kaoguan_telemetry::Port;
use kaoguan_telemetry::units::Uptime;
use kaoguan_unit_core::can::{Id, j1939};
use kaoguan_unit_core::signals::Question;
use kaoguan_unit_core::{CanConfig, Frames};
use socketcan::dump::CanDumpRecord;
use socketcan::{CanAnyFrame, CanDataFrame, CanFdSocket, CanFilter, EmbeddedFrame, ExtendedId, StandardId};
use socketcan::{CanTimestamps, Socket, SocketOptions};
use std::io::{self, ErrorKind};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::io::unix::AsyncFd;
use tokio::sync::mpsc;

/// First and longest wait before the bus is opened again.
const REOPEN: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(2)];
/// A stamp older than this, or of the future, is a clock that was set: then now counts.
const STAMP_AGE_MAX: Duration = Duration::from_secs(1);
/// Bits of an identifier's word: of 29, asks for a frame.
const EXTENDED: u32 = 1 << 31;
const STANDARD_MASK: u32 = EXTENDED | 0x7FF;
const EXTENDED_MASK: u32 = EXTENDED | 0x1FFF_FFFF;
/// `errno` of Linux.
const ENODEV: i32 = 19;
const EAFNOSUPPORT: i32 = 97;
const ENETDOWN: i32 = 100;
const ENOBUFS: i32 = 105;

/// What opens a bus: the kernel, or a test's own end.
pub trait Driver: Send + 'static {
    /// A socket that gives whole frames (`struct can_frame` or `canfd_frame`) and does not block.
    ///
    /// # Errors
    /// Those of the system.
    fn open(&mut self) -> io::Result<CanFdSocket>;
}

/// The kernel's SocketCAN.
#[derive(Debug)]
pub struct Kernel {
    interface: String,
    filters: Vec<(u32, u32)>,
}

impl Kernel {
    /// Of this interface, with what the configuration reads.
    pub fn new(interface: &str, can: &CanConfig) -> Kernel {
        Kernel {
            interface: interface.to_owned(),
            filters: filters(can),
        }
    }
}

impl Driver for Kernel {
    fn open(&mut self) -> io::Result<CanFdSocket> {
        let socket = CanFdSocket::open(&self.interface)?;
        let filters: Vec<CanFilter> = self
            .filters
            .iter()
            .map(|(id, mask)| CanFilter::new(*id, *mask))
            .collect();
        socket.set_filters(&filters)?;
        socket.set_error_filter_accept_all()?;
        socket.set_recv_timestamp(true)?;
        Ok(socket)
    }
}

/// Words and masks of what is read: declared messages and groups, and OBD-II answers where a signal or a question needs them. Remote
/// frames of the same identifiers come along, to be counted.
pub fn filters(can: &CanConfig) -> Vec<(u32, u32)> {
    let group = |group: u32| (EXTENDED | group << 8, EXTENDED | j1939::GROUP_MASK);
    let mut filters = Vec::new();
    let mut answers = can.ask.is_some();
    for field in &can.fields {
        match field.frames {
            Frames::Of(Id::Standard(id)) => filters.push((u32::from(id), STANDARD_MASK)),
            Frames::Of(Id::Extended(id)) => filters.push((EXTENDED | id, EXTENDED_MASK)),
            Frames::Group(number) => filters.push(group(number)),
            Frames::Answers(_) => answers = true,
        }
    }
    if can.gear {
        filters.push(group(j1939::GEAR.group));
    }
    if answers {
        filters.extend([
            (0x7E8, EXTENDED | 0x7F8),
            (EXTENDED | 0x18DA_F100, EXTENDED | 0x1FFF_FF00),
        ]);
    }
    filters.sort_unstable();
    filters.dedup();
    filters
}

/// Reads one bus, for ever.
#[derive(Debug)]
pub struct Reader<D> {
    /// What opens it.
    pub driver: D,
    /// The interface's name, as lines have it.
    pub interface: String,
    /// Where uptime begins.
    pub origin: Origin,
    /// Where frames go.
    pub arrivals: mpsc::Sender<Arrival>,
    /// Hears of the first opening.
    pub opened: mpsc::Sender<Port>,
    /// What is asked; `None` where the bus is only listened to.
    pub questions: Option<mpsc::Receiver<Question>>,
}

impl<D: Driver> Reader<D> {
    /// Opens, reads, says once why not, and opens again at bounded intervals, until nobody wants the frames any more.
    pub async fn run(mut self) {
        let [first, longest] = REOPEN;
        let mut wait = first;
        let mut told = String::new();
        while !self.arrivals.is_closed() {
            let (heard, why) = match self.driver.open().and_then(non_blocking) {
                Ok(socket) => {
                    // Only the first opening is waited for.
                    let _ = self.opened.try_send(Port::Signals);
                    self.read(socket).await
                }
                Err(e) => (false, e),
            };
            if heard {
                (wait, told) = (first, String::new());
            }
            let why = remedy(&self.interface, &why);
            if why != told {
                tracing::warn!("{why}");
                told = why;
                self.hand_on(None, self.origin.uptime()).await;
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(longest);
        }
    }

    /// Reads until it breaks: whether anything was heard, and why it broke.
    async fn read(&mut self, socket: AsyncFd<CanFdSocket>) -> (bool, io::Error) {
        let mut heard = false;
        // Questions of before the bus was there are too old.
        while self.questions.as_mut().is_some_and(|asked| asked.try_recv().is_ok()) {}
        loop {
            tokio::select! {
                ready = socket.readable() => {
                    let read = ready.and_then(|mut ready| {
                        let read = ready.try_io(|socket| socket.get_ref().read_frame_with_timestamps());
                        read.unwrap_or(Err(ErrorKind::WouldBlock.into()))
                    });
                    match read {
                        Ok((frame, stamps)) => {
                            if !heard {
                                tracing::info!("Signals: {} is heard", self.interface);
                            }
                            heard = true;
                            self.frame(frame, stamps).await;
                        }
                        Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
                        Err(e) => return (heard, e),
                    }
                }
                Some(question) = next(&mut self.questions) => {
                    if let Err(e) = send(socket.get_ref(), question) {
                        return (heard, e);
                    }
                }
            }
            if self.arrivals.is_closed() {
                return (heard, ErrorKind::BrokenPipe.into());
            }
        }
    }

    async fn frame(&self, frame: CanAnyFrame, stamps: CanTimestamps) {
        let now = SystemTime::now();
        let age = stamps.socket.and_then(|stamp| now.duration_since(stamp).ok());
        let age = age.filter(|age| *age <= STAMP_AGE_MAX).unwrap_or_default();
        let since = (now - age).duration_since(UNIX_EPOCH).unwrap_or_default();
        let record = CanDumpRecord {
            t_us: u64::try_from(since.as_micros()).unwrap_or(0),
            device: self.interface.clone(),
            frame,
            direction: None,
        };
        let age = i64::try_from(age.as_micros()).unwrap_or(0);
        let at = Uptime(self.origin.uptime().0.saturating_sub(age));
        self.hand_on(Some(format!("{record}\n").into_bytes()), at).await;
    }

    async fn hand_on(&self, bytes: Option<Vec<u8>>, at: Uptime) {
        let port = Port::Signals;
        // Nobody wants it any more: `run` sees that.
        let _ = self.arrivals.send(Arrival { port, at, bytes }).await;
    }
}

#[allow(
    deprecated,
    reason = "its successor is `unsafe`, against descriptors that change while they are watched: a CanFdSocket owns one for life"
)]
fn non_blocking(socket: CanFdSocket) -> io::Result<AsyncFd<CanFdSocket>> {
    socket.set_nonblocking(true)?;
    AsyncFd::new(socket)
}

/// What finds no room on the bus is asked again.
fn send(socket: &CanFdSocket, question: Question) -> io::Result<()> {
    let Question::Frame(frame) = question else {
        return Ok(());
    };
    let frame = match frame.id {
        Id::Standard(id) => StandardId::new(id).and_then(|id| CanDataFrame::new(id, frame.data())),
        Id::Extended(id) => ExtendedId::new(id).and_then(|id| CanDataFrame::new(id, frame.data())),
    };
    match frame.map(|frame| socket.write_frame(&CanAnyFrame::Normal(frame))) {
        Some(Err(e)) if e.kind() != ErrorKind::WouldBlock && e.raw_os_error() != Some(ENOBUFS) => Err(e),
        _ => Ok(()),
    }
}

/// What is wrong, and what to do about it.
pub fn remedy(interface: &str, why: &io::Error) -> String {
    let text: Text = match why.raw_os_error() {
        Some(EAFNOSUPPORT) => texts::BUS_NO_SOCKETCAN,
        Some(ENODEV) => texts::BUS_NO_INTERFACE,
        Some(ENETDOWN) => texts::BUS_DOWN,
        _ => texts::BUS_BROKEN,
    };
    text.with(&[("interface", &interface), ("why", why)])
}
