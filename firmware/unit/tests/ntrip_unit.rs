//! The whole unit with corrections: from a caster's socket to the receiver's pty, and where the base stands to the engine.
mod support;

use kaoguan_telemetry::{Port, Reading};
use kaoguan_unit::Config;
use kaoguan_unit::ntrip::caster::{Caster, CasterConfig};
use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use support::broker::Broker;
use support::engine::{Engine, until};
use support::rig::{Rig, Wire};
use support::script::{frame, frames};
use support::sentences::epoch;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn with_corrections(rig: &Rig, port: u16, more: &str) -> Config {
    let text = format!(
        "{}\n[corrections]\nhost = \"127.0.0.1\"\nport = {port}\nmount = \"SQUARE\"\n{more}\n",
        rig.file()
    );
    Config::parse(&text, "rig").unwrap_or_else(|e| panic!("{e}"))
}

/// Reads what the unit writes to the receiver, on a thread of its own.
fn tap(wire: &Wire) -> Arc<Mutex<Vec<u8>>> {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let into = heard.clone();
    let mut line = std::fs::File::from(
        std::os::fd::AsFd::as_fd(&wire.master)
            .try_clone_to_owned()
            .expect("a handle"),
    );
    std::thread::spawn(move || {
        let mut piece = [0; 4_096];
        // The master's end breaks when the unit is gone.
        while let Ok(read @ 1..) = line.read(&mut piece) {
            into.lock().expect("not poisoned").extend(&piece[..read]);
        }
    });
    heard
}

/// A base's pty, our caster, the unit, the receiver's pty: what comes out is byte for byte the base's whole frames; and the engine
/// hears where the base stands.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_receiver_gets_the_bases_frames_byte_for_byte() {
    let Some(broker) = Broker::start() else { return };
    let engine = Engine::start(broker.port, true);
    let mut base = Wire::new();
    let text = format!(
        "[caster]\nlisten = \"127.0.0.1:0\"\nmount = \"SQUARE\"\n[users]\nmoto-1 = \"sesame\"\n[base]\npath = {:?}\nbaud = \"4000000 baud\"\n",
        base.path
    );
    let config = CasterConfig::parse(&text, "caster.toml").unwrap_or_else(|e| panic!("{e}"));
    let caster = Caster::start(config).expect("a free port");
    let port = caster.address().expect("it listens").port();
    tokio::spawn(caster.run(std::future::pending::<()>()));
    let rig = Rig::new(broker.port, false);
    let heard = tap(&rig.wires[0]);
    let running = rig.start_with(with_corrections(
        &rig,
        port,
        "username = \"moto-1\"\npassword = \"sesame\"",
    ));
    let [first, ..] = frames();
    // Until the whole chain stands.
    let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while heard.lock().expect("not poisoned").is_empty() {
        assert!(std::time::Instant::now() < end, "nothing reaches the receiver");
        base.master.write_all(&first).expect("written");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let before = heard.lock().expect("not poisoned").len();
    assert_eq!(before % first.len(), 0, "whole frames only");
    // An epoch a second is what comes in life: one frame after the other, each when the one before it is through.
    let mut expected: Vec<u8> = Vec::new();
    for n in 0..60u8 {
        let bytes = match n % 3 {
            0 => frame(&[0x43, 0x20, n, 0, 0, 0, 0, n]),
            1 => frames()[1].clone(),
            _ => frame(&[0x46, n].repeat(200)),
        };
        let mut damaged = bytes.clone();
        damaged[6] ^= 0x20;
        base.master
            .write_all(&[&damaged[..], b"noise", &bytes].concat())
            .expect("written");
        expected.extend(&bytes);
        until("the frame", 20, || {
            heard.lock().expect("not poisoned").len() >= before + expected.len()
        })
        .await;
    }
    assert_eq!(heard.lock().expect("not poisoned")[before..], expected);
    let is_there = |reading: &Reading| matches!(reading, Reading::Base(base) if base.station == 2_003 && base.z_tenth_mm == 39_755_214_643);
    until("the base's place", 20, || engine.has(is_there)).await;
    let samples = engine.samples();
    let told = samples
        .iter()
        .filter(|sample| matches!(sample.reading, Reading::Base(_)));
    assert!(
        told.clone().all(|sample| sample.port == Port::Unit) && told.count() == 1,
        "once in half a minute"
    );
    let is_well = || {
        engine
            .word("health")
            .is_some_and(|word| word.contains("\"corrections\":{\"is_up\":true,\"connections\":1,"))
    };
    until("the corrections' health", 20, is_well).await;
    running.stop().await;
}

