//! The workspace once more, with all mutants grown into its exam, built.
use crate::grow::{Garden, Mutant};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What decides, below the exam's `src`: floats and texts are not here.
const SCOPE: [&str; 7] = [
    "facts/",
    "ledger.rs",
    "manoeuvre.rs",
    "manoeuvre/",
    "manoeuvres/",
    "passage.rs",
    "score.rs",
];
const EXAM: &str = "engine/exam/src";
/// The list of manoeuvres decides nothing, and tests in files of their own are tests.
const NOT: [&str; 3] = ["manoeuvres/mod.rs", "cases.rs", "/tests.rs"];

/// A copy of the workspace. It is built in a folder of its own: cargo tells workspace members apart by their place in the workspace
/// only, so the mutants would take the place of the exam.
pub struct Tree {
    root: PathBuf,
    notes: PathBuf,
    own: PathBuf,
}

/// A test program, and where it runs.
#[derive(Debug, Clone)]
pub struct Program {
    /// Of the target: `kaoguan_exam`, `four_wheels`.
    pub name: String,
    /// Built.
    pub path: PathBuf,
    /// Its package's folder.
    pub folder: PathBuf,
}

impl Tree {
    /// Of the workspace that this program was built from.
    pub fn new(root: &Path) -> Tree {
        let notes = root.join("target/mutants");
        Tree {
            root: root.to_path_buf(),
            own: notes.join("tree"),
            notes,
        }
    }

    /// Where what is known of the mutants is kept.
    pub fn notes(&self) -> &Path {
        &self.notes
    }

    /// Grows the mutants of the files whose name contains `only`, and leaves out what does not compile.
    ///
    /// # Errors
    /// Where the workspace cannot be copied, or does not compile for another reason.
    pub fn grow(&self, only: &str) -> Result<Vec<Mutant>> {
        let files = self.copy()?;
        let note = self.notes().join("unviable.txt");
        let known = fs::read_to_string(&note).unwrap_or_default();
        let mut unviable: BTreeSet<String> = known.lines().map(str::to_owned).collect();
        loop {
            let mutants = self.write(&files, only, &unviable)?;
            let found = self.check(&mutants)?;
            if found.is_empty() {
                return Ok(mutants);
            }
            eprintln!("{} mutants, {} more of them do not compile", mutants.len(), found.len());
            unviable.extend(found);
            let all: Vec<&str> = unviable.iter().map(String::as_str).collect();
            fs::write(&note, all.join("\n") + "\n")?;
        }
    }

    /// All files that are under version control, or will be; those of the exam that decide are returned.
    fn copy(&self) -> Result<Vec<String>> {
        let listed = Command::new("git")
            .args(["ls-files", "-co", "--exclude-standard"])
            .current_dir(&self.root)
            .output()
            .context("git ls-files")?;
        let mut deciding = Vec::new();
        for file in String::from_utf8(listed.stdout)?.lines() {
            let from = self.root.join(file);
            let below = file.strip_prefix(EXAM).map(|file| file.trim_start_matches('/'));
            let decides = |file: &&str| {
                SCOPE.iter().any(|scope| file.starts_with(scope)) && !NOT.iter().any(|not| file.ends_with(not))
            };
            if let Some(below) = below.filter(decides) {
                deciding.push(below.to_owned());
            } else if below != Some("lib.rs") && from.is_file() {
                put(&self.own.join(file), &fs::read(from)?)?;
            }
        }
        deciding.sort();
        Ok(deciding)
    }

    fn write(&self, files: &[String], only: &str, unviable: &BTreeSet<String>) -> Result<Vec<Mutant>> {
        let mut garden = Garden::new(unviable);
        for file in files {
            let text = fs::read_to_string(self.root.join(EXAM).join(file))?;
            let text = match file.contains(only) {
                true => garden.grow(file, &text).with_context(|| file.clone())?,
                false => text,
            };
            put(&self.own.join(EXAM).join(file), text.as_bytes())?;
        }
        let lib = fs::read_to_string(self.root.join(EXAM).join("lib.rs"))?;
        let head = "#![allow(warnings, unused_must_use)]\n";
        put(
            &self.own.join(EXAM).join("lib.rs"),
            format!("{head}{lib}\npub(crate) mod mutant;\n").as_bytes(),
        )?;
        put(&self.own.join(EXAM).join("mutant.rs"), include_bytes!("../chosen.rs"))?;
        Ok(garden.mutants)
    }

