//! Which of the simulator's drivers is charged with which rule, on a course laid out for the class.
use crate::door::Way;
use crate::large::only;
use crate::river::{Ground, River, Texts, config_on};
use kaoguan_exam::{Answer, Vehicle};
use kaoguan_sim::driver::{self, Fault, Temperament};
use kaoguan_sim::sensors::Settings;
use kaoguan_sim::vehicle::Kind;
use std::collections::BTreeMap;
use std::fmt::Write;

/// By rule: class and driver, as `C1 curve_stops`; those that a person was asked about end with a question mark.
pub type Runs = BTreeMap<String, Vec<String>>;

/// The grounds on which a class is driven.
fn grounds() -> Vec<Texts> {
    vec![Texts::village(), Texts::small_car(), Texts::three_wheels()]
}

/// Drives every driver of every class; says what it does.
///
/// # Panics
/// Where a text is bad.
pub fn driven(say: impl Fn(&str)) -> Runs {
    let mut runs = whole_courses(&say);
    for (rule, drivers) in large(&say) {
        runs.entry(rule).or_default().extend(drivers);
    }
    sorted(runs)
}

/// Drives the drivers of large vehicles once more, and keeps what is known of the others.
///
/// # Panics
/// Where a text is bad.
pub fn large_again(mut runs: Runs, say: impl Fn(&str)) -> Runs {
    let is_large = |name: &String| LARGE.iter().any(|(class, _)| name.starts_with(&format!("{class} ")));
    runs.values_mut()
        .for_each(|drivers| drivers.retain(|name| !is_large(name)));
    for (rule, drivers) in large(&say) {
        runs.entry(rule).or_default().extend(drivers);
    }
    runs.retain(|_, drivers| !drivers.is_empty());
    sorted(runs)
}

/// The typical coach, semi-trailer and truck.
const LARGE: [(&str, &str); 3] = [
    ("A1", include_str!("../../../engine/vehicles/a1-coach.toml")),
    ("A2", include_str!("../../../engine/vehicles/a2-tractor.toml")),
    ("B2", include_str!("../../../engine/vehicles/b2-truck.toml")),
];

/// Who does something wrong in an item that only large vehicles have, on a course with that item alone.
fn large(say: &impl Fn(&str)) -> Runs {
    let mut runs = Runs::new();
    let shift = driver::large().iter().map(|driver| ("bay_shift", driver));
    let others = driver::choices(Kind::Car).iter().chain(driver::on_roads());
    let others = others.filter_map(|driver| Some((driver.faults.iter().find_map(Fault::of_large_vehicles)?, driver)));
    for (item, driver) in shift.chain(others) {
        for (class, vehicle) in LARGE {
            say(&format!("{class} {}", driver.name));
            drive(&mut runs, class, &only(class, vehicle, item), driver);
        }
    }
    runs
}

fn sorted(mut runs: Runs) -> Runs {
    for of_one in runs.values_mut() {
        of_one.sort();
        of_one.dedup();
    }
    runs
}

fn whole_courses(say: &impl Fn(&str)) -> Runs {
    let mut runs = Runs::new();
    for texts in grounds() {
        let vehicle = Vehicle::parse(&texts.vehicle).expect("a good vehicle");
        let kind = Kind::of(vehicle.class());
        let ground = Ground::of(&texts);
        for driver in driver::choices(kind) {
            say(&format!("{} {}", texts.class, driver.name));
            drive(&mut runs, texts.class, &ground, driver);
        }
    }
    runs
}

/// One drive, by what was charged and asked.
fn drive(runs: &mut Runs, class: &str, ground: &Ground, driver: &Temperament) {
    let settings = Settings {
        wired_to: ground.spec.kind,
        bridges: ground.course.sites.iter().any(|site| site.part("deck_left").is_some()),
        ..Settings::default()
    };
    let config = config_on(&ground.spec, &ground.course);
    // The straight door has no trailer's port.
    let way = match config.trailer {
        Some(_) => Way::Bytes,
        None => Way::Samples,
    };
    let river = River::ride_by(way, config, ground, driver, 7, &settings, Answer::Dismiss);
    let name = format!("{class} {}", driver.name);
    for finding in river.exam.findings() {
        runs.entry(finding.rule.clone()).or_default().push(name.clone());
    }
    for question in river.exam.questions() {
        runs.entry(question.rule.clone()).or_default().push(format!("{name}?"));
    }
}

/// As a file: a rule a line.
pub fn text(runs: &Runs) -> String {
    let mut text = String::new();
    for (rule, drivers) in runs {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{rule}\t{}", drivers.join("\t"));
    }
    text
}

/// From a file.
pub fn parse(text: &str) -> Runs {
    let mut runs = Runs::new();
    for line in text.lines() {
        let mut words = line.split('\t').map(str::to_owned);
        if let Some(rule) = words.next() {
            runs.insert(rule, words.collect());
        }
    }
    runs
}
