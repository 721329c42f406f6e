//! What the manoeuvres' own cases say, told by them while they run (`engine/exam/src/script.rs`).
use super::Row;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// By rule.
pub type Cases = BTreeMap<String, Vec<Case>>;

/// What one test says of a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Case {
    /// The test's name, without the way to it.
    pub test: String,
    what: What,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    /// Only just not spoken.
    Not,
    /// The fact itself is the fault.
    Event,
    /// Left to a person.
    Asked,
    /// Value and u, in the smallest unit that is judged.
    Measured(i64, i64),
    /// The same of a value that is held against the least that is due.
    Least(i64, i64),
}

/// The editions' k, times ten.
const K_TENTHS: i64 = 48;

impl Case {
    fn excess(&self, row: &Row) -> Option<(i64, i64)> {
        match self.what {
            What::Measured(value, u) => Some((value - row.limit_value()?, u * K_TENTHS / 10)),
            What::Least(value, u) => Some((row.limit_value()? - value, u * K_TENTHS / 10)),
            _ => None,
        }
    }
    /// Whether it is charged.
    pub fn breaks(&self, row: &Row) -> bool {
        match (self.excess(row), &self.what) {
            (Some((excess, reach)), _) => excess > reach,
            // A measure without a limit that any edition sets.
            (None, What::Measured(..) | What::Least(..)) => row.limit.is_none(),
            (None, what) => *what == What::Event,
        }
    }
    /// Whether it is only just not charged: within the limit, or said so.
    pub fn spares(&self, row: &Row) -> bool {
        match self.excess(row) {
            Some((excess, _)) => excess <= 0,
            // A measure is not charged while no authority has set its limit.
            None => matches!(self.what, What::Not | What::Measured(..) | What::Least(..)),
        }
    }
    /// Whether its value is held against the least that is due.
    pub fn is_of_the_least(&self) -> bool {
        matches!(self.what, What::Least(..))
    }
    /// How near the limit it is: the nearest case is shown.
    pub fn distance(&self, row: &Row) -> i64 {
        self.excess(row).map_or(0, |(excess, _)| excess.abs())
    }
    /// Its value for people.
    pub fn value(&self, row: &Row) -> String {
        let (What::Measured(value, _) | What::Least(value, _)) = self.what else {
            return String::new();
        };
        match row.limit.as_deref().and_then(|limit| limit.split_once(' ')) {
            Some((_, "s" | "ms" | "min")) => format!(" ({} s)", value as f64 * 1e-6),
            Some((_, "km/h")) => format!(" ({:.1} km/h)", value as f64 * 1e-3),
            Some(_) => format!(" ({} mm)", value as f64 * 0.1),
            None => String::new(),
        }
    }
}

/// Runs the manoeuvres' cases and hears what they say.
///
/// # Panics
/// Where they do not pass, or cannot be run.
pub fn told() -> Cases {
    let told = tempfile::NamedTempFile::new().expect("a temporary file");
    let ran = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()))
        .args(["test", "-q", "-p", "kaoguan-exam", "--lib", "manoeuvres"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .env("KAOGUAN_CASES", told.path())
        .output()
        .expect("cargo runs");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stdout));
    read(&std::fs::read_to_string(told.path()).expect("what was told"))
}

fn read(told: &str) -> Cases {
    let mut cases = Cases::new();
    for line in told.lines() {
        let mut words = line.split('\t');
        let mut word = || words.next().unwrap_or_default();
        let (rule, test, what) = (word(), word(), word());
        let mut number = || word().parse().unwrap_or_default();
        let what = match what {
            "not" => What::Not,
            "asked" => What::Asked,
            "event" | "touch" => What::Event,
            "least_speed" => What::Least(number(), number()),
            _ => What::Measured(number(), number()),
        };
        let test = test.rsplit("::").next().unwrap_or_default().to_owned();
        cases.entry(rule.to_owned()).or_default().push(Case { test, what });
    }
    for of_one in cases.values_mut() {
        of_one.sort();
        of_one.dedup();
    }
    cases
}
