//! The vehicle's bus by the kernel's socket: its frames as real bytes (`struct can_frame`, 16, and `struct canfd_frame`, 72) through a
//! pair of sockets, because not every machine that runs tests has a bus.
#![cfg(target_os = "linux")]
use kaoguan_telemetry::units::Uptime;
use kaoguan_telemetry::{Port, Reading, Signal};
use kaoguan_unit::Config;
use kaoguan_unit::bus::{Driver, Kernel, Reader, filters, remedy};
use kaoguan_unit::clock::Origin;
use kaoguan_unit::ports::Arrival;
use kaoguan_unit_core::can::{CanFrame, Id};
use kaoguan_unit_core::signals::Question;
use kaoguan_unit_core::{Input, Output, Unit};
use socketcan::CanFdSocket;
use std::collections::VecDeque;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc;

const EXAMPLE: &str = include_str!("../unit.example.toml");
const EXTENDED: u32 = 1 << 31;
const REMOTE: u32 = 1 << 30;
const ERROR: u32 = 1 << 29;
const BUS_OFF: u32 = 0x40;

/// As the kernel lays it out: identifier's word, length, three bytes of nothing, eight of data.
fn classic(word: u32, data: &[u8]) -> Vec<u8> {
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&word.to_ne_bytes());
    bytes[4] = data.len() as u8;
    bytes[8..8 + data.len()].copy_from_slice(data);
    bytes.into()
}

/// The same of CAN FD: its flags in the place of the first nothing, and 64 of data.
fn fd(word: u32, flags: u8, data: &[u8]) -> Vec<u8> {
    let mut bytes = [0; 72];
    bytes[..4].copy_from_slice(&word.to_ne_bytes());
    bytes[4] = data.len() as u8;
    bytes[5] = flags;
    bytes[8..8 + data.len()].copy_from_slice(data);
    bytes.into()
}

/// Opens what it is given, in turn; then nothing.
#[derive(Clone, Default)]
struct Ends(Arc<Mutex<VecDeque<io::Result<UnixDatagram>>>>);

impl Ends {
    /// The other end of the next opening.
    fn opens(&self) -> UnixDatagram {
        let (near, far) = UnixDatagram::pair().expect("a pair");
        near.set_nonblocking(true).expect("set");
        self.0.lock().expect("whole").push_back(Ok(far));
        near
    }

    fn fails(&self, errno: i32) {
        self.0
            .lock()
            .expect("whole")
            .push_back(Err(io::Error::from_raw_os_error(errno)));
    }
}

impl Driver for Ends {
    fn open(&mut self) -> io::Result<CanFdSocket> {
        let next = self.0.lock().expect("whole").pop_front();
        let end = next.unwrap_or_else(|| Err(io::Error::from_raw_os_error(19)))?;
        Ok(CanFdSocket::from(OwnedFd::from(end)))
    }
}

struct Rig {
    arrivals: mpsc::Receiver<Arrival>,
    questions: mpsc::Sender<Question>,
}

fn start(driver: Ends, asks: bool) -> Rig {
    let (sender, arrivals) = mpsc::channel(64);
    let (opened, _) = mpsc::channel(4);
    let (questions, asked) = mpsc::channel(2);
    let reader = Reader {
        driver,
        interface: "can0".into(),
        origin: Origin::now(),
        arrivals: sender,
        opened,
        questions: asks.then_some(asked),
    };
    tokio::spawn(reader.run());
    Rig { arrivals, questions }
}

impl Rig {
    /// The next line without its time; `None`: unplugged.
    async fn line(&mut self) -> Option<String> {
        let next = tokio::time::timeout(Duration::from_secs(10), self.arrivals.recv());
        let arrival = next.await.expect("in time").expect("it runs");
        assert_eq!(arrival.port, Port::Signals);
        let text = String::from_utf8(arrival.bytes?).expect("text");
        let (time, rest) = text.split_once(' ').expect("a time");
        assert!(
            time.starts_with('(') && time.ends_with(')') && rest.ends_with('\n'),
            "{text}"
        );
        Some(rest.trim_end().to_owned())
    }
}

