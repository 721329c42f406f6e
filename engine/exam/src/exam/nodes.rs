//! What field nodes say, and what it means that one is not heard.
//!
//! A node's word reaches the one item that the setup names, whatever item type its file gives: a pole's hit is held against the whole time
//! in which it may have been, a plank's contact against where its wheel was in that time. Who was not heard in all of a ride leaves
//! the rules that hang on it to the examiner, and charges nobody. Deliberately not here: the order of words ([`crate::field`]), and whose a
//! hit was ([`super::hits`]).
use super::Exam;
use crate::board::ItemState;
use crate::facts::deck::Lag;
use crate::field::{BEHIND, Next, Word};
use crate::item::Item;
use crate::manoeuvre::{Fact, What};
use crate::node::{NodePart, Nodes};
use kaoguan_telemetry::units::{EventTime, Micros};
use kaoguan_telemetry::{Plank, Reading, Sample, UnitId};

/// A plank's word that is older than this when it is judged is none: where the wheels were is remembered little longer.
const LAG_MAX: Micros = Micros(1_200_000);
/// So long a lag is remembered, once or twice: longer than a contact must hold to be told.
const BUCKET: i64 = 2_000_000;

/// One node, as this exam hears it.
#[derive(Debug, Clone)]
pub(super) struct Ear {
    part: NodePart,
    /// Its item's number.
    pub(super) item: Option<usize>,
    /// The worst lag of the present and of the last [`BUCKET`].
    lags: [Micros; 2],
    bucket: i64,
}

/// An ear for each node, whose items hear of it.
pub(super) fn ears(nodes: &Nodes, items: &mut [Item]) -> Vec<Ear> {
    let ear = |node: &crate::Node| {
        let item = items.iter().position(|item| item.site == node.site);
        if let Some(item) = item.and_then(|no| items.get_mut(no)) {
            item.has_node_poles |= node.part.is_poles();
            item.has_node_planks |= !node.part.is_poles();
        }
        Ear {
            part: node.part,
            item,
            lags: [Micros(0); 2],
            bucket: 0,
        }
    };
    nodes.nodes.iter().map(ear).collect()
}

impl Ear {
    /// The worst lag that a word may have had that is still weighed.
    fn worst(&mut self, at: EventTime, lag: Micros) -> Micros {
        let bucket = at.0.div_euclid(BUCKET);
        if bucket != self.bucket {
            let [last, _] = self.lags;
            self.lags = [Micros(0), if bucket == self.bucket + 1 { last } else { Micros(0) }];
            self.bucket = bucket;
        }
        let [present, last] = &mut self.lags;
        *present = lag.max(*present);
        lag.max(*present).max(*last)
    }
}

impl Exam {
    /// The units of the field nodes that stand at its items; those at items that its class does not ride are nothing to it.
    pub fn nodes(&self) -> impl Iterator<Item = UnitId> + '_ {
        let nodes = self.setup.parts.nodes.nodes.iter().zip(&self.ears);
        nodes.filter(|(_, ear)| ear.item.is_some()).map(|(node, _)| node.unit)
    }

    /// Takes one sample of a unit: of the setup's own, or of one of its field nodes. Nobody else is heard.
    pub fn accept_of(&mut self, unit: UnitId, boot: u32, sample: &Sample) {
        let parts = &self.setup.parts;
        if unit == parts.unit {
            return self.accept(boot, sample);
        }
        if let Some(no) = parts.nodes.nodes.iter().position(|node| node.unit == unit) {
            self.field.hear(no, boot, sample);
            self.flow();
        }
    }

    /// Judges what nothing older can precede any more.
    pub(super) fn flow(&mut self) {
        while let Some(next) = self.field.next() {
            match next {
                Next::Own(dated) => {
                    self.judge(&dated);
                    self.miss_nodes();
                }
                _ if self.verdict().is_final() => {}
                Next::Word(no, word) => self.take_word(no, &word),
                Next::Deaf(no, from) => self.deafen(no, from),
            }
        }
    }

    fn take_word(&mut self, no: usize, word: &Word) {
        let Some((part, item)) = self.ears.get(no).map(|ear| (ear.part, ear.item)) else {
            return;
        };
        let Some(item) = item else { return };
        match word.reading {
            Reading::PoleHit(hit) if !hit.restored => {
                if let Some(pole) = part.pole(&hit) {
                    self.take_node_hit(no, item, pole, &hit, word);
                }
            }
            Reading::Plank(said) => {
                if let Some(plank) = part.plank(&said) {
                    self.miss_unwired(item, &plank);
                    self.take_node_plank(no, item, &plank, word);
                }
            }
            _ => {}
        }
        self.conclude();
    }

    /// One contact alone cannot tell a wheel that missed the plank from one that is not wired.
    fn miss_unwired(&mut self, item: usize, said: &Plank) {
        let both = |front: Option<bool>, rear: Option<bool>| front.is_some() && rear.is_some();
        let of_right_alone = said.front.is_none() && said.rear.is_none() && said.rear_right.is_some();
        let item = &mut self.items[item];
        item.unheard |= item.state == ItemState::Riding && !both(said.front, said.rear) && !of_right_alone;
    }

    fn take_node_plank(&mut self, no: usize, item: usize, plank: &Plank, word: &Word) {
        let since = word.after.map_or(word.window.0, |after| after.min(word.window.0));
        let most = self.ears[no].worst(word.at, word.at - since);
        if most > LAG_MAX {
            return self.deafen(no, since);
        }
        let lag = Lag { most, least: BEHIND };
        let knobs = self.setup.parts.syllabus.reading;
        self.watch_of(item, |watch, out| {
            if let Some(gap) = knobs.signal_gap {
                watch.miss_contacts(word.at, gap, out);
            }
            watch.contact(word.at, lag, plank, &knobs, out);
        });
    }

    /// A node is not heard from here on: what its contacts said does not hold, and of rides in which it is missed somebody is asked.
    fn deafen(&mut self, no: usize, from: EventTime) {
        let Some(item) = self.ears.get(no).and_then(|ear| ear.item) else {
            return;
        };
        let heard = &mut self.items[item];
        heard.unheard |= match heard.state {
            ItemState::Riding => true,
            ItemState::Settling => heard.closed.is_some_and(|closed| from <= closed),
            _ => false,
        };
        if heard.has_node_planks {
            heard.watch.unheard();
            self.deal(item, Fact::new(self.now.unwrap_or(from), What::Unheard(from)));
        }
    }

    /// Who rides an item of which a node is not heard.
    fn miss_nodes(&mut self) {
        for (no, ear) in self.ears.iter().enumerate() {
            let item = ear.item.and_then(|item| self.items.get_mut(item));
            if let Some(item) = item.filter(|item| item.state == ItemState::Riding) {
                item.unheard |= !self.field.hears(no);
            }
        }
    }
}
