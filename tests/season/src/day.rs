//! One exam of the season: ridden, judged by the engine, judged by the oracle, compared encounter by encounter.
use kaoguan_exam::{Answer, Exam, Finding, Measure, Question, Verdict};
use kaoguan_oracle::{Encounter, Expected, Unit, judge};
use kaoguan_sim::driver::drawn;
use kaoguan_sim::sensors::installation::Installation;
use kaoguan_sim::sensors::weather::Weather;
use kaoguan_sim::sensors::{START_UTC_US, Settings};
use kaoguan_sim::truth::Summary;
use kaoguan_telemetry::units::EventTime;
use kaoguan_tests::river::{Ground, River, Texts, unit_config};
use std::collections::BTreeMap;

/// What the engine said belongs to an encounter until so long after the ride of its item, microseconds.
const AFTERMATH_US: i64 = 6_000_000;

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

/// A line of the season's table.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
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

/// What a season is ridden on.
#[derive(Clone)]
pub struct Grounds {
    judged: Ground,
    /// The same ground under a tariff that charges one point for everything, so that every measure is told.
    telling: Ground,
    sides: String,
}

impl Grounds {
    /// The village square under the edition in force.
    pub fn village() -> Grounds {
        let texts = Texts::village();
        let judged = Ground::of(&texts);
        let telling = Ground::of(&Texts {
            syllabus: telling(&texts.syllabus),
            ..texts
        });
        let poles = judged.course.sites.iter().flat_map(|site| site.poles());
        let sides = poles
            .map(|(_, _, side)| if format!("{side:?}") == "Left" { 'L' } else { 'R' })
            .collect();
        Grounds { judged, telling, sides }
    }
}

/// The syllabus with each limit far below what anybody does.
fn telling(syllabus: &str) -> String {
    let line = |line: &str| match line.split_once(" = ") {
        Some(("limit", value)) if value.ends_with("mm\"") => "limit = \"-2000 mm\"".to_owned(),
        Some(("points", _)) => "points = \"1 points\"".to_owned(),
        Some(("pass_mark", _)) => "pass_mark = \"1 points\"".to_owned(),
        Some(("repeat", _)) => "repeat = \"each\"".to_owned(),
        Some(("unless", _)) => String::new(),
        _ => line.to_owned(),
    };
    syllabus.lines().map(|text| line(text) + "\n").collect()
}

/// The rows of one exam.
pub fn ride(grounds: &Grounds, weather: &Weather, seed: u64) -> Vec<Row> {
    let settings = Settings {
        weather: *weather,
        installation: Installation::CAREFUL,
        ..Settings::default()
    };
    let rider = drawn(seed);
    let river = River::ride_day(unit_config(), &grounds.judged, &rider, seed, &settings, Answer::Dismiss);
    let mut told = Exam::new(&grounds.telling.setup);
    river
        .samples
        .iter()
        .for_each(|(boot, sample)| told.accept(*boot, sample));
    let said = Said::of(&river.exam, &river.truth);
    let encounters: Vec<Encounter> = river
        .truth
        .items
        .iter()
        .flat_map(|item| judge(item, &grounds.sides))
        .collect();
    let mut rows: Vec<Row> = encounters
        .iter()
        .map(|encounter| Row {
            seed,
            weather: weather.name.into(),
            place: format!("{}#{}", encounter.site, encounter.ride),
            rule: encounter.rule.into(),
            truth: [encounter.value, encounter.limit, encounter.tolerance],
            expected: word(encounter.expected()).into(),
            outcome: said.of_encounter(encounter),
            measured: measured(&told, encounter),
        })
        .collect();
    rows.extend(said.absent(&encounters).map(|finding| Row {
        seed,
        weather: weather.name.into(),
        place: finding.site.clone().unwrap_or_else(|| "-".into()),
        rule: finding.rule.clone(),
        truth: [0.0; 3],
        expected: "absent".into(),
        outcome: Outcome::Charged,
        measured: None,
    }));
    rows
}

fn word(expected: Expected) -> &'static str {
    match expected {
        Expected::Innocent => "innocent",
        Expected::Tolerated => "tolerated",
        Expected::Guilty => "guilty",
    }
}

/// What the engine has said.
struct Said<'e> {
    findings: &'e [Finding],
    questions: &'e [Question],
    voids: Vec<(String, i64)>,
    /// The last ride of each item, which alone counts.
    rides: BTreeMap<String, u32>,
    ended_us: Option<i64>,
}

fn us(at: EventTime) -> i64 {
    at.0 - START_UTC_US
}