    /// Names of the mutants that do not compile.
    fn check(&self, mutants: &[Mutant]) -> Result<BTreeSet<String>> {
        let messages = self.cargo(&["check", "-p", "kaoguan-exam", "--message-format=json"])?;
        let mut found = BTreeSet::new();
        for message in messages
            .iter()
            .map(|line| &line["message"])
            .filter(|message| message["level"] == "error")
        {
            let Some(spans) = message["spans"].as_array().filter(|spans| !spans.is_empty()) else {
                continue;
            };
            let named = spans.iter().find_map(|span| self.mutant_at(span, mutants));
            match named {
                Some(name) => found.insert(name),
                None => bail!("{}", message["rendered"].as_str().unwrap_or("it does not compile")),
            };
        }
        Ok(found)
    }

    /// The last mutant that is asked for before an error in the grown file.
    fn mutant_at(&self, span: &Value, mutants: &[Mutant]) -> Option<String> {
        let text = fs::read_to_string(self.own.join(span["file_name"].as_str()?)).ok()?;
        let end = span["byte_end"].as_u64()? as usize;
        let before = text.get(..end)?;
        let (_, asked) = before.rsplit_once("mutant::is(")?;
        let no: u32 = asked.split("u32").next()?.parse().ok()?;
        Some(mutants.get(no as usize - 1)?.name.clone())
    }

    /// Builds the exam's own tests, and those of the whole that were asked for.
    ///
    /// # Errors
    /// Where they do not build.
    pub fn build(&self, suites: &[String]) -> Result<(Program, Vec<Program>)> {
        let exam = self.programs(&["-p", "kaoguan-exam", "--lib"])?;
        let exam = exam.into_iter().next().context("the exam has tests")?;
        if suites.is_empty() {
            return Ok((exam, Vec::new()));
        }
        let named: Vec<&str> = suites.iter().flat_map(|suite| ["--test", suite]).collect();
        let suites = self.programs(&[&["-p", "kaoguan-tests"], &named[..]].concat())?;
        Ok((exam, suites))
    }

    fn programs(&self, of: &[&str]) -> Result<Vec<Program>> {
        let messages = self.cargo(&[&["test", "--no-run", "--message-format=json"], of].concat())?;
        let built = messages.iter().filter_map(|message| {
            Some(Program {
                name: message["target"]["name"].as_str()?.to_owned(),
                path: message["executable"].as_str()?.into(),
                folder: Path::new(message["manifest_path"].as_str()?).parent()?.to_path_buf(),
            })
        });
        let is_test = |program: &Program| program.path.to_string_lossy().contains("/deps/");
        Ok(built.filter(is_test).collect())
    }

    /// Runs cargo in the copy.
    fn cargo(&self, words: &[&str]) -> Result<Vec<Value>> {
        let output = Command::new("cargo")
            .args(words)
            .current_dir(&self.own)
            .env("CARGO_TARGET_DIR", self.notes.join("build"))
            .stderr(Stdio::inherit())
            .output()
            .context("cargo")?;
        let lines = String::from_utf8(output.stdout)?;
        let messages: Vec<Value> = lines
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect();
        let explained = messages.iter().any(|message| message["message"]["level"] == "error");
        if !output.status.success() && !(words[0] == "check" && explained) {
            let errors = messages
                .iter()
                .filter_map(|message| message["message"]["rendered"].as_str());
            bail!(
                "cargo {} failed\n{}",
                words.join(" "),
                errors.collect::<Vec<_>>().join("\n")
            );
        }
        Ok(messages)
    }
}

/// Writes what is new: what stays need not be built again.
fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|known| known == bytes) {
        return Ok(());
    }
    fs::create_dir_all(path.parent().context("a folder")?)?;
    fs::write(path, bytes).with_context(|| path.display().to_string())
}
