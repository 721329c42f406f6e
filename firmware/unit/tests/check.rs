//! `kaoguan-unit check` at real ptys, with devices that speak at one rate only.
mod support;

use std::time::{Duration, Instant};
use support::broker::{Broker, free_port};
use support::process::{Process, output};
use support::rig::Rig;
use support::sentences::{attitude, epoch, sentence, signals};
use tokio_serial::{SerialPort, SerialStream};

/// Devices that speak until the test is over, each at a pty.
struct Devices {
    runtime: tokio::runtime::Runtime,
    paths: Vec<String>,
    /// Of those that say nothing.
    silent: Vec<SerialStream>,
}

impl Devices {
    fn new() -> Devices {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        Devices {
            runtime,
            paths: Vec::new(),
            silent: Vec::new(),
        }
    }

    fn wire(&mut self) -> SerialStream {
        let _inside = self.runtime.enter();
        let (master, line) = SerialStream::pair().expect("a pty");
        self.paths.push(line.name().expect("a name"));
        master
    }

    /// One that says `what(n)` a hundred times a second; noise where the line has another rate than its own.
    fn add(&mut self, rate: u32, what: impl Fn(i64) -> Vec<u8> + Send + 'static) {
        let mut master = self.wire();
        self.runtime.spawn(async move {
            let mut ticks = tokio::time::interval(Duration::from_millis(10));
            for n in 0.. {
                ticks.tick().await;
                let mut bytes = what(n);
                if master.baud_rate().ok() != Some(rate) {
                    bytes.iter_mut().for_each(|byte| *byte = byte.rotate_left(3) ^ 0x5A);
                }
                // What a line that nobody reads cannot hold is lost, as on a wire.
                let _ = master.try_write(&bytes);
            }
        });
    }

    fn add_silent(&mut self) {
        let master = self.wire();
        self.silent.push(master);
    }

    /// The rig's file with these devices in the places of its first lines.
    fn file(&self, rig: &Rig) -> String {
        let lines = rig.wires.iter().zip(&self.paths);
        lines.fold(rig.file(), |text, (wire, path)| {
            text.replace(&format!("path = \"{}\"", wire.path), &format!("path = \"{path}\""))
        })
    }
}

/// Ten epochs a second out of a hundred calls, with sigmas.
fn receiver(n: i64) -> Vec<u8> {
    if n % 10 != 0 {
        return Vec::new();
    }
    let ms = n * 10;
    let mut bytes = epoch(ms);
    let (s, cs) = (ms / 1_000, ms % 1_000 / 10);
    let time = format!("{:02}{:02}{:02}.{cs:02}", 8 + s / 3_600, s / 60 % 60, s % 60);
    bytes.extend(sentence(&format!(
        "GNGST,{time},0.010,0.012,0.009,45.0,0.008,0.009,0.015"
    )));
    bytes
}

fn signal_box(n: i64) -> Vec<u8> {
    if n % 10 == 0 {
        signals((n / 10) as u8)
    } else {
        Vec::new()
    }
}

fn written(rig: &Rig, text: &str) -> std::path::PathBuf {
    let path = rig.folder.path().join("unit.toml");
    std::fs::write(&path, text).expect("written");
    path
}

fn checked(rig: &Rig, text: &str) -> (Option<i32>, String) {
    let output = output(&["check", "--seconds", "3"], &written(rig, text));
    (
        output.status.code(),
        String::from_utf8_lossy(&output.stdout).into_owned(),
    )
}

fn has(text: &str, wanted: &[&str]) {
    wanted
        .iter()
        .for_each(|wanted| assert!(text.contains(wanted), "{wanted:?} is not in\n{text}"));
}

