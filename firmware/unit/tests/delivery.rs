//! From the disk to the engine over a real mosquitto: in order, without loss, without a flood.
mod support;

use kaoguan_telemetry::units::EventTime;
use kaoguan_telemetry::{Port, Stamp};
use kaoguan_unit::link::{STALL, WINDOW};
use std::time::{Duration, Instant};
use support::broker::Broker;
use support::engine::{Engine, until};
use support::rig::{Leader, Rig};
use support::sentences::{START_US, attitude, epoch};

/// Leads the unit through `steps` of 100 ms from `first` on, each with a burst: one batch a step.
fn lead(rig: &mut Rig, leader: &mut Leader, first: i64, steps: i64) {
    for step in first..first + steps {
        for (line, bytes) in [(0, epoch(step * 100)), (1, attitude(step))] {
            rig.write(line, &bytes);
            leader.consumed[line] += bytes.len() as u64;
        }
        leader.step((step + 1) * 100_000);
    }
}

/// As [`lead`], off the test's own task.
async fn leading(mut rig: Rig, mut leader: Leader, first: i64, steps: i64) -> (Rig, Leader) {
    tokio::task::spawn_blocking(move || {
        lead(&mut rig, &mut leader, first, steps);
        (rig, leader)
    })
    .await
    .expect("no panic")
}

async fn connected(rig: &Rig) -> Leader {
    let clock = rig.clock();
    tokio::task::spawn_blocking(move || Leader::connect(&clock))
        .await
        .expect("no panic")
}

fn numbers(to: u64) -> Vec<(u32, u64)> {
    (0..to).map(|no| (1, no)).collect()
}

