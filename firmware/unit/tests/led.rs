//! The led clock with real ptys and a real broker: nothing lost, the same bytes each time, fast enough.
mod support;

use kaoguan_telemetry::units::{EventTime, Uptime};
use kaoguan_telemetry::{Port, Reading, Stamp};
use std::time::Instant;
use support::broker::Broker;
use support::engine::{Engine, until};
use support::rig::{Leader, Rig};
use support::sentences::{START_US, attitude, epoch, signals};

/// What a ride of `steps` of 10 ms wrote, for each line.
struct Written(Vec<Vec<u8>>);

/// Leads the unit. Epochs at 10 Hz 60 ms after their time, attitude each 10 ms, signals each 100 ms; `cut` is how the
/// writes are cut, and the order of the lines turns with it.
fn lead(rig: &mut Rig, steps: i64, cut: usize) -> Written {
    let mut leader = Leader::connect(&rig.clock());
    let mut written = Written(vec![Vec::new(); 3]);
    for step in 0..steps {
        let mut burst = [Vec::new(), attitude(step), Vec::new()];
        if step % 10 == 6 {
            burst[0] = epoch((step - 6) * 10);
        }
        if step % 10 == 3 {
            burst[2] = signals((step / 10) as u8);
        }
        for i in 0..3 {
            let line = (i + cut) % 3;
            for piece in burst[line].chunks(cut) {
                rig.write(line, piece);
            }
            leader.consumed[line] += burst[line].len() as u64;
            written.0[line].extend(&burst[line]);
        }
        leader.step((step + 1) * 10_000);
    }
    written
}

