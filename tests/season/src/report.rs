//! The season's report: a page of Markdown, its table as CSV, and pictures.
use crate::chart::{Part, histogram, shares};
use crate::count::{Tally, upper_95};
use crate::day::{Outcome, Row};
use anyhow::{Context, Result};
use kaoguan_sim::driver::{Fault, drawn};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Worst cases that are listed for each kind.
const WORST: usize = 20;
/// Columns of the charge curve: from, to and step, millimetres beyond the limit.
const CURVE: (i32, i32, i32) = (-100, 300, 25);

/// Writes `report.md`, `encounters.csv` and the pictures.
///
/// # Errors
/// Those of the disk.
pub fn write(folder: &Path, rows: &[Row]) -> Result<()> {
    let put = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| format!("writing {}", path.display()))
    };
    let table: String = rows.iter().map(|row| row.line() + "\n").collect();
    put("encounters.csv", &format!("{}\n{table}", Row::HEAD))?;
    let mut text = String::from("# Season\n\n");
    // Writing into a String cannot fail.
    let _ = summary(&mut text, rows);
    let _ = rates(&mut text, rows);
    let _ = coverage(&mut text, rows);
    let _ = worst(&mut text, rows);
    for weather in weathers(rows) {
        let of = |row: &&Row| row.weather == weather;
        put(
            &format!("charged-{weather}.svg"),
            &curve(weather, rows.iter().filter(of)),
        )?;
        let z: Vec<f64> = rows.iter().filter(of).filter_map(deviation).collect();
        put(
            &format!("coverage-{weather}.svg"),
            &histogram(&format!("{weather}: errors in units of u ({})", z.len()), &z),
        )?;
        let _ = write!(
            text,
            "\n![What became of true excesses in {weather}](charged-{weather}.svg)\n![Errors in {weather}](coverage-{weather}.svg)\n"
        );
    }
    put("report.md", &text)
}

fn weathers(rows: &[Row]) -> BTreeSet<&str> {
    rows.iter().map(|row| row.weather.as_str()).collect()
}

/// A charge that the truth does not bear.
fn is_false(row: &Row) -> bool {
    row.outcome == Outcome::Charged && matches!(row.expected.as_str(), "innocent" | "absent")
}

/// What truly goes beyond the tolerance and about which nothing was said.
fn is_missed(row: &Row) -> bool {
    row.outcome == Outcome::Nothing && row.expected == "guilty"
}

fn percent(part: usize, whole: usize) -> String {
    format!("{:.2} %", 100.0 * part as f64 / whole.max(1) as f64)
}

fn summary(text: &mut String, rows: &[Row]) -> std::fmt::Result {
    writeln!(
        text,
        "Each exam is a drawn rider in a weather, through real bytes and the unit's core; the second judge knows the truth only.\n\
         An *encounter* is one ride of one item as one rule sees it, by its extreme. *False*: charged, and truly within the limit.\n\
         *Missed*: truly beyond the legal tolerance, and neither charged, nor asked, nor void. Bounds are one-sided, 95 %.\n"
    )?;
    writeln!(
        text,
        "| weather | exams | encounters | false | bound | missed | bound | honest riders asked or void |"
    )?;
    writeln!(text, "|---|---|---|---|---|---|---|---|")?;
    for weather in weathers(rows) {
        let of: Vec<&Row> = rows.iter().filter(|row| row.weather == weather).collect();
        let mut exams: BTreeMap<u64, (bool, bool)> = BTreeMap::new();
        for row in &of {
            let honest = || (drawn(row.seed).fault == Fault::None, false);
            let (_, bothered) = exams.entry(row.seed).or_insert_with(honest);
            *bothered |= matches!(row.outcome, Outcome::Asked | Outcome::Void);
        }
        let clean = exams.values().filter(|(clean, _)| *clean).count();
        let bothered = exams.values().filter(|(clean, bothered)| *clean && *bothered).count();
        let innocent = of
            .iter()
            .filter(|row| row.expected == "innocent" && row.outcome != Outcome::Over)
            .count();
        let guilty = of
            .iter()
            .filter(|row| row.expected == "guilty" && row.outcome != Outcome::Over)
            .count();
        let wrong = of.iter().filter(|row| is_false(row)).count();
        let missed = of.iter().filter(|row| is_missed(row)).count();
        writeln!(
            text,
            "| {weather} | {} | {} | {wrong} of {innocent} | {:.5} | {missed} of {guilty} | {:.5} | {bothered} of {clean}, {} |",
            exams.len(),
            of.len(),
            upper_95(wrong, innocent),
            upper_95(missed, guilty),
            percent(bothered, clean)
        )?;
    }
    Ok(())
}

fn rates(text: &mut String, rows: &[Row]) -> std::fmt::Result {
    writeln!(text, "\n## By rule and weather\n")?;
    writeln!(
        text,
        "| weather | rule | innocent | false | bound | tolerated | guilty | charged | asked | void | missed | bound |"
    )?;
    writeln!(text, "|---|---|---|---|---|---|---|---|---|---|---|---|")?;
    let keys: BTreeSet<(&str, &str)> = rows
        .iter()
        .map(|row| (row.weather.as_str(), row.rule.as_str()))
        .collect();
    for (weather, rule) in keys {
        let of = |expected: &'static str| {
            let is_it = move |row: &&Row| row.weather == weather && row.rule == rule && row.expected == expected;
            rows.iter().filter(is_it)
        };
        let (innocent, guilty) = (Tally::of(of("innocent")), Tally::of(of("guilty")));
        let wrong = innocent.count(Outcome::Charged) + of("absent").count();
        let missed = guilty.count(Outcome::Nothing);
        writeln!(
            text,
            "| {weather} | `{rule}` | {} | {wrong} | {:.4} | {} | {} | {} | {} | {} | {missed} | {:.4} |",
            innocent.judged(),
            upper_95(wrong, innocent.judged()),
            Tally::of(of("tolerated")).judged(),
            guilty.judged(),
            guilty.count(Outcome::Charged),
            guilty.count(Outcome::Asked),
            guilty.count(Outcome::Void),
            upper_95(missed, guilty.judged())
        )?;
    }
    Ok(())
}

