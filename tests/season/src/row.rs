//! A line of the season's table: one encounter, what it truly was, and what became of it.
use std::fmt;

/// What became of an encounter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Points were taken without a person.
    Charged,
    /// The examiner was asked.
    Asked,
    /// The ride of the item did not count.
    Void,
    /// Nothing was said.
    Nothing,
    /// Nothing was said, but the exam was over by then.
    Over,
}

impl Outcome {
    /// All, with the word for each.
    pub const ALL: [(Outcome, &'static str); 5] = [
        (Outcome::Charged, "charged"),
        (Outcome::Asked, "asked"),
        (Outcome::Void, "void"),
        (Outcome::Nothing, "nothing"),
        (Outcome::Over, "over"),
    ];

    /// The word.
    pub fn word(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(outcome, _)| *outcome == self)
            .map_or("", |(_, word)| word)
    }

    /// From the word.
    pub fn of(word: &str) -> Option<Outcome> {
        Self::ALL
            .iter()
            .find(|(_, have)| *have == word)
            .map(|(outcome, _)| *outcome)
    }
}

/// What kind of day it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Day {
    /// A candidate's exam under the tariff in force.
    Exam,
    /// Somebody near every limit, whom no points send home.
    Close,
}

impl Day {
    /// All, with the word for each.
    pub const ALL: [(Day, &'static str); 2] = [(Day::Exam, "exam"), (Day::Close, "close")];

    /// From the word.
    pub fn of(word: &str) -> Option<Day> {
        Self::ALL.iter().find(|(_, have)| *have == word).map(|(day, _)| *day)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = Self::ALL.iter().find(|(day, _)| day == self);
        f.write_str(word.map_or("", |(_, word)| word))
    }
}

/// A line of the season's table.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What kind of day.
    pub day: Day,
    /// The seed of rider, ride, noise and weather.
    pub seed: u64,
    /// The weather's name.
    pub weather: String,
    /// Site and ride.
    pub place: String,
    /// The rule.
    pub rule: String,
    /// Truth, limit and tolerance, millimetres or milliseconds.
    pub truth: [f64; 3],
    /// The oracle's word: `innocent`, `tolerated`, `guilty`; `absent` where the oracle knows no such encounter.
    pub expected: String,
    /// The engine's.
    pub outcome: Outcome,
    /// What the engine measured, and its standard uncertainty, where it was made to tell.
    pub measured: Option<[f64; 2]>,
}

impl Row {
    /// The header of the table.
    pub const HEAD: &'static str = "day,seed,weather,place,rule,truth,limit,tolerance,expected,outcome,measured,u";

    /// Where the run of its day is saved, beside the report.
    pub fn run(&self) -> String {
        format!("runs/{}-{}-{}", self.day, self.weather, self.seed)
    }

    /// As a line of CSV.
    pub fn line(&self) -> String {
        let [truth, limit, tolerance] = self.truth;
        let [value, u] = self
            .measured
            .map_or([String::new(), String::new()], |m| m.map(|v| format!("{v:.1}")));
        format!(
            "{},{},{},{},{},{truth:.2},{limit:.0},{tolerance:.0},{},{},{value},{u}",
            self.day,
            self.seed,
            self.weather,
            self.place,
            self.rule,
            self.expected,
            self.outcome.word()
        )
    }

    /// From a line of CSV.
    pub fn parse(line: &str) -> Option<Row> {
        let cells: Vec<&str> = line.split(',').collect();
        let [
            day,
            seed,
            weather,
            place,
            rule,
            truth,
            limit,
            tolerance,
            expected,
            outcome,
            value,
            u,
        ] = cells[..]
        else {
            return None;
        };
        Some(Row {
            day: Day::of(day)?,
            seed: seed.parse().ok()?,
            weather: weather.into(),
            place: place.into(),
            rule: rule.into(),
            truth: [truth.parse().ok()?, limit.parse().ok()?, tolerance.parse().ok()?],
            expected: expected.into(),
            outcome: Outcome::of(outcome)?,
            measured: value.parse().ok().zip(u.parse().ok()).map(|(value, u)| [value, u]),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_comes_back_from_its_line() {
        let row = Row {
            day: Day::Close,
            seed: 7,
            weather: "clear".into(),
            place: "hill#1".into(),
            rule: "hill_start.rolled_back".into(),
            truth: [140.25, 100.0, 50.0],
            expected: "tolerated".into(),
            outcome: Outcome::Asked,
            measured: Some([149.0, 17.0]),
        };
        assert_eq!(Row::parse(&row.line()), Some(row));
    }
}