impl Said<'_> {
    fn of<'e>(exam: &'e Exam, truth: &Summary) -> Said<'e> {
        let board = exam.board();
        let voids = board
            .items
            .iter()
            .flat_map(|item| item.voids.iter().map(|(at, _)| (item.site.clone(), us(*at))));
        Said {
            findings: exam.findings(),
            questions: exam.questions(),
            voids: voids.collect(),
            rides: truth.items.iter().map(|item| (item.site.clone(), item.ride)).collect(),
            ended_us: matches!(exam.verdict(), Verdict::Fail { .. })
                .then_some(board.at)
                .flatten()
                .map(us),
        }
    }

    fn of_encounter(&self, encounter: &Encounter) -> Outcome {
        let rules = [Some(encounter.rule), encounter.worse];
        let is_it = |rule: &str, at: i64| rules.contains(&Some(rule)) && within(encounter, at);
        if self.findings.iter().any(|f| is_it(&f.rule, us(f.at))) {
            return Outcome::Charged;
        }
        if self.questions.iter().any(|q| is_it(&q.rule, us(q.at))) {
            return Outcome::Asked;
        }
        if encounter.ride < self.rides.get(&encounter.site).copied().unwrap_or(0) {
            return Outcome::Void;
        }
        if self
            .voids
            .iter()
            .any(|(site, at)| *site == encounter.site && within(encounter, *at))
        {
            return Outcome::Void;
        }
        match self.ended_us {
            Some(ended_us) if ended_us < encounter.to_us + AFTERMATH_US => Outcome::Over,
            _ => Outcome::Nothing,
        }
    }

    /// Findings of rules of which the oracle knows no encounter then.
    fn absent<'a>(&'a self, encounters: &'a [Encounter]) -> impl Iterator<Item = &'a Finding> {
        let known = |f: &Finding| encounters.iter().any(|e| e.rule == f.rule && within(e, us(f.at)));
        self.findings.iter().filter(move |f| !known(f))
    }
}

fn within(encounter: &Encounter, at: i64) -> bool {
    (encounter.from_us..=encounter.to_us + AFTERMATH_US).contains(&at)
}

/// The largest of what the engine told of this rule in this ride.
fn measured(told: &Exam, encounter: &Encounter) -> Option<[f64; 2]> {
    if encounter.unit == Unit::Yes {
        return None;
    }
    let of = |rule: &str, at, measure: Option<Measure>| {
        measure.filter(|_| rule == encounter.rule && within(encounter, us(at)))
    };
    let findings = told.findings().iter().filter_map(|f| of(&f.rule, f.at, f.measure));
    let questions = told.questions().iter().filter_map(|q| of(&q.rule, q.at, q.measure));
    let largest = findings.chain(questions).max_by_key(|measure| measure.value)?;
    Some([largest.value as f64, largest.u_tenths as f64 / 10.0])
}

impl Row {
    /// The header of the table.
    pub const HEAD: &'static str = "seed,weather,place,rule,truth,limit,tolerance,expected,outcome,measured,u";

    /// As a line of CSV.
    pub fn line(&self) -> String {
        let [truth, limit, tolerance] = self.truth;
        let [value, u] = self
            .measured
            .map_or([String::new(), String::new()], |m| m.map(|v| format!("{v:.1}")));
        format!(
            "{},{},{},{},{truth:.2},{limit:.0},{tolerance:.0},{},{},{value},{u}",
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
    use kaoguan_sim::sensors::weather;

    #[test]
    fn a_row_comes_back_from_its_line() {
        let row = Row {
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

    /// One seed is one day.
    #[test]
    fn the_same_seed_gives_the_same_rows() {
        let (grounds, weather) = (Grounds::village(), weather::named("canopy").expect("there is one"));
        let rows = ride(&grounds, &weather, 3);
        assert!(rows.len() >= 6, "{rows:?}");
        assert_eq!(rows, ride(&grounds, &weather, 3));
    }

    /// A handful of days in each weather, as a smoke alarm: nobody innocent is charged, and nobody guilty passes in silence.
    #[test]
    fn nobody_is_judged_wrongly_in_a_handful_of_days() {
        let grounds = Grounds::village();
        for weather in weather::ALL {
            for row in (1..=3).flat_map(|seed| ride(&grounds, &weather, seed)) {
                let charged = row.outcome == Outcome::Charged;
                assert!(
                    !charged || matches!(row.expected.as_str(), "tolerated" | "guilty"),
                    "{row:?}"
                );
                assert!(row.expected != "guilty" || row.outcome != Outcome::Nothing, "{row:?}");
            }
        }
    }
}
