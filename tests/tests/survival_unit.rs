//! The unit is killed with `kill -9` in mid-ride: what was lost is said, the item is ridden again, nobody fails for it.
use kaoguan_sim::truth::Truth;
use kaoguan_telemetry::{Reading, Stamp};
use kaoguan_tests::site::{Journal, Mischief, Plan, Site, Tap, score};
use std::time::Duration;

/// So long the unit is dead, in event time.
const DEAD_US: i64 = 2_000_000;

type Moment = fn(&Truth, i64) -> bool;

/// Kills where `moment` says so of the truth and of how long the vehicle has stood (microseconds), and starts again.
struct Kill {
    moment: Moment,
    moved_us: i64,
    killed_us: Option<i64>,
    is_back: bool,
}

impl Mischief for Kill {
    fn riding(&mut self, site: &Site, utc_us: i64, truth: &Truth) {
        if truth.speed != 0.0 {
            self.moved_us = utc_us;
        }
        match self.killed_us {
            None if (self.moment)(truth, utc_us - self.moved_us) => {
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

/// The ramp is ridden westward: its foot at x = 26 m, the line to stop at 4.6 m further.
fn on_ramp(truth: &Truth) -> bool {
    truth.site.as_deref() == Some("hill") && (20.0..23.0).contains(&truth.rear_axle.x)
}

/// In mid-slalom, at the third of five poles.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_among_the_poles() {
    let moment: Moment = |truth, _| truth.site.as_deref() == Some("poles") && truth.rear_axle.x > 11.81;
    gap_is_said_and_the_item_ridden_again("poles", moment).await;
}

/// While the vehicle stands at the line on the ramp; the hole hides how it moves off.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_standing_on_the_ramp() {
    gap_is_said_and_the_item_ridden_again("hill", |truth, still_us| on_ramp(truth) && still_us > 1_500_000).await;
}

/// While it climbs; the hole hides how it comes to rest, and the foot that is set down there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_before_the_stop_on_the_ramp() {
    gap_is_said_and_the_item_ridden_again("hill", |truth, _| on_ramp(truth) && truth.speed > 0.5).await;
}

async fn gap_is_said_and_the_item_ridden_again(void: &str, moment: Moment) {
    let site = Site::start(Plan::default());
    let tap = Tap::start(site.mqtt(), false);
    let mut kill = Kill {
        moment,
        moved_us: 0,
        killed_us: None,
        is_back: false,
    };
    let outcome = site.ride("flawless", 7, &mut kill).await;
    let killed_us = kill.killed_us.expect("the kill has happened");
    let view = site.exam().expect("the engine answers");
    println!("items {}\nfindings {}", view["items"], view["findings"]);
    assert_eq!((outcome.verdict.as_str(), outcome.score), ("pass", 100), "{outcome:?}");

    let rides: Vec<(&str, u64)> = view["items"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|item| (item["site"].as_str().unwrap_or(""), item["rides"].as_u64().unwrap_or(0)))
        .collect();
    let wanted = ["poles", "hill", "plank"].map(|site| (site, if site == void { 2 } else { 1 }));
    assert_eq!(rides, wanted, "only the item with the hole is ridden again");

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
    // It begins where the port that lags most had told all: 250 ms at most before the newest that is stored, which is asked for below.
    assert!(
        (killed_us - 200_000 - 250_000..=killed_us).contains(&from),
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
