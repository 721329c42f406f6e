//! What is known of each mutant, kept between runs, and told.
use crate::grow::Mutant;
use crate::measure::Fate;
use anyhow::Result;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Why a survivor is one, by its name: `equivalent: ...` or `not tested: ...`. Beside the report.
pub const REASONS: &str = "reasons.tsv";

/// What became of mutants in runs before, each with the digest of its file then.
#[derive(Default)]
pub struct Known(BTreeMap<String, (String, Fate)>);

impl Known {
    /// Of a file of rows; what cannot be read is not known.
    pub fn read(path: &Path) -> Known {
        let text = fs::read_to_string(path).unwrap_or_default();
        let row = |line: &str| {
            let mut words = line.split('\t').map(str::to_owned);
            let (name, digest, fate, by) = (words.next()?, words.next()?, words.next()?, words.next()?);
            let fate = match fate.as_str() {
                "caught" => Fate::Caught(by),
                "endless" => Fate::Endless(by),
                "survived" => Fate::Survived,
                _ => Fate::Unreached,
            };
            Some((name, (digest, fate)))
        };
        Known(text.lines().filter_map(row).collect())
    }

    /// # Errors
    /// Where it cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let mut text = String::new();
        for (name, (digest, fate)) in &self.0 {
            let (word, by) = match fate {
                Fate::Caught(by) => ("caught", by.as_str()),
                Fate::Endless(by) => ("endless", by.as_str()),
                Fate::Survived => ("survived", ""),
                Fate::Unreached => ("unreached", ""),
            };
            writeln!(text, "{name}\t{digest}\t{word}\t{by}")?;
        }
        Ok(fs::write(path, text)?)
    }

    /// Who was caught stays caught as long as its file is the same.
    pub fn caught(&self, mutant: &Mutant, digest: &str) -> bool {
        let known = self.0.get(&mutant.name).filter(|(then, _)| then == digest);
        known.is_some_and(|(_, fate)| matches!(fate, Fate::Caught(_) | Fate::Endless(_)))
    }

    /// Notes what became of a mutant.
    pub fn note(&mut self, mutant: &Mutant, digest: &str, fate: Fate) {
        self.0.insert(mutant.name.clone(), (digest.to_owned(), fate));
    }

    /// Whether a test came by it when it was tried last.
    pub fn is_reached(&self, mutant: &Mutant) -> bool {
        self.fate(mutant).is_some_and(|fate| *fate != Fate::Unreached)
    }

    fn fate(&self, mutant: &Mutant) -> Option<&Fate> {
        self.0.get(&mutant.name).map(|(_, fate)| fate)
    }

    fn lives(&self, mutant: &Mutant) -> bool {
        matches!(self.fate(mutant), None | Some(Fate::Survived | Fate::Unreached))
    }
}

/// Reasons by name.
pub fn reasons(out: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(out.join(REASONS)).unwrap_or_default();
    let rows = text.lines().filter_map(|line| line.split_once('\t'));
    rows.map(|(name, why)| (name.to_owned(), why.to_owned())).collect()
}

/// Writes the report; returns how many survivors have no reason, and the reasons that nobody needs any more.
///
/// # Errors
/// Where it cannot be written.
pub fn write(mutants: &[Mutant], known: &Known, suites: &[String], out: &Path) -> Result<(usize, Vec<String>)> {
    let mut reasons = reasons(out);
    let alive: Vec<&Mutant> = mutants.iter().filter(|mutant| known.lives(mutant)).collect();
    let is_open = |mutant: &&&Mutant| {
        !reasons
            .get(&mutant.name)
            .is_some_and(|why| why.starts_with("equivalent"))
    };
    let open = alive.iter().filter(is_open).count();
    let mut text = head(mutants.len(), alive.len(), open, suites)?;
    text += &counts(mutants, known)?;
    text += "\n## Survivors\n\nBy file; the line is that of the last run.\n";
    let (mut file, mut silent) = ("", 0);
    for mutant in alive {
        if mutant.file != file {
            file = &mutant.file;
            write!(text, "\n### {file}\n\n")?;
        }
        let change = mutant.name.strip_prefix(file).unwrap_or(&mutant.name).trim();
        let why = reasons.remove(&mutant.name).unwrap_or_else(|| {
            silent += 1;
            let unreached = known.fate(mutant) == Some(&Fate::Unreached);
            if unreached {
                "not tested: no test comes by"
            } else {
                "not tested"
            }
            .to_owned()
        });
        writeln!(text, "* {}: {change}  \n  {why}", mutant.line)?;
    }
    fs::create_dir_all(out)?;
    fs::write(out.join("README.md"), text)?;
    Ok((silent, reasons.into_keys().collect()))
}

fn head(all: usize, alive: usize, open: usize, suites: &[String]) -> Result<String> {
    let suites: Vec<String> = suites.iter().map(|suite| format!("`{suite}`")).collect();
    let under = match suites.is_empty() {
        true => "only under the\nexam's own tests and cases (`lib`)".to_owned(),
        false => format!(
            "first under the\nexam's own tests and cases (`lib`), and what these do not notice under tests of the whole in process: {}",
            suites.join(", ")
        ),
    };
    let mut text = String::from("# Mutants\n\n");
    write!(
        text,
        "Small changes of the code that decides (facts, manoeuvres, score, ledger), one at a time: each should make a test fail. Made by\n\
         `cargo run -p kaoguan-mutants`, which grows all of them into one build of the exam and lets one after another live: {under}.\n\
         Reasons stand in [`{REASONS}`]({REASONS}) and are kept. *Endless*: a test did not end, which is noticed too.\n\n\
         {alive} of {all} mutants survive: {}. {open} of them are not proven equivalent: {}.\n\n",
        percent(alive, all),
        percent(open, all),
    )?;
    Ok(text)
}

fn counts(mutants: &[Mutant], known: &Known) -> Result<String> {
    let mut files: BTreeMap<&str, [usize; 5]> = BTreeMap::new();
    for mutant in mutants {
        let of = files.entry(&mutant.file).or_default();
        of[0] += 1;
        match known.fate(mutant) {
            Some(Fate::Caught(by)) if by == "kaoguan_exam" => of[1] += 1,
            Some(Fate::Caught(_)) => of[2] += 1,
            Some(Fate::Endless(_)) => of[3] += 1,
            _ => of[4] += 1,
        }
    }
    let mut text = String::from(
        "| file | mutants | caught by lib | by tests of the whole | endless | survive | |\n|---|---|---|---|---|---|---|\n",
    );
    for (file, [all, lib, whole, endless, alive]) in files {
        writeln!(
            text,
            "| {file} | {all} | {lib} | {whole} | {endless} | {alive} | {} |",
            percent(alive, all)
        )?;
    }
    Ok(text)
}

fn percent(part: usize, of: usize) -> String {
    format!("{:.1} %", 100.0 * part as f64 / of.max(1) as f64)
}
