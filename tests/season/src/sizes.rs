//! Errors that no witness on the vehicle can see, by their size.
//!
//! The problem: a fix may be off by a constant at the right height, under a sigma that claims millimetres; whatever the
//! engine does, some of that becomes wrong verdicts. The answer: say how much, by size, so that a site knows what its
//! check of the base and its control points must be able to see.
use crate::count::upper_95;
use crate::day::{Case, Grounds, ride};
use crate::row::{Day, Outcome, Row};
use anyhow::{Context, Result};
use clap::Args;
use kaoguan_sim::sensors::weather::{Spell, Weather, named};
use kaoguan_tests::door::Way;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Sizes in metres, with their spells.
type Sizes = [(f64, [(Spell, f64, f64); 1]); 6];

/// Off at once, for three seconds, each 40 s of the ride.
static AT_ONCE: Sizes = [
    (0.025, [(Spell::Sly(0.025), 40.0, 3.0)]),
    (0.05, [(Spell::Sly(0.05), 40.0, 3.0)]),
    (0.075, [(Spell::Sly(0.075), 40.0, 3.0)]),
    (0.1, [(Spell::Sly(0.1), 40.0, 3.0)]),
    (0.15, [(Spell::Sly(0.15), 40.0, 3.0)]),
    (0.5, [(Spell::Sly(0.5), 40.0, 3.0)]),
];

/// Creeping off and back within twelve seconds, each 40 s of the ride.
static CREEPING: Sizes = [
    (0.025, [(Spell::Creep(0.025), 40.0, 12.0)]),
    (0.05, [(Spell::Creep(0.05), 40.0, 12.0)]),
    (0.075, [(Spell::Creep(0.075), 40.0, 12.0)]),
    (0.1, [(Spell::Creep(0.1), 40.0, 12.0)]),
    (0.15, [(Spell::Creep(0.15), 40.0, 12.0)]),
    (0.3, [(Spell::Creep(0.3), 40.0, 12.0)]),
];

/// How many days, and where the table goes.
#[derive(Args)]
pub struct Wanted {
    /// Close days of each size
    #[arg(long, default_value_t = 500)]
    days: u64,
    /// The first day's seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A file for the table
    #[arg(long, default_value = "sizes.md")]
    out: PathBuf,
}

/// Rides them and writes the table.
///
/// # Errors
/// Those of the disk.
pub fn sizes(wanted: &Wanted) -> Result<()> {
    let (grounds, clear) = (Grounds::village(), named("clear").context("the clear weather")?);
    let mut text = format!(
        "## Errors that nothing tells of, by their size\n\n\
         {} days of riders near every limit at once for each row. The receiver says fixed, claims its millimetres and has the right\n\
         height, and each 40 s its position goes wrong: *at once*, for 3 s in the mean, where the jump tells of it if it is larger\n\
         than what the speed allows, and nothing does if an item begins under an error that lasts; or *creeping* off and back\n\
         within 12 s, where nothing does.\n\n\
         | off by | how | judged innocent | false | bound | judged guilty | missed | bound | asked | void |\n\
         |---|---|---|---|---|---|---|---|---|---|\n",
        wanted.days
    );
    for (how, sizes) in [("at once", &AT_ONCE), ("creeping", &CREEPING)] {
        for (size, spells) in sizes {
            let weather = Weather { spells, ..clear };
            let rows = days(&grounds, wanted, &weather)?;
            // Writing into a String cannot fail.
            let _ = writeln!(text, "| {:.0} mm | {how} | {} |", size * 1e3, rates(&rows));
        }
    }
    fs::write(&wanted.out, &text).with_context(|| format!("writing {}", wanted.out.display()))?;
    print!("{text}");
    Ok(())
}

/// The columns of a size.
fn rates(rows: &[Row]) -> String {
    let count = |expected: &str, is_it: &dyn Fn(Outcome) -> bool| {
        let of = rows.iter().filter(|row| row.expected == expected);
        of.filter(|row| is_it(row.outcome)).count()
    };
    let judged = |outcome| outcome != Outcome::Over;
    let (innocent, guilty) = (count("innocent", &judged), count("guilty", &judged));
    let charged = |outcome| outcome == Outcome::Charged;
    let wrong = count("innocent", &charged) + count("absent", &charged);
    let missed = count("guilty", &|outcome| outcome == Outcome::Nothing);
    let all = |outcome: Outcome| rows.iter().filter(|row| row.outcome == outcome).count();
    format!(
        "{innocent} | {wrong} | {:.5} | {guilty} | {missed} | {:.5} | {} | {}",
        upper_95(wrong, innocent),
        upper_95(missed, guilty),
        all(Outcome::Asked),
        all(Outcome::Void)
    )
}

fn days(grounds: &Grounds, wanted: &Wanted, weather: &Weather) -> Result<Vec<Row>> {
    let (next, bar, all) = (AtomicU64::new(0), crate::progress(wanted.days), Mutex::new(Vec::new()));
    crate::on_all_cores(|| {
        loop {
            let no = next.fetch_add(1, Ordering::Relaxed);
            if no >= wanted.days {
                return Ok(());
            }
            let rows = ride(
                grounds,
                &Case::of(grounds, Day::Close, weather, wanted.seed + no),
                Way::Samples,
            )?;
            if let Ok(mut all) = all.lock() {
                all.extend(rows);
            }
            bar.inc(1);
        }
    })?;
    bar.finish_and_clear();
    Ok(all.into_inner().unwrap_or_default())
}
