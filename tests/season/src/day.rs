//! One day of the season: ridden, judged by the engine, judged by the oracle, compared encounter by encounter.
use crate::row::{Day, Outcome, Row};
use crate::said::{Said, measured};
use anyhow::{Context, Result, bail};
use kaoguan_exam::{Answer, Exam};
use kaoguan_oracle::{Encounter, Expected, PASS_MARK, judge, lost};
use kaoguan_sim::driver::{self, Temperament};
use kaoguan_sim::sensors::Settings;
use kaoguan_sim::sensors::installation::Installation;
use kaoguan_sim::sensors::weather::Weather;
use kaoguan_sim::vehicle::Kind;
use kaoguan_tests::door::Way;
use kaoguan_tests::river::{Config, Ground, River, Texts, car_config, unit_config};

/// The row of the exam as a whole.
pub const VERDICT: &str = "exam.verdict";

/// What a season is ridden on.
#[derive(Clone)]
pub struct Grounds {
    judged: Ground,
    /// The same ground, where no points send anybody home.
    patient: Ground,
    /// The same ground under a tariff that charges one point for everything, so that every measure is told.
    telling: Ground,
    sides: String,
}

impl Grounds {
    /// Where a class is examined under the edition in force; `None` where the season knows no ground for it.
    pub fn of_class(class: &str) -> Option<Grounds> {
        match class {
            "E" => Some(Grounds::village()),
            "C1" => Some(Grounds::of(Texts::small_car())),
            _ => None,
        }
    }

    /// What is driven on it.
    pub fn kind(&self) -> Kind {
        self.judged.spec.kind
    }

    /// The village square under the edition in force.
    pub fn village() -> Grounds {
        Grounds::of(Texts::village())
    }

    /// The same, where nothing carries the vehicle while its fixes are not believed.
    pub fn village_without_reckoning() -> Grounds {
        let texts = Texts::village();
        let syllabus = texts.syllabus.lines().map(|line| match line.split_once(" = ") {
            Some(("reckon", _)) => "reckon = \"0 s\"\n".to_owned(),
            _ => line.to_owned() + "\n",
        });
        Grounds::of(Texts {
            syllabus: syllabus.collect(),
            ..texts
        })
    }

    fn of(texts: Texts) -> Grounds {
        let judged = Ground::of(&texts);
        let patient = Ground::of(&Texts {
            syllabus: patient(&texts.syllabus),
            ..texts.clone()
        });
        let telling = Ground::of(&Texts {
            syllabus: telling(&texts.syllabus),
            ..texts
        });
        let poles = judged.course.sites.iter().flat_map(|site| site.poles());
        let sides = poles
            .map(|(_, _, side)| if format!("{side:?}") == "Left" { 'L' } else { 'R' })
            .collect();
        Grounds {
            judged,
            patient,
            telling,
            sides,
        }
    }
}

/// The syllabus with everything so cheap that nobody is sent home.
fn patient(syllabus: &str) -> String {
    let line = |line: &str| match line.split_once(" = ") {
        Some((key @ ("points" | "pass_mark"), _)) => format!("{key} = \"1 points\""),
        // No knob says what is so any more.
        Some(("sets", _)) => String::new(),
        _ => line.to_owned(),
    };
    syllabus.lines().map(|text| line(text) + "\n").collect()
}

/// The syllabus with each limit far below what anybody does.
fn telling(syllabus: &str) -> String {
    let line = |line: &str| match line.split_once(" = ") {
        Some(("limit", value)) if value.ends_with("mm\"") => "limit = \"-2000 mm\"".to_owned(),
        Some(("points", _)) => "points = \"1 points\"".to_owned(),
        Some(("pass_mark", _)) => "pass_mark = \"1 points\"".to_owned(),
        Some(("repeat", _)) => "repeat = \"each\"".to_owned(),
        Some(("unless" | "sets", _)) => String::new(),
        _ => line.to_owned(),
    };
    syllabus.lines().map(|text| line(text) + "\n").collect()
}

/// Everything that makes a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Case {
    /// What kind of day.
    pub day: Day,
    /// The seed of ride, noise and weather.
    pub seed: u64,
    /// Who rides.
    pub rider: Temperament,
    /// In which weather.
    pub weather: Weather,
    /// With which errors of the installation.
    pub installation: Installation,
    /// On what.
    pub kind: Kind,
}

impl Case {
    /// The day of a seed on two wheels.
    pub fn of(day: Day, weather: &Weather, seed: u64) -> Case {
        Case::on(Kind::Motorcycle, day, weather, seed)
    }

    /// The day of a seed.
    pub fn on(kind: Kind, day: Day, weather: &Weather, seed: u64) -> Case {
        let rider = match day {
            Day::Exam => driver::drawn_of(kind, seed),
            Day::Close => driver::close_of(kind, seed),
        };
        Case {
            day,
            seed,
            rider,
            weather: *weather,
            installation: Installation::CAREFUL,
            kind,
        }
    }

    /// How its sensors are set.
    pub fn settings(&self) -> Settings {
        Settings {
            weather: self.weather,
            installation: self.installation,
            wired_to: self.kind,
            ..Settings::default()
        }
    }

    /// How its unit is wired.
    pub fn config(&self) -> Config {
        match self.kind {
            Kind::Motorcycle | Kind::Tricycle => unit_config(),
            Kind::Car => car_config(),
        }
    }

