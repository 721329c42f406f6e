//! Three wheels among poles, on the hill and over bridges, and a truck over bridges: the engine charges what the oracle finds in the
//! truth, and nothing else.
//!
//! Each drives the item that the fault belongs to, on a course laid out with that item alone, through real bytes; who has no fault
//! drives them all.
use kaoguan_exam::{Answer, Verdict};
use kaoguan_oracle::{Encounter, Expected, judge};
use kaoguan_sim::driver::{self, Temperament};
use kaoguan_sim::sensors::Settings;
use kaoguan_sim::vehicle::Kind;
use kaoguan_tests::door::Way;
use kaoguan_tests::river::{Config, Ground, River, Texts, bridge_config, laid_out};

#[derive(Clone, Copy)]
struct Class {
    code: &'static str,
    kind: Kind,
    vehicle: &'static str,
}

const D: Class = Class {
    code: "D",
    kind: Kind::Tricycle,
    vehicle: include_str!("../../engine/vehicles/d-zs110zh.toml"),
};
const SIDECAR: Class = Class {
    code: "D",
    kind: Kind::Tricycle,
    vehicle: include_str!("../../engine/vehicles/d-sidecar.toml"),
};
const C4: Class = Class {
    code: "C4",
    kind: Kind::Car,
    vehicle: include_str!("../../engine/vehicles/c4-three-wheeler.toml"),
};
const B2: Class = Class {
    code: "B2",
    kind: Kind::Car,
    vehicle: include_str!("../../engine/vehicles/b2-truck.toml"),
};

impl Class {
    /// A course with these items, and the edition of 2022 in which the class is examined in nothing else.
    fn only(self, items: &[&str]) -> Ground {
        let texts = Texts::small_car();
        let course = laid_out(self.code, self.vehicle, items);
        let (head, tail) = texts
            .syllabus
            .split_once(&format!("[class.{}]", self.code))
            .expect("the class");
        let from = tail.find("items = [").expect("its items");
        let to = from + tail[from..].find(']').expect("their end");
        let syllabus = format!(
            "{head}[class.{}]{}items = {items:?}{}",
            self.code,
            &tail[..from],
            &tail[to + 1..]
        );
        Ground::of(&Texts {
            course,
            syllabus,
            vehicle: self.vehicle.to_owned(),
            class: self.code,
        })
    }

    fn drive(self, ground: &Ground, driver: &Temperament, config: Config, way: Way) -> River {
        let settings = Settings {
            wired_to: self.kind,
            ..Settings::default()
        };
        River::ride_by(way, config, ground, driver, 7, &settings, Answer::Dismiss)
    }
}

fn named(class: Class, name: &str) -> &'static Temperament {
    driver::choice(class.kind, name).unwrap_or_else(|| panic!("nobody is called {name}"))
}

/// The rules that are broken beyond the tolerance; of a band only the worse one.
fn guilty(encounters: &[Encounter]) -> Vec<String> {
    let is = |e: &&Encounter| e.expected() == Expected::Guilty;
    let broken = |rule| encounters.iter().filter(is).any(|e| e.rule == rule);
    let worst = |e: &&Encounter| e.worse.is_none_or(|worse| !broken(worse));
    sorted(encounters.iter().filter(is).filter(worst).map(|e| e.rule.to_owned()))
}

