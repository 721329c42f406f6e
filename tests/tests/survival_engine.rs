//! The engine is killed with `kill -9` in the middle of an exam: nobody is judged otherwise for it.
use kaoguan_sim::truth::Truth;
use kaoguan_tests::site::{Journal, Mischief, Outcome, Plan, Site, score, until};

/// The same rider on a site that nobody disturbs; the record, judged again.
async fn undisturbed(rider: &str) -> (Outcome, serde_json::Value) {
    let site = Site::start(Plan::default());
    let outcome = site.ride(rider, 7, &mut ()).await;
    let scored = score(&site.record());
    (outcome, scored)
}

/// The record says the same as the console, to the byte, and still does after one more `kill -9`.
fn check_record(site: &Site, outcome: &Outcome) {
    Journal::of(&site.record()).assert_whole();
    let (bytes, scored) = (std::fs::read(site.record()).expect("sealed"), score(&site.record()));
    site.kill_engine();
    site.engine_up();
    site.await_engine();
    assert_eq!(site.closed(), *outcome, "after another restart");
    assert!(
        std::fs::read(site.record()).expect("sealed") == bytes,
        "the record changed"
    );
    assert_eq!(score(&site.record()), scored);
}

/// Kills once among the poles and once after the last item, before anybody has looked at the board.
#[derive(Default)]
struct TwoKills {
    among_poles: bool,
    after_last: bool,
}

impl Mischief for TwoKills {
    fn riding(&mut self, site: &Site, utc_us: i64, truth: &Truth) {
        // The third of five poles stands 11.81 m east.
        if !self.among_poles && truth.site.as_deref() == Some("poles") && truth.rear_axle.x > 11.81 {
            println!("kill -9 of the engine among the poles, at {utc_us}");
            self.among_poles = true;
            site.kill_engine();
            site.engine_up();
        }
    }

    fn rested(&mut self, site: &Site, item: &str) {
        if !self.after_last && item == "plank" {
            println!("kill -9 of the engine after the last item");
            self.after_last = true;
            site.kill_engine();
            site.engine_up();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_among_the_poles_and_after_the_last_item() {
    let (wanted, _) = undisturbed("drops_plank").await;
    assert_eq!((wanted.verdict.as_str(), wanted.score), ("pass", 90));
    let site = Site::start(Plan::default());
    let mut kills = TwoKills::default();
    let outcome = site.ride("drops_plank", 7, &mut kills).await;
    assert!(kills.among_poles && kills.after_last, "both kills have happened");
    assert_eq!(outcome, wanted);
    check_record(&site, &outcome);
}

/// Kills while a finding stands on the board that may still be unsaid.
struct KillProvisional {
    charged_us: i64,
    looked_us: i64,
    done: bool,
}

impl Mischief for KillProvisional {
    /// Looks at the board each 100 ms of the ride, once it has caught up.
    fn riding(&mut self, site: &Site, utc_us: i64, _truth: &Truth) {
        if self.done || utc_us < self.charged_us.max(self.looked_us + 100_000) {
            return;
        }
        self.looked_us = utc_us;
        let mut view = serde_json::Value::Null;
        until("the board has caught up to half a second", 15, || {
            view = site.exam().unwrap_or_default();
            view["at_us"].as_i64().is_some_and(|at| at >= utc_us - 500_000)
        });
        if view["findings"][0]["settled"] == false {
            println!("kill -9 of the engine while a finding is provisional, at {utc_us}");
            self.done = true;
            site.kill_engine();
            site.engine_up();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_a_finding_is_provisional() {
    let (wanted, scored) = undisturbed("leaves_slalom").await;
    assert_eq!((wanted.verdict.as_str(), wanted.findings.len()), ("fail", 1));
    let site = Site::start(Plan::default());
    let mut kill = KillProvisional {
        charged_us: scored["findings"][0]["at_us"].as_i64().expect("an instant"),
        looked_us: 0,
        done: false,
    };
    let outcome = site.ride("leaves_slalom", 7, &mut kill).await;
    assert!(kill.done, "the kill has happened");
    assert_eq!(outcome, wanted);
    check_record(&site, &outcome);
}
