//! A whole unit over a real broker and a file system without room: what is on it is delivered, what comes is told as lost.
mod support;

use kaoguan_telemetry::Reading;
use serde_json::Value;
use support::broker::Broker;
use support::engine::{Engine, until};
use support::rig::{Leader, Rig};
use support::sentences::START_US;
use support::small::{BATCHES, Small, leading, status, store};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_unit_that_starts_on_a_full_disk_delivers_and_goes_on_when_there_is_room() {
    let Some(broker) = Broker::start() else { return };
    let rig = Rig::new(broker.port, true);
    let spool = rig.folder.path().join("spool");
    let Some(disk) = Small::new(&spool) else { return };
    store(&spool);
    disk.fill();
    let engine = Engine::start(broker.port, true);
    let unit = rig.start();
    until("what was there is delivered", 30, || engine.batches().len() == BATCHES).await;
    let clock = rig.clock();
    let leader = tokio::task::spawn_blocking(move || Leader::connect(&clock));
    let (rig, leader) = leading(rig, leader.await.expect("no panic"), 0, 30).await;
    until("it says so", 10, || status(&engine)["state"] == "disk_full").await;
    assert_eq!(
        status(&engine)["room_min"],
        0,
        "no exam is admitted: {}",
        status(&engine)
    );
    until("health says so", 30, || {
        let health: Value = serde_json::from_str(&engine.word("health").unwrap_or_default()).unwrap_or_default();
        health["spool"]["state"] == "disk_full" && health["boot"] == 2
    })
    .await;
    disk.make_room();
    let (rig, leader) = leading(rig, leader, 30, 30).await;
    until("it takes data again", 10, || status(&engine)["state"] == "ok").await;
    let (_rig, _leader) = leading(rig, leader, 60, 20).await;
    let is_told = |reading: &Reading| match reading {
        Reading::Gap(gap) => gap.boot == 1 && gap.from.0 == START_US - 999_996 && gap.to.0 >= START_US + 2_900_000,
        _ => false,
    };
    until("the gap is told", 10, || engine.has(is_told)).await;
    until("it records", 10, || engine.batches().len() > 15).await;
    unit.stop().await;
    assert!(engine.deliveries().iter().all(|(boot, _)| (1..=2).contains(boot)));
}
