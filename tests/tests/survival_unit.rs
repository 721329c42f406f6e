//! The unit is killed with `kill -9` in mid-ride: what was lost is said, the item is ridden again, nobody fails for it.
use kaoguan_sim::truth::Truth;
use kaoguan_telemetry::{Reading, Stamp};
use kaoguan_tests::site::{Journal, Mischief, Plan, Site, Tap, score};
use std::time::Duration;

/// So long the unit is dead, in event time.
const DEAD_US: i64 = 2_000_000;

/// Kills on the ramp, and starts again.
#[derive(Default)]
struct Kill {
    killed_us: Option<i64>,
    is_back: bool,
}

impl Mischief for Kill {
    fn riding(&mut self, site: &Site, utc_us: i64, truth: &Truth) {
        // The ramp is ridden westward: its foot at x = 26 m, the line to stop at 4.6 m further.
        let on_ramp = truth.site.as_deref() == Some("hill") && (20.0..23.0).contains(&truth.rear_axle.x);
        match self.killed_us {
            None if on_ramp => {
                // At many times real time a sync of some milliseconds would be a part of a second: let the disk catch up.
                std::thread::sleep(Duration::from_millis(200));
                println!("kill -9 of the unit at {utc_us}");
                site.kill_unit();
                self.killed_us = Some(utc_us);
            }
            Some(at_us) if !self.is_back && utc_us >= at_us + DEAD_US => {
                site.unit_up();
                println!("the unit is back at {utc_us}");
                self.is_back = true;
            }
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_unit_says_its_gap_and_the_item_is_ridden_again() {
    let site = Site::start(Plan::default());
    let tap = Tap::start(site.mqtt(), false);
    let mut kill = Kill::default();
    let outcome = site.ride("flawless", 7, &mut kill).await;
    let killed_us = kill.killed_us.expect("the kill has happened");
    assert_eq!((outcome.verdict.as_str(), outcome.score), ("pass", 100), "{outcome:?}");

    let view = site.exam().expect("the engine answers");
    let rides: Vec<(&str, u64)> = view["items"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|item| (item["site"].as_str().unwrap_or(""), item["rides"].as_u64().unwrap_or(0)))
        .collect();
    assert_eq!(
        rides,
        [("poles", 1), ("hill", 2), ("plank", 1)],
        "only the item with the hole is ridden again"
    );

    let journal = Journal::of(&site.record());
    journal.assert_whole();
    let gaps: Vec<(u32, i64, i64)> = journal
        .samples()
        .filter_map(|(_, sample)| match sample.reading {
            Reading::Gap(gap) => Some((gap.boot, gap.from.0, gap.to.0)),
            _ => None,
        })
        .collect();
    let [(1, from, to)] = gaps[..] else {
        panic!("one gap of boot 1, not {gaps:?}")
    };
    println!(
        "killed at 0, the gap is {} ms to {} ms",
        (from - killed_us) / 1_000,
        (to - killed_us) / 1_000
    );
    assert!(
        (killed_us - 200_000..=killed_us).contains(&from),
        "at most 200 ms before the kill are lost"
    );
    assert!(
        to >= killed_us + DEAD_US - 200_000,
        "the gap ends when something is measured again"
    );
    let newest = |boot| {
        let at = journal
            .samples()
            .filter(|(b, _)| *b == boot)
            .filter_map(|(_, s)| match s.at {
                Stamp::Utc(at) => Some(at.0),
                Stamp::Uptime(_) => None,
            });
        at.max()
    };
    assert!(newest(1) >= Some(killed_us - 200_000), "boot 1 reaches up to the kill");

    // What anybody heard of the unit since the opening is in the journal.
    let held = journal.names();
    let first = *held.first().expect("batches");
    let last = *held.last().expect("batches");
    let missing: Vec<(u32, u64)> = tap
        .names()
        .range(first..=last)
        .filter(|name| !held.contains(name))
        .copied()
        .collect();
    assert!(missing.is_empty(), "published and not in the record: {missing:?}");
    score(&site.record());
}
