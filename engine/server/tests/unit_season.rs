//! The unit's season of power cuts and network holes against the engine's own rule for receipts: what it lets a unit forget,
//! it has.
#[path = "../../../firmware/unit/tests/season/mod.rs"]
mod season;

use kaoguan_server::arrivals::{Arrival, Arrivals};
use kaoguan_telemetry::UnitId;
use kaoguan_telemetry::wire::{Batch, Receipt};
use season::engine::Engine;
use season::ledger::Tally;
use season::ride::{Plan, ride};
use std::time::{Duration, Instant};

/// The keeper without its disk: that a receipt comes after the sync is the ingest's test.
#[derive(Default)]
struct Real {
    arrivals: Arrivals,
    kept: Vec<(UnitId, Vec<u8>)>,
}

impl Engine for Real {
    fn take(&mut self, unit: UnitId, bytes: &[u8], now: Instant) -> Option<Receipt> {
        let batch = Batch::decode(bytes).expect("only batches are sent");
        if self.arrivals.look(unit, batch.boot, batch.no, now) == Arrival::New {
            self.kept.push((unit, bytes.to_vec()));
            self.arrivals.hold(unit, batch.boot, batch.no);
        }
        self.arrivals.receipt(unit, batch.boot)
    }

    /// As the recovery does it: from what is in the journal.
    fn restart(&mut self) {
        self.arrivals = Arrivals::default();
        for (unit, bytes) in &self.kept {
            let batch = Batch::decode(bytes).expect("a batch");
            self.arrivals.hold(*unit, batch.boot, batch.no);
        }
    }

    fn kept(&self) -> Vec<Vec<u8>> {
        self.kept.iter().map(|(_, bytes)| bytes.clone()).collect()
    }
}

#[test]
fn what_the_engine_lets_a_unit_forget_it_has() {
    let mut all = Tally::default();
    for seed in 500..512 {
        println!("vehicle {seed}");
        all.add(&ride(Plan { seed, cuts: 16 }, &mut Real::default()));
    }
    println!("{}", all.table());
    assert!(all.cuts == 192 && all.holes > 100 && all.gaps > 100, "{all:?}");
}

/// A journal that was restored from an older copy: what is missing in it the unit was given a receipt for, and has deleted.
#[test]
fn a_hole_that_the_unit_has_no_more_does_not_hold_it_up_for_ever() {
    let (mut arrivals, start) = (Arrivals::default(), Instant::now());
    let unit = UnitId::new("moto-1").expect("a good name");
    (0..51).for_each(|no| arrivals.hold(unit, 1, no));
    let mut see = |no, after_s| {
        if arrivals.look(unit, 1, no, start + Duration::from_secs(after_s)) == Arrival::New {
            arrivals.hold(unit, 1, no);
        }
        arrivals.receipt(unit, 1).map(|receipt| receipt.no)
    };
    assert_eq!([see(70, 0), see(71, 0), see(70, 5), see(70, 10)], [Some(50); 4]);
    assert_eq!([see(70, 15), see(72, 15)], [Some(71), Some(72)]);
    // One that is on its way is waited for, however often what is above it comes.
    assert_eq!([see(80, 20), see(80, 25), see(80, 30), see(75, 31)], [Some(72); 4]);
    assert_eq!(
        [see(80, 35), see(80, 40), see(73, 41), see(74, 42)],
        [Some(72), Some(72), Some(73), Some(75)]
    );
}