    /// By which rules it is judged.
    pub fn ground<'g>(&self, grounds: &'g Grounds) -> &'g Ground {
        match self.day {
            Day::Exam => &grounds.judged,
            Day::Close => &grounds.patient,
        }
    }

    /// Rides it through the door of bytes, or straight where that is open.
    pub fn ride(&self, grounds: &Grounds, way: Way) -> River {
        let (ground, settings) = (self.ground(grounds), self.settings());
        let way = if way.is_open(&settings) { way } else { Way::Bytes };
        River::ride_by(
            way,
            self.config(),
            ground,
            &self.rider,
            self.seed,
            &settings,
            Answer::Dismiss,
        )
    }
}

/// The rows of one day; where it went through the door of bytes, that they are those of the other door.
///
/// # Errors
/// Where the doors differ, and in what.
pub fn ride(grounds: &Grounds, case: &Case, way: Way) -> Result<Vec<Row>> {
    let river = case.ride(grounds, way);
    if way == Way::Bytes && Way::Samples.is_open(&case.settings()) {
        let straight = case.ride(grounds, Way::Samples);
        same(&river, &straight).with_context(|| {
            let Case { day, seed, weather, .. } = case;
            format!("the two doors differ: {day} {seed} in {}", weather.name)
        })?;
    }
    Ok(rows(grounds, case, &river))
}

/// Sample by sample, finding by finding, question by question.
fn same(bytes: &River, straight: &River) -> Result<()> {
    let pairs = bytes.samples.iter().zip(&straight.samples);
    if let Some((ours, theirs)) = pairs.clone().find(|(ours, theirs)| ours != theirs) {
        bail!("bytes say {ours:?}, samples {theirs:?}");
    }
    let counts = |river: &River| {
        [
            river.samples.len(),
            river.exam.findings().len(),
            river.exam.questions().len(),
        ]
    };
    if counts(bytes) != counts(straight) || bytes.exam.board() != straight.exam.board() {
        bail!(
            "samples, findings, questions: {:?} and {:?}",
            counts(bytes),
            counts(straight)
        );
    }
    Ok(())
}

/// What engine and oracle make of a ride.
pub fn rows(grounds: &Grounds, case: &Case, river: &River) -> Vec<Row> {
    let mut told = Exam::new(&grounds.telling.setup);
    let samples = river.samples.iter();
    samples.for_each(|(boot, sample)| told.accept(*boot, sample));
    let said = Said::of(&river.exam, &river.truth);
    let items = river.truth.items.iter();
    let encounters: Vec<Encounter> = items.flat_map(|item| judge(item, &grounds.sides)).collect();
    let row = |place: String, rule: &str| Row {
        day: case.day,
        seed: case.seed,
        weather: case.weather.name.into(),
        place,
        rule: rule.into(),
        truth: [0.0; 3],
        expected: "absent".into(),
        outcome: Outcome::Charged,
        measured: None,
    };
    let mut rows: Vec<Row> = encounters
        .iter()
        .map(|encounter| Row {
            truth: [encounter.value, encounter.limit, encounter.tolerance],
            expected: word(encounter.expected()).into(),
            outcome: said.of_encounter(encounter),
            measured: measured(&told, encounter),
            ..row(format!("{}#{}", encounter.site, encounter.ride), encounter.rule)
        })
        .collect();
    rows.extend(
        said.absent(&encounters)
            .map(|finding| row(finding.site.clone().unwrap_or_else(|| "-".into()), &finding.rule)),
    );
    if case.day == Day::Exam {
        rows.push(Row {
            outcome: said.of_exam(),
            ..verdict(&encounters, row("exam".into(), VERDICT))
        });
    }
    rows
}

/// What the regulation makes of the exam as a whole: innocent must pass, guilty must not.
fn verdict(encounters: &[Encounter], row: Row) -> Row {
    let (lost, free) = (lost(encounters), 100 - PASS_MARK);
    let expected = match () {
        () if lost.most <= free => Expected::Innocent,
        () if lost.least > free => Expected::Guilty,
        () => Expected::Tolerated,
    };
    Row {
        truth: [f64::from(lost.least), f64::from(free), f64::from(lost.most)],
        expected: word(expected).into(),
        ..row
    }
}

fn word(expected: Expected) -> &'static str {
    match expected {
        Expected::Innocent => "innocent",
        Expected::Tolerated => "tolerated",
        Expected::Guilty => "guilty",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaoguan_sim::sensors::weather;

    /// One seed is one day.
    #[test]
    fn the_same_seed_gives_the_same_rows() {
        let (grounds, weather) = (Grounds::village(), weather::named("canopy").expect("there is one"));
        let case = Case::of(Day::Exam, &weather, 3);
        let rows = ride(&grounds, &case, Way::Samples).expect("a day");
        assert!(rows.len() >= 6, "{rows:?}");
        assert_eq!(rows, ride(&grounds, &case, Way::Samples).expect("a day"));
    }

    /// What goes through the door of bytes is held against the other door.
    #[test]
    fn both_doors_lead_to_the_same_exam() {
        let grounds = Grounds::village();
        for weather in weather::ALL {
            for day in [Day::Exam, Day::Close] {
                ride(&grounds, &Case::of(day, &weather, 11), Way::Bytes).expect("the same");
            }
        }
    }

    /// A handful of days in each weather, as a smoke alarm: nobody innocent is charged, and nobody guilty passes in silence.
    #[test]
    fn nobody_is_judged_wrongly_in_a_handful_of_days() {
        let grounds = Grounds::village();
        for weather in weather::ALL {
            let days = [(Day::Exam, 1), (Day::Exam, 2), (Day::Exam, 3), (Day::Close, 1)];
            let rows =
                days.map(|(day, seed)| ride(&grounds, &Case::of(day, &weather, seed), Way::Samples).expect("a day"));
            for row in rows.into_iter().flatten() {
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
