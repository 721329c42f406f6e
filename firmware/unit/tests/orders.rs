//! Orders of the engine over a real broker: spoken, late, refused, repeated, and over restarts.
mod support;

use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use support::broker::Broker;
use support::engine::{Engine, until};
use support::process::Process;
use support::rig::Rig;

const COMMAND: &str = "kaoguan/v1/village/moto-1/command";

/// In so many seconds, or so many ago, as an order says it.
fn utc_us(seconds: i64) -> i64 {
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .expect("after 1970");
    now.as_micros() as i64 + seconds * 1_000_000
}

/// Publishes and waits for the broker's word that it has it.
async fn order(port: u16, order: &Value) {
    let mut options = MqttOptions::new("orderer", "127.0.0.1", port);
    options.set_max_packet_size(1 << 17, 1 << 17);
    let (client, mut events) = AsyncClient::new(options, 10);
    client
        .try_publish(COMMAND, QoS::AtLeastOnce, false, order.to_string())
        .expect("room");
    while !matches!(
        events.poll().await.expect("a broker"),
        Event::Incoming(Packet::PubAck(_))
    ) {}
}

/// The answer of an order that was given; each has an id of its own.
async fn answer(engine: &Engine, id: &str) -> Value {
    let is_it = |value: &Value| value["id"] == id;
    let last = || {
        engine
            .word("answer")
            .and_then(|text| serde_json::from_str::<Value>(&text).ok())
    };
    until(&format!("the answer of {id}"), 30, || {
        last().is_some_and(|value| is_it(&value))
    })
    .await;
    last().expect("just seen")
}

async fn online(engine: &Engine) {
    until("it is online", 30, || {
        engine.conns().iter().any(|conn| conn.contains("online"))
    })
    .await;
}

/// Orders may be given once the unit has subscribed, which its status comes behind.
async fn listening(engine: &Engine) {
    online(engine).await;
    until("it has greeted", 30, || engine.word("status").is_some()).await;
}

fn voice(rig: &Rig, words: &[&str], longest: &str) -> String {
    format!(
        "{}\n[voice]\nprogram = {words:?}\nlongest = \"{longest}\"\n",
        rig.file()
    )
}

