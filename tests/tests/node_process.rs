//! A pole that is a process: serial lines in, the time from the engine over a real broker, and a candidate who touches it.
//!
//! Proves: a unit with a signal box alone gets its time from the site and dates what its pole feels; the engine charges it to the vehicle
//! that stood there at that moment, and the sealed record with the node's stretch is judged again to the same bytes. The vehicle is made
//! by hand: its samples are laid so in time that it stands at the pole when the line says so.
use kaoguan_server::entry::Kind;
use kaoguan_server::score::verify;
use kaoguan_telemetry::Stamp;
use kaoguan_telemetry::units::EventTime;
use kaoguan_telemetry::wire::Batch;
use kaoguan_tests::field::{self, Said};
use kaoguan_tests::hand::{Path, Rig, T0};
use kaoguan_tests::site::{Plan, Process, SITE, Site, UNIT, shipped, until};
use nix::fcntl::OFlag;
use nix::pty::{PtyMaster, grantpt, posix_openpt, ptsname_r, unlockpt};
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};
use std::io::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A collector's line each 20 ms.
const EACH: Duration = Duration::from_millis(20);
/// So long the node speaks before the hit (it needs the time first, and the item begins then) and after it.
const BEFORE: Duration = Duration::from_secs(15);
const AFTER: Duration = Duration::from_secs(6);

/// A line of 20 ms, what is known of the site's time, and this machine's haste.
const DATED_WITHIN_US: i64 = 200_000;

fn now_us() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_micros()).expect("before 290000")
}

/// To the first pole, two seconds at rest 1 cm beside it, and on; and when that rest is half over.
fn beside_the_pole() -> (Path, f64) {
    let shifted = |mut path: Path| {
        path.rows.iter_mut().for_each(|row| row.1 -= 0.065);
        path
    };
    let way = |to: f64| Path::at(0.0, 0.0, 90.0).stand(3.0).go(1.0, 1.3).weave(to, 1.3);
    let rig = Rig::new();
    let course = &rig.exam.setup().parts().course;
    let mut parts = course.sites.iter().flat_map(|site| &site.parts);
    let pole = parts
        .find(|part| part.role == "pole" && part.ordinal == Some(1))
        .expect("a first pole")
        .points()[0];
    let away = |path: &Path| {
        let (e, n, way) = *path.rows.last().expect("rows");
        let (ahead, way) = (1.40, way.to_radians());
        (e + ahead * way.sin() - pole.e).hypot(n + ahead * way.cos() - pole.n)
    };
    let places = (0..300).map(|i| 4.0 + f64::from(i) * 0.01);
    let stop = places
        .min_by(|a, b| away(&shifted(way(*a))).total_cmp(&away(&shifted(way(*b)))))
        .expect("places");
    let there = way(stop).stand(2.0);
    let at = there.now() - 1.0;
    (shifted(there.weave(23.8, 1.3).stand(4.0)), at)
}

fn line() -> (PtyMaster, String) {
    let master = posix_openpt(OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC).expect("a pty");
    grantpt(&master).expect("granted");
    unlockpt(&master).expect("unlocked");
    let path = ptsname_r(&master).expect("a name");
    (master, path)
}

/// A collector of five poles, of which the first may be hit.
fn sentence(is_hit: bool) -> Vec<u8> {
    let body = format!("HS-MOTION,5,{}0000", u8::from(is_hit));
    let sum = body.bytes().fold(0, |sum, byte| sum ^ byte);
    format!("${body}*{sum:02X}\r\n").into_bytes()
}

/// Speaks for the poles' collector; says when the first pole was hit, by this machine's clock.
fn speak(mut line: PtyMaster) -> i64 {
    let frames = |span: Duration| span.as_millis() / EACH.as_millis();
    let mut hit_us = 0;
    for frame in 0..frames(BEFORE + AFTER) {
        let is_hit = (frames(BEFORE)..frames(BEFORE) + 3).contains(&frame);
        if is_hit && hit_us == 0 {
            hit_us = now_us();
        }
        line.write_all(&sentence(is_hit)).expect("written");
        std::thread::sleep(EACH);
    }
    hit_us
}

