//! A recording is what came, and played again it gives the same samples.
mod support;

use kaoguan_telemetry::units::Uptime;
use kaoguan_telemetry::{Port, Reading, Sample};
use kaoguan_unit::command::record::record;
use kaoguan_unit::ports::Arrival;
use kaoguan_unit::recording::{Recorder, read, replay};
use kaoguan_unit_core::{Input, Output, Unit};
use nix::sys::signal::Signal;
use std::io::{BufRead, BufReader};
use std::time::Duration;
use support::process::Process;
use support::rig::Rig;
use support::sentences::{attitude, epoch, signals};

/// Ten seconds of a vehicle, cut at odd places, with a device that goes away and comes back.
fn arrivals() -> Vec<Arrival> {
    let mut all = Vec::new();
    for n in 0..100 {
        let bytes = [
            (Port::Receiver, epoch(n * 100)),
            (Port::Attitude, attitude(n)),
            (Port::Signals, signals(n as u8)),
        ];
        for (k, (port, bytes)) in bytes.iter().enumerate() {
            for (i, cut) in bytes.chunks(37).enumerate() {
                let at = Uptime(1_000_000 + n * 100_000 + k as i64 * 7_000 + i as i64 * 900);
                all.push(Arrival {
                    port: *port,
                    at,
                    bytes: Some(cut.to_vec()),
                });
            }
        }
        if n == 50 {
            all.push(Arrival {
                port: Port::Attitude,
                at: Uptime(1_000_000 + n * 100_000 + 50_000),
                bytes: None,
            });
        }
    }
    all.sort_by_key(|arrival| arrival.at);
    all
}

fn samples(config: &kaoguan_unit::Config, arrivals: &[Arrival]) -> Vec<Sample> {
    let mut core = Unit::new(config.core.clone());
    let mut samples = Vec::new();
    let mut keep = |output| {
        if let Output::Sample(sample) = output {
            samples.push(sample);
        }
    };
    replay(&mut core, arrivals, &mut keep);
    core.handle(Input::Tick { at: Uptime(20_000_000) });
    std::iter::from_fn(|| core.poll()).for_each(&mut keep);
    samples
}

#[test]
fn what_is_recorded_is_read_and_gives_the_same_samples() {
    let rig = Rig::new(1, false);
    let (config, folder) = (rig.config(), rig.folder.path().join("recording"));
    let arrivals = arrivals();
    let mut recorder = Recorder::create(&folder, &config, 1 << 20).expect("made");
    for (n, arrival) in arrivals.iter().enumerate() {
        assert!(
            recorder
                .push(arrival, 1_795_000_000_000_000 + n as i64)
                .expect("written")
        );
    }
    recorder.finish().expect("synced");
    let again = read(&folder).expect("read");
    assert_eq!(again, arrivals);
    let samples = samples(&config, &again);
    assert_eq!(samples, self::samples(&config, &arrivals));
    let fixes = samples
        .iter()
        .filter(|sample| matches!(sample.reading, Reading::Gnss(_)))
        .count();
    assert_eq!(fixes, 100);
    let index = std::fs::read_to_string(folder.join("arrivals.csv")).expect("there");
    assert!(
        index.starts_with("port,at_us,bytes,utc_us\nreceiver,1000000,37,1795000000000000\n"),
        "{}",
        &index[..80]
    );
    assert!(
        Recorder::create(&folder, &config, 1 << 20).is_err(),
        "nothing is written over"
    );
}

#[test]
fn the_bound_counts_every_byte_of_the_folder_but_the_note() {
    let rig = Rig::new(1, false);
    let (config, folder) = (rig.config(), rig.folder.path().join("recording"));
    let mut recorder = Recorder::create(&folder, &config, 2_000).expect("made");
    let taken = arrivals()
        .iter()
        .take_while(|arrival| recorder.push(arrival, 0).expect("written"))
        .count();
    let told = recorder.bytes();
    recorder.finish().expect("synced");
    let sizes = std::fs::read_dir(&folder)
        .expect("there")
        .flatten()
        .filter(|file| file.file_name() != "recording.json");
    let size: u64 = sizes.map(|file| file.metadata().expect("there").len()).sum();
    assert_eq!(size, told);
    assert!((1_900..=2_000).contains(&size), "{size}");
    assert_eq!(read(&folder).expect("read").len(), taken);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_one_ends_by_itself_and_can_be_read() {
    let mut rig = Rig::new(1, false);
    let (config, folder) = (rig.config(), rig.folder.path().join("recording"));
    let own = folder.clone();
    let recording = tokio::spawn(async move { record(&config, &own, 4_096, std::future::pending::<()>()).await });
    let mut n = 0;
    while !recording.is_finished() {
        rig.write(0, &epoch(n * 100));
        n += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(n < 1_000);
    }
    let kept = recording.await.expect("no panic").expect("no error");
    assert!(kept.is_full && kept.bytes <= 4_096);
    assert!(!read(&folder).expect("read").is_empty());
}

#[test]
fn the_program_ends_cleanly_at_ctrl_c_with_all_that_came() {
    let mut rig = Rig::new(1, false);
    let folder = rig.folder.path().join("recording");
    let file = rig.folder.path().join("unit.toml");
    std::fs::write(&file, rig.file()).expect("written");
    let mut process = Process::start(&["record", "--out", folder.to_str().expect("text")], &file, &[]);
    let mut out = BufReader::new(process.0.stdout.take().expect("piped"));
    let mut line = String::new();
    out.read_line(&mut line).expect("text");
    assert!(line.contains("recording into"), "{line}");
    let mut n = 0;
    // What was written before the line was open has been through a terminal's default settings.
    let length = || std::fs::metadata(folder.join("receiver.nmea")).map_or(0, |file| file.len());
    while length() < 4 * epoch(0).len() as u64 {
        rig.write(0, &epoch(n * 100));
        n += 1;
        assert!(n < 300);
        std::thread::sleep(Duration::from_millis(100));
    }
    std::thread::sleep(Duration::from_millis(500));
    process.0.stdout = Some(out.into_inner());
    let (code, text) = process.end(Signal::SIGINT);
    assert_eq!(code, Some(0));
    assert!(text.contains("kaoguan-sim replay"), "{text}");
    let arrivals = read(&folder).expect("read");
    let bytes: Vec<u8> = arrivals
        .iter()
        .filter(|a| a.port == Port::Receiver)
        .filter_map(|a| a.bytes.clone())
        .flatten()
        .collect();
    let last: Vec<u8> = (n - 3..n).flat_map(|n| epoch(n * 100)).collect();
    assert!(bytes.ends_with(&last), "{}", String::from_utf8_lossy(&bytes));
}
