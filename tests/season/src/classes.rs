//! All classes side by side: one table, one picture.
use crate::chart::{Column, Part, shares};
use crate::count::{Tally, upper_95};
use crate::day::{Grounds, VERDICT};
use crate::report::{is_false, is_missed};
use crate::row::{Day, Outcome, Row};
use anyhow::{Context, Result};
use kaoguan_tests::river::EXAMPLES;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Every class that a season knows.
pub fn all() -> impl Iterator<Item = &'static str> {
    EXAMPLES.into_iter().map(|(class, _)| class)
}

/// Writes `classes.md` and `classes.svg` of seasons that were ridden, each with its ground.
///
/// # Errors
/// Those of the disk.
pub fn write(out: &Path, seasons: &[(Grounds, Vec<Row>)]) -> Result<()> {
    let put = |name: &str, text: &str| {
        let path = out.join(name);
        fs::write(&path, text).with_context(|| format!("writing {}", path.display()))
    };
    put("classes.md", &page(seasons))?;
    put("classes.svg", &picture(seasons))
}

fn page(seasons: &[(Grounds, Vec<Row>)]) -> String {
    let mut text = String::from(
        "# The season by class\n\n\
         Encounters and what became of them; *false*: charged, and truly within the limit, of all that were judged and innocent; *missed*: truly\n\
         beyond the legal tolerance and neither charged, nor asked, nor void, of all that were judged and guilty. Bounds are one-sided, 95 %.\n\
         *Verdicts*: whole exams that must pass and failed, or must not pass and passed without a word.\n\n\
         | class | exams | close days | encounters | charged | asked | void | false | bound | missed | bound | verdicts |\n\
         |---|---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for (grounds, rows) in seasons {
        line(&mut text, grounds.class(), rows);
    }
    text += "\n| class | driven | left out |\n|---|---|---|\n";
    for (grounds, _) in seasons {
        let (driven, left) = (grounds.items().join(", "), grounds.left_out().join(", "));
        // Writing into a String cannot fail, here and below.
        let _ = writeln!(
            text,
            "| {} | {driven} | {} |",
            grounds.class(),
            if left.is_empty() { "–" } else { &left }
        );
    }
    text + "\n![What became of what is truly wrong, by class](classes.svg)\n"
}

fn line(text: &mut String, class: &str, rows: &[Row]) {
    let days = |day: Day| {
        let days = rows.iter().filter(|row| row.day == day);
        days.map(|row| (&row.weather, row.seed)).collect::<BTreeSet<_>>().len()
    };
    let encounters = || rows.iter().filter(|row| row.rule != VERDICT);
    let of = |expected: &'static str| Tally::of(encounters().filter(move |row| row.expected == expected));
    let (all, innocent, guilty) = (Tally::of(encounters()), of("innocent").judged(), of("guilty").judged());
    let wrong = encounters().filter(|row| is_false(row)).count();
    let missed = encounters().filter(|row| is_missed(row)).count();
    let verdicts = rows
        .iter()
        .filter(|row| row.rule == VERDICT && (is_false(row) || is_missed(row)));
    let _ = writeln!(
        text,
        "| {class} | {} | {} | {} | {} | {} | {} | {wrong} of {innocent} | {:.6} | {missed} of {guilty} | {:.6} | {} |",
        days(Day::Exam),
        days(Day::Close),
        encounters().count(),
        all.count(Outcome::Charged),
        all.count(Outcome::Asked),
        all.count(Outcome::Void),
        upper_95(wrong, innocent),
        upper_95(missed, guilty),
        verdicts.count()
    );
}

/// What became of what is truly beyond its tolerance.
fn picture(seasons: &[(Grounds, Vec<Row>)]) -> String {
    let columns: Vec<Column> = seasons
        .iter()
        .enumerate()
        .map(|(no, (grounds, rows))| {
            let guilty = |row: &&Row| row.expected == "guilty" && row.rule != VERDICT;
            let tally = Tally::of(rows.iter().filter(guilty));
            let share = |outcome| tally.count(outcome) as f64 / tally.judged().max(1) as f64;
            Column {
                from: no as f64,
                to: no as f64 + 1.0,
                mark: Some((no as f64 + 0.5, grounds.class().to_owned())),
                shares: Part::OUTCOMES.map(|(outcome, _)| share(outcome)).to_vec(),
                count: tally.judged(),
            }
        })
        .collect();
    let parts = Part::OUTCOMES.map(|(_, part)| part);
    shares(
        "truly beyond the legal tolerance: what became of it",
        "class",
        &parts,
        &columns,
    )
}
