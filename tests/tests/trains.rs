//! Trains from bytes to verdict: the engine charges what the oracle finds in the truth, and nothing else.
//!
//! Each drives a course of its class laid out for it; its trailer's receiver speaks on a port of its own.
use kaoguan_exam::Answer;
use kaoguan_exam::scene::VehiclePoint;
use kaoguan_oracle::{Encounter, Expected, judge};
use kaoguan_sim::driver::{self, Fault, Faults, Temperament};
use kaoguan_sim::sensors::Settings;
use kaoguan_sim::vehicle::Kind;
use kaoguan_tests::door::Way;
use kaoguan_tests::large::with_free_trailers;
use kaoguan_tests::river::{Ground, River, Texts, config_on, laid_out};

const A2: &str = include_str!("../../engine/vehicles/a2-tractor.toml");
const C6: &str = include_str!("../../engine/vehicles/c6-light-trailer.toml");

/// A course of a class with these items, and the edition of 2022 in which the class is examined in nothing else.
fn ground(class: &'static str, file: &str, items: &[&str]) -> Ground {
    let names: Vec<String> = items.iter().map(|item| (*item).to_owned()).collect();
    let edition = include_str!("../../engine/syllabi/ga1026-2022.toml");
    let (head, rest) = edition.split_once(&format!("[class.{class}]")).expect("the class");
    let (own, tail) = rest.split_once("general").expect("what holds everywhere");
    let listed = own.split_once("items").expect("its items").0;
    Ground::of(&Texts {
        course: laid_out(class, file, items),
        // Of a trailer's wheels at the bridges a person is asked by default; here nobody is.
        syllabus: with_free_trailers(&format!(
            "{head}[class.{class}]{listed}items = {names:?}\ngeneral{tail}"
        )),
        vehicle: file.to_owned(),
        class,
    })
}

fn drive(ground: &Ground, driver: &Temperament) -> River {
    let settings = Settings {
        wired_to: Kind::Car,
        bridges: ground.course.sites.iter().any(|site| site.part("deck_left").is_some()),
        ..Settings::default()
    };
    River::ride_by(
        Way::Bytes,
        config_on(&ground.spec, &ground.course),
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

/// With the trailer first into bays and slot and across the narrow road, between the gates and over the bridges: nothing is said of whoever
/// does nothing wrong, however fast he is.
#[test]
fn a_semi_trailer_drives_its_own_items() {
    for item in ["bay_shift", "narrow_turn", "plank_bridge", "side_parking", "width_gate"] {
        let ground = ground("A2", A2, &[item]);
        for name in ["flawless", "calm", "hasty"] {
            let driver = driver::choice(Kind::Car, name).expect("a known driver");
            let river = drive(&ground, driver);
            let none: Vec<String> = Vec::new();
            assert_eq!(judged(&river), (none.clone(), none.clone(), none), "{item} {name}");
            assert_eq!(river.summary(), ("pass".to_owned(), 100, vec![]), "{item} {name}");
        }
    }
}

/// Of whom a person is asked: out of A by A's own mouth is settled by no source.
const ASKED: [(&str, &str); 1] = [("shift_straight_out", "bay_shift.wrong_route")];

/// Everybody who does one thing wrong in one of them: what the truth says is charged, and nothing else is said. Of the bays' poles the edition of
/// 2022 says nothing for large vehicles.
#[test]
fn each_fault_of_a_semi_trailer_is_charged() {
    let mut unlike = Vec::new();
    for (item, names) in [
        (
            "bay_shift",
            &[
                "shift_left_out",
                "shift_not_in",
                "shift_over_edge",
                "shift_straight_out",
                "shift_slow",
                "shift_stops",
            ][..],
        ),
        (
            "narrow_turn",
            &["narrow_moves", "narrow_over_edge", "narrow_slow", "narrow_stops"],
        ),
        (
            "plank_bridge",
            &[
                "bridge_left_dropped",
                "bridge_left_missed",
                "bridge_right_dropped",
                "bridge_right_missed",
                "bridge_stops",
            ],
        ),
        (
            "side_parking",
            &[
                "slot_no_lamp",
                "slot_not_in",
                "slot_over_edge",
                "slot_over_line",
                "slot_slow",
                "slot_stops",
            ],
        ),
        (
            "width_gate",
            &["gate_missed", "gate_slow", "gate_stops", "gate_touched"],
        ),
    ] {
        let ground = ground("A2", A2, &[item]);
        for name in names {
            let driver = driver::choice(Kind::Car, name).unwrap_or_else(|| panic!("nobody is called {name}"));
            let (mut charged, asked, mut truth) = judged(&drive(&ground, driver));
            for rules in [&mut charged, &mut truth] {
                rules.sort_unstable();
                rules.dedup();
            }
            let due: Vec<&str> = ASKED
                .iter()
                .filter(|(who, _)| who == name)
                .map(|(_, rule)| *rule)
                .collect();
            let right = charged == truth && asked == due && !(truth.is_empty() && due.is_empty());
            unlike.extend((!right).then(|| format!("{name}: {charged:?} {asked:?}, in truth {truth:?}")));
        }
    }
    assert!(unlike.is_empty(), "{}", unlike.join("\n"));
}
