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
use std::time::Instant;

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
