//! A card is changed and the unit keeps its name: the engine takes the new card's first batches for those of the old one, which it has. The
//! unit must say so before an exam begins, and throw nothing away.
mod support;

use support::broker::Broker;
use support::engine::{Engine, until};
use support::rig::{Leader, Rig, Running};
use support::small::{leading, status};

async fn started(rig: Rig) -> (Running, Rig, Leader) {
    let unit = rig.start();
    let clock = rig.clock();
    let leader = tokio::task::spawn_blocking(move || Leader::connect(&clock));
    (unit, rig, leader.await.expect("no panic"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_card_under_an_old_name_is_told() {
    let Some(broker) = Broker::start() else { return };
    let engine = Engine::start(broker.port, true);
    let rig = Rig::new(broker.port, true);
    let spool = rig.folder.path().join("spool");
    let (unit, rig, leader) = started(rig).await;
    let (rig, _) = leading(rig, leader, 0, 60).await;
    until("the first card's batches are there", 10, || {
        engine.batches().len() >= 60
    })
    .await;
    unit.stop().await;
    std::fs::remove_dir_all(&spool).expect("removed");
    let (unit, rig, leader) = started(rig).await;
    let (_rig, _leader) = leading(rig, leader, 60, 20).await;
    until("it says so", 10, || status(&engine)["state"] == "receipt_impossible").await;
    unit.stop().await;
    let left = std::fs::read_dir(&spool).expect("a folder").filter_map(Result::ok);
    let kept: u64 = left.filter_map(|file| Some(file.metadata().ok()?.len())).sum();
    assert!(kept > 1_000, "{kept} bytes are left of what the engine does not have");
}