/// A caster that wants to know where the vehicle is: nothing while the receiver has no place, then the sentence within seconds.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_caster_is_told_where_the_receiver_is_once_it_knows() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let said = Arc::new(Mutex::new(String::new()));
    let into = said.clone();
    let [one, ..] = frames();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a unit");
        let (mut input, mut output) = stream.split();
        output.write_all(b"ICY 200 OK\r\n").await.expect("taken");
        let mut piece = [0; 1_024];
        let mut beat = tokio::time::interval(std::time::Duration::from_secs(1));
        loop {
            tokio::select! {
                read = input.read(&mut piece) => match read {
                    Ok(read @ 1..) => into.lock().expect("not poisoned").push_str(&String::from_utf8_lossy(&piece[..read])),
                    _ => return,
                },
                _ = beat.tick() => if output.write_all(&one).await.is_err() { return },
            }
        }
    });
    // Nobody listens there: the unit keeps its data on the disk.
    let mut rig = Rig::new(1, false);
    let running = rig.start_with(with_corrections(&rig, port, ""));
    until("the request", 20, || {
        said.lock().expect("not poisoned").contains("\r\n\r\n")
    })
    .await;
    let cold = support::sentences::sentence("GNGGA,080000.00,,,,,0,00,,,M,,M,,");
    rig.write(0, &cold);
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    assert!(
        !said.lock().expect("not poisoned").contains("GGA"),
        "no place is no sentence"
    );
    for n in 0..12 {
        rig.write(0, &epoch(n * 100));
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    until("the place", 20, || said.lock().expect("not poisoned").contains("GGA")).await;
    let text = said.lock().expect("not poisoned").clone();
    assert!(
        text.contains(",2638.8200000,N,10637.8000000,E,4,28,1.0,1085.000,M,0.0,M,,*"),
        "{text}"
    );
    running.stop().await;
}

/// Passwords are in no message of the file, no birth and no debug print; and what contradicts itself is refused.
#[test]
fn the_section_is_read_and_its_password_is_never_shown() {
    let rig = Rig::new(1, false);
    let config = with_corrections(
        &rig,
        2_101,
        "username = \"moto-1\"\npassword = \"sesame\"\ntls = true\ngga_each = \"5 s\"",
    );
    assert!(!format!("{config:?}").contains("sesame"));
    let source = config.corrections.expect("the section");
    assert_eq!(source.gga_each, Some(std::time::Duration::from_secs(5)));
    let said = |more: &str| {
        let text = format!("{}\n[corrections]\nhost = \"x\"\n{more}\n", rig.file());
        Config::parse(&text, "bad.toml").expect_err("refused").to_string()
    };
    for (more, part) in [
        ("", "corrections.mount: is missing"),
        ("mount = \"/A\"", "corrections.mount: must be letters"),
        (
            "mount = \"A\"\nport = 0",
            "corrections.port: must be a whole number from 1 to 65535",
        ),
        (
            "mount = \"A\"\nversion = \"3\"",
            "corrections.version: must be one of \"1\", \"2\"",
        ),
        (
            "mount = \"A\"\npassword = \"x\"",
            "corrections.password: needs a username",
        ),
        (
            "mount = \"A\"\nusername = \"a:b\"",
            "corrections.username: must have no colon",
        ),
        ("mount = \"A\"\nca = \"f\"", "corrections.ca: needs tls = true"),
        (
            "mount = \"A\"\ntls = true\nca = \"/no/ca.pem\"",
            "corrections.ca: /no/ca.pem",
        ),
        (
            "mount = \"A\"\ngga_each = \"61 s\"",
            "corrections.gga_each: must be 5 s to 60 s",
        ),
        (
            "mount = \"A\"\ngga_each = \"9 s\"\nwithout_gga = true",
            "corrections.gga_each: contradicts without_gga",
        ),
        (
            "mount = \"A\"\nbase = \"1 2 3 m\"",
            "corrections.base: must be x, y and z of its antenna",
        ),
        (
            "mount = \"A\"\nbase = \"1114104.5999 -4850729.7108 3975521.4643 m\"\nbase_within = \"101 mm\"",
            "corrections.base_within: must be 1 mm to 100 mm",
        ),
        (
            "mount = \"A\"\nbase_within = \"5 mm\"",
            "corrections.base_within: needs base beside it",
        ),
        (
            "mount = \"A\"\npasword = \"x\"",
            "corrections.pasword: is not known here",
        ),
        (
            "mount = \"A\"\n[clock]\nled = \"x\"",
            "corrections: a led clock is its leader's",
        ),
    ] {
        assert!(said(more).contains(part), "{part} is not in:\n{}", said(more));
    }
}
