//! One day of the season: ridden, judged by the engine, judged by the oracle, compared encounter by encounter.
use crate::row::{Day, Outcome, Row};
use crate::said::{Said, measured};
use anyhow::{Context, Result, bail};
use kaoguan_exam::{Answer, Exam};
use kaoguan_oracle::{Encounter, Expected, Province, judge_in, lost, pass_mark};
use kaoguan_sim::driver::{self, Field, Temperament};
use kaoguan_sim::sensors::Settings;
use kaoguan_sim::sensors::installation::Installation;
use kaoguan_sim::sensors::weather::Weather;
use kaoguan_sim::vehicle::Kind;
use kaoguan_tests::door::Way;
use kaoguan_tests::large::{in_a_province, only_texts};
use kaoguan_tests::river::Documents;
use kaoguan_tests::river::{Config, Ground, River, Texts, config_on};

/// The row of the exam as a whole.
pub const VERDICT: &str = "exam.verdict";

/// What [`in_a_province`] turns its knobs to, once more.
const PROVINCE: Province = Province {
    expressway_in: Some(60_000.0),
    expressway_least: Some(50_000.0),
    expressway_most: Some(70_000.0),
    expressway_out: Some(20_000.0),
    bend: Some(20_000.0),
    tunnel: Some(30_000.0),
    tunnel_stop: Some(2_000.0),
    weather: Some(25_000.0),
    slippery: Some(20_000.0),
    brake: Some(1_000.0),
    humps: None,
};

/// What a season is ridden on.
#[derive(Clone)]
pub struct Grounds {
    judged: Ground,
    /// The same ground, where no points send anybody home.
    patient: Ground,
    /// The same ground under a tariff that charges one point for everything, so that every measure is told.
    telling: Ground,
    sides: String,
    field: Field,
    class: &'static str,
}

impl Grounds {
    /// Where a class is examined under the edition in force, in what the simulator drives of it; `None` where nobody knows the class.
    /// Where the nation gives no number a province of these tests does, or no rule of the simulated roads would be judged.
    pub fn of_class(class: &str) -> Option<Grounds> {
        let texts = Texts::of_class(class)?;
        let syllabus = match Kind::of(class) {
            Kind::Car => in_a_province(&texts.syllabus),
            Kind::Motorcycle | Kind::Tricycle => texts.syllabus,
        };
        Some(Grounds::of(Texts { syllabus, ..texts }))
    }

    /// One item of a large vehicle's class alone, under the last edition that has it.
    pub fn of_item(class: &str, item: &str) -> Option<Grounds> {
        let Texts { vehicle, class, .. } = Texts::of_class(class)?;
        Some(Grounds::of(only_texts(class, &vehicle, item)))
    }

    /// The class that is examined.
    pub fn class(&self) -> &'static str {
        self.class
    }

    /// Who comes on a day.
    pub fn candidate(&self, day: Day, seed: u64) -> Temperament {
        match day {
            Day::Exam => driver::drawn_on(&self.field, seed),
            Day::Close => driver::close_on(&self.field, seed),
        }
    }

    /// The items, in the order in which they are driven.
    pub fn items(&self) -> Vec<String> {
        let mut sites: Vec<_> = self.judged.course.sites.iter().collect();
        sites.sort_by_key(|site| site.order);
        sites.iter().map(|site| site.manoeuvre.clone()).collect()
    }

    /// Items of the class that are not driven here.
    pub fn left_out(&self) -> Vec<String> {
        Documents::of_class(self.class).map_or_else(Vec::new, |documents| documents.left_out)
    }

    /// The village square under the edition in force.
    pub fn village() -> Grounds {
        Grounds::of(Texts::village())
    }

    /// The same, where nothing carries the vehicle while its fixes are not believed.
    pub fn village_without_reckoning() -> Grounds {
        Grounds::village_with(|line| match line.split_once(" = ") {
            Some(("reckon", _)) => "reckon = \"0 s\"\n".to_owned(),
            _ => line.to_owned() + "\n",
        })
    }

    /// The same, where a believed fix is recalled along its velocity for so many seconds.
    pub fn village_recalling(seconds: u32) -> Grounds {
        Grounds::village_with(|line| match line.split_once(" = ") {
            Some(("reckon", _)) => format!("{line}\nrecall = \"{seconds} s\"\n"),
            Some(("recall", _)) => String::new(),
            _ => line.to_owned() + "\n",
        })
    }

    /// Its edition, line by line.
    fn village_with(line: impl Fn(&str) -> String) -> Grounds {
        let texts = Texts::village();
        Grounds::of(Texts {
            syllabus: texts.syllabus.lines().map(line).collect(),
            ..texts
        })
    }

    fn of(texts: Texts) -> Grounds {
        let class = texts.class;
        let judged = Ground::of(&texts);
        let patient = Ground::of(&Texts {
            syllabus: patient(&texts.syllabus),
            ..texts.clone()
        });
        let telling = Ground::of(&Texts {
            syllabus: telling(&texts.syllabus),
            ..texts
        });
        let rows = judged
            .course
            .sites
            .iter()
            .filter(|site| site.manoeuvre == "pole_course");
        let sides = rows
            .flat_map(|site| site.poles())
            .map(|(_, _, side)| if format!("{side:?}") == "Left" { 'L' } else { 'R' })
            .collect();
        Grounds {
            field: Field::of(&judged.course, &judged.spec),
            judged,
            patient,
            telling,
            sides,
            class,
        }
    }

    /// How its unit is wired.
    pub fn config(&self) -> Config {
        config_on(&self.judged.spec, &self.judged.course)
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
    /// What its box is wired to.
    pub wired_to: Kind,
}

