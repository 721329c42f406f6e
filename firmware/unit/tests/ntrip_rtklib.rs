//! Both ends against a stranger: `str2str` of Debian's rtklib, as a caster for our client and as a client of our caster.
//!
//! Where it is not installed the tests say so in one line; with `KAOGUAN_PEERS` in the environment (as `.ci/run` sets it) that is a failure.
mod support;

use kaoguan_unit::config::Login;
use kaoguan_unit::ntrip::caster::{Caster, CasterConfig};
use kaoguan_unit::ntrip::dial::Network;
use kaoguan_unit::ntrip::session::table;
use kaoguan_unit::ntrip::{Source, Version};
use kaoguan_unit_core::rtcm::{Frame, base};
use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use support::engine::until;
use support::rig::Wire;
use support::script::{Run, frame, frames, source};
use tokio::io::AsyncWriteExt;

const STR2STR: &str = "/usr/bin/str2str";

/// It ends with the test.
struct Stranger(Child);

impl Drop for Stranger {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `None`, with a printed line, only where it is not installed and nobody insists.
fn str2str(arguments: &[&str]) -> Option<Stranger> {
    if !Path::new(STR2STR).exists() {
        assert!(
            std::env::var_os("KAOGUAN_PEERS").is_none(),
            "{STR2STR} is not installed (Debian's rtklib)"
        );
        println!("skipped: {STR2STR} is not installed (Debian's rtklib)");
        return None;
    }
    let child = Command::new(STR2STR)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    Some(Stranger(child.expect("str2str starts")))
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("bound").port()
}

fn login(password: &str) -> Option<Login> {
    Some(Login {
        user: "moto-1".into(),
        password: password.into(),
    })
}

/// One second of corrections each 20 ms, numbered, so that any stretch of them is known by its frames.
fn numbered(n: u32) -> Vec<u8> {
    let [a, b, c, d] = n.to_be_bytes();
    frame(&[&[0x43, 0x20, 0, 0, 0, 0, 0][..], &[a, b, c, d].repeat(60)].concat())
}

/// Its caster gives what a socket feeds it; our client asks it in both versions. It is not asked from the first byte on, so what comes
/// must be an unbroken stretch of the numbered frames.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_client_hears_a_strangers_caster() {
    let feed = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = free_port();
    let from = format!("tcpcli://{}", feed.local_addr().expect("bound"));
    let to = format!("ntripc://moto-1:sesame@:{port}/SQUARE");
    let Some(_stranger) = str2str(&["-in", &from, "-out", &to]) else {
        return;
    };
    let (mut stream, _) = feed.accept().await.expect("str2str comes");
    tokio::spawn(async move {
        for n in 0.. {
            if stream.write_all(&numbered(n)).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let ours = |version, login| Source {
        port,
        version,
        login,
        ..source()
    };
    for version in [Version::V1, Version::V2] {
        let run = Run::start(Network, ours(version, login("sesame")));
        until("two hundred frames", 60, || run.state.borrow().frames >= 200).await;
        let heard = run.frames.bytes();
        let length = numbered(0).len();
        let first = u32::from_be_bytes(heard[10..14].try_into().expect("four bytes"));
        let expected: Vec<u8> = (first..).take(heard.len() / length).flat_map(numbered).collect();
        assert!(
            heard == expected,
            "{version:?}: not an unbroken stretch from {first} on"
        );
        let refused = Run::start(Network, ours(version, login("wrong")));
        until("the login is refused", 60, || {
            refused.trouble().contains("does not accept this user and password")
        })
        .await;
        let mount = "SQUARES".to_owned();
        let missing = Run::start(
            Network,
            Source {
                mount,
                ..ours(version, login("sesame"))
            },
        );
        until("the name is told", 60, || {
            missing.trouble().contains("of its 1 the nearest names are SQUARE")
        })
        .await;
        let names = table(&Network, &ours(version, None)).await.expect("a table");
        assert_eq!(
            names.iter().map(|mount| mount.name.as_str()).collect::<Vec<_>>(),
            ["SQUARE"]
        );
    }
}

/// It asks our caster and writes what it hears into a file.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_strangers_client_hears_our_caster() {
    let mut line = Wire::new();
    let text = format!(
        "[caster]\nlisten = \"127.0.0.1:0\"\nmount = \"SQUARE\"\n[users]\nmoto-1 = \"sesame\"\n[base]\npath = {:?}\nbaud = \"115200 baud\"\n",
        line.path
    );
    let config = CasterConfig::parse(&text, "caster.toml").unwrap_or_else(|e| panic!("{e}"));
    let caster = Caster::start(config).expect("a free port");
    let port = caster.address().expect("it listens").port();
    tokio::spawn(caster.run(std::future::pending::<()>()));
    let folder = tempfile::tempdir().expect("a folder");
    let (good, bad) = (folder.path().join("good"), folder.path().join("bad"));
    let ask = |password: &str, file: &Path| {
        let from = format!("ntrip://moto-1:{password}@127.0.0.1:{port}/SQUARE");
        str2str(&["-in", &from, "-out", &file.to_string_lossy()])
    };
    let Some(_good) = ask("sesame", &good) else { return };
    let _bad = ask("wrong", &bad);
    let read = |file: &Path| std::fs::read(file).unwrap_or_default();
    // Until it is there: it hears from some frame on.
    let end = Instant::now() + Duration::from_secs(60);
    let mut n = 0;
    while read(&good).len() < 100 * numbered(0).len() {
        assert!(Instant::now() < end, "str2str hears {} bytes", read(&good).len());
        line.master.write_all(&numbered(n)).expect("written");
        n += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let heard = read(&good);
    let length = numbered(0).len();
    let first = u32::from_be_bytes(heard[10..14].try_into().expect("four bytes"));
    let whole = heard.len() / length;
    let expected: Vec<u8> = (first..).take(whole).flat_map(numbered).collect();
    assert!(
        heard[..whole * length] == expected,
        "not an unbroken stretch from {first} on"
    );
    assert_eq!(read(&bad), b"", "a wrong password gets nothing");
}

/// It encodes a 1006 of a station whose coordinates are given to it in metres: read here to the tenth of a millimetre. (It cuts
/// what is finer off after its floats have rounded it, so it is given numbers that are cut and rounded alike.)
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_strangers_1006_is_read_to_the_bit() {
    let feed = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let folder = tempfile::tempdir().expect("a folder");
    let output = folder.path().join("out.rtcm3");
    let from = format!("tcpcli://{}#rtcm3", feed.local_addr().expect("bound"));
    let to = format!("{}#rtcm3", output.display());
    let place = ["-px", "-1634123.45666", "5468210.98764", "2843377.00014"];
    let arguments = [
        &["-in", &from, "-out", &to, "-sta", "77", "-msg", "1006(1)"][..],
        &place,
    ]
    .concat();
    let Some(_stranger) = str2str(&arguments) else { return };
    let (mut stream, _) = feed.accept().await.expect("str2str comes");
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        // It speaks when it hears.
        stream.write_all(&frames().concat()).await.expect("taken");
        tokio::time::sleep(Duration::from_millis(100)).await;
        let bytes = std::fs::read(&output).unwrap_or_default();
        if let Some(frame) = bytes.get(..27).and_then(Frame::proven) {
            let base = base(frame).expect("a 1006");
            let xyz = [base.x_tenth_mm, base.y_tenth_mm, base.z_tenth_mm];
            assert_eq!(
                (base.station, xyz),
                (77, [-16_341_234_567, 54_682_109_876, 28_433_770_001])
            );
            return assert_eq!(base.antenna_height.map(|height| height.0), Some(0));
        }
        assert!(Instant::now() < end, "{bytes:?}");
    }
}
