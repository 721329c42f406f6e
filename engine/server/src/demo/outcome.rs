//! How the demo's exams ended: a JSON object a line, or a table.
use crate::calendar::iso;
use crate::canon;
use crate::hub::Outcome;
use crate::record::views;
use crate::texts::{Said, say};
use crate::wording;
use kaoguan_exam::{Finding, ItemView, Question, Syllabus, Verdict};
use serde_json::{Value, json};
use std::io::Write;

/// One candidate's end.
pub struct Row {
    pub rider: &'static str,
    /// What they do, for people.
    pub who: Said,
    pub class: &'static str,
    pub outcome: Outcome,
    pub questions: Vec<Question>,
    pub items: Vec<ItemView>,
}

impl Row {
    /// Prints one JSON object on one line.
    pub fn print_json(&self) {
        let outcome = &self.outcome;
        let value = json!({
            "exam": outcome.exam,
            "candidate": self.rider,
            "class": self.class,
            "verdict": verdict_word(&outcome.verdict),
            "score": outcome.score,
            "findings": outcome.findings.iter().map(finding).collect::<Vec<_>>(),
            "questions": self.questions.iter().map(question).collect::<Vec<_>>(),
            "voids": self.items.iter().flat_map(voids).collect::<Vec<_>>(),
            "record": outcome.record.display().to_string(),
            "digest": outcome.digest,
        });
        put(&value.to_string());
    }

    /// Findings, questions and void rides, each a sentence.
    fn reasons(&self, syllabus: Option<&Syllabus>) -> Vec<Said> {
        let findings = self.outcome.findings.iter().map(|f| wording::finding(f, syllabus));
        let questions = self.questions.iter().map(|q| wording::question(q, syllabus));
        let voids = self.items.iter().flat_map(|item| {
            item.voids.iter().map(|(_, why)| {
                let why = say(&format!("unfit-{}", why.key().replace('_', "-")), &[]);
                let rides = wording::plain(&item.rides.to_string());
                let site = wording::plain(&item.site);
                wording::both("demo-void", &[("item", &site), ("rides", &rides), ("why", &why)])
            })
        });
        findings.chain(questions).chain(voids).collect()
    }
}

/// Prints the table of candidates, Chinese first.
pub fn print(rows: &[Row], syllabus: &str) {
    let syllabus = Syllabus::parse(syllabus).ok();
    put(&say("demo-table-head", &[]).to_string());
    for row in rows {
        let verdict = wording::verdict(&row.outcome.verdict);
        let (exam, score) = (&row.outcome.exam, row.outcome.score);
        put(&format!("\n{exam}  {verdict} {score}  {}", row.who));
        for reason in row.reasons(syllabus.as_ref()) {
            put(&format!("    {}\n    {}", reason.zh, reason.en));
        }
        put(&format!("    {}", row.outcome.record.display()));
    }
}

/// A closed pipe is no failure of the exam.
fn put(line: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

fn verdict_word(verdict: &Verdict) -> String {
    views::verdict(verdict)["verdict"]
        .as_str()
        .unwrap_or("running")
        .replace('_', "-")
}

/// Rides of an item that did not count.
fn voids(item: &ItemView) -> Vec<Value> {
    item.voids
        .iter()
        .map(|(at, why)| json!({ "item": item.site, "at": iso(at.0), "why": why.key() }))
        .collect()
}

fn finding(f: &Finding) -> Value {
    let mut value = json!({ "item": f.site, "rule": f.rule, "code": f.code, "points": f.points, "at": iso(f.at.0) });
    measured(&mut value, f.measure);
    value
}

fn question(q: &Question) -> Value {
    let answer = q
        .answer
        .as_ref()
        .map(|(answer, by)| json!({ "answer": canon::answer_word(*answer), "by": by }));
    let mut value = json!({
        "item": q.site, "rule": q.rule, "code": q.code, "points": q.points, "at": iso(q.at.0), "answer": answer,
    });
    measured(&mut value, q.measure);
    value
}

/// Value, limit, unit, margin and standard uncertainty, null where the fact itself is the fault.
fn measured(into: &mut Value, measure: Option<kaoguan_exam::Measure>) {
    into["value"] = json!(measure.map(|m| m.value));
    into["limit"] = json!(measure.map(|m| m.limit));
    into["unit"] = json!(measure.map(|m| m.unit.symbol()));
    into["margin"] = json!(measure.map(|m| m.margin()));
    into["u"] = json!(measure.map(|m| m.u_tenths as f64 / 10.0));
}