#[tokio::test]
async fn frames_become_the_lines_of_a_logger() {
    let ends = Ends::default();
    let bus = ends.opens();
    let mut rig = start(ends, false);
    let long: Vec<u8> = (0..64).collect();
    let digits: String = long.iter().map(|byte| format!("{byte:02X}")).collect();
    for (bytes, line) in [
        (classic(0x2C1, &[8, 0, 0xDE, 1]), "can0 2C1#0800DE01".to_owned()),
        (classic(EXTENDED | 0x18FE_F100, &[4]), "can0 18FEF100#04".into()),
        (classic(0x7, &[]), "can0 007#".into()),
        (classic(REMOTE | 0x123, &[]), "can0 123#R".into()),
        (fd(0x123, 1, &[0x11, 0x22]), "can0 123##51122".into()),
        (
            fd(EXTENDED | 0x1FFF_FFFF, 3, &long),
            format!("can0 1FFFFFFF##7{digits}"),
        ),
        (
            classic(ERROR | BUS_OFF, &[0; 8]),
            "can0 20000040#0000000000000000".into(),
        ),
    ] {
        bus.send(&bytes).expect("sent");
        assert_eq!(rig.line().await.as_deref(), Some(&line[..]));
    }
}

#[tokio::test]
async fn a_bus_that_goes_down_is_unplugged_once_and_heard_again() {
    let ends = Ends::default();
    let first = ends.opens();
    // Down, down, gone with its adapter, gone; then back.
    [100, 100, 19, 19].into_iter().for_each(|errno| ends.fails(errno));
    let second = ends.opens();
    let mut rig = start(ends, false);
    first.send(&classic(0x10, &[1])).expect("sent");
    assert_eq!(rig.line().await.as_deref(), Some("can0 010#01"));
    // What is no frame breaks it.
    first.send(&[0; 7]).expect("sent");
    assert_eq!(rig.line().await, None, "it broke");
    assert_eq!(rig.line().await, None, "it is down");
    assert_eq!(rig.line().await, None, "it is gone");
    second.send(&classic(0x10, &[2])).expect("sent");
    assert_eq!(
        rig.line().await.as_deref(),
        Some("can0 010#02"),
        "nothing is said twice"
    );
}

