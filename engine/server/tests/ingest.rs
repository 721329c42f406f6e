//! Real broker, real client, real journal: nothing is acknowledged before it is durable, nothing counts twice.
mod common;

use common::*;
use kaoguan_server::entry::Kind;
use kaoguan_server::journal::Journal;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// How often each `(boot, no)` stands in the journal of a copy of the data folder, as a kill at this moment leaves it.
fn in_journal(data: &Path) -> BTreeMap<(u32, u64), usize> {
    let copy = tempfile::tempdir().expect("a folder");
    for file in std::fs::read_dir(data.join("journal")).expect("a journal") {
        let file = file.expect("a file");
        std::fs::copy(file.path(), copy.path().join(file.file_name())).expect("copies");
    }
    let (journal, _) = Journal::open(copy.path()).expect("whole");
    let mut count = BTreeMap::new();
    for linked in journal.read_from(0).expect("readable") {
        if let Kind::Batch(bytes) = linked.expect("an entry").entry.kind {
            let batch = kaoguan_server::session::decode(&bytes).expect("a batch");
            *count.entry((batch.boot, batch.no)).or_default() += 1;
        }
    }
    count
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_comes_only_after_the_journal_holds_all_that_it_covers() {
    let data = tempfile::tempdir().expect("a folder");
    let engine = engine(data.path()).await;
    let mut unit = Unit::connect(engine.mqtt_addr(), "moto-1").await;
    for no in 0..40 {
        unit.send(batch(1, no).encode()).await;
    }
    let mut last = 0;
    while last < 39 {
        let receipt = unit.receipt().await;
        let held = in_journal(data.path());
        for no in 0..=receipt.no {
            assert_eq!(
                held.get(&(1, no)),
                Some(&1),
                "receipt {} but {no} is not durable",
                receipt.no
            );
        }
        assert!(receipt.no >= last);
        last = receipt.no;
    }
    engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_twice_stands_once_and_is_acknowledged_again() {
    let data = tempfile::tempdir().expect("a folder");
    let engine = engine(data.path()).await;
    let mut unit = Unit::connect(engine.mqtt_addr(), "moto-1").await;
    for no in [0, 0, 1, 0, 1, 2] {
        unit.send(batch(1, no).encode()).await;
    }
    unit.receipt_of(1, 2).await;
    unit.send(batch(1, 1).encode()).await;
    unit.receipt_of(1, 2).await;
    engine.shutdown().await;
    let expected = (0..3).map(|no| ((1, no), 1)).collect();
    assert_eq!(in_journal(data.path()), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hole_is_never_covered() {
    let data = tempfile::tempdir().expect("a folder");
    let engine = engine(data.path()).await;
    let mut unit = Unit::connect(engine.mqtt_addr(), "moto-1").await;
    unit.send(batch(1, 1).encode()).await;
    unit.send(batch(1, 2).encode()).await;
    assert_eq!(unit.any_receipt_within(Duration::from_millis(700)).await, None);
    unit.send(batch(1, 0).encode()).await;
    unit.receipt_of(1, 2).await;
    engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn noise_and_a_false_name_get_no_receipt_and_no_place() {
    let data = tempfile::tempdir().expect("a folder");
    let engine = engine(data.path()).await;
    let mut unit = Unit::connect(engine.mqtt_addr(), "moto-1").await;
    unit.send(vec![0xff; 100]).await;
    unit.send(Vec::new()).await;
    let mut other = batch(1, 0);
    other.unit = kaoguan_telemetry::UnitId::new("moto-2").expect("a good name");
    unit.send(other.encode()).await;
    assert_eq!(unit.any_receipt_within(Duration::from_millis(700)).await, None);
    unit.send(batch(1, 0).encode()).await;
    unit.receipt_of(1, 0).await;
    engine.shutdown().await;
    assert_eq!(in_journal(data.path()).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_keeps_the_exam_and_says_the_receipt_again() {
    let data = tempfile::tempdir().expect("a folder");
    let first = engine(data.path()).await;
    let mut unit = Unit::connect(first.mqtt_addr(), "moto-1").await;
    let exam = first.open_exam(request("c-1")).await.expect("opens");
    for no in 0..5 {
        unit.send(batch(1, no).encode()).await;
    }
    unit.receipt_of(1, 4).await;
    let before = first.board(&exam).expect("a board");
    assert_eq!(before.samples[0], 15);
    first.shutdown().await;

    let second = engine(data.path()).await;
    assert_eq!(second.board(&exam), Some(before));
    let mut unit = Unit::connect(second.mqtt_addr(), "moto-1").await;
    unit.receipt_of(1, 4).await;
    unit.send(batch(1, 5).encode()).await;
    unit.receipt_of(1, 5).await;
    assert_eq!(second.board(&exam).expect("a board").samples[0], 18);
    assert_eq!(
        second.open_exam(request("c-2")).await.expect_err("busy").key,
        "error-unit-busy"
    );
    second.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_exam_is_sealed_stored_published_and_verified() {
    let data = tempfile::tempdir().expect("a folder");
    let engine = engine(data.path()).await;
    let mut unit = Unit::connect(engine.mqtt_addr(), "moto-1").await;
    let exam = engine.open_exam(request("c-1")).await.expect("opens");
    for no in 0..3 {
        unit.send(batch(1, no).encode()).await;
    }
    unit.receipt_of(1, 2).await;
    let stop = kaoguan_exam::Act::Stop {
        by: "王考官".into(),
        reason: "大雨".into(),
        fail: false,
    };
    engine.act(&exam, stop.clone()).await.expect("stops");
    let outcome = engine.closed(&exam).await.expect("an outcome");
    assert_eq!(outcome.verdict, kaoguan_exam::Verdict::Void { why: "大雨".into() });
    assert_eq!(
        engine.act(&exam, stop).await.expect_err("closed").key,
        "error-exam-closed"
    );
    let verified = kaoguan_server::score::verify(&outcome.record, Some(engine.public_key())).expect("readable");
    assert!(verified.ok(), "{:?}", verified.steps);
    let sealed = loop {
        let (topic, verdict) = unit.message("/verdict").await;
        let verdict: serde_json::Value = serde_json::from_slice(&verdict).expect("JSON");
        assert_eq!(topic, format!("kaoguan/v1/{SITE}/exam/{exam}/verdict"));
        assert_eq!(verdict["verdict"], "void");
        if verdict["digest"].is_string() {
            break verdict;
        }
    };
    assert_eq!(sealed["digest"], outcome.digest.as_str());
    engine.shutdown().await;

    // The database is no more than a view: without it, everything is sealed and stored again.
    std::fs::remove_file(data.path().join("results.db")).expect("removes");
    std::fs::remove_file(&outcome.record).expect("removes");
    let again = common::engine(data.path()).await;
    let rebuilt = again.closed(&exam).await;
    for _ in 0..100 {
        let (status, view) = get(again.http_addr(), &format!("/api/exams/{exam}")).await;
        if status == 200 && view["digest"] == outcome.digest.as_str() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(rebuilt.is_none_or(|rebuilt| rebuilt == outcome));
    assert!(outcome.record.exists());
    again.shutdown().await;
}
