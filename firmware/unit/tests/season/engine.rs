//! The engine as the unit may count on it: a receipt only for what is kept, up to the first batch that is missing.
use kaoguan_telemetry::UnitId;
use kaoguan_telemetry::wire::{Batch, Receipt, VERSION};
use std::collections::BTreeMap;
use std::time::Instant;

/// Whoever gives receipts.
pub trait Engine {
    /// Takes a batch as it came; the receipt that this is worth.
    fn take(&mut self, unit: UnitId, bytes: &[u8], now: Instant) -> Option<Receipt>;
    /// The engine ends and starts again: it knows what it had promised to know.
    fn restart(&mut self);
    /// Everything it keeps, in the order in which it came.
    fn kept(&self) -> Vec<Vec<u8>>;
}

/// The contract in a few lines; the real one is held to the same ledger in the engine's own tests.
#[derive(Debug, Default)]
pub struct Contract {
    kept: Vec<Vec<u8>>,
    numbers: BTreeMap<(u32, u64), ()>,
}

impl Engine for Contract {
    fn take(&mut self, _: UnitId, bytes: &[u8], _: Instant) -> Option<Receipt> {
        let batch = Batch::decode(bytes).expect("only batches are sent");
        if self.numbers.insert((batch.boot, batch.no), ()).is_none() {
            self.kept.push(bytes.to_vec());
        }
        let boot = batch.boot;
        let mut held = self
            .numbers
            .range((boot, 0)..=(boot, u64::MAX))
            .map(|((_, no), ())| *no);
        let whole = (0..).take_while(|no| held.next() == Some(*no)).count() as u64;
        let no = whole.checked_sub(1)?;
        Some(Receipt {
            version: VERSION,
            boot,
            no,
        })
    }
    fn restart(&mut self) {}
    fn kept(&self) -> Vec<Vec<u8>> {
        self.kept.clone()
    }
}