fn prompt(id: &str, text: &str, expires_utc_us: i64) -> Value {
    json!({ "kind": "prompt", "id": id, "expires_utc_us": expires_utc_us, "text": text })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_prompt_is_spoken_once_and_a_late_or_strange_one_never() {
    let Some(broker) = Broker::start() else { return };
    let engine = Engine::start(broker.port, true);
    let rig = Rig::new(broker.port, false);
    let said = rig.folder.path().join("said");
    let file = voice(&rig, &["tee", "-a", &said.to_string_lossy()], "5 s");
    let unit = rig.start_with(kaoguan_unit::Config::parse(&file, "rig").expect("good"));
    listening(&engine).await;
    for (no, wanted, given) in [
        (1, "done", prompt("p1", "请在前方掉头", utc_us(60))),
        (2, "done", prompt("p1", "请在前方掉头", utc_us(60))),
        (3, "late", prompt("p2", "late", utc_us(-2))),
        (4, "refused", prompt("p3", "$(reboot)\u{1b}[2J", utc_us(60))),
        (5, "refused", prompt("p4", &"x".repeat(601), utc_us(60))),
        (
            6,
            "refused",
            json!({ "kind": "dance", "id": "p5", "expires_utc_us": utc_us(60) }),
        ),
        (7, "done", prompt("p6", "$(reboot) `reboot` ; reboot", utc_us(60))),
    ] {
        order(broker.port, &given).await;
        let id = given["id"].as_str().expect("an id").to_owned();
        assert_eq!(answer(&engine, &id).await["result"], wanted, "{no}: {given}");
    }
    let late = engine.word("answer");
    order(
        broker.port,
        &json!({ "kind": "prompt", "expires_utc_us": utc_us(60), "text": "nobody asked" }),
    )
    .await;
    order(broker.port, &prompt("p7", "end", utc_us(60))).await;
    assert_eq!(answer(&engine, "p7").await["result"], "done", "after {late:?}");
    unit.stop().await;
    let heard = std::fs::read_to_string(&said).expect("spoken");
    assert_eq!(
        heard, "请在前方掉头\n$(reboot) `reboot` ; reboot\nend\n",
        "no shell, no repeat, nothing late"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_voice_that_hangs_is_killed_and_a_missing_one_is_told() {
    for (no, words, wanted) in [
        (0, ["sleep", "3600"], "killed"),
        (1, ["/no/such/voice", "-v"], "No such file"),
        (2, ["false", "-v"], "exit status: 1"),
    ] {
        // A broker each: what is retained is of another unit.
        let Some(broker) = Broker::start() else { return };
        let engine = Engine::start(broker.port, true);
        let rig = Rig::new(broker.port, false);
        let file = voice(&rig, &words, "300 ms");
        let unit = rig.start_with(kaoguan_unit::Config::parse(&file, "rig").expect("good"));
        listening(&engine).await;
        let id = format!("hang-{no}");
        order(broker.port, &prompt(&id, "text", utc_us(60))).await;
        let answer = answer(&engine, &id).await;
        assert_eq!(answer["result"], "refused", "{answer}");
        assert!(answer["why"].to_string().contains(wanted), "{answer}");
        unit.stop().await;
    }
}

fn written(rig: &Rig) -> PathBuf {
    let path = rig.folder.path().join("unit.toml");
    std::fs::write(&path, rig.file()).expect("written");
    path
}

fn birth(engine: &Engine) -> Value {
    let text = engine.word("birth").unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_is_done_once_however_often_its_order_comes() {
    let Some(broker) = Broker::start() else { return };
    let engine = Engine::start(broker.port, true);
    let rig = Rig::new(broker.port, false);
    let mut process = Process::start(&[], &written(&rig), &[]);
    until("the first boot", 30, || birth(&engine)["boot"] == 1).await;
    listening(&engine).await;
    // An order that cannot be written down could restart the unit for ever: it is not obeyed.
    let hindrance = rig.folder.path().join("spool/orders.json.new");
    std::fs::create_dir(&hindrance).expect("made");
    order(
        broker.port,
        &json!({ "kind": "restart", "id": "r0", "expires_utc_us": utc_us(600) }),
    )
    .await;
    let refused = answer(&engine, "r0").await;
    assert!(
        refused["why"].to_string().contains("cannot be written down"),
        "{refused}"
    );
    std::fs::remove_dir(&hindrance).expect("removed");
    let restart = json!({ "kind": "restart", "id": "r1", "expires_utc_us": utc_us(600) });
    order(broker.port, &restart).await;
    until("the second boot", 30, || birth(&engine)["boot"] == 2).await;
    assert_eq!(answer(&engine, "r1").await["result"], "done");
    // Again, and another one behind it: when that is answered the first has been looked at.
    order(broker.port, &restart).await;
    order(
        broker.port,
        &json!({ "kind": "restart", "id": "r2", "expires_utc_us": utc_us(-600) }),
    )
    .await;
    assert_eq!(answer(&engine, "r2").await["result"], "late");
    assert_eq!(birth(&engine)["boot"], 2);
    assert!(process.is_alive(), "the same process, with the same id");
}

fn configuration(id: &str, text: &str) -> Value {
    let digest = blake3::hash(text.as_bytes()).to_hex().to_string();
    json!({ "kind": "configuration", "id": id, "expires_utc_us": utc_us(600), "toml": text, "digest": digest })
}

async fn refused(engine: &Engine, broker: &Broker, given: &Value, wanted: &[&str], file: &Path, before: &str) {
    order(broker.port, given).await;
    let id = given["id"].as_str().expect("an id");
    let answer = answer(engine, id).await;
    assert_eq!(answer["result"], "refused", "{answer}");
    let why = answer["why"].to_string();
    wanted
        .iter()
        .for_each(|wanted| assert!(why.contains(wanted), "{wanted}: {answer}"));
    assert_eq!(std::fs::read_to_string(file).expect("there"), before, "untouched");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_configuration_is_taken_whole_or_refused_with_all_its_faults() {
    let Some(broker) = Broker::start() else { return };
    let engine = Engine::start(broker.port, true);
    let rig = Rig::new(broker.port, false);
    // On a broker that asks nobody, nobody says how a unit is set up.
    let open = rig.file();
    let file = written(&rig);
    let process = Process::start(&[], &file, &[]);
    until("the open boot", 30, || birth(&engine)["boot"] == 1).await;
    listening(&engine).await;
    let anybody = configuration("c0", &format!("{open}# one more line\n"));
    refused(&engine, &broker, &anybody, &["username or tls"], &file, &open).await;
    drop(process);
    let before = open
        .replacen("# username", "username", 1)
        .replacen("# password", "password", 1);
    std::fs::write(&file, &before).expect("written");
    let _process = Process::start(&[], &file, &[]);
    until("the first boot", 30, || birth(&engine)["boot"] == 2).await;
    listening(&engine).await;
    let faulty = before
        .replace("latency = \"60 ms\"", "latency = \"60\"")
        .replace("check = \"xor\"", "check = \"guess\"");
    let faults = ["receiver.latency", "signal_box.check", "line "];
    refused(&engine, &broker, &configuration("c1", &faulty), &faults, &file, &before).await;
    let other = before.replace("moto-1", "moto-2");
    refused(
        &engine,
        &broker,
        &configuration("c2", &other),
        &["[unit]", "at the vehicle"],
        &file,
        &before,
    )
    .await;
    let mut changed = configuration("c3", &format!("{before}# one more line\n"));
    changed["digest"] = "00".repeat(32).into();
    refused(&engine, &broker, &changed, &["digest"], &file, &before).await;
    let spoken = format!("{before}\n[voice]\nprogram = [\"/bin/sh\"]\nlongest = \"5 s\"\n");
    let elsewhere = before.replace("port = ", "port = 1");
    let described = before.replace("[signal_box]\n", "[signal_box]\ndbc = \"/dev/zero\"\n");
    for (id, text, section) in [
        ("c5", spoken, "[voice]"),
        ("c6", elsewhere, "[mqtt]"),
        ("c7", described, "[signal_box]"),
    ] {
        assert_ne!(text, before);
        refused(
            &engine,
            &broker,
            &configuration(id, &text),
            &[section, "at the vehicle"],
            &file,
            &before,
        )
        .await;
    }
    let rubbish: String = (0..2_000).map(|n| format!("unknown_{n} = 1\n")).collect();
    let many = before.replace("[signal_box]\n", &format!("[signal_box]\n{rubbish}"));
    refused(
        &engine,
        &broker,
        &configuration("c8", &many),
        &["unknown_0", "more"],
        &file,
        &before,
    )
    .await;
    let good = format!("{before}# one more line\n").replace("latency = \"60 ms\"", "latency = \"70 ms\"");
    order(broker.port, &configuration("c4", &good)).await;
    until("the second boot", 30, || birth(&engine)["boot"] == 3).await;
    assert_eq!(answer(&engine, "c4").await["result"], "done");
    assert_eq!(
        birth(&engine)["config_digest"],
        blake3::hash(good.as_bytes()).to_hex().as_str()
    );
    assert_eq!(std::fs::read_to_string(&file).expect("there"), good);
    let old = file.with_extension("toml.old");
    assert_eq!(std::fs::read_to_string(old).expect("kept"), before);
    tokio::time::sleep(Duration::from_millis(1)).await;
}
