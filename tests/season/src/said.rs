//! What the engine has said of an encounter.
use crate::row::Outcome;
use kaoguan_exam::{Exam, Finding, ItemState, Measure, Question, Verdict};
use kaoguan_oracle::{Encounter, Unit};
use kaoguan_sim::sensors::START_UTC_US;
use kaoguan_sim::truth::Summary;
use kaoguan_telemetry::units::EventTime;
use std::collections::BTreeMap;

/// What the engine said belongs to an encounter until so long after the ride of its item, microseconds.
const AFTERMATH_US: i64 = 6_000_000;

/// What the engine has said.
pub struct Said<'e> {
    findings: &'e [Finding],
    questions: &'e [Question],
    voids: Vec<(String, i64)>,
    /// The last ride of each item, which alone counts.
    rides: BTreeMap<String, u32>,
    /// Items that are still to be ridden: nobody passes without them.
    unfinished: Vec<String>,
    ended_us: Option<i64>,
}

fn us(at: EventTime) -> i64 {
    at.0 - START_UTC_US
}

impl Said<'_> {
    /// Of an exam that is over.
    pub fn of<'e>(exam: &'e Exam, truth: &Summary) -> Said<'e> {
        let board = exam.board();
        let voids = board
            .items
            .iter()
            .flat_map(|item| item.voids.iter().map(|(at, _)| (item.site.clone(), us(*at))));
        let unfinished = board.items.iter().filter(|item| item.state != ItemState::Done);
        Said {
            unfinished: unfinished.map(|item| item.site.clone()).collect(),
            findings: exam.findings(),
            questions: exam.questions(),
            voids: voids.collect(),
            rides: truth.items.iter().map(|item| (item.site.clone(), item.ride)).collect(),
            ended_us: matches!(exam.verdict(), Verdict::Fail { .. })
                .then_some(board.at)
                .flatten()
                .map(us),
        }
    }

    /// What became of an encounter.
    pub fn of_encounter(&self, encounter: &Encounter) -> Outcome {
        let rules = [Some(encounter.rule), encounter.worse];
        let is_it = |rule: &str, at: i64| rules.contains(&Some(rule)) && within(encounter, at);
        if self.findings.iter().any(|f| is_it(&f.rule, us(f.at))) {
            return Outcome::Charged;
        }
        if self.questions.iter().any(|q| is_it(&q.rule, us(q.at))) {
            return Outcome::Asked;
        }
        if encounter.ride < self.rides.get(&encounter.site).copied().unwrap_or(0) {
            return Outcome::Void;
        }
        if self
            .voids
            .iter()
            .any(|(site, at)| *site == encounter.site && within(encounter, *at))
        {
            return Outcome::Void;
        }
        // A rule that counts once on the way was charged before: the exam would have been over.
        let before = |f: &Finding| f.site.is_none() && f.rule == encounter.rule && us(f.at) < encounter.from_us;
        if self.findings.iter().any(before) {
            return Outcome::Over;
        }
        match self.ended_us {
            Some(ended_us) if ended_us < encounter.to_us + AFTERMATH_US => Outcome::Over,
            _ if self.unfinished.contains(&encounter.site) => Outcome::Void,
            _ => Outcome::Nothing,
        }
    }

    /// What became of the exam as a whole: charged is failed, nothing is passed without a word.
    pub fn of_exam(&self) -> Outcome {
        if self.ended_us.is_some() {
            Outcome::Charged
        } else if !self.voids.is_empty() {
            Outcome::Void
        } else if !self.questions.is_empty() {
            Outcome::Asked
        } else {
            Outcome::Nothing
        }
    }

    /// Findings of rules of which the oracle knows no encounter then.
    pub fn absent<'a>(&'a self, encounters: &'a [Encounter]) -> impl Iterator<Item = &'a Finding> {
        let known = |f: &Finding| encounters.iter().any(|e| e.rule == f.rule && within(e, us(f.at)));
        self.findings.iter().filter(move |f| !known(f))
    }
}

fn within(encounter: &Encounter, at: i64) -> bool {
    (encounter.from_us..=encounter.to_us + AFTERMATH_US).contains(&at)
}

/// The largest of what the engine told of this rule in this ride.
pub fn measured(told: &Exam, encounter: &Encounter) -> Option<[f64; 2]> {
    if encounter.unit == Unit::Yes {
        return None;
    }
    let of = |rule: &str, at, measure: Option<Measure>| {
        measure.filter(|_| rule == encounter.rule && within(encounter, us(at)))
    };
    let findings = told.findings().iter().filter_map(|f| of(&f.rule, f.at, f.measure));
    let questions = told.questions().iter().filter_map(|q| of(&q.rule, q.at, q.measure));
    let largest = findings.chain(questions).max_by_key(|measure| measure.value)?;
    Some([largest.value as f64, largest.u_tenths as f64 / 10.0])
}
