//! The example truck between two bays, driven by the simulator: the engine charges what the oracle finds in the truth.
use kaoguan_course::{BuiltFor, TenthMm, standard};
use kaoguan_exam::Answer;
use kaoguan_oracle::{Encounter, Expected, judge};
use kaoguan_sim::driver;
use kaoguan_sim::sensors::Settings;
use kaoguan_sim::truth::ShiftTruth;
use kaoguan_sim::vehicle::Kind;
use kaoguan_tests::door::Way;
use kaoguan_tests::river::{Ground, River, Texts, car_config};

const EDITION_2017: &str = include_str!("../../engine/syllabi/ga1026-2017.toml");
const EDITION_2022: &str = include_str!("../../engine/syllabi/ga1026-2022.toml");

/// The example truck of class B2.
const TRUCK: BuiltFor = BuiltFor {
    length: TenthMm(90_000),
    width: TenthMm(24_900),
    wheelbase: TenthMm(52_000),
    ..BuiltFor::UNSAID
};

/// Its two bays, and an edition in which class B2 is examined in nothing else.
fn ground(edition: &str) -> Ground {
    let place = standard::Place::of_class("B2");
    let course = standard::lay_out("B2", &TRUCK, &["bay_shift".to_owned()], &place).expect("a good layout");
    let (head, tail) = edition.split_once("[class.B2]").expect("class B2");
    let (_, others) = tail.split_once("general").expect("its general rules");
    let own = "[class.B2]\npass_mark = \"90 points\"\nitems = [\"bay_shift\"]\ngeneral";
    Ground::of(&Texts {
        course,
        syllabus: format!("{head}{own}{others}"),
        vehicle: include_str!("../../engine/vehicles/b2-truck.toml").to_owned(),
        class: "B2",
    })
}

/// What a driver was charged with and asked about, what the truth says he is guilty of, and what he truly did.
struct Said {
    charged: Vec<String>,
    asked: Vec<String>,
    guilty: Vec<String>,
    truth: ShiftTruth,
}

fn drive(ground: &Ground, name: &str, way: Way) -> Said {
    let driver = driver::choice(Kind::Car, name).expect("a known driver");
    let settings = Settings {
        wired_to: Kind::Car,
        ..Settings::default()
    };
    let mut config = car_config();
    // A yard with poles has their sensors.
    config.signals.pole_hits = true;
    let river = River::ride_by(way, config, ground, driver, 7, &settings, Answer::Dismiss);
    let truth: Vec<Encounter> = river.truth.items.iter().flat_map(|item| judge(item, "")).collect();
    let guilty = truth.iter().filter(|e| e.expected() == Expected::Guilty);
    assert!(river.exam.verdict().is_final(), "{name}: {:?}", river.exam.verdict());
    let car = river.truth.items[0].car.clone().expect("a car");
    Said {
        charged: river.exam.findings().iter().map(|f| f.rule.clone()).collect(),
        asked: river.exam.questions().iter().map(|q| q.rule.clone()).collect(),
        guilty: guilty.map(|e| e.rule.to_owned()).collect(),
        truth: car.shift.expect("two bays"),
    }
}

#[test]
fn honest_drivers_shift_from_bay_to_bay() {
    let ground = ground(EDITION_2022);
    for (name, way) in [
        ("flawless", Way::Bytes),
        ("calm", Way::Samples),
        ("hasty", Way::Samples),
    ] {
        let said = drive(&ground, name, way);
        let nothing: [String; 0] = [];
        assert_eq!(
            (said.charged.as_slice(), said.asked.as_slice()),
            (&nothing[..], &nothing[..]),
            "{name}"
        );
        assert_eq!(said.guilty, nothing, "{name}");
        assert_eq!(said.truth.nose_out, "BA", "{name}");
        assert_eq!(said.truth.stands.len(), 4, "{name}: {:?}", said.truth);
    }
}

/// Each single fault is exactly its own finding; what no source settles is a question.
#[test]
fn each_driver_is_charged_with_what_he_did() {
    let ground = ground(EDITION_2022);
    for (name, charged, asked) in [
        ("shift_left_out", vec!["bay_shift.wrong_route"], vec![]),
        ("shift_not_in", vec!["bay_shift.not_in"], vec![]),
        ("shift_over_edge", vec!["bay_shift.body_out"], vec![]),
        ("shift_slow", vec!["bay_shift.too_slow"], vec![]),
        ("shift_stops", vec!["bay_shift.stopped"], vec![]),
        ("shift_straight_out", vec![], vec!["bay_shift.wrong_route"]),
        // Since 2022 a pole is named for three wheels and motorcycles only.
        ("shift_touches_pole", vec![], vec![]),
    ] {
        let said = drive(&ground, name, Way::Bytes);
        assert_eq!(
            (said.charged.clone(), said.asked.clone()),
            (strings(&charged), strings(&asked)),
            "{name}"
        );
        assert_eq!(said.guilty, strings(&charged), "{name}: {:?}", said.truth);
    }
}

/// Before 2022 a touched pole is a fault of large vehicles too; the truth has it to the millimetre.
#[test]
fn a_touched_pole_is_charged_before_2022() {
    let said = drive(&ground(EDITION_2017), "shift_touches_pole", Way::Bytes);
    assert_eq!(
        (said.charged, said.asked),
        (strings(&["bay_shift.pole_touched"]), vec![])
    );
    let into = said.truth.into_pole_mm.expect("poles");
    assert!((into - 250.0).abs() < 1.0, "{into}");
}

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

/// No driver is forgotten above.
#[test]
fn every_driver_between_the_bays_is_checked() {
    let text = include_str!("bay_shift.rs");
    for driver in driver::large()
        .iter()
        .filter(|driver| driver.name.starts_with("shift_"))
    {
        assert!(text.contains(&format!("\"{}\"", driver.name)), "{}", driver.name);
    }
}
