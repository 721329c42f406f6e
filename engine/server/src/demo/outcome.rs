//! How the demo's exams ended: a JSON object a line, or a table.
use crate::canon;
use crate::hub::Outcome;
use crate::record::views;
use crate::texts::say;
use kaoguan_exam::{Finding, ItemView, Question, Verdict};
use kaoguan_telemetry::units::EventTime;
use serde_json::{Value, json};
use std::io::Write;

/// One candidate's end.
pub struct Row {
    pub rider: &'static str,
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

    fn reasons(&self) -> String {
        let mut reasons: Vec<String> = self.outcome.findings.iter().map(reason).collect();
        for question in &self.questions {
            let answer = question
                .answer
                .as_ref()
                .map_or("-", |(answer, _)| canon::answer_word(*answer));
            let (value, limit) = question
                .measure
                .map_or(("-".into(), "-".into()), |m| (m.value.to_string(), m.limit.to_string()));
            let values = [
                ("rule", question.rule.as_str()),
                ("value", &value),
                ("limit", &limit),
                ("answer", answer),
            ];
            reasons.push(say("demo-question", &values).to_string());
        }
        for item in &self.items {
            for (_, why) in &item.voids {
                let why = say(&format!("unfit-{}", why.key().replace('_', "-")), &[]);
                let rides = item.rides.to_string();
                let values = [
                    ("item", item.site.as_str()),
                    ("rides", &rides),
                    ("why", &why.zh),
                    ("why_en", &why.en),
                ];
                reasons.push(say("demo-void", &values).to_string());
            }
        }
        reasons.join("; ")
    }
}

/// Prints the table of candidates.
pub fn print(rows: &[Row]) {
    put(&say("demo-table-head", &[]).to_string());
    for row in rows {
        let verdict = say(&format!("verdict-{}", verdict_word(&row.outcome.verdict)), &[]);
        let rider = say(&format!("demo-rider-{}", row.rider.replace('_', "-")), &[]);
        put(&format!(
            "{:14} {verdict:14} {:3}  {rider}",
            row.outcome.exam, row.outcome.score
        ));
        let reasons = row.reasons();
        if !reasons.is_empty() {
            put(&format!("{:14} {reasons}", ""));
        }
        put(&format!("{:14} {}", "", row.outcome.record.display()));
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

fn reason(finding: &Finding) -> String {
    let Some(m) = finding.measure else {
        return format!("{} -{}", finding.rule, finding.points);
    };
    let u = format!("{}.{}", m.u_tenths / 10, m.u_tenths % 10);
    let unit = m.unit.symbol();
    format!(
        "{} -{}: {} > {} {unit}, u {u} {unit}",
        finding.rule, finding.points, m.value, m.limit
    )
}

/// Rides of an item that did not count.
fn voids(item: &ItemView) -> Vec<Value> {
    item.voids
        .iter()
        .map(|(at, why)| json!({ "item": item.site, "at": iso(*at), "why": why.key() }))
        .collect()
}

fn finding(f: &Finding) -> Value {
    let mut value = json!({ "item": f.site, "rule": f.rule, "code": f.code, "points": f.points, "at": iso(f.at) });
    measured(&mut value, f.measure);
    value
}

fn question(q: &Question) -> Value {
    let answer = q
        .answer
        .as_ref()
        .map(|(answer, by)| json!({ "answer": canon::answer_word(*answer), "by": by }));
    let mut value = json!({
        "item": q.site, "rule": q.rule, "code": q.code, "points": q.points, "at": iso(q.at), "answer": answer,
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

/// `2026-11-23T01:31:31.635Z`.
fn iso(at: EventTime) -> String {
    let (days, us) = (at.0.div_euclid(86_400_000_000), at.0.rem_euclid(86_400_000_000));
    // Days to a date of the Gregorian calendar, counted from 0000-03-01 (Howard Hinnant, "chrono-compatible date algorithms").
    let z = days + 719_468;
    let (era, day) = (z.div_euclid(146_097), z.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (d, m) = (
        day - (153 * month + 2) / 5 + 1,
        if month < 10 { month + 3 } else { month - 9 },
    );
    let y = year + era * 400 + i64::from(m <= 2);
    let (h, min, s, ms) = (
        us / 3_600_000_000,
        us / 60_000_000 % 60,
        us / 1_000_000 % 60,
        us / 1_000 % 1_000,
    );
    format!("{y:04}-{m:02}-{d:02}T{h:02}:{min:02}:{s:02}.{ms:03}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From `date -u -d @...`.
    #[test]
    fn dates() {
        for (s, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_827_696, "2000-02-29T12:34:56.000Z"),
            (1_795_397_400, "2026-11-23T01:30:00.000Z"),
            (1_798_761_599, "2026-12-31T23:59:59.000Z"),
        ] {
            assert_eq!(iso(EventTime(s * 1_000_000)), text);
        }
    }
}
