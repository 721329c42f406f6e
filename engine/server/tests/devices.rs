//! How units are, over the real broker to the page's endpoints: shown as they say it, never in a journal, and no hostile word gets far.
mod common;

use common::*;
use kaoguan_server::entry::Kind;
use kaoguan_server::journal::Journal;
use kaoguan_unit::health::{Direction, Fix, Health, PortHealth};
use rumqttc::QoS;
use serde_json::Value;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn health(unit: &str, quality: &str) -> Vec<u8> {
    let line = PortHealth {
        port: "receiver".into(),
        ..PortHealth::default()
    };
    let health = Health {
        unit: unit.into(),
        site: SITE.into(),
        uptime_s: 60,
        utc_us: Some(START_US),
        ports: vec![line],
        gnss: Some(Fix {
            quality: quality.into(),
            satellites: 28,
            age_ms: Some(1_000),
            sigma_tenth_mm: Some(90),
            speed_mm_s: Some(0),
            ago_ms: 40,
        }),
        heading: Some(Direction {
            quality: "fixed".into(),
            ..Direction::default()
        }),
        ..Health::default()
    };
    serde_json::to_vec(&health).expect("JSON")
}

async fn say(unit: &Unit, name: &str, topic: &str, retain: bool, bytes: Vec<u8>) {
    let topic = format!("kaoguan/v1/{SITE}/{name}/{topic}");
    let sent = unit.client.publish(topic, QoS::AtLeastOnce, retain, bytes).await;
    sent.expect("a channel");
}

