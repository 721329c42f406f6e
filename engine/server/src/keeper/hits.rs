//! Hits at field nodes that one exam explains to the others on the ground.
//!
//! An exam knows its own vehicle alone. Whose pole was hit by a vehicle that it does not know has seen it shake, and asks about the next hit;
//! the exam of that vehicle knows better, and what it says stands in the others' records, so that each is judged again by itself.
//! Deliberately not here: when a hit is known to be somebody's ([`kaoguan_exam::Exam::made`]).
use super::{Keeper, Log, now_us};
use crate::entry::{Entry, Kind};
use crate::journal::JournalError;
use kaoguan_exam::{Act, Hit};

impl<L: Log> Keeper<L> {
    /// Tells every riding exam that hears the node. What the disk does not take now is told at the next tick; an exam that has ended needs
    /// it no more.
    pub(super) fn explain_hits(&mut self) {
        let untold = |(no, running): (usize, &super::Running)| {
            let hits = running.untold().iter().map(move |hit| (no, *hit));
            hits.collect::<Vec<_>>()
        };
        let hits: Vec<(usize, Hit)> = self.running.iter().enumerate().flat_map(untold).collect();
        if hits.is_empty() {
            return;
        }
        let mut words = Vec::new();
        for (own, hit) in hits {
            let others = self.running.iter().enumerate();
            let others = others.filter(|(no, other)| *no != own && other.rides() && other.hears(hit.unit));
            words.extend(others.map(|(no, other)| (no, other.exam().to_owned(), hit)));
        }
        match self.write_words(words) {
            Ok(entries) => {
                self.running.iter_mut().for_each(super::Running::tell);
                entries.iter().for_each(|(no, entry)| self.running[*no].hear(entry));
            }
            Err(why) => self.stall(&why),
        }
    }

    fn write_words(&mut self, words: Vec<(usize, String, Hit)>) -> Result<Vec<(usize, Entry)>, JournalError> {
        let mut entries = Vec::new();
        for (no, exam, hit) in words {
            let kind = Kind::act(exam, Act::HitExplained { hit });
            entries.push((no, self.log.append(kind, now_us())?));
        }
        if !entries.is_empty() {
            self.log.sync()?;
            self.go_on();
        }
        Ok(entries)
    }
}
