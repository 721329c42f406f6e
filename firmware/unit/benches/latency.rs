//! Three protocols at once, as a vehicle has them, and what the shipped binary makes of them: processor, memory, and how late a
//! fix is. `cargo bench -p kaoguan-unit --bench latency [-- SECONDS]`, ten minutes unless told otherwise.
//!
//! A receiver (GGA, RMC, GST and KSXT with heading, 20 Hz, at 460,800 baud as a USB adapter hands them on: 46 bytes each
//! millisecond), an attitude sensor (100 Hz) and a signal box (20 Hz) write to ptys; a real mosquitto is between the unit and a
//! subscriber here, which gives the engine's receipts. **Latency** is from when the last byte of an epoch's burst was written to
//! when the subscriber has the batch with its fix: the unit's reading, joining, storing (synced) and publishing, and the broker.
//! What this machine itself costs stands beside it: the same path through the broker without a unit, a sync of the same disk, the load.
//!
//! Deliberately not here: a limit. On a shared machine it would fail for others' work.
#[path = "../tests/support/mod.rs"]
mod support;

use kaoguan_telemetry::wire::{Batch, Receipt, VERSION};
use kaoguan_telemetry::{Reading, Stamp};
use nix::pty::PtyMaster;
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use support::broker::Broker;
use support::rig::Rig;
use support::sentences::{START_US, attitude, sentence, signals};

/// The clock locks and the receiver's habits are learned; not measured.
const WARM_UP: Duration = Duration::from_secs(10);
const EPOCH: Duration = Duration::from_millis(50);
const ATTITUDE: Duration = Duration::from_millis(10);
const BOX: Duration = Duration::from_millis(50);
/// 460,800 baud.
const BYTES_PER_MS: usize = 46;

fn main() {
    // `cargo bench` adds `--bench`.
    let seconds = std::env::args().find_map(|a| a.parse().ok()).unwrap_or(600);
    let Some(broker) = Broker::start() else { return };
    let mut rig = Rig::new(broker.port, false);
    let config = rig.folder.path().join("unit.toml");
    fs::write(&config, rig.file()).expect("written");
    let seen = Arc::new(Seen::default());
    let subscriber = subscribe(broker.port, seen.clone());
    let synced = sync_alone(rig.folder.path());
    let mut unit = Unit::start(&config);
    thread::sleep(Duration::from_secs(1));
    let lines = speak(&mut rig, &seen);
    thread::sleep(WARM_UP);
    let load = load_average();
    let spent = unit.measure(Duration::from_secs(seconds));
    let load = format!("{load} before, {} after", load_average());
    seen.is_over.store(true, Relaxed);
    lines.into_iter().for_each(|line| line.join().expect("no panic"));
    thread::sleep(Duration::from_secs(2));
    unit.end();
    drop(subscriber);
    report(seconds, &spent, &seen, synced, &load);
}

/// What the writers wrote and the subscriber saw.
#[derive(Default)]
struct Seen {
    is_over: AtomicBool,
    /// When the last byte of an epoch was written, by its microseconds since [`START_US`].
    written: Mutex<BTreeMap<i64, Instant>>,
    /// When the fix was there.
    heard: Mutex<BTreeMap<i64, Instant>>,
    batches: Mutex<Vec<usize>>,
    samples: Mutex<usize>,
    /// From a publish here to its arrival here, without a unit.
    broker: Mutex<Vec<Duration>>,
}

fn speak(rig: &mut Rig, seen: &Arc<Seen>) -> Vec<JoinHandle<()>> {
    let mut masters = std::mem::take(&mut rig.wires).into_iter().map(|wire| wire.master);
    let mut line = |each: Duration, write: fn(&mut PtyMaster, i64, &Seen)| {
        let (seen, mut master) = (seen.clone(), masters.next().expect("three"));
        thread::spawn(move || {
            let begin = Instant::now();
            for n in 0.. {
                if seen.is_over.load(Relaxed) {
                    return;
                }
                sleep_until(begin + each * n);
                write(&mut master, i64::from(n), &seen);
            }
        })
    };
    vec![line(EPOCH, epoch), line(ATTITUDE, inertial), line(BOX, switches)]
}

fn epoch(master: &mut PtyMaster, n: i64, seen: &Seen) {
    let begin = Instant::now();
    let us = n * EPOCH.as_micros() as i64;
    for (ms, piece) in (0..).zip(burst(us).chunks(BYTES_PER_MS)) {
        sleep_until(begin + Duration::from_millis(ms));
        master.write_all(piece).expect("written");
    }
    seen.written.lock().expect("whole").insert(us, Instant::now());
}

