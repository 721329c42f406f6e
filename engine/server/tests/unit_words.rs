//! What a unit says beside its batches: an exam that its disk will not hold does not begin, one whose data it refuses is not
//! judged, and what it sees now is for eyes only.
mod common;

use common::*;
use kaoguan_exam::Verdict;
use kaoguan_server::entry::Kind;
use kaoguan_server::journal::Journal;
use kaoguan_telemetry::units::{Nanodegrees, TenthMillimetres};
use kaoguan_telemetry::wire::Live;
use kaoguan_telemetry::{Gnss, Quality};
use rumqttc::QoS;
use serde_json::Value;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

async fn engine_waiting(data: &Path, wait: Duration) -> kaoguan_server::Engine {
    let config = kaoguan_server::SiteConfig {
        source_lost_after: wait,
        ..config(data)
    };
    kaoguan_server::start(config).await.expect("the engine starts")
}

/// Retained; when the batch behind it has its receipt, the broker has it.
async fn say(unit: &mut Unit, topic: &str, bytes: Vec<u8>, no: u64) {
    let topic = format!("kaoguan/v1/{SITE}/moto-1/{topic}");
    let sent = unit.client.publish(topic, QoS::AtLeastOnce, true, bytes).await;
    sent.expect("a channel");
    unit.send(batch(1, no).encode()).await;
    unit.receipt_of(1, no).await;
}

