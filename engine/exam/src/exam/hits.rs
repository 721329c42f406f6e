//! Hits at poles: weighed by where the vehicle was, and told to the other exams where this vehicle made them.
//!
//! A pole's own unit speaks to every exam on the ground. Who was not near when it spoke has seen it shake; where it was another candidate,
//! that one's exam says so as soon as nothing can unsay it ([`Exam::made`]): once the charge has settled, or a person has said that he
//! touched it. Only what would charge him explains it to the others. Deliberately not here: what a pole that shook is worth
//! ([`crate::poles`]), and how the other exams are told (the engine: it stands in their records, as [`Act::HitExplained`]).
use super::Exam;
use crate::board::ItemState;
use crate::facts::felt::{Felt, Near};
use crate::field::Word;
use crate::finding::{Question, Verdict};
use crate::item::Item;
use crate::manoeuvre::{Fact, What};
use crate::node::Hit;
use crate::score::is_touch;
use crate::{Act, Answer};
use kaoguan_telemetry::PoleHit;
use kaoguan_telemetry::units::{EventTime, Micros};

/// So many hits of one exam are told of, and so many doubtful ones remembered: more poles than the largest ground has.
const HITS_MAX: usize = 64;

/// The hits at field nodes that this vehicle made, or may have made.
#[derive(Debug, Clone, Default)]
pub(super) struct Hits {
    /// It was there; when that was judged. Not settled yet: of the last two seconds.
    fresh: Vec<(Hit, EventTime)>,
    /// It may have been there: a person is asked.
    doubtful: Vec<Doubtful>,
    /// Beyond doubt.
    made: Vec<Hit>,
}

/// A hit that may have been this vehicle's.
#[derive(Debug, Clone, Copy)]
struct Doubtful {
    hit: Hit,
    item: usize,
    /// A touch that was seen in this time is the one that was felt.
    within: (EventTime, EventTime),
}

impl Hits {
    fn make(&mut self, hit: Hit) {
        if self.made.len() < HITS_MAX {
            self.made.push(hit);
        }
    }

    /// What was not settled is unsaid.
    pub(super) fn unsay(&mut self) {
        self.fresh.clear();
    }

    /// Like a finding by position. Whoever has failed is judged no further: what he hit before that is his.
    pub(super) fn settle(&mut self, now: EventTime, after: Micros, verdict: &Verdict) {
        let has_failed = matches!(verdict, Verdict::Fail { decisive: Some(_) });
        let ripe = self
            .fresh
            .extract_if(.., |(_, raised)| has_failed || now - *raised >= after);
        let ripe: Vec<(Hit, EventTime)> = ripe.collect();
        ripe.into_iter().for_each(|(hit, _)| self.make(hit));
    }
}

impl Exam {
    /// The hits at field nodes' poles that this vehicle has made beyond doubt, in the order in which that was known; it only grows. The
    /// other exams on the ground are to be told ([`Act::HitExplained`]).
    pub fn made(&self) -> &[Hit] {
        &self.hits.made
    }

    pub(super) fn explain(&mut self, hit: Hit) {
        let nodes = &self.setup.parts.nodes.nodes;
        let no = nodes.iter().position(|node| node.unit == hit.unit);
        let item = no.and_then(|no| self.ears.get(no)?.item);
        if let Some(item) = item.and_then(|item| self.items.get_mut(item)) {
            item.poles.explain(hit);
        }
    }