fn inertial(master: &mut PtyMaster, n: i64, _: &Seen) {
    master.write_all(&attitude(n)).expect("written");
}

fn switches(master: &mut PtyMaster, n: i64, _: &Seen) {
    master.write_all(&signals(n as u8)).expect("written");
}

/// GGA, RMC, GST and KSXT of one instant, 361 bytes.
fn burst(us: i64) -> Vec<u8> {
    let (s, cs) = (us / 1_000_000, us % 1_000_000 / 10_000);
    let time = format!("{:02}{:02}{:02}.{cs:02}", 8 + s / 3_600, s / 60 % 60, s % 60);
    [
        format!("GNGGA,{time},2638.8200123,N,10637.8000456,E,4,28,0.6,1085.0012,M,-28.2310,M,1.0,0001"),
        format!("GNRMC,{time},A,2638.8200123,N,10637.8000456,E,2.134,087.45,201126,,,R,V"),
        format!("GNGST,{time},0.9,0.012,0.010,45.0,0.011,0.012,0.021"),
        format!(
            "KSXT,20261120{time},106.63000076,26.64700020,1056.7702,87.45,-1.23,86.90,3.952,,3,3,22,24,,,,3.946,0.214,0.011,,"
        ),
    ]
    .iter()
    .flat_map(|body| sentence(body))
    .collect()
}

fn sleep_until(at: Instant) {
    thread::sleep(at.saturating_duration_since(Instant::now()));
}

/// The subscriber's own thread; its client's other half publishes to itself.
fn subscribe(port: u16, seen: Arc<Seen>) -> tokio::runtime::Runtime {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let mut options = MqttOptions::new("bench", "127.0.0.1", port);
    options.set_max_packet_size(1 << 20, 1 << 20).set_inflight(1_000);
    let (client, mut events) = AsyncClient::new(options, 1_000);
    events.network_options.set_tcp_nodelay(true);
    runtime.spawn({
        let (client, seen) = (client.clone(), seen.clone());
        async move {
            loop {
                match events.poll().await.expect("a broker") {
                    Event::Incoming(Packet::ConnAck(_)) => {
                        for topic in ["kaoguan/v1/village/+/samples", "echo"] {
                            client.try_subscribe(topic, QoS::AtLeastOnce).expect("room");
                        }
                    }
                    Event::Incoming(Packet::Publish(publish)) => {
                        hear(&publish.topic, &publish.payload, Instant::now(), &client, &seen)
                    }
                    _ => {}
                }
            }
        }
    });
    let begin = Instant::now();
    runtime.spawn(async move {
        let mut each = tokio::time::interval(EPOCH);
        loop {
            each.tick().await;
            let mut payload = (begin.elapsed().as_nanos() as u64).to_le_bytes().to_vec();
            payload.resize(600, 0);
            // As long as a batch; the instant is in it, and `hear` knows the same beginning by it.
            seen.written.lock().expect("whole").entry(-1).or_insert(begin);
            let _ = client.try_publish("echo", QoS::AtLeastOnce, false, payload);
        }
    });
    runtime
}

fn hear(topic: &str, payload: &[u8], now: Instant, client: &AsyncClient, seen: &Seen) {
    if topic == "echo" {
        let (Some(nanos), Some(begin)) = (
            payload.first_chunk::<8>(),
            seen.written.lock().expect("whole").get(&-1).copied(),
        ) else {
            return;
        };
        let sent = begin + Duration::from_nanos(u64::from_le_bytes(*nanos));
        return seen
            .broker
            .lock()
            .expect("whole")
            .push(now.saturating_duration_since(sent));
    }
    let batch = Batch::decode(payload).expect("a batch");
    for sample in &batch.samples {
        if let (Stamp::Utc(at), Reading::Gnss(_)) = (sample.at, sample.reading) {
            seen.heard.lock().expect("whole").entry(at.0 - START_US).or_insert(now);
        }
    }
    seen.batches.lock().expect("whole").push(payload.len());
    *seen.samples.lock().expect("whole") += batch.samples.len();
    let receipt = Receipt {
        version: VERSION,
        boot: batch.boot,
        no: batch.no,
    };
    let bytes = minicbor::to_vec(receipt).expect("encodes");
    let topic = topic.replace("/samples", "/receipt");
    client.try_publish(topic, QoS::AtLeastOnce, true, bytes).expect("room");
}