fn node(site: &Site, line: &str) -> Process {
    let file = site.folder().join("node.toml");
    let text = format!(
        "[unit]\nid = \"poles\"\nsite = {SITE:?}\nspool = {:?}\n[mqtt]\nhost = \"127.0.0.1\"\nport = {}\n\
         [signal_box]\ndialect = \"hs_motion\"\npath = {line:?}\nbaud = \"115200 baud\"\nlatency = \"1 ms\"\n\
         [signal_box.poles]\nfirst = {{ item = 1, pole = 1, sensor = 0, hit_when = \"high\" }}\n",
        site.folder().join("node-spool"),
        site.mqtt(),
    );
    std::fs::write(&file, text).expect("written");
    let mut command = shipped("kaoguan-unit");
    command.arg("--config").arg(&file);
    Process::start("the node", &mut command, &site.folder().join("node.log"))
}

/// Publishes the vehicle's batches; returns when the broker has them.
async fn publish(port: u16, said: Vec<Said>) {
    let mut options = MqttOptions::new("hand", "127.0.0.1", port);
    options.set_max_packet_size(1 << 20, 1 << 20);
    let (client, mut events) = AsyncClient::new(options, 16);
    let batches = field::batches(said);
    let count = batches.len();
    let topic = format!("kaoguan/v1/{SITE}/{UNIT}/samples");
    let sender = tokio::spawn(async move {
        for (_, bytes) in batches {
            let sent = client.publish(&topic, QoS::AtLeastOnce, false, bytes).await;
            sent.expect("queued");
        }
        client
    });
    let mut acked = 0;
    while acked < count {
        if let Event::Incoming(Packet::PubAck(_)) = events.poll().await.expect("the broker is there") {
            acked += 1;
        }
    }
    sender.await.expect("no panic");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pole_of_its_own_charges_who_stands_at_it() {
    let site = Site::start(Plan {
        more: [
            "clock_within = \"2 ms\"\n",
            "[nodes]\npoles = { item = \"poles\", part = \"poles\" }\n",
        ],
        ..Plan::default()
    });
    site.open_exam();
    let (master, path) = line();
    let node = node(&site, &path);
    let hit_us = tokio::task::spawn_blocking(move || speak(master))
        .await
        .expect("no panic");
    let (path, at) = beside_the_pole();
    let begin = hit_us - (at * 1e6) as i64;
    let mut vehicle = field::vehicle(&path, true);
    for said in &mut vehicle {
        if let Stamp::Utc(at) = said.sample.at {
            said.sample.at = Stamp::Utc(EventTime(at.0 - T0 + begin));
        }
    }
    publish(site.mqtt(), vehicle).await;
    let outcome = site.closed();
    let log = std::fs::read_to_string(site.folder().join("node.log")).expect("a log");
    assert!(log.contains("time locked"), "{log}");
    let view = site.exam().expect("the engine answers");
    let findings = view["findings"].as_array().expect("a list");
    let touched = findings.iter().filter(|f| f["rule"] == "pole_course.pole_touched");
    let at: Vec<i64> = touched.filter_map(|f| f["at_us"].as_i64()).collect();
    let [at_us] = at[..] else {
        panic!("one touch: {outcome:?}")
    };
    println!("charged {} us after the line said so", at_us - hit_us);
    assert!((at_us - hit_us).abs() <= DATED_WITHIN_US, "{at_us} for {hit_us}");
    node.stop();
    until("the record is there", 20, || site.record().exists());
    let verified = verify(&site.record(), None).expect("reads");
    assert!(verified.ok(), "{:?}", verified.steps);
    let record = kaoguan_server::record::read(&site.record()).expect("reads");
    let stamps = record.stretch.entries().filter_map(|entry| match &entry.kind {
        Kind::Batch(batch) if batch.unit == field::unit("poles") => Batch::decode(&batch.bytes).ok(),
        _ => None,
    });
    let all: Vec<_> = stamps.flat_map(|batch| batch.samples).collect();
    assert!(
        all.iter().any(|sample| matches!(sample.at, Stamp::Uptime(_))),
        "before it was told the time"
    );
    let dated = all.iter().filter(|sample| matches!(sample.at, Stamp::Utc(_)));
    let worst = dated.map(|sample| sample.at_u.0).max().expect("and after that");
    println!("the node's time is known to {worst} us at worst");
}
