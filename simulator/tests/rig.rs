//! The rig around a unit that only listens: every byte arrives once, at its time, however quick the machine is.
mod common;

use common::{hj110, square};
use kaoguan_sim::drive::drive;
use kaoguan_sim::driver::named;
use kaoguan_sim::replay;
use kaoguan_sim::ride::{Next, Request, Ride};
use kaoguan_sim::rig::{Gate, Rig, UnitSite, unit_toml};
use kaoguan_sim::sensors::{Port, START_UTC_US, Settings};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixListener;
use tokio::task::JoinHandle;

/// What a listening unit saw: (port, uptime, bytes), and the clock's last uptime.
type Heard = Vec<(usize, i64, Vec<u8>)>;

/// The unit's side of the led clock, written from its contract.
fn listen(paths: [PathBuf; 3], socket: &Path) -> JoinHandle<Heard> {
    let listener = UnixListener::bind(socket).expect("a free path");
    tokio::spawn(async move {
        let mut files = Vec::new();
        for path in &paths {
            files.push(File::open(path).await.expect("a terminal"));
        }
        let (mut leader, _) = listener.accept().await.expect("a leader");
        let (mut heard, mut uptime, mut read) = (Vec::new(), 0i64, [0u64; 3]);
        let mut frame = [0; 40];
        while leader.read_exact(&mut frame).await.is_ok() {
            let word = |i: usize| u64::from_le_bytes(frame[i * 8..i * 8 + 8].try_into().expect("8 bytes"));
            for (i, file) in files.iter_mut().enumerate() {
                while read[i] < word(i) {
                    let mut buffer = vec![0; (word(i) - read[i]) as usize];
                    let count = file.read(&mut buffer).await.expect("bytes");
                    buffer.truncate(count);
                    read[i] += count as u64;
                    heard.push((i, uptime, buffer));
                }
            }
            let next = word(3) as i64;
            assert!(next >= uptime, "the clock never runs back: {next} after {uptime}");
            uptime = next;
            leader
                .write_all(&word(4).to_le_bytes())
                .await
                .expect("the leader listens");
        }
        heard
    })
}

struct Again {
    asked: Vec<String>,
}

impl Gate for Again {
    async fn ready(&mut self, _utc_us: i64) -> Next {
        self.asked.push("ready".into());
        if self.asked.len() < 3 {
            Next::Wait
        } else {
            Next::Continue
        }
    }
    async fn item_done(&mut self, site: &str, _utc_us: i64) -> Next {
        self.asked.push(site.to_owned());
        if self.asked.len() == 4 {
            Next::RideAgain
        } else {
            Next::Continue
        }
    }
}

fn scratch(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("kaoguan-sim-{}-{name}", std::process::id()))
}

fn request(lead_in_s: f64) -> Request {
    let mut request = Request::new(square(), hj110(), named("flawless").expect("a rider"), 7);
    request.lead_in_s = lead_in_s;
    request
}

fn paths(rig: &Rig) -> [PathBuf; 3] {
    [Port::Receiver, Port::Attitude, Port::Signals].map(|port| rig.path(port).expect("it has it").to_owned())
}