    /// A person has said that he touched the pole: the hit that was felt then was his. Of two at once nobody knows which he meant.
    pub(super) fn own_up(&mut self, act: &Act) {
        let Act::Answer { question: no, .. } = act else { return };
        let is_confirmed = |asked: &&Question| matches!(asked.answer, Some((Answer::Confirm, _)));
        let mut asked = self.ledger.questions().iter().filter(|asked| asked.no == *no);
        let Some(question) = asked.find(is_confirmed) else {
            return;
        };
        let is_meant = |doubtful: &&Doubtful| {
            let (item, (from, to)) = (&self.items[doubtful.item], doubtful.within);
            let is_touch = item.touched.is_some() && question.rule.rsplit('.').next() == item.touched;
            is_touch && question.site.as_ref() == Some(&item.site) && (from..=to).contains(&question.at)
        };
        let meant: Vec<Hit> = self.hits.doubtful.iter().filter(is_meant).map(|d| d.hit).collect();
        if let [hit] = meant[..] {
            self.hits.make(hit);
        }
    }

    /// A pole of a field node was hit at some time of its frame.
    pub(super) fn take_node_hit(&mut self, no: usize, item: usize, pole: u16, said: &PoleHit, word: &Word) {
        let Some(unit) = self.setup.parts.nodes.nodes.get(no).map(|node| node.unit) else {
            return;
        };
        let (from, to) = word.window;
        let at = EventTime(from.0 + (to - from).0 / 2);
        let hit = Hit {
            unit,
            at,
            pole: said.pole,
        };
        let felt = Felt {
            after: word.after,
            window: word.window,
        };
        let watch = &self.items[item].watch;
        let (near, is_far) = (watch.pole_felt(felt, pole), watch.is_far_from_pole(pole));
        if let Some(near) = near {
            self.take_near_hit(item, hit, felt, near);
        } else if is_far {
            self.items[item].poles.shake(hit);
        }
        // It is over, and the hit may have been in it.
        let item = &mut self.items[item];
        let was_in_it = item.state == ItemState::Settling && item.closed.is_some_and(|closed| from <= closed);
        item.unheard |= near.is_some() && was_in_it;
    }

    fn take_near_hit(&mut self, item: usize, hit: Hit, felt: Felt, near: Near) {
        let Some(is_witness) = self.weigh_hit(item, hit, near) else {
            return;
        };
        let now = self.now.unwrap_or(hit.at);
        let Hits { fresh, doubtful, .. } = &mut self.hits;
        if is_witness && is_touch(&self.setup.parts.syllabus, near.far) {
            if fresh.len() < HITS_MAX {
                fresh.push((hit, now));
            }
        } else if doubtful.len() < HITS_MAX {
            let within = felt.may_be_seen();
            doubtful.push(Doubtful { hit, item, within });
        }
    }

    /// Deals a hit within reach to its item; says whether the pole is a witness. One beyond reach shook by itself.
    fn weigh_hit(&mut self, no: usize, hit: Hit, near: Near) -> Option<bool> {
        let is_witness = self.items[no].poles.hear(hit, near.near)?;
        let what = What::PoleHit(near.far, is_witness);
        let (at, sight) = (hit.at, near.sight);
        self.deal(no, Fact { at, what, sight });
        Some(is_witness)
    }

    /// A pole of the vehicle's box spoke: of one of the items whose poles it tells of under this type. Where the vehicle was near none of
    /// them it shook by itself, and each of them hears that.
    pub(super) fn take_pole_hit(&mut self, at: EventTime, said: PoleHit) {
        let (unit, pole) = (self.setup.parts.unit, said.pole);
        let hit = Hit { unit, at, pole };
        let tells = |item: &Item| item.pole_hits.contains(&said.item);
        let own: Vec<usize> = (0..self.items.len()).filter(|no| tells(&self.items[*no])).collect();
        let near = |no: &usize| Some((*no, self.items[*no].watch.pole_hit(at, pole.into())?));
        let near: Vec<(usize, Near)> = own.iter().filter_map(near).collect();
        for (no, near) in &near {
            self.weigh_hit(*no, hit, *near);
        }
        for no in own.into_iter().filter(|_| near.is_empty()) {
            let item = &mut self.items[no];
            if item.watch.is_far_from_pole(pole.into()) {
                item.poles.shake(hit);
            }
        }
    }
}
