//! The ledger: what is charged, what is asked, and what that makes of the exam.
//!
//! A finding that rests on positions is provisional until its window has passed without an unfit moment; what the switches
//! prove is settled at once. Only settled findings cost points, and a settled one is never unsaid. A question is put only
//! when its window is settled too. What it looked like is painted by others and kept here beside it.
use crate::finding::{Finding, Question, Source, Verdict, Why};
use crate::item::Item;
use crate::manoeuvre::{Note, Sheet, Sight};
use crate::scene::Scene;
use crate::score::{Weight, weigh};
use crate::setup::SetupParts;
use crate::syllabus::{Rule, Syllabus, sensors};
use crate::{Act, Answer};
use kaoguan_telemetry::units::{EventTime, Micros};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Until it is charged or asked: numbers count from 1.
const UNNUMBERED: u32 = 0;

/// The sensor that the contacts of planks are.
pub const PLANK: &str = "plank";

/// Where a note was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The item's number, if on one.
    pub item: Option<usize>,
    /// Its site.
    pub site: Option<String>,
    /// Which ride of it.
    pub ride: u32,
    /// When that began; `None` on the way.
    pub began: Option<EventTime>,
    /// Where its planks are field nodes: whether they were heard since it began. The vehicle's own contacts else.
    pub plank: Option<bool>,
}

/// What a finding or question rests on until it is settled.
#[derive(Debug, Clone)]
struct Window {
    place: Place,
    raised: EventTime,
    ticket: u32,
}

/// A note that became a finding or a coming question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// By this its scene finds it; counts from 1.
    pub ticket: u32,
    /// Where to look at it.
    pub sight: Sight,
    /// It was settled at once: nothing about it changes any more.
    pub settled: bool,
}

/// Since when a sensor has spoken without a silence, and when last.
#[derive(Debug, Clone, Copy)]
struct Heard {
    since: EventTime,
    last: EventTime,
}

/// The examiner's word that he has nothing more to deduct.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    /// A pass needs none.
    NotDue,
    /// All is ridden, and it is waited for.
    Due,
    /// He has said it.
    Said,
}

/// The ledger of one exam.
pub struct Ledger {
    syllabus: Syllabus,
    pass_mark: i32,
    findings: Vec<Finding>,
    windows: Vec<Option<Window>>,
    /// The ticket of each finding, 0 for those charged by hand.
    tickets: Vec<u32>,
    tickets_given: u32,
    questions: Vec<Question>,
    coming: Vec<(Question, Window)>,
    /// Rules that count once: what was noted in which ride of which item, and whether it was proven.
    noted: BTreeSet<(String, Option<usize>, u32, bool)>,
    /// Sensors that speak.
    heard: BTreeMap<&'static str, Heard>,
    /// Sensors of which words are missing now, with when they spoke last.
    lost: BTreeMap<&'static str, EventTime>,
    /// Who was lost for so long has fallen silent; `None` where nobody looks for missing words.
    silence: Option<Micros>,
    /// Sensors that have fallen silent at some time.
    fell_silent: BTreeSet<&'static str>,
    asked_missing: bool,
    word: Word,
    findings_made: u32,
    verdict: Verdict,
}

impl Ledger {
    /// An empty one.
    pub fn new(syllabus: &Syllabus, pass_mark: u32) -> Ledger {
        Ledger {
            syllabus: syllabus.clone(),
            pass_mark: i32::try_from(pass_mark).unwrap_or(100),
            findings: Vec::new(),
            windows: Vec::new(),
            tickets: Vec::new(),
            tickets_given: 0,
            questions: Vec::new(),
            coming: Vec::new(),
            noted: BTreeSet::new(),
            heard: BTreeMap::new(),
            lost: BTreeMap::new(),
            // Two holes on end: as long as a unit waits before it says that a device is silent.
            silence: syllabus.reading.signal_gap.map(|gap| gap + gap),
            fell_silent: BTreeSet::new(),
            asked_missing: false,
            word: Word::NotDue,
            findings_made: 0,
            verdict: Verdict::Running,
        }
    }

