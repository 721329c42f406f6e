//! What a sealed record holds of its unit.
use kaoguan_server::entry::Kind;
use kaoguan_server::record::{self, Item};
use kaoguan_telemetry::wire::Batch;
use kaoguan_telemetry::{Port, Sample};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The batches of a record in the order of their arrival.
pub struct Journal {
    /// As they came.
    pub batches: Vec<Batch>,
}

impl Journal {
    /// Reads a sealed record.
    ///
    /// # Panics
    /// Where it cannot be read.
    pub fn of(path: &Path) -> Journal {
        let record = record::read(path).unwrap_or_else(|e| panic!("{e}"));
        let own = record.stretch.items.into_iter().filter_map(|item| match item {
            Item::Own { entry, .. } => match entry.kind {
                Kind::Batch(batch) => Some(Batch::decode(&batch.bytes).expect("a batch")),
                _ => None,
            },
            Item::Others { .. } => None,
        });
        Journal { batches: own.collect() }
    }

    /// Nothing lost and nothing twice: each batch once, and in each boot the samples of each port numbered without a hole.
    ///
    /// # Panics
    /// With the first place where it is not so.
    pub fn assert_whole(&self) {
        let mut names = BTreeSet::new();
        for batch in &self.batches {
            let name = (batch.boot, batch.no);
            assert!(names.insert(name), "batch {name:?} is there twice");
        }
        let mut numbers: BTreeMap<(u32, Port), Vec<u64>> = BTreeMap::new();
        for batch in &self.batches {
            for sample in &batch.samples {
                numbers.entry((batch.boot, sample.port)).or_default().push(sample.seq);
            }
        }
        for (lane, mut numbers) in numbers {
            numbers.sort_unstable();
            for pair in numbers.windows(2) {
                assert_eq!(pair[1], pair[0] + 1, "{lane:?}: {pair:?} follow each other");
            }
        }
    }

    /// All samples with their boots.
    pub fn samples(&self) -> impl Iterator<Item = (u32, Sample)> {
        self.batches
            .iter()
            .flat_map(|batch| batch.samples.iter().map(|sample| (batch.boot, *sample)))
    }

    /// Boot and number of each batch.
    pub fn names(&self) -> BTreeSet<(u32, u64)> {
        self.batches.iter().map(|batch| (batch.boot, batch.no)).collect()
    }
}
