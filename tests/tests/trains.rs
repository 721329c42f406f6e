//! Trains from bytes to verdict: the engine charges what the oracle finds in the truth, and nothing else.
//!
//! Each drives a course of its class laid out for it; its trailer's receiver speaks on a port of its own.
use kaoguan_course::{BuiltFor, TenthMm, standard};
use kaoguan_exam::scene::VehiclePoint;
use kaoguan_exam::{Answer, Vehicle};
use kaoguan_oracle::{Encounter, Expected, judge};
use kaoguan_sim::driver::{self, Fault, Faults, Temperament};
use kaoguan_sim::sensors::Settings;
use kaoguan_sim::vehicle::Kind;
use kaoguan_tests::door::Way;
use kaoguan_tests::river::{Ground, River, Texts, train_config};

const A2: &str = include_str!("../../engine/vehicles/a2-tractor.toml");
/// Items that are the same for all large vehicles, but for their measures.
const ROADS: [&str; 7] = [
    "emergency",
    "expressway",
    "mountain_bends",
    "rain_fog",
    "slippery",
    "tunnel",
    "width_gate",
];
const C6: &str = include_str!("../../engine/vehicles/c6-light-trailer.toml");

/// A course of a class with these items, and the edition of 2022 in which the class is examined in nothing else.
fn ground(class: &'static str, file: &str, items: &[&str]) -> Ground {
    let vehicle = Vehicle::parse(file).expect("a good vehicle");
    let [length, width] = vehicle.overall().map(|mm| TenthMm(mm * 10));
    let built = BuiltFor {
        length,
        width,
        wheelbase: TenthMm(vehicle.wheelbase() * 10),
        ..BuiltFor::UNSAID
    };
    let names: Vec<String> = items.iter().map(|item| (*item).to_owned()).collect();
    let edition = include_str!("../../engine/syllabi/ga1026-2022.toml");
    let (head, rest) = edition.split_once(&format!("[class.{class}]")).expect("the class");
    let (own, tail) = rest.split_once("general").expect("what holds everywhere");
    let listed = own.split_once("items").expect("its items").0;
    Ground::of(&Texts {
        course: laid_out(class, &built, &names),
        syllabus: format!("{head}[class.{class}]{listed}items = {names:?}\ngeneral{tail}"),
        vehicle: file.to_owned(),
        class,
    })
}

/// Straight roads are nobody's own: the builder lays them out for a coach.
fn laid_out(class: &str, built: &BuiltFor, names: &[String]) -> String {
    let of = match names.iter().any(|name| ROADS.contains(&name.as_str())) {
        true => "A1",
        false => class,
    };
    standard::lay_out(of, built, names, &standard::Place::of_class(of)).expect("a layout")
}

fn drive(ground: &Ground, driver: &Temperament) -> River {
    let settings = Settings {
        wired_to: Kind::Car,
        ..Settings::default()
    };
    River::ride_by(
        Way::Bytes,
        train_config(),
        ground,
        driver,
        7,
        &settings,
        Answer::Dismiss,
    )
}

fn by(fault: Fault) -> Temperament {
    let flawless = driver::choice(Kind::Car, "flawless").expect("a known driver");
    Temperament {
        faults: Faults::one(fault),
        ..*flawless
    }
}

fn guilty(encounters: &[Encounter]) -> Vec<String> {
    let is = |e: &&Encounter| e.expected() == Expected::Guilty;
    encounters.iter().filter(is).map(|e| e.rule.to_owned()).collect()
}

/// What was charged, what was asked, what the truth says; every item was driven to its end.
fn judged(river: &River) -> (Vec<String>, Vec<String>, Vec<String>) {
    let truth: Vec<Encounter> = river.truth.items.iter().flat_map(|item| judge(item, "")).collect();
    let charged = river.exam.findings().iter().map(|f| f.rule.clone()).collect();
    let asked = river.exam.questions().iter().map(|q| q.rule.clone()).collect();
    assert!(river.exam.verdict().is_final(), "{:?}", river.exam.board().items);
    (charged, asked, guilty(&truth))
}

#[test]
fn honest_drivers_pass() {
    let flawless = driver::choice(Kind::Car, "flawless").expect("a known driver");
    for (class, file, items) in [
        ("A2", A2, &["hill_start", "curve", "right_angle"][..]),
        ("C6", C6, &["trailer_bay", "curve", "right_angle"]),
    ] {
        let river = drive(&ground(class, file, items), flawless);
        let none: Vec<String> = Vec::new();
        assert_eq!(judged(&river), (none.clone(), none.clone(), none), "{class}");
        assert_eq!(river.summary(), ("pass".to_owned(), 100, vec![]), "{class}");
    }
}

/// Straight roads of its group, one after the other.
#[test]
fn a_semi_trailer_drives_the_simulated_roads() {
    let flawless = driver::choice(Kind::Car, "flawless").expect("a known driver");
    for items in [
        &["width_gate", "tunnel", "rain_fog"][..],
        &["slippery", "emergency"],
        &["expressway"],
        &["mountain_bends"],
    ] {
        let river = drive(&ground("A2", A2, items), flawless);
        let none: Vec<String> = Vec::new();
        assert_eq!(judged(&river), (none.clone(), none.clone(), none), "{items:?}");
        assert_eq!(river.summary(), ("pass".to_owned(), 100, vec![]), "{items:?}");
    }
}

/// 250 mm: beyond what a truck's survey of 20 mm leaves open. It is the trailer's tyre that cuts the bend's inner edge.
#[test]
fn a_trailer_that_cuts_the_corner_is_charged() {
    for (class, file) in [("A2", A2), ("C6", C6)] {
        for (item, fault) in [
            ("curve", Fault::CurveOverEdge { beyond: 0.250 }),
            ("right_angle", Fault::CornerOverEdge { beyond: 0.250 }),
        ] {
            let river = drive(&ground(class, file, &[item]), &by(fault));
            let rule = format!("{item}.wheel_on_edge");
            let (charged, asked, truth) = judged(&river);
            assert_eq!(
                (charged, asked, truth),
                (vec![rule.clone()], vec![], vec![rule]),
                "{class}"
            );
            let finding = &river.exam.findings()[0];
            let value = finding.measure.map_or(0, |measure| measure.value);
            assert!((value - 250).abs() < 60, "{class} {item}: {value}");
            let scene = finding.scene.as_ref().expect("it was painted");
            let point = scene.arrow.expect("it was measured").point;
            // In the wide curve of class C6 whoever drifts to the inside goes over it with the car first.
            let worst = match (class, item) {
                ("C6", "curve") => VehiclePoint::FrontTyre,
                _ => VehiclePoint::TrailerTyre,
            };
            assert_eq!(point, worst, "{class} {item}");
            assert!(
                scene.poses.iter().all(|pose| pose.trailer.len() == 24),
                "{class} {item}"
            );
        }
    }
}

/// Not wholly in, short of the control line, the trailer over a side of the bay: each exactly its own finding.
#[test]
fn each_fault_of_the_bay_is_charged() {
    for (rule, fault) in [
        ("not_in", Fault::BayNotIn { out: 0.250 }),
        ("not_past_control", Fault::BayShort { short: 0.250 }),
        ("body_out", Fault::BayOverLine { beyond: 0.250 }),
    ] {
        let river = drive(&ground("C6", C6, &["trailer_bay"]), &by(fault));
        let rule = format!("trailer_bay.{rule}");
        let (charged, asked, truth) = judged(&river);
        assert_eq!(
            (charged, asked, truth),
            (vec![rule.clone()], vec![], vec![rule.clone()])
        );
    }
}
