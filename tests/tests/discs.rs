//! 通过连续障碍 under the editions that have it: large vehicles and a semi-trailer, astride of the discs, from bytes to verdict.
//!
//! The engine charges what the oracle finds in the truth, and nothing else. A tractor's road has three discs, and of its train each tyre
//! is judged: what cuts in farthest is the trailer's.
use kaoguan_exam::Answer;
use kaoguan_exam::scene::VehiclePoint;
use kaoguan_oracle::{Encounter, Expected, judge};
use kaoguan_sim::driver;
use kaoguan_sim::sensors::Settings;
use kaoguan_sim::vehicle::Kind;
use kaoguan_tests::door::Way;
use kaoguan_tests::large::{laid, only_under};
use kaoguan_tests::river::{Ground, River, config_on};

const EDITIONS: [(&str, &str); 2] = [
    ("2012", include_str!("../../engine/syllabi/ga1026-2012.toml")),
    ("2017", include_str!("../../engine/syllabi/ga1026-2017.toml")),
];
const VEHICLES: [(&str, &str, usize); 5] = [
    ("A1", include_str!("../../engine/vehicles/a1-coach.toml"), 6),
    ("A2", include_str!("../../engine/vehicles/a2-tractor.toml"), 3),
    ("A3", include_str!("../../engine/vehicles/a3-bus.toml"), 6),
    ("B1", include_str!("../../engine/vehicles/b1-minibus.toml"), 6),
    ("B2", include_str!("../../engine/vehicles/b2-truck.toml"), 6),
];

fn drive(ground: &Ground, name: &str) -> River {
    let settings = Settings {
        wired_to: Kind::Car,
        ..Settings::default()
    };
    let driver = driver::choice(Kind::Car, name).expect("a known driver");
    let config = config_on(&ground.spec, &ground.course);
    River::ride_by(Way::Bytes, config, ground, driver, 7, &settings, Answer::Dismiss)
}

/// What is charged, asked, and beyond the tolerance in truth; of a band the worse one.
fn judged(river: &River) -> [Vec<String>; 3] {
    let truth: Vec<Encounter> = river.truth.items.iter().flat_map(|item| judge(item, "")).collect();
    let guilty = |rule: &str| {
        let mut of_rule = truth.iter().filter(|e| e.rule == rule);
        of_rule.any(|e| e.expected() == Expected::Guilty)
    };
    let worst = truth.iter().filter(|e| guilty(e.rule) && !e.worse.is_some_and(guilty));
    assert!(river.exam.verdict().is_final(), "{:?}", river.exam.verdict());
    [
        river.exam.findings().iter().map(|f| f.rule.clone()).collect(),
        river.exam.questions().iter().map(|q| q.rule.clone()).collect(),
        worst.map(|e| e.rule.to_owned()).collect(),
    ]
}

fn none() -> [Vec<String>; 3] {
    Default::default()
}

#[test]
fn whoever_drives_astride_of_the_discs_passes() {
    for (edition, text) in EDITIONS {
        for (class, vehicle, discs) in VEHICLES {
            let ground = only_under(text, class, vehicle, "obstacle_discs");
            assert_eq!(ground.course.sites[0].parts_of("disc").count(), discs, "{class}");
            for name in ["flawless", "hasty"] {
                let river = drive(&ground, name);
                assert_eq!(judged(&river), none(), "{edition} {class} {name}");
                assert_eq!(river.summary(), ("pass".to_owned(), 100, vec![]), "{edition} {class}");
            }
        }
    }
}

/// 500 mm, 180 mm, 4 s.
#[test]
fn each_fault_of_a_semi_trailer_is_its_own_finding() {
    let (_, tractor, _) = VEHICLES[1];
    for (edition, text) in EDITIONS {
        let ground = only_under(text, "A2", tractor, "obstacle_discs");
        for (name, rule) in [
            ("disc_run_over", "disc_run_over"),
            ("disc_touched", "disc_touched"),
            ("disc_stops", "stopped"),
        ] {
            let river = drive(&ground, name);
            let rule = vec![format!("obstacle_discs.{rule}")];
            assert_eq!(judged(&river), [rule.clone(), vec![], rule], "{edition} {name}");
        }
    }
}

/// The tractor's wheels are still clear of the disc that the trailer runs over.
#[test]
fn it_is_the_trailer_that_cuts_in() {
    let (_, tractor, _) = VEHICLES[1];
    let river = drive(
        &only_under(EDITIONS[1].1, "A2", tractor, "obstacle_discs"),
        "disc_touched",
    );
    let finding = &river.exam.findings()[0];
    let value = finding.measure.map_or(0, |measure| measure.value);
    assert!((value - 180).abs() < 60, "{value}");
    let scene = finding.scene.as_ref().expect("it was painted");
    assert_eq!(scene.arrow.expect("it was measured").point, VehiclePoint::TrailerTyre);
}

/// 300 mm beside the third disc: by default a person is asked whether that is the prescribed route; an edition may charge it or not mind.
#[test]
fn whoever_leaves_a_disc_beside_is_asked_about_unless_the_edition_says_more() {
    for (class, vehicle, _) in [VEHICLES[1], VEHICLES[4]] {
        for (edition, text) in EDITIONS {
            for (word, charged, asked) in [("asked", 0, 1), ("charged", 1, 0), ("free", 0, 0)] {
                let turn = format!("\ndiscs_beside = \"{word}\"\n");
                let text = laid(text, &format!("ga1026-{edition}"), &turn);
                let river = drive(&only_under(&text, class, vehicle, "obstacle_discs"), "disc_beside");
                let rule = "obstacle_discs.wrong_route".to_owned();
                let [findings, questions, truth] = judged(&river);
                let place = format!("{edition} {class} {word}");
                assert_eq!(findings, vec![rule.clone(); charged], "{place}");
                assert_eq!(questions, vec![rule.clone(); asked], "{place}");
                assert_eq!(truth, [rule], "{place}");
                for measure in river.exam.findings().iter().filter_map(|finding| finding.measure) {
                    assert!((measure.value - 300).abs() < 60, "{place}: {measure:?}");
                }
            }
        }
    }
}
