//! `kaoguan-unit check` of corrections: what a caster says, what it sends, and whether its base is the one it should be.
mod support;

use kaoguan_unit::ntrip::caster::{Caster, CasterConfig};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use support::broker::free_port;
use support::process::{Process, output};
use support::rig::{Rig, Wire};
use support::script::{frame, frames};
use support::sentences::epoch;

/// Where the standard's example, which [`frames`] has, says that its base stands.
const STANDARD: &str = "base = \"1114104.5999 -4850729.7108 3975521.4643 m\"";

/// A square's caster on a base's line that says `what` each 100 ms, as long as this lives.
struct Square {
    port: u16,
    _runtime: tokio::runtime::Runtime,
}

impl Square {
    fn new(what: Vec<u8>) -> Square {
        let mut base = Wire::new();
        let text = format!(
            "[caster]\nlisten = \"127.0.0.1:0\"\nmount = \"SQUARE\"\n[users]\nmoto-1 = \"sesame\"\n[base]\npath = {:?}\nbaud = \"115200 baud\"\n",
            base.path
        );
        let config = CasterConfig::parse(&text, "caster.toml").unwrap_or_else(|e| panic!("{e}"));
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let caster = runtime.block_on(async { Caster::start(config) }).expect("a free port");
        let port = caster.address().expect("it listens").port();
        runtime.spawn(caster.run(std::future::pending::<()>()));
        runtime.spawn(async move {
            loop {
                if base.master.write_all(&what).is_err() {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        });
        Square {
            port,
            _runtime: runtime,
        }
    }
}

/// A caster that gives each visitor these bytes and then stays silent, or closes.
fn saying(what: &'static [u8], is_held: bool) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    std::thread::spawn(move || {
        let mut held = Vec::new();
        while let Ok((mut stream, _)) = listener.accept() {
            let _ = stream.read(&mut [0; 1_024]);
            let _ = stream.write_all(what);
            held.extend(is_held.then_some(stream));
        }
    });
    port
}

fn written(rig: &Rig, port: u16, more: &str) -> PathBuf {
    let path = rig.folder.path().join("unit.toml");
    let text = format!(
        "{}\n[corrections]\nhost = \"127.0.0.1\"\nport = {port}\n{more}\n",
        rig.file()
    );
    std::fs::write(&path, text).expect("written");
    path
}

const KNOWN: &str = "mount = \"SQUARE\"\nusername = \"moto-1\"\npassword = \"sesame\"\n";

/// The row of the corrections: its first line begins with its mark.
fn row_of(rig: &Rig, file: &PathBuf, seconds: &str) -> String {
    let output = output(&["check", "--seconds", seconds], file);
    assert_eq!(output.status.code(), Some(1), "the rig's lines are silent");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut row = said.lines().skip_while(|line| !line.contains("差分数据 / corrections"));
    let title = row
        .next()
        .unwrap_or_else(|| panic!("no row of {}:\n{said}", rig.broker));
    let lines: Vec<&str> = row.take_while(|line| line.starts_with("      ")).collect();
    format!("{title}\n{}", lines.join("\n"))
}

fn row(port: u16, more: &str) -> String {
    let rig = Rig::new(free_port(), false);
    let file = written(&rig, port, more);
    row_of(&rig, &file, "2")
}

fn has(row: &str, mark: char, wanted: &[&str]) {
    assert!(row.starts_with(mark), "{row}");
    wanted
        .iter()
        .for_each(|wanted| assert!(row.contains(wanted), "{wanted:?} is not in\n{row}"));
}

#[test]
fn what_comes_is_told_with_its_rates_and_a_base_in_its_place_is_green() {
    let [observation, base, _] = frames();
    let square = Square::new([observation, base].concat());
    let said = row(square.port, &format!("{KNOWN}{STANDARD}"));
    has(
        &said,
        '✓',
        &[
            "SQUARE at 127.0.0.1",
            "the caster answers",
            "1005 ",
            "1074 ",
            "base 2003, 0.0 mm from",
        ],
    );
    // Ten a second, as far as two seconds of a busy machine tell.
    let rate = said
        .split("1074 ")
        .nth(1)
        .and_then(|rest| rest.split("/s").next())
        .expect("a rate");
    assert!((5.0..=15.0).contains(&rate.parse::<f64>().expect("a number")), "{said}");
    // Without a word of where it should stand there is nothing to be red about.
    has(&row(square.port, KNOWN), '✓', &["base 2003"]);
}