/// A hundred appends of a batch's size, each synced, twenty a second: what the disk alone takes.
fn sync_alone(folder: &Path) -> Vec<Duration> {
    let mut file = fs::File::create(folder.join("alone")).expect("a file");
    (0..100)
        .map(|_| {
            thread::sleep(EPOCH);
            let begin = Instant::now();
            file.write_all(&[0; 700]).expect("written");
            file.sync_data().expect("synced");
            begin.elapsed()
        })
        .collect()
}

struct Unit(Child);

/// Over the time measured.
struct Spent {
    cpu: Duration,
    wall: Duration,
    rss_kib: u64,
}

impl Unit {
    fn start(config: &Path) -> Unit {
        let child = Command::new(env!("CARGO_BIN_EXE_kaoguan-unit"))
            .arg("--config")
            .arg(config)
            .stderr(Stdio::null())
            .spawn();
        Unit(child.expect("starts"))
    }

    fn measure(&mut self, span: Duration) -> Spent {
        let (cpu, begin) = (self.cpu(), Instant::now());
        let mut rss_kib = 0;
        while begin.elapsed() < span {
            thread::sleep(Duration::from_secs(1).min(span));
            rss_kib = rss_kib.max(self.rss_kib());
        }
        Spent {
            cpu: self.cpu() - cpu,
            wall: begin.elapsed(),
            rss_kib,
        }
    }

    /// All its threads, in user and system, since its start; counted in hundredths of a second.
    fn cpu(&self) -> Duration {
        let text = fs::read_to_string(format!("/proc/{}/stat", self.0.id())).expect("it runs");
        let fields = text.rsplit(')').next().unwrap_or("").split_whitespace();
        // The 14th and 15th of all: the name and what stands before it are two.
        let ticks = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok());
        Duration::from_millis(10 * ticks.sum::<u64>())
    }

    fn rss_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id())).expect("it runs");
        let line = status.lines().find(|line| line.starts_with("VmRSS"));
        line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
            .expect("a number")
    }

    fn end(mut self) {
        let pid = nix::unistd::Pid::from_raw(self.0.id() as i32);
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).expect("sent");
        assert!(self.0.wait().expect("waited for").success());
    }
}

fn load_average() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("?").to_owned()
}

fn report(seconds: u64, spent: &Spent, seen: &Seen, synced: Vec<Duration>, load: &str) {
    let written = seen.written.lock().expect("whole");
    let heard = seen.heard.lock().expect("whole");
    let from = WARM_UP.as_micros() as i64;
    let epochs = written.iter().filter(|(us, _)| **us >= from);
    let latencies: Vec<Duration> = epochs
        .clone()
        .filter_map(|(us, at)| Some(heard.get(us)?.saturating_duration_since(*at)))
        .collect();
    let missing = epochs.count() - latencies.len();
    let batches = seen.batches.lock().expect("whole");
    let per_s = |n: usize| n as f64 / (seconds as f64 + WARM_UP.as_secs_f64());
    println!("{seconds} s; load average of the machine {load}");
    println!(
        "unit: {:.2} % of one core, {:.1} MiB resident at most",
        100.0 * spent.cpu.as_secs_f64() / spent.wall.as_secs_f64(),
        spent.rss_kib as f64 / 1024.0
    );
    println!(
        "{} fixes, {missing} never heard; {:.0} samples a second in {:.1} batches of {} bytes",
        latencies.len(),
        per_s(*seen.samples.lock().expect("whole")),
        per_s(batches.len()),
        batches.iter().sum::<usize>() / batches.len().max(1)
    );
    println!("last byte to subscriber: {}", percentiles(latencies));
    println!(
        "broker alone, there and back: {}",
        percentiles(seen.broker.lock().expect("whole").clone())
    );
    println!("append and sync alone: {}", percentiles(synced));
}

fn percentiles(mut all: Vec<Duration>) -> String {
    all.sort_unstable();
    let ms = |per_mille: usize| {
        let place = (all.len() * per_mille / 1_000).min(all.len().saturating_sub(1));
        all.get(place).map_or(f64::NAN, |at| at.as_secs_f64() * 1e3)
    };
    let [p50, p90, p99, max] = [500, 900, 990, 1_000].map(ms);
    format!("p50 {p50:.1} ms, p90 {p90:.1} ms, p99 {p99:.1} ms, most {max:.1} ms")
}