/// 10 s of life, then 20 s without a broker, then 10 s more.
async fn ride_over_a_break(broker: &mut Broker, is_killed: bool) -> Engine {
    let engine = Engine::start(broker.port, true);
    let rig = Rig::new(broker.port, true);
    let unit = rig.start();
    let leader = connected(&rig).await;
    let (rig, leader) = leading(rig, leader, 0, 100).await;
    until("some are there", 10, || engine.batches().len() > 50).await;
    if is_killed {
        broker.kill()
    } else {
        broker.stop()
    }
    let (rig, leader) = leading(rig, leader, 100, 200).await;
    broker.up();
    let (_rig, _leader) = leading(rig, leader, 300, 100).await;
    until("all are there", 30, || engine.batches().len() == 400).await;
    unit.stop().await;
    until("it is offline", 5, || {
        engine.word("conn").as_deref() == Some(r#"{"state":"offline"}"#)
    })
    .await;
    engine
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_restarts_costs_neither_data_nor_order() {
    let Some(mut broker) = Broker::start() else { return };
    let engine = ride_over_a_break(&mut broker, false).await;
    let deliveries = engine.deliveries();
    let mut news = deliveries.clone();
    let mut seen = std::collections::BTreeSet::new();
    news.retain(|place| seen.insert(*place));
    assert_eq!(news, numbers(400));
    let repeated = deliveries.len() - 400;
    assert!(
        repeated <= 2 * WINDOW,
        "{repeated} batches came twice: the broker's own repeats and ours"
    );
}

/// It forgets its subscriptions, so what comes before the engine is back is lost in it, and sent again after a stall.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_is_killed_costs_no_data() {
    let Some(mut broker) = Broker::start() else { return };
    let engine = ride_over_a_break(&mut broker, true).await;
    let repeated = engine.deliveries().len() - 400;
    assert!(repeated <= 2 * WINDOW, "{repeated} batches came twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_receipts_a_window_goes_and_then_one_batch_each_stall() {
    let Some(broker) = Broker::start() else { return };
    let engine = Engine::start(broker.port, false);
    let rig = Rig::new(broker.port, true);
    let unit = rig.start();
    let leader = connected(&rig).await;
    let (_rig, _leader) = leading(rig, leader, 0, 100).await;
    let begin = Instant::now();
    until("a window is there", 5, || engine.deliveries().len() >= WINDOW).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(engine.deliveries(), numbers(WINDOW as u64));

    until("the first comes again", 6, || engine.deliveries().len() > WINDOW).await;
    assert!(
        begin.elapsed() > STALL - Duration::from_secs(1),
        "{:?}",
        begin.elapsed()
    );
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(engine.deliveries()[WINDOW..], [(1, 0)]);

    // The engine is back: the next probe opens the window again.
    engine.give_receipts(true);
    until("all are there", 10, || engine.batches().len() == 100).await;
    assert_eq!(
        engine.batches().iter().map(|b| (b.boot, b.no)).collect::<Vec<_>>(),
        numbers(100)
    );
    assert_eq!(
        engine.deliveries().len(),
        100 + 2,
        "the batches the engine had are not sent a third time"
    );
    unit.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_retained_receipt_covers_is_not_sent_again_by_the_next_boot() {
    let Some(broker) = Broker::start() else { return };
    let engine = Engine::start(broker.port, true);
    let mut rig = Rig::new(broker.port, true);
    for boot in 1..=2u32 {
        let unit = rig.start();
        let leader = connected(&rig).await;
        (rig, _) = leading(rig, leader, 0, 100).await;
        let goal = boot as usize * 100;
        until("all are there", 10, || engine.batches().len() >= goal).await;
        unit.stop().await;
    }
    let repeated = engine.deliveries().len() - engine.batches().len();
    assert!(repeated <= WINDOW, "{repeated} batches came twice");
    assert!(engine.batches().iter().any(|batch| (batch.boot, batch.no) == (2, 99)));
    let birth = engine.word("birth").expect("it was born");
    assert!(birth.contains(r#""unit":"moto-1","boot":2"#), "{birth}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_said_keeps_delivering_and_ends_with_a_gap() {
    let Some(broker) = Broker::start() else { return };
    let engine = Engine::start(broker.port, false);
    let rig = Rig::new(broker.port, true);
    let mut config = rig.config();
    config.spool_max = 200 * 1024;
    let unit = rig.start_with(config);
    let leader = connected(&rig).await;
    let (rig, leader) = leading(rig, leader, 0, 600).await;
    until("it is said", 10, || {
        engine.word("status").is_some_and(|s| s.contains("disk_full"))
    })
    .await;
    engine.give_receipts(true);
    // Its backlog goes out; new data is taken when a tenth is free.
    let (mut rig, mut leader) = (rig, leader);
    for round in 0.. {
        (rig, leader) = leading(rig, leader, 600 + round * 10, 10).await;
        if engine.has(|reading| matches!(reading, kaoguan_telemetry::Reading::Gap(_))) {
            break;
        }
        assert!(round < 200, "no gap is told");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    until("it is well again", 10, || {
        engine.word("status").is_some_and(|s| s.contains(r#""state":"ok""#))
    })
    .await;
    let status = engine.word("status").expect("said");
    assert!(!status.contains(r#""dropped_samples":0"#), "{status}");
    unit.stop().await;
    let batches = engine.batches();
    assert_eq!(
        batches.iter().map(|b| (b.boot, b.no)).collect::<Vec<_>>(),
        numbers(batches.len() as u64)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_a_backlog_waits_what_is_seen_now_is_said_apart() {
    let Some(broker) = Broker::start() else { return };
    let engine = Engine::start(broker.port, false);
    let rig = Rig::new(broker.port, true);
    let unit = rig.start();
    let leader = connected(&rig).await;
    // Four seconds of batches are no backlog.
    let (rig, leader) = leading(rig, leader, 0, 40).await;
    until("they are there", 5, || engine.batches().len() >= WINDOW).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(engine.lives(), []);

    let (_rig, _leader) = leading(rig, leader, 40, 60).await;
    let newest = |port, lives: &[kaoguan_telemetry::wire::Live]| {
        let samples = &lives.last().expect("some").samples;
        samples.iter().find(|sample| sample.port == port).copied()
    };
    until("the newest is seen", 10, || {
        engine.lives().last().is_some_and(|live| live.behind == 100)
    })
    .await;
    let lives = engine.lives();
    let stamp = Stamp::Utc(EventTime(START_US + 9_900_000));
    assert!(engine.batches().len() < 60, "it is not in any batch yet");
    assert_eq!(newest(Port::Receiver, &lives).map(|sample| sample.at), Some(stamp));
    assert!(newest(Port::Attitude, &lives).is_some());

    engine.give_receipts(true);
    until("all are there", 10, || engine.batches().len() == 100).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let said = engine.lives().len();
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert_eq!(engine.lives().len(), said, "nothing is behind any more");
    unit.stop().await;
}
