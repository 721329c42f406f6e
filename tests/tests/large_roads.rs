//! Drivers of a truck at the gates, on the narrow road and between the discs: through real bytes the engine charges what the
//! oracle finds in the truth, and nothing else.
use kaoguan_course::{BuiltFor, TenthMm, standard};
use kaoguan_exam::Answer;
use kaoguan_oracle::{Encounter, Expected, judge};
use kaoguan_sim::driver;
use kaoguan_sim::sensors::Settings;
use kaoguan_sim::vehicle::Kind;
use kaoguan_tests::door::Way;
use kaoguan_tests::river::{Ground, River, Texts, car_config};

const TRUCK: BuiltFor = BuiltFor {
    length: TenthMm(90_000),
    width: TenthMm(24_900),
    wheelbase: TenthMm(52_000),
    ..BuiltFor::UNSAID
};

/// The oracle writes the edition of 2022; of the discs, which that has no more, what the one before it says.
fn edition(item: &str) -> &'static str {
    match item {
        "obstacle_discs" => include_str!("../../engine/syllabi/ga1026-2017.toml"),
        _ => include_str!("../../engine/syllabi/ga1026-2022.toml"),
    }
}

/// A course with one item, and an edition in which class B2 is examined in nothing else.
fn only(item: &str) -> Ground {
    let place = standard::Place::of_class("B2");
    let course = standard::lay_out("B2", &TRUCK, &[item.to_owned()], &place).expect("a good layout");
    let (head, tail) = edition(item).split_once("[class.B2]").expect("class B2");
    let (own, others) = tail.split_once("[class.C1]").expect("class C1");
    let own: Vec<String> = own
        .lines()
        .map(|line| match line.starts_with("items = ") {
            true => format!("items = [\"{item}\"]"),
            false => line.to_owned(),
        })
        .collect();
    Ground::of(&Texts {
        course,
        syllabus: format!("{head}[class.B2]{}\n[class.C1]{others}", own.join("\n")),
        vehicle: include_str!("../../engine/vehicles/b2-truck.toml").to_owned(),
        class: "B2",
    })
}

fn drive(ground: &Ground, name: &str, way: Way) -> River {
    let settings = Settings {
        wired_to: Kind::Car,
        ..Settings::default()
    };
    let driver = driver::choice(Kind::Car, name).expect("a known driver");
    River::ride_by(way, car_config(), ground, driver, 7, &settings, Answer::Dismiss)
}

/// The rules that are broken beyond the tolerance; of a band only the worse one.
fn guilty(encounters: &[Encounter]) -> Vec<String> {
    let is = |e: &&Encounter| e.expected() == Expected::Guilty;
    let broken = |rule| encounters.iter().filter(is).any(|e| e.rule == rule);
    let worst = |e: &&Encounter| e.worse.is_none_or(|worse| !broken(worse));
    sorted(encounters.iter().filter(is).filter(worst).map(|e| e.rule))
}

fn sorted<'r>(rules: impl Iterator<Item = &'r str>) -> Vec<String> {
    let mut rules: Vec<String> = rules.map(str::to_owned).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

/// Who has no fault passes without a question; who has one is charged with that, and asked about nothing.
fn check(item: &str, names: &[&str]) {
    let ground = only(item);
    for name in ["flawless", "calm", "hasty"] {
        let river = drive(&ground, name, Way::Samples);
        assert_eq!(river.summary(), ("pass".to_owned(), 100, vec![]), "{name}");
        assert_eq!(river.exam.questions(), [], "{name}");
    }
    for name in names {
        let river = drive(&ground, name, Way::Bytes);
        let truth: Vec<Encounter> = river.truth.items.iter().flat_map(|item| judge(item, "")).collect();
        let charged = sorted(river.exam.findings().iter().map(|f| f.rule.as_str()));
        assert_eq!(charged, guilty(&truth), "{name}");
        assert!(!charged.is_empty(), "{name} has no fault in truth: {truth:?}");
        assert_eq!(river.exam.questions(), [], "{name}");
        assert!(river.exam.verdict().is_final(), "{name}: {:?}", river.exam.verdict());
    }
}

const GATES: [&str; 4] = ["gate_missed", "gate_slow", "gate_stops", "gate_touched"];
const NARROW: [&str; 4] = ["narrow_moves", "narrow_over_edge", "narrow_slow", "narrow_stops"];
const DISCS: [&str; 3] = ["disc_run_over", "disc_stops", "disc_touched"];

#[test]
fn width_gate() {
    check("width_gate", &GATES);
}

#[test]
fn narrow_turn() {
    check("narrow_turn", &NARROW);
}

#[test]
fn obstacle_discs() {
    check("obstacle_discs", &DISCS);
}

/// No driver of these items is forgotten above.
#[test]
fn every_driver_of_these_items_is_checked() {
    let items = ["width_gate", "narrow_turn", "obstacle_discs"];
    let of_these = driver::choices(Kind::Car).iter().filter(|driver| {
        let of = |fault: driver::Fault| fault.of_large_vehicles().is_some_and(|item| items.contains(&item));
        driver.faults.iter().any(of)
    });
    let missing: Vec<&str> = of_these
        .map(|driver| driver.name)
        .filter(|name| !GATES.iter().chain(&NARROW).chain(&DISCS).any(|known| known == name))
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}