#[tokio::test]
async fn nothing_is_written_but_a_declared_question() {
    let frame = CanFrame::new(Id::Standard(0x7DF), &[2, 1, 0x0C, 0, 0, 0, 0, 0]).expect("a frame");
    let heard = |bus: &UnixDatagram| {
        let mut bytes = [0; 100];
        bus.recv(&mut bytes).map(|n| bytes[..n].to_vec()).ok()
    };
    for asks in [false, true] {
        let ends = Ends::default();
        let bus = ends.opens();
        let mut rig = start(ends, asks);
        bus.send(&classic(0x10, &[1])).expect("sent");
        rig.line().await;
        let _ = rig.questions.send(Question::Bytes([7; 8])).await;
        let _ = rig.questions.send(Question::Frame(frame)).await;
        for byte in 0..20 {
            bus.send(&classic(0x10, &[byte])).expect("sent");
            rig.line().await;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let expected = asks.then(|| classic(0x7DF, &[2, 1, 0x0C, 0, 0, 0, 0, 0]));
        assert_eq!((heard(&bus), heard(&bus)), (expected, None), "asks: {asks}");
    }
}

#[test]
fn this_machines_kernel_opens_no_such_bus_and_says_what_to_do() {
    let config = with("");
    let error = Kernel::new("kgnone0", config.bus().expect("a bus"))
        .open()
        .expect_err("there is none");
    let said = remedy("kgnone0", &error);
    match error.raw_os_error() {
        Some(97) => assert!(said.contains("modprobe can_raw") && said.contains("内核没有"), "{said}"),
        Some(19) => assert!(
            said.contains("ip -details link") && said.contains("没有这个接口"),
            "{said}"
        ),
        _ => panic!("{error}"),
    }
    for (errno, part) in [
        (97, "modprobe"),
        (19, "Is the adapter plugged in?"),
        (100, "ip link set can0 up"),
        (1, "can0"),
    ] {
        let said = remedy("can0", &io::Error::from_raw_os_error(errno));
        assert!(said.contains(part), "{said}");
    }
}

fn with(more: &str) -> Config {
    Config::parse(&text(more), "can.toml").unwrap_or_else(|e| panic!("{e}"))
}

fn text(more: &str) -> String {
    let (before, _) = EXAMPLE.split_once("[signal_box]").expect("a section");
    format!(
        "{before}[signal_box]\ndialect = \"can\"\ninterface = \"can0\"\nlatency = \"1 ms\"\n{more}\n[signal_box.signals]\n\
         engine_running = {{ obd = \"engine_speed\", value = \"400 rpm\", on_when = \"at_least\" }}\n\
         parking_brake = {{ j1939 = \"parking_brake\", on_when = \"equal\" }}\n"
    )
}

const ASK: &str = "[signal_box.ask]\npids = [\"engine_speed\", \"speed\"]\n";

#[test]
fn the_file_says_what_is_heard_and_what_is_asked() {
    let config = with(ASK);
    let can = config.bus().expect("a bus");
    assert!(can.is_proven && can.ask.is_some());
    assert_eq!(&can.bus[..], b"can0");
    let expected = [
        (0x7E8, EXTENDED | 0x7F8),
        (EXTENDED | 65_265 << 8, EXTENDED | 0x03FF_FF00),
        (EXTENDED | 0x18DA_F100, EXTENDED | 0x1FFF_FF00),
    ];
    assert_eq!(filters(can), expected);
    assert!(
        with("").bus().expect("a bus").ask.is_none(),
        "nothing is asked by default"
    );
    for (more, part) in [
        ("path = \"/dev/ttyUSB2\"", "not from both"),
        ("bus = \"can1\"", "not from both"),
        ("[signal_box.ask]\npids = [\"speed\"]", "needs engine_speed"),
        ("[signal_box.ask]\npids = [\"speeed\"]", "must be a list of these"),
        ("[signal_box.ask]\npids = []", "must be a list of these"),
        ("[signal_box.ask]\npids = [\"speed\", \"speed\"]", "each once"),
        (
            "[signal_box.ask]\npids = [\"engine_speed\"]\nbits = 12",
            "11 bits or 29",
        ),
        ("[signal_box.ask]\npids = [\"engine_speed\"]\nunit = 8", "from 0 to 7"),
        (
            "[signal_box.ask]\npids = [\"engine_speed\"]\nevery = \"10 ms\"",
            "50 ms to 1 s",
        ),
        (
            "[signal_box.ask]\npids = [\"engine_speed\", \"speed\"]\nevery = \"400 ms\"",
            "would not be known",
        ),
    ] {
        let said = Config::parse(&text(more), "bad.toml").expect_err(more).to_string();
        assert!(
            said.contains(part) && said.contains("1 faults"),
            "{part} is not in:\n{said}"
        );
    }
    let lines = text(ASK).replace(
        "interface = \"can0\"",
        "path = \"/dev/ttyUSB2\"\nbaud = \"115200 baud\"\nbus = \"can0\"",
    );
    let said = Config::parse(&lines, "bad.toml").expect_err("not asked").to_string();
    assert!(said.contains("cannot be asked"), "{said}");
}

/// From the kernel's bytes to a sample: proven, and unknown at once when the controller leaves the bus.
#[tokio::test]
async fn a_sample_is_proven_and_bus_off_makes_it_unknown() {
    let ends = Ends::default();
    let bus = ends.opens();
    let mut rig = start(ends, false);
    let mut unit = Unit::new(with("").core);
    let brake = EXTENDED | 0x18FE_F127;
    let mut said = Vec::new();
    for (n, bytes) in [
        classic(brake, &[0x04, 255, 255, 255, 255, 255, 255, 255]),
        classic(brake, &[0x04]),
        classic(brake, &[]),
        classic(0x7E8, &[4, 0x41, 0x0C, 0x0C, 0x80]),
        classic(ERROR | BUS_OFF, &[0; 8]),
    ]
    .into_iter()
    .enumerate()
    {
        bus.send(&bytes).expect("sent");
        let line = rig.line().await.expect("a line");
        let at = Uptime(n as i64 * 60_000);
        let bytes = format!("(1.000000) {line}\n").into_bytes();
        let bytes = &bytes[..];
        unit.handle(Input::Serial {
            port: Port::Signals,
            at,
            bytes,
        });
        while let Some(output) = unit.poll() {
            if let Output::Sample(sample) = output
                && let Reading::Signals(signals) = sample.reading
            {
                assert!(signals.proven);
                said.push((signals.get(Signal::ParkingBrake), signals.get(Signal::EngineRunning)));
            }
        }
    }
    let expected = [
        (Some(true), None),
        (Some(true), None),
        (None, None),
        (None, Some(true)),
        (None, None),
    ];
    assert_eq!(said, expected);
}

/// A control unit at the bus's other end: answers what is asked of all, in the kernel's bytes.
fn control_unit(bus: UnixDatagram) {
    let mut asked = [0; 100];
    bus.set_nonblocking(false).expect("set");
    while let Ok(16) = bus.recv(&mut asked) {
        let word = u32::from_ne_bytes([asked[0], asked[1], asked[2], asked[3]]);
        assert_eq!((word, asked[4], asked[8], asked[9]), (0x7DF, 8, 2, 1), "{asked:?}");
        let answer: &[u8] = match asked[10] {
            // It supports 0C and 0D.
            0 => &[6, 0x41, 0, 0, 0x18, 0, 0],
            0x0C => &[4, 0x41, 0x0C, 0x0C, 0x80],
            0x0D => &[3, 0x41, 0x0D, 30],
            other => panic!("{other:#X} is asked"),
        };
        if bus.send(&classic(0x7E8, answer)).is_err() {
            return;
        }
    }
}

/// Question and answer all the way: core, socket, control unit, socket, core.
#[tokio::test]
async fn a_vehicle_that_is_asked_says_that_its_engine_runs() {
    let ends = Ends::default();
    let bus = ends.opens();
    let mut rig = start(ends, true);
    std::thread::spawn(move || control_unit(bus));
    // The reader forgets questions of before it was open.
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut unit = Unit::new(with(ASK).core);
    let mut runs = 0;
    for ms in 0..3_000i64 {
        let at = Uptime(ms * 1_000);
        unit.handle(Input::Tick { at });
        while let Ok(arrival) = rig.arrivals.try_recv() {
            let (port, bytes) = (arrival.port, arrival.bytes.expect("bytes"));
            unit.handle(Input::Serial {
                port,
                at,
                bytes: &bytes,
            });
        }
        while let Some(output) = unit.poll() {
            match output {
                Output::Ask { question, .. } => rig.questions.send(question).await.expect("it runs"),
                Output::Sample(sample) => match sample.reading {
                    Reading::Signals(signals) => {
                        assert_eq!(signals.get(Signal::EngineRunning), Some(true));
                        runs += 1;
                    }
                    _ => continue,
                },
                Output::Say(_) => continue,
            }
        }
        tokio::time::sleep(Duration::from_micros(300)).await;
    }
    let counts = unit.counters().signals.bus;
    // A busy machine is late now and then: what was missed is asked again.
    assert!(runs >= 3 && counts.answered >= 6, "{runs} {counts:?}");
    assert_eq!((counts.refused, counts.of_several_frames), (0, 0), "{counts:?}");
}
