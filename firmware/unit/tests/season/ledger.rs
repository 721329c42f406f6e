//! What is true, and what arrived held against it.
use super::ride::raw_byte;
use kaoguan_telemetry::units::EventTime;
use kaoguan_telemetry::wire::Batch;
use kaoguan_telemetry::{Gap, Port, Reading, Sample, Stamp};
use std::collections::{BTreeMap, BTreeSet};

/// Ports end their data this far apart at most: the way from the receiver and the batch that it is in, microseconds.
const LAG_US: i64 = 250_000;
/// What may be lost of a unit that dies, microseconds of its life.
const UNSYNCED_US: i64 = 200_000;

type Name = (u32, Port, u64);

/// One sample as it was measured.
#[derive(Debug, Clone, Copy)]
struct Made {
    sample: Sample,
    /// When, on the season's clock.
    at: i64,
    /// The disk had no room.
    is_refused: bool,
}

#[derive(Debug, Default)]
pub struct Ledger {
    made: BTreeMap<Name, Made>,
    published: BTreeMap<(u32, u64), Vec<u8>>,
    /// When each boot's power went.
    cuts: BTreeMap<u32, i64>,
}

/// One row of the table.
#[derive(Debug, Default, Clone, Copy)]
pub struct Tally {
    pub cuts: u64,
    pub in_recovery: u64,
    pub holes: u64,
    pub batches: u64,
    pub sent: u64,
    pub samples: u64,
    pub refused: u64,
    pub lost: u64,
    pub gaps: u64,
    pub longest_gap_us: i64,
    pub latest_lost_us: i64,
    pub syncs: u64,
    pub life_us: i64,
}

impl Ledger {
    pub fn made(&mut self, boot: u32, sample: Sample, at: i64) {
        let made = Made {
            sample,
            at,
            is_refused: false,
        };
        let twice = self.made.insert((boot, sample.port, sample.seq), made);
        assert!(twice.is_none(), "{sample:?} was made twice in boot {boot}");
    }

    pub fn refused(&mut self, boot: u32, samples: &[Sample]) {
        for sample in samples {
            if let Some(made) = self.made.get_mut(&(boot, sample.port, sample.seq)) {
                made.is_refused = true;
            }
        }
    }

    pub fn cut(&mut self, boot: u32, at: i64) {
        self.cuts.insert(boot, at);
    }

    /// A name never names two contents.
    pub fn published(&mut self, place: (u32, u64), bytes: &[u8]) {
        let before = self.published.entry(place).or_insert_with(|| bytes.to_vec());
        assert_eq!(before, bytes, "{place:?} was published with two contents");
    }

    /// Holds all that the engine keeps against what is true; counts it.
    pub fn judge(&self, kept: &[Vec<u8>], tally: &mut Tally) {
        let batches = self.nothing_published_is_lost(kept);
        let samples = self.nothing_comes_twice_and_in_order(&batches);
        let gaps = told(&batches);
        self.what_is_lost_is_told(&samples, &gaps, tally);
        every_silence_is_told(&batches, &gaps);
        for gap in &gaps {
            self.is_exact(gap, &batches);
        }
        tally.batches += batches.len() as u64;
        tally.samples += self.made.len() as u64;
        tally.gaps += gaps.len() as u64;
        let longest = gaps.iter().map(|gap| gap.to.0 - gap.from.0).max().unwrap_or(0);
        tally.longest_gap_us = tally.longest_gap_us.max(longest);
    }

    fn nothing_published_is_lost(&self, kept: &[Vec<u8>]) -> BTreeMap<(u32, u64), Batch> {
        let mut batches = BTreeMap::new();
        for bytes in kept {
            let batch = Batch::decode(bytes).expect("a batch");
            let name = (batch.boot, batch.no);
            assert_eq!(
                self.published.get(&name),
                Some(bytes),
                "{name:?} is not what was published"
            );
            for raw in &batch.raws {
                let is_whole = raw.bytes.iter().all(|byte| *byte == raw_byte(raw.at));
                assert!(is_whole, "{name:?} has other bytes than were read");
            }
            assert!(batches.insert(name, batch).is_none(), "{name:?} is kept twice");
        }
        for name in self.published.keys() {
            assert!(batches.contains_key(name), "{name:?} was published and is lost");
        }
        for (boot, no) in batches.keys().filter(|(_, no)| *no > 0) {
            assert!(
                batches.contains_key(&(*boot, no - 1)),
                "before batch {no} of boot {boot} one is missing"
            );
        }
        batches
    }

