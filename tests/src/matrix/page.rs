//! The table, for people.
use super::{Case, Cases, Row, Runs, gaps};
use std::fmt::Write;

const HEAD: &str = "# 评判规则总表 The matrix of rules

Every rule of every edition of 科目二, with what proves it. Made by `cargo run --release -p kaoguan-tests --example matrix`; a test holds it
against the editions and the cases.

* *editions*: points, `/次` each time, and the limit. Empty: that edition does not have it.
* *decided by*: the machine, the examiner, or both (the machine decides, and the examiner may deduct it by hand).
* *breaks* and *only just not*: the case in `engine/exam/src/manoeuvres/` that breaks the rule by the least, and the one that keeps it by the
  least, with the value measured. Each passes or the build is red.
* *runs*: simulated drivers (class, name) who are charged with it from what their sensors said; `?`: a person was asked.
* *sensors*: without which the machine cannot decide it; where none is named, position.
* *conf*: H two independent sources or an almost verbatim quotation, M one decent source, L a single weak one.

";

const COLUMNS: &str = "| rule | 条款 clause | 2012 | 2017 | 2022 | classes | decided by | breaks | only just not | runs | sensors | conf |
|---|---|---|---|---|---|---|---|---|---|---|---|
";

/// The whole page.
pub fn page(rows: &[Row], cases: &Cases, runs: &Runs) -> String {
    let mut page = HEAD.to_owned();
    let held: Vec<&Row> = rows.iter().filter(|row| row.is_held()).collect();
    let by = |who: &str| held.iter().filter(|row| row.decided_by == who).count();
    // Writing to a String cannot fail.
    let _ = writeln!(
        page,
        "{} rules: {} decided by the machine, {} by both, {} by the examiner. Without their evidence: {}.",
        held.len(),
        by("machine"),
        by("both"),
        by("examiner"),
        gaps(rows, cases).len()
    );
    let mut item = "";
    for row in held {
        if row.item() != item {
            item = row.item();
            let _ = write!(page, "\n## {item}\n\n{COLUMNS}");
        }
        let _ = writeln!(page, "{}", line(row, cases, runs));
    }
    page
}

fn line(row: &Row, cases: &Cases, runs: &Runs) -> String {
    let of_it = cases.get(&row.id).map_or(&[][..], Vec::as_slice);
    let best = |fits: &dyn Fn(&&Case) -> bool| {
        let case = of_it.iter().filter(fits).min_by_key(|case| case.distance(row));
        case.map_or(String::new(), |case| format!("{}{}", case.test, case.value(row)))
    };
    let (breaks, spares) = match (row.decided_by.as_str(), &row.why) {
        ("examiner", Some([zh, en])) => (format!("{zh} {en}"), String::new()),
        _ => (best(&|case| case.breaks(row)), best(&|case| case.spares(row))),
    };
    let sign = if of_it.iter().any(Case::is_of_the_least) {
        " < "
    } else {
        " > "
    };
    let edition = |year: &str| row.held.get(year).cloned().unwrap_or_default().replace(" > ", sign);
    let cells = [
        format!("`{}`", row.id.split_once('.').map_or("", |(_, fault)| fault)),
        format!("{} {}<br>{}<br>*{}*", row.code, row.zh, row.en, row.source),
        edition("2012"),
        edition("2017"),
        edition("2022"),
        row.classes.join(" "),
        row.decided_by.clone(),
        breaks,
        spares,
        runs.get(&row.id).map_or(String::new(), |drivers| drivers.join("<br>")),
        row.sensors.join(" "),
        row.confidence.clone(),
    ];
    format!("| {} |", cells.map(|cell| cell.replace('|', "/")).join(" | "))
}
