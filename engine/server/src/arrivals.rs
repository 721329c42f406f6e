//! Which batches of which unit the journal holds, and what a unit may therefore forget.
//!
//! The problem: a receipt is cumulative; one wrong number and a unit deletes what nobody has. The answer: for each unit and
//! boot the numbers that are durable in the journal; the receipt is the highest one below which nothing is missing.
//!
//! A boot is counted from batch 0. Where the engine has never seen a boot's beginning (a new journal, an old unit), it can't
//! know whether the beginning is on its way or was receipted by an earlier engine. A unit publishes again from the
//! first batch that it still has, so a lowest number that comes [`SIGHTINGS`] times, [`APART`] apart, with nothing below it
//! in between, *is* that first batch. The same holds above a hole (a journal that was restored from an older copy): a unit
//! sends no batch of its next boot before all of this one is receipted, and would wait for ever.
//!
//! Deliberately not here: the journal, MQTT, the wall clock (it is handed in).
use kaoguan_telemetry::UnitId;
use kaoguan_telemetry::wire::{Receipt, VERSION};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// So many units speak at one site at most; more are not believed.
pub const UNITS_MAX: usize = 1024;
/// So many batches may wait above a hole: a unit has at most 32 in flight, so more is a fault of the unit.
pub const ABOVE_HOLE_MAX: usize = 1024;
/// So often must the lowest batch above what is missing come before it is believed to be the first that its unit has.
pub const SIGHTINGS: u32 = 4;
/// A unit that gets no receipt publishes again after 5 s; sightings closer than this are one.
pub const APART: Duration = Duration::from_secs(3);

/// What to do with a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// It belongs into the journal.
    New,
    /// The journal has it; the receipt says so again.
    Known,
    /// It can't be taken: too many units, or too much above a hole.
    Refused,
}

/// All units.
#[derive(Debug, Default)]
pub struct Arrivals {
    units: BTreeMap<UnitId, BTreeMap<u32, Boot>>,
}

#[derive(Debug, Default)]
struct Boot {
    /// All below is in the journal.
    next: u64,
    /// In the journal, above a hole.
    above: BTreeSet<u64>,
    /// The lowest number seen above what is missing: how often, and when last.
    lowest: Option<(u64, u32, Instant)>,
}

impl Arrivals {
    /// What to do with this batch; changes nothing that a crash would have to remember.
    pub fn look(&mut self, unit: UnitId, boot: u32, no: u64, now: Instant) -> Arrival {
        if !self.units.contains_key(&unit) && self.units.len() >= UNITS_MAX {
            return Arrival::Refused;
        }
        let boot = self.units.entry(unit).or_default().entry(boot).or_default();
        boot.sight(no, now);
        if no < boot.next || boot.above.contains(&no) {
            Arrival::Known
        } else if no > boot.next && boot.above.len() >= ABOVE_HOLE_MAX {
            Arrival::Refused
        } else {
            Arrival::New
        }
    }

    /// The batch is durable in the journal.
    pub fn hold(&mut self, unit: UnitId, boot: u32, no: u64) {
        let boot = self.units.entry(unit).or_default().entry(boot).or_default();
        if no >= boot.next {
            boot.above.insert(no);
            boot.close_holes();
        }
    }

    /// What this unit may forget of this boot; `None` while its beginning is missing.
    pub fn receipt(&self, unit: UnitId, boot: u32) -> Option<Receipt> {
        let next = self.units.get(&unit)?.get(&boot)?.next;
        Some(Receipt {
            version: VERSION,
            boot,
            no: next.checked_sub(1)?,
        })
    }

    /// For every unit the receipt of its newest boot that has one.
    pub fn receipts(&self) -> Vec<(UnitId, Receipt)> {
        self.units
            .iter()
            .filter_map(|(unit, boots)| {
                let receipt = boots.keys().rev().find_map(|boot| self.receipt(*unit, *boot))?;
                Some((*unit, receipt))
            })
            .collect()
    }
}

impl Boot {
    fn close_holes(&mut self) {
        while self.above.remove(&self.next) {
            self.next += 1;
        }
    }

