//! What the facts say that editions differ in, on the same rides (facts, exam rules 2, 3 and 9).
use kaoguan_exam::syllabus::overlay::overlaid;
use kaoguan_exam::{Answer, ItemState, Syllabus};
use kaoguan_tests::river::{River, Texts};

const EDITIONS: [(&str, &str); 3] = [
    ("2012", include_str!("../../engine/syllabi/ga1026-2012.toml")),
    ("2017", include_str!("../../engine/syllabi/ga1026-2017.toml")),
    ("2022", include_str!("../../engine/syllabi/ga1026-2022.toml")),
];

fn ride(syllabus: &str, rider: &str) -> River {
    let texts = Texts {
        syllabus: syllabus.to_owned(),
        ..Texts::village()
    };
    River::ride(&texts, rider, 7, Answer::Dismiss)
}

/// Verdict, points and charged rules in each edition.
fn check(rider: &str, expected: [(&str, i32, &[&str]); 3]) {
    for ((edition, text), (verdict, points, rules)) in EDITIONS.into_iter().zip(expected) {
        let (have, left, charged) = ride(text, rider).summary();
        assert_eq!(
            (have.as_str(), left),
            (verdict, points),
            "{rider} {edition}: {charged:?}"
        );
        assert_eq!(charged, rules, "{rider} {edition}");
    }
}

#[test]
fn a_clean_ride_is_clean_in_every_edition() {
    check("flawless", [("pass", 100, &[]); 3]);
}

/// 中途停车: 100 in 2012, 5 each time since 2017.
#[test]
fn a_stop_among_the_poles_ended_the_exam_in_2012() {
    let stopped: &[&str] = &["pole_course.stopped"];
    check(
        "stops_in_poles",
        [("fail", 0, stopped), ("pass", 95, stopped), ("pass", 95, stopped)],
    );
}

/// 140 mm back: less than 30 cm cost 10 in 2012; since 2017 less than 10 cm costs nothing, and this is too near to that to be charged.
#[test]
fn rolling_back_a_little_had_no_lower_bound_in_2012() {
    let rolled: &[&str] = &["hill_start.rolled_back"];
    check(
        "rolls_back_140",
        [("pass", 90, rolled), ("pass", 100, &[]), ("pass", 100, &[])],
    );
}

/// 因扣分…致使继续考试无法达到合格标准的，本次考试终止: since 2022.
#[test]
fn a_lost_exam_goes_on_before_2022() {
    for (edition, text) in EDITIONS {
        let river = ride(text, "rolls_back_450");
        let (verdict, points, _) = river.summary();
        assert_eq!((verdict.as_str(), points), ("fail", 0), "{edition}");
        let all = river
            .exam
            .board()
            .items
            .iter()
            .all(|item| item.state == ItemState::Done);
        assert_eq!(all, edition != "2022", "{edition}");
    }
}

/// A province settles what the sources leave open: 5 points for rolling back 10 to 30 cm.
#[test]
fn an_overlay_changes_what_it_turns_and_nothing_else() {
    let overlay = "[overlay]\nid = \"test\"\nedition = \"ga1026-2022\"\nzh = \"测试\"\nen = \"test\"\nsource = \"made for this test\"\n\
                   confidence = \"L\"\n[turn]\nroll_back_points = \"5 points\"\n";
    let laid = overlaid(EDITIONS[2].1, overlay).expect("a good overlay");
    let (verdict, points, charged) = ride(&laid, "rolls_back_200").summary();
    assert_eq!((verdict.as_str(), points), ("pass", 95), "{charged:?}");
    let (before, after) = (
        Syllabus::parse(EDITIONS[2].1).expect("good"),
        Syllabus::parse(&laid).expect("good"),
    );
    let pairs = before.rules().iter().zip(after.rules());
    let changed: Vec<&str> = pairs.filter(|(a, b)| a != b).map(|(a, _)| a.id.as_str()).collect();
    assert_eq!(changed, ["hill_start.rolled_back"]);
}

/// The overlays that lie here can be laid. Shanghai examines a small car in nine items, each with rules that hold for it; of
/// Chongqing's motorcycles nothing of subject two differs.
#[test]
fn the_provinces_overlays_can_be_laid() {
    let edition = Syllabus::parse(EDITIONS[2].1).expect("good");
    let laid = |overlay| overlaid(EDITIONS[2].1, overlay).expect("a good overlay");
    let shanghai = laid(include_str!("../../engine/syllabi/overlays/shanghai-c1.toml"));
    let syllabus = Syllabus::parse(&shanghai).expect("an edition");
    assert_eq!(syllabus.limit_of("emergency.braked_late").as_deref(), Some("1 s"));
    let table: toml::Table = shanghai.parse().expect("TOML");
    let items = table["class"]["C1"]["items"].as_array().expect("items");
    assert_eq!(items.len(), 9);
    for item in items.iter().filter_map(toml::Value::as_str) {
        let rules = table["rule"][item].as_table().expect("rules");
        let holds = |rule: &toml::Value| {
            rule.get("classes")
                .is_none_or(|classes| classes.to_string().contains("\"C1\""))
        };
        assert!(rules.values().any(holds), "{item} would be passed in silence");
    }
    let chongqing = laid(include_str!("../../engine/syllabi/overlays/chongqing-motorcycles.toml"));
    assert_eq!(
        Syllabus::parse(&chongqing).expect("an edition").rules(),
        edition.rules()
    );
}