async fn status(unit: &mut Unit, state: &str, room_min: u32, no: u64) {
    let text = format!(r#"{{"state":"{state}","dropped_samples":0,"room_min":{room_min}}}"#);
    say(unit, "status", text.into_bytes(), no).await;
}

/// A word of the unit is on its way to the keeper for a moment.
async fn refused_with(engine: &kaoguan_server::Engine, key: &str) {
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        match engine.open_exam(request("c")).await {
            Err(refusal) if refusal.key == key => return,
            Err(refusal) => assert!(Instant::now() < until, "{refusal}"),
            Ok(exam) => {
                assert!(Instant::now() < until, "it was opened");
                let stop = kaoguan_exam::Act::Stop {
                    by: "王".into(),
                    reason: "again".into(),
                    fail: false,
                };
                engine.act(&exam, stop).await.expect("stopped");
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exam_begins_only_on_a_unit_with_room_for_it() {
    let data = tempfile::tempdir().expect("a folder");
    let engine = engine(data.path()).await;
    let mut unit = Unit::connect(engine.mqtt_addr(), "moto-1").await;
    status(&mut unit, "ok", 12, 0).await;
    refused_with(&engine, "error-unit-room").await;
    let body = r#"{"candidate":"c","unit":"moto-1","class":"E","by":"王"}"#;
    let (code, answer) = post(engine.http_addr(), "/api/exams", body).await;
    assert_eq!(code, 409);
    let zh = answer["error"]["zh"].as_str().expect("a sentence");
    assert!(zh.contains("12") && zh.contains("60"), "{zh}");

    status(&mut unit, "disk_full", 600, 1).await;
    refused_with(&engine, "error-unit-disk").await;

    status(&mut unit, "ok", 60, 2).await;
    let until = Instant::now() + Duration::from_secs(10);
    while let Err(refusal) = engine.open_exam(request("c")).await {
        assert!(Instant::now() < until, "{refusal}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exam_whose_data_is_refused_is_not_judged_and_nothing_is_charged() {
    let data = tempfile::tempdir().expect("a folder");
    let engine = engine_waiting(data.path(), Duration::from_secs(2)).await;
    let mut unit = Unit::connect(engine.mqtt_addr(), "moto-1").await;
    status(&mut unit, "ok", 600, 0).await;
    let exam = engine.open_exam(request("c")).await.expect("opened");
    // What is over soon is a gap in an item, and no end.
    status(&mut unit, "disk_full", 0, 1).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    status(&mut unit, "ok", 600, 2).await;
    for no in 3..12 {
        unit.send(batch(1, no).encode()).await;
        unit.receipt_of(1, no).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    assert_eq!(engine.board(&exam).expect("there").verdict, Verdict::Running);

    status(&mut unit, "disk_full", 0, 12).await;
    let outcome = tokio::time::timeout(Duration::from_secs(10), engine.closed(&exam)).await;
    let outcome = outcome.expect("within 10 s").expect("closed");
    let Verdict::Void { why } = &outcome.verdict else {
        panic!("{outcome:?}")
    };
    assert!(
        why.contains("moto-1") && why.contains("免费重考") && why.contains("free"),
        "{why}"
    );
    assert!(outcome.findings.is_empty() && outcome.score == 100, "{outcome:?}");
    engine.shutdown().await;
}

/// The antenna at the course's origin, ten hours ahead of every batch.
fn live() -> Live {
    let mut beat = batch(1, 36_000).samples[0];
    beat.reading = kaoguan_telemetry::Reading::Gnss(Gnss {
        latitude: Nanodegrees(26_647_000_000),
        longitude: Nanodegrees(106_630_000_000),
        height: TenthMillimetres(10_850_000),
        quality: Quality::Fixed,
        satellites: 28,
        age: None,
        sigma_north: None,
        sigma_east: None,
        sigma_up: None,
        velocity_north: None,
        velocity_east: None,
        resolution: TenthMillimetres(0),
    });
    Live {
        version: 1,
        unit: unit_id(),
        boot: 1,
        behind: 3_000,
        samples: vec![beat],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_seen_now_is_shown_as_such_and_in_no_journal() {
    let data = tempfile::tempdir().expect("a folder");
    let engine = engine(data.path()).await;
    let mut unit = Unit::connect(engine.mqtt_addr(), "moto-1").await;
    let exam = engine.open_exam(request("c")).await.expect("opened");
    let before = engine.board(&exam).expect("there");
    let mut page = tokio::net::TcpStream::connect(engine.http_addr())
        .await
        .expect("connects");
    let asked = page.write_all(b"GET /api/events HTTP/1.1\r\nHost: x\r\n\r\n").await;
    asked.expect("writes");
    // Of another unit's name, and no live view at all.
    let stranger = Live {
        unit: kaoguan_telemetry::UnitId::new("moto-2").expect("a good name"),
        ..live()
    };
    let views = [minicbor::to_vec(stranger), Ok(vec![0xFF]), minicbor::to_vec(live())];
    for (no, bytes) in views.into_iter().enumerate() {
        say(&mut unit, "live", bytes.expect("encodes"), no as u64).await;
    }
    let seen = event(&mut page, "seen").await;
    assert_eq!(
        (seen["unit"].as_str(), seen["behind_s"].as_i64()),
        (Some("moto-1"), Some(300))
    );
    assert_eq!(seen["at_us"].as_i64(), Some(START_US + 36_000_000_000));
    assert!(seen["antenna_mm"][0].is_i64(), "{seen}");
    let now = engine.board(&exam).expect("there");
    assert!(
        now.at < Some(kaoguan_telemetry::units::EventTime(START_US + 10_000_000)),
        "{now:?}"
    );
    assert!(now.pose.is_none() && before.samples <= now.samples);
    engine.shutdown().await;

    let (journal, _) = Journal::open(&data.path().join("journal")).expect("whole");
    let kinds = journal.read_from(0).expect("readable");
    let batches = kinds.filter(|linked| matches!(&linked.as_ref().expect("an entry").entry.kind, Kind::Batch(_)));
    assert_eq!(batches.count(), 3);
}

/// The data of the next event of this name.
async fn event(page: &mut tokio::net::TcpStream, name: &str) -> Value {
    let mut text = String::new();
    let mut bytes = [0; 4096];
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        let found = text
            .split("\n\n")
            .filter(|block| block.contains(&format!("event: {name}\n")))
            .find_map(|block| block.lines().find_map(|line| line.strip_prefix("data: ")))
            .and_then(|data| serde_json::from_str(data).ok());
        if let Some(found) = found {
            return found;
        }
        assert!(Instant::now() < until, "no {name} came: {text}");
        let count = page.read(&mut bytes).await.expect("reads");
        text += &String::from_utf8_lossy(&bytes[..count]);
    }
}