fn joined(heard: &Heard, port: usize) -> Vec<u8> {
    heard.iter().filter(|h| h.0 == port).flat_map(|h| h.2.clone()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ride_through_the_rig_is_the_ride_of_the_files() {
    let (socket, folder) = (scratch("ride.sock"), scratch("ride"));
    drive(request(2.0), &Settings::default(), &folder, 200).expect("room");
    let mut rig = Rig::open(START_UTC_US, 0.0).expect("terminals");
    let unit = listen(paths(&rig), &socket);
    rig.lead(&socket, Duration::from_secs(5))
        .await
        .expect("the unit listens");
    let mut ride = Ride::new(request(2.0)).expect("sites");
    let mut gate = kaoguan_sim::rig::AlwaysOn;
    rig.ride(&mut ride, &Settings::default(), &mut gate, |_, _| {})
        .await
        .expect("the unit reads");
    drop(rig);
    let heard = unit.await.expect("no panic");
    for (port, name) in [(0, "receiver.nmea"), (1, "attitude.bin"), (2, "signals.bin")] {
        let file = std::fs::read(folder.join(name)).expect("written");
        assert!(joined(&heard, port) == file, "{name} differs");
    }
    // Arrivals are those of the index, one second of booting later.
    let wanted: Vec<i64> = replay::folder(&folder)
        .expect("readable")
        .iter()
        .map(|c| c.at_us + 1_000_000)
        .collect();
    let mut got: Vec<i64> = heard.iter().map(|h| h.1).collect();
    got.dedup();
    assert!(
        wanted.iter().all(|at| got.binary_search(at).is_ok()),
        "an arrival's time is wrong"
    );
    std::fs::remove_dir_all(folder).expect("gone");
    std::fs::remove_file(socket).expect("gone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gates_are_asked_and_two_rides_follow_each_other_in_time() {
    let socket = scratch("gate.sock");
    let mut rig = Rig::open(START_UTC_US, 0.0).expect("terminals");
    let unit = listen(paths(&rig), &socket);
    rig.lead(&socket, Duration::from_secs(5))
        .await
        .expect("the unit listens");
    let mut gate = Again { asked: Vec::new() };
    let mut first = request(1.0);
    first.come_home = true;
    let mut ride = Ride::new(first).expect("sites");
    let summary = rig
        .ride(&mut ride, &Settings::default(), &mut gate, |_, _| {})
        .await
        .expect("read");
    assert_eq!(
        gate.asked,
        ["ready", "ready", "ready", "poles", "poles", "hill", "plank"]
    );
    assert_eq!(summary.items.len(), 4);
    let between = rig.utc_us();
    assert!(between > START_UTC_US + 100_000_000 && between % 100_000 == 0);
    let mut ride = Ride::new(request(1.0)).expect("sites");
    let second = rig
        .ride(
            &mut ride,
            &Settings::default(),
            &mut Again {
                asked: vec![String::new(); 9],
            },
            |_, _| {},
        )
        .await;
    assert_eq!(second.expect("read").start_utc_us, between);
    drop(rig);
    let heard = unit.await.expect("no panic");
    // The first epoch of the second ride stands where the last one of the first ride stood: home.
    let text = String::from_utf8(joined(&heard, 0)).expect("text");
    let gga: Vec<&str> = text.lines().filter(|l| l.starts_with("$GNGGA")).collect();
    let minutes = |line: &str| {
        line.split(',')
            .nth(4)
            .and_then(|m| m.parse::<f64>().ok())
            .expect("a longitude")
    };
    let jump = gga
        .windows(2)
        .map(|w| (minutes(w[1]) - minutes(w[0])).abs())
        .fold(0.0, f64::max);
    assert!(jump * 1_660.0 < 0.6, "{} m in 0.1 s", jump * 1_660.0);
    std::fs::remove_file(socket).expect("gone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_speed_is_kept_and_a_silent_unit_is_an_error() {
    let socket = scratch("speed.sock");
    let mut rig = Rig::open(START_UTC_US, 100.0).expect("terminals");
    let unit = listen(paths(&rig), &socket);
    rig.lead(&socket, Duration::from_secs(5))
        .await
        .expect("the unit listens");
    let log = b"$GNGGA,000001.00,,,,,0,,,,,,,,*00\r\n$GNGGA,000101.00,,,,,0,,,,,,,,*00\r\n";
    let start = std::time::Instant::now();
    rig.play(replay::nmea_log(log).into_iter(), |_| {}).await.expect("read");
    let took = start.elapsed().as_secs_f64();
    assert!((0.5..2.0).contains(&took), "62 s at 100 times took {took} s");
    drop(rig);
    assert_eq!(joined(&unit.await.expect("no panic"), 0), log);
    std::fs::remove_file(&socket).expect("gone");
    let mut rig = Rig::open(START_UTC_US, 0.0).expect("terminals");
    let error = rig
        .lead(&socket, Duration::from_millis(100))
        .await
        .expect_err("nobody listens");
    assert!(error.to_string().contains("speed.sock"), "{error}");
}

#[tokio::test]
async fn the_units_file_names_the_terminals() {
    let rig = Rig::open(START_UTC_US, 0.0).expect("terminals");
    let spool = PathBuf::from("/tmp/spool");
    let clock = PathBuf::from("/tmp/led.sock");
    let at = UnitSite {
        site: "village",
        unit: "moto-1",
        mqtt: ("127.0.0.1", 1883),
        spool: &spool,
        clock: Some(&clock),
    };
    let text = unit_toml(&rig, &at, &Settings::default());
    let file: toml::Table = text.parse().expect("TOML");
    let path = rig.path(Port::Receiver).expect("it has it").display().to_string();
    assert_eq!(file["receiver"]["path"].as_str(), Some(path.as_str()));
    assert_eq!(file["clock"]["led"].as_str(), Some("/tmp/led.sock"));
    assert_eq!(file["signal_box"]["signals"]["helmet"]["byte"].as_integer(), Some(31));
    assert!(!file.contains_key("trailer") && rig.path(Port::Trailer).is_none());
    let rig = rig.with_trailer().expect("one more");
    let file: toml::Table = unit_toml(&rig, &at, &Settings::default()).parse().expect("TOML");
    let path = rig.path(Port::Trailer).expect("it has it").display().to_string();
    assert_eq!(file["trailer"]["path"].as_str(), Some(path.as_str()));
}