impl Case {
    /// The day of a seed.
    pub fn of(grounds: &Grounds, day: Day, weather: &Weather, seed: u64) -> Case {
        Case {
            day,
            seed,
            rider: grounds.candidate(day, seed),
            weather: *weather,
            installation: Installation::CAREFUL,
            wired_to: grounds.judged.spec.kind,
        }
    }

    /// How its sensors are set.
    pub fn settings(&self) -> Settings {
        Settings {
            weather: self.weather,
            installation: self.installation,
            wired_to: self.wired_to,
            ..Settings::default()
        }
    }

    /// By which rules it is judged.
    pub fn ground<'g>(&self, grounds: &'g Grounds) -> &'g Ground {
        match self.day {
            Day::Exam => &grounds.judged,
            Day::Close => &grounds.patient,
        }
    }

    /// Whether it may go a way: a train's samples come from bytes only.
    fn may_go(&self, way: Way, grounds: &Grounds) -> bool {
        way == Way::Bytes || way.is_open(&self.settings()) && grounds.judged.spec.trailer.is_none()
    }

    /// Rides it through the door of bytes, or straight where that is open.
    pub fn ride(&self, grounds: &Grounds, way: Way) -> River {
        let (ground, settings) = (self.ground(grounds), self.settings());
        let way = if self.may_go(way, grounds) { way } else { Way::Bytes };
        River::ride_by(
            way,
            grounds.config(),
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
    if way == Way::Bytes && case.may_go(Way::Samples, grounds) {
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
    let encounters: Vec<Encounter> = items
        .flat_map(|item| judge_in(&PROVINCE, item, &grounds.sides))
        .collect();
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
            ..verdict(grounds.class, &encounters, row("exam".into(), VERDICT))
        });
    }
    rows
}

/// What the regulation makes of the exam as a whole: innocent must pass, guilty must not.
fn verdict(class: &str, encounters: &[Encounter], row: Row) -> Row {
    let (lost, free) = (lost(encounters), 100 - pass_mark(class));
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
        let case = Case::of(&grounds, Day::Exam, &weather, 3);
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
                ride(&grounds, &Case::of(&grounds, day, &weather, 11), Way::Bytes).expect("the same");
            }
        }
    }

    /// Nobody innocent is charged, and nobody guilty passes in silence.
    fn assert_right(class: &str, rows: impl IntoIterator<Item = Row>) {
        for row in rows {
            let charged = row.outcome == Outcome::Charged;
            assert!(
                !charged || matches!(row.expected.as_str(), "tolerated" | "guilty"),
                "{class}: {row:?}"
            );
            assert!(
                row.expected != "guilty" || row.outcome != Outcome::Nothing,
                "{class}: {row:?}"
            );
        }
    }

    /// A handful of days in each weather, as a smoke alarm.
    #[test]
    fn nobody_is_judged_wrongly_in_a_handful_of_days() {
        let grounds = Grounds::village();
        for weather in weather::ALL {
            for (day, seed) in [(Day::Exam, 1), (Day::Exam, 2), (Day::Exam, 3), (Day::Close, 1)] {
                let case = Case::of(&grounds, day, &weather, seed);
                assert_right("E", ride(&grounds, &case, Way::Samples).expect("a day"));
            }
        }
    }

    /// The same of a class, in clear weather: somebody near every limit, who reaches the last item.
    fn class_on_a_close_day(class: &str) {
        let (grounds, weather) = (Grounds::of_class(class).expect("a ground"), weather::Weather::default());
        let close = Case::of(&grounds, Day::Close, &weather, 2);
        let rows = ride(&grounds, &close, Way::Samples).expect("a day");
        let sites = &grounds.judged.course.sites;
        let last = sites.iter().max_by_key(|site| site.order).expect("a site");
        assert!(
            rows.iter().any(|row| row.place.starts_with(&last.id)),
            "{class} stopped early"
        );
        assert!(
            rows.iter().any(|row| row.expected == "guilty"),
            "{class}: nobody did anything wrong"
        );
        assert_right(class, rows);
    }

    /// Each class with a test of its own: a class without one would be forgotten.
    macro_rules! classes {
        ($($test:ident: $class:literal),+) => {
            $(#[test]
            fn $test() {
                class_on_a_close_day($class);
            })+

            #[test]
            fn every_class_is_there() {
                assert_eq!([$($class),+].to_vec(), crate::classes::all().collect::<Vec<_>>());
            }
        };
    }

    classes! {
        a1: "A1", a2: "A2", a3: "A3", b1: "B1", b2: "B2", c1: "C1", c2: "C2", c3: "C3", c4: "C4", c5: "C5", c6: "C6", d: "D", e: "E", f: "F"
    }
}
