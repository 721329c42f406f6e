//! Drivers of a truck at the gates, on the narrow road and between the discs: through real bytes the engine charges what the
//! oracle finds in the truth, and nothing else. Of a train what it draws is judged as well.
use kaoguan_exam::Answer;
use kaoguan_oracle::{Encounter, Expected, judge};
use kaoguan_sim::driver;
use kaoguan_sim::sensors::Settings;
use kaoguan_sim::vehicle::Kind;
use kaoguan_tests::door::Way;
use kaoguan_tests::large::only;
use kaoguan_tests::river::{Ground, River, config_on};

const TRUCK: &str = include_str!("../../engine/vehicles/b2-truck.toml");
const TRACTOR: &str = include_str!("../../engine/vehicles/a2-tractor.toml");

fn drive(ground: &Ground, name: &str, way: Way) -> River {
    let settings = Settings {
        wired_to: Kind::Car,
        ..Settings::default()
    };
    let driver = driver::choice(Kind::Car, name).expect("a known driver");
    let config = config_on(&ground.spec, &ground.course);
    // A trailer's receiver speaks in bytes only.
    let way = if ground.spec.trailer.is_some() { Way::Bytes } else { way };
    River::ride_by(way, config, ground, driver, 7, &settings, Answer::Dismiss)
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
fn check(class: &'static str, vehicle: &str, item: &str, names: &[&str]) {
    let ground = only(class, vehicle, item);
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
    check("B2", TRUCK, "width_gate", &GATES);
    check("A2", TRACTOR, "width_gate", &GATES);
}

#[test]
fn narrow_turn() {
    check("B2", TRUCK, "narrow_turn", &NARROW);
}

#[test]
fn obstacle_discs() {
    check("B2", TRUCK, "obstacle_discs", &DISCS);
    check("A2", TRACTOR, "obstacle_discs", &DISCS);
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
        // Of whoever leaves a disc beside a person is asked: see `discs.rs`.
        .filter(|name| *name != "disc_beside")
        .filter(|name| !GATES.iter().chain(&NARROW).chain(&DISCS).any(|known| known == name))
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}
