//! Lets one mutant live after another, and sees whether a test notices.
use crate::grow::Mutant;
use crate::tree::Program;
use anyhow::{Context, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// More memory than any test needs, kilobytes: a mutant that never stops collecting is stopped.
const MEMORY_KB: u64 = 6_000_000;
/// A test that takes so many times as long as it does without a mutant does not end.
const PATIENCE: u32 = 5;
/// And no less than this.
const AT_LEAST: Duration = Duration::from_secs(3);

/// What became of a mutant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// A test of this program failed.
    Caught(String),
    /// A test of this program did not end.
    Endless(String),
    /// Tests came by and noticed nothing.
    Survived,
    /// No test comes by.
    Unreached,
}

/// A test program that passes, with what it needs to be run again.
pub struct Suite {
    program: Program,
    takes: Duration,
    /// By the mutant's number the tests that come by it; `None` where that is not known of one.
    reached: BTreeMap<u32, Option<BTreeSet<String>>>,
}

impl Suite {
    /// Runs it without a mutant and notes what it comes by.
    ///
    /// # Errors
    /// Where it fails already.
    pub fn explore(program: Program, notes: &Path) -> Result<Suite> {
        let file = notes.join(format!("{}.reached", program.name));
        let _ = fs::remove_file(&file);
        let passes = |with: Option<&Path>| -> Result<Duration> {
            let begin = Instant::now();
            let mut child = start(&program, None, &[], with)?;
            let good = child.wait()?.success();
            anyhow::ensure!(good, "{} fails without any mutant", program.name);
            Ok(begin.elapsed())
        };
        passes(Some(&file))?;
        let takes = passes(None)?;
        let reached = read_reached(&fs::read_to_string(&file).unwrap_or_default());
        Ok(Suite {
            program,
            takes,
            reached,
        })
    }

    /// How long it takes without a mutant.
    pub fn takes(&self) -> Duration {
        self.takes
    }

    /// Of the target.
    pub fn name(&self) -> &str {
        &self.program.name
    }

    /// What becomes of a mutant here.
    ///
    /// # Errors
    /// Where the program cannot be started.
    pub fn try_on(&self, mutant: &Mutant) -> Result<Fate> {
        let Some(tests) = self.reached.get(&mutant.no) else {
            return Ok(Fate::Unreached);
        };
        let tests: Vec<&str> = tests.iter().flatten().map(String::as_str).collect();
        let begin = Instant::now();
        let limit = AT_LEAST.max(self.takes * PATIENCE);
        let mut child = start(&self.program, Some(mutant.no), &tests, None)?;
        loop {
            if let Some(status) = child.try_wait()? {
                let caught = Fate::Caught(self.program.name.clone());
                return Ok(if status.success() { Fate::Survived } else { caught });
            }
            if begin.elapsed() > limit {
                child.kill()?;
                child.wait()?;
                return Ok(Fate::Endless(self.program.name.clone()));
            }
            sleep(Duration::from_millis(2));
        }
    }
}

fn start(program: &Program, mutant: Option<u32>, tests: &[&str], reached: Option<&Path>) -> Result<Child> {
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("ulimit -v {MEMORY_KB}; exec \"$0\" \"$@\"")])
        .arg(&program.path)
        .args(tests)
        .args(if tests.is_empty() { &[][..] } else { &["--exact"] })
        // On one thread a test has no name.
        .args(["-q", "--test-threads=2"])
        .current_dir(&program.folder)
        .env("RUST_BACKTRACE", "0")
        .env_remove("KAOGUAN_MUTANT")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some(no) = mutant {
        command.env("KAOGUAN_MUTANT", no.to_string());
    }
    if let Some(file) = reached {
        command.env("KAOGUAN_REACHED", file);
    }
    command.spawn().with_context(|| program.path.display().to_string())
}

/// A thread that is no test's own may be any test's.
fn read_reached(text: &str) -> BTreeMap<u32, Option<BTreeSet<String>>> {
    let mut reached: BTreeMap<u32, Option<BTreeSet<String>>> = BTreeMap::new();
    for (no, thread) in text.lines().filter_map(|line| line.split_once('\t')) {
        let Ok(no) = no.parse() else { continue };
        let tests = reached.entry(no).or_insert_with(|| Some(BTreeSet::new()));
        match thread {
            "?" | "main" => *tests = None,
            test => {
                if let Some(tests) = tests {
                    tests.insert(test.to_owned());
                }
            }
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_nameless_thread_reached_any_test_may_have() {
        let reached = read_reached("1\ta::b\n1\tc\n2\ta::b\n2\t?\n2\tc\nx\ty\n");
        assert_eq!(reached[&1], Some(BTreeSet::from(["a::b".to_owned(), "c".to_owned()])));
        assert_eq!(reached[&2], None);
        assert_eq!(reached.len(), 2);
    }
}