/// The error in units of its stated uncertainty.
fn deviation(row: &Row) -> Option<f64> {
    let [value, u] = row.measured.filter(|[_, u]| *u > 0.0)?;
    // An excursion over a line is told only when it begins to matter, and a start at the latest when it is too slow.
    let half_told = [
        "pole_course.wheel_over_line",
        "hill_start.wheel_on_edge",
        "hill_start.start_too_slow",
    ];
    let is_told = !half_told.contains(&row.rule.as_str());
    (is_told && row.outcome != Outcome::Void && row.outcome != Outcome::Over).then(|| (value - row.truth[0]) / u)
}

fn coverage(text: &mut String, rows: &[Row]) -> std::fmt::Result {
    writeln!(
        text,
        "\n## Is u true?\n\nErrors of what was measured, against the truth; millimetres or milliseconds.\n"
    )?;
    writeln!(
        text,
        "| weather | rule | measures | mean error | rms error | mean u | within 1.96 u | within 3.89 u | largest |"
    )?;
    writeln!(text, "|---|---|---|---|---|---|---|---|---|")?;
    let mut groups: BTreeMap<(&str, &str), Vec<(f64, f64)>> = BTreeMap::new();
    for row in rows.iter().filter(|row| deviation(row).is_some()) {
        if let Some([value, u]) = row.measured {
            groups
                .entry((&row.weather, &row.rule))
                .or_default()
                .push((value - row.truth[0], u));
        }
    }
    for ((weather, rule), errors) in groups {
        let n = errors.len() as f64;
        let mean = |of: &dyn Fn(&(f64, f64)) -> f64| errors.iter().map(of).sum::<f64>() / n;
        let within = |k: f64| {
            percent(
                errors.iter().filter(|(error, u)| error.abs() <= k * u).count(),
                errors.len(),
            )
        };
        let largest = errors.iter().map(|(error, u)| error.abs() / u).fold(0.0, f64::max);
        writeln!(
            text,
            "| {weather} | `{rule}` | {n} | {:.1} | {:.1} | {:.1} | {} | {} | {largest:.2} u |",
            mean(&|e| e.0),
            mean(&|e| e.0 * e.0).sqrt(),
            mean(&|e| e.1),
            within(1.96),
            within(3.89)
        )?;
    }
    Ok(())
}

fn worst(text: &mut String, rows: &[Row]) -> std::fmt::Result {
    for (title, is_it) in [("False charges", is_false as fn(&Row) -> bool), ("Missed", is_missed)] {
        let mut cases: Vec<&Row> = rows.iter().filter(|row| is_it(row)).collect();
        cases.sort_by(|a, b| {
            let size = |row: &Row| (row.truth[0] - row.truth[1]).abs();
            size(b).total_cmp(&size(a)).then(a.line().cmp(&b.line()))
        });
        writeln!(text, "\n## {title}: {}\n", cases.len())?;
        for row in cases.iter().take(WORST) {
            let measured = row
                .measured
                .map_or("not measured".into(), |[value, u]| format!("measured {value} ± {u}"));
            writeln!(
                text,
                "* {} {} `{}`: truly {:.1} (limit {:.0}), {measured}: `kaoguan-sim drive course-maps/village-square \
                 --rider drawn --seed {} --weather {} --installed --out run`",
                row.weather, row.place, row.rule, row.truth[0], row.truth[1], row.seed, row.weather
            )?;
        }
    }
    Ok(())
}

/// What became of distances, by their true excess.
fn curve<'r>(weather: &str, rows: impl Iterator<Item = &'r Row>) -> String {
    const PARTS: [Part; 4] = [
        Part {
            name: "charged",
            colour: "#b5303a",
        },
        Part {
            name: "asked",
            colour: "#e0a33c",
        },
        Part {
            name: "void",
            colour: "#8a8f98",
        },
        Part {
            name: "nothing",
            colour: "#7fb58a",
        },
    ];
    let rows: Vec<&Row> = rows
        .filter(|row| row.truth[2] == 50.0 && row.outcome != Outcome::Over)
        .collect();
    let (from, to, step) = CURVE;
    let columns: Vec<(f64, f64, Vec<f64>, usize)> = (from..to)
        .step_by(step as usize)
        .map(|low| (f64::from(low), f64::from(low + step)))
        .map(|(low, high)| {
            let excess = |row: &&&Row| (low..high).contains(&(row.truth[0] - row.truth[1]));
            let tally = Tally::of(rows.iter().filter(excess).copied());
            let share = |outcome| tally.count(outcome) as f64 / tally.judged().max(1) as f64;
            let shares = [Outcome::Charged, Outcome::Asked, Outcome::Void, Outcome::Nothing].map(share);
            (low, high, shares.to_vec(), tally.judged())
        })
        .collect();
    let title = format!("{weather}: what became of a distance");
    shares(&title, "true excess beyond the limit, mm", &PARTS, &columns)
}
