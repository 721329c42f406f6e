//! The matrix of rules: every rule of every edition with what proves it, as one table for people (`docs/rules/README.md`).
//!
//! The problem: a rule that no case breaks is a rumour, and one that no case only just keeps may charge the innocent. The
//! answer: the editions say what the rules are, the cases of the manoeuvres tell what they write while they run, the
//! simulator's drivers are driven through the engine, and what lacks its evidence is named. Deliberately not here: whether
//! the cases are right; each holds its own truth.
mod cases;
mod page;
mod rules;
mod runs;

pub use cases::{Case, Cases, told};
pub use page::page;
pub use rules::{Edition, Row, editions, rows};
pub use runs::{Runs, driven, large_again, parse, text};

/// What is missing: rules that a machine decides without a case that breaks them, or without one that only just does not;
/// rules that only a person decides without saying why.
pub fn gaps(rows: &[Row], cases: &Cases) -> Vec<String> {
    let mut missing = Vec::new();
    for row in rows.iter().filter(|row| row.is_held()) {
        if row.decided_by == "examiner" {
            if row.why.is_none() {
                missing.push(format!(
                    "{}: why_zh and why_en do not say why no machine decides it",
                    row.id
                ));
            }
            continue;
        }
        let of_it = cases.get(&row.id).map_or(&[][..], Vec::as_slice);
        if !of_it.iter().any(|case| case.breaks(row)) {
            missing.push(format!("{}: no case breaks it", row.id));
        }
        if row.is_judged() && !of_it.iter().any(|case| case.spares(row)) {
            missing.push(format!("{}: no case only just does not break it", row.id));
        }
    }
    missing
}
