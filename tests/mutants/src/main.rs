//! `kaoguan-mutants`: which changes of the deciding code no test notices.
//!
//! The problem: a test that cannot fail is worse than none, and nobody sees it by reading. The answer: every small change of facts,
//! manoeuvres and score is made once, and a test must fail. All changes are grown into one build (`grow`), so that thousands of them
//! take minutes. Deliberately not here: floats (the ground's tests hold their tolerances), texts, the shores.
mod alternatives;
mod grow;
mod measure;
mod report;
mod tree;

use anyhow::{Context, Result};
use clap::Parser;
use grow::Mutant;
use indicatif::{ProgressBar, ProgressStyle};
use measure::{Fate, Suite};
use report::Known;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tree::Tree;

/// Tests of the whole that judge in process, the quick ones.
const SUITES: &str = "attacks_motion,attacks_switches,bay_shift,decks,four_wheels,two_bays";

/// Lets every mutant of the deciding code live once and reports whom no test notices
#[derive(Parser)]
#[command(
    name = "kaoguan-mutants",
    version,
    after_help = "Example: cargo run -p kaoguan-mutants -- --only curve"
)]
struct Cli {
    /// Only files whose path below `engine/exam/src` contains this; the report is of all that is known of these
    #[arg(long, default_value = "")]
    only: String,
    /// Tests of the whole that survivors of the exam's own tests meet, separated by commas
    #[arg(long, value_delimiter = ',', default_value = SUITES)]
    suites: Vec<String>,
    /// The exam's own tests only
    #[arg(long)]
    quick: bool,
    /// Once more for those that were caught in a run before
    #[arg(long)]
    again: bool,
    /// Where the report goes, and the reasons are
    #[arg(long, default_value = "docs/mutants")]
    out: PathBuf,
}

fn main() -> Result<()> {
    let cli = Cli::parse();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .context("the workspace")?;
    let suites = if cli.quick { Vec::new() } else { cli.suites };
    let tree = Tree::new(root);
    let mutants = tree.grow(&cli.only)?;
    let (exam, others) = tree.build(&suites)?;
    let digests = digests(root, &mutants)?;
    let note = tree.notes().join("fates.tsv");
    let mut known = Known::read(&note);
    let is_new = |known: &Known, mutant: &&Mutant| !known.caught(mutant, &digests[&mutant.file]);
    let open: Vec<&Mutant> = mutants
        .iter()
        .filter(|mutant| cli.again || is_new(&known, mutant))
        .collect();
    let explore = |program| Suite::explore(program, tree.notes());
    let own = explore(exam)?;
    let alive = live(&open, &own, &mut known, &digests, &note)?;
    let mut others = others.into_iter().map(explore).collect::<Result<Vec<Suite>>>()?;
    others.sort_by_key(Suite::takes);
    let mut alive = alive;
    for suite in &others {
        alive = live(&alive, suite, &mut known, &digests, &note)?;
    }
    let (silent, needless) = report::write(&mutants, &known, &suites, &root.join(&cli.out))?;
    println!("{} mutants, {silent} survivors without a reason", mutants.len());
    if cli.only.is_empty() {
        needless
            .iter()
            .for_each(|name| println!("a reason that nobody needs: {name}"));
    }
    Ok(())
}

/// Lets them live under one program; returns those that it does not notice.
fn live<'m>(
    mutants: &[&'m Mutant],
    suite: &Suite,
    known: &mut Known,
    digests: &BTreeMap<String, String>,
    note: &Path,
) -> Result<Vec<&'m Mutant>> {
    let style = ProgressStyle::with_template("{prefix} {bar:30} {pos}/{len} {eta}: {msg}")?;
    let bar = ProgressBar::new(mutants.len() as u64)
        .with_style(style)
        .with_prefix(suite.name().to_owned());
    let mut alive = Vec::new();
    for (no, mutant) in mutants.iter().enumerate() {
        let fate = suite.try_on(mutant)?;
        let lives = matches!(fate, Fate::Survived | Fate::Unreached);
        if lives {
            alive.push(*mutant);
        }
        // Who was reached by a program before is reached, whatever this one comes by.
        if fate != Fate::Unreached || !known.is_reached(mutant) {
            known.note(mutant, &digests[&mutant.file], fate);
        }
        if no % 50 == 49 {
            known.write(note)?;
        }
        bar.set_message(format!("{} alive", alive.len()));
        bar.inc(1);
    }
    known.write(note)?;
    bar.finish();
    Ok(alive)
}

/// Each file's own.
fn digests(root: &Path, mutants: &[Mutant]) -> Result<BTreeMap<String, String>> {
    let mut digests = BTreeMap::new();
    for mutant in mutants {
        if !digests.contains_key(&mutant.file) {
            let text = fs::read(root.join("engine/exam/src").join(&mutant.file))?;
            digests.insert(mutant.file.clone(), blake3::hash(&text).to_hex()[..16].to_owned());
        }
    }
    Ok(digests)
}