    fn sight(&mut self, no: u64, now: Instant) {
        if no <= self.next {
            return;
        }
        match &mut self.lowest {
            Some((lowest, count, last)) if *lowest == no => {
                if now.saturating_duration_since(*last) >= APART {
                    *count += 1;
                    *last = now;
                }
                if *count >= SIGHTINGS {
                    self.next = no;
                    self.close_holes();
                }
            }
            Some((lowest, ..)) if (self.next..no).contains(lowest) => {}
            _ => self.lowest = Some((no, 1, now)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit() -> UnitId {
        UnitId::new("moto-1").expect("a good name")
    }

    fn receipt_no(arrivals: &Arrivals) -> Option<u64> {
        arrivals.receipt(unit(), 1).map(|receipt| receipt.no)
    }

    #[test]
    fn a_receipt_is_the_highest_without_a_hole() {
        let mut arrivals = Arrivals::default();
        let after: Vec<_> = [1, 0, 3, 4, 2, 2, 6]
            .map(|no| {
                arrivals.hold(unit(), 1, no);
                receipt_no(&arrivals)
            })
            .to_vec();
        assert_eq!(after, [None, Some(1), Some(1), Some(1), Some(4), Some(4), Some(4)]);
    }

    #[test]
    fn what_is_held_is_known_and_looking_holds_nothing() {
        let (mut arrivals, now) = (Arrivals::default(), Instant::now());
        assert_eq!(arrivals.look(unit(), 1, 0, now), Arrival::New);
        assert_eq!(arrivals.look(unit(), 1, 0, now), Arrival::New);
        assert_eq!(receipt_no(&arrivals), None);
        arrivals.hold(unit(), 1, 0);
        assert_eq!(arrivals.look(unit(), 1, 0, now), Arrival::Known);
        assert_eq!(arrivals.look(unit(), 2, 0, now), Arrival::New, "another boot");
    }

    #[test]
    fn the_newest_boot_with_a_receipt_speaks_for_the_unit() {
        let mut arrivals = Arrivals::default();
        arrivals.hold(unit(), 1, 0);
        arrivals.hold(unit(), 2, 0);
        arrivals.hold(unit(), 3, 5);
        let expected = Receipt {
            version: VERSION,
            boot: 2,
            no: 0,
        };
        assert_eq!(arrivals.receipts(), [(unit(), expected)]);
    }

    #[test]
    fn a_hole_has_a_bound() {
        let (mut arrivals, now) = (Arrivals::default(), Instant::now());
        (0..ABOVE_HOLE_MAX as u64).for_each(|no| arrivals.hold(unit(), 1, no + 1));
        assert_eq!(arrivals.look(unit(), 1, 5000, now), Arrival::Refused);
        assert_eq!(
            arrivals.look(unit(), 1, 0, now),
            Arrival::New,
            "the hole itself is taken"
        );
    }

    #[test]
    fn an_old_unit_at_a_new_engine_is_believed_after_it_has_begun_again_and_again() {
        let (mut arrivals, start) = (Arrivals::default(), Instant::now());
        let mut see = |no, after_s| {
            let arrival = arrivals.look(unit(), 1, no, start + Duration::from_secs(after_s));
            if arrival == Arrival::New {
                arrivals.hold(unit(), 1, no);
            }
            receipt_no(&arrivals)
        };
        assert_eq!([see(70, 0), see(71, 0), see(70, 1)], [None; 3]);
        assert_eq!([see(70, 5), see(71, 5), see(70, 10)], [None; 3]);
        assert_eq!(see(70, 15), Some(71));
    }

    #[test]
    fn a_beginning_on_its_way_is_waited_for() {
        let (mut arrivals, start) = (Arrivals::default(), Instant::now());
        for round in 0..3 {
            arrivals.look(unit(), 1, 7, start + Duration::from_secs(5 * round));
        }
        arrivals.look(unit(), 1, 3, start + Duration::from_secs(16));
        arrivals.look(unit(), 1, 7, start + Duration::from_secs(20));
        arrivals.hold(unit(), 1, 7);
        assert_eq!(receipt_no(&arrivals), None);
    }

    #[test]
    fn units_have_a_bound() {
        let (mut arrivals, now) = (Arrivals::default(), Instant::now());
        for n in 0..UNITS_MAX {
            let unit = UnitId::new(&format!("u-{n}")).expect("a good name");
            assert_eq!(arrivals.look(unit, 1, 0, now), Arrival::New);
        }
        assert_eq!(arrivals.look(unit(), 1, 0, now), Arrival::Refused);
    }
}
