//! The shipped binary: kill -9, SIGTERM, a bad file, and lines that come and go.
mod support;

use kaoguan_telemetry::{Port, Reading, Silent, Stamp};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use support::broker::Broker;
use support::engine::{Engine, until};
use support::rig::{Rig, Wire};
use support::sentences::{START_US, epoch};

const BINARY: &str = env!("CARGO_BIN_EXE_kaoguan-unit");

/// Ends with the test.
struct Process(Child);

impl Process {
    fn start(config: &Path) -> Process {
        let child = Command::new(BINARY)
            .arg("--config")
            .arg(config)
            .stderr(Stdio::null())
            .spawn();
        Process(child.expect("starts"))
    }
    fn signal(&mut self, signal: Signal) {
        kill(Pid::from_raw(self.0.id() as i32), signal).expect("sent");
        self.0.wait().expect("waited for");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn written(rig: &Rig) -> PathBuf {
    let path = rig.folder.path().join("unit.toml");
    std::fs::write(&path, rig.file()).expect("written");
    path
}

/// Speaks at 10 Hz for as long, `offset` after the start of time.
async fn speak(rig: &mut Rig, offset_ms: i64, epochs: i64) {
    let begin = Instant::now();
    for n in 0..epochs {
        rig.write(0, &epoch(offset_ms + n * 100));
        let next = Duration::from_millis((n as u64 + 1) * 100);
        tokio::time::sleep(next.saturating_sub(begin.elapsed())).await;
    }
}

fn fixes(engine: &Engine, boot: u32) -> Vec<i64> {
    let batches = engine.batches();
    let samples = batches
        .iter()
        .filter(|batch| batch.boot == boot)
        .flat_map(|batch| &batch.samples);
    let utc = samples.filter_map(|sample| match (sample.at, sample.reading) {
        (Stamp::Utc(at), Reading::Gnss(_)) => Some(at.0 - START_US),
        _ => None,
    });
    utc.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_kill_9_the_next_boot_delivers_the_rest_and_tells_the_gap() {
    let Some(broker) = Broker::start() else { return };
    let engine = Engine::start(broker.port, true);
    let mut rig = Rig::new(broker.port, false);
    let config = written(&rig);
    let mut unit = Process::start(&config);
    until("it is online", 10, || {
        engine.conns().contains(&r#"{"state":"online"}"#.to_owned())
    })
    .await;
    speak(&mut rig, 0, 40).await;
    unit.signal(Signal::SIGKILL);
    until("the will is heard", 30, || {
        engine.word("conn").as_deref() == Some(r#"{"state":"lost"}"#)
    })
    .await;

    let mut unit = Process::start(&config);
    tokio::time::sleep(Duration::from_millis(500)).await;
    speak(&mut rig, 60_000, 40).await;
    until("the gap is told", 10, || {
        engine.has(|reading| matches!(reading, Reading::Gap(_)))
    })
    .await;
    unit.signal(Signal::SIGTERM);
    until("it is offline", 10, || {
        engine.word("conn").as_deref() == Some(r#"{"state":"offline"}"#)
    })
    .await;

    let told = engine.samples().into_iter().filter_map(|sample| match sample.reading {
        Reading::Gap(gap) => Some((gap.boot, gap.from.0 - START_US, gap.to.0 - START_US)),
        _ => None,
    });
    let told: Vec<_> = told.collect();
    let last = *fixes(&engine, 1).last().expect("the first boot had fixes");
    let first = *fixes(&engine, 2).first().expect("the second boot had fixes");
    let [(1, from, to)] = told[..] else { panic!("{told:?}") };
    assert!(
        (last..last + 200_000).contains(&from),
        "from {from}, the last fix was {last}"
    );
    assert!(
        (first - 200_000..=first).contains(&to),
        "to {to}, the first fix was {first}"
    );
    // SIGTERM: what was gathered went to the disk and to the engine.
    assert!(*fixes(&engine, 2).last().expect("has fixes") >= 60_000_000 + 3_700_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_is_unplugged_is_told_and_opened_again() {
    let Some(broker) = Broker::start() else { return };
    let engine = Engine::start(broker.port, true);
    let mut rig = Rig::new(broker.port, false);
    // The receiver is reached by a link, as udev makes them.
    let link = rig.folder.path().join("receiver");
    let pty = std::mem::replace(&mut rig.wires[0].path, link.to_string_lossy().into_owned());
    std::os::unix::fs::symlink(&pty, &link).expect("linked");
    let unit = rig.start();
    until("it is online", 10, || engine.word("conn").is_some()).await;
    let begin = Instant::now();
    speak(&mut rig, 0, 20).await;
    until("fixes are there", 10, || fixes(&engine, 1).len() > 5).await;

    std::fs::remove_file(&link).expect("removed");
    let wire = Wire::new();
    rig.wires[0].master = wire.master;
    let unplugged = |r: &Reading| *r == Reading::Silent(Silent::Unplugged);
    until("it is told", 10, || {
        engine
            .samples()
            .iter()
            .any(|s| s.port == Port::Receiver && unplugged(&s.reading))
    })
    .await;

    std::os::unix::fs::symlink(&wire.path, &link).expect("linked");
    tokio::time::sleep(Duration::from_secs(3)).await;
    let before = fixes(&engine, 1).len();
    // The receiver's clock went on meanwhile.
    speak(&mut rig, begin.elapsed().as_millis() as i64, 20).await;
    until("fixes come again", 10, || fixes(&engine, 1).len() > before + 5).await;
    unit.stop().await;
}

#[test]
fn a_bad_file_is_refused_with_all_its_faults_and_code_2() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("unit.toml");
    std::fs::write(&path, include_str!("../unit.example.toml").replace("\"60 ms\"", "60")).expect("written");
    for arguments in [&["--check"][..], &[]] {
        let output = Command::new(BINARY)
            .arg("--config")
            .arg(&path)
            .args(arguments)
            .output()
            .expect("ran");
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("receiver.latency: a bare number has no unit"), "{said}");
    }
    std::fs::write(&path, include_str!("../unit.example.toml")).expect("written");
    let output = Command::new(BINARY)
        .arg("--config")
        .arg(&path)
        .arg("--check")
        .output()
        .expect("ran");
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&output.stdout).contains("moto-1"));
}