#[test]
fn a_base_that_was_moved_is_red_and_how_far_it_may_be_is_the_file_s() {
    let [observation, base, _] = frames();
    let square = Square::new([observation, base].concat());
    // 3 mm and 4 mm off: 5 mm.
    let moved = "base = \"1114104.6029 -4850729.7148 3975521.4643 m\"";
    has(&row(square.port, &format!("{KNOWN}{moved}")), '✓', &["5.0 mm from"]);
    let strict = format!("{KNOWN}{moved}\nbase_within = \"4 mm\"");
    has(
        &row(square.port, &strict),
        '✗',
        &[
            "5.0 mm from where it should stand, 4 mm at most",
            "survey the course anew",
        ],
    );
}

#[test]
fn what_a_stream_lacks_is_named() {
    let [observation, base, _] = frames();
    let square = Square::new(base);
    has(&row(square.port, KNOWN), '✗', &["no observations (MSM4"]);
    let square = Square::new(observation);
    has(
        &row(square.port, KNOWN),
        '!',
        &["within 2 s where its base stands", "--seconds 40"],
    );
    let noise = saying(b"ICY 200 OK\r\n\r\nnoise and no frame", true);
    has(&row(noise, KNOWN), '✗', &["no frame of RTCM 3"]);
}

#[test]
fn what_a_caster_refuses_is_told_with_what_it_said() {
    let square = Square::new(Vec::new());
    let wrong = KNOWN.replace("sesame", "wrong");
    has(
        &row(square.port, &wrong),
        '✗',
        &["401", "user and password", "look at user, password and mount"],
    );
    let other = KNOWN.replace("SQUARE", "SQARE");
    has(
        &row(square.port, &other),
        '✗',
        &["no such mount point", "the nearest names are SQUARE"],
    );
    let busy = saying(b"HTTP/1.1 503 Busy\r\n\r\n", false);
    has(&row(busy, KNOWN), '✗', &["503 Busy"]);
}

#[test]
fn a_caster_that_is_not_there_or_not_itself_is_told() {
    has(
        &row(free_port(), KNOWN),
        '✗',
        &["no corrections", "refused", "look at network, host, port"],
    );
    let plain = saying(b"ICY 200 OK\r\n\r\n", false);
    has(
        &row(plain, &format!("{KNOWN}tls = true")),
        '✗',
        &["(TLS)", "it speaks no TLS at this port"],
    );
}

/// A service with virtual stations is silent until it knows where the vehicle is.
#[test]
fn a_caster_that_asks_where_the_vehicle_is_is_told_so_by_check_too() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a visitor");
        let _ = stream.read(&mut [0; 1_024]);
        stream.write_all(b"ICY 200 OK\r\n\r\n").expect("taken");
        let mut said = String::new();
        while !said.contains("$GPGGA,") {
            let mut piece = [0; 1_024];
            match stream.read(&mut piece) {
                Ok(read @ 1..) => said += &String::from_utf8_lossy(&piece[..read]),
                _ => return,
            }
        }
        for _ in 0..200 {
            let _ = stream.write_all(&frames()[..2].concat());
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    let mut rig = Rig::new(free_port(), false);
    let file = written(&rig, port, &format!("{KNOWN}{STANDARD}"));
    let mut line = rig.wires.remove(0);
    std::thread::spawn(move || {
        for n in 0..100 {
            let _ = line.master.write_all(&epoch(n * 100));
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    has(&row_of(&rig, &file, "4"), '✓', &["1074 "]);
}

/// Two connections on one account throw each other out: a unit that runs is asked.
#[test]
fn a_unit_that_runs_keeps_the_only_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let visitors = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
    let count = visitors.clone();
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            std::thread::spawn(move || {
                let _ = stream.read(&mut [0; 1_024]);
                let _ = stream.write_all(b"ICY 200 OK\r\n\r\n");
                let [observation, base, long] = frames();
                let all = [observation, base, long, frame(&[0x44; 9])].concat();
                while stream.write_all(&all).is_ok() {
                    std::thread::sleep(Duration::from_millis(100));
                }
            });
        }
    });
    let rig = Rig::new(free_port(), false);
    let file = written(&rig, port, &format!("{KNOWN}{STANDARD}"));
    let _unit = Process::start(&[], &file, &[]);
    let end = Instant::now() + Duration::from_secs(30);
    while visitors.load(std::sync::atomic::Ordering::Relaxed) == 0 {
        assert!(Instant::now() < end, "it does not ask");
        std::thread::sleep(Duration::from_millis(20));
    }
    let said = row_of(&rig, &file, "2");
    has(
        &said,
        '✓',
        &["the caster answers", "1005 ", "1074 ", "base 2003, 0.0 mm from"],
    );
    assert_eq!(visitors.load(std::sync::atomic::Ordering::Relaxed), 1);
    let rate = said
        .split("1074 ")
        .nth(1)
        .and_then(|rest| rest.split("/s").next())
        .expect("a rate");
    assert!((5.0..=15.0).contains(&rate.parse::<f64>().expect("a number")), "{said}");
}
