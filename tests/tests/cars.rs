//! Every driver of a small car: the engine charges what the oracle finds in the truth, and nothing else.
//!
//! Each drives the item that the fault belongs to, on a course laid out with that item alone; who has no fault drives them all.
use kaoguan_course::{BuiltFor, TenthMm, standard};
use kaoguan_exam::Answer;
use kaoguan_oracle::{Encounter, Expected, judge};
use kaoguan_sim::driver::{self, Temperament};
use kaoguan_sim::sensors::Settings;
use kaoguan_sim::vehicle::Kind;
use kaoguan_tests::door::Way;
use kaoguan_tests::river::{Ground, River, Texts, car_config};

/// The typical car of class C1.
const SANTANA: BuiltFor = BuiltFor {
    length: TenthMm(44_730),
    width: TenthMm(17_060),
    wheelbase: TenthMm(26_030),
    ..BuiltFor::UNSAID
};

/// A course with one item, and the edition of 2022 in which class C1 is examined in nothing else.
fn only(item: &str) -> Ground {
    let texts = Texts::small_car();
    let place = standard::Place::of_class("C1");
    let course = standard::lay_out("C1", &SANTANA, &[item.to_owned()], &place).expect("a good layout");
    let all = "items = [\"reverse_bay\", \"hill_start\", \"side_parking\", \"curve\", \"right_angle\"]";
    let syllabus = texts.syllabus.replace(all, &format!("items = [\"{item}\"]"));
    assert_ne!(syllabus, texts.syllabus, "the edition lists the items in another way");
    Ground::of(&Texts {
        course,
        syllabus,
        ..texts
    })
}

fn drive(ground: &Ground, driver: &Temperament, way: Way) -> River {
    let settings = Settings {
        wired_to: Kind::Car,
        ..Settings::default()
    };
    River::ride_by(way, car_config(), ground, driver, 7, &settings, Answer::Dismiss)
}

/// The rules that are broken beyond the tolerance; of a band only the worse one.
fn guilty(encounters: &[Encounter]) -> Vec<&str> {
    let is = |e: &&Encounter| e.expected() == Expected::Guilty;
    let broken = |rule| encounters.iter().filter(is).any(|e| e.rule == rule);
    let worst = |e: &&Encounter| e.worse.is_none_or(|worse| !broken(worse));
    sorted(encounters.iter().filter(is).filter(worst).map(|e| e.rule).collect())
}

fn sorted(mut rules: Vec<&str>) -> Vec<&str> {
    rules.sort_unstable();
    rules.dedup();
    rules
}

/// What the engine charged, what it asked, and what the truth says; every item was driven to its end.
fn check(item: &str, names: &[&str]) {
    let ground = only(item);
    for name in names {
        let driver = driver::choice(Kind::Car, name).expect("a known driver");
        let river = drive(&ground, driver, Way::Bytes);
        let truth: Vec<Encounter> = river.truth.items.iter().flat_map(|item| judge(item, "")).collect();
        let said = |rules: Vec<&str>| -> Vec<String> { sorted(rules).iter().map(ToString::to_string).collect() };
        let charged = said(river.exam.findings().iter().map(|f| f.rule.as_str()).collect());
        let asked = said(river.exam.questions().iter().map(|q| q.rule.as_str()).collect());
        // Nobody has said when a lamp must be off behind the corner: that is for a person to judge.
        let expected = match *name {
            "corner_lamp_stays" => (vec![], vec!["right_angle.lamp"]),
            _ => (guilty(&truth), vec![]),
        };
        assert_eq!((charged, asked), (said(expected.0.clone()), said(expected.1)), "{name}");
        assert!(!guilty(&truth).is_empty(), "{name} has no fault in truth: {truth:?}");
        assert!(river.exam.verdict().is_final(), "{name}: {:?}", river.exam.verdict());
    }
}

#[test]
fn reverse_bay() {
    check(
        "reverse_bay",
        &["bay_not_in", "bay_over_line", "bay_short", "bay_slow", "bay_stops"],
    );
}

#[test]
fn curve_and_belt() {
    check("curve", &["curve_over_edge", "curve_stops", "no_belt"]);
}

#[test]
fn right_angle() {
    check(
        "right_angle",
        &[
            "corner_lamp_stays",
            "corner_no_lamp",
            "corner_over_edge",
            "corner_stops",
        ],
    );
}

#[test]
fn side_parking() {
    let faults = ["no_lamp", "not_in", "over_edge", "over_line", "slow", "stops"];
    let names = faults.map(|fault| format!("slot_{fault}"));
    check("side_parking", &names.each_ref().map(String::as_str));
}

#[test]
fn hill_by_place() {
    let places = [
        "short_stop_200",
        "short_stop_700",
        "far_from_edge_425",
        "far_from_edge_650",
    ];
    check("hill_start", &places);
}

#[test]
fn hill_by_switch_and_motion() {
    let starts = ["hill_no_lamp", "no_parking_brake", "stalls", "slow_start"];
    check("hill_start", &starts);
    check("hill_start", &["hill_over_edge", "rolls_back_200", "rolls_back_450"]);
}

/// No driver is forgotten above.
#[test]
fn every_driver_with_a_fault_is_checked() {
    let text = include_str!("cars.rs");
    let missing: Vec<&str> = driver::choices(Kind::Car)
        .iter()
        .filter(|driver| driver.faults.iter().next().is_some())
        .filter(|driver| driver.faults.iter().all(|fault| fault.of_large_vehicles().is_none()))
        .map(|driver| driver.name)
        .filter(|name| !text.contains(&format!("\"{}\"", name.trim_start_matches("slot_"))))
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}

/// Without a fault, over all five items: nothing is said, nothing is asked.
#[test]
fn honest_drivers_pass_the_whole_course() {
    let ground = Ground::of(&Texts::small_car());
    for name in ["flawless", "calm", "hasty"] {
        let driver = driver::choice(Kind::Car, name).expect("a known driver");
        let river = drive(&ground, driver, Way::Samples);
        assert_eq!(river.summary(), ("pass".to_owned(), 100, vec![]), "{name}");
        assert_eq!(river.exam.questions(), [], "{name}");
    }
}
