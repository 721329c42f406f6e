//! Several editions side by side: what each makes of the same ride, and which rule made the difference.
use super::Scored;
use crate::entry::Open;
use crate::texts::{Said, say};
use crate::wording::{self, plain};
use kaoguan_exam::Syllabus;
use kaoguan_exam::syllabus::RuleText;
use std::collections::BTreeMap;
use unicode_width::UnicodeWidthStr;

/// One sheet: an edition and what came of the ride under it.
struct Sheet<'s> {
    syllabus: Syllabus,
    class: &'s str,
    scored: &'s Scored,
}

impl Sheet<'_> {
    /// Points that a rule cost here, and how often.
    fn cost(&self, rule: &str) -> (u32, usize) {
        let charged = self.scored.findings.iter().filter(|f| f.settled && f.rule == rule);
        charged.fold((0, 0), |(points, times), f| (points + f.points, times + 1))
    }

    fn rule(&self, id: &str) -> Option<&RuleText> {
        self.syllabus.rule_for(self.class, id)
    }

    /// What a rule says here: points, and from which limit on.
    fn price(&self, rule: &str) -> Said {
        let Some(text) = self.rule(rule) else {
            return say("editions-absent", &[]);
        };
        let points = text.points.to_string();
        match self.syllabus.limit_of(rule) {
            Some(limit) => say("editions-price-from", &[("points", &points), ("limit", &limit)]),
            None => say("editions-price", &[("points", &points)]),
        }
    }
}

/// The sheets side by side, and below them each rule that made a difference.
pub fn table(judged: &[(&Open, &Scored)]) -> String {
    let sheets: Vec<Sheet<'_>> = judged
        .iter()
        .filter_map(|(open, scored)| {
            Some(Sheet {
                syllabus: Syllabus::parse(&open.syllabus).ok()?,
                class: &open.class,
                scored,
            })
        })
        .collect();
    let rules = charged(&sheets);
    let mut rows = vec![row(String::new(), &sheets, |sheet| sheet.syllabus.id().to_owned())];
    for (id, words) in &rules {
        rows.push(row(words.zh.clone(), &sheets, |sheet| match sheet.cost(id) {
            (_, 0) => "-".to_owned(),
            (points, 1) => format!("-{points}"),
            (points, times) => format!("-{points} ({times}×)"),
        }));
        rows.push(vec![format!("        {}", words.en)]);
    }
    let head = |key: &str| say(key, &[]).to_string();
    rows.push(row(head("score-column"), &sheets, |sheet| {
        sheet.scored.score.to_string()
    }));
    rows.push(row(head("verdict-column"), &sheets, |sheet| {
        wording::verdict(&sheet.scored.verdict).to_string()
    }));
    laid_out(&rows) + "\n" + &differences(&sheets, &rules)
}

/// All rules that cost points in any of the editions, with their words in the newest that has them.
fn charged(sheets: &[Sheet<'_>]) -> BTreeMap<String, Said> {
    let findings = sheets.iter().flat_map(|sheet| {
        let settled = sheet.scored.findings.iter().filter(|f| f.settled);
        settled.filter_map(|f| Some((f.rule.clone(), sheet.rule(&f.rule)?)))
    });
    let words = |text: &RuleText| Said {
        zh: format!("[{}] {}", text.code, text.zh),
        en: text.en.clone(),
    };
    findings.map(|(id, text)| (id, words(text))).collect()
}

fn row(head: String, sheets: &[Sheet<'_>], cell: impl Fn(&Sheet<'_>) -> String) -> Vec<String> {
    std::iter::once(head).chain(sheets.iter().map(cell)).collect()
}

/// Columns as wide as their widest cell; a Chinese character takes two places.
fn laid_out(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.width()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths);
        let padded: Vec<String> = cells
            .map(|(cell, width)| cell.clone() + &" ".repeat(width - cell.width()))
            .collect();
        padded.join("  ").trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

fn differences(sheets: &[Sheet<'_>], rules: &BTreeMap<String, Said>) -> String {
    let Some((first, others)) = sheets.split_first() else {
        return String::new();
    };
    let made = rules
        .iter()
        .filter(|(id, _)| others.iter().any(|other| first.cost(id) != other.cost(id)));
    let lines: Vec<String> = made
        .map(|(id, words)| {
            let prices = sheets.iter().map(|sheet| {
                let price = sheet.price(id);
                let edition = plain(sheet.syllabus.id());
                wording::both("editions-in", &[("edition", &edition), ("price", &price)])
            });
            let prices = prices.reduce(|a, b| Said {
                zh: a.zh + "，" + &b.zh,
                en: a.en + ", " + &b.en,
            });
            wording::both(
                "editions-rule",
                &[("rule", words), ("prices", &prices.unwrap_or_else(|| plain("")))],
            )
            .to_string()
        })
        .collect();
    let early: Vec<String> = sheets
        .iter()
        .filter(|sheet| sheet.syllabus.ends_early() != first.syllabus.ends_early())
        .map(|sheet| sheet.syllabus.id().to_owned())
        .collect();
    let mut text = match lines.is_empty() {
        true => say("editions-same", &[]).to_string() + "\n",
        false => say("editions-difference", &[]).to_string() + "\n" + &lines.join("\n") + "\n",
    };
    if !early.is_empty() {
        let whose = |ends: bool| -> String {
            let of = sheets.iter().filter(|sheet| sheet.syllabus.ends_early() == ends);
            of.map(|sheet| sheet.syllabus.id()).collect::<Vec<_>>().join(", ")
        };
        let said = say("editions-early", &[("early", &whose(true)), ("whole", &whose(false))]);
        text += &format!("{said}\n");
    }
    text
}
