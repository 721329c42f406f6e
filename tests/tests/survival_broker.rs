//! The broker is gone for half a minute, or says everything twice: nothing is lost, nothing counts twice.
use kaoguan_sim::truth::Truth;
use kaoguan_tests::site::{Journal, Mischief, Outcome, Plan, Site, Tap, score, until};
use std::time::{Duration, Instant};

async fn undisturbed(rider: &str) -> Outcome {
    Site::start(Plan::default()).ride(rider, 7, &mut ()).await
}

/// Half a minute of event time, and at least so much of the wall clock's.
const GONE_US: i64 = 30_000_000;
const GONE: Duration = Duration::from_secs(4);

/// Kills the broker at the first pole.
#[derive(Default)]
struct NoBroker {
    killed: Option<(i64, Instant)>,
    is_back: bool,
}

impl Mischief for NoBroker {
    fn riding(&mut self, site: &Site, utc_us: i64, truth: &Truth) {
        match self.killed {
            None if truth.rear_axle.x > 7.0 => {
                println!("kill -9 of the broker at {utc_us}");
                site.kill_broker();
                self.killed = Some((utc_us, Instant::now()));
            }
            Some((at_us, wall)) if !self.is_back && utc_us >= at_us + GONE_US => {
                std::thread::sleep(GONE.saturating_sub(wall.elapsed()));
                site.broker_up();
                println!("the broker is back at {utc_us}");
                self.is_back = true;
            }
            _ => {}
        }
    }

    /// The rider would wait for ever at a board that cannot come: the items are ridden over the hole.
    fn rested(&mut self, site: &Site, _item: &str) {
        if self.killed.is_some() && !self.is_back {
            std::thread::sleep(GONE);
            site.broker_up();
            self.is_back = true;
            println!("the broker is back at a rest");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_a_minute_without_a_broker() {
    let wanted = undisturbed("drops_plank").await;
    let site = Site::start(Plan::default());
    let mut mischief = NoBroker::default();
    let outcome = site.ride("drops_plank", 7, &mut mischief).await;
    assert!(mischief.is_back, "the broker was gone and came back");
    assert_eq!(outcome, wanted);
    Journal::of(&site.record()).assert_whole();
    score(&site.record());
}

/// Everything once more from the beginning, before the last item is judged.
struct Twice {
    tap: Tap,
}

impl Mischief for Twice {
    fn rested(&mut self, _site: &Site, item: &str) {
        if item == "plank" {
            println!("all batches once more");
            self.tap.repeat_all();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_delivered_twice_and_again() {
    let wanted = undisturbed("drops_plank").await;
    let site = Site::start(Plan::default());
    let mut twice = Twice {
        tap: Tap::start(site.mqtt(), true),
    };
    until("the second client is connected", 10, || {
        !twice.tap.words("board").is_empty() || connected(&twice.tap)
    });
    let outcome = site.ride("drops_plank", 7, &mut twice).await;
    assert_eq!(outcome, wanted);
    let journal = Journal::of(&site.record());
    journal.assert_whole();
    let (repeated, held) = (twice.tap.repeated(), journal.batches.len());
    println!("{repeated} batches were repeated, {held} are in the record");
    assert!(repeated >= held, "each batch of the record was published again");
    score(&site.record());
}

/// Nothing is retained yet at a new broker: the client's own loop is trusted after a moment.
fn connected(_tap: &Tap) -> bool {
    std::thread::sleep(Duration::from_millis(500));
    true
}
