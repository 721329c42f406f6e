//! A configuration that an order brought, over a real broker: it passes, or the unit goes back to what it did before.
mod support;

use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};
use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;
use support::broker::Broker;
use support::engine::{Engine, until};
use support::process::Process;
use support::rig::Rig;
use support::sentences::{attitude, epoch};

/// Publishes an order for a whole configuration and waits for the broker's word that it has it.
async fn order(port: u16, id: &str, text: &str) {
    // Event time is the rig's.
    let expires = support::sentences::START_US + 600_000_000;
    let digest = blake3::hash(text.as_bytes()).to_hex().to_string();
    let order = json!({ "kind": "configuration", "id": id, "expires_utc_us": expires, "toml": text, "digest": digest });
    let mut options = MqttOptions::new("orderer", "127.0.0.1", port);
    options.set_max_packet_size(1 << 17, 1 << 17);
    let (client, mut events) = AsyncClient::new(options, 10);
    client
        .try_publish(
            "kaoguan/v1/village/moto-1/command",
            QoS::AtLeastOnce,
            false,
            order.to_string(),
        )
        .expect("room");
    while !matches!(
        events.poll().await.expect("a broker"),
        Event::Incoming(Packet::PubAck(_))
    ) {}
}

fn word(engine: &Engine, name: &str) -> Value {
    serde_json::from_str(&engine.word(name).unwrap_or_default()).unwrap_or_default()
}

/// Ten epochs and frames of the attitude sensor a second, until the test is over.
fn drive(rig: &mut Rig) {
    let mut lines: Vec<_> = rig.wires.drain(..2).collect();
    std::thread::spawn(move || {
        for n in 0..6_000 {
            let _ = lines[0].master.write_all(&epoch(n * 100));
            let _ = lines[1].master.write_all(&attitude(n));
            std::thread::sleep(Duration::from_millis(100));
        }
    });
}

/// The rig's file on a broker that asks who one is, with a trial of five seconds.
fn written(rig: &Rig) -> (PathBuf, String) {
    let text = rig
        .file()
        .replacen("# username", "username", 1)
        .replacen("# password", "password", 1)
        .replacen("# trial = \"120 s\"", "trial = \"5 s\"", 1);
    let path = rig.folder.path().join("unit.toml");
    fs::write(&path, &text).expect("written");
    (path, text)
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    file.with_extension(format!("toml.{ending}"))
}

fn digest(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

/// No boot has a hole in the numbers of its batches.
fn nothing_spooled_is_lost(engine: &Engine) {
    let mut next = std::collections::BTreeMap::<u32, u64>::new();
    for batch in engine.batches() {
        let due = next.entry(batch.boot).or_insert(0);
        assert_eq!(batch.no, *due, "of boot {}", batch.boot);
        *due += 1;
    }
    assert!(next.len() >= 3, "three boots have told: {next:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_configuration_that_hears_less_is_taken_back_and_one_that_hears_as_much_stays() {
    let Some(broker) = Broker::start() else { return };
    let engine = Engine::start(broker.port, true);
    let mut rig = Rig::new(broker.port, false);
    let (file, before) = written(&rig);
    drive(&mut rig);
    let mut process = Process::start(&[], &file, &[]);
    until("it hears", 30, || {
        let health = word(&engine, "health");
        health["attitude"]["ago_ms"].as_i64().is_some_and(|ago| ago < 1_000) && health["gnss"].is_object()
    })
    .await;
    // A faultless file whose attitude sensor is another one.
    let deaf = before.replacen("# dialect = \"witmotion\"", "dialect = \"hipnuc\"", 1);
    assert_ne!(deaf, before);
    order(broker.port, "c1", &deaf).await;
    until("it is taken", 30, || {
        word(&engine, "birth")["config_digest"] == digest(&deaf)
    })
    .await;
    until("no exam is admitted on trial", 10, || {
        word(&engine, "status")["room_min"] == 0
    })
    .await;
    until("it goes back", 60, || {
        word(&engine, "birth")["config_digest"] == digest(&before)
    })
    .await;
    assert_eq!(fs::read_to_string(&file).expect("there"), before);
    until("the order is answered", 30, || {
        word(&engine, "answer")["result"] == "undone"
    })
    .await;
    let answer = word(&engine, "answer");
    assert_eq!(answer["id"], "c1");
    assert!(
        answer["why"]
            .to_string()
            .contains("no attitude, which there was before within 5 s"),
        "{answer}"
    );
    assert!(!answer["why"].to_string().contains("position"), "{answer}");
    let said = || {
        word(&engine, "health")["configuration"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    until("health says so", 60, || {
        said().contains("order c1 was taken back: no attitude")
    })
    .await;
    let checked = support::process::output(&["check", "--seconds", "1"], &file);
    let checked = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(
        checked.contains("a configuration from an order: order c1 was taken back"),
        "{checked}"
    );
    until("there is room for exams", 30, || {
        word(&engine, "status")["room_min"] != 0
    })
    .await;
    // Who gives the same order again hears the same, and nothing is done.
    order(broker.port, "c1", &deaf).await;
    let good = format!("{before}# one more line\n");
    order(broker.port, "c2", &good).await;
    until("the next one is taken", 30, || {
        word(&engine, "birth")["config_digest"] == digest(&good)
    })
    .await;
    until("it passes", 30, || !beside(&file, "trial").exists()).await;
    until("room again", 30, || word(&engine, "status")["room_min"] != 0).await;
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(fs::read_to_string(&file).expect("there"), good);
    assert_eq!(fs::read_to_string(beside(&file, "old")).expect("kept"), before);
    assert_eq!(word(&engine, "birth")["boot"], 4, "it was not begun anew again");
    assert!(process.is_alive());
    nothing_spooled_is_lost(&engine);
}

/// As an order leaves it; the network goes, and the power in between.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_reaches_no_broker_is_taken_back_over_power_cuts() {
    let Some(mut broker) = Broker::start() else { return };
    broker.kill();
    let mut rig = Rig::new(broker.port, false);
    let (file, before) = written(&rig);
    drive(&mut rig);
    let new = format!("{before}# one more line\n");
    let paper = json!({
        "id": "c1", "digest": digest(&new), "before": digest(&before), "asks": ["position"], "starts": 0, "back": null,
    });
    fs::write(beside(&file, "old"), &before).expect("written");
    fs::write(beside(&file, "trial"), paper.to_string()).expect("written");
    fs::write(&file, &new).expect("written");
    let cut = Process::start(&[], &file, &[]);
    tokio::time::sleep(Duration::from_secs(2)).await;
    drop(cut);
    assert_eq!(fs::read_to_string(&file).expect("there"), new, "its time is not over");
    let mut process = Process::start(&[], &file, &[]);
    until("it goes back", 30, || {
        fs::read_to_string(&file).expect("there") == before
    })
    .await;
    broker.up();
    let engine = Engine::start(broker.port, true);
    until("the order is answered", 30, || {
        word(&engine, "answer")["result"] == "undone"
    })
    .await;
    let why = word(&engine, "answer")["why"].to_string();
    assert!(
        why.contains("no connection to the broker within 5 s") && !why.contains("position"),
        "{why}"
    );
    until("it runs as before", 30, || {
        word(&engine, "birth")["config_digest"] == digest(&before)
    })
    .await;
    until("all is delivered", 30, || {
        engine.batches().iter().filter(|batch| batch.boot == 3).count() > 10
    })
    .await;
    assert!(process.is_alive());
    nothing_spooled_is_lost(&engine);
}