fn sorted(rules: impl Iterator<Item = String>) -> Vec<String> {
    let mut rules: Vec<String> = rules.collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

fn truth_of(river: &River) -> Vec<Encounter> {
    river.truth.items.iter().flat_map(|item| judge(item, "LRLRL")).collect()
}

fn charged(river: &River) -> Vec<String> {
    sorted(river.exam.findings().iter().map(|f| f.rule.clone()))
}

fn asked(river: &River) -> Vec<String> {
    sorted(river.exam.questions().iter().map(|q| q.rule.clone()))
}

/// What the engine charged is what the truth says, and nothing was asked.
fn check(class: Class, item: &str, names: &[&str]) {
    let ground = class.only(&[item]);
    for name in names {
        let river = class.drive(&ground, named(class, name), bridge_config(class.kind), Way::Bytes);
        let truth = truth_of(&river);
        let told = (charged(&river), asked(&river));
        assert_eq!(
            told,
            (guilty(&truth), vec![]),
            "{} {name}: {:#?}",
            class.code,
            river.truth.items
        );
        assert!(!guilty(&truth).is_empty(), "{name} has no fault in truth: {truth:?}");
        assert!(river.exam.verdict().is_final(), "{name}: {:?}", river.exam.verdict());
    }
}

const BRIDGES: [&str; 5] = [
    "bridge_left_dropped",
    "bridge_left_missed",
    "bridge_right_dropped",
    "bridge_right_missed",
    "bridge_stops",
];

#[test]
fn three_wheels_over_the_bridges() {
    check(D, "plank_bridge", &BRIDGES);
}

#[test]
fn a_sidecar_over_the_bridges() {
    check(SIDECAR, "plank_bridge", &BRIDGES);
}

#[test]
fn a_three_wheeler_over_the_bridges() {
    check(C4, "plank_bridge", &BRIDGES);
}

#[test]
fn a_truck_over_the_bridges() {
    check(B2, "plank_bridge", &BRIDGES);
}

const POLES: [&str; 4] = ["poles_over_line", "poles_stops", "poles_touched", "poles_wrong_side"];

#[test]
fn three_wheels_among_the_poles() {
    check(D, "pole_course", &POLES);
    check(D, "pole_course", &["no_helmet"]);
}

#[test]
fn a_three_wheeler_among_the_poles() {
    check(C4, "pole_course", &POLES);
    check(C4, "pole_course", &["no_belt"]);
}

#[test]
fn three_wheels_on_the_hill() {
    let faults = [
        "far_from_edge_425",
        "hill_over_edge",
        "rolls_back_200",
        "short_stop_200",
        "slow_start",
        "stalls",
    ];
    check(D, "hill_start", &faults);
}

/// A three-wheeler is a car: its bumper stops on the line, and it has a parking brake and a lamp to start with.
#[test]
fn a_three_wheeler_on_the_hill() {
    let faults = ["short_stop_200", "no_parking_brake", "hill_no_lamp", "rolls_back_200"];
    check(C4, "hill_start", &faults);
}

/// Nobody is forgotten above.
#[test]
fn every_rider_with_a_fault_is_checked() {
    let text = include_str!("three_wheels.rs");
    let with_fault = driver::choices(Kind::Tricycle)
        .iter()
        .filter(|who| who.faults.iter().next().is_some());
    let missing: Vec<&str> = with_fault
        .map(|who| who.name)
        .filter(|name| !text.contains(&format!("\"{name}\"")))
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}

/// Without a fault, over all items: nothing is said, nothing is asked.
#[test]
fn honest_riders_pass_the_whole_course() {
    for (class, names) in [(D, &["flawless", "calm", "hasty"][..]), (C4, &["flawless"])] {
        let ground = class.only(&["pole_course", "hill_start", "plank_bridge"]);
        for name in names {
            let river = class.drive(&ground, named(class, name), bridge_config(class.kind), Way::Samples);
            assert_eq!(asked(&river), Vec::<String>::new(), "{} {name}", class.code);
            assert_eq!(
                river.summary(),
                ("pass".to_owned(), 100, vec![]),
                "{} {name}",
                class.code
            );
        }
    }
}

#[test]
fn an_honest_truck_and_a_sidecar_pass_the_bridges() {
    for class in [B2, SIDECAR] {
        let ground = class.only(&["plank_bridge"]);
        let river = class.drive(&ground, named(class, "flawless"), bridge_config(class.kind), Way::Bytes);
        assert_eq!(asked(&river), Vec::<String>::new(), "{}", class.code);
        assert_eq!(river.summary(), ("pass".to_owned(), 100, vec![]), "{}", class.code);
    }
}

/// Without contacts nobody passes in silence: each wheel is asked about, and who is proven to be beside is charged.
#[test]
fn without_contacts_the_bridges_are_asked_or_proven() {
    // 200 mm beside: a low tricycle would lean by 79 mm on its bridge, a truck's antenna by 183 mm.
    for (class, beside) in [(D, true), (B2, false)] {
        let ground = class.only(&["plank_bridge"]);
        let mut config = bridge_config(class.kind);
        config.signals.plank = None;
        for (name, proven) in [("flawless", false), ("bridge_left_missed", beside)] {
            let river = class.drive(&ground, named(class, name), config.clone(), Way::Bytes);
            let all = [charged(&river), asked(&river)].concat();
            assert!(
                all.contains(&"plank_bridge.wheel_beside".to_owned()),
                "{} {name}: {all:?}",
                class.code
            );
            assert_eq!(charged(&river).is_empty(), !proven, "{} {name}", class.code);
            assert!(
                !matches!(river.exam.verdict(), Verdict::Fail { .. }),
                "{} {name}",
                class.code
            );
        }
    }
}