    fn nothing_comes_twice_and_in_order(&self, batches: &BTreeMap<(u32, u64), Batch>) -> BTreeSet<Name> {
        let mut seen = BTreeSet::new();
        let mut last: BTreeMap<(u32, Port), u64> = BTreeMap::new();
        for batch in batches.values() {
            for sample in &batch.samples {
                let name = (batch.boot, sample.port, sample.seq);
                let made = self
                    .made
                    .get(&name)
                    .unwrap_or_else(|| panic!("{name:?} was never made"));
                assert_eq!(made.sample, *sample);
                assert!(seen.insert(name), "{name:?} comes twice");
                let before = last.insert((batch.boot, sample.port), sample.seq);
                let passed_over = before.map_or(0, |before| before + 1)..sample.seq;
                assert!(before < Some(sample.seq), "{name:?} comes behind {before:?}");
                for seq in passed_over {
                    let made = &self.made[&(batch.boot, sample.port, seq)];
                    assert!(
                        made.is_refused,
                        "{seq} of {:?} in boot {} was passed over",
                        sample.port, batch.boot
                    );
                }
            }
        }
        seen
    }

    fn what_is_lost_is_told(&self, kept: &BTreeSet<Name>, gaps: &[Gap], tally: &mut Tally) {
        let first = kept.iter().filter_map(|name| event(&self.made[name].sample)).min();
        for (name, made) in self.made.iter().filter(|(name, _)| !kept.contains(name)) {
            tally.lost += 1;
            if made.is_refused {
                tally.refused += 1;
            } else {
                let cut = self
                    .cuts
                    .get(&name.0)
                    .unwrap_or_else(|| panic!("{name:?} is lost without a cut"));
                let before = cut - made.at;
                tally.latest_lost_us = tally.latest_lost_us.max(before);
                assert!(before <= UNSYNCED_US, "{name:?} is lost, {before} us before the cut");
            }
            // Before the first instant that is known nobody knows where a hole began.
            let Some(at) = event(&made.sample).filter(|at| first.is_some_and(|first| *at > first)) else {
                continue;
            };
            // A gap that was never told, of a hole that was told later, is no measurement.
            let is_told = gaps.iter().any(|gap| gap.from <= at && at <= gap.to);
            assert!(
                is_told || name.1 == Port::Unit,
                "{name:?} at {at:?} is lost and no gap tells of it: {gaps:?}"
            );
        }
    }

    /// It begins where its boot's data ends, ends with what was measured first behind it, and between there is nothing.
    fn is_exact(&self, gap: &Gap, batches: &BTreeMap<(u32, u64), Batch>) {
        let from = gap.from.0;
        let is_begin = events(batches).any(|(boot, at)| boot == gap.boot && at == from);
        assert!(is_begin, "{gap:?} begins where nothing was measured");
        let mut refused = self.made.values().filter(|made| made.is_refused);
        // The last one refused may be newer than what a slower port says first.
        let is_end =
            events(batches).any(|(_, at)| at == gap.to.0) || refused.any(|made| event(&made.sample) == Some(gap.to));
        assert!(is_end, "{gap:?} ends where nothing was measured");
        let inside = from + LAG_US + 1..gap.to.0 - LAG_US;
        let stranger = events(batches).find(|(_, at)| inside.contains(at));
        assert_eq!(stranger, None, "{gap:?} covers what is there");
    }
}

fn event(sample: &Sample) -> Option<EventTime> {
    match sample.at {
        Stamp::Utc(at) => Some(at),
        Stamp::Uptime(_) => None,
    }
}

/// Each hole once: a gap may be told again, in the same words.
fn told(batches: &BTreeMap<(u32, u64), Batch>) -> Vec<Gap> {
    let mut gaps: BTreeMap<(u32, i64, i64), Gap> = BTreeMap::new();
    for sample in batches.values().flat_map(|batch| &batch.samples) {
        if let Reading::Gap(gap) = sample.reading {
            gaps.insert((gap.boot, gap.from.0, gap.to.0), gap);
        }
    }
    gaps.into_values().collect()
}

fn events(batches: &BTreeMap<(u32, u64), Batch>) -> impl Iterator<Item = (u32, i64)> {
    batches.values().flat_map(|batch| {
        let measured = batch.samples.iter().filter(|sample| sample.port != Port::Unit);
        measured.filter_map(|sample| Some((batch.boot, event(sample)?.0)))
    })
}

/// Where nothing was measured for a second, a gap covers all of it.
fn every_silence_is_told(batches: &BTreeMap<(u32, u64), Batch>, gaps: &[Gap]) {
    let mut times: Vec<i64> = events(batches).map(|(_, at)| at).collect();
    times.sort_unstable();
    for pair in times.windows(2).filter(|pair| pair[1] - pair[0] > 1_000_000) {
        let is_told = gaps.iter().any(|gap| gap.from.0 <= pair[0] && gap.to.0 >= pair[1]);
        assert!(
            is_told,
            "nothing from {} to {}, and no gap tells of it: {gaps:?}",
            pair[0], pair[1]
        );
    }
}