    /// Findings in the order of charging.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
    /// Questions in the order of asking.
    pub fn questions(&self) -> &[Question] {
        &self.questions
    }
    /// Where the exam stands.
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }
    /// Points needed.
    pub fn pass_mark(&self) -> i32 {
        self.pass_mark
    }
    /// Points left, by settled findings.
    pub fn score(&self) -> i32 {
        let lost: u32 = self.findings.iter().filter(|f| f.settled).map(|f| f.points).sum();
        100_u32.saturating_sub(lost) as i32
    }
    /// A sensor has spoken.
    pub fn sees(&mut self, sensor: &'static str, at: EventTime) {
        if self.lost.contains_key(sensor) {
            self.silence_of(at, |lost| lost == sensor);
            self.lost.remove(sensor);
        }
        let heard = Heard { since: at, last: at };
        self.heard.entry(sensor).or_insert(heard).last = at;
    }
    /// Some of a sensor's words are missing: what it did meanwhile nobody knows.
    pub fn misses(&mut self, which: impl Fn(&str) -> bool) {
        let missed = self.heard.extract_if(.., |sensor, _| which(sensor));
        self.lost.extend(missed.map(|(sensor, heard)| (sensor, heard.last)));
    }
    /// The switches have fallen silent.
    pub fn deaf(&mut self) {
        self.fell_silent.extend(std::mem::take(&mut self.heard).into_keys());
        self.fell_silent.extend(std::mem::take(&mut self.lost).into_keys());
    }
    /// Who of these has been lost for longer than a hole by now has fallen silent.
    fn silence_of(&mut self, now: EventTime, which: impl Fn(&str) -> bool) {
        let Some(silence) = self.silence else { return };
        let silent = self
            .lost
            .iter()
            .filter(|(sensor, last)| which(sensor) && now - **last >= silence);
        self.fell_silent.extend(silent.map(|(sensor, _)| *sensor));
    }
    /// Whether each of a rule's sensors has spoken without a silence since then.
    fn heard_since(&self, rule: &Rule, place: &Place) -> bool {
        let heard = |sensor: &String| match place.plank.filter(|_| sensor == PLANK) {
            Some(heard) => heard,
            None => {
                let heard = self.heard.get(sensor.as_str());
                heard.is_some_and(|heard| place.began.is_none_or(|began| heard.since <= began))
            }
        };
        rule.sensors.iter().all(heard)
    }
    /// Whether something of this item is not settled yet.
    pub fn waits(&self, item: usize) -> bool {
        let of = |window: &Window| window.place.item == Some(item);
        self.windows.iter().flatten().any(of) || self.coming.iter().any(|(_, window)| of(window))
    }

    /// Weighs what a manoeuvre wrote in one step; says what was kept of it.
    pub fn take(&mut self, manoeuvre: &str, place: &Place, sheet: &Sheet, now: Option<EventTime>) -> Vec<Kept> {
        let mut kept = Vec::new();
        let mut charged: Vec<String> = Vec::new();
        for note in &sheet.0 {
            let id = format!("{manoeuvre}.{}", note.fault);
            let Some(rule) = self.syllabus.tariff.get(&id).cloned() else {
                continue;
            };
            // Nobody is charged by a sensor that was not there all the time; the rule is asked when all is ridden.
            if !self.heard_since(&rule, place) {
                self.fell_silent
                    .extend(sensors().filter(|have| rule.sensors.iter().any(|s| s == have)));
                continue;
            }
            if rule.unless.as_ref().is_some_and(|other| charged.contains(other)) {
                continue;
            }
            let weight = weigh(&self.syllabus, &rule, note);
            // What a plank's own unit feels is told half a second late, and who rides fast is over the exit by then: a person says.
            let by_node = place.plank.is_some() && rule.sensors.iter().any(|sensor| sensor == "plank");
            let weight = match weight {
                Weight::Proven(measure) if by_node => Weight::Doubtful(measure),
                other => other,
            };
            if weight == Weight::Nothing || (rule.once && !self.first(&id, place, matches!(weight, Weight::Proven(_))))
            {
                continue;
            }
            self.tickets_given += 1;
            let ticket = self.tickets_given;
            let window = Window {
                place: place.clone(),
                raised: now.unwrap_or(note.at),
                ticket,
            };
            let proven = matches!(weight, Weight::Proven(_));
            kept.push(Kept {
                ticket,
                sight: note.sight,
                settled: proven && note.proof.settles_at_once(),
            });
            match weight {
                Weight::Proven(measure) => {
                    charged.push(id);
                    let window = (!note.proof.settles_at_once()).then_some(window);
                    self.charge(finding(&rule, note, measure, place), window, ticket);
                }
                Weight::Doubtful(measure) => self.coming.push((question(&rule, note, measure, place), window)),
                Weight::Nothing => {}
            }
        }
        kept
    }

    /// What something kept looked like. What was unsaid or asked since has its scene already, or needs none.
    pub fn picture(&mut self, ticket: u32, scene: Arc<Scene>) {
        if let Some(at) = self.tickets.iter().position(|have| *have == ticket) {
            self.findings[at].scene = Some(scene);
        } else if let Some((question, _)) = self.coming.iter_mut().find(|(_, window)| window.ticket == ticket) {
            question.scene = Some(scene);
        }
    }

    /// Whether this is the first of its kind in this ride; what was only asked hides nothing that is proven later.
    fn first(&mut self, id: &str, place: &Place, proven: bool) -> bool {
        let key = |proven| (id.to_owned(), place.item, place.ride, proven);
        !self.noted.contains(&key(true)) && self.noted.insert(key(proven))
    }

    fn charge(&mut self, mut finding: Finding, window: Option<Window>, ticket: u32) {
        self.findings_made += 1;
        finding.no = self.findings_made;
        finding.settled = window.is_none();
        self.findings.push(finding);
        self.windows.push(window);
        self.tickets.push(ticket);
    }

    fn ask(&mut self, mut question: Question) {
        question.no = self.questions.len() as u32 + 1;
        self.questions.push(question);
    }

    /// Settles what has outlived its window.
    pub fn settle(&mut self, now: EventTime, after: Micros) {
        for (finding, window) in self.findings.iter_mut().zip(&mut self.windows) {
            if window.as_ref().is_some_and(|w| now - w.raised >= after) {
                *window = None;
                finding.settled = true;
            }
        }
        let (ripe, green) = std::mem::take(&mut self.coming)
            .into_iter()
            .partition(|(_, w)| now - w.raised >= after);
        self.coming = green;
        let ripe: Vec<(Question, Window)> = ripe;
        ripe.into_iter().for_each(|(question, _)| self.ask(question));
    }

    /// An item is void: what of it was not settled is unsaid.
    pub fn void(&mut self, item: usize) {
        let keep: Vec<bool> = self
            .windows
            .iter()
            .map(|w| w.as_ref().is_none_or(|w| w.place.item != Some(item)))
            .collect();
        let mut kept = keep.iter();
        self.findings.retain(|_| *kept.next().unwrap_or(&true));
        let mut kept = keep.iter();
        self.windows.retain(|_| *kept.next().unwrap_or(&true));
        let mut kept = keep.iter();
        self.tickets.retain(|_| *kept.next().unwrap_or(&true));
        self.coming.retain(|(_, window)| window.place.item != Some(item));
    }

    /// Unfit on the way between items: position rules that were not settled become questions.
    pub fn unfit_between_items(&mut self) {
        for i in (0..self.findings.len()).rev() {
            if self.windows[i].as_ref().is_some_and(|w| w.place.item.is_none()) {
                let f = self.findings.remove(i);
                self.windows.remove(i);
                self.tickets.remove(i);
                self.ask(Question {
                    no: UNNUMBERED,
                    at: f.at,
                    site: f.site,
                    rule: f.rule,
                    code: f.code,
                    points: f.points,
                    measure: f.measure,
                    scene: f.scene,
                    why: Why::Unfit,
                    answer: None,
                });
            }
        }
    }

    /// Rules whose sensor never spoke, or fell silent, go to the examiner, once. Who misses a word just now does not.
    pub fn ask_for_missing_sensors(&mut self, now: EventTime, parts: &SetupParts) {
        if std::mem::replace(&mut self.asked_missing, true) {
            return;
        }
        self.silence_of(now, |_| true);
        let missing: Vec<Rule> = self
            .syllabus
            .tariff
            .values()
            .filter(|rule| parts.uses(&rule.text.item))
            .filter(|rule| {
                let is_missing = |sensor: &String| {
                    let sensor = sensor.as_str();
                    // Of a node's planks each item asks by itself.
                    if sensor == PLANK && parts.nodes.has_planks() {
                        return false;
                    }
                    let has_spoken = self.heard.contains_key(sensor) || self.lost.contains_key(sensor);
                    !has_spoken || self.fell_silent.contains(sensor)
                };
                rule.sensors.iter().any(is_missing)
            })
            .cloned()
            .collect();
        for rule in missing {
            let site = parts
                .course
                .sites
                .iter()
                .find(|site| site.manoeuvre == rule.text.item)
                .map(|site| site.id.clone());
            self.ask_for_sensor(now, site, rule);
        }
    }

    /// The rules that hang on an item's field nodes, which were not heard in all of its ride, go to the examiner. What is charged already
    /// needs nobody's answer.
    pub fn ask_unheard(&mut self, now: EventTime, item: &Item) {
        let hangs = |rule: &&Rule| {
            let touched = item.touched.filter(|_| item.has_node_poles);
            let fault = rule.text.id.rsplit('.').next();
            let on_planks = item.has_node_planks && rule.sensors.iter().any(|sensor| sensor == PLANK);
            rule.text.item == item.manoeuvre && (on_planks || (touched.is_some() && fault == touched))
        };
        let is_charged = |rule: &&Rule| {
            let mut own = self.findings.iter().filter(|f| f.site.as_ref() == Some(&item.site));
            own.any(|f| f.rule == rule.text.id)
        };
        let rules = self.syllabus.tariff.values().filter(hangs);
        let rules: Vec<Rule> = rules.filter(|rule| !is_charged(rule)).cloned().collect();
        for rule in rules {
            self.ask_for_sensor(now, Some(item.site.clone()), rule);
        }
    }

    fn ask_for_sensor(&mut self, now: EventTime, site: Option<String>, rule: Rule) {
        self.ask(Question {
            no: UNNUMBERED,
            at: now,
            site,
            rule: rule.text.id,
            code: rule.text.code,
            points: rule.text.points,
            measure: None,
            scene: None,
            why: Why::NoSensor,
            answer: None,
        });
    }

    /// A person's act.
    pub fn act(&mut self, act: &Act, now: Option<EventTime>) {
        if self.verdict.is_final() {
            return;
        }
        match act {
            Act::Answer { question, answer, by } => self.answer(*question, *answer, by),
            Act::Deduct { rule, site, by, reason } => {
                if let Some(rule) = self.syllabus.tariff.get(rule).cloned() {
                    let source = Source::Examiner {
                        by: by.clone(),
                        reason: reason.clone(),
                    };
                    self.charge_by_hand(&rule, now, site.clone(), None, None, source);
                }
            }
            Act::Stop { fail: true, .. } => self.verdict = Verdict::Fail { decisive: None },
            Act::Stop { reason, .. } => self.verdict = Verdict::Void { why: reason.clone() },
            Act::NothingMore { .. } if self.awaits_word() => self.word = Word::Said,
            Act::NothingMore { .. } | Act::SourceLost { .. } | Act::HitExplained { .. } => {}
        }
    }

    /// All is ridden, and of the last item a rule is the examiner's alone: he has had no time to deduct it yet.
    pub fn wait_for_word(&mut self) {
        if self.word == Word::NotDue {
            self.word = Word::Due;
        }
    }

    /// Whether the examiner has still to say that he has nothing more to deduct.
    pub fn awaits_word(&self) -> bool {
        self.word == Word::Due && !self.verdict.is_final()
    }

    fn answer(&mut self, no: u32, answer: Answer, by: &str) {
        let Some(question) = self.questions.iter_mut().find(|q| q.no == no && q.answer.is_none()) else {
            return;
        };
        question.answer = Some((answer, by.to_owned()));
        let question = question.clone();
        if answer == Answer::Confirm
            && let Some(rule) = self.syllabus.tariff.get(&question.rule).cloned()
        {
            let source = Source::Answer {
                question: no,
                by: by.to_owned(),
            };
            let (measure, scene) = (question.measure, question.scene);
            self.charge_by_hand(&rule, Some(question.at), question.site, measure, scene, source);
        }
    }

    fn charge_by_hand(
        &mut self,
        rule: &Rule,
        at: Option<EventTime>,
        site: Option<String>,
        measure: Option<crate::Measure>,
        scene: Option<Arc<Scene>>,
        source: Source,
    ) {
        let finding = Finding {
            no: UNNUMBERED,
            at: at.unwrap_or_default(),
            site,
            rule: rule.text.id.clone(),
            code: rule.text.code.clone(),
            points: rule.text.points,
            measure,
            scene,
            source,
            settled: true,
        };
        self.charge(finding, None, 0);
    }

    /// What all this makes of the exam; `ridden` when every item is done.
    pub fn conclude(&mut self, ridden: bool) {
        if self.verdict.is_final() {
            return;
        }
        let settled = ridden && self.windows.iter().all(Option::is_none) && self.coming.is_empty();
        if self.score() < self.pass_mark && (self.syllabus.ends_early || settled) {
            let decisive = self
                .findings
                .iter()
                .filter(|f| f.settled)
                .max_by_key(|f| (f.points >= 100, f.no));
            self.verdict = Verdict::Fail {
                decisive: decisive.map(|f| f.no),
            };
        } else if settled {
            let open: Vec<u32> = self
                .questions
                .iter()
                .filter(|q| q.answer.is_none())
                .map(|q| q.no)
                .collect();
            self.verdict = if open.is_empty() && self.word != Word::Due {
                Verdict::Pass
            } else {
                Verdict::AwaitingExaminer { questions: open }
            };
        } else {
            self.verdict = Verdict::Running;
        }
    }
}

fn finding(rule: &Rule, note: &Note, measure: Option<crate::Measure>, place: &Place) -> Finding {
    Finding {
        no: UNNUMBERED,
        at: note.at,
        site: place.site.clone(),
        rule: rule.text.id.clone(),
        code: rule.text.code.clone(),
        points: rule.text.points,
        measure,
        scene: None,
        source: Source::Machine,
        settled: false,
    }
}

fn question(rule: &Rule, note: &Note, measure: Option<crate::Measure>, place: &Place) -> Question {
    Question {
        no: UNNUMBERED,
        at: note.at,
        site: place.site.clone(),
        rule: rule.text.id.clone(),
        code: rule.text.code.clone(),
        points: rule.text.points,
        measure,
        scene: None,
        why: Why::Doubtful,
        answer: None,
    }
}

#[cfg(test)]
mod cases;

#[cfg(test)]
mod tests;