/// A whole ride of 20 s; the batches and what was written.
async fn ride(cut: usize) -> Option<(Vec<kaoguan_telemetry::wire::Batch>, Written)> {
    let broker = Broker::start()?;
    let engine = Engine::start(broker.port, true);
    let mut rig = Rig::new(broker.port, true);
    let unit = rig.start();
    let written = tokio::task::spawn_blocking(move || (lead(&mut rig, 2_000, cut), rig))
        .await
        .expect("no panic");
    let count = 200;
    until("all batches are there", 20, || engine.batches().len() >= count).await;
    unit.stop().await;
    Some((engine.batches(), written.0))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_rides_give_the_same_batches_however_the_bytes_were_cut() {
    let Some((batches, written)) = ride(7).await else {
        return;
    };
    let numbers: Vec<_> = batches.iter().map(|batch| (batch.boot, batch.no)).collect();
    assert_eq!(numbers, (0..batches.len() as u64).map(|no| (1, no)).collect::<Vec<_>>());

    for (line, port) in [Port::Receiver, Port::Attitude, Port::Signals].into_iter().enumerate() {
        let raws = batches
            .iter()
            .flat_map(|batch| &batch.raws)
            .filter(|raw| raw.port == port);
        let bytes: Vec<u8> = raws.flat_map(|raw| raw.bytes.clone()).collect();
        assert!(
            bytes == written.0[line],
            "{port:?}: {} bytes came of {}",
            bytes.len(),
            written.0[line].len()
        );
    }
    // Bytes written in the step that ends at t belong to the instant before it.
    let first = batches
        .iter()
        .flat_map(|batch| &batch.raws)
        .find(|raw| raw.port == Port::Receiver);
    assert_eq!(first.map(|raw| raw.at), Some(Uptime(60_000)));

    // In one instant the lines come in their order, whichever this machine read first.
    let order = batches
        .iter()
        .flat_map(|batch| &batch.raws)
        .map(|raw| (raw.at, raw.port));
    assert!(order.is_sorted());

    let samples = || batches.iter().flat_map(|batch| &batch.samples);
    let fixes: Vec<_> = samples().filter(|s| matches!(s.reading, Reading::Gnss(_))).collect();
    assert!((195..=200).contains(&fixes.len()), "{}", fixes.len());
    let last = fixes.last().map(|sample| sample.at);
    assert_eq!(last, Some(Stamp::Utc(EventTime(START_US + 19_900_000))));
    let helmets = samples()
        .filter(|s| matches!(s.reading, Reading::Signals(s) if s.on & 1 == 1))
        .count();
    assert!((195..=200).contains(&helmets), "{helmets}");

    let (again, _) = ride(64).await.expect("the broker was there before");
    for (one, other) in batches.iter().zip(&again) {
        assert_eq!(one, other, "batch {}", one.no);
    }
    assert_eq!(batches.len(), again.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn uptime_stands_still_without_a_leader_and_a_new_one_goes_on() {
    let Some(broker) = Broker::start() else { return };
    let engine = Engine::start(broker.port, true);
    let mut rig = Rig::new(broker.port, true);
    let unit = rig.start();
    let clock = rig.clock();
    let rig = tokio::task::spawn_blocking(move || {
        let mut first = Leader::connect(&clock);
        first.step(10_000);
        rig.write(1, &attitude(1));
        // It asks for more than it has written, and dies.
        first.consumed[1] = 1_000;
        first.send(20_000);
        drop(first);
        let mut second = Leader::connect(&clock);
        rig.write(1, &attitude(2));
        second.consumed[1] = 44;
        second.step(1_000_000);
        rig
    })
    .await
    .expect("no panic");
    until("the batch is there", 10, || !engine.batches().is_empty()).await;
    let raws: Vec<_> = engine.batches().into_iter().flat_map(|batch| batch.raws).collect();
    assert_eq!(raws.len(), 1, "{raws:?}");
    assert_eq!((raws[0].at, raws[0].bytes.len()), (Uptime(10_000), 44));
    drop(rig);
    unit.stop().await;
}

/// Of a vehicle that draws something the leader counts a fourth line: its bytes come in before uptime steps on, at their instant.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trailer_s_line_is_counted_as_well() {
    let Some(broker) = Broker::start() else { return };
    let engine = Engine::start(broker.port, true);
    let mut rig = Rig::towing(broker.port);
    let unit = rig.start();
    let rig = tokio::task::spawn_blocking(move || {
        let mut leader = Leader::connect(&rig.clock());
        leader.consumed.push(0);
        leader.step(10_000);
        let bytes = epoch(0);
        // The frame comes first: the unit waits for the bytes of the fourth line.
        leader.consumed[3] = bytes.len() as u64;
        leader.send(20_000);
        std::thread::sleep(std::time::Duration::from_millis(100));
        rig.write(3, &bytes);
        leader.answer();
        leader.step(1_000_000);
        rig
    })
    .await
    .expect("no panic");
    until("the batch is there", 10, || !engine.batches().is_empty()).await;
    let raws: Vec<_> = engine.batches().into_iter().flat_map(|batch| batch.raws).collect();
    assert!(
        !raws.is_empty()
            && raws
                .iter()
                .all(|raw| raw.port == Port::Trailer && raw.at == Uptime(10_000)),
        "{raws:?}"
    );
    drop(rig);
    unit.stop().await;
}

/// 10,000 steps of 10 ms with all lines speaking: how fast is printed, and no machine is so busy that it would take as long as it lasts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_steps_are_led_faster_than_they_last() {
    let Some(broker) = Broker::start() else { return };
    let engine = Engine::start(broker.port, true);
    let mut rig = Rig::new(broker.port, true);
    let unit = rig.start();
    let (took, _rig) = tokio::task::spawn_blocking(move || {
        drop(Leader::connect(&rig.clock()));
        let begin = Instant::now();
        lead(&mut rig, 10_000, 4_096);
        (begin.elapsed(), rig)
    })
    .await
    .expect("no panic");
    println!("10,000 led steps took {took:?}");
    until("all batches are there", 30, || engine.batches().len() >= 1_000).await;
    let bytes: usize = engine.batches().iter().map(|batch| batch.encode().len()).sum();
    println!("{bytes} bytes of batches in 100 s of uptime");
    unit.stop().await;
    assert!(took.as_secs() < 100, "{took:?}");
}

#[tokio::test]
async fn the_clock_replaces_a_socket_and_never_another_file() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("clock");
    std::fs::write(&path, "somebody's").expect("written");
    assert!(kaoguan_unit::clock::Clock::led(&path, 3).is_err());
    assert_eq!(std::fs::read_to_string(&path).expect("still there"), "somebody's");
    std::fs::remove_file(&path).expect("removed");
    drop(std::os::unix::net::UnixListener::bind(&path).expect("bound"));
    let clock = kaoguan_unit::clock::Clock::led(&path, 3).expect("replaces what another run left");
    drop(clock);
    assert!(!path.exists());
}