#[test]
fn a_vehicle_that_is_wired_right_is_green() {
    let Some(broker) = Broker::start() else { return };
    let rig = Rig::new(broker.port, false);
    let mut devices = Devices::new();
    devices.add(115_200, receiver);
    devices.add(115_200, attitude);
    devices.add(115_200, signal_box);
    let (code, said) = checked(&rig, &devices.file(&rig));
    assert_eq!(code, Some(0), "{said}");
    assert!(!said.contains('✗'), "{said}");
    has(
        &said,
        &[
            "GNGGA",
            "GNGST",
            "GNHDT",
            "GNRMC",
            "position",
            "heading",
            "attitude",
            "signals",
            "it takes the connection",
            "MiB free",
        ],
    );
    // Ten a second, as far as three seconds of a busy machine tell: not thirty, not three.
    let rate = said
        .split("GNGGA ")
        .nth(1)
        .and_then(|rest| rest.split("/s").next())
        .expect("a rate");
    assert!((5.0..=20.0).contains(&rate.parse::<f64>().expect("a number")), "{rate}");
}

#[test]
fn a_wrong_rate_is_found_and_each_missing_thing_has_its_remedy() {
    let rig = Rig::new(free_port(), false);
    let mut devices = Devices::new();
    devices.add(460_800, receiver);
    // A sensor that gives ten frames a second, and a box that says nothing.
    devices.add(115_200, |n| if n % 10 == 0 { attitude(n) } else { Vec::new() });
    devices.add_silent();
    let (code, said) = checked(&rig, &devices.file(&rig));
    assert_eq!(code, Some(1), "{said}");
    has(
        &said,
        &[
            "460800",
            "write baud = \"460800 baud\" in [receiver]",
            "not one byte came",
            "set the sensor to 100 Hz",
            "no connection",
        ],
    );
}

#[test]
fn what_a_receiver_does_not_send_is_named() {
    let rig = Rig::new(free_port(), false);
    let mut devices = Devices::new();
    // Two positions a second, without heading, sigma or velocity.
    devices.add(115_200, |n| {
        let lines = epoch(n * 10);
        let gga = lines.windows(6).position(|w| w == b"$GNGGA").expect("a GGA");
        if n % 50 == 0 { lines[gga..].to_vec() } else { Vec::new() }
    });
    let (code, said) = checked(&rig, &devices.file(&rig));
    assert_eq!(code, Some(1), "{said}");
    has(
        &said,
        &["no heading", "no sigma", "no velocity", "set the receiver to 10 Hz"],
    );
}

#[test]
fn a_port_that_is_not_there_and_a_spool_that_cannot_be_are_told_and_faults_end_at_once() {
    let rig = Rig::new(free_port(), false);
    let text = rig.file();
    let spool = rig.folder.path().join("spool").to_string_lossy().into_owned();
    let away = text
        .replace("class = \"E\"", "class = \"A2\"")
        .replace(&rig.wires[0].path, "/dev/no-such-port")
        .replace(&spool, "/proc/no-such-spool");
    let (code, said) = checked(&rig, &away);
    assert_eq!(code, Some(1), "{said}");
    has(
        &said,
        &[
            "there is no port /dev/no-such-port",
            "cannot be written",
            "/proc/no-such-spool",
            "add [trailer] to the configuration",
        ],
    );
    let (code, said) = checked(&rig, &text.replace("check = \"xor\"", "check = \"guess\""));
    assert_eq!((code, said.as_str()), (Some(2), ""));
}

#[test]
fn a_unit_that_runs_is_asked_and_not_disturbed() {
    let rig = Rig::new(free_port(), false);
    let mut devices = Devices::new();
    // No sigma, and a box that says nothing.
    devices.add(115_200, |n| if n % 10 == 0 { epoch(n * 10) } else { Vec::new() });
    devices.add(115_200, attitude);
    devices.add_silent();
    let text = devices.file(&rig);
    let file = written(&rig, &text);
    let mut process = Process::start(&[], &file, &[]);
    let socket = rig.folder.path().join("spool/unit.sock");
    let end = Instant::now() + Duration::from_secs(30);
    while !socket.exists() {
        assert!(Instant::now() < end, "it does not start");
        std::thread::sleep(Duration::from_millis(20));
    }
    let (code, said) = checked(&rig, &text);
    assert_eq!(code, Some(1), "{said}");
    has(
        &said,
        &["the unit is running", "no sigma", "silent (NoBytes)", "no connection"],
    );
    assert!(!said.contains("no heading") && !said.contains("no velocity"), "{said}");
    let output = output(
        &["record", "--out", rig.folder.path().join("r").to_str().expect("text")],
        &file,
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(process.is_alive());
}