/// What the engine says of a device, once it is as `wanted`.
async fn device(engine: &kaoguan_server::Engine, name: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        let (status, all) = get(engine.http_addr(), "/api/devices").await;
        assert_eq!(status, 200);
        let devices = all["devices"].as_array().expect("a list");
        let found = devices.iter().find(|device| device["unit"] == name);
        if let Some(found) = found.filter(|found| wanted(found)) {
            return found.clone();
        }
        assert!(Instant::now() < until, "{all}");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

/// Turns the connection's wheel until the broker has what was published.
async fn settle(unit: &mut Unit, no: u64) {
    unit.send(batch(1, no).encode()).await;
    unit.receipt_of(1, no).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_sees_how_a_unit_is_and_hears_of_each_change_once() {
    let data = tempfile::tempdir().expect("a folder");
    let mut config = config(data.path());
    let own = config.documents.vehicle.clone();
    config.documents.vehicles.insert(unit_id(), own);
    let engine = kaoguan_server::start(config).await.expect("the engine starts");
    let unheard = device(&engine, "moto-1", |_| true).await;
    assert_eq!(
        (&unheard["state"], &unheard["figures"]),
        (&"unknown".into(), &Value::Null)
    );
    let mut page = tokio::net::TcpStream::connect(engine.http_addr())
        .await
        .expect("connects");
    let asked = page.write_all(b"GET /api/events HTTP/1.1\r\nHost: x\r\n\r\n").await;
    asked.expect("writes");
    let mut text = String::new();
    events(&mut page, &mut text, "unknown").await;

    let mut unit = Unit::connect(engine.mqtt_addr(), "moto-1").await;
    say(&unit, "moto-1", "conn", true, br#"{"state":"online"}"#.into()).await;
    say(&unit, "moto-1", "health", true, health("moto-1", "fixed")).await;
    settle(&mut unit, 0).await;
    let good = device(&engine, "moto-1", |device| device["state"] == "good").await;
    assert_eq!((&good["live"], &good["conn"]), (&true.into(), &"online".into()));
    assert_eq!(good["figures"]["fix"]["satellites"], 28);
    assert_eq!((&good["role"]["class"], &good["named"]), (&"E".into(), &true.into()));
    events(&mut page, &mut text, "good").await;
    // What says the same as before is told to nobody, however often the devices are looked at meanwhile.
    tokio::time::sleep(Duration::from_secs(5)).await;
    for no in 1..=3 {
        say(&unit, "moto-1", "conn", true, br#"{"state":"online"}"#.into()).await;
        settle(&mut unit, no).await;
        // Each in a look of its own, which are half a second apart.
        tokio::time::sleep(Duration::from_millis(600)).await;
    }
    say(&unit, "moto-1", "health", true, health("moto-1", "float")).await;
    settle(&mut unit, 4).await;
    let float = device(&engine, "moto-1", |device| device["state"] == "doubtful").await;
    let fault = &float["faults"][0];
    assert_eq!(
        (&fault["key"], &float["short"]["en"]),
        (&"fault-quality".into(), &"not fixed".into())
    );
    let sentence = fault["said"]["zh"].as_str().expect("a sentence");
    assert!(sentence.contains("浮点解") && sentence.contains("28"), "{sentence}");
    assert!(!fault["remedy"]["zh"].as_str().expect("a remedy").is_empty());
    let told = events(&mut page, &mut text, "doubtful").await;
    let mut states: Vec<&str> = told
        .iter()
        .filter_map(|event| event["device"]["state"].as_str())
        .collect();
    // A round may end between two words that belong together; what has not changed is not told.
    assert!(states.len() <= 4, "{told:?}");
    states.dedup();
    assert_eq!(states, ["unknown", "good", "doubtful"]);
    // Who takes its words back is a name in the file again.
    say(&unit, "moto-1", "health", true, Vec::new()).await;
    say(&unit, "moto-1", "conn", true, Vec::new()).await;
    settle(&mut unit, 5).await;
    device(&engine, "moto-1", |device| {
        device["state"] == "unknown" && device["conn"].is_null()
    })
    .await;
    engine.shutdown().await;

    // For eyes: the journal holds the batches and nothing else.
    let (journal, _) = Journal::open(&data.path().join("journal")).expect("whole");
    for linked in journal.read_from(0).expect("readable") {
        assert!(matches!(linked.expect("an entry").entry.kind, Kind::Batch(_)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_unit_is_refused_in_another_s_name_counted_and_shown_as_text() {
    let data = tempfile::tempdir().expect("a folder");
    let engine = engine(data.path()).await;
    let mut unit = Unit::connect(engine.mqtt_addr(), "moto-1").await;
    let mut elsewhere: Value = serde_json::from_slice(&health("moto-2", "fixed")).expect("JSON");
    elsewhere["site"] = "elsewhere".into();
    say(&unit, "moto-2", "health", true, health("moto-1", "fixed")).await;
    say(&unit, "moto-2", "health", true, elsewhere.to_string().into_bytes()).await;
    say(&unit, "moto-2", "health", true, vec![b'['; 200_000]).await;
    say(&unit, "moto-2", "conn", true, b"\xff\xfe".to_vec()).await;
    let mut vicious: Value = serde_json::from_slice(&health("moto-3", "fixed")).expect("JSON");
    vicious["configuration"] = "<script>alert(1)</script>".into();
    vicious["firmware"] = "<b>".repeat(1_000).into();
    say(&unit, "moto-3", "health", true, vicious.to_string().into_bytes()).await;
    settle(&mut unit, 0).await;
    let shown = device(&engine, "moto-3", |device| device["state"] == "doubtful").await;
    // JSON, and no page: what it says is what it is, shortened.
    let said = shown["faults"][0]["said"]["zh"].as_str().expect("a sentence");
    assert!(said.contains("<script>alert(1)</script>"), "{said}");
    assert!(shown["figures"]["firmware"].as_str().expect("a text").chars().count() <= 41);
    let (_, all) = get(engine.http_addr(), "/api/devices").await;
    assert_eq!(all["refused"], 4);
    let names: Vec<&Value> = all["devices"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|device| &device["unit"])
        .collect();
    assert_eq!(names, ["moto-3"]);
    // The engine goes on as before.
    let exam = engine.open_exam(request("c")).await.expect("opened");
    assert!(engine.board(&exam).is_some());
    engine.shutdown().await;
}

/// A word that was retained before the engine came proves nobody there.
#[tokio::test(flavor = "multi_thread")]
async fn a_word_that_the_broker_kept_is_marked_until_the_unit_speaks() {
    let (first, second) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    let broker = engine(first.path()).await;
    let mut unit = Unit::connect(broker.mqtt_addr(), "moto-1").await;
    say(&unit, "moto-1", "health", true, health("moto-1", "fixed")).await;
    settle(&mut unit, 0).await;
    let config = kaoguan_server::SiteConfig {
        mqtt: kaoguan_server::Mqtt::At {
            host: "127.0.0.1".into(),
            port: broker.mqtt_addr().port(),
            login: None,
        },
        ..config(second.path())
    };
    // The second engine stands for the first after a restart; only one of them may be connected under the site's name.
    let late = kaoguan_server::start(config).await.expect("the engine starts");
    let kept = device(&late, "moto-1", |_| true).await;
    assert_eq!((&kept["state"], &kept["live"]), (&"unknown".into(), &false.into()));
    assert_eq!(kept["faults"][0]["key"], "fault-retained");
    say(&unit, "moto-1", "health", true, health("moto-1", "fixed")).await;
    // The connection's wheel turns while it waits for what never comes.
    let _ = unit.any_receipt_within(Duration::from_secs(1)).await;
    let live = device(&late, "moto-1", |device| device["live"] == true).await;
    assert_eq!(live["state"], "good");
    late.shutdown().await;
    broker.shutdown().await;
}

/// The data of the stream's events about devices, until one says this state.
async fn events(page: &mut tokio::net::TcpStream, text: &mut String, state: &str) -> Vec<Value> {
    let mut bytes = [0; 65_536];
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        let found: Vec<Value> = text
            .split("\n\n")
            .filter(|block| block.contains("event: device\n"))
            .filter_map(|block| block.lines().find_map(|line| line.strip_prefix("data: ")))
            .filter_map(|data| serde_json::from_str(data).ok())
            .collect();
        if found.last().is_some_and(|event| event["device"]["state"] == state) {
            return found;
        }
        assert!(Instant::now() < until, "no {state} came: {text}");
        let read = page.read(&mut bytes).await.expect("reads");
        text.push_str(&String::from_utf8_lossy(&bytes[..read]));
    }
}
